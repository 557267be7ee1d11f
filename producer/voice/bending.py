"""Another tempo or pitch for speech that its engine cannot give so itself, and stress on words of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PITCHES = (-30.0, 40.0)
"""Percent that the melody can be moved with the mouth left as it is, before one hears that it was."""
STRESS_DB, STRESS_SEMITONES = 3.0, 2.0
"""How much louder and higher a stressed word is: what espeak-ng does for a strong emphasis."""
_RAMP_S = 0.04
"""How long a stress takes to come and to go, so that nothing tells where it begins."""
_QUIET_S = 0.1
"""Before and after what is stretched: the stretcher fades its first 40 ms in, which would cost a word its beginning."""
_EARLY, _EARLY_HIGH = 1900, 3900
"""By how many samples the stretcher follows a changing pitch too early, up to 32 kHz and above; as measured."""


def changed(samples: NDArray[np.float32], rate_hz: int, tempo: float, pitch_percent: float) -> NDArray[np.float32]:
    """The same speech quicker (`tempo` over 1) and higher, its formants where they were; as it is for 1 and 0.

    Args:
        samples: mono, shape (n,); the result has n / tempo.
        rate_hz: of both.
        tempo: 0.5 … 2.
        pitch_percent: see `PITCHES`.
    """
    if not len(samples) or (abs(tempo - 1.0) < 1e-6 and not pitch_percent):
        return samples
    return _stretched(samples, rate_hz, tempo, 12.0 * math.log2(1.0 + pitch_percent / 100.0))


def stressed(
    samples: NDArray[np.float32], rate_hz: int, pitch_percent: float, spans: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """The same speech with some words louder and higher than the rest; nothing moves in time.

    Args:
        samples: mono, shape (n,); so is the result.
        rate_hz: of both.
        pitch_percent: of all of it, see `PITCHES`.
        spans: the words, half-open, in samples.
    """
    if not len(samples) or not spans:
        return changed(samples, rate_hz, 1.0, pitch_percent)
    there = np.zeros(len(samples))
    for start, end in spans:
        there[start:end] = 1.0
    window = np.hanning(max(3, round(2.0 * _RAMP_S * rate_hz)))
    there = np.convolve(there, window / window.sum(), "full")[len(window) // 2 :][: len(samples)]
    louder = samples * (10.0 ** (STRESS_DB / 20.0 * there))
    late = _EARLY if rate_hz <= 32000 else _EARLY_HIGH
    higher = np.concatenate([np.zeros(late), there])[: len(samples)]
    semitones = 12.0 * math.log2(1.0 + pitch_percent / 100.0) + STRESS_SEMITONES * higher
    return _stretched(louder.astype(np.float32), rate_hz, 1.0, semitones)


def _stretched(
    samples: NDArray[np.float32], rate_hz: int, tempo: float, semitones: float | NDArray[np.float64]
) -> NDArray[np.float32]:
    from pedalboard import time_stretch

    quiet = round(_QUIET_S * rate_hz)
    found = time_stretch(
        np.pad(samples, quiet)[None, :].astype(np.float32),
        float(rate_hz),
        stretch_factor=tempo,
        pitch_shift_in_semitones=semitones if isinstance(semitones, float) else np.pad(semitones, quiet, mode="edge"),
        transient_mode="mixed",
    )
    begins = round(quiet / tempo)
    return np.ascontiguousarray(found[0, begins : begins + round(len(samples) / tempo)], np.float32)
