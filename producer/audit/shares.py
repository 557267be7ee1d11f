"""What share each clip has of the cells that it is heard in, summed up: all that a clip that is as planned is asked.

One walk through the episode, stretch by stretch, all clips of a stretch at once. Only a clip that is not as planned is
looked at by itself (`match`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import partial
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.clips import Piece
from producer.audit.compared import AUDIBLE_DB
from producer.audit.field import Field, Floats
from producer.audit.levels import Powers
from producer.audit.rows import Rows
from producer.frozen import dataclass
from producer.packed import packed as packed_arrays
from producer.packed import unpacked

JUST_HEARD = 0.2
"""A clip with this share of a cell's power changes the cell by 1 dB: about the least difference that an ear notices."""
_THREADS = 2  # what they do is small: more would wait for each other

Keeping = Callable[[str, int, Callable[[], bytes]], bytes]
"""See `Reference.keeping`."""


def anew(what: str, stretch: int, make: Callable[[], bytes]) -> bytes:
    """Keeps nothing."""
    del what, stretch
    return make()


@dataclass(frozen=True, slots=True)
class Shares:
    """Sums over each clip's own cells; the first axis is the clips in their order."""

    own: Floats
    """Power in the cells where it is strong or heard, shape (clips, BANDS)."""
    rest: Floats
    """Power of all else in these."""
    heard: NDArray[np.int64]
    """How many cells it makes a difference in, by plan."""
    judged: NDArray[np.int64]
    """How many of them say whether it is there."""
    wrong: NDArray[np.int64]
    """How many of those are not as planned."""
    level_off_db: Floats
    """How far those are off, weighted with the clip's share; NaN where there are none."""
    ruled: NDArray[np.int64]
    """Frames in which it is louder than all else."""
    channels: Floats
    """Of these the sums of `Seen.channels`, shape (clips, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """What `Shares` are put together from, of one stretch; the last axis is the clips heard in it.

    Sums that do not depend on how loud the whole is, and the cells that say of a clip how far it is off.
    """

    own: Powers
    rest: Powers
    heard: NDArray[np.int64]
    judged: NDArray[np.int64]
    ruled: NDArray[np.int64]
    squares: Floats
    channels: Floats
    firsts: NDArray[np.int64]
    """The first frame of each clip, counted from the start of the stretch. Its frames are so many columns."""
    ends: NDArray[np.int64]
    """After the last column of each clip."""
    asked: NDArray[np.uint8]
    """A bit for each band and column: whether the cell says something of the clip."""
    weights: Powers
    """Of these cells, the clip's share."""

    def to_bytes(self) -> bytes:
        """To be kept."""
        return packed_arrays(None, {field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def from_bytes(cls, raw: bytes) -> _Stretch:
        """What `to_bytes` kept."""
        return cls(**unpacked(raw)[1])


def shares(field: Field, channels: Rows, keeping: Keeping = anew) -> Shares:
    """Every clip's shares, as `field` is now; nothing of it may have been explained yet.

    Args:
        keeping: may know what was summed up of a stretch before.
    """
    count = len(field.clips)
    own, rest, both = np.zeros((BANDS, count)), np.zeros((BANDS, count)), np.zeros((3, count))
    heard, judged, wrong, ruled = np.zeros((4, count), np.int64)
    weighted, squares = np.zeros(count), np.zeros(count)
    stretches = range(len(field.edges) - 1)
    assert len(field.highest) == count  # known before several threads ask
    with ThreadPoolExecutor(_THREADS) as pool:
        for clips, sums, off, far in pool.map(partial(_summed, field, channels, keeping), stretches):
            own[:, clips] += sums.own
            rest[:, clips] += sums.rest
            heard[clips] += sums.heard
            judged[clips] += sums.judged
            ruled[clips] += sums.ruled
            squares[clips] += sums.squares
            both[:, clips] += sums.channels
            weighted[clips] += off
            wrong[clips] += far
    return Shares(
        own=own.T,
        rest=rest.T,
        heard=heard,
        judged=judged,
        wrong=wrong,
        level_off_db=np.where(squares > 0.0, weighted / np.maximum(squares, 1e-30), np.nan),
        ruled=ruled,
        channels=both.T,
    )


def _summed(
    field: Field, channels: Rows, keeping: Keeping, number: int
) -> tuple[NDArray[np.int64], _Stretch, Floats, NDArray[np.int64]]:
    """Its clips, the sums over it, how far the cells of each are off, weighted, and how many of them are far off."""
    clips, make = field.heard_in(number), partial(_stretch, field, channels, number)
    if field.is_whole(number):
        asks = sha256(field.highest[clips].tobytes() + field.carried.tobytes()).hexdigest()
        sums = _Stretch.from_bytes(keeping(f"shares {asks}", number, lambda: make().to_bytes()))
    else:
        sums = make()
    if not len(clips):
        return clips, sums, np.zeros(0), np.zeros(0, np.int64)
    columns = int(sums.ends[-1])
    asked = np.unpackbits(sums.asked, count=BANDS * columns).reshape(BANDS, columns).view(np.bool_)
    weight, off = np.zeros((BANDS, columns), np.float32), np.empty((BANDS, columns), np.float32)
    weight[asked] = sums.weights
    begins, whole = np.concatenate([[0], sums.ends[:-1]]), np.ascontiguousarray(field.off_of(number).T)
    for first, begin, end in zip(sums.firsts.tolist(), begins.tolist(), sums.ends.tolist(), strict=True):
        off[:, begin:end] = whole[:, first : first + end - begin]
    far = (np.abs(off) > field.limit_db[:, None]) & asked
    weight *= off
    return (
        clips,
        sums,
        np.add.reduceat(weight.sum(axis=0, dtype=float), begins),
        np.add.reduceat(far.view(np.uint8).sum(axis=0, dtype=np.uint8), begins, dtype=np.int64),
    )


def _stretch(field: Field, channels: Rows, number: int) -> _Stretch:
    """The sums over a stretch."""
    start, end = field.edges[number], field.edges[number + 1]
    pieces, powers = field.pieces(number)
    if not pieces:
        none, cells = np.zeros(0, np.int64), np.zeros((BANDS, 0), np.float32)
        return _Stretch(
            own=cells, rest=cells, heard=none, judged=none, ruled=none, squares=np.zeros(0), channels=np.zeros((3, 0)),
            firsts=none, ends=none, asked=none.astype(np.uint8), weights=cells[0],
        )  # fmt: skip
    # Bands first: all that is done is done along many frames.
    rows, frames, begins = _laid_out(pieces, start, end)
    total = np.ascontiguousarray(field.sum_of(number).T)
    mine, whole = powers.T.take(rows, axis=1), total.take(frames, axis=1)
    share = mine / np.maximum(whole, np.float32(1e-12))
    strong = share >= np.float32(JUST_HEARD)
    audible = (field.expected[start:end] > AUDIBLE_DB).T.take(frames, axis=1)
    told, asked = strong & audible, strong & field.judged(number).T.take(frames, axis=1)
    most = field.highest[field.heard_in(number)]
    least = np.repeat(np.float32(0.1) * most, np.diff([*begins, len(frames)]))
    counted = (mine > least) & audible
    counted |= told
    weight = np.where(asked, np.minimum(share, np.float32(1.0)), np.float32(0.0))
    there = channels[start:end].T.astype(float)
    rules = mine.sum(axis=0) > np.float32(0.5) * np.maximum(total.sum(axis=0), np.float32(1e-12))[frames]
    rules &= frames < there.shape[1]
    heights = np.zeros((3, len(frames)))
    heights[:, rules] = there[:, frames[rules]]
    own = np.where(counted, mine, np.float32(0.0))
    whole -= mine
    rest = np.where(counted, np.maximum(whole, np.float32(0.0), out=whole), np.float32(0.0))
    flagged = [which.view(np.uint8).sum(axis=0, dtype=np.uint8) for which in (told, asked)]
    heard, judged, ruled = (np.add.reduceat(which, begins, dtype=np.int64) for which in (*flagged, rules))
    return _Stretch(
        own=np.add.reduceat(own, begins, axis=1),
        rest=np.add.reduceat(rest, begins, axis=1),
        heard=heard,
        judged=judged,
        ruled=ruled,
        squares=np.add.reduceat(np.square(weight).sum(axis=0, dtype=float), begins),
        channels=np.add.reduceat(heights, begins, axis=1),
        firsts=frames[begins],
        ends=np.array([*begins[1:], len(frames)]),
        asked=np.packbits(asked),
        weights=weight[asked],
    )


def _laid_out(
    pieces: tuple[Piece, ...], start: int, end: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Every frame of every piece: its row, the frame counted from `start`, and where each piece begins."""
    rows, frames, begins, at = [], [], [], 0
    for piece in pieces:
        first = piece.first * piece.step - start
        last = min(first + piece.rows * piece.step, end - start)
        along = np.arange(last - first)
        rows.append(piece.at + (along if piece.step == 1 else along // piece.step))
        frames.append(along + first)
        begins.append(at)
        at += last - first
    return np.concatenate(rows), np.concatenate(frames), np.array(begins)
