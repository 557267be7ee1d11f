"""A door on a dry hinge: stick–slip at the pin, heard through the door's own boards; perhaps it knocks home.

A hand starts it slowly (single ticks), swings it (they close up into a groaning pitch) and lets it slow again; a door
that hangs on one hinge leans on its pin, now more, now less.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import (
    arrivals,
    band_pass,
    bent,
    burst,
    hits,
    noise,
    paste,
    smooth,
    swell,
    thump,
    wander,
)
from producer.foley.friction import rubbed, slip_rate_hz
from producer.foley.impact import struck
from producer.foley.mechanism import click
from producer.foley.modal import STEEL, WOOD, Modes, damped, modes, plate, resonate, thinned, together
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    swing_s = knobs["swing"] * chance.uniform(0.88, 1.14) - 0.45 * knobs["knock"]
    if length_s is not None:  # what comes after the swing must be heard within the length too
        swing_s = length_s - max(0.45 * knobs["knock"] * (1.0 + 0.6 * knobs["metal"]), 0.25 * knobs["latch"])
    swing_s = max(swing_s, 0.05)
    n = samples(swing_s)
    t = clock(n) / swing_s
    push = np.sin(np.pi * t ** chance.uniform(0.7, 1.05)) ** 1.2
    push = 0.12 + 0.88 * push * np.clip(1.0 + 0.45 * wander(chance, n, 2.6), 0.15, 1.8)
    rate = slip_rate_hz(0.30 + 0.42 * knobs["rust"], 0.6) * push * 2.0 ** (0.4 * wander(chance, n, 1.1))
    load = swell(n, 0.03, 0.18) * np.clip(0.75 + 0.4 * wander(chance, n, 2.0), 0.15, 1.4)
    larger = 0.5 - knobs["size"]
    metal = knobs["metal"]
    wooden = modes(
        150.0 * 2.2**larger,
        plate(40, 2.4)[::3],
        damped(WOOD, 22.0),
        chance,
        contact_s=1.4e-4,
        stray=0.06,
        tilt=0.05,
        form="boards",
    )
    steel = modes(
        84.0 * 2.2**larger,
        thinned(plate(220, 1.9), 34),
        damped(STEEL, 17.0),
        chance,
        contact_s=9e-5,
        stray=0.05,
        tilt=0.12,
        form="steel door",
    )
    hinge = np.array([1.0, 1.47, 2.09, 2.8, 3.9, 5.2, 6.9, 8.8])
    pin = modes(
        880.0 * 1.8 ** (larger - 0.5 * metal),
        hinge,
        damped(STEEL, 38.0),
        chance,
        contact_s=6e-5,
        stray=0.05,
        tilt=0.9 - 0.4 * metal,
        form="hinge",
    )
    body = together((wooden, 0.8 * (1.0 - metal)), (steel, 0.5 * metal), (pin, 1.1))
    creak = rubbed(body, rate, load, chance, roughness=0.25, stray=0.04 + 0.10 * knobs["rust"], sharpness_hz=6_500.0)
    creak = bent(creak, 1.0 + 0.05 * wander(chance, n, 1.7))
    creak /= float(np.abs(creak).max(initial=0.0)) or 1.0
    moving = knobs["creak"] ** 1.3 * (1.0 - 0.6 * knobs["rollers"]) * creak
    if knobs["rollers"] > 0.0:
        moving += knobs["rollers"] * _rollers(n, push, steel, larger, chance)
    moving += _swinging(noise(chance, n) * push, together((wooden, 1.0 - metal), (steel, metal)))
    home = knobs["knock"] > 0.0 or knobs["latch"] > 0.0
    whole_s = PRE_ROLL_S + swing_s + (0.6 + 0.9 * metal) * home
    if length_s is not None:
        whole_s = min(whole_s, length_s + 0.01)  # longer than is wanted, so that what is cut is let go softly
    out = np.zeros(samples(whole_s))
    paste(out, moving, PRE_ROLL_S)
    end = PRE_ROLL_S + swing_s * 0.985
    if knobs["knock"] > 0.0:
        leaf = {
            "ring": 0.47 + 0.5 * metal,
            "size": 0.55 + 0.4 * knobs["size"],
            "hollow": 0.5 * (1.0 - 0.6 * metal),
            "hardness": 0.55 + 0.2 * metal,
            "weight": 0.8,
        }
        # It meets the frame, springs back, and rests: never twice on one spot.
        for at, level in ((end, 0.9), (end + chance.uniform(0.09, 0.16), 0.2)):
            if at > whole_s:
                break
            blow = struck(leaf, chance, level**0.5, held=2.0 * metal, form="leaf", most_s=max(whole_s - at, 0.002))
            paste(out, blow / (float(np.abs(blow).max()) or 1.0), at, level * knobs["knock"])
        paste(out, thump(68.0, 0.03, 0.002), end, 0.5 * knobs["knock"])
        paste(out, burst(chance, 2e-4, 0.004, 1_200.0, 7_000.0), end + 0.008, 0.06 * knobs["knock"])
    if knobs["latch"] > 0.0:
        # The tongue rides up the strike and drops behind it.
        for at, level in ((end + 0.004, 0.4), (end + chance.uniform(0.035, 0.06), 1.0)):
            tongue = click(chance, 0.38 + 0.3 * knobs["size"] + 0.15 * metal, 0.35 + 0.4 * metal, 0.15)
            paste(out, tongue / (float(np.abs(tongue).max()) or 1.0), at, 0.55 * level * knobs["latch"])
    # A slam is about its blow, a creak about its beginning.
    return Raw(out, end if knobs["knock"] > 0.6 else None)


def _swinging(eddies: Wave, leaf: Modes) -> Wave:
    """What is heard of a door on an oiled hinge, shape (n,): air that the leaf moves, and the leaf that it shakes.

    As loud beside a dry hinge as it is in a room, since all of a hit is set to one loudness: it is what a creak is
    measured against.
    """
    air = band_pass(eddies, 150.0, 1_200.0)
    low = Modes(leaf.freq_hz, leaf.decay_per_s + 40.0, leaf.level / (1.0 + (leaf.freq_hz / 500.0) ** 2))
    shaken = resonate(low, smooth(eddies, 400.0))
    return 0.05 * air + 0.012 * shaken / (float(np.sqrt(np.mean(np.square(shaken)))) or 1.0)


def _rollers(n: int, push: Wave, leaf: Modes, larger: float, chance: np.random.Generator) -> Wave:
    """A leaf that hangs on wheels, shape (n,): they rumble over joints and dirt, and the plate hums."""
    turns = np.cumsum(push) / BENCH_HZ
    around = 1.0 + 0.35 * np.sin(2.0 * np.pi * 3.1 * turns + 1.0) + 0.25 * np.sin(2.0 * np.pi * 4.3 * turns)
    rough = band_pass(noise(chance, n) * push**1.3 * around, 70.0, 2_600.0)
    dirt = arrivals(chance, 26.0 * push)
    knocks = hits(n, dirt, chance.pareto(2.5, len(dirt)).clip(0.05, 3.0) * np.interp(dirt, clock(n), push))
    gaps = 0.42 + chance.uniform(0.0, 0.05)
    joints = np.interp(np.arange(gaps, float(turns[-1]), gaps), turns, clock(n)) if n else np.zeros(0)
    knocks += hits(n, np.append(joints, joints + 0.045), np.full(2 * len(joints), 5.0))
    low = Modes(leaf.freq_hz, leaf.decay_per_s + 25.0, leaf.level)
    made = resonate(low, 0.06 * rough + smooth(knocks, 3_500.0 * 1.5**larger))
    return made / (float(np.abs(made).max(initial=0.0)) or 1.0)


DOOR = recipe(
    "door",
    "a door of wood or steel moves on a dry hinge or on rollers and perhaps knocks home",
    {
        "creak": Setting(0.9, 0.0, 1.0, "how dry the hinge is"),
        "rust": Setting(0.45, 0.0, 1.0, "how fast the pin slips: 0 slow ticks, 1 a high whine"),
        "size": Setting(0.5, 0.0, 1.0, "0 a cupboard, 0.5 a room's door, 1 a barn's"),
        "metal": Setting(0.0, 0.0, 1.0, "0 planks, 1 a steel door"),
        "rollers": Setting(0.0, 0.0, 1.0, "0 it swings on its hinge, 1 it slides on wheels along a rail"),
        "latch": Setting(0.0, 0.0, 1.0, "the click of its latch at the end; on a large steel door, a bolt"),
        "swing": Setting(1.9, 0.4, 6.0, "how long it moves", "s"),
        "knock": Setting(
            0.25, 0.0, 1.0, "the blow at the end of its swing: 0 none, 1 slammed; over 0.6 the blow lands on the cue"
        ),
    },
    _make,
    sustains=True,
)
