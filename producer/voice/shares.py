"""Which spurts of a long recording are whose line: the likeliest way to share them out, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from producer.frozen import dataclass
from producer.voice.spectra import Floats
from producer.voice.spurts import Run, Runs, Spurt

_ABSENT = 0.06
"""What it costs, in units of `Run.evidence`, that a line is not there; 3 s of a line have 0.3 to 3, a word 0 to 0.3."""
_NOBODYS = 0.08  # for each second that is no line's
_AGAIN, _AGAIN_WEIGHT = 0.05, 0.3
"""To say a line again, and the part of its evidence that counts when it is not the last time."""
_STRETCHED, _STRETCH, _MOST_STRETCHED = 0.04, 0.25, 0.15
"""For a run that is this much longer or shorter than its line, squared; and at most."""
_INSIDE, _LONGEST_S = 0.15, 1.0
"""For each second of silence inside a line, which people keep for its end."""
_CLOSE, _CLOSE_S = 0.08, 0.25
"""For a line that begins or ends in hardly any silence."""
_WHOLE, _WHOLE_STRETCH = 0.5, 0.4
"""The least share of the last time's evidence, and the most difference in length, of a line that was said before."""

_LEFT, _SKIPPED, _TAKEN, _REPEATED = range(4)


@dataclass(frozen=True, slots=True)
class Share:
    """Spurts [first, stop) are a line's, which was said so many times."""

    first: int
    stop: int
    times: int


def shares(spurts: Sequence[Spurt], runs: Runs, lines: int, rate_hz: int) -> tuple[Share | None, ...]:
    """What each line has of the spurts, in order; None: it is not there. Every spurt is one line's, or nobody's.

    Args:
        spurts: all of the recording's.
        runs: of them, beside the lines.
        lines: how many there are.
        rate_hz: of the spurts' samples.
    """
    count = len(spurts)
    pauses = [one.silence_s(after, rate_hz) for one, after in pairwise(spurts)]
    likely = np.full((count + 1, lines + 1), -np.inf)
    came = np.zeros((count + 1, lines + 1, 2), np.int64)  # how, and from which spurt
    likely[0, 0] = 0.0
    following: list[list[int]] = [[] for _ in range(count)]
    for first, stop in runs:
        following[first].append(stop)
    for first in range(count + 1):
        row = likely[first]
        for line in range(lines):
            if row[line] - _ABSENT > row[line + 1]:
                row[line + 1] = row[line] - _ABSENT
                came[first, line + 1] = (_LEFT, first)
        if first == count:
            break
        length_s = (spurts[first].end - spurts[first].start) / rate_hz
        _offer(likely[first + 1], came[first + 1], row - _NOBODYS * length_s, (_SKIPPED, first))
        for stop in following[first]:
            worth = _worth(runs[first, stop], pauses, first, stop)
            _offer(likely[stop, 1:], came[stop, 1:], row[:-1] + worth, (_TAKEN, first))
            repeated = np.where(worth > 0.0, row[:-1] + _AGAIN_WEIGHT * worth - _AGAIN, -np.inf)
            _offer(likely[stop, :-1], came[stop, :-1], repeated, (_REPEATED, first))
    return _back(came, runs, count, lines)


def _worth(run: Run, pauses: Sequence[float], first: int, stop: int) -> Floats:
    """What it is worth that a run is a line, for each line."""
    edges = [pauses[first - 1]] if first else []
    edges += [pauses[stop - 1]] if stop <= len(pauses) else []
    price = _CLOSE * sum(max(0.0, 1.0 - pause / _CLOSE_S) for pause in edges)
    price += _INSIDE * sum(min(pause, _LONGEST_S) for pause in pauses[first : stop - 1])
    return run.evidence - np.minimum(_STRETCHED * np.square(run.stretch / _STRETCH), _MOST_STRETCHED) - price


def _offer(likely: Floats, came: np.ndarray, offered: Floats, how: tuple[int, int]) -> None:
    better = offered > likely
    likely[better] = offered[better]
    came[better] = how


def _back(came: np.ndarray, runs: Runs, spurt: int, line: int) -> tuple[Share | None, ...]:
    """The way through, from its end."""
    found: list[Share | None] = [None] * line
    again: list[list[tuple[int, int]]] = [[] for _ in range(line + 1)]
    while spurt or line:
        how, source = came[spurt, line].tolist()
        if how == _TAKEN:
            found[line - 1] = Share(source, spurt, 1)
        elif how == _REPEATED:
            again[line].append((source, spurt))
        line -= how in (_LEFT, _TAKEN)
        spurt = source
    return tuple(
        None
        if one is None
        else replace(
            one, times=1 + sum(_is_whole(runs[earlier], runs[one.first, one.stop], number) for earlier in more)
        )
        for number, (one, more) in enumerate(zip(found, again[:-1], strict=True))
    )


def _is_whole(earlier: Run, kept: Run, line: int) -> bool:
    """Whether a line was said then, too, and not only begun, nor something else."""
    likely = earlier.evidence[line] >= _WHOLE * kept.evidence[line]
    return bool(likely and abs(earlier.stretch[line] - kept.stretch[line]) < _WHOLE_STRETCH)
