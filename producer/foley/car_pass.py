"""A car or a lorry goes by: tyres on the road, an engine's firings with all their orders, what rattles on it.

Tyres are loudest near 1 kHz (the tread's pitch, and the horn between tyre and road: Sandberg and Ejsmont, Tyre/Road
Noise Reference Book, 2002). Sound comes straight and off the road, and the two meet a little differently at every
distance: a comb that sweeps as it passes. Snow swallows the second path, the tread's hiss and the top of all else.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, Raw, Wave, clock, recipe, samples
from producer.foley.contact import arrivals, band_pass, grain, hits, low_pass, noise, shower, smooth, swell, wander
from producer.foley.modal import STEEL, damped, modes, plate, resonate
from producer.foley.tract import moving, octave_peak
from producer.foley.whoosh import GOES_BY, arriving_s, passage
from producer.model.foley import Setting
from producer.model.sound import PASSING

_HALF_ORDERS = 18
_EAR_M, _SOURCE_M = 1.6, 0.35
_ASIDE_M = 4.5


def _car(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    heavy, snow = knobs["heavy"], knobs["snow"]
    length = length_s if length_s is not None else (6.0 - 2.5 * knobs["speed"]) * (1.0 + 0.3 * heavy)
    n = max(samples(length), 1)
    peak_s = 0.5 * length
    speed = (9.0 + 22.0 * knobs["speed"]) * (1.0 - 0.2 * heavy)
    # In less time than a street's width takes it must pass closer to pass at all.
    near, doppler = passage(n, peak_s, speed, min(_ASIDE_M, 0.16 * speed * length), knobs[PASSING])
    arriving = arriving_s(0.3, length, knobs[PASSING])
    near = near * swell(n, arriving, arriving)
    wave = _tyres(knobs, near, doppler, chance)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    wave += knobs["engine"] * _engine(knobs, near, doppler, chance)
    if heavy > 0.0:
        wave += heavy * _load(near, snow, chance)
    return Raw(band_pass(wave, 28.0, 15_000.0 * 6.0**-snow), peak_s)


def _tyres(knobs: Mapping[str, float], near: Wave, doppler: Wave, chance: np.random.Generator) -> Wave:
    """Tread on the road over time, shape (n,): hiss, rumble, spray if wet; on snow a low packing crunch instead."""
    n = len(near)
    at = clock(n)
    heavy, snow = knobs["heavy"], knobs["snow"]
    tread_hz = (820.0 + 300.0 * knobs["speed"]) * 2.0 ** (-0.6 * heavy - 1.3 * snow)
    bounced = 0.5 * (1.0 - 0.85 * snow)

    def road(at_s: Wave, freqs_hz: Wave) -> Wave:
        close, ratio = np.interp(at_s, at, near), np.interp(at_s, at, doppler)
        tyre = octave_peak(freqs_hz, tread_hz * ratio**2, 0.9) + 0.3 * octave_peak(freqs_hz, 180.0 - 70.0 * heavy, 1.1)
        spray = (1.0 - snow) * knobs["wet"] * octave_peak(freqs_hz, 5_200.0, 0.9)
        longer_s = 2.0 * _EAR_M * _SOURCE_M * np.maximum(close, 0.02) / (_ASIDE_M * 343.0)
        comb = np.sqrt(1.0 + bounced**2 + 2.0 * bounced * np.cos(2.0 * np.pi * freqs_hz * longer_s))
        # Air takes the high end of what is still far.
        far = 1.0 + (freqs_hz / ((1_200.0 + 14_000.0 * close) * 3.0**-snow)) ** 2
        return np.asarray((tyre + 0.8 * spray) * comb / np.sqrt(far), float)

    wave = moving(noise(chance, n) * near**1.1 * np.clip(1.0 + 0.12 * wander(chance, n, 14.0), 0.1, None), road)
    if snow > 0.0:
        # As many kinds as make a crunch: the pitches of a few would be heard as whistles.
        lumps = tuple(grain(chance, 300.0, 2_100.0, 0.0035, 2) for _ in range(16))
        times = arrivals(chance, (350.0 + 500.0 * knobs["speed"]) * near**0.7)
        levels = chance.pareto(2.8, len(times)).clip(0.0, 3.0) * np.interp(times, at, near) ** 1.1
        crunch = shower(chance, n, times, levels * chance.choice([-1.0, 1.0], len(times)), lumps)
        loud = float(np.abs(wave).max(initial=0.0))
        wave = wave + 0.6 * snow * loud * crunch / (float(np.abs(crunch).max(initial=0.0)) or 1.0)
    return wave


def _engine(knobs: Mapping[str, float], near: Wave, doppler: Wave, chance: np.random.Generator) -> Wave:
    """Firings and their half-orders, no two cylinders alike; a lorry's diesel knocks at each, and its turbine sings."""
    n = len(near)
    heavy = knobs["heavy"]
    rate = (46.0 + 34.0 * knobs["speed"]) * (1.0 - 0.42 * heavy)
    fire = np.cumsum(rate * doppler * (1.0 + 0.01 * wander(chance, n, 3.0))) / BENCH_HZ
    one = np.exp(1j * np.pi * fire)
    power, wave = one, np.zeros(n)
    for order in range(1, _HALF_ORDERS + 1):
        level = chance.uniform(0.5, 1.0) / order**0.9 * (1.0 if order % 2 == 0 or order < 4 else 0.55 + 0.4 * heavy)
        wave += (level * power * np.exp(1.7j * order)).imag
        power = power * one
    wave *= 0.28 * (1.0 + 0.9 * heavy) * near**1.2
    if heavy > 0.0:
        knock = np.abs(np.mod(fire, 1.0) - 0.5) > 0.46
        rough = band_pass(noise(chance, n) * knock, 500.0, 2_600.0)
        sings = np.sin(2.0 * np.pi * np.cumsum(1_900.0 * doppler) / BENCH_HZ)
        wave += heavy * (0.20 * rough + 0.010 * sings) * near**1.4
    return low_pass(wave, 9_000.0 * 12.0 ** -knobs["snow"])


def _load(near: Wave, snow: float, chance: np.random.Generator) -> Wave:
    """What a lorry carries: side boards and chains that jump as the wheels find the holes, shape (n,)."""
    n = len(near)
    jolts = np.clip(wander(chance, n, 3.5), 0.0, None) ** 2 + 0.05
    times = arrivals(chance, 45.0 * near**0.8 * jolts)
    blows = hits(n, times, chance.pareto(2.2, len(times)).clip(0.0, 4.0))
    side = modes(85.0, plate(60, 2.1)[::8], damped(STEEL, 22.0), chance, stray=0.06, tilt=0.3)
    struck = resonate(side, smooth(blows, 3_000.0 * 4.0**-snow))
    return 0.28 * near * struck / (float(np.abs(struck).max(initial=0.0)) or 1.0)


CAR_PASS = recipe(
    "car_pass",
    "a car goes by on the road, or a lorry, or either in snow",
    {
        "speed": Setting(0.5, 0.0, 1.0, "0 looking for a number, 1 out of town"),
        "wet": Setting(0.2, 0.0, 1.0, "water on the road"),
        "engine": Setting(0.5, 0.0, 1.0, "how much engine there is in it"),
        "heavy": Setting(0.0, 0.0, 1.0, "0 a car, 1 a lorry with a diesel and a loose load"),
        "snow": Setting(0.0, 0.0, 1.0, "snow on the road and all around: packed, muffled"),
        PASSING: GOES_BY,
    },
    _car,
    sustains=True,
)
