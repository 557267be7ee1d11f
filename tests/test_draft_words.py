"""Every word of a story is in the transcript of its draft, in order, once, whatever signs stand around it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.draft import read_epub, read_markdown
from producer.draft.nouns import Draft
from producer.script.compose import read_tree
from tests.draft_helpers import checked, epub, of_fountain, of_prose, of_radio, transcript, words, written

NAMES = ["Mara", "Mr. Fenwick", "Jean-Luc", "O’Brien", "דנה", "ياسمين", "Ὀδυσσεύς", "李明", "Ōtomo", "I"]
WORDS = [
    *NAMES,
    "said",
    "asked",
    "whispered",
    "she",
    "he",
    "the",
    "old man",
    "door",
    "creaked",
    "rain",
    "knocked",
    "at",
]
WORDS += [
    "boots hit the concrete",
    "no one",
    "112",
    "3.50",
    "don’t",
    "it’s",
    "half-open",
    "a",
    "glass",
    "shattered",
    "in the cellar",
]
SIGNS = [
    "“",
    "”",
    '"',
    "‘",
    "’",
    "'",
    "«",
    "»",
    "„",
    "—",
    "–",
    "―",
    " - ",
    "…",
    "...",
    ".",
    ",",
    "!",
    "?",
    ":",
    ";",
    "(",
    ")",
]
SIGNS += [
    "[",
    "]",
    "{",
    "}",
    "*",
    "\\",
    "|",
    "#",
    "##",
    "&",
    "%",
    "@",
    ">",
    "`",
    "~",
    "_",
    "=",
    "[beat]",
    "{a|b}",
    "*so*",
    "**",
]
TRAPS = [
    "level: -20 LU",
    "how: softly",
    "- sound: knock",
    "# a note",
    "mara: hello",
    "narrator: no",
    "<b>",
    "&amp;",
    "- mara: x",
    "'",
    "---",
]
piece = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(SIGNS), st.sampled_from(TRAPS))
joint = st.sampled_from([" ", " ", " ", "", "\t", "\u00a0", "\u200f"])


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(piece, joint), min_size=1, max_size=40))
    return "".join(one + space for one, space in parts)


stories = st.lists(paragraphs(), min_size=1, max_size=8)


def assert_whole(source: str, made: Draft) -> None:
    assert words(transcript(checked(made))) == words(source)


@settings(max_examples=120, deadline=None)
@given(stories)
def test_plain_text_keeps_every_word(story: list[str]) -> None:
    text = "\n\n".join(story)
    if words(text):
        assert_whole(text.replace("\u200f", " "), of_prose(text.replace("\u200f", " ")))


@settings(max_examples=60, deadline=None)
@given(stories)
def test_lines_of_verse_and_wrapped_lines_keep_every_word(story: list[str]) -> None:
    text = "\n\n".join(one.replace(" ", "\n") for one in story)
    if words(text):
        assert_whole(text, of_prose(text))


@settings(max_examples=60, deadline=None)
@given(stories)
def test_a_book_keeps_every_word_of_its_pages(story: list[str]) -> None:
    pages = [f"<h2>Chapter {n}</h2><p>{escape(one)}</p>" for n, one in enumerate(story)]
    spoken = " ".join(f"Chapter {n} {one}" for n, one in enumerate(story))
    if any(map(words, story)):
        assert_whole(spoken, of_prose(read_epub(epub(pages), "book.epub")))


@settings(max_examples=60, deadline=None)
@given(stories)
def test_a_screenplay_keeps_every_word_that_is_said_or_told(story: list[str]) -> None:
    plain = [one.translate(dict.fromkeys(map(ord, "\t\u00a0()[]<>~=#@*_:/^"), " ")).strip() for one in story]
    plain = [one for one in plain if words(one)]
    said = "\n\n".join(f"MARA\n(quietly)\n{one}" if n % 2 else f"!{one}" for n, one in enumerate(plain))
    if plain:
        assert_whole(" ".join(plain), of_fountain(f"INT. HALL - DAY\n\n{said}\n"))


@settings(max_examples=60, deadline=None)
@given(stories)
def test_a_radio_script_keeps_every_word_that_is_said(story: list[str]) -> None:
    plain = [one.translate(dict.fromkeys(map(ord, "\t\u00a0()[]"), " ")).strip() for one in story]
    plain = [one for one in plain if words(one)]
    lines = "\n".join(f"{n + 1}  {('MARA', 'SILAS')[n % 2]}: {one}" for n, one in enumerate(plain))
    if plain:
        assert_whole(" ".join(plain), of_radio(f"SCENE ONE\n{lines}\n"))


STORY = """\
# The Last Lamp

