"""A YAML document as plain values that know where they stand. Scalars stay text; nothing is resolved."""

from __future__ import annotations

from collections.abc import Iterator

from producer.errors import Place
from producer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text as written. Under `>` lines are joined by a space; a blank line is a newline character; no end newline."""

    text: str
    place: Place
    """Where the text itself begins (after a quotation mark or a `>` and its indentation)."""
    offsets: tuple[tuple[int, int, int], ...] = ()
    """(offset in `text`, line, column) wherever the text goes on somewhere else in the file, offsets rising."""
    quoted: bool = False
    block: bool = False

    def at(self, offset: int) -> Place:
        """Where the character `offset` of `text` stands in the file."""
        line, column, base = self.place.line, self.place.column, 0
        for begins, there, column_there in self.offsets:
            if begins > offset:
                break
            line, column, base = there, column_there, begins
        return Place(self.place.file, line, column + offset - base)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping in the order written; keys are unique."""

    pairs: tuple[tuple[Scalar, Node], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    items: tuple[Node, ...]
    place: Place


Node = Scalar | Pairs | Items


def nodes_of(tree: Node) -> Iterator[Node]:
    """A tree's node and all in it, keys too, in no order; however deep it is."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        if isinstance(node, Pairs):
            left += [one for pair in node.pairs for one in pair]
        elif isinstance(node, Items):
            left += node.items
