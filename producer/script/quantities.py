"""Quantities as a producer writes them: `1.5 s`, `-12 LU`, `left 40`, `far left -> near right`.

Every reader takes the text and gives the value in its base unit, or raises `ReadingError`: what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import Glide, Position
from producer.units import Metres

FAR_M, NEAR_M = 12.0, 1.5
SIDE = 80.0
"""`left` without a number: well to the side, not in one ear alone."""

_SIGNS = str.maketrans(
    {**dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("−–‒", "-"), "→": "→"}
    | dict.fromkeys("\u00a0\u202f\u2007\u2009", " ")
)
ARROW = re.compile(r"\s*(?:->|→)\s*")
_SPREAD = re.compile(r"\s*(?:±|\+/-)\s*")
NUMBER = r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})"
"""Written with the digits 0 to 9, and no more of them than anything can be measured to."""
_MEASURE = re.compile(rf"({NUMBER})(?![0-9])\s*(.*)", re.DOTALL)
_MOST_SHOWN = 60  # characters of a value that messages repeat
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,2}(?:\.[0-9]{1,40})?)")
_COMMA = re.compile(r"\d,\d")


class ReadingError(Exception):
    """What was written cannot be read as what belongs there; the text says what to write."""


def plain_signs(text: str) -> str:
    """A word processor's quotation marks, minus signs and spaces as a keyboard has them; no character moves."""
    return text if text.isascii() else text.translate(_SIGNS)


def shortened(text: str) -> str:
    """A value as a message repeats it."""
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True, eq=False)  # there is one of each, known by itself: `measure` remembers by it
class Quantity:
    """What a number with a unit may be; `units` give each unit in the base unit, `low` and `high` are in that too."""

    thing: str
    units: Mapping[str, Fraction]
    low: Fraction
    high: Fraction
    example: str

    @property
    def unit(self) -> str:
        """The base unit as it is written."""
        return next(iter(self.units))


def _quantity(thing: str, unit: str, low: float, high: float, example: str, **more: Fraction) -> Quantity:
    return Quantity(thing, {unit: Fraction(1), **more}, Fraction(str(low)), Fraction(str(high)), example)


LENGTH = _quantity("a length", "s", 0, 86400, "1.5 s", ms=Fraction(1, 1000))
EVERY = _quantity("the time between steps", "s", 0.02, 3600, "620 ms", ms=Fraction(1, 1000))
LEVEL = _quantity("a level", "LU", -70, 20, "-12 LU")
MARGIN = _quantity("a margin", "LU", 0, 40, "15 LU")
DISTANCE = _quantity("a distance", "m", 0.1, 1000, "4 m")
RATE = _quantity("a rate", "wpm", 60, 400, "145 wpm")
VOICE_PITCH = _quantity("a voice's pitch", "%", -50, 100, "-10 %")
CENTS = _quantity("a sound's pitch", "cents", -2400, 2400, "+30 cents")
SPEED = _quantity("a speed", "%", 25, 400, "90 %")
WIDTH = _quantity("a width", "%", 0, 200, "60 %")
SPREAD = _quantity("a spread", "%", 0, 95, "40 %")
DECAY = _quantity("a decay", "s", 0.05, 20, "0.9 s", ms=Fraction(1, 1000))
WET = _quantity("the strength of a room", "dB", -60, 6, "-12 dB")


@lru_cache(maxsize=1 << 12)
def measure(text: str, kind: Quantity) -> Fraction:
    """The number in `kind`'s base unit, exact."""
    text = plain_signs(text).strip()
    clock = _CLOCK.fullmatch(text) if "ms" in kind.units else None
    value = _clock(text, clock) if clock else _with_unit(text, kind)
    low_enough, high_enough = _not_over(value, kind.high), _not_over(kind.low, value)
    if not (low_enough and high_enough):
        side = "too much" if high_enough else "too little"
        low, high = (f"{float(bound):g} {kind.unit}" for bound in (kind.low, kind.high))
        raise ReadingError(f"'{shortened(text)}' is {side}; {kind.thing} lies between {low} and {high}")
    return value


