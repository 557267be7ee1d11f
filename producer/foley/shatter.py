"""Glass that breaks: a burst as it gives way, then its pieces arriving, dense at first and thinning out.

Every piece is a small plate whose lowest mode is the higher the smaller it is; pieces fall for different times and
bounce, so that the shower's gaps grow while its level falls.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import burst, grain, paste, shower, swell, thump, wander
from producer.foley.modal import CONCRETE, GLASS, ICE, Modes, damped, mixed, modes, ring_out, ring_outs
from producer.model.foley import Setting

_SHARD = np.array([1.0, 1.58, 2.27, 2.92, 3.83])


def shard(
    chance: np.random.Generator, lowest_hz: float, lying_per_s: float, contact_s: float = 4e-5, ice: float = 0.0
) -> Modes:
    """One piece of glass, free or lying on something; of ice, it is thicker and duller."""
    stuff = damped(mixed(GLASS, ICE, ice), lying_per_s * (1.0 + 1.5 * ice))
    return modes(
        lowest_hz * 0.62**ice, _SHARD, stuff, chance, contact_s=contact_s * (1.0 + 2.0 * ice), stray=0.06, tilt=0.5
    )


def landings(chance: np.random.Generator, count: int, over_s: float) -> Wave:
    """When the pieces land, seconds, sorted: most at once, ever fewer after; shape (count,)."""
    return np.sort(over_s * chance.beta(0.75, 3.2, count))


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    ice = knobs["ice"]
    pieces = int((24 + 130 * knobs["pieces"]) * (0.5 + 0.5 * knobs["fall"]))
    over = 0.45 + 1.5 * knobs["fall"]
    n = samples(PRE_ROLL_S + over + 0.7)
    out = np.zeros((n, 2))
    lowest = 3_400.0 * 7.0 ** -knobs["size"]
    pane = modes(
        lowest * 0.16 * 0.7**ice,
        np.linspace(1.0, 21.0, 16),
        damped(mixed(GLASS, ICE, ice), 60.0 + 40.0 * ice),
        chance,
        contact_s=1e-4,
        stray=0.1,
        tilt=0.3,
    )
    sides = (np.zeros(n), np.zeros(n))
    pane_rings = ring_out(pane, samples(0.3))
    dull = 0.5**ice
    bursts = [
        (
            burst(chance, 2e-4, 0.012, 1_800.0 * dull, 14_000.0 * dull),
            burst(chance, 6e-4, 0.045, 3_000.0 * dull, 12_000.0 * dull),
        )
        for _ in range(3)
    ]
    # The pane gives way in front of us; only a part of its burst is to the left or the right.
    apart = 0.6 * knobs["width"]
    for side, own in zip(sides, bursts[1:], strict=True):
        paste(side, pane_rings, PRE_ROLL_S, 0.7)
        for (sharp, spread), share in ((bursts[0], float(np.sqrt(1.0 - apart**2))), (own, apart)):
            paste(side, sharp, PRE_ROLL_S, 0.55 * share)
            paste(side, spread, PRE_ROLL_S, 0.20 * share)
        paste(side, thump(140.0, 0.02, 0.001), PRE_ROLL_S, 0.5 * knobs["size"])
    times = landings(chance, pieces, over)
    # Large pieces are few; the last to come are the small ones.
    small = chance.beta(1.6, 1.4, pieces)
    levels = 0.42 * (1.15 - small) * np.exp(-1.6 * times / over) * chance.uniform(0.3, 1.0, pieces)
    places = 0.25 * np.pi * (1.0 + 0.75 * knobs["width"] * chance.uniform(-1.0, 1.0, pieces))
    for first in range(0, pieces, 32):
        some = range(first, min(first + 32, pieces))
        shards = [
            shard(chance, lowest * (0.8 + 3.2 * small[number]), 22.0 + 60.0 * chance.random() ** 2, ice=ice)
            for number in some
        ]
        for number, wave in zip(some, ring_outs(shards, samples(0.22 - 0.1 * ice)), strict=True):
            at = PRE_ROLL_S + float(times[number])
            paste(sides[0], wave, at, 1.41 * float(levels[number] * np.cos(places[number])))
            paste(sides[1], wave, at, 1.41 * float(levels[number] * np.sin(places[number])))
    out[:, 0], out[:, 1] = sides
    return Raw(out)


def _crack(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """The crack runs: a snap, then a few finer ones as it turns and stops, each waking the pane it runs through."""
    ice = knobs["ice"]
    out = np.zeros(samples(PRE_ROLL_S + 0.75 + 0.5 * ice))
    lowest = 2_600.0 * 4.0 ** -knobs["size"] * 0.5**ice
    pane = np.concatenate([_SHARD, 4.6 + 2.1 * np.arange(7)])
    stuff = damped(mixed(GLASS, ICE, ice), 26.0 + 40.0 * ice)
    deep = 0.5 * ice * knobs["size"]  # a lake booms under its crack, a pane does not
    sheets = tuple(_through_ice(chance, knobs["size"]) for _ in range(2)) if ice > 0.0 else ()
    at, level = 0.0, 1.0
    for _ in range(1 + round(1 + 5 * knobs["run"] * chance.uniform(0.7, 1.2))):
        body = modes(lowest, pane, stuff, chance, contact_s=3e-5, stray=0.04, tilt=0.1, form="pane")
        paste(out, ring_out(body, samples(0.5)), PRE_ROLL_S + at, 0.5 * level)
        snap = shard(chance, chance.uniform(4_200.0, 6_800.0), 160.0, 2e-5, ice)
        paste(out, ring_out(snap, samples(0.06)), PRE_ROLL_S + at, 0.9 * level)
        paste(out, burst(chance, 5e-5, 0.0011, 2_500.0, 15_000.0), PRE_ROLL_S + at, 0.8 * level)
        if ice > 0.0:
            paste(out, sheets[int(chance.integers(2))], PRE_ROLL_S + at, 0.6 * ice * level * knobs["size"] ** 1.5)
            paste(out, thump(95.0 - 45.0 * knobs["size"], 0.03, 0.002), PRE_ROLL_S + at, deep * level)
        at += chance.uniform(0.012, 0.075) * (1.0 + 1.2 * ice)
        level = chance.uniform(0.12, 0.45)
    return Raw(out)


def _through_ice(chance: np.random.Generator, size: float) -> Wave:
    """A crack heard through a floating sheet: bending waves outrun one another, the high ones first, the low ones last.

    A thin plate's group speed grows with the root of frequency (Cremer & Heckl, Structure-Borne Sound, ch. 2), so a
    snap that has come far is a whistle that falls as 1 / t².
    """
    length, lowest = 0.10 + 0.38 * size, 150.0 - 90.0 * size
    t = clock(samples(length))
    out = np.zeros(len(t))
    # Straight from the crack, then off the shores: each way is another length, and the sheet is nowhere equally thick.
    for number in range(4):
        delay = (0.008 + 0.05 * size) * chance.uniform(0.6, 1.6) * (1.0 + 0.35 * number)
        uneven = 1.0 + 0.05 * wander(chance, len(t), 60.0)
        turns = (
            np.cumsum((lowest + 9_000.0 * (delay / (t + delay)) ** 2 * chance.uniform(0.5, 1.0)) * uneven) / BENCH_HZ
        )
        heard = np.exp(-t / (chance.uniform(0.10, 0.26) * length)) * (1.0 + 0.7 * wander(chance, len(t), 45.0))
        out += np.sin(2.0 * np.pi * turns + chance.uniform(0.0, 6.28)) * heard * 0.6**number
    return 0.6 * out * -np.expm1(-t / 0.0004) * swell(len(t), 0.0, 0.4 * length)


def _crunch(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Shards underfoot: they grind, split and skid while the weight comes down."""
    press = 0.16 + 0.25 * knobs["slow"]
    n = samples(PRE_ROLL_S + press + 0.35)
    times = PRE_ROLL_S + press * np.sort(chance.beta(1.0, 1.5, int(60 + 160 * knobs["pieces"])))
    times[0] = PRE_ROLL_S
    levels = chance.pareto(2.4, len(times)).clip(0.02, 3.0) * (1.0 - 0.5 * (times - PRE_ROLL_S) / press)
    levels[0] = 2.0
    lying = tuple(shard(chance, chance.uniform(1_900.0, 6_500.0), chance.uniform(90.0, 420.0)) for _ in range(7))
    splits = tuple(grain(chance, 1_800.0, 9_500.0, 0.0012, 3) for _ in range(4))
    out = 0.35 * shower(chance, n, times, levels, (*lying, *splits))
    slab = modes(260.0, np.array([1.0, 1.7, 2.9]), CONCRETE, chance, contact_s=1e-3)
    paste(out, ring_out(slab, samples(0.15)), PRE_ROLL_S, 0.7 * knobs["weight"])
    paste(out, thump(85.0, 0.025, 0.003), PRE_ROLL_S, 0.8 * knobs["weight"])
    return Raw(out)


