"""Write the folder: a short script with every kind of cue, a pack with two recordings and a recipe, and notes."""

from __future__ import annotations

import io
import json
import os
import shlex
import unicodedata
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np

from producer import script
from producer.errors import RenderError
from producer.foley import RECIPES
from producer.project import file_name
from producer.script.mend import mend

_RATE_HZ = 48000
_RECORDINGS: Mapping[str, tuple[str, Mapping[str, float], int]] = {
    # file in the project: (recipe, settings, seed); stand-ins for what a designer records with a microphone
    "sfx/mine/knock/knock_01.flac": ("knock", {}, 11),
    "sfx/mine/knock/knock_02.flac": ("knock", {}, 12),
}
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
        for file, content in _files(slug, _title(folder.name)).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as found:
        raise RenderError(f"cannot make {shown}: {found.strerror}") from None
    return (f"made {name}: script/{slug}.yaml, sfx/mine, notes.md", "next:", *_steps(folder, here))


def _title(name: str) -> str:
    """`my_play` as people write it: My Play. A name with capitals in it is taken as it is."""
    words = name.replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) if name == name.lower() else " ".join(words)


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


def _files(slug: str, title: str) -> dict[str, bytes]:
    """Every file of the project by its path in it, made before the first is written."""
    folder = resources.files("producer.starter") / "templates"

    def filled(file: str) -> str:
        return (folder / file).read_text("utf-8").replace("@SLUG@", slug).replace("@TITLE@", title)

    play = f"script/{slug}.yaml"
    texts = {
        play: mend(filled("script.yaml"), play).fixed,  # a title may hold what YAML would misread
        "script/schema.json": json.dumps(script.schema(), ensure_ascii=False, indent=1) + "\n",
        "sfx/mine/pack.yaml": filled("pack.yaml"),
        "notes.md": filled("notes.md"),
        ".gitignore": "/output/\n",
    }
    recordings = {file: _recorded(*asked) for file, asked in _RECORDINGS.items()}
    return {file: text.encode() for file, text in texts.items()} | recordings


def _recorded(recipe: str, settings: Mapping[str, float], seed: int) -> bytes:
    import soundfile

    found = RECIPES[recipe]
    assert found.hit is not None, f"{recipe} is no hit"
    made = found.hit(found.filled(settings), None, _RATE_HZ, seed)
    file = io.BytesIO()
    soundfile.write(file, np.clip(made.audio, -1, 1), _RATE_HZ, subtype="PCM_24", format="FLAC")
    return file.getvalue()
