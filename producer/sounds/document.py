"""A pack.yaml as plain text values that know where they stand. Nothing is resolved: `1:30` and `no` stay as written."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from producer.errors import PackError, Place, Problem
from producer.frozen import dataclass

MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast, and not in every wheel


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping in the order written; its keys are unique."""

    pairs: tuple[tuple[Text, Node], ...]
    place: Place

    def get(self, name: str) -> Node | None:
        """The value of `name`, or None."""
        return next((value for key, value in self.pairs if key.text == name), None)


Node = Text | Items | Pairs


def parse(text: str, file: str) -> Pairs:
    """The document in `text`.

    Raises:
        PackError: it is no YAML mapping, or uses what a pack may not (anchors, aliases, tags, duplicate keys, several
            documents, more than 1 MiB, more than 20 levels). The first such place is named; what comes after a broken
            line of YAML cannot be read.
    """
    if len(text) > MAX_CHARACTERS:
        raise PackError([Problem(Place(file), "is longer than 1 MiB, which no pack.yaml needs")])
    try:
        root = _Builder(file).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        at = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise PackError([Problem(at, f"this is not YAML: {broken.problem or broken.context}")]) from None
    except yaml.YAMLError as broken:
        raise PackError([Problem(Place(file), f"this is not YAML: {str(broken).splitlines()[0]}")]) from None
    if not isinstance(root, Pairs):
        raise PackError([Problem(Place(file, 1, 1), "a pack.yaml is a mapping that begins with 'pack: NAME'")])
    return root


class _Builder:
    """Events to nodes, without recursion, so that no depth of brackets can exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[tuple[Place, bool, list[Node]]] = []

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            mark = event.start_mark
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
            done: Node | None = None
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refused(place, "a second document ('---') is not part of a pack")
            elif isinstance(event, yaml.AliasEvent):
                raise _refused(place, "aliases (*name) are not used in packs; write the value out")
            elif isinstance(event, yaml.ScalarEvent):
                _plain(event.anchor, event.tag, place)
                done = Text(event.value, place)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                _plain(event.anchor, event.tag, place)
                if len(self.open) >= MAX_DEPTH:
                    raise _refused(place, f"nested deeper than {MAX_DEPTH} levels")
                self.open.append((place, isinstance(event, yaml.MappingStartEvent), []))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                done = _closed(*self.open.pop())
            if done is None:
                continue
            if self.open:
                self.open[-1][2].append(done)
            else:
                root = done
        return root


def _plain(anchor: str | None, tag: str | None, place: Place) -> None:
    if anchor is not None:
        raise _refused(place, f"anchors (&{anchor}) are not used in packs; write the value out")
    if tag not in (None, "!"):
        raise _refused(place, f"tags ({tag}) are not used in packs")


def _closed(place: Place, mapping: bool, parts: list[Node]) -> Node:
    if not mapping:
        return Items(tuple(parts), place)
    pairs: list[tuple[Text, Node]] = []
    seen: set[str] = set()
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key, Text):
            raise _refused(key.place, "a key is a word, not a list or a mapping")
        if key.text in seen:
            raise _refused(key.place, f"'{key.text}' stands here a second time")
        seen.add(key.text)
        pairs.append((key, value))
    return Pairs(tuple(pairs), place)


def _refused(place: Place, what: str) -> PackError:
    return PackError([Problem(place, what)])


def plain(node: Node) -> object:
    """Dicts, lists and texts, for pydantic; an empty value (`key:`) is None."""
    if isinstance(node, Text):
        return node.text if node.text else None
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def place_of(node: Node, path: tuple[int | str, ...], *, key: bool = False) -> Place:
    """Where the value at `path` stands, or as near to it as the document goes; with `key`, where its key does."""
    place = node.place
    for part in path:
        if isinstance(node, Pairs):
            found = next(((name, value) for name, value in node.pairs if name.text == part), None)
            if found is None:
                return place
            place, node = (found[0].place if key else found[1].place), found[1]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            place = node.place
    return place
