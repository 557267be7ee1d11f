"""What a session is made of. Times are whole samples at the session's rate, gains linear amplitudes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.sound import Palette
from producer.model.timeline import Timeline
from producer.model.voice import Take
from producer.units import Samples, Span

Points = tuple[tuple[int, float], ...]
"""A value over time: (sample, value), straight lines between, held before the first and after the last."""


MIX_NAME = "the mix as it was (muted)"


class Curve(Protocol):
    """How far a stem is turned down under speech."""

    def gains(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Amplitudes at timeline samples [start, stop), shape (n,) or (n, bands); None where nothing is turned down."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """All that a session is made from.

    `ducking` has the curve of every stem that gives way to speech, by the stem's name (`mix.stems.stem_of`).
    `impulses` are recorded rooms at the timeline's rate, as the mixer takes them. `mix` gives the whole mix before the
    master, in stereo blocks from the beginning: it becomes a muted track to compare with. `named` says what a script's
    file is called, wherever the project is.
    """

    slug: str
    timeline: Timeline
    script: Script
    takes: Mapping[tuple[str, int], Take]
    palette: Palette
    ducking: Mapping[str, Curve] = field(default_factory=dict)
    impulses: Mapping[str, Audio] = field(default_factory=dict)
    mix: Callable[[], Iterator[Audio]] | None = None
    named: Callable[[str], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file in the session's folder."""

    file: str  # from that folder, with forward slashes
    samples: int
    channels: int
    scale: float
    """What the file's samples are multiplied by to have the level they have in the mix at `level: 0 LU`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A stretch of a file at its place on a track.

    Its gain is `volume` times `envelope` times straight-line fades; `pan` is a balance: the far side alone is turned
    down, to nothing at -1 (left) and 1 (right). Envelope times count from the item's start.
    """

    key: str  # unlike any other item's
    name: str
    clip: str
    media: Media
    start: Samples
    length: Samples
    offset: Samples  # into the file
    volume: float
    envelope: Points = ()
    pan: float = 0.0
    pan_envelope: Points = ()
    fade_in: Samples = Samples(0)
    fade_out: Samples = Samples(0)

    @property
    def end(self) -> Samples:
        return Samples(self.start + self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Items of one name in one room, or through the same doors, that do not overlap."""

    key: str
    name: str
    volume: float
    items: tuple[Item, ...]
    rooms: tuple[str, ...] = ()  # keys of the rooms that hear it: several, where it goes through a door
    send: float = 1.0
    """Level of what goes to each room, after the fader: what distance took from the direct sound, on the whole. Of
    several rooms each has its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """A folder of tracks, turned down as one."""

    key: str
    name: str
    tracks: tuple[Track, ...]
    envelope: Points = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTrack:
    """Where a room's echoes come back.

    `response` is what a convolution reverb there has to play, with nothing dry. Muted until it does, or the track would
    bring the dry sound a second time.
    """

    key: str
    name: str
    response: Media
    gain: float
    """What the room takes off the direct sound, so that a voice is as loud in it as outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A scene, or what a scene is heard through."""

    key: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything that the writers need."""

    slug: str
    title: str
    rate_hz: int
    duration: int
    buses: tuple[Bus, ...]
    rooms: tuple[RoomTrack, ...]
    scenes: tuple[Stretch, ...]
    hears: tuple[Stretch, ...]
    marks: tuple[tuple[str, int], ...]  # name, sample
    mix: Item | None = None
    """The episode as it was mixed, for a track that is muted."""

    @property
    def files(self) -> tuple[str, ...]:
        """Every sound file, once, in the order of their names."""
        items = [item for bus in self.buses for track in bus.tracks for item in track.items]
        items += [self.mix] if self.mix is not None else []
        return tuple(sorted({item.media.file for item in items} | {room.response.file for room in self.rooms}))
