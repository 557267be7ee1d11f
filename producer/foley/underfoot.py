"""What lies under a sole: sand, gravel, glass, snow, ice, mud and water, and how each answers to the load of a step.

Loose stuff speaks when the load on it changes: a rush at each contact, a murmur while the foot rolls, and a settling
after it has gone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, Wave, clock, samples
from producer.foley.contact import arrivals, band_pass, burst, grain, high_pass, noise, paste, shower, smooth, wander
from producer.foley.modal import ICE, Modes, damped, modes, plate, ring_outs
from producer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """One touch of the foot: when, how heavily (1 = heel), and for how long the touch itself lasts."""

    at_s: float
    force: float
    contact_s: float


def _load_rate(n: int, touches: tuple[Contact, ...], settle_s: float, rush_s: float = 0.017) -> Wave:
    """How fast the load on loose stuff changes, shape (n,): a rush at each contact, a murmur between, then settling."""
    rate = np.zeros(n)
    rush = np.exp(-clock(samples(8.0 * rush_s)) / rush_s)
    for touch in touches:
        paste(rate, rush, touch.at_s, touch.force)
    start, end = touches[0].at_s, touches[-1].at_s
    rate[samples(start) : samples(end)] += 0.16
    paste(rate, np.exp(-clock(n) / settle_s), end, 0.10)
    return rate


def _ground_under(n: int, touches: tuple[Contact, ...], load: Wave) -> Wave:
    """How fast what lies thinly under a sole is ground, shape (n,): at every touch, but most while the foot rolls."""
    t = clock(n)
    start, end = touches[0].at_s, touches[-1].at_s
    rolling = np.sin(np.pi * np.clip((t - start) / (end - start), 0.0, 1.0)) ** 2
    leaving = np.where(t > end, (t - end) / 0.02 * np.exp(1.0 - (t - end) / 0.02), 0.0)
    return 0.6 * load + 0.45 * rolling + 0.45 * leaving


def _grains(
    load: Wave, per_s: float, heavy: float, kinds: tuple[Modes, ...], chance: np.random.Generator, most: float = 4.0
) -> Wave:
    times = arrivals(chance, per_s * load)
    at = np.minimum((times * BENCH_HZ).astype(np.intp), len(load) - 1)
    # Few heavy grains among many light ones, and louder where the load is greater.
    levels = (
        chance.pareto(heavy, len(times)).clip(0.0, most) * np.sqrt(load[at]) * chance.choice([-1.0, 1.0], len(times))
    )
    return shower(chance, len(load), times, levels, kinds)


def add_loose(out: Wave, touches: tuple[Contact, ...], knobs: Mapping[str, float], chance: np.random.Generator) -> None:
    n = len(out)
    load = _load_rate(n, touches, 0.07)
    sandy = knobs["grit"] * (1.0 - min(1.0, knobs["snow"] + knobs["mud"]))  # what lies deeper is not heard
    if sandy > 0.0:
        # It is ground for as long as the sole turns on it, and crackles on as the toe lets go.
        sand = tuple(grain(chance, 2_600.0, 8_500.0, 0.0011) for _ in range(6))
        out += 0.3 * sandy**2 * _grains(_ground_under(n, touches, load), 900.0, 2.6, sand, chance, 2.5)
    if knobs["gravel"] > 0.0:
        # Stones turn and grind for as long as the foot sinks, not only where it strikes.
        sinking = 0.75 * _load_rate(n, touches, 0.10, 0.045) + 0.25 * load
        stones = tuple(grain(chance, 900.0 + 250.0 * k, 2_600.0 + 650.0 * k, 0.0020, 3) for k in range(8))
        pebbles = band_pass(noise(chance, n) * sinking, 700.0, 5_200.0)
        out += knobs["gravel"] * (0.26 * _grains(sinking, 2_000.0, 2.1, stones, chance) + 0.15 * pebbles)
    if knobs["glass"] > 0.0:
        shards = tuple(grain(chance, 2_800.0, 11_500.0, 0.010 * chance.uniform(0.3, 1.3), 3) for _ in range(11))
        splits = tuple(grain(chance, 1_700.0, 9_000.0, 0.0014, 3) for _ in range(5))
        crush = high_pass(noise(chance, n) * load**1.5, 2_800.0)
        out += knobs["glass"] * (
            0.22 * _grains(load, 420.0, 2.4, shards, chance)
            + 0.50 * _grains(load, 1_100.0, 2.4, splits, chance)
            + 0.10 * crush
        )
    for name, made in (("snow", _snow), ("ice", _ice), ("mud", _mud), ("wet", _wet)):
        if knobs[name] > 0.0:
            out += knobs[name] * made(touches, chance, n)


def _snow(touches: tuple[Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """Crystals break one by one, hundreds a second, all the while the foot sinks: a dry creaking crunch."""
    t = clock(n)
    start, end = touches[0].at_s, touches[-1].at_s
    span = end - start + 0.10
    sink = np.clip((t - start) / span, 0.0, 1.0)
    # It yields in jerks, at heel and toe most; what is broken still trickles when the foot has gone.
    press = np.sin(np.pi * sink) ** 0.7 * (0.55 + 0.45 * np.cos(2.0 * np.pi * 2.0 * sink) ** 2)
    press *= np.clip(1.0 + 0.7 * wander(chance, n, 55.0), 0.15, 2.0)
    press += 0.16 * np.where(t > start + 0.7 * span, np.exp(-np.abs(t - start - 0.8 * span) / 0.045), 0.0)
    crystals = tuple(grain(chance, 700.0, 4_200.0, 0.0020, 3) for _ in range(6))
    breaking = _grains(press, 2_100.0, 3.0, crystals, chance, 1.5)
    packed = band_pass(noise(chance, n) * press, 350.0, 2_200.0)
    return 0.30 * breaking + 0.30 * packed


def _mud(touches: tuple[Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """Wet ground gives way and sucks at the sole: a soft slap, then bubbles that rise in pitch as they close."""
    out = np.zeros(n)
    for touch in touches:
        paste(out, burst(chance, 0.004, 0.022, 150.0, 1_400.0), touch.at_s, 0.45 * touch.force)
    start, end = touches[0].at_s, touches[-1].at_s
    bubbles(out, chance, int(chance.integers(18, 30)), (start + 0.01, end + 0.13), (320.0, 2_100.0), 0.22)
    t = clock(samples(0.21)) - 0.105
    suck = band_pass(noise(chance, len(t)) * np.exp(-((t / 0.035) ** 2)), 500.0, 2_600.0)
    paste(out, suck, max(end - 0.015, 0.0), 0.25)
    return out


def _ice(touches: tuple[Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """A crust: it bears for a moment, breaks in a few sharp snaps, and its plates grind and tinkle as they tip."""
    out = np.zeros(n)
    crust = plate(30, 1.7)[::2]
    stuff = damped(ICE, 90.0)
    slabs = [
        modes(chance.uniform(520.0, 900.0), crust, stuff, chance, contact_s=6e-5, stray=0.05, tilt=0.15)
        for _ in range(6)
    ]
    sounds = ring_outs(slabs, samples(0.09))
    snap = burst(chance, 5e-5, 0.0012, 1_800.0, 13_000.0)
    for touch in touches:
        at = touch.at_s + chance.uniform(0.0, 0.004)
        for number in range(int(chance.integers(2, 5))):
            level = touch.force * chance.uniform(0.5, 1.0) * 0.7**number
            paste(out, sounds[int(chance.integers(6))], at, 0.4 * level)
            paste(out, snap, at, 0.5 * level)
            at += chance.uniform(0.006, 0.03)
    load = _load_rate(n, touches, 0.09, 0.028)
    chips = tuple(grain(chance, 2_400.0, 8_500.0, 0.004 * chance.uniform(0.4, 1.6), 3) for _ in range(6))
    return 1.1 * out + 0.2 * _grains(load, 420.0, 2.3, chips, chance, 2.5)


def _wet(touches: tuple[Contact, ...], chance: np.random.Generator, n: int) -> Wave:
    """Water: the sole slaps it flat, throws it aside, and drops and closing bubbles follow."""
    out, spray = np.zeros(n), np.zeros(n)
    start, end = touches[0].at_s, touches[-1].at_s
    t = clock(samples(0.2))
    for touch in touches:
        paste(out, burst(chance, 0.0012, 0.009, 500.0, 5_000.0), touch.at_s, 0.32 * touch.force)
        paste(spray, (t / 0.018) * np.exp(1.0 - t / 0.018), touch.at_s, touch.force)
    spray *= np.clip(1.0 + 12.0 * smooth(noise(chance, n), 160.0), 0.0, 3.0)
    out += 0.20 * band_pass(noise(chance, n) * spray, 1_500.0, 9_000.0)
    bubbles(out, chance, int(chance.integers(22, 36)), (start + 0.004, end + 0.18), (650.0, 4_800.0), 0.20)
    return out


def bubbles(
    onto: Wave,
    chance: np.random.Generator,
    count: int,
    between_s: tuple[float, float],
    hz: tuple[float, float],
    level: float,
) -> None:
    """Small bubbles that close: each a short, damped tone that slides up a little, a high one shorter than a low one.

    After Minnaert, On musical air-bubbles and the sounds of running water, Phil. Mag. 16 (1933).
    """
    kinds = []
    for low in np.exp(np.log(hz[0]) + np.log(hz[1] / hz[0]) * (np.arange(9) + chance.random(9)) / 9.0):
        length = chance.uniform(3.0, 7.0) / low
        t = clock(samples(5.0 * length))
        turns = low * t * (1.0 + 0.06 * t / length)
        kinds.append(np.sin(2.0 * np.pi * turns) * np.exp(-t / length) * -np.expm1(-t / 0.0006))
    sizes = level * chance.uniform(0.1, 1.0, count) ** 1.5
    for number, at in enumerate(chance.uniform(*between_s, count)):
        paste(onto, kinds[int(chance.integers(9))], float(at), float(sizes[number]))
