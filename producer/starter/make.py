"""Write the folder: a short script with every kind of cue, a pack with two recordings and a recipe, and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np

from producer.errors import RenderError
from producer.foley import RECIPES

_RATE_HZ = 48000
_RECORDINGS: Mapping[str, tuple[str, Mapping[str, float], int]] = {
    # file in the pack: (recipe, settings, seed); stand-ins for what a designer records with a microphone
    "knock/knock_01.flac": ("knock", {}, 11),
    "knock/knock_02.flac": ("knock", {}, 12),
}


def make(name: str, here: Path) -> tuple[str, ...]:
    """Make the project folder `name` in `here`; returns what to say. Raises RenderError when it cannot.

    Nothing that is there already is touched: a folder that holds anything is refused.
    """
    folder = here / name
    slug = re.sub(r"\W+", "_", folder.name).strip("_").lower() or "episode"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RenderError(f"{name} is there already and not empty; choose another name")
        for file, text in _templates(slug, folder.name).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        for file, (recipe, settings, seed) in _RECORDINGS.items():
            _record(folder / "sfx" / "mine" / file, recipe, settings, seed)
        (folder / "takes").mkdir()
    except OSError as found:
        raise RenderError(f"cannot make {name}: {found.strerror}") from None
    return (
        f"made {name}: script/{slug}.yaml, sfx/mine, notes.md",
        f"next: cd {name} && render episode",
    )


def _templates(slug: str, title: str) -> dict[str, str]:
    folder = resources.files("producer.starter") / "templates"

    def read(file: str) -> str:
        return (
            (folder / file)
            .read_text("utf-8")
            .replace("@SLUG@", slug)
            .replace("@TITLE@", title.replace("_", " ").title())
        )

    return {
        f"script/{slug}.yaml": read("script.yaml"),
        "sfx/mine/pack.yaml": read("pack.yaml"),
        "notes.md": read("notes.md"),
        ".gitignore": "/output/\n",
    }


def _record(path: Path, recipe: str, settings: Mapping[str, float], seed: int) -> None:
    import soundfile

    found = RECIPES[recipe]
    assert found.hit is not None, f"{recipe} is no hit"
    made = found.hit(found.filled(settings), None, _RATE_HZ, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.clip(made.audio, -1, 1), _RATE_HZ, subtype="PCM_24", format="FLAC")
