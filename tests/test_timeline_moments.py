"""Every kind of moment, and every way in which one can be wrong. One sample is one millisecond; a word lasts 200."""

from __future__ import annotations

from fractions import Fraction

import pytest

from producer.model.script import LINE, NEXT_LINE, Moment
from tests.timeline_helpers import (
    at_line,
    bed,
    cue,
    hits,
    inline_mark,
    mark,
    moment,
    pause,
    placed,
    problems,
    scene,
    span,
    speech,
    stop,
)

TALK = (
    pause("p", "1"),
    cue("g", "gull", wait=Fraction(0)),
    speech("a", "the old 112=one_hundred_and_twelve steps and the lamp", marks=(inline_mark("turn", 3),)),
    speech("b", "Who's there?"),
)
# 'a' runs from 1000 to 3000: the 0 old 200 112 400…1200 steps and the 1600 lamp 1800; 'b' from 3350 to 3750.


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        (moment("now"), 3750),
        (moment("now", plus="0.5"), 4250),
        (moment("start of a"), 1000),
        (moment("end of a"), 3000),
        (moment("start of g"), 1100),  # the start of a sound is its hit
        (moment("end of g"), 1700),
        (moment("start of line"), 3350),
        (moment("end of line", plus="-0.25"), 3500),
        (moment("start of scene"), 0),
        (moment("end of scene"), 3750),
        (moment("start of p"), 0),
        (moment("end of p"), 1000),
        (moment("word there"), 3550),
        (moment("word WHOS THERE"), 3350),
        (moment("after word there"), 3750),
        (moment("word old", target="a"), 1200),
        (moment("after word old", target="a"), 1400),
        (moment("word 112", target="a"), 1400),
        (moment("word twelve", target="a"), 2000),
        (moment("word and twelve", target="a"), 1800),
        (moment("after word hundred", target="a"), 1800),
        (moment("after word 112", target="a"), 2200),
        (moment("word the", target="a", nth=2), 2600),
        (moment("word and", target="a", nth=2), 2400),
        (moment("mark turn"), 2200),
        (moment("mark late"), 2250),
        (moment("start of gull"), 1100),  # a role stands for the last of its sounds
    ],
)
def test_a_moment_means_a_sample(asked: Moment, hit: int) -> None:
    late = mark("m", "late", at=moment("mark turn", plus="0.05"))
    assert placed(*TALK, late, cue("d", "door", at=asked)).clip("d").hit == hit


def test_moments_look_forward_too() -> None:
    timeline = placed(
        cue("h1", "hum", until=moment("end of next line")),
        cue("h2", "hum", until=moment("end of scene")),
        cue("h3", "hum", until=moment("start of b", plus="-0.1")),
        speech("a", "one two"),
        pause("p", "1"),
        speech("b", "three"),
    )
    assert [span(timeline, f"h{n}") for n in (1, 2, 3)] == [(0, 400), (0, 1600), (0, 1300)]


@pytest.mark.parametrize(
    ("word", "hit"), [("half-open", 200), ("open", 300), ("hiver", 433), ("two", 933), ("up", 1000)]
)
def test_a_word_inside_of_what_is_said_as_one_has_its_share_by_letters(word: str, hit: int) -> None:
    line = speech("a", "the half-open l'hiver 42=forty_twenty-two up")
    assert hits(placed(line, cue("s", "gull", at=moment(f"word {word}"))), "s") == [hit]


def test_a_bare_word_after_until_is_in_the_next_line_and_after_at_in_the_last_one() -> None:
    timeline = placed(
        speech("a", "sleep now"),
        cue("h1", "hum", until=moment("word sleep")),
        cue("h2", "hum", at=moment("start of line"), until=moment("word now")),
        speech("b", "go to sleep"),
    )
    assert span(timeline, "h1") == (400, 1150)
    assert span(timeline, "h2") == (0, 200)


def test_a_bare_word_in_brackets_is_in_the_line_around_them() -> None:
    hum = cue("h", "hum", before_token=1, until=moment("word dark"))
    timeline = placed(speech("a", "it was so dark here", cues=(hum,)), speech("b", "dark"))
    assert span(timeline, "h") == (180, 600)


def test_line_and_next_line_stay_in_their_scene() -> None:
    (found,) = problems(scene(speech("a", "one")), scene(cue("d", "door", at=moment("end of line", line=4)), number=2))
    assert found.at == at_line(4)
    assert "nobody has spoken in this scene yet" in found.what
    hum = cue("h", "hum", until=moment("end of next line", line=5))
    (found,) = problems(scene(hum), scene(speech("a", "one"), number=2))
    assert "nobody speaks in this scene after it" in found.what


def test_words_that_are_not_there_are_quoted_with_their_line() -> None:
    (found,) = problems(speech("a", "the old lamp"), cue("d", "door", at=moment("word lampp", line=9)))
    assert found.at == at_line(9)
    assert found.what == 'the word "lampp" is not in the line "the old lamp"; did you mean \'lamp\'?'


