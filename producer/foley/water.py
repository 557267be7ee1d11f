"""Water: a stream is bubbles by the hundred over a wash, a sea is waves that build, break and hiss back down the
beach.

Running water is nearly silent but for the air it traps: each bubble of radius r is struck once, rings at 3.26 / r Hz
for a few dozen turns and rises as it nears the surface (Minnaert, 1933; van den Doel, ACM Trans. Applied Perception
2, 2005).
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import drawn, placed, poisson, thinned
from producer.foley.layers import between, knobs, octaves_between, under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass, tilt
from producer.foley.wander import Floats, hashed, keys, turns, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

BUBBLES_PER_S = 240.0
GRAIN_S = 0.05
LEVEL = 0.26


def water(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of running water, of a sea, or of both, shape (stop - start, 2)."""
    made = noise(_wash(settings, seed), start, stop, rate_hz, named(seed, "wash"))
    made += _bubbles(settings, start, stop, rate_hz, named(seed, "bubbles"))
    return under_ceiling(made)


def _wash(settings: SettingsAt, seed: int) -> Shape:
    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        swirl = wanders(times_s, (3.3, 1.3, 0.9), named(seed, "swirl"), 3)
        running = -84.0 + 13.0 * knob["flow"]
        stream = column(amplitude(running + 1.8 * swirl[0])) * bump(
            hz, octaves_between(2600.0, 900.0, knob["depth"]), 1.5
        )
        stream += column(amplitude(running + 1.0 + 3.0 * swirl[1])) * bump(hz, 430.0, 0.9)
        stream += column(amplitude(running - 5.0 + 2.5 * swirl[2])) * bump(hz, 5200.0, 1.1)
        stream *= column(np.minimum(8.0 * knob["flow"], 1.0))
        left, right = (_sea(settings, times_s, hz, named(seed, "sea"), side) for side in (-1.0, 1.0))
        under = high_pass(hz, 35.0, 3)
        return Field((stream + left) * under, (stream + right) * under, 1.0)

    return field


def _sea(settings: SettingsAt, times_s: Floats, hz: Singles, seed: int, side: float) -> Singles:
    """One channel of the waves: each comes along the beach, so that one ear hears it break before the other."""
    knob = knobs(settings, times_s)
    place = turns(times_s, lambda at_s: 1.0 / knobs(settings, at_s)["period"])
    number = np.floor(place).astype(np.int64)
    swell = np.zeros(len(times_s))
    crash = np.zeros(len(times_s))
    foam = np.zeros(len(times_s))
    for back in (-1, 0, 1, 2, 3):
        own = hashed(number - back, keys(seed, 5)[:, None])
        # Waves are not a clock: sets of larger ones, and no two at the same distance.
        along = 0.06 * side * (own[1] - 0.5)
        since = (place - (number - back) - 0.75 * own[0] - along) * knob["period"]
        size = 0.3 + 0.7 * own[2] ** 1.5
        build = np.exp(-(((since + 0.6) / 1.7) ** 2).clip(0.0, 60.0))
        after = np.maximum(since, 0.0)
        swell += size * build
        crash += (
            size**1.5
            * np.clip((since + 0.25) / 0.5, 0.0, 1.0)
            * np.exp(-np.minimum(after / (0.7 + 0.8 * own[3]), 60.0))
        )
        drawn_back = np.clip((since - 0.3) / 1.4, 0.0, 1.0)
        foam += size * drawn_back * np.exp(-np.minimum(np.maximum(since - 1.2, 0.0) / (1.1 + 1.2 * own[4]), 60.0))
    tumble = wanders(times_s, (0.7, 0.4), seed + 1, 3)
    waves = knob["waves"]
    level = between(-62.0, -45.0, waves)
    deep = column(amplitude(level) * (0.12 + swell).astype(np.float32)) * low_pass(hz, 170.0, 2)
    breaks = column(amplitude(level - 7.5 + 2.5 * tumble[0]) * (0.03 + crash).astype(np.float32)) * tilt(
        hz, -2.6, 400.0
    )
    hiss = column(amplitude(level - 19.0 + 2.0 * tumble[1]) * (0.05 + foam).astype(np.float32)) * bump(hz, 5200.0, 1.5)
    present = column(np.minimum(8.0 * waves, 1.0))
    heard: Singles = present * (deep + breaks * low_pass(hz, 7000.0, 1) * high_pass(hz, 90.0, 2) + hiss)
    return heard


def _bubbles(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    length = round(GRAIN_S * rate_hz)
    found = poisson((start - length) / rate_hz, stop / rate_hz, BUBBLES_PER_S, seed, marks=6)
    knob = knobs(settings, found.at_s)
    # A stream babbles: bubbles come in gulps where the water folds over itself.
    gulp = np.clip(0.55 + 0.75 * wanders(found.at_s, (0.45,), named(seed, "gulp"), 3)[0], 0.05, 1.0)
    found = thinned(found, BUBBLES_PER_S * knob["bubbles"] * np.minimum(1.6 * knob["flow"], 1.0) * gulp, BUBBLES_PER_S)
    knob = knobs(settings, found.at_s)
    _, size, pan, loud, begun, late = found.marks
    low_hz = octaves_between(900.0, 240.0, knob["depth"])
    pitch = low_hz * np.exp2(3.1 * size**0.8)
    rings = Pings(
        pitch_hz=pitch, falls_s=0.0015 + 7.0 / pitch, dense=np.zeros(len(found)), begun=begun, rise=0.05 + 0.3 * late**2
    )
    level = LEVEL * (low_hz / pitch) ** 0.45 * (0.12 + loud**4) * (0.5 + 0.5 * knob["flow"])
    left, right = placed(1.8 * (pan - 0.5))
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    return drawn(start, stop, first, length, rings.grains(length, rate_hz), level * left, level * right)


WATER = Recipe(
    name="water",
    kind="bed",
    says="water: a brook, a river, or a sea on its beach",
    settings={
        "flow": Setting(0.6, 0.0, 1.0, "running water: none, a trickle, a torrent"),
        "bubbles": Setting(0.6, 0.0, 1.0, "how much it gurgles"),
        "depth": Setting(0.4, 0.0, 1.0, "from a rill over stones to deep water"),
        "waves": Setting(0.0, 0.0, 1.0, "a sea: none, lapping, surf"),
        "period": Setting(7.0, 3.0, 14.0, "time from wave to wave", "s"),
    },
    ambience=water,
)
