"""Heads for headphones: a sphere's, or one made of measured responses; and sound put through them.

All are equalised to straight ahead: a voice in the middle keeps its every sample, and what is heard of a side is how
it differs from the middle. That is also why no headphone need be known.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.fractional import between, kernel
from producer.dsp.k_weighting import k_weighting
from producer.dsp.reverb import convolve
from producer.dsp.speechlike import heard_energy
from producer.later import fft, signal
from producer.model.head import Head

Floats = NDArray[np.float64]

GRID_DEG = np.arange(-90.0, 91.0, 5.0)
_FRONT = len(GRID_DEG) // 2
RADIUS_M = 0.0875
SOUND_M_PER_S = 343.0
STEREO_DEG = 60.0
"""Where the two channels of a stereo sound stand."""
FIELD_DEG = 90.0
"""Where the two channels of a room's diffuse field stand."""
_SHADOW_LEAST, _SHADOW_DEG = 0.1, 150.0
_TAPS_S = 0.0027
_SIZE = 1024
_HALF = 12
_FINE = 16
_LIFT_MOST_DB, _FALL_MOST_DB = 12.0, -40.0
_KERNEL = 1.0, _HALF


@lru_cache(maxsize=4)
def spherical(rate_hz: int) -> Head:
    """The head as a rigid sphere of 8.75 cm with an ear at either end of its axis.

    Source: C. P. Brown and R. O. Duda, A Structural Model for Binaural Sound Synthesis, IEEE Trans. Speech and Audio
    Processing 6 (1998), equations 1 to 4: Woodworth's delay, and a shadow of one pole and one zero.
    """
    turned = np.radians(GRID_DEG)[:, None] * np.array([-1.0, 1.0])  # towards the left ear, towards the right one
    away = np.pi / 2.0 - turned  # angle of incidence at each ear
    delays_s = RADIUS_M / SOUND_M_PER_S * np.where(away < np.pi / 2.0, -np.cos(away), away - np.pi / 2.0)
    least = _SHADOW_LEAST
    alpha = (1.0 + least / 2.0) + (1.0 - least / 2.0) * np.cos(away / np.radians(_SHADOW_DEG) * np.pi)
    turn = 1j * np.pi * fft.rfftfreq(_SIZE, 1.0 / rate_hz) * RADIUS_M / SOUND_M_PER_S  # j w / (2 w0), w0 = c / a
    magnitudes = np.abs((1.0 + alpha[:, None, :] * turn[None, :, None]) / (1.0 + turn)[None, :, None])
    return _equalised(delays_s * rate_hz, magnitudes, magnitudes[_FRONT, :, 0], rate_hz)


