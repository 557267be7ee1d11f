"""Every treatment, wherever it may be asked for: it is heard, it keeps the level, it comes and goes softly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.loudness import loudness, own_length_loudness
from producer.foley import RECIPES
from producer.mix.buses import Buses
from producer.mix.mixer import Mixer
from producer.model.script import Bed, Cue, Effect, Hear, Line
from producer.model.timeline import Clip, HearSpan, Ramp
from producer.model.treatment import NAMED
from producer.sounds.palette import palette
from producer.units import Samples, Span
from producer.voice import speak_lines
from tests.face_helpers import ROOT
from tests.language_helpers import checked, packs, placed
from tests.mix_helpers import Sounds, bed, bed_of, hit, script, spoken, take, timeline, voice

RATE_HZ = 16000
OWN = {"intercom": (Effect("high_pass", 400.0), Effect("drive", 12.0), Effect("low_pass", 3500.0))}
COLOURS = [*(name for name in NAMED if name != "none"), "intercom"]
SAID = voice(3.0, RATE_HZ)
TICKS = voice(2.0, RATE_HZ) * np.float32(0.5)
PALETTE = Sounds(RATE_HZ, hits={"radio": TICKS}, beds={"talk": bed_of(voice(9.0, RATE_HZ), RATE_HZ)})
SCRIPT = """\
title: Colours
packs: [ruins]
treatments: {{intercom: [high_pass 400 Hz, drive 12 dB, low_pass 3500 Hz]}}
sounds:
  knock: {{treat: {colour}}}
cast:
  ann: {{voice: en-gb, treat: {colour}}}
  ben: {{voice: en-gb}}
scenes:
  - hear: {colour}
    cast: {{ben: {{treat: {colour}}}}}
    play:
      - ann: Hello.
      - ben: Hello.
      - sound: knock
      - sound: metal_hit treat {colour}
      - bed: rain treat {colour}
      - music: drip treat {colour}
  - play:
      - ben: Hello.
        treat: {colour}
      - hear: {colour}
        at: start of line
        over: 2 s
