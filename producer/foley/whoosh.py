"""Things that pass: air torn by something moving fast, its gear and metal with it; a car on a wet road.

Distance to the listener is a hyperbola over time; loudness follows it, and so does pitch, by Doppler: everything nears,
is there, and is gone. The moment of closest passage is the onset.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, Raw, Wave, clock, recipe, samples
from producer.foley.contact import arrivals, band_pass, hits, noise, smooth, swell, wander
from producer.foley.mechanism import click
from producer.foley.modal import STEEL, damped, modes, plate, resonate
from producer.foley.tract import moving, octave_peak
from producer.model.foley import Setting

_SOUND_M_S = 343.0


def passage(n: int, peak_s: float, speed_m_s: float, nearest_m: float) -> tuple[Wave, Wave]:
    """Nearness (1 at closest) and Doppler ratio over time of a thing passing at `peak_s`, both shape (n,)."""
    along = speed_m_s * (clock(n) - peak_s)
    distance = np.hypot(along, nearest_m)
    towards = -speed_m_s * along / distance
    return nearest_m / distance, 1.0 / (1.0 - np.clip(towards / _SOUND_M_S, -0.6, 0.6))


def _whoosh(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    length = length_s if length_s is not None else (1.5 - 0.9 * knobs["speed"]) * chance.uniform(0.9, 1.12)
    n = max(samples(length), 1)
    peak_s = 0.48 * length
    speed = 9.0 + 26.0 * knobs["speed"]
    near, doppler = passage(n, peak_s, speed, 0.12 * speed * length)
    near = near * swell(n, 0.35 * length, 0.35 * length)
    at = clock(n)
    centre = (1_500.0 * 5.0 ** -knobs["size"]) * (0.45 + 0.9 * near**0.7) * doppler**2

    def air(at_s: Wave, freqs_hz: Wave) -> Wave:
        hump = np.interp(at_s, at, centre)
        return np.asarray(octave_peak(freqs_hz, hump, 0.75) + 0.35 * octave_peak(freqs_hz, 3.1 * hump, 0.9), float)

    flutter = np.clip(1.0 + 0.5 * wander(chance, n, 26.0) * (0.4 + knobs["metal"]), 0.1, 2.0)
    wave = moving(noise(chance, n) * near**1.6 * flutter, air)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knobs["metal"] > 0.0:
        wave += knobs["metal"] * _armature(near, doppler, knobs["size"], chance)
    return Raw(wave, peak_s)


def _armature(near: Wave, doppler: Wave, size: float, chance: np.random.Generator) -> Wave:
    """Gear, plates and joints that go past: teeth that whirl, loose parts that strike each other, shape (n,)."""
    n = len(near)
    turn = (46.0 - 26.0 * size) * doppler**2.5 * (0.8 + 0.5 * near)
    turns = np.cumsum(turn) / BENCH_HZ
    whirr = sum(np.sin(2.0 * np.pi * 7.0 * k * turns + k) / k**0.8 for k in range(1, 8)) * (
        1.0 + 0.6 * np.sin(2.0 * np.pi * turns)
    )
    ribs = modes(230.0 * 3.0 ** (0.5 - size), plate(70, 2.2)[::3], damped(STEEL, 16.0), chance, stray=0.06, tilt=0.1)
    times = arrivals(chance, 110.0 * near**1.5)
    blows = hits(n, times, chance.pareto(2.3, len(times)).clip(0.0, 4.0))
    struck = resonate(ribs, smooth(blows, 5_000.0) + 0.02 * noise(chance, n) * near**2)
    parts = 0.8 * struck / (float(np.abs(struck).max(initial=0.0)) or 1.0)
    for _ in range(4):
        piece = click(chance, chance.uniform(0.35, 0.8), 0.8)
        start = int(np.clip(chance.normal(0.48, 0.1), 0.05, 0.9) * n)
        part = piece[: n - start]
        parts[start : start + len(part)] += 0.25 * part / (np.abs(piece).max() or 1.0)
    return np.asarray(near**1.3 * (0.32 * whirr + parts), float)


def _car(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Tyres hiss on the road, an engine's firings and their harmonics come down in pitch as it goes by."""
    length = length_s if length_s is not None else 6.0 - 2.5 * knobs["speed"]
    n = max(samples(length), 1)
    peak_s = 0.5 * length
    near, doppler = passage(n, peak_s, 9.0 + 22.0 * knobs["speed"], 4.5)
    near = near * swell(n, 0.3 * length, 0.3 * length)
    at = clock(n)

    def road(at_s: Wave, freqs_hz: Wave) -> Wave:
        close = np.interp(at_s, at, near)
        tyre = octave_peak(freqs_hz, 950.0, 0.9) + 0.30 * octave_peak(freqs_hz, 180.0, 1.1)
        spray = knobs["wet"] * octave_peak(freqs_hz, 5_200.0, 0.9)
        # Air takes the high end of what is still far.
        return np.asarray((tyre + 0.8 * spray) / np.sqrt(1.0 + (freqs_hz / (1_200.0 + 14_000.0 * close)) ** 2), float)

    tyres = moving(noise(chance, n) * near**1.1, road)
    tyres /= float(np.abs(tyres).max(initial=0.0)) or 1.0
    fire = np.cumsum((46.0 + 34.0 * knobs["speed"]) * doppler * (1.0 + 0.01 * wander(chance, n, 3.0))) / BENCH_HZ
    shares = chance.uniform(0.5, 1.0, 9)
    engine = sum(shares[k - 1] / k**0.9 * np.sin(2.0 * np.pi * 0.5 * k * fire + 1.7 * k) for k in range(1, 10))
    return Raw(band_pass(tyres + 0.28 * knobs["engine"] * engine * near**1.2, 28.0, 15_000.0), peak_s)


WHOOSH = recipe(
    "whoosh",
    "something large and fast goes past the head: torn air, and the gear and metal it carries",
    {
        "speed": Setting(0.6, 0.0, 1.0, "how fast: shorter and with a steeper fall of pitch"),
        "size": Setting(0.5, 0.0, 1.0, "0 a blade, 1 something that towers"),
        "metal": Setting(0.0, 0.0, 1.0, "gears and plates that go with it"),
    },
    _whoosh,
    sustains=True,
)

CAR_PASS = recipe(
    "car_pass",
    "a car goes by on the road",
    {
        "speed": Setting(0.5, 0.0, 1.0, "0 looking for a number, 1 out of town"),
        "wet": Setting(0.2, 0.0, 1.0, "water on the road"),
        "engine": Setting(0.5, 0.0, 1.0, "how much engine there is in it"),
    },
    _car,
    sustains=True,
)
