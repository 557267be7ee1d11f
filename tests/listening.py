"""What an ear would note about a sound, as numbers, and the nearest of the sounds it knows: for telling recipes apart.

Heard in mono, at one level, with the ear's own weakness for lows, without the silence at either end and under a hiss
60 dB below the strongest partial: neither level nor width nor anything that nobody hears gives a recipe away.
Frequencies, times and rates are octaves (log2 of Hz, ms, strokes a second), levels are dB.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from producer.audio import Audio, as_mono

RATE_HZ = 48_000
Numbers = NDArray[np.float32]

_HISS = 1e-6  # power, relative to the strongest partial of the loudest moment
_FRAME, _FRAME_HOP = 1024, 240  # colour: 21 ms every 5 ms
_BRIEF, _BRIEF_HOP = 256, 96  # time: 5 ms every 2 ms
_LONG = 8192  # lines: 171 ms, 6 Hz apart
_BRIEF_S = _BRIEF_HOP / RATE_HZ
_BRIEF_HZ = (0, 375, 940, 2250, 4500, 9000, 20_000)  # the bands whose envelopes are followed
_MODULATION_HZ = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 240.0)
_BANDS = 28
_CEPSTRA = 13


def features(audio: Audio) -> Numbers:
    """All that is noted about one sound, shape (features,), in one order for every sound.

    Args:
        audio: shape (n, 1 or 2) at 48 kHz, not silent.
    """
    wave = _heard_part(as_mono(audio)[:, 0])
    frames, brief = _spectra(wave, _FRAME, _FRAME_HOP), _spectra(wave, _BRIEF, _BRIEF_HOP)
    edges = np.round(np.array(_BRIEF_HZ) * _BRIEF / RATE_HZ).astype(int)
    bands = np.add.reduceat(brief, edges[:-1], axis=1).T
    # The top band ends where the last edge is, not at half the rate.
    bands[-1] -= brief[:, edges[-1] :].sum(axis=1)
    bands = np.maximum(bands, 1e-9 * bands.max())
    noted = [_course(bands), _modulation(bands), _strokes(bands), _colour(frames), _shape(frames)]
    noted += [_pitch(wave), _lines(_spectra(wave, _LONG, _LONG // 2))]
    return np.concatenate([np.ravel(np.asarray(group, np.float32)) for group in noted])


def _heard_part(wave: Numbers) -> Numbers:
    """From the first to the last 5 ms within 50 dB of the loudest 5 ms."""
    count = -(-len(wave) // _FRAME_HOP)
    padded = np.pad(wave, (0, count * _FRAME_HOP - len(wave)))
    power = np.square(padded).reshape(count, -1).mean(axis=1)
    loud = np.flatnonzero(power >= 1e-5 * power.max())
    return padded[loud[0] * _FRAME_HOP : (loud[-1] + 1) * _FRAME_HOP]


def _spectra(wave: Numbers, window: int, hop: int) -> Numbers:
    """Power of each moment's partials as heard, relative to the strongest; shape (moments, window / 2 + 1)."""
    padded = np.pad(wave, (window // 2, window // 2 + hop))
    cut = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    spectrum = fft.rfft(cut * _fading(window), axis=1)
    power = spectrum.real**2
    power += spectrum.imag**2
    power *= _ear_weights(window)
    power /= power.max()
    power += np.float32(_HISS)
    return power


@cache
def _fading(window: int) -> Numbers:
    """A window that fades in and out, shape (window,)."""
    return np.hanning(window).astype(np.float32)


@cache
def _ear_weights(window: int) -> Numbers:
    """The A-curve as a factor on power, shape (window / 2 + 1,). Source: IEC 61672-1, annex E."""
    square = np.square(np.maximum(np.arange(window // 2 + 1) * (RATE_HZ / window), 20.0))
    poles = (square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12_194.0**2)
    return np.square(12_194.0**2 * square**2 / poles).astype(np.float32)


def _db(power: Numbers) -> Numbers:
    return np.float32(10.0 / np.log(10.0)) * np.log(power)  # many at once, which NumPy has for no other logarithm


def _course(bands: Numbers) -> list[float]:
    """How the whole and each band begins, lasts and dies; how unevenly; how abruptly it moves.

    Args:
        bands: power, shape (bands, moments of 2 ms).
    """
    noted = [float(np.log2(bands.shape[1]))]
    for power in (bands.sum(axis=0), *bands):
        share = np.cumsum(power, dtype=np.float64) / power.sum(dtype=np.float64)
        reached = np.searchsorted(share, (0.05, 0.25, 0.5, 0.75, 0.95))
        peak = int(power.argmax())
        left = 1.0 - share[peak:]
        falls = np.searchsorted(-left, [-left[0] * level for level in (0.1, 0.01, 0.001)])
        rise = peak - int(np.flatnonzero(power >= 0.1 * power[peak])[0])
        noted += [*np.log2(1.0 + np.array([*(reached - reached[0])[1:], *falls, rise, peak]))]
        noted += [float(1.0 - share.mean()), float(_db(np.square(power).mean() / np.square(power.mean())))]
    level = _db(bands)
    for lag in (1, 5, 25):
        step = level[:, lag:] - level[:, :-lag] if bands.shape[1] > lag else np.zeros((len(bands), 1), np.float32)
        noted += [*step.std(axis=1)]
    return noted


def _modulation(bands: Numbers) -> Numbers:
    """How strongly the envelopes of the whole and of each band beat, from 0.5 to 240 Hz: dB relative to their mean."""
    amplitude = np.sqrt(np.concatenate([bands, bands.sum(axis=0, keepdims=True)]))
    size = max(2048, 1 << (amplitude.shape[1] - 1).bit_length())
    around = amplitude - amplitude.mean(axis=1, keepdims=True)
    power = np.abs(fft.rfft(around / amplitude.sum(axis=1, keepdims=True), size, axis=1)) ** 2
    edges = np.round(np.array(_MODULATION_HZ) * size * _BRIEF_S).astype(int)
    return _db(np.stack([power[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1) + np.float32(1e-9))


def _strokes(bands: Numbers) -> list[float]:
    """How many strokes, how fast, how even, quickening or slowing, growing or dying; and whether there is a rhythm."""
    level = _db(bands + 1e-4 * bands.max())
    climb = np.pad(np.maximum(level[:, 2:] - level[:, :-2], 0.0).mean(axis=0), 12)
    loud = np.pad(_db(bands.sum(axis=0) / bands.sum(axis=0).max()), (12, 12), constant_values=-60.0)
    noted: list[float] = []
    for least_db, apart in ((1.5, 6), (4.0, 20)):
        at, about = signal.find_peaks(climb, height=least_db, distance=apart)
        height = np.append(about["peak_heights"], 0.0)
        noted += [
            np.log2(1.0 + len(at)),
            np.log2((0.5 + len(at)) / (_BRIEF_S * len(climb))),
            height.mean(),
            height.max(),
        ]
        gaps = np.log2(np.append(np.diff(at), [] if len(at) > 2 else [len(climb)] * 2))
        near = np.append([loud[i : i + 8].max() for i in at], [] if len(at) > 2 else [0.0, 0.0])
        noted += [*np.percentile(gaps, (10, 50, 90)), gaps.std(), _trend(gaps), np.abs(np.diff(gaps)).mean()]
        noted += [near.std(), _trend(near), float(np.median(near))]
    around = climb - climb.mean()
    size = fft.next_fast_len(2 * len(around) + 1000)
    alike = fft.irfft(np.abs(fft.rfft(around, size)) ** 2, size)
    alike /= max(float(alike[0]), 1e-9)
    for low, high in ((4, 12), (12, 50), (50, 200), (200, 1000)):  # 8 ms … 2 s
        noted += [float(alike[low:high].max()), float(np.log2(low + alike[low:high].argmax()))]
    return noted


def _trend(values: NDArray[np.float64]) -> float:
    """How far a straight line through `values` climbs from first to last."""
    where = np.linspace(-0.5, 0.5, len(values)) if len(values) > 1 else np.ones(1)
    return float((where * (values - values.mean())).sum() / np.square(where).sum())


def _ear_bands(bins: int, low_hz: float = 60.0, high_hz: float = 17_000.0) -> Numbers:
    """Shape (bins, _BANDS): overlapping triangles, evenly spaced on the ERB-rate scale (Glasberg and Moore, 1990)."""
    hz = np.arange(bins) * (RATE_HZ / 2.0 / (bins - 1))
    erb, low, high = (21.4 * np.log10(1.0 + 0.00437 * np.asarray(f)) for f in (hz, low_hz, high_hz))
    at = np.linspace(low, high, _BANDS)
    weights = np.maximum(0.0, 1.0 - np.abs(erb[:, None] - at) / (at[1] - at[0]))
    # A low band may lie between two bins: it hears the nearer.
    weights[np.abs(erb[:, None] - at).argmin(axis=0), np.arange(_BANDS)] += 1e-3
    return weights.astype(np.float32)


_EAR = _ear_bands(_FRAME // 2 + 1)


def _colour(frames: Numbers) -> Numbers:
    """The spectrum in the ear's bands: on the whole, at the loudest, how it varies, how it changes on the way."""
    power = frames @ _EAR
    total = power.sum(axis=1)
    level = _db(power)
    weight = (np.sqrt(total) / np.sqrt(total).sum())[:, None]
    mean = (level * weight).sum(axis=0)
    spread = np.sqrt((np.square(level - mean) * weight).sum(axis=0))
    cepstra = fft.dct(level, axis=1, norm="ortho")[:, 1 : _CEPSTRA + 1]
    still = np.pad(cepstra, ((0, 10), (0, 0)), mode="edge")
    moves = [np.abs(still[lag : lag + len(cepstra)] - cepstra).mean(axis=0) for lag in (1, 10)]
    share = np.cumsum(total) / total.sum()
    first, middle, last = (
        cepstra[np.unique(np.append(np.flatnonzero((share >= a) & (share <= b)), total.argmax()))].mean(axis=0)
        for a, b in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0))
    )
    whole = power.mean(axis=0) / power.mean(axis=0).sum()
    attack = power[total.argmax()] / total.max()
    changes = [middle - first, last - middle, cepstra[(total.argmax() + len(cepstra)) // 2 :].mean(axis=0) - first]
    return np.concatenate([_db(whole), _db(attack), mean - mean.mean(), spread, *moves, *changes])


def _shape(frames: Numbers) -> list[float]:
    """Centre, width, flatness, crest and edges of each moment's spectrum; how like are moments 5 to 320 ms apart."""
    octave = np.log2(np.maximum(np.arange(frames.shape[1]) * (RATE_HZ / _FRAME), 30.0)).astype(np.float32)
    total = frames.sum(axis=1)
    weight = np.sqrt(total)
    centre = frames @ octave / total
    width = np.sqrt(np.maximum(frames @ octave**2 / total - centre**2, 0.0))
    level = _db(frames[:, :350])
    reached = np.cumsum(frames, axis=1)
    series = [
        centre,
        width,
        *(level[:, a:b].mean(axis=1) - _db(frames[:, a:b].mean(axis=1)) for a, b in ((2, 100), (100, 350))),
        _db(frames.max(axis=1) / frames.mean(axis=1)),
        *(np.log2(1.0 + (reached < part * total[:, None]).sum(axis=1)) for part in (0.15, 0.85)),
    ]
    noted: list[float] = []
    for values in series:
        noted += [*_spread(values, weight), _slope(values, weight)]
        noted.append(float((np.abs(np.diff(values, append=values[-1:])) * weight).sum() / weight.sum()))
    root = np.sqrt(frames[:, : _FRAME * 3 // 8])
    root /= np.sqrt(np.square(root).sum(axis=1, keepdims=True))
    for lag in (1, 4, 16, 64):
        alike = np.einsum("ij,ij->i", root[lag:], root[:-lag])
        noted += _spread(np.append(alike, 1.0), np.append(np.minimum(weight[lag:], weight[:-lag]), 1e-6))
    return noted


def _spread(values: Numbers, weight: Numbers) -> list[float]:
    """Mean, deviation and 10th, 50th and 90th percentile of values that count by their weight."""
    share = weight / weight.sum()
    mean = (values * share).sum()
    order = values.argsort()
    at = np.searchsorted(np.cumsum(share[order]), (0.1, 0.5, 0.9)).clip(0, len(values) - 1)
    return [float(mean), float(np.sqrt((np.square(values - mean) * share).sum())), *map(float, values[order][at])]


def _slope(values: Numbers, weight: Numbers) -> float:
    """How far values climb from beginning to end, by weighted least squares."""
    where = np.linspace(-0.5, 0.5, len(values))
    where = where - (where * weight).sum() / weight.sum()
    return float((values * where * weight).sum() / ((where**2 * weight).sum() + 1e-6))


def _pitch(wave: Numbers) -> list[float]:
    """How surely each moment has a pitch, which, whether it holds, where it goes: low voices, then high ones."""
    noted: list[float] = []
    for window, low_hz, high_hz in ((2048, 60.0, 1000.0), (1024, 500.0, 5000.0)):
        spectra = _spectra(wave, window, 960)
        weight = np.sqrt(spectra.sum(axis=1))
        # The cube root evens out partials, so that one loud partial does not pass for the pitch.
        alike = fft.irfft(np.exp(np.log(spectra) / np.float32(3.0)), axis=1)
        shortest = round(RATE_HZ / high_hz)
        strip = alike[:, shortest : round(RATE_HZ / low_hz)] / alike[:, :1]
        at = strip.argmax(axis=1)
        sure = np.maximum(strip.max(axis=1), 1e-3)
        octave = np.log2(RATE_HZ / (at + shortest)).astype(np.float32)
        count = weight * sure**2
        holds = np.abs(np.diff(octave, append=octave[-1:])) < 1.0 / 12.0
        noted += [*_spread(sure, weight), *_spread(octave, count), _slope(octave, count)]
        noted.append(float((holds * count).sum() / count.sum()))
    return noted


def _lines(spectra: Numbers) -> list[float]:
    """How much of each band, from 50 Hz up, stands in lines (a hum, a bell) and not in hiss; how many, how spaced."""
    edges = np.round(np.geomspace(50.0, 16_000.0, 11) * _LONG / RATE_HZ).astype(int)
    flat = [_db(spectra[:, a:b]).mean(axis=1) - _db(spectra[:, a:b].mean(axis=1)) for a, b in pairwise(edges)]
    weight = np.sqrt(spectra.sum(axis=1))
    level = _db(spectra.mean(axis=0))
    above = level - ndimage.median_filter(level, 61)
    at, _ = signal.find_peaks(above, height=9.0, prominence=6.0)
    stands = np.clip(above[:2000], 0.0, 30.0)
    alike = fft.irfft(np.abs(fft.rfft(stands - stands.mean(), 4096)) ** 2)
    evenly = alike[6:400] / max(float(alike[0]), 1e-9)
    noted = [float((values * weight).sum() / weight.sum()) for values in flat]
    noted += [float(level[a:b].max() - level[a:b].mean()) for a, b in pairwise(edges)]
    return [*noted, float(np.log2(1.0 + len(at))), float(evenly.max()), float(np.log2(6 + evenly.argmax()))]


class Nearest:
    """A listener who knows some sounds and gives a new one the name of the most alike.

    Alike is measured where the known sounds of one name lie close together and names lie apart: features are
    standardised, the scatter within names is whitened (shrunk by `shrink` towards a ball, for there are more features
    than sounds of a name) and only the directions in which names differ are kept (Fisher's discriminants). All of it
    is learned from the known sounds.

    Args:
        known: shape (sounds, features).
        names: one per sound.
    """

    def __init__(self, known: NDArray[np.float64], names: Sequence[str], shrink: float = 0.1) -> None:
        self._names = np.array(names)
        self._mean, self._spread = known.mean(axis=0), known.std(axis=0) + 1e-6
        standard = self._standard(known)
        each, which = np.unique(self._names, return_inverse=True)
        centres = np.array([standard[which == k].mean(axis=0) for k in range(len(each))])
        within = np.cov((standard - centres[which]).T, bias=True)
        within = (1.0 - shrink) * within + shrink * np.eye(len(within)) * within.trace() / len(within)
        power, axes = np.linalg.eigh(within)
        whiten = axes / np.sqrt(power)
        apart = np.linalg.svd((centres - centres.mean(axis=0)) @ whiten, full_matrices=False)[2]
        self._axes = whiten @ apart[: len(each) - 1].T
        self._known = standard @ self._axes

    def _standard(self, sounds: NDArray[np.float64]) -> NDArray[np.float64]:
        # One wild number (no second stroke to measure) must not outweigh all others.
        standard: NDArray[np.float64] = np.clip((sounds - self._mean) / self._spread, -4.0, 4.0)
        return standard

    def name(self, sounds: NDArray[np.float64], among: Collection[str] = ()) -> list[str]:
        """The name of the nearest known sound for each of `sounds`, shape (n, features); `among` some, if given."""
        asked = self._standard(sounds) @ self._axes
        here = np.isin(self._names, list(among)) if among else np.ones(len(self._names), bool)
        known, names = self._known[here], self._names[here]
        squares = np.square(asked).sum(axis=1)[:, None] + np.square(known).sum(axis=1)
        return [str(name) for name in names[(squares - 2.0 * asked @ known.T).argmin(axis=1)]]
