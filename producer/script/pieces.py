"""The items of a scene as written, not yet looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.script import Length, Margin, Token
from producer.script.keys import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What stands between two words: a rest, a mark, or a sound (which may make the voice wait)."""

    before_token: int
    place: Place
    written: str = ""  # in the brackets
    rest: Length | None = None
    mark: str = ""
    cue: Piece | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One item as written.

    `kind` is an item's key, or `speech`; `name` is a role, a member, a treatment, a mark or an id.
    """

    kind: str
    name: str
    place: Place
    name_place: Place
    id: str
    named: bool  # whether the script gave the id
    id_place: Place
    asked: Asked = field(default_factory=Asked)
    length: Length | None = None
    tokens: tuple[Token, ...] = ()
    between: tuple[Between, ...] = ()
    original: Piece | None = None  # in an edition: the line as the script says it that it is an edition of


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAsWritten:
    """One scene: its own keys, and its items in order."""

    id: str
    named: bool
    id_place: Place
    place: Place
    title: str
    asked: Asked  # room and gap
    hear: Piece | None
    crossfade_s: Fraction
    margin: Margin
    changes: Mapping[str, Asked]
    """What its `cast` changes, by member."""
    pieces: tuple[Piece, ...]
