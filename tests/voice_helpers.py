"""Lines to speak, and engines that misbehave on purpose; workers load these by name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from producer.errors import Place
from producer.model.script import Line, Silence, Token, VoiceUse
from producer.units import Percent, Wpm
from producer.voice import pool
from producer.voice.engine import Spoken, Utterance
from producer.voice.engines import VOICES as OWN


@pytest.fixture(scope="module", autouse=True)
def kept_voices() -> Iterator[None]:
    """For files that import it: workers rest between two uses, as in a season. Each takes 0.4 s to begin."""
    resting = pool._Resting(keeping=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_resting", resting)
        yield
        for one in resting.pools:
            one.stop()


def tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(word, word) for word in text.split())


def line(
    text: str | Sequence[Token],
    voice: str = "en-gb",
    *,
    number: int = 1,
    wpm: float = 150.0,
    pitch: float = 0.0,
    rests: Sequence[int] = (),
) -> Line:
    return Line(
        id=f"line-{number}",
        scene="scene-1",
        place=Place("script/lamp.yaml", 10 + number, 9),
        tokens=tokens(text) if isinstance(text, str) else tuple(text),
        rests=tuple(Silence(after_token=rest, length=Fraction(1, 2)) for rest in rests),
        voices=(VoiceUse(member="narrator", voice=voice, rate_wpm=Wpm(wpm), pitch=Percent(pitch)),),
    )


def measured_wpm(audio: np.ndarray, words: int, rate_hz: int) -> float:
    """Words per minute by a meter of the tests' own: silences of 150 ms and more apart, of audio with shape (n, 1)."""
    samples = audio[:, 0].astype(float)
    window = rate_hz // 100
    level = np.sqrt(np.convolve(np.square(samples), np.full(window, 1.0 / window), "same"))
    quiet = np.concatenate([[False], level < level.max() * 10 ** (-45 / 20), [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(int)))
    pauses = sum(b - a for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 0.15 * rate_hz)
    return 60.0 * words / ((len(samples) - pauses) / rate_hz)


def _speech(utterance: Utterance) -> Spoken:
    """Whatever was asked, as the default voice says it."""
    return OWN["pyttsx3"].say(replace(utterance, voice="en-gb", speed=120.0))


class _Misbehaving:
    speeds = (50.0, 400.0)
    speed_per_wpm = 0.75

    def version(self, name: str) -> str:
        return "test"

    def grace_s(self, name: str) -> float:
        return 20.0

    def lack(self, name: str) -> str:
        return ""

    def names(self) -> frozenset[str]:
        return frozenset({"one"})

    def absence(self) -> str:
        return ""

    def variants(self) -> frozenset[str]:
        return frozenset()

    def pitches(self, name: str) -> tuple[float, float]:
        return -50.0, 50.0

    def language(self, name: str) -> str:
        return ""

    def worded(self, name: str) -> str:
        return ""

    def reads_ipa(self, name: str) -> bool:
        return True

    def say(self, utterance: Utterance) -> Spoken:
        if utterance.tokens[0].spoken == "well":
            return _speech(utterance)
        return self.misbehave(utterance)

    def misbehave(self, utterance: Utterance) -> Spoken:
        raise NotImplementedError


class _Crashing(_Misbehaving):
    def misbehave(self, utterance: Utterance) -> Spoken:
        os.abort()


class _Hanging(_Misbehaving):
    def misbehave(self, utterance: Utterance) -> Spoken:
        time.sleep(600.0)
        raise AssertionError


class _Failing(_Misbehaving):
    def misbehave(self, utterance: Utterance) -> Spoken:
        raise ZeroDivisionError("nothing to divide by")


class _Chatty(_Misbehaving):
    def misbehave(self, utterance: Utterance) -> Spoken:
        os.write(1, b"a C library says hello\n")
        return _speech(utterance)


class _Counting(_Misbehaving):
    """Its sound is as long as it has spoken often in this process."""

    def __init__(self) -> None:
        self.spoken = 0

    def misbehave(self, utterance: Utterance) -> Spoken:
        self.spoken += 1
        return Spoken(np.zeros(self.spoken, np.float32), 22050, ())


class _Toiling(_Misbehaving):
    """Has to work for a second, on the first of the cores that it may use."""

    def misbehave(self, utterance: Utterance) -> Spoken:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        until_s = time.process_time() + 1.0
        while time.process_time() < until_s:
            pass
        return _speech(utterance)


CRASHING, HANGING, FAILING, CHATTY, COUNTING = _Crashing(), _Hanging(), _Failing(), _Chatty(), _Counting()
TOILING = _Toiling()
VOICES = {"crashing": CRASHING, "hanging": HANGING, "failing": FAILING, "chatty": CHATTY, "counting": COUNTING}
VOICES |= {"toiling": TOILING}
ENGINES = tuple(f"{name}=tests.voice_helpers:{name.upper()}" for name in VOICES)
