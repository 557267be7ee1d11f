"""A script that is read again: the YAML of a scene whose lines are as they were is not read anew.

What YAML said of each scene is kept by the text of its lines. Where what stands around the scenes is as it was, the
others are read with a scene of one line for each of those that are known, on the lines of that: so YAML still sees
where every scene begins and ends, and every place is right. Whatever is not as it must be then, or wrong, has all of it
read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from producer.digests import sha256_of_text
from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.script.compose import LARGEST_BYTES, MOST_LINES, MOST_NODES, read_tree
from producer.script.tree import Items, Node, Pairs, Scalar, nodes_of

FEWEST_CHARACTERS = 16_000
"""A script of ten minutes: what is shorter is read in a few hundredths of a second."""
_SCENES = re.compile(r"^scenes:[ ]*(?:#.*)?\r?\n", re.MULTILINE)
_FIRST = re.compile(r"(?:[ ]*(?:#.*)?\r?\n)*([ ]*)- ")
_OTHER_ENDS = re.compile(r"\r(?!\n)")
_STUB = ("title", "known")
_FAR = "cast:"
"""A scene that says this also says what lines mean that stand elsewhere (`layout.members`)."""

_Plain = list[Any]
"""A node as JSON has it, with lines counted from its scene's dash: [text, line, column], and […, offsets, quoted,
block] where that is not all; [[key, value, …], line, column, True]; [[item, …], line, column, False]."""
_Known = tuple[int, _Plain]
"""How many values a scene has, and the scene."""


class Kept(Protocol):
    """Where it is kept what was read before, by all that stands around the scenes."""

    def get(self, around: str) -> bytes | None: ...
    def put(self, around: str, scenes: bytes) -> None: ...


def read_again(text: str, file: str, kept: Kept) -> tuple[Node | None, tuple[Problem, ...]]:
    """What `compose.read_tree` gives: the same tree, the same problems.

    Args:
        kept: is asked for what was read before, and given what is read now.
    """
    parted = None if len(text) < FEWEST_CHARACTERS or 4 * len(text) > LARGEST_BYTES else _parted(text)
    if parted is None:
        return read_tree(text, file)
    around, names = parted.around(file), [sha256_of_text(scene.text) for scene in parted.scenes]
    known: dict[str, _Known] = json.loads(kept.get(around) or "{}")
    tree: Node | None = _put_in(parted, [known.get(name) for name in names], file)
    if tree is None:
        tree, problems = read_tree(text, file)
        if tree is None or problems:
            return tree, problems
    if new := _new(tree, parted, names, known):
        now = {name: one for name, one in (known | new).items() if name in names}
        kept.put(around, json.dumps(now, separators=(",", ":")).encode())
    return tree, ()


@dataclass(frozen=True, slots=True)
class _Scene:
    """What of a script is a scene: from its dash to the next one's."""

    text: str
    start: int
    """Lines before it."""
    end: int
    """Lines before what follows it."""


@dataclass(frozen=True, slots=True)
class _Parted:
    """A script's scenes, and what stands around them."""

    before: str
    scenes: Sequence[_Scene]
    behind: str
    column: int
    """Of the dashes, from 0."""

    def around(self, file: str) -> str:
        """All that stands around the scenes, and where."""
        return "\0".join((file, str(self.column), self.before, self.behind))

    def with_stubs(self, known: Sequence[object]) -> str:
        """The script with a scene of one line, and as many lines as before, for each that is known."""
        stub = f"{' ' * self.column}- {': '.join(_STUB)}"
        scenes = (
            one.text if kept is None else stub + "\n" * (one.end - one.start)
            for one, kept in zip(self.scenes, known, strict=True)
        )
        return "".join((self.before, *scenes, self.behind))


def _parted(text: str) -> _Parted | None:
    """Where the scenes stand, as far as lines and their indentation tell; None where that is not plain."""
    heads = [*_SCENES.finditer(text)]
    if len(heads) != 1 or _OTHER_ENDS.search(text) or text.count("\n") + text.count("\r") > MOST_LINES:
        return None
    first = _FIRST.match(text, heads[0].end())
    if first is None:
        return None
    column = len(first[1])
    begins: list[int] = []
    end = len(text)
    for line in re.compile(f"^ {{0,{column}}}(?=[^ #\r\n])", re.MULTILINE).finditer(text, first.start(1)):
        if len(line[0]) < column or not text.startswith("- ", line.end()):
            end = line.start()
            break
        begins.append(line.start())
    if len(begins) < 2:
        return None
    scenes, lines = [], text.count("\n", 0, begins[0])
    for begin, until in zip(begins, [*begins[1:], end], strict=True):
        here = text.count("\n", begin, until)
        scenes.append(_Scene(text[begin:until], lines, lines + here))
        lines += here
    return _Parted(text[: begins[0]], scenes, text[end:], column)


