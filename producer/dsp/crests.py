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
HIGHEST_RISE = float(np.abs(_between()).sum(axis=0).max())
"""No signal rises between its samples further than this over the highest one around (7.4 dB; noise comes near)."""
_BATCH = 2048  # peaks at once, so that what is made of them fits into the cache


def highest_sample(audio: NDArray[np.floating]) -> float:
    """The highest absolute value of any channel; 0 where there is nothing."""
    return max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))


def crests(audio: NDArray[np.floating], floor: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Samples of at least `floor` beside which a peak can be, and how high the signal rises just there.

    Those are the ones that `_crowned` names. To search beside every sample has found nothing higher.

    Args:
        audio: shape (n, channels); its first and last `EDGE` samples are only seen, not searched.

    Returns:
        Indices of samples of `audio`, channel after channel, and absolute heights, both shape (places,).
    """
    places, heights = [np.zeros(0, np.intp)], [np.zeros(0)]
    for channel in audio.T:
        level = np.abs(channel)
        at = np.flatnonzero(level[EDGE:-EDGE] >= floor) + EDGE
        if not len(at):
            continue
        at = at[_crowned(channel, at)]
        windows = np.lib.stride_tricks.sliding_window_view(channel, _TAPS + 1)
        for first in range(0, len(at), _BATCH):
            some = at[first : first + _BATCH]
            risen = np.abs(windows[some - EDGE] @ _KERNEL).max(axis=1, initial=0.0)
            places.append(some)
            heights.append(np.maximum(level[some], risen))
    return np.concatenate(places), np.concatenate(heights)


def _crowned(channel: NDArray[np.floating], at: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether the signal can be highest, on a sample's own side of zero, between it and one of its neighbours.

    So it is beside a sample that is higher than both, and nearly so at an edge: where the signal hardly falls to the
    next sample and then falls at least twice as far, it overshoots between the two. A larger neighbour on the other
    side of zero is no matter.
    """
    side = np.sign(channel[at])
    here, after, before = (channel[at + beside] * side for beside in (0, 1, -1))
    to_after, to_before = here - after, here - before
    from_after, from_before = after - channel[at + 2] * side, before - channel[at - 2] * side
    top = (to_after >= 0.0) & (to_before >= 0.0)
    edge = (to_after >= 0.0) & (from_after >= 2.0 * to_after) | (to_before >= 0.0) & (from_before >= 2.0 * to_before)
    return np.asarray(top | edge)
