"""Small timelines made by hand for the delivery tests."""

from pathlib import Path

from producer.audio import Audio
from producer.deliver import encode, mp3
from producer.dsp.grid import quantum_samples
from producer.errors import Place
from producer.mix.parallel import in_order
from producer.model.profile import Profile
from producer.model.script import Line, Margin, Member, Scene, Script, Token, VoiceUse
from producer.model.timeline import Clip, ClipWord, Ramp, SceneSpan, Timeline
from producer.units import Samples, Span, Wpm

RATE = 44100
HERE = Place("script/test.yaml", 1, 1)


def script_of(title: str = "A test", scenes: tuple[str, ...] = ("One", "Two"), **more: object) -> Script:
    cast = {
        "keeper": Member(key="keeper", name="The <Keeper> & co", voice="en-gb"),
        "radio": Member(key="radio", name="Radio", voice="en-us"),
    }
    use = VoiceUse(member="keeper", voice="en-gb", rate_wpm=Wpm(150))
    line = Line(id="line-1", scene="scene-1", place=HERE, tokens=(Token("Hello", "Hello"),), voices=(use,))
    made = tuple(
        Scene(id=f"scene-{n}", title=name, place=HERE, speech_margin=Margin(), items=(line,))
        for n, name in enumerate(scenes, 1)
    )
    return Script(file="script/test.yaml", sha256="0" * 64, title=title, cast=cast, scenes=made, **more)  # type: ignore[arg-type]


def speech(clip_id: str, name: str, words: list[tuple[str, float, float]]) -> Clip:
    """Words with their seconds."""
    timed = tuple(ClipWord(text, Samples(round(a * RATE)), Samples(round(b * RATE))) for text, a, b in words)
    return Clip(
        id=clip_id,
        kind="speech",
        name=name,
        scene="scene-1",
        span=Span(timed[0].start, timed[-1].end),
        place=HERE,
        hit=timed[0].start,
        level=Ramp.still(0),
        pan=Ramp.still(0),
        distance=Ramp.still(1),
        words=timed,
        text=" ".join(w for w, _, _ in words),
        source={"voice": "pyttsx3:en-gb"},
        line=clip_id,
    )


def timeline_of(seconds: float, clips: tuple[Clip, ...], scenes: tuple[tuple[str, float], ...]) -> Timeline:
    """Scenes as (title, start in seconds)."""
    ends = [start for _, start in scenes[1:]] + [seconds]
    spans = tuple(
        SceneSpan(
            id=f"scene-{n}",
            title=title,
            span=Span(Samples(round(a * RATE)), Samples(round(b * RATE))),
            place=HERE,
            room="none",
            margin=Margin(),
        )
        for n, ((title, a), b) in enumerate(zip(scenes, ends, strict=True), 1)
    )
    return Timeline(rate_hz=RATE, duration=Samples(round(seconds * RATE)), scenes=spans, clips=clips)


def write(audio: Audio, profile: Profile, path: Path, part_quanta: int = 400, jobs: int = 1) -> None:
    """A programme in its file, as a render makes it: an MP3 in parts."""
    if not encode.in_parts(profile):
        return encode.encode([audio[at : at + 30_011] for at in range(0, len(audio), 30_011)], profile, path)
    length = part_quanta * quantum_samples(profile.rate_hz)
    starts = [at for at in range(0, len(audio), length) if at == 0 or len(audio) - at > length // 4]
    cores = [Span(Samples(start), Samples(stop)) for start, stop in zip(starts, [*starts[1:], len(audio)], strict=True)]

    def made(core: Span) -> encode.Encoded:
        first, last = core.start == 0, core.end == len(audio)
        return encode.encode_part(audio, core, profile, path.parent, first=first, last=last)

    with encode.joining(profile, len(audio), path) as file:
        for encoded in in_order(made, cores, jobs):
            file.add(encoded.frames, encoded.count, mp3.crc16(encoded.frames))
    return None
