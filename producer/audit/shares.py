"""What share each clip has of the cells that it is heard in, summed up: all that a clip that is as planned is asked.

One walk through the episode, stretch by stretch, all clips of a stretch at once. Only a clip that is not as planned is
looked at by itself (`match`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.clips import Piece
from producer.audit.field import AUDIBLE_DB, Cells, Field, Flags, Floats
from producer.audit.levels import Powers
from producer.audit.rows import Rows

JUST_HEARD = 0.2
"""A clip with this share of a cell's power changes the cell by 1 dB: about the least difference that an ear notices."""
_AUDIBLE, _JUDGED, _WRONG = 1, 2, 4  # of a cell
_THREADS = 2  # what they do is small: more would wait for each other


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


@dataclass(frozen=True, slots=True)
class _Sums:
    """What `Shares` are put together from: the sums over one stretch, the last axis the clips heard in it."""

    clips: NDArray[np.intp]
    own: Floats
    rest: Floats
    counts: NDArray[np.int64]  # heard, judged, wrong, ruled
    weighted: Floats
    squares: Floats
    channels: Floats


def shares(field: Field, channels: Rows) -> Shares:
    """Every clip's shares, as `field` is now; nothing of it may have been explained yet."""
    count = len(field.clips)
    most = _highest(field, count)
    own, rest, both = np.zeros((BANDS, count)), np.zeros((BANDS, count)), np.zeros((3, count))
    counts, weighted, squares = np.zeros((4, count), np.int64), np.zeros(count), np.zeros(count)
    stretches = range(len(field.edges) - 1)
    with ThreadPoolExecutor(_THREADS) as pool:
        for sums in pool.map(partial(_summed, field, channels, most), stretches):
            own[:, sums.clips] += sums.own
            rest[:, sums.clips] += sums.rest
            counts[:, sums.clips] += sums.counts
            weighted[sums.clips] += sums.weighted
            squares[sums.clips] += sums.squares
            both[:, sums.clips] += sums.channels
    heard, judged, wrong, ruled = counts
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


def _summed(field: Field, channels: Rows, most: Powers, number: int) -> _Sums:
    """The sums over a stretch. `most` is the highest power of each clip."""
    start, end = field.edges[number], field.edges[number + 1]
    pieces, powers = field.pieces(number)
    clips = np.array([piece.clip for piece in pieces], np.intp)
    if not pieces:
        none = np.zeros((4, 0))
        return _Sums(clips, np.zeros((BANDS, 0)), np.zeros((BANDS, 0)), none.astype(int), none[0], none[0], none[:3])
    # Bands first: all that is done is done along many frames.
    rows, frames, begins = _laid_out(pieces, start, end)
    cells = field.fresh(number)
    total = np.ascontiguousarray(cells.total.T)
    mine, whole = powers.T.take(rows, axis=1), total.take(frames, axis=1)
    share = mine / np.maximum(whole, np.float32(1e-12))
    flags = _flags(field, cells, number).T.take(frames, axis=1)
    strong, audible = share >= np.float32(JUST_HEARD), (flags & _AUDIBLE) != 0
    told, asked = strong & audible, strong & ((flags & _JUDGED) != 0)
    least = np.repeat(np.float32(0.1) * most[clips], np.diff([*begins, len(frames)]))
    counted = (mine > least) & audible
    counted |= told
    weight = np.where(asked, np.minimum(share, np.float32(1.0)), np.float32(0.0))
    off = cells.off.T.astype(np.float32).take(frames, axis=1)
    there = channels[start:end].T.astype(float)
    rules = mine.sum(axis=0) > np.float32(0.5) * np.maximum(total.sum(axis=0), np.float32(1e-12))[frames]
    rules &= frames < there.shape[1]
    heights = np.zeros((3, len(frames)))
    heights[:, rules] = there[:, frames[rules]]
    own = np.where(counted, mine, np.float32(0.0))
    whole -= mine
    rest = np.where(counted, np.maximum(whole, np.float32(0.0), out=whole), np.float32(0.0))
    flagged = [which.view(np.uint8).sum(axis=0, dtype=np.uint8) for which in (told, asked, asked & (flags >= _WRONG))]
    return _Sums(
        clips=clips,
        own=np.add.reduceat(own, begins, axis=1),
        rest=np.add.reduceat(rest, begins, axis=1),
        counts=np.stack([np.add.reduceat(which, begins, dtype=np.int64) for which in (*flagged, rules)]),
        weighted=np.add.reduceat((weight * off).sum(axis=0, dtype=float), begins),
        squares=np.add.reduceat(np.square(weight).sum(axis=0, dtype=float), begins),
        channels=np.add.reduceat(heights, begins, axis=1),
    )


def _highest(field: Field, count: int) -> Powers:
    """The highest power of each clip."""
    most = np.zeros(count, np.float32)
    for number in range(len(field.edges) - 1):
        pieces, powers = field.pieces(number)
        if pieces:
            clips = np.array([piece.clip for piece in pieces])
            begins = np.array([piece.at for piece in pieces])
            most[clips] = np.maximum(most[clips], np.maximum.reduceat(powers, begins).max(axis=1))
    return most


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


def _flags(field: Field, cells: Cells, number: int) -> NDArray[np.uint8]:
    """What is true of each cell of a stretch."""
    start, end = field.edges[number], field.edges[number + 1]
    wrong: Flags = np.abs(cells.off) > field.limit_db
    made = (field.expected[start:end] > AUDIBLE_DB).astype(np.uint8)
    made |= (cells.trusted & field.usable[start:end, None]).astype(np.uint8) << 1
    made |= wrong.astype(np.uint8) << 2
    return made
