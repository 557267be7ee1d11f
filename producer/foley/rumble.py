"""Rumble: a far city, engine or war felt more than heard: a low floor, and rolls that swell, break and die away.

Distance takes the top first (air loss grows with the square of frequency) and smears each blow into a roll, because
its sound arrives by many paths of different length; so a roll is one onset followed by several weaker, duller ones.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import poisson, thinned
from producer.foley.layers import between, knobs, octaves_between, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bands, column, high_pass, low_pass
from producer.foley.wander import Floats, hashed, keys, wander, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

ROLLS_PER_S = 0.5
LONGEST_S = 16.0
ARRIVALS = 7
LEVEL_DB = -42.0
FLOOR_HZ = (28.0, 48.0, 80.0, 140.0, 260.0)


def rumble(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of far rumble, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        corner = octaves_between(210.0, 62.0, knob["depth"]) * octaves_between(1.7, 0.75, knob["distance"])
        slow = 5.0 * wanders(times_s, (6.1, 4.7, 3.9, 3.2, 2.6), named(seed, "floor"), 3)
        throb = 5.0 * knob["motion"] * wander(times_s, 0.55, named(seed, "throb"), 2)
        level = LEVEL_DB - 9.0 * knob["rolling"] + throb
        floor = bands(hz, FLOOR_HZ, np.ascontiguousarray((level + slow).T)) * low_pass(hz, corner, 4)
        left, right = _rolls(settings, times_s, hz, corner, named(seed, "rolls"))
        under = high_pass(hz, 25.0, 4)
        return Field((floor + left) * under, (floor + right) * under, 0.9)

    return under_ceiling(noise(field, start, stop, rate_hz, named(seed, "rumble"), hop_s=0.08, top_hz=2000.0))


def _rolls(settings: SettingsAt, times_s: Floats, hz: Singles, corner: Floats, seed: int) -> tuple[Singles, Singles]:
    """Every roll that is sounding at `times_s`, as spectra of the two channels."""
    found = poisson(float(times_s[0]) - LONGEST_S, float(times_s[-1]) + 0.2, ROLLS_PER_S, seed, marks=5)
    knob = knobs(settings, found.at_s)
    found = thinned(found, ROLLS_PER_S * knob["rolling"], ROLLS_PER_S)
    left = np.zeros((len(times_s), len(hz)), np.float32)
    right = np.zeros_like(left)
    knob = knobs(settings, found.at_s)
    for event, at_s in enumerate(found.at_s):
        _, size, pan, length, _ = found.marks[:, event]
        since = times_s - at_s
        if since[-1] <= 0.0 or since[0] >= LONGEST_S:
            continue
        near = 1.0 - float(knob["distance"][event])
        swell = _roll(since, 2.0 + 3.5 * length, near, int(found.names[event]), seed)
        bright = corner * (0.8 + (0.7 + 1.8 * near) * np.exp(-np.clip(since, 0.0, 30.0) / 0.9))
        size_db = LEVEL_DB + between(-4.0, 10.0, size**2) + 3.0 * near
        colour = column(amplitude(size_db) * swell.astype(np.float32)) * low_pass(hz, bright, 4)
        left += colour * np.float32(1.0 - 0.35 * pan)
        right += colour * np.float32(0.65 + 0.35 * pan)
    return left, right


def _roll(since_s: Floats, length_s: float, near: float, name: int, seed: int) -> Floats:
    """How loud one roll is (amplitude, about 1 at most) at times since its first arrival."""
    chance = hashed(np.arange(ARRIVALS * 2, dtype=np.int64), keys(seed + name, 1))
    total = np.zeros(len(since_s))
    for arrival in range(ARRIVALS):
        late = 0.0 if arrival == 0 else 0.75 * length_s * chance[arrival] ** 1.4
        strength = 1.0 if arrival == 0 else 0.25 + 0.6 * chance[ARRIVALS + arrival]
        rise_s = 0.06 + 1.1 * (1.0 - near) * (0.3 + chance[ARRIVALS + arrival]) + 0.25 * late / length_s
        after = np.clip(since_s - late, 0.0, LONGEST_S)
        fall_s = 0.28 * length_s
        total += strength * (1.0 - np.exp(-after / rise_s)) * np.exp(-after / fall_s)
    ends = np.clip((LONGEST_S - since_s) / 2.0, 0.0, 1.0)
    return np.where(since_s > 0.0, 0.5 * total * ends, 0.0)


RUMBLE = Recipe(
    name="rumble",
    kind="bed",
    says="far rumble: thunder, a city, engines, a war beyond the horizon",
    settings={
        "depth": Setting(0.5, 0.0, 1.0, "how low it lies"),
        "distance": Setting(0.6, 0.0, 1.0, "from over the next hill to beyond the horizon"),
        "rolling": Setting(0.5, 0.0, 1.0, "blows that roll out of it: none to a barrage"),
        "motion": Setting(0.4, 0.0, 1.0, "throb of the floor, as of engines"),
    },
    ambience=rumble,
)
