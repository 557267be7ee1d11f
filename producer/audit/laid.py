"""The clips of a part, laid out as an episode's table has them: of a part that is kept they are only copied there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS
from producer.audit.levels import Powers
from producer.audit.tap import ClipCells
from producer.dsp.grid import COARSE
from producer.frozen import dataclass

RULED = ("beds", "music")
"""Buses that are turned down for speech."""
Buses = Mapping[str, tuple[str, bool]]
"""Clip id -> its bus, and whether it is free of the margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Every clip of a part; rows are counted from the part's start."""

    names: tuple[str, ...]
    """In order."""
    places: NDArray[np.int64]
    """First row, step and rows of each, shape (clips, 3)."""
    powers: Powers
    """Rows of one clip after another, as far down as they are in the mix."""
    ruled: NDArray[np.int64]
    """Which clips the margin rules, by their number here."""
    before: Powers
    """Rows of these before it does."""
    turned_down: Mapping[str, Powers]
    """See `ClipsTaken.add`."""
    mark: str = ""
    """What names all of this but the names, if anything does."""

    def cells(self) -> dict[str, ClipCells]:
        """Each clip by itself, before beds and music are turned down."""
        made, at, ruled_at, ruled = {}, 0, 0, frozenset(self.ruled.tolist())
        for number, (name, (first, step, rows)) in enumerate(zip(self.names, self.places.tolist(), strict=True)):
            powers = self.powers[at : at + rows]
            if number in ruled:
                powers = self.before[ruled_at : ruled_at + rows]
                ruled_at += rows
            made[name] = ClipCells(first, step, powers)
            at += rows
        return made


def laid(clips: Mapping[str, ClipCells], turned_down: Mapping[str, Powers], buses: Buses, frames: int) -> Laid:
    """The clips of a part that is so long."""
    names = tuple(sorted(clips))
    sinking = under({name: early(one, frames) for name, one in clips.items()}, turned_down, buses, 0, frames)
    powers = [clips[name].powers for name in names]
    for number, name in enumerate(names):
        if name in sinking:
            rows = sinking[name].powers
            powers[number] = np.concatenate([rows, clips[name].powers[len(rows) :]])
    ruled = [number for number, name in enumerate(names) if name in sinking]
    return Laid(
        names=names,
        places=np.array([(clips[name].first, clips[name].step, len(clips[name].powers)) for name in names], np.int64)
        .reshape(-1, 3),
        powers=joined(powers),
        ruled=np.array(ruled, np.int64),
        before=joined([clips[names[number]].powers for number in ruled]),
        turned_down=turned_down,
    )  # fmt: skip


def joined(rows: Sequence[Powers]) -> Powers:
    """Rows after rows; of nothing, none."""
    return np.concatenate([np.zeros((0, BANDS), np.float32), *rows])


def under(
    clips: Mapping[str, ClipCells], turned_down: Mapping[str, Powers], buses: Buses, start: int, frames: int
) -> dict[str, ClipCells]:
    """Those clips of a stretch that the margin rules, as far down as their bus is. See `ClipsTaken.add`."""
    made: dict[str, ClipCells] = {}
    for bus in RULED:
        if bus in turned_down:
            mine = {name: clips[name] for name in sorted(clips) if buses[name][0] == bus}
            made |= _turned(mine, turned_down[bus], buses, start // COARSE, -(-frames // COARSE))
    return made


def _turned(
    clips: Mapping[str, ClipCells], after_powers: Powers, buses: Buses, first: int, coarse: int
) -> Mapping[str, ClipCells]:
    """Clips of a bus, each as far down as the bus is in coarse frames [first, first + coarse)."""
    ruled, freed = (
        _total([one for name, one in clips.items() if buses[name][1] is free], first, coarse) for free in (False, True)
    )
    after = np.zeros_like(ruled)
    after[: len(after_powers)] = after_powers[:coarse]
    gains = np.clip((after - freed) / np.maximum(ruled, 1e-12), 1e-5, 1.5)
    shares = np.asarray(np.where(ruled > 1e-11, gains, 1.0), np.float32)
    made = {}
    for name, one in clips.items():
        if not buses[name][1]:
            at = (one.first + np.arange(len(one.powers))) * one.step // COARSE - first
            made[name] = ClipCells(one.first, one.step, one.powers * shares[np.minimum(at, coarse - 1)])
    return made


def _total(clips: Sequence[ClipCells], first: int, coarse: int) -> Powers:
    total = np.zeros((coarse * COARSE, BANDS), np.float32)
    for one in clips:
        add(total, one.first * one.step - first * COARSE, one.step, one.powers)
    return np.asarray(total.reshape(coarse, COARSE, BANDS).mean(axis=1), np.float32)


def add(total: Powers, at: int, step: int, powers: Powers) -> None:
    """Add `powers`, linear, in rows of `step` frames, to `total`, shape (frames, BANDS), from its frame `at` on."""
    rows = powers if step == 1 else np.repeat(powers, step, axis=0)
    room = total[at : at + len(rows)]
    room += rows[: len(room)]


def early(clip: ClipCells, end: int) -> ClipCells:
    """Its rows that begin before frame `end`."""
    return ClipCells(clip.first, clip.step, clip.powers[: max(0, -(-end // clip.step) - clip.first)])
