"""Rendered episodes as the feed sees them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from producer.feed.moment import Moment
from producer.frozen import dataclass


class Voice(BaseModel):
    """One member of the cast who is heard."""

    model_config = ConfigDict(frozen=True)

    name: str
    synthetic: bool
    source: str = ""


class File(BaseModel):
    """One audio file that the render left."""

    model_config = ConfigDict(frozen=True)

    file: str
    mix: str


class Facts(BaseModel):
    """`episode.json` (docs/output.md). Keys that a later version adds are passed over."""

    model_config = ConfigDict(frozen=True, strict=True)

    version: int
    title: str
    show: str = ""
    season: int | None = None
    episode: int | None = None
    language: str = "en"
    writer: str = ""
    producer: str = ""
    summary: str = ""
    date: str = ""
    explicit: bool | None = None
    voices: list[Voice] = []
    disclosure: str = ""
    untranslated: int = 0  # texts of an edition that are still the original's
    files: list[File] = []

    @property
    def synthetic(self) -> bool:
        return any(voice.synthetic for voice in self.voices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One audio file."""

    file: str
    mix: str = ""  # "" for the standard one
    title: str  # for people who choose
    type: str
    size_bytes: int
    bitrate_bps: int = 0  # 0: not known
    sri: str  # W3C subresource integrity: "sha384-…"


@dataclass(frozen=True, slots=True)
class Transcript:
    """One text with what is said."""

    file: str
    type: str
    captions: bool


@dataclass(frozen=True, slots=True)
class Soundbite:
    """A piece to show the episode by. Seconds, to the millisecond."""

    start_s: float
    length_s: float
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One folder that a render left behind."""

    slug: str  # the folder's name
    facts: Facts
    published: Moment
    media: tuple[Media, ...]  # the enclosure first
    length_s: float
    transcripts: tuple[Transcript, ...] = ()
    chapters: str = ""  # the file, "" where there are none
    soundbites: tuple[Soundbite, ...] = ()
    cover: str = ""
    credits: str = ""
    kind: str = "full"
