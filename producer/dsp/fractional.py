"""Reading sound between its samples: a windowed sinc, kept as a table.

Source: J. O. Smith, Digital Audio Resampling (band-limited interpolation).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio

Floats = NDArray[np.float64]

PHASES = 512
"""Kernel positions between two samples; between them it is interpolated, which errs by less than -100 dB."""
BETA = 9.0  # Kaiser window: stopband under -90 dB


@lru_cache(maxsize=16)
def kernel(cutoff: float, half: int) -> NDArray[np.float32]:
    """Windowed sinc at each phase, shape (PHASES + 1, 2 * half taps); passes what is under `cutoff` of the band."""
    taps = np.arange(-half + 1, half + 1)
    at = taps[None, :] - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1.0 - np.square(at / half)))) / np.i0(BETA)
    made = cutoff * np.sinc(cutoff * at) * window
    made[np.abs(made) < 1e-12] = 0.0  # the zeros of the sinc itself, so that a whole position is exact
    return np.asarray(made / made.sum(axis=1, keepdims=True), np.float32)


def between(source: Audio, at: Floats, table: NDArray[np.float32], begins: int = 0) -> Audio:
    """A sound read at positions `at` (in its samples), shape (len(at), channels).

    `source` is the stretch of it from sample `begins` on; beyond its ends is silence. What is read at a position does
    not depend on where the stretch begins; at a whole position it is that sample itself, if the table's cutoff is 1.
    """
    half = table.shape[1] // 2
    whole = np.floor(at).astype(np.int64)
    phase = (at - whole) * PHASES
    below = np.minimum(phase.astype(np.int64), PHASES - 1)
    share = (phase - below).astype(np.float32)
    first = whole - (half - 1) - begins
    held = source
    if len(at) and (first.min() < 0 or int(first.max()) + 2 * half > len(source)):
        held = np.zeros((len(source) + 4 * half, source.shape[1]), np.float32)
        held[2 * half : 2 * half + len(source)] = source
        first = np.clip(first + 2 * half, 0, len(source) + 2 * half)  # what is clipped lies in the silence
    made = np.zeros((len(at), source.shape[1]), np.float32)
    # Tap by tap, never by a matrix product: sums are then in one order, whatever the length of the piece.
    for tap in range(2 * half):
        weight = table[below, tap] * (1.0 - share) + table[below + 1, tap] * share
        made += weight[:, None] * held[first + tap]
    return made
