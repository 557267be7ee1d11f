"""The grid on which whatever is measured of a programme is counted, in whole samples.

Its steps are powers of two times 3, so that a whole number of them is a whole number of MP3 frames. What begins on
`quantum_samples` is measured in the same cells wherever in the programme it stands, and can be joined to what came
before it.
"""

from __future__ import annotations

from math import ceil, log2

COARSE = 6
"""Frames of a coarse frame, for what goes on for long and for how the channels relate."""
_LEAST_HOP = 96
_HOPS_HZ = 12_500.0  # the highest rate that has the least hop


def hop_samples(rate_hz: int) -> int:
    """Samples of a hop: 384 from 32 to 48 kHz (8 to 12 ms), half of it at half the rate, and so on."""
    return int(_LEAST_HOP * 2 ** max(0, ceil(log2(rate_hz / _HOPS_HZ))))


def frame_samples(rate_hz: int) -> int:
    """Samples of a frame: two hops; 16 ms at 48 kHz."""
    return 2 * hop_samples(rate_hz)


def coarse_samples(rate_hz: int) -> int:
    """Samples of a coarse frame; 96 ms at 48 kHz."""
    return COARSE * frame_samples(rate_hz)


def quantum_samples(rate_hz: int) -> int:
    """Samples of the steps on which scenes begin: a coarse frame, and whole MP3 frames."""
    return coarse_samples(rate_hz)


def frame_s(rate_hz: int) -> float:
    """Seconds of a frame."""
    return frame_samples(rate_hz) / rate_hz


def frames_of(seconds: float, rate_hz: int) -> int:
    """How many frames come nearest to `seconds`."""
    return round(seconds * rate_hz / frame_samples(rate_hz))
