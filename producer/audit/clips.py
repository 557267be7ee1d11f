"""Each clip's own powers in a mix, in pieces: one for each stretch of the episode in which it is heard.

What is held of a piece is where it is; its powers are in a table that is read stretch by stretch.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.levels import CLIPS, Powers
from producer.audit.rows import MEMORY, Room, Rows
from producer.audit.tap import ClipCells
from producer.dsp.grid import COARSE

RULED = ("beds", "music")
"""Buses that are turned down for speech."""
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
    ) -> None:
        """What is known of the clips.

        Args:
            names: in the order of their numbers.
            edges: the frames where stretches begin, and the last one's end.
            pieces: stretch, clip, first, step, rows, and where in the table they begin, shape (n, 6); in order of
                stretches, in each of them of clips.
            table: powers, linear with `factors` to go on top, or else codes of `CLIPS`.
            factors: of each clip.
        """
        self.names = tuple(names)
        self.edges = tuple(edges)
        self.pieces = pieces
        self._table, self._factors = table, factors
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
        made = {}
        for number, name in enumerate(self.names):
            mine = self.pieces[order[ends[number] : ends[number + 1]]]
            step = int(mine[0, _STEP])
            first, last = int(mine[:, _FIRST].min()), int((mine[:, _FIRST] + mine[:, _ROWS]).max())
            made[name] = PlacedClip(name, number, step, first * step, last * step, mine)
        return made

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

    def __init__(self, buses: Mapping[str, tuple[str, bool]], room: Room = MEMORY) -> None:
        """`buses`: clip id -> (bus, whether it is free of the margin)."""
        self._buses = buses
        self._table = Rows(room, BANDS, np.float32)
        self._numbers: dict[str, int] = {}
        self._pieces = array("q")  # six numbers of each piece, see `Clips`
        self._edges = [0]
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
        early = {name: _early(one, end) for name, one in inside.items()}
        found = {name: one for name, one in early.items() if len(one.powers)}
        for bus in RULED:
            if bus in turned_down:
                mine = {name: one for name, one in found.items() if self._buses[name][0] == bus}
                found |= self._turned(mine, turned_down[bus], start // COARSE, -(-frames // COARSE))
        for name, one in found.items():
            number = self._numbers.setdefault(name, len(self._numbers))
            self._pieces.extend((len(self._edges) - 1, number, one.first, one.step, len(one.powers), len(self._table)))
            self._table.append(one.powers)
        self._edges.append(end)

    def _turned(
        self, clips: Mapping[str, ClipCells], after_powers: Powers, first: int, coarse: int
    ) -> Mapping[str, ClipCells]:
        """Clips of a bus, each as far down as the bus is in coarse frames [first, first + coarse)."""
        ruled, freed = (
            _total([one for name, one in clips.items() if self._buses[name][1] is free], first, coarse)
            for free in (False, True)
        )
        after = np.zeros_like(ruled)
        after[: len(after_powers)] = after_powers[:coarse]
        gains = np.clip((after - freed) / np.maximum(ruled, 1e-12), 1e-5, 1.5)
        shares = np.asarray(np.where(ruled > 1e-11, gains, 1.0), np.float32)
        made = {}
        for name, one in clips.items():
            if not self._buses[name][1]:
                at = (one.first + np.arange(len(one.powers))) * one.step // COARSE - first
                made[name] = ClipCells(one.first, one.step, one.powers * shares[np.minimum(at, coarse - 1)])
        return made

    def clips(self, bus_gain_db: Mapping[str, float] | None = None) -> Clips:
        """What was taken down, as a mix has it that gives buses so much; those at -inf are left out."""
        gains_db = bus_gain_db or {}
        names = [name for name in sorted(self._numbers) if gains_db.get(self._buses[name][0], 0.0) != float("-inf")]
        number = np.full(len(self._numbers), -1, np.int64)
        number[[self._numbers[name] for name in names]] = np.arange(len(names))
        pieces = np.array(self._pieces, np.int64).reshape(-1, 6)  # a copy
        pieces[:, _CLIP] = number[pieces[:, _CLIP]]
        factors = [10.0 ** (gains_db.get(self._buses[name][0], 0.0) / 10.0) for name in names]
        return Clips(names, self._edges, pieces[pieces[:, _CLIP] >= 0], self._table, np.array(factors, np.float32))


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


def _early(clip: ClipCells, end: int) -> ClipCells:
    """Its rows that begin before frame `end`."""
    return ClipCells(clip.first, clip.step, clip.powers[: max(0, -(-end // clip.step) - clip.first)])


def _late(clip: ClipCells, end: int) -> ClipCells | None:
    """The others, if there are any."""
    first = max(clip.first, -(-end // clip.step))
    rows = clip.powers[first - clip.first :]
    return ClipCells(first, clip.step, rows) if len(rows) else None


def add(total: Powers, piece: ClipCells | Piece, powers: Powers, start: int) -> None:
    """Add `powers` (linear, of the piece's rows) to `total`, shape (frames, BANDS) from frame `start`, in place."""
    rows = powers if piece.step == 1 else np.repeat(powers, piece.step, axis=0)
    first = piece.first * piece.step - start
    room = total[first : first + len(rows)]
    room += rows[: len(room)]


def _total(clips: Sequence[ClipCells], first: int, coarse: int) -> Powers:
    total = np.zeros((coarse * COARSE, BANDS), np.float32)
    for one in clips:
        add(total, one, one.powers, first * COARSE)
    return np.asarray(total.reshape(coarse, COARSE, BANDS).mean(axis=1), np.float32)
