"""What a recording says that its line does not, and what it leaves out, in the line's own words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from producer.voice.align import Aligned, Stretch
from producer.voice.spectra import RATE_HZ

OTHER_TEXT = 0.92
"""Likeness above which a recording is of other words: of right ones it is 0.3 to 0.9, of wrong ones 0.94 to 1.05."""
_DOUBTFUL, _ODD = 0.78, 0.25
"""A likeness that leaves it open, and the share of a recording and its line that have then to be at odds."""
_LEAST_ADDED_S = 0.45
"""Shorter strange sounds are clicks, chairs and echoes."""
_LEAST_PAUSE_S = 0.06
_MOSTLY = 0.6


def is_other_text(found: Aligned, backwards: Aligned, words: int, *, short: bool = False) -> bool:
    """Whether the recording is of something else: no more like its line than like the same sounds in wrong order.

    Of a line that is `short` (`align.is_short`) that cannot be told; it is only when most of a recording is strange.
    """
    missing = sum(last - first for first, last in found.missing) / words
    known = sum(word.end - word.start for word in found.words if word is not None)
    strange = sum(one.heard.end - one.heard.start for one in found.added)
    if short:
        return strange > _MOSTLY * (known + strange)
    odd = missing + strange / max(known + strange, 1)
    dear = likeness(found, backwards)
    return dear > OTHER_TEXT or missing > _MOSTLY or (dear > _DOUBTFUL and odd > _ODD)


def likeness(found: Aligned, backwards: Aligned) -> float:
    """How dear it is to find a line in a recording, beside finding the same sounds in wrong order; 1: no less dear."""
    return found.cost / backwards.cost


def departures(found: Aligned, words: Sequence[str], begins_s: float = 0.0) -> tuple[str, ...]:
    """One sentence for each departure, in the order of the line.

    Args:
        found: the recording beside its line.
        words: the line's words, as it was read.
        begins_s: when in its file the recording begins that was laid beside.
    """
    remarks: list[tuple[int, str]] = []
    for first, last in found.missing:
        where = f" after “{words[first - 1]}”" if first else " at the beginning"
        remarks.append((first, f"words are missing{where}: {_quoted(words[first:last])}"))
    for repeat in found.again:
        at = _clock(repeat.heard, begins_s)
        remarks.append((repeat.first, f"said twice, first at {at}: {_quoted(words[repeat.first : repeat.last])}"))
    for extra in found.added:
        length_s = (extra.heard.end - extra.heard.start) / RATE_HZ
        if length_s < _LEAST_ADDED_S:
            continue
        where = f"after “{words[extra.before - 1]}”" if extra.before else "before the first word"
        what = f"{length_s:.1f} s at {_clock(extra.heard, begins_s)}, {where}, are not in the script"
        remarks.append((extra.before, what))
    return tuple(what for _, what in sorted(remarks))


def unpaused(found: Aligned, words: Sequence[str], phrases: Sequence[int]) -> tuple[str, ...]:
    """One sentence for each rest of the line where the actor went on without a pause.

    Args:
        found: the recording beside its line.
        words: the line's words.
        phrases: the number of the phrase that each is in.
    """
    remarks = []
    for last in range(len(words) - 1):
        before, after = found.words[last], found.words[last + 1]
        if phrases[last] == phrases[last + 1] or before is None or after is None:
            continue
        if after.start - before.end < _LEAST_PAUSE_S * RATE_HZ:
            remarks.append(f"no pause after “{words[last]}”, where the script has one: it is cut there")
    return tuple(remarks)


def _quoted(words: Sequence[str], most: int = 14) -> str:
    kept = list(words) if len(words) <= most else [*words[: most // 2], "…", *words[-(most // 2) :]]
    return f"“{' '.join(kept)}”"


def _clock(stretch: Stretch, begins_s: float) -> str:
    seconds = begins_s + stretch.start / RATE_HZ
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"


def spoken_share(found: Aligned) -> float:
    """The share of the line's words that were found."""
    return float(np.mean([word is not None for word in found.words])) if found.words else 0.0
