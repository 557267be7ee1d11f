"""Moments: every form of the table, and what each of them points at once the play is known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.errors import Place, ScriptError
from producer.model.script import SCENE, Anchor, Cue, Line, Moment, Pause
from producer.script.circles import circles
from producer.script.moments import WORDS, length_or_moment, moment
from producer.script.quantities import ReadingError, length
from tests.script_helpers import around, played, resolved

HERE = Place("f", 1, 1)


@pytest.mark.parametrize(
    ("text", "anchor", "target", "words", "nth", "offset"),
    [
        ("now", Anchor.NOW, "", "", None, 0),
        ("start of theme", Anchor.START, "theme", "", None, 0),
        ("end of next line", Anchor.END, "next line", "", None, 0),
        ("end  of  next   line", Anchor.END, "next line", "", None, 0),
        ("end of line + 200 ms", Anchor.END, "line", "", None, Fraction(1, 5)),
        ("end of line+200ms", Anchor.END, "line", "", None, Fraction(1, 5)),
        ("start of scene + 2:30", Anchor.START, "scene", "", None, 150),
        ('word "scrape"', Anchor.WORD, "", "scrape", None, 0),
        ("word “scrape” − 40 ms", Anchor.WORD, "", "scrape", None, Fraction(-1, 25)),
        ("word 'don't' of a1", Anchor.WORD, "a1", "don't", None, 0),
        ('after word "a b c" of next line', Anchor.AFTER_WORD, "next line", "a b c", None, 0),
        ('word "the" (2)', Anchor.WORD, "", "the", 2, 0),
        ('word "the" (2) of hi - 1 s', Anchor.WORD, "hi", "the", 2, -1),
        ('word "the" of hi (2)', Anchor.WORD, "hi", "the", 2, 0),
        ("mark turn - 1 s", Anchor.MARK, "turn", "", None, -1),
    ],
)
def test_every_form_of_a_moment_is_read(
    text: str, anchor: Anchor, target: str, words: str, nth: int | None, offset: Fraction
) -> None:
    read = moment(text, HERE)
    assert (read.anchor, read.target, read.words, read.nth, read.offset_s) == (anchor, target, words, nth, offset)


@pytest.mark.parametrize(
    "text", ["", "then", "word", 'word "x', 'word ""', "start of", "end of line 3 s", "mark", "now + 3"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ReadingError):
        moment(text, HERE)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("line", "write 'start of line' or 'end of line'"),
        ("scene + 3 s", "write 'start of scene + 3 s' or 'end of scene + 3 s'"),
        ("next  line", "write 'start of next line' or 'end of next line'"),
        ("next", "write 'start of next line' or 'end of next line'"),
        ("lien", "write 'start of line' or 'end of line'"),
        ("mark", "write its name, as in 'mark turn'"),
        ("word", "as in 'word \"scrape\"'"),
        ('after "hello" - 1 s', "write 'after word \"hello\" - 1 s'"),
        ("“hello”", "write 'word “hello”'"),
        ('"hello', "a moment is 'now'"),
        ("after line", "write 'after word \"scrape\"', 'end of line'"),
        ("until line", "'until' stands before one, as in 'until end of next line'"),
        ("END", "write 'end of line'"),
        ('wrod "hello"', "did you mean 'word'"),
        ("pause", "a moment is 'now'"),
    ],
)
def test_what_is_nearly_a_moment_is_told_its_form(text: str, what: str) -> None:
    with pytest.raises(ReadingError) as caught:
        moment(text, HERE)
    assert what in str(caught.value)


@pytest.mark.parametrize("word", sorted(WORDS - {"now"}))
def test_nobody_is_told_to_write_what_he_wrote(word: str) -> None:
    with pytest.raises(ReadingError) as caught:
        moment(word, HERE)
    assert "did you mean" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_moment_or_refused_with_a_reason(text: str) -> None:
    for read in (moment, length_or_moment(length)):
        try:
            read(text, HERE)
        except ReadingError as wrong:
            assert str(wrong)


def test_a_length_may_last_until_a_moment() -> None:
    read = length_or_moment(length)
    assert read("2 s", HERE) == 2
    until = read("until end of theme", HERE)
    assert isinstance(until, Moment) and until.target == "theme"


def cues(items: str) -> list[Cue]:
    return list(played(items).cues)


def test_line_is_the_last_one_spoken_and_next_line_the_following() -> None:
    first, second = cues(
        "- ann: One.\n- sound: gull at start of line\n- ann: Two.\n- sound: gull at end of next line\n- ben: Three."
    )
    assert first.at is not None and first.at.target == "line-1"
    assert second.at is not None and second.at.target == "line-3"


def test_a_bare_word_is_in_the_last_line_but_after_until_in_the_next() -> None:
    words = (
        '- ann: Stop here.\n- sound: gull at word "stop"\n- sound: boots_on_stone until word "stop"\n- ben: Stop there.'
    )
    at, until = cues(words)
    assert at.at is not None and at.at.target == "line-1"
    assert until.until is not None and until.until.target == "line-2"


def test_with_at_the_word_after_until_is_in_the_last_line() -> None:
    (cue,) = cues('- ann: Go and stop.\n- sound: boots_on_stone at word "go", until word "stop"\n- ben: Stop.')
    assert cue.until is not None and cue.until.target == "line-1"


def test_in_brackets_a_word_still_to_come_is_in_the_own_line() -> None:
    own, following = cues(
        '- ann: He walked [boots_on_stone until word "stopped"] on and stopped. [boots_on_stone until word "stopped"]\n'
        "- ben: Then it stopped."
    )
    assert own.until is not None and own.until.target == "line-1"
    assert following.until is not None and following.until.target == "line-2"


def test_words_match_without_case_and_punctuation_and_as_said() -> None:
    items = '- ann: She counted {112|one hundred and twelve} steps, DON\'T ask.\n- sound: gull at word "{}"'
    for words in ("112", "hundred and twelve steps", "dont ask", "Don’t", "STEPS, don't"):
        (cue,) = cues(items.replace("{}", words))
        assert cue.at is not None and cue.at.words == words


def test_a_role_that_is_heard_once_may_stand_for_its_id() -> None:
    script = played(
        "- music: theme\n- bed: sea\n- bed: sea level -30 LU, over 2 s\n- pause: until end of theme\n"
        "- sound: gull at start of sea + 1 s"
    )
    pause = next(item for item in script.scenes[0].items if isinstance(item, Pause))
    assert isinstance(pause.length, Moment) and pause.length.target == "music-1"
    assert script.cues[0].at is not None and script.cues[0].at.target == "bed-1"


def test_scene_stays_what_it_is_and_a_scene_may_be_named() -> None:
    later = "  - id: later\n    play:\n      - sound: gull at start of later\n"
    one, two = resolved(around("- ann: One.\n- sound: gull at end of scene - 1 s") + later).cues
    assert one.at is not None and one.at.target == SCENE
    assert two.at is not None and two.at.target == "later"


def test_marks_are_found_in_the_whole_episode() -> None:
    script = played("- ann: One [mark turn] two.\n- mark: later at mark turn + 1 s\n- sound: gull at mark later")
    line = script.lines[0]
    assert [(mark.name, mark.before_token) for mark in line.marks] == [("turn", 1)]
    assert script.cues[0].at is not None and script.cues[0].at.anchor is Anchor.MARK


CIRCLES = {
    "two that start with each other": "- sound: gull at end of b, id a\n- sound: knock at end of a, id b",
    "a pause for what follows it": "- pause: until end of next line\n- ann: Hi.",
    "a speech that waits for itself": "- ann: Well [pause until end of line] then.",
    "a sound that waits for a later word": '- sound: gull\n  wait: until word "later"\n- ann: Much later.',
    "over three corners": "- mark: m at end of c, id a\n- mark: n at end of a, id b\n- mark: o at end of b, id c",
    "through a mark": "- mark: here at end of a\n- sound: gull at mark here, id a",
    "a bed that is over with the scene": "- bed: sea\n- pause: until end of sea",
}


@pytest.mark.parametrize("items", CIRCLES.values(), ids=CIRCLES.keys())
def test_a_circle_is_an_error_that_names_every_member(items: str) -> None:
    with pytest.raises(ScriptError, match="leads round in a circle") as caught:
        played(items)
    ids = [word.split(" id ")[1].split(",")[0] for word in items.splitlines() if " id " in word]
    for name in ids:
        assert f"'{name}' (line" in str(caught.value)
    assert len(caught.value.problems) == 1


LASTING = {
    "a bed": ("- bed: sea", "'bed-1' (line 10)"),
    "music that loops": ("- music: theme loop yes, id tune", "'tune' (line 10)"),
    "music that strikes": ("- music: gull every 2 s, id tune", "'tune' (line 10)"),
}


@pytest.mark.parametrize(("item", "named"), LASTING.values(), ids=LASTING.keys())
def test_what_lasts_as_long_as_its_scene_is_told_so_where_its_end_is_waited_for(item: str, named: str) -> None:
    role = item.split()[2]
    with pytest.raises(ScriptError) as caught:
        played(f"{item}\n- pause: until end of {role}\n- ann: Hi.")
    (found,) = caught.value.problems
    assert found.what == (
        f"'end of {role}' leads round in a circle: {named} and 'pause-1' (line 11) wait for each other; "
        f"'{role}' has no end of its own and lasts as long as its scene: give it an 'until', or write its 'end' before"
    )


def test_music_is_known_to_last_where_what_it_is_made_of_is_known() -> None:
    script = played("- music: theme\n- pause: until end of theme\n- ann: Hi.")
    assert circles(script.scenes) == []
    (found,) = circles(script.scenes, endless={"theme"})
    assert "'theme' has no end of its own" in found.problem.what


NOT_CIRCLES = {
    "steps until the end of the next line": "- sound: boots_on_stone until end of next line\n- ann: Hi.",
    "a bed until a later word": '- bed: sea until word "hi"\n- ann: Oh hi.',
    "a pause until music ends": "- music: theme\n- pause: until end of theme\n- end: theme",
    "a bed with an end": "- bed: sea until end of next line\n- ann: Hi.\n- pause: until end of sea",
    "a bed that is ridden to an end": (
        "- bed: sea\n- pause: 1 s\n- bed: sea until end of next line\n- ann: Hi.\n- pause: until end of sea"
    ),
    "a bed that fades to an end": (
        "- bed: sea\n  fade_out: until end of next line\n- ann: Hi.\n- pause: until end of sea"
    ),
    "a bed ended before it is waited for": "- bed: sea\n- id: stop\n  end: sea\n- sound: gull at end of sea",
    "a later word of the own line": '- ann: A [boots_on_stone until word "c"] b c.',
    "a sound on the line before a pause": "- ann: Hi [knock wait] there.\n- pause: until end of line + 1 s",
}


@pytest.mark.parametrize("items", NOT_CIRCLES.values(), ids=NOT_CIRCLES.keys())
def test_what_only_looks_like_a_circle_is_none(items: str) -> None:
    assert played(items).scenes


def test_a_long_play_is_looked_through_without_recursion() -> None:
    items = "\n".join(f"- ann: Line {n}.\n- pause: 1 s" for n in range(2000))
    script = played(items)
    assert len(script.lines) == 2000
    assert isinstance(script.scenes[0].items[0], Line)
