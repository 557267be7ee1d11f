"""A project of one script, and what is ordered of it."""

from __future__ import annotations

from pathlib import Path

from producer import project, render


def house_of(folder: Path, script: str) -> Path:
    """A project in `folder` whose only script is this text."""
    (folder / "script").mkdir()
    (folder / "script" / "house.yaml").write_text(script, "utf-8")
    return folder


def ordered(house: Path, output: str, **asked: object) -> render.Order:
    """Its episode, made by two."""
    found, _ = project.find(house / "script" / "house.yaml", house)
    return render.Order(project=found, output=house / output, **({"jobs": 2} | asked))  # type: ignore[arg-type]
