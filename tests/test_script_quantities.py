"""Quantities carry their unit; what a word processor makes of a sign is read as the sign."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.model.pace import Pace
from producer.model.script import Glide, Position
from producer.script import quantities as q
from producer.units import Metres

UNITS = [q.LENGTH, q.EVERY, q.LEVEL, q.MARGIN, q.DISTANCE, q.RATE, q.VOICE_PITCH, q.CENTS, q.SPEED, q.WIDTH, q.WET]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.5 s", "3/2"),
        ("250 ms", "1/4"),
        ("250ms", "1/4"),
        ("+.5 s", "1/2"),
        ("2:30", "150"),
        ("0:05.5", "11/2"),
        ("1:02:03", "3723"),
        ("90:00", "5400"),
        ("1.5\u00a0s", "3/2"),
        ("  3 S ", "3"),
    ],
)
def test_a_length_is_exact(text: str, seconds: str) -> None:
    assert q.length(text) == Fraction(seconds)


@pytest.mark.parametrize("text", ["-12 LU", "−12 LU", "–12 LU", "-12 lu", "-12\u202fLU"])
def test_a_level_may_have_a_word_processors_minus(text: str) -> None:
    assert q.number_of(q.LEVEL)(text) == -12.0


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (q.DISTANCE, "4 m", 4.0),
        (q.RATE, "145 wpm", 145.0),
        (q.CENTS, "+30 cents", 30.0),
        (q.SPEED, "90 %", 90.0),
        (q.VOICE_PITCH, "-10%", -10.0),
    ],
)
def test_every_unit_is_read(kind: q.Quantity, text: str, value: float) -> None:
    assert q.number_of(kind)(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (q.LENGTH, "3", "'3' has no unit; a length is in s or ms, as in '1.5 s', or as minutes and seconds, '2:30'"),
        (q.LENGTH, "1:60", "'1:60' is no time; minutes and seconds go up to 59, as in '2:30' or '1:02:03'"),
        (q.LENGTH, "-1 s", "'-1 s' is too little; a length lies between 0 s and 86400 s"),
        (q.LENGTH, "4 m", "'4 m' is in the wrong unit; a length is in s or ms, as in '1.5 s', or as"),
        (q.LEVEL, "loud", "'loud' is not a level; write a number and its unit, LU, as in '-12 LU'"),
        (q.LEVEL, "-1,5 LU", "'-1,5 LU' has a comma in its number; write a point, as in '-12 LU'"),
        (q.LEVEL, "60 LU", "'60 LU' is too much; a level lies between -70 LU and 20 LU"),
        (q.RATE, "145", "'145' has no unit; a rate is in wpm, as in '145 wpm'"),
        (q.DISTANCE, "1e400 m", "'1e400 m' is in the wrong unit"),
    ],
)
def test_a_wrong_quantity_says_what_to_write(kind: q.Quantity, text: str, says: str) -> None:
    with pytest.raises(q.ReadingError) as wrong:
        q.measure(text, kind)
    assert str(wrong.value).startswith(says)


@given(st.data(), st.sampled_from(UNITS))
def test_a_quantity_written_and_read_is_the_same(data: st.DataObject, kind: q.Quantity) -> None:
    unit = data.draw(st.sampled_from(sorted(kind.units)))
    factor = kind.units[unit]
    low, high = -(-kind.low * 1000 // factor), kind.high * 1000 // factor
    thousandths = data.draw(st.integers(int(low), int(high)))
    space = data.draw(st.sampled_from(["", " ", "\u00a0"]))
    sign = "−" if data.draw(st.booleans()) else "-"
    written = f"{thousandths // 1000 if thousandths >= 0 else -(-thousandths // 1000)}.{abs(thousandths) % 1000:03d}"
    if thousandths < 0:
        written = sign + written.lstrip("-")
    assert q.measure(f"{written}{space}{unit}", kind) == Fraction(thousandths, 1000) * factor


@given(st.text())
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    for read in (q.length, q.pace, q.pan, q.distance, q.path, q.flag, q.name, q.glide_of(q.LEVEL)):
        try:
            read(text)
        except q.ReadingError as wrong:
            assert str(wrong)


def test_an_arrow_moves_a_value() -> None:
    assert q.glide_of(q.LEVEL)("-30 LU -> -12 LU") == Glide(-30.0, -12.0)
    assert q.glide_of(q.LEVEL)("-30 LU→−12 LU") == Glide(-30.0, -12.0)
    assert q.glide_of(q.CENTS)("+30 cents") == Glide(30.0, 30.0)
    with pytest.raises(q.ReadingError, match="more than one arrow"):
        q.glide_of(q.LEVEL)("-30 LU -> -20 LU -> -12 LU")


def test_a_pace_may_change_and_stray() -> None:
    assert q.pace("620 ms") == Pace(0.62, 0.62)
    assert q.pace("3 s ± 40 %") == Pace(3.0, 3.0, 0.4)
    assert q.pace("3 s +/- 40 %") == Pace(3.0, 3.0, 0.4)
    assert q.pace("1 s -> 450 ms") == Pace(1.0, 0.45)
    assert q.pace("1 s → 450 ms ± 10 %") == Pace(1.0, 0.45, 0.1)
    with pytest.raises(q.ReadingError, match="a spread lies between 0 % and 95 %"):
        q.pace("3 s ± 100 %")


def test_a_side_is_left_right_or_centre() -> None:
    assert [q.side(text) for text in ("left 40", "right 10", "centre", "Left 0")] == [-40.0, 10.0, 0.0, 0.0]
    assert q.side("left") == -q.SIDE
    assert q.pan("left 40 -> right 40") == (-40.0, 40.0)
    for text in ("left 140", "left -40", "40", "centre 3", "up"):
        with pytest.raises(q.ReadingError):
            q.side(text)


def test_a_path_leads_through_places() -> None:
    assert q.path("far left -> near right") == (
        Position(-q.SIDE, Metres(12.0)),
        Position(q.SIDE, Metres(1.5)),
    )
    assert q.path("left 80 at 10 m -> right 10 at 2 m") == (
        Position(-80.0, Metres(10.0)),
        Position(10.0, Metres(2.0)),
    )
    assert q.path("far left 60 -> near centre -> right 30") == (
        Position(-60.0, Metres(12.0)),
        Position(0.0, Metres(1.5)),
        Position(30.0, None),
    )
    assert q.path("far → near") == (Position(None, Metres(12.0)), Position(None, Metres(1.5)))
    for text in ("far left", "far left at 3 m -> near", "left -> ", "somewhere -> near", "left 40 right 3 -> near"):
        with pytest.raises(q.ReadingError):
            q.path(text)


def test_yes_and_no_are_words() -> None:
    assert [q.flag(text) for text in ("yes", "No", "true", "off")] == [True, False, True, False]
    with pytest.raises(q.ReadingError, match="neither yes nor no"):
        q.flag("maybe")
