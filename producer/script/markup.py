"""Spoken text taken apart: words, what stands in brackets between them, `{written|spoken}`, `*emphasis*`, beats."""

from __future__ import annotations

import re
import unicodedata

from producer.frozen import dataclass
from producer.model.script import Token

_ESCAPED = frozenset("[]{}*|\\")
_BRACKET = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]", re.DOTALL)
_BRACES = re.compile(r"\{((?:[^{}\\]|\\.)*)\}", re.DOTALL)
_MOST_MISTAKES = 20
"""Of one speech: nobody mends thousands by a list, and a script of a few MiB could hold millions."""
_RUN = re.compile(r"[^\s\[]*")
_CLOSING = frozenset(".,;:!?…)’”\"'")
_BREAK = re.compile(r"(\S)(?:[—–…]|\.{3,}|-{2,})[—–…).,;:!?’”»-]*$")
_OF_A_BREAK = "—–…).,;:!?’”»-"
"""What a break and the signs behind it are made of: it is looked for in these alone, however long the word is."""
_AFTER_A_BREAK = frozenset("—–…-[.,;:!?)’”»")
"""What does not begin a word behind a dash or three points, besides a space."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """What stands in square brackets before token `before_token`; `text` begins at `offset`. A beat has no text."""

    text: str
    offset: int
    before_token: int
    beat: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """A speech: its words, what is between them in the order written, and (offset, what) of each mistake."""

    tokens: tuple[Token, ...]
    brackets: tuple[Bracket, ...]
    mistakes: tuple[tuple[int, str], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    """Where each token begins and has ended, its stars and braces included."""


def read_spoken(text: str) -> Spoken:
    """Takes `text` apart; never raises. Offsets count characters of `text`."""
    return _Pen(text).write()


class _Pen:
    """Walks through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []
        self.spans: list[tuple[int, int]] = []
        self.begun = self.at  # where the present word began, when there is one
        self.brackets: list[Bracket] = []
        self.mistakes: list[tuple[int, str]] = []
        self.written = self.spoken = ""
        self.emphatic = self.glue = self.doubled = False
        self.opened: int | None = None  # where emphasis began

    def write(self) -> Spoken:
        steps = {"\\": self._escape, "[": self._bracket, "{": self._braces, "*": self._star, "]": self._stray}
        steps["}"] = self._stray
        end = len(self.text.rstrip())
        self.at = len(self.text) - len(self.text.lstrip())
        while self.at < end:
            sign = self.text[self.at]
            if self._breaks_before(sign):
                self._end_word()
                self.glue = True
            if not self.written and (self.opened is None or self.text[self.at - 1] != "*"):
                self.begun = self.at
            if sign.isspace():
                self._space(sign)
            elif sign in steps:
                steps[sign]()
            else:
                self._letters(sign)
        self._end_word()
        if self.opened is not None:
            self._mistake(self.opened, "a '*' without its partner; emphasis is '*word*', and the sign itself is '\\*'")
        return Spoken(tuple(self.tokens), tuple(self.brackets), tuple(sorted(self.mistakes)), tuple(self.spans))

    def _breaks_before(self, sign: str) -> bool:
        """Whether a word is over because a dash or three points stand behind it: `door—then`, `door...then`.

        A voice pauses there, so what follows is a word of its own; not in `1914–1918`, which is one number to another.
        """
        if sign.isspace() or sign in _AFTER_A_BREAK or (sign == "*" and self.opened is not None):
            return False
        begun = len(self.written.rstrip(_OF_A_BREAK))
        found = _BREAK.search(self.written, max(begun - 1, 0)) if begun < len(self.written) else None
        if found is None or not any(letter.isalnum() for letter in self.written[: found.end(1)]):
            return False
        return not (found[1].isdecimal() and sign.isdecimal())

    def _mistake(self, offset: int, what: str) -> None:
        if len(self.mistakes) == _MOST_MISTAKES:
            what = "there are more mistakes from here on; they are told when those before are mended"
        if len(self.mistakes) <= _MOST_MISTAKES:
            self.mistakes.append((offset, what))

    def _letters(self, written: str, spoken: str | None = None, length: int = 1) -> None:
        self.written += written
        self.spoken += written if spoken is None else spoken
        self.emphatic = self.emphatic or self.opened is not None
        self.at += length

    def _end_word(self) -> None:
        if not self.written:
            return
        if self.glue and self.tokens and all(unicodedata.category(sign)[0] == "P" for sign in self.written):
            last = self.tokens[-1]  # `lamp [gull].` ends the word before the bracket
            self.tokens[-1] = Token(
                last.written + self.written, last.spoken + self.spoken, last.emphasis, glue=last.glue
            )
            self.spans[-1] = (self.spans[-1][0], self.at)
        else:
            self.tokens.append(Token(self.written, self.spoken, self.emphatic, glue=self.glue and bool(self.tokens)))
            self.spans.append((self.begun, self.at))
        self.written = self.spoken = ""
        self.emphatic = self.glue = False

    def _space(self, sign: str) -> None:
        self._end_word()
        self.glue = False
        if sign == "\n":
            self.brackets.append(Bracket("", self.at, len(self.tokens), beat=True))
        self.at += 1

    def _escape(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following in _ESCAPED and following:
            self._letters(following, length=2)
        else:
            self._mistake(
                self.at, "a '\\' stands only before a sign that has a meaning here: \\[ \\{ \\* or \\\\ itself"
            )
            self.at += 1

    def _stray(self) -> None:
        sign = self.text[self.at]
        partner = {"]": "[", "}": "{"}[sign]
        self._mistake(self.at, f"a '{sign}' without its '{partner}'; the sign itself is written '\\{sign}'")
        self.at += 1

    def _bracket(self) -> None:
        inside = _BRACKET.match(self.text, self.at)
        if inside is None:
            self._mistake(self.at, "this '[' is not closed; write ']' where the cue ends, or '\\[' for the sign itself")
            self.at += 1
            return
        touches = bool(self.written) or self.glue
        trailing = not self.written and not self.glue
        self._end_word()
        self.brackets.append(Bracket(inside[1], self.at + 1, len(self.tokens)))
        self.at = inside.end()
        # After a space and a bracket only a sign such as a full stop belongs to the word before.
        run = _RUN.match(self.text, self.at)
        self.glue = touches or bool(trailing and run and run[0] and set(run[0]) <= _CLOSING)

    def _braces(self) -> None:
        inside = _BRACES.match(self.text, self.at)
        if inside is None:
            self._mistake(self.at, "this '{' is not closed; write '{written|spoken}', or '\\{' for the sign itself")
            self.at += 1
            return
        sides = [_unescaped(side) for side in re.split(r"(?<!\\)\|", inside[1])]
        if len(sides) != 2 or not all(sides):
            what = "braces hold what is written and what is said, as in '{112|one hundred and twelve}'"
            self._mistake(self.at, what)
            self._letters(sides[0] or "…", length=len(inside[0]))
            return
        self._letters(sides[0], sides[1], len(inside[0]))

    def _star(self) -> None:
        before, after = self.text[self.at - 1 : self.at], self.text[self.at + 1 : self.at + 2]
        if after == "*":
            stars = len(self.text[self.at :]) - len(self.text[self.at :].lstrip("*"))
            if not self.doubled:
                self._mistake(self.at, "emphasis has one '*' at each side, as in '*word*'")
            self.doubled = not self.doubled
            self.at += stars
            return
        if self.opened is None and (not after or after.isspace()):
            self._mistake(self.at, "a '*' before a space; emphasis is '*word*', and the sign itself is '\\*'")
        elif self.opened is None:
            self.opened = self.at
        elif before.isspace():
            self._mistake(self.at, "a '*' after a space; emphasis is '*word*', and the sign itself is '\\*'")
            self.opened = None
        else:
            self.opened = None
        self.at += 1


def _unescaped(text: str) -> str:
    return " ".join(re.sub(r"\\([\[\]{}*|\\])", r"\1", text).split())
