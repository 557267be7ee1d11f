"""The one array shape that audio has everywhere: float32, (samples, channels), full scale = 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
"""Shape (samples, channels), float32, full scale 1.0; channels is 1 or 2."""
_PROBES = 64


def silence(samples: int, channels: int = 2) -> Audio:
    """`samples` of digital silence, shape (samples, channels)."""
    return np.zeros((samples, channels), np.float32)


def is_heard(audio: NDArray[np.floating]) -> bool:
    """Whether there is anything but silence in it. A few samples of what is no silence say so, mostly."""
    return bool(audio[:: max(1, len(audio) // _PROBES)].any() or audio.any())


def as_stereo(audio: Audio) -> Audio:
    """Two channels: a stereo sound as it is, a mono one in both at full level (no pan law)."""
    return audio if audio.shape[1] == 2 else np.repeat(audio[:, :1], 2, axis=1)


def as_mono(audio: Audio) -> Audio:
    """One channel: the mean of the channels, shape (samples, 1)."""
    if audio.shape[1] == 1:
        return audio
    return (audio[:, :1] + audio[:, 1:]) * np.float32(0.5)  # ten times as fast as a mean
