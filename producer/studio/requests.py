"""What the page asks for, as values: numbers are numbers, and within what a script may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from producer.studio import nudging
from producer.studio.desk import Selection
from producer.studio.nudging import Key, key_named

_LIMITS: Mapping[Key, tuple[float, float]] = {"level": (-60.0, 20.0), "pan": (-100.0, 100.0), "at": (-60.0, 60.0)}
_MOST_NAMES = 400


class BadRequestError(ValueError):
    """What came is not what our page sends."""


def text(asked: Mapping[str, Any], name: str, most: int = 200) -> str:
    """A text of a request."""
    value = asked.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise BadRequestError(f"'{name}' is missing")
    return value


def whole(asked: Mapping[str, Any], name: str) -> int:
    """A whole number of a request."""
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequestError(f"'{name}' is missing")
    return value


def value(asked: Mapping[str, Any]) -> tuple[Key, str]:
    """A key and its value as a script has it: LU, percent to the right, or seconds."""
    try:
        key = key_named(text(asked, "key"))
    except nudging.NudgeError as wrong:
        raise BadRequestError(str(wrong)) from None
    number = asked.get("value")
    low, high = _LIMITS[key]
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise BadRequestError("'value' is no number")
    if not low <= number <= high:  # nor what is infinite, no number or of a thousand digits
        raise BadRequestError(f"'{key}' goes from {low:g} to {high:g}")
    return key, {"level": nudging.level, "pan": nudging.pan, "at": nudging.offset}[key](number)


def selection(mute: str, solo: str) -> Selection:
    """What is heard, from the two parts of an address."""
    return Selection(*(frozenset(name for name in part.split(",")[:_MOST_NAMES] if name) for part in (mute, solo)))


def span(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes that a Range header asks for, half-open; None for all of them (RFC 9110, 14.2: what is not understood
    is passed over). Raises BadRequestError where there are none such.
    """
    if header is None or not header.startswith("bytes="):
        return None
    first, dash, last = header.removeprefix("bytes=").strip().partition("-")
    if not dash or not all(part == "" or (part.isascii() and part.isdigit()) for part in (first, last)):
        return None
    if not first and not last:
        return None
    if not first:
        begin, end = max(0, size - _count(last)), size
        if not _count(last):
            raise BadRequestError("no such range")
    else:
        begin, end = _count(first), min(size, _count(last) + 1) if last else size
        if last and _count(last) < begin:
            return None
    if begin >= size:
        raise BadRequestError("no such range")
    return begin, end


def _count(digits: str) -> int:
    """A number of bytes; of one that is longer than any file's, the beginning, which is too."""
    return int(digits.lstrip("0")[:20] or "0")
