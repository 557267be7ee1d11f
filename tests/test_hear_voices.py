"""A scene heard through a treatment leaves each of the voices that ship as loud as it was, and all the way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.mix.mixer import Mixer
from producer.model.timeline import Clip, HearSpan, Ramp
from producer.model.treatment import NAMED
from producer.model.voice import Take
from producer.units import Samples, Span
from producer.voice import speak_lines
from tests.mix_helpers import Sounds, script, spoken, take, timeline, voice
from tests.voice_helpers import line

RATE_HZ = 16000
Takes = Mapping[tuple[str, int], Take]
Plain = Mapping[tuple[str, ...], Audio]
DRY = Ramp.still(0.0)
COLOURS = [name for name in NAMED if name != "none"]
TEXTS = {
    "en-gb": "The quick brown fox jumps over the lazy dog.",
    "en-us+f3": "We are under the bridge, and they have seen us.",
    "en-us+m3": "No.",
    "de": "Wer hat die Lampe in den Hafen getragen?",
    "fr": "Il fait froid, et la mer monte toujours.",
}
TREATED = ("none", "telephone", "whisper")
"""What a member's own voice is treated with, which the scene's treatment comes on top of."""
GAP_S = 3.0
"""Between two lines: for what the first rings on with."""


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> Takes:
    lines = [line(text, who, number=number) for number, (who, text) in enumerate(TEXTS.items())]
    made = speak_lines(lines, RATE_HZ, Cache(tmp_path_factory.mktemp("cache")), 2)
    return {(who, 0): made[f"line-{number}", 0] for number, who in enumerate(TEXTS)}


@pytest.fixture(scope="module")
def plain(takes: Takes) -> Plain:
    """All of it as it is, by what the members' own voices are treated with."""
    return {treats: speech(clips(takes, treats), takes) for treats in (TREATED, TREATED[:1])}


def clips(takes: Takes, treats: tuple[str, ...] = ("none",)) -> list[Clip]:
    """Every voice one after another, each at a place of its own."""
    made, at = [], 0.5
    for treat in treats:
        for number, who in enumerate(TEXTS):
            audio = takes[who, 0].phrases[0].audio
            one = spoken(who, round(at * RATE_HZ), audio, room="", treat=treat, pan=20.0 * number - 40.0)
            made.append(replace(one, id=f"{who} {treat}", room="" if number else "small room"))
            at += len(audio) / RATE_HZ + GAP_S
    return made


def speech(made: list[Clip], takes: Takes, treat: str = "none", amount: Ramp = DRY) -> Audio:
    span = Span(Samples(0), Samples(made[-1].span.end))
    hear = HearSpan(scene="scene-1", span=span, treat=treat, amount=amount, level=Ramp.still(0.0))
    return mixed(made, takes, *() if treat == "none" else (hear,))


def mixed(made: list[Clip], takes: Takes, *hears: HearSpan) -> Audio:
    duration = max(one.span.end for one in made) + RATE_HZ
    plan = timeline(made, duration, RATE_HZ, hears=hears)
    return Mixer(plan, script(), takes, Sounds(RATE_HZ)).block(Span(Samples(0), plan.duration)).speech


def off_lu(made: list[Clip], through: Audio, plain: Audio) -> dict[str, float]:
    """By how much each line is louder than it was."""
    return {
        one.id: loudness(through[one.span.start : one.span.end], RATE_HZ)
        - loudness(plain[one.span.start : one.span.end], RATE_HZ)
        for one in made
    }


@pytest.mark.parametrize("colour", COLOURS)
def test_each_voice_is_as_loud_through_a_treatment(takes: Takes, plain: Plain, colour: str) -> None:
    made = clips(takes, TREATED)
    found = off_lu(made, speech(made, takes, colour, Ramp.still(1.0)), plain[TREATED])
    assert max(map(abs, found.values())) < 0.2, found


@pytest.mark.parametrize("colour", COLOURS)
def test_each_voice_is_as_loud_on_the_way_into_a_treatment(takes: Takes, plain: Plain, colour: str) -> None:
    made = clips(takes)
    for share in (0.2, 0.5, 0.8):
        found = off_lu(made, speech(made, takes, colour, Ramp.still(share)), plain[TREATED[:1]])
        assert max(map(abs, found.values())) < 0.5, (share, found)


def test_each_voice_is_as_loud_on_the_way_from_one_treatment_to_another(takes: Takes) -> None:
    made = clips(takes)
    whole = Span(Samples(0), Samples(made[-1].span.end))
    half = HearSpan(scene="scene-1", span=whole, treat="", amount=Ramp.still(0.5), level=Ramp.still(0.0))
    both = mixed(made, takes, replace(half, treat="muffled"), replace(half, treat="telephone"))
    assert max(map(abs, off_lu(made, both, speech(made, takes)).values())) < 0.5


def test_a_long_line_is_as_loud_through_a_treatment() -> None:
    audio = voice(24.0, RATE_HZ)
    made, takes = [spoken("long", 0, audio, room="")], {("long", 0): take(audio)}
    found = off_lu(made, speech(made, takes, "underwater", Ramp.still(1.0)), speech(made, takes))
    assert abs(found["long"]) < 0.2


def test_a_line_through_a_treatment_does_not_depend_on_what_else_is_said_there(takes: Takes) -> None:
    """So an edit of one line makes anew what it touches, not all of its scene."""
    made = clips(takes)
    other = dict(takes) | {("fr", 0): takes["de", 0]}
    before, after = (speech(made, those, "underwater", Ramp.still(1.0)) for those in (takes, other))
    first, last = made[0].span, made[-1].span
    assert np.array_equal(before[: first.end], after[: first.end])
    assert not np.array_equal(before[last.start : last.end], after[last.start : last.end])


def test_two_who_speak_at_once_are_each_as_loud(takes: Takes) -> None:
    low, high = (replace(one, span=one.span.shifted(-one.span.start)) for one in clips(takes)[:2])
    both = [replace(one, parts=(replace(one.parts[0], start=Samples(0)),)) for one in (low, high)]
    together, *alone = (speech(some, takes, "radio", Ramp.still(1.0)) for some in (both, both[:1], both[1:]))
    assert np.abs(together[: len(alone[0])] - alone[0] - alone[1][: len(alone[0])]).max() < 1e-6
