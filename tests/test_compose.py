"""`read_tree` keeps every word with its place, finds every mistake, and no file brings it down."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.errors import Place, Problem
from producer.script import compose
from producer.script.compose import MOST_NODES, decode, read_tree
from producer.script.tree import Items, Node, Pairs, Scalar


def good(text: str) -> Node:
    tree, problems = read_tree(text, "x.yaml")
    assert problems == ()
    assert tree is not None
    return tree


def value(tree: Node | None, *path: str | int) -> Node:
    for step in path:
        if isinstance(step, int):
            assert isinstance(tree, Items)
            tree = tree.items[step]
        else:
            assert isinstance(tree, Pairs)
            tree = {key.text: node for key, node in tree.pairs}[step]
    assert tree is not None
    return tree


def scalar(tree: Node | None, *path: str | int) -> Scalar:
    found = value(tree, *path)
    assert isinstance(found, Scalar)
    return found


def the_problem(text: str) -> Problem:
    (problem,) = read_tree(text, "x.yaml")[1]
    return problem


def character_at(text: str, place: Place) -> str:
    return text.replace("\r\n", "\n").split("\n")[place.line - 1][place.column - 1]


def test_scalars_stay_as_written() -> None:
    tree = good("a: 1:30\nb: no\nc: 1984\nd: 010\ne: ~\nf: 2026-11-22\ng: =\nh:\n")
    assert isinstance(tree, Pairs)
    written = [node.text for _, node in tree.pairs if isinstance(node, Scalar)]
    assert written == ["1:30", "no", "1984", "010", "~", "2026-11-22", "=", ""]


def test_places_count_lines_and_characters_from_one() -> None:
    tree = good("# é\ntitle: x\npacks: [a, 😀, b]\nscenes:\n  - id: s\n")
    assert scalar(tree, "packs", 2).place == Place("x.yaml", 3, 15)
    assert value(tree, "packs").place == Place("x.yaml", 3, 8)
    assert value(tree, "scenes").place == Place("x.yaml", 5, 3)
    assert value(tree, "scenes", 0).place == Place("x.yaml", 5, 5)
    assert scalar(tree, "scenes", 0, "id").place == Place("x.yaml", 5, 9)


BLOCK = "a:\n  - b: {sign}\n\n      Log, last\n        page: [gull] she   said.\n\n\n      End #9.  \n\n    c: d\n"


@pytest.mark.parametrize("sign", [">", ">-", ">+", "|", "|-", "|+", ">2", ">  # a comment"])
def test_text_under_the_sign_is_joined_and_knows_where_each_word_stands(sign: str) -> None:
    text = BLOCK.replace("{sign}", sign)
    found = scalar(good(text), "a", 0, "b")
    assert found.text == "Log, last page: [gull] she   said.\n\nEnd #9."
    assert found.block
    assert found.place == Place("x.yaml", 4, 7)
    assert found.at(found.text.index("[gull]")) == Place("x.yaml", 5, 15)
    assert found.at(found.text.index("#9")) == Place("x.yaml", 8, 11)
    assert scalar(good(text), "a", 0, "c").text == "d"


PIECES = st.lists(
    st.sampled_from(["a", "b:", "#", "é", "😀", "[c d]", '"', "'s", "x: y", "\\["]), min_size=1, max_size=5
)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(PIECES, min_size=1, max_size=5),
    blanks=st.lists(st.booleans(), min_size=5, max_size=5),
    crlf=st.booleans(),
)
def test_every_character_of_a_block_is_found_in_the_file(
    lines: list[list[str]], blanks: list[bool], crlf: bool
) -> None:
    text = "t: >\n" + "".join(
        "  " + " ".join(line) + ("\n\n" if b else "\n") for line, b in zip(lines, blanks, strict=False)
    )
    text = text.replace("\n", "\r\n") if crlf else text
    found = scalar(good(text), "t")
    assert found.text.split() == " ".join(" ".join(line) for line in lines).split()
    for offset, sign in enumerate(found.text):
        if not sign.isspace():
            assert character_at(text, found.at(offset)) == sign


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(PIECES, min_size=1, max_size=4))
def test_every_character_of_a_mended_text_is_found_in_the_file(lines: list[list[str]]) -> None:
    text = (
        "scenes:\n  - play:\n      - someone: [x] "
        + "\n          ".join("z " + " ".join(line) for line in lines)
        + "\n"
    )
    tree, problems = read_tree(text, "x.yaml")
    assert problems
    found = scalar(tree, "scenes", 0, "play", 0, "someone")
    assert found.text == "[x] " + " ".join("z " + " ".join(line) for line in lines)
    for offset, sign in enumerate(found.text):
        if not sign.isspace():
            assert character_at(text, found.at(offset)) == sign


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(
            ["a", "\\\\", '\\"', "\\x41", "\\u00e9", "\\n", "''", " ", "\n", "\n\n", "\\\n", "😀", "#", ": "]
        ),
        max_size=8,
    ),
    mark=st.sampled_from("\"'"),
)
def test_quoted_text_is_what_pyyaml_makes_of_it(pieces: list[str], mark: str) -> None:
    inside = "".join(piece for piece in pieces if mark == '"' or piece != "\\\n").replace("\n", "\n   ")
    if mark == '"':
        inside = inside.replace("''", "'")
    text = f"- a: {mark}{inside}{mark}\n"
    found = scalar(good(text), 0, "a")
    assert found.text == yaml.load(text, Loader=yaml.BaseLoader)[0]["a"]
    assert found.quoted
    for offset, sign in enumerate(found.text):
        if sign in "a😀#":
            assert character_at(text, found.at(offset)) == sign


def test_a_plain_value_over_several_lines_is_one_text() -> None:
    tree = good("a:\n  - sound: boots path a -> b,\n      until end of line\n    b: one\n\n      two\n")
    found = scalar(tree, "a", 0, "sound")
    assert found.text == "boots path a -> b, until end of line"
    assert found.at(found.text.index("until")) == Place("x.yaml", 3, 7)
    assert scalar(tree, "a", 0, "b").text == "one\ntwo"


REFUSED = [
    ("a: 1\nb: &x 2\n", 2, 4, "'&x' is a YAML anchor"),
    ("a: 1\nb: *x\n", 2, 4, "'*x' is a YAML alias"),
    ("a: {b: 1, <<: *x}\n", 1, 11, "merge key"),
    ("a: !!python/object:os.system x\n", 1, 4, "YAML tag"),
    ("a: !loud x\n", 1, 4, "YAML tag"),
    ('a: 1\nb: 2\n"a": 3\n', 3, 2, "'a' is here twice; the first is at line 1"),
    ("a: {b: 1, b: 2}\n", 1, 11, "'b' is here twice; the first is at line 1"),
    ("a: 1\n---\nb: 2\n", 2, 1, "another document"),
    ("a: 1\n...\nb: 2\n", 2, 1, "another document"),
    ("%YAML 1.1\n---\na: 1\n", 1, 1, "directive"),
    ("a:\n\t- b\n", 2, 1, "tab"),
    ("a: b\x00c\n", 1, 5, "U+0000"),
    ("a: b\x1b[31m\n", 1, 5, "U+001B"),
    ("a: \ud800\n", 1, 4, "U+D800"),
    ('a: "\\0"\n', 1, 4, "control character"),
    ('a: "\\x9b31m"\n', 1, 4, "control character"),
    ('a: "\\u009d"\n', 1, 4, "control character"),
    ("", 1, 1, "empty"),
    ("# only a comment\n\n", 1, 1, "empty"),
    ("a: {b:c, d: e}\n", 1, 5, "a space is missing after 'b:'"),
    ("a: [b, c\nd: e\n", 1, 4, "the [ that opens here is never closed"),
    ("a: {b: [c}\nd: e\n", 1, 10, "a ] is missing before this }"),
    ('a: [b, "c]\nd: e\n', 1, 4, "quotation mark that opens here is never closed"),
    ("? a\n: b\n", 1, 1, "'? ' has no meaning"),
    ("a: b\nc\nd: e\n", 2, 1, "neither an item"),
    ("{a: b}: c\n", 1, 1, "a name is wanted"),
    (": x\n", 1, 1, "a name is missing"),
]


@pytest.mark.parametrize(("text", "line", "column", "what"), REFUSED)
def test_what_a_script_may_not_have_is_one_message_at_its_place(text: str, line: int, column: int, what: str) -> None:
    problem = the_problem(text)
    assert what in problem.what
    assert (problem.at.line, problem.at.column) == (line, column)


@pytest.mark.parametrize(
    "text", ["---\na: 1\n", "a: 1\n...\n", "\ufeffa: 1\n", "a: 1\r\n", "a: 1", "# c\n--- # d\na: 1\n"]
)
def test_what_editors_leave_around_a_script_is_tolerated(text: str) -> None:
    assert scalar(good(text), "a").text == "1"
    assert scalar(good(text), "a").place.column == 4


def test_nothing_of_a_second_document_is_read() -> None:
    tree, problems = read_tree("a: 1\n---\na: 2\nb: [\n", "x.yaml")
    assert len(problems) == 1
    assert scalar(tree, "a").text == "1"


def test_the_rest_is_read_when_yaml_cannot_read_a_line() -> None:
    tree, problems = read_tree("a: {x: y} z\nb: 'c' d\ne: [f]] \ng: h\n", "x.yaml")
    assert [problem.at.line for problem in problems] == [1, 2, 3]
    assert scalar(tree, "g").text == "h"


def test_thirty_mistakes_are_thirty_messages_in_reading_order() -> None:
    lines = """
