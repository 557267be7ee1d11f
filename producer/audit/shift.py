"""How far all of a file is from its place: encoders and editors put silence before what they are given, or cut it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import Whole, moment_samples
from producer.audit.compared import MOMENT_DB
from producer.audit.levels import OUTLINE, Codes
from producer.audit.reference import Reference
from producer.later import fft, ndimage

HARMLESS_S = 0.06
"""Encoders other than ours add or take so much without harm."""
_MOST_S = 60.0
_AT_MOST = 1 << 20  # moments that are looked at, from the beginning on: 19 minutes
_STEADY = 300  # moments: what a level is over a third of a second says little of where it is
_LEAST, _BETTER = 0.5, 0.02  # of the correlation there, and of that over the one in its place
_SLOW = 0.06  # of the moments' rate: how the level moves so slowly does not hang on where moments begin
_NEAR = 0.1  # moments: so near to its place it is in it


def late_samples(reference: Reference, seen: Whole) -> int:
    """By how many samples a file seems to be late (early: less than 0), to a few samples.

    It is no more than likely: where one long line is late, most of a short episode is.

    Returns: 0 where it is in its place, or where it is nowhere.
    """
    planned, heard = _course(reference.outline_codes[:_AT_MOST]), _course(seen.moment_codes[:_AT_MOST])
    energy = float(np.sqrt((planned @ planned) * (heard @ heard)))
    if energy <= 0.0:
        return 0
    size = fft.next_fast_len(len(planned) + len(heard), real=True)
    alike = fft.irfft(fft.rfft(heard, size) * np.conj(fft.rfft(planned, size)), size) / energy
    most = min(size // 2 - 1, round(_MOST_S * reference.rate_hz / moment_samples(reference.rate_hz)))
    near = np.concatenate([alike[-most:], alike[: most + 1]])
    best = int(near.argmax())
    if near[best] < _LEAST or (best != most and near[best] < near[most] + _BETTER):
        return 0
    late = best - most
    moments = late + _rest(planned[max(0, -late) :], heard[max(0, late) :])
    return 0 if abs(moments) < _NEAR else round(moments * moment_samples(reference.rate_hz))


def _course(codes: Codes) -> NDArray[np.float64]:
    """How the level goes up and down, without what is hardly there."""
    heard = np.maximum(codes[:, 0], OUTLINE.coded(np.array(MOMENT_DB))).astype(float)
    return np.asarray(heard - ndimage.uniform_filter1d(heard, _STEADY)) if len(heard) else heard


def _rest(planned: NDArray[np.float64], heard: NDArray[np.float64]) -> float:
    """How late `heard` is after all, less than a moment: the slope of its phase."""
    count = min(len(planned), len(heard))
    size = fft.next_fast_len(count, real=True)
    window = np.hanning(count)
    both = fft.rfft(window * heard[:count], size) * np.conj(fft.rfft(window * planned[:count], size))
    turns = np.arange(len(both)) / size
    slow = turns < _SLOW
    weight = np.abs(both[slow]) * turns[slow]
    return float(-(weight * np.angle(both[slow])).sum() / max(2.0 * np.pi * (weight * turns[slow]).sum(), 1e-30))
