"""Whether what an engine gave is speech, or a noise, a hum or a tone that only sounds as long.

Speech goes from one sound to the next, so its colour moves. Noise may be of any colour, and come and go as it likes:
its colour stays, but for what chance does to it. A noise over a steady hum moves between two colours, along one line; a
single word of speech already leaves that line. What does not move may still be a word: “ah”, “oh”. Such a sound has a
mouth's resonances, which a plain noise has not; of the rest the default voice's reading tells how much the word moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.later import ndimage
from producer.voice.spectra import RATE_HZ, Floats, band_powers

_HOP_S = 0.0125
_SMOOTH = 4  # frames: over 50 ms chance moves a noise's colour by less than 1 dB
_EDGES = (0, 3, 6, 9, 12, 16, 20, 24, 28, 32, 36)
"""Mel bands are taken together from these on: what is wider is less subject to chance."""
_LOUD_DB = 30.0  # frames this far under the loudest are not looked at
_FLOOR = 1e-4  # of a frame's power, in every band: what is softer has no colour
_FEWEST = 4  # frames

MOVES_DB = 1.15
"""Off one line: noises of every kind reach 1.05; two words of speech have 1.3 and more, single ones mostly 2 to 4."""
_STILL_DB = 2.5
"""Along that line, too: two words and more never lie as still as this, nor does a word whose readings move …"""
_WORD_MOVES_DB = 3.0
"""… by this much off theirs."""
RESONANT_DB = 2.6
"""How far a colour stands off its own bend: noises of one colour by 1.5 dB at most, held vowels and hums by 4.8."""
_NARROW_BANDS, _NARROW_DB = 12, 35.0
"""A sound of which fewer bands lie within so much of its loudest is a tone or a whistle; a mouth fills 13 and more."""
PROBE = tuple(str(number) for number in range(1, 8))
"""What a voice is asked to say where it said one still word: no voice says it without moving."""


class Verdict(Enum):
    """What a sound is taken for."""

    SPEECH = "speech"
    PERHAPS = "a vowel that is held, or a tone"
    NOISE = "noise"


def verdict(
    samples: NDArray[np.float32],
    rate_hz: int,
    words: int,
    readings: Callable[[], Sequence[tuple[NDArray[np.float32], int]]] = tuple,
) -> Verdict:
    """Whether samples that are not silent could be a phrase.

    Args:
        samples: mono, shape (n,), without silence at its ends.
        rate_hz: of them.
        words: of the phrase. Only a single word may be a sound that is held.
        readings: the same phrase by voices that are known to speak, samples and rate of each; asked for only where a
            single word does not move.
    """
    narrow = _powers(samples, rate_hz)
    whole, beside = _movement_db(narrow)
    if beside >= MOVES_DB or not words:
        return Verdict.SPEECH
    if not _is_a_mouths(narrow):
        return Verdict.NOISE
    if whole < _STILL_DB:
        known = [_movement_db(_powers(*one))[1] for one in readings()] if words == 1 else []
        if words > 1 or (known and min(known) > _WORD_MOVES_DB):
            return Verdict.NOISE
    return Verdict.PERHAPS


def _powers(samples: NDArray[np.float32], rate_hz: int) -> Floats:
    """Power in each mel band of the loud frames, shape (frames, bands)."""
    low = soxr.resample(np.asarray(samples, np.float64), rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    hop = round(_HOP_S * RATE_HZ)
    power = band_powers(low, np.arange(hop, max(hop + 1, len(low) - hop), hop, dtype=np.int64))
    total = power.sum(axis=1)
    return np.asarray(power[total > max(float(total.max(initial=0.0)) * 10.0 ** (-_LOUD_DB / 10.0), 1e-20)])


def _movement_db(power: Floats) -> tuple[float, float]:
    """How far a colour moves, and how far off the line along which it moves most: dB, RMS over frames and bands."""
    if len(power) < _FEWEST:
        return 0.0, 0.0
    power = np.add.reduceat(power, _EDGES, axis=1)
    power = power + _FLOOR * power.mean(axis=1, keepdims=True) + 0.1 * _FLOOR * power.mean(axis=0)
    # Each frame beside the mean colour at its own level: a loudness that comes and goes has no part in it.
    colour = power / (power / power.mean(axis=0)).mean(axis=1, keepdims=True)
    smooth = ndimage.uniform_filter1d(colour / colour.mean(axis=0), _SMOOTH, axis=0, mode="nearest")
    level = 10.0 * np.log10(smooth + 1e-3)
    level -= level.mean(axis=0)
    # The power along each of the directions in which it moves; einsum, because BLAS would wake its threads.
    along = np.linalg.eigvalsh(np.einsum("fb,fc->bc", level, level))
    return float(np.sqrt(np.square(level).mean())), float(np.sqrt(np.maximum(along[:-1], 0.0).sum() / level.size))


def _is_a_mouths(power: Floats) -> bool:
    """Whether the mean colour has resonances over a breadth of bands, as every vowel's has; shape (frames, bands)."""
    mean = power.mean(axis=0) if len(power) else np.ones(power.shape[1])
    colour = 10.0 * np.log10(mean / mean.mean() + _FLOOR)
    place = np.linspace(-1.0, 1.0, len(colour))
    resonance_db = float(np.std(colour - np.polyval(np.polyfit(place, colour, 2), place)))
    breadth = int((colour > colour.max() - _NARROW_DB).sum())
    return resonance_db >= RESONANT_DB and breadth >= _NARROW_BANDS
