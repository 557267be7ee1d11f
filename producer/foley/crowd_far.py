"""A crowd some way off: people talking at once, none understood, and laughter that breaks out among them.

Each talker is a glottal pulse through the formants of two vowels a syllable, with the rate, melody and pauses of
speech; distance leaves vowels and takes consonants. A laugh is a run of breathy vowels about five a second, high at
first, falling and fading (Bachorowski, Smoski and Owren, JASA 110, 2001). What is too far to be told apart is speech-
shaped noise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from producer.audio import Audio
from producer.foley.doubling import doubled
from producer.foley.events import Singles, drawn, placed, poisson, thinned
from producer.foley.layers import between, knobs, moving, under_ceiling
from producer.foley.noise import Field, Shape, noise
from producer.foley.reflections import in_place, scattered
from producer.foley.shapes import bands, high_pass, low_pass
from producer.foley.talkers import GRADES, TABLE, TALKERS, VOWELS, Syllables, hisses, only, pitch_of, syllables, tables
from producer.foley.wander import Floats, hashed, keys, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

GRAIN_S = 0.25
FALL_S = 0.055
LAUGHS_PER_S = 0.4
LAUGH_S = 3.2
NEAR = scattered(9, 0.006, 0.053, 5.0, "crowd near")
FAR = scattered(16, 0.0, 0.47, 22.0, "crowd far")
WASH_HZ = (150.0, 300.0, 500.0, 800.0, 1300.0, 2000.0, 3200.0)
LEVEL = 0.065


def crowd_far(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of a crowd, shape (stop - start, 2)."""

    def voices(low: int, high: int) -> Audio:
        own, around = in_place(dry, low, high, slow_hz, NEAR, FAR)
        answered = moving(answer, low, high, slow_hz)[:, None]
        return own * moving(direct, low, high, slow_hz)[:, None] + around * answered

    def dry(low: int, high: int) -> Audio:
        return _voices(settings, low, high, slow_hz, seed)

    def answer(times_s: Floats) -> Floats:
        return between(0.35, 1.5, knobs(settings, times_s)["distance"])

    def direct(times_s: Floats) -> Floats:
        return between(1.1, 0.55, knobs(settings, times_s)["distance"])

    # Next to nothing of a far voice is left above 5.2 kHz, so half the rate holds it whenever the rate is a usual one.
    slow_hz = rate_hz // 2 if rate_hz % 2 == 0 and rate_hz >= 32000 else rate_hz
    made = voices(start, stop) if slow_hz == rate_hz else doubled(voices, start, stop)
    made += noise(_wash(settings, seed), start, stop, rate_hz, named(seed, "wash"), top_hz=12000.0)
    return under_ceiling(made)


