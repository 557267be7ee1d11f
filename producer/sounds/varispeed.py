"""A bed at another pitch, readable from anywhere: every sample is computed from its own place alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.model.sound import BedSource, SettingsAt

LOBES = 24
"""Zero crossings of the interpolation kernel on either side."""
PHASES = 512
"""Kernel positions between two samples; between them it is interpolated, which errs by less than -100 dB."""
PASS = 0.92
"""The share of the band that is kept whole; the rest is the filter's slope."""
BETA = 9.0  # Kaiser window: stopband under -90 dB
_PIECE = 1 << 14


@lru_cache(maxsize=16)
def _kernel(step: float) -> NDArray[np.float32]:
    """Windowed sinc at each phase, shape (PHASES + 1, taps); band-limited to the lower of both rates."""
    cutoff = PASS / max(1.0, step)
    half = int(np.ceil(LOBES * max(1.0, step)))
    taps = np.arange(-half + 1, half + 1)
    at = taps[None, :] - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1.0 - np.square(at / half)))) / np.i0(BETA)
    kernel = cutoff * np.sinc(cutoff * at) * window
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True), np.float32)


class Varispeed:
    """`inner`, run `step` times as fast.

    Source: J. O. Smith, Digital Audio Resampling: interpolation by a windowed sinc, kept as a table.
    """

    def __init__(self, inner: BedSource, step: float, rate_hz: int) -> None:
        self._inner, self._step, self._rate_hz = inner, step, rate_hz
        self._kernel = _kernel(step)
        self.channels = inner.channels
        self.length = None if inner.length is None else max(1, round(inner.length / step))
        self.loudness_lufs = inner.loudness_lufs

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop), shape (stop - start, channels). Rides keep to the time that is heard."""
        inner_settings = None
        if settings is not None:
            heard = settings  # mypy does not carry the narrowing into the lambda

            def inner_settings(times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
                return dict(heard(times_s / self._step))

        pieces = [self._piece(at, min(stop, at + _PIECE), inner_settings) for at in range(start, stop, _PIECE)]
        return np.concatenate(pieces) if pieces else np.zeros((0, self.channels), np.float32)

    def _piece(self, start: int, stop: int, settings: SettingsAt | None) -> Audio:
        at = np.arange(start, stop) * self._step
        whole = np.floor(at).astype(np.int64)
        half = self._kernel.shape[1] // 2
        first, last = int(whole[0]) - half + 1, int(whole[-1]) + half + 1
        source = np.zeros((last - first, self.channels), np.float32)
        begin = max(0, first)
        if last > begin:
            source[begin - first :] = self._inner.read(begin, last, settings)
        phase = (at - whole) * PHASES
        below = phase.astype(np.int64)
        share = (phase - below).astype(np.float32)
        offset = whole - (half - 1) - first
        out = np.zeros((stop - start, self.channels), np.float32)
        # Tap by tap, never by a matrix product: sums are then in one order, whatever the length of the piece.
        for tap in range(2 * half):
            weight = self._kernel[below, tap] * (1.0 - share) + self._kernel[below + 1, tap] * share
            out += weight[:, None] * source[offset + tap]
        return out
