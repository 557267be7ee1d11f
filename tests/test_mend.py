"""`mend` finds what YAML would swallow, and neither it nor `--fix` loses a word."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from producer.script import misread
from producer.script.compose import read_tree
from producer.script.mend import Mended, mend
from producer.script.tree import Items, Node, Pairs, Scalar

HEAD = "cast:\n  narrator: {voice: en-gb}\n  keeper: {voice: en-us}\nscenes:\n  - play:\n"
TAIL = "      - sound: door\n        level: -3 LU\n"


def script(*lines: str) -> str:
    """A script whose `play` holds these lines, each indented by six."""
    return HEAD + "".join(f"      {line}\n" if line else "\n" for line in lines)


def plain(node: Node | None) -> object:
    if isinstance(node, Pairs):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None


def play(text: str) -> list[dict[str, str]]:
    tree, _ = read_tree(text, "x.yaml")
    return plain(tree)["scenes"][0]["play"]  # type: ignore[index, call-overload, no-any-return]


def is_mended(text: str) -> Mended:
    """The mended version of `text`, after checking what holds for every one."""
    done = mend(text, "x.yaml")
    again = mend(done.fixed, "x.yaml")
    assert again.problems == ()
    assert again.fixed == done.fixed
    assert read_tree(done.fixed, "x.yaml")[1] == ()
    assert done.readable.count("\n") == len(done.lines)
    return done


SIGNS = "a the level: -20 LU : # #9 \" ' 'Tis [gull] {112|one} *word* &x ! | > % @ ` - -- ? ... , ] } \\ \\[ ~ = << 😀"
SHAPES = [
    "narrator:",
    "key: value",
    "- sound: door",
    "level: -20 LU",
    "# comment",
    "how: quietly",
    "a  b",
    "",
    '\\"',
    "“so”",
]
WORDS = st.sampled_from(
    [*SIGNS.split(" "), *SHAPES, "שלום", "الكلمة: نعم", "it's", '"Hello,"', "no", "1:30", "http://x"]
)
SENTENCES = st.lists(
    st.one_of(WORDS, st.text(alphabet="ab:#\"'[]{}*&!|>%@`-?, é😀", max_size=6)), min_size=1, max_size=9
)


def is_yaml_itself(sentence: str) -> bool:
    """The shapes that are YAML's by the rules of `misread`: quoted, a block header, a text with a spaced comment."""
    shown = "  " + sentence
    return (
        sentence == ""
        or misread.wholly_quoted(sentence)
        or misread.is_header(sentence, text_below=False)
        or misread.comment_start(shown, 2) < len(shown)
    )


@settings(max_examples=500, deadline=None)
@given(words=SENTENCES)
def test_every_sentence_survives_on_its_line_and_under_the_sign(words: list[str]) -> None:
    sentence = " ".join(words).strip()
    if is_yaml_itself(sentence):
        sentence = f"a {sentence.replace('#', '')} z"
    text = HEAD + f"      - narrator: {sentence}\n" + TAIL
    done = is_mended(text)
    spoken = " ".join(sentence.split())
    for version in (text, done.fixed):
        speech, after = play(version)
        assert list(speech) == ["narrator"]
        assert " ".join(speech["narrator"].split()) == spoken
        assert after == {"sound": "door", "level": "-3 LU"}


