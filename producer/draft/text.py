"""Characters as a script can hold them: no control characters, one kind of space, emphasis as spans."""

from __future__ import annotations

import re
from collections.abc import Iterable

from producer.model.words import is_latin

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")
Spans = tuple[tuple[int, int], ...]


def row(text: str) -> tuple[str, ...]:
    """The words of a list that is written with spaces between them."""
    return tuple(text.split())


def readable(text: str) -> str:
    """`text` with a space for every character that a script cannot hold; line ends are all newlines.

    A soft hyphen and a byte-order mark are nothing at all.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").replace("\u00ad", "")
    return _UNREADABLE.sub(" ", plain)


def squeezed(text: str, emphasis: Iterable[tuple[int, int]] = ()) -> tuple[str, Spans]:
    """`text` with single spaces and none at its ends, and the spans moved with their characters."""
    joined, places = _squeezed(text)
    moved = ((_moved(places, a, len(joined)), _moved(places, b, len(joined))) for a, b in sorted(emphasis))
    return joined, tidy(joined, moved)


def line_starts(text: str, ends: Iterable[int]) -> tuple[int, ...]:
    """Where in the squeezed `text` the words begin that stand after the line ends at these offsets, rising."""
    joined, places = _squeezed(text)
    starts = set()
    for end in ends:
        at = _moved(places, end, len(joined))
        starts.add(at + (joined[at : at + 1] == " "))
    return tuple(sorted(at for at in starts if 0 < at < len(joined)))


def _squeezed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text, and (offset before, offset after) of every stretch that moved as one, rising."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length = at = 0
    for space in _SPACES.finditer(text):
        if space.start() > at:
            places.append((at, length))
            pieces.append(text[at : space.start()])
            length += space.start() - at
        if length and space.end() < len(text):
            places.append((space.start(), length))
            pieces.append(" ")
            length += 1
        at = space.end()
    if at < len(text):
        places.append((at, length))
        pieces.append(text[at:])
    return "".join(pieces), places


def _moved(places: list[tuple[int, int]], offset: int, length: int) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if places[middle][0] <= offset else (low, middle)
    if not low:
        return 0
    before, there = places[low - 1]
    end = places[low][1] if low < len(places) else length
    return min(there + offset - before, end)


def tidy(text: str, spans: Iterable[tuple[int, int]]) -> Spans:
    """Spans without spaces at their ends, none empty of letters, none touching another."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        a, b = begin, min(end, len(text))
        while a < b and text[a].isspace():
            a += 1
        while a < b and text[b - 1].isspace():
            b -= 1
        if not any(sign.isalnum() for sign in text[a:b]):
            continue
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        else:
            found.append((a, b))
    return tuple(found)


def part(text: str, start: int, end: int, spans: Spans) -> tuple[str, Spans]:
    """A stretch of a text with those of its spans that reach into it."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    inside = ((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start)
    return text[start:end], tidy(text[start:end], inside)


_STARRED = re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*\n]*[^\s*])\1(?![\w*])")
_UNDERLINED = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\w_])")


def marked(text: str, *, stars: bool) -> tuple[str, Spans]:
    """`_word_` (and `*word*`) of plain text as emphasis: the text without these signs, and where they stood.

    Args:
        text: one paragraph.
        stars: whether stars mean emphasis, too.
    """
    found = [(m.start(), m.end(), m.start(1), m.end(1)) for m in _UNDERLINED.finditer(text)]
    if stars:
        found += [(m.start(), m.end(), m.start(2), m.end(2)) for m in _STARRED.finditer(text)]
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = length = 0
    for begin, end, inner, inner_end in sorted(found):
        if begin < at:
            continue
        plain, _ = marked(text[inner:inner_end], stars=stars)  # `_**both**_`
        pieces += (text[at:begin], plain)
        length += begin - at
        spans.append((length, length + len(plain)))
        length += len(plain)
        at = end
    pieces.append(text[at:])
    return "".join(pieces), tuple(spans)


_LETTERS = re.compile(r"[^\W\d_]+")
_ENOUGH = 20_000  # characters that say in which letters a text is written


def mostly_latin(texts: Iterable[str]) -> bool:
    """Whether most letters of a text's beginning are Latin ones."""
    seen = foreign = 0
    for text in texts:
        letters = [sign for word in _LETTERS.findall(text[:_ENOUGH]) for sign in word]
        seen += len(letters)
        foreign += sum(not is_latin(sign) for sign in letters)
        if seen >= _ENOUGH:
            break
    return foreign * 2 <= seen


def foreign_words(text: str) -> list[str]:
    """Words with two letters or more that are not Latin; one alone is a sign (`α`), which voices name rightly."""
    if text.isascii():
        return []
    return [word for word in _LETTERS.findall(text) if sum(not is_latin(sign) for sign in word) > 1]