def _not_over(one: Fraction, other: Fraction) -> bool:
    """`one <= other`, in a fifth of the time."""
    return one.numerator * other.denominator <= other.numerator * one.denominator


def _number(text: str) -> Fraction:
    """What a `NUMBER` says, as `Fraction(text)` gives it in four times the time."""
    whole, _, places = text.partition(".")
    return Fraction(int(whole + places), 10 ** len(places)) if places else Fraction(int(whole))


def _clock(text: str, parts: re.Match[str]) -> Fraction:
    hours, minutes, seconds = parts.groups()
    if Fraction(seconds) >= 60 or (hours and int(minutes) >= 60):
        raise ReadingError(f"'{text}' is no time; minutes and seconds go up to 59, as in '2:30' or '1:02:03'")
    return 3600 * int(hours or 0) + 60 * int(minutes) + Fraction(seconds)


def _with_unit(text: str, kind: Quantity) -> Fraction:
    units = " or ".join(kind.units)
    also = ", or as minutes and seconds, '2:30'" if kind is LENGTH else ""
    found, shown = _MEASURE.fullmatch(text), shortened(text)
    if found is None:
        raise ReadingError(
            f"'{shown}' is not {kind.thing}; write a number and its unit, {units}, as in '{kind.example}'{also}"
        )
    number, unit = found[1], found[2].strip()
    if not unit:
        raise ReadingError(f"'{shown}' has no unit; {kind.thing} is in {units}, as in '{kind.example}'{also}")
    if _COMMA.match(text[found.end(1) - 1 :]):
        raise ReadingError(f"'{text}' has a comma in its number; write a point, as in '{kind.example}'")
    for name, factor in kind.units.items():
        if unit.casefold() == name.casefold():
            return _number(number) if factor == 1 else _number(number) * factor
    raise ReadingError(f"'{shown}' is in the wrong unit; {kind.thing} is in {units}, as in '{kind.example}'{also}")


def number_of(kind: Quantity) -> Callable[[str], float]:
    """A reader of one value that does not move."""

    def read(text: str) -> float:
        if ARROW.search(plain_signs(text)):
            raise ReadingError(
                f"'{text}' moves, but {kind.thing} stays the same here; write one value, as in '{kind.example}'"
            )
        return float(measure(text, kind))

    return read


def length(text: str) -> Fraction:
    """A length in seconds."""
    return measure(text, LENGTH)


def glide_of(kind: Quantity) -> Callable[[str], Glide]:
    """A reader of one value, or of two with an arrow between them."""

    def read(text: str) -> Glide:
        ends = ARROW.split(plain_signs(text).strip())
        if len(ends) > 2:
            raise ReadingError(f"'{text}' has more than one arrow; a value moves from one to another, as in 'A -> B'")
        values = [float(measure(end, kind)) for end in ends]
        return Glide(values[0], values[-1])

    return read


def pace(text: str) -> Pace:
    """`620 ms`, `3 s ± 40 %`, `1 s -> 450 ms`."""
    steady, *spread = _SPREAD.split(plain_signs(text).strip())
    if len(spread) > 1:
        raise ReadingError(f"'{text}' has more than one '±'; write one, as in '3 s ± 40 %'")
    ends = glide_of(EVERY)(steady)
    return Pace(ends.first, ends.last, float(measure(spread[0], SPREAD)) / 100 if spread else 0.0)


def one_line(text: str) -> str:
    """Words that stand on one line wherever they are shown, however they are written."""
    return " ".join(text.split())


def count_of(thing: str, high: int) -> Callable[[str], int]:
    """A reader of a whole number from 1 to `high`."""

    def read(text: str) -> int:
        text = plain_signs(text).strip()
        if not re.fullmatch(r"\+?[0-9]{1,9}", text) or not 1 <= int(text) <= high:
            raise ReadingError(f"'{text}' is not {thing}; write a whole number from 1 to {high}")
        return int(text)

    return read


