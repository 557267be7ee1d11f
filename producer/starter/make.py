"""Write the folder: a short script with every kind of cue, a pack with two recordings and a recipe, and notes."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import unicodedata
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from producer import script
from producer.errors import RenderError
from producer.project import file_name
from producer.script.mend import mend
from producer.starter.pack import sounds, title

_SHOWN = 60  # characters of a name that messages repeat


def make(name: str, here: Path) -> tuple[str, ...]:
    """Make the project folder `name` in `here`; returns what to say. Raises RenderError when it cannot.

    Nothing that is there already is touched: a folder that holds anything is refused.
    """
    shown = name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"
    if not name.strip() or any(unicodedata.category(one) == "Cc" for one in name):
        raise RenderError("a project is named with letters that can be seen, as in: render new my_play")
    folder = (here / name).resolve()
    slug = file_name(folder.name).lower()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RenderError(f"{shown} is there already and not empty; choose another name")
        _write(folder, _files(slug, title(folder.name)))
    except OSError as found:
        raise RenderError(f"cannot make {shown}: {found.strerror}") from None
    return (f"made {name}: script/{slug}.yaml, sfx/mine, notes.md", "next:", *_steps(folder, here))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """All of the files, or none: half a project would be in the way of the next try. Raises OSError."""
    made: list[Path] = []
    try:
        for file, content in files.items():
            path = folder / file
            missing = [one for one in path.parents if not one.exists()]
            made += reversed(missing)
            path.parent.mkdir(parents=True, exist_ok=True)
            made.append(path)
            path.write_bytes(content)
    except OSError:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _steps(folder: Path, here: Path) -> tuple[str, ...]:
    """What to type now, whatever the folder is called."""
    if folder == here.resolve():
        return ("  render episode",)
    try:
        way = os.path.relpath(folder, here.resolve())
    except ValueError:  # another drive
        way = str(folder)
    if way.startswith("-"):
        way = f".{os.sep}{way}"
    return (f'  cd "{way}"' if os.name == "nt" else f"  cd {shlex.quote(way)}", "  render episode")


def _files(slug: str, name: str) -> dict[str, bytes]:
    """Every file of the project by its path in it, made before the first is written."""
    folder = resources.files("producer.starter") / "templates"

    def filled(file: str) -> str:
        return (folder / file).read_text("utf-8").replace("@SLUG@", slug).replace("@TITLE@", name)

    play = f"script/{slug}.yaml"
    texts = {
        play: mend(filled("script.yaml"), play).fixed,  # a title may hold what YAML would misread
        "script/schema.json": json.dumps(script.schema(), ensure_ascii=False, indent=1) + "\n",
        "notes.md": filled("notes.md"),
        ".gitignore": "/output/\n",
    }
    pack = {f"sfx/mine/{file}": content for file, content in sounds("mine", "My own sounds").items()}
    return {file: text.encode() for file, text in texts.items()} | pack
