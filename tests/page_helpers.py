"""Listening pages made by hand, and one of an episode that was rendered."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np

from producer import page
from producer.model.profile import PROFILES
from producer.model.sound import Origin
from producer.model.timeline import Clip, Ramp, Timeline
from producer.page import values
from producer.units import Samples, Span
from tests.deliver_helpers import HERE, RATE, speech, timeline_of

EVIL = "</script><script>window.hurt = 1</script><img src=x onerror='window.hurt=2'>{{ 7 * 7 }}\u2028"
"""What a title must not do."""

SCRIPT = """\
title: Two at the well
show: Harbour Nights
season: 2
episode: 7
language: en-GB
writer: Mira Okafor
packs: [ruins]
mixes: [clear_speech, narration_only]
cast:
  ada: {name: Ada Vane, voice: en-us+f3, pan: left 20}
  ben: {name: Ben Hollis, voice: en-gb}
scenes:
  - title: The well
    play:
      - bed: wind level -24 LU
      - pause: 500 ms
      - ada: Who is down there? I can hear you breathing, you know.
      - sound: boots_on_boards repeat 3
      - ben: Nobody. Only the stairs, and the sea below the stairs.
  - title: The stairs
    play:
      - ada: Then nobody has been lighting that lamp for a year.
      - music: boom at after word "year" + 200 ms, level -9 LU
      - pause: 1 s
      - ben: It lit itself as I came in at the door.
      - pause: 800 ms
