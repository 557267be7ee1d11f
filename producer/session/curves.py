"""Gain curves as a few points with straight lines between, close enough that nobody can hear or measure the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.session.nouns import Points

Floats = NDArray[np.float64]

TOLERANCE = 8e-4
"""How far a fitted gain may be from the true one, as an amplitude: 62 dB under a sound at full level."""


def kept(at: Floats, values: Floats, weights: Floats, tolerance: float) -> NDArray[np.intp]:
    """Which of the points are enough: straight lines between them are within `tolerance` of all the others.

    Args:
        at: shape (n,), rising, n at least 1. values: shape (n,). weights: what an error at each point counts,
            shape (n,).
        tolerance: over 0.

    Source: D. Douglas, T. Peucker, The Canadian Cartographer 10(2), 1973.
    """
    enough = {0, len(at) - 1}
    open_ends = [(0, len(at) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        if last - first < 2:
            continue
        inside = slice(first + 1, last)
        slope = (values[last] - values[first]) / (at[last] - at[first])
        errors = np.abs(values[inside] - values[first] - slope * (at[inside] - at[first])) * weights[inside]
        worst = int(errors.argmax())
        if errors[worst] > tolerance:
            middle = first + 1 + worst
            enough.add(middle)
            open_ends += [(first, middle), (middle, last)]
    return np.array(sorted(enough))


class Fit:
    """A curve that comes in stretches and is kept as points."""

    def __init__(self, tolerance: float = TOLERANCE) -> None:
        self._tolerance = tolerance / 2.0  # the other half is for joining the stretches
        self._at: list[Floats] = []
        self._values: list[Floats] = []
        self._weights: list[Floats] = []

    def push(self, start: int, values: Floats, weights: Floats | None = None) -> None:
        """The next stretch; `values` of shape (n,) from sample `start` on."""
        if not len(values):
            return
        at = start + np.arange(len(values), dtype=float)
        counted = np.ones(len(values)) if weights is None else weights
        few = kept(at, values, counted, self._tolerance)
        self._at.append(at[few])
        self._values.append(values[few])
        self._weights.append(counted[few])

    def points(self, scale: float = 1.0) -> Points:
        """The curve times `scale`; nothing at all where it is `scale` to within the tolerance throughout, or empty."""
        if not self._at:
            return ()
        at, values = np.concatenate(self._at), np.concatenate(self._values)
        weights = np.concatenate(self._weights)
        few = kept(at, values, weights, self._tolerance)
        return tuple((int(at[index]), float(values[index] * scale)) for index in few)


def flat(points: Points, value: float, tolerance: float) -> bool:
    """Whether a curve is `value` throughout."""
    return all(abs(one - value) <= tolerance for _, one in points)


def balance(gains: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Left and right gains, shape (n, 2), as (volume, balance), each of shape (n,).

    The nearer side has the volume, the other (1 - |balance|) of it; balance is -1 at the left. Where nothing is heard
    it is what it was.
    """
    left, right = gains[:, 0].astype(float), gains[:, 1].astype(float)
    volume = np.maximum(left, right)
    heard = volume > 0.0
    share = np.divide(np.minimum(left, right), volume, out=np.ones_like(volume), where=heard)
    side = np.where(right >= left, 1.0 - share, share - 1.0)
    if heard.any() and not heard.all():
        last = np.maximum.accumulate(np.where(heard, np.arange(len(side)), -1))
        side = side[np.where(last >= 0, last, int(heard.argmax()))]
    return volume, side


def slope(start: int, count: int, length: int, fade_in: int, fade_out: int) -> Floats:
    """Gain of an item's straight-line fades at `count` of its samples from `start` on, shape (count,)."""
    at = start + np.arange(count, dtype=float)
    rising = np.clip(at / fade_in, 0.0, 1.0) if fade_in else np.ones(count)
    falling = np.clip((length - at) / fade_out, 0.0, 1.0) if fade_out else np.ones(count)
    return rising * falling
