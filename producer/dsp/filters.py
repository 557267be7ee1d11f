"""Filters that are the same wherever a stretch begins, given enough of what came before it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.later import signal

Kind = Literal["lowpass", "highpass"]

SETTLE_S = 0.25
"""What a filter of `low_pass` or `high_pass` from 20 Hz up remembers, to under -80 dB."""
_EDGE = 0.49
"""Share of the rate above which a corner frequency does nothing that can be heard or computed."""


@lru_cache(maxsize=64)
def _sections(kind: Kind, order: int, hz: float, rate_hz: int) -> NDArray[np.float64]:
    return signal.butter(order, hz, kind, output="sos", fs=rate_hz)


def _filtered(audio: Audio, kind: Kind, order: int, hz: float, rate_hz: int) -> Audio:
    rows = np.ascontiguousarray(audio.T, np.float64)  # scipy filters rows nearly three times as fast as columns
    made = signal.sosfilt(_sections(kind, order, hz, rate_hz), rows, axis=1).T
    return np.asarray(made, np.float32)


def low_pass(audio: Audio, hz: float, rate_hz: int, order: int = 2) -> Audio:
    """Butterworth, 6 dB an octave per `order`; unchanged when `hz` is beyond what `rate_hz` can hold."""
    return audio if hz >= _EDGE * rate_hz else _filtered(audio, "lowpass", order, hz, rate_hz)


def high_pass(audio: Audio, hz: float, rate_hz: int, order: int = 2) -> Audio:
    """Butterworth, 6 dB an octave per `order`; silence when `hz` is beyond what `rate_hz` can hold."""
    return np.zeros_like(audio) if hz >= _EDGE * rate_hz else _filtered(audio, "highpass", order, hz, rate_hz)


@lru_cache(maxsize=64)
def _one_pole(hz: float, rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of the low-pass of first order; [1, 0] each for a corner that cannot be held."""
    if hz >= _EDGE * rate_hz:
        return np.array([1.0, 0.0]), np.array([1.0, 0.0])
    section = _sections("lowpass", 1, hz, rate_hz)[0]
    return section[:2], section[3:5]


def between_low_passes(audio: Audio, one_hz: float, other_hz: float, share: float, rate_hz: int) -> Audio:
    """(1 - `share`) of a `low_pass` of first order at `one_hz` and `share` of one at `other_hz`, in a single run.

    Args:
        audio: shape (samples, channels). share: 0 … 1.
    """
    one_over, one_under = _one_pole(one_hz, rate_hz)
    other_over, other_under = _one_pole(other_hz, rate_hz)
    over = (1.0 - share) * np.convolve(one_over, other_under) + share * np.convolve(other_over, one_under)
    section = np.concatenate([over, np.convolve(one_under, other_under)])[None]
    rows = np.ascontiguousarray(audio.T, np.float64)
    return np.asarray(signal.sosfilt(section, rows, axis=1).T, np.float32)
