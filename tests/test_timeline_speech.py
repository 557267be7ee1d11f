"""Speech on the timeline. One sample is one millisecond; every word lasts 200."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from producer.errors import Place
from producer.model.script import Item, Moment, Position, Silence, VoiceUse
from producer.units import Lu, Metres, Wpm
from tests.timeline_helpers import (
    FILE,
    at_line,
    bed,
    cue,
    hear,
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


def test_a_gap_stands_between_speech_and_speech() -> None:
    timeline = placed(speech("a", "one two"), speech("b", "three"))
    assert span(timeline, "a") == (0, 400)
    assert span(timeline, "b") == (750, 950)
    assert timeline.duration == 950


def test_what_moves_the_playhead_between_two_speeches_replaces_the_gap() -> None:
    assert span(placed(speech("a", "one"), pause("p", "0.1"), speech("b", "two")), "b") == (300, 500)
    assert span(placed(speech("a", "one"), cue("s", "door"), speech("b", "two")), "b") == (1200, 1400)


def test_what_does_not_move_the_playhead_leaves_the_gap() -> None:
    hanging = cue("s", "door", at=moment("word one"))
    assert span(placed(speech("a", "one"), bed("sea", "sea"), hanging, speech("b", "two")), "b") == (550, 750)


def test_a_line_may_have_its_own_gap_and_a_scene_its_own() -> None:
    lines = speech("a", "one"), speech("b", "two", gap_s=Fraction(1)), speech("c", "three")
    timeline = placed(scene(*lines, gap_s=Fraction(1, 10)))
    assert [span(timeline, one)[0] for one in "abc"] == [0, 1200, 1500]


def test_a_gap_stands_between_the_speeches_of_two_scenes() -> None:
    timeline = placed(scene(speech("a", "one")), scene(speech("b", "two"), number=2))
    assert [s.span.start for s in timeline.scenes] == [0, 200]
    assert span(timeline, "b") == (550, 750)


def test_lead_comes_in_before_the_last_line_has_ended() -> None:
    timeline = placed(
        speech("a", "one two three"), speech("b", "four five", lead_s=Fraction(3, 10)), speech("c", "six")
    )
    assert span(timeline, "b") == (300, 700)
    assert span(timeline, "c") == (1050, 1250)


def test_a_short_word_with_a_long_lead_does_not_turn_the_playhead_back() -> None:
    timeline = placed(speech("a", "one two three"), speech("b", "no", lead_s=Fraction(1, 2)), speech("c", "six"))
    assert span(timeline, "b") == (100, 300)
    assert span(timeline, "c") == (950, 1150)


def test_lead_longer_than_the_last_line_is_an_error() -> None:
    value = Place(FILE, 8, 15)
    for before in ((), (pause("p", "3"),)):
        long = replace(speech("b", "two", lead_s=Fraction(1), place_line=7), lead_place=value)
        (found,) = problems(*before, speech("a", "one"), long, pause("q", "1"))
        assert found.at == value
        assert "lead: it is longer than the last line, 'a'" in found.what


def test_lead_before_the_beginning_is_an_error() -> None:
    aside = speech("a", "one", at=moment("now"))
    (found,) = problems(aside, speech("b", "two", lead_s=Fraction(1), place_line=7))
    assert found.at == at_line(7)
    assert "lead: it begins this line 0:00.800 before the beginning of the episode" in found.what


def test_lead_is_counted_from_the_line_whose_turn_it_was_and_not_from_one_said_over_it() -> None:
    aside = speech("b", "yes", at=moment("start of a"))
    lines = speech("a", "one two three"), aside, speech("c", "no", lead_s=Fraction(1, 10))
    assert span(placed(*lines), "c") == (500, 700)


def test_lead_may_last_until_a_moment() -> None:
    timeline = placed(speech("a", "one two three"), speech("b", "four", lead_s=moment("word three")))
    assert span(timeline, "b") == (400, 600)


def test_the_first_line_of_a_scene_may_reach_back_into_the_last_one() -> None:
    timeline = placed(
        scene(speech("a", "one two three"), pause("p", "2")),
        scene(speech("b", "four five", lead_s=Fraction(1)), number=2),
    )
    assert span(timeline, "b") == (1600, 2000)


def test_speech_at_a_moment_moves_the_playhead_only_if_it_ends_later() -> None:
    aside = speech("b", "yes", at=moment("word two"))
    timeline = placed(speech("a", "one two three"), aside, speech("c", "on"))
    assert span(timeline, "b") == (200, 400)
    assert span(timeline, "c") == (950, 1150)
    longer = speech("b", "yes but why so late", at=moment("word two"))
    assert span(placed(speech("a", "one two three"), longer, speech("c", "on")), "c") == (1550, 1750)


def test_speech_aside_leaves_the_pause_before_the_next_line_alone() -> None:
    aside = speech("b", "yes", at=moment("word two"))
    assert span(placed(speech("a", "one two three"), pause("p", "1"), aside, speech("c", "on")), "c") == (1600, 1800)


def test_rests_part_a_line_into_phrases() -> None:
    timeline = placed(speech("a", "one | two three | four", rests=(Fraction(1), Fraction(1, 4))))
    clip = timeline.clip("a")
    assert [(part.start, part.length, part.phrase) for part in clip.parts] == [
        (0, 200, 0),
        (1200, 400, 1),
        (1850, 200, 2),
    ]
    assert [(word.text, word.start) for word in clip.words] == [
        ("one", 0),
        ("two", 1200),
        ("three", 1400),
        ("four", 1850),
    ]
    assert clip.text == "one two three four"


def test_a_rest_at_the_end_of_a_line_belongs_to_the_line() -> None:
    timeline = placed(speech("a", "one |"), speech("b", "two"))
    assert span(timeline, "b") == (1050, 1250)
    assert timeline.clip("a").parts[-1].length == 200


def test_a_rest_may_last_until_a_moment() -> None:
    until = moment("end of gull")
    timeline = placed(cue("gull", "gull", wait=Fraction(0)), speech("a", "one | two", rests=(until,)))
    assert timeline.clip("a").words[1].start == 700


def test_the_voice_waits_for_a_sound_in_brackets() -> None:
    knock = cue("k", "knock", before_token=1, on_rest=True)
    rest = Silence(after_token=1, wait_for="k")
    timeline = placed(speech("a", "one | two", rests=(rest,), cues=(knock,)))
    assert span(timeline, "k") == (150, 550)
    assert timeline.clip("k").hit == 200
    assert timeline.clip("a").words[1].start == 550


def test_the_voice_waits_some_time_after_the_hit_of_a_sound() -> None:
    knock = cue("k", "knock", before_token=1, on_rest=True)
    rest = Silence(after_token=1, wait_for="k", length=Fraction(3, 10))
    timeline = placed(speech("a", "one | two", rests=(rest,), cues=(knock,)))
    assert timeline.clip("a").words[1].start == 500


@pytest.mark.parametrize(("before", "hit"), [(0, 0), (1, 200), (2, 900), (3, 1100)])
def test_a_sound_in_brackets_lands_on_the_next_word_or_at_the_end(before: int, hit: int) -> None:
    timeline = placed(speech("a", "one two | three", cues=(cue("d", "door", before_token=before),)))
    assert timeline.clip("d").hit == hit


def test_a_sound_before_a_pause_lands_where_the_pause_begins() -> None:
    door = cue("d", "door", before_token=2, on_rest=True)
    assert placed(speech("a", "one two | three", cues=(door,))).clip("d").hit == 400


def test_a_sound_between_two_pauses_lands_where_the_second_begins() -> None:
    door = cue("d", "door", before_token=1, on_rest=True, rest=1)
    rests = Silence(after_token=1, length=Fraction(1)), Silence(after_token=1, length=Fraction(1))
    assert placed(speech("a", "one | | two", rests=rests, cues=(door,))).clip("d").hit == 1200


def test_a_sound_before_punctuation_lands_on_the_word_after_it() -> None:
    assert placed(speech("a", "one — two", cues=(cue("d", "door", before_token=1),))).clip("d").hit == 200


def test_voices_together_are_each_softer_and_the_slowest_ends_the_line() -> None:
    both = tuple(VoiceUse(member=name, voice="x", rate_wpm=Wpm(150), level_lu=Lu(-1)) for name in ("ann", "ben"))
    timeline = placed(speech("a", "one two", voices=both, together="both"))
    first, second = timeline.clip("a"), timeline.clip("a-2")
    assert first.level.first == pytest.approx(-1 - 3.0103, abs=1e-4)
    assert (first.name, second.name, second.voice, second.line) == ("ann", "ben", 1, "a")
    assert second.span == first.span


def test_a_speech_cut_by_its_id_ends_there_and_its_later_words_are_dropped() -> None:
    timeline = placed(
        speech("a", "one two three four"), stop("x", "a", cut=True, at=moment("word three")), speech("b", "no")
    )
    clip = timeline.clip("a")
    assert span(timeline, "a") == (0, 420)
    assert [word.text for word in clip.words] == ["one", "two"]  # of "three" 20 ms sound, while they fade
    assert clip.words[-1].end == 400
    assert clip.text == "one two—"
    assert clip.cut is not None and clip.cut.start == 400
    assert span(timeline, "b") == (770, 970)


@pytest.mark.parametrize(
    ("text", "at", "heard"),
    [
        ("one two three", moment("word three", plus="0.1"), "one two three"),  # its last word has begun
        ("one two three", moment("word two", plus="0.1"), "one two—"),
        ("one two, three", moment("word three"), "one two—"),
        ("one two. Three", moment("word Three"), "one two."),
        ("one two — three", moment("word three"), "one two—"),
        ("“one” two", moment("word two"), "“one”—"),
        ("one two", moment("start of a"), ""),
    ],
)
def test_the_text_of_a_speech_that_is_cut_ends_with_the_last_word_that_is_heard(
    text: str, at: Moment, heard: str
) -> None:
    clip = placed(speech("a", text), stop("x", "a", cut=True, at=at), pause("p", "1")).clip("a")
    assert clip.text == heard
    found = 0
    for word in clip.words:  # captions and the page find each word in the text
        found = clip.text.index(word.text, found) + len(word.text)


def test_the_text_of_a_speech_that_is_faded_goes_to_where_it_is_half_down() -> None:
    fade = stop("x", "a", at=moment("word two"), fade_out_s=Fraction("0.4"))
    clip = placed(speech("a", "one two three four five"), fade, pause("p", "1")).clip("a")
    assert (clip.span.end, clip.text) == (600, "one two—")
    slow = stop("x", "a", at=moment("word two"), fade_out_s=Fraction("0.6"))
    clip = placed(speech("a", "one two three four five"), slow, pause("p", "1")).clip("a")
    assert (clip.span.end, clip.text) == (800, "one two three—")


def test_voices_together_that_are_cut_each_have_the_text_that_they_come_to() -> None:
    both = tuple(VoiceUse(member=name, voice="x", rate_wpm=Wpm(150)) for name in ("ann", "ben"))
    line = speech("a", "one two three", voices=both, together="both")
    timeline = placed(line, stop("x", "a", cut=True, at=moment("word three")), pause("p", "1"))
    assert [timeline.clip(name).text for name in ("a", "a-2")] == ["one two—", "one two—"]


@pytest.mark.parametrize(
    ("hung", "word"),
    [
        (cue("k", "knock", at=moment("word four", line=7)), '"four"'),
        (cue("k", "hum", at=moment("start of a"), until=moment("word four", line=7)), '"four"'),
        (cue("k", "knock", at=moment("mark turn", plus="-0.5", line=7)), "the mark 'turn'"),
        (bed("k", "sea", at=moment("after word three", line=7)), '"three"'),
        (speech("k", "No", at=moment("word four", line=7)), '"four"'),
        (hear("k", "muffled", at=moment("word four", line=7)), '"four"'),
        (mark("k", "m", at=moment("word four", line=7)), '"four"'),
        (stop("k", "sea", at=moment("word four", line=7)), '"four"'),
        (pause("k", moment("mark turn", line=7)), "the mark 'turn'"),
        (stop("k", "sea", fade_out_s=moment("word four", target="a", line=7)), '"four"'),
        (hear("k", "muffled", at=moment("start of a"), over_s=moment("word four", target="a", line=7)), '"four"'),
    ],
)
def test_what_hangs_on_a_word_behind_the_end_of_its_line_is_an_error_that_names_the_word(hung: Item, word: str) -> None:
    line = speech("a", "one two three four", marks=(inline_mark("turn", 3),), place_line=3)
    (found,) = problems(line, hung, stop("x", "a", cut=True, at=moment("word three", target="a")), pause("p", "1"))
    assert found.at.line == 7
    assert found.what == (
        f"{word} is never said: 'a' (line 3) is ended at 0:00.420, before it; "
        "hang this on 'end of a', or end that later"
    )


def test_a_cue_in_brackets_behind_the_end_of_its_line_is_an_error_at_its_place() -> None:
    gull, knock = (cue(name, name, before_token=n, place_line=5) for name, n in (("gull", 3), ("knock", 4)))
    line = speech("a", "one two three four", cues=(gull, knock))
    found = problems(line, stop("x", "a", cut=True, at=moment("word three")), pause("p", "1"))
    assert [(one.at.line, one.what.split(" is never")[0]) for one in found] == [
        (5, '"four"'),
        (5, "the end of its text"),
    ]


def test_a_cue_on_the_word_at_which_its_line_is_cut_lands_there() -> None:
    shot = cue("k", "knock", at=moment("word three"))
    timeline = placed(speech("a", "one two three four"), shot, stop("x", "a", cut=True, at=moment("word three")))
    assert hits(timeline, "k") == [400]


def test_a_line_may_be_cut_a_while_before_a_word_that_is_then_never_said() -> None:
    cut = stop("x", "a", cut=True, at=moment("word three", plus="-0.1"))
    assert placed(speech("a", "one two three"), cut, pause("p", "1")).clip("a").text == "one two—"


def test_cut_all_leaves_voices_alone() -> None:
    timeline = placed(speech("a", "one two three"), stop("x", "all", cut=True, at=moment("word two")))
    assert span(timeline, "a") == (0, 600)
    assert timeline.clip("a").cut is None


def test_a_path_moves_over_the_speech() -> None:
    places = Position(-80.0, Metres(12.0)), Position(None, Metres(1.5)), Position(40.0)
    use = VoiceUse(member="keeper", voice="x", rate_wpm=Wpm(150), path=places)
    clip = placed(pause("p", "1"), speech("a", "one two three four", voices=(use,))).clip("a")
    assert clip.pan.points == ((1000, -80.0), (1400, -80.0), (1800, 40.0))
    assert clip.distance.points == ((1000, 12.0), (1400, 1.5), (1800, 1.5))


def test_marks_inside_a_line_name_the_next_word_or_the_end() -> None:
    line = speech("a", "one two", marks=(inline_mark("turn", 1), inline_mark("over", 2)))
    timeline = placed(line, cue("d", "door", at=moment("mark turn", plus="0.05")))
    assert [(mark.name, mark.sample) for mark in timeline.marks] == [("turn", 200), ("over", 400)]
    assert timeline.clip("d").hit == 250


def test_a_line_of_several_thousand_can_lean_on_the_last_one() -> None:
    lines = [speech(f"line-{n}", "one") for n in range(3000)]
    until = cue("h", "hum", until=moment("end of line-2999"))
    timeline = placed(until, *lines)
    assert span(timeline, "h") == (0, timeline.duration)
