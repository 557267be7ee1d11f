"""The plan of an episode in whole samples: what the mix plays, what `timeline.json` says, what the audit looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import Literal

from producer.errors import Place
from producer.frozen import changed, dataclass
from producer.model.script import Margin
from producer.model.sound import SoundRef
from producer.units import Samples, Span

ClipKind = Literal["speech", "sound", "bed", "music"]


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value over time: straight lines between points, held before the first and after the last.

    Points are (sample on the timeline, value), samples never falling; two points on one sample are a jump.
    """

    points: tuple[tuple[int, float], ...]

    @staticmethod
    @lru_cache(maxsize=1 << 12)  # most clips stand still, at a few levels and places: they share what they can
    def still(value: float) -> Ramp:
        return Ramp(((0, value + 0.0),))  # a minus zero is found as zero

    def scaled(self, share: float) -> Ramp:
        """The same way with every value times `share`."""
        return Ramp(tuple((sample, value * share) for sample, value in self.points))

    def shifted(self, samples: int) -> Ramp:
        """The same way, `samples` later; what has one value for all time has it at any time, and stays as it is."""
        if len(self.points) == 1:
            return self
        return Ramp(tuple((sample + samples, value) for sample, value in self.points))

    @property
    def first(self) -> float:
        return self.points[0][1]

    @property
    def moves(self) -> bool:
        return any(value != self.first for _, value in self.points)


@dataclass(frozen=True, slots=True)
class ClipWord:
    text: str  # as written
    start: Samples
    end: Samples

    def shifted(self, samples: int) -> ClipWord:
        return ClipWord(self.text, Samples(self.start + samples), Samples(self.end + samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of audio inside a clip: a phrase of a line, one step of a walk, one hit.

    It begins at timeline sample `start` with its own sample `skip` and plays `length` samples.
    """

    start: Samples
    length: Samples
    skip: Samples = Samples(0)
    hit: Samples
    """The timeline sample of the moment that it is about (a step's contact, a word's onset)."""
    phrase: int = 0  # speech: index into Take.phrases
    sound: SoundRef | None = None  # sounds
    gain_db: float = 0.0
    """Chance's own part of the level (`vary`); loudness correction and `level` come on top in the mix."""

    def shifted(self, samples: int) -> Part:
        return Part(
            start=Samples(self.start + samples),
            length=self.length,
            skip=self.skip,
            hit=Samples(self.hit + samples),
            phrase=self.phrase,
            sound=self.sound,
            gain_db=self.gain_db,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One thing that is heard, at one place in the episode.

    What the mix does with it, in this order: parts (or bed source) at their loudness -> treat -> fades -> level, pan,
    distance -> room -> cut.
    """

    id: str
    kind: ClipKind
    name: str  # cast member, or role
    scene: str  # id
    span: Span  # heard from … to, echoes apart; a bed with its fades
    place: Place
    hit: Samples  # the moment it is about: a line's first word, a sound's (first) hit
    level: Ramp  # LU beside the dialogue
    pan: Ramp  # -100 … 100
    distance: Ramp  # metres
    width: Ramp = field(default_factory=lambda: Ramp.still(100.0))  # percent, stereo sources
    room: str = "none"  # "none": outside its scene, untouched by `hear`; "": dry, but inside
    through: tuple[str, ...] = ()
    """The rooms that it goes on to from `room`, evenly over its span."""
    treat: str = "none"
    fade_in: Samples = Samples(0)
    fade_out: Samples = Samples(0)
    cut: Span | None = None
    """Everything of it, echoes too, fades to nothing over this span."""
    parts: tuple[Part, ...] = ()
    text: str = ""
    words: tuple[ClipWord, ...] = ()
    voice: int = 0  # speech: index into Line.voices
    line: str = ""  # speech: the line's id (a `together` line has one clip per voice)
    # beds and music
    bed_seed: str = ""
    bed_settings: tuple[tuple[str, float], ...] = ()  # at its start, as the cue gives them
    rides: Mapping[str, Ramp] = field(default_factory=dict)  # foley settings that are ridden
    pitch_cents: float = 0.0
    speed: float = 1.0
    loop: bool = True
    duck: bool | None = None  # None: beds and music do, sounds do not
    strikes: bool = False
    """A bed that strikes at a pace (`every`): it is made of `parts`, not of a bed source."""
    source: Mapping[str, str] = field(default_factory=dict)

    def shifted(self, samples: int) -> Clip:
        """The same clip, heard `samples` later: every time in it moves by as much, and nothing else changes."""
        return changed(
            self,
            span=self.span.shifted(samples),
            hit=Samples(self.hit + samples),
            level=self.level.shifted(samples),
            pan=self.pan.shifted(samples),
            distance=self.distance.shifted(samples),
            width=self.width.shifted(samples),
            cut=None if self.cut is None else self.cut.shifted(samples),
            parts=tuple(part.shifted(samples) for part in self.parts),
            words=tuple(word.shifted(samples) for word in self.words),
            rides={name: ramp.shifted(samples) for name, ramp in self.rides.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HearSpan:
    """A treatment over everything of a scene that is not `room: none`. `amount` 0 … 1 crossfades dry to treated."""

    scene: str
    span: Span
    treat: str
    amount: Ramp
    level: Ramp  # LU, on all of it
    place: Place = Place("")

    def shifted(self, samples: int) -> HearSpan:
        """The same treatment, `samples` later."""
        span, amount, level = self.span.shifted(samples), self.amount.shifted(samples), self.level.shifted(samples)
        return replace(self, span=span, amount=amount, level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpan:
    id: str
    title: str
    span: Span
    place: Place
    room: str
    margin: Margin

    def shifted(self, samples: int) -> SceneSpan:
        return replace(self, span=self.span.shifted(samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineMark:
    name: str
    sample: Samples
    place: Place
    chapter: str = ""  # the title of the chapter that begins here

    def shifted(self, samples: int) -> TimelineMark:
        return replace(self, sample=Samples(self.sample + samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole episode. Clips are in the order of their start, then of the script."""

    rate_hz: int
    duration: Samples
    scenes: tuple[SceneSpan, ...]
    clips: tuple[Clip, ...]
    hears: tuple[HearSpan, ...] = ()
    marks: tuple[TimelineMark, ...] = ()

    def clip(self, clip_id: str) -> Clip:
        """The clip called `clip_id`; KeyError when there is none."""
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(clip_id)
