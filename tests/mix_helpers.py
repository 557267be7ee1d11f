"""Small real sounds to mix: no mocks, only a palette that holds what a test gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from producer.audio import Audio
from producer.dsp.loudness import loudness
from producer.dsp.speechlike import speech_noise
from producer.errors import Place
from producer.model.chance import rng
from producer.model.room import PRESETS
from producer.model.script import Margin, Room, Scene, Script
from producer.model.sound import BedSource, Measured, Origin, SettingsAt, Sound, SoundRef
from producer.model.timeline import Clip, HearSpan, Part, Ramp, SceneSpan, Timeline
from producer.model.voice import Phrase, Take
from producer.units import DIALOGUE_LUFS, Samples, Span

HERE = Place("test.yaml", 1, 1)
STANDARD = Margin()


def noise(samples: int, channels: int = 1, name: str = "", level: float = 0.1) -> Audio:
    """White noise, the same for a name."""
    return np.asarray(rng("test", name, samples, channels).standard_normal((samples, channels)) * level, np.float32)


@dataclass(frozen=True)
class ArrayBed:
    """A bed that goes round and round an array, exactly."""

    audio: Audio
    loudness_lufs: float
    length: int | None = None
    knob: str = ""

    @property
    def channels(self) -> int:
        return self.audio.shape[1]

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        assert 0 <= start <= stop
        assert self.length is None or stop <= self.length
        made = self.audio[np.arange(start, stop) % len(self.audio)]
        if self.knob and settings is not None:
            made = made * settings(np.arange(start, stop) / 8000.0)[self.knob][:, None].astype(np.float32)
        return made


@dataclass(frozen=True)
class Sounds:
    """A palette of arrays."""

    rate_hz: int
    hits: Mapping[str, Audio] = field(default_factory=dict)
    beds: Mapping[str, BedSource] = field(default_factory=dict)
    asked: dict[str, tuple[bool, float, float]] = field(default_factory=dict)
    """What the mix asked of each bed: (loop, pitch_cents, speed)."""

    def sound(self, role: str) -> Sound:
        return Sound(role=role, pack="test", title=role, kind="hit", weights=(1.0,))

    def measure(self, ref: SoundRef) -> Measured:
        audio = self.hits[ref.role]
        return Measured(
            length=len(audio), onset=0, loudness_lufs=loudness(audio, self.rate_hz), channels=audio.shape[1]
        )

    def audio(self, ref: SoundRef) -> Audio:
        return self.hits[ref.role]

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
        self.asked[role] = (loop, pitch_cents, speed)
        return self.beds[role]

    def bed_member(self, role: str, seed: str) -> int:
        return 0

    def origin(self, role: str, member: int = 0) -> Origin:
        return Origin(pack="test", version="1", title=role, author="", licence="CC0-1.0")


def bed_of(audio: Audio, rate_hz: int, *, length: int | None = None) -> ArrayBed:
    return ArrayBed(audio, loudness(audio, rate_hz), length)


def clip(
    kind: str,
    name: str,
    start: int,
    end: int,
    *,
    level: Ramp | float = 0.0,
    pan: Ramp | float = 0.0,
    distance: Ramp | float = 1.0,
    **rest: object,
) -> Clip:
    def ramp(value: Ramp | float) -> Ramp:
        return value if isinstance(value, Ramp) else Ramp.still(value)

    made: dict[str, object] = {
        "id": f"{kind}-{name}-{start}",
        "kind": kind,
        "name": name,
        "scene": "scene-1",
        "place": HERE,
        "span": Span(Samples(start), Samples(end)),
        "hit": Samples(start),
        "level": ramp(level),
        "pan": ramp(pan),
        "distance": ramp(distance),
    }
    return Clip(**(made | rest))  # type: ignore[arg-type]


def hit(name: str, start: int, audio: Audio, **rest: object) -> Clip:
    """A sound clip of one part that is played whole."""
    part = Part(start=Samples(start), length=Samples(len(audio)), hit=Samples(start), sound=SoundRef(role=name))
    return clip("sound", name, start, start + len(audio), **({"parts": (part,)} | rest))  # type: ignore[arg-type]


def spoken(line: str, start: int, audio: Audio, **rest: object) -> Clip:
    """A speech clip of one phrase."""
    part = Part(start=Samples(start), length=Samples(len(audio)), hit=Samples(start))
    made = {"parts": (part,), "line": line, "id": line}
    return clip("speech", "narrator", start, start + len(audio), **(made | rest))  # type: ignore[arg-type]


def bed(name: str, start: int, end: int, **rest: object) -> Clip:
    return clip("bed", name, start, end, **rest)  # type: ignore[arg-type]


def take(audio: Audio) -> Take:
    return Take(phrases=(Phrase(audio, ()),), source={}, wpm=150.0)


def voice(seconds: float, rate_hz: int) -> Audio:
    """Noise that goes like speech, at dialogue loudness."""
    made = speech_noise(max(seconds, 1.0), rate_hz)[: round(seconds * rate_hz)]
    return made * np.float32(10.0 ** ((DIALOGUE_LUFS - loudness(made, rate_hz)) / 20.0))


def timeline(
    clips: list[Clip], duration: int, rate_hz: int, *, margin: Margin = STANDARD, hears: tuple[HearSpan, ...] = ()
) -> Timeline:
    scene = SceneSpan(
        id="scene-1", title="", span=Span(Samples(0), Samples(duration)), place=HERE, room="none", margin=margin
    )
    return Timeline(rate_hz=rate_hz, duration=Samples(duration), scenes=(scene,), clips=tuple(clips), hears=hears)


def script(**rest: object) -> Script:
    scene = Scene(id="scene-1", title="", place=HERE, speech_margin=Margin(), items=())
    rooms = {name: Room(name=name, preset=name) for name in PRESETS}
    made: dict[str, object] = {
        "file": "test.yaml",
        "sha256": "",
        "title": "Test",
        "cast": {},
        "scenes": (scene,),
        "rooms": rooms,
    }
    return Script(**(made | rest))  # type: ignore[arg-type]
