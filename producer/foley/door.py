"""A door on a dry hinge: stick–slip at the pin, heard through the door's own boards; perhaps it knocks home.

A hand starts it slowly (single ticks), swings it (they close up into a groaning pitch) and lets it slow again; a door
that hangs on one hinge leans on its pin, now more, now less.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, clock, recipe, samples
from producer.foley.contact import band_pass, bent, burst, noise, paste, swell, thump, wander
from producer.foley.friction import rubbed, slip_rate_hz
from producer.foley.impact import struck
from producer.foley.modal import STEEL, WOOD, damped, modes, plate, together
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    swing_s = max(
        (length_s if length_s is not None else knobs["swing"] * chance.uniform(0.88, 1.14)) - 0.45 * knobs["knock"],
        0.05,
    )
    n = samples(swing_s)
    t = clock(n) / swing_s
    push = np.sin(np.pi * t ** chance.uniform(0.7, 1.05)) ** 1.2
    push = 0.12 + 0.88 * push * np.clip(1.0 + 0.45 * wander(chance, n, 2.6), 0.15, 1.8)
    rate = slip_rate_hz(0.30 + 0.42 * knobs["rust"], 0.6) * push * 2.0 ** (0.4 * wander(chance, n, 1.1))
    load = swell(n, 0.03, 0.18) * np.clip(0.75 + 0.4 * wander(chance, n, 2.0), 0.15, 1.4)
    larger = 0.5 - knobs["size"]
    boards = modes(
        150.0 * 2.2**larger,
        plate(40, 2.4)[::3],
        damped(WOOD, 22.0),
        chance,
        contact_s=1.4e-4,
        stray=0.06,
        tilt=0.05,
    )
    hinge = np.array([1.0, 1.47, 2.09, 2.8, 3.9, 5.2, 6.9, 8.8])
    pin = modes(880.0 * 1.8**larger, hinge, damped(STEEL, 38.0), chance, contact_s=6e-5, stray=0.05, tilt=0.9)
    body = together((boards, 0.8), (pin, 1.1))
    creak = rubbed(body, rate, load, chance, roughness=0.25, stray=0.04 + 0.10 * knobs["rust"], sharpness_hz=6_500.0)
    creak = bent(creak, 1.0 + 0.05 * wander(chance, n, 1.7))
    creak /= float(np.abs(creak).max(initial=0.0)) or 1.0
    moving_air = 0.012 * band_pass(noise(chance, n) * push, 150.0, 1_200.0)
    out = np.zeros(samples(PRE_ROLL_S + swing_s + 0.6 * (knobs["knock"] > 0.0)))
    paste(out, creak * (0.25 + 0.75 * knobs["creak"]) + moving_air, PRE_ROLL_S)
    end = PRE_ROLL_S + swing_s * 0.985
    if knobs["knock"] > 0.0:
        wood = {"ring": 0.47, "size": 0.55 + 0.4 * knobs["size"], "hollow": 0.5, "hardness": 0.55, "weight": 0.8}
        blow = struck(wood, chance)
        paste(out, blow / (np.abs(blow).max() or 1.0), end, 0.9 * knobs["knock"])
        paste(out, thump(68.0, 0.03, 0.002), end, 0.5 * knobs["knock"])
        paste(out, burst(chance, 2e-4, 0.004, 1_200.0, 7_000.0), end + 0.008, 0.06 * knobs["knock"])
        paste(out, blow / (np.abs(blow).max() or 1.0), end + chance.uniform(0.09, 0.16), 0.2 * knobs["knock"])
    # A slam is about its blow, a creak about its beginning.
    return Raw(out, end if knobs["knock"] > 0.6 else None)


DOOR = recipe(
    "door",
    "a wooden door moves on a dry hinge and perhaps knocks home",
    {
        "creak": Setting(0.9, 0.0, 1.0, "how dry the hinge is"),
        "rust": Setting(0.45, 0.0, 1.0, "how fast the pin slips: 0 slow ticks, 1 a high whine"),
        "size": Setting(0.5, 0.0, 1.0, "0 a cupboard, 0.5 a room's door, 1 a barn's"),
        "swing": Setting(1.9, 0.4, 6.0, "how long it moves", "s"),
        "knock": Setting(
            0.25, 0.0, 1.0, "the blow at the end of its swing: 0 none, 1 slammed; over 0.6 the blow lands on the cue"
        ),
    },
    _make,
    sustains=True,
)
