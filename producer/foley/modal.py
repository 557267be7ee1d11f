"""Things that ring: banks of damped modes with the ratios of their shape and the damping of their stuff.

A mode is a sine that starts at zero and dies exponentially; a struck thing is the sum of its modes, weighed by where
and how hard it is struck. Ratios after Fletcher & Rossing, The Physics of Musical Instruments (2nd ed., ch. 2 and 3);
losses after Cremer & Heckl, Structure-Borne Sound (ch. 3): decay = support + pi * loss factor * f + radiation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.foley.bench import BENCH_HZ, Wave
from producer.frozen import dataclass
from producer.later import fft, signal
from producer.model.chance import rng

_HIGHEST_HZ = 19_000.0
_INAUDIBLE = np.log(10.0 ** (90.0 / 20.0))  # a mode is left alone 90 dB down
_BLOCK = 256
_PRODUCT = 250_000  # multiplications at a time; for more, a matrix library wakes threads that cost more than they save


@dataclass(frozen=True, slots=True)
class Material:
    """How fast a mode of this stuff dies."""

    support_per_s: float  # what holds it takes this much from every mode
    loss_factor: float  # inner friction: the same share each cycle
    radiation_per_s: float  # at 1 kHz; grows with the square of frequency

    def decay_per_s(self, freq_hz: Wave) -> Wave:
        """Amplitude falls as exp(-decay * t); T60 = 6.91 / decay."""
        return self.support_per_s + np.pi * self.loss_factor * freq_hz + self.radiation_per_s * (freq_hz / 1e3) ** 2


CONCRETE = Material(70.0, 0.035, 12.0)
PLASTIC = Material(42.0, 0.022, 6.0)
WOOD = Material(16.0, 0.011, 4.0)
GLASS = Material(7.0, 0.0022, 0.6)
STEEL = Material(1.2, 0.0004, 0.15)
FLESH = Material(30.0, 0.12, 30.0)
HIDE = Material(90.0, 0.03, 12.0)
ICE = Material(20.0, 0.006, 1.5)
_LADDER = (CONCRETE, PLASTIC, WOOD, GLASS, STEEL)


def material(ring: float) -> Material:
    """From dead to ringing: 0 concrete, 0.25 plastic, 0.5 wood, 0.75 glass, 1 steel, and all between."""
    at = float(np.clip(ring, 0.0, 1.0)) * (len(_LADDER) - 1)
    low = min(int(at), len(_LADDER) - 2)
    return mixed(_LADDER[low], _LADDER[low + 1], at - low)


def mixed(one: Material, other: Material, share: float) -> Material:
    """Between two stuffs: 0 the one, 1 the other."""
    return Material(
        one.support_per_s ** (1.0 - share) * other.support_per_s**share,
        one.loss_factor ** (1.0 - share) * other.loss_factor**share,
        one.radiation_per_s ** (1.0 - share) * other.radiation_per_s**share,
    )


def damped(stuff: Material, extra_per_s: float) -> Material:
    """The same stuff with a hand, a foot or the floor on it."""
    return Material(stuff.support_per_s + extra_per_s, stuff.loss_factor, stuff.radiation_per_s)


def bar(count: int) -> Wave:
    """A free bar: ratios 1, 2.76, 5.40, 8.93 …, shape (count,)."""
    k = np.arange(1, count + 1)
    ratios = (2.0 * k + 1.0) ** 2
    return np.asarray(ratios / ratios[0], float)


@lru_cache(maxsize=64)
def plate(count: int, aspect: float = 1.37) -> Wave:
    """A plate held at its edges: m² + (aspect n)², sorted, from 1, shape (count,). Dense, and evenly so. Read-only."""
    side = int(np.ceil(np.sqrt(count) * 1.6)) + 1
    m, n = np.meshgrid(np.arange(1, side + 1), np.arange(1, side + 1))
    ratios = np.sort((m**2 + (aspect * n) ** 2).ravel())[:count]
    ratios = np.asarray(ratios / ratios[0], float)
    ratios.flags.writeable = False
    return ratios


def thinned(ratios: Wave, count: int) -> Wave:
    """`count` of many modes: nearly all of the low ones, ever fewer of the high, which the ear cannot tell apart."""
    at = np.round((np.arange(count) / max(count - 1, 1)) ** 1.8 * (len(ratios) - 1)).astype(int)
    return np.asarray(ratios[np.maximum(at, np.arange(count))], float)


def bell(count: int) -> Wave:
    """A bowl or bell: ring modes that grow a little slower than the square of their number, shape (count,)."""
    k = np.arange(2, count + 2)
    return np.asarray((k / 2.0) ** 1.7, float)


@dataclass(frozen=True, slots=True)
class Modes:
    """A bank; each field has shape (modes,)."""

    freq_hz: Wave
    decay_per_s: Wave
    level: Wave


def modes(
    lowest_hz: float,
    ratios: Wave,
    stuff: Material,
    chance: np.random.Generator,
    *,
    contact_s: float = 2e-4,
    stray: float = 0.02,
    tilt: float = 0.5,
    form: str = "",
) -> Modes:
    """The modes of one body as one strike wakes them.

    Args:
        lowest_hz: of the lowest mode.
        ratios: of the shape, from 1.
        stuff: its damping.
        chance: where it is struck (each mode's share) and how far it is from the ideal shape.
        contact_s: how long the striker touches it; a soft striker (long) leaves high modes asleep.
        stray: relative spread of the ratios.
        tilt: level falls as ratio ** -tilt.
        form: names one thing that is struck again and again: its modes lie where they lay, only the spot is another.
    """
    freq = (
        lowest_hz * ratios * (1.0 + stray * (_form(form, len(ratios)) if form else chance.standard_normal(len(ratios))))
    )
    freq = np.maximum(np.abs(freq), 12.0)
    # Where it is struck: each mode's shape there, anything from a node to a crest, up or down.
    spot = np.sin(np.pi * chance.uniform(0.06, 0.94, len(ratios))) * chance.choice([-1.0, 1.0], len(ratios))
    level = spot * ratios**-tilt * softened(freq, contact_s)
    heard = freq < _HIGHEST_HZ
    return Modes(freq[heard], stuff.decay_per_s(freq[heard]), level[heard])


@lru_cache(maxsize=64)
def _form(name: str, count: int) -> Wave:
    return rng("form", name).standard_normal(count)


def together(*parts: tuple[Modes, float]) -> Modes:
    """Bodies struck as one: a bank of the modes of all that have a share, each level times its body's share."""
    parts = tuple(part for part in parts if part[1]) or parts[:1]
    return Modes(
        np.concatenate([bank.freq_hz for bank, _ in parts]),
        np.concatenate([bank.decay_per_s for bank, _ in parts]),
        np.concatenate([bank.level * share for bank, share in parts]),
    )


def softened(freq_hz: Wave, contact_s: float) -> Wave:
    """The spectrum of a touch that lasts `contact_s`: flat to about 0.8 / contact_s, then 18 dB an octave."""
    return np.asarray(1.0 / (1.0 + (1.2 * freq_hz * contact_s) ** 3), float)


def ring_out(bank: Modes, n: int) -> Wave:
    """The bank struck once at sample 0, shape (n,); a mode is left alone once it is 90 dB down.

    Each mode is a complex power z^k; with k = 256 a + b the whole bank is a product of two small matrices: a few real
    multiplications a sample and no sine.
    """
    rows = -(-n // _BLOCK)
    out = np.zeros((rows, _BLOCK))
    if not len(bank.freq_hz) or not rows:
        return out.reshape(-1)[:n]
    order = np.argsort(bank.decay_per_s)  # the longest first, so that those still heard are a leading part
    decay, level = bank.decay_per_s[order], bank.level[order]
    pole = (2.0j * np.pi * bank.freq_hz[order] - decay) * (1.0 / BENCH_HZ)
    lives = np.minimum(np.ceil(_INAUDIBLE / decay * (BENCH_HZ / _BLOCK)), rows)
    fine = _powers(pole)
    # A product of parts that do not lie together in memory is far slower.
    across = np.ascontiguousarray(fine.real), np.ascontiguousarray(fine.imag)
    start, last = 0, int(lives[0])
    while start < last:
        heard = int(np.count_nonzero(lives > start))
        stop = min(last, max(2 * start, 8), start + max(1, _PRODUCT // (2 * heard * _BLOCK)))
        coarse = level[:heard] * np.exp(np.arange(start, stop)[:, None] * (_BLOCK * pole[:heard]))
        out[start:stop] = np.hstack((coarse.imag, coarse.real)) @ np.vstack((across[0][:heard], across[1][:heard]))
        start = stop
    return out.reshape(-1)[:n]


def _powers(pole: NDArray[Any]) -> NDArray[Any]:
    """exp(pole k) for k = 0 … 255, shape (…, 256): as 16 powers by 16, since a complex exponential is dear."""
    steps = np.arange(16)
    few, many = np.exp(pole[..., None] * steps), np.exp(pole[..., None] * (16 * steps))
    return (many[..., :, None] * few[..., None, :]).reshape(*pole.shape, _BLOCK)


def ring_outs(banks: Sequence[Modes], n: int) -> list[Wave]:
    """Several banks struck once each, every one of at most `n` samples and until its last mode is 90 dB down.

    Things of equally many modes are made all at once: for a handful of modes most of `ring_out` is its set-up.
    """
    ends = [min(n, longest(bank)) for bank in banks]
    if len({len(bank.freq_hz) for bank in banks}) != 1 or len(banks) * max(ends) > 500_000 or not len(banks[0].freq_hz):
        return [ring_out(bank, end) for bank, end in zip(banks, ends, strict=True)]
    freq, decay = np.stack([bank.freq_hz for bank in banks]), np.stack([bank.decay_per_s for bank in banks])
    pole = (2.0j * np.pi * freq - decay) * (1.0 / BENCH_HZ)
    rows = -(-max(ends) // _BLOCK)
    fine = _powers(pole)
    coarse = np.exp((_BLOCK * pole)[:, None, :] * np.arange(rows)[:, None])
    coarse *= np.stack([bank.level for bank in banks])[:, None, :]
    left = np.concatenate((coarse.imag, coarse.real), axis=2)
    made = (left @ np.concatenate((fine.real, fine.imag), axis=1)).reshape(len(banks), -1)
    return [wave[:end] for wave, end in zip(made, ends, strict=True)]


def resonate(bank: Modes, force: Wave) -> Wave:
    """The bank driven by a force over time, shape (n,); an impulse of 1 gives what `ring_out` gives."""
    n, count = len(force), len(bank.freq_hz)
    if not n or not count:
        return np.zeros(n)
    tail = min(n, longest(bank))
    if count * n > 4 * (n + tail):  # where transforms begin to cost less than one filter a mode
        return convolved(n, (force, ring_out(bank, tail)))
    out = np.zeros(n)
    radius, angle = np.exp(-bank.decay_per_s / BENCH_HZ), 2.0 * np.pi * bank.freq_hz / BENCH_HZ
    feeds, turns, losses = bank.level * radius * np.sin(angle), -2.0 * radius * np.cos(angle), radius * radius
    for feed, turn, loss in zip(feeds.tolist(), turns.tolist(), losses.tolist(), strict=True):
        out += signal.lfilter([0.0, feed], [1.0, turn, loss], force)
    return out


def longest(bank: Modes) -> int:
    """Samples until the last mode of a bank is 90 dB down."""
    return int(_INAUDIBLE / float(bank.decay_per_s.min()) * BENCH_HZ) + 1


def convolved(n: int, *pairs: tuple[Wave, Wave]) -> Wave:
    """The sum of waves, each through a system that answers an impulse with its answer, shape (n,).

    Args:
        n: samples of the result; a wave is at most so long, an answer at least 1.
        pairs: (wave, answer) of each.

    In single precision: what that leaves out is 140 dB down.
    """
    tail = max(len(answer) for _, answer in pairs)
    whole = 4 * tail > n  # else stretch by stretch, each stretch's answer laid over the next
    size = int(fft.next_fast_len(n + tail - 1 if whole else max(4 * tail, 2_048), real=True))
    step = n if whole else size - tail + 1
    count = -(-n // step)
    total = np.zeros((count, size // 2 + 1), np.complex64)
    for wave, answer in pairs:
        parts = np.zeros((count, step), np.float32)
        parts.reshape(-1)[: len(wave)] = wave
        total += fft.rfft(parts, size, axis=1) * fft.rfft(answer.astype(np.float32), size)
    made = fft.irfft(total, size, axis=1)
    out = np.zeros((count + 1, step))
    out[:count] = made[:, :step]
    if not whole:
        out[1:, : tail - 1] += made[:, step : step + tail - 1]
    return out.reshape(-1)[:n]


def t60_s(bank: Modes) -> NDArray[np.float64]:
    """How long each mode takes to fall by 60 dB, seconds, shape (modes,)."""
    return np.asarray(np.log(1e3) / bank.decay_per_s, float)
