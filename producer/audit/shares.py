"""What share each clip has of the cells that it is heard in, summed up: all that a clip that is as planned is asked.

One walk through the episode, stretch by stretch, all clips of a stretch at once. Only a clip that is not as planned is
looked at by itself (`match`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.clips import Piece
from producer.audit.field import AUDIBLE_DB, Field, Flags, Floats
from producer.audit.levels import Powers
from producer.audit.rows import Rows

JUST_HEARD = 0.2
"""A clip with this share of a cell's power changes the cell by 1 dB: about the least difference that an ear notices."""
_AUDIBLE, _JUDGED, _WRONG = 1, 2, 4  # of a cell


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


def shares(field: Field, channels: Rows) -> Shares:
    """Every clip's shares, as `field` is now."""
    count = len(field.clips)
    most = _highest(field, count)
    own, rest = np.zeros((BANDS, count)), np.zeros((BANDS, count))
    heard, judged, wrong, ruled = np.zeros((4, count), np.int64)
    weighted, squares, both = np.zeros(count), np.zeros(count), np.zeros((3, count))
    for number, (start, end) in enumerate(pairwise(field.edges)):
        pieces, powers = field.pieces(number)
        if not pieces:
            continue
        # Bands first: all that is done is done along many frames.
        clips = np.array([piece.clip for piece in pieces])
        rows, frames, begins = _laid_out(pieces, start, end)
        total = np.ascontiguousarray(field.total.stretch(number).T)
        mine, whole = powers.T.take(rows, axis=1), total.take(frames, axis=1)
        share = mine / np.maximum(whole, np.float32(1e-12))
        flags = _flags(field, start, end).T.take(frames, axis=1)
        strong, audible = share >= np.float32(JUST_HEARD), (flags & _AUDIBLE) != 0
        told, asked = strong & audible, strong & ((flags & _JUDGED) != 0)
        least = np.repeat(np.float32(0.1) * most[clips], np.diff([*begins, len(frames)]))
        counted = (mine > least) & audible
        counted |= told
        weight = np.where(asked, np.minimum(share, np.float32(1.0)), np.float32(0.0))
        off = field.off.stretch(number).T.astype(np.float32).take(frames, axis=1)
        there = channels[start:end].T.astype(float)
        rules = mine.sum(axis=0) > np.float32(0.5) * np.maximum(total.sum(axis=0), np.float32(1e-12))[frames]
        rules &= frames < there.shape[1]
        own[:, clips] += np.add.reduceat(np.where(counted, mine, np.float32(0.0)), begins, axis=1)
        whole -= mine
        np.maximum(whole, np.float32(0.0), out=whole)
        rest[:, clips] += np.add.reduceat(np.where(counted, whole, np.float32(0.0)), begins, axis=1)
        for counts, which in ((heard, told), (judged, asked), (wrong, asked & ((flags & _WRONG) != 0))):
            counts[clips] += np.add.reduceat(which.view(np.uint8).sum(axis=0, dtype=np.uint8), begins, dtype=np.int64)
        weighted[clips] += np.add.reduceat((weight * off).sum(axis=0, dtype=float), begins)
        squares[clips] += np.add.reduceat(np.square(weight).sum(axis=0, dtype=float), begins)
        ruled[clips] += np.add.reduceat(rules, begins, dtype=np.int64)
        if there.shape[1]:
            heights = np.where(rules, there.take(np.minimum(frames, there.shape[1] - 1), axis=1), 0.0)
            both[:, clips] += np.add.reduceat(heights, begins, axis=1)
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


def _flags(field: Field, start: int, end: int) -> NDArray[np.uint8]:
    """What is true of each cell."""
    off = field.off[start:end]
    wrong: Flags = np.abs(off) > field.limit_db
    made = (field.expected[start:end] > AUDIBLE_DB).astype(np.uint8)
    made |= field.seen_in(start, end).astype(np.uint8) << 1
    made |= wrong.astype(np.uint8) << 2
    return made
