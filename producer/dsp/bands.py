"""Four bands that add up to the sound they were parted from, each with a gain that may move.

The parting is by linear-phase low-passes: no band comes later than another, so gains that differ colour the sound and
do nothing else. What is made of a sample depends on `reach` samples to each side and on nothing further.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.grid import hop_samples
from producer.dsp.k_weighting import k_weighting
from producer.later import fft, signal

Floats = NDArray[np.float64]

EDGES_HZ = (355.0, 1120.0, 3550.0)
"""Where the bands meet: body, vowels, what tells words apart, hiss. Edges of third octaves."""
BANDS = len(EDGES_HZ) + 1
IMPORTANCE = np.array([0.0617, 0.3200, 0.4336, 0.1847])
"""How much of what makes speech understood lies in each band; they come to 1.

Source: ANSI S3.5-1997, table 3 (third octaves), added up.
"""
HALF_FRAME_HOPS = 6
"""Half the length of the frames that `cross_powers` looks at, about 0.1 s; each begins so much after the last."""

_CYCLES = 2.0
"""Half the length of a low-pass, in cycles of its edge: at this one band gives way to the next over an octave."""
_EDGE = 0.49
"""Share of the rate above which there is nothing to part."""


def reach(rate_hz: int) -> int:
    """How many samples to each side of a sample its bands depend on."""
    return round(rate_hz * _CYCLES / EDGES_HZ[0])


@lru_cache(maxsize=32)
def _low_pass(hz: float, rate_hz: int) -> Floats:
    """A low-pass at `hz`, shape (2 · reach + 1,), symmetric, 6 dB down at its edge."""
    at = np.arange(-reach(rate_hz), reach(rate_hz) + 1)
    if hz >= _EDGE * rate_hz:
        return np.asarray(at == 0, np.float64)
    width = rate_hz * _CYCLES / hz
    window = np.where(np.abs(at) < width, 0.5 + 0.5 * np.cos(np.pi * at / width), 0.0)
    taps = np.sinc(2.0 * hz / rate_hz * at) * window
    return np.asarray(taps / taps.sum(), np.float64)


@lru_cache(maxsize=32)
def _spectrum(hz: float, rate_hz: int, size: int) -> NDArray[np.complex64]:
    """The low-pass on `size` points, its middle at the first of them."""
    taps = np.zeros(size)
    taps[: 2 * reach(rate_hz) + 1] = _low_pass(hz, rate_hz)
    return np.asarray(fft.rfft(np.roll(taps, -reach(rate_hz))), np.complex64)


def weighed(around: Audio, gains: NDArray[np.float32], rate_hz: int) -> Audio:
    """A sound with a gain on each band; where the four gains are one, exactly that gain.

    Args:
        around: shape (n + 2 · reach, channels): the sound, with `reach` samples more at each side.
        gains: amplitudes, shape (n, BANDS), low bands first.

    Returns:
        Shape (n, channels).
    """
    beside = reach(rate_hz)
    made = around[beside : beside + len(gains)] * gains[:, -1:]
    # Each band is one low-pass less the one before it; added up by low-pass, equal gains leave no rounding behind.
    steps = gains[:, :-1] - gains[:, 1:]
    moved = [band for band in range(BANDS - 1) if steps[:, band].any()]
    if not moved:
        return made
    size = fft.next_fast_len(len(around), real=True)
    spectra = fft.rfft(np.ascontiguousarray(around.T), size, axis=1)
    for band in moved:
        low = fft.irfft(spectra * _spectrum(EDGES_HZ[band], rate_hz, size), size, axis=1)
        made += low[:, beside : beside + len(gains)].T * steps[:, band, None]
    return made


def half_frame(rate_hz: int) -> int:
    """Samples from the beginning of a frame to that of the next."""
    return HALF_FRAME_HOPS * hop_samples(rate_hz)


@lru_cache(maxsize=8)
def _shares(rate_hz: int) -> Floats:
    """What each bin of a frame's spectrum gives to each pair of bands, K-weighted, shape (bins, BANDS²)."""
    size = 2 * half_frame(rate_hz)
    hz = np.arange(size // 2 + 1) * (rate_hz / size)
    _, weight = signal.sosfreqz(k_weighting(rate_hz), hz, fs=rate_hz)
    at = np.arange(-reach(rate_hz), reach(rate_hz) + 1)
    waves = np.cos(2.0 * np.pi * np.outer(hz / rate_hz, at))
    lows = [waves @ _low_pass(edge, rate_hz) for edge in EDGES_HZ]
    bands = np.stack([lows[0], lows[1] - lows[0], lows[2] - lows[1], 1.0 - lows[2]], axis=1)
    twice = np.where((np.arange(len(hz)) == 0) | (np.arange(len(hz)) == size - size // 2), 1.0, 2.0)
    power = np.square(np.abs(weight)) * twice / (size * half_frame(rate_hz))
    return np.asarray((bands[:, :, None] * bands[:, None, :]).reshape(len(hz), -1) * power[:, None], np.float64)


def cross_powers(audio: Audio, rate_hz: int) -> Floats:
    """What each band of a sound has of power, and each two in common: with gains g, all of it has g · powers · g.

    Args:
        audio: shape (samples, channels); it begins half a frame before what is asked about.

    Returns:
        Shape (frames, BANDS, BANDS), K-weighted mean squares, channels added up, of frames whose middles are half a
        frame apart, the first in the middle of the first frame. What is left at the end is no frame.
    """
    half = half_frame(rate_hz)
    frames = max(0, len(audio) // half - 1)
    window = np.sin(np.pi * (np.arange(2 * half) + 0.5) / (2 * half)).astype(
        np.float32
    )  # its square and the next one's come to 1
    if not frames:
        return np.zeros((0, BANDS, BANDS))
    powers = np.zeros((frames, half + 1))
    for channel in audio.T:
        halves = channel[: (frames + 1) * half].reshape(-1, half)
        spectra = fft.rfft(np.concatenate([halves[:-1], halves[1:]], axis=1) * window, axis=1)
        powers += np.square(spectra.real) + np.square(spectra.imag)
    # Not a product of matrices: that would be shared among threads, and with it the order of the sums.
    shared = np.einsum("fb,bp->fp", powers, _shares(rate_hz))
    return np.asarray(shared.reshape(frames, BANDS, BANDS), np.float64)
