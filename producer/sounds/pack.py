"""A pack as it was read: every path resolved, every number in its unit, every sound with its licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.sound import Kind

PACE = Pace(0.55, 0.55, 0.08)
"""An unhurried walk, for steps whose pack gives no `pace`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Whose work a sound is."""

    title: str
    author: str
    licence: str  # SPDX
    source: str = ""  # URL
    changed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A recording."""

    path: Path
    inside: str  # relative to the pack, with forward slashes
    credit: Credit
    place: Place  # where the pack names it


@dataclass(frozen=True, slots=True, kw_only=True)
class FoleySource:
    """A sound made from a recipe."""

    recipe: str
    settings: tuple[tuple[str, float], ...]  # the pack's own, sorted; the rest rest at the recipe's defaults
    credit: Credit
    place: Place


Source = FileSource | FoleySource


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One of the sounds that a member is made of."""

    source: Source
    level_db: float = 0.0  # loudness beside the member's other layers at 0 dB
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One variation of a sound: a single layer, or several sounding together."""

    layers: tuple[Layer, ...]
    weight: float = 1.0
    onset_s: float | None = None  # None: found by listening (or as the recipe says)
    onset_at: Place | None = None  # where the pack gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSound:
    """What a pack has for a role."""

    role: str
    title: str
    kind: Kind
    members: tuple[Member, ...]
    place: Place
    ucs: str = ""
    aliases: tuple[str, ...] = ()
    pace: Pace | None = None
    vary_pitch_cents: float = 0.0
    vary_level_db: float = 0.0
    sustains: bool = False
    settings: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # knob -> (low, high)
    resting: Mapping[str, float] = field(default_factory=dict)  # knob -> where it is when a cue says nothing
    loop_s: tuple[float, float] | None = None  # where a recorded bed loops from and to
    loop_at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A folder of sounds."""

    name: str
    version: str
    title: str
    author: str
    licence: str
    homepage: str = ""
    folder: Path
    place: Place
    sounds: Mapping[str, PackSound]  # by role
    names: Mapping[str, str]  # every role and alias -> role
    words: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # role or alias -> patterns of words it stands for
    sha256: str = ""  # of its pack.yaml as it was read; "": it has none, and its files' names say what it is
    size_bytes: int = 0

    def find(self, name: str) -> PackSound | None:
        """What fills the role (or alias) `name`, or None."""
        role = self.names.get(name)
        return None if role is None else self.sounds[role]
