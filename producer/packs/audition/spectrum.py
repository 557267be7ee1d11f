"""How much sound there is at each moment in each slice of an octave: what a spectrogram shows.

The ear hears pitch in octaves and hears short things high up, so five windows share the work: a long one at the bottom,
where neighbouring modes must be told apart, a short one at the top, where a click is to be a line. Each row holds the
power of its own slice of an octave as the two nearest windows see it, evenly between them in dB: what either of them
only smears is then faint, so that tones are thin and clicks are sharp in the same picture.
Source: S. Cheung and J. S. Lim, "Combined multiresolution (wide-band/narrow-band) spectrogram", 1992 (the geometric
mean of two spectrograms).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.frozen import dataclass
from producer.later import fft, signal

Floats = NDArray[np.float64]

LOW_HZ, HIGH_HZ = 40.0, 20_000.0
FLOOR_DB = -200.0
"""What silence is shown as; far under anything that can be heard."""
_NOTHING = 10.0 ** (FLOOR_DB / 10.0) / 4.0
_BATCH = 1 << 20  # samples in windows at one time, so that memory does not grow with the sound


@dataclass(frozen=True, slots=True)
class _Window:
    """One resolution: where it has the whole say, how long it looks, and at which part of the rate."""

    hz: float
    seconds: float
    decimate: int
    finer: int  # how many times as many bins as the window needs: low down, rows are narrower than those


_WINDOWS = (
    _Window(100.0, 0.093, 8, 4),
    _Window(320.0, 0.052, 8, 4),
    _Window(1000.0, 0.029, 4, 2),
    _Window(3200.0, 0.016, 1, 1),
    _Window(10_000.0, 0.009, 1, 1),
)
"""Each is asked up to the next one's place, which is within what its part of the rate still holds."""


def row_hz(rows: int) -> Floats:
    """The middle of each row, Hz, shape (rows,); the first row is the highest."""
    return np.asarray(HIGH_HZ * (LOW_HZ / HIGH_HZ) ** ((np.arange(rows) + 0.5) / rows))


def row_at(hz: float, rows: int) -> float:
    """Where a frequency is, in rows from the top (row n reaches from n to n + 1)."""
    return float(rows * np.log(HIGH_HZ / hz) / np.log(HIGH_HZ / LOW_HZ))


def spectrogram(audio: Audio, rate_hz: int, columns: int, rows: int) -> Floats:
    """Level of each slice at each moment, dB where a sine at full scale has 0, shape (rows, columns).

    Args:
        audio: shape (samples, channels); of two channels the mean power is shown, so that nothing cancels out.
        columns: the sound's length is cut into this many even stretches.
        rows: `LOW_HZ` to `HIGH_HZ` is cut into this many slices, each as many octaves; the highest comes first.
    """
    power = np.zeros((columns, rows))
    if len(audio):
        for channel in audio.T:
            if channel.any():
                power += _power(np.asarray(channel, np.float32), rate_hz, columns, rows)
        power /= audio.shape[1]
    return np.asarray(10.0 * np.log10(np.maximum(2.0 * power.T, 10.0 ** (FLOOR_DB / 10.0))))


def _power(channel: NDArray[np.float32], rate_hz: int, columns: int, rows: int) -> Floats:
    """Mean square in each column and row, shape (columns, rows)."""
    shares = _shares(row_hz(rows))
    exponent = np.zeros((columns, rows))
    for window, share in zip(_WINDOWS, shares, strict=True):
        slower = channel
        if window.decimate > 1:  # the filter keeps what would fold over under the picture's floor
            slower = signal.resample_poly(channel, 1, window.decimate, window=("kaiser", 10.0))
        rate = rate_hz / window.decimate
        wanted = np.flatnonzero(share > 0.0)
        slices = _slices(window, rate, rows)[:, wanted]
        length, size = len(channel) / window.decimate, _size(window, rate)
        power = _columns(np.asarray(slower, np.float32), length, columns, size, slices)
        exponent[:, wanted] += share[wanted] * np.log(np.maximum(power, _NOTHING))
    return np.asarray(np.exp(exponent))


def _shares(hz: Floats) -> list[Floats]:
    """How much each window says of each row, each of shape (rows,); they add up to 1."""
    places = np.log([window.hz for window in _WINDOWS])
    return [np.interp(np.log(hz), places, one) for one in np.eye(len(_WINDOWS))]


@lru_cache(maxsize=64)
def _slices(window: _Window, rate: float, rows: int) -> Floats:
    """Which part of each bin's power belongs to each row, shape (bins, rows), from one-sided power per bin."""
    octave_slice = (HIGH_HZ / LOW_HZ) ** (0.5 / rows)
    middle = row_hz(rows)
    bin_hz = rate / (_size(window, rate) * window.finer)
    low = np.maximum((np.arange(_size(window, rate) * window.finer // 2 + 1) - 0.5) * bin_hz, 0.0)
    high = low + bin_hz
    shared = np.minimum(high[:, None], middle * octave_slice) - np.maximum(low[:, None], middle / octave_slice)
    return np.asarray(np.maximum(shared, 0.0) / bin_hz)


def _size(window: _Window, rate: float) -> int:
    return 2 * round(window.seconds * rate / 2)


def _columns(samples: NDArray[np.float32], length: float, columns: int, size: int, slices: Floats) -> Floats:
    """The power in `slices` (bins, rows) in each of `columns`, the mean of as many windows as it takes to see all."""
    bins = 2 * (len(slices) - 1)  # more than `size`: the window is padded, to show between the bins what is there
    used = np.flatnonzero(slices.any(axis=1))
    first, last = int(used[0]), int(used[-1]) + 1
    some = slices[first:last]
    shape = signal.windows.hann(size, sym=False).astype(np.float32)
    scale = 2.0 / (bins * float(np.square(shape, dtype=float).sum()))  # one-sided; the sum over bins is the mean square
    per_column = max(1, int(np.ceil(length / columns / (size / 2))))
    middles = np.rint((np.arange(columns * per_column) + 0.5) * length / (columns * per_column)).astype(int)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (size // 2, size)), size)
    made = np.empty((len(middles), slices.shape[1]))
    step = max(1, _BATCH // bins)
    for start in range(0, len(middles), step):
        spectra = fft.rfft(frames[middles[start : start + step]] * shape, bins, axis=1)[:, first:last]
        made[start : start + step] = (np.square(spectra.real) + np.square(spectra.imag)) @ some
    return np.asarray(scale * made.reshape(columns, per_column, -1).mean(axis=1))