## One: *The* quay

He said: “She told me, ‘No, [not] #9 — never!’ and I *believed* her.” {So} it went; `code` \\ and a note.[^1]

> Row on, row on,\\
> ye winds of _night_,\\
> how: deep the sea

- an item - sound: knock
- level: -20 LU

“Where is דנה?” asked ياسمين.

* * *

1984 was <b>cold</b>.

[^1]: The note, in full: all *of* it.
"""


def test_markdown_keeps_every_word_and_drops_what_is_only_layout() -> None:
    made = of_prose(read_markdown(STORY))
    spoken = STORY.replace("[^1]", " ").replace("<b>", "").replace("</b>", "")
    assert words(transcript(checked(made))) == words(spoken)
    assert made.title == "The Last Lamp"
    assert [scene.title for scene in made.scenes] == ["One: The quay", ""]


def test_words_in_letters_that_the_voice_may_not_read_have_a_note() -> None:
    text = "It was the night.\n\n“Привет! Öl, α,” said Ivan.\n\n“日本,” said Mara. He saw Ὀδυσσεύς and Ōtomo."
    rows = [row.strip() for row in written(of_prose(text)).splitlines()]
    notes = [row for row in rows if "may not read" in row]
    assert [row.partition("{")[2].partition("|")[0] for row in notes] == ["Привет", "日本", "Ὀδυσσεύς"]
    assert rows[rows.index(notes[0]) + 1] == "- ivan: >"
    assert words(transcript(checked(of_prose(text)))) == words(text)
    assert "may not read" not in written(of_prose("Стояла ночь. «Hello», сказал он. 日本."))


NUMBERED = """\
1984. That *was* the year it began.

12) Item, he said.
13) # Another

- 3. Inner
    7. more

5. ***
6.
7. ```
   code
   ```

