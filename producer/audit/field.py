"""Expected against heard, cell by cell: how far each cell is off, which cells can be trusted, and what has a share."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS, Whole
from producer.audit.clips import Piece, PlacedClip, add
from producer.audit.levels import CELLS, Codes, Powers, db
from producer.audit.reference import Reference
from producer.audit.rows import Rows
from producer.dsp import grid

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AUDIBLE_DB = -75.0
"""Below this a cell of a mastered programme is taken for silence."""
MASKED_DB = 50.0
"""So far under the frame's loudest band a codec keeps little."""
MOST_DB = 25.0
"""Cells count as at most so far off: what is gone is gone."""
OFF_DB = 2.5
"""A cell that is farther off is not as planned. MP3 at 192 kbps stays within 1 dB nearly everywhere."""
_LEAST = 1e-9
_APART = 511
_KEPT = 12  # stretches of which everything is in memory: six minutes


def cost(off_db: Powers) -> Powers:
    """What cells that are off cost: the decibels, but one cell no more than 8 of them."""
    return np.minimum(np.abs(off_db), np.float32(8.0))


class Levels:
    """Levels of cells in dB, kept in bytes and decoded where they are asked for; the lowest where there are none."""

    def __init__(self, codes: Rows) -> None:
        self._codes = codes

    def __getitem__(self, rows: slice) -> Powers:
        return CELLS.decoded(self.codes(rows.start, rows.stop))

    def codes(self, start: int, stop: int) -> Codes:
        """Rows [start, stop) as they are kept."""
        found = self._codes[start:stop]
        if len(found) == stop - start:
            return found
        made = np.zeros((stop - start, BANDS), np.uint8)
        made[: len(found)] = found
        return made


class Windows:
    """Rows of all frames, made stretch by stretch where they are asked for. What was written to it is kept."""

    def __init__(self, edges: Sequence[int], make: Callable[[int], NDArray[Any]]) -> None:
        """`make` makes the rows of a stretch, which begins at the edge of its number."""
        self._edges, self._make = np.array(edges), make
        self._made: OrderedDict[int, NDArray[Any]] = OrderedDict()
        self._written: dict[int, NDArray[Any]] = {}

    def stretch(self, number: int) -> NDArray[Any]:
        """The rows of a stretch, not to be written to."""
        if number in self._written:
            return self._written[number]
        if number in self._made:
            self._made.move_to_end(number)
        else:
            self._made[number] = self._make(number)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[number]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Rows [start, stop), not to be written to."""
        found = [self.stretch(number)[low:high] for number, low, high in self._within(rows)]
        return found[0] if len(found) == 1 else np.concatenate(found or [self.stretch(0)[:0]])

    def __setitem__(self, rows: slice, values: NDArray[Any]) -> None:
        at = 0
        for number, low, high in self._within(rows):
            if number not in self._written:
                self._written[number] = self.stretch(number).copy()
                self._made.pop(number, None)
            self._written[number][low:high] = values[at : at + high - low]
            at += high - low

    def _within(self, rows: slice) -> Iterator[tuple[int, int, int]]:
        """The stretches that have of these rows, and which of theirs these are."""
        start, stop, _ = rows.indices(int(self._edges[-1]))
        number = int(np.searchsorted(self._edges, start, side="right")) - 1
        while start < stop:
            low, high = int(self._edges[number]), int(self._edges[number + 1])
            yield number, start - low, min(stop, high) - low
            start, number = high, number + 1


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a stretch before anything is explained, see `Field`."""

    total: Powers
    trusted: Flags
    off: NDArray[np.float16]