@settings(max_examples=150, deadline=None)
@given(words=SENTENCES)
def test_a_sentence_that_is_not_reported_is_one_that_yaml_reads_as_written(words: list[str]) -> None:
    sentence = " ".join(words).strip()
    text = HEAD + f"      - narrator: {sentence}\n" + TAIL
    done = mend(text, "x.yaml")
    if done.problems or is_yaml_itself(sentence):
        return
    assert done.fixed == text
    for loader in (yaml.BaseLoader, getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
        assert yaml.load(text, Loader=loader)["scenes"][0]["play"][0]["narrator"] == sentence


@settings(max_examples=150, deadline=None)
@given(words=st.lists(SENTENCES, min_size=1, max_size=4))
def test_everything_under_the_sign_is_text_as_written(words: list[list[str]]) -> None:
    lines = [line for line in (" ".join(some).strip() for some in words) if line]
    # What has a dash, or several, before somebody's name is taken for an item that was indented too far.
    if any(line.split(":")[0] in ("how", "level") or line.startswith("- ") for line in lines[1:]):
        return
    if any(line.startswith("-") and line.lstrip("- ").split(":")[0] in ("narrator", "keeper") for line in lines[1:]):
        return
    done = mend(script("- narrator: >", *(f"    {line}" for line in lines)), "x.yaml")
    assert done.problems == ()
    assert play(done.fixed)[0]["narrator"] == " ".join(lines)


TRAPS = [
    ("She said: no", 8, "colon"),
    ("Room #5 is shut", 5, "comment"),
    ("See you on platform #9", 20, "comment"),
    ("Take it. # or leave it", 9, "comment"),
    ("#9 is shut", 0, "comment"),
    ("[gull] Nobody came.", 0, "begins with ["),
    ("[gull]", 0, "begins with ["),
    ("{112|one hundred and twelve} steps", 0, "begins with {"),
    ("*word* by word", 0, "begins with *"),
    ("&x y", 0, "begins with &"),
    ("!important", 0, "begins with !"),
    ("| x", 0, "begins with |"),
    ("> x", 0, "begins with >"),
    ("%x", 0, "begins with %"),
    ("@x", 0, "begins with @"),
    ("`x`", 0, "begins with `"),
    ("- no", 0, "begins with -"),
    ("? what", 0, "begins with ?"),
    ('"Hello," he said', 0, "goes on after its quotation mark"),
    ("'Tis late", 0, "never closed"),
    ('"Hello there', 0, "never closed"),
    ("'It's late'", 0, "goes on"),
    ("He said:", 7, "colon"),
    ("level: -20 LU", 5, "colon"),
    ("keeper: hello", 6, "colon"),
]


@pytest.mark.parametrize(("written", "offset", "why"), TRAPS)
def test_a_text_that_yaml_would_misread_is_shown_as_it_should_be(written: str, offset: int, why: str) -> None:
    done = is_mended(script(f"- narrator: {written}", "- sound: door"))
    (problem,) = done.problems
    assert (problem.at.line, problem.at.column) == (6, len("      - narrator: ") + offset + 1)
    assert why in problem.what
    assert problem.mended == f"      - narrator: >\n          {written}"
    assert play(done.fixed) == [{"narrator": written}, {"sound": "door"}]


CORRECT = [
    "- narrator: She climbed anyway, {112|one hundred} steps, [rope_creak] one hand on the rope.",
    "- narrator: -hello, --- he said -- no",
    "- narrator: Who's there? [pause 800 ms] Who is it?",
    '- narrator: "Quoted: wholly # yes"',
    "- narrator: 'It''s: so'   # a comment",
    '- narrator: "Quoted." # a comment',
    "- narrator: He came at 1:30, no sooner.",
    "- narrator: Hello there.  # a comment",
    "- narrator: “Hello,” he said.",
    "- narrator: http://example.org is a#1",
    "- narrator: a#b c:d",
    "- narrator: ~",
    '- sound: x at word "there" - 40 ms, level -12 LU   # a comment',
    "- sound: boots path a -> b # a comment",
    '- sound: glass at word "platform#9"',
    "- narrator: {}".replace("{}", "(quietly) so"),
    "- narrator: Hello\n          over two lines, and\n          three.",
    '- narrator: |\n          Hello: so #9\n          \n          "it" goes\n        level: -3 LU',
    '- narrator: "Hello\n          there."\n        how: soft',
    "- narrator:\n          Hello there.",
    "- narrator: >  # noted\n          level: this is text, being first\n          # and so is this",
    "- {pause: 3 s}",
    "# a whole line #of comment\n      #- sound: x",
    "- sound:\n          door",
    "- narrator\u00a0:\u00a0Bonjour.",
]


@pytest.mark.parametrize("line", CORRECT)
def test_correct_text_is_never_reported(line: str) -> None:
    text = script(line, "- sound: door")
    done = mend(text, "x.yaml")
    assert done.problems == ()
    assert done.fixed == text
    assert read_tree(text, "x.yaml")[1] == ()


def test_a_missing_quotation_mark_does_not_swallow_the_next_items() -> None:
    done = is_mended(script('- narrator: "Hello there.', "- sound: door", '- keeper: "Who?" he said.'))
    assert [problem.at.line for problem in done.problems] == [6, 8]
    assert play(done.fixed) == [{"narrator": '"Hello there.'}, {"sound": "door"}, {"keeper": '"Who?" he said.'}]


def test_a_key_indented_into_the_text_is_not_spoken() -> None:
    done = is_mended(
        script("- narrator: >", "    Log, last page.", "    level: -20 LU", "    how: soft", "- sound: door")
    )
    assert [(p.at.line, p.at.column) for p in done.problems] == [(8, 11), (9, 11)]
    assert "would be spoken" in done.problems[0].what
    assert done.problems[0].mended == "        level: -20 LU"
    assert play(done.fixed)[0] == {"narrator": "Log, last page.", "level": "-20 LU", "how": "soft"}
    assert play(script("- narrator: >", "    Log.", "    level: -20 LU"))[0] == {"narrator": "Log.", "level": "-20 LU"}


def test_a_merge_key_is_no_more_of_the_text_above_it() -> None:
    """YAML's: `--fix` wrote it into a title, or had it spoken."""
    text = script("- narrator: Hello.", "  <<: {level: -3 LU}", "- sound: door", "  <<: {level: -3 LU}")
    text += "    title: The hall\n    <<: {room: hall}\n"
    assert mend(text, "x.yaml").fixed == text
    _, problems = read_tree(text, "x.yaml")
    assert [(one.at.line, one.at.column) for one in problems] == [(7, 9), (9, 9), (11, 5)]
    assert all("'<<' is a YAML merge key" in one.what for one in problems)


def test_a_key_in_the_middle_of_the_text_goes_after_it() -> None:
    done = is_mended(script("- narrator: >", "    Log,", "    level: -20 LU", "    last page.", "- sound: door"))
    assert play(done.fixed)[0] == {"narrator": "Log, last page.", "level": "-20 LU"}


def test_an_item_indented_into_the_text_is_an_item() -> None:
    done = is_mended(script("- narrator: >", "    Hello.", "    - sound: door", "    - keeper: Who?"))
    assert play(done.fixed) == [{"narrator": "Hello."}, {"sound": "door"}, {"keeper": "Who?"}]


@pytest.mark.parametrize(
    "lines",
    [
        ("- narrator: >", "  Hello", "  there."),
        ("- narrator: >", "Hello there."),
        ("- narrator: Hello", "  there."),
        ("- narrator:", "  Hello there."),
        ("- narrator: >", "      Hello", "    there."),
        ("- narrator: >", "    Hello", "# a comment", "    there."),
        ("- narrator: Hello", "    # a comment", "    there."),
    ],
)
def test_text_that_is_not_indented_enough_is_still_the_text(lines: tuple[str, ...]) -> None:
    text = script(*lines, "  level: -3 LU", "- sound: door")
    done = is_mended(text)
    assert len(done.problems) == 1
    for version in (text, done.fixed):
        assert play(version) == [{"narrator": "Hello there.", "level": "-3 LU"}, {"sound": "door"}]
    assert done.fixed.count("# a comment") == text.count("# a comment")


SLIPS = [
    ("-narrator: Hello", "- narrator: Hello", "space is missing after the dash"),
    ("- narrator:Hello", "- narrator: Hello", "space is missing after 'narrator:'"),
    ("- somebody:Hello", "- somebody: Hello", "space is missing after 'somebody:'"),
    ("- narrator： Hello", "- narrator: Hello", "plain colon"),
    ("- sound：door", "- sound: door", "plain colon"),
    ("– narrator: Hello", "- narrator: Hello", "plain dash"),
    ("• sound: door", "- sound: door", "plain dash"),
    ("- cut all", "- cut: all", "colon is missing"),
    ("- pause: 3 s #or 4", "- pause: 3 s # or 4", "space after its #"),
    ('- sound: x at word "no: yes"', "- sound: 'x at word \"no: yes\"'", "inside a value"),
    ('- sound: x at word "platform #9"', "- sound: 'x at word \"platform #9\"'", "rest of the line would be lost"),
    ("- sound: gull level: -12 LU, pan: left 4", "- sound: gull level -12 LU, pan left 4", "no colon"),
    ("- sound: %x", "- sound: '%x'", "begins with %"),
    ('- sound: "x" at now', "- sound: '\"x\" at now'", "goes on"),
    ("- set: [a, {b: c}", "- set: [a, {b: c}]", "never closed"),
]


@pytest.mark.parametrize(("written", "meant", "why"), SLIPS)
def test_small_slips_are_mended(written: str, meant: str, why: str) -> None:
    done = is_mended(script("- bed: sea", written, "- sound: door"))
    (problem,) = done.problems
    assert why in problem.what
    assert problem.mended == f"      {meant}"
    assert done.fixed == script("- bed: sea", meant, "- sound: door")


def test_keys_and_items_go_back_to_where_their_neighbours_stand() -> None:
    crooked = script(
        "- bed: sea", "    level: -20 LU", " - sound: door", "- narrator: Hello.", "   how: soft", "level: -3 LU"
    )
    done = is_mended(crooked)
    assert [p.at.line for p in done.problems] == [7, 8, 10, 11]
    assert play(done.fixed) == [
        {"bed": "sea", "level": "-20 LU"},
        {"sound": "door"},
        {"narrator": "Hello.", "how": "soft", "level": "-3 LU"},
    ]


@pytest.mark.parametrize("lead", ["\t", " \t", "        \t", "          \t\t"])
@pytest.mark.parametrize("text", ["Hi.", ">\n          Hi."])
def test_a_tab_is_one_mistake_wherever_it_puts_its_line(lead: str, text: str) -> None:
    head = f"title: x\nscenes:\n  - play:\n      - ann: {text}\n"
    done = mend(f"{head}{lead}level: -3 LU\n", "x.yaml")
    assert [problem.what for problem in done.problems] == ["a tab stands in the indentation; YAML wants spaces"]
    assert done.problems[0].mended == "        level: -3 LU"
    assert done.fixed == f"{head}        level: -3 LU\n"


@pytest.mark.parametrize("tab", ["\t", "\t\t", "      \t"])
def test_a_tab_among_spaces_goes_where_its_neighbours_stand(tab: str) -> None:
    first = "- sound: gull|@- sound: door|- ann: Yes.|@level: -3 LU|@how: soft"
    lines = f"{first}|- ann: >|@Hi.|@Ho.|- bed: sea|@- bed: rain".split("|")
    done = mend(script(*lines).replace("      @", tab), "x.yaml")
    assert {problem.what for problem in done.problems} == {"a tab stands in the indentation; YAML wants spaces"}
    assert len(done.problems) == 6
    assert play(done.fixed) == [
        {"sound": "gull"},
        {"sound": "door"},
        {"ann": "Yes.", "level": "-3 LU", "how": "soft"},
        {"ann": "Hi. Ho."},
        {"bed": "sea"},
        {"bed": "rain"},
    ]


def test_tabs_in_the_indentation_become_spaces() -> None:
    done = is_mended("title: x\nscenes:\n\t- play:\n\t\t\t- pause: 1 s\n")
    assert [(p.at.line, p.at.column) for p in done.problems] == [(3, 1), (4, 1)]
    assert done.fixed == "title: x\nscenes:\n  - play:\n      - pause: 1 s\n"


def test_a_word_processors_signs_mean_the_plain_ones() -> None:
    text = (
        "title: x\npacks: [“harbour”, “a, b”]\nprofile: “podcast”\ncast:\n\u00a0\u00a0keeper:\u00a0{voice: “en-gb”}\n"
    )
    assert mend(text, "x.yaml").problems == ()
    assert plain(read_tree(text, "x.yaml")[0]) == {
        "title": "x",
        "packs": ["harbour", "a, b"],
        "profile": "podcast",
        "cast": {"keeper": {"voice": "en-gb"}},
    }


def test_quoting_with_the_scripts_own_backslash_is_put_under_the_sign_without_its_marks() -> None:
    done = is_mended(script(r'- narrator: "x \[ y \"z\""  # note', "- sound: door"))
    assert play(done.fixed)[0] == {"narrator": r'x \[ y "z"'}
    assert "# note" in done.fixed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_not_a_byte_changes_but_in_the_mended_lines(end: str) -> None:
    before = "\ufeff# kept   \ntitle:   x\t\n\n"
    text = (before + HEAD + "      - narrator: She said: no\n      - sound:  door   #  kept").replace("\n", end)
    done = is_mended(text)
    assert done.fixed == text.replace("narrator: She said: no", f"narrator: >{end}          She said: no")


@pytest.mark.parametrize("key", ["title", "summary", "show", "writer", "producer"])
def test_titles_and_credits_are_text_too(key: str) -> None:
    done = is_mended(f"{key}: One: two #3\n")
    assert plain(read_tree(done.fixed, "x.yaml")[0]) == {key: "One: two #3"}
    assert plain(read_tree(f"{key}: One: two #3\n", "x.yaml")[0]) == {key: "One: two #3"}


def test_an_editions_lines_are_text_and_so_are_directions_names_and_respellings() -> None:
    text = (
        "say:\n  Aoife: [EE-fa]\nlines:\n  line-1: Er sagte: nein\n  scene 2: *Nein*\n"
        "cast:\n  keeper:\n    name: The keeper: old\n    voice: x\nscenes:\n  - title: Two: two\n    play:\n"
        "      - keeper: No.\n        how: softly: so\n"
    )
    done = is_mended(text)
    assert len(done.problems) == 6
    tree = plain(read_tree(done.fixed, "x.yaml")[0])
    assert tree == plain(read_tree(text, "x.yaml")[0])
    assert tree["lines"] == {"line-1": "Er sagte: nein", "scene 2": "*Nein*"}  # type: ignore[index, call-overload]
    assert tree["cast"]["keeper"]["name"] == "The keeper: old"  # type: ignore[index, call-overload]


WRITTEN = r"""
title: x
scenes:
  - play:
      - narrator: Hello
      - narrator: >
          Some text: here #9
        level: -3 LU
      - sound: gull level: -3 LU
   - bed: sea
cast: {narrator: {voice: x}
  keeper: {a: b}
packs: [a, b
]
- - - a
key
      - keeper: "open
---
%YAML 1.1
? a
&a b: *a
<<: {}
      - cut all
  how: 'Tis
# note
          # note
: x
'
"
  - {a: [}"""
LINES = st.sampled_from([*WRITTEN.split("\n"), "\t- x", "\x00", "\u00a0 a: b"])


@settings(max_examples=400, deadline=None)
@example(lines=["- - - a", "        level: -3 LU", "      - narrator: Hello"], end="\n")
@given(lines=st.lists(LINES, max_size=14), end=st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_nothing_raises_and_mending_is_done_once(lines: list[str], end: str) -> None:
    text = end.join(lines)
    done = mend(text, "x.yaml")
    assert done.readable.count("\n") == len(done.lines)
    if all(problem.mended for problem in done.problems):
        again = mend(done.fixed, "x.yaml")
        assert again.problems == ()
        assert again.fixed == done.fixed
    _, problems = read_tree(text, "x.yaml")
    assert set(done.problems) <= set(problems)
    if not done.problems:
        assert done.fixed == text