def measured(azimuths_deg: Floats, responses: Floats, rate_hz: int, delays: Floats | None = None) -> Head:
    """A head from responses that were measured around it on the horizontal plane.

    Args:
        azimuths_deg: shape (n,), rising, right positive; what is beyond the first and last is heard as from there.
        responses: shape (n, taps, 2), left and right ear, at `rate_hz`; none of them silent.
        delays: shape (n, 2), samples by which each response is late beside what it says itself.

    A response is taken apart into its delay and the spectrum of what it does besides, which can each be carried over to
    the directions between without a comb.
    """
    size = max(_SIZE, 1 << (responses.shape[1] - 1).bit_length())
    complete = fft.rfft(responses, size, axis=1)
    own = np.array([[_delay(both[:, ear], size) for ear in (0, 1)] for both in complete])
    late = own if delays is None else own + delays
    spectra = np.abs(complete)
    bins = np.linspace(0.0, spectra.shape[1] - 1.0, _SIZE // 2 + 1)
    decibels = 20.0 * np.log10(np.maximum(spectra, 1e-6 * spectra.max()))
    low = np.clip(np.searchsorted(azimuths_deg, GRID_DEG, side="right") - 1, 0, len(azimuths_deg) - 2)
    share = np.clip((GRID_DEG - azimuths_deg[low]) / (azimuths_deg[low + 1] - azimuths_deg[low]), 0.0, 1.0)
    onto = decibels[low] * (1.0 - share)[:, None, None] + decibels[low + 1] * share[:, None, None]
    at = np.arange(spectra.shape[1], dtype=float)
    onto = np.stack([[np.interp(bins, at, one[:, ear]) for ear in (0, 1)] for one in onto]).transpose(0, 2, 1)
    lags = late[low] * (1.0 - share)[:, None] + late[low + 1] * share[:, None]
    magnitudes = 10.0 ** (onto / 20.0)
    front = _smooth(np.sqrt(np.square(magnitudes[_FRONT]).mean(axis=1)))
    return _equalised(lags - lags[_FRONT].mean(), magnitudes, front, rate_hz)


def _delay(spectrum: NDArray[np.complex128], size: int) -> float:
    """Samples by which a response, given by its spectrum over `size` samples, is later than it must be.

    Source: J. Nam, J. S. Abel and J. O. Smith, A Method for Estimating Interaural Time Difference for Binaural
    Synthesis, AES 125th Convention (2008): where it is most like its own minimum-phase version.
    """
    earliest = fft.rfft(
        _minimum_phase(np.maximum(np.abs(spectrum), 1e-4 * np.abs(spectrum).max())[None, :, None])[0, :, 0]
    )
    likeness = fft.irfft(spectrum * np.conj(earliest), size * _FINE)
    lag = int(likeness.argmax())
    return (lag if lag < size * _FINE // 2 else lag - size * _FINE) / _FINE


def _equalised(delays: Floats, magnitudes: Floats, front: Floats, rate_hz: int) -> Head:
    """A head of delays, shape (n, 2), and magnitudes, shape (n, bins, 2), on GRID_DEG, against `front`, shape (bins,).

    `front` is what comes from straight ahead; of a measured head its thirds of octaves, so that narrow dips stay.
    """
    most, least = 10.0 ** (_LIFT_MOST_DB / 20.0), 10.0 ** (_FALL_MOST_DB / 20.0)
    ratio = np.clip(magnitudes / front[None, :, None], least, most)
    taps = round(_TAPS_S * rate_hz)
    shapes = _minimum_phase(ratio)[:, :taps].copy()
    fading = taps // 4
    shapes[:, taps - fading :] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(fading) + 1.0) / fading))[None, :, None]
    level = np.array([heard_energy(pair, rate_hz) for pair in shapes.astype(np.float32)])
    shapes /= np.sqrt(level)[:, None, None]
    return Head(rate_hz, GRID_DEG, delays, shapes.astype(np.float32))


def _smooth(magnitude: Floats) -> Floats:
    """The mean power over a third of an octave around each bin, as a magnitude."""
    total = np.concatenate([[0.0], np.cumsum(np.square(magnitude))])
    bins = np.arange(len(magnitude))
    low = np.maximum(0, np.floor(bins * 2.0 ** (-1.0 / 6.0))).astype(int)
    high = np.minimum(len(magnitude), np.ceil(bins * 2.0 ** (1.0 / 6.0)).astype(int) + 1)
    return np.asarray(np.sqrt((total[high] - total[low]) / (high - low)), np.float64)


