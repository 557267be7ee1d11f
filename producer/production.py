"""What goes into a production and what comes out of it: the order, the episode as placed, the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from producer.audio import Audio
from producer.audit.programme import Heard
from producer.audit.reference import Reference
from producer.deliver.shelf import Shelf
from producer.dsp.loudness import Loudness
from producer.errors import Problem
from producer.frozen import changed, dataclass
from producer.master import Plan
from producer.mix.listening import StemName, Stems
from producer.mix.margin import LineMargin
from producer.mix.night import Ride
from producer.model.formats import Format
from producer.model.head import Head
from producer.model.mixes import STANDARD, MixStyle
from producer.model.profile import Profile
from producer.model.script import Script
from producer.model.sound import Use
from producer.model.timeline import Timeline
from producer.model.voice import Take, TakeReport
from producer.project import Project
from producer.sounds.palette import PackPalette
from producer.timeline.soon import Soon
from producer.tone import Tone

if TYPE_CHECKING:  # which brings all that the audit asks: previews and hands do without
    from producer.audit.audit import Audit


class Watch(Protocol):
    """Who is told how far the work has come."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins that has `total` steps."""
        ...

    def done(self, steps: int) -> None:
        """So many of the stage's steps are done."""
        ...


class NoWatch:
    """Tells nobody."""

    def stage(self, name: str, total: int) -> None: ...

    def done(self, steps: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """How a mix goes into a file."""

    style: str
    ride: Ride | None
    tone: Tone | None
    plan: Plan
    profile: Profile


class Crew(Protocol):
    """Other processes that make parts of an episode.

    What they make they leave where this process looks for it: in the cache, and on the shelf. So it does not matter
    what they could not do, or whether there are any.
    """

    def listen(self, palette: PackPalette, soon: Callable[[], Soon], shelf: Callable[[], Shelf]) -> None:
        """Sounds will be asked about soon: whoever is there finds out how long and loud they are."""
        ...

    def expect(self, placed: Placed, styles: Sequence[MixStyle], stems: Stems, shelf: Shelf) -> None:
        """An episode comes of which it is not known yet what is to be made: whoever is there can get ready for it."""
        ...

    def begin(self, placed: Placed, styles: Sequence[MixStyle], stems: Stems, shelf: Shelf, parts: int) -> bool:
        """Get ready for an episode of which `parts` are to be mixed; False when this process does that as quickly."""
        ...

    def mix(self, parts: Sequence[int]) -> Iterator[tuple[int, frozenset[StemName]]]:
        """Mix parts; each as it is done or given up, in no order, with the stems that are on the shelf."""
        ...

    def finish(self, how: Finish, parts: Sequence[int]) -> Iterator[int]:
        """Master, encode and hear parts of a mix; each in this order, when it is done or given up."""
        ...

    def dismiss(self) -> None:
        """Nothing more is asked of them for this episode: they end, and what they held is free."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What of an episode is wanted as a preview: a scene by its number, or what is between two times, or all of it."""

    scene: int | None = None  # counts from 1
    called: str = ""
    """A scene by its id or its title, whose number is not known before the script is read."""
    start_s: float | None = None
    end_s: float | None = None
    draft: bool = False
    """Encoded in a hurry."""

    @property
    def name(self) -> str:
        """What stands in the file's name."""
        what = [] if self.scene is None else [f"scene-{self.scene}"]
        if self.start_s is not None or self.end_s is not None:
            what += [f"{_clock(self.start_s or 0.0)}-{'end' if self.end_s is None else _clock(self.end_s)}"]
        return ".".join([*what, *(["draft"] if self.draft else [])])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{minutes:.0f}m{rest:g}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user asked for."""

    project: Project
    output: Path | None = None
    packs: tuple[str, ...] = ()  # searched before the script's own
    profile: str | None = None
    formats: tuple[str, ...] = ()  # of `model.formats.FORMATS`; none: the profile's own
    mixes: tuple[str, ...] = ()  # beside the standard one and those that the script asks for
    stems: Stems = "none"
    sofa: Path | None = None  # the head of the binaural mix, which it asks for
    session: tuple[str, ...] = ()  # formats of `session.FORMATS` that a DAW opens
    strict: bool = False  # a finding of the audit fails the render
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What actors have recorded of the script."""

    takes: tuple[TakeReport, ...] = ()  # those that are heard, in reading order
    strays: tuple[tuple[str, str], ...] = ()  # files that are nobody's take, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What is known of an episode once it is placed, and stays known when its sounds are let go."""

    script: Script
    profile: Profile
    timeline: Timeline
    torn: tuple[Problem, ...] = ()  # recordings that are not all there, and are heard up to where they end
    filled: Mapping[str, tuple[str, ...]]  # pack, in the order in which they are asked -> the script's roles it fills
    recorded: Recorded = Recorded()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Outline):
    """An episode that is spoken, sounded and placed, but not mixed yet."""

    takes: Mapping[tuple[str, int], Take]
    uses: tuple[Use, ...]  # of sounds that are heard
    palette: PackPalette
    impulses: Mapping[str, Audio]  # of recorded rooms, by their file
    head: Head | None = None  # the listener's own, where the order names one

    def outline(self) -> Outline:
        """What stays known of it."""
        return Outline(**{field.name: getattr(self, field.name) for field in fields(Outline)})

    def without_words(self) -> Placed:
        """As much of it as is heard, for those who mix it elsewhere: half as much to send, and to hold."""
        if not self.script.scenes:  # it is that much already
            return self
        clips = (changed(clip, text="", words=(), source={}) for clip in self.timeline.clips)
        takes = {
            speech: changed(take, phrases=tuple(changed(phrase, words=()) for phrase in take.phrases), source={})
            for speech, take in self.takes.items()
        }
        return changed(
            self,
            script=changed(self.script, scenes=(), brought=(), changed=()),
            timeline=changed(self.timeline, clips=tuple(clips), marks=()),
            takes=takes,
            uses=(),
            recorded=Recorded(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A part of an episode that was made to be heard before the rest."""

    file: Path
    length_s: float
    start_s: float | None  # on the episode's timeline; None where that is not known before all of it is spoken
    end_s: float | None
    as_in_whole: bool
    """Whether it is as loud as in the whole episode; else only that it has the profile's loudness by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One mix as it was delivered."""

    style: MixStyle
    kind: Format
    file: Path
    heard: Heard  # in the decoded file
    reference: Reference  # what should be heard in it
    margins: tuple[LineMargin, ...]
    plan: Plan
    rounds: int

    @property
    def measured(self) -> Loudness:
        """What the meters say of the decoded file."""
        return self.heard.loudness


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Outline):
    """What a producer wants to know when it is done."""

    mixes: tuple[Delivered, ...]  # the standard one first, in the first format
    further: tuple[Delivered, ...] = ()  # the same in other formats
    audits: tuple[Audit, ...]  # of each of `mixes`, then of each of `further`
    stems: tuple[Path, ...] = ()
    files: tuple[Path, ...]  # all of them

    @property
    def standard(self) -> Delivered:
        return self.mixes[0]

    @property
    def measured(self) -> Loudness:
        """What the meters say of the standard mix, decoded."""
        return self.standard.measured

    @property
    def margins(self) -> tuple[LineMargin, ...]:
        """Of the standard mix."""
        return self.standard.margins

    def mix(self, name: str) -> Delivered:
        """The mix called `name`; KeyError when it was not made."""
        return {made.style.name: made for made in self.mixes}[name]


def audio_name(slug: str, style: MixStyle, suffix: str) -> str:
    """What a mix's file is called."""
    return f"{slug}{suffix}" if style == STANDARD else f"{slug}.{style.name}{suffix}"
