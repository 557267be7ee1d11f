"""One step: heel, ball and toe, three contacts of a sole with a ground and with what lies loose upon it.

The walk's pace is made by whoever places the steps. The heel strikes hard and rings ground and sole; the ball follows
softer as the foot rolls; the toe presses and pushes off. Loose stuff (gravel, glass, snow) answers to how the load
changes, so it speaks at each contact, murmurs during the roll and settles after the foot has gone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import band_pass, burst, low_pass, noise, paste, smooth, thump
from producer.foley.modal import CONCRETE, HIDE, STEEL, WOOD, damped, longest, modes, plate, ring_out, together
from producer.foley.underfoot import Contact, add_loose
from producer.model.foley import Setting


def _touches(knobs: Mapping[str, float], chance: np.random.Generator) -> tuple[Contact, ...]:
    roll = knobs["roll"] * chance.uniform(0.88, 1.14) * (0.85 + 0.3 * knobs["weight"])
    # A hard sole is on the ground at once, a rubber one gives; loose ground lengthens every touch.
    cover = min(1.0, knobs["snow"] * (1.0 - 0.7 * knobs["ice"]) + knobs["mud"])
    touch = (9e-4 - 7.2e-4 * knobs["boot"]) * (1.0 + 3.0 * cover)
    heel = (0.35 + 0.65 * knobs["heel"]) * chance.uniform(0.88, 1.1)
    return (
        Contact(PRE_ROLL_S, heel, touch),
        Contact(PRE_ROLL_S + roll * chance.uniform(0.48, 0.58), 0.34 * chance.uniform(0.7, 1.2), touch * 1.8),
        Contact(PRE_ROLL_S + roll, 0.5 * chance.uniform(0.75, 1.2), touch * 1.3),
    )


def _ground(knobs: Mapping[str, float]) -> dict[str, float]:
    """Shares of what carries the foot: boards and grating lie over concrete, snow and mud over everything."""
    wood, metal = knobs["wood"], knobs["metal"]
    bare = max(0.0, 1.0 - 0.85 * min(1.0, knobs["snow"] + knobs["mud"]) - 0.45 * knobs["gravel"] - 0.2 * knobs["wet"])
    return {
        "concrete": knobs["concrete"] * (1.0 - wood) * (1.0 - metal) * bare,
        "wood": wood * bare,
        "metal": metal * bare,
    }


def _strike(out: Wave, touch: Contact, knobs: Mapping[str, float], chance: np.random.Generator) -> None:
    weight, boot = knobs["weight"], knobs["boot"]
    ground = _ground(knobs)
    hard = max(ground.values())
    low = chance.uniform(0.93, 1.07) * (118.0 - 52.0 * weight)
    # The heel brings the body down; ball and toe only take over what is already standing there.
    paste(out, thump(low, 0.008 + 0.008 * weight, 0.0022), touch.at_s, touch.force**1.7 * (0.25 + 0.85 * weight))
    sole = modes(
        chance.uniform(185.0, 235.0),
        np.array([1.0, 1.9, 2.7, 4.1, 5.6, 7.7, 10.3, 13.9]),
        damped(HIDE, 40.0),
        chance,
        contact_s=touch.contact_s,
        stray=0.05,
        tilt=0.55,
    )
    parts = [(sole, 0.35 + 0.65 * boot)]
    if ground["concrete"] > 0.0:
        slab = modes(chance.uniform(300.0, 380.0), plate(9), CONCRETE, chance, contact_s=touch.contact_s, stray=0.06)
        parts.append((slab, 0.5 * ground["concrete"]))
    if ground["wood"] > 0.0:
        board = modes(
            chance.uniform(88.0, 108.0),
            plate(44, 3.1)[::2],
            damped(WOOD, 8.0),
            chance,
            contact_s=touch.contact_s * 1.2,
            stray=0.05,
            tilt=0.7,
        )
        parts.append((board, 1.5 * ground["wood"]))
    if ground["metal"] > 0.0:
        grate = modes(
            chance.uniform(150.0, 190.0),
            plate(95, 2.3)[::5],
            damped(STEEL, 7.0),
            chance,
            contact_s=touch.contact_s,
            stray=0.04,
            tilt=0.1,
        )
        parts.append((grate, 0.55 * ground["metal"]))
    bank = together(*parts)
    paste(out, ring_out(bank, min(len(out), longest(bank))), touch.at_s, touch.force)
    crisp = burst(chance, 2.5e-4, 0.0032, 1_300.0 + 500.0 * boot, 6_500.0)
    paste(out, crisp, touch.at_s, 0.36 * touch.force * (0.25 + 0.75 * boot) * (0.25 + 0.75 * hard))
    if hard > 0.0:  # the nail or edge that touches first: a tick of a thousandth of a second
        tick = burst(chance, 6e-5, 0.0007 + 0.0006 * (1.0 - boot), 2_200.0, 11_000.0)
        paste(out, tick, touch.at_s, 0.30 * touch.force * boot * hard)
    slap = burst(chance, 8e-4, 0.011, 260.0, 1_500.0)
    paste(out, slap, touch.at_s, 0.16 * touch.force * (0.5 + 0.5 * hard))


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    touches = _touches(knobs, chance)
    tail = 0.28 + 0.93 * _ground(knobs)["metal"] + 0.15 * _ground(knobs)["wood"]
    out = np.zeros(samples(touches[-1].at_s + tail))
    for touch in touches:
        _strike(out, touch, knobs, chance)
    # Boards and grating ring on; all that rubs is over soon after the toe has gone.
    start, end = touches[0].at_s, touches[-1].at_s
    rubbing = out[: samples(end + 0.23)]
    t = clock(len(rubbing))
    rolling = np.clip((t - start) / (end - start), 0.0, 1.0)
    # Leather drags in jerks over a ground that is not smooth.
    rub = np.sin(np.pi * rolling) ** 2 + 0.9 * np.exp(-(((t - end - 0.035) / 0.022) ** 2))
    rub *= np.clip(1.0 + 14.0 * smooth(noise(chance, len(t)), 110.0), 0.1, 2.6)
    dry = 1.0 - 0.7 * min(1.0, knobs["snow"] + knobs["mud"] + knobs["wet"])
    rubbing += 0.045 * (0.3 + knobs["scuff"]) * dry * band_pass(noise(chance, len(t)) * rub, 900.0, 5_500.0)
    add_loose(rubbing, touches, knobs, chance)
    return Raw(low_pass(out, 15_000.0))


STEPS = recipe(
    "steps",
    "one step of a boot: heel, ball and toe on the ground and on what lies upon it; the pace is the cue's",
    {
        "concrete": Setting(1.0, 0.0, 1.0, "how hard and solid the ground is: 0 earth, 1 concrete"),
        "wood": Setting(0.0, 0.0, 1.0, "boards over the ground, hollow beneath"),
        "metal": Setting(0.0, 0.0, 1.0, "a steel grating over the ground"),
        "gravel": Setting(0.0, 0.0, 1.0, "stones and rubble underfoot"),
        "glass": Setting(0.0, 0.0, 1.0, "broken glass underfoot"),
        "snow": Setting(0.0, 0.0, 1.0, "dry snow underfoot"),
        "ice": Setting(
            0.0, 0.0, 1.0, "ice underfoot: alone a frozen puddle that splits, over snow a crust that breaks"
        ),
        "mud": Setting(0.0, 0.0, 1.0, "mud and wet ground underfoot"),
        "wet": Setting(0.0, 0.0, 1.0, "water on the ground: 0.3 a wet floor, 1 a puddle"),
        "grit": Setting(0.35, 0.0, 1.0, "sand and dust between sole and ground"),
        "weight": Setting(0.6, 0.0, 1.0, "who walks: 0 a child, 1 a heavy man with a pack"),
        "boot": Setting(0.6, 0.0, 1.0, "the sole: 0 rubber, 1 hard leather with nails"),
        "heel": Setting(0.8, 0.0, 1.0, "how much the heel comes down: 0 on the toes, 1 marching"),
        "roll": Setting(0.13, 0.06, 0.25, "from heel to toe; longer is slower and wearier", "s"),
        "scuff": Setting(0.25, 0.0, 1.0, "how much the sole drags"),
    },
    _make,
    kind="steps",
)