class Field:
    """The cells of one episode while findings explain them, one after another.

    Only a few stretches of it are in memory, and those in which something was found.
    """

    def __init__(self, reference: Reference, seen: Whole) -> None:
        frames, count = len(reference.cell_codes), min(len(reference.cell_codes), len(seen.cell_codes))
        self.frames, self.there = frames, count
        self.rate_hz, self.frame_s = reference.rate_hz, grid.frame_s(reference.rate_hz)
        self.expected, self.heard = Levels(reference.cell_codes), Levels(seen.cell_codes)
        self.clips: Mapping[str, PlacedClip] = reference.clips.placed
        self.edges = reference.clips.edges
        self._powers = reference.clips
        self.explained: Flags = np.zeros(frames, np.bool_)
        self.usable: Flags = np.ones(frames, np.bool_)
        self.usable[max(0, count - 1) :] = count == frames  # the last frame before an early end is cut
        judged, common = self._apart()
        offs: Floats = np.arange(-255.0, 256.0) * CELLS.step_db
        self.gain_db = np.zeros(BANDS, np.float32)
        self.spread_db = np.full(BANDS, 0.3, np.float32)
        for band in range(BANDS):
            if common[band].sum() >= 20:
                self.gain_db[band] = _median(offs, common[band])
                self.spread_db[band] = 1.4826 * _median(np.abs(offs - self.gain_db[band]), common[band])
        level = np.median(self.gain_db)
        # A band that the codec does not carry at all says nothing.
        self._carried: Flags = self.gain_db > level - 6.0
        self.limit_db = np.maximum(np.float32(OFF_DB), 6.0 * self.spread_db)
        self.unlike = _unlike(judged[self._carried], offs - self.gain_db[self._carried, None].astype(float))
        self.total = Windows(self.edges, self._total)
        self.trusted = Windows(self.edges, self._trusted)
        self._off_of = self._off
        self.off = Windows(self.edges, self._off_of)

    def _apart(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How often cells are so many steps louder than expected, shape (BANDS, _APART): 255 is as expected.

        Of all that can be judged, and of those that are well there in both.
        """
        counts = np.zeros((2, BANDS * _APART), np.int64)
        column = np.arange(BANDS) * _APART + 255
        for start, end in pairwise(self.edges):
            expected, there = self.expected[start:end], self.heard[start:end]
            trusted, top = _trusted(expected, there)
            common = trusted & (np.minimum(expected, there) > AUDIBLE_DB) & (expected > top - 35.0)
            codes = self.heard.codes(start, end).astype(np.int64) - self.expected.codes(start, end) + column
            for kind, which in enumerate((trusted & self.usable[start:end, None], common)):
                counts[kind] += np.bincount(codes[which], minlength=BANDS * _APART)
        judged, common_counts = counts.reshape(2, BANDS, _APART)
        return judged, common_counts

    def _total(self, number: int) -> Powers:
        start, end = self.edges[number], self.edges[number + 1]
        total = np.zeros((end - start, BANDS), np.float32)
        pieces, powers = self._powers.within(number)
        for piece in pieces:
            add(total, piece, powers[piece.at : piece.at + piece.rows], start)
        return total

    def _trusted(self, number: int) -> Flags:
        start, end = self.edges[number], self.edges[number + 1]
        return _trusted(self.expected[start:end], self.heard[start:end])[0] & self._carried

    def _off(self, number: int) -> NDArray[np.float16]:
        start, end = self.edges[number], self.edges[number + 1]
        off = self.heard[start:end] - self.expected[start:end] - self.gain_db
        return np.asarray(np.clip(off, -MOST_DB, MOST_DB), np.float16)

    def frames_of(self, seconds: float) -> int:
        """How many frames come nearest to `seconds`."""
        return grid.frames_of(seconds, self.rate_hz)

    @property
    def level_db(self) -> float:
        """How much louder than expected the whole is."""
        return float(np.median(self.gain_db))

    @cached_property
    def limited_db(self) -> Powers:
        """How far the limiter holds each frame down, about: shape (frames,), 0 or more."""
        gains = np.full(self.frames, np.nan, np.float32)
        for number, (start, end) in enumerate(pairwise(self.edges)):
            expected = self.expected[start:end]
            over = np.where(expected > AUDIBLE_DB, expected - db(self.total.stretch(number)), np.nan)
            loud = np.isfinite(over).sum(axis=1) >= BANDS // 2
            if loud.any():
                gains[start:end][loud] = np.nanmedian(over[loud], axis=1)
        there = np.isfinite(gains)
        usual = np.median(gains[there]) if there.any() else 0.0
        return np.asarray(np.nan_to_num(np.maximum(usual - gains, 0.0)), np.float32)

    def stretches(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Frames [first, last) in pieces, none of which reaches into two stretches."""
        number = bisect_right(self.edges, first) - 1
        while first < last:
            high = min(last, self.edges[number + 1])
            yield first, high
            first, number = high, number + 1

    def fresh(self, number: int) -> Cells:
        """A stretch as it is while nothing is explained; from any thread."""
        return Cells(self._total(number), self._trusted(number), self._off_of(number))

    def pieces(self, number: int) -> tuple[tuple[Piece, ...], Powers]:
        """The clips of a stretch, see `Clips.within`."""
        return self._powers.within(number)

    def own(self, clip: PlacedClip, first: int, last: int) -> Powers:
        """The clip's powers in frames [first, last), linear, shape (last - first, BANDS)."""
        return self._powers.own(clip, first, last)

    def span(self, clip: PlacedClip, around: int = 0) -> tuple[int, int]:
        """Its frames, and so many before and after them, inside the episode."""
        return max(0, clip.first - around), min(self.frames, clip.last + around)

    def wanting(self, first: int, last: int, around: int) -> bool:
        """Whether one clip that rules frames [first, last) is wanting in the frames around them, too.

        Then what is low there is that clip, not everything. Clips that are heard in hardly any other frame are told by
        how much of them is in these frames.
        """
        low, high = max(0, first - around), min(self.frames, last + around)
        whole = np.maximum(self.total[low:high].sum(axis=1), 1e-12)
        should = np.power(10.0, (self.expected[low:high] + self.gain_db) / 10.0).sum(axis=1)
        heard = np.power(10.0, self.heard[low:high] / 10.0).sum(axis=1)
        weak = 10.0 * np.log10(np.maximum(heard, 1e-12) / np.maximum(should, 1e-12)) < -5.0
        inside = np.zeros(high - low, np.bool_)
        inside[max(0, first - low - 1) : last - low + 1] = True
        audible = should > 10.0 ** (AUDIBLE_DB / 10.0)
        for clip in self.clips.values():
            start, end = self.span(clip)
            if start >= last or end <= first:
                continue
            own = self.own(clip, low, high).sum(axis=1)
            if own[first - low : last - low].sum() < 0.3 * whole[first - low : last - low].sum():
                continue
            near = ~inside & audible & (own > 0.5 * whole)
            if near.sum() >= 3:
                if weak[near].mean() > 0.3:
                    return True
            elif own[inside].sum() > 0.4 * self.own(clip, start, end).sum():
                return True
        return False

    def change(self, first: int, last: int, own: Powers, instead: Powers) -> Powers:
        """By how many decibels cells change when `own` is taken out and `instead` is put in."""
        total = np.maximum(self.total[first:last], _LEAST)
        left = np.maximum(self.total[first:last] - own, 0.0) + instead
        return np.clip(db(np.maximum(left, 1e-3 * _LEAST) / total), -MOST_DB, MOST_DB)

    def seen_in(self, first: int, last: int) -> Flags:
        """Which cells of frames [first, last) can be judged."""
        return self.trusted[first:last] & self.usable[first:last, None]

    def settle(self, first: int, reach: Flags) -> None:
        """From frame `first` on, the cells of `reach` are explained: they are not judged again."""
        last = first + len(reach)
        self.trusted[first:last] = self.trusted[first:last] & ~reach
        self.explained[first:last] |= reach.any(axis=1)

    def unlimited(self) -> None:
        """Take for planned what a limiter that did nothing would leave higher. Before anything is explained."""
        self._off_of = self._unlimited_off
        self.off = Windows(self.edges, self._off_of)

    def _unlimited_off(self, number: int) -> NDArray[np.float16]:
        off, (start, end) = self._off(number), self.edges[number : number + 2]
        higher = np.median(np.where(self._trusted(number), off, 0.0), axis=1)
        return np.asarray(
            off - np.clip(higher, 0.0, self.limited_db[start:end])[:, None].astype(np.float16), np.float16
        )


def _trusted(expected: Powers, there: Powers) -> tuple[Flags, Powers]:
    """Which cells are not lost under others, and the loudest of each frame."""
    louder = np.maximum(expected, there)
    top = louder.max(axis=1, keepdims=True)
    return (louder > AUDIBLE_DB) & (louder > top - MASKED_DB), top


def _unlike(counts: NDArray[np.int64], off_db: Floats) -> bool:
    """Whether so many cells are too loud and so many too quiet that this cannot be the same programme."""
    most = 0.15 * counts.sum()
    return bool(counts.sum() >= 100 and counts[off_db > OFF_DB].sum() > most and counts[off_db < -OFF_DB].sum() > most)


def _median(values: NDArray[np.floating], counts: NDArray[np.int64]) -> float:
    """The median of values that come so often; between two steps, where it lies between them."""
    order = np.argsort(values, kind="stable")
    return float(np.interp(counts.sum() / 2.0, np.cumsum(counts[order]) - counts[order] / 2.0, values[order]))
