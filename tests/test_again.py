"""What is read again is what reading all of it gives: the same tree, the same places, the same mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.cache import Cache
from producer.errors import Problem
from producer.project import Project
from producer.readings import written_script
from producer.script import again
from producer.script.again import read_again
from producer.script.compose import read_tree
from producer.script.tree import Node

ROOT = Path(__file__).parent.parent
FLAGSHIP = (ROOT / "script" / "flagship.yaml").read_text("utf-8")
SMALL = """\
title: The quay
cast:
  keeper: {voice: en-gb}
scenes:
# The first.
  - title: One
    play:
      - sound: gull, level -6 LU
      - keeper: He said no.
        level: -2 LU

  - title: "Two"
    room: {size: small,
      length: 3}
    play:
      - keeper: >
          Some words,
          and more of them.
      - keeper: 'It is
          late.'
      - pause: 1 s
  - title: Three
    cast:
      keeper: {rate: 150 wpm}
    play:
      - keeper: |
          Keep

          this.
  # Behind the third.
  - play:
      - bed: sea
        level: -20 LU
credits:
  spoken: no
"""


class Shelf:
    """Keeps in memory what was read, and counts how often something was put on it."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.puts = 0

    def get(self, around: str) -> bytes | None:
        return self.kept.get(around)

    def put(self, around: str, scenes: bytes) -> None:
        self.kept[around] = scenes
        self.puts += 1


@pytest.fixture(autouse=True)
def however_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "FEWEST_CHARACTERS", 0)


def read_twice(text: str, then: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """`then`, read where `text` was read before."""
    shelf = Shelf()
    read_again(text, "script/x.yaml", shelf)
    return read_again(then, "script/x.yaml", shelf)


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that YAML is given from now on."""
    texts: list[str] = []

    def noted(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
        texts.append(text)
        return read_tree(text, file)

    monkeypatch.setattr(again, "read_tree", noted)
    return texts


def test_a_scene_that_is_as_it_was_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, shelf = parsed(monkeypatch), Shelf()
    first = read_again(SMALL, "x.yaml", shelf)
    assert read_again(SMALL, "x.yaml", shelf) == first == read_tree(SMALL, "x.yaml")
    whole, stubs = texts
    assert whole == SMALL and stubs.count("\n") == SMALL.count("\n") and shelf.puts == 1
    assert "gull" not in stubs and "late" not in stubs
    assert "Keep" in stubs, "a scene with a cast of its own says what words mean elsewhere, so it is always read"


def test_an_edited_scene_is_read_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = FLAGSHIP.replace("wind_through_ruins", "wind_in_ruins", 1)
    texts, shelf = parsed(monkeypatch), Shelf()
    read_again(FLAGSHIP, "x.yaml", shelf)
    assert read_again(edited, "x.yaml", shelf) == read_tree(edited, "x.yaml")
    assert texts[1].count("- title: known") == 10 and "wind_in_ruins" in texts[1]
    assert read_again(FLAGSHIP, "x.yaml", shelf) == read_tree(FLAGSHIP, "x.yaml")
    assert texts[2].count("- title: known") == 10, "what is kept is the script as it was read last"


def test_lines_that_move_take_their_places_along() -> None:
    first, rest = FLAGSHIP.split("\n  - ", 1)
    longer = f"{first}\n  - title: A new scene\n    play:\n      - pause: 1 s\n  - {rest}"
    assert read_twice(FLAGSHIP, longer) == read_tree(longer, "script/x.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("keeper: He said no.", "keeper: He said: no."),
        ("keeper: He said no.", 'keeper: "He said: no.'),  # a quotation mark that swallows what follows
        ("title: Three", 'title: "Three'),
        ("  - title: One", " - title: One"),
        ("cast:\n  keeper", "cast:\n  warden: {voice: en-us}\n  keeper"),
        ("room: {size: small,\n      length: 3}", "room: {size: small,\n      length: 3"),
        ("- pause: 1 s", "- pause: 1 s\n  -"),
        ("scenes:\n", "scenes:\n\n  # None of these.\n"),
        ("credits:", "scenes:\n  - title: x\ncredits:"),
        ("          this.\n", "          this.\n\n\n"),
        ("\n", "\r\n"),
        ("title: The quay", "\ufefftitle: The quay"),
    ],
)
def test_whatever_is_changed_reads_as_it_does_alone(old: str, new: str) -> None:
    changed = SMALL.replace(old, new)
    assert changed != SMALL
    assert read_twice(SMALL, changed) == read_tree(changed, "script/x.yaml")
    assert read_twice(changed, SMALL) == read_tree(SMALL, "script/x.yaml")


BITS = [
    '"',
    "'",
    "|",
    ">",
    "{",
    "}",
    "[",
    "]",
    "#",
    " #",
    ": ",
    "- ",
    "  ",
    "\t",
    "\r",
    "\n",
    "title: x\n",
    "&a",
    "“",
    "…",
]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """A script, and the same with a few lines and signs moved, lost, doubled or put in."""
    text = draw(st.sampled_from((SMALL, FLAGSHIP[: FLAGSHIP.index("\n  - ", 5000)] + "\n")))
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(("lose", "double", "move", "indent", "outdent", "put", "put", "put")))
        line = lines[at]
        if kind == "lose" and len(lines) > 1:
            del lines[at]
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif kind == "indent":
            lines[at] = draw(st.sampled_from((" ", "  ", "    "))) + line
        elif kind == "outdent":
            lines[at] = line.removeprefix(draw(st.sampled_from((" ", "  ", "    "))))
        else:
            column = draw(st.integers(0, len(line)))
            lines[at] = line[:column] + draw(st.sampled_from(BITS)) + line[column:]
    return text, "".join(lines)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(edits())
def test_any_edit_reads_as_it_does_alone(edit: tuple[str, str]) -> None:
    text, then = edit
    shelf = Shelf()
    for one in (text, then, text, then):
        assert read_again(one, "script/x.yaml", shelf) == read_tree(one, "script/x.yaml")


def test_what_is_read_is_kept_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = parsed(monkeypatch)
    project = Project(ROOT / "script" / "flagship.yaml", ROOT)
    with Cache(tmp_path) as cache:
        first = written_script(project, cache)
        assert written_script(project, cache) == first == written_script(project)
    assert [text.count("- title: known") for text in texts] == [0, 11], "without a cache nothing is asked"
