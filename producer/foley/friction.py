"""Stick–slip: a contact that holds until the pull is too strong, lets go, and holds again.

The pull grows with speed and the hold with force, so slips come at a rate of speed over force: single ticks when slow
and heavy, a groan, then a squeal. Each slip strikes the modes of the thing that is rubbed; between slips its roughness
rustles. After Akay, Acoustics of friction, J. Acoust. Soc. Am. 111 (2002).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, Raw, Wave, clock, recipe, samples
from producer.foley.contact import band_pass, bent, high_pass, hits, noise, slips, smooth, swell, wander
from producer.foley.modal import Modes, damped, material, modes, plate, resonate, thinned
from producer.model.foley import Setting


def slip_rate_hz(speed: float, pressure: float) -> float:
    """Slips a second at a speed and pressure of 0 … 1: a heavy hinge ticks at 5 Hz, a light scrape sings at 1.7 kHz."""
    return float(12.0 * 60.0**speed * 0.42 / (0.15 + pressure))


def rubbed(
    body: Modes,
    rate_hz: Wave,
    load: Wave,
    chance: np.random.Generator,
    *,
    roughness: float,
    stray: float,
    sharpness_hz: float = 9_000.0,
) -> Wave:
    """A body under a stick–slip contact, shape (n,).

    Args:
        body: what rings.
        rate_hz: slips per second over time, shape (n,).
        load: force over time, 0 … 1, shape (n,).
        chance: where the slips stray and how deep each is.
        roughness: share of the rustle between slips.
        stray: spread of a slip in periods: 0 sings, 0.3 rattles.
        sharpness_hz: how sudden a slip is.
    """
    n = len(load)
    times = slips(chance, rate_hz, stray)
    if not len(times) and n:  # too slow and too short to slip by itself: it lets go once, where it is pulled hardest
        times = np.array([int(np.argmax(load)) / BENCH_HZ])
    at = np.minimum((times * BENCH_HZ).astype(np.intp), n - 1)
    # The longer it held, the further it jumps; no two asperities are alike.
    depth = np.exp(chance.normal(0.0, 0.15 + stray, len(times))) * load[at] * np.sqrt(100.0 / (20.0 + rate_hz[at]))
    force = smooth(hits(n, times, depth), sharpness_hz)
    texture = np.abs(smooth(noise(chance, n), 60.0)) * 12.0
    rustle = noise(chance, n) * load * np.clip(texture, 0.0, 3.0) * np.sqrt(np.clip(rate_hz, 0.0, 900.0) / 900.0 + 0.02)
    return resonate(body, force + 0.045 * roughness * rustle)


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    length = length_s if length_s is not None else 1.6 * chance.uniform(0.85, 1.2)
    n = max(samples(length), 1)
    t = clock(n) / max(length, 1e-3)
    gate = swell(n, 0.12, 0.25)
    hand = np.clip(1.0 + 0.35 * wander(chance, n, 1.7) + 0.15 * wander(chance, n, 6.0), 0.2, 2.0)
    # Dry friction takes speed evenly from what is let go of; how loud rubbing is grows with the logarithm of its speed
    # (Ben Abdelounis, Le Bot, Perret-Liaudet and Zahouani, Wear 268, 2010).
    left = 1.0 - knobs["rest"] * t
    speed = np.sqrt(gate) * hand * 2.0 ** (knobs["rise"] * (2.0 * t - 1.0)) * left
    load = gate * np.clip(1.0 + 0.4 * wander(chance, n, 2.3), 0.2, 1.6)
    rate = np.clip(slip_rate_hz(knobs["speed"], knobs["pressure"]) * speed / np.sqrt(load + 0.05), 1.0, 6_000.0)
    lowest = 1_100.0 * 12.0 ** -knobs["size"] * chance.uniform(0.92, 1.08)
    # The rubbing partner damps what it rubs.
    stuff = damped(material(knobs["ring"]), 14.0 + 50.0 * knobs["pressure"])
    # A large plate has as much at the top as a small one: its modes are only closer together.
    plates = thinned(plate(max(40, int(30_000.0 * 12.0 ** knobs["size"] / 1_100.0)), 1.9), 26 + int(10 * knobs["size"]))
    body = modes(lowest, plates, stuff, chance, contact_s=5e-5, stray=0.05, tilt=0.0)
    # What is large and smooth lets go slowly: it groans where others screech.
    slow = max(0.0, knobs["size"] - 0.6) / 0.4 * (1.0 - knobs["roughness"])
    wave = rubbed(
        body,
        rate,
        load,
        chance,
        roughness=knobs["roughness"],
        stray=0.03 + 0.3 * knobs["roughness"],
        sharpness_hz=9_000.0 * 0.05**slow,
    )
    hiss = high_pass(noise(chance, n), 2_500.0) * load * np.sqrt(hand) * knobs["roughness"]
    wave = wave / (np.abs(wave).max(initial=0.0) or 1.0) + 0.035 * smooth(hiss, 11_000.0)
    travel = 1.0 + 0.07 * wander(chance, n, 1.3) + 0.04 * knobs["rise"] * (2.0 * t - 1.0)
    wave = band_pass(bent(wave, travel), 60.0, 14_000.0) * gate * left
    return Raw(wave, None)


FRICTION = recipe(
    "friction",
    "one thing dragged over another: scrape, creak, groan or squeal, for as long as it is asked to",
    {
        "pressure": Setting(0.5, 0.0, 1.0, "how hard it is pressed: more is slower and lower, then it jams and ticks"),
        "speed": Setting(0.5, 0.0, 1.0, "how fast it moves: ticks, groan, squeal"),
        "roughness": Setting(0.4, 0.0, 1.0, "0 polished, it sings; 1 rusty and torn, it rasps"),
        "size": Setting(0.5, 0.0, 1.0, "of the thing that rings: 0 a knife, 1 a ship's side, which groans if smooth"),
        "ring": Setting(
            0.9, 0.0, 1.0, "what it is made of: 0 stone, 0.25 rope or plastic, 0.5 wood, 0.75 glass, 1 steel"
        ),
        "rise": Setting(0.0, -1.0, 1.0, "pitch falls or rises over its length, in octaves of speed each way"),
        "rest": Setting(0.0, 0.0, 1.0, "0 drawn on and on; 1 pushed once, it slows down and comes to rest"),
    },
    _make,
    sustains=True,
)
