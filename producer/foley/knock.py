"""Small things of a room: a knock, a glass set down, a bunch of keys, a telephone, a typewriter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import arrivals, band_pass, burst, hits, paste, shower, slips, smooth, swell, thump, wander
from producer.foley.impact import bounces, struck
from producer.foley.mechanism import click
from producer.foley.modal import (
    GLASS,
    STEEL,
    Modes,
    bar,
    bell,
    convolved,
    damped,
    material,
    modes,
    plate,
    resonate,
    ring_out,
    together,
)
from producer.model.foley import Setting


def _knock(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Knuckles on a panel: bone, softened by skin; the panel sounds with the air behind it."""
    count = max(1, round(knobs["knocks"]))
    gaps = knobs["gap"] * chance.uniform(0.88, 1.14, count)
    out = np.zeros(samples(PRE_ROLL_S + float(gaps[: count - 1].sum()) + 0.6 + 0.8 * max(0.0, knobs["ring"] - 0.6)))
    ring, hard = knobs["ring"], knobs["hard"]
    door = {
        "ring": ring,
        "size": 0.45 + 0.4 * knobs["size"],
        "hollow": 0.7 - 0.9 * min(max(0.0, ring - 0.5), 0.5),  # a pane or a plate has no box behind it
        "hardness": min(0.42 + 0.25 * knobs["force"] + 0.33 * hard, 1.0),
        "weight": 0.25,
    }
    at = PRE_ROLL_S
    for number in range(count):
        last = 1.15 if number == count - 1 else 1.0
        level = last * chance.uniform(0.75, 1.0) * (0.5 + 0.5 * knobs["force"])
        blow = struck(door, chance, held=14.0, form="door")
        paste(out, blow / (float(np.abs(blow).max()) or 1.0), at, level)
        if hard > 0.0:  # a ring, a stick or a gun's butt: it rattles back off the panel
            paste(out, burst(chance, 5e-5, 0.001, 2_000.0, 12_000.0), at, 0.25 * hard * level)
            paste(out, 0.12 * hard * level * click(chance, 0.3, 0.3), at + chance.uniform(0.012, 0.03))
        at += float(gaps[number])
    return Raw(out)


