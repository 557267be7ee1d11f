"""Projects with packs of a few files, for the tests of the bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from producer.model import chance
from tests.face_helpers import Done, Shell

RATE = 48_000
Samples = NDArray[np.float64]
HEAD = "pack: {name}\nversion: 1.0.0\ntitle: Tests\nauthor: A. Author\nlicence: CC0-1.0\nsounds:\n"
KNOCK = "  knock: {ucs: DOORKnck, files: [knock/*.wav]}\n"


def noise(seconds: float, rate: int = RATE, seed: int = 1) -> Samples:
    return chance.rng("bench", seed).standard_normal(round(seconds * rate))


def hit(seconds: float = 0.3, rate: int = RATE, level: float = 0.4, seed: int = 1) -> Samples:
    """A blow that begins at once, rings out, and has no mean: noise that dies away."""
    t = np.arange(round(seconds * rate)) / rate
    made = noise(seconds, rate, seed) * np.exp(-8.0 * t / max(seconds, 0.05))
    made -= made.mean()
    return np.asarray(level * made / np.abs(made).max())


def bed(seconds: float = 12.0, rate: int = RATE, level: float = 0.05, seed: int = 1) -> Samples:
    return level * noise(seconds, rate, seed)


def write(path: Path, audio: NDArray[np.floating], rate: int = RATE, subtype: str = "PCM_24") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def pack(root: Path, name: str, sounds: str, head: str = HEAD) -> Path:
    """A pack.yaml in the project's sfx/ (`sounds` stands under `sounds:`); returns the pack's folder."""
    folder = root / "sfx" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(head.format(name=name) + sounds, "utf-8")
    return folder


def as_json(done: Done) -> Any:
    return json.loads(done.out)


def findings(shell: Shell, root: Path, *arguments: str) -> list[dict[str, Any]]:
    """Everything that `pack check` finds in the project's packs."""
    return [
        one
        for checked in as_json(shell("pack", "check", "--json", *arguments, cwd=root))
        for one in checked["findings"]
    ]
