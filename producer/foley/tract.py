"""Filters that move: noise and pulses through gaps and passing bodies, whose resonances change over time.

The source is cut into overlapping frames of 21 ms, each weighed by the spectrum of its time, and joined again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from producer.foley.bench import BENCH_HZ, Wave

_FRAME = 1024
_HOP = 256
_PAD = 512  # room for the filter to ring on either side of its frame
_WIDTH = _FRAME + 2 * _PAD
_AT_ONCE = 256  # frames held in memory together, however long the sound is

Spectrum = Callable[[Wave, Wave], Wave]
"""(times in seconds, shape (t, 1); frequencies in Hz, shape (1, f)) -> gains, shape (t, f)."""


def moving(wave: Wave, spectrum: Spectrum) -> Wave:
    """`wave`, shape (n,), through a spectrum that changes over time; linear, without delay."""
    n = len(wave)
    frames = -(-n // _HOP) + 3
    padded = np.zeros(frames * _HOP + _FRAME)
    padded[_FRAME - _HOP : _FRAME - _HOP + n] = wave
    cut = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[: frames * _HOP : _HOP]
    out = np.zeros(frames * _HOP + _WIDTH)
    for first in range(0, frames, _AT_ONCE):
        some = cut[first : first + _AT_ONCE]
        times = (np.arange(first, first + len(some)) * _HOP - (_FRAME / 2 - _HOP)) / BENCH_HZ
        shaped = _weighed(some, np.clip(times, 0.0, n / BENCH_HZ), spectrum)
        for part in range(_WIDTH // _HOP):  # equal parts of following frames lie side by side: add a column at a time
            column = shaped[:, part * _HOP : (part + 1) * _HOP].reshape(-1)
            start = (first + part) * _HOP
            out[start : start + len(column)] += column
    start = _FRAME - _HOP + _PAD
    return np.asarray(out[start : start + n], float)


def _weighed(frames: Wave, times_s: Wave, spectrum: Spectrum) -> Wave:
    """Frames, shape (t, _FRAME), of times, shape (t,), windowed to sum to one, and filtered: shape (t, _WIDTH)."""
    window = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_FRAME) / _FRAME)) * (2.0 * _HOP / _FRAME)
    framed = np.zeros((len(frames), _WIDTH))
    framed[:, _PAD : _PAD + _FRAME] = frames * window
    freqs_hz = np.linspace(0.0, BENCH_HZ / 2, _WIDTH // 2 + 1)
    gains = spectrum(times_s[:, None], freqs_hz[None, :])
    return np.asarray(np.fft.irfft(np.fft.rfft(framed, axis=1) * gains, axis=1), float)


def octave_peak(freqs: Wave, centre_hz: Wave | float, octaves: float) -> Wave:
    """A broad hump on a scale of octaves: 1 at its centre, falling as a bell."""
    away = (np.log2(np.maximum(freqs, 10.0)) - np.log2(centre_hz)) / octaves
    # Smaller numbers than this are inaudible, and the slowest of all to compute with.
    return np.asarray(np.exp(-np.minimum(away * away, 80.0)), float)
