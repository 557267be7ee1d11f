"""A hand wipes dust from glass: fine friction, stroke after stroke, with a squeak where the skin begins to hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, recipe, samples
from producer.foley.cloth import as_many, motions
from producer.foley.contact import arrivals, band_pass, grain, noise, paste, shower, smooth, thump, wander
from producer.foley.friction import rubbed
from producer.foley.modal import GLASS, damped, modes, plate, resonate
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    one_s = 0.62 - 0.3 * knobs["quick"]
    count = as_many(knobs["strokes"], one_s, length_s)
    own = count * one_s * chance.uniform(0.9, 1.15)
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own) - lead, 1)
    speed, _ = motions(chance, n, count, 0.2)
    ridges = np.clip(1.0 + 12.0 * smooth(noise(chance, n), 140.0), 0.1, 3.0)
    skin = band_pass(noise(chance, n) * speed * ridges, 900.0, 6_800.0)
    pane = modes(
        330.0 * 2.0 ** (0.5 - knobs["size"]), plate(40, 1.5)[::2], damped(GLASS, 70.0), chance, stray=0.05, tilt=0.1
    )
    through = resonate(pane, skin)
    through /= float(np.abs(through).max(initial=0.0)) or 1.0
    dust = tuple(grain(chance, 3_500.0, 11_000.0, 0.0008, 2) for _ in range(6))
    times = arrivals(chance, 900.0 * speed)
    grit = shower(chance, n, times, chance.pareto(2.8, len(times)).clip(0.0, 4.0), dust)
    wave = 0.55 * skin + 0.55 * through + 0.35 * knobs["dust"] * grit
    if knobs["frost"] > 0.0:
        # Nails and a sleeve scratch the crystals off: brittle, in bursts, and the pane hears each of them.
        flakes = tuple(grain(chance, 1_500.0, 7_500.0, 0.0022 * chance.uniform(0.5, 1.5), 3) for _ in range(8))
        rate = 1_300.0 * speed * np.clip(0.4 + 0.9 * wander(chance, n, 38.0), 0.0, 1.2)
        times = arrivals(chance, rate)
        levels = chance.pareto(2.2, len(times)).clip(0.0, 3.0) * chance.choice([-1.0, 1.0], len(times))
        scratch = band_pass(noise(chance, n) * rate / 1_300.0, 1_800.0, 11_000.0)
        wave += knobs["frost"] * (0.65 * shower(chance, n, times, levels, flakes) + 0.45 * scratch)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knobs["squeak"] > 0.0:
        # Skin holds on clean glass only late in the stroke, where the dust is gone and the hand slows.
        holding = np.clip(np.gradient(speed) * -9_000.0, 0.0, 1.0) * np.clip(speed * 1.6, 0.0, 1.0) ** 2
        rate = (430.0 + 620.0 * speed) * chance.uniform(0.85, 1.2) * (1.0 + 0.05 * wander(chance, n, 5.0))
        squeak = rubbed(pane, rate, smooth(holding, 25.0), chance, roughness=0.1, stray=0.015, sharpness_hz=4_000.0)
        wave += 0.9 * knobs["squeak"] * squeak / (float(np.abs(squeak).max(initial=0.0)) or 1.0)
    paste(wave, thump(110.0, 0.012, 0.004), 0.0, 0.10)
    return Raw(np.concatenate([np.zeros(lead), wave]), None)


HAND_WIPE = recipe(
    "hand_wipe",
    "a hand wipes dust or frost from glass",
    {
        "strokes": Setting(2.0, 1.0, 6.0, "how many strokes; with a length, as many as fit"),
        "quick": Setting(0.3, 0.0, 1.0, "how fast each is"),
        "dust": Setting(0.6, 0.0, 1.0, "how much lies on the glass"),
        "frost": Setting(0.0, 0.0, 1.0, "hoar frost on the glass: it is scratched away"),
        "squeak": Setting(0.35, 0.0, 1.0, "how clean and damp it is: the skin holds and squeaks"),
        "size": Setting(0.5, 0.0, 1.0, "of the glass: 0 a hand mirror, 1 a shop window"),
    },
    _make,
    sustains=True,
)
