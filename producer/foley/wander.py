"""Slow motion that can be read anywhere: value noise on a lattice of hashed numbers, and integrals of a ridden rate.

Everything here is a function of the time since the bed's beginning, so a gust is the same gust however the bed is cut
and whatever the sample rate is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STRIDE = np.uint64(0x9E3779B97F4A7C15)
_WORD = 0xFFFFFFFFFFFFFFFF
LATTICE_RATIO = 0.381966
"""Each octave's period against the one before; the golden section's square: lattices hardly ever meet."""
CASCADE = LATTICE_RATIO ** (1.0 / 3.0)
"""Each octave's depth against the one before: differences grow as the cube root of distance (Kolmogorov, 1941)."""


def _mixed(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def keys(seed: int, count: int) -> NDArray[np.uint64]:
    """Seeds for `count` things that have nothing to do with each other, shape (count,)."""
    return _mixed(np.arange(1, count + 1, dtype=np.uint64) * _STRIDE + np.uint64(seed & _WORD))


def hashed(index: Ints, seed: int | NDArray[np.uint64]) -> Floats:
    """One number in [0, 1) for each whole number, shape as `index` with `seed`; equal numbers for equal (index, seed).

    Source: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), applied to a counter.
    """
    base = np.uint64(seed & _WORD) if isinstance(seed, int) else seed
    word = _mixed(np.asarray(index, np.int64).astype(np.uint64) * _STRIDE + base)
    result: Floats = (word >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return result


def ease(share: Floats) -> Floats:
    """0 … 1 to 0 … 1 with no corner in value, speed or bend (Perlin's quintic)."""
    return share * share * share * (share * (share * 6.0 - 15.0) + 10.0)


def lattices(times_s: Floats, periods_s: Floats, seeds: NDArray[np.uint64]) -> Floats:
    """Octaves of value noise in [-1, 1], shape (periods, times): a new value every period, smooth between."""
    place = np.asarray(times_s, float) / np.asarray(periods_s, float)[:, None]
    cell = np.floor(place)
    corner = cell.astype(np.int64)
    here, there = hashed(corner, seeds[:, None]), hashed(corner + 1, seeds[:, None])
    return 2.0 * (here + (there - here) * ease(place - cell)) - 1.0


def wanders(times_s: Floats, periods_s: Sequence[float], seed: int, octaves: int = 2) -> Floats:
    """Aimless motions in [-1, 1] that know nothing of each other, shape (periods, times).

    The slowest part of each takes its period; every further one is quicker, and weaker as eddies in a cascade are.
    """
    count = len(periods_s)
    every = np.concatenate([np.asarray(periods_s, float) * LATTICE_RATIO**octave for octave in range(octaves)])
    parts = lattices(times_s, every, keys(seed, count * octaves)).reshape(octaves, count, -1)
    total: Floats = parts[0]
    for octave in range(1, octaves):
        total = total + CASCADE**octave * parts[octave]
    result: Floats = total / sum(CASCADE**octave for octave in range(octaves))
    return result


def wander(times_s: Floats, period_s: float, seed: int, octaves: int = 2) -> Floats:
    """One aimless motion in [-1, 1], shape as `times_s`."""
    only: Floats = wanders(times_s, (period_s,), seed, octaves)[0]
    return only


def flutter(times_s: Floats, low_hz: float, high_hz: float, seed: int) -> Floats:
    """Unsteady shaking in [-1, 1] whose rate itself strays between `low_hz` and `high_hz`."""
    # A lattice turns at most once a cell, so half a period is one cell.
    periods_s = 0.5 / np.array([low_hz, 0.53 * (low_hz + high_hz), high_hz])
    parts = lattices(times_s, periods_s, keys(seed, 3))
    result: Floats = (parts[0] + parts[1] + parts[2]) / 3.0
    return result


TURN_STEP_S = 0.25


def turns(times_s: Floats, rate_hz_at: Callable[[Floats], Floats]) -> Floats:
    """Cycles since the bed's beginning of something whose rate changes: the integral of it, shape as `times_s`.

    Args:
        times_s: 0 or later, in seconds.
        rate_hz_at: times -> cycles a second; read every quarter of a second from the bed's beginning and taken to move
            evenly between, so that the answer for a time never depends on what else was asked for.
    """
    if not len(times_s):
        return np.zeros(0)
    cell = np.floor(np.asarray(times_s, float) / TURN_STEP_S).astype(np.int64)
    knots: Floats = np.arange(int(cell.max()) + 2, dtype=np.float64) * TURN_STEP_S
    rates: Floats = np.asarray(rate_hz_at(knots), np.float64)
    whole = np.concatenate([[0.0], np.cumsum(0.5 * TURN_STEP_S * (rates[1:] + rates[:-1]))])
    into = times_s - cell * TURN_STEP_S
    slope = (rates[cell + 1] - rates[cell]) / TURN_STEP_S
    result: Floats = whole[cell] + into * (rates[cell] + 0.5 * slope * into)
    return result
