"""What the tests of foley measure on a sound."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from producer.foley import RECIPES
from producer.model.foley import Made

RATE = 48_000


@functools.cache
def make(name: str, seed: int = 1, length_s: float | None = None, rate_hz: int = RATE, **given: float) -> Made:
    one = RECIPES[name]
    assert one.hit is not None
    return one.hit(one.filled(given), length_s, rate_hz, seed)


def mono(made: Made) -> NDArray[np.float64]:
    return made.audio.astype(np.float64).mean(axis=1)


def energy(wave: NDArray[np.float64], window_s: float = 0.004, rate_hz: int = RATE) -> NDArray[np.float64]:
    """Mean square over a short window that ends at each sample."""
    width = round(window_s * rate_hz)
    total = np.cumsum(np.concatenate([np.zeros(width), wave**2]))
    return (total[width:] - total[:-width]) / width


def t60_s(wave: NDArray[np.float64]) -> float:
    """Reverberation time by Schroeder's backward integral, from -5 to -25 dB."""
    left = np.cumsum(wave[::-1] ** 2)[::-1]
    level = 10.0 * np.log10(np.maximum(left / left[0], 1e-12))
    at = np.flatnonzero((level < -5.0) & (level > -25.0))
    slope = np.polyfit(at / RATE, level[at], 1)[0]
    return float(-60.0 / slope)


def rises(wave: NDArray[np.float64], high_hz: float, apart_s: float, share: float) -> NDArray[np.intp]:
    """Where strokes begin: peaks of the rise of energy above `high_hz`."""
    bright = signal.sosfilt(signal.butter(2, high_hz, "highpass", fs=RATE, output="sos"), wave)
    level = np.sqrt(energy(bright, 0.003))
    climb = np.diff(level, prepend=0.0)
    return signal.find_peaks(climb, height=share * climb.max(), distance=round(apart_s * RATE))[0]


def strongest_hz(wave: NDArray[np.float64], low_hz: float, high_hz: float) -> float:
    freqs, power = signal.welch(wave, RATE, nperseg=min(len(wave), 32_768))
    band = (freqs >= low_hz) & (freqs <= high_hz)
    return float(freqs[band][np.argmax(power[band])])


def centre_hz(wave: NDArray[np.float64], start_s: float = 0.0, stop_s: float | None = None) -> float:
    """The centre of the power spectrum of a stretch, its ends tapered."""
    part = wave[round(start_s * RATE) : None if stop_s is None else round(stop_s * RATE)]
    power = np.abs(np.fft.rfft(part * signal.windows.tukey(len(part), 0.05))) ** 2
    return float((power * np.fft.rfftfreq(len(part), 1.0 / RATE)).sum() / power.sum())


def share_of(wave: NDArray[np.float64], low_hz: float, high_hz: float) -> float:
    """The share of the power that lies between two frequencies."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    freqs = np.fft.rfftfreq(len(wave), 1.0 / RATE)
    return float(power[(freqs >= low_hz) & (freqs < high_hz)].sum() / power.sum())
