"""One value of one cue, changed in a script's own bytes: comments, layout and line ends stay as they are.

Nothing is written anew from a tree. The tree says where a value stands, and only what stands there is replaced; then
the new bytes are read again, and unless this value, and no other, reads differently, nothing is changed at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from producer.errors import Place, nearest
from producer.frozen import dataclass
from producer.script.compose import decode, read_tree
from producer.script.lines import BOM
from producer.script.quantities import ARROW, plain_signs
from producer.script.short import Part, split
from producer.script.tree import Items, Node, Pairs, Scalar

Key = Literal["level", "pan", "at"]
KEYS: tuple[Key, ...] = ("level", "pan", "at")
SHORT = frozenset({"sound", "bed", "music"})
"""Items that take their keys on their own line."""
_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_OFFSET = re.compile(r"\s*[+-]\s*[\d.][^+-]*$")
_END = re.compile(r"\r\n|\r|\n")


class NudgeError(ValueError):
    """A value that cannot be changed here; says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Nudged:
    """A script with one value changed."""

    data: bytes
    line: int  # where the change is, from 1
    before: str
    after: str
    """The line (or, where a key got a line of its own, that line) as it was and as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    """A cue as it stands in the file: its short form, and its keys below."""

    short: Scalar | None  # the text that `begin` to `end` of is the short form
    begin: int
    end: int
    bracket: bool
    beside: dict[str, Scalar]
    node: Pairs | None
    head: Scalar | None
    listed: bool = True  # or else no item of a scene: the credits that nobody wrote have the place of the title


@dataclass(frozen=True, slots=True)
class _Edit:
    row: int  # from 0
    begin: int
    end: int
    new: str


def level(level_lu: float) -> str:
    """A level as scripts have it."""
    return f"{round(level_lu, 1) + 0.0:g} LU"


def pan(percent: float) -> str:
    """A side as scripts have it: negative is left."""
    whole = round(percent)
    return "centre" if whole == 0 else f"{'left' if whole < 0 else 'right'} {abs(whole)}"


def offset(seconds: float) -> str:
    """What follows a moment as scripts have it: `- 40 ms`; nothing for 0."""
    ms = round(seconds * 1000)
    size = f"{abs(ms)} ms" if abs(ms) < 1000 or ms % 100 else f"{abs(ms) / 1000:g} s"
    return "" if ms == 0 else f"{'-' if ms < 0 else '+'} {size}"


def written(data: bytes, place: Place) -> dict[Key, str]:
    """The values that stand at a cue itself, as they are written. Raises NudgeError when there is no cue."""
    _, tree = _read(data, place.file)
    cue = _find(tree, place)
    values = {key: scalar.text[begin:end] for key in KEYS for scalar, begin, end in _standing(cue, key)}
    return {key: " ".join(text.split()) for key, text in values.items()}


def nudged(data: bytes, place: Place, key: Key, value: str) -> Nudged:
    """The bytes of a script with one value of the cue at `place` changed, and not one other byte.

    Args:
        data: the file.
        place: of the cue, as its clip has it.
        key: which value; for `at`, `value` is the offset from the moment that is there.
        value: as scripts have it (`level`, `pan`, `offset`).

    Raises:
        NudgeError: there is no such cue, its value moves, it is of an edition, or it cannot be changed without changing
            something else.
    """
    text, tree = _read(data, place.file)
    if original := _edition_of(tree):
        raise NudgeError(f"an edition has the words alone; change this in {original}, for every language")
    cue = _find(tree, place)
    if not cue.listed:
        raise NudgeError("this has no place of its own in a scene, so nothing can be changed of it alone")
    if key == "pan" and ("path" in cue.beside or any(part.key == "path" for part in _parts(cue))):
        raise NudgeError("this one moves along a path; change 'path' by hand")
    rows = _ROW.findall(text)
    edit = _edit(cue, key, value, rows)
    after_rows = _END.split(edit.new)
    row = rows[edit.row]
    made = row[: edit.begin] + edit.new + row[edit.end :]
    new = "".join([*rows[: edit.row], made, *rows[edit.row + 1 :]])
    _check(tree, new, place, key, _wanted(cue, key, value))
    shown = made if len(after_rows) == 1 else after_rows[-1]
    own = 0 if len(after_rows) == 1 else len(after_rows) - 1
    return Nudged(
        data=new.encode(),
        line=edit.row + 1 + own,
        before=row.rstrip("\r\n") if own == 0 else "",
        after=shown.rstrip("\r\n"),
    )


def _read(data: bytes, file: str) -> tuple[str, Node]:
    text, problems = decode(data, file)
    if text is None:
        raise NudgeError(problems[0].what)
    tree, problems = read_tree(text, file)
    if problems or tree is None:
        raise NudgeError("the script has mistakes as it stands; mend them first")
    return text, tree


def _edition_of(tree: Node) -> str:
    """The script that this one is an edition of, as it names it; nothing where it is none."""
    pairs = tree.pairs if isinstance(tree, Pairs) else ()
    return next((one.text for key, one in pairs if key.text == "edition_of" and isinstance(one, Scalar)), "")


def _edit(cue: _Cue, key: Key, value: str, rows: list[str]) -> _Edit:
    """What to replace, or to put in."""
    for scalar, begin, end in _standing(cue, key):
        there = scalar.text[begin:end]
        if key == "at":
            plain = plain_signs(there)
            found = _OFFSET.search(plain, plain.rfind('"') + 1)
            cut = begin + (found.start() if found else len(there))
            return _between(scalar, cut, end, f" {value}" if value else "", rows)
        if ARROW.search(plain_signs(there)):
            raise NudgeError(f"its {key} moves ('{there}'); change it by hand")
        return _between(scalar, begin, end, value, rows)
    if key == "at":
        raise NudgeError(
            "a sound in brackets lands on its word: move the brackets"
            if cue.bracket
            else "this stands in the order in which it is heard: a pause before it moves it, or give it an 'at'"
        )
    if cue.short is not None:
        comma = "," if _parts(cue) else ""
        stop = cue.begin + len(cue.short.text[cue.begin : cue.end].rstrip())
        return _between(cue.short, stop, stop, f"{comma} {key} {value}", rows)
    return _new_row(cue, f"{key}: {value}", rows)


def _standing(cue: _Cue, key: Key) -> Iterator[tuple[Scalar, int, int]]:
    """Where a cue's value stands: the text that it is in, and from where to where."""
    if key in cue.beside:
        yield cue.beside[key], 0, len(cue.beside[key].text)
        return
    for part in _parts(cue):
        if part.key == key and part.text and cue.short is not None:
            yield cue.short, cue.begin + part.offset, cue.begin + part.offset + len(part.text)
            return


