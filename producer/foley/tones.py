"""Many tones at once whose pitch and size may be ridden, for a fraction of what a sine for each sample would cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from producer.audio import Audio
from producer.foley.layers import CONTROL_S, Singles
from producer.foley.wander import Floats

_FINE = 16
"""Samples over which a tone's size stands still."""


def tones(
    phase_at: Callable[[Floats, int], Floats],
    size_at: Callable[[Floats, int], Floats],
    gains: Sequence[tuple[float, float]],
    start: int,
    stop: int,
    rate_hz: int,
) -> Audio:
    """The sum of tones over the samples [start, stop), shape (stop - start, 2).

    Args:
        phase_at: (times in seconds, which tone) -> its phase in cycles.
        size_at: (times in seconds, which tone) -> its amplitude.
        gains: left and right of each tone.

    Between fixed times, 10 ms apart, a tone is the powers of one complex number, and powers up to a few hundred are
    products of two short rows: so all tones together are one small product of matrices for each 10 ms.
    """
    step = max(1, round(rate_hz * CONTROL_S))
    first, last = start // step, -(-stop // step)
    at_s = np.arange(first, last + 1, dtype=np.float64) * (step / rate_hz)
    rows = -(-step // _FINE)
    share = np.arange(rows) * (_FINE / step)
    coarse = np.empty((last - first, len(gains), 2, rows), np.float32)
    fine = np.empty((last - first, len(gains), 2, _FINE), np.float32)
    for tone in range(len(gains)):
        phase, size = phase_at(at_s, tone), size_at(at_s, tone)
        turned = (phase[1:] - phase[:-1])[:, None] / step
        sine, cosine = _turn(phase[:-1, None] + turned * (_FINE * np.arange(rows)))
        level = (size[:-1, None] + (size[1:] - size[:-1])[:, None] * share).astype(np.float32)
        np.multiply(sine, level, out=coarse[:, tone, 0])
        np.multiply(cosine, level, out=coarse[:, tone, 1])
        fine[:, tone, 1], fine[:, tone, 0] = _turn(turned * np.arange(_FINE))
    begun = coarse.reshape(last - first, -1, rows).transpose(0, 2, 1)
    out = np.empty(((last - first) * step, 2), np.float32)
    for channel in (0, 1):
        placed = fine * np.array([pair[channel] for pair in gains], np.float32)[:, None, None]
        made = begun @ placed.reshape(last - first, -1, _FINE)
        out[:, channel] = made.reshape(last - first, -1)[:, :step].reshape(-1)
    return out[start - first * step : stop - first * step]


def _turn(phase: Floats) -> tuple[Singles, Singles]:
    """Sine and cosine of a phase in cycles, shape as `phase` each."""
    angle = (phase - np.floor(phase)).astype(np.float32) * np.float32(2.0 * np.pi)
    return np.sin(angle), np.cos(angle)
