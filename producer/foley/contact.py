"""What happens where two things touch: pulses, noise, showers of grains, slips, and curves that wander.

Everything is at BENCH_HZ and in seconds and hertz; chance is an argument.
"""

from __future__ import annotations

import numpy as np

from producer.foley.bench import BENCH_HZ, Wave, clock, samples
from producer.foley.modal import Modes, convolved, ring_out, ring_outs
from producer.later import signal

_CONTROL_HZ = 500.0  # curves are drawn this finely, then joined by straight lines


def paste(onto: Wave, wave: Wave, at_s: float, gain: float = 1.0) -> None:
    """Add `wave` into `onto` from `at_s` on; what does not fit is left out."""
    start = samples(at_s)
    room = len(onto) - start
    if room > 0:
        part = wave[:room]
        onto[start : start + len(part)] += gain * part


def low_pass(wave: Wave, cut_hz: float) -> Wave:
    """Butterworth, 12 dB an octave."""
    return np.asarray(signal.lfilter(*_low(cut_hz), wave), float)


def high_pass(wave: Wave, cut_hz: float) -> Wave:
    """Butterworth, 12 dB an octave."""
    return np.asarray(signal.lfilter(*_high(cut_hz), wave), float)


def smooth(wave: Wave, cut_hz: float) -> Wave:
    """One pole, 6 dB an octave; what stays positive stays so."""
    keep = float(np.exp(-2.0 * np.pi * cut_hz / BENCH_HZ))
    return np.asarray(signal.lfilter([1.0 - keep], [1.0, -keep], wave), float)


def band_pass(wave: Wave, low_hz: float, high_hz: float) -> Wave:
    """`high_pass` and `low_pass` at once, in one run of one filter."""
    (low_b, low_a), (high_b, high_a) = _low(high_hz), _high(low_hz)
    return np.asarray(signal.lfilter(np.convolve(low_b, high_b), np.convolve(low_a, high_a), wave), float)


def _low(cut_hz: float) -> tuple[list[float], list[float]]:
    t, whole, back = _second_order(cut_hz)
    return [t * t / whole, 2.0 * t * t / whole, t * t / whole], back


def _high(cut_hz: float) -> tuple[list[float], list[float]]:
    _, whole, back = _second_order(cut_hz)
    return [1.0 / whole, -2.0 / whole, 1.0 / whole], back


def _second_order(cut_hz: float) -> tuple[float, float, list[float]]:
    # The bilinear transform of 1 / (s² + √2 s + 1), by hand: scipy's design takes longer than filtering a short hit.
    t = float(np.tan(np.pi * min(max(cut_hz, 1.0), 22_000.0) / BENCH_HZ))
    whole = 1.0 + np.sqrt(2.0) * t + t * t
    return t, whole, [1.0, 2.0 * (t * t - 1.0) / whole, (1.0 - np.sqrt(2.0) * t + t * t) / whole]


def noise(chance: np.random.Generator, n: int) -> Wave:
    """White noise of unit variance, shape (n,): even, not normal, which costs a third and sounds the same filtered."""
    return np.asarray((chance.random(n, dtype=np.float32) - 0.5) * np.sqrt(12.0), float)


def burst(
    chance: np.random.Generator, rise_s: float, decay_s: float, low_hz: float, high_hz: float, tail: float = 6.0
) -> Wave:
    """A touch heard as air and surface: noise that rises and dies away, between two frequencies."""
    t = clock(samples(rise_s + tail * decay_s) + 1)
    envelope = np.where(t < rise_s, (t / rise_s) ** 2, np.exp(-(t - rise_s) / decay_s))
    wave = band_pass(noise(chance, len(t)) * envelope, low_hz, high_hz)
    return np.asarray(wave / np.sqrt(max(high_hz - low_hz, 50.0) / 24_000.0), float)


def thump(freq_hz: float, decay_s: float, soft_s: float) -> Wave:
    """A heavy thing stopped by the ground: one or two low, dropping, strongly damped swings."""
    t = clock(samples(7.5 * decay_s + soft_s))
    sweep = freq_hz * (t + 0.5 * decay_s * (1.0 - np.exp(-t / decay_s)))
    return np.sin(2.0 * np.pi * sweep) * np.exp(-t / decay_s) * -np.expm1(-((t / soft_s) ** 2))


def hits(n: int, times_s: Wave, levels: Wave) -> Wave:
    """Impulses between samples: each shared by its two neighbours, shape (n,)."""
    at = times_s * BENCH_HZ
    inside = (at >= 0.0) & (at < n - 1)
    whole = at[inside].astype(np.intp)
    part = at[inside] - whole
    train = np.bincount(whole, levels[inside] * (1.0 - part), minlength=n)
    return np.asarray(train + np.bincount(whole + 1, levels[inside] * part, minlength=n), float)


