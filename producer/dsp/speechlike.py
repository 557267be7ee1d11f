"""Sound that has the average spectrum of speech: what colours and rooms are levelled with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.k_weighting import k_weighting
from producer.dsp.loudness import loudness
from producer.later import fft, signal
from producer.model.chance import rng
from producer.units import DIALOGUE_LUFS

Floats = NDArray[np.float64]

_CENTRES_HZ = np.array([63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0])
_BAND_DB = np.array([-24.0, -4.5, -2.0, 0.0, -8.5, -13.5, -16.5, -18.5, -27.0])
"""Level of the third-octave band at each centre, against the highest; men and women together.

Source: the long-term average of Byrne et al., JASA 96 (1994), rounded; its ends drawn on.
"""


def speech_power(hz: Floats) -> Floats:
    """Power density of average speech at frequencies `hz`, any shape; the scale is arbitrary, 0 Hz has none."""
    known = np.maximum(hz, 1.0)
    band_db = np.interp(np.log2(known), np.log2(_CENTRES_HZ), _BAND_DB)
    # A third-octave band widens with its centre, so equal band levels fall by 3 dB an octave in density.
    return np.where(hz > 20.0, 10.0 ** (band_db / 10.0) / known, 0.0)


def heard_power(hz: Floats, rate_hz: int) -> Floats:
    """`speech_power` as BS.1770's K-weighting passes it on."""
    _, response = signal.sosfreqz(k_weighting(rate_hz), worN=hz, fs=rate_hz)
    return np.asarray(speech_power(hz) * np.abs(response) ** 2)


def heard_energy(impulse: Audio, rate_hz: int) -> float:
    """How much louder speech gets through `impulse`, as a power ratio: 1 for a single sample of 1 in one channel.

    Args:
        impulse: an impulse response, shape (taps, channels); channels add as the loudness meter adds them.
    """
    size = fft.next_fast_len(max(len(impulse), rate_hz // 4), real=True)
    weight = heard_power(fft.rfftfreq(size, 1.0 / rate_hz), rate_hz)
    squares = np.abs(fft.rfft(np.asarray(impulse, float), size, axis=0)) ** 2
    return float((squares.sum(axis=1) * weight).sum() / weight.sum())


def speech_noise(length_s: float, rate_hz: int) -> Audio:
    """Noise with the spectrum of average speech and its syllables' rhythm, at dialogue loudness; shape (n, 1)."""
    length = round(length_s * rate_hz)
    chance = rng("speech noise", length, rate_hz)
    spectrum = fft.rfft(chance.standard_normal(length)) * np.sqrt(speech_power(fft.rfftfreq(length, 1.0 / rate_hz)))
    time = np.arange(length) / rate_hz
    # Syllables come about four a second; what is between them is some 15 dB softer.
    voiced = 0.18 + 0.82 * np.abs(np.sin(np.pi * 2.0 * time)) ** 0.7
    made = (fft.irfft(spectrum, length) * voiced)[:, None]
    made *= 10.0 ** ((DIALOGUE_LUFS - loudness(made, rate_hz)) / 20.0)
    return np.asarray(made, np.float32)
