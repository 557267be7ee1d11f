"""What two readings of one text have in common: short spectra, made alike for any voice, microphone and noise."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.later import fft

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Indices = NDArray[np.int64]

RATE_HZ = 16000
"""At which readings are compared; the consonants that tell words apart reach to 8 kHz, a telephone's to half that."""
BANDS = 40
CEPSTRA = 14
"""Of 40 bands this many cosines: the resonances of the mouth, without the pitch of the voice."""
_LOW_HZ, _HIGH_HZ = 100.0, 7600.0
_WINDOW_S = 0.025
_SLOPE_S = 0.02  # slopes are taken over twice this
_SLOPE_WEIGHT, _LEVEL_WEIGHT = 0.7, 1.5
DIMENSIONS = CEPSTRA * (1 + _SLOPE_WEIGHT**2) + _LEVEL_WEIGHT**2 - 1
"""Two frames that have nothing in common are this far apart, squared, for each unit of `distance`'s half."""
_FLOOR_DB = -45.0  # under the mean of the speech in each band: what is softer tells nothing of the words
_ACTIVE_DB = 30.0  # frames this far under the loudest are not speech
_QUIET_SHARE = 0.08  # of the frames, taken for the noise
_DARK, _BRIGHT = 14, 20  # bands up to 0.9 kHz and from 1.7 kHz
_BREATH_SHARE, _BREATH_DB = 0.3, -6.0
_ALONE = 1 << 18  # multiplications that OpenBLAS does in the thread that asks for them
_BLOCK = 4096  # frames: a file of ten minutes is not held as spectra


