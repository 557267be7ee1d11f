"""A bed at another pitch, readable from anywhere: every sample is computed from its own place alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.fractional import between, kernel
from producer.model.sound import BedSource, SettingsAt

LOBES = 24
"""Zero crossings of the interpolation kernel on either side."""
PASS = 0.92
"""The share of the band that is kept whole; the rest is the filter's slope."""
_PIECE = 1 << 14


class Varispeed:
    """`inner`, run `step` times as fast; band-limited to the lower of both rates."""

    def __init__(self, inner: BedSource, step: float, rate_hz: int) -> None:
        self._inner, self._step, self._rate_hz = inner, step, rate_hz
        self._kernel = kernel(PASS / max(1.0, step), int(np.ceil(LOBES * max(1.0, step))))
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
        at = np.arange(start, stop, dtype=float) * self._step
        whole = np.floor(at).astype(np.int64)
        half = self._kernel.shape[1] // 2
        first, last = int(whole[0]) - half + 1, int(whole[-1]) + half + 1
        source = np.zeros((last - first, self.channels), np.float32)
        begin = max(0, first)
        if last > begin:
            source[begin - first :] = self._inner.read(begin, last, settings)
        return between(source, at, self._kernel, first)
