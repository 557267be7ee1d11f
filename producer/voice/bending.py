"""Another tempo or pitch for speech that its engine cannot give so itself."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

PITCHES = (-30.0, 40.0)
"""Percent that the melody can be moved with the mouth left as it is, before one hears that it was."""


def changed(samples: NDArray[np.float32], rate_hz: int, tempo: float, pitch_percent: float) -> NDArray[np.float32]:
    """The same speech quicker (`tempo` over 1) and higher, its formants where they were; as it is for 1 and 0.

    Args:
        samples: mono, shape (n,); the result has n / tempo, to within a few ms.
        rate_hz: of both.
        tempo: 0.5 … 2.
        pitch_percent: see `PITCHES`.
    """
    if not len(samples) or (abs(tempo - 1.0) < 1e-6 and not pitch_percent):
        return samples
    from pedalboard import time_stretch

    found = time_stretch(
        np.ascontiguousarray(samples[None, :], np.float32),
        float(rate_hz),
        stretch_factor=tempo,
        pitch_shift_in_semitones=12.0 * math.log2(1.0 + pitch_percent / 100.0),
        transient_mode="mixed",
    )
    return np.ascontiguousarray(found[0], np.float32)
