"""How high a signal rises between its samples: the common ground of the true-peak meter and the limiter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EDGE = 16
"""Samples that must be known on either side of those that are looked at."""
_PHASES = 8  # under-reading at most 0.17 dB (BS.1770-5 annex 2)
_TAPS = 2 * EDGE


def _between() -> NDArray[np.float64]:
    """Interpolation kernels, shape (taps, phases - 1): values at 1/8 … 7/8 between the two samples in the middle."""
    at = np.arange(_TAPS)[:, None] - (EDGE - 1) - np.arange(1, _PHASES) / _PHASES
    window = np.i0(9.0 * np.sqrt(np.maximum(0.0, 1.0 - (2.0 * at / _TAPS) ** 2))) / np.i0(9.0)
    kernel: NDArray[np.float64] = np.sinc(at) * window
    kernel /= np.sum(kernel, axis=0)
    return kernel


_KERNEL = _between()


def crests(channel: NDArray[np.floating], floor: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Local peaks of at least `floor`, and how high the signal rises just beside each of them.

    A peak between samples stands beside a sample that is itself a local peak, so only those are looked at.

    Args:
        channel: shape (n,); its first and last `EDGE` samples are only seen, not searched.

    Returns:
        Indices into `channel`, rising, and absolute heights, both shape (peaks,).
    """
    level = np.abs(channel)
    inner = level[EDGE:-EDGE]
    loud = (
        (inner >= floor) & (inner >= level[EDGE - 1 : -EDGE - 1]) & (inner >= level[EDGE + 1 : len(level) - EDGE + 1])
    )
    at = np.flatnonzero(loud) + EDGE
    heights = level[at].astype(float)
    if len(at):
        windows = np.lib.stride_tricks.sliding_window_view(channel, _TAPS)
        for shift in (0, 1):  # after the sample, and before it
            heights = np.maximum(heights, np.abs(windows[at - (EDGE - 1) - shift] @ _KERNEL).max(axis=1))
    return at, heights
