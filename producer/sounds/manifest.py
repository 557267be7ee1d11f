"""What may stand in a pack.yaml, as pydantic models, and their mistakes as located problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from producer.errors import Problem, nearest
from producer.model.pace import Pace
from producer.model.patterns import read_pattern
from producer.model.sound import Kind
from producer.sounds import quantity, ucs
from producer.sounds.document import Items, Node, Pairs, Text, place_of, plain

RESERVED = frozenset(
    {"now", "start", "end", "of", "word", "after", "mark", "line", "next", "scene", "all", "pause", "beat"}
)
VERSION = re.compile(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")


def _read(reader: Callable[[str], Any]) -> BeforeValidator:
    def read(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError("one value belongs here")
        return reader(value)

    return BeforeValidator(read)


def _positive(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,40}(?:\.[0-9]{1,40})?", text) or not 0.0 < float(text) <= 1000.0:
        raise ValueError(f"'{text}' is not a weight; write a number over 0, such as 2")
    return float(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 99:
        raise ValueError(f"'{text}' is not a number of variations; write 1 to 99")
    return int(text)


def _onset(text: str) -> float | None:
    return None if text == "auto" else quantity.duration_s(text)


def _name(text: str) -> str:
    if not re.fullmatch(r"\w+", text):
        raise ValueError(f"'{text}' is no role: roles are letters, digits and _")
    if text in RESERVED:
        raise ValueError(f"'{text}' has a meaning of its own in scripts; choose another name")
    return text


def _catalogue_id(text: str) -> str:
    wrong = ucs.objection(text)
    if wrong:
        raise ValueError(wrong)
    return text


def _pack_name(text: str) -> str:
    if not re.fullmatch(r"\w[\w-]*", text):
        raise ValueError(f"'{text}' is no name for a pack: letters, digits, _ and - only")
    return text


def objection_to_name(text: str) -> str:
    """Why no pack can be called `text`, or nothing."""
    try:
        _pack_name(text)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _semantic_version(text: str) -> str:
    if not VERSION.fullmatch(text):
        if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
            raise ValueError(f"'{text}' is not a version; write it as {text}{'.0' * (2 - text.count('.'))}")
        raise ValueError(f"'{text}' is not a version; write it like 1.2.0")
    return text


def _wrapped(value: object) -> object:
    """A single `files: x.flac`, or a name among entries, in its full form."""
    entries = value if isinstance(value, list) else [value]
    return [{"file": entry} if isinstance(entry, str) else entry for entry in entries]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _pattern(text: str) -> str:
    read_pattern(text)
    return text


Time = Annotated[float, _read(quantity.duration_s)]
Role = Annotated[str, AfterValidator(_name)]
Name = Annotated[str, Field(max_length=500)]
Line = Annotated[Name, AfterValidator(lambda text: " ".join(text.split()))]
"""What is printed as it is, in credits and tags, where a line of its own would say something else."""
Patterns = Annotated[
    tuple[Annotated[Name, AfterValidator(_pattern)], ...], BeforeValidator(_listed), Field(min_length=1, max_length=200)
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Loop(_Part):
    """Where a recorded bed loops."""

    start: Time = 0.0
    end: Time

    @model_validator(mode="after")
    def _in_order(self) -> Loop:
        if self.end <= self.start:
            raise ValueError("a loop ends after its start")
        return self


class Vary(_Part):
    """How far one playing may stray from the next."""

    pitch: Annotated[float, _read(quantity.pitch_spread_cents)] = 0.0
    level: Annotated[float, _read(quantity.level_spread_db)] = 0.0


class FileEntry(_Part):
    """A recording, or several by a glob, with what is special about it."""

    file: Name
    title: Line = ""
    weight: Annotated[float, _read(_positive)] = 1.0
    author: Line = ""
    licence: Line = ""
    source: Line = ""
    changed: Line = ""
    onset: Annotated[float | None, _read(_onset)] = None


Files = Annotated[tuple[FileEntry, ...], BeforeValidator(_wrapped), Field(min_length=1)]
Settings = dict[str, str]


class _Made(_Part):
    CHOICE: ClassVar[tuple[str, ...]] = ("foley", "files")

    foley: Name = ""
    settings: Settings = {}
    files: Files | None = None

    @model_validator(mode="after")
    def _one_source(self) -> _Made:
        given = [name for name in self.CHOICE if getattr(self, name)]
        if len(given) != 1:
            asked = " or ".join(f"'{name}'" for name in self.CHOICE)
            raise ValueError(f"{'only ' if given else ''}one of {asked} belongs here")
        if self.settings and not self.foley:
            raise ValueError("'settings' turn the knobs of a recipe: they need 'foley' beside them")
        return self


class LayerEntry(_Made):
    """One of several sounds that are heard as one."""

    level: Annotated[float, _read(quantity.level_db)] = 0.0
    delay: Time = 0.0


class SoundEntry(_Made):
    """What stands under a role."""

    CHOICE: ClassVar[tuple[str, ...]] = ("foley", "files", "layers")

    title: Line = ""
    ucs: Annotated[str, AfterValidator(_catalogue_id)] = ""
    kind: Kind | None = None  # None: as the recipe is, else a hit
    layers: Annotated[tuple[LayerEntry, ...], Field(min_length=1, max_length=16)] | None = None
    variations: Annotated[int | None, _read(_count)] = None
    pace: Annotated[Pace | None, _read(quantity.pace)] = None
    vary: Vary = Vary()
    aliases: Annotated[tuple[Role, ...], BeforeValidator(_listed)] = ()
    onset: Annotated[float | None, _read(_onset)] = None
    loop: Loop | None = None
    author: Line = ""
    licence: Line = ""
    source: Line = ""
    changed: Line = ""


class Head(_Part):
    """The top of a pack.yaml, without its sounds."""

    pack: Annotated[str, AfterValidator(_pack_name)]
    version: Annotated[str, AfterValidator(_semantic_version)] = "0.0.0"
    title: Line = ""
    author: Line = ""
    licence: Line = ""
    homepage: Line = ""


class Words(_Part):
    """By role, the words of a story that it stands for: `render draft` suggests the role where it finds them."""

    words: dict[Role, Patterns] = {}


_Entry = TypeVar("_Entry", bound=_Part)
_KNOWN: Mapping[str, type[_Part]] = {"files": FileEntry, "layers": LayerEntry, "vary": Vary, "loop": Loop}


def validated(model: type[_Entry], node: Node, also: tuple[str, ...] = ()) -> _Entry | list[Problem]:
    """`node` as a `model`, or every problem that keeps it from being one.

    Args:
        also: keys that stand beside the model's own in the document and are read elsewhere.
    """
    value = plain(node)
    if isinstance(value, dict):
        value = {name: found for name, found in value.items() if name not in also}
    try:
        return model.model_validate(value)
    except ValidationError as found:
        return [
            _problem(model, node, error["loc"], error["type"], error["msg"], also)
            for error in found.errors()
            if error["type"] != "too_short" or _is_empty(_at(node, error["loc"]))
        ]


def _problem(
    model: type[_Part], node: Node, path: tuple[int | str, ...], kind: str, message: str, also: tuple[str, ...]
) -> Problem:
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        container = next((part for part in reversed(path[:-1]) if isinstance(part, str) and part in _KNOWN), "")
        known = {*(_KNOWN[container] if container else model).model_fields, *(() if container else also)}
        return Problem(place_of(node, path, key=True), f"unknown key '{name}'{nearest(name, known)}")
    if kind == "missing":
        return Problem(place_of(node, path[:-1]), f"'{name}' is missing here")
    if kind == "value_error":
        return Problem(place_of(node, path), message.removeprefix("Value error, "))
    if kind == "literal_error":
        there = _at(node, path)
        written = there.text if isinstance(there, Text) else ""
        return Problem(
            place_of(node, path), f"'{written}' is no {name}{nearest(written, ('bed', 'hit', 'steps', 'stinger'))}"
        )
    said = {
        "string_type": "one line of text belongs here",
        "string_too_long": "longer than 500 characters",
        "tuple_type": "a list belongs here, with '- ' before each item",
        "dict_type": "a mapping belongs here, as in {strength: 0.6}",
        "model_type": "a mapping of keys and values belongs here",
        "too_short": "at least one item belongs here",
        "too_long": "too many items",
    }
    return Problem(place_of(node, path), f"'{name}': {said.get(kind, message)}" if name else said.get(kind, message))


def _at(node: Node, path: tuple[int | str, ...]) -> Node:
    for part in path:
        if isinstance(node, Pairs) and isinstance(part, str):
            node = node.get(part) or node
        elif isinstance(node, Items) and isinstance(part, int):
            node = node.items[part]
    return node


def _is_empty(node: Node) -> bool:
    """pydantic counts the items that passed: a list of nothing but mistakes is "too short" too, which misleads."""
    return not (isinstance(node, Items) and node.items)
