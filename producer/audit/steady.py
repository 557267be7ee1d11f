"""What goes on all the time and is in no plan: a hum, a hiss, a shift off zero. The quietest of a programme tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import EDGES_HZ
from producer.audit.levels import CELLS, OUTLINE, Powers, Scale
from producer.audit.programme import Heard
from producer.audit.reference import Reference
from producer.audit.rows import Rows
from producer.frozen import dataclass

_SHARES = (0.05, 0.1, 0.2)
"""The quietest of a band: what is steady lifts all of these, and what a codec smears into pauses does not."""
_RISEN_DB = 6.0
"""MP3, AAC and Opus lift none of them by more than 1 dB."""
_HEARD_DB = -65.0
_LEAST = 100  # frames: what is shorter has no quietest twentieth
_AT_ONCE = 1 << 16  # rows


@dataclass(frozen=True, slots=True)
class Steady:
    """A steady sound: its bands, and how far over the plan it lifts the quietest fifth of the loudest of them."""

    low_hz: float
    high_hz: float
    risen_db: float

    @property
    def where(self) -> str:
        """Where it is heard, and what it may be."""
        if not self.low_hz:
            return f"below {self.high_hz:.0f} Hz: the signal is shifted off zero, or rumbles"
        what = "hum" if self.low_hz < EDGES_HZ[2] else "hiss"
        return f"from {self.low_hz:.0f} to {self.high_hz:.0f} Hz, as {what} is"


def steady(reference: Reference, heard: Heard, level_db: float) -> Steady | None:
    """What is steady and not planned, or None; the whole is `level_db` louder than planned."""
    seen = heard.seen
    if min(len(reference.cell_codes), len(seen.cell_codes)) < _LEAST:
        return None
    risen, there = _risen(reference.cell_codes, seen.cell_codes, CELLS, level_db)
    bands = np.flatnonzero((risen.min(axis=0) > _RISEN_DB) & (there[-1] > _HEARD_DB))
    if len(bands):
        low, high = int(bands[0]), int(bands[-1])
        return Steady(EDGES_HZ[low], EDGES_HZ[high + 1], float(risen[-1, bands].max()))
    risen, there = _risen(reference.outline_codes, seen.moment_codes, OUTLINE, level_db)
    if risen[:, 0].min() > _RISEN_DB and there[-1, 0] > _HEARD_DB:
        return Steady(0.0, EDGES_HZ[0], float(risen[-1, 0]))
    return None


def _risen(planned: Rows, found: Rows, scale: Scale, level_db: float) -> tuple[Powers, Powers]:
    """How far over its plan each share of each column is, and how loud that is: shapes (shares, columns)."""
    count = min(len(planned), len(found))
    should, there = (_quietest(rows, count, scale) for rows in (planned, found))
    return there - np.maximum(should, np.float32(CELLS.lowest_db)) - np.float32(level_db), there


def _quietest(rows: Rows, count: int, scale: Scale) -> Powers:
    """The level that each of the shares of `count` rows stays under, in each column."""
    counts: list[NDArray[np.intp]] = []
    for low in range(0, count, _AT_ONCE):
        columns = rows[low : min(count, low + _AT_ONCE)].T
        found = [np.bincount(codes, minlength=256) for codes in columns]
        counts = [one + more for one, more in zip(counts, found, strict=True)] if counts else found
    along = np.cumsum(counts, axis=1)
    return scale.decoded(np.stack([(along <= share * count).sum(axis=1) for share in _SHARES]))
