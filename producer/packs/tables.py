"""Numbers and tables as people read them, in a terminal as in a pipe: plain text that no width breaks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from producer.errors import printable


def columns(rows: Iterable[Sequence[str]], right: frozenset[int] | set[int] = frozenset(), gap: int = 2) -> list[str]:
    """The rows as lines, each column as wide as its widest cell; the columns in `right` are set to the right."""
    table = [tuple(row) for row in rows]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((" " * gap).join(cells).rstrip())
    return lines


def one_line(text: str) -> str:
    """What of `text` can be printed, on one line: a file's name may hold anything."""
    return printable(text).replace("\n", "\ufffd").replace("\t", " ")


def counted(count: int, thing: str, things: str = "") -> str:
    """`1 role`, `3 roles`."""
    return f"{count} {thing if count == 1 else things or thing + 's'}"


def seconds(value: float | None) -> str:
    """A length as a designer reads it: `85 ms`, `2.40 s`, `3:05`; None goes on without end."""
    if value is None:
        return "endless"
    if value < 1.0:
        return f"{value * 1000:.0f} ms"
    if value < 60.0:
        return f"{value:.2f} s"
    return f"{int(value + 0.5) // 60}:{int(value + 0.5) % 60:02d}"


def rounded(value: float, digits: int = 2) -> float | None:
    """A number as JSON can hold it; what is infinite is null."""
    return round(value, digits) if math.isfinite(value) else None


def number(value: float) -> str:
    """A knob's value without needless digits."""
    return f"{value:g}"


def span(values: Sequence[float], digits: int = 1, unit: str = "") -> str:
    """`-23.4` or, where they differ as shown, `-25.1 … -22.0`; nothing for no values."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    low, high = f"{min(finite):.{digits}f}", f"{max(finite):.{digits}f}"
    text = low if low == high else f"{low} … {high}"
    return f"{text} {unit}" if unit else text