def _parts(cue: _Cue) -> tuple[Part, ...]:
    return () if cue.short is None else split(cue.short.text[cue.begin : cue.end])[2]


def _between(scalar: Scalar, begin: int, end: int, new: str, rows: list[str]) -> _Edit:
    """An edit of a text from one character to another. Raises NudgeError where these are not on one line."""
    first = scalar.at(begin) if begin < len(scalar.text) or not begin else _after(scalar, begin)
    last = _after(scalar, end) if end > begin else first
    if first.line != last.line or first.line > len(rows):
        raise NudgeError("its value goes over two lines; change it by hand")
    marked = 1 if first.line == 1 and rows[0].startswith(BOM) else 0
    low, high = first.column - 1 + marked, last.column - 1 + marked
    if plain_signs(rows[first.line - 1][low:high]) != plain_signs(scalar.text[begin:end]):
        raise NudgeError("what stands there is written with escapes; change it by hand")
    return _Edit(first.line - 1, low, high, new)


def _after(scalar: Scalar, end: int) -> Place:
    """The place behind the character before `end`."""
    last = scalar.at(end - 1)
    return Place(last.file, last.line, last.column + 1)


def _new_row(cue: _Cue, said: str, rows: list[str]) -> _Edit:
    """A key on a line of its own, behind the item's last."""
    assert cue.node is not None and cue.head is not None
    last = max(_last_line(node) for _, node in cue.node.pairs) - 1
    row = rows[last]
    ending = next(iter(re.findall(r"\r\n|\r|\n", "".join(rows))), "\n")
    body = len(row.rstrip("\r\n"))
    return _Edit(last, body, body, f"{ending}{' ' * (cue.head.place.column - 1)}{said}")


