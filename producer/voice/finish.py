"""From what an engine gave to what is played: trimmed, cleaned, at the timeline's rate, at the dialogue's loudness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp.loudness import loudness
from producer.frozen import dataclass
from producer.later import ndimage, signal
from producer.units import DIALOGUE_LUFS, gain
from producer.voice.engine import Onset, Spoken

Floats = NDArray[np.float64]

AUDIBLE_DB = -50.0
"""What lies this far under the phrase's loudest 5 ms, before its first and after its last sound, is silence."""
_LEAD_S, _TAIL_S, _FADE_S = 0.003, 0.012, 0.003
RUMBLE_HZ = 60.0
CREST_DB = 18.0
"""A peak may stand this far above the dialogue's loudness; more is turned down, as a voice-over compressor would."""
_MAKE_UP_DB = 0.5
_REACH_S = 0.004  # how far the turning down spreads to either side of a peak
PAUSE_S = 0.12
"""Silence of this length inside a phrase is a pause; stop consonants close for less at ordinary rates."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A phrase at its engine's rate, without silence at its ends: shape (n,), and its words' onsets in it."""

    samples: NDArray[np.float32]
    rate_hz: int
    onsets: tuple[Onset, ...]


NOTHING = Trimmed(np.zeros(0, np.float32), 22050, ())
"""What a phrase without a word gives."""


def trim(spoken: Spoken) -> Trimmed:
    """Cut the silence off both ends, a few ms outside the first and the last audible sample."""
    samples, rate_hz = spoken.samples, spoken.rate_hz
    loud = np.flatnonzero(_audible(samples, rate_hz))
    if not len(loud):
        return Trimmed(np.zeros(0, np.float32), rate_hz, ())
    start = max(0, int(loud[0]) - round(_LEAD_S * rate_hz))
    end = min(len(samples), int(loud[-1]) + 1 + round(_TAIL_S * rate_hz))
    moved = tuple(
        replace(o, start=min(max(o.start, start), end) - start, end=min(max(o.end, start), end) - start)
        for o in spoken.onsets
    )
    return Trimmed(samples[start:end], rate_hz, moved)


def _audible(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.bool_]:
    square = np.square(samples.astype(np.float64))
    power = ndimage.uniform_filter1d(square, max(1, round(0.005 * rate_hz)), mode="constant")
    top = float(power.max(initial=0.0))
    # A running sum leaves dust of its own size after loud sounds, hence the floor.
    return np.asarray(power > max(top * 10.0 ** (AUDIBLE_DB / 10.0), 1e-12), np.bool_)


def spoken_s(phrases: Sequence[Trimmed]) -> float:
    """Seconds of speech, pauses apart: what is left of the phrases without their silences of `PAUSE_S` and more."""
    total = 0.0
    for phrase in phrases:
        quiet = ~_audible(phrase.samples, phrase.rate_hz)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.view(np.int8), [0]])))
        lengths = edges[1::2] - edges[::2]
        pauses = int(lengths[lengths >= PAUSE_S * phrase.rate_hz].sum())
        total += (len(phrase.samples) - pauses) / phrase.rate_hz
    return total


def finish(phrases: Sequence[Trimmed], rate_hz: int) -> tuple[Audio, ...]:
    """The phrases as they are played, each shape (n, 1) at `rate_hz`; together at the dialogue's loudness.

    Nothing here moves a sound in time: every filter is zero-phase, the resampler's delay is its own to take away.

    Args:
        phrases: of one voice, and so all at one rate (those without a sample apart).
        rate_hz: to play them at.
    """
    heard = [phrase for phrase in phrases if len(phrase.samples)]
    steady = _joined([_steady(phrase) for phrase in heard])
    native_hz = heard[0].rate_hz if heard else rate_hz
    if not np.isfinite(loudness(steady[:, None], native_hz)):
        return tuple(silence(0, 1) for _ in phrases)
    # Peaks are turned down before there are more than twice the samples.
    level = _without_peaks(_at_dialogue_level(steady, native_hz), native_hz)
    ends = np.cumsum([0, *(len(phrase.samples) for phrase in phrases)])
    parts = [_resampled(level[a:b], native_hz, rate_hz) for a, b in pairwise(ends)]
    played = _at_dialogue_level(_joined(parts), rate_hz).astype(np.float32)[:, None]
    return tuple(played[a:b] for a, b in pairwise(np.cumsum([0, *map(len, parts)])))


def as_given(phrases: Sequence[Trimmed], rate_hz: int) -> tuple[Audio, ...]:
    """The phrases at `rate_hz`, shape (n, 1) each, and nothing else done to them: to be compared, not to be heard."""

    def lowered(phrase: Trimmed) -> Audio:
        if not len(phrase.samples):
            return silence(0, 1)
        found = soxr.resample(phrase.samples, phrase.rate_hz, rate_hz, quality="HQ")
        return np.asarray(found, np.float32)[:, None]

    return tuple(map(lowered, phrases))


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def _steady(phrase: Trimmed) -> Floats:
    """Without rumble and direct current."""
    quiet = np.zeros(round(0.05 * phrase.rate_hz))
    sections = signal.butter(1, RUMBLE_HZ, "highpass", fs=phrase.rate_hz, output="sos")
    # Both ways: 12 dB an octave together, and no delay. Each begins and ends in silence.
    there = signal.sosfilt(sections, np.concatenate([quiet, phrase.samples, quiet]))
    steady = signal.sosfilt(sections, there[::-1])[::-1]
    return np.asarray(steady[len(quiet) : len(steady) - len(quiet)], np.float64)


def _resampled(samples: Floats, native_hz: int, rate_hz: int) -> Floats:
    """At the timeline's rate, fading in and out."""
    if not len(samples):
        return samples
    high = soxr.resample(samples, native_hz, rate_hz, quality="VHQ")
    wanted = round(len(samples) * rate_hz / native_hz)
    high = np.pad(high, (0, max(0, wanted - len(high))))[:wanted]
    fade = min(round(_FADE_S * rate_hz), len(high) // 2)
    ramp = np.square(np.sin(np.linspace(0.0, np.pi / 2.0, fade, endpoint=False)))
    high[:fade] *= ramp
    high[len(high) - fade :] *= ramp[::-1]
    return np.asarray(high, np.float64)


def _at_dialogue_level(audio: Floats, rate_hz: int) -> Floats:
    return audio * gain(DIALOGUE_LUFS - loudness(audio[:, None], rate_hz))


def _without_peaks(audio: Floats, rate_hz: int) -> Floats:
    """Turn down, smoothly and beforehand, what stands more than `CREST_DB` above audio at the dialogue's loudness."""
    # What is turned down has to be made up for, so the ceiling is a little lower here.
    ceiling = gain(DIALOGUE_LUFS + CREST_DB - _MAKE_UP_DB)
    if float(np.abs(audio).max()) <= ceiling:
        return audio
    half = round(_REACH_S * rate_hz / 2)
    wanted = np.minimum(1.0, ceiling / np.maximum(np.abs(audio), ceiling))
    # The smallest gain within 2 * half on either side, averaged twice over half, is nowhere above what is wanted.
    held = ndimage.minimum_filter1d(wanted, 4 * half + 1, mode="nearest")
    for _ in range(2):
        held = ndimage.uniform_filter1d(held, 2 * half + 1, mode="nearest")
    return audio * held
