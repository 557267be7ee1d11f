"""What stands inside spoken text: each row of the table, and signs that have a meaning."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.errors import Place
from producer.model.script import Glide, Line
from producer.script.markup import read_spoken
from tests.script_helpers import played


def spoken(text: str) -> Line:
    return played("- ann: >\n    " + text.replace("\n", "\n    ")).lines[0]


def written(line: Line) -> list[str]:
    return [token.written for token in line.tokens]


def test_a_sound_in_brackets_lands_on_the_next_word() -> None:
    line = spoken("Nobody had lit the lamp. [rope_creak] Nobody.")
    (cue,) = line.cues
    assert written(line)[cue.before_token or 0] == "Nobody."
    assert (cue.role, cue.on_rest, cue.wait, cue.id) == ("rope_creak", False, 0, "sound-1")
    assert cue.place == Place("script/lamp.yaml", 11, 36)
    assert line.text == "Nobody had lit the lamp. Nobody."


def test_a_sound_in_brackets_lands_on_a_rest_that_follows_it() -> None:
    line = spoken("One [gull] [pause 1 s] two [pause 1 s] [gull] three [gull]\n\nfour [gull]")
    assert [(cue.before_token, cue.on_rest) for cue in line.cues] == [(1, True), (2, False), (3, True), (4, False)]
    assert [(rest.after_token, rest.length) for rest in line.rests] == [(1, 1), (2, 1), (3, Fraction(2, 5))]


def test_brackets_may_hold_any_key_of_a_sound() -> None:
    (cue,) = spoken("Go [gull level -18 LU, pan left 40, variant 2, id bird] on.").cues
    assert (cue.level_lu, cue.path[0].pan, cue.variant, cue.id) == (Glide(-18.0, -18.0), -40.0, 2, "bird")


def test_the_voice_waits_for_a_sound() -> None:
    line = spoken("One [knock wait] two [knock wait 300 ms] three.")
    assert [(rest.after_token, rest.length, rest.wait_for) for rest in line.rests] == [
        (1, 0, "sound-1"),
        (2, Fraction(3, 10), "sound-2"),
    ]
    assert [cue.on_rest for cue in line.cues] == [True, True]
    assert [cue.wait for cue in line.cues] == [None, Fraction(3, 10)]


def test_pauses_and_beats_are_silences_inside_the_line() -> None:
    line = spoken("One [pause 800 ms] two [beat] three\n\nfour.")
    assert [(rest.after_token, rest.length) for rest in line.rests] == [
        (1, Fraction(4, 5)),
        (2, Fraction(2, 5)),
        (3, Fraction(2, 5)),
    ]


def test_a_mark_names_a_moment_of_the_line() -> None:
    line = spoken("One [mark turn] two.")
    assert [(mark.name, mark.before_token, mark.place.column) for mark in line.marks] == [("turn", 1, 15)]


def test_braces_part_what_is_written_from_what_is_said() -> None:
    line = spoken("She climbed {112|one hundred and twelve}, {Room 9|room nine}s.")
    assert [(token.written, token.spoken) for token in line.tokens] == [
        ("She", "She"),
        ("climbed", "climbed"),
        ("112,", "one hundred and twelve,"),
        ("Room 9s.", "room nines."),
    ]


def test_asterisks_are_emphasis() -> None:
    line = spoken("*Never* go *down there*, un*real*.")
    assert [(token.written, token.emphasis) for token in line.tokens] == [
        ("Never", True),
        ("go", False),
        ("down", True),
        ("there,", True),
        ("unreal.", True),
    ]


def test_a_backslash_gives_the_sign_itself() -> None:
    assert spoken(r"A \[b\] \{c\} \* \| \\ d.").text == r"A [b] {c} * | \ d."


def test_a_bracket_inside_a_word_does_not_part_it() -> None:
    line = spoken("Over[gull]board, the lamp [gull]. [gull] And on[gull] it goes.")
    assert line.text == "Overboard, the lamp. And on it goes."
    assert [token.glue for token in line.tokens[:2]] == [False, True]
    assert [cue.before_token for cue in line.cues] == [1, 4, 4, 6]


def test_signs_of_a_word_processor_stay_as_written_in_speech() -> None:
    assert spoken("“Who’s there?” – nobody…").text == "“Who’s there?” – nobody…"


@pytest.mark.parametrize("text", ["[", "a ] b", "{x|}", "{a|b|c}", "*x", "\\", "a { b", "[[gull]]"])
def test_a_mistake_never_loses_the_words_around_it(text: str) -> None:
    found = read_spoken(f"before {text} after")
    assert found.mistakes
    assert (found.tokens[0].written, found.tokens[-1].written) == ("before", "after")


@given(st.text(alphabet=st.sampled_from("ab [](){}|*\\\n.,'"), max_size=40))
def test_any_text_is_taken_apart_without_an_error(text: str) -> None:
    found = read_spoken(text)
    assert all(0 <= bracket.before_token <= len(found.tokens) for bracket in found.brackets)
    assert all(0 <= offset < len(text) for offset, _ in found.mistakes)
    if not found.mistakes:
        said_as_written = [token.written for token in found.tokens if token.written == token.spoken]
        assert all(word.split() == [word] for word in said_as_written)


@given(st.lists(st.text(alphabet="abc’–é!", min_size=1, max_size=5), min_size=1, max_size=8))
def test_plain_words_come_back_as_they_were(words: list[str]) -> None:
    tokens = read_spoken(" ".join(words)).tokens
    assert "".join(("" if token.glue else " ") + token.written for token in tokens) == " " + " ".join(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("door—then, door–then", ["door—", "+then,", "door–", "+then"]),
        ("door...she, man…“Bob”", ["door...", "+she,", "man…", "+“Bob”"]),
        ("door--then —Then “Wait—” it", ["door--", "+then", "—Then", "“Wait—”", "it"]),
        ("*door—then* it—{112|one}", ["door—*", "+then*", "it—", "+112"]),
        ("1914–1918, 5…10, 9am–5pm", ["1914–1918,", "5…10,", "9am–", "+5pm"]),
    ],
)
def test_a_word_is_over_at_a_dash_or_three_points_behind_it(text: str, words: list[str]) -> None:
    found = read_spoken(text)
    assert [f"{'+' * token.glue}{token.written}{'*' * token.emphasis}" for token in found.tokens] == words
    assert not found.mistakes


def test_a_speech_full_of_mistakes_tells_the_first_twenty_and_that_there_are_more() -> None:
    told = read_spoken("{a|" * 6_000).mistakes
    assert len(told) == 21 and told[0][0] == 0 and told[19][0] == 57
    assert told[20] == (60, "there are more mistakes from here on; they are told when those before are mended")
    assert len(read_spoken("{a|" * 20).mistakes) == 20


@pytest.mark.parametrize("behind", ["—", "...", "—)", "--”"])
def test_a_word_of_any_length_is_over_at_a_dash_behind_it(behind: str) -> None:
    for letters in ("a" * 5_000, "a-" * 2_000 + "a", ".a" * 2_000):
        assert [one.written for one in read_spoken(f"{letters}{behind}then").tokens] == [letters + behind, "then"]
