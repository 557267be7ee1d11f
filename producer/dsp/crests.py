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


def _beside() -> NDArray[np.float64]:
    """The kernels after and before a sample in the middle of 2 · EDGE + 1, shape (taps + 1, 2 · (phases - 1))."""
    between, nothing = _between(), np.zeros((1, _PHASES - 1))
    return np.hstack([np.vstack([nothing, between]), np.vstack([between, nothing])])


_KERNEL = _beside()
_BATCH = 2048  # peaks at once, so that what is made of them fits into the cache


def highest_sample(audio: NDArray[np.floating]) -> float:
    """The highest absolute value of any channel; 0 where there is nothing."""
    return max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))


def crests(audio: NDArray[np.floating], floor: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Local peaks of at least `floor`, and how high the signal rises just beside each of them.

    A peak between samples stands beside a sample that is itself a local peak, so only those are looked at.

    Args:
        audio: shape (n, channels); its first and last `EDGE` samples are only seen, not searched.

    Returns:
        Indices of samples of `audio`, channel after channel, and absolute heights, both shape (peaks,).
    """
    places, heights = [np.zeros(0, np.intp)], [np.zeros(0)]
    for channel in audio.T:
        level = np.abs(channel)
        at = np.flatnonzero(level[EDGE:-EDGE] >= floor) + EDGE
        if not len(at):
            continue
        here = level[at]
        at = at[(here >= level[at - 1]) & (here >= level[at + 1])]
        windows = np.lib.stride_tricks.sliding_window_view(channel, _TAPS + 1)
        for first in range(0, len(at), _BATCH):
            some = at[first : first + _BATCH]
            risen = np.abs(windows[some - EDGE] @ _KERNEL).max(axis=1, initial=0.0)
            places.append(some)
            heights.append(np.maximum(level[some], risen))
    return np.concatenate(places), np.concatenate(heights)
