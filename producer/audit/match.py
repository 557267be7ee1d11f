"""Finds each line and cue: is it there, when, how loud against its plan, all of it, and can it be heard at all?

The plan knows each clip's own power in every cell. With the share s of the cell's power that a clip has, taking the
clip out changes the cell by 10·log10(1 - s), turning it by g by 10·log10(1 - s + s·g²), moving it takes it out here and
puts it in there. What is heard, cell by cell, says which of these changes happened, if any. The clip whose change
explains most is named first; cells that it reaches are then left out for all others, so that one mistake has one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from producer.audit.cells import BANDS, EDGES_HZ
from producer.audit.compared import AUDIBLE_DB, Flags
from producer.audit.field import Field, cost
from producer.audit.levels import Powers
from producer.audit.programme import runs
from producer.audit.shares import JUST_HEARD, Shares
from producer.frozen import dataclass
from producer.later import ndimage

LEAST_CELLS = 4
"""In fewer cells (a frame by half an octave) nothing is heard, and nothing can be told."""
LAG_S = 1.0
"""A clip is looked for so far from its place."""
LONG_S = 60.0
"""Of what is longer, the place is not searched."""
_GAINS_DB = np.arange(-36.0, 18.1, 1.5)
_GONE_DB = -27.0
_LEVEL_DB = 2.5
_UNTOLD_DB = -15.0  # what is lower and rules no cells that could tell is called missing
REPLACED_SHARE = 0.06
"""What sounds in the place of something has at least this share (-12 dB) of its power."""
_EAR = np.power(10.0, np.array([-26, -17, -11, -7, -3.5, -1, 0, 1, 1, 1, 0, -2.5], np.float32) / 10.0)
"""What each band counts where loudness is compared: about the A curve at its middle (IEC 61672-1, table 3)."""
_ALIKE = np.ones(BANDS, np.float32)
_LEAST_GAIN = 25.0
"""What naming a clip must explain, in decibels of cells."""

State = Literal["found", "missing", "quiet", "loud", "moved", "cut short", "replaced", "inaudible", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What became of one clip."""

    clip: str
    state: State
    level_off_db: float | None = None  # against the plan
    moved_s: float = 0.0
    gap: tuple[float, float] | None = None
    """Seconds from … to where it is missing, of one that is there in part."""
    over_db: float | None = None
    """In the band where it stands out most: its power over that of all else, over its own frames."""
    band: int | None = None
    cells: int = 0
    """In how many cells it can be heard, by plan."""
    needs_db: float | None = None
    """How much louder it would have to be to be heard, of one that cannot be."""
    under: str = ""
    """The clip that buries it."""

    @property
    def band_hz(self) -> tuple[float, float] | None:
        return None if self.band is None else (EDGES_HZ[self.band], EDGES_HZ[self.band + 1])


_Plan = tuple[float | None, int, int | None]


@dataclass(frozen=True, slots=True)
class _Guess:
    clip: str
    state: State
    gained: float
    first: int
    change_db: Powers
    reach: Flags
    level_off_db: float | None = None
    moved: int = 0
    gap: tuple[int, int] | None = None


def matched(field: Field, sums: Shares) -> tuple[Match, ...]:
    """What became of every clip, in the reference's order. Explains in `field` what it finds.

    Args:
        sums: of every clip, before anything is explained.
    """
    planned = dict(zip(field.clips, _plans(sums), strict=True))
    named: dict[str, Match] = {}
    waiting = {name for name, (_, count, _) in planned.items() if count >= LEAST_CELLS}
    counts = {name: (int(sums.judged[number]), int(sums.wrong[number])) for number, name in enumerate(field.clips)}
    guesses = {name: _suspected(field, name, *counts[name]) for name in waiting}
    touched: list[tuple[int, int]] = []
    while True:
        best = max(
            ((guess.gained, name) for name, guess in guesses.items() if guess is not None and name not in named),
            default=None,
        )
        if best is None:
            break
        name = best[1]
        guess = guesses[name]
        assert guess is not None
        state = _explained(field, guess)
        over, count, band = planned[name]
        named[name] = Match(
            clip=name,
            state=state,
            level_off_db=guess.level_off_db,
            moved_s=guess.moved * field.frame_s,
            gap=None if guess.gap is None else (guess.gap[0] * field.frame_s, guess.gap[1] * field.frame_s),
            over_db=over,
            band=band,
            cells=count,
        )
        low, high = guess.first, guess.first + len(guess.change_db)
        touched.append((low, high))
        for other in waiting - named.keys():
            first, last = field.span(field.clips[other], field.frames_of(LAG_S))
            if first < high and low < last:
                guesses[other] = _suspected(field, other, *_judged(field, other)[:2])
    kept = []
    for number, name in enumerate(field.clips):
        if name in named:
            kept.append(named[name])
            continue
        first, last = field.span(field.clips[name])
        judged, level = int(sums.judged[number]), float(sums.level_off_db[number])
        if any(low < last and first < high for low, high in touched):
            judged, _, level = _judged(field, name)
        kept.append(_kept(field, name, planned[name], judged, level, heard=name in waiting))
    return tuple(kept)


