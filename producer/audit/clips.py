"""Each clip's own powers in a mix, in pieces: one for each stretch of the episode in which it is heard.

What is held of a piece is where it is; its powers are in a table that is read stretch by stretch.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.laid import Buses, Laid, early, joined, under
from producer.audit.levels import CLIPS, Powers
from producer.audit.rows import MEMORY, Room, Rows
from producer.audit.tap import ClipCells
from producer.dsp.grid import COARSE
from producer.frozen import dataclass

_STRETCH, _CLIP, _FIRST, _STEP, _ROWS, _AT = range(6)
_POWERS = np.where(np.arange(256) > 0, np.power(10.0, CLIPS.decoded(np.arange(256)) / 10.0), 0.0).astype(np.float32)
"""Of codes; the lowest is nothing at all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a clip within one stretch."""

    clip: int
    first: int
    """Of the first row, counted in rows of this size from the start of the episode."""
    step: int
    rows: int
    at: int
    """In the table."""


@dataclass(frozen=True, slots=True)
class PlacedClip:
    """Where a clip is: frames [first, last), from its first row to its last."""

    name: str
    number: int
    step: int
    first: int
    last: int
    pieces: NDArray[np.int64]


class Clips:
    """Every clip that is heard in a mix."""

    def __init__(
        self,
        names: Sequence[str],
        edges: Sequence[int],
        pieces: NDArray[np.int64],
        table: Rows,
        factors: NDArray[np.float32] | None = None,
        *,
        highest: Powers | None = None,
        marks: Sequence[str] = (),
    ) -> None:
        """What is known of the clips.

        Args:
            names: in the order of their numbers.
            edges: the frames where stretches begin, and the last one's end.
            pieces: stretch, clip, first, step, rows, and where in the table they begin, shape (n, 6); in order of
                stretches, in each of them of clips.
            table: powers, linear with `factors` to go on top, or else codes of `CLIPS`.
            factors: of each clip.
            highest: power of each piece, where that is known; marks: what names all of a stretch's pieces, where
                anything does.
        """
        self.names = tuple(names)
        self.edges = tuple(edges)
        self.pieces = pieces
        self._table, self._factors, self._highest = table, factors, highest
        self.marks = tuple(marks)
        self._begins = np.searchsorted(pieces[:, _STRETCH], np.arange(len(self.edges)))

    @property
    def stretches(self) -> Iterator[tuple[int, int]]:
        """Frames [start, end) of each stretch."""
        return pairwise(self.edges)

    @cached_property
    def placed(self) -> Mapping[str, PlacedClip]:
        """Every clip, in order."""
        order = np.argsort(self.pieces[:, _CLIP], kind="stable")
        ends = np.searchsorted(self.pieces[order, _CLIP], np.arange(len(self.names) + 1))
        pieces, begins = self.pieces[order], ends[:-1]
        if not len(pieces):
            return {}
        steps = pieces[begins, _STEP]
        firsts = np.minimum.reduceat(pieces[:, _FIRST], begins) * steps
        lasts = np.maximum.reduceat(pieces[:, _FIRST] + pieces[:, _ROWS], begins) * steps
        mine = np.split(pieces, begins[1:])
        every = zip(self.names, steps.tolist(), firsts.tolist(), lasts.tolist(), mine, strict=True)
        return {
            name: PlacedClip(name, number, step, first, last, rows)
            for number, (name, step, first, last, rows) in enumerate(every)
        }

    @cached_property
    def highest(self) -> Powers:
        """The highest power of each clip."""
        most = np.zeros(len(self.names), np.float32)
        if self._highest is not None:
            np.maximum.at(most, self.pieces[:, _CLIP], self._highest)
            return most if self._factors is None else most * self._factors
        for number in range(len(self.edges) - 1):
            pieces, powers = self.within(number)
            if pieces:
                begins = np.array([piece.at for piece in pieces])
                clips = self.inside(number)
                most[clips] = np.maximum(most[clips], np.maximum.reduceat(powers, begins).max(axis=1))
        return most

    def inside(self, stretch: int) -> NDArray[np.int64]:
        """The numbers of the clips that a stretch has pieces of."""
        return self.pieces[self._begins[stretch] : self._begins[stretch + 1], _CLIP]

    def within(self, stretch: int) -> tuple[tuple[Piece, ...], Powers]:
        """The pieces of a stretch, and the rows that hold their powers: `Piece.at` is counted from the first."""
        mine = self.pieces[self._begins[stretch] : self._begins[stretch + 1]]
        if not len(mine):
            return (), np.zeros((0, BANDS), np.float32)
        low, high = int(mine[0, _AT]), int(mine[-1, _AT] + mine[-1, _ROWS])
        powers = self._linear(low, high)
        pieces = tuple(Piece(*row) for row in (mine[:, _CLIP:] - [0, 0, 0, 0, low]).tolist())
        if self._factors is not None and (self._factors[mine[:, _CLIP]] != 1.0).any():
            powers = powers.copy()
            for piece in pieces:
                powers[piece.at : piece.at + piece.rows] *= self._factors[piece.clip]
        return pieces, powers

    def rows(self, stretch: int) -> Powers:
        """The powers of a stretch's pieces, one after another."""
        pieces, powers = self.within(stretch)
        if sum(piece.rows for piece in pieces) == len(powers):
            return powers
        return joined([powers[piece.at : piece.at + piece.rows] for piece in pieces])

    def own(self, clip: PlacedClip, first: int, last: int) -> Powers:
        """The clip's powers in frames [first, last), linear, shape (last - first, BANDS)."""
        made = np.zeros((last - first, BANDS), np.float32)
        for _, _, row, step, rows, at in clip.pieces.tolist():
            low, high = max(first, row * step), min(last, (row + rows) * step)
            if low >= high:
                continue
            begin, end = low // step - row, -(-high // step) - row
            powers = self._linear(at + begin, at + end)
            if step > 1:
                powers = np.repeat(powers, step, axis=0)
            skip = low - (row + begin) * step
            made[low - first : high - first] = powers[skip : skip + high - low]
        if self._factors is not None:
            made *= self._factors[clip.number]
        return made

    def _linear(self, low: int, high: int) -> Powers:
        rows = self._table[low:high]
        return _POWERS[rows] if self._factors is None else rows


