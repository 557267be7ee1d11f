"""Rumble: a far city, engine or war felt more than heard: a low floor, and rolls that swell, break and die away.

Distance takes the top first (air loss grows with the square of frequency) and smears each blow into a roll, because
its sound arrives by many paths of different length; so a roll is one onset followed by several weaker, duller ones,
and it is never smooth, because the paths beat against each other. A little of the middle always gets through, and what
stands loose nearby (a pane, a tin, a cup on its shelf) rattles when a roll is strong enough to lift it.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import Events, drawn, placed, poisson, thinned
from producer.foley.layers import between, knobs, octaves_between, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bands, column, high_pass, low_pass
from producer.foley.wander import Floats, hashed, keys, wander, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

ROLLS_PER_S = 0.5
LONGEST_S = 16.0
ARRIVALS = 7
LEVEL_DB = -50.0
RATTLES_PER_S = 60.0
RATTLE_S = 0.05
LOOSE_HZ = (610.0, 1130.0, 1740.0, 2480.0, 3300.0)
LOOSE_FALLS_S = (0.006, 0.009, 0.005, 0.013, 0.008)
"""A sash, a tin, a door's latch, a cup, a pane."""
FLOOR_HZ = (28.0, 48.0, 80.0, 140.0, 260.0)


def rumble(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of far rumble, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        corner = octaves_between(210.0, 62.0, knob["depth"]) * octaves_between(1.7, 0.75, knob["distance"])
        slow = 5.0 * wanders(times_s, (6.1, 4.7, 3.9, 3.2, 2.6), named(seed, "floor"), 4)
        # Engines are heard under what rolls: the more they run the more there is of the floor, and the more it throbs.
        throb = (0.1 + 8.0 * knob["motion"]) * wander(times_s, 0.45, named(seed, "throb"), 2)
        level = LEVEL_DB - 9.0 * knob["rolling"] + 8.0 * (knob["motion"] - 0.4) + throb
        floor = bands(hz, FLOOR_HZ, np.ascontiguousarray((level + slow).T)) * _through(hz, corner)
        left, right = _rolls(settings, times_s, hz, corner, named(seed, "rolls"))
        under = high_pass(hz, 29.0, 4)
        return Field((floor + left) * under, (floor + right) * under, 0.9)

    made = noise(field, start, stop, rate_hz, named(seed, "rumble"), hop_s=0.08, top_hz=5000.0)
    made += _loose(settings, start, stop, rate_hz, named(seed, "rolls"), named(seed, "loose"))
    return under_ceiling(made)


def _through(hz: Singles, corner_hz: Floats) -> Singles:
    """What the way leaves: nearly all below the corner, and a faint slope of the middle that bends round everything."""
    middle = low_pass(hz, 2.0 * corner_hz, 1) * low_pass(hz, 1900.0, 1)
    result: Singles = low_pass(hz, corner_hz, 4) + np.float32(0.085) * middle
    return result


def _loose(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int, own: int) -> Audio:
    """What rattles nearby: few things, each at its own modes, knocking as long as a roll lifts them."""
    length = round(RATTLE_S * rate_hz)
    found = poisson((start - length) / rate_hz, stop / rate_hz, RATTLES_PER_S, own, marks=4)
    found = found.where(found.marks[0] < knobs(settings, found.at_s)["rattle"])
    if len(found):
        # How strongly it shakes is read every tenth of a second, at fixed places.
        steps_s = np.arange(np.floor(10.0 * found.at_s.min()), np.ceil(10.0 * found.at_s.max()) + 1.0) / 10.0
        shaken = np.interp(found.at_s, steps_s, _strength(settings, steps_s, seed))
        shaken = shaken * (0.3 + 0.7 * np.maximum(wander(found.at_s, 0.23, own + 1, 2), 0.0))
        found = found.where(found.marks[0] < knobs(settings, found.at_s)["rattle"] * np.minimum(shaken, 1.0))
    _, which, loud, begun = found.marks
    thing = (which * len(LOOSE_HZ)).astype(np.int64)
    knocks = Pings(
        pitch_hz=np.asarray(LOOSE_HZ)[thing] * (0.995 + 0.01 * begun),
        falls_s=np.asarray(LOOSE_FALLS_S)[thing],
        dense=np.full(len(found), 0.7),
        begun=begun,
    )
    size = 0.085 * (0.15 + 0.85 * loud**2)
    left, right = placed(np.asarray((-0.6, 0.5, 0.1, -0.2, 0.8))[thing])
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    return drawn(start, stop, first, length, knocks.grains(length, rate_hz), size * left, size * right)


def _strength(settings: SettingsAt, times_s: Floats, seed: int) -> Floats:
    """How hard everything shakes at `times_s`: the floor's share, and that of every roll."""
    knob = knobs(settings, times_s)
    total = 0.12 * knob["motion"] * np.ones(len(times_s))
    found = _rolling(settings, float(times_s[0]), float(times_s[-1]), seed)
    for event, at_s in enumerate(found.at_s):
        near = 1.0 - float(knobs(settings, found.at_s[event : event + 1])["distance"][0])
        swell = _roll(times_s - at_s, 2.0 + 3.5 * found.marks[3, event], near, int(found.names[event]), seed)
        total = total + swell * (0.25 + 0.75 * found.marks[1, event]) * (0.4 + 0.9 * near)
    return np.asarray(np.clip(1.3 * total - 0.1, 0.0, 1.0))


def _rolling(settings: SettingsAt, from_s: float, to_s: float, seed: int) -> Events:
    """Every roll that may be heard in [from_s, to_s]."""
    found = poisson(from_s - LONGEST_S, to_s + 0.2, ROLLS_PER_S, seed, marks=5)
    return thinned(found, ROLLS_PER_S * knobs(settings, found.at_s)["rolling"], ROLLS_PER_S)


def _rolls(settings: SettingsAt, times_s: Floats, hz: Singles, corner: Floats, seed: int) -> tuple[Singles, Singles]:
    """Every roll that is sounding at `times_s`, as spectra of the two channels."""
    found = _rolling(settings, float(times_s[0]), float(times_s[-1]), seed)
    left = np.zeros((len(times_s), len(hz)), np.float32)
    right = np.zeros_like(left)
    knob = knobs(settings, found.at_s)
    for event, at_s in enumerate(found.at_s):
        _, size, pan, length, _ = found.marks[:, event]
        since = times_s - at_s
        if since[-1] <= 0.0 or since[0] >= LONGEST_S:
            continue
        near = 1.0 - float(knob["distance"][event])
        name = int(found.names[event])
        swell = _roll(since, 2.0 + 3.5 * length, near, name, seed)
        swell *= np.exp((1.45 + 0.4 * near) * wander(times_s, 0.27, seed + 17 * name, 2))
        bright = corner * (0.8 + (0.6 + 0.9 * near) * np.exp(-np.clip(since, 0.0, 30.0) / 0.9))
        size_db = LEVEL_DB + between(-2.5, 7.5, size**1.3)
        colour = column(amplitude(size_db) * swell.astype(np.float32)) * _through(hz, bright)
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
        fall_s = 0.28 * length_s * (1.0 if arrival == 0 else 0.35 + 0.5 * chance[arrival])
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
        "rattle": Setting(0.0, 0.0, 1.0, "what stands loose nearby and is shaken: panes, tins, cups"),
    },
    ambience=rumble,
)
