"""One step: heel, ball and toe, three contacts of a sole with a ground and with what lies loose upon it.

The walk's pace is made by whoever places the steps. The heel strikes hard and rings ground and sole; the ball follows
softer as the foot rolls; the toe presses and pushes off. Loose stuff (gravel, glass, snow) answers to how the load
changes, so it speaks at each contact, murmurs during the roll and settles after the foot has gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import arrivals, band_pass, burst, grain, high_pass, low_pass, noise, paste, shower, thump
from producer.foley.modal import (
    CONCRETE,
    HIDE,
    STEEL,
    WOOD,
    Modes,
    damped,
    modes,
    plate,
    ring_out,
)
from producer.model.foley import Setting


@dataclass(frozen=True, slots=True)
class _Contact:
    """One touch of the foot: when, how heavily (1 = heel), and for how long the touch itself lasts."""

    at_s: float
    force: float
    contact_s: float


def _contacts(knobs: Mapping[str, float], chance: np.random.Generator) -> tuple[_Contact, ...]:
    roll = knobs["roll"] * chance.uniform(0.88, 1.14) * (0.85 + 0.3 * knobs["weight"])
    # A hard sole is on the ground at once, a rubber one gives; loose ground lengthens every touch.
    cover = min(1.0, knobs["snow"] + knobs["mud"])
    touch = (9e-4 - 7.2e-4 * knobs["boot"]) * (1.0 + 3.0 * cover)
    heel = (0.35 + 0.65 * knobs["heel"]) * chance.uniform(0.88, 1.1)
    return (
        _Contact(PRE_ROLL_S, heel, touch),
        _Contact(PRE_ROLL_S + roll * chance.uniform(0.48, 0.58), 0.34 * chance.uniform(0.7, 1.2), touch * 1.8),
        _Contact(PRE_ROLL_S + roll, 0.5 * chance.uniform(0.75, 1.2), touch * 1.3),
    )


def _ground(knobs: Mapping[str, float]) -> dict[str, float]:
    """Shares of what carries the foot: boards and grating lie over concrete, snow and mud over everything."""
    wood, metal = knobs["wood"], knobs["metal"]
    bare = max(0.0, 1.0 - 0.85 * min(1.0, knobs["snow"] + knobs["mud"]) - 0.35 * knobs["gravel"])
    return {
        "concrete": knobs["concrete"] * (1.0 - wood) * (1.0 - metal) * bare,
        "wood": wood * bare,
        "metal": metal * bare,
    }


def _strike(out: Wave, touch: _Contact, knobs: Mapping[str, float], chance: np.random.Generator) -> None:
    weight, boot = knobs["weight"], knobs["boot"]
    ground = _ground(knobs)
    hard = max(ground.values())
    n = samples(0.25)
    low = chance.uniform(0.93, 1.07) * (118.0 - 52.0 * weight)
    paste(out, thump(low, 0.008 + 0.008 * weight, 0.0022), touch.at_s, touch.force * (0.3 + 1.1 * weight))
    sole = modes(
        chance.uniform(185.0, 235.0),
        np.array([1.0, 1.9, 2.7, 4.1, 5.6, 7.7, 10.3, 13.9]),
        damped(HIDE, 40.0),
        chance,
        contact_s=touch.contact_s,
        stray=0.05,
        tilt=0.55,
    )
    paste(out, ring_out(sole, n), touch.at_s, touch.force * (0.35 + 0.65 * boot))
    if ground["concrete"] > 0.0:
        slab = modes(chance.uniform(300.0, 380.0), plate(9), CONCRETE, chance, contact_s=touch.contact_s, stray=0.06)
        paste(out, ring_out(slab, n), touch.at_s, 0.5 * touch.force * ground["concrete"])
    if ground["wood"] > 0.0:
        board = modes(
            chance.uniform(88.0, 108.0),
            plate(44, 3.1)[::2],
            damped(WOOD, 8.0),
            chance,
            contact_s=touch.contact_s * 1.2,
            stray=0.05,
            tilt=0.7,
        )
        paste(out, ring_out(board, samples(0.5)), touch.at_s, 1.5 * touch.force * ground["wood"])
    if ground["metal"] > 0.0:
        grate = modes(
            chance.uniform(150.0, 190.0),
            plate(95, 2.3)[::5],
            damped(STEEL, 7.0),
            chance,
            contact_s=touch.contact_s,
            stray=0.04,
            tilt=0.35,
        )
        paste(out, ring_out(grate, samples(1.2)), touch.at_s, 0.55 * touch.force * ground["metal"])
    crisp = burst(chance, 2.5e-4, 0.0032, 1_300.0 + 500.0 * boot, 6_500.0)
    paste(out, crisp, touch.at_s, 0.20 * touch.force * (0.25 + 0.75 * boot) * (0.25 + 0.75 * hard))
    slap = burst(chance, 8e-4, 0.011, 260.0, 1_500.0)
    paste(out, slap, touch.at_s, 0.16 * touch.force * (0.5 + 0.5 * hard))


def _load_rate(n: int, touches: tuple[_Contact, ...], settle_s: float) -> Wave:
    """How fast the load on loose stuff changes, shape (n,): a rush at each contact, a murmur between, then settling."""
    t = clock(n)
    rate = np.zeros(n)
    for touch in touches:
        after = t - touch.at_s
        rate += np.where(after >= 0.0, touch.force * np.exp(-np.maximum(after, 0.0) / 0.017), 0.0)
    start, end = touches[0].at_s, touches[-1].at_s
    rate += np.where((t > start) & (t < end), 0.16, 0.0)
    leaving = t - end
    return rate + np.where(leaving > 0.0, 0.10 * np.exp(-np.maximum(leaving, 0.0) / settle_s), 0.0)


def _grains(load: Wave, per_s: float, heavy: float, kinds: tuple[Modes, ...], chance: np.random.Generator) -> Wave:
    times = arrivals(chance, per_s * load)
    at = np.minimum((times * 48_000.0).astype(np.intp), len(load) - 1)
    # Few heavy grains among many light ones, and louder where the load is greater.
    levels = (
        chance.pareto(heavy, len(times)).clip(0.0, 4.0) * np.sqrt(load[at]) * chance.choice([-1.0, 1.0], len(times))
    )
    return shower(chance, len(load), times, levels, kinds)


def _loose(out: Wave, touches: tuple[_Contact, ...], knobs: Mapping[str, float], chance: np.random.Generator) -> None:
    n = len(out)
    load = _load_rate(n, touches, 0.07)
    if knobs["grit"] > 0.0:
        sand = tuple(grain(chance, 2_600.0, 8_500.0, 0.0011) for _ in range(6))
        out += 0.09 * knobs["grit"] * _grains(load, 900.0, 2.6, sand, chance)
    if knobs["gravel"] > 0.0:
        stones = tuple(grain(chance, 1_100.0, 5_500.0, 0.0022, 3) for _ in range(8))
        pebbles = band_pass(noise(chance, n) * load, 500.0, 3_800.0)
        out += knobs["gravel"] * (0.17 * _grains(load, 1_900.0, 2.3, stones, chance) + 0.14 * pebbles)
    if knobs["glass"] > 0.0:
        shards = tuple(grain(chance, 2_800.0, 11_500.0, 0.010 * chance.uniform(0.3, 1.3), 3) for _ in range(11))
        splits = tuple(grain(chance, 1_700.0, 9_000.0, 0.0014, 3) for _ in range(5))
        crush = high_pass(noise(chance, n) * load**1.5, 2_800.0)
        out += knobs["glass"] * (
            0.22 * _grains(load, 420.0, 2.4, shards, chance)
            + 0.50 * _grains(load, 1_100.0, 2.4, splits, chance)
            + 0.10 * crush
        )
    if knobs["snow"] > 0.0:
        out += knobs["snow"] * _snow(touches, chance, n)
    if knobs["mud"] > 0.0:
        out += knobs["mud"] * _mud(touches, chance, n)


def _snow(touches: tuple[_Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """Crystals break one by one, hundreds a second, all the while the foot sinks: a dry creaking crunch."""
    t = clock(n)
    start, end = touches[0].at_s, touches[-1].at_s
    span = end - start + 0.10
    sink = np.clip((t - start) / span, 0.0, 1.0)
    press = np.sin(np.pi * sink) ** 0.7 * (0.55 + 0.45 * np.cos(2.0 * np.pi * 2.0 * sink) ** 2)
    crystals = tuple(grain(chance, 700.0, 4_200.0, 0.0020, 3) for _ in range(8))
    breaking = _grains(press, 2_600.0, 3.0, crystals, chance)
    packed = band_pass(noise(chance, n) * press, 350.0, 2_200.0)
    return 0.30 * breaking + 0.30 * packed


def _mud(touches: tuple[_Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """Wet ground gives way and sucks at the sole: a soft slap, then bubbles that rise in pitch as they close."""
    out = np.zeros(n)
    for touch in touches:
        paste(out, burst(chance, 0.004, 0.022, 150.0, 1_400.0), touch.at_s, 0.45 * touch.force)
    start, end = touches[0].at_s, touches[-1].at_s
    for _ in range(int(chance.integers(9, 16))):
        at = chance.uniform(start + 0.01, end + 0.13)
        low, length = float(np.exp(chance.uniform(np.log(260.0), np.log(1_500.0)))), chance.uniform(0.008, 0.03)
        t = clock(samples(5.0 * length))
        rising = low * (t + 0.22 * t**2 / (2.0 * length))
        paste(
            out,
            np.sin(2.0 * np.pi * rising) * np.exp(-t / length) * -np.expm1(-t / 0.001),
            at,
            chance.uniform(0.05, 0.3),
        )
    suck = band_pass(noise(chance, n), 500.0, 2_600.0) * np.exp(-(((clock(n) - end - 0.09) / 0.035) ** 2))
    return out + 0.25 * suck


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    touches = _contacts(knobs, chance)
    tail = 0.25 + 0.95 * _ground(knobs)["metal"] + 0.15 * _ground(knobs)["wood"]
    out = np.zeros(samples(touches[-1].at_s + tail))
    for touch in touches:
        _strike(out, touch, knobs, chance)
    start, end = touches[0].at_s, touches[-1].at_s
    t = clock(len(out))
    rolling = np.clip((t - start) / (end - start), 0.0, 1.0)
    rub = np.sin(np.pi * rolling) ** 2 + 0.8 * np.exp(-(((t - end - 0.035) / 0.022) ** 2))
    out += 0.035 * (0.3 + knobs["scuff"]) * band_pass(noise(chance, len(out)) * rub, 900.0, 4_500.0)
    _loose(out, touches, knobs, chance)
    return Raw(low_pass(out, 15_000.0))


STEPS = recipe(
    "steps",
    "one step of a boot: heel, ball and toe on the ground and on what lies upon it; the pace is the cue's",
    {
        "concrete": Setting(1.0, 0.0, 1.0, "how hard and solid the ground is: 0 earth, 1 concrete"),
        "wood": Setting(0.0, 0.0, 1.0, "boards over the ground, hollow beneath"),
        "metal": Setting(0.0, 0.0, 1.0, "a steel grating over the ground"),
        "gravel": Setting(0.0, 0.0, 1.0, "stones and rubble underfoot"),
        "glass": Setting(0.0, 0.0, 1.0, "broken glass underfoot"),
        "snow": Setting(0.0, 0.0, 1.0, "dry snow underfoot"),
        "mud": Setting(0.0, 0.0, 1.0, "mud and wet ground underfoot"),
        "grit": Setting(0.35, 0.0, 1.0, "sand and dust between sole and ground"),
        "weight": Setting(0.6, 0.0, 1.0, "who walks: 0 a child, 1 a heavy man with a pack"),
        "boot": Setting(0.6, 0.0, 1.0, "the sole: 0 rubber, 1 hard leather with nails"),
        "heel": Setting(0.8, 0.0, 1.0, "how much the heel comes down: 0 on the toes, 1 marching"),
        "roll": Setting(0.13, 0.06, 0.25, "from heel to toe; longer is slower and wearier", "s"),
        "scuff": Setting(0.25, 0.0, 1.0, "how much the sole drags"),
    },
    _make,
    kind="steps",
)