"""


def noise(name: str, kind: str, start_s: float, seconds: float, number: int = 1, **more: object) -> Clip:
    """A cue, bed or music."""
    start = round(start_s * RATE)
    return Clip(
        id=f"{kind}-{number}",
        kind=kind,  # type: ignore[arg-type]
        name=name,
        scene="scene-1",
        span=Span(Samples(start), Samples(start + round(seconds * RATE))),
        place=HERE,
        hit=Samples(start),
        level=more.pop("level", Ramp.still(-12.0)),  # type: ignore[arg-type]
        pan=Ramp.still(0),
        distance=Ramp.still(1),
        source={},
        **more,  # type: ignore[arg-type]
    )


def line(number: int, start_s: float, text: str, name: str = "keeper", word_s: float = 0.3) -> Clip:
    """A line whose words are as long as each other."""
    words = [(word, start_s + at * word_s, start_s + (at + 0.9) * word_s) for at, word in enumerate(text.split())]
    return speech(f"line-{number}", name, words)


def shown(timeline: Timeline, **more: object) -> values.Shown:
    """A page of a timeline, with as little as there can be beside it."""
    given: dict[str, object] = {
        "facts": values.Facts(title="A test"),
        "mixes": (values.Mix(name="standard", title="Full mix", says="all of it", file="a.wav"),),
        "speakers": {clip.id: "The keeper" for clip in timeline.clips if clip.kind == "speech"},
        "titles": {},
    }
    return values.Shown(timeline=timeline, **(given | more))  # type: ignore[arg-type]


def bare() -> values.Shown:
    """Two lines, and nothing else that could be shown."""
    clips = (line(1, 0.5, "One two three."), line(2, 3.0, "Four five six seven."))
    return shown(timeline_of(6.0, clips, (("", 0.0),)))


def full(text: str = "The lamp is out again. Nobody lit it.", language: str = "en", evil: str = "") -> values.Shown:
    """Something of everything; with `evil` as every name, title and text that comes from outside."""
    said = evil or text
    clips = (
        noise("wind", "bed", 0.0, 12.0, level=Ramp(((0, -20.0), (3 * RATE, -12.0)))),
        line(1, 1.0, said),
        noise("knock", "sound", 4.0, 1.0),
        line(2, 6.0, said, name="radio"),
        noise("theme", "music", 9.0, 3.0),
    )
    finding = values.Finding(
        start_s=4.0,
        end_s=5.0,
        what=evil or "cue 'knock' cannot be heard",
        mend="raise it",
        where="script/test.yaml:9:5",
        clip="sound-1",
    )
    short = [-20.0 + 4 * math.sin(step / 3) for step in range(24)]
    measured = values.Measured(lufs=-16.0, range_lu=6.2, peak_dbtp=-0.4, mono_loss_lu=0.2)
    mixes = tuple(
        values.Mix(
            name=name,
            title=evil or name,
            says=evil or "so",
            file=f"{name}.wav",
            measured=measured,
            profile=PROFILES["podcast"],
            faults=frozenset({"peak"}),
            findings=(finding,),
            audited=True,
            short_lufs=short,
        )
        for name in ("standard", "night")
    )
    origins = tuple(
        Origin(
            pack=evil or "ruins",
            version="1.0.0",
            title=evil or "knock",
            author=evil or "A. Author",
            licence="CC-BY-4.0",
            source=source,
            changed=evil,
            licence_url=address,
            attribution=True,
        )
        for source, address in (
            ("javascript:window.hurt=3", "javascript:window.hurt=4"),
            ("https://example.org/knock", "https://creativecommons.org/licenses/by/4.0/"),
            (evil, "data:text/html,<script>window.hurt=5</script>"),
        )
    )
    levels = np.linspace(-50.0, -3.0, 240)
    return shown(
        timeline_of(12.0, clips, ((evil or "One", 0.0), (evil or "Two", 5.0))),
        facts=values.Facts(
            title=evil or "A test",
            show=evil or "A show",
            episode=3,
            language=language,
            writer=evil or "W. Riter",
            producer=evil or "P. Roducer",
            summary=evil or "What it is about.",
            date=evil,
        ),
        mixes=mixes,
        wave=values.Wave(step_s=0.05, peak_db=levels, body_db=levels - 8.0),
        chapters=(
            values.Chapter(title=evil or "One", start_s=0.0, end_s=5.0),
            values.Chapter(title=evil or "Two", start_s=5.0, end_s=12.0),
        ),
        noises=(values.Noise(start_s=4.0, text=evil or "a knock"),),
        speakers={"line-1": evil or "The keeper", "line-2": evil or "Radio"},
        titles={"knock": evil or "a knock", "wind": evil or "wind", "theme": evil},
        voices=(values.Voice(name=evil or "The keeper", source=evil or "pyttsx3:en-gb"), values.Voice(name="Radio")),
        disclosure=evil or "AI Voice: The keeper (pyttsx3:en-gb)",
        origins=origins,
    )


LONG_LINES, LONG_CUES, LONG_WORDS = 720, 1800, 13


def long() -> values.Shown:
    """An hour: 9,360 words, 1,800 cues, 36 beds, twelve chapters."""
    words = "The lamp is out again and nobody on the quay has lit it"
    lines = [line(n, 2.0 + n * 5.0, words, word_s=0.32) for n in range(LONG_LINES)]
    cues = [noise(f"cue_{n % 40}", "sound", n * 2.0, 0.4 + n % 5, n) for n in range(LONG_CUES)]
    beds = [noise(f"bed_{n}", "bed", n * 100.0, 140.0, n) for n in range(36)]
    clips = tuple(sorted((*lines, *cues, *beds), key=lambda clip: clip.span.start))
    scenes = tuple((f"Part {n + 1}", n * 300.0) for n in range(12))
    steps = 72_000
    levels = -20.0 + 12.0 * np.sin(np.arange(steps) / 37.0)
    return shown(
        timeline_of(3600.0, clips, scenes),
        wave=values.Wave(step_s=0.05, peak_db=levels, body_db=levels - 9.0),
        chapters=tuple(values.Chapter(title=title, start_s=start, end_s=start + 300.0) for title, start in scenes),
        mixes=(
            values.Mix(
                name="standard",
                title="Full mix",
                says="all",
                file="a.wav",
                short_lufs=[-18.0] * 7200,
                profile=PROFILES["podcast"],
            ),
        ),
    )


def written(shown: values.Shown, folder: Path, seconds: float = 12.0) -> str:
    """The page on the disk, beside silence for each mix; its address."""
    folder.mkdir(parents=True, exist_ok=True)
    for mix in shown.mixes:
        with wave.open(str(folder / mix.file), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\0\0" * round(8000 * seconds))
    path = folder / "index.html"
    path.write_text(page.html(shown), "utf-8")
    return path.as_uri()
