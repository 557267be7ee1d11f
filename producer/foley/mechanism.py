"""Small machines: clicks of steel parts that seat against each other, gear trains, servo motors.

A click is never one impact: a part slides, strikes its stop and settles, all within a few thousandths of a second. A
servo is a shaft that runs up, holds and stops; its teeth meet at shaft rate times their number, and no two teeth are
alike, which puts sidebands beside each harmonic.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import band_pass, burst, hits, noise, paste, slips, smooth, swell, thump, wander
from producer.foley.modal import (
    STEEL,
    Modes,
    bar,
    damped,
    longest,
    material,
    modes,
    plate,
    resonate,
    ring_out,
    thinned,
    together,
)
from producer.model.chance import rng
from producer.model.foley import Setting

_CLOSEST = 0.55
"""The shortest way from click to click, as a share of the usual one."""
RUNG_OUT = 10.0 ** (-30.0 / 20.0)
"""Of its peak: where a click may end that there is no more room for."""


def click(chance: np.random.Generator, size: float, ring: float, soft: float = 0.0) -> Wave:
    """One part seating against another, from its first sample on; `size` 0 a watch, 1 a vault."""
    lowest = 3_000.0 * 9.0**-size
    ratios = np.sort(np.concatenate([plate(9, 1.9), 1.6 * bar(4)]))
    out = np.zeros(samples(0.06 + 0.30 * ring))
    touch = (6e-5 + 2.2e-4 * size) * (1.0 + 4.0 * soft)
    stuff = damped(material(0.35 + 0.6 * ring), 55.0)
    frame = modes(lowest * 0.3, np.array([1.0, 1.5, 2.3]), damped(material(0.3), 70.0), chance, contact_s=4.0 * touch)
    part = modes(lowest, ratios, stuff, chance, contact_s=touch, stray=0.03, tilt=0.0)
    blow = ring_out(together((part, 1.0), (frame, 0.3)), len(out))
    paste(blow, burst(chance, touch, 0.0012, 1_500.0, 12_000.0 - 6_000.0 * soft), 0.0, 0.14)
    at = 0.0
    for level in (0.35, 1.0, 0.3 * chance.uniform(0.3, 1.3)):
        paste(out, blow, at, level)
        at += chance.uniform(0.0025, 0.006) * (0.6 + size)
    return out


def _servo(n: int, knobs: Mapping[str, float], chance: np.random.Generator) -> Wave:
    """A motor under load, shape (n,): run up, hold with a hunting wobble, stop."""
    run = swell(n, 0.10, 0.16)
    effort = 1.0 + 0.07 * wander(chance, n, 3.0) + 0.02 * wander(chance, n, 11.0)
    shaft = (95.0 - 62.0 * knobs["size"]) * chance.uniform(0.93, 1.07) * np.sqrt(run) * effort
    turns = np.cumsum(shaft) / 48_000.0
    teeth = 9
    once = 1.0 + 0.4 * np.sin(2.0 * np.pi * turns) + 0.2 * np.sin(4.0 * np.pi * turns + 1.0)
    wave = np.zeros(n)
    for harmonic in range(1, 8):
        level = chance.uniform(0.5, 1.0) / harmonic**0.9
        wave += level * np.sin(2.0 * np.pi * teeth * harmonic * turns + chance.uniform(0.0, 6.28))
    wave += 0.45 * np.sin(2.0 * np.pi * 2.37 * teeth * turns) * (1.0 + 0.5 * np.sin(2.0 * np.pi * 0.31 * turns))
    brushes = band_pass(noise(chance, n), 1_800.0, 9_000.0) * (0.6 + 0.4 * np.sin(2.0 * np.pi * 2.0 * turns))
    dry = (0.5 * wave * once + 0.5 * brushes) * run**0.7
    case = modes(420.0 - 240.0 * knobs["size"], plate(10), damped(material(0.35), 90.0), chance, stray=0.05, tilt=0.1)
    return 0.5 * dry + 0.05 * resonate(case, dry)


def _gears(n: int, knobs: Mapping[str, float], chance: np.random.Generator) -> Wave:
    """A train of teeth, shape (n,): every tooth a small blow, the same uneven pattern each turn."""
    rate = (58.0 - 38.0 * knobs["size"]) * swell(n, 0.12, 0.2) * (1.0 + 0.12 * wander(chance, n, 2.0)) + 0.5
    times = slips(chance, rate, 0.03)
    pattern = chance.uniform(0.3, 1.0, 8)
    levels = pattern[np.arange(len(times)) % 8] * chance.uniform(0.85, 1.1, len(times))
    levels *= np.interp(times, clock(n), swell(n, 0.08, 0.2))
    stuff = damped(material(0.4 + 0.55 * knobs["ring"]), 70.0)
    tooth = modes(
        1_900.0 * 6.0 ** -knobs["size"], plate(14, 1.7), stuff, chance, contact_s=1.2e-4, stray=0.04, tilt=0.25
    )
    return resonate(tooth, smooth(hits(n, times, levels), 9_000.0))


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    going = knobs["servo"] > 0.0 or knobs["gears"] > 0.0
    count = round(knobs["clicks"]) if going else max(1, round(knobs["clicks"]))
    filling = length_s is not None and not going  # what only clicks goes on clicking; a motor goes on by itself
    if filling and length_s is not None:
        count = max(count, 1 + int(length_s / (_CLOSEST * knobs["spacing"])))
    gaps = knobs["spacing"] * chance.uniform(_CLOSEST, 1.5, max(count, 1))
    own = max(0.95 * chance.uniform(0.85, 1.2) if going else 0.0, float(gaps[: count - 1].sum()) + 0.4)
    n = max(samples(length_s if length_s is not None else own + PRE_ROLL_S), 1)
    lead = min(samples(PRE_ROLL_S), n - 1)
    out = np.zeros(n)
    for level, wave in ((knobs["servo"], _servo), (knobs["gears"], _gears)):
        if level > 0.0:
            made = wave(n - lead, knobs, chance)
            out[lead:] += level * made / (float(np.abs(made).max(initial=0.0)) or 1.0)
    at = PRE_ROLL_S
    for number in range(count):
        part = click(chance, knobs["size"] * chance.uniform(0.7, 1.1), knobs["ring"], knobs["soft"])
        level = (1.0 if number in {0, count - 1} else chance.uniform(0.4, 0.9)) * (0.45 if going else 1.0)
        part = part / (np.abs(part).max() or 1.0)
        if number == 0 and not going:
            # One that is longer than what was asked for is let go, not broken off.
            out = np.pad(out, (0, max(0, samples(at) + len(part) - n)))
        elif length_s is not None and samples(at) + _rings(part) > n:
            break
        paste(out, part, at, level)
        at += float(gaps[number])
    return Raw(out, PRE_ROLL_S if count else None)


def _rings(part: Wave) -> int:
    """Samples until a click, whose peak is 1, has nearly rung out."""
    loud = np.flatnonzero(np.abs(part) > RUNG_OUT)
    return int(loud[-1]) + 1 if len(loud) else 0


def _clock(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """An escapement: the pallet unlocks, takes its impulse and drops on the next tooth, within 20 to 40 ms.

    The other pallet drops from the other side of the wheel: a tock, lower and not quite half a swing later. A works'
    clock is stepped by a magnet once a minute: its armature slams home, the train jerks on, and a pawl falls in.
    """
    size, metal, tock = knobs["size"], knobs["metal"], knobs["tock"]
    beats = [(0.0, 1.0, 1.0)]
    if tock > 0.0:
        beats.append((knobs["beat"] * chance.uniform(0.97, 1.02), 1.0 - 0.36 * tock, 1.0 - 0.3 * tock))
    out = np.zeros(samples(PRE_ROLL_S + beats[-1][0] + 0.45 + 0.5 * metal))
    lowest = 2_600.0 * 8.0**-size
    wood = damped(material(0.5 - 0.3 * (1.0 - knobs["case"])), 25.0)
    spot = chance.normal(1.0, 0.3, 64)  # this take's own, for tick and tock alike
    for start, pitch, share in beats:
        # A pallet meets the same spot of its wheel at every beat, nearly.
        same = rng("clock")
        wheel_hz = lowest * pitch
        wheel = modes(
            wheel_hz, thinned(plate(40, 1.8), 12), damped(material(0.9), 90.0), same, contact_s=5e-5, tilt=0.2
        )
        case = modes(0.36 * wheel_hz, plate(12, 2.2), wood, same, contact_s=2e-4, tilt=0.5)
        shell_of_steel = thinned(plate(160, 1.6), 26)
        shell = modes(0.22 * wheel_hz, shell_of_steel, damped(STEEL, 34.0), same, contact_s=1.4e-4, tilt=0.15)
        bank = together((wheel, 1.0), (case, 0.9 * knobs["case"] * (1.0 - metal)), (shell, 0.8 * metal))
        bank = Modes(bank.freq_hz, bank.decay_per_s, bank.level * spot[: len(bank.level)])
        sound = ring_out(bank, min(samples(0.4 + 0.5 * metal), longest(bank)))
        for at, level in ((0.0, 0.5), (0.006 + 0.008 * size, 0.25), (0.012 + 0.016 * size, 1.0)):
            blow = share * level * chance.uniform(0.85, 1.1)
            paste(out, sound, PRE_ROLL_S + start + at, blow)
            paste(
                out,
                burst(chance, 6e-5, 0.0008, 2_500.0 * pitch, 12_000.0 * pitch),
                PRE_ROLL_S + start + at,
                0.13 * blow,
            )
        if metal > 0.0:
            heavy = metal * share * (0.4 + 0.6 * size)
            paste(out, thump(150.0 - 60.0 * size, 0.016, 0.0012), PRE_ROLL_S + start, 1.3 * heavy)
            for at in (0.028 + 0.02 * size, 0.075 + 0.05 * size):
                pawl = click(chance, 0.35 + 0.4 * size, 0.5)
                late = at * chance.uniform(0.9, 1.15)
                paste(out, pawl / (float(np.abs(pawl).max()) or 1.0), PRE_ROLL_S + start + late, 0.5 * heavy)
    return Raw(out)


MECHANISM = recipe(
    "mechanism",
    "a small machine: latch, trigger, a gun in the hand, gears, a servo running up and stopping",
    {
        "clicks": Setting(
            3.0, 0.0, 12.0, "how many parts click; without servo and gears at least one, with a length as many as fit"
        ),
        "spacing": Setting(0.11, 0.02, 0.6, "from click to click, about", "s"),
        "servo": Setting(0.0, 0.0, 1.0, "a motor's whirr"),
        "gears": Setting(0.0, 0.0, 1.0, "teeth of a gear train"),
        "size": Setting(0.4, 0.0, 1.0, "0 a watch, 0.4 a gun, 1 a vault or a giant's joint"),
        "ring": Setting(0.5, 0.0, 1.0, "0 plastic and grease, 1 bare steel"),
        "soft": Setting(0.2, 0.0, 1.0, "how gently the parts are handled"),
    },
    _make,
    sustains=True,
)

CLOCK = recipe(
    "clock",
    "one tick of a clock, or tick and tock; the pace is the cue's",
    {
        "size": Setting(0.45, 0.0, 1.0, "0 a wrist watch, 0.5 a mantel clock, 1 a tower's"),
        "case": Setting(0.6, 0.0, 1.0, "how much its wooden case answers"),
        "metal": Setting(0.0, 0.0, 1.0, "0 a wooden case, 1 a works' clock in sheet steel, stepped by a magnet"),
        "tock": Setting(0.0, 0.0, 1.0, "0 one tick; more: a tock follows, the more unlike it the more"),
        "beat": Setting(0.5, 0.1, 2.0, "from tick to tock", "s"),
    },
    _clock,
    kind="steps",
)