def flag(text: str) -> bool:
    """`yes` or `no`."""
    answer = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
    if text.strip().casefold() not in answer:
        raise ReadingError(f"'{text}' is neither yes nor no; write one of the two")
    return answer[text.strip().casefold()]


def name(text: str) -> str:
    """Letters, digits and `_`."""
    text = text.strip()
    if not re.fullmatch(r"\w+", text):
        raise ReadingError(f"'{text}' is not a name; names are letters, digits and '_'")
    return text


_SIDE = re.compile(r"(left|right|centre|center)(?:\s+(\S+))?", re.IGNORECASE)


def side(text: str) -> float:
    """`left 40` is -40, `right 10` is 10, `centre` is 0."""
    text = plain_signs(text).strip()
    found = _SIDE.fullmatch(text)
    if found is None:
        raise ReadingError(f"'{text}' is no side; write 'left 40', 'right 10' (0 to 100) or 'centre'")
    where, far = found[1].casefold(), found[2]
    if where in ("centre", "center"):
        if far:
            raise ReadingError(f"'{text}': the centre has no number; write 'centre', 'left 40' or 'right 10'")
        return 0.0
    amount = SIDE if far is None else _percent_of_side(text, far)
    return -amount if where == "left" else amount


def _percent_of_side(text: str, far: str) -> float:
    if not re.fullmatch(r"[0-9]{1,40}(\.[0-9]{0,40})?", far) or float(far) > 100:
        raise ReadingError(
            f"'{text}' is no side; after 'left' or 'right' stands a number from 0 to 100, as in 'left 40'"
        )
    return float(far)


def pan(text: str) -> tuple[float, ...]:
    """One side, or several with arrows between them."""
    return tuple(side(place) for place in ARROW.split(plain_signs(text).strip()))


def distance(text: str) -> tuple[float, ...]:
    """Metres, `near` or `far`; several with arrows between them."""
    named = {"far": FAR_M, "near": NEAR_M}
    places = ARROW.split(plain_signs(text).strip())
    return tuple(named.get(place.casefold()) or float(measure(place, DISTANCE)) for place in places)


def room(text: str) -> str:
    """One room, by its name."""
    if ARROW.search(plain_signs(text)):
        raise ReadingError(f"'{text}' moves, which only a speech or a sound of its own can; write one room here")
    return " ".join(text.split())


def rooms(text: str) -> tuple[str, ...]:
    """One room, or those that are moved through: `hall -> cellar`."""
    names = tuple(" ".join(part.split()) for part in ARROW.split(plain_signs(text).strip()))
    if names[1:] and not all(names):
        raise ReadingError(f"a room is missing beside an arrow in '{text}'; write 'hall -> cellar'")
    if names[1:] and "none" in names:
        raise ReadingError(f"'{text}': 'none' is outside the scene, and no door leads there; name a room")
    return names


def path(text: str) -> tuple[Position, ...]:
    """`far left -> near right`, `left 80 at 10 m -> right 10 at 2 m`: two or more places."""
    places = ARROW.split(plain_signs(text).strip())
    if len(places) < 2:
        raise ReadingError(f"'{text}' is one place; a path leads through two or more, as in 'far left -> near right'")
    return tuple(_position(place) for place in places)


def _position(text: str) -> Position:
    found = re.fullmatch(r"(?:(far|near)\b)?\s*(?:((?!at\b)\w+(?:\s+(?!at\b)\S+)?))?\s*(?:\bat\s+(.+))?", text, re.I)
    if found is None or not text or (found[1] and found[3]):
        raise ReadingError(f"'{text}' is no place of a path; write 'far left', 'near centre' or 'left 80 at 10 m'")
    how_far = distance(found[1] or found[3])[0] if found[1] or found[3] else None
    return Position(side(found[2]) if found[2] else None, None if how_far is None else Metres(how_far))
