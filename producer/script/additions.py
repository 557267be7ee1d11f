"""An edition that is there already, and what the script has had since: put where it belongs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from producer.frozen import dataclass
from producer.script.compose import read_tree
from producer.script.keys import ORIGINAL
from producer.script.skeleton import Text, entry, member, original
from producer.script.tree import Items, Node, Pairs, Scalar


@dataclass(frozen=True, slots=True)
class Additions:
    """An edition with what it lacked."""

    source: str
    texts: int = 0  # put in, still to be translated
    records: int = 0  # originals put over texts that had none
    voices: tuple[str, ...] = ()  # members who got a voice


@dataclass(slots=True)
class _Sheet:
    """The lines of a file, and what is to stand before them. It lives inside one call of `with_additions`."""

    lines: list[str]
    end: str
    new: dict[int, list[str]] = field(default_factory=dict)

    def put(self, number: int, rows: Sequence[str]) -> None:
        """`rows` stand before the line of that number, from 0, after what was put there before."""
        self.new.setdefault(number, []).extend(rows)

    def text(self) -> str:
        """All of it."""
        lines = list(self.lines)
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self.end
        for number in sorted(self.new, reverse=True):
            lines[number:number] = [f"{row}{self.end}" for row in self.new[number]]
        return "".join(lines)


def with_additions(
    source: str, tree: Pairs, file: str, wanted: Sequence[Text], cast: Node | None, voices: Mapping[str, str]
) -> Additions | None:
    """`source` with every text, record of an original and voice that it lacks; None where that cannot be put in.

    That is so where `lines` or `cast` stand in braces. What was written is the same after it, which is made sure of.

    Args:
        source: the edition's file.
        tree: what it holds.
        file: its name.
        wanted: the script's texts, each with its id.
        cast: the script's.
        voices: of the members that have one of their own.
    """
    sheet = _Sheet(re.split(r"(?<=\n)", source.removesuffix("\n")), "\r\n" if "\r\n" in source else "\n")
    if source.endswith("\n"):
        sheet.lines[-1] += "\n"
    came = _put_voices(sheet, tree, cast, voices)
    texts, records = _put_texts(sheet, tree, wanted)
    if not (came or texts or records):
        return Additions(source)
    done = sheet.text()
    return Additions(done, len(texts), len(records), tuple(came)) if _is_whole(tree, done, file, came, texts) else None


def _put_voices(sheet: _Sheet, tree: Pairs, cast: Node | None, voices: Mapping[str, str]) -> list[str]:
    key, node = _pair(tree, "cast")
    known = {one.text for one, _ in node.pairs} if isinstance(node, Pairs) else set()
    came = [name for name in voices if name not in known]
    if not came:
        return []
    indent, after = _inside(sheet, key, node)
    if key is None:
        lines, _ = _pair(tree, "lines")
        after = lines.place.line - 1 if lines else len(sheet.lines)
        sheet.put(after, ["cast:"])
    sheet.put(after, [f"{indent}{name}: {member(cast, voices, name)}" for name in came])
    if key is None:
        sheet.put(after, [""])
    return came


def _put_texts(sheet: _Sheet, tree: Pairs, wanted: Sequence[Text]) -> tuple[list[str], list[str]]:
    """The ids of the texts that were put in, each after the one that comes before it in the script, and of records."""
    key, node = _pair(tree, "lines")
    there = {one.text: (one, value) for one, value in node.pairs} if isinstance(node, Pairs) else {}
    indent, end = _inside(sheet, key, node)
    after = end if not there else key.place.line if key else end
    if key is None:
        sheet.put(after, ["", "lines:"])
    texts: list[str] = []
    records: list[str] = []
    for text in wanted:
        found = there.get(text.id)
        record = f"{text.id}{ORIGINAL}" not in there
        if found is None:
            sheet.put(after, ["", *entry(text, indent, record=record)])
            texts.append(text.id)
            continue
        name, value = found
        if record:
            sheet.put(name.place.line - 1, original(text, indent))
            records.append(text.id)
        after = max(name.place.line, _last_line(value))
    return texts, records


def _inside(sheet: _Sheet, key: Scalar | None, node: Node | None) -> tuple[str, int]:
    """How far the keys under a key are indented, and the number of the line after the last of them."""
    if key is None or node is None:
        return "  ", len(sheet.lines)
    if not isinstance(node, Pairs) or not node.pairs:
        return "  ", key.place.line
    return " " * (node.pairs[0][0].place.column - 1), _last_line(node)


def _last_line(node: Node) -> int:
    """The line, from 1, on which what a node holds ends."""
    if isinstance(node, Scalar):  # one that is empty has the place of whatever follows
        return max((node.place.line, *(line for _, line, _ in node.offsets))) if node.text else 0
    inner = node.items if isinstance(node, Items) else [one for pair in node.pairs for one in pair]
    return max((node.place.line, *(_last_line(one) for one in inner)))


def _is_whole(before: Pairs, source: str, file: str, voices: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the file can be read, says what it said, and what it lacked."""
    after, problems = read_tree(source, file)
    said = _plain(after) if isinstance(after, Pairs) and not problems else {}
    cast = {f"cast/{name}" for name in voices}
    lines = {f"lines/{name}" for name in texts}
    came = {path for path in said if path.startswith(("cast/", "lines/"))}
    kept = {path: text for path, text in _plain(before).items() if text}
    return kept.items() <= said.items() and all(
        any(p == n or p.startswith(f"{n}/") for p in came) for n in cast | lines
    )


def _plain(tree: Pairs) -> dict[str, str]:
    """Every text of a tree by its path."""
    found: dict[str, str] = {}
    left: list[tuple[str, Node]] = [("", tree)]
    while left:
        path, node = left.pop()
        if isinstance(node, Scalar):
            found[path] = node.text
        elif isinstance(node, Items):
            left += [(f"{path}/{number}", one) for number, one in enumerate(node.items)]
        else:
            left += [(f"{path}/{key.text}".removeprefix("/"), one) for key, one in node.pairs]
    return found


def _pair(tree: Pairs, name: str) -> tuple[Scalar | None, Node | None]:
    return next(((key, node) for key, node in tree.pairs if key.text == name), (None, None))
