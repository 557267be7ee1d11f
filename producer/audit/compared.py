"""A part of a programme as planned, held against the same part as heard: what the audit asks of all cells and moments.

It is counted and not judged, so that it can be summed up over parts in any cut: what is kept with a part says for good
what that part adds to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS, Seen
from producer.audit.levels import CELLS, OUTLINE, Codes, Powers
from producer.audit.reference import relation
from producer.audit.rows import Rows
from producer.dsp.grid import COARSE
from producer.frozen import dataclass

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

AUDIBLE_DB = -75.0
"""Below this a cell of a mastered programme is taken for silence."""
MASKED_DB = 50.0
"""So far under the frame's loudest band a codec keeps little."""
MOMENT_DB = -60.0
"""Below this a moment is."""
APART = 511
"""Differences between two codes; 255 is none."""
_LOUD_DB = 35.0
_COLUMN = np.arange(BANDS) * APART + 255
_AT_ONCE = 1 << 13  # coarse frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A part, or all of them: `planned`, `found` and `power` are one part after the other, the others sums."""

    cells: NDArray[np.integer]
    """See `cells_apart`."""
    moments: NDArray[np.integer]
    """See `moments_apart`."""
    planned: Powers
    """See `relation`."""
    found: Powers
    power: NDArray[np.float64]
    """See `powers`, of what is heard."""
    names: tuple[str, ...] = ()
    """What names each part of all of them, planned and heard."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """To be kept; a part has few frames."""
        counts = {"cells": self.cells.astype(np.uint16), "moments": self.moments.astype(np.uint16)}
        return {**counts, "planned": self.planned, "found": self.found, "power": self.power}

    @classmethod
    def known(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """What `arrays` kept."""
        return cls(
            cells=arrays["cells"],
            moments=arrays["moments"],
            planned=arrays["planned"],
            found=arrays["found"],
            power=arrays["power"],
        )


def compared(planned: Seen, heard: Seen) -> Compared:
    """A part as it went into the encoder, and as it came out of it."""
    usable = np.ones((len(planned.cell_codes), 1), np.bool_)
    return Compared(
        cells=cells_apart(planned.cell_codes, heard.cell_codes, usable),
        moments=moments_apart(planned.moment_codes, heard.moment_codes),
        planned=relation(planned),
        found=relation(heard),
        power=powers(heard.channels, -(-len(heard.channels) // COARSE)),
    )


class Comparison:
    """Puts together what was compared of the parts of a programme."""

    def __init__(self) -> None:
        self._cells, self._moments = np.zeros((2, BANDS, APART), np.int64), np.zeros((2, APART), np.int64)
        self._names: list[str] = []
        self._along: list[tuple[Powers, Powers, NDArray[np.float64]]] = []

    def add(self, part: Compared, name: str) -> None:
        """The next part, and what names it; all but the last are whole coarse frames."""
        self._names.append(name)
        self._cells += part.cells
        self._moments += part.moments
        self._along.append((part.planned.copy(), part.found.copy(), part.power.copy()))  # without what lay beside them

    def whole(self) -> Compared:
        """All of them, at least one."""
        planned, found, power = (np.concatenate(rows) for rows in zip(*self._along, strict=True))
        return Compared(
            cells=self._cells,
            moments=self._moments,
            planned=planned,
            found=found,
            power=power,
            names=tuple(self._names),
        )


def trusted(expected: Powers, there: Powers) -> tuple[Flags, Powers]:
    """Which cells are not lost under others, and the loudest of each frame."""
    louder = np.maximum(expected, there)
    top = louder.max(axis=1, keepdims=True)
    return (louder > AUDIBLE_DB) & (louder > top - MASKED_DB), top


def cells_apart(expected: Codes, heard: Codes, usable: Flags) -> Counts:
    """How often cells are so many steps louder than expected, shape (2, BANDS, APART).

    Of all that can be judged, and of those that are well there in both.

    Args:
        usable: which frames can be judged, shape (frames, 1).
    """
    expected_db, there_db = CELLS.decoded(expected), CELLS.decoded(heard)
    judged, top = trusted(expected_db, there_db)
    common = judged & (np.minimum(expected_db, there_db) > AUDIBLE_DB) & (expected_db > top - _LOUD_DB)
    codes = heard.astype(np.int64) - expected.astype(np.int64) + _COLUMN
    counts = [np.bincount(codes[which], minlength=BANDS * APART) for which in (judged & usable, common)]
    return np.stack(counts).reshape(2, BANDS, APART)


def moments_apart(planned: Codes, heard: Codes) -> Counts:
    """How often moments that are loud enough are so many steps louder than planned, shape (2, APART)."""
    apart = np.subtract(heard, planned, dtype=np.int16) + np.int16(255)
    loud = planned > OUTLINE.coded(np.array(MOMENT_DB))
    return np.stack([np.bincount(apart[loud[:, band], band], minlength=APART) for band in (0, 1)])


def powers(channels: Rows | Powers, count: int) -> NDArray[np.float64]:
    """The power of both channels in each of `count` coarse frames."""
    made = np.zeros(count)
    for low in range(0, count, _AT_ONCE):
        high = min(count, low + _AT_ONCE)
        level = channels[low * COARSE : high * COARSE][:, :2].sum(axis=1)
        power = np.zeros((high - low) * COARSE)
        power[: len(level)] = level
        made[low:high] = power.reshape(-1, COARSE).mean(axis=1)
    return made
