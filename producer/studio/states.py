"""What the studio knows at one moment, as values: the page is told of them in order."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Any

from producer.errors import LocatedError, Problem, ProducerError
from producer.frozen import dataclass
from producer.model.timeline import Clip, Timeline
from producer.studio.desk import Desk

MOST_SHOWN = 40
"""Problems that are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A problem as the page has it."""

    where: str
    line: int
    column: int
    what: str
    quoted: str
    mended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An episode that can be heard."""

    number: int
    desk: Desk
    sound: str
    """Names what it sounds like: versions with one name sound alike."""
    moved: tuple[tuple[int, int], ...] = ()
    """From the version before: from this ms on, what was there begins at that ms."""
    digests: dict[str, str] = field(default_factory=dict)
    """The files that it was read from, and the SHA-256 of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the studio is."""

    number: int = 0  # rises with every change of anything here
    version: Version | None = None
    trial: Version | None = None
    trying: str = ""  # what the trial is, in words
    doing: str = ""  # "", or what is being made
    done: float = 0.0  # how much of it, 0 … 1
    problems: tuple[Shown, ...] = ()
    whole: int = 0  # the version that the output folder holds
    page: str = ""  # the listening page of that version

    def told(self) -> dict[str, Any]:
        """What the page is told."""
        version, trial = self.version, self.trial
        return {
            "number": self.number,
            "version": version.number if version else 0,
            "sound": version.sound if version else "",
            "moved": version.moved if version else (),
            "names": version.desk.names if version else {},
            "trial": trial.number if trial else 0,
            "trialMoved": trial.moved if trial else (),
            "trying": self.trying,
            "doing": self.doing,
            "done": round(self.done, 2),
            "whole": self.whole,
            "problems": [
                {
                    "where": one.where,
                    "line": one.line,
                    "column": one.column,
                    "what": one.what,
                    "quoted": one.quoted,
                    "mended": one.mended,
                }
                for one in self.problems
            ],
        }


def problems(
    error: ProducerError, text_of: Callable[[str], str | None], named: Callable[[str], str] = str
) -> tuple[Shown, ...]:
    """An error as the page shows it, with the lines that it is about.

    Args:
        text_of: what a file says; None where it may not be shown.
        named: what a file of the project is called.
    """
    if not isinstance(error, LocatedError):
        return (Shown(where="", line=0, column=0, what=str(error), quoted=""),)
    found = [_shown(one, text_of, named) for one in error.problems[:MOST_SHOWN]]
    left = len(error.problems) - len(found)
    more = [Shown(where="", line=0, column=0, what=f"and {left} more", quoted="")] if left else []
    return (*found, *more)


def _shown(problem: Problem, text_of: Callable[[str], str | None], named: Callable[[str], str]) -> Shown:
    text = text_of(problem.at.file) if problem.at.line else None
    rows = [] if text is None else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    quoted = rows[problem.at.line - 1] if 0 < problem.at.line <= len(rows) else ""
    return Shown(
        where=str(replace(problem.at, file=named(problem.at.file)) if text is not None else problem.at),
        line=problem.at.line,
        column=problem.at.column,
        what=problem.what,
        quoted=quoted[:2000],
        mended=problem.mended[:2000],
    )


def moved(before: Timeline, after: Timeline) -> tuple[tuple[int, int], ...]:
    """Where each moment of one timeline is in another: (from this ms on, what was there begins at that ms), rising.

    What is the same in both is found by what it is, not by when it is. A moment belongs to what began last before it.
    """
    old, new = _told(before.clips), _told(after.clips)
    if old == new and [clip.span for clip in before.clips] == [clip.span for clip in after.clips]:
        return ()
    pairs: list[tuple[Clip, Clip]] = []
    for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        pairs += zip(
            before.clips[block.a : block.a + block.size], after.clips[block.b : block.b + block.size], strict=True
        )
    found: list[tuple[int, int]] = []
    shift = 0
    for a, b in pairs:
        if a.kind in ("bed", "music"):
            continue  # they go on under what is spoken: where they begin says little of where one is
        start, to = _ms(a.span.start, before), _ms(b.span.start, after)
        if to - start != shift:
            shift = to - start
            found.append((start, to))
    return tuple(found)


def _told(clips: Sequence[Clip]) -> list[tuple[str, str, str]]:
    return [(clip.kind, clip.name, clip.text) for clip in clips]


def _ms(sample: int, timeline: Timeline) -> int:
    return round(sample * 1000 / timeline.rate_hz)