def arrivals(chance: np.random.Generator, per_s: Wave) -> Wave:
    """Times in seconds of events whose density per second is given over time (Poisson), sorted."""
    expected = np.cumsum(per_s) / BENCH_HZ
    total = float(expected[-1]) if len(expected) else 0.0
    count = int(chance.poisson(total))
    return np.asarray(np.interp(np.sort(chance.uniform(0.0, total, count)), expected, clock(len(per_s))), float)


def shower(chance: np.random.Generator, n: int, times_s: Wave, levels: Wave, kinds: tuple[Modes, ...]) -> Wave:
    """Many small hits, each on one of a few kinds of grain, shape (n,); those 66 dB under the loudest are left out."""
    which = chance.integers(0, len(kinds), len(times_s))
    if not n or not len(times_s):
        return np.zeros(n)
    answers = ring_outs(kinds, n)
    sizes = np.abs(levels)
    heard = np.flatnonzero((sizes > 5e-4 * sizes.max()) & (times_s >= 0.0))
    if len(heard) * (2_500 + max(map(len, answers))) > 25 * n * len(kinds):
        # So many that it costs less to convolve than to lay them down one by one.
        trains = [hits(n, times_s[which == number], levels[which == number]) for number in range(len(kinds))]
        return convolved(n, *zip(trains, answers, strict=True))
    out = np.zeros(n)
    starts = np.rint(times_s[heard] * BENCH_HZ).astype(int)
    for start, level, kind in zip(starts.tolist(), levels[heard].tolist(), which[heard].tolist(), strict=True):
        answer = answers[kind][: max(n - start, 0)]
        out[start : start + len(answer)] += level * answer
    return out


def grain(chance: np.random.Generator, low_hz: float, high_hz: float, decay_s: float, count: int = 2) -> Modes:
    """A small hard thing: a few modes between two frequencies."""
    freq = np.exp(chance.uniform(np.log(low_hz), np.log(high_hz), count))
    decay = 1.0 / (decay_s * chance.uniform(0.6, 1.6, count) * (low_hz / freq) ** 0.3)
    return Modes(freq, decay, chance.uniform(0.4, 1.0, count))


def ring_grain(kind: Modes, length_s: float) -> Wave:
    """One grain struck once, shape (length,)."""
    return ring_out(kind, samples(length_s))


def wander(chance: np.random.Generator, n: int, per_s: float) -> Wave:
    """A curve without aim: mean 0, about ±1, turning some `per_s` times a second, shape (n,)."""
    knots = int(np.ceil(n / BENCH_HZ * per_s)) + 4
    values = chance.uniform(-1.0, 1.0, knots)
    fine = max(int(n / BENCH_HZ * _CONTROL_HZ), 2) + 1
    at = np.linspace(0.0, max(n - 1, 1) / BENCH_HZ * per_s, fine) + 1.0
    left = at.astype(np.intp)
    share = at - left
    share = share * share * (3.0 - 2.0 * share)
    smooth = values[left] * (1.0 - share) + values[np.minimum(left + 1, knots - 1)] * share
    return np.asarray(np.interp(np.linspace(0.0, 1.0, n), np.linspace(0.0, 1.0, fine), smooth), float)


def swell(n: int, rise_s: float, fall_s: float) -> Wave:
    """1 with soft ends, shape (n,); both ends shrink together when there is not room for them."""
    whole = n / BENCH_HZ
    fit = min(1.0, whole / max(rise_s + fall_s, 1e-9))
    up, down = samples(rise_s * fit), samples(fall_s * fit)
    gate = np.ones(n)
    gate[:up] *= np.sin(0.5 * np.pi * np.arange(up) / max(up, 1)) ** 2
    gate[n - down :] *= np.cos(0.5 * np.pi * np.arange(1, down + 1) / max(down, 1)) ** 2
    return gate


def slips(chance: np.random.Generator, per_s: Wave, stray: float) -> Wave:
    """Times of the slips of a stick–slip contact whose rate is given over time; `stray` is their spread in periods."""
    phase = np.cumsum(per_s) / BENCH_HZ
    count = int(phase[-1]) if len(phase) else 0
    wanted = np.arange(1, count + 1) + stray * chance.standard_normal(count) + chance.uniform(-0.4, 0.4)
    return np.asarray(np.interp(np.sort(np.clip(wanted, 0.0, count)), phase, clock(len(per_s))), float)


def bent(wave: Wave, ratio: Wave) -> Wave:
    """Pitch bent by a slow curve of ratios near 1, both shape (n,): the point of contact travels along the thing."""
    n = len(wave)
    at = np.cumsum(ratio)
    at *= (n - 1) / max(float(at[-1]), 1e-9)
    return np.asarray(np.interp(at, np.arange(n), wave), float)