def _minimum_phase(magnitudes: Floats) -> Floats:
    """Responses of shape (n, size, ears) with magnitudes of shape (n, size / 2 + 1, ears), each as early as it can be.

    Source: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing: the folded real cepstrum.
    """
    size = 2 * (magnitudes.shape[1] - 1)
    cepstrum = fft.irfft(np.log(magnitudes), size, axis=1)
    fold = np.zeros(size)
    fold[0] = fold[size // 2] = 1.0
    fold[1 : size // 2] = 2.0
    return np.asarray(fft.irfft(np.exp(fft.rfft(cepstrum * fold[None, :, None], axis=1)), size, axis=1), np.float64)


def ahead(head: Head) -> int:
    """Samples by which `filters` begin before the sound would pass the middle of the head."""
    return _HALF + math.ceil(max(0.0, -float(head.delays.min())))


def memory(head: Head) -> int:
    """Samples for which a sound put through `head` rings on."""
    return int(head.shapes.shape[1]) + _HALF + math.ceil(max(0.0, float(head.delays.max())))


def filters(head: Head, azimuth_deg: float) -> Audio:
    """The two ears' responses to sound from `azimuth_deg`, shape (taps, 2).

    Sample `ahead(head)` of them is the moment at which the sound would pass the middle of the head.
    """
    delays, shapes = _of(head, azimuth_deg)
    return _delayed(shapes, delays + ahead(head), ahead(head) + memory(head))


def _of(head: Head, azimuth_deg: float) -> tuple[Floats, Audio]:
    place = float(np.interp(azimuth_deg, head.azimuths_deg, np.arange(len(head.azimuths_deg))))
    low = min(int(place), len(head.azimuths_deg) - 2)
    share = place - low
    delays = head.delays[low] * (1.0 - share) + head.delays[low + 1] * share
    shapes = head.shapes[low] * np.float32(1.0 - share) + head.shapes[low + 1] * np.float32(share)
    return delays, shapes


def _delayed(shapes: Audio, delays: Floats, length: int) -> Audio:
    made = np.zeros((length, 2), np.float32)
    for ear in (0, 1):
        at = np.arange(length) - delays[ear]
        made[:, ear] = between(shapes[:, ear : ear + 1], at, kernel(*_KERNEL))[:, 0]
    return made


def put(head: Head, audio: Audio, azimuth_deg: Floats | float) -> Audio:
    """A mono sound put to a side, shape (n + memory, 2); what would pass the middle of the head stays on its samples.

    Args:
        audio: shape (n, 1). azimuth_deg: one number, or shape (n,) for one that moves.

    The last `ahead` of the n samples are final only when no more of the sound follows.
    """
    length = len(audio) + memory(head)
    if not isinstance(azimuth_deg, np.ndarray):
        made = convolve(audio, filters(head, azimuth_deg))[ahead(head) :]
        return np.concatenate([made, np.zeros((max(0, length - len(made)), 2), np.float32)])[:length]
    if not len(audio):
        return np.zeros((length, 2), np.float32)
    azimuth_deg = np.concatenate([azimuth_deg, np.full(length - len(audio), azimuth_deg[-1])])
    place = np.interp(azimuth_deg, head.azimuths_deg, np.arange(len(head.azimuths_deg)))
    shaped = np.zeros((length, 2), np.float32)
    for step in range(int(place.min()), int(np.ceil(place.max())) + 1):
        share = np.maximum(0.0, 1.0 - np.abs(place - step)).astype(np.float32)
        heard = convolve(audio, head.shapes[step])
        shaped[: len(heard)] += heard * share[: len(heard), None]
    made = np.zeros((length, 2), np.float32)
    for ear in (0, 1):
        at = np.arange(length) - np.interp(place, np.arange(len(head.delays)), head.delays[:, ear])
        made[:, ear] = between(shaped[:, ear : ear + 1], at, kernel(*_KERNEL))[:, 0]
    return made


def levels(head: Head, audio: Audio) -> Floats:
    """Gains, one for each of the head's directions, that keep `audio`, shape (n, 1), as loud from all of them.

    What is bright gains more at a side than speech does; its K-weighted spectrum says how much.
    """
    frames = len(audio) // _SIZE
    whole = audio[: frames * _SIZE, 0] if frames else np.pad(audio[:, 0], (0, _SIZE - len(audio)))
    _, weight = signal.sosfreqz(k_weighting(head.rate_hz), fft.rfftfreq(_SIZE, 1.0 / head.rate_hz), fs=head.rate_hz)
    heard = np.square(np.abs(fft.rfft(whole.reshape(-1, _SIZE).astype(float), axis=1))).sum(axis=0)
    heard = heard * np.square(np.abs(weight))
    total = float(heard.sum())
    if total <= 0.0:
        return np.ones(len(head.azimuths_deg))
    return np.asarray(np.sqrt(total / np.maximum(_powers(head) @ heard, 1e-3 * total)), np.float64)


@lru_cache(maxsize=4)
def _powers(head: Head) -> Floats:
    """What both ears together get of each frequency from each direction, shape (n, bins)."""
    pairs = np.stack([filters(head, float(azimuth)) for azimuth in head.azimuths_deg]).astype(float)
    return np.asarray(np.square(np.abs(fft.rfft(pairs, _SIZE, axis=1))).sum(axis=2), np.float64)


@lru_cache(maxsize=4)
def sides(head: Head) -> Audio:
    """What the sides of a stereo sound go through, shape (taps, 1); as loud to speech as none, begun as `filters`.

    The middle of it stays as it is: two loudspeakers would comb it.
    """
    pair = filters(head, STEREO_DEG)
    made = pair[:, 1:] - pair[:, :1]
    return made / np.float32(np.sqrt(heard_energy(made, head.rate_hz)))


def field(head: Head, late: Audio) -> Audio:
    """A room's diffuse field, shape (taps, 2), as it comes from both sides; as loud to speech as before."""
    energy = heard_energy(late, head.rate_hz)
    if energy <= 0.0:
        return late
    left = convolve(late[:, :1], filters(head, -FIELD_DEG))
    made = (left + convolve(late[:, 1:], filters(head, FIELD_DEG)))[ahead(head) :]
    return made * np.float32(np.sqrt(energy / heard_energy(made, head.rate_hz)))