def test_a_word_said_twice_needs_its_number_and_the_number_must_be_there() -> None:
    line = speech("a", "the old man and the sea")
    (found,) = problems(line, cue("d", "door", at=moment("word the")))
    assert 'is said 2 times in "the old man and the sea"' in found.what
    (found,) = problems(line, cue("d", "door", at=moment("word the", nth=3)))
    assert "is said only 2 times" in found.what


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (moment("end of nobdy"), "nothing is called 'nobdy'; did you mean 'nobody'?"),
        (moment("word x", target="p"), "no line is called 'p'"),
        (moment("mark nowhere"), "no mark is called 'nowhere'"),
        (moment("start of scene", plus="-2"), "0:02.000 before the beginning of the episode"),
    ],
)
def test_moments_that_are_not_there(asked: Moment, says: str) -> None:
    (found,) = problems(pause("p", "1"), speech("nobody", "one"), cue("d", "door", at=asked))
    assert says in found.what


def test_what_would_last_for_no_time_is_told_and_not_left_out() -> None:
    walk = cue("w", "hum", until=moment("start of next line"))
    assert [one.what for one in problems(walk, bed("s", "sea", until=moment("now")), speech("a", "one"))] == [
        "'hum' (line 1) would end as it begins and not be heard: 'until start of next line' is at 0:00.000, "
        "and there it begins, too (line 1)",
        "'sea' (line 1) would end as it begins and not be heard: 'until now' is at 0:00.000, "
        "and there it begins, too (line 1)",
    ]
    (found,) = problems(cue("h", "hum", for_s=Fraction(0)), speech("a", "one"))
    assert found.what == "'hum' (line 1) would last for no time at all; 'for' says how long it is heard"


def test_an_end_before_its_start_names_both_places() -> None:
    hum = cue("h", "hum", place_line=12, until=moment("end of a", line=12))
    (found,) = problems(speech("a", "one"), pause("p", "2"), hum)
    assert found.what == (
        "'hum' (line 12) would end before it begins: 'until end of a' is at 0:00.200, "
        "but it begins at 0:02.200 (line 12)"
    )
    (found,) = problems(speech("a", "one"), pause("p", "1"), pause("q", moment("end of a", line=4), place_line=4))
    assert "the pause would end before it begins" in found.what
    (found,) = problems(speech("a", "one"), pause("p", "1"), bed("s", "sea", until=moment("end of a")))
    assert "'sea' (line 1) would end before it begins" in found.what


def test_a_circle_names_every_member() -> None:
    found = problems(
        cue("one", "door", place_line=3, at=moment("end of two", line=3)),
        cue("two", "knock", place_line=5, at=moment("end of three", line=5)),
        cue("three", "gull", place_line=7, at=moment("start of one", line=7)),
    )
    assert len(found) == 1
    assert found[0].at == at_line(3)
    assert found[0].what == (
        "these wait for each other: one 'door' (line 3: at end of two), two 'knock' (line 5: at end of three), "
        "three 'gull' (line 7: at start of one)"
    )


def test_what_waits_for_itself_is_a_circle_of_one() -> None:
    (found,) = problems(cue("one", "door", place_line=3, at=moment("end of one", line=3)))
    assert found.what == "this waits for itself: one 'door' (line 3: at end of one)"


def test_a_pause_until_the_end_of_a_bed_that_waits_for_the_pause_is_a_circle() -> None:
    (found,) = problems(bed("s", "sea", place_line=2), pause("p", moment("end of s", line=3), place_line=3))
    assert found.at == at_line(3)
    assert found.what == (
        "these wait for each other: p (line 3: pause until end of s), s 'sea' (line 2); 'sea' has no end of its own "
        "and lasts as long as its scene: give it an 'until', or write its 'end' before"
    )


def test_a_speech_that_waits_for_what_comes_after_it_is_a_circle() -> None:
    (found,) = problems(
        speech("a", "one", at=moment("end of next line", line=2), place_line=2), speech("b", "two", place_line=3)
    )
    assert "these wait for each other" in found.what
    assert "a (line 2: at end of next line)" in found.what
    assert "b (line 3)" in found.what


def test_all_problems_are_told_at_once_in_reading_order_and_none_twice() -> None:
    found = problems(
        speech("a", "one"),
        cue("d", "door", at=moment("word two", line=2)),
        cue("e", "door", at=moment("end of d", line=3)),  # hangs on what is wrong: no problem of its own
        cue("f", "door", at=moment("mark gone", line=4)),
        stop("x", "all", at=moment("end of nothing", line=5)),
        pause("p", moment("start of scene", plus="-1", line=6)),
    )
    assert [problem.at.line for problem in found] == [2, 4, 5, 6]


def test_an_end_may_depend_on_music_that_it_does_not_end() -> None:
    timeline = placed(
        bed("t", "theme", music=True),
        speech("a", "one"),
        pause("p", moment("end of t")),
        stop("x", "all", cut=True),
        pause("q", "1"),
    )
    assert span(timeline, "t") == (0, 10_000)
    assert timeline.duration == 11_000


def test_a_stop_that_hangs_on_the_end_of_what_it_stops_is_a_circle() -> None:
    found = problems(
        bed("t", "theme", music=True),
        stop("x", "t", cut=True, line=3, at=moment("end of t", plus="-2", line=3)),
        pause("p", "20"),
    )
    assert "wait for each other" in found[0].what
    assert "x (line 3: at end of t)" in found[0].what


@pytest.mark.parametrize(("target", "hit"), [(LINE, 0), (NEXT_LINE, 550)])
def test_a_word_may_be_of_the_last_or_the_next_line(target: str, hit: int) -> None:
    asked = cue("d", "door", at=moment("word one", target=target))
    assert placed(speech("a", "one"), asked, speech("b", "one")).clip("d").hit == hit