def _plans(sums: Shares) -> Iterator[_Plan]:
    """By plan, of each clip: how far it stands over all else in its best band, in how many cells it is heard, and that
    band."""
    own, rest = sums.own, sums.rest
    counted = own > 0.05 * own.max(axis=1, keepdims=True)
    over = np.clip(10.0 * np.log10(np.maximum(own, 1e-12) / np.maximum(rest, 1e-12)), -60.0, 60.0)
    most = np.where(counted, over, -np.inf).max(axis=1)
    bands = np.where(counted & (over == most[:, None]), own, -1.0).argmax(
        axis=1
    )  # where nothing else is, its strongest
    for there, db, cells, band in zip(counted.any(axis=1), most, sums.heard, bands, strict=True):
        yield (float(db), int(cells), int(band)) if there else (None, int(cells), None)


def _judged(field: Field, name: str) -> tuple[int, int, float]:
    """In how many cells a clip can be judged, in how many of them it is not as planned, and how far they are off."""
    clip, count, wrong, weighted, squares = field.clips[name], 0, 0, 0.0, 0.0
    for first, last in field.stretches(*field.span(clip)):
        share = field.own(clip, first, last) / np.maximum(field.total[first:last], 1e-12)
        judged = (share >= JUST_HEARD) & field.seen_in(first, last)
        off = field.off[first:last]
        count += int(judged.sum())
        wrong += int((judged & (np.abs(off) > field.limit_db)).sum())
        weight = np.where(judged, np.minimum(share, 1.0), 0.0)
        weighted += float((weight * off).sum())
        squares += float(np.square(weight).sum())
    return count, wrong, weighted / squares if squares else float("nan")


def _kept(field: Field, name: str, plan: _Plan, judged: int, level: float, *, heard: bool) -> Match:
    """A clip that no guess was better for: it is there, or it was never to be heard, or it cannot be told."""
    over, count, band = plan
    if not heard:
        needs, under = _buried(field, name)
        return Match(clip=name, state="inaudible", over_db=over, band=band, cells=count, needs_db=needs, under=under)
    if judged < LEAST_CELLS:
        return Match(clip=name, state="unclear", over_db=over, band=band, cells=count)
    return Match(clip=name, state="found", level_off_db=level, over_db=over, band=band, cells=count)


def _buried(field: Field, name: str) -> tuple[float | None, str]:
    """How much louder a clip must be to be heard in a few cells more than the least, and what lies over it there."""
    first, last = field.span(field.clips[name])
    own = field.own(field.clips[name], first, last)
    rest = np.maximum(field.total[first:last] - own, 1e-12)
    floor = 10.0 ** (AUDIBLE_DB / 10.0) * field.total[first:last] / np.power(10.0, field.expected[first:last] / 10.0)
    ratio = np.sort((own / np.maximum(rest, floor)).ravel())[::-1]
    wanted = ratio[min(len(ratio), 3 * LEAST_CELLS) - 1] if len(ratio) else 0.0
    if wanted <= 1e-9:
        return None, ""
    needs = 10.0 * np.log10(JUST_HEARD / (1.0 - JUST_HEARD) / float(wanted))
    where = own > 0.1 * own.max()
    loudest, under = 0.0, ""
    for other, clip in field.clips.items():
        low, high = field.span(clip)
        if other != name and low < last and first < high:
            power = float(field.own(clip, first, last)[where].sum())
            if power > loudest:
                loudest, under = power, other
    return max(0.5, float(needs)), under