def _last_line(node: Node) -> int:
    if isinstance(node, Scalar):
        return node.at(max(0, len(node.text) - 1)).line
    inner = node.items if isinstance(node, Items) else [one for _, one in node.pairs]
    return max([node.place.line, *map(_last_line, inner)])


def _find(tree: Node, place: Place) -> _Cue:
    """The cue that stands at a place: an item by its key, or one in brackets by its bracket."""
    left: list[tuple[Node, bool]] = [(tree, False)]  # and whether it is one of a list, as items are
    while left:
        node, listed = left.pop()
        if isinstance(node, Scalar):
            found = _bracket(node, place)
            if found is not None:
                return found
        elif isinstance(node, Items):
            left += [(one, True) for one in node.items]
        else:
            for key, value in node.pairs:
                if (key.place.line, key.place.column) == (place.line, place.column):
                    return _item(node, key, value, listed)
            left += [(value, False) for _, value in node.pairs]
    raise NudgeError(f"no cue stands at line {place.line}, column {place.column}: the script has changed since")


def _item(node: Pairs, head: Scalar, value: Node, listed: bool) -> _Cue:
    if not isinstance(value, Scalar):
        raise NudgeError("this is no cue")
    short = value if head.text in SHORT else None
    beside = {key.text: one for key, one in node.pairs if isinstance(one, Scalar) and key is not head}
    return _Cue(
        short=short, begin=0, end=len(value.text), bracket=False, beside=beside, node=node, head=head, listed=listed
    )


def _bracket(scalar: Scalar, place: Place) -> _Cue | None:
    """The cue in brackets at `place`, when it is in this text."""
    ends = [(0, scalar.place.line, scalar.place.column), *scalar.offsets]
    for (begin, line, column), stop in zip(ends, [*(one[0] for one in ends[1:]), len(scalar.text)], strict=True):
        at = begin + place.column - column
        if line == place.line and begin <= at < stop and scalar.text[at] == "[":
            end = scalar.text.find("]", at)
            if end > 0:
                return _Cue(short=scalar, begin=at + 1, end=end, bracket=True, beside={}, node=None, head=None)
    return None


def _wanted(cue: _Cue, key: Key, value: str) -> str:
    """What the value should read as afterwards."""
    if key != "at":
        return value
    scalar, begin, end = next(_standing(cue, key))
    there = scalar.text[begin:end]
    plain = plain_signs(there)
    found = _OFFSET.search(plain, plain.rfind('"') + 1)
    return f"{there[: found.start()] if found else there} {value}"


def _check(before: Node, text: str, place: Place, key: Key, wanted: str) -> None:
    """Raises NudgeError unless the new text has the value wanted, and all else as it was."""
    tree, problems = read_tree(text, place.file)
    if problems or tree is None:
        raise NudgeError("it cannot be written here so that it is read as meant; change it by hand")
    now = next(_standing(_find(tree, place), key), None)
    if now is None or " ".join(now[0].text[now[1] : now[2]].split()) != " ".join(wanted.split()):
        raise NudgeError("it cannot be written here so that it is read as meant; change it by hand")
    old, new = list(_values(before)), list(_values(tree))
    added = len(new) - len(old)
    differing = sum(1 for a, b in zip(old, new, strict=False) if a != b) if added == 0 else 0
    if added not in (0, 2) or differing > 1 or (added == 2 and not _one_more(old, new)):
        raise NudgeError("something else would change with it; change it by hand")


def _values(tree: Node) -> Iterator[str]:
    """Every key and value in the order written."""
    match tree:
        case Scalar():
            yield tree.text
        case Items():
            for one in tree.items:
                yield from _values(one)
        case Pairs():
            for key, one in tree.pairs:
                yield key.text
                yield from _values(one)


def _one_more(old: list[str], new: list[str]) -> bool:
    """Whether `new` is `old` with a key and its value put in."""
    at = next((index for index, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    return old[at:] == new[at + 2 :]


def key_named(name: str) -> Key:
    """One of `KEYS` by its name. Raises NudgeError."""
    for key in KEYS:
        if key == name:
            return key
    raise NudgeError(f"'{name}' cannot be nudged{nearest(name, KEYS)}")