_SIZE = Setting(0.5, 0.0, 1.0, "of the glass: 0 a tumbler, 1 a shop window")

_ICE = Setting(0.0, 0.0, 1.0, "0 glass, 1 ice: duller, and a large sheet of it whistles as the crack runs away")

SHATTER = recipe(
    "shatter",
    "glass breaks: the burst, then the pieces raining down and thinning out",
    {
        "size": _SIZE,
        "pieces": Setting(0.6, 0.0, 1.0, "how many pieces"),
        "fall": Setting(0.5, 0.0, 1.0, "how far they fall: the length of the shower"),
        "width": Setting(0.6, 0.0, 1.0, "how far they scatter from left to right"),
        "ice": _ICE,
    },
    _make,
)

CRACK = recipe(
    "crack",
    "one crack runs through glass or ice: a snap and its finer branches",
    {"size": _SIZE, "run": Setting(0.4, 0.0, 1.0, "how far it runs: more branches after the snap"), "ice": _ICE},
    _crack,
)

CRUNCH = recipe(
    "crunch",
    "broken glass grinds and splits under a weight",
    {
        "pieces": Setting(0.6, 0.0, 1.0, "how much glass lies there"),
        "weight": Setting(0.5, 0.0, 1.0, "what presses on it"),
        "slow": Setting(0.3, 0.0, 1.0, "how slowly it is pressed"),
    },
    _crunch,
)
