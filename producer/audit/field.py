"""Expected against heard, cell by cell: how far each cell is off, which cells can be trusted, and what has a share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS, Seen
from producer.audit.levels import CELLS, Codes, Powers, db
from producer.audit.reference import Reference, add
from producer.audit.tap import ClipCells
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
_AT_ONCE = 1 << 13  # frames that are decoded at once: more than two minutes


def cost(off_db: Powers) -> Powers:
    """What cells that are off cost: the decibels, but one cell no more than 8 of them."""
    return np.minimum(np.abs(off_db), np.float32(8.0))


class Levels:
    """Levels of cells in dB, kept in bytes and decoded where they are asked for."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes

    def __getitem__(self, rows: slice) -> Powers:
        return CELLS.decoded(self.codes[rows])


class Field:
    """The cells of one episode while findings explain them, one after another."""

    def __init__(self, reference: Reference, seen: Seen) -> None:
        frames, count = len(reference.cell_codes), min(len(reference.cell_codes), len(seen.cell_codes))
        heard = np.zeros((frames, BANDS), np.uint8)
        heard[:count] = seen.cell_codes[:count]
        self.frames, self.there = frames, count
        self.rate_hz, self.frame_s = reference.rate_hz, grid.frame_s(reference.rate_hz)
        self.expected, self.heard = Levels(reference.cell_codes), Levels(heard)
        self.clips: Mapping[str, ClipCells] = reference.clips
        self.total = np.zeros((frames, BANDS), np.float32)
        for clip in reference.clips.values():
            add(self.total, clip, _linear(clip.powers))
        self.explained: Flags = np.zeros(frames, np.bool_)
        self.usable: Flags = np.ones(frames, np.bool_)
        self.usable[max(0, count - 1) :] = count == frames  # the last frame before an early end is cut
        self.trusted: Flags = np.zeros((frames, BANDS), np.bool_)
        steps = np.zeros((BANDS, 511), np.int64)
        for part in self._parts():
            expected, there = self.expected[part], self.heard[part]
            louder = np.maximum(expected, there)
            top = louder.max(axis=1, keepdims=True)
            self.trusted[part] = (louder > AUDIBLE_DB) & (louder > top - MASKED_DB)
            common = self.trusted[part] & (np.minimum(expected, there) > AUDIBLE_DB) & (expected > top - 35.0)
            apart = heard[part].astype(np.int64) - reference.cell_codes[part] + 255
            for band in range(BANDS):
                steps[band] += np.bincount(apart[common[:, band], band], minlength=511)
        self.gain_db = np.zeros(BANDS, np.float32)
        self.spread_db = np.full(BANDS, 0.3, np.float32)
        offs = (np.arange(511) - 255) * CELLS.step_db
        for band in range(BANDS):
            if steps[band].sum() >= 20:
                self.gain_db[band] = _median(offs, steps[band])
                self.spread_db[band] = 1.4826 * _median(np.abs(offs - self.gain_db[band]), steps[band])
        level = np.median(self.gain_db)
        # A band that the codec does not carry at all says nothing.
        self.trusted &= (self.gain_db > level - 6.0)[None, :]
        self.off = np.zeros((frames, BANDS), np.float16)
        for part in self._parts():
            self.off[part] = np.clip(self.heard[part] - self.expected[part] - self.gain_db, -MOST_DB, MOST_DB)
        self.limit_db = np.maximum(np.float32(OFF_DB), 6.0 * self.spread_db)
        self.limited_db = self._limited()

    def frames_of(self, seconds: float) -> int:
        """How many frames come nearest to `seconds`."""
        return grid.frames_of(seconds, self.rate_hz)

    @property
    def level_db(self) -> float:
        """How much louder than expected the whole is."""
        return float(np.median(self.gain_db))

    @property
    def unlike(self) -> bool:
        """Whether so many cells are too loud and so many too quiet that this cannot be the same programme."""
        judged = self.trusted & self.usable[:, None]
        off = self.off[judged]
        return len(off) >= 100 and bool((off > OFF_DB).mean() > 0.15 and (off < -OFF_DB).mean() > 0.15)

    def _limited(self) -> Powers:
        """How far the limiter holds each frame down, about: shape (frames,), 0 or more."""
        gains = np.full(self.frames, np.nan, np.float32)
        for part in self._parts():
            expected = self.expected[part]
            over = np.where(expected > AUDIBLE_DB, expected - db(self.total[part]), np.nan)
            loud = np.isfinite(over).sum(axis=1) >= BANDS // 2
            if loud.any():
                gains[part][loud] = np.nanmedian(over[loud], axis=1)
        there = np.isfinite(gains)
        usual = np.median(gains[there]) if there.any() else 0.0
        return np.asarray(np.nan_to_num(np.maximum(usual - gains, 0.0)), np.float32)

    def _parts(self) -> Iterator[slice]:
        """All frames, some at a time."""
        return (slice(low, min(low + _AT_ONCE, self.frames)) for low in range(0, self.frames, _AT_ONCE))

    def own(self, clip: ClipCells, first: int, last: int) -> Powers:
        """The clip's powers in frames [first, last), linear, shape (last - first, BANDS)."""
        made = np.zeros((last - first, BANDS), np.float32)
        rows = _linear(clip.powers)
        if clip.step > 1:
            rows = np.repeat(rows, clip.step, axis=0)
        at = clip.first * clip.step
        low, high = max(first, at), min(last, at + len(rows))
        if low < high:
            made[low - first : high - first] = rows[low - at : high - at]
        return made

    def span(self, clip: ClipCells, around: int = 0) -> tuple[int, int]:
        """Its frames, and so many before and after them, inside the episode."""
        at = clip.first * clip.step
        return max(0, at - around), min(self.frames, at + len(clip.powers) * clip.step + around)

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
        self.trusted[first:last] &= ~reach
        self.explained[first:last] |= reach.any(axis=1)

    def unlimited(self) -> None:
        """Take for planned what a limiter that did nothing would leave higher."""
        for part in self._parts():
            higher = np.median(np.where(self.trusted[part], self.off[part], 0.0), axis=1)
            self.off[part] -= np.clip(higher, 0.0, self.limited_db[part])[:, None].astype(np.float16)


def _median(values: NDArray[np.floating], counts: NDArray[np.int64]) -> float:
    """The median of values that come so often; between two steps, where it lies between them."""
    order = np.argsort(values, kind="stable")
    return float(np.interp(counts.sum() / 2.0, np.cumsum(counts[order]) - counts[order] / 2.0, values[order]))


def _linear(level_db: Powers) -> Powers:
    """Powers of decibels; the lowest code is nothing at all."""
    return np.where(level_db > -119.5, np.power(10.0, level_db / 10.0), 0.0).astype(np.float32)
