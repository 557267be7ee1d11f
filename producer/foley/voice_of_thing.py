"""A creature's voice: the throat of something larger than a man, or the plates of something that never had one.

Cords beat slowly and unevenly, every second beat weaker (an octave opens below), the breath is torn by the same beats,
and both pass a long tract whose formants lie low and move as it opens.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.breath import cords, mouth
from producer.foley.contact import band_pass, noise, smooth, swell, wander
from producer.foley.modal import STEEL, damped, modes, plate, resonate
from producer.foley.tract import moving
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else 2.4 * chance.uniform(0.85, 1.15)) - lead, 1)
    whole = n / 48_000.0
    t = clock(n) / whole
    size, anger = knobs["size"], knobs["anger"]
    arch = swell(n, 0.35 * min(whole, 2.0) * (1.1 - 0.8 * anger), 0.4 * min(whole, 2.0))
    force = arch * np.clip(0.8 + 0.3 * wander(chance, n, 2.2) + 0.15 * anger * wander(chance, n, 9.0), 0.1, 1.5)
    pitch = (112.0 - 64.0 * size) * (0.86 + 0.22 * force + 0.10 * anger) * (1.0 + 0.06 * wander(chance, n, 3.0))
    pitch = pitch * 2.0 ** (knobs["rise"] * (t - 0.5))
    beats = cords(pitch, 0.04 + 0.10 * knobs["rough"], chance, 1.0 - 0.75 * knobs["rough"])
    torn = noise(chance, n) * np.clip(smooth(beats, 90.0) * (2.0 + 2.0 * knobs["rough"]), 0.02, 3.0)
    source = force * (2.0 * beats + (0.5 + 0.9 * knobs["breath"]) * torn)
    long = 1.0 - 0.45 * size
    knots = np.linspace(0.0, whole, 13)
    opening = np.interp(knots, clock(n), arch) * chance.uniform(0.75, 1.1, 13)
    formants: tuple[Wave, ...] = (
        (300.0 + 330.0 * opening) * long,
        (760.0 + 420.0 * opening * chance.uniform(0.8, 1.1)) * long,
        np.full(13, 1_900.0) * long * chance.uniform(0.95, 1.05, 13),
        np.full(13, 3_100.0) * long,
    )
    wave = moving(
        source, mouth(formants, (90.0, 120.0, 200.0, 420.0), (1.0, 0.7, 0.35 + 0.3 * anger, 0.15 + 0.2 * anger), knots)
    )
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knobs["metal"] > 0.0:
        ribs = modes(95.0, plate(60, 2.1)[::3], damped(STEEL, 20.0), chance, stray=0.05, tilt=0.1)
        plates = resonate(ribs, band_pass(source, 60.0, 6_000.0))
        wave = wave + 0.55 * knobs["metal"] * plates / (float(np.abs(plates).max(initial=0.0)) or 1.0)
    wave = np.tanh((1.0 + 2.0 * anger) * wave) * arch**0.3
    return Raw(np.concatenate([np.zeros(lead), wave * swell(n, 0.02, 0.06)]), None)


VOICE_OF_THING = recipe(
    "voice_of_thing",
    "a creature growls: for as long as it is asked to",
    {
        "size": Setting(0.6, 0.0, 1.0, "0 a dog, 0.5 a bear, 1 a thing as tall as a house"),
        "anger": Setting(0.4, 0.0, 1.0, "how open its mouth and how hard its breath"),
        "rough": Setting(0.6, 0.0, 1.0, "how unevenly its cords beat; more opens an octave below"),
        "breath": Setting(0.4, 0.0, 1.0, "how much air there is in it"),
        "metal": Setting(0.0, 0.0, 1.0, "how much of it is plates and ribs"),
        "rise": Setting(0.0, -1.0, 1.0, "pitch falls or rises over its length", "octaves"),
    },
    _make,
    sustains=True,
)
