"""What the recording of each line is called, and which file is which line's."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from producer.frozen import dataclass
from producer.model.script import Line
from producer.model.words import fold

Speech = tuple[str, int]
"""A line's id and the index of one of its voices: what one recording is of."""

_WORDS, _LETTERS = 5, 40
_NUMBER = re.compile(r"^(?P<name>.+)_(?P<number>\d{1,3})$")
_GENERATED = re.compile(r"^line-\d+$")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a file's name says: whose take it is, and which one, from 1."""

    speech: Speech
    number: int


def is_generated(line: Line) -> bool:
    """Whether the script gives the line no id of its own: then its id changes when lines are added."""
    return _GENERATED.match(line.id) is not None


def names(lines: Iterable[Line]) -> dict[Speech, str]:
    """The name, without suffix, of every recording there may be, in reading order; no two are alike.

    A line's id. A line without one is called by who says it, its first words and four signs for all of its words
    (`keeper-whos_there_who_is-3fa2`): that stays when other lines come and go, and changes when its words do. Members
    who say a line together have a recording each: `both_call.ada`.
    """
    found: dict[Speech, str] = {}
    seen: Counter[str] = Counter()
    for line in lines:
        base = line.id
        if is_generated(line):
            base = _by_words(line)
            seen[base] += 1
            base += f"-{seen[base]}" if seen[base] > 1 else ""
        for index, use in enumerate(line.voices):
            found[line.id, index] = base if len(line.voices) == 1 else f"{base}.{use.member}"
    return found


def _by_words(line: Line) -> str:
    words = [word for token in line.tokens for word in fold(token.written)]
    shown = "_".join(words[:_WORDS])[:_LETTERS].rstrip("_") or "no_words"
    mark = hashlib.sha256(" ".join(words).encode()).hexdigest()[:4]
    return f"{line.speaker}-{shown}-{mark}"


class Names:
    """The names of a script's recordings, read either way."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = {line.id: line for line in lines}
        self.of = names(lines)
        self._speech = {_folded(name): speech for speech, name in self.of.items()}

    def meant(self, stem: str) -> Meant | None:
        """The take that a file without its suffix names; None when no line is called so.

        `gate_2` is the second take of `gate`, unless there is a line `gate_2`: then `gate_02` is.
        """
        whole = self._speech.get(_folded(stem))
        if whole is not None:
            return Meant(whole, 1)
        parted = _NUMBER.match(stem)
        if parted is None or int(parted["number"]) == 0:
            return None
        speech = self._speech.get(_folded(parted["name"]))
        return None if speech is None else Meant(speech, int(parted["number"]))

    def numbered(self, stem: str) -> tuple[Line | None, int]:
        """The line whose generated id a file is called by, and the take's number; (None, 1) for another name."""
        line = self.lines.get(stem.casefold())
        if line is not None and is_generated(line):
            return line, 1
        parted = _NUMBER.match(stem)
        line = self.lines.get(parted["name"].casefold()) if parted else None
        return (line, int(parted["number"])) if parted and line and is_generated(line) else (None, 1)

    def together(self, stem: str) -> Line | None:
        """The line that is said together and that a file names without saying which member's it is."""
        parted = _NUMBER.match(stem)
        for base in (stem, parted["name"] if parted else stem):
            for (line_id, index), name in self.of.items():
                line = self.lines[line_id]
                if len(line.voices) > 1 and index == 0 and _folded(name.rpartition(".")[0]) == _folded(base):
                    return line
        return None

    def file(self, speech: Speech, number: int = 1) -> str:
        """The name to give to a take, without its suffix."""
        name = self.of[speech]
        if number == 1:
            return name
        wanted = f"{name}_{number}"
        return wanted if _folded(wanted) not in self._speech else f"{name}_{number:02d}"


def _folded(name: str) -> str:
    """As file systems compare names: some do not tell capitals, some part letters from their accents."""
    return unicodedata.normalize("NFC", name).casefold()


def shown(line: Line, most: int = 44) -> str:
    """The beginning of a line, for messages."""
    text = line.text if len(line.text) <= most else line.text[: most - 1].rstrip() + "…"
    return f"“{text}”"


def speakers(lines: Iterable[Line]) -> Mapping[str, tuple[Speech, ...]]:
    """What each member says, in reading order."""
    found: dict[str, list[Speech]] = {}
    for line in lines:
        for index, use in enumerate(line.voices):
            found.setdefault(use.member, []).append((line.id, index))
    return {member: tuple(said) for member, said in found.items()}
