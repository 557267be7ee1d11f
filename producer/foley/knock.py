"""Small things of a room: a knock, a glass set down, a bunch of keys, a telephone, a typewriter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, clock, recipe, samples
from producer.foley.contact import arrivals, burst, hits, paste, shower, smooth, swell, thump
from producer.foley.impact import bounces, struck
from producer.foley.mechanism import click
from producer.foley.modal import GLASS, STEEL, Modes, bell, damped, material, modes, plate, resonate, ring_out
from producer.model.foley import Setting


def _knock(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Knuckles on a panel: bone, softened by skin; the panel sounds with the air behind it."""
    count = max(1, round(knobs["knocks"]))
    gaps = knobs["gap"] * chance.uniform(0.88, 1.14, count)
    out = np.zeros(samples(PRE_ROLL_S + float(gaps[: count - 1].sum()) + 0.6))
    door = {
        "ring": knobs["ring"],
        "size": 0.45 + 0.4 * knobs["size"],
        "hollow": 0.7,
        "hardness": 0.42 + 0.25 * knobs["force"],
        "weight": 0.25,
    }
    at = PRE_ROLL_S
    for number in range(count):
        last = 1.15 if number == count - 1 else 1.0
        paste(out, struck(door, chance, held=14.0), at, last * chance.uniform(0.75, 1.0) * (0.5 + 0.5 * knobs["force"]))
        at += float(gaps[number])
    return Raw(out)


