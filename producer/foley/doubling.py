"""Twice the sample rate for a sound that has nothing in its upper half: a half-band filter that can start anywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from producer.audio import Audio

SIDE = 8
"""Samples used on either side of a new one: enough for sounds that leave the upper half of the old band empty."""


def _weights() -> tuple[float, ...]:
    """A Kaiser-windowed sinc half-way between samples, nearest first; both sides add to 1."""
    away = np.arange(SIDE, dtype=np.float64) + 0.5
    weights = np.sinc(away) * np.i0(6.0 * np.sqrt(1.0 - (away / SIDE) ** 2)) / np.i0(6.0)
    return tuple(float(weight) for weight in weights / (2.0 * weights.sum()))


WEIGHTS = _weights()


def doubled(made: Callable[[int, int], Audio], start: int, stop: int) -> Audio:
    """Samples [start, stop) at twice the rate of `made`, which is asked for a few more on either side."""
    first, last = start // 2, -(-stop // 2)
    slow = np.ascontiguousarray(made(first - SIDE + 1, last + SIDE).T)
    count = last - first
    out = np.empty((count, 2, 2), np.float32)
    for channel in (0, 1):
        line = slow[channel]
        middle = np.zeros(count, np.float32)
        for pair, weight in enumerate(WEIGHTS):
            before, after = SIDE - 1 - pair, SIDE + pair
            middle += (line[before : before + count] + line[after : after + count]) * np.float32(weight)
        out[:, 0, channel] = line[SIDE - 1 : SIDE - 1 + count]
        out[:, 1, channel] = middle
    return out.reshape(-1, 2)[start - 2 * first : stop - 2 * first]
