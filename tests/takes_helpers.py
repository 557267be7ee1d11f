"""Actors: other voices and rates of the default engine, with noise and small rooms, whose words' times are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from producer.cache import Cache
from producer.model.script import Line, VoiceUse
from producer.units import Percent, Wpm
from producer.voice.speak import speak_lines

RATE_HZ = 48000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Acted:
    """One reading: samples at RATE_HZ, and (token, start, end) of every word in them."""

    samples: Floats
    words: tuple[tuple[int, int, int], ...]

    def moved(self, samples: int) -> Acted:
        return Acted(self.samples, tuple((token, a + samples, b + samples) for token, a, b in self.words))


@dataclass(frozen=True)
class Actor:
    voice: str
    wpm: float = 160.0
    pitch: float = 0.0


def acted(lines: Sequence[Line], actor: Actor, cache: Cache, rest_s: float = 0.45) -> dict[tuple[str, int], Acted]:
    """Every line as an actor says it, with a pause of his own where the script has a rest, and silence at both ends."""
    asked = []
    for line in lines:
        uses = tuple(
            VoiceUse(member=use.member, voice=actor.voice, rate_wpm=Wpm(actor.wpm), pitch=Percent(actor.pitch))
            for use in line.voices
        )
        asked.append(replace(line, voices=uses))
    takes = speak_lines(asked, RATE_HZ, cache, 2)
    found = {}
    for speech, take in takes.items():
        parts: list[Floats] = [np.zeros(RATE_HZ // 2)]
        words = []
        at = len(parts[0])
        for phrase in take.phrases:
            parts += [phrase.audio[:, 0].astype(float), np.zeros(round(rest_s * RATE_HZ))]
            words += [(word.token, at + word.start, at + word.end) for word in phrase.words]
            at += len(parts[-1]) + len(parts[-2])
        parts.append(np.zeros(RATE_HZ // 4))
        found[speech] = Acted(np.concatenate(parts), tuple(words))
    return found


def in_a_room(samples: Floats, seed: int, snr_db: float | None = 20.0, decay_s: float = 0.35) -> Floats:
    """A reading in a small room (its sound 6 dB under the direct one), with a recorder's noise."""
    rng = np.random.default_rng(seed)
    made = samples
    if decay_s:
        count = round(decay_s * RATE_HZ)
        ring = rng.standard_normal(count) * 10.0 ** (-3.0 * np.arange(count) / count)
        ring[: round(0.002 * RATE_HZ)] = 0.0
        ring *= np.sqrt(10.0**-0.6 / np.square(ring).sum())
        ring[0] = 1.0
        made = signal.oaconvolve(made, ring)[: len(samples)]  # in pieces: ten minutes at once take seconds
    if snr_db is not None:
        speech = np.square(samples[np.abs(samples) > 1e-3]).mean()
        made = made + rng.standard_normal(len(made)) * np.sqrt(speech * 10.0 ** (-snr_db / 10.0))
    return made
