"""Spectra to paint noise with: amplitude over frequency for each frame, shape (frames, bins), single precision.

Times run down, frequencies across. Arguments that move are given per frame, shape (frames,) (or one number).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Singles = NDArray[np.float32]
_LOWEST_DB = -160.0


def column(values: ArrayLike) -> Singles:
    """Per frame (or one number for all) as a column, shape (frames, 1)."""
    return np.atleast_1d(np.asarray(values, np.float32))[:, None]


def amplitude(db: ArrayLike) -> Singles:
    """Decibels to amplitude; nothing is under -160 dB, so that no product of such values leaves the float range."""
    result: Singles = np.atleast_1d(np.maximum(np.asarray(db, np.float32), np.float32(_LOWEST_DB)))
    result *= np.float32(np.log(10.0) / 20.0)
    np.exp(result, out=result)
    return result.reshape(np.shape(db))


def low_pass(hz: Singles, corner_hz: ArrayLike, order: int = 2) -> Singles:
    """Falls by 6 dB an octave per order above the corner, which is 3 dB down."""
    return _slope(hz / column(corner_hz), order)


def high_pass(hz: Singles, corner_hz: ArrayLike, order: int = 2) -> Singles:
    """Falls by 6 dB an octave per order below the corner, which is 3 dB down."""
    return _slope(np.divide(column(corner_hz), np.maximum(hz, np.float32(1.0)), dtype=np.float32), order)


def _slope(away: Singles, order: int) -> Singles:
    """Butterworth's magnitude at `away` times the corner, in the room of `away`; by products, not by powers."""
    square = np.square(away, out=away)
    result: Singles = square
    if order > 1:
        result = np.multiply(square, square, out=square if order == 2 else None)
    for _ in range(order - 2):
        result *= square
    result += np.float32(1.0)
    np.sqrt(result, out=result)
    return np.reciprocal(result, out=result)


def _times(away: Singles, factor: Singles) -> Singles:
    """Their product, in the room of the first where it has room: new room costs more than the product."""
    if len(factor) in (1, len(away)):
        away *= factor
        return away
    return away * factor


def peak(hz: Singles, centre_hz: ArrayLike, width_hz: ArrayLike) -> Singles:
    """A resonance: 1 at its centre, half its amplitude `width_hz` / 2 away, 12 dB an octave beyond."""
    away = _times(hz - column(centre_hz), np.float32(2.0) / column(width_hz))
    away *= away
    away += np.float32(1.0)
    return np.reciprocal(away, out=away)


def bump(hz: Singles, centre_hz: ArrayLike, octaves: ArrayLike) -> Singles:
    """A broad band: 1 at its centre and 1/e of its amplitude `octaves` away on either side."""
    octave = np.log2(np.maximum(hz, np.float32(1.0)))
    away = _times(octave - np.log2(column(centre_hz)), np.float32(1.0) / column(octaves))
    away *= away
    np.minimum(away, np.float32(60.0), out=away)
    return np.exp(np.negative(away, out=away), out=away)


def bands(hz: Singles, knots_hz: ArrayLike, knots_db: ArrayLike) -> Singles:
    """Through `knots_db`, shape (frames, knots), at `knots_hz`: straight in dB over octaves, level outside."""
    knots = np.log2(np.asarray(knots_hz, np.float32))
    where = np.clip(np.log2(np.maximum(hz, np.float32(1.0))), knots[0], knots[-1])
    below = np.clip(np.searchsorted(knots, where, side="right") - 1, 0, len(knots) - 2)
    share = (where - knots[below]) / (knots[below + 1] - knots[below])
    levels = np.asarray(knots_db, np.float32)
    made = (levels[:, 1:] - levels[:, :-1])[:, below]
    made *= share
    made += levels[:, below]
    return amplitude(made)


def tilt(hz: Singles, db_per_octave: ArrayLike, pivot_hz: float = 1000.0) -> Singles:
    """A slope through 1 at `pivot_hz`; level below 20 Hz."""
    octaves = np.log2(np.maximum(hz, np.float32(20.0)) / np.float32(pivot_hz))
    return amplitude(octaves * column(db_per_octave))