def _put_in(parted: _Parted, known: Sequence[_Known | None], file: str) -> Pairs | None:
    """The tree with the scenes that are known where they stand; None where none are, or anything is amiss."""
    if not any(known):
        return None
    tree, problems = read_tree(parted.with_stubs(known), file)
    if problems or not isinstance(tree, Pairs) or _count(tree) + sum(one[0] for one in known if one) > MOST_NODES:
        return None
    scenes = _scenes_of(tree, parted)
    if scenes is None:
        return None
    whole = []
    for node, kept, where in zip(scenes.items, known, parted.scenes, strict=True):
        if not _within(node, where) or (kept is not None and not _is_stub(node)):
            return None
        whole.append(node if kept is None else _node(kept[1], where.start, file))
    put_in = Items(tuple(whole), scenes.place)
    return Pairs(tuple((key, put_in if node is scenes else node) for key, node in tree.pairs), tree.place)


def _scenes_of(tree: Node, parted: _Parted) -> Items | None:
    """The scenes of a tree; None where they are not as many as lines say."""
    scenes = next((node for key, node in tree.pairs if key.text == "scenes"), None) if isinstance(tree, Pairs) else None
    return scenes if isinstance(scenes, Items) and len(scenes.items) == len(parted.scenes) else None


def _is_stub(node: Node) -> bool:
    if not isinstance(node, Pairs) or len(node.pairs) != 1:
        return False
    key, value = node.pairs[0]
    return isinstance(value, Scalar) and (key.text, value.text) == _STUB


def _new(tree: Node, parted: _Parted, names: Sequence[str], known: Mapping[str, _Known]) -> dict[str, _Known]:
    """The scenes of a tree that are to be kept and are not known; none where they are not where lines say."""
    if all(name in known or _FAR in scene.text for name, scene in zip(names, parted.scenes, strict=True)):
        return {}
    scenes = _scenes_of(tree, parted)
    if scenes is None:
        return {}
    found = [*zip(names, scenes.items, parted.scenes, strict=True)]
    if not all(_within(node, where) for _, node, where in found):
        return {}
    fresh = (one for one in found if one[0] not in known and _FAR not in one[2].text)
    return {name: (_count(node), _plain(node, where.start)) for name, node, where in fresh}


def _within(node: Node, where: _Scene) -> bool:
    """Whether all of a scene stands on its lines, from the first one on."""
    scalars = (one for one in nodes_of(node) if isinstance(one, Scalar))
    lasts = (one.offsets[-1][1] if one.offsets else one.place.line for one in scalars)
    return node.place.line == where.start + 1 and all(where.start < last <= where.end for last in lasts)


def _count(tree: Node) -> int:
    """How many values a tree has."""
    return sum(1 for _ in nodes_of(tree))


def _plain(node: Node, start: int) -> _Plain:
    line, column = node.place.line - start, node.place.column
    if isinstance(node, Scalar):
        more = (node.offsets, node.quoted, node.block)
        if not any(more):
            return [node.text, line, column]
        return [node.text, line, column, [(at, there - start, col) for at, there, col in node.offsets], *more[1:]]
    if isinstance(node, Pairs):
        return [[_plain(each, start) for pair in node.pairs for each in pair], line, column, True]
    return [[_plain(each, start) for each in node.items], line, column, False]


def _node(plain: _Plain, start: int, file: str) -> Node:
    held, line, column = plain[:3]
    place = Place(file, line + start, column)
    if isinstance(held, str):
        if len(plain) == 3:
            return Scalar(held, place)
        offsets, quoted, block = plain[3:]
        return Scalar(held, place, tuple((at, there + start, col) for at, there, col in offsets), quoted, block)
    nodes: list[Any] = [_node(each, start, file) for each in held]
    return Pairs(tuple(zip(nodes[::2], nodes[1::2], strict=True)), place) if plain[3] else Items(tuple(nodes), place)
