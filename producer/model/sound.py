"""What a pack offers for a role, and how a stage that needs samples asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.model.pace import Pace

Kind = Literal["bed", "hit", "steps", "stinger"]

SettingsAt = Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]
"""Times in seconds since the bed's start, shape (t,) -> each setting's value at those times, shape (t,)."""


STEP_S = 0.4
"""BS.1770's momentary window, in whose energy the loudness of steps is told; at a brisk walk it holds one step."""

PASSING = "passing"
"""The setting of a sound that goes by of itself: 1 it does, 0 it stays where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One role as the first pack that fills it has it."""

    role: str  # as asked for (may be an alias)
    pack: str
    title: str  # for captions: "metal scrapes"
    kind: Kind
    weights: tuple[float, ...]  # one per member of the pool
    pace: Pace | None = None
    vary_pitch_cents: float = 0.0  # half-width of the even spread
    vary_level_db: float = 0.0
    sustains: bool = False
    """Made for any length asked of it (foley that goes on); else a sound has its own length."""
    settings: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # foley: name -> (low, high)
    resting: Mapping[str, float] = field(default_factory=dict)
    """Foley: what each setting is when the script sets nothing (the pack's, else the recipe's): where a ride begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundRef:
    """One playing of one member of a pool. Equal refs are equal samples, equally loud."""

    role: str
    member: int = 0
    settings: tuple[tuple[str, float], ...] = ()
    length_s: float | None = None  # for a sound that sustains
    pitch_cents: float = 0.0
    speed: float = 1.0
    pace_s: float | None = None
    """Of steps, where the cue's pace makes one count over another time than its pack's: the time, at most `STEP_S`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of one SoundRef without mixing it. Counts are samples at the timeline's rate."""

    length: int
    onset: int  # where the hit is
    loudness_lufs: float  # BS.1770 on its own; under 400 ms, energy over its own length
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where samples came from, for the timeline, credits and the manifest."""

    pack: str
    version: str
    title: str
    author: str
    licence: str  # SPDX
    source: str = ""  # URL
    changed: str = ""
    file: str = ""  # inside the pack
    foley: str = ""  # recipe
    sha256: str = ""  # of the file, or of recipe and settings
    licence_url: str = ""
    attribution: bool = False  # its licence asks for the author's name, and for what was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """That a member of a role's pool is heard, where the script asks for it, and what is done to it there."""

    role: str
    member: int
    place: Place
    changes: tuple[str, ...] = ()  # "trimmed", "pitched" …, in the order of `timeline.uses.CHANGES`


class BedSource(Protocol):
    """Ambience that can be read from anywhere in it: the same samples for a position, however it is cut.

    Its loudness over a long stretch is `loudness_lufs`. `length` is None when it goes on for ever, else samples.
    """

    channels: int
    loudness_lufs: float
    length: int | None

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop) counted from the bed's own beginning, shape (stop - start, channels)."""
        ...


class Palette(Protocol):
    """The sounds of an episode's packs at the timeline's rate."""

    rate_hz: int

    def sound(self, role: str) -> Sound:
        """What fills `role`."""
        ...

    def measure(self, ref: SoundRef) -> Measured: ...

    def audio(self, ref: SoundRef) -> Audio:
        """The samples of a hit, step or stinger, shape (n, 1 or 2), as they come (not levelled)."""
        ...

    def bed(
        self,
        role: str,
        seed: str,
        settings: tuple[tuple[str, float], ...] = (),
        *,
        loop: bool = False,
        pitch_cents: float = 0.0,
        speed: float = 1.0,
    ) -> BedSource:
        """A bed or music; `seed` makes two beds of one role differ; `settings` are the cue's own at its start.

        With `loop` a recording goes round without end; else it plays once and the source has a length. Foley never
        ends. `pitch_cents` and `speed` are already in what is read, and in the length.
        """
        ...

    def bed_member(self, role: str, seed: str) -> int:
        """Which member of the pool `bed(role, seed)` plays, for `origin`."""
        ...

    def origin(self, role: str, member: int = 0) -> Origin: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a script may ask for, known before any sound is made: enough to find every mistake in it."""

    sounds: Mapping[str, Sound]
    """Every role (aliases too) that the listed packs fill."""
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Roles that only packs that are not listed fill -> those packs' names."""
    packs: tuple[str, ...] = ()  # every pack that can be found
    missing_packs: tuple[str, ...] = ()
    """Listed but not found: a sound that nobody knows may be theirs."""
    unread_packs: tuple[Problem, ...] = ()
    """What is wrong in packs that are listed and cannot be read: such a sound may be theirs, too."""
    voices: Set[str] | None = None
    """Names a member's `voice` may have, without `+variant`; None: not known, do not check."""
    variants: frozenset[str] = frozenset()  # what may follow `+`