def _suspected(field: Field, name: str, count: int, wrong: int) -> _Guess | None:
    """The change of this clip that explains most of what is off, or None when it is as planned.

    Args:
        count: of cells that judge it, wrong: of those that are not as planned.
    """
    if count < LEAST_CELLS:
        return None
    if wrong < max(LEAST_CELLS, 0.02 * count if field.clips[name].step == 1 else 0.01 * count):
        return None
    return _guess(field, name, wrong / count)


def _guess(field: Field, name: str, wrong: float) -> _Guess | None:
    clip = field.clips[name]
    first, last = field.span(clip, field.frames_of(LAG_S))
    own = field.own(clip, first, last)
    off, judged = field.off[first:last].astype(np.float32), field.seen_in(first, last)
    before = np.where(judged, cost(off), 0.0)

    def costs(change_db: Powers) -> Powers:
        return np.asarray(np.where(judged, cost(np.clip(off - change_db, -25.0, 25.0)), 0.0), np.float32)

    gone = field.change(first, last, own, np.zeros_like(own))
    possible = float(np.where(judged, cost(gone), 0.0).sum())
    gained = (before - costs(gone)).sum(axis=1)
    start, end = _richest(gained)
    gap_change = np.zeros_like(gone)
    gap_change[start:end] = gone[start:end]
    found: list[_Guess] = []
    gap_gain = float(gained[start:end].sum())
    missing_share = float(np.where(judged, cost(gap_change), 0.0).sum()) / max(possible, 1e-9)
    whole = missing_share > 0.85  # what is left is a faint end, of which nothing can be told
    found.append(
        _Guess(
            clip=name,
            state="missing" if whole else "cut short",
            gained=float(gained.sum()) if whole and gained.sum() > 0.9 * gap_gain else gap_gain,
            first=first,
            change_db=gone if whole else gap_change,
            reach=np.abs(gone if whole else gap_change) > 0.4,
            gap=None if whole else (first + start, first + end),
        )
    )
    level_db, level_gain, level_change = 0.0, 0.0, gone
    for gain_db in _GAINS_DB:
        change = field.change(first, last, own, own * np.float32(10.0 ** (gain_db / 10.0)))
        better = float((before - costs(change)).sum())
        if better > level_gain:
            level_db, level_gain, level_change = float(gain_db), better, change
    if (
        level_gain > 1.03 * found[0].gained
        and abs(level_db) >= _LEVEL_DB
        and level_db > _GONE_DB
        and _goes_with(field, first, last, own, level_db)
    ):
        state: State = "quiet" if level_db < 0 else "loud"
        found.append(
            _Guess(name, state, level_gain, first, level_change, np.abs(level_change) > 0.4, level_off_db=level_db)
        )
    if clip.step == 1 and last - first <= field.frames_of(LONG_S):
        found += _moved(field, name, first, last, own, before, costs)
    best = max(found, key=lambda guess: guess.gained * (1.0 if guess.state != "moved" else 0.95))
    at_least = max(_LEAST_GAIN, 0.03 * possible)
    if best.gained < at_least or (best.state in ("quiet", "loud") and best.gained < 0.3 * float(before.sum())):
        if wrong < 0.35:
            return None
        # Most of its cells are off, and no change of its own says how: something else sounds there.
        return _Guess(name, "replaced", _LEAST_GAIN, first, gone, np.abs(gone) > 0.4)
    return best


def _goes_with(field: Field, first: int, last: int, own: Powers, level_db: float) -> bool:
    """Whether what is heard where a clip at another level would rule goes up and down as the clip does.

    A bed that was not turned down for a line that is missing is as loud as a faint line, but does not speak.
    """
    if level_db > -12.0:
        return True
    turned = own * np.float32(10.0 ** (level_db / 10.0))
    rules = (turned > 2.0 * np.maximum(field.total[first:last] - own, 0.0)) & field.seen_in(first, last)
    if rules.sum() < 3 * LEAST_CELLS:
        return level_db > _UNTOLD_DB
    found, wanted = [], []
    for band in range(BANDS):
        cells = rules[:, band]
        if cells.sum() >= 6:
            there, planned = field.heard[first:last][:, band][cells], 10.0 * np.log10(own[cells, band])
            found.append(there - there.mean())
            wanted.append(planned - planned.mean())
    if not found:
        return True
    one, other = np.concatenate(found), np.concatenate(wanted)
    return bool((one * other).sum() > 0.5 * np.sqrt(np.square(one).sum() * np.square(other).sum()))


