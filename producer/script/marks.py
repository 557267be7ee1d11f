"""Marks in place of the words that cues hang on: what a script needs before it can be said in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from producer.model.script import Anchor, Line, Mark, Moment, Script
from producer.model.words import find
from producer.script.markup import read_spoken
from producer.script.mend import mend
from producer.script.skeleton import free_name
from producer.script.tree import Node, Pairs, Scalar, nodes_of

_WORD = re.compile(
    r"""(after\s+)?word\s+("[^"]*"|“[^”]*”|'(?:[^']|'(?=\w))*')(\s*\(\s*\d+\s*\))?(\s+of\s+(next\s+line|\w+))?"""
    r"""(\s*\(\s*\d+\s*\))?""",
    re.IGNORECASE,
)


def word_moments(script: Script) -> tuple[Moment, ...]:
    """Every moment of a script that hangs on a word, in reading order."""
    found = {one.place: one for one in _moments(script.scenes) if one.anchor in (Anchor.WORD, Anchor.AFTER_WORD)}
    return tuple(found[place] for place in sorted(found))


def _moments(value: object) -> Iterator[Moment]:
    if isinstance(value, Moment):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _moments(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _moments(getattr(value, field.name))


def with_marks(source: str, tree: Node | None, script: Script) -> tuple[str, int]:
    """`source` with its cues hung on marks, and how many were.

    A mark stands before the word, and after it where the cue comes `after word`; one that is there already is used.
    What is heard stays on its sample, but for `after word`: a mark is when the next word begins, or the line has ended.

    Args:
        source: the script's file.
        tree: what it holds, without what it brings from other files.
        script: the same, read.
    """
    rows = re.split(r"(?<=\n)", source)
    texts = {key.place: node for key, node in _speeches(tree)}
    lines = {line.id: line for line in script.lines}
    taken = _names(script)
    marks: dict[tuple[str, int], str] = {
        (line.id, mark.before_token): mark.name for line in script.lines for mark in line.marks
    }
    edits: list[tuple[int, int, int, str]] = []
    for moment in word_moments(script):
        line = lines[moment.target]
        token = _token(moment, line)
        row = moment.place.line - 1
        written = _WORD.search(rows[row], moment.place.column - 1)
        if token is None or written is None or line.place not in texts:
            continue
        if (line.id, token) not in marks:
            name = marks[line.id, token] = free_name(moment.words, taken)
            edits.append(_mark(texts[line.place], token, name))
        edits.append((row, *written.span(), f"mark {marks[line.id, token]}"))
    for row, begin, end, new in sorted(edits, reverse=True):
        rows[row] = rows[row][:begin] + new + rows[row][end:]
    hung = sum(1 for *_, new in edits if not new.startswith(("[", " ")))
    done = "".join(rows)
    return (mend(done, script.file).fixed if hung else source), hung  # `[` begins a list where a text begins with it


def _names(script: Script) -> set[str]:
    """What has a name in a script: a mark that is called like a line would be understood by nobody."""
    items = [item for scene in script.scenes for item in scene.items]
    found = {*script.cast, *(scene.id for scene in script.scenes), *(bed.role for bed in script.beds)}
    found |= {cue.role for cue in script.cues} | {item.id for item in items if not isinstance(item, Mark)}
    found |= {item.name for item in items if isinstance(item, Mark)}
    found |= {mark.name for line in script.lines for mark in line.marks}
    return {name.casefold() for name in found}


def _token(moment: Moment, line: Line) -> int | None:
    """The token that a mark stands before; None where the words are only part of what a token is said as."""
    found = find(line.tokens, moment.words)[(moment.nth or 1) - 1]
    if moment.anchor is Anchor.WORD:
        return found.first if found.first_word == 0 else None
    return found.last + 1 if found.last_word is None else None


def _mark(text: Scalar, token: int, name: str) -> tuple[int, int, int, str]:
    """Row, column (both from 0), the same column, and what is put in there."""
    spoken = read_spoken(text.text)
    spans = spoken.spans
    if token < len(spans):
        place = text.at(spans[token][0])
        space = "" if spoken.tokens[token].glue else " "  # behind a dash, where none stands, none is put in
        return place.line - 1, place.column - 1, place.column - 1, f"[mark {name}]{space}"
    place = text.at(spans[-1][1] - 1)
    return place.line - 1, place.column, place.column, f" [mark {name}]"


def _speeches(tree: Node | None) -> Iterator[tuple[Scalar, Scalar]]:
    """Every key of a script with its text, by which a line is found at its place."""
    for node in () if tree is None else nodes_of(tree):
        if isinstance(node, Pairs):
            yield from ((key, one) for key, one in node.pairs if isinstance(one, Scalar))
