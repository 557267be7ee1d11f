"""Reverberant fields made from figures: decay by frequency, seeded noise, two channels that do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.later import fft, signal
from producer.model.chance import rng

Floats = NDArray[np.float64]

_DECAY_HZ = np.array([125.0, 1000.0, 8000.0])
_DEPTH_DB = 72.0
"""A tail is followed down to this far under its start; what is left then fades out."""


@lru_cache(maxsize=16)
def tail(low_s: float, mid_s: float, high_s: float, rate_hz: int, name: str) -> Audio:
    """A diffuse tail, shape (taps, 2), beginning at its first sample at full strength.

    Args:
        low_s, mid_s, high_s: RT60 at 125 Hz, 1 kHz and 8 kHz, seconds, over 0; between them it follows straight lines
            over the logarithm of frequency, beyond them it stays.
        name: seeds the noise.

    The noise is parted into half-octave bands that add up to it exactly, each of which then decays by its own RT60
    (the time in which a level falls by 60 dB, ISO 3382-1). Low bands of two points in a room agree, high ones do not:
    under 200 Hz the channels share their noise.
    """
    decays = np.array([low_s, mid_s, high_s])
    length = tail_taps((low_s, mid_s, high_s), rate_hz)
    chance = rng("reverb tail", name)
    size = fft.next_fast_len(length, real=True)
    spectra = fft.rfft(chance.standard_normal((3, size)), axis=1)
    hz = fft.rfftfreq(size, 1.0 / rate_hz)
    shared = np.sqrt(1.0 / (1.0 + (hz / 200.0) ** 4))
    apart = np.sqrt(1.0 - shared**2)
    octave = np.log2(np.maximum(hz, 1.0) / 62.5)
    bands = np.arange(0.0, np.log2(rate_hz / 2.0 / 62.5) + 0.5, 0.5)
    time = np.arange(length) / rate_hz
    made = np.zeros((2, length))
    for index, band in enumerate(bands):
        mask = _band(octave, band, first=index == 0, last=index == len(bands) - 1)
        rt60 = float(np.exp(np.interp(np.log(62.5 * 2.0**band), np.log(_DECAY_HZ), np.log(decays))))
        noise = fft.irfft((shared * spectra[0] + apart * spectra[1:]) * mask, size, axis=1)[:, :length]
        made += noise * np.exp(-np.log(1000.0) * time / rt60)
    ending = min(length, round(0.1 * length))
    made[:, length - ending :] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(ending) + 1.0) / (ending + 1.0))
    made[:, 0:1] *= 0.5  # a first sample at full height is a click of its own
    return np.ascontiguousarray((made / np.sqrt(np.square(made).sum() / 2.0)).T, dtype=np.float32)


def tail_taps(decays_s: Sequence[float], rate_hz: int) -> int:
    """How long a tail with these RT60 is."""
    return max(64, round(max(decays_s) * _DEPTH_DB / 60.0 * rate_hz))


def _band(octave: Floats, centre: float, *, first: bool, last: bool) -> Floats:
    """Share of each frequency that belongs to the half-octave band at `centre`; over all bands it adds up to 1."""
    away = (octave - centre) / 0.5
    share = np.where(np.abs(away) < 1.0, 0.5 + 0.5 * np.cos(np.pi * np.clip(away, -1.0, 1.0)), 0.0)
    if first:
        share = np.where(away <= 0.0, 1.0, share)
    if last:
        share = np.where(away >= 0.0, 1.0, share)
    return share


def convolve(audio: Audio, impulse: Audio) -> Audio:
    """`audio` through `impulse`: shape (len(audio) + len(impulse) - 1, channels of `impulse`).

    Args:
        audio: shape (n, 1), or with as many channels as `impulse`.
        impulse: shape (taps, channels).
    """
    if not len(audio):
        return np.zeros((0, impulse.shape[1]), np.float32)
    made = signal.oaconvolve(np.ascontiguousarray(audio.T), np.ascontiguousarray(impulse.T), axes=1)
    return np.asarray(made.T, np.float32)
