"""One playing of a sound that is not like the last: higher or lower, faster or slower."""

from __future__ import annotations

import numpy as np
import soxr

from producer.model.foley import Made
from producer.sounds.measuring import onset

SHORTEST = 8192
"""Samples that the stretcher needs to see; anything shorter is followed by silence while it works."""
NEAR_S = 0.03
"""How far a stretched hit may be from where it is expected and still be that hit."""


def ratio(pitch_cents: float) -> float:
    """How much faster a sound runs that is `pitch_cents` higher."""
    return float(2.0 ** (pitch_cents / 1200.0))


def varied(made: Made, rate_hz: int, pitch_cents: float, speed: float) -> Made:
    """`made` at another pitch (by varispeed, so its length changes too), then at another speed (its pitch kept)."""
    if pitch_cents:
        made = pitched(made, rate_hz, pitch_cents)
    if speed != 1.0:
        made = stretched(made, rate_hz, speed)
    return made


def pitched(made: Made, rate_hz: int, pitch_cents: float) -> Made:
    """As if the recording ran faster or slower: length and onset shrink or grow with the pitch."""
    faster = ratio(pitch_cents)
    audio = soxr.resample(made.audio, rate_hz * faster, rate_hz, quality="VHQ")
    if not len(audio):
        audio = made.audio[:1].copy()
    return Made(audio, min(len(audio) - 1, round(made.onset / faster)))


def stretched(made: Made, rate_hz: int, speed: float) -> Made:
    """The same pitch in `1 / speed` of the time (pedalboard's Rubber Band; the same samples every time)."""
    import pedalboard

    length = max(1, round(len(made.audio) / speed))
    fed = np.zeros((made.audio.shape[1], max(len(made.audio), SHORTEST)), np.float32)
    fed[:, : len(made.audio)] = made.audio.T
    raw = pedalboard.time_stretch(fed, float(rate_hz), stretch_factor=speed).T
    audio = np.zeros((length, made.audio.shape[1]), np.float32)
    audio[: min(length, len(raw))] = raw[:length]
    # The stretcher moves a hit by some milliseconds; how far, the same hit tells, found before and after.
    moved = onset(audio, rate_hz) - round(onset(made.audio, rate_hz) / speed)
    expected = round(made.onset / speed) + (moved if abs(moved) <= NEAR_S * rate_hz else 0)
    return Made(audio, min(max(expected, 0), length - 1))
