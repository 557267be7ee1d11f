"""A project of one script, and what is ordered of it."""

from __future__ import annotations

from pathlib import Path

from producer import project, render
from producer.cache import Cache


def house_of(folder: Path, script: str) -> Path:
    """A project in `folder` whose only script is this text."""
    (folder / "script").mkdir()
    (folder / "script" / "house.yaml").write_text(script, "utf-8")
    return folder


def rendered(folder: Path, script: str) -> Path:
    """The same with its episode in `plain`, made without a crew, and the cache of that in `cache`."""
    house = house_of(folder, script)
    with Cache(house / "cache") as cache:
        render.episode(ordered(house, "plain"), cache, render.NoWatch())
    return house


def ordered(house: Path, output: str, **asked: object) -> render.Order:
    """Its episode, made by two."""
    found, _ = project.find(house / "script" / "house.yaml", house)
    return render.Order(project=found, output=house / output, **({"jobs": 2} | asked))  # type: ignore[arg-type]
