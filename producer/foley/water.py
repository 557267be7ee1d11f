"""Water: a stream is bubbles by the hundred over a wash, a sea is waves that build, break and hiss back down the
beach, a pipe is a torrent heard through the column it runs in.

Running water is nearly silent but for the air it traps: each bubble of radius r is struck once, rings at 3.26 / r Hz
for a few dozen turns and rises as it nears the surface (Minnaert, 1933; van den Doel, ACM Trans. Applied Perception
2, 2005). A wave never breaks as one: its crest tips over stretch by stretch, each a burst of its own, and the foam of
each goes on hissing as it runs up, sinks in and drags the beach back with it.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from producer.audio import Audio
from producer.foley.events import Grained, drawn_together, placed, poisson, thinned
from producer.foley.layers import between, knobs, octaves_between, under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass, peak, tilt
from producer.foley.wander import Floats, hashed, keys, turns, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

BUBBLES_PER_S = 240.0
GRAIN_S = 0.05
LEVEL = 0.26
TRAINS = ((1.0, 1.0), (0.43, 0.42))
"""(period against the setting's, size): the swell, and the wind's own waves that run through it."""
STRETCHES = 10
PEBBLES_PER_S = 90.0
PEBBLE_S = 0.012
PIPE_HZ = (71.0, 214.0, 352.0, 508.0, 733.0, 1040.0)
"""Odd modes of a column of air closed at the water's end, pulled by bends."""


def water(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of running water, of a sea, or of both, shape (stop - start, 2)."""
    made = noise(_wash(settings, seed), start, stop, rate_hz, named(seed, "wash"))
    grained = _bubbles(settings, start, stop, rate_hz, named(seed, "bubbles"))
    grained.append(_pebbles(settings, start, stop, rate_hz, named(seed, "pebbles"), named(seed, "sea")))
    made += drawn_together(start, stop, grained)
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
        if knob["pipe"].any():
            stream = column(1.0 - 0.75 * knob["pipe"]) * stream + column(knob["pipe"]) * _pipe(
                times_s, hz, running, knob["flow"], named(seed, "pipe")
            )
        under = high_pass(hz, 35.0, 3)
        if not knob["waves"].any():
            return Field(stream * under, stream * under, 1.0)
        left, right = _sea(settings, times_s, hz, named(seed, "sea"))
        return Field((stream + left) * under, (stream + right) * under, 1.0)

    return field


def _pipe(times_s: Floats, hz: Singles, running: Floats, flow: Floats, seed: int) -> Singles:
    """A torrent inside iron: the modes of the column, and the hiss of the bend where the water is throttled."""
    surge = wanders(times_s, (1.9, 0.43, 0.31, 0.27, 0.6, 0.37, 0.29), seed, 3)
    through = column(amplitude(running + 1.0 + 2.5 * surge[0])) * bump(hz, 1900.0 * np.exp2(0.25 * surge[1]), 0.8)
    for mode, mode_hz in enumerate(PIPE_HZ):
        # The column shortens and lengthens as the water stands higher or lower in it.
        centre = mode_hz * np.exp2(0.06 * surge[0]) * (1.0 + 0.05 * flow)
        size_db = running + 11.0 - 1.6 * mode + 4.0 * surge[1 + mode]
        through += column(amplitude(size_db)) * peak(hz, centre, 0.09 * centre + 8.0)
    result: Singles = column(np.minimum(8.0 * flow, 1.0)) * through
    return result


def _waves_per_s(settings: SettingsAt, share: float, times_s: Floats) -> Floats:
    return 1.0 / np.maximum(share * knobs(settings, times_s)["period"], 1.4)


def _surf(settings: SettingsAt, times_s: Floats, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """How strongly the sea swells, shape (times,), breaks and foams, shape (2, times), and drags back, shape (times,).

    Each stretch of a wave breaks at its own place along the beach, nearer to one ear than to the other.
    """
    knob = knobs(settings, times_s)
    swell, drag = np.zeros((2, len(times_s)))
    crash, foam = np.zeros((2, 2, len(times_s)))
    if not knob["waves"].any():
        return swell, crash, foam, drag
    for train, (share, strength) in enumerate(TRAINS):
        every_s = 1.0 / _waves_per_s(settings, share, times_s)
        place = turns(times_s, partial(_waves_per_s, settings, share))
        number = np.floor(place).astype(np.int64)
        quick = np.clip((every_s / 7.0) ** 0.5, 0.5, 1.1)  # small waves are short in all they do
        for back in (-1, 0, 1, 2, 3):
            wave = number - back
            own = hashed(wave, keys(seed + train, 5)[:, None])
            # Waves are not a clock: sets of larger ones, and no two at the same distance.
            since = (place - wave - 0.75 * own[0]) * every_s
            size = strength * (0.3 + 0.7 * own[2] ** 1.5)
            swell += size * np.exp(-(((since + 0.6) / (1.7 * quick)) ** 2).clip(0.0, 60.0))
            its = hashed((wave * STRETCHES)[:, None] + np.arange(STRETCHES), keys(seed + train + 2, 4)[:, None, None])
            after = np.clip((since + 0.4)[:, None] - 3.2 * quick[:, None] * its[0] ** 1.4, 0.0, 60.0)
            near = [size[:, None] * (1.0 + 0.9 * side * (its[3] - 0.5)) for side in (-1.0, 1.0)]
            bursts = (0.05 + 2.7 * its[1] ** 4) * np.minimum(after / 0.06, 1.0) * np.exp(-after / (0.07 + 0.2 * its[2]))
            crash += np.stack([(ear * bursts).sum(axis=1) * size**0.5 for ear in near])
            hisses_s = ((0.3 + 0.7 * own[4]) * quick)[:, None] * (0.4 + its[2])
            hisses = (0.04 + 0.5 * its[1] ** 3) * np.minimum(after / 0.6, 1.0) * np.exp(-after / hisses_s)
            foam += np.stack([(ear * hisses).sum(axis=1) for ear in near])
            run_back = (since - (2.6 + 0.8 * own[3]) * quick) / quick
            drag += size * np.exp(-np.minimum(run_back * run_back, 60.0))
    return swell, crash, foam, drag


def _sea(settings: SettingsAt, times_s: Floats, hz: Singles, seed: int) -> tuple[Singles, Singles]:
    """Both channels of the waves."""
    waves, stones = (knobs(settings, times_s)[name] for name in ("waves", "stones"))
    swell, crash, foam, drag = _surf(settings, times_s, seed)
    # Foam is lace: patches of it burst and are replaced several times a second.
    lace = wanders(times_s, (0.33, 0.29, 0.61, 0.23), seed + 1, 2)
    level = between(-62.0, -45.0, waves)
    low, lace_bump = low_pass(hz, 170.0, 2), bump(hz, 5200.0, 1.5)
    tumble = tilt(hz, -2.6, 400.0) * low_pass(hz, 3600.0, 2) * high_pass(hz, 90.0, 2)
    back = column(amplitude(level - 23.0 + 6.0 * lace[3] + 3.0 * stones) * drag) * bump(
        hz, octaves_between(3400.0, 1700.0, stones), 1.1
    )
    ears = []
    for side in (0, 1):
        deep = amplitude(level - 1.0 + 3.0 * lace[2]) * (0.3 + 0.7 * swell + 0.4 * crash[side])
        heard = back + column(deep) * low
        heard += column(amplitude(level - 5.5 + 3.0 * lace[0]) * (0.06 + crash[side])) * tumble
        heard += column(amplitude(level - 17.0 + 5.0 * lace[1]) * (0.05 + foam[side])) * lace_bump
        heard *= column(np.minimum(8.0 * waves, 1.0))
        ears.append(heard)
    return ears[0], ears[1]


def _pebbles(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int, sea: int) -> Grained:
    """Stones that the backwash rolls over each other."""
    length = round(PEBBLE_S * rate_hz)
    found = poisson((start - length) / rate_hz, stop / rate_hz, PEBBLES_PER_S, seed, marks=6)
    knob = knobs(settings, found.at_s)
    found = found.where(found.marks[0] < np.minimum(knob["stones"], 8.0 * knob["waves"]))
    if len(found):
        steps_s = np.arange(np.floor(10.0 * found.at_s.min()), np.ceil(10.0 * found.at_s.max()) + 1.0) / 10.0
        drag = np.interp(found.at_s, steps_s, _surf(settings, steps_s, sea)[3])
        found = found.where(found.marks[0] < drag * knobs(settings, found.at_s)["stones"])
    knob = knobs(settings, found.at_s)
    _, size, pan, loud, begun, ring = found.marks
    knocks = Pings(
        pitch_hz=1500.0 * np.exp2(1.6 * size),
        falls_s=0.0006 + 0.0018 * ring,
        dense=np.full(len(found), 0.8),
        begun=begun,
    )
    level = amplitude(between(-36.0, -19.0, knob["waves"])) * (0.1 + loud**3)
    left, right = placed(1.8 * (pan - 0.5))
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    return Grained(first, length, knocks.grains(length, rate_hz, 2), level * left, level * right)


def _bubbles(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> list[Grained]:
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
    level = level * (1.0 - 0.8 * knob["pipe"])
    left, right = placed(1.8 * (pan - 0.5))
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    small = rings.falls_s < 0.0055  # most are, and half a grain holds them
    groups = []
    for kind, size_samples in ((small, length * 27 // 50), (~small, length)):
        grains = rings.where(kind).grains(size_samples, rate_hz)
        groups.append(Grained(first[kind], size_samples, grains, (level * left)[kind], (level * right)[kind]))
    return groups


WATER = Recipe(
    name="water",
    kind="bed",
    says="water: a brook, a river, a pipe, or a sea on its beach",
    settings={
        "flow": Setting(0.6, 0.0, 1.0, "running water: none, a trickle, a torrent"),
        "bubbles": Setting(0.6, 0.0, 1.0, "how much it gurgles"),
        "depth": Setting(0.4, 0.0, 1.0, "from a rill over stones to deep water"),
        "waves": Setting(0.0, 0.0, 1.0, "a sea: none, lapping, surf"),
        "period": Setting(7.0, 3.0, 14.0, "time from wave to wave", "s"),
        "stones": Setting(0.0, 0.0, 1.0, "the beach: from sand to shingle that the backwash rolls"),
        "pipe": Setting(0.0, 0.0, 1.0, "from the open to inside a pipe"),
    },
    ambience=water,
)
