"""Each recipe is known from every other by ear alone, wherever its settings stand: so says a listener of numbers."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.audio import Audio
from producer.foley import RECIPES
from producer.model.chance import rng, seed
from tests.listening import RATE_HZ, Nearest, features
from tests.recipe_helpers import SILENT

DRAWS = 24  # a recipe; half of them are known, the other half is asked for, then the other way round
LEAST = 0.95
LEAST_OF_ONE = 0.70
NAMES = sorted(RECIPES)


def drawn(name: str, draw: int) -> tuple[dict[str, float], Audio]:
    """Settings evenly anywhere in their ranges, and the recipe's sound by them: a hit whole, a bed for 4 to 6 s."""
    recipe = RECIPES[name]
    chance = rng("recognisable", name, draw)
    chosen = {knob: float(chance.uniform(s.low, s.high)) for knob, s in recipe.settings.items()}
    which = seed("recognisable", "sound", name, draw)
    if recipe.hit:
        return chosen, recipe.hit(chosen, None, RATE_HZ, which).audio
    assert recipe.ambience
    start, length = int(chance.integers(0, 600 * RATE_HZ)), int(chance.uniform(4.0, 6.0) * RATE_HZ)
    while True:
        audio = recipe.ambience(
            lambda times_s: {knob: np.full(len(times_s), value) for knob, value in chosen.items()},
            start,
            start + length,
            RATE_HZ,
            which,
        )
        if np.abs(audio).max() > SILENT:
            return chosen, audio
        start += length  # between two drips, or two birds, a listener waits
        assert start < 900 * RATE_HZ, f"{name} is silent for minutes with {chosen}"


@cache
def heard() -> NDArray[np.float64]:
    """Shape (recipes, DRAWS, features)."""
    return np.array([[features(drawn(name, draw)[1]) for draw in range(DRAWS)] for name in NAMES], np.float64)


def named(known: NDArray[np.float64], asked: NDArray[np.float64], names: list[str]) -> list[str]:
    """What a listener who knows `known`, `names` in order, calls each of `asked`; both (recipes, draws, features)."""
    each = np.repeat(names, known.shape[1])
    return Nearest(known.reshape(len(each), -1), list(each)).name(asked.reshape(-1, asked.shape[2]))


def test_nineteen_of_twenty_sounds_are_known_by_ear() -> None:
    sounds = heard()
    halves = [(np.arange(0, DRAWS, 2), np.arange(1, DRAWS, 2)), (np.arange(1, DRAWS, 2), np.arange(0, DRAWS, 2))]
    mistaken: list[tuple[str, str, int]] = []
    for known, asked in halves:
        said = named(sounds[:, known], sounds[:, asked], NAMES)
        meant = [(name, int(draw)) for name in NAMES for draw in asked]
        mistaken += [(name, one, draw) for (name, draw), one in zip(meant, said, strict=True) if one != name]
    right = 1.0 - len(mistaken) / (len(NAMES) * DRAWS)
    of_each = {name: 1.0 - sum(one == name for one, _, _ in mistaken) / DRAWS for name in NAMES}
    pairs = Counter((name, one) for name, one, _ in mistaken)
    report = [f"{right:.2%} of {len(NAMES) * DRAWS} known; taken for another:"]
    for (name, one), count in pairs.most_common(12):
        draw = next(draw for was, said_, draw in mistaken if (was, said_) == (name, one))
        settings = ", ".join(f"{knob} {value:.2f}" for knob, value in drawn(name, draw)[0].items())
        report.append(f"  {name} for {one}: {count} times, such as draw {draw} ({settings})")
    assert right >= LEAST, "\n".join(report)
    assert min(of_each.values()) >= LEAST_OF_ONE, "\n".join(report)


def test_a_listener_told_the_wrong_names_knows_nothing() -> None:
    """The sounds carry no mark by which they are known: with names shuffled, a guess in forty is right."""
    sounds = heard()
    flat = sounds.reshape(-1, sounds.shape[2])[rng("recognisable", "shuffled").permutation(sounds[:, :, 0].size)]
    mixed = flat.reshape(sounds.shape)
    said = named(mixed[:, ::2], mixed[:, 1::2], NAMES)
    meant = np.repeat(NAMES, DRAWS // 2)
    assert np.mean(np.array(said) == meant) < 0.1


@pytest.mark.parametrize("name", ["knock", "voice_of_thing", "rain"])
def test_neither_level_nor_width_nor_silence_around_changes_what_is_noted(name: str) -> None:
    _, audio = drawn(name, 0)
    mono = audio.mean(axis=1, keepdims=True, dtype=np.float32)
    quiet = np.pad(0.03 * mono, ((2400, 9600), (0, 0)))  # whole frames of 5 ms
    assert features(quiet) == pytest.approx(features(audio), rel=1e-2, abs=0.05)