def _voices(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    length = round(GRAIN_S * rate_hz)
    from_s, to_s = (start - length) / rate_hz, stop / rate_hz
    talk = _said(_talk(settings, from_s, to_s, named(seed, "talk")), settings, start, stop, rate_hz, seed)
    return talk + _said(
        _laughter(settings, from_s, to_s, named(seed, "laughter")), settings, start, stop, rate_hz, seed
    )


def _talk(settings: SettingsAt, from_s: float, to_s: float, seed: int) -> Syllables:
    """Talkers join one after the other as the crowd grows denser; a warm one speaks higher and with more swing."""
    found = syllables(from_s, to_s, seed)
    knob = knobs(settings, found.at_s)
    present = found.talker < 2.0 + (TALKERS - 2.0) * knob["density"]
    lively = between(0.94, 1.14, knob["warmth"])
    return only(replace(found, pitch_hz=found.pitch_hz * lively), present)


def _laughter(settings: SettingsAt, from_s: float, to_s: float, seed: int) -> Syllables:
    """Laughs, each by up to four people who fall in one after another, as the runs of syllables they are."""
    begun = poisson(from_s - LAUGH_S, to_s, LAUGHS_PER_S, seed, marks=4)
    begun = thinned(begun, LAUGHS_PER_S * knobs(settings, begun.at_s)["laughter"], LAUGHS_PER_S)
    person, ha = (part.reshape(-1) for part in np.mgrid[0:4, 0:9])
    name = (begun.names[:, None] * 4 + person).reshape(-1)
    own = hashed(name, keys(seed + 7, 8)[:, None])
    shared = np.repeat(begun.marks, len(person), axis=1)
    ha, person = np.tile(ha, len(begun)), np.tile(person, len(begun))
    every_s = 0.165 + 0.06 * own[0] + 0.004 * ha
    at_s = np.repeat(begun.at_s, 36) + person * (0.08 + 0.3 * own[1]) + every_s * ha
    joins = (person < 1.0 + 3.5 * shared[1] ** 1.5) & (ha < 3.0 + 6.0 * own[2]) & (at_s >= from_s) & (at_s < to_s)
    talker = (own[3] * TALKERS).astype(np.int64)
    jump = 1.35 + 0.6 * own[4]
    each = hashed(name * 9 + ha, keys(seed + 8, 2)[:, None])
    found = Syllables(
        at_s=at_s,
        pitch_hz=pitch_of(talker) * jump * np.exp2(-(0.45 + 0.55 * own[5]) * ha / 12.0 + (each[0] - 0.5) / 8.0),
        bend=np.full(len(ha), -0.22),
        long_s=0.055 + 0.035 * own[6],
        size=(0.9 + 0.5 * own[7]) * np.exp(-0.16 * ha) * (0.7 + 0.5 * each[1]),
        talker=talker,
        vowels=(np.where(own[6] < 0.6, 0, 6), np.full(len(ha), 5)),
        chance=each[1],
    )
    return only(found, joins)


def _said(found: Syllables, settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Every syllable's sound: two vowels of its talker, one turning into the other."""
    length = round(GRAIN_S * rate_hz)
    knob = knobs(settings, found.at_s)
    grade = np.clip(np.floor(knob["distance"] * (GRADES - 1) + found.chance), 0, GRADES - 1).astype(np.int64)
    rows = [
        (((found.talker * len(VOWELS) + vowel) * GRADES + grade) * TABLE).astype(np.int32) for vowel in found.vowels
    ]
    stands = hashed(found.talker, keys(named(seed, "stand"), 2)[:, None])
    size = LEVEL * found.size * (0.45 + 0.55 * stands[0])
    waves = tables()
    time_s = (np.arange(length) / rate_hz).astype(np.float32)
    ends_s = np.minimum(found.long_s, GRAIN_S - FALL_S)
    # Most syllables begin with breath: a stop's burst or a longer hiss, before and over the vowel's beginning.
    breath = hisses(rate_hz)
    where = found.chance * 0.999 * (breath.shape[1] - length)
    offset = where.astype(np.int32) + (grade * breath.shape[1]).astype(np.int32)
    spoken = np.where(found.chance > 0.3, 0.45 + 0.5 * found.vowels[0] / len(VOWELS), 0.0)
    spoken = spoken * (1.0 - knob["distance"]) ** 0.7
    lasts = np.where(found.vowels[1] % 2 == 0, 0.016, 0.06)
    hiss, hiss_s = (np.asarray(part, np.float32)[:, None] for part in (spoken, lasts))
    pitch, bend, long_s = (np.asarray(part, np.float32)[:, None] for part in (found.pitch_hz, found.bend, ends_s))

    def grains(chosen: slice) -> Singles:
        share = time_s / long_s[chosen]
        phase = pitch[chosen] * (time_s * (np.float32(1.0) + np.float32(0.5) * bend[chosen] * share))
        phase -= np.floor(phase)
        step = (phase * np.float32(TABLE)).astype(np.int32)
        first, second = (waves.take(step + row[chosen, None], mode="clip") for row in rows)
        rises = np.minimum(time_s / np.float32(0.028), np.float32(1.0))
        falls = np.clip(
            (long_s[chosen] + np.float32(FALL_S) - time_s) / np.float32(FALL_S), np.float32(0.0), np.float32(1.0)
        )
        made: Singles = (first + (second - first) * np.minimum(share, np.float32(1.0))) * (rises * falls * falls)
        blown = np.minimum(time_s / np.float32(0.004), np.float32(1.0)) * np.maximum(1.0 - time_s / hiss_s[chosen], 0.0)
        short = int(0.062 * rate_hz)
        airy = breath.reshape(-1).take(offset[chosen, None] + np.arange(short), mode="clip")
        made[:, :short] += hiss[chosen] * blown[:, :short] * airy
        return made

    left, right = placed(1.6 * (stands[1] - 0.5))
    first_sample = np.round(found.at_s * rate_hz).astype(np.int64)
    return drawn(start, stop, first_sample, length, grains, size * left, size * right)


def _wash(settings: SettingsAt, seed: int) -> Shape:
    """Those too far to be told apart: the long-term spectrum of speech, each part of it with a syllable's unrest."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        level = -73.0 + 10.0 * knob["density"] + 5.0 * knob["distance"]
        shape_db = np.array([-5.0, 0.0, 0.0, -3.0, -8.0, -13.0, -19.0])[:, None]
        unrest = wanders(times_s, (0.31, 0.27, 0.24, 0.26, 0.22, 0.2, 0.19), named(seed, "unrest"), 1)
        talk = wanders(times_s, (2.3, 1.9, 2.1, 1.7, 1.6, 1.5, 1.3), named(seed, "talkers"), 2)
        heard = bands(hz, WASH_HZ, np.ascontiguousarray((level + shape_db + 5.0 * unrest + 3.0 * talk).T))
        heard = heard * high_pass(hz, 130.0, 3) * low_pass(hz, between(4600.0, 1400.0, knob["distance"]), 3)
        return Field(heard, heard, 1.0)

    return field


CROWD_FAR = Recipe(
    name="crowd_far",
    kind="bed",
    says="many voices some way off, none understood, and laughter among them",
    settings={
        "density": Setting(0.55, 0.0, 1.0, "from a table to a square full of people"),
        "warmth": Setting(0.6, 0.0, 1.0, "from subdued to merry: pitch and melody of the talk"),
        "laughter": Setting(0.5, 0.0, 1.0, "how often they laugh"),
        "distance": Setting(0.5, 0.0, 1.0, "from the next room to a memory"),
    },
    ambience=crowd_far,
)
