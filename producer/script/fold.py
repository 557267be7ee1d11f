"""Texts over several lines become one, and every character still knows where it stands in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from producer.errors import Place
from producer.script.tree import Scalar

Part = tuple[str, int, int]
"""A piece of text on one line, and the line and column (both from 1) where it begins; a blank piece is a blank line."""

_SIMPLE = dict(zip('0abtnvfre "/\\N_LP', '\0\a\b\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_DIGITS = {"x": 2, "u": 4, "U": 8}


def fold(parts: Iterable[Part], file: str, start: Place, *, block: bool = False) -> Scalar:
    """The text of `parts`: lines joined by one space, or by a newline for each blank line between them.

    Spaces at either end of a line are not text, nor are blank lines before and after it.

    Args:
        parts: the lines in order.
        file: for places.
        start: the place of a text without any characters.
        block: whether it stands under `>`.
    """
    pieces: list[str] = []
    offsets: list[tuple[int, int, int]] = []
    length = blank = 0
    place = start
    for piece, line, column in parts:
        text = piece.strip()
        if not text:
            blank += 1
            continue
        column_of_text = column + len(piece) - len(piece.lstrip())
        if pieces:
            joint = "\n" * blank or " "
            pieces.append(joint)
            length += len(joint)
            offsets.append((length, line, column_of_text))
        else:
            place = Place(file, line, column_of_text)
        blank = 0
        pieces.append(text)
        length += len(text)
    return Scalar("".join(pieces), place, tuple(offsets), block=block)


def unquote(parts: list[Part], mark: str, file: str) -> Scalar:
    """The text of a quotation, with its escapes turned into what they stand for.

    Args:
        parts: what stands between the quotation marks, line by line; columns are the file's.
        mark: `"` or `'`.
        file: for places.
    """
    pieces: list[str] = []
    offsets: list[tuple[int, int, int]] = []
    length = blank = 0
    glued = True
    for number, (piece, line, column) in enumerate(parts):
        lead = len(piece) - len(piece.lstrip(" ")) if number else 0
        body, open_end = piece[lead:], False
        if number < len(parts) - 1:
            body, open_end = _line_end(body, mark)
        if not body and not open_end and 0 < number < len(parts) - 1:
            blank += 1
            continue
        if number:
            joint = "\n" * blank or ("" if glued else " ")
            pieces.append(joint)
            length += len(joint)
            offsets.append((length, line, column + lead))
        blank, glued = 0, open_end
        at = 0
        for escape in (_DOUBLE_ESCAPE if mark == '"' else _SINGLE_ESCAPE).finditer(body):
            before, meant = body[at : escape.start()], _meant(escape[0], mark)
            pieces += (before, meant)
            length += len(before) + len(meant)
            at = escape.end()
            offsets.append((length, line, column + lead + at))
        pieces.append(body[at:])
        length += len(body) - at
    first = parts[0]
    return Scalar("".join(pieces), Place(file, first[1], first[2]), tuple(offsets), quoted=True)


_DOUBLE_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_SINGLE_ESCAPE = re.compile("''")


def _line_end(body: str, mark: str) -> tuple[str, bool]:
    """The line without the spaces at its end, and whether a backslash there glues the next line to it."""
    bare = body.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    if mark == "'" or slashes % 2 == 0:
        return bare, False
    if len(bare) < len(body):
        return bare + " ", False
    return bare[:-1], True


def _meant(escape: str, mark: str) -> str:
    if mark == "'":
        return "'"
    if escape[1] in _DIGITS and len(escape) > 2:
        code = int(escape[2:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _SIMPLE.get(escape[1], escape)
