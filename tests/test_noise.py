"""Speech is told from noise by how its colour moves: every voice, hardly a word, against noises of every kind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.voice.engine import Utterance
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.finish import Trimmed, trim
from producer.voice.noise import Verdict, verdict
from tests.command_synth import NOISES, noise
from tests.voice_helpers import tokens

RATE_HZ = 22050
TEXTS = {
    "en-gb": ("Shh.", "Hush!", "Psst!", "Yes.", "Mm.", "I", "Six", "112", "Oh.", "Go on.", "No, no.", "Who is it?"),
    "es": ("Sí.", "Chist.", "Mm.", "Seis", "Ya voy.", "No lo sé."),
    "de": ("Ja.", "Pst!", "Ich", "Sechs", "Na ja.", "Wer ist da?"),
}
WHISPERS = ("+whisper", "+whisperf", "+croak")


def said(text: str, voice: str, wpm: float = 160.0) -> Trimmed:
    asked = Utterance(voice=voice, speed=0.75 * wpm, pitch=0.0, tokens=tokens(text), ends=True)
    return trim(VOICES[DEFAULT].say(asked))


def words(text: str) -> int:
    return sum(any(c.isalnum() for c in word) for word in text.split())


def readings(text: str, voice: str) -> list[tuple[NDArray[np.float32], int]]:
    return [(one.samples, one.rate_hz) for one in (said(text, voice), said(text, f"{voice}+f3"))]


@pytest.mark.parametrize(("voice", "text"), [(voice, text) for voice, texts in TEXTS.items() for text in texts])
def test_no_voice_is_refused_at_any_rate(voice: str, text: str) -> None:
    """Each text by a tenth of all variants, others for each, and by those that whisper; what is short is hardest."""
    every = sorted(VOICES[DEFAULT].variants())
    some = [*every[len(text) + words(text) :: 10], *WHISPERS]
    known = readings(text, voice)
    for number, variant in enumerate(some):
        one = said(text, voice + variant, (100.0, 160.0, 220.0, 300.0)[number % 4])
        found = verdict(one.samples, one.rate_hz, words(text), lambda: known)
        assert found is not Verdict.NOISE, variant
        assert found is Verdict.SPEECH or words(text) == 1, variant


def made(how: str, seconds: float, seed: int) -> NDArray[np.float32]:
    count = round(seconds * RATE_HZ)
    white = np.random.default_rng(seed).standard_normal(count)
    return noise(how, white, np.arange(count) / RATE_HZ).astype(np.float32)


@pytest.mark.parametrize("how", NOISES)
def test_noise_of_any_colour_and_length_is_no_speech(how: str) -> None:
    known = {text: readings(text, "en-gb") for text in ("Yes.", "Oh.", "Go on.", "Who is it?")}
    for seed, seconds in enumerate((0.15, 0.3, 0.6, 1.2, 3.0)):
        samples = made(how, seconds, seed)
        for text, beside in known.items():
            found = verdict(samples, RATE_HZ, words(text), lambda beside=beside: beside)
            # Of a vowel that is held a hum or a hiss cannot be told: then the voice is asked to say more.
            undecided = text == "Oh." and how in ("hum", "band")
            assert found is Verdict.NOISE or (undecided and found is Verdict.PERHAPS), (seconds, text)


@pytest.mark.parametrize("count", [0, 1, 10, 400])
def test_next_to_nothing_is_not_taken_for_speech(count: int) -> None:
    assert verdict(np.full(count, 0.1, np.float32), RATE_HZ, 1) is not Verdict.SPEECH
