"""Stress that an engine cannot give itself, on a real voice."""

from __future__ import annotations

import numpy as np
import pytest

from producer.voice.bending import STRESS_DB, STRESS_SEMITONES, changed, stressed
from producer.voice.engine import Spoken, Utterance
from producer.voice.pool import Pool
from tests.test_voice import fundamentals_hz
from tests.voice_helpers import tokens

TEXT = "All alone we are, and now a wall, who knows all along."


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    said = Utterance(voice="en-gb", speed=140.0, pitch=0.0, tokens=tokens(TEXT), ends=True)
    with Pool(1) as workers:
        return workers.say("pyttsx3", said)


def test_a_stressed_word_is_louder_and_higher_and_no_other_is(spoken: Spoken) -> None:
    word = 3
    span = (spoken.onsets[word].start, spoken.onsets[word].end)
    found = stressed(spoken.samples, spoken.rate_hz, 0.0, [span])
    assert len(found) == len(spoken.samples)
    for onset in spoken.onsets:
        before, after = (x[onset.start : onset.end].astype(float) for x in (spoken.samples, found))
        louder_db = 10.0 * np.log10(np.square(after).mean() / np.square(before).mean())
        assert louder_db == pytest.approx(STRESS_DB if onset.token == word else 0.0, abs=1.0), onset
    own, moved = fundamentals_hz(spoken.samples), fundamentals_hz(found)
    middle = np.arange(len(own)) * 512 + 1024
    semitones = 12.0 * np.log2(np.maximum(moved, 1.0) / np.maximum(own, 1.0))
    clear = (own > 0.0) & (moved > 0.0) & (np.abs(semitones) < 6.0)
    inside = clear & (middle > span[0] + 500) & (middle < span[1])
    outside = clear & ((middle < span[0] - 2000) | (middle > span[1] + 2000))
    assert semitones[inside].max() == pytest.approx(STRESS_SEMITONES, abs=0.4)
    assert np.median(semitones[inside]) > 0.6 * STRESS_SEMITONES
    assert np.abs(semitones[outside]).max() < 0.5


def test_stress_moves_no_sound_in_time(spoken: Spoken) -> None:
    first, last = spoken.onsets[2], spoken.onsets[-1]
    found = stressed(spoken.samples, spoken.rate_hz, 0.0, [(first.start, first.end)])
    reach = round(0.02 * spoken.rate_hz)
    cut = slice(last.start - reach, last.end)
    levels = [np.convolve(np.abs(x.astype(float)), np.full(110, 1.0 / 110), "same") for x in (spoken.samples, found)]
    lags = range(-reach, reach + 1)
    best = min(lags, key=lambda lag: np.square(levels[0][cut] - np.roll(levels[1], -lag)[cut]).sum())
    assert abs(best) <= 0.006 * spoken.rate_hz


def test_without_a_word_to_stress_it_is_the_same_sound(spoken: Spoken) -> None:
    assert stressed(spoken.samples, spoken.rate_hz, 0.0, ()) is spoken.samples


@pytest.mark.parametrize("how", ["higher", "lower", "slower", "quicker", "stressed"])
def test_the_first_and_last_sounds_are_not_lost(how: str) -> None:
    rate_hz = 22050
    time_s = np.arange(rate_hz) / rate_hz
    hum = (0.5 * sum(np.sin(2.0 * np.pi * 120.0 * k * time_s) / k for k in range(1, 15))).astype(np.float32)
    tempo, pitch = {"higher": (1.0, 10.0), "lower": (1.0, -20.0), "slower": (0.7, 0.0), "quicker": (1.5, 0.0)}.get(
        how, (1.0, 0.0)
    )
    found = stressed(hum, rate_hz, 0.0, [(8000, 12000)]) if how == "stressed" else changed(hum, rate_hz, tempo, pitch)
    assert len(found) == round(len(hum) / tempo)
    middle, first, last = (np.square(part).mean() for part in (found[3000:6000], found[:440], found[-440:]))
    assert 10.0 * np.log10(min(first, last) / middle) > -2.5