@lru_cache(maxsize=8)
def _mel(size: int) -> tuple[Indices, NDArray[np.bool_], Floats]:
    """Triangular filters that share their edges, so that a bin is on the way up to one and down from the one before it.

    Returns the first bin after each edge, shape (bands + 2,); whether there is one before the next edge, (bands + 1,);
    and how far each bin from the first edge on is to the next one, 0 to 1.
    Source: O'Shaughnessy's mel scale, 2595 log10(1 + f / 700).
    """
    low, high = (2595.0 * float(np.log10(1.0 + hz / 700.0)) for hz in (_LOW_HZ, _HIGH_HZ))
    hz = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(size // 2 + 1) * RATE_HZ / size
    places = np.searchsorted(bins, hz)
    inside = bins[places[0] : places[-1]]
    edge = np.searchsorted(hz, inside, side="right") - 1
    return places, places[1:] > places[:-1], (inside - hz[edge]) / (hz[edge + 1] - hz[edge])


def _bands(power: Singles, size: int) -> Floats:
    """The power in each mel band, of spectra shape (frames, size // 2 + 1). Without BLAS, whose threads cost more."""
    places, filled, share = _mel(size)
    inside = power[:, places[0] : places[-1]]
    begins = places[:-1] - places[0]
    whole = np.add.reduceat(inside, begins, axis=1, dtype=np.float64) * filled
    rising = np.add.reduceat(inside * share, begins, axis=1) * filled
    return np.asarray(rising[:, :-1] + (whole - rising)[:, 1:])


def band_powers(samples: NDArray[np.floating], centres: Indices) -> Floats:
    """Power in each mel band around each centre (a sample's index, at `RATE_HZ`), shape (centres, bands)."""
    width = round(_WINDOW_S * RATE_HZ)
    size = 1 << (width - 1).bit_length()
    window = np.hanning(width + 2)[1:-1].astype(np.float32)
    padded = np.pad(np.asarray(samples, np.float32), (width // 2, width))
    bright = np.concatenate([padded[:1], padded[1:] - np.float32(0.95) * padded[:-1]])
    frames = np.lib.stride_tricks.sliding_window_view(bright, width)
    places = np.clip(centres, 0, len(samples))
    found = np.empty((len(centres), BANDS))
    for at in range(0, len(centres), _BLOCK):
        spectra = fft.rfft(frames[places[at : at + _BLOCK]] * window, size, axis=1)
        found[at : at + _BLOCK] = _bands(np.square(spectra.real) + np.square(spectra.imag), size)
    return found


@dataclass(frozen=True, slots=True)
class Ground:
    """What a recording's bands are measured against, shape (bands,) each."""

    speech: Floats  # mean power of its speech
    noise: Floats  # as a share of that


def is_active(power: Floats) -> NDArray[np.bool_]:
    """Which frames are loud enough to be speech."""
    total = power.sum(axis=1)
    return np.asarray(total > max(float(total.max(initial=0.0)) * 10.0 ** (-_ACTIVE_DB / 10.0), 1e-20))


def ground(power: Floats) -> Ground:
    """The speech and the noise of a recording, from its frames, shape (frames, bands)."""
    loud = is_active(power)
    speech = np.maximum(power[loud].mean(axis=0) if loud.any() else np.ones(BANDS), 1e-20)
    quiet = np.argsort(power.sum(axis=1), kind="stable")[: max(1, int(len(power) * _QUIET_SHARE))]
    return Ground(speech, np.clip(power[quiet].mean(axis=0) / speech, 10.0 ** (_FLOOR_DB / 10.0), 0.5))


def levels_db(power: Floats, own: Ground) -> tuple[Floats, float]:
    """Each frame's level beside that of the recording's speech, and its noise's; dB."""
    level = 10.0 * np.log10((power / own.speech).mean(axis=1) + 1e-9)
    return level, float(10.0 * np.log10(own.noise.mean()))


def is_breath(power: Floats, own: Ground) -> NDArray[np.bool_]:
    """Which frames have a breath's colour: soft, and bright beside the same speech; fricatives have it, too."""
    beside = power / own.speech
    bright = beside[:, :_DARK].mean(axis=1) < _BREATH_SHARE * beside[:, _BRIGHT:].mean(axis=1)
    return np.asarray(bright & (levels_db(power, own)[0] < _BREATH_DB))


def features(samples: NDArray[np.floating], centres: Indices, own: Ground, noise: Floats, step: int) -> Singles:
    """Cepstra and their slopes, each around 0 with the spread 1 over the speech among the frames, weighted.

    Args:
        samples: at `RATE_HZ`.
        centres: the frames', shape (frames,).
        own: the same recording's: it takes out the voice's and the microphone's colour.
        noise: of the noisier of two recordings, as a share of its speech, added to both: what is buried in one of them
            counts in neither.
        step: samples from a frame to the one whose difference is its slope; readings of another tempo need another.
    """
    before, power, after = (band_powers(samples, centres + move) for move in (-step, 0, step))
    return features_of(power, before, after, own, noise)


def features_of(power: Floats, before: Floats, after: Floats, own: Ground, noise: Floats) -> Singles:
    """As `features`, of the powers in the frames, and before and after them where slopes are taken."""
    shape = _cepstra(power, own, noise)
    slope = _cepstra(after, own, noise) - _cepstra(before, own, noise)
    loud = is_active(power)
    if not loud.any():
        loud[:] = True
    shape = (shape - shape[loud].mean(axis=0)) / np.maximum(shape[loud].std(axis=0), 1e-3)
    slope /= np.maximum(slope[loud].std(axis=0), 1e-3)
    shape[:, 0] *= _LEVEL_WEIGHT
    return np.hstack([shape, _SLOPE_WEIGHT * slope]).astype(np.float32)


def turned(frames: Singles) -> Singles:
    """The features of sounds that are heard backwards, of those in order; shape (frames, features) both."""
    found = frames.copy()
    found[:, CEPSTRA:] *= np.float32(-1.0)
    return found


def slope_step(tempo: float = 1.0) -> int:
    """Samples from a frame to where its slope is taken, for a reading `tempo` times as fast as the other."""
    return max(1, round(_SLOPE_S * RATE_HZ / tempo))


def distances(first: Singles, second: Singles) -> Singles:
    """Between every two frames, shape (first, second): 0 for the same, around 2 where nothing is alike."""
    squares = np.square(first).sum(axis=1)[:, None] + np.square(second).sum(axis=1)
    squares -= np.float32(2.0) * _products(first, second)
    return np.asarray(np.maximum(squares, np.float32(0.0)) / np.float32(DIMENSIONS), np.float32)


def _products(first: Singles, second: Singles) -> Singles:
    """Of every two rows; a few at a time, for which BLAS wakes no threads: they would cost more than they save."""
    found = np.empty((len(first), len(second)), np.float32)
    rows = max(1, _ALONE // max(1, second.size))
    for at in range(0, len(first), rows):
        np.matmul(first[at : at + rows], second.T, out=found[at : at + rows])
    return found


def distance_of_pairs(first: Singles, second: Singles) -> Singles:
    """Between each frame and its partner, shape (frames,)."""
    return np.asarray(np.square(first - second).sum(axis=1) / np.float32(DIMENSIONS), np.float32)


def _cepstra(power: Floats, own: Ground, noise: Floats) -> Floats:
    level = np.log(power / own.speech + noise)
    return np.asarray(fft.dct(level, type=2, norm="ortho", axis=1)[:, :CEPSTRA])