def _glass_down(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """The rim of the base lands on one side first, then on the other: each contact rings glass and table."""
    out = np.zeros(samples(PRE_ROLL_S + 1.1))
    cup = modes(
        2_300.0 * 2.2 ** (0.5 - knobs["size"]),
        bell(9),
        damped(GLASS, 10.0 + 26.0 * knobs["full"]),
        chance,
        contact_s=8e-5,
        stray=0.03,
        tilt=0.5,
    )
    heavy = Modes(cup.freq_hz * (1.0 - 0.22 * knobs["full"]), cup.decay_per_s, cup.level)
    table = {"ring": 0.46, "size": 0.62, "hollow": 0.35, "hardness": 0.7, "weight": 0.5}
    for at, speed in bounces(chance, 0.05 + 0.03 * chance.random(), 0.35)[:3]:
        paste(out, ring_out(heavy, samples(1.0)), PRE_ROLL_S + at, 0.9 * speed)
        paste(out, struck(table, chance, speed, held=20.0), PRE_ROLL_S + at, 0.6 * (0.4 + knobs["force"]))
        paste(out, burst(chance, 5e-5, 0.0009, 2_500.0, 12_000.0), PRE_ROLL_S + at, 0.18 * speed)
    return Raw(out)


def _keys(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Flat brass pieces on a ring, striking one another whenever the hand moves."""
    length = length_s if length_s is not None else 0.85 * chance.uniform(0.85, 1.2)
    n = max(samples(length), 1)
    t = clock(n)
    shake = np.zeros(n)
    jerk = np.exp(-clock(samples(0.5)) / 0.045)
    for start in np.concatenate(
        [[PRE_ROLL_S], np.sort(chance.uniform(0.08, max(length - 0.15, 0.1), 2 + round(3 * length)))]
    ):
        paste(shake, jerk, start, chance.uniform(0.4, 1.0))
    shake *= swell(n, 0.002, 0.12)
    bunch = tuple(
        modes(chance.uniform(2_100.0, 4_300.0), plate(11, 2.4), damped(STEEL, 26.0), chance, contact_s=4e-5, tilt=0.1)
        for _ in range(3 + round(6 * knobs["count"]))
    )
    times = np.concatenate([[PRE_ROLL_S], arrivals(chance, (110.0 + 260.0 * knobs["count"]) * shake)])
    levels = np.interp(times, t, shake) * chance.uniform(0.2, 1.0, len(times))
    levels[0] = 1.0
    return Raw(shower(chance, n, times, levels, bunch))


def _phone(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """A hammer between two gongs, each near a third from the other, struck in turn 20 or so times a second."""
    ring_s = knobs["ring"]
    length = length_s if length_s is not None else PRE_ROLL_S + ring_s + 1.6
    n = max(samples(length), 1)
    first = 1_150.0 * chance.uniform(0.94, 1.06)
    out = np.zeros(n)
    pairs = knobs["rate"] * (1.0 + 0.01 * chance.standard_normal())
    cadence = ring_s + 2.0
    starts = np.arange(0.0, max(length - 0.2, 0.01), cadence) if length_s is not None else np.zeros(1)
    strokes = np.concatenate([PRE_ROLL_S + start + np.arange(0.0, ring_s, 0.5 / pairs) for start in starts])
    strokes = strokes + 0.0012 * chance.standard_normal(len(strokes)) * (strokes > PRE_ROLL_S)
    force = chance.uniform(0.8, 1.0, len(strokes))
    for gong, pitch in enumerate((first, first * 1.235)):
        body = modes(pitch, bell(7), damped(STEEL, 2.2), chance, contact_s=9e-5, stray=0.004, tilt=0.35)
        # Each gong is held still by the hammer for a moment: it is struck afresh, not wound up without end.
        out += resonate(body, smooth(hits(n, strokes[gong::2], force[gong::2]), 7_000.0))
    box = modes(240.0, plate(7, 1.9), damped(material(0.3), 60.0), chance, stray=0.05)
    out += 0.5 * resonate(box, smooth(hits(n, strokes, force), 3_000.0))
    return Raw(out)


def _typewriter(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """One key: the finger lands, the type bar strikes paper and platen, the carriage takes a step."""
    out = np.zeros(samples(PRE_ROLL_S + 0.35))
    fly = 0.030 * chance.uniform(0.85, 1.2)
    paste(out, thump(210.0, 0.006, 0.0015), PRE_ROLL_S, 0.25)
    paste(out, click(chance, 0.25, 0.1, 0.6), PRE_ROLL_S, 0.22)
    blow = PRE_ROLL_S + fly
    frame = modes(310.0, plate(40, 1.8)[::2], damped(STEEL, 48.0), chance, contact_s=1.3e-4, stray=0.04, tilt=0.35)
    paste(out, ring_out(frame, samples(0.25)), blow, 0.8 * (0.5 + 0.5 * knobs["force"]))
    paste(out, burst(chance, 1e-4, 0.0035, 700.0, 6_500.0), blow, 0.45)
    paste(out, thump(135.0, 0.009, 0.001), blow, 0.7 * knobs["force"])
    paste(out, click(chance, 0.18, 0.6), blow + chance.uniform(0.022, 0.034), 0.28)
    if knobs["bell"] > 0.0:
        gong = modes(2_350.0, bell(6), damped(STEEL, 2.5), chance, contact_s=6e-5, stray=0.004, tilt=0.6)
        out = np.concatenate([out, np.zeros(samples(1.4))])
        paste(out, ring_out(gong, samples(1.6)), blow + 0.02, 0.6 * knobs["bell"])
    return Raw(out, blow)


KNOCK = recipe(
    "knock",
    "knuckles on a door",
    {
        "knocks": Setting(3.0, 1.0, 8.0, "how many"),
        "gap": Setting(0.24, 0.1, 1.0, "from knock to knock", "s"),
        "force": Setting(0.5, 0.0, 1.0, "0 timid, 1 the police"),
        "size": Setting(0.5, 0.0, 1.0, "0 a cupboard, 0.5 a room's door, 1 a gate"),
        "ring": Setting(0.46, 0.3, 1.0, "0.3 plastic, 0.5 wood, 1 a steel door"),
    },
    _knock,
)
GLASS_DOWN = recipe(
    "glass_down",
    "a glass set down on a table",
    {
        "full": Setting(0.4, 0.0, 1.0, "how much is in it: fuller is lower and shorter"),
        "force": Setting(0.4, 0.0, 1.0, "how hard it is put down"),
        "size": Setting(0.5, 0.0, 1.0, "0 a shot glass, 1 a jar"),
    },
    _glass_down,
)
KEYS = recipe(
    "keys",
    "a bunch of keys moves in a hand",
    {"count": Setting(0.5, 0.0, 1.0, "how many keys are on it")},
    _keys,
    sustains=True,
)
PHONE = recipe(
    "phone",
    "a telephone's bell rings; for a longer length it rings again and again",
    {
        "ring": Setting(1.6, 0.3, 4.0, "how long one ring lasts", "s"),
        "rate": Setting(11.0, 6.0, 16.0, "how often the hammer goes to and fro", "Hz"),
    },
    _phone,
    sustains=True,
)
TYPEWRITER = recipe(
    "typewriter",
    "one key of a typewriter; the pace is the cue's",
    {
        "force": Setting(0.6, 0.0, 1.0, "how hard it is typed"),
        "bell": Setting(0.0, 0.0, 1.0, "the bell at the end of the line"),
    },
    _typewriter,
    kind="steps",
)
