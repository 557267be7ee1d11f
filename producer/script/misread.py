"""What YAML would misread in a text or value on one line, and how a text in quotation marks is told from others.

Three rules settle what the language leaves open:

- A value that stands wholly in one pair of `"…"` or `'…'` (a comment may follow) is YAML's quoting and means the text
  inside. A value that begins with a quotation mark and goes on after its partner, or has none, is text as written,
  marks and all.
- In a text `#` begins a comment only with two spaces or more before it and one after it. With less it would cut a
  sentence short (`platform #9`), which is an error. Under `>` nothing begins a comment.
- A value that is a whole block header (`>`, `|-`) is one; a text that merely begins with such a sign is text as
  written.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"[>|](?:[+-][1-9]?|[1-9][+-]?)?[ ]*$")
_HEADER_NOTED = re.compile(r"([>|](?:[+-][1-9]?|[1-9][+-]?)?)([ ]+)#(?:[ ]|$)")
_COMMENT = re.compile(r"(?<=[ ]{2})#(?=[ ]|$)")
_ANY_COMMENT = re.compile(r"(?<=[ ])#(?=[ ]|$)")
_DOUBLE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SINGLE = re.compile(r"'[^']*(?:''[^']*)*'(?!')")
_ESCAPES = re.compile(
    r"\\(?:[\n0abtnvfre \"/\\N_LP]|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)
_COLON = re.compile(r":(?=[ ]|$)")
_HASH = re.compile(r"(?:^|(?<=[ ]))#")
_FIRST = frozenset("[]{}*&!|>%@`\"',#")
_FIRST_ALONE = frozenset("-?:")

UNDER = "put the text on the next line, under >"


def is_header(value: str, *, text_below: bool) -> bool:
    """Whether a value opens a block: `>` or `|` with its marks, alone or with a comment."""
    if _HEADER.match(value):
        return True
    noted = _HEADER_NOTED.match(value)
    return noted is not None and (text_below or len(noted[2]) > 1)


def comment_start(line: str, start: int, *, spaced: bool = True) -> int:
    """Where the comment behind the value that begins at `start` begins, else the line's length.

    Args:
        line: a line of the file.
        start: where its value begins.
        spaced: whether two spaces must stand before the `#` (in texts), or one will do.
    """
    quotation = quoted_end(line[start:]) if line[start : start + 1] in ("'", '"') else None
    if quotation is not None and wholly_quoted(line[start:]):
        start, spaced = start + quotation, False
    found = (_COMMENT if spaced else _ANY_COMMENT).search(line, start)
    return found.start() if found else len(line)


def quoted_end(value: str, start: int = 0) -> int | None:
    """Where the quotation that begins at `start` has ended; None when none begins there, or it never ends."""
    found = (_DOUBLE if value.startswith('"', start) else _SINGLE).match(value, start)
    return found.end() if found else None


def is_open(line: str, start: int) -> bool:
    """Whether the value that begins at `start` is a quotation that does not end on its line."""
    return line[start : start + 1] in ("'", '"') and quoted_end(line, start) is None


def wholly_quoted(value: str) -> bool:
    """Whether a value is one quotation, perhaps with a comment after it."""
    end = quoted_end(value)
    if end is None:
        return False
    behind = value[end:]
    if "\n" in behind:
        return False
    return not behind.strip() or _ANY_COMMENT.match(behind, len(behind) - len(behind.lstrip(" "))) is not None


def bad_escape(quotation: str) -> int | None:
    """Where YAML would stumble over a backslash in `"…"`."""
    if not quotation.startswith('"'):
        return None
    at = quotation.find("\\")
    while at >= 0:
        good = _ESCAPES.match(quotation, at)
        if good is None:
            return at
        at = quotation.find("\\", good.end())
    return None


def first_trap(value: str, *, first: bool = True) -> tuple[int, str] | None:
    """The first place where YAML would not read a plain text as it is written, and why.

    Args:
        value: one line of the text, without the comment after it.
        first: whether the text begins here; on later lines only `: ` and ` #` are misread.
    """
    if first and value:
        if value[0] == "#":
            return 0, f"'#' begins a comment here, and these words would be lost; {UNDER}"
        if value[0] in _FIRST or (value[0] in _FIRST_ALONE and value[1:2] in ("", " ")):
            return 0, f"a text that begins with {value[0]} would be misread on this line; {UNDER}"
    colon, hash_sign = _COLON.search(value), _HASH.search(value)
    if hash_sign and not (colon and colon.start() < hash_sign.start()):
        return hash_sign.start(), (
            f"'#' begins a comment here, and the rest of the line would be lost; {UNDER} "
            "(or, for a comment, put two spaces before the # and one after it)"
        )
    if colon:
        return colon.start(), f"a colon and a space would be misread in a text on this line; {UNDER}"
    return None


def quote_trap(value: str) -> str:
    """Why a value that begins with a quotation mark, and is not wholly quoted, would be misread."""
    if quoted_end(value) is None:
        return f"the quotation mark that begins this text is never closed and would swallow what follows; {UNDER}"
    return f"the text goes on after its quotation mark and would be misread on this line; {UNDER}"


def open_word(value: str, at: int) -> bool:
    """Whether an odd number of `"` stands before `at`: inside the words of `word "…"`."""
    return value.count('"', 0, at) % 2 == 1


def in_quotes(value: str) -> str:
    """The value in the quotation marks that leave every sign as it is."""
    return "'" + value.replace("'", "''") + "'"
