"""The body as a thing that sounds: a heart as it is felt from inside, and a fall."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.cloth import rustle
from producer.foley.contact import band_pass, burst, low_pass, noise, paste, thump
from producer.foley.mechanism import click
from producer.foley.modal import CONCRETE, FLESH, Modes, modes, plate, ring_out
from producer.model.foley import Setting

_CHEST = np.array([1.0, 1.42, 1.86, 2.5, 3.2, 4.1, 5.3, 6.8])


def _lobe(lowest_hz: float, length_s: float, soft_s: float, chance: np.random.Generator) -> Wave:
    """Valves closing on a column of blood: a soft blow that the chest rings on, with the rush of the blood itself."""
    n = samples(5.0 * length_s)
    t = clock(n)
    freq = lowest_hz * _CHEST * (1.0 + 0.03 * chance.standard_normal(len(_CHEST)))
    chest = Modes(
        freq, 2.2 / length_s * (freq / lowest_hz) ** 0.35, chance.uniform(0.7, 1.0, len(freq)) * _CHEST**-0.75
    )
    blow = ring_out(chest, n)
    rush = band_pass(noise(chance, n) * np.exp(-t / (0.55 * length_s)), 70.0, 330.0)
    wave = (blow + 0.35 * rush) * -np.expm1(-((t / soft_s) ** 2))
    return np.asarray(wave, float)


def _heartbeat(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    # A faster heart shortens its pause more than its beat: by 2.1 ms for each beat a minute (Weissler et al.,
    # Circulation 37, 1968, electromechanical systole); sound to sound it is some 0.1 s less than theirs.
    systole = max(0.16, 0.44 - 0.0021 * knobs["tempo"]) * chance.uniform(0.97, 1.03)
    out = np.zeros(samples(PRE_ROLL_S + systole + 0.55))
    deep = 43.0 * chance.uniform(0.96, 1.04)
    force = knobs["force"]
    paste(out, _lobe(deep, 0.075, 0.009 - 0.004 * force, chance), PRE_ROLL_S)
    paste(out, _lobe(deep * 1.15, 0.055, 0.006, chance), PRE_ROLL_S + 0.024 * chance.uniform(0.8, 1.2), 0.5)
    second = PRE_ROLL_S + systole
    paste(out, _lobe(deep * 1.36, 0.050, 0.005, chance), second, 0.66 * chance.uniform(0.9, 1.1))
    paste(out, _lobe(deep * 1.55, 0.036, 0.004, chance), second + 0.016, 0.25)
    out /= float(np.abs(out).max()) or 1.0
    # Flesh gives way unevenly: harmonics that carry the beat where a loudspeaker has no bass.
    drive = 1.0 + 2.2 * force
    out = np.tanh(drive * out + 0.35 * force * out * out)
    return Raw(low_pass(low_pass(out, 2_400.0 * 10.0 ** -knobs["muffle"]), 3_000.0))


def _blow(touch_s: float, weight: float, chance: np.random.Generator) -> Wave:
    """A limb or a trunk meeting concrete: flesh stops it softly, bone and boot show through."""
    out = np.zeros(samples(0.3))
    trunk = modes(
        78.0 - 30.0 * weight,
        np.array([1.0, 1.6, 2.4, 3.5, 5.2, 7.4]),
        FLESH,
        chance,
        contact_s=touch_s,
        stray=0.06,
        tilt=0.5,
    )
    slab = modes(230.0, plate(18)[::2], CONCRETE, chance, contact_s=0.35 * touch_s, stray=0.05)
    paste(out, ring_out(trunk, len(out)), 0.0, 1.3)
    paste(out, thump(62.0 - 18.0 * weight, 0.022 + 0.02 * weight, 0.003), 0.0, 1.6 * weight)
    paste(out, ring_out(slab, len(out)), 0.0, 0.55)
    paste(out, burst(chance, 0.0012, 0.014, 220.0, 2_300.0), 0.0, 0.30)
    paste(out, burst(chance, 4e-4, 0.004, 1_200.0, 7_000.0), 0.0, 0.10)
    return out


def _bodyfall(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Shoulder, then the trunk's whole weight, then limbs, each lighter; clothes go with them, gear rattles after."""
    out = np.zeros(samples(PRE_ROLL_S + 0.9))
    levels = [0.85, 1.0, *np.cumprod(chance.uniform(0.5, 0.85, 1 + round(3 * knobs["limbs"])))]
    t = clock(len(out))
    slide = np.zeros(len(out))
    at = PRE_ROLL_S
    for number, level in enumerate(levels):
        paste(out, _blow(0.0026 * (0.8 + 0.25 * number), knobs["weight"] * level, chance), at, level)
        after = np.maximum(t - at, 0.0)
        slide += np.where(t >= at, level * np.exp(-after / 0.055), 0.0)
        at += chance.uniform(0.05, 0.13) * (1.0 + 0.22 * number)
    out = np.tanh(0.45 * out)
    if knobs["clothes"] > 0.0:
        out += 0.09 * knobs["clothes"] * rustle(slide, 0.8, chance)
    for _ in range(round(7 * knobs["gear"])):
        piece = click(chance, chance.uniform(0.2, 0.6), chance.uniform(0.2, 0.7))
        paste(out, piece, PRE_ROLL_S + 0.02 + 0.5 * chance.beta(1.1, 2.0), 0.10 * chance.uniform(0.3, 1.0))
    return Raw(out)


HEARTBEAT = recipe(
    "heartbeat",
    "one beat of a heart from inside the chest: lub, dub; the pace is the cue's",
    {
        "tempo": Setting(
            60.0, 35.0, 180.0, "the heart rate that the beat belongs to: faster draws lub and dub together", "bpm"
        ),
        "force": Setting(0.5, 0.0, 1.0, "how hard it pounds; more is fuller on small loudspeakers"),
        "muffle": Setting(0.6, 0.0, 1.0, "how deep inside the chest: 0 a hand on it, 1 through the blood"),
    },
    _heartbeat,
    kind="steps",
)

BODYFALL = recipe(
    "bodyfall",
    "a body thrown down on concrete: trunk, limbs, clothes and gear",
    {
        "weight": Setting(0.7, 0.0, 1.0, "of the body"),
        "limbs": Setting(0.6, 0.0, 1.0, "how many limbs follow"),
        "clothes": Setting(0.6, 0.0, 1.0, "how much it wears"),
        "gear": Setting(0.4, 0.0, 1.0, "buckles and metal on it"),
    },
    _bodyfall,
)
