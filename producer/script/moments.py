"""Moments as written: `word "scrape" of door - 40 ms`. What they point at is looked up later, by `targets`."""

from __future__ import annotations

import difflib
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
_FIRST = ("now", "start", "end", "word", "after", "mark")
"""The first word of every moment."""
_FORM_OF = {
    "after": "write 'after word \"scrape\"', 'end of line' or 'end of' an id",
    "until": "'until' stands before one, as in 'until end of next line'",
}
_PLACES = ("line", "next", "scene")
_LASTING = re.compile(r"(?P<what>next(?:\s+line)?|line|scene)\b(?P<later>\s*[+-]\s*[\d.].*)?", re.IGNORECASE)
"""What lasts, where a moment is asked for."""
_QUOTED = re.compile(r"""(after\s+)?(["'][^"']+["'].*)""", re.IGNORECASE)


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
    """What is wrong with what was written, and the form that its first word belongs to."""
    first = plain.split(maxsplit=1)[0].casefold() if plain else ""
    if word := re.match(r'(?:after\s+)?word\b\s*(["\']?)', plain, re.IGNORECASE):
        quoted = "quotes no word; put it in quotation marks, as in 'word \"scrape\"'"
        return f"'{written}' {'has no closing quotation mark' if word[1] else quoted}"
    if first in ("start", "end"):
        return (
            f"'{written}' does not say of what; write '{first} of line', '{first} of next line' or '{first} of' an id"
        )
    if first == "mark":
        return f"'{written}' does not say which mark; write its name, as in 'mark turn'"
    return f"'{written}' is not a moment{_instead(written, plain, first)}"


def _instead(written: str, plain: str, first: str) -> str:
    """What to write, after a semicolon; never what was written."""
    if quoted := _QUOTED.match(plain):
        return f"; write '{quoted[1] or ''}word {written[quoted.start(2) :]}'"
    if first in _FORM_OF:
        return f"; {_FORM_OF[first]}"
    if lasting := _LASTING.match(plain) or _LASTING.match(_as_meant(plain)):
        what, later = lasting["what"].casefold(), lasting["later"] or ""
        what = NEXT_LINE if what.startswith("next") else what
        return f"; write 'start of {what}{later}' or 'end of {what}{later}'"
    close = nearest(first, _FIRST) if first else ""
    return close if "did you mean" in close else f"; a moment is {_FORMS}"


def _as_meant(plain: str) -> str:
    """What was written with its first word as that of `_PLACES` which it is nearly."""
    first, _, rest = plain.partition(" ")
    near = difflib.get_close_matches(first.casefold(), _PLACES, n=1, cutoff=0.7)
    return f"{near[0]} {rest}" if near else plain


def length_or_moment(length: Callable[[str], Fraction]) -> Callable[[str, Place], Length]:
    """A reader of a length, or of `until` and the moment that ends it."""

    def read(text: str, place: Place) -> Length:
        until = re.match(r"\s*until\s+", text)
        return moment(text[until.end() :], place) if until else length(text)

    return read
