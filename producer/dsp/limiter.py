"""A look-ahead true-peak limiter for a programme that comes in blocks of any size.

The gain falls smoothly before a peak and rises slowly after it; where nothing is over the ceiling, samples pass with
the constant gain alone. Work is done in chunks counted from the first sample, so the blocks that come in never change
what goes out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp.crests import EDGE, crests
from producer.later import ndimage
from producer.units import gain

_GROUP = 8  # samples that share one control value
CHUNK = 4096  # samples of one step: whole groups, and longer than the look-ahead
_LOOK_AHEAD_S = 0.006
RELEASE_DB_S = 60.0
LONGEST_RELEASE_S = 2.0
"""After this nothing is left of a fall of 100 dB: a limiter that begins so much earlier gives what any other gives."""


class Limiter:
    """Holds the true peak of mono or stereo audio under a ceiling; as many samples come out as went in, none later."""

    def __init__(self, rate_hz: int, channels: int, ceiling_dbtp: float, gain_db: float = 0.0) -> None:
        """`gain_db` is applied first, so that a master needs one pass."""
        self._gain = gain(gain_db)
        self._ceiling = gain(ceiling_dbtp)
        self._ahead = max(1, round(_LOOK_AHEAD_S * rate_hz / _GROUP))
        kernel = np.hanning(2 * self._ahead + 3)[1:-1]
        self._kernel = kernel / kernel.sum()
        self._release_db = RELEASE_DB_S * _GROUP / rate_hz
        self._chunks = [silence(CHUNK, channels)] * 2  # the two before the newest
        self._control = [np.zeros(CHUNK // _GROUP)] * 2  # gain in dB that each group may have, of the two before those
        self._released_db = 0.0
        self._steps = 0
        self._waiting = silence(0, channels)
        self._came = 0
        self._gave = 0
        self.deepest_db = 0.0
        """The most that was taken off so far, dB."""

    def push(self, block: Audio) -> Audio:
        """Take the next samples, shape (n, channels); give those that are ready, maybe none."""
        self._came += len(block)
        self._waiting = np.concatenate([self._waiting, block])
        whole = len(self._waiting) // CHUNK * CHUNK
        ready = [self._step(self._waiting[at : at + CHUNK]) for at in range(0, whole, CHUNK)]
        self._waiting = self._waiting[whole:]
        return self._give(ready)

    def flush(self) -> Audio:
        """The rest; after it, exactly as many samples have come out as went in."""
        tail = np.concatenate([self._waiting, silence(4 * CHUNK, self._waiting.shape[1])])
        ready = [self._step(tail[at : at + CHUNK]) for at in range(0, 4 * CHUNK, CHUNK)]
        self._waiting = self._waiting[:0]
        return self._give(ready)

    def _give(self, ready: list[Audio]) -> Audio:
        out = np.concatenate([self._waiting[:0], *ready])[: self._came - self._gave]
        self._gave += len(out)
        return out

    def _step(self, newest: Audio) -> Audio:
        """Learn the peaks of the chunk before `newest`; give back the one before that."""
        oldest, before = self._chunks
        self._chunks = [before, newest]
        seen = np.concatenate([oldest[-EDGE:], before, newest[:EDGE]]) * np.float32(self._gain)
        control = [*self._control, self._release(self._wanted_db(seen))]
        self._control = control[1:]
        self._steps += 1
        if self._steps <= 2:  # what stands before the first sample
            return newest[:0]
        return self._apply(oldest, np.concatenate(control))

    def _wanted_db(self, seen: Audio) -> NDArray[np.float64]:
        """The gain (dB, at most 0) that brings each group of a chunk under the ceiling; `seen` has both edges."""
        peaks = np.full(CHUNK // _GROUP, self._ceiling)
        for channel in seen.T:
            # A peak of under half the ceiling cannot rise over it between samples (6 dB).
            at, heights = crests(channel, 0.5 * self._ceiling)
            np.maximum.at(peaks, (at - EDGE) // _GROUP, heights)
        # Whole ten-thousandths of a decibel: rounding in the interpolation never reaches the samples.
        wanted: NDArray[np.float64] = np.floor(2e5 * np.log10(self._ceiling / peaks)) / 1e4
        return wanted

    def _release(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Falls at once, rises at most `RELEASE_DB_S`."""
        ramp = self._release_db * np.arange(1, len(wanted) + 1)
        fallen = np.minimum(ramp + np.minimum.accumulate(wanted - ramp), self._released_db + ramp)
        risen: NDArray[np.float64] = np.minimum(fallen, 0.0)
        self._released_db = float(risen[-1])
        return risen

    def _apply(self, audio: Audio, control: NDArray[np.float64]) -> Audio:
        """`audio` is the middle one of the three chunks that `control` covers."""
        if control.min() >= 0.0:
            return (audio * self._gain).astype(np.float32)
        groups = CHUNK // _GROUP
        # The lowest over the window and one group beyond, then a mean over the window: never above what a sample needs.
        lowest = ndimage.minimum_filter1d(control, 2 * self._ahead + 3, mode="nearest")
        smooth = np.convolve(lowest, self._kernel, "same")[groups - 1 : 2 * groups + 1]
        self.deepest_db = max(self.deepest_db, -float(smooth.min()))
        centres = (np.arange(-1, groups + 1) + 0.5) * _GROUP - 0.5
        factor = np.interp(np.arange(CHUNK), centres, 10.0 ** (smooth / 20.0) * self._gain)
        return (audio * factor[:, None]).astype(np.float32)
