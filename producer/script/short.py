"""The short form: `glass_tick at word "there" - 40 ms, level -12 LU` as a name and the keys after it."""

from __future__ import annotations

import re
from collections.abc import Collection

from producer.frozen import dataclass
from producer.script.quantities import NUMBER, plain_signs

_HEAD = re.compile(r"\s*([^\s,]+)")
_AFTER_HEAD = re.compile(r"\s*,?")
_KEY = re.compile(r"[^\s:]*")
_QUOTED_OR_COMMA = re.compile(r'"[^"]*"|(?<=\d),(?=\d)|(,)')
_SETTING = re.compile(rf"\w+\s+{NUMBER}")


@dataclass(frozen=True, slots=True)
class Part:
    """One key and its value, each with its offset in the whole text; an empty key for a comma with nothing after it."""

    key: str
    text: str
    key_offset: int
    offset: int


def split(text: str, *, head: bool = True) -> tuple[str, int, tuple[Part, ...]]:
    """The name in front (with its offset; empty when `head` is false), and the keys after it."""
    found = _HEAD.match(text) if head else None
    end = found.end() if found else 0
    rest = _AFTER_HEAD.match(text, end) if head else None
    begin = rest.end() if rest else end
    parts: list[Part] = []
    if text[begin:].strip():
        for start, stop in _between_commas(text, begin):
            parts.append(_part(text, start, stop, parts[-1].key if parts else ""))
    elif rest is not None and "," in rest[0]:
        parts.append(Part("", "", begin, begin))
    return (found[1] if found else ""), (found.start(1) if found else 0), tuple(parts)


def first_part(text: str) -> tuple[str, tuple[Part, ...]]:
    """What stands before the first comma, and the keys after it."""
    (_, stop), *more = _between_commas(text, 0)
    return text[:stop], split(" " * more[0][0] + text[more[0][0] :], head=False)[2] if more else ()


def _between_commas(text: str, begin: int) -> list[tuple[int, int]]:
    plain = plain_signs(text)
    commas = [found.start() for found in _QUOTED_OR_COMMA.finditer(plain, begin) if found[1]]
    return list(zip([begin, *(comma + 1 for comma in commas)], [*commas, len(text)], strict=True))


def _part(text: str, start: int, stop: int, last_key: str) -> Part:
    here = text[start:stop].lstrip()
    start, body = stop - len(here), here.rstrip()
    if last_key == "set" and _SETTING.fullmatch(plain_signs(body)):
        return Part("set", body, start, start)
    key = _KEY.match(body)
    end = key.end() if key else 0
    value = body[end:].lstrip(": ") if body[end : end + 1] == ":" else body[end:].lstrip()
    return Part(body[:end], value, start, start + len(body) - len(value))


def missing_comma(value: str, keys: Collection[str]) -> tuple[str, int] | None:
    """The first of `keys` that stands inside `value` outside quotation marks, and its offset there."""
    blank = re.sub(r'"[^"]*"', lambda quoted: " " * len(quoted[0]), plain_signs(value))
    for word in re.finditer(r"(?<=\s)\w+", blank):
        if word[0] in keys:
            return word[0], word.start()
    return None
