"""Rain: near drops one by one, each with the sound of what it hits, before the wash of all those too far to be
counted.

Drops land independently (a Poisson shower) and their sizes fall off exponentially (Marshall and Palmer, J.
Meteorology 5, 1948). Stone clicks, earth thuds, ice hisses, a leaf pats, a pane rings a little, a metal roof rings at
its own modes whatever the drop, and a puddle answers with a trapped bubble at 3.26 / radius Hz (Minnaert, 1933).
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import Events, Grained, drawn_together, placed, poisson, thinned
from producer.foley.layers import between, knobs, octaves_between, under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass
from producer.foley.wander import Floats, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

DROPS_PER_S = 210.0
DRIPS_PER_S = 5.0
RINGS_S = 0.045
CHIMES_S = 0.03
SLAPS_S = 0.016
"""Nothing of a drop on stone, leaves or snow is left after it: shorter grains, a third of the work."""
DRIP_S = 0.09
SHEET_HZ = np.array([290.0, 418.0, 655.0, 812.0, 1130.0, 1490.0, 2020.0, 2730.0, 3560.0, 4900.0])
LEVEL = 0.2


def rain(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of rain, shape (stop - start, 2)."""
    made = noise(_wash(settings, seed), start, stop, rate_hz, named(seed, "wash"))
    drops = _near(settings, start, stop, rate_hz, named(seed, "drops"))
    drops.append(_gutter(settings, start, stop, rate_hz, named(seed, "drips")))
    made += drawn_together(start, stop, drops)
    return under_ceiling(made)


def _wash(settings: SettingsAt, seed: int) -> Shape:
    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        drift = wanders(times_s, (5.9, 4.1, 0.37), named(seed, "drift"), 3)
        # Rain comes in curtains, each with its own unrest as the wind carries it.
        level = -73.5 + 15.0 * np.log10(0.03 + knob["density"]) + 1.8 * drift[0] + 1.1 * drift[2]
        open_ = amplitude(-30.0 * knob["under"]) * (1.0 - 0.85 * knob["snow"])
        heard = column(amplitude(level) * open_) * bump(hz, octaves_between(6800.0, 3300.0, knob["size"]), 1.7)
        for gain, middle_hz, octaves in (
            # Ground, walls and leaves send back the middle of it.
            (amplitude(level - 4.0 + 1.5 * drift[1]) * open_, 1300.0, 1.7),
            (amplitude(level - 1.0) * knob["leaves"], 2300.0, 0.9),
            # Grains of ice hiss where they land: high and thin.
            (amplitude(level - 8.0 - 3.0 * drift[1]) * knob["snow"], 8200.0, 0.9),
            # A roof is heard from below as well: sheet metal roars and drums, boards only drum.
            (amplitude(level + 1.0) * knob["metal"], 950.0, 1.0),
            (amplitude(level + 2.0 + 2.0 * drift[1]) * knob["metal"], 330.0, 0.8),
            (amplitude(level + 1.0 + 2.0 * drift[1]) * knob["under"], 260.0, 1.0),
        ):
            if gain.any():
                heard += column(gain) * bump(hz, middle_hz, octaves)
        top = between(15000.0, 5200.0, knob["leaves"]) * octaves_between(1.0, 0.45, knob["under"])
        heard *= high_pass(hz, 110.0, 2) * low_pass(hz, top, 1)
        return Field(heard, heard, 1.0)

    return field


def showered(settings: SettingsAt, from_s: float, to_s: float, seed: int) -> Events:
    """The near drops that land in [from_s, to_s)."""
    found = poisson(from_s, to_s, DROPS_PER_S, seed, marks=8)
    knob = knobs(settings, found.at_s)
    return thinned(found, DROPS_PER_S * knob["density"] ** 1.3 * (0.25 + 0.75 * knob["near"]), DROPS_PER_S)


