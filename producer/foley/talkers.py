"""Talkers for a crowd: who they are, when each of their syllables falls, and the waves of their vowels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.foley.wander import Floats, Ints, hashed, keys
from producer.frozen import dataclass

Singles = NDArray[np.float32]
TABLE = 2048
GRADES = 4
"""How many distances the vowels are made for."""
TALKERS = 16
PHRASE = 13
"""Syllables from one phrase's beginning to the next one's, its pause among them."""
HISS_TOP_HZ = 7000
VOWELS = (
    (730.0, 1090.0, 2440.0),  # Peterson and Barney, JASA 24 (1952), means for men
    (530.0, 1840.0, 2480.0),
    (270.0, 2290.0, 3010.0),
    (570.0, 840.0, 2410.0),
    (300.0, 870.0, 2240.0),
    (500.0, 1500.0, 2500.0),
    (660.0, 1720.0, 2410.0),
)


@dataclass(frozen=True, slots=True)
class Syllables:
    """Syllables in a fixed order; every field has shape (syllables,)."""

    at_s: Floats
    pitch_hz: Floats
    bend: Floats  # share by which the pitch moves over the syllable
    long_s: Floats
    size: Floats
    talker: Ints
    vowels: tuple[Ints, Ints]
    chance: Floats  # even in [0, 1)


def pitch_of(talker: Ints) -> Floats:
    """A talker's resting pitch in Hz: every second one a woman."""
    spread = hashed(talker, 0x5EED)
    return np.where(talker % 2 == 0, 98.0 + 38.0 * spread, 178.0 + 52.0 * spread)


def syllables(from_s: float, to_s: float, seed: int) -> Syllables:
    """Every syllable that starts in [from_s, to_s), talker by talker."""
    every_s = 0.165 + 0.07 * hashed(np.arange(TALKERS, dtype=np.int64), keys(seed, 1))
    found = []
    for talker in range(TALKERS):
        first, last = int(np.floor(from_s / every_s[talker])) - 1, int(np.ceil(to_s / every_s[talker])) + 1
        number = np.arange(first, last, dtype=np.int64)
        found.append(np.stack([np.full(len(number), talker, np.int64), number]))
    talker, number = np.concatenate(found, axis=1)
    name = number + talker * 1_000_003_000_007
    phrase = number // PHRASE + talker * 1_000_003_000_007
    of_phrase = hashed(phrase, keys(seed + 1, 4)[:, None])
    own = hashed(name, keys(seed + 2, 7)[:, None])
    place = number % PHRASE
    count = 3.0 + (PHRASE - 3.0) * of_phrase[1]
    at_s = (number + 0.45 * (own[0] - 0.5)) * every_s[talker]
    speaks = (of_phrase[0] < 0.72) & (place < count) & (own[1] > 0.06) & (at_s >= from_s) & (at_s < to_s)
    stress = own[2] ** 2
    melody = 3.5 - 6.5 * place / count + 4.0 * stress + 2.0 * (own[3] - 0.5) + 3.0 * (of_phrase[2] - 0.5)
    last = place + 1.0 >= count
    made = Syllables(
        at_s=at_s,
        pitch_hz=pitch_of(talker) * np.exp2(melody / 12.0),
        bend=np.where(last, np.where(of_phrase[3] < 0.3, 0.25, -0.16), 0.14 * (own[4] - 0.55)),
        long_s=every_s[talker] * np.where(last, 1.05, 0.55 + 0.4 * stress),
        size=(0.35 + 0.65 * stress) * (0.55 + 0.45 * of_phrase[2]),
        talker=talker,
        vowels=((own[5] * len(VOWELS)).astype(np.int64), (own[6] * len(VOWELS)).astype(np.int64)),
        chance=own[1],
    )
    return only(made, speaks)


def only(found: Syllables, chosen: NDArray[np.bool_]) -> Syllables:
    """Those chosen, in the same order."""
    return Syllables(
        at_s=found.at_s[chosen],
        pitch_hz=found.pitch_hz[chosen],
        bend=found.bend[chosen],
        long_s=found.long_s[chosen],
        size=found.size[chosen],
        talker=found.talker[chosen],
        vowels=(found.vowels[0][chosen], found.vowels[1][chosen]),
        chance=found.chance[chosen],
    )


@lru_cache(maxsize=1)
def tables() -> Singles:
    """One turn of every vowel of every talker at every distance, shape (talkers × vowels × grades, 2048), flattened.

    Source and filter: a glottal flow falling 12 dB an octave, 6 dB won back at the lips, three formants, and
    the loss of highs over the way, which grows with the grade.
    """
    harmonic = np.arange(1, 61)
    waves = np.zeros((TALKERS, len(VOWELS), GRADES, TABLE // 2 + 1), np.complex128)
    rest = pitch_of(np.arange(TALKERS, dtype=np.int64))
    tract = np.where(np.arange(TALKERS) % 2 == 0, 1.0, 1.16) * (
        0.95 + 0.1 * hashed(np.arange(TALKERS, dtype=np.int64), 0x7AC7)
    )
    for talker in range(TALKERS):
        hz = rest[talker] * 1.15 * harmonic
        for vowel, formants in enumerate(VOWELS):
            response = np.ones(len(hz), np.complex128)
            for formant, bandwidth_hz in zip(formants, (90.0, 110.0, 170.0), strict=True):
                centre = formant * tract[talker]
                response *= centre**2 / (centre**2 - hz**2 + 1j * hz * bandwidth_hz)
            source = response / harmonic * (hz < 5200.0)
            for grade in range(GRADES):
                waves[talker, vowel, grade, 1 : len(hz) + 1] = source / (1.0 + (hz / (4200.0 * 0.62**grade)) ** 2)
    turned = np.fft.irfft(waves, TABLE, axis=-1)
    turned /= np.sqrt(np.mean(turned**2, axis=-1, keepdims=True))
    return turned.astype(np.float32).reshape(-1)


@lru_cache(maxsize=4)
def hisses(rate_hz: int) -> Singles:
    """Breath for consonants, 1.5 s of it for each distance, shape (grades, samples), of power 1 when near.

    A fricative's noise lies between 2 and 6 kHz (Jongman, Wayland and Wong, JASA 108, 2000); the way takes it first.
    """
    hz = np.arange(HISS_TOP_HZ * 3 // 2) * 2.0 / 3.0
    chance = hashed(np.arange(len(hz), dtype=np.int64), 0x4155) * 2.0 * np.pi
    body = np.exp(-(np.log2(np.maximum(hz, 1.0) / 3300.0) ** 2) / 0.5) * (hz < HISS_TOP_HZ)
    samples = rate_hz * 3 // 2
    spectrum = np.zeros((GRADES, samples // 2 + 1), np.complex128)
    kept = min(len(hz), samples // 2)
    for grade in range(GRADES):
        far = 1.0 / (1.0 + (hz / (4200.0 * 0.62**grade)) ** 2) ** 1.5
        spectrum[grade, :kept] = (body * far * np.exp(1j * chance))[:kept]
    made = np.fft.irfft(spectrum, samples, axis=-1) * samples
    near = np.sqrt(np.mean(made[0] ** 2))
    return np.asarray(made / near, np.float32)