def _glass_down(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """The rim of the base lands on one side first, then on the other: each contact rings glass and table."""
    out = np.zeros(samples(PRE_ROLL_S + 1.1))
    top, force = knobs["table"], knobs["force"]
    # A harder blow is a shorter touch, so that more of the highs sound; by its level alone it would not be told.
    cup = modes(
        2_300.0 * 2.2 ** (0.5 - knobs["size"]),
        bell(9),
        damped(GLASS, 10.0 + 26.0 * knobs["full"]),
        chance,
        contact_s=8e-5 * 2.0 ** (2.0 * max(0.0, 0.3 - top)) * 4.0 ** (0.4 - force),
        stray=0.03,
        tilt=0.35,
        form="glass",
    )
    heavy = Modes(cup.freq_hz * (1.0 - 0.22 * knobs["full"]), cup.decay_per_s, cup.level)
    table = {
        "ring": top,
        "size": 0.62,
        "hollow": 0.35
        * max(0.0, 1.0 - 2.0 * abs(top - 0.46)),  # boards have air beneath them, stone and plate have not
        "hardness": 0.5 + 0.5 * force,
        "weight": 0.35,
    }
    lying = 30.0 + 60.0 * max(0.0, top - 0.5)
    ring = ring_out(heavy, samples(1.0))
    for at, speed in bounces(chance, 0.05 + 0.03 * chance.random(), 0.35)[:3]:
        paste(out, ring, PRE_ROLL_S + at, 0.9 * speed)
        blow = struck(table, chance, speed, held=lying, form="table")
        paste(out, blow, PRE_ROLL_S + at, 0.34)
        paste(out, burst(chance, 5e-5, 0.0009, 2_500.0, 13_000.0), PRE_ROLL_S + at, (0.1 + 0.75 * force) * speed)
    return Raw(out)


def _keys(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Flat brass pieces on a ring, striking one another whenever the hand moves."""
    length = length_s if length_s is not None else 0.85 * chance.uniform(0.85, 1.2)
    n = max(samples(length), 1)
    t = clock(n)
    shake = np.zeros(n)
    jerk = np.exp(-clock(samples(0.5)) / 0.045)
    # The hand moves again and again, never quite evenly.
    later = 2 + round(3 * length)
    starts = 0.08 + (np.arange(later) + chance.uniform(0.0, 1.0, later)) / later * max(length - 0.23, 0.02)
    for start in (PRE_ROLL_S, *starts.tolist()):
        paste(shake, jerk, start, chance.uniform(0.4, 1.0))
    shake *= swell(n, 0.002, 0.12)
    # In a hand and on a ring each piece rings briefly; a jailer's are long bars of iron.
    size = knobs["size"]
    large = 3.4 ** (size - 0.3)
    shapes = (plate(11, 2.4), np.sort(np.concatenate([bar(4), 1.31 * plate(7, 1.6)])))
    bunch = tuple(
        modes(
            chance.uniform(2_000.0, 4_600.0) / large,
            shapes[number % 2],
            damped(STEEL, 62.0 / large),
            chance,
            contact_s=4e-5 * large,
            stray=0.03,
            tilt=0.1,
        )
        for number in range(3 + round(6 * knobs["count"]))
    )
    times = np.concatenate([[PRE_ROLL_S], arrivals(chance, (80.0 + 190.0 * knobs["count"]) / large * shake)])
    # Most touches are light; a few keys fall right across the others.
    levels = np.interp(times, t, shake) * (0.15 + 0.85 * chance.random(len(times)) ** 2.5)
    levels[0] = 1.0
    out = shower(chance, n, times, levels, bunch)
    ring = modes(760.0, bell(5), damped(STEEL, 70.0), chance, contact_s=2e-4, stray=0.02, tilt=0.3)
    out += (0.08 + 0.5 * size**2) * resonate(ring, smooth(hits(n, times[::4], levels[::4]), 3_000.0))
    return Raw(out)


def _phone(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """A hammer between two gongs, each near a third from the other, struck in turn 20 or so times a second."""
    ring_s, buzz = knobs["ring"], knobs["buzz"]
    length = length_s if length_s is not None else PRE_ROLL_S + ring_s + 1.6 - 1.1 * buzz
    n = samples(length) + (1 if length_s is None else samples(0.01))  # one that is cut is cut while it rings
    larger = 1.9 ** (knobs["size"] - 0.5)
    first = 1_150.0 / larger
    pairs = knobs["rate"] * (1.0 + 0.01 * chance.standard_normal())
    cadence = ring_s + 2.0
    starts = np.arange(0.0, max(length - 0.2, 0.01), cadence) if length_s is not None else np.zeros(1)
    strokes = np.concatenate([PRE_ROLL_S + start + np.arange(0.0, ring_s, 0.5 / pairs) for start in starts])
    strokes = strokes + 0.0012 * chance.standard_normal(len(strokes)) * (strokes > PRE_ROLL_S)
    force = chance.uniform(0.75, 1.0, len(strokes))
    out = np.zeros(n)
    if buzz < 1.0:
        for gong, pitch in enumerate((first, first * 1.235)):
            # The hammer that strikes a gong also takes sound from it, so that it is not wound up without end.
            stuff = damped(STEEL, 4.5)
            body = modes(pitch, bell(9), stuff, chance, contact_s=7e-5, stray=0.012, tilt=0.3, form=f"gong {gong}")
            out += resonate(body, smooth(hits(n, strokes[gong::2], force[gong::2]), 9_000.0))
        out /= float(np.abs(out).max(initial=0.0)) or 1.0
        clapper = hits(n, strokes, force)
        out += 0.10 * band_pass(
            convolved(n, (clapper, burst(chance, 8e-5, 0.0009, 2_500.0, 12_000.0))), 2_000.0, 14_000.0
        )
    box_hz = 240.0 / larger
    box = modes(box_hz, plate(7, 1.9), damped(material(0.3), 60.0), chance, stray=0.05, form="telephone")
    rattle = resonate(box, smooth(hits(n, strokes, force), 3_000.0))
    out += 0.12 * (1.0 - buzz) * rattle / (float(np.abs(rattle).max(initial=0.0)) or 1.0)
    if buzz > 0.0:
        made = _buzzer(n, starts, ring_s, pairs, box_hz, chance)
        out = (1.0 - buzz) * out + buzz * made
    return Raw(out)


def _buzzer(n: int, starts_s: Wave, ring_s: float, pairs: float, box_hz: float, chance: np.random.Generator) -> Wave:
    """An armature between two stops on a steel diaphragm, shape (n,): blows at nine times the rate of a bell's hammer.

    The two stops are not alike, and contact sparks jitter, which makes it rasp and not sing.
    """
    gate = np.zeros(n)
    for start in starts_s:
        paste(gate, swell(samples(ring_s), 0.006, 0.03), PRE_ROLL_S + float(start))
    rate = 9.0 * pairs * (1.0 - 0.10 * np.exp(-(clock(n) % max(ring_s + 2.0, 0.1)) / 0.08)) * np.ones(n)
    rate *= 1.0 + 0.012 * wander(chance, n, 7.0)
    times = slips(chance, rate, 0.025)
    levels = np.interp(times, clock(n), gate) * chance.uniform(0.8, 1.0, len(times))
    levels[1::2] *= -0.62
    # The current takes hold at once: each ring begins with a blow.
    times, levels = np.append(times, PRE_ROLL_S + starts_s), np.append(levels, np.ones(len(starts_s)))
    plate_of_steel = modes(
        1.9 * box_hz,
        plate(80, 1.5)[::3],
        damped(STEEL, 70.0),
        chance,
        contact_s=9e-5,
        stray=0.05,
        tilt=0.05,
        form="buzzer",
    )
    case = modes(box_hz, plate(7, 1.9), damped(material(0.3), 60.0), chance, stray=0.05, form="telephone")
    made = resonate(together((plate_of_steel, 1.0), (case, 0.5)), smooth(hits(n, times, levels), 8_000.0))
    return made / (float(np.abs(made).max(initial=0.0)) or 1.0)


def _typewriter(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """One key: the finger lands, the type bar strikes paper and platen, the carriage takes a step."""
    out = np.zeros(samples(PRE_ROLL_S + 0.35))
    fly = 0.030 * chance.uniform(0.85, 1.2)
    harder = knobs["force"] - 0.6
    paste(out, thump(210.0, 0.006, 0.0015), PRE_ROLL_S, 0.25)
    paste(out, click(chance, 0.25, 0.1, 0.6 - 0.5 * harder), PRE_ROLL_S, 0.22)
    blow = PRE_ROLL_S + fly
    frame = modes(
        310.0,
        plate(40, 1.8)[::2],
        damped(STEEL, 62.0),
        chance,
        contact_s=1.3e-4 * 4.0**-harder,
        stray=0.04,
        tilt=0.2,
        form="typewriter",
    )
    paste(out, ring_out(frame, samples(0.25)), blow, 0.64)
    paste(out, burst(chance, 1e-4, 0.0035, 700.0, 6_500.0 * 4.0**harder), blow, 0.45 * (1.0 + harder))
    paste(out, thump(135.0, 0.009, 0.001), blow, 0.42)
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
        "ring": Setting(0.46, 0.3, 1.0, "0.3 plastic, 0.5 wood, 0.75 a window pane, 1 a steel door"),
        "hard": Setting(0.0, 0.0, 1.0, "what knocks: 0 knuckles, 0.5 a stick, 1 a hammer or a gun's butt"),
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
        "table": Setting(0.46, 0.0, 1.0, "what it is set on: 0 stone, 0.5 wood, 0.75 glass, 1 a steel bench"),
    },
    _glass_down,
)
KEYS = recipe(
    "keys",
    "a bunch of keys moves in a hand",
    {
        "count": Setting(0.5, 0.0, 1.0, "how many keys are on it"),
        "size": Setting(0.3, 0.0, 1.0, "of each: 0 a suitcase's, 0.3 a house's, 1 a jailer's ring"),
    },
    _keys,
    sustains=True,
)
PHONE = recipe(
    "phone",
    "a telephone's bell rings; for a longer length it rings again and again",
    {
        "ring": Setting(1.6, 0.3, 4.0, "how long one ring lasts", "s"),
        "rate": Setting(11.0, 6.0, 16.0, "how often the hammer goes to and fro", "Hz"),
        "size": Setting(0.5, 0.0, 1.0, "of gongs and box: 0 a small wall telephone, 1 an alarm bell's"),
        "buzz": Setting(0.0, 0.0, 1.0, "0 a bell, 1 a buzzer: a field telephone or an intercom"),
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
