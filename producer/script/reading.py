"""How nodes of the tree become values: every mistake is noted where it stands, and reading goes on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from producer.errors import Place, Problem, nearest
from producer.frozen import changed, dataclass
from producer.script.keys import RESERVED, Asked, Key, field_of, setting
from producer.script.quantities import NUMBER, ReadingError, name, plain_signs
from producer.script.short import Part, missing_comma
from producer.script.tree import Items, Node, Pairs, Scalar

NEEDED = frozenset({"title", "scenes", "play"})
"""Keys that cannot be left out."""

Value = TypeVar("Value")


class Notes:
    """The mistakes found so far."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)
        self._closed: set[Place] = set()

    def add(self, place: Place, what: str) -> None:
        if place not in self._closed:
            self.problems.append(Problem(place, what))

    def close(self, place: Place, what: str) -> None:
        """The one mistake to be told of a place: what follows from it is not."""
        self.add(place, what)
        self._closed.add(place)


@dataclass(frozen=True, slots=True)
class Given:
    """One key of an item as written: its value's text and place, or (for `set`) its pairs."""

    key: str
    key_place: Place
    text: str
    place: Place
    node: Node | None = None
    short: Scalar | None = None  # the scalar of a short form, where a comma may be missing
    offset: int = 0
    guessed: bool = False  # the key is misspelt, which is said: nothing more is said of its value


