"""What an audition page shows, before any of it is made: the nouns that pack and recipes share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from producer.audio import Audio
from producer.frozen import dataclass

EDGE_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Samples to be heard and seen."""

    audio: Audio
    onset: int | None = None  # the sample that lands on the cue; None: nothing does
    loudness_lufs: float | None = None  # what the mix levels it by; None: the loudness of these samples
    marks: tuple[int, ...] = ()  # other samples worth a line: the hits of a walk, the seam of a loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One player with its pictures. Takes of one `name` sound and look the same."""

    label: str
    name: str  # from `cache.key`: all that the samples depend on
    make: Callable[[], Heard]
    note: str = ""
    wide: bool = False
    mixed: bool = False  # at the mix's level, where a peak over full scale is still mastered


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A setting of a recipe as it stands."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    says: str
    given: bool  # by the pack; else it rests at the recipe's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a sound, or one of its layers, is made of."""

    how: str  # "foley" or "files"
    what: str  # the recipe's name, or file names
    says: str = ""
    level_db: float = 0.0
    delay_s: float = 0.0
    knobs: tuple[Knob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose it is, for the line under a sound."""

    author: str
    licence: str
    source: str = ""
    changed: str = ""
    files: str = ""  # which files, when a pool has several owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A role of a pack, or a recipe."""

    name: str
    title: str
    kind: str
    facts: tuple[tuple[str, str], ...] = ()  # name and value, in the order shown
    parts: tuple[Part, ...] = ()
    owners: tuple[Owner, ...] = ()
    takes: tuple[Take, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole page."""

    title: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    homepage: str = ""
    readme: str = ""
    entries: tuple[Entry, ...] = ()


def cut_out(audio: Audio, rate_hz: int) -> Audio:
    """A stretch of what goes on for ever, with short fades: a cut would be heard and seen as a click of ours."""
    edge = min(round(EDGE_S * rate_hz), len(audio) // 2)
    faded = np.array(audio, np.float32)
    rise = np.square(np.sin(np.linspace(0.0, np.pi / 2, edge, dtype=np.float32)))[:, None]
    faded[:edge] *= rise
    faded[len(faded) - edge :] *= rise[::-1]
    return faded
