"""What every recipe is held to, whoever wrote it: how one is made to sound, and what must not be found in the sound.

The contract's tests try a few dozen settings of every recipe, the same ones every time. To search on, with other
settings every time and twenty times as many (the profile is registered in conftest.py):

    pytest tests/test_recipes.py tests/test_recipes_beds.py --hypothesis-profile deep
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.model.chance import rng
from producer.model.foley import Made, Recipe
from producer.model.sound import SettingsAt

RATE = 44100
BEDS = sorted(name for name, recipe in RECIPES.items() if recipe.ambience)
HITS = sorted(name for name, recipe in RECIPES.items() if recipe.hit)
SUSTAINED = sorted(name for name in HITS if RECIPES[name].sustains)

EDGE_S = 0.002
"""Where a click would be: the first and the last 2 ms."""
EDGE_DB = -24.0  # of a hit, relative to its peak
END_SHARE = 0.01  # of a hit's first and last sample, relative to its peak
OFFSET = 1e-3  # -60 dBFS
FOLD_LU = 3.0
SILENT = 1e-4  # a bed with no louder sample has nothing to lose in mono


class Asked(NamedTuple):
    """One way to ask a recipe for a sound."""

    chosen: Mapping[str, float]
    seed: int
    length_s: float | None = None  # of a hit that sustains
    start_s: float = 0.0  # of a stretch of a bed


def examples(count: int) -> settings:
    """The same `count` examples every time; under a profile of more examples as many times more, always others."""
    times = settings().max_examples // settings.get_profile("default").max_examples
    return settings(
        max_examples=count * max(times, 1),
        derandomize=times <= 1,
        deadline=None,
        phases=set(Phase) - {Phase.explain},  # which strikes a failing recipe hundreds of times more
        suppress_health_check=[HealthCheck.too_slow],
    )


def anything(name: str) -> st.SearchStrategy[dict[str, float]]:
    """Settings anywhere in their ranges, the ends more often than chance would have them."""
    return st.fixed_dictionaries(
        {
            knob: st.one_of(st.sampled_from([s.low, s.high, s.default]), st.floats(s.low, s.high))
            for knob, s in RECIPES[name].settings.items()
        }
    )


def a_hit(name: str) -> st.SearchStrategy[Asked]:
    return st.builds(Asked, anything(name), st.integers(0, 2**64 - 1), st.none(), st.just(0.0))


def a_sustained_hit(name: str) -> st.SearchStrategy[Asked]:
    lengths = st.one_of(st.just(0.1), st.floats(0.1, 8.0))
    return st.builds(Asked, anything(name), st.integers(0, 2**64 - 1), lengths, st.just(0.0))


def a_stretch(name: str) -> st.SearchStrategy[Asked]:
    """From a bed's very beginning, or from anywhere in its first hour."""
    anywhere = st.one_of(st.just(0.0), st.floats(0.0, 3600.0))
    return st.builds(Asked, anything(name), st.integers(0, 2**64 - 1), st.none(), anywhere)


def corners(name: str, drawn: int) -> dict[str, dict[str, float]]:
    """Settings by name: as they rest, all lowest, all highest, and `drawn` evenly from the whole range."""
    knobs = RECIPES[name].settings
    named = {
        "resting": {knob: s.default for knob, s in knobs.items()},
        "lowest": {knob: s.low for knob, s in knobs.items()},
        "highest": {knob: s.high for knob, s in knobs.items()},
    }
    for draw in range(drawn):
        chance = rng("corners", name, draw)
        named[f"drawn {draw}"] = {knob: float(chance.uniform(s.low, s.high)) for knob, s in knobs.items()}
    return named


def steady(recipe: Recipe, chosen: Mapping[str, float]) -> SettingsAt:
    filled = recipe.filled(chosen)
    return lambda times_s: {name: np.full(len(times_s), value) for name, value in filled.items()}


def struck(name: str, asked: Asked, rate: int = RATE) -> Made:
    recipe = RECIPES[name]
    assert recipe.hit
    return recipe.hit(recipe.filled(asked.chosen), asked.length_s, rate, asked.seed)