def _moved(
    field: Field, name: str, first: int, last: int, own: Powers, before: Powers, costs: Callable[[Powers], Powers]
) -> list[_Guess]:
    """The best other place of a clip within a second."""
    best: tuple[float, int, Powers] | None = None
    farthest = field.frames_of(LAG_S)
    for lag in range(-farthest, farthest + 1):
        if abs(lag) < 2:
            continue
        there = np.zeros_like(own)
        if lag > 0:
            there[lag:] = own[:-lag]
        else:
            there[:lag] = own[-lag:]
        change = field.change(first, last, own, there)
        better = float((before - costs(change)).sum())
        if best is None or better > best[0]:
            best = (better, lag, change)
    if best is None:
        return []
    return [_Guess(name, "moved", best[0], first, best[2], np.abs(best[2]) > 0.4, moved=best[1])]


def _richest(gained: Powers) -> tuple[int, int]:
    """Frames [start, end) with the highest sum."""
    sums = np.concatenate([[0.0], np.cumsum(gained, dtype=float)])
    lowest = np.minimum.accumulate(sums)
    end = int((sums - lowest).argmax())
    return int(sums[: end + 1].argmin()), end


def _explained(field: Field, guess: _Guess) -> State:
    """Takes the guess into the field; says 'replaced' where something else sounds instead of what is missing."""
    first, last = guess.first, guess.first + len(guess.change_db)
    expected = field.expected[first:last] + field.gain_db
    left = field.off[first:last] - guess.change_db
    held = np.median(np.where(field.trusted[first:last], left, 0.0), axis=1)
    held = np.clip(held, 0.0, field.limited_db[first:last])  # a limiter that has less to hold lets the rest up
    left -= held[:, None].astype(np.float32)
    field.off[first:last] = left
    state, reach = guess.state, guess.reach.copy()
    touched = np.flatnonzero(reach.any(axis=1))
    low, high = (int(touched[0]), int(touched[-1]) + 1) if len(touched) else (0, 0)
    judged = field.seen_in(first, last)
    if state != "loud":
        # Heard against what should be left, over five frames: a bed by itself goes up and down by some decibels.
        should = _smooth(np.power(10.0, (expected + guess.change_db) / 10.0))
        heard = _smooth(np.power(10.0, field.heard[first:last] / 10.0))
        excess: Powers = np.asarray(np.where(judged & (heard > 4.0 * should), heard - should, 0.0), np.float32)
        lost = np.where(reach, np.power(10.0, expected / 10.0) * (1.0 - np.power(10.0, guess.change_db / 10.0)), 0.0)
        lost, excess = np.maximum(lost, 0.0)[low:high].sum(axis=0), excess[low:high].sum(axis=0)
        # By power and as the ear weighs it: a boom is not missed in what rings high, nor a squeak in a thud.
        other = any(float(excess @ weight) > REPLACED_SHARE * float(lost @ weight) for weight in (_EAR, _ALIKE))
        if other and state != "moved":
            state = "replaced"
        elif state == "moved":
            new = judged & (guess.change_db > 3.0)  # where it should be now and was not before
            if new.sum() and (np.abs(left[new]) > np.maximum(field.limit_db, 3.0).max()).mean() > 0.4:
                state = "replaced"
        elif state == "cut short":
            own = field.own(field.clips[guess.clip], first, last) / np.maximum(field.total[first:last], 1e-12)
            rest = judged & (own >= JUST_HEARD) & ~reach
            if rest.sum() and (np.abs(left[rest]) > field.limit_db.max()).mean() > 0.25:
                state = "replaced"
        if state == "replaced":
            busy = _closed((judged & (left > field.limit_db)).sum(axis=1) >= 2, 5)
            inside = np.zeros(last - first, np.bool_)
            inside[max(0, low - 5) : high + 5] = True
            for start, end in runs(busy):
                if start < high + 5 and end > low - 5:
                    inside[start:end] = True
            reach |= inside[:, None] & (np.abs(left) > 1.5)
    field.settle(first, reach)
    return state


def _smooth(power: Powers) -> Powers:
    """Means over five frames."""
    return np.asarray(ndimage.uniform_filter1d(power, 5, axis=0, mode="nearest"), np.float32)


def _closed(flags: Flags, gap: int) -> Flags:
    """`flags` with holes of up to `gap` filled."""
    made = flags.copy()
    for start, end in runs(~flags):
        if end - start <= gap and start > 0 and end < len(flags):
            made[start:end] = True
    return made
