"""Fire: a low roar that laps, the hiss of gas and sap, and wood that cracks in bursts.

Flames flicker because hot gas sheds rings as it rises, about 1.5 / √diameter times a second (Cetegen and Ahmed,
Combustion and Flame 93, 1993), so a large fire laps slowly and low. Steam breaks wood in avalanches: one crack sets
off the next, and their energies follow a power law. A furnace draws: its air is forced, its roar fills the flue and
hardly laps.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import Grained, drawn_together, placed, poisson, thinned
from producer.foley.layers import between, knobs, moving, octaves_between, under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass, peak
from producer.foley.wander import Floats, flutter, hashed, keys, wander, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

FLUE_HZ = (58.0, 171.0, 290.0, 402.0)
"""Odd modes of a chimney open at its top."""
BURSTS_PER_S = 24.0
BRANCHES = 12
BURST_S = 0.45
SNAP_S = 0.024
GRAIN_S = 0.05
LEVEL = 0.48


def fire(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of a fire, shape (stop - start, 2)."""

    def lapping(times_s: Floats) -> Floats:
        knob = knobs(settings, times_s)
        size, open_ = knob["size"], 1.0 - 0.75 * knob["draught"]
        quick, slow = (flutter(times_s, low, high, named(seed, "lap", low)) for low, high in ((5.0, 11.0), (1.6, 4.0)))
        return 1.0 + 0.55 * open_ * (quick + (slow - quick) * size)

    made = noise(_flames(settings, seed), start, stop, rate_hz, named(seed, "roar"), top_hz=12000.0)
    made *= moving(lapping, start, stop, rate_hz)[:, None]
    made += noise(_steam(settings, seed), start, stop, rate_hz, named(seed, "hiss"))
    made += _cracks(settings, start, stop, rate_hz, named(seed, "cracks"))
    return under_ceiling(made)


def _flames(settings: SettingsAt, seed: int) -> Shape:
    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        lap = wanders(times_s, (2.7, 0.8, 0.5, 0.24), named(seed, "lap"), 3)
        corner = octaves_between(420.0, 130.0, knob["size"]) * np.exp2(0.7 * lap[1])
        level = between(-74.0, -46.0, knob["size"]) + (1.0 - 0.65 * knob["draught"]) * (3.5 * lap[0] + 3.0 * lap[1])
        heard = column(amplitude(level)) * low_pass(hz, corner, 2)
        # Flames tear and flap: the middle comes in tatters, quicker than the roar under it.
        heard += column(amplitude(level - 13.0 + 3.0 * lap[2])) * bump(hz, 520.0, 1.0)
        heard += column(amplitude(level - 23.0 - 4.0 * knob["size"] + 6.0 * lap[3])) * bump(
            hz, octaves_between(1800.0, 1000.0, knob["size"]), 1.4
        )
        if knob["draught"].any():
            forced = amplitude(level - 9.0 + 8.0 * (1.0 - knob["size"]) + 2.5 * lap[2] + 2.5 * lap[3]) * knob["draught"]
            heard += column(forced) * bump(hz, 800.0, 1.8)
            for mode, mode_hz in enumerate(FLUE_HZ):
                centre = mode_hz * octaves_between(2.2, 0.8, knob["size"]) * (1.0 + 0.02 * lap[1])
                heard += column(forced * 10.0 ** (0.5 - 0.13 * mode)) * peak(hz, centre, 0.16 * centre)
        return Field(heard * high_pass(hz, 32.0, 3), heard * high_pass(hz, 32.0, 3), 0.7)

    return field


