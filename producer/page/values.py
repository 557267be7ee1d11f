"""What the listening page is made from: plain values, in seconds, that know nothing of files or of other stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.model.profile import Profile
from producer.model.sound import Origin
from producer.model.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an episode is, for people."""

    title: str
    show: str = ""
    season: int | None = None
    episode: int | None = None
    language: str = "en"
    writer: str = ""
    producer: str = ""
    summary: str = ""
    date: str = ""
    script: str = ""  # the script's file, as outputs name it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the audit found not to be as planned."""

    start_s: float
    end_s: float
    what: str
    mend: str = ""
    where: str = ""  # file:line:column
    clip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the meters say of a finished file. None: silence, or not measured."""

    lufs: float | None = None
    range_lu: float | None = None
    peak_dbtp: float | None = None
    sample_peak_db: float | None = None
    rms_db: float | None = None
    floor_db: float | None = None
    mono_loss_lu: float | None = None
    channels: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One mix that can be listened to."""

    name: str
    title: str  # for people
    says: str  # one sentence for who chooses
    file: str  # relative to the page, `/` between folders
    measured: Measured = Measured()
    profile: Profile | None = None
    faults: frozenset[str] = frozenset()
    """What the profile does not take, by kind: `loudness`, `peak`, `rms`, `floor` …"""
    findings: tuple[Finding, ...] = ()
    audited: bool = False
    short_lufs: Sequence[float | None] = ()
    """Short-term loudness every `short_step_s`, None in silence."""
    short_step_s: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """The standard mix to be drawn, in steps of `step_s`: shape (steps,) each, dB; -inf in silence."""

    step_s: float
    peak_db: NDArray[np.float64]
    """The highest sample of each step."""
    body_db: NDArray[np.float64]
    """How loud each step is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Each ends where the next begins."""

    title: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A sound that the transcript names, in words."""

    start_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A member of the cast who is heard; `source` is the synthetic voice, "" for a person."""

    name: str
    source: str = ""
    replica_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the page shows."""

    facts: Facts
    timeline: Timeline
    mixes: tuple[Mix, ...]  # the standard one first
    wave: Wave | None = None
    chapters: tuple[Chapter, ...] = ()
    noises: tuple[Noise, ...] = ()
    speakers: Mapping[str, str]  # speech clip -> who speaks
    titles: Mapping[str, str]  # role -> what its pack calls it
    voices: tuple[Voice, ...] = ()
    disclosure: str = ""
    origins: tuple[Origin, ...] = ()
    cover: bytes | None = None  # JPEG or PNG
