"""Beds to listen to in tests, and the figures that are read from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import signal

from producer.foley import RECIPES

RATE = 44100
Spectrum = tuple[np.ndarray, np.ndarray]


def bed(name: str, seconds: float, start_s: float = 0.0, **given: float) -> np.ndarray:
    return ridden_bed(name, seconds, lambda t: {}, start_s, **given)


def ridden_bed(
    name: str,
    seconds: float,
    ride: Callable[[np.ndarray], dict[str, np.ndarray]],
    start_s: float = 0.0,
    **given: float,
) -> np.ndarray:
    recipe = RECIPES[name]
    assert recipe.ambience
    assert set(given) <= set(recipe.settings)
    filled = recipe.filled(given)

    def over(times_s: np.ndarray) -> dict[str, np.ndarray]:
        return {knob: np.full(len(times_s), value) for knob, value in filled.items()} | ride(times_s)

    return recipe.ambience(over, round(start_s * RATE), round((start_s + seconds) * RATE), RATE, 9)


def mono(audio: np.ndarray) -> np.ndarray:
    return audio.mean(axis=1, dtype=np.float64)


def spectrum(audio: np.ndarray, resolution_hz: float = 4.0) -> Spectrum:
    hz, power = signal.welch(mono(audio), RATE, nperseg=min(len(audio), round(RATE / resolution_hz)))
    return hz, power


def share(audio: np.ndarray, low_hz: float, high_hz: float) -> float:
    hz, power = spectrum(audio)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum())


def centroid_hz(audio: np.ndarray) -> float:
    hz, power = spectrum(audio, resolution_hz=20.0)
    return float((hz * power).sum() / power.sum())


def envelope(audio: np.ndarray, low_hz: float, high_hz: float, step_s: float = 0.05) -> np.ndarray:
    band = signal.sosfilt(signal.butter(4, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"), mono(audio))
    step = round(step_s * RATE)
    return np.sqrt(np.mean(band[: len(band) // step * step].reshape(-1, step) ** 2, axis=1))


def level_db(audio: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(np.square(audio, dtype=np.float64)) + 1e-20))


def pitch_hz(line: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """The pitch of one tone over time, shape (n,), between two frequencies; only right where it is loud."""
    band = signal.sosfiltfilt(signal.butter(2, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"), line)
    turned = np.unwrap(np.angle(signal.hilbert(band)))
    return np.gradient(turned) * RATE / (2.0 * np.pi)


def likeness(made: np.ndarray, rate: int) -> float:
    """How much the 10 ms envelope resembles itself at its likest distance from 1 s to half the length."""
    line = mono(made)
    loud = np.sqrt(np.mean(line[: len(line) // (rate // 100) * (rate // 100)].reshape(-1, rate // 100) ** 2, axis=1))
    loud -= loud.mean()
    count = len(loud)
    alike = np.fft.irfft(np.abs(np.fft.rfft(loud, 2 * count)) ** 2)[: count // 2]
    alike *= count / (count - np.arange(count // 2)) / alike[0]
    return float(alike[100:].max())


def high_passed(made: np.ndarray, low_hz: float) -> np.ndarray:
    """What lies above `low_hz`, shape as `made`."""
    return signal.sosfilt(signal.butter(4, low_hz, "high", fs=RATE, output="sos"), made.astype(float), axis=0)
