"""Moments as written: `word "scrape" of door - 40 ms`. What they point at is looked up later, by `targets`."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from producer.errors import Place, nearest
from producer.model.script import LINE, NEXT_LINE, SCENE, Anchor, Length, Moment
from producer.script.quantities import LENGTH, ReadingError, measure, plain_signs

WORDS = frozenset(
    ["now", "start", "end", "of", "word", "after", "mark", "line", "next", "scene", "until", "all", "pause", "beat"]
)
"""No id, role or mark may be one of these."""

_FORMS = (
    "'now', 'start of X', 'end of X', 'word \"scrape\"', 'after word \"scrape\"' or 'mark turn', "
    "each with '+ 1 s' or '- 1 s' if need be"
)
_TARGET = r"(?:\s+of\s+(?P<target>next\s+line|\w+))?"
_NTH = r"(?:\s*\(\s*(?P<{}>[0-9]{{1,9}})\s*\))?"
_BASE = re.compile(
    r"""(?P<now>now\b)
    | (?P<edge>start|end)\s+of\s+(?P<x>next\s+line|\w+)
    | (?P<after>after\s+)?word\s+(?:"(?P<double>[^"]*)"|'(?P<single>(?:[^']|'(?=\w))*)')"""
    + (_NTH.format("nth") + _TARGET + _NTH.format("nth_late"))
    + r"""| mark\s+(?P<mark>\w+)""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFSET = re.compile(r"\s*(?P<sign>[+-])\s*(?P<length>[\d.].*)")


def moment(text: str, place: Place) -> Moment:
    """The moment that `text` names; raises `ReadingError`."""
    written = text.strip()
    plain = plain_signs(written)
    base = _BASE.match(plain)
    if base is None:
        raise ReadingError(_unread(written, plain))
    rest = plain[base.end() :]
    offset = _OFFSET.fullmatch(rest)
    if rest.strip() and offset is None:
        raise ReadingError(f"'{rest.strip()}' cannot stand after '{written[: base.end()]}'; a moment is {_FORMS}")
    seconds = Fraction(0)
    if offset:
        seconds = measure(offset["length"], LENGTH) * (-1 if offset["sign"] == "-" else 1)
    anchor, target, words, nth = _read(base, written)
    return Moment(
        anchor=anchor,
        target=target,
        words=words,
        nth=nth,
        offset_s=seconds,
        written=" ".join(written.split()),
        place=place,
    )


def _read(base: re.Match[str], written: str) -> tuple[Anchor, str, str, int | None]:
    if base["now"]:
        return Anchor.NOW, "", "", None
    if base["edge"]:
        return (Anchor.START if base["edge"].casefold() == "start" else Anchor.END), _target(base["x"]), "", None
    if base["mark"]:
        return Anchor.MARK, base["mark"], "", None
    if base["nth"] and base["nth_late"]:
        raise ReadingError("a word has one number; write it once, as in 'word \"the\" (2)'")
    number = base["nth"] or base["nth_late"]
    quoted = "double" if base["double"] is not None else "single"
    words = written[base.start(quoted) : base.end(quoted)].strip()  # signs are plain in `base`, one for one
    if not words:
        raise ReadingError("there is no word between the quotation marks; write the word that is meant")
    if number is not None and int(number) < 1:
        raise ReadingError("the first time a word is said is '(1)'")
    anchor = Anchor.AFTER_WORD if base["after"] else Anchor.WORD
    return anchor, _target(base["target"] or ""), words, None if number is None else int(number)


def _target(text: str) -> str:
    joined = " ".join(text.split())
    folded = joined.casefold()
    return folded if folded in (LINE, NEXT_LINE, SCENE) else joined


def _unread(written: str, plain: str) -> str:
    first = plain.split(maxsplit=1)[0] if plain else ""
    if re.match(r'(?:after\s+)?word\s+[^"\']', plain):
        return f"'{written}' quotes no word; put it in quotation marks, as in 'word \"scrape\"'"
    if re.match(r'(?:after\s+)?word\s+["\']', plain):
        return f"'{written}' has no closing quotation mark"
    if first in ("start", "end"):
        return (
            f"'{written}' does not say of what; write '{first} of line', '{first} of next line' or '{first} of' an id"
        )
    close = nearest(first, WORDS) if first else ""
    if "did you mean" in close:
        return f"'{written}' is not a moment{close}"
    return f"'{written}' is not a moment; a moment is {_FORMS}"


def length_or_moment(length: Callable[[str], Fraction]) -> Callable[[str, Place], Length]:
    """A reader of a length, or of `until` and the moment that ends it."""

    def read(text: str, place: Place) -> Length:
        until = re.match(r"\s*until\s+", text)
        return moment(text[until.end() :], place) if until else length(text)

    return read
