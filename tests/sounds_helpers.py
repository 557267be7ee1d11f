"""Small real recipes, sounds and packs for the tests of the sounds stage."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray

from producer.audio import Audio
from producer.cache import Cache
from producer.model import chance
from producer.model.foley import Made, Recipe, Setting
from producer.model.sound import SettingsAt
from producer.sounds.find import Packs, load_packs
from producer.sounds.palette import PackPalette, palette

RATE = 48_000
Floats = NDArray[np.float64]


def _knock(settings: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
    """50 ms of air before the blow, then a damped tone; its pitch is the seed's."""
    draw = chance.rng("knock", seed)
    lead, length = round(0.05 * rate_hz), round(0.6 * rate_hz)
    t = np.arange(length - lead) / rate_hz
    tone = np.sin(2 * np.pi * draw.uniform(180.0, 260.0) * t) * np.exp(-t / 0.08)
    air = 0.02 * draw.standard_normal(lead)
    return Made((settings["force"] * np.concatenate([air, tone])).astype(np.float32)[:, None], lead)


def _scrape(settings: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
    length = round((1.0 if length_s is None else length_s) * rate_hz)
    noise = chance.rng("scrape", seed).standard_normal((length, 1)) * 0.1 * settings["force"]
    return Made(noise.astype(np.float32), 0)


def _hiss(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    size = 4096
    blocks = range(start // size, -(-stop // size))
    noise = [chance.rng("hiss", seed, block).standard_normal((size, 2)) for block in blocks]
    whole = np.concatenate(noise)[start % size :][: stop - start] if noise else np.zeros((0, 2))
    strength = settings(np.arange(start, stop) / rate_hz)["strength"]
    return (0.1 * whole * strength[:, None]).astype(np.float32)


FORCE = Setting(0.5, 0.0, 1.0, "how hard it is struck")
RECIPES = {
    "knock": Recipe(name="knock", kind="hit", says="a blow", settings={"force": FORCE}, hit=_knock),
    "scrape": Recipe(name="scrape", kind="hit", says="a drag", settings={"force": FORCE}, hit=_scrape, sustains=True),
    "hiss": Recipe(
        name="hiss",
        kind="bed",
        says="air",
        settings={
            "strength": Setting(0.5, 0.0, 1.0, "how strong it blows"),
            "tone": Setting(400.0, 50.0, 4000.0, "its colour", "Hz"),
        },
        ambience=_hiss,
    ),
}


def noise(seconds: float, rate_hz: int = RATE, channels: int = 1, level: float = 0.1, seed: int = 1) -> Audio:
    draw = chance.rng("noise", seed)
    return (level * draw.standard_normal((round(seconds * rate_hz), channels))).astype(np.float32)


def rested(audio: Audio) -> Audio:
    """The same, at rest in its first and its last sample: what begins and ends so is heard as it is."""
    made = audio.copy()
    made[[0, -1]] = 0.0
    return made


def tone(seconds: float, hz: float = 440.0, rate_hz: int = RATE, level: float = 0.5) -> Audio:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)[:, None]


def write(path: Path, audio: NDArray[np.floating], rate_hz: int = RATE, **how: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(str(path), audio, rate_hz, **how)
    return path


def encode(source: Path, target: Path, *options: str) -> Path:
    """`source` as ffmpeg writes it under the name `target`."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", str(source), *options, str(target)], check=True)
    return target


HEAD = "pack: {name}\nversion: 1.0.0\nauthor: A. Author\nlicence: CC0-1.0\nsounds:\n"


def write_pack(folder: Path, sounds: str, head: str = HEAD) -> Path:
    """A pack.yaml in `folder`, with `sounds` (already indented) under `sounds:`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(head.format(name=folder.name) + sounds, "utf-8")
    return folder


def packs_of(folder: Path) -> Packs:
    return load_packs([folder.name], [folder.parent], recipes=RECIPES).whole()


def palette_of(folder: Path, cache: Cache, rate_hz: int = RATE, seed: str = "s", **more: int) -> PackPalette:
    return palette(packs_of(folder), rate_hz, cache, RECIPES, seed, **more)
