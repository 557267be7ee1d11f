"""A look-ahead true-peak limiter for a programme that comes in blocks of any size.

The gain falls smoothly before a peak and rises slowly after it; where nothing is over the ceiling, samples pass with
the constant gain alone. Work is done in chunks counted from the first sample, and the gain that each may have is
counted in whole steps, so the blocks that come in never change what goes out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp.crests import EDGE, HIGHEST_RISE, crests, highest_sample
from producer.later import ndimage
from producer.units import gain

Steps = NDArray[np.int64]
"""Gains in dB, counted in `_STEP_DB`."""

_GROUP = 8  # samples that share one control value
CHUNK = 4096  # samples of one step: whole groups, and longer than the look-ahead
_GROUPS = CHUNK // _GROUP
_STEP_DB = 1e-6
"""Gains are counted in whole steps of it: sums of them are exact, whatever they are added up from."""
_WANTED_STEPS = 100
"""What a peak needs is rounded down to so many: the rounding of its interpolation never reaches the samples."""
_AT_ONCE = 16  # chunks that fit into a core's own cache
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
        self._release = round(RELEASE_DB_S * _GROUP / rate_hz / _STEP_DB)
        self._held = silence(2 * CHUNK, channels)  # the two chunks before the newest, and what is no whole chunk yet
        self._control = np.zeros(2 * _GROUPS, np.int64)  # gain that each group may have, of the two chunks before those
        self._before_began = 2  # chunks before the first sample, of which nothing is given
        self._came = 0
        self._gave = 0
        self.deepest_db = 0.0
        """The most that was taken off so far, dB."""

    def push(self, block: Audio) -> Audio:
        """Take the next samples, shape (n, channels); give those that are ready, maybe none."""
        self._came += len(block)
        return self._worked(block)

    def flush(self) -> Audio:
        """The rest; after it, exactly as many samples have come out as went in."""
        left = self._came - self._gave
        return self._worked(silence(4 * CHUNK, self._held.shape[1]))[:left]

    def _worked(self, block: Audio) -> Audio:
        waiting = len(self._held) - 2 * CHUNK
        chunks = (waiting + len(block)) // CHUNK
        skipped = min(chunks, self._before_began)
        self._before_began -= skipped
        out = np.empty(((chunks - skipped) * CHUNK, self._held.shape[1]), np.float32)
        made, used = -skipped, 0
        while made + skipped < chunks:
            count = min(_AT_ONCE, chunks - made - skipped)
            taken = (count + 2) * CHUNK - len(self._held)
            held = np.concatenate([self._held, block[used : used + taken]])
            ready = self._steps(held, count)
            out[max(made, 0) * CHUNK : (made + count) * CHUNK] = ready[max(-made, 0) * CHUNK :]
            made, used = made + count, used + taken
            self._held = held[count * CHUNK :]
        self._held = np.concatenate([self._held, block[used:]])
        self._gave += len(out)
        return out

    def _steps(self, held: Audio, count: int) -> Audio:
        """The first `count` chunks of `held`, which has two more; of all but the first of them the peaks are learnt."""
        seen = held[CHUNK - EDGE : (count + 1) * CHUNK + EDGE]
        control = np.concatenate([self._control, self._allowed(self._wanted(seen, count))])
        self._control = control[count * _GROUPS :]
        made = held[: count * CHUNK] * np.float32(self._gain)
        limited = np.asarray(control.reshape(-1, _GROUPS).any(axis=1))
        touched = np.concatenate([[False], limited[:-2] | limited[1:-1] | limited[2:], [False]])
        edges = np.flatnonzero(touched[1:] != touched[:-1]).tolist()
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            part = slice(first * CHUNK, end * CHUNK)
            factor = self._factor(control[first * _GROUPS : (end + 2) * _GROUPS])
            np.multiply(held[part], factor[:, None], out=made[part])
        return made

    def _wanted(self, seen: Audio, count: int) -> Steps:
        """The gain (at most 0) that brings each group of `count` chunks under the ceiling; `seen` has both edges."""
        wanted = np.zeros(count * _GROUPS, np.int64)
        floor = self._ceiling / self._gain / HIGHEST_RISE
        if highest_sample(seen) < floor:
            return wanted
        at, heights = crests(seen, floor)
        # Each highest sample, too: what rises for longer than the look-ahead is over the ceiling before it has a peak.
        highest = np.abs(seen[EDGE:-EDGE]).reshape(len(wanted), -1).max(axis=1).astype(np.float64)
        np.maximum.at(highest, (at - EDGE) // _GROUP, heights)
        over = highest * self._gain > self._ceiling
        peaks_db = 20.0 * np.log10(self._ceiling / (highest[over] * self._gain))
        wanted[over] = np.floor(peaks_db / (_WANTED_STEPS * _STEP_DB)).astype(np.int64) * _WANTED_STEPS
        return wanted

    def _allowed(self, wanted: Steps) -> Steps:
        """Falls at once, rises at most `RELEASE_DB_S`."""
        last = int(self._control[-1])
        if not last and not wanted.any():
            return wanted
        ramp = self._release * np.arange(1, len(wanted) + 1)
        return np.minimum(np.minimum(ramp + np.minimum.accumulate(wanted - ramp), last + ramp), 0)

    def _factor(self, control: Steps) -> NDArray[np.float32]:
        """What the samples of all but the first and last of the chunks that `control` covers are multiplied with."""
        reach = 2 * self._ahead + 3
        around = control[_GROUPS - 1 - reach : len(control) - _GROUPS + 1 + reach]
        # The lowest over the window and one group beyond, then a mean over the window: never above what a sample needs.
        lowest = ndimage.minimum_filter1d(around, reach, mode="nearest") * _STEP_DB
        smooth = np.convolve(lowest, self._kernel, "same")[reach:-reach]  # of the groups, and one beyond at each side
        self.deepest_db = max(self.deepest_db, -float(smooth.min()))
        levels = 10.0 ** (smooth / 20.0) * self._gain
        between = (np.arange(_GROUP) + 0.5) / _GROUP
        rising = levels[:-1, None] + np.diff(levels)[:, None] * between  # from the middle of a group to the next one's
        return np.asarray(rising.reshape(-1)[_GROUP // 2 : -(_GROUP // 2)], np.float32)
