"""Values over time: ramps read at samples, fades, and gain curves that never move faster than they may.

Positions are whole samples of the timeline. Everything here is a function of position, so that a stretch cut in two
gives the same numbers as the stretch in one piece.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from producer.model.timeline import Ramp

Floats = NDArray[np.float64]
Shape = Literal["power", "cosine"]

EASE_S = 0.005
"""A value that is to jump moves over this time instead: a step in gain or pan is a click."""


def eased(ramp: Ramp, ease: int) -> tuple[Floats, Floats]:
    """The points of `ramp` as (samples, values), each jump drawn out.

    It takes `ease` samples, or half the way to the next point when that is less.

    Returns:
        Two arrays of shape (points,), samples strictly rising.
    """
    runs = [(sample, [value for _, value in run]) for sample, run in groupby(ramp.points, key=itemgetter(0))]
    ends = [sample for sample, _ in runs[1:]] + [runs[-1][0] + 2 * max(1, ease)]
    at: list[float] = []
    values: list[float] = []
    for (sample, run), end in zip(runs, ends, strict=True):
        at.append(float(sample))
        values.append(run[0])
        if len(run) > 1:
            at.append(sample + min(float(max(1, ease)), (end - sample) / 2.0))
            values.append(run[-1])
    return np.array(at), np.array(values)


def along(ramp: Ramp, start: int, stop: int, rate_hz: int) -> Floats | float:
    """The values of `ramp` at timeline samples [start, stop).

    Shape (stop - start,), or one number where it is still.
    """
    if not ramp.moves:
        return ramp.first
    at, values = eased(ramp, round(EASE_S * rate_hz))
    if stop <= at[0]:
        return float(values[0])
    if start >= at[-1]:
        return float(values[-1])
    return np.asarray(np.interp(np.arange(start, stop, dtype=float), at, values), np.float64)


def amplitude(db: Floats | float) -> Floats | float:
    """Linear amplitude of decibels, one number or many."""
    return np.exp(db * (np.log(10.0) / 20.0)) if isinstance(db, np.ndarray) else float(10.0 ** (db / 20.0))


def rise(share: Floats, shape: Shape) -> Floats:
    """A fade-in's gain at `share` (0 … 1) of its length.

    `power` keeps the power of two unlike sounds that cross; `cosine` keeps the sum of two like ones. Both mirror into
    their own fade-out.
    """
    inside = np.clip(share, 0.0, 1.0)
    return np.sin(0.5 * np.pi * inside) if shape == "power" else 0.5 - 0.5 * np.cos(np.pi * inside)


def fade(
    start: int, stop: int, *, into: tuple[int, int] | None = None, out: tuple[int, int] | None = None, shape: Shape
) -> Floats | None:
    """Gain at samples [start, stop), shape (stop - start,), or None where it is 1 throughout.

    Args:
        into: (first sample, length) of the fade-in; nothing is heard before it.
        out: (first sample, length) of the fade-out; nothing is heard after it.
        shape: of both.
    """
    rises, falls = into is not None and start < into[0] + into[1], out is not None and stop > out[0]
    if not (rises or falls):
        return None
    gains = np.ones(stop - start)
    if into is not None and rises:
        end = min(stop, into[0] + max(1, into[1]))
        gains[: end - start] = rise((_middles(start, end) - into[0]) / max(1, into[1]), shape)
    if out is not None and falls:
        begin = max(start, out[0] + min(0, out[1] - 1))
        gains[begin - start :] *= rise((out[0] + out[1] - _middles(begin, stop)) / max(1, out[1]), shape)
    return gains


def _middles(start: int, stop: int) -> Floats:
    """The middle of each sample, so that a fade and its mirror meet."""
    return np.arange(start, stop, dtype=float) + 0.5


def within_slopes(wanted: Floats, rise_per_step: float, fall_per_step: float) -> Floats:
    """The lowest curve that is nowhere under `wanted` and moves no faster than it may.

    It sees the whole of `wanted` and so begins to climb before it must: r(t) = max over i of wanted(i) less the slope's
    share of the way from i to t.

    Args:
        wanted: shape (steps,); finite.
        rise_per_step, fall_per_step: how far it may climb and fall in one step; over 0.
    """
    if not len(wanted):
        return wanted.copy()
    steps = np.arange(len(wanted), dtype=float)
    after = np.maximum.accumulate(wanted + fall_per_step * steps) - fall_per_step * steps
    before = np.maximum.accumulate((wanted - rise_per_step * steps)[::-1])[::-1] + rise_per_step * steps
    # Rounding in the long sums must not leave the curve a hair under what was wanted.
    return np.maximum(np.maximum(after, before), wanted)
