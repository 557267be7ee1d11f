"""Messages: where, what, how to mend it; all at once and in reading order."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer import errors
from producer.errors import (
    Place,
    Problem,
    ProducerError,
    RenderError,
    ScriptError,
    Several,
    VoiceError,
    nearest,
    printable,
    told,
)

NAMES = st.text(st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x17F), min_size=1, max_size=12)
PLACES = st.builds(Place, st.sampled_from(["a.yaml", "b.yaml"]), st.integers(1, 99), st.integers(1, 99))
PROBLEMS = st.builds(Problem, PLACES, st.text(max_size=8))


def test_a_place_is_written_as_editors_jump_to_it() -> None:
    assert str(Place("script/lamp.yaml", 3, 5)) == "script/lamp.yaml:3:5"
    assert str(Place("script/lamp.yaml")) == "script/lamp.yaml"


def test_a_problem_shows_its_line_as_it_should_be_below_it() -> None:
    plain = Problem(Place("a.yaml", 3, 5), "a text that begins with * would be misread")
    mended = Problem(Place("a.yaml", 3, 5), "a text that begins with * would be misread", "ann: >\n  *So*.")
    assert str(plain) == "a.yaml:3:5: a text that begins with * would be misread"
    assert str(mended) == f"{plain}\n    ann: >\n      *So*."
    assert plain == mended  # one place, one mistake, with or without its remedy


@given(st.lists(PROBLEMS, max_size=12))
def test_problems_are_told_once_each_in_reading_order(problems: list[Problem]) -> None:
    found = ScriptError(problems).problems
    assert set(found) == set(problems) and len(found) == len(set(problems))
    places = [(one.at.file, one.at.line, one.at.column) for one in found]
    assert places == sorted(places)
    assert ScriptError(reversed(problems)).problems == found
    firsts = {(one.at.file, one.what): one for one in reversed(found)}
    said = "\n".join(str(one) for one in found if firsts[one.at.file, one.what] == one)
    assert re.sub(r"\n    and at .*", "", str(ScriptError(problems))) == said


def test_a_mistake_that_is_made_again_is_told_once_with_the_lines_it_is_in() -> None:
    again = [Problem(Place("a.yaml", line, 9), "no pack has 'hit'") for line in (3, 3, 5, *range(10, 30))]
    once = Problem(Place("b.yaml", 7, 9), "no pack has 'hit'")
    lines = "lines 3, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \u2026"
    found = ScriptError([once, *again, Problem(Place("a.yaml", 3, 20), "no pack has 'hit'")])
    assert str(found) == f"{again[0]}\n    and at 22 more places: {lines}\n{once}"
    assert len(found.problems) == 24
    assert str(ScriptError(again[:3])) == f"{again[0]}\n    and at 1 more place: line 5"


def test_a_bounded_number_of_mistakes_is_told_and_how_many_are_left() -> None:
    found = ScriptError(Problem(Place("a.yaml", line), f"mistake {line}") for line in range(1, 1202))
    assert str(found).split("\n")[-2:] == ["a.yaml:50:0: mistake 50", "    and 1,151 more mistakes"]
    assert len(found.problems) == 1201


def test_problems_go_to_another_process_with_their_places() -> None:
    found = ScriptError([Problem(Place("a.yaml", 3, 5), "one", "mended: so"), Problem(Place("b.yaml"), "two")])
    there = pickle.loads(pickle.dumps(found))
    assert (type(there), there.problems, str(there)) == (ScriptError, found.problems, str(found))


@given(NAMES, st.lists(NAMES, max_size=8))
def test_a_hint_only_ever_names_what_there_is(name: str, known: list[str]) -> None:
    hint = nearest(name, known)
    if hint.startswith("; did you mean '"):
        assert hint[16:-2] in known
    elif known:
        assert hint == f"; known: {', '.join(sorted(set(known)))}"
    else:
        assert hint == ""


@given(NAMES, st.lists(NAMES, max_size=8))
def test_a_name_that_is_there_is_its_own_nearest(name: str, known: list[str]) -> None:
    assert nearest(name, [*known, name]).casefold() == f"; did you mean '{name}'?".casefold()


def test_a_hint_does_not_mind_case_and_does_not_list_the_world() -> None:
    assert nearest("BOOTS_ON_BORDS", ["boots_on_boards", "wind"]) == "; did you mean 'boots_on_boards'?"
    assert nearest("zzz", [f"name_{n}" for n in range(12)]).startswith("; known: name_0, name_1, name_10")
    assert nearest("zzz", [f"name_{n}" for n in range(13)]) == ""


def test_every_error_is_one_that_a_user_can_act_on() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) >= 7
    assert all(issubclass(kind, ProducerError) for kind in kinds)
    with pytest.raises(ProducerError, match="no such voice"):
        raise errors.VoiceError([Problem(Place(""), "no such voice")])


def test_one_error_is_told_as_it_is_and_several_as_one_in_reading_order() -> None:
    several = Several()
    assert several.tried(lambda: 7) == 7
    several.tell()
    low, high = Problem(Place("s.yaml", 9, 1), "low"), Problem(Place("s.yaml", 8, 20), "high")
    assert several.tried(lambda: _fail(VoiceError([low, high]))) is None
    with pytest.raises(VoiceError, match=r"^s\.yaml:8:20: high\n"):
        several.tell()
    several.tried(lambda: _fail(ScriptError([Problem(Place("s.yaml", 8, 3), "left")])))
    several.tried(lambda: _fail(RenderError("a disk is full")))
    with pytest.raises(ScriptError) as caught:
        several.tell()
    assert str(caught.value) == "a disk is full\ns.yaml:8:3: left\ns.yaml:8:20: high\ns.yaml:9:1: low"


def test_an_error_tells_its_problems_with_their_places() -> None:
    problem = Problem(Place("C:/a b.yaml", 3, 4), "no: voice")
    assert told(VoiceError([problem])) == (problem,)
    assert told(RenderError("the disk\nis full")) == (Problem(Place(""), "is full"), Problem(Place(""), "the disk"))


def _fail(error: ProducerError) -> None:
    raise error


def test_nothing_that_a_message_repeats_moves_a_terminal() -> None:
    shown = str(Problem(Place("a\x1b[2J.yaml", 1, 1), "there is no pack 'ru\x1b]0;x\x07\u202eins'", "  - \x9bp"))
    assert shown == "a\ufffd[2J.yaml:1:1: there is no pack 'ru\ufffd]0;x\ufffd\ufffdins'\n      - \ufffdp"
    assert printable("שלום\tand\nmore") == "שלום\tand\nmore"


@given(st.lists(PROBLEMS, max_size=8))
def test_problems_are_told_in_the_order_in_which_they_compare(problems: list[Problem]) -> None:
    assert ScriptError(problems).problems == tuple(sorted(set(problems)))
