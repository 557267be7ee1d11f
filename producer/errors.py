"""Whose turn it is to act, and where.

ProducerError           something stopped the work; str() is what the user reads
├── ScriptError         the writer can mend it: every problem at file:line:column (exit 1)
├── PackError           the sound designer can mend it: every problem with its file (exit 1)
├── VoiceError          a voice or a recording did not do its work: every problem at its line (exit 1)
├── RenderError         the user's machine, files or choices stand in the way (exit 1)
└── UsageError          the command was called wrongly (exit 2)

Anything else that escapes is a fault of ours (exit 3, with its traceback).
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from operator import attrgetter
from typing import TypeVar

from producer.frozen import dataclass

Given = TypeVar("Given")
MOST_TOLD = 50
"""Different mistakes that one message tells. What reads `problems` has all of them, `--json` and the studio too."""
_MOST_LINES = 12
_MOVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file something stands; line and column count from 1, column in characters."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def as_json(self) -> dict[str, object]:
        """The place as one object; null for what it does not have."""
        return {"file": self.file or None, "line": self.line or None, "column": self.column or None}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it is, what is wrong, and how to mend it."""

    at: Place
    what: str
    mended: str = field(default="", compare=False)
    """The line (or lines) as it should stand, when that is known for certain; else empty."""

    def __str__(self) -> str:
        what = " ".join(self.what.splitlines())  # what is repeated of a text may have lines
        shown = f"{self.at}: {what}" if self.at.file else what
        if self.mended:
            shown += "".join(f"\n    {line}" for line in self.mended.splitlines())
        return printable(shown)


def _lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Problems for people: the same of one file once, with the lines it is in as well, and a bounded number of them."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for one in problems:
        alike.setdefault((one.at.file, one.what, one.mended), []).append(one)
    for first, *more in itertools.islice(alike.values(), MOST_TOLD):
        yield str(first)
        if more:
            lines = list(dict.fromkeys(str(one.at.line) for one in more))
            shown = ", ".join([*lines[:_MOST_LINES], *(["…"] if lines[_MOST_LINES:] else [])])
            yield f"    and at {_counted(len(more), 'more place')}: {'lines' if lines[1:] else 'line'} {shown}"
    if len(alike) > MOST_TOLD:
        yield f"    and {_counted(len(alike) - MOST_TOLD, 'more mistake')}"


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


class ProducerError(Exception):
    """Base of every error that a user can act on."""


class LocatedError(ProducerError):
    """Base of the errors that hold problems with their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        order = attrgetter("at.file", "at.line", "at.column", "what")  # as problems compare, in a fifth of the time
        self.problems = tuple(sorted(set(problems), key=order))
        super().__init__("\n".join(_lines(self.problems)))

    def __reduce__(self) -> tuple[type[LocatedError], tuple[tuple[Problem, ...]]]:
        """Made again of its problems in another process, not of its message, as exceptions are."""
        return type(self), (self.problems,)


class ScriptError(LocatedError):
    """The writer can mend it. Holds every problem, in reading order."""


class PackError(LocatedError):
    """The sound designer can mend it. Holds every problem, in reading order."""


class VoiceError(LocatedError):
    """A voice could not speak, or a recording not be heard. Holds every problem, in reading order."""


class RenderError(ProducerError):
    """Files, disk, encoder or options stand in the way of the render."""


class UsageError(ProducerError):
    """The command was called in a way that it does not know."""


NO_ROOM = "too little memory, or no more threads may be begun: allow more (ulimit -v, -u), or give it less to do"
"""What is to be said where `is_no_room` holds."""
_WITHOUT_ROOM = (
    "can't start new thread",  # CPython's words
    "failed to map segment from shared object",  # glibc's
    "broken data stream when writing image file",  # Pillow's of libjpeg: pixels are not broken
)


def is_no_room(problem: BaseException | None) -> bool:
    """Whether something failed, or what it came of, for want of memory or threads: that is no fault of a program."""
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        if isinstance(problem, MemoryError) or any(said in str(problem) for said in _WITHOUT_ROOM):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


class Several:
    """The errors of checks that do not need each other: all of them are told at once."""

    def __init__(self) -> None:
        self._found: list[ProducerError] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def tried(self, check: Callable[[], Given]) -> Given | None:
        """What `check` gives; where it fails, that is noted, and it is None."""
        try:
            return check()
        except ProducerError as error:
            self._found.append(error)
            return None

    def found(self, error: ProducerError) -> None:
        """Notes what was found without such a check."""
        self._found.append(error)

    def tell(self) -> None:
        """Raises what was noted, if anything was."""
        if self._found:
            raise self.one()

    def one(self) -> ProducerError:
        """What was noted, at least one: one error as it is, several as one ScriptError in reading order."""
        first, *more = self._found
        return ScriptError(problem for error in self._found for problem in told(error)) if more else first


def told(error: ProducerError) -> tuple[Problem, ...]:
    """Every problem that an error tells of, in reading order; at no place where it holds none."""
    if isinstance(error, LocatedError):
        return error.problems
    return tuple(sorted({Problem(Place(""), line) for line in str(error).splitlines()}))


def printable(text: str) -> str:
    """`text` without what would move a terminal's cursor or turn its writing round: what it repeats is strangers'."""
    return _MOVES.sub("\ufffd", text)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown name: ``"; did you mean 'x'?"`` or the known names, or nothing.

    Args:
        name: as the user wrote it.
        known: the names that would have been right.
    """
    names = sorted(set(known))
    folded = {known_name.casefold(): known_name for known_name in names}
    close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{folded[close[0]]}'?"
    if names and len(names) <= 12:
        return f"; known: {', '.join(names)}"
    return ""