def _steam(settings: SettingsAt, seed: int) -> Shape:
    """Gas and sap escaping: jets that start, wander in pitch and stop."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        jet = wanders(times_s, (1.7, 3.1, 2.3, 1.1), named(seed, "jet"), 3)
        bed = column(amplitude(-78.0 + 3.0 * jet[1]) * knob["hiss"].astype(np.float32)) * bump(hz, 4200.0, 1.5)
        open_ = np.clip(2.2 * (jet[0] - 0.12), 0.0, 1.0) ** 2 * knob["hiss"]
        spit = column(amplitude(-70.0 + 4.0 * jet[3]) * open_.astype(np.float32)) * bump(
            hz, 5200.0 * np.exp2(0.8 * jet[2]), 0.6
        )
        return Field(bed + 0.8 * spit, bed + spit, 0.8)

    return field


def _cracks(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Bursts of cracks: each burst's first sets off a few more, sooner and weaker ones."""
    length = round(GRAIN_S * rate_hz)
    begun = poisson((start - length) / rate_hz - BURST_S, stop / rate_hz, BURSTS_PER_S, seed, marks=5)
    knob = knobs(settings, begun.at_s)
    # Logs settle and catch: seconds that are busy, seconds that are not.
    busy = 0.5 + 0.5 * wander(begun.at_s, 2.3, named(seed, "busy"), 3)
    dry = 1.4 * knob["crackle"] ** 1.3 * (1.0 - 0.4 * knob["draught"]) * (0.4 + 0.6 * knob["size"])
    dry = dry * np.minimum(2.2 * busy**1.6, 1.0)
    begun = thinned(begun, BURSTS_PER_S * dry, BURSTS_PER_S)
    branch = np.tile(np.arange(BRANCHES), len(begun))
    burst = np.repeat(begun.marks, BRANCHES, axis=1)
    own = hashed(np.repeat(begun.names, BRANCHES) * BRANCHES + branch, keys(seed + 1, 6)[:, None])
    heard = branch < 1.0 + BRANCHES * burst[1] ** 2.5
    late = np.where(branch == 0, 0.0, BURST_S * own[0] ** 2.2)
    at_s = np.repeat(begun.at_s, BRANCHES) + late
    energy = np.minimum(0.07 / (0.05 + burst[2]), 1.0)  # few loud bursts, many faint
    size = LEVEL * energy * np.where(branch == 0, 1.0, 0.12 + 0.5 * own[1] ** 3) * (0.6 + 0.4 * own[2])
    pitch = octaves_between(900.0, 6500.0, own[3] ** 0.7) * (1.0 - 0.45 * energy)
    snaps = Pings(
        pitch_hz=pitch,
        falls_s=0.0004 + 0.0016 * own[4] + 0.0035 * energy**2,
        dense=np.ones(len(at_s)),
        begun=own[5],
    )
    # A loud crack shakes the log: a knock under it.
    knocks = Pings(
        pitch_hz=170.0 + 260.0 * own[4], falls_s=0.006 + 0.008 * own[1], dense=np.full(len(at_s), 0.3), begun=own[5]
    )
    left, right = placed(1.2 * (burst[3] - 0.5))
    first = np.round(at_s * rate_hz).astype(np.int64)
    low = heard & (energy > 0.35) & (branch == 0)
    groups = []
    for pings, chosen, gain, grain_s in ((snaps, heard, size, SNAP_S), (knocks, low, 0.55 * size, GRAIN_S)):
        own_length = round(grain_s * rate_hz)
        grains = pings.where(chosen).grains(own_length, rate_hz)
        groups.append(Grained(first[chosen], own_length, grains, (gain * left)[chosen], (gain * right)[chosen]))
    return drawn_together(start, stop, groups)


FIRE = Recipe(
    name="fire",
    kind="bed",
    says="a fire: candle, hearth, furnace or burning house",
    settings={
        "size": Setting(0.4, 0.0, 1.0, "from a few sticks to a house"),
        "crackle": Setting(0.5, 0.0, 1.0, "how dry the wood is"),
        "hiss": Setting(0.4, 0.0, 1.0, "gas and sap escaping"),
        "draught": Setting(0.0, 0.0, 1.0, "from an open fire to a furnace with its door shut"),
    },
    ambience=fire,
)
