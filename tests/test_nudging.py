"""A nudge changes one value of a script, and not one other byte."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.errors import Place
from producer.model.script import Bed, Cue, Line, Script
from producer.studio import nudging
from producer.studio.nudging import NudgeError, nudged
from tests.script_helpers import FILE, around, resolved

ITEMS = """\
# every form that a cue has   # and a comment
- bed: sea   # under it all
  fade_in: 4 s
- bed: wind level -28 LU, fade_in 6 s, set strength 0.4
- sound: boots_on_stone pan left 40, until end of next line
- ann: Who's “there”? [door_latch] Nobody — nobody at all. [glass_tick level −12 LU,  pan  right 5] Äh, so.
  how: not quite a whisper   # for the actor
  level: -1 LU
- sound: glass_tick at word "at" - 40 ms, level -12 LU    # it hangs on a word
- ben: >
    A long line, written under its sign, [rope_creak] that goes on here
    and here [gull variant 2], and ends.
- sound: {role}
  level: "-14 LU"   # quoted
  pan: right 10
  wait: no
- sound: knock at end of line + 1.5 s
- music: theme
  level: -18 LU
  at: word "Who's" of ann_first
- ben: No more.
"""


def script(ends: str = "\n", bom: bool = False) -> bytes:
    items = ITEMS.replace("sound: {role}", "sound: drip").replace("- ann: Who", "- id: ann_first\n  ann: Who")
    text = around(items).replace("\n", ends)
    return (("\ufeff" if bom else "") + text).encode()


def read(data: bytes) -> Script:
    return resolved(data.decode(), file=FILE)


def cues(made: Script) -> list[Cue | Bed]:
    """Every cue that can be nudged, in reading order."""
    return sorted([*made.cues, *made.beds], key=lambda cue: cue.place)


def level_of(cue: Cue | Bed) -> float:
    return cue.level_lu.first


@given(
    number=st.integers(0, 20),
    level=st.floats(-60, 6),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_a_level_changes_and_no_other_byte(number: int, level: float, ends: str, bom: bool) -> None:
    data = script(ends, bom)
    before = cues(read(data))
    cue = before[number % len(before)]
    value = nudging.level(level)
    made = nudged(data, cue.place, "level", value)
    kept_outside_one_stretch(data, made.data, value)
    after = cues(read(made.data))
    assert level_of(after[number % len(before)]) == pytest.approx(float(value.removesuffix(" LU")))
    assert [bare(one) for one in after if one.id != cue.id] == [bare(one) for one in before if one.id != cue.id]
    assert made.after in made.data.decode()


@given(number=st.integers(0, 20), side=st.integers(-100, 100), ends=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=50, deadline=None)
def test_a_side_changes_and_no_other_byte(number: int, side: int, ends: str) -> None:
    data = script(ends)
    before = cues(read(data))
    cue = before[number % len(before)]
    made = nudged(data, cue.place, "pan", nudging.pan(side))
    kept_outside_one_stretch(data, made.data, nudging.pan(side))
    after = cues(read(made.data))[number % len(before)]
    assert after.path[0].pan == side
    assert level_of(after) == level_of(cue)


@given(seconds=st.integers(-5000, 5000))
@settings(max_examples=40, deadline=None)
def test_a_moment_keeps_what_it_hangs_on(seconds: int) -> None:
    data = script()
    for role in ("glass_tick", "knock", "theme"):
        cue = next(one for one in cues(read(data)) if one.role == role and one.at is not None)
        made = nudged(data, cue.place, "at", nudging.offset(seconds / 1000))
        kept_outside_one_stretch(data, made.data, "")
        after = next(one for one in cues(read(made.data)) if one.role == role and one.at is not None)
        assert after.at is not None and cue.at is not None
        assert after.at.offset_s * 1000 == seconds
        assert (after.at.anchor, after.at.words, after.at.target) == (cue.at.anchor, cue.at.words, cue.at.target)


def bare(cue: Cue | Bed) -> Cue | Bed:
    """A cue without its places in the file, which follow what stands before them."""
    moments = {
        name: None if getattr(cue, name) is None else str(getattr(getattr(cue, name), "written", ""))
        for name in ("at", "until")
    }
    return replace(cue, place=Place(""), **moments)


def kept_outside_one_stretch(before: bytes, after: bytes, value: str) -> None:
    """What was put in, and what was taken out, is one value with its key and comma at most."""
    low = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    rest = min(len(before), len(after)) - low
    high = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    new, old = after[low : len(after) - high].decode(), before[low : len(before) - high].decode(errors="replace")
    assert "\n" not in old and len(old) <= len("- 40 ms from here")
    assert len(new) <= len(value) + len("\r\n        , level: ") + (0 if value else 12)


@pytest.mark.parametrize(
    ("begins", "key", "value", "line"),
    [
        ("bed: sea", "level", "-18 LU", "      - bed: sea level -18 LU   # under it all"),
        ("bed: wind", "level", "-30 LU", "      - bed: wind level -30 LU, fade_in 6 s, set strength 0.4"),
        ("sound: boots", "level", "-9 LU", "pan left 40, until end of next line, level -9 LU"),
        ("[door_latch]", "level", "-8 LU", "[door_latch level -8 LU] Nobody"),
        ("[glass_tick", "pan", "left 30", "[glass_tick level −12 LU,  pan  left 30] Äh"),
        ("[gull", "level", "-20 LU", "    and here [gull variant 2, level -20 LU], and ends."),
        ("sound: drip", "level", "-3 LU", '        level: "-3 LU"   # quoted'),
        ("sound: glass_tick", "at", "+ 2 s", '- sound: glass_tick at word "at" + 2 s, level -12 LU    # it'),
        ("sound: knock", "at", "", "      - sound: knock at end of line"),
        ("music: theme", "at", "- 250 ms", '        at: word "Who\'s" of ann_first - 250 ms'),
        ("ben: >", "level", "2 LU", "        level: 2 LU"),
        ("ann: Who", "level", "2 LU", "        level: 2 LU"),
    ],
)
def test_each_form_is_written_as_a_producer_would(begins: str, key: nudging.Key, value: str, line: str) -> None:
    data = script()
    made = nudged(data, place_of(data, begins), key, value)
    assert line in made.after
    assert made.data.decode().splitlines()[made.line - 1] == made.after


def place_of(data: bytes, begins: str) -> Place:
    text = data.decode()
    at = text.index(begins)
    return Place(FILE, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


@pytest.mark.parametrize(
    ("items", "begins", "key", "says"),
    [
        ("- sound: knock level -30 LU -> -12 LU", "sound: knock", "level", "moves"),
        ("- sound: knock path far left -> near right", "sound: knock", "pan", "path"),
        ("- sound: knock", "sound: knock", "at", "a pause before it"),
        ("- ann: One [knock] two.", "[knock", "at", "move the brackets"),
        ("- sound: knock", "ann:", "level", "no cue"),
        ('- sound: "knock level \\x2d9 LU"', "sound:", "level", "escapes"),
    ],
)
def test_what_cannot_be_nudged_says_why(items: str, begins: str, key: nudging.Key, says: str) -> None:
    data = around(items).encode()
    value = {"level": "-9 LU", "pan": "left 5", "at": "+ 1 s"}[key]
    with pytest.raises(NudgeError, match=says):
        nudged(data, place_of(data, begins), key, value)


@pytest.mark.parametrize("key", ["level", "pan"])
def test_what_stands_in_no_scene_is_left_alone(key: nudging.Key) -> None:
    """Spoken credits that nobody wrote are at the title, and a key beside that would be one of the whole script."""
    data = b"title: T\nscenes:\n  - play:\n      - ann: Hi.\ncast: {ann: {voice: en-gb}}\n"
    with pytest.raises(NudgeError, match="no place of its own in a scene"):
        nudged(data, Place(FILE, 1, 1), key, "-9 LU")
    assert nudging.written(data, Place(FILE, 1, 1)) == {}


def test_a_script_with_mistakes_is_left_alone() -> None:
    data = around("- sound: knock\n- ann: [unclosed").encode()
    with pytest.raises(NudgeError, match="mistakes"):
        nudged(data, place_of(data, "sound: knock"), "level", "-9 LU")


@pytest.mark.parametrize("begins", ["gate: Hacía", "[knock]"])
@pytest.mark.parametrize("key", nudging.KEYS)
def test_an_edition_is_told_to_be_nudged_in_its_original_and_left_alone(begins: str, key: nudging.Key) -> None:
    """It has the words alone: a level there is an error."""
    data = "edition_of: lamp.yaml\nlanguage: es\nlines:\n  gate: Hacía frío. [knock]\n".encode()
    with pytest.raises(NudgeError, match=r"change this in lamp\.yaml"):
        nudged(data, place_of(data, begins), key, "-9 LU")
    assert nudging.written(data, place_of(data, begins)) == {}


def test_what_stands_at_a_cue_is_read_back() -> None:
    data = script()
    assert nudging.written(data, place_of(data, "[glass_tick")) == {"level": "−12 LU", "pan": "right 5"}
    assert nudging.written(data, place_of(data, "sound: glass_tick")) == {"level": "-12 LU", "at": 'word "at" - 40 ms'}
    assert nudging.written(data, place_of(data, "bed: sea")) == {}


def test_a_level_of_a_line_is_the_lines_own() -> None:
    data = script()
    made = read(nudged(data, place_of(data, "ann: Who"), "level", "-4 LU").data)
    lines = [one for one in made.scenes[0].items if isinstance(one, Line)]
    assert lines[0].voices[0].level_lu == -4


def test_values_are_written_as_scripts_have_them() -> None:
    assert [nudging.level(v) for v in (-12.0, 0.0, -0.04, 2.55, -9.96)] == [
        "-12 LU",
        "0 LU",
        "0 LU",
        "2.5 LU",
        "-10 LU",
    ]
    assert [nudging.pan(v) for v in (-40.4, 0.3, 12)] == ["left 40", "centre", "right 12"]
    assert [nudging.offset(v) for v in (-0.04, 0, 1.5, 0.0004, 2.25)] == ["- 40 ms", "", "+ 1.5 s", "", "+ 2250 ms"]
    assert re.fullmatch(r"- \d+ ms", nudging.offset(-0.999))
