"""A script's text as a tree of plain values that know where they stand, and every mistake on the way.

YAML is read here by PyYAML's events, not by its constructors: nothing is resolved, so `1:30`, `no` and `1984` stay as
written, and nothing recurses, so no file can exhaust the stack. What a script does without (anchors, aliases, merge
keys, tags, directives, a second document, the same key twice) is a problem at its place. `producer.script.mend` goes
over the text first; what YAML still cannot read after that is reported, left out, and the rest is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from producer.bounds import BOUNDS
from producer.errors import Place, Problem
from producer.script.fold import Part, fold, unquote
from producer.script.lines import BOM, indentation
from producer.script.mend import Mended, mend
from producer.script.tree import Items, Node, Pairs, Scalar
from producer.script.values import DEEPEST, TOO_DEEP
from producer.script.yaml_words import error_line, in_plain_words

LARGEST_BYTES = BOUNDS.bytes("script_mib")
MOST_NODES = int(BOUNDS.script_values)
MOST_LINES = int(BOUNDS.script_lines)  # empty lines, comments and text under > are lines, but no nodes
MOST_CHARACTERS = int(BOUNDS.value_characters)
_MOST_WORK = 24 * 1024 * 1024  # characters parsed again and again to find every mistake
_MOST_TRIES = 200
_NODES = (yaml.ScalarEvent, yaml.AliasEvent, yaml.CollectionStartEvent)
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins with the next one
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_KEY_VALUE = re.compile(r"([ ]*(?:-[ ]+)*([^\s:#\"'\[\]{}][^:#\"'\[\]{}]*):)[ ]+\S")
_TIGHT = re.compile(r"([A-Za-z_]\w*):\S")


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Problem, ...]]:
    """The text of a file, or None and the one reason why it has none.

    Args:
        data: the file; UTF-8, with or without a byte-order mark.
        file: its name, for places.
    """
    if len(data) > LARGEST_BYTES:
        return None, (Problem(Place(file), _too_large(len(data))),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as bad:
        if (mark := next((one for one in _MARKS if data.startswith(one)), None)) is not None:
            return None, (Problem(Place(file, 1, 1), f"this file is {_MARKS[mark]}; save it as UTF-8"),)
        before = data[: bad.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + (0 if before.startswith(BOM) and line == 1 else 1)
        what = f"this file is not UTF-8: the byte 0x{data[bad.start]:02x} here means nothing; save it as UTF-8"
        return None, (Problem(Place(file, line, column), what),)


def read_tree(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of a script and all problems of its YAML, in reading order. Never raises.

    The tree is there as far as the text could be read, problems or not; None when nothing could.

    Args:
        text: of the file, line ends of any kind.
        file: its name, for places.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_BYTES:
        return None, (Problem(Place(file), _too_large(size)),)
    if text.count("\n") + text.count("\r") > MOST_LINES:
        return None, (
            Problem(Place(file), f"this file has more than {MOST_LINES} lines, the most that a script may have"),
        )
    mended = mend(text, file)
    problems = set(mended.problems)
    lines = mended.readable.split("\n")
    tree, found = _read(mended, lines)
    problems.update(found)
    if tree is None and not problems:
        problems.add(Problem(Place(file, 1, 1), "this file is empty; a script begins with 'title: …'"))
    return tree, tuple(sorted(problems))


def _too_large(size: int) -> str:
    return f"this file has {size / 1024 / 1024:.1f} MiB; a script has at most {LARGEST_BYTES / 1024 / 1024:g} MiB"


def _read(mended: Mended, lines: list[str]) -> tuple[Node | None, set[Problem]]:
    """Read, leaving out what YAML cannot read, until the rest is read or enough has been tried."""
    refused: dict[int, Problem] = {}
    text = mended.readable
    for _ in range(max(1, min(_MOST_TRIES, _MOST_WORK // (len(text) + 1)))):
        builder = _Builder(mended, lines)
        try:
            for event in yaml.parse("\n".join(lines), Loader=_Loader):
                if not builder.take(event):
                    break
        except yaml.MarkedYAMLError as error:
            line, column = error_line(error, len(lines) - 1)
            problem = Problem(mended.place(line, column), in_plain_words(error))
            refused.setdefault(line, problem)
            if not _leave_out(lines, line):
                break
        else:
            return builder.root, {*builder.problems, *refused.values()}
    return builder.root, {*builder.problems, *refused.values()}


def _leave_out(lines: list[str], line: int) -> bool:
    """Empty the value on a line, or the line with what stands under it; False when nothing is left to empty."""
    line = min(line, len(lines) - 1)
    while line >= 0 and not lines[line].strip():
        line -= 1
    if line < 0:
        return False
    key = _KEY_VALUE.match(lines[line])
    column = indentation(lines[line]) if key is None else key.start(2)
    lines[line] = "" if key is None else key[1]
    for number in range(line + 1, len(lines)):
        if lines[number].strip() and indentation(lines[number]) <= column:
            break
        lines[number] = ""
    return True


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    place: Place
    is_list: bool
    flow: bool
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    seen: dict[str, Place] = field(default_factory=dict)
    key: Scalar | None = None
    dropped: bool = False  # the value of the present key is not kept


class _Builder:
    """Makes the tree from events, one by one; gathers what a script may not have."""

    def __init__(self, mended: Mended, lines: list[str]) -> None:
        self.mended = mended
        self.lines = lines
        self.root: Node | None = None
        self.problems: set[Problem] = set()
        self._open: list[_Open] = []
        self._nodes = 0
        self._skipped = 0  # collections open inside one that is too deep

    def take(self, event: Any) -> bool:
        """Use one event; False when nothing more is to be read."""
        if isinstance(event, _NODES):
            self._nodes += 1
            if self._nodes > MOST_NODES:
                self._problem(event.start_mark, f"a script has at most {MOST_NODES} values; what follows is not read")
                self._open.clear()
                return False
            if not self._skipped:
                self._check(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.ScalarEvent) and not self._skipped:
            self._add(self._bounded(self._scalar(event)))
        elif isinstance(event, yaml.AliasEvent) and not self._skipped:
            self._add(Scalar("", self._place(event.start_mark)))
        return True

    def _place(self, mark: Any) -> Place:
        return self.mended.place(mark.line, mark.column)

    def _problem(self, mark: Any, what: str) -> None:
        self.problems.add(Problem(self._place(mark), what))

    def _check(self, event: Any) -> None:
        """Anchors, aliases and tags."""
        merging = bool(self._open) and self._open[-1].key is not None and self._open[-1].key.text == "<<"
        if isinstance(event, yaml.AliasEvent):
            if not merging:
                self._problem(
                    event.start_mark, f"'*{event.anchor}' is a YAML alias, which a script cannot have; write it out"
                )
            return
        if event.anchor is not None:
            self._problem(
                event.start_mark, f"'&{event.anchor}' is a YAML anchor, which a script cannot have; leave it out"
            )
        if event.tag is not None:
            self._problem(event.start_mark, f"'{event.tag}' is a YAML tag, which a script cannot have; leave it out")

    def _begin(self, event: Any) -> None:
        if self._skipped or len(self._open) >= DEEPEST:
            if not self._skipped:
                self._problem(event.start_mark, TOO_DEEP)
                self._add(Scalar("", self._place(event.start_mark)))
            self._skipped += 1
            return
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._open.append(_Open(self._place(event.start_mark), is_list, bool(event.flow_style)))

    def _end(self) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        done = self._open.pop()
        self._add(Items(tuple(done.items), done.place) if done.is_list else Pairs(tuple(done.pairs), done.place))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.is_list:
            parent.items.append(node)
        elif parent.key is None:
            self._add_key(parent, node)
        else:
            if not parent.dropped:
                parent.pairs.append((parent.key, node))
            parent.key, parent.dropped = None, False

    def _add_key(self, parent: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            self.problems.add(Problem(node.place, "a name is wanted here, not a list or a mapping"))
            parent.key, parent.dropped = Scalar("", node.place), True
            return
        parent.key = node
        what = ""
        if node.text == "<<" and not node.quoted:
            what = "'<<' is a YAML merge key, which a script cannot have; write out what it would bring"
        elif not node.text:
            what = "a name is missing before this colon"
        elif node.text in parent.seen:
            first = parent.seen[node.text]
            what = f"'{node.text}' is here twice; the first is at line {first.line}"
        elif parent.flow and not node.quoted and (tight := _TIGHT.match(node.text)):
            what = f"a space is missing after '{tight[1]}:'"
        parent.seen.setdefault(node.text, node.place)
        if what:
            self.problems.add(Problem(node.place, what))
            parent.dropped = True

    def _bounded(self, scalar: Scalar) -> Scalar:
        """A value of a length that can be read; an empty one, and a problem, where it is longer."""
        if len(scalar.text) <= MOST_CHARACTERS:
            return scalar
        what = f"this has {len(scalar.text)} characters, and a text or value has at most {MOST_CHARACTERS}"
        self.problems.add(Problem(scalar.place, f"{what}; part it, a speech in several"))
        return Scalar("", scalar.place, quoted=True)

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark, event.end_mark
        meant = self.mended.values.get((start.line, start.column))
        if meant is not None:
            return meant
        if not event.style and start.line == end.line and event.anchor is None and event.tag is None:
            return Scalar(self.lines[start.line][start.column : end.column], self._place(start))
        if event.style in ("|", ">"):
            parts = [self._part(number, 0, None) for number in range(start.line + 1, end.line)]
            return fold(parts, self.mended.file, self._place(start), block=True)
        parts = list(self._parts(start, end))
        if event.style not in ('"', "'"):
            return fold(parts, self.mended.file, self._place(start))
        text = unquote(parts, event.style, self.mended.file)
        if _CONTROL.search(text.text):
            self._problem(
                start,
                "an escape in these quotation marks stands for a control character, which cannot be spoken or shown",
            )
        return text

    def _parts(self, start: Any, end: Any) -> Iterator[Part]:
        """The lines between two marks; the quotation marks at both ends left out, anchors and tags too."""
        first_column, last_column = start.column, end.column
        line = self.lines[start.line]
        while line[first_column : first_column + 1] in ("&", "!"):
            after = re.compile(r"\S+[ ]*").match(line, first_column)
            first_column = after.end() if after else len(line)
        if line[first_column : first_column + 1] in ("'", '"') and (end.line, end.column) > (start.line, first_column):
            first_column, last_column = first_column + 1, last_column - 1
        for number in range(start.line, end.line + 1):
            begins = first_column if number == start.line else 0
            yield self._part(number, begins, last_column if number == end.line else None)

    def _part(self, number: int, start: int, end: int | None) -> Part:
        return self.lines[number][start:end], number + 1, self.mended.place(number, start).column
