"""Levels in a byte: decibels in equal steps, as the reference and the parts of a programme keep them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass

Powers = NDArray[np.float32]
"""Mean squares, full scale 1."""
Codes = NDArray[np.uint8]

_LEAST = 1e-12  # -120 dB: no more than rounding


def db(power: NDArray[np.floating]) -> Powers:
    """Decibels of powers, nothing below -120."""
    return np.asarray(10.0 * np.log10(np.maximum(power, _LEAST)), np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """What the 256 values of a byte mean."""

    lowest_db: float
    """0: this, or less."""
    step_db: float

    def coded(self, level_db: NDArray[np.floating]) -> Codes:
        """Decibels in bytes."""
        steps = np.rint((level_db - np.float32(self.lowest_db)) / np.float32(self.step_db))
        return np.asarray(np.clip(steps, 0, 255), np.uint8)

    def decoded(self, codes: NDArray[np.integer]) -> Powers:
        """The decibels of bytes."""
        made = codes.astype(np.float32)
        made *= np.float32(self.step_db)
        made += np.float32(self.lowest_db)
        return made


CELLS = Scale(-84.5, 1.0 / 3.0)
"""Of a mastered programme, which has nothing over full scale."""
OUTLINE = Scale(-120.0, 1.5)
CLIPS = Scale(-120.0, 0.5)
"""Of clips in the mix, which may have."""


def steps(codes: Codes) -> Codes:
    """From each value to the next in time, shape (columns, rows): near nothing, mostly, and so they pack well."""
    return np.diff(codes.T, axis=1, prepend=np.uint8(0))


def from_steps(made: Codes) -> Codes:
    """What `steps` made its own of, shape (rows, columns)."""
    return np.ascontiguousarray(made.cumsum(axis=1, dtype=np.uint8).T)