"""


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_may_be_on_whatever_is_heard(colour: str) -> None:
    made = checked(SCRIPT.format(colour=colour))
    items = [item for scene in made.scenes for item in scene.items]
    asked = [item.treat for item in items if isinstance(item, Cue | Bed | Hear)]
    asked += [item.voices[0].treat for item in items if isinstance(item, Line)]
    assert asked == [colour] * 8
    assert made.scenes[0].hear == colour


def clips(treat: str) -> list[Clip]:
    """A line, a sound and a bed one after another, inside a scene, each with its treatment."""
    return [
        spoken("line-1", 0, SAID, room="", treat=treat),
        hit("radio", 4 * RATE_HZ, TICKS, room="", treat=treat),
        bed("talk", 7 * RATE_HZ, 15 * RATE_HZ, room="", treat=treat),
    ]


def whole(made: list[Clip], seconds: float, hears: tuple[HearSpan, ...] = ()) -> Buses:
    plan = timeline(made, round(seconds * RATE_HZ), RATE_HZ, hears=hears)
    mixer = Mixer(plan, script(treatments=OWN), {("line-1", 0): take(SAID)}, PALETTE)  # type: ignore[arg-type]
    return mixer.block(Span(Samples(0), plan.duration))


def hears(treat: str, amount: Ramp, level: float = 0.0) -> tuple[HearSpan, ...]:
    span = Span(Samples(0), Samples(15 * RATE_HZ))
    return (HearSpan(scene="scene-1", span=span, treat=treat, amount=amount, level=Ramp.still(level)),)


@pytest.fixture(scope="module")
def dry() -> Buses:
    return whole(clips("none"), 15)


PIECES: Mapping[str, tuple[str, float, float]] = {
    "a line": ("speech", 0.0, 3.0),
    "a sound": ("sounds", 4.0, 6.0),
    "a bed": ("beds", 8.0, 14.0),
}


@pytest.mark.parametrize("colour", COLOURS)
def test_what_is_treated_is_changed_and_as_loud(colour: str, dry: Buses) -> None:
    each = whole(clips(colour), 15)
    scene = whole(clips("none"), 15, hears(colour, Ramp.still(1.0)))
    for what, (bus, start, end) in PIECES.items():
        piece = slice(round(start * RATE_HZ), round(end * RATE_HZ))
        was = getattr(dry, bus)[piece]
        for made, most_lu in ((each, 0.5), (scene, 1.0)):
            now = getattr(made, bus)[piece]
            assert own_length_loudness(now, RATE_HZ) == pytest.approx(own_length_loudness(was, RATE_HZ), abs=most_lu), (
                what
            )
            assert np.square(now - was).sum() > 0.01 * np.square(was).sum(), what


@pytest.mark.parametrize("colour", COLOURS)
def test_the_way_into_a_treatment_neither_dips_nor_clicks(colour: str) -> None:
    """Long enough a way to be measured: a voice is as loud in the middle of it as at either end."""
    amount = Ramp(((0, 0.0), (15 * RATE_HZ, 1.0)))
    talk = [bed("talk", 0, 15 * RATE_HZ, room="", duck=False)]
    made, plain = whole(talk, 15, hears(colour, amount)).beds, whole(talk, 15).beds
    for second in (2, 5, 7, 9, 12):
        piece = slice(second * RATE_HZ, (second + 1) * RATE_HZ)
        assert loudness(made[piece], RATE_HZ) == pytest.approx(loudness(plain[piece], RATE_HZ), abs=1.2)


@pytest.mark.parametrize("colour", ["through_wall", "telephone", "intercom"])
def test_a_door_that_opens_does_not_click(colour: str) -> None:
    """A tone through a treatment that goes within a second has nothing far from its own frequency."""
    at = np.arange(4 * RATE_HZ)
    tone = (0.05 * np.sin(2 * np.pi * 300 * at / RATE_HZ)).astype(np.float32)[:, None]
    plain = {**OWN, "telephone": (Effect("high_pass", 320.0), Effect("low_pass", 3300.0))}
    plain["intercom"] = (Effect("high_pass", 400.0), Effect("low_pass", 3500.0))  # without what distorts a tone
    amount = Ramp(((RATE_HZ, 1.0), (2 * RATE_HZ, 0.0)))
    plan = timeline([hit("tone", 0, tone, room="")], len(at), RATE_HZ, hears=hears(colour, amount))
    mixer = Mixer(plan, script(treatments=plain), {}, Sounds(RATE_HZ, hits={"tone": tone}))  # type: ignore[arg-type]
    made = mixer.block(Span(Samples(RATE_HZ // 2), Samples(3 * RATE_HZ))).sounds
    spectrum = np.abs(np.fft.rfft(made * np.blackman(len(made))[:, None], axis=0)).max(axis=1)
    far = np.abs(np.fft.rfftfreq(len(made), 1 / RATE_HZ) - 300) > 250
    assert 20 * np.log10(spectrum[far].max() / spectrum.max()) < -80.0


def recipe(title: str) -> str:
    page = (ROOT / "docs" / "space.md").read_text("utf-8")
    return next(one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if f"title: {title}" in one)


def top_db(audio: Audio, rate_hz: int) -> float:
    """Power over 2 kHz, dB."""
    power = np.square(np.abs(np.fft.rfft(audio, axis=0))).sum(axis=1)
    return float(10 * np.log10(power[np.fft.rfftfreq(len(audio), 1 / rate_hz) > 2000].sum()))


def test_ears_ring_and_recover_over_four_seconds(tmp_path: Path) -> None:
    text = recipe("Ears ring")
    made, plan = placed(text, tmp_path)
    kept = Cache(tmp_path)
    takes = speak_lines(made.lines, plan.rate_hz, kept, 2)
    sounds = palette(packs(made.packs), plan.rate_hz, kept, RECIPES, made.seed)
    heard, open_air = (Mixer(replace(plan, hears=hears), made, takes, sounds) for hears in (plan.hears, ()))
    (went, _), *_, (start, _), (end, _) = plan.hears[0].amount.points
    assert plan.hears[0].treat == "muffled"
    assert end - start == 4 * plan.rate_hz
    half = plan.rate_hz // 2

    def lost_db(at: int) -> float:
        """What is gone of the wind's top in the half second from `at`."""
        span = Span(Samples(at), Samples(at + half))
        return top_db(open_air.block(span).beds, plan.rate_hz) - top_db(heard.block(span).beds, plan.rate_hz)

    assert lost_db(went - 2 * half) == pytest.approx(0.0, abs=0.01)
    lost = [lost_db(start - half), *(lost_db(start + second * 2 * half) for second in range(4)), lost_db(end)]
    assert lost[0] > 20.0
    assert all(later < earlier for earlier, later in pairwise(lost))
    assert lost[1] > 12.0
    assert lost[2] > 6.0
    assert lost[-1] == pytest.approx(0.0, abs=0.01)
    ringing = next(clip for clip in plan.clips if clip.name == "ringing")
    assert ringing.room == "none"
    assert ringing.span.start < start < end < ringing.span.end
