"""Leather that is gripped, bent or drawn over: slow stick–slip in a dead, thick hide, and the rub between creaks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, recipe, samples
from producer.foley.cloth import as_many, motions
from producer.foley.contact import band_pass, high_pass, noise, paste, thump, wander
from producer.foley.friction import rubbed
from producer.foley.modal import HIDE, damped, modes
from producer.model.foley import Setting

_CREASES = np.array([1.0, 1.43, 1.96, 2.6, 3.3, 4.5, 6.1, 8.2])


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    one_s = 0.45 * (1.25 - 0.8 * knobs["quick"])
    count = as_many(knobs["moves"], one_s + 0.2, length_s)
    own = (0.35 + one_s * count) * chance.uniform(0.9, 1.15)
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own) - lead, 1)
    speed, first = motions(chance, n, count)
    # A squeeze creaks while it tightens: many slips at first, each rarer and deeper as the hide is drawn taut.
    rate = (16.0 + 130.0 * knobs["quick"]) * (0.15 + speed) * np.clip(1.0 + 0.5 * wander(chance, n, 5.0), 0.2, 2.0)
    load = np.clip(speed * (1.0 + 0.6 * wander(chance, n, 9.0)), 0.0, 1.5)
    hide = modes(
        980.0 * 3.0 ** -knobs["size"] * chance.uniform(0.9, 1.1),
        _CREASES,
        damped(HIDE, 35.0),
        chance,
        contact_s=2.2e-4,
        stray=0.07,
        tilt=0.0,
    )
    creaks = rubbed(hide, rate, load, chance, roughness=0.6, stray=0.22, sharpness_hz=4_500.0)
    creaks = high_pass(creaks, 280.0)
    creaks /= float(np.abs(creaks).max(initial=0.0)) or 1.0
    rub = band_pass(noise(chance, n) * speed, 500.0, 3_200.0)
    wave = knobs["creak"] * creaks + 0.10 * (1.1 - 0.6 * knobs["creak"]) * rub
    pat = thump(105.0, 0.014, 0.003)
    paste(wave, pat, max(first - 0.05, 0.0), 0.5 * knobs["grip"])
    return Raw(np.concatenate([np.zeros(lead), wave]), None)


LEATHER = recipe(
    "leather",
    "leather gripped, bent or drawn over: a glove closing, a holster, a belt",
    {
        "creak": Setting(0.7, 0.0, 1.0, "how dry it is: 0 only rubs, 1 creaks"),
        "grip": Setting(0.4, 0.0, 1.0, "the soft thud of a hand closing on it"),
        "quick": Setting(0.4, 0.0, 1.0, "how fast it moves"),
        "size": Setting(0.5, 0.0, 1.0, "0 a glove, 0.5 a holster, 1 a saddle"),
        "moves": Setting(1.0, 1.0, 6.0, "how many movements, one after another; with a length, as many as fit"),
    },
    _make,
    sustains=True,
)
