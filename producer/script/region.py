"""Which lines belong to a value: those indented under its key, and those that its writer forgot to indent."""

from __future__ import annotations

import re
from enum import Enum, auto

from producer.frozen import dataclass
from producer.script import layout
from producer.script.layout import Where
from producer.script.lines import Line
from producer.script.misread import quoted_end

KEY = re.compile(r"(\"[^\"]*\"|'[^']*'|[\w.+-]+)[ ]*:(?:[ ]|$)")
_TIGHT_KEY = re.compile(r"([\w.]+):\S")
_DASH = re.compile(r"-(?:[ ]|$)")
_MERGE = re.compile(rf"{layout.MERGE}[ ]*:(?:[ ]|$)")
_ITEM = re.compile(r"[-–—−•‣·*]+[ ]*([\w.]+)[ ]*:")
_LOST_COMMENT = re.compile(r"#(?![ #!]|$|-?[ ]?[\w.]+:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """The key whose value is read."""

    number: int  # of its line, from 0
    key_column: int
    start: int  # where its value begins, or would begin
    where: Where  # what the key stands in
    names: frozenset[str]  # of the cast
    columns: frozenset[int]  # of all keys and dashes that it stands under, its own too


@dataclass(frozen=True, slots=True)
class Region:
    """The lines after its key's that belong to a value."""

    texts: tuple[int, ...]
    comments: tuple[int, ...]  # between the texts
    moved: tuple[int, ...]  # keys between the texts
    keys: tuple[int, ...]  # keys after them, indented too far
    low: int | None  # the first text that is not indented enough
    end: int  # the first line that is not the value's


def below(lines: list[Line], number: int, column: int) -> int:
    """The first line after `number` that is not empty and not indented further than `column`."""
    end = number + 1
    while end < len(lines) and (lines[end].blank or lines[end].indent > column):
        end += 1
    return end


def is_document_line(line: Line) -> bool:
    """Whether a line begins or ends a YAML document, or is a directive."""
    text = line.text.rstrip()
    return text in ("---", "...") or line.text.startswith(("--- ", "... ", "%"))


def is_item(line: Line, opener: Opener, *, block: bool) -> bool:
    """Whether a line is an item of a `play` or a scene, wherever it stands; under `>`, only one of a `play`."""
    found = _ITEM.match(line.body)
    if found is None or (block and opener.where is not Where.ITEM):
        return False
    return found[1] in (layout.ITEM_KINDS if block else layout.ANY_KEY) or found[1] in opener.names


def key_of(line: Line) -> str | None:
    """The name that a line begins with when it looks like `name: …`."""
    found = KEY.match(line.body)
    return found[1].strip("\"'") if found else None


def _is_structure(line: Line, opener: Opener, *, awaited: bool) -> bool:
    """Whether a line that is not indented under the key is script again, not more of the text."""
    body = line.body
    if _DASH.match(body) or _MERGE.match(body) or is_document_line(line) or _ITEM.match(body):
        return True
    key = key_of(line)
    if key is not None:
        known = key in layout.ANY_KEY or key in opener.names
        if (
            opener.where is Where.TEXTS and line.indent == opener.key_column
        ):  # the text before it is still to be written
            return True
        return known or (line.indent in opener.columns and not awaited)
    if opener.where is Where.TEXTS and line.indent == opener.key_column and ": " in body:
        return True
    tight = _TIGHT_KEY.match(body)
    if tight is not None and (tight[1] in layout.ANY_KEY or tight[1] in opener.names):
        return True
    return line.indent in opener.columns and layout.is_quantity(body)


def _is_key(line: Line, opener: Opener, *, text: bool, block: bool) -> bool:
    key = key_of(line)
    if key is None or not text:
        return key is not None
    return key in (layout.KNOWN.get(opener.where, ()) if block else layout.ANY_KEY)


def _fits(line: Line, opener: Opener) -> bool:
    """Whether a key may stand beside the opener's."""
    return opener.where is Where.ITEM or key_of(line) in layout.KNOWN.get(opener.where, (key_of(line),))


def _quotation(lines: list[Line], opener: Opener) -> Region | None:
    """The lines of a quotation that ends where one of the lines indented under its key ends; None when it does not."""
    end = below(lines, opener.number, opener.key_column)
    pieces = [lines[opener.number].text[opener.start :], *(line.text for line in lines[opener.number + 1 : end])]
    whole = "\n".join(pieces)
    closed = quoted_end(whole)
    if closed is None:
        return None
    last = opener.number + whole.count("\n", 0, closed)
    behind = whole[closed:].split("\n", 1)[0].lstrip(" ")
    if behind and not behind.startswith("# "):
        return None
    texts = tuple(number for number in range(opener.number + 1, last + 1) if not lines[number].blank)
    return Region(texts, (), (), (), None, last + 1)


class _Kind(Enum):
    """What a line after a value's first is to it."""

    TEXT = auto()
    COMMENT = auto()
    KEY = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the lines of one value are told apart."""

    opener: Opener
    text: bool
    block: bool
    hashes: bool

    def kind(self, line: Line, *, begun: bool, floor: int) -> _Kind:
        """What `line` is; `begun`: text stands before it; `floor`: the column at which text under `>` began."""
        opener = self.opener
        deeper = line.indent > opener.key_column
        if line.comment and not (deeper and self._hash_is_text(line)):
            return _Kind.COMMENT
        if not deeper:
            stays = (self.text or self.block) and not _is_structure(line, opener, awaited=not begun)
            return _Kind.TEXT if stays else _Kind.END
        if begun and _is_key(line, opener, text=self.text or self.block, block=self.block):
            return _Kind.KEY if _fits(line, opener) else _Kind.END
        low = self.block and line.indent < floor and _is_structure(line, opener, awaited=False)
        return _Kind.END if begun and (low or is_item(line, opener, block=self.block)) else _Kind.TEXT

    def _hash_is_text(self, line: Line) -> bool:
        return self.block or self.hashes or (self.text and _LOST_COMMENT.match(line.body) is not None)


def gather(lines: list[Line], opener: Opener, *, text: bool, block: bool, seen: bool, hashes: bool = False) -> Region:
    """The lines of one value.

    Args:
        lines: of the file.
        opener: its key.
        text: whether it is read as words, so that forgotten lines belong to it and only known keys interrupt it.
        block: whether it stands under `>`, where a `#` is a sign like any other.
        seen: whether text stands on the key's line already. The first line of a text is never taken for a key.
        hashes: whether a `#` is a sign like any other for another reason: a quotation is open.
    """
    quotation = _quotation(lines, opener) if hashes else None
    if quotation is not None:
        return quotation
    reader = _Reader(opener, text, block, hashes)
    texts: list[int] = []
    comments: list[int] = []
    moved: list[int] = []
    keys: list[int] = []
    low = None
    floor = opener.key_column + 1
    for number in range(opener.number + 1, len(lines)):
        line = lines[number]
        if line.blank:
            continue
        kind = reader.kind(line, begun=seen or bool(texts), floor=floor)
        if kind is _Kind.END:
            break
        if kind is not _Kind.TEXT:
            (comments if kind is _Kind.COMMENT else keys).append(number)
            continue
        # Text after what looked like keys: only those with a quantity are keys.
        moved += (k for k in keys if layout.is_quantity(lines[k].body))
        texts += (k for k in keys if not layout.is_quantity(lines[k].body))
        keys = []
        if block and not texts:
            floor = max(floor, line.indent)
        if line.indent < floor and low is None:
            low = number
        texts.append(number)
    last = max((*texts, *moved, opener.number))
    inner = tuple(c for c in comments if c < last)
    return Region(tuple(texts), inner, tuple(moved), tuple(keys), low, keys[0] if keys else last + 1)