title: One: two
show: *Show*
episode: &a 3
language: !!str en-GB
season: 1
season: 2
profile: "podcast
packs: [harbour, weather
speech_margin: {beds:15 LU}
cast:
  narrator: {voice: "en-gb}
  keeper:{voice: en-us}
say:
  Aoife: [EE-fa]
scenes:
  - title: The quay: night
    room:quay
    play:
      - bed: sea
          level: -20 LU
      - bed: 'sea' now
      - narrator: Room #5
      - narrator: [gull] Nobody
      - narrator: "Hello," he said
      - narrator: 'Tis late
      - narrator: "Open
      - narrator: - no
      - narrator: >
        low
      -keeper: x
      - keeper:Hello
      - sound: x at word "no: yes"
      - sound: y #loud
      - sound: z level: -3 LU
       - cut: all
      - pause 3 s
      - narrator: >
          Text.
          level: -20 LU
\t\t\t- keeper: Who?
      - end: *x
      - sound: {a: b} c
stray
  - id: a
    id: b
%TAG
""".strip("\n").split("\n")
    _, problems = read_tree("\n".join(lines), "x.yaml")
    at = [problem.at.line for problem in problems]
    right = {"season: 1", "cast:", "say:", "scenes:", "    play:", "      - bed: sea", "      - narrator: >"}
    right |= {"          Text.", "  - id: a"}
    expected = [number for number, line in enumerate(lines, 1) if line not in right]
    assert len(expected) >= 30
    assert sorted(set(at)) == expected
    assert at == sorted(at)
    assert not any(word in problem.what for problem in problems for word in ("scanning", "block mapping", "token"))


def test_the_parser_in_pure_python_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, _, _, what in REFUSED if "comma" not in what] + [BLOCK.replace("{sign}", ">"), "a: b\tc\n"]
    fast = [read_tree(text, "x.yaml") for text in texts]
    monkeypatch.setattr(compose, "_Loader", yaml.BaseLoader)
    assert [read_tree(text, "x.yaml") for text in texts] == fast


BOMBS = [
    "packs: " + "[" * 500,
    "packs: " + "[" * 1_000_000,
    "packs: " + "[" * 60 + "]" * 60 + "\n",
    "cast: " + "{a: " * 500_000,
    "- " * 500_000,
    "".join(" " * depth + "a:\n" for depth in range(500)),
    "x: " + "&a " * 300_000,
    "? " * 300_000,
    "a: !x " + "[" * 5000,
]


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_nesting_without_end_is_one_short_message(text: str) -> None:
    _, problems = read_tree(text, "x.yaml")
    assert 1 <= len(problems) <= 2
    assert len(str(problems[0])) < 200


def test_fifty_levels_are_read_and_fifty_one_are_not() -> None:
    assert read_tree("a: " + "[" * 49 + "]" * 49 + "\n", "x.yaml")[1] == ()
    assert "50 levels" in the_problem("a: " + "[" * 50 + "]" * 50 + "\n").what


def test_an_alias_bomb_is_refused_before_it_can_go_off() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    _, problems = read_tree(text, "x.yaml")
    assert len(problems) == 10 + 81


def test_too_many_values_and_too_large_files_are_refused() -> None:
    assert f"{MOST_NODES} values" in the_problem("packs: [" + "a, " * (MOST_NODES + 1) + "]\n").what
    assert "4 MiB" in the_problem("a: " + "é" * (2 * 1024 * 1024) + "\n").what
    assert "lines" in the_problem("\n" * 250_001).what
    assert decode(b"a" * (4 * 1024 * 1024 + 1), "x.yaml")[0] is None


def test_one_line_of_four_mebibytes_is_refused_for_its_length() -> None:
    long = "word: " * ((4 * 1024 * 1024 - 100) // 6)
    tree, problems = read_tree("scenes:\n  - play:\n      - someone: " + long + "\n", "x.yaml")
    assert "4194203 characters, and a text or value has at most 20000" in problems[0].what
    assert all(problem.mended == "" for problem in problems)
    assert scalar(tree, "scenes", 0, "play", 0, "someone").text == ""


def test_bytes_that_are_no_utf_8_are_located() -> None:
    assert decode("\ufeffé\n".encode(), "x.yaml") == ("\ufeffé\n", ())
    text, (problem,) = decode("title: é\nshow: ".encode() + b"It\x92s", "x.yaml")
    assert text is None
    assert problem.at == Place("x.yaml", 2, 9)
    assert "0x92" in problem.what
    text, (problem,) = decode("title: x".encode("utf-16"), "x.yaml")
    assert text is None
    assert "UTF-16" in problem.what


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:#-\"'[]{}&*!|>%@?, \n\t\r\u00a0\u2028\ufeff<\\", max_size=60))
def test_no_text_raises(text: str) -> None:
    tree, problems = read_tree(text, "x.yaml")
    assert tree is not None or problems
    for problem in problems:
        assert problem.at.line <= text.count("\n") + text.count("\r") + 2
        assert problem.what
