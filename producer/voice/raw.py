"""A recording as it is in its file: every channel, and the one that is listened to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.audio import Audio
from producer.frozen import dataclass
from producer.voice import condition
from producer.voice.spectra import RATE_HZ, Floats

_LOWEST_HZ = 8000
"""Recordings at lower rates are brought to that at which words are found, first of all."""

Listen = Callable[[Path], tuple[Audio, int]]
"""Every sample of a file, shape (n, 1 or 2), and its rate; raises ValueError with what keeps it from being heard."""


class UnusableError(Exception):
    """Nothing in a recording can be played; the message says why."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A recording before anything is done to it."""

    audio: Audio  # shape (n, 1 or 2)
    samples: Floats  # shape (n,): what is listened to, and played
    rate_hz: int

    @property
    def clipped(self) -> tuple[int, float]:
        """How often its worse channel is cut off flat, and at what peak, dBFS: the mean of both is not flat."""
        channels = [channel.astype(np.float64) for channel in self.audio.T]
        return max((condition.clipped_runs(channel), _dbfs(channel)) for channel in channels)

    @property
    def peak_dbfs(self) -> float:
        return _dbfs(self.audio)


def _dbfs(samples: NDArray[np.floating]) -> float:
    return 20.0 * float(np.log10(max(float(np.abs(samples).max(initial=0.0)), 1e-9)))


def heard_file(path: Path, listen: Listen) -> Raw:
    """A recording, and what is listened to of it. Raises UnusableError."""
    try:
        audio, native_hz = listen(path)
    except ValueError as wrong:
        raise UnusableError(str(wrong)) from None
    if native_hz < _LOWEST_HZ:  # loudness is not defined there
        audio, native_hz = soxr.resample(audio, native_hz, RATE_HZ, quality="HQ"), RATE_HZ
    return Raw(audio, _one_channel(audio), native_hz)


def _one_channel(audio: Audio) -> Floats:
    """Both channels' mean; the louder one alone where the other is a cable's noise, or the same upside down."""
    both = audio.astype(np.float64)
    if both.shape[1] == 1:
        return both[:, 0]
    power = np.square(both).sum(axis=0)
    together = float(both[:, 0] @ both[:, 1])
    if power.min() < 0.1 * power.max() or together < 0.0:
        return np.ascontiguousarray(both[:, int(power.argmax())])
    return np.asarray(both.mean(axis=1))
