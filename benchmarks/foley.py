"""What each foley recipe costs: CPU time as a share of the sound's own length, on one core.

    python benchmarks/foley.py              every recipe
    python benchmarks/foley.py steps wind   only these
    python benchmarks/foley.py --random 40  more seeded random settings for each

Each recipe is measured at its defaults, with each knob at either end of its range, with all knobs low or high, and at
seeded random settings (a knob stands at an end as often as between). A hit is made at its own length and, where it
sustains, at lengths that are given; a bed is read in stretches of 5.12 s. A figure is the least process time of three
repeats, over the seconds of sound. Exit code 1 when a recipe's worst case is over its limit.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from producer.foley import RECIPES
from producer.model.chance import rng
from producer.model.foley import Recipe

RATE_HZ = {"hit": 44_100, "bed": 48_000}
"""The dearer of the two usual rates: hits are made at 48 kHz and resampled, beds are made at the rate itself."""
LIMIT = {"hit": 0.05, "bed": 0.01}
BED_STRETCH_S = 5.12
LENGTHS_S = (0.1, 0.5, 2.0, 20.0)
REPEATS = 3
SEED = 11

Case = tuple[str, Mapping[str, float], float | None]
"""(what is special about it, settings, length in seconds or None)"""


def cases(recipe: Recipe, random: int) -> Iterator[Case]:
    """Defaults, ends, and `random` seeded drawings from the whole range."""
    knobs = recipe.settings
    yield "defaults", {}, None
    for key, knob in knobs.items():
        yield f"{key} low", {key: knob.low}, None
        yield f"{key} high", {key: knob.high}, None
    yield "all low", {key: knob.low for key, knob in knobs.items()}, None
    yield "all high", {key: knob.high for key, knob in knobs.items()}, None
    for length_s in LENGTHS_S if recipe.sustains else ():
        yield f"{length_s:g} s", {}, length_s
    for number in range(random):
        chance = rng("benchmark", recipe.name, number)
        drawn = {}
        for key, knob in knobs.items():
            share = chance.choice([0.0, 1.0, chance.random(), chance.random()])
            drawn[key] = knob.low + (knob.high - knob.low) * float(share)
        yield f"random {number}", drawn, LENGTHS_S[number % len(LENGTHS_S)] if recipe.sustains and number % 2 else None


def cost(recipe: Recipe, given: Mapping[str, float], length_s: float | None) -> float:
    """CPU seconds for each second of sound: the least of a few repeats."""
    least = np.inf
    rate_hz = RATE_HZ["bed" if recipe.ambience else "hit"]
    seconds = BED_STRETCH_S
    for _ in range(REPEATS):
        begun = time.process_time()
        if recipe.hit:
            seconds = len(recipe.hit(recipe.filled(given), length_s, rate_hz, SEED).audio) / rate_hz
        elif recipe.ambience:
            filled = recipe.filled(given)
            start = round(31.7 * rate_hz)
            stop = start + round(BED_STRETCH_S * rate_hz)
            recipe.ambience(partial(_held, filled), start, stop, rate_hz, SEED)
        least = min(least, time.process_time() - begun)
    return least / seconds


def _held(values: Mapping[str, float], times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Knobs that nobody turns."""
    return {key: np.full(len(times_s), value) for key, value in values.items()}


def main() -> int:
    """Measure, print the table, and say whether all keep to their limits."""
    asked = argparse.ArgumentParser(description="What each foley recipe costs, in percent of real time on one core.")
    asked.add_argument("recipes", nargs="*", help="only these")
    asked.add_argument("--random", type=int, default=12, help="seeded random settings for each recipe (12)")
    given = asked.parse_args()
    over = []
    print(f"{'recipe':<16}{'kind':<6}{'cases':>6}{'median':>9}{'worst':>9}{'limit':>8}        at")
    for name in given.recipes or sorted(RECIPES):
        recipe = RECIPES[name]
        kind = "bed" if recipe.ambience else "hit"
        cost(recipe, {}, None)  # what is made once and kept is not a cost of each sound
        found = [(cost(recipe, chosen, length_s), what) for what, chosen, length_s in cases(recipe, given.random)]
        worst, where = max(found)
        passed = worst <= LIMIT[kind]
        if not passed:
            over.append(name)
        median = statistics.median(share for share, _ in found)
        print(
            f"{name:<16}{kind:<6}{len(found):>6}{median:>8.2%}{worst:>9.2%}{LIMIT[kind]:>8.0%}"
            f"   {'pass' if passed else 'FAIL'} {where}",
            flush=True,
        )
    if over:
        print(f"over the limit: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
