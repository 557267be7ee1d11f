"""The lines of a file as they are read: cleaned of what YAML cannot bear, each knowing its columns in the file."""

from __future__ import annotations

import re

from producer.frozen import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESTLESS = re.compile("[\x85\u2028\u2029\ufeff]|" + _UNREADABLE.pattern)
BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LEAD = re.compile(f"[{BLANKS}]*")
TAB_WIDTH = 2
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    number: int
    """From 0, in the file and in every version made of it for reading."""
    source: str
    """As it stands in the file, without its end."""
    end: str
    """How it ends in the file; empty for a last line without an end."""
    text: str
    """As it is read: no tabs, no control characters, plain spaces as indentation, and whatever was mended on it."""
    indent: int
    shifts: tuple[tuple[int, int], ...] = ()
    """(column in `text`, what to take from it and those behind it to get the column in `source`), rising from 0."""
    changed: bool = False
    """Whether `text` is to stand in the mended file instead of `source`."""

    @property
    def blank(self) -> bool:
        return self.indent == len(self.text)

    @property
    def body(self) -> str:
        """The text without its indentation."""
        return self.text[self.indent :]

    @property
    def comment(self) -> bool:
        return self.text.startswith("#", self.indent)

    def column(self, column: int) -> int:
        """The column in the file, from 1, of a column of `text`, from 0."""
        moved = 0
        for begins, shift in self.shifts:
            if begins > column:
                break
            moved = shift
        return max(column - moved, 0) + 1

    def edited(self, start: int, end: int, new: str) -> Line:
        """This line with `text[start:end]` replaced; columns behind it still lead to where they stood in the file."""
        text = self.text[:start] + new + self.text[end:]
        grown = len(new) - (end - start)
        here = end - (self.column(end) - 1)
        before = tuple(s for s in self.shifts if s[0] <= start)
        behind = tuple((at + grown, shift + grown) for at, shift in self.shifts if at > end)
        shifts = (*before, (start + len(new), here + grown), *behind)
        return Line(self.number, self.source, self.end, text, indentation(text), shifts, True)

    def indented(self, column: int) -> Line:
        """This line with its text moved to `column`."""
        return self if column == self.indent else self.edited(0, self.indent, " " * column)

    def emptied(self) -> Line:
        """This line with nothing on it to be read; the file keeps it as it stands."""
        return Line(self.number, self.source, self.end, "", 0, self.shifts, self.changed)


def indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def split(text: str) -> list[Line]:
    """The lines of `text` (without a byte-order mark), cleaned character by character so that columns stay true.

    A tab in the indentation is left for `untabbed`; any other becomes a space, for to YAML it is one.
    """
    restless = _RESTLESS.search(text) is not None
    lines = []
    for number, piece in enumerate(_LINE.findall(text)):
        source = piece.rstrip("\r\n")
        clean = _RESTLESS.sub(_calm, source) if restless else source
        lead = _LEAD.match(clean)
        width = lead.end() if lead else 0
        if width and not clean.startswith(" " * width):
            clean = " " * width + clean[width:]
        tail = clean.lstrip(" \t")
        if "\t" in tail:
            clean = clean[: len(clean) - len(tail)] + tail.replace("\t", " ")
        clean = clean.rstrip(BLANKS + "\t") if tail else ""
        lines.append(Line(number, source, piece[len(source) :], clean, indentation(clean)))
    return lines


def _calm(found: re.Match[str]) -> str:
    """A sign that YAML takes for a line's end or refuses, as one of the same width that it leaves alone."""
    return "\u2060" if found[0] == BOM else " "


def unreadable(line: Line) -> int | None:
    """The column (from 0) of the first control character of a line as it stands in the file, if it has any."""
    found = _UNREADABLE.search(line.source)
    return found.start() if found else None


def has_unreadable(text: str) -> bool:
    return _UNREADABLE.search(text) is not None


def untabbed(line: Line) -> Line:
    """The line with each tab of its indentation as two spaces."""
    lead = len(line.text) - len(line.text.lstrip(" \t"))
    return line.edited(0, lead, line.text[:lead].replace("\t", " " * TAB_WIDTH))


def tabbed(line: Line) -> bool:
    """Whether a tab stands in the indentation."""
    return line.text.startswith("\t", line.indent)


_NAME_LEAD = re.compile(f"[{BLANKS}]*(?:-[{BLANKS}]+)*[\\w.-]+[{BLANKS}]*:[{BLANKS}]+")
_DASH_LEAD = re.compile(f"[{BLANKS}]*(?:-[{BLANKS}]+)+")
_STRANGE = re.compile(f"[{BLANKS[1:]}]")


def plainly_spaced(line: Line) -> Line:
    """The line with plain spaces for a word processor's around its dash and its key's colon; its text keeps its own."""
    if line.text.isascii() or not _STRANGE.search(line.text):
        return line
    lead = _NAME_LEAD.match(line.text) or _DASH_LEAD.match(line.text)
    if lead is None:
        return line
    text = _STRANGE.sub(" ", lead[0]) + line.text[lead.end() :]
    return Line(line.number, line.source, line.end, text, indentation(text), line.shifts, line.changed)
