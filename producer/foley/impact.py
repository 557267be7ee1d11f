"""One thing striking another, and perhaps falling on: modes of a body, the ground's thump, the touch itself.

A dropped thing bounces; each bounce keeps a share of the speed of the last, so gaps and blows shrink together
(gap ∝ speed, level ∝ speed), and each lands on another side of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, recipe, samples
from producer.foley.contact import burst, paste, thump
from producer.foley.modal import bar, damped, material, modes, plate, ring_out, t60_s, thinned
from producer.model.foley import Setting


def struck(
    knobs: Mapping[str, float],
    chance: np.random.Generator,
    speed: float = 1.0,
    held: float = 0.0,
    form: str = "impact",
    most_s: float = 6.0,
) -> Wave:
    """One blow on the body that `ring`, `size`, `hollow`, `hardness` and `weight` describe, from its first sample on.

    Args:
        knobs: those five settings.
        chance: where it is struck.
        speed: of the blow; a slower one is quieter and softer.
        held: extra damping per second, from what it lies on.
        form: names the body, which is one and the same at every blow.
        most_s: what comes later is not wanted.
    """
    ring, size = knobs["ring"], knobs["size"]
    lowest = 1_500.0 * 40.0**-size
    # A large thing has a mode for every few hertz; of those that ring past 3 kHz a part is enough.
    flat = thinned(plate(60 + int(340 * size), 1.5 + 1.2 * (1.0 - size)), 14 + int(34 * size * (0.4 + 0.6 * ring)))
    ratios = np.sort(np.concatenate([flat, 1.7 * bar(6)]))
    touch = (2.2e-3 * 0.022 ** knobs["hardness"]) * (0.6 + 0.8 * size) * max(speed, 0.05) ** -0.2
    stuff = damped(material(ring), 3.0 + held)
    bank = modes(lowest, ratios, stuff, chance, contact_s=touch, stray=0.03, tilt=0.45 - 0.3 * ring, form=form)
    length = max(float(t60_s(bank).max(initial=0.1)) * 1.15, 0.25)
    out = np.zeros(samples(min(length, most_s)))
    out += ring_out(bank, len(out))
    if knobs["hollow"] > 0.0:
        air = modes(
            lowest * 0.55, np.array([1.0, 1.62, 2.31]), damped(material(0.4), 10.0), chance, contact_s=touch, stray=0.04
        )
        out += 1.8 * knobs["hollow"] * ring_out(air, len(out))
    paste(out, burst(chance, touch * 0.4, 0.0016 + 0.004 * (1.0 - ring), 700.0, 1.1 / touch + 1_500.0), 0.0, 0.12)
    paste(out, thump(52.0 + 60.0 * (1.0 - size), 0.03 + 0.02 * size, 0.0015), 0.0, 1.5 * knobs["weight"])
    return out * speed


def bounces(
    chance: np.random.Generator, first_gap_s: float, kept: float, least: float = 0.03
) -> list[tuple[float, float]]:
    """(seconds after the first blow, speed) of every blow of a falling thing; gaps shrink until it lies still."""
    blows = [(0.0, 1.0)]
    at, gap, speed = 0.0, first_gap_s, 1.0
    while gap > 0.012 and speed > least and len(blows) < 24:
        at += gap
        share = min(kept * chance.uniform(0.88, 1.06), 0.93)
        speed *= share
        gap *= share
        blows.append((at, speed * chance.uniform(0.75, 1.1)))
    return blows


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    blows = [(0.0, 1.0)]
    if knobs["clatter"] > 0.0:
        blows = bounces(chance, knobs["gap"] * (0.7 + 0.3 * knobs["clatter"]), 0.42 + 0.34 * knobs["clatter"])
    parts = [
        (at, struck(knobs, chance, speed, held=0.0 if number == 0 and len(blows) == 1 else 9.0))
        for number, (at, speed) in enumerate(blows)
    ]
    out = np.zeros(samples(PRE_ROLL_S) + max(samples(at) + len(wave) for at, wave in parts))
    for at, wave in parts:
        paste(out, wave, PRE_ROLL_S + at)
    return Raw(out)


BODY_SETTINGS: Mapping[str, Setting] = {
    "ring": Setting(0.9, 0.0, 1.0, "what it is made of: 0 concrete, 0.25 plastic, 0.5 wood, 0.75 glass, 1 steel"),
    "hardness": Setting(0.7, 0.0, 1.0, "what strikes it: 0 a fist in a glove, 1 a hammer"),
    "size": Setting(0.5, 0.0, 1.0, "0 a coin, 0.5 a pan, 1 a girder or a great door"),
    "hollow": Setting(0.0, 0.0, 1.0, "how much air it encloses: a drum, a box, a floor"),
    "weight": Setting(0.3, 0.0, 1.0, "the thump of what stands behind it"),
}

IMPACT = recipe(
    "impact",
    "one thing strikes another: steel rings, glass pings, wood knocks, concrete thuds; with clatter it bounces",
    {
        **BODY_SETTINGS,
        "clatter": Setting(0.0, 0.0, 1.0, "0 one blow; more: it falls on, with shrinking gaps"),
        "gap": Setting(0.28, 0.05, 0.6, "from the first blow of a clatter to the second", "s"),
    },
    _make,
)
