"""Birds: songbirds, crows, gulls and pigeons, each individual with a place, a pitch and songs of its own.

A syrinx is two pairs of lips in the fork of the windpipe, driven by the breath: tension sets the pitch and pressure the
loudness, so a note is a gesture of both (Gardner, Cecchi, Magnasco, Laje and Mindlin, Physical Review Letters 87,
2001). A songbird's throat and beak follow the pitch and let little but the fundamental out; where they stay put, as in
a caw, the lips' whole series of harmonics is heard through a fixed resonance, and hard driving makes the lips
irregular. Some notes use both sides at once, each with its own pitch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.foley.events import Grained, Singles, drawn_together, placed, ranges
from producer.foley.layers import between, knobs, moving, octaves_between, under_ceiling
from producer.foley.reflections import in_place, scattered
from producer.foley.wander import Floats, Ints, hashed, keys
from producer.frozen import dataclass
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

SINGERS = 12
SONGS = 5
"""How many different songs one bird knows at most."""
NOTES = 12
EVERY_S = 3.4
PHRASE_S = 3.2
LENGTHS_S = (0.07, 0.15, 0.27, 0.42)
"""Notes are made three lengths of grain at a time, so that a chirp does not cost as much as a coo."""
HIGHEST_HZ = 8200.0
LEVEL = 0.16
NEAR = scattered(4, 0.009, 0.061, 6.0, "birds near")
FAR = scattered(7, 0.0, 0.39, 24.0, "birds far")


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes in a fixed order; every field has shape (notes,)."""

    at_s: Floats
    long_s: Floats
    from_hz: Floats
    to_hz: Floats
    arch_hz: Floats  # how far the middle lies over the straight line
    shake_hz: Floats  # rate of a warble inside the note
    shaken: Floats  # its depth as a share of the pitch
    harsh: Floats
    formant: Floats  # the harmonic that throat and beak favour: a whole number
    second: Floats  # level of the other side of the syrinx
    level: Floats
    singer: Ints
    chance: Floats  # even in [0, 1)

    def where(self, chosen: NDArray[np.bool_]) -> Notes:
        """Only those chosen, in the same order."""
        return Notes(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def birds(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of birds, shape (stop - start, 2)."""

    def dry(low: int, high: int) -> Audio:
        found = sung(settings, low / rate_hz - max(LENGTHS_S), high / rate_hz, seed)
        return _voiced(found, low, high, rate_hz, named(seed, "stand"))

    def answer(times_s: Floats) -> Floats:
        return between(0.1, 0.8, knobs(settings, times_s)["distance"])

    def direct(times_s: Floats) -> Floats:
        return between(1.0, 0.45, knobs(settings, times_s)["distance"])

    own, around = in_place(dry, start, stop, rate_hz, NEAR, FAR)
    own = own * moving(direct, start, stop, rate_hz)[:, None]
    return under_ceiling(own + around * moving(answer, start, stop, rate_hz)[:, None])


def sung(settings: SettingsAt, from_s: float, to_s: float, seed: int) -> Notes:
    """Every note that begins in [from_s, to_s), bird by bird and phrase by phrase."""
    bird = np.arange(SINGERS, dtype=np.int64)
    every_s = EVERY_S * (0.85 + 0.6 * hashed(bird, keys(named(seed, "every"), 1)))
    first = np.floor((from_s - PHRASE_S) / every_s).astype(np.int64) - 1
    count = np.ceil(to_s / every_s).astype(np.int64) + 1 - first
    singer = np.repeat(bird, count)
    number = np.repeat(first, count) + ranges(count)
    own = hashed(number + singer * 1_000_003_000_007, keys(named(seed, "phrase"), 5)[:, None])
    at_s = (number + 0.9 * own[0]) * every_s[singer]
    knob = knobs(settings, at_s)
    # A chorus fills up bird by bird, and each sings oftener in it.
    present = singer < 1.0 + (SINGERS - 1.0) * np.minimum(1.3 * knob["density"], 1.0)
    sings = present & (own[1] < 0.12 + 0.8 * knob["density"]) & (knob["density"] > 0.0)
    singer, at_s, own = singer[sings], at_s[sings], own[:, sings]
    knows = 1.0 + np.floor((SONGS - 1) * knob["variety"][sings])
    song = singer * SONGS + np.floor(knows * own[2]).astype(np.int64)
    return _phrases(settings, at_s, singer, song, own[3], own[4], from_s, to_s, seed)


def _phrases(
    settings: SettingsAt,
    begun_s: Floats,
    singer: Ints,
    song: Ints,
    effort: Floats,
    chance: Floats,
    from_s: float,
    to_s: float,
    seed: int,
) -> Notes:
    """The notes of phrases that begin at `begun_s`, shape (phrases,): what is the bird's, the song's and the day's."""
    note = np.tile(np.arange(NOTES, dtype=np.int64), len(begun_s))
    singer, song = (np.repeat(part, NOTES) for part in (singer, song))
    begun_s, effort, chance = (np.repeat(part, NOTES) for part in (begun_s, effort, chance))
    knob = knobs(settings, begun_s)
    bird = hashed(singer, keys(named(seed, "bird"), 4)[:, None])
    tune = hashed(song, keys(named(seed, "song"), 6)[:, None])
    trills = (tune[0] < 0.15 + 0.85 * knob["trill"]) & (knob["trill"] > 0.0)
    coos = bird[3] < knob["coo"]
    caws = ~coos & (knob["harsh"] > 0.5)
    # A trill is one note over and over; else every note of a song is its own, and the same whenever it is sung.
    of = np.where(trills, 0, note)
    made = hashed(song * NOTES + of, keys(named(seed, "note"), 7)[:, None])
    moment = np.floor(begun_s * 64.0).astype(np.int64) * 8191
    day = hashed(song * NOTES + note + moment, keys(named(seed, "day"), 2)[:, None])

    harsh = np.where(coos, 0.0, np.clip(knob["harsh"] * (0.75 + 0.5 * bird[1]), 0.0, 1.0))
    long_s = np.where(trills, 0.025 + 0.04 * made[0], 0.04 + 0.13 * made[0] ** 1.5)
    long_s = long_s * octaves_between(1.7, 0.8, knob["pitch"]) * (1.0 + 2.2 * harsh)
    long_s = np.clip(np.where(coos, 0.16 + 0.24 * made[0], long_s) * (0.94 + 0.12 * day[0]), 0.02, 0.41)
    rest_s = np.where(trills, 0.02 + 0.035 * tune[1], 0.03 + 0.12 * made[1] ** 2) * (1.0 + 2.0 * harsh)
    rest_s = np.where(coos, 0.09 + 0.07 * made[1], rest_s)
    step_s = (long_s + rest_s).reshape(-1, NOTES)
    at_s = begun_s + (np.cumsum(step_s, axis=1) - step_s).reshape(-1)
    count = np.where(trills, 5.0 + 7.0 * tune[2], 2.0 + 7.0 * tune[2] * tune[3] + 2.0 * effort)
    count = np.where(coos, 2.0 + 3.0 * tune[2], np.where(caws, 1.0 + 3.0 * effort, count))

    rest_hz = octaves_between(620.0, 4700.0, knob["pitch"]) * np.exp2(0.75 * (bird[0] - 0.5) * (0.4 + knob["variety"]))
    rest_hz = np.where(coos, 290.0 * np.exp2(0.9 * bird[0]), rest_hz * np.exp2(-0.9 * harsh))
    wide = np.where(coos, 0.12, between(1.0, 0.35, harsh))  # octaves a gesture may cover
    middle = rest_hz * np.exp2(wide * ((made[2] - 0.5) + 0.5 * (tune[4] - 0.5)))
    sweep = wide * np.where(made[3] < 0.5, -1.0, 1.0) * (0.15 + 0.9 * made[4] ** 2)
    drift = np.where(trills, wide * 0.35 * (tune[5] - 0.5) * note / NOTES, 0.0)
    shakes = ~trills & ~coos & (made[5] < 0.3 * (1.0 - harsh))
    level = np.where(coos, 0.8, 0.4 + 0.6 * made[6]) * (0.55 + 0.45 * effort) * (0.9 + 0.2 * day[1])
    # Air takes the highs: about the square of the frequency, over a way that grows with the knob.
    away = (knob["distance"] * (0.5 + 0.5 * bird[2])) * (middle / 5000.0) ** 2
    found = Notes(
        at_s=at_s,
        long_s=long_s,
        from_hz=np.minimum(middle * np.exp2(0.5 * sweep + drift), HIGHEST_HZ),
        to_hz=np.minimum(middle * np.exp2(-0.5 * sweep + drift), HIGHEST_HZ),
        arch_hz=middle * np.where(coos, 0.04, wide * 0.45 * (tune[3] - 0.4)) * made[6],
        shake_hz=np.where(coos, 26.0, 24.0 + 30.0 * made[1]),
        shaken=np.where(coos, 0.012, np.where(shakes, 0.03 + 0.06 * made[6], 0.0)),
        harsh=harsh,
        formant=np.maximum(np.round(1.0 + harsh * (1.3 + 1.4 * bird[1])), 1.0),
        second=np.where(coos, 0.0, np.maximum(made[6] - 0.7, 0.0) * (1.0 - harsh)),
        level=LEVEL * level * 10.0 ** (-0.35 * away) * (0.35 + 0.65 * bird[2] ** 2),
        singer=singer,
        chance=chance,
    )
    return found.where((note < count) & (at_s < begun_s + PHRASE_S) & (at_s >= from_s) & (at_s < to_s))


def _voiced(found: Notes, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    stands = 1.7 * (hashed(found.singer, keys(seed, 1)) - 0.5)
    shorter_s = 0.0
    groups = []
    for longest_s in LENGTHS_S:
        some = (found.long_s > shorter_s) & (found.long_s <= longest_s - 0.004)
        shorter_s = longest_s - 0.004
        length = round(longest_s * rate_hz)
        left, right = placed(stands[some])
        notes = found.where(some)
        first = np.round(notes.at_s * rate_hz).astype(np.int64)
        groups.append(Grained(first, length, _Syrinx(notes, length, rate_hz), notes.level * left, notes.level * right))
    return drawn_together(start, stop, groups)


class _Syrinx:
    """Makes the grains of some notes, `length` samples each."""

    def __init__(self, notes: Notes, length: int, rate_hz: int) -> None:
        self._time_s = (np.arange(length) / rate_hz).astype(np.float32)
        self._step_s = 1.0 / rate_hz
        self._notes = notes

    def __call__(self, chosen: slice) -> Singles:
        time_s = self._time_s
        part = {name: _rows(getattr(self._notes, name)[chosen]) for name in self._notes.__dataclass_fields__}
        share = np.minimum(time_s / part["long_s"], np.float32(1.0))
        # Cycles: the integral of a straight line from end to end, and of an arch over it.
        bend = np.float32(0.5) * (part["to_hz"] - part["from_hz"]) * share
        bend += part["arch_hz"] * share * (np.float32(2.0) - np.float32(4.0 / 3.0) * share)
        turn = (part["from_hz"] + bend) * time_s
        shake = np.sin(part["shake_hz"] * np.float32(2.0 * np.pi) * time_s)
        turn += part["from_hz"] * part["shaken"] / (np.float32(2.0 * np.pi) * part["shake_hz"]) * shake
        turn *= np.float32(2.0 * np.pi)
        harsh = part["harsh"]
        # Breath in and out: rises fast, holds, and lets go.
        loud = np.minimum(time_s / (np.float32(0.004) + np.float32(0.16) * part["long_s"]), np.float32(1.0))
        left_s = np.maximum(part["long_s"] - time_s, np.float32(0.0))
        loud *= np.minimum(left_s / (np.float32(0.4) * part["long_s"]), np.float32(1.0))
        loud *= loud * (np.float32(3.0) - np.float32(2.0) * loud)
        soft = harsh[:, 0] == 0.0
        octave = np.float32(0.06) * np.sin(np.float32(2.0) * turn[soft])
        if soft.all():
            sound = np.sin(turn)
        else:
            begun = part["chance"] * np.float32(6.0)
            for rate, size in ((127.3, 0.3), (211.9, 0.35)):  # lips that do not close alike
                turn += harsh**2 * np.float32(size) * np.sin(np.float32(2.0 * np.pi * rate) * time_s + begun)
            sound = np.sin(part["formant"] * turn)
            sound *= np.exp(np.float32(5.0) * harsh * (np.cos(turn) - np.float32(1.0)))
            sound *= np.float32(1.0) + harsh * np.float32(1.6)
            # What leaves the beak is the change of the pressure in it: a caw has no depth.
            steep = np.float32(1.0 / self._step_s) / (np.float32(2.0 * np.pi) * part["formant"] * part["from_hz"])
            sound[:, 1:] += (sound[:, 1:] - sound[:, :-1]) * steep * harsh - harsh * sound[:, 1:]
        sound[soft] += octave  # note by note: whichever it is made with, it is the same
        if part["second"].any():
            sound += part["second"] * np.sin(turn * (np.float32(1.22) + np.float32(0.4) * part["chance"]))
        result: Singles = sound * loud
        return result


def _rows(values: Floats | Ints) -> Singles:
    return np.asarray(values, np.float32)[:, None]


BIRDS = Recipe(
    name="birds",
    kind="bed",
    says="birds: a dawn chorus, a lone songbird, crows over a field, gulls, pigeons under a roof",
    settings={
        "density": Setting(0.4, 0.0, 1.0, "0 nobody sings, 0.05 one bird now and then, 1 a chorus"),
        "pitch": Setting(0.65, 0.0, 1.0, "from large birds and low to small ones and high"),
        "harsh": Setting(0.0, 0.0, 1.0, "from song over a gull's cry to a caw"),
        "trill": Setting(0.3, 0.0, 1.0, "how many of their songs are trills"),
        "coo": Setting(0.0, 0.0, 1.0, "how many of them are pigeons"),
        "variety": Setting(0.6, 0.0, 1.0, "how much the birds differ, and how many songs each knows"),
        "distance": Setting(0.4, 0.0, 1.0, "from the next branch to across the valley"),
    },
    ambience=birds,
)