def meant(wanted: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"``, or nothing. A short name is near only to one that differs in a single letter."""
    near = nearest(wanted, known)
    if "did you mean" not in near:
        return ""
    name = near.split("'")[1]
    alike = difflib.SequenceMatcher(None, wanted.casefold(), name.casefold()).ratio()
    return near if len(wanted) > 4 or alike >= 0.7 else ""


def respelt(
    pairs: Sequence[tuple[Scalar, Node]],
    known: Iterable[str],
    owner: str,
    notes: Notes,
    also: Container[str] = (),
) -> tuple[tuple[Scalar, Node], ...]:
    """The keys of `owner` with their values; one that is not known is noted.

    Where it is near one that is known and not there, it stands for that: who has read of the misspelt key need not
    read of what is missing without it as well. Else it is left out.

    Args:
        also: keys that are passed on, for they are judged elsewhere.
    """
    names = frozenset(known)
    there = {key.text for key, _ in pairs}
    found = []
    for key, node in pairs:
        if key.text in names or key.text in also:
            found.append((key, node))
            continue
        notes.add(key.place, f"{owner} has no '{key.text}'{hint(key.text, names)}")
        name = meant_name(key.text, names)
        if name and name not in there:
            there.add(name)
            found.append((changed(key, text=name), node))
    return tuple(found)


def meant_name(wanted: str, known: Iterable[str]) -> str:
    """The name that `meant` hints at; empty where there is none."""
    near = meant(wanted, known)
    return near.split("'")[1] if near else ""


def hint(wanted: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    names = sorted(set(known))
    return meant(wanted, names) or (f"; known: {', '.join(names)}" if names else "")


def as_text(node: Node, what: str, notes: Notes) -> Scalar | None:
    """The scalar that `node` is; None (and a note) when it is a list or has keys."""
    if isinstance(node, Scalar):
        return node
    notes.add(node.place, f"{what} is one value, not {'a list' if isinstance(node, Items) else 'keys of its own'}")
    return None


def as_pairs(node: Node, what: str, example: str, notes: Notes) -> Pairs | None:
    """The mapping that `node` is; an empty value is an empty mapping."""
    if isinstance(node, Pairs):
        return node
    if isinstance(node, Scalar) and not node.text.strip() and not node.quoted:
        return Pairs((), node.place)
    notes.add(node.place, f"{what} holds keys and values, as in '{example}'")
    return None


def as_items(node: Node, what: str, example: str, notes: Notes) -> tuple[Node, ...]:
    """The sequence that `node` is; one scalar is a sequence of one, an empty value an empty one."""
    if isinstance(node, Items):
        return node.items
    if isinstance(node, Scalar):
        return (node,) if node.text.strip() else ()
    notes.add(node.place, f"{what} is a list, as in '{example}'")
    return ()


def value_of(key: str, text: str, place: Place, read: Callable[[str], Value], notes: Notes) -> Value | None:
    """What `read` makes of `text`; None (and a note) when it is wrong."""
    if not text.strip():
        notes.add(place, f"'{key}' has no value; write one{'' if key in NEEDED else ', or leave the key out'}")
        return None
    try:
        return read(text)
    except ReadingError as wrong:
        notes.add(place, f"{key}: {wrong}")
        return None


def short_keys(scalar: Scalar, parts: Iterable[Part]) -> list[Given]:
    """The keys of a short form as if each stood on a line of its own."""
    return [
        Given(part.key, scalar.at(part.key_offset), part.text, scalar.at(part.offset), None, scalar, part.offset)
        for part in parts
    ]


def long_keys(pairs: Iterable[tuple[Scalar, Node]]) -> list[Given]:
    """The keys that stand beside an item."""
    return [
        Given(key.text, key.place, node.text if isinstance(node, Scalar) else "", node.place, node)
        for key, node in pairs
    ]


def read_keys(owner: str, allowed: Mapping[str, Key], given: Sequence[Given], notes: Notes) -> Asked:
    """The keys of one item. An unknown, repeated or unreadable one is noted and left out."""
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for one in as_meant(owner, allowed, given, notes):
        key = allowed[one.key]
        if one.key in places and one.key != "set":
            notes.add(one.key_place, f"'{one.key}' is given twice; keep one of them")
        elif (read := _read_value(key, one, allowed, Notes() if one.guessed else notes)) is not None:
            places[one.key] = one.place
            field = field_of(one.key)
            values[field] = {**values.get(field, {}), **read[0]} if one.key == "set" else read[0]
    _note_conflicts(places, values, notes)
    return Asked(places=places, **values)


def as_meant(owner: str, known: Collection[str], given: Sequence[Given], notes: Notes) -> Sequence[Given]:
    """The known keys, and misspelt ones as what they are near to, where that is not there. What is unknown is noted."""
    if all(one.key in known for one in given):
        return given
    there = {one.key for one in given}
    found = []
    for one in given:
        if one.key in known:
            found.append(one)
        elif (name := _note_unknown(owner, known, one, notes)) and name not in there:
            there.add(name)
            found.append(changed(one, key=name, guessed=True))
    return found


def _note_unknown(owner: str, known: Collection[str], one: Given, notes: Notes) -> str:
    """Notes a key that is not known; returns the one that is meant where it is only misspelt."""
    if not one.key:
        notes.add(one.key_place, "nothing stands after this comma; leave it out, or write a key and its value")
        return ""
    name = ""
    if one.key == "at" and "for" in known:
        what = "a sound in brackets lands where it stands; leave out 'at', or write the sound as an item"
    elif re.fullmatch(NUMBER, plain_signs(one.key)):
        what = f"'{one.key}' stands without its key{_key_of(one, known)}"
    elif one.key in RESERVED:
        what = f"{owner} has no '{one.key}'; it can have {', '.join(sorted(known))}"
    else:
        what = f"{owner} has no '{one.key}'{hint(one.key, known)}"
        name = meant_name(one.key, known)
    notes.add(one.key_place, what)
    return name


_KEY_OF_UNIT = {"LU": "level", "m": "distance", "wpm": "rate", "cents": "pitch"}


def _key_of(one: Given, known: Collection[str]) -> str:
    key = _KEY_OF_UNIT.get(one.text.strip(), "")
    return f"; write '{key} {one.key} {one.text.strip()}'" if key in known else ""


def _read_value(key: Key, one: Given, allowed: Mapping[str, Key], notes: Notes) -> tuple[Any] | None:
    if one.key == "set" and isinstance(one.node, Pairs):
        return (_settings(one.node, notes),)
    if one.node is not None and as_text(one.node, f"'{one.key}'", notes) is None:
        return None
    text = one.text
    if not text.strip():
        if one.short is None or key.bare is None:
            notes.add(one.place, f"'{one.key}' has no value; write one, as in '{one.key}: {key.example}'")
            return None
        text = key.bare
    try:
        return (key.read(text, one.place),)
    except ReadingError as wrong:
        _note_wrong(one, wrong, allowed, notes)
        return None


def _note_wrong(one: Given, wrong: ReadingError, allowed: Mapping[str, Key], notes: Notes) -> None:
    lost = missing_comma(one.text, allowed) if one.short is not None else None
    if one.short is not None and lost is not None:
        notes.add(one.short.at(one.offset + lost[1]), f"a comma is missing before '{lost[0]}'")
    else:
        notes.add(one.place, f"{one.key}: {wrong}")


def _settings(pairs: Pairs, notes: Notes) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, node in pairs.pairs:
        scalar = as_text(node, f"'{key.text}'", notes)
        value = value_of(f"set {key.text}", scalar.text, scalar.place, setting, notes) if scalar else None
        if value is not None:
            found[key.text] = value
    return found


_ONE_OF = (
    ("path", "pan", "a path says where the sound is; leave out 'pan'"),
    ("path", "distance", "a path says how far away the sound is; leave out 'distance'"),
    ("for", "until", "'for' and 'until' both say when it ends; keep one of them"),
    ("at", "lead", "'at' says when the speech begins; leave out 'lead'"),
    ("at", "gap", "'at' says when the speech begins; leave out 'gap'"),
    ("lead", "gap", "'lead' says when the speech begins; leave out 'gap'"),
)


def _note_conflicts(places: Mapping[str, Place], values: Mapping[str, Any], notes: Notes) -> None:
    if len(places) < 2:
        return
    for one, other, what in _ONE_OF:
        if one in places and other in places:
            notes.add(places[other], what)
    moves = {len(values[key]) for key in ("pan", "distance") if key in values} - {1}
    if len(moves) > 1:
        what = "pan and distance move through different numbers of places; write a 'path' instead"
        notes.add(places["distance"], what)


def take_id(given: Sequence[Given], notes: Notes, reserved: Iterable[str]) -> tuple[str, Place | None, list[Given]]:
    """The `id` among the keys (empty when there is none), its place, and the other keys."""
    others = [one for one in given if one.key != "id"]
    found = [one for one in given if one.key == "id"]
    if not found:
        return "", None, others
    if len(found) > 1:
        notes.add(found[1].key_place, "'id' is given twice; keep one of them")
    first = found[0]
    if first.node is not None and as_text(first.node, "'id'", notes) is None:
        return "", None, others
    text = value_of("id", first.text, first.place, name, notes) or ""
    return free_name("an id", text, first.place, reserved, notes), first.place, others


def free_name(thing: str, text: str, place: Place, reserved: Iterable[str], notes: Notes) -> str:
    """`text`, with a note when it is a word that the language needs for itself."""
    if text.casefold() in set(reserved):
        notes.add(place, f"'{text}' cannot be {thing}, because the language uses that word; write '{text}_1', say")
    return text


def merged(base: Asked, top: Asked) -> Asked:
    """`base` with every key that `top` gives; a new pan or distance replaces an old path."""
    if not top.places:
        return base
    if not base.places:
        return top
    changes = {field_of(key): top.value(key) for key in top.places}
    if "path" not in top.places and ("pan" in top.places or "distance" in top.places):
        changes["path"] = None
    if "set" in top.places and base.set:
        changes["set"] = {**base.set, **(top.set or {})}
    return changed(base, places={**base.places, **top.places}, **changes)
