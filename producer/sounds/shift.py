"""A recording that is shifted off zero (DC): found, and taken out.

A cheap converter adds a constant to every sample. It is not heard by itself, but each start, end and cut of such a
recording is a step, which clicks, and it takes headroom from the master. What is shifted is high-passed, by a filter of
first order without any ring before a blow; what is not stays as it is, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.later import signal

LEAST = 10.0 ** (-80.0 / 20.0)
"""Full scale. What is less is rounding of 14 bits."""
LEAST_OF_ALL = 0.01
"""Of the sound's own RMS: its level is the cue's, and a step 40 dB under it is not heard."""
CORNER_HZ = 15.0
"""-3 dB there, -0.5 dB at 40 Hz: the lowest blow keeps its weight, and a shift that drifts goes as well."""
WINDOW_S = 0.05  # a period of 20 Hz
FEWEST = 3
"""Of so many windows a shift can be told from the lean of a blow; in less, only a gross one counts."""
GROSS = 0.01
SURE = (31.8, 6.96, 4.54, 3.75, 3.36, 3.14, 3.0)
"""Student's t, one in a hundred, for 1 to 7 degrees of freedom: what wind and thunder are beside zero is chance."""
REST_S = 0.001
"""The mean of so much of the beginning is where the filter takes the sound to have rested before."""


class Shift:
    """Listens to blocks as they go by, and knows then whether they were shifted."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._width = max(1, round(WINDOW_S * rate_hz))
        self._left = np.zeros((0, channels), np.float32)
        self._means: list[NDArray[np.float64]] = []
        self._sum, self._squares, self._length = np.zeros(channels), np.zeros(channels), 0

    def heard(self, blocks: Iterator[Audio]) -> Iterator[Audio]:
        """The same blocks."""
        for block in blocks:
            self.push(block)
            yield block

    def push(self, block: Audio) -> None:
        """The next samples, shape (n, channels)."""
        self._sum += block.sum(axis=0, dtype=float)
        self._squares += np.square(block, dtype=float).sum(axis=0)
        self._length += len(block)
        whole = np.concatenate([self._left, block])
        count = len(whole) // self._width
        windows = whole[: count * self._width].reshape(count, self._width, block.shape[1])
        self._means.append(windows.mean(axis=1, dtype=float))
        self._left = whole[count * self._width :]

    def is_one(self) -> bool:
        return bool(self.found().any())

    def found(self) -> NDArray[np.float64]:
        """What each channel is shifted by, shape (channels,); 0 where it is not.

        All of it, and half of its windows, are on one side, which the lean of a thump is not, and surely: the low end
        of a noise leans to a side as well, but from part to part to another.
        """
        means = np.concatenate(self._means) if self._means else self._left[:0]
        if not len(means):  # shorter than a period of the lowest tone: all of it may lean
            return np.zeros_like(self._sum)
        whole = self._sum / self._length
        least = np.maximum(LEAST_OF_ALL * np.sqrt(self._squares / self._length), LEAST)
        if len(means) < FEWEST:
            return np.where(np.abs(whole) > np.maximum(least, GROSS), whole, 0.0)
        middle = np.asarray(np.median(means, axis=0), np.float64)
        parts = np.array([part.mean(axis=0) for part in np.array_split(means, min(len(means), len(SURE) + 1))])
        stray = parts.std(axis=0, ddof=1) / np.sqrt(len(parts))
        one_side = (whole * middle > 0.0) & (np.minimum(np.abs(whole), np.abs(middle)) > least)
        return np.where(one_side & (np.abs(parts.mean(axis=0)) > SURE[len(parts) - 2] * stray), whole, 0.0)


def taken_out(blocks: Iterator[Audio], rate_hz: int) -> Iterator[Audio]:
    """The same blocks, high-passed as if they had rested before as they begin."""
    sections = signal.butter(1, CORNER_HZ, "highpass", output="sos", fs=rate_hz)
    state: NDArray[np.float64] | None = None
    for block in blocks:
        if state is None:
            rest = block[: max(1, round(REST_S * rate_hz))].mean(axis=0, dtype=float)
            state = signal.sosfilt_zi(sections)[:, :, None] * rest
        filtered, state = signal.sosfilt(sections, block.astype(np.float64), axis=0, zi=state)
        yield np.asarray(filtered, np.float32)