def _near(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> list[Grained]:
    found = showered(settings, start / rate_hz - RINGS_S - 1.0 / rate_hz, stop / rate_hz, seed)
    knob = knobs(settings, found.at_s)
    _, size, what, colour, ring, pan, far, begun = found.marks
    radius_mm = octaves_between(0.45, 1.3, knob["size"]) * (0.6 - 0.45 * np.log(np.maximum(size, 0.004)))
    # Each drop lands on one thing; what is left over lands on stone, or on earth as far as that is soft.
    shares = np.stack([knob["metal"], knob["glass"], knob["leaves"], knob["puddles"], knob["snow"]]) ** 1.5
    shares /= np.maximum(shares.sum(axis=0), 1.0)
    upto = np.cumsum(shares, axis=0)
    on = list((upto > what) & (upto - shares <= what))
    metal, glass, _, puddle, _ = on
    # A roof's sheets are no two alike: each place on it has its own modes.
    sheet = SHEET_HZ[(colour * len(SHEET_HZ)).astype(np.int64)] * (0.97 + 0.06 * pan)
    stone = octaves_between(4300.0, 520.0, knob["soft"]) * np.exp2(1.1 * colour) / radius_mm**0.5
    pitch = np.select(
        on,
        [
            sheet,
            1700.0 * np.exp2(1.5 * colour),
            900.0 * np.exp2(1.2 * colour) / radius_mm**0.5,
            3260.0 / (0.42 * radius_mm + 0.25),
            7000.0 * np.exp2(0.8 * colour),
        ],
        stone,
    )
    falls = np.select(
        on,
        [
            0.005 + 0.016 * ring,
            0.003 + 0.006 * ring,
            0.0015 + 0.002 * ring,
            0.0025 + 9.0 / pitch,
            0.0003 + 0.0004 * ring,
        ],
        (0.0006 + 0.0012 * ring) * (1.0 + 1.2 * knob["soft"]),
    )
    loud = np.select(on, [0.55, 0.6, 0.9, 0.75, 0.1], 1.0 - 0.45 * knob["soft"])
    level = LEVEL * loud * np.minimum(radius_mm, 3.0) ** 1.3 / (1.0 + between(7.0, 1.6, knob["near"]) * far)
    level = level * 10.0 ** (-1.3 * knob["under"] * ~metal)  # what falls outside is heard through the roof
    left, right = placed(1.8 * (pan - 0.5))
    drops = Pings(
        pitch_hz=pitch,
        falls_s=falls,
        dense=np.select(on, [0.6, 0.35, 1.0, 0.0, 1.0], 1.0),
        begun=begun,
        rise=np.where(puddle, 0.12, 0.0),
    )
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    kinds = (
        (metal, RINGS_S, 2),  # a roof's modes do for most of its other tones
        (glass, CHIMES_S, 3),
        (puddle, RINGS_S, 0),
        (~(metal | glass | puddle), SLAPS_S, 4),
    )
    found_on = []
    for kind, length_s, others in kinds:
        length = round(length_s * rate_hz)
        grains = drops.where(kind).grains(length, rate_hz, others)
        found_on.append(Grained(first[kind], length, grains, (level * left)[kind], (level * right)[kind]))
    return found_on


def _gutter(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Grained:
    """Fat drops from eaves and leaves into standing water."""
    length = round(DRIP_S * rate_hz)
    found = poisson((start - length) / rate_hz, stop / rate_hz, DRIPS_PER_S, seed, marks=5)
    found = thinned(found, DRIPS_PER_S * knobs(settings, found.at_s)["drips"], DRIPS_PER_S)
    _, size, pan, loud, begun = found.marks
    pitch = 620.0 * np.exp2(1.6 * size)
    sung = Pings(
        pitch_hz=pitch,
        falls_s=0.004 + 8.0 / pitch,
        dense=np.full(len(found), 0.06),
        begun=begun,
        rise=np.full(len(found), 0.2),
    )
    level = 0.9 * LEVEL * (0.3 + 0.7 * loud**2) * 10.0 ** (-0.5 * knobs(settings, found.at_s)["under"])
    left, right = placed(1.8 * (pan - 0.5))
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    return Grained(first, length, sung.grains(length, rate_hz), level * left, level * right)


RAIN = Recipe(
    name="rain",
    kind="bed",
    says="rain: single drops on what is near, and the wash of the rest",
    settings={
        "density": Setting(0.5, 0.02, 1.0, "from the first drops to a downpour"),
        "size": Setting(0.4, 0.0, 1.0, "from drizzle to heavy drops"),
        "near": Setting(0.5, 0.0, 1.0, "how close the nearest drops are"),
        "metal": Setting(0.0, 0.0, 1.0, "how much of it falls on sheet metal"),
        "glass": Setting(0.0, 0.0, 1.0, "how much of it falls on panes"),
        "leaves": Setting(0.0, 0.0, 1.0, "how much of it falls on leaves"),
        "puddles": Setting(0.3, 0.0, 1.0, "how much of it falls into water"),
        "soft": Setting(0.0, 0.0, 1.0, "the ground: from stone to earth"),
        "snow": Setting(0.0, 0.0, 1.0, "how much of it is sleet and grains of ice, that only hiss"),
        "under": Setting(0.0, 0.0, 1.0, "from out in it to under a roof, with the highs outside"),
        "drips": Setting(0.2, 0.0, 1.0, "fat drops from gutters and eaves"),
    },
    ambience=rain,
)
