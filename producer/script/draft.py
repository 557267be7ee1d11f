"""A file while it is being mended: what was found, what is read in its place, and what the file should say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import field

from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.script.fold import Part, fold
from producer.script.lines import Line, has_unreadable
from producer.script.tree import Scalar

_LONGEST_SHOWN = 4000  # characters of mended lines that a message still shows


@dataclass(frozen=True, slots=True)
class Mended:
    """A script as written, as it should be written, and as it can be read now.

    A problem without `mended` lines is one that only its writer can settle; `fixed` leaves it as it stands.
    """

    file: str
    problems: tuple[Problem, ...]
    fixed: str
    """What `render check --fix` writes: every line as it was but for those that `problems` show mended."""
    readable: str
    """The same number of lines for YAML to read now: no tabs, no text that it would misread, `\\n` at each end."""
    lines: tuple[Line, ...] = field(repr=False)
    values: dict[tuple[int, int], Scalar] = field(repr=False)
    """By line and column (from 0) in `readable`: the texts that stand there only to be parsed, as they are meant."""

    def place(self, line: int, column: int) -> Place:
        """Where in the file a line and column of `readable`, both from 0, stand."""
        if not self.lines:
            return Place(self.file, 1, 1)
        if line >= len(self.lines):
            last = self.lines[-1]
            return Place(self.file, last.number + 1, len(last.source) + 1)
        return Place(self.file, line + 1, self.lines[line].column(column))


@dataclass(frozen=True, slots=True)
class _Found:
    at: Place
    what: str
    lines: tuple[int, int] | None  # first and last line to show mended


@dataclass(slots=True)
class Draft:
    """The working copy. It lives inside one call of `mend` and is never seen outside."""

    file: str
    lines: list[Line]
    values: dict[tuple[int, int], Scalar] = field(default_factory=dict)
    tabbed: set[int] = field(default_factory=set)
    """The lines with a tab in their indentation, of which that is told."""
    _found: list[_Found] = field(default_factory=list)
    _rows: dict[int, tuple[int, tuple[tuple[str, str | None], ...]]] = field(default_factory=dict)
    _kept: dict[int, str] = field(default_factory=dict)

    def problem(
        self, number: int, column: int, what: str, *, shown: tuple[int, int] | None = None, mended: bool = True
    ) -> None:
        """Note a mistake at a column (from 0) of a line as it reads now.

        Args:
            number: of the line, from 0.
            column: from 0.
            what: for the writer.
            shown: the first and last line to show as they should be; this line unless given.
            mended: whether there is anything to show.
        """
        at = Place(self.file, number + 1, self.lines[number].column(column))
        self._found.append(_Found(at, what, (shown or (number, number)) if mended else None))

    def misplaced(self, number: int, what: str) -> None:
        """Note that a line stands in the wrong column, unless a tab put it there: that is one mistake."""
        if number not in self.tabbed:
            self.problem(number, self.lines[number].indent, what)

    def change(self, number: int, start: int, end: int, new: str) -> None:
        """Mend a line in place, for reading and in the file."""
        self.lines[number] = self.lines[number].edited(start, end, new)

    def indent(self, number: int, column: int) -> None:
        """Move a line to where it belongs, for reading and in the file."""
        self.lines[number] = self.lines[number].indented(column)

    def restyle(self, number: int, text: str) -> None:
        """Read a line as `text`, of the same length; the file keeps it, unless it is mended for another reason."""
        line = self.lines[number]
        self.lines[number] = Line(number, line.source, line.end, text, line.indent, line.shifts, line.changed)

    def note_value(self, number: int, column: int, parts: list[Part]) -> None:
        """What stands at a column (from 0) of a line means the text of `parts`."""
        self.values[number, column] = fold(
            parts, self.file, Place(self.file, number + 1, self.lines[number].column(column))
        )

    def skip(self, numbers: Iterable[int]) -> None:
        """Read lines as if they were empty; the file keeps them."""
        for number in numbers:
            line = self.lines[number]
            if line.changed:
                self._kept.setdefault(number, line.text)
            self.lines[number] = line.emptied()

    def skip_value(self, number: int, start: int) -> None:
        """Read a line as if nothing stood from `start` on; the file keeps it."""
        line = self.lines[number]
        if line.changed:
            self._kept.setdefault(number, line.text)
        else:
            self._kept.setdefault(number, line.source)
        self.change(number, start, len(line.text), "")

    def replace(self, first: int, last: int, rows: Iterable[tuple[str, str | None]]) -> None:
        """In the file, `rows` (text, own end or None for the usual one) stand in place of lines `first` to `last`."""
        self._rows[first] = (last, tuple(rows))

    def stand_in(self, number: int, start: int, parts: list[Part], *, text: str | None = None) -> None:
        """For reading, a quotation of `parts` (their text, or `text`) stands on line `number` from `start` on."""
        line = self.lines[number]
        lead = "" if line.text[:start].endswith(" ") else " "
        value = fold(parts, self.file, Place(self.file, number + 1, line.column(start)))
        if text is not None:
            value = Scalar(text, value.place, value.offsets)
        quoted = lead + json.dumps(value.text, ensure_ascii=False)
        self.lines[number] = line.edited(start, len(line.text), quoted)
        self.values[number, start + len(lead)] = value

    def finish(self, *, before: str = "") -> Mended:
        """All of it, in reading order; the mended file begins with `before`."""
        rows = self._file_rows()
        problems = {Problem(f.at, f.what, _shown(rows, f.lines)) for f in self._found}
        return Mended(
            self.file,
            tuple(sorted(problems, key=lambda p: (p.at.line, p.at.column, p.what))),
            before + "".join(row for group in rows for row in group),
            "".join(f"{line.text}\n" for line in self.lines),
            tuple(self.lines),
            self.values,
        )

    def _file_rows(self) -> list[tuple[str, ...]]:
        """What stands in the mended file for each line; nothing for lines that the rows of an earlier one hold."""
        usual = next((line.end for line in self.lines if line.end), "\n")
        rows: list[tuple[str, ...]] = []
        while len(rows) < len(self.lines):
            number = len(rows)
            line = self.lines[number]
            if number in self._rows:
                last, texts = self._rows[number]
                ends = [end or usual for _, end in texts[:-1]] + [self.lines[last].end]
                rows.append(tuple(text + end for (text, _), end in zip(texts, ends, strict=True)))
                rows.extend(() for _ in range(number + 1, last + 1))
            elif number in self._kept:
                rows.append((self._kept[number] + line.end,))
            else:
                rows.append(((line.text if line.changed else line.source) + line.end,))
        return rows


def _shown(rows: list[tuple[str, ...]], lines: tuple[int, int] | None) -> str:
    if lines is None:
        return ""
    first, last = lines
    shown = "".join(row for group in rows[first : last + 1] for row in group)
    if len(shown) > _LONGEST_SHOWN or has_unreadable(shown):
        return ""
    return shown.rstrip("\r\n")