class ClipsTaken:
    """Takes the clips of an episode down, stretch by stretch, as the parts of its mix come."""

    def __init__(self, buses: Buses, room: Room = MEMORY) -> None:
        """An empty table."""
        self._buses = buses
        self._table = Rows(room, BANDS, np.float32)
        self._numbers: dict[str, int] = {}
        self._pieces = array("q")  # six numbers of each piece, see `Clips`
        self._highest = array("f")  # power of each piece
        self._edges = [0]
        self._marks: list[str] = []
        self._over: dict[str, ClipCells] = {}

    def add(self, frames: int, clips: Mapping[str, ClipCells], turned_down: Mapping[str, Powers]) -> None:
        """The next stretch.

        Args:
            frames: of the stretch; whole coarse ones, unless it is the last.
            clips: each clip's own powers, before beds and music are turned down; rows are counted from the start of
                the episode, and may go on after the stretch, for windows reach over.
            turned_down: bus -> its powers in coarse frames as far down as the margin has it, shape (coarse, BANDS);
                what it comes to is shared out among the bus's clips.
        """
        start, end = self._edges[-1], self._edges[-1] + frames
        inside = {name: _sum(self._over.get(name), clips.get(name)) for name in sorted({*self._over, *clips})}
        self._over = {name: late for name, one in inside.items() if (late := _late(one, end)) is not None}
        found = {name: cut for name, one in inside.items() if len((cut := early(one, end)).powers)}
        found |= under(found, turned_down, self._buses, start, frames)
        places = np.array([(one.first, one.step, len(one.powers)) for one in found.values()], np.int64)
        self._note(list(found), places.reshape(-1, 3), joined([one.powers for one in found.values()]))
        self._edges.append(end)
        self._marks.append("")

    def lay(self, frames: int, part: Laid) -> None:
        """The next stretch, of which all that can be known of it alone is known; the same as `add`, in a tenth of the
        time."""
        start, end = self._edges[-1], self._edges[-1] + frames
        places = part.places.copy()
        places[:, 0] += start // places[:, 1]
        at = dict(zip(part.names, enumerate(places.tolist()), strict=True))
        if not self._fits(part, at):
            self.add(frames, {name: one.moved(start) for name, one in part.cells().items()}, part.turned_down)
            return
        begins = np.concatenate([[0], np.cumsum(places[:, 2])])
        powers, mark = part.powers, sha256(f"{part.mark} {frames} {start % COARSE}".encode())
        if self._over:
            powers = powers.copy()
            for name, one in sorted(self._over.items()):
                number, (first, _, _) = at[name]
                begin = int(begins[number]) + one.first - first
                powers[begin : begin + len(one.powers)] += one.powers
                mark.update(f" {number} {one.first - first} {len(one.powers)} ".encode() + one.powers.tobytes())
        kept = np.clip(-(-end // places[:, 1]) - places[:, 0], 0, places[:, 2])
        late = np.flatnonzero(kept < places[:, 2]).tolist()
        self._over = {}
        for number in late:
            first, step, rows = places[number].tolist()
            low, high = int(begins[number] + kept[number]), int(begins[number] + rows)
            self._over[part.names[number]] = ClipCells(max(first, -(-end // step)), step, powers[low:high].copy())
        if late:
            row = np.arange(len(powers)) - np.repeat(begins[:-1], places[:, 2])
            powers = powers[row < np.repeat(kept, places[:, 2])]
            places[:, 2] = kept
        there = np.flatnonzero(kept)
        self._note([part.names[number] for number in there.tolist()], places[there], powers)
        self._edges.append(end)
        self._marks.append(mark.hexdigest() if part.mark else "")

    def _fits(self, part: Laid, at: Mapping[str, tuple[int, Sequence[int]]]) -> bool:
        """Whether what reaches over from the stretch before goes on in rows that the part has, too, and as they are."""
        if any(one > other for one, other in pairwise(part.names)):
            return False  # clips have other names since, and what was summed up would be in another order
        for name, one in self._over.items():
            number, (first, step, rows) = at.get(name, (-1, (0, 0, 0)))
            if number in part.ruled or one.step != step or not first <= one.first <= first + rows - len(one.powers):
                return False
        return True

    def _note(self, names: Sequence[str], places: NDArray[np.int64], powers: Powers) -> None:
        """Take down pieces of the stretch that comes next.

        Args:
            places: first row, step and rows of each, shape (pieces, 3); `powers`: all these rows.
        """
        numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in names]
        stretch = np.full(len(names), len(self._edges) - 1)
        at = len(self._table) + np.cumsum(places[:, 2]) - places[:, 2]
        self._pieces.frombytes(np.column_stack([stretch, numbers, places, at]).astype(np.int64).tobytes())
        self._table.append(powers)
        if len(names):
            begins = np.cumsum(places[:, 2]) - places[:, 2]
            self._highest.frombytes(np.maximum.reduceat(powers, begins).max(axis=1).astype(np.float32).tobytes())

    def clips(self, bus_gain_db: Mapping[str, float] | None = None) -> Clips:
        """What was taken down, as a mix has it that gives buses so much; those at -inf are left out."""
        gains_db = bus_gain_db or {}
        names = [name for name in sorted(self._numbers) if gains_db.get(self._buses[name][0], 0.0) != float("-inf")]
        number = np.full(len(self._numbers), -1, np.int64)
        number[[self._numbers[name] for name in names]] = np.arange(len(names))
        pieces = np.frombuffer(self._pieces, np.int64).reshape(-1, 6).copy()
        pieces[:, _CLIP] = number[pieces[:, _CLIP]]
        factors = [10.0 ** (gains_db.get(self._buses[name][0], 0.0) / 10.0) for name in names]
        heard, gains = pieces[:, _CLIP] >= 0, "".join(f" {bus} {db}" for bus, db in sorted(gains_db.items()))
        return Clips(
            names,
            self._edges,
            pieces[heard],
            self._table,
            np.array(factors, np.float32),
            highest=np.frombuffer(self._highest, np.float32)[heard],
            marks=[mark and mark + gains for mark in self._marks],
        )


def _sum(one: ClipCells | None, other: ClipCells | None) -> ClipCells:
    """One clip of two pieces, where they overlap added up."""
    pieces = [piece for piece in (one, other) if piece is not None]
    if len(pieces) == 1:
        return pieces[0]
    first = min(piece.first for piece in pieces)
    whole = np.zeros((max(piece.first + len(piece.powers) for piece in pieces) - first, BANDS), np.float32)
    for piece in pieces:
        whole[piece.first - first : piece.first - first + len(piece.powers)] += piece.powers
    return ClipCells(first, pieces[0].step, whole)


def _late(clip: ClipCells, end: int) -> ClipCells | None:
    """The others, if there are any."""
    first = max(clip.first, -(-end // clip.step))
    rows = clip.powers[first - clip.first :]
    return ClipCells(first, clip.step, rows) if len(rows) else None
