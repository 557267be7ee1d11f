"""Every knob is heard: from end to end it changes the sound by more than another seed does, all sounds as loud.

A hit is set to one peak and then to one loudness, so a knob that scales the whole of it does nothing, however large its
figures are. What is measured is what is left then: octaves, course, length, modulation, width and pitch.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

from producer.audio import Audio
from producer.foley import RECIPES
from tests.recipe_helpers import Asked, heard, struck

RATE = {"hit": 48_000, "bed": 24_000}
SEEDS = (1, 2, 3)
BED_S = 5.0
OCTAVES_HZ = 44.0 * 2.0 ** np.arange(10)
LEAST = 1.2
"""How much further the ends of a knob lie apart than two seeds do, in what tells them best."""
JUST_HEARD = 0.7
"""What a difference between seeds counts at least, in dB or what is as much."""

BESIDE = {
    ("clock", "beat"): {"tock": 0.7},  # from tick to tock: there must be one
    ("impact", "gap"): {"clatter": 0.7},  # from the first blow of a clatter to the second
    ("room_tone", "hum_hz"): {"hum": 1.0},
    ("water", "period"): {"waves": 0.9, "flow": 0.2},
    ("water", "stones"): {"waves": 0.9, "flow": 0.2},
    ("door", "creak"): {"knock": 0.0},  # which is as loud with any hinge
    ("door", "latch"): {"creak": 0.2, "knock": 0.0},
}
"""What else is turned up (or down) for a knob that needs it."""

RARE = {
    ("birds", "variety"): "how many songs each bird knows is told over minutes, and another seed has other birds",
    (
        "breath",
        "wet",
    ): "a few clicks of two milliseconds are nothing in the figures of a whole breath; TestBreath has them",
    ("crowd_far", "laughter"): "they laugh every half minute or so; TestCrowd listens for a minute",
    ("tinnitus", "level"): "it is for riding in and out, and 0 is silence",
}
"""Knobs that a few seconds cannot tell, and why."""

Floats = NDArray[np.float64]


def db(power: Floats, least: float = 1e-5) -> Floats:
    return np.asarray(10.0 * np.log10(np.maximum(power, least)))


def described(audio: Audio, rate: int) -> Floats:
    """What a sound is like, as loud as any other: figures of which 1 is about a decibel."""
    mono = audio.mean(axis=1, dtype=np.float64)
    mono = np.pad(mono, (0, max(0, rate // 4 - len(mono))))
    step = rate // 100
    frames = mono[: len(mono) // step * step].reshape(-1, step)
    count = fft.next_fast_len(len(mono), real=True)  # with a large prime in it, a length takes many times as long
    power = np.abs(fft.rfft(mono, count)) ** 2
    hz = fft.rfftfreq(count, 1.0 / rate)
    whole = float(power.sum()) or 1.0
    edges = np.searchsorted(hz, [OCTAVES_HZ, 2.0 * OCTAVES_HZ]).T
    octaves = db(np.array([power[low:top].sum() for low, top in edges]) / whole)
    below = np.searchsorted(np.cumsum(power) / whole, (0.25, 0.5, 0.75, 0.95)).clip(1, len(hz) - 1)
    course = np.mean(frames**2, axis=1)
    total = float(course.sum()) or 1.0
    levels = np.percentile(db(course / (float(course.max()) or 1.0)), (10, 25, 50, 75, 90))
    when = np.searchsorted(np.cumsum(course) / total, (0.1, 0.25, 0.5, 0.75, 0.9)) / 100.0
    lasts = 20.0 * np.log10(np.append(when, len(audio) / rate) + 0.05)
    high = np.mean(np.diff(frames, axis=1) ** 2, axis=1)
    peaky = db(np.array([np.mean(np.square(mono**2)) / max(float(np.mean(mono**2)) ** 2, 1e-30)]))
    sides = db(np.array([np.sum((audio[:, 0] - audio[:, -1]) ** 2) / max(float(np.sum(audio**2)), 1e-30)]), 1e-3)
    parts = np.array_split(mono, 3)
    gliding = 12.0 * np.log2(pitch_hz(parts[2], rate) / pitch_hz(parts[0], rate))
    return np.concatenate(
        [octaves, 12.0 * np.log2(hz[below]), levels, lasts, moves(course), moves(high), peaky, sides, [gliding]]
    )


def moves(course: Floats) -> Floats:
    """How much a level moves, up to 1, 4, 12 and 50 times a second."""
    level = np.sqrt(course) / (float(np.mean(np.sqrt(course))) or 1.0)
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2 / len(level) ** 2
    hz = np.fft.rfftfreq(len(level), 0.01)
    return db(
        np.array([power[(hz >= low) & (hz < top)].sum() for low, top in ((0, 1), (1, 4), (4, 12), (12, 51))]), 1e-4
    )


def pitch_hz(part: Floats, rate: int) -> float:
    """The pulse of a stretch, between 25 and 500 Hz: where it is most like itself."""
    level = np.abs(part) - float(np.mean(np.abs(part)))
    count = fft.next_fast_len(len(level) + rate // 25, real=True)  # no further apart is looked
    alike = fft.irfft(np.abs(fft.rfft(level, count)) ** 2, count)[: rate // 25]
    return rate / (rate // 500 + int(np.argmax(alike[rate // 500 :])))


def made(name: str, chosen: dict[str, float], seed: int) -> Floats:
    """What a sound is like, found once: many a knob rests at one of its ends, and is heard there with the others."""
    return once(name, tuple(sorted(RECIPES[name].filled(chosen).items())), seed)


@cache
def once(name: str, chosen: tuple[tuple[str, float], ...], seed: int) -> Floats:
    recipe = RECIPES[name]
    rate = RATE["hit" if recipe.hit else "bed"]
    asked = Asked(dict(chosen), seed)
    return described(struck(name, asked, rate).audio if recipe.hit else heard(name, asked, BED_S, rate), rate)


@pytest.mark.parametrize("name", RECIPES)
def test_every_knob_is_heard(name: str) -> None:
    unheard = {}
    for knob, setting in RECIPES[name].settings.items():
        if (name, knob) in RARE:
            continue
        beside = BESIDE.get((name, knob), {})
        low, high = (
            np.stack([made(name, {**beside, knob: end}, seed) for seed in SEEDS]) for end in (setting.low, setting.high)
        )
        by_seed = np.sqrt(low.var(axis=0, ddof=1) + high.var(axis=0, ddof=1))
        times = np.abs((high - low).mean(axis=0)) / np.maximum(by_seed, JUST_HEARD)
        if times.max() < LEAST:
            unheard[knob] = round(float(times.max()), 2)
    assert unheard == {}


def test_what_is_said_of_knobs_is_said_of_knobs_that_there_are() -> None:
    for name, knob in (*BESIDE, *RARE):
        assert knob in RECIPES[name].settings
        assert set(BESIDE.get((name, knob), {})) <= set(RECIPES[name].settings)