def heard(name: str, asked: Asked, length_s: float, rate: int = RATE) -> Audio:
    recipe = RECIPES[name]
    assert recipe.ambience
    start = round(asked.start_s * rate)
    return recipe.ambience(steady(recipe, asked.chosen), start, start + round(length_s * rate), rate, asked.seed)


def fold_loss_lu(audio: Audio, rate: int = RATE) -> float:
    """How much of its loudness a sound loses in mono."""
    return loudness(as_stereo(audio), rate) - loudness(as_stereo(as_mono(audio)), rate)


def faults(audio: Audio) -> list[str]:
    """What is wrong with a sound of any kind, each with its figure."""
    if audio.dtype != np.float32 or audio.ndim != 2 or audio.shape[1] not in (1, 2):
        return [f"{audio.dtype} of shape {audio.shape}"]
    if not np.isfinite(audio).all():
        return ["not finite"]
    found = []
    peak = float(np.abs(audio).max(initial=0.0))
    if peak >= 1.0:
        found.append(f"a peak of {peak:.3f}")
    offset = float(np.abs(audio.mean(axis=0, dtype=np.float64)).max())
    if offset >= OFFSET:
        found.append(f"an offset of {20.0 * np.log10(offset):.1f} dBFS")
    if peak > SILENT and (lost := fold_loss_lu(audio)) >= FOLD_LU:
        found.append(f"{lost:.2f} LU lost in mono")
    return found


def hit_faults(made: Made, asked: Asked, rate: int = RATE) -> list[str]:
    """What is wrong with a hit: besides `faults`, its length, its onset, and clicks where it begins and ends."""
    audio = made.audio
    if asked.length_s is not None and len(audio) != round(asked.length_s * rate):
        return [f"{len(audio)} samples and not {round(asked.length_s * rate)}"]
    if not audio.any():
        return ["silence"]
    found = faults(audio)
    if not 0 <= made.onset < len(audio):
        found.append(f"an onset at sample {made.onset} of {len(audio)}")
    share = np.abs(audio).max(axis=1) / np.abs(audio).max()
    edge = round(EDGE_S * rate)
    for where, stretch, end in (("first", share[:edge], share[0]), ("last", share[-edge:], share[-1])):
        if stretch.max() > 10.0 ** (EDGE_DB / 20.0):
            found.append(f"{20.0 * np.log10(stretch.max()):.1f} dB of the peak in the {where} 2 ms")
        if end >= END_SHARE:
            found.append(f"{end:.2%} of the peak in the {where} sample")
    return found


def stretch_faults(audio: Audio, length_s: float, rate: int = RATE) -> list[str]:
    """What is wrong with a stretch of a bed: besides `faults`, its length, and steps at its ends unlike its own."""
    if audio.shape != (round(length_s * rate), 2):
        return [f"shape {audio.shape}"]
    found = faults(audio)
    steps = np.abs(np.diff(audio.astype(np.float64), axis=0)).max(axis=1)
    most = 2.0 * float(np.percentile(steps, 99.99))
    edge = round(EDGE_S * rate)
    for where, steepest in (("first", steps[:edge].max()), ("last", steps[-edge:].max())):
        if steepest > most:
            found.append(f"a step of {steepest:.2g} in the {where} 2 ms, {2.0 * steepest / most:.1f} times its own")
    return found


def likeness(audio: Audio, rate: int) -> tuple[float, float]:
    """How like itself a bed's 10 ms envelope is beyond a second: (highest normalised autocorrelation, at which s)."""
    mono = audio.mean(axis=1, dtype=np.float64)
    envelope = np.sqrt(np.mean(mono.reshape(-1, rate // 100) ** 2, axis=1))
    envelope -= envelope.mean()
    count = len(envelope)
    alike = np.fft.irfft(np.abs(np.fft.rfft(envelope, 2 * count)) ** 2)[: count // 2]
    if alike[0] <= 0.0:
        return 0.0, 0.0
    # Fewer pairs are far apart than near: each distance counts by its own pairs.
    alike *= count / (count - np.arange(count // 2)) / alike[0]
    return float(alike[100:].max()), (100 + int(alike[100:].argmax())) / 100.0
