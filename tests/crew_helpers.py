"""A project of one script, and what is ordered of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from producer import project, render
from producer.cache import Cache


def house_of(folder: Path, script: str) -> Path:
    """A project in `folder` whose only script is this text."""
    (folder / "script").mkdir()
    (folder / "script" / "house.yaml").write_text(script, "utf-8")
    return folder


def rendered(folder: Path, script: str) -> Path:
    """The same with its episode in `plain`, made without a crew, and the cache of that in `cache`.

    What was spoken and measured for it, but nothing that is mixed or finished, is in `planned`.
    """
    house = house_of(folder, script)
    with Cache(house / "planned") as cache:
        render.plan(ordered(house, "plain"), cache, render.NoWatch())
    with Cache(planned(house, house / "cache")) as cache:
        render.episode(ordered(house, "plain"), cache, render.NoWatch())
    return house


def planned(house: Path, cache: Path) -> Path:
    """A cache of which an episode takes what is spoken, so that little but its mix is left to make; its folder."""
    return Path(shutil.copytree(house / "planned", cache))


def ordered(house: Path, output: str, **asked: object) -> render.Order:
    """Its episode, made by two."""
    found, _ = project.find(house / "script" / "house.yaml", house)
    return render.Order(project=found, output=house / output, **({"jobs": 2} | asked))  # type: ignore[arg-type]
