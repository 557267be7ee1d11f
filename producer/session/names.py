"""Names from a script made safe: for a line of a text format, for a file, for a spreadsheet; and ids from names."""

from __future__ import annotations

import unicodedata
import uuid

_SPACE = uuid.UUID("5c0f7b9e-6d0b-5a55-9b1f-0f6a3f2f8c11")
_LONGEST = 1000
_FILE_LETTERS = 40


def line(name: str) -> str:
    """`name` on one line and without control characters: what a text format could take for a line of its own.

    >>> line("a\\nFILE \\u2028 x\\x00")
    'a FILE x'
    """
    return _plain(name)[:_LONGEST]


def file_part(name: str) -> str:
    """`name` as part of a file's name that no system minds: letters and digits of any script, `-` and `_`, at most 40.

    >>> file_part("../Käthe's lamp: 'маяк'")
    'Käthe_s_lamp_маяк'
    """
    letters = unicodedata.normalize("NFC", name)
    kept = "".join(one if one in "-_" or unicodedata.category(one)[0] in "LMN" else " " for one in letters)
    return "_".join(kept.split())[:_FILE_LETTERS].strip("-_") or "sound"


def cell(text: str) -> str:
    """`text` for a spreadsheet: all of it on one line, and never a formula.

    >>> cell("=1+1"), cell("\t＝1+1"), cell("a = 1")
    ("'=1+1", "'＝1+1", 'a = 1')
    >>> len(cell("words " * 1000))
    5999
    """
    plain = _plain(text)
    # As spreadsheets see it: the wide signs, too, and whatever stands behind what is not seen.
    seen = "".join(one for one in plain if unicodedata.category(one) != "Cf").lstrip()
    return f"'{plain}" if unicodedata.normalize("NFKC", seen[:1]).startswith(("=", "+", "-", "−", "@")) else plain


def _plain(text: str) -> str:
    kept = "".join(one if unicodedata.category(one) not in ("Cc", "Cs", "Cn") else " " for one in text)
    return " ".join(kept.split())


def guid(*parts: str) -> str:
    """An id that is always the same for the same parts, as REAPER writes ids."""
    return "{" + str(uuid.uuid5(_SPACE, "\x1f".join(parts))).upper() + "}"


def decimal(value: float, places: int = 14) -> str:
    """A number as plain decimals, without an exponent and without zeros at the end.

    >>> decimal(1.5), decimal(2.0), decimal(1e-7)
    ('1.5', '2', '0.0000001')
    """
    return f"{value + 0.0:.{places}f}".rstrip("0").rstrip(".") or "0"
