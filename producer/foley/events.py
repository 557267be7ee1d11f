"""Things that happen at moments of their own (drops, crackles, bubbles): found by their place, drawn as grains.

Time is cut into cells with seeds of their own; a cell holds a Poisson number of events. Thinning makes the density
ridable: events come at the highest rate that may be asked for and each carries a mark, and only those whose mark is
under the wanted share are heard (Lewis and Shedler, Naval Research Logistics 26, 1979). So raising the density adds
events and moves none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.foley.wander import Floats, Ints, hashed, keys
from producer.frozen import dataclass

Singles = NDArray[np.float32]
_AT_ONCE = 100_000  # samples of grains made together: as many as stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Events:
    """What happens in a stretch, in a fixed order."""

    at_s: Floats  # shape (events,)
    marks: Floats  # shape (marks, events), each even in [0, 1): what the event is like, one row per question
    names: Ints  # shape (events,): one number per event, to seed whatever belongs to it

    def where(self, chosen: NDArray[np.bool_]) -> Events:
        """Only those chosen, in the same order."""
        return Events(self.at_s[chosen], np.ascontiguousarray(self.marks[:, chosen]), self.names[chosen])

    def __len__(self) -> int:
        return len(self.at_s)


@lru_cache(maxsize=64)
def _poisson(mean: float) -> tuple[float, ...]:
    """The cumulative Poisson distribution, up to where all that is left is rounding."""
    term = float(np.exp(-mean))
    total, steps, count = term, [term], 0
    while total < 1.0 - 1e-12 and count < mean + 12.0 * mean**0.5 + 20.0:
        count += 1
        term *= mean / count
        total += term
        steps.append(total)
    return tuple(steps)


def poisson(from_s: float, to_s: float, per_s: float, seed: int, *, marks: int = 4) -> Events:
    """Every event in the cells that touch [from_s, to_s), at `per_s` on average; times may be before 0."""
    cell_s = min(max(8.0 / per_s, 0.05), 20.0)
    first, last = int(np.floor(from_s / cell_s)), int(np.floor(to_s / cell_s)) + 1
    cells = np.arange(first, last, dtype=np.int64)
    steps = np.asarray(_poisson(per_s * cell_s))
    counts = np.searchsorted(steps, hashed(cells, seed), side="right")
    slots = len(steps) + 1
    name = (np.repeat(cells * slots, counts) + ranges(counts)).astype(np.int64)
    at = np.repeat(cells, counts) * cell_s + cell_s * hashed(name, seed + 1)
    drawn = Events(at, hashed(name, keys(seed, marks)[:, None]), name)
    return drawn.where((at >= from_s) & (at < to_s))


def ranges(counts: NDArray[np.int64] | NDArray[np.intp]) -> NDArray[np.int64]:
    """0 … count - 1 for each count, end to end."""
    total = int(counts.sum())
    return np.arange(total, dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)


def thinned(events: Events, wanted_per_s: Floats, per_s: float, mark: int = 0) -> Events:
    """Those heard when `wanted_per_s` (one per event) of `per_s` are wanted; decided by row `mark`."""
    return events.where(events.marks[mark] * per_s < wanted_per_s)


Grains = Callable[[slice], Singles]
"""Which of the events -> their samples, shape (events of the slice, length)."""


@dataclass(frozen=True, slots=True)
class Grained:
    """Events with their sounds, all of one length."""

    first: Ints  # shape (events,): the sample number where each grain begins
    length: int  # samples in a grain
    grains: Grains  # makes them, some at a time; only those that can be heard are made
    left: Floats  # gains, shape (events,)
    right: Floats


def drawn(start: int, stop: int, first: Ints, length: int, grains: Grains, left: Floats, right: Floats) -> Audio:
    """`drawn_together` of one group."""
    return drawn_together(start, stop, [Grained(first, length, grains, left, right)])


def drawn_together(start: int, stop: int, groups: Sequence[Grained]) -> Audio:
    """Every event's grain, added up group by group in the events' order: samples [start, stop), shape (n, 2)."""
    planes = np.zeros((2, stop - start), np.float32)
    for group in groups:
        _add(planes, start, stop, group)
    return np.ascontiguousarray(planes.T)


def _add(planes: Singles, start: int, stop: int, group: Grained) -> None:
    first, length = group.first, group.length
    heard = np.flatnonzero((first < stop) & (first + length > start))
    gains = np.stack([group.left, group.right]).astype(np.float32)
    low, high = (int(heard[0]), int(heard[-1]) + 1) if len(heard) else (0, 0)
    together = max(4, _AT_ONCE // max(length, 1))
    for begin in range(low, high, together):
        chosen = slice(begin, min(high, begin + together))
        made = group.grains(chosen)
        for row, event in enumerate(range(chosen.start, chosen.stop)):
            at = int(first[event]) - start
            head, tail = max(0, -at), min(length, stop - start - at)
            if head < tail:
                for channel in (0, 1):
                    planes[channel, at + head : at + tail] += made[row, head:tail] * gains[channel, event]


def placed(pan: Floats) -> tuple[Floats, Floats]:
    """Left and right gains of equal power for pans of -1 … 1, kept inside what folds to mono well."""
    angle = (0.25 + 0.17 * np.asarray(pan, float)) * np.pi
    return np.cos(angle) * 2.0**0.5, np.sin(angle) * 2.0**0.5
