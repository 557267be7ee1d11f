"""True peak as ITU-R BS.1770-5, annex 2 wants it measured, for a programme in blocks of any size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.dsp.crests import EDGE, HIGHEST_RISE, crests, highest_sample

_STRETCH = 1 << 15  # samples that are looked at at once
NEAR = 32
"""Samples to either side that belong to one peak (`peak_near`)."""


class TruePeakMeter:
    """True peak of audio that comes in blocks of any size, oversampled eight times (under-reading at most 0.17 dB).

    Only beside samples from which it can rise over the highest so far is the signal interpolated (`crests`), so that a
    quiet programme costs next to nothing. Source: BS.1770-5 annex 2, with a longer filter than the annex's 48 taps.
    """

    def __init__(self, channels: int) -> None:
        self._kept = np.zeros((2 * EDGE, channels), np.float32)
        self._fed = -EDGE  # the place of the next sample to be looked at, counted from the first one pushed
        self.sample_peak = 0.0
        self.peak = 0.0
        self.peak_at = 0
        """Sample index, counted from the first sample pushed, near which the true peak is."""

    def push(self, block: NDArray[np.floating]) -> None:
        """Take the next samples, shape (n, channels)."""
        self.sample_peak = max(self.sample_peak, highest_sample(block))
        for at in range(0, len(block), _STRETCH):
            self._kept = np.concatenate([self._kept, block[at : at + _STRETCH]])
            self._scan()

    def _scan(self) -> None:
        ready = len(self._kept) - 2 * EDGE
        if ready <= 0:
            return
        floor = max(self.peak, self.sample_peak, 1e-9) / HIGHEST_RISE
        if highest_sample(self._kept[EDGE:-EDGE]) >= floor:
            at, heights = crests(self._kept, floor)
            if len(at) and heights.max() > self.peak:
                top = int(heights.argmax())
                self.peak, self.peak_at = float(heights[top]), max(0, self._fed + int(at[top]) - EDGE)
        self._fed += ready
        self._kept = self._kept[ready:].copy()

    def result_dbtp(self) -> float:
        """The true peak so far (as if silence followed), dBTP; -inf for silence."""
        kept, fed = self._kept, self._fed
        self._kept = np.concatenate([kept, np.zeros_like(kept)])
        self._scan()
        self._kept, self._fed = kept, fed
        return in_db(max(self.peak, self.sample_peak))


def in_db(amplitude: float) -> float:
    """Decibels of an amplitude; -inf of none."""
    return float(20.0 * np.log10(amplitude)) if amplitude > 0.0 else float("-inf")


def true_peak(audio: NDArray[np.floating]) -> float:
    """True peak of a whole sound, shape (samples, channels), dBTP."""
    meter = TruePeakMeter(audio.shape[1])
    meter.push(audio)
    return meter.result_dbtp()


def peak_near(audio: NDArray[np.floating], at: int) -> float:
    """True peak of what lies within `NEAR` samples of one, dBTP; -inf where that is silent.

    Args:
        audio: shape (samples, channels); what is not there is not looked at.
        at: the sample's index.
    """
    around = audio[max(0, at - NEAR - EDGE) : at + NEAR + EDGE + 1]
    _, heights = crests(around, 1e-9)
    itself = highest_sample(audio[max(0, at - NEAR) : at + NEAR + 1])  # also where too little is known around it
    return in_db(max(itself, float(heights.max(initial=0.0))))