“Go,” said Mara.
"""


def test_a_paragraph_of_markdown_that_begins_with_a_number_keeps_it() -> None:
    source = read_markdown(NUMBERED)
    assert words(transcript(checked(of_prose(source)))) == words(NUMBERED)
    first = source.paragraphs[0]
    assert first.text == "1984. That was the year it began."
    assert [first.text[a:b] for a, b in first.emphasis] == ["was"]


def test_a_footnote_is_said_where_it_stands_and_its_sign_is_not() -> None:
    page = (
        '<p>It burned<a epub:type="noteref" href="#n">1</a> all<a href="#m"><sup>2</sup></a>'
        " night<sup><a>3</a></sup>.</p>"
        '<aside epub:type="footnote" id="n"><p>1. It did not.</p></aside><p>Day came.</p>'
    )
    made = of_prose(read_epub(epub([page]), "book.epub"))
    assert words(transcript(checked(made))) == words("It burned all night. 1. It did not. Day came.")
    assert "# draft: a footnote" in written(made)


@pytest.mark.parametrize(
    "line",
    [
        "how: “no”", "- sound: knock", "# not a comment", "[pause 2 s] is said", "{x|y} and {z", "a * b ** c ***",
        "back\\slash\\",
        "--- three", "... dots", "x\u2028y",
        "> quoted", "| bar", "! bang", "& and", "% per", "@ at", "`tick`", "'quoted' on", '"quoted" on',
        "narrator: I am", "yes: no", "1:30",
        "? ask", "a: b: c", "é\u0301 \ufb01 ﷺ", "x\u0085y\u0007z", "\ufeffbom",
    ],
)  # fmt: skip
def test_signs_of_yaml_and_of_our_markup_are_words_like_any_other(line: str) -> None:
    text = f"It began.\n\n{line} and so on.\n\n“{line},” said Mara."
    made = of_prose(text)
    assert words(transcript(checked(made))) == words(text.replace("\u0007", " ").replace("\ufeff", ""))
    _, problems = read_tree(written(made), "draft.yaml")
    assert problems == ()


def _marks(count: int) -> list[str]:
    """Words that no language has, each another."""
    return [f"zq{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(count)]


RADIO_PARTS = [
    "{}", "{} TWO", "CAST:\nANNA, a {}\nBEN, her {}", "CAST: ANNA, a {}", "BY: {}", "by {}", "TITLE: {}", "EPISODE: {}",
    "SCENE {}", "SCENE {}: INT. {} - NIGHT", "EXT. {} - DAY", "ANNA: {} {}.", "ANNA ({}): Go, {}.", "BEN ({}):",
    "{}:", "ANNA: Go. ({})", "ANNA: ({})", "ANNA: (LAUGHS) {} (SIGHS, {}) {}.", "ANNA: {}.\n(Thunder, {}.)\nAnd {}.",
    "ANNA & {}: We {}.", "SOUND: {}", "SOUND (OFF, {}): RAIN", "SOUND: RAIN, {}. DOOR SLAMS", "SOUND: {} STOPS",
    "SOUND EFFECT {}: DOOR", "MUSIC: {}", "MUSIC: {} OUT", "MUSIC {}:", "[{}]", "({})", "(PAUSE, {})", "CUT TO {}:",
    "FADE OUT, {}.", "FADE {}:", "END OF {}", "Anna went to the {}.", "3  ANNA: {}.\n   {} {}", "12  SOUND: {} RINGS",
]  # fmt: skip
FOUNTAIN_PARTS = [
    "INT. {} - DAY", "EXT. {} - NIGHT #4#", ".THE {}", "[[{}]]", "Rain. [[{}]] She went to {}.", "# {}", "= {}",
    "CUT TO {}:", "> {}", "> {} <", "~{}", "!{} {}", "FADE IN:", "THE {} TO:", "The {} is here.", "ANNA\n{}.",
    "ANNA\n({})\n{}", "ANNA (V.O., {})\n(softly, {})", "ANNA\n{} ({}) {}", "@McAvoy\n{}", "ANNA ^\n{}", "ANNA\n~{}",
    "ANNA & {}\nWe {}.", "SOUND: {}", "SOUND: {} STOPS", "MUSIC: {} OUT", "ANNA\n({})\n(beat)\n({})", "{}", "THE END",
    "ANNA\n(one\n{})\nGo.",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(RADIO_PARTS), max_size=14), st.sampled_from(["\n", "\n\n"]))
def test_every_word_of_a_radio_script_is_said_or_in_a_comment(parts: list[str], joint: str) -> None:
    _assert_kept([*parts, "ANNA: So {}."], joint, of_radio)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FOUNTAIN_PARTS), max_size=14), st.booleans(), st.booleans())
def test_every_word_of_a_screenplay_is_said_or_in_a_comment(parts: list[str], titled: bool, ends: bool) -> None:
    title = (
        ["Title: {}\nCredit: {}\nAuthor: {}\nAuthors: {}\nSource: {}\n    and {}\nContact:\n    {}"] if titled else []
    )
    said = "ANNA\nSo {}."
    _assert_kept([*title, *([*parts, said] if ends else [said, *parts])], "\n\n", of_fountain)


def _assert_kept(parts: list[str], joint: str, read: Callable[[str], Draft]) -> None:
    text = joint.join(parts)
    marks = _marks(text.count("{}"))
    source = text.format(*marks)
    made = read(source)
    checked(made)
    script = written(made)
    there = frozenset(words(script))
    assert [mark for mark in marks if mark not in there] == [], f"{source}\n\n{script}"
