"""The body as a thing that sounds: a heart as it is felt from inside, and a fall."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.cloth import rustle
from producer.foley.contact import arrivals, band_pass, burst, grain, low_pass, noise, paste, shower, thump
from producer.foley.mechanism import click
from producer.foley.modal import CONCRETE, FLESH, STEEL, WOOD, Modes, damped, modes, plate, ring_out
from producer.model.foley import Setting

_CHEST = np.array([1.0, 1.42, 1.86, 2.5, 3.2, 4.1, 5.3, 6.8])


def _lobe(lowest_hz: float, length_s: float, soft_s: float, force: float, chance: np.random.Generator) -> Wave:
    """Valves closing on a column of blood: a soft blow that the chest rings on, with the rush of the blood itself.

    A heart that pounds shuts them faster: the blow is shorter, and more of it and of the rush is high in the chest.
    """
    n = samples(5.0 * length_s)
    t = clock(n)
    freq = lowest_hz * _CHEST * (1.0 + 0.03 * chance.standard_normal(len(_CHEST)))
    chest = Modes(
        freq,
        2.2 / length_s * (freq / lowest_hz) ** 0.35,
        chance.uniform(0.7, 1.0, len(freq)) * _CHEST ** (-0.25 - (1.0 - force)),
    )
    blow = ring_out(chest, n)
    rush = band_pass(noise(chance, n) * np.exp(-t / (0.55 * length_s)), 70.0, 330.0)
    soft_s *= 4.0 ** (0.5 - force)
    wave = (blow + 0.7 * force * rush) * -np.expm1(-((t / soft_s) ** 2))
    return np.asarray(wave, float)


def _heartbeat(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    # A faster heart shortens its pause more than its beat: by 2.1 ms for each beat a minute (Weissler et al.,
    # Circulation 37, 1968, electromechanical systole); sound to sound it is some 0.1 s less than theirs.
    systole = max(0.16, 0.44 - 0.0021 * knobs["tempo"]) * chance.uniform(0.97, 1.03)
    out = np.zeros(samples(PRE_ROLL_S + systole + 0.55))
    deep = 43.0 * chance.uniform(0.96, 1.04)
    force = knobs["force"]
    paste(out, _lobe(deep, 0.075, 0.007, force, chance), PRE_ROLL_S)
    paste(out, _lobe(deep * 1.15, 0.055, 0.006, force, chance), PRE_ROLL_S + 0.024 * chance.uniform(0.8, 1.2), 0.5)
    second = PRE_ROLL_S + systole
    paste(out, _lobe(deep * 1.36, 0.050, 0.005, force, chance), second, 0.66 * chance.uniform(0.9, 1.1))
    paste(out, _lobe(deep * 1.55, 0.036, 0.004, force, chance), second + 0.016, 0.25)
    out /= float(np.abs(out).max()) or 1.0
    # Flesh gives way unevenly: harmonics that carry the beat where a loudspeaker has no bass.
    drive = 1.0 + 2.2 * force
    out = np.tanh(drive * out + 0.35 * force * out * out)
    return Raw(low_pass(low_pass(out, 2_400.0 * 10.0 ** -knobs["muffle"]), 3_000.0))


def _ground(knobs: Mapping[str, float]) -> dict[str, float]:
    """Shares of what is fallen upon: a grating or boards lie over the concrete, snow over everything."""
    snow, metal, wood = knobs["snow"], knobs["metal"], knobs["wood"]
    bare = 1.0 - 0.93 * snow
    return {
        "concrete": (1.0 - metal) * (1.0 - wood) * bare,
        "metal": metal * bare,
        "wood": wood * (1.0 - metal) * bare,
        "snow": snow,
    }


def _blow(part: float, weight: float, ground: Mapping[str, float], chance: np.random.Generator) -> Wave:
    """A trunk (`part` 0) or a limb (towards 1) meeting the ground: flesh stops softly, bone and boot show through."""
    snow = ground["snow"]
    touch_s = 0.0026 * (0.8 + 0.9 * (1.0 - part)) * (1.0 + 2.5 * snow)
    out = np.zeros(samples(0.3 + (0.9 - 0.5 * part) * ground["metal"] + 0.15 * ground["wood"]))
    trunk = modes(
        (78.0 - 30.0 * weight) * (1.0 + 0.7 * part),
        np.array([1.0, 1.6, 2.4, 3.5, 5.2, 7.4]),
        FLESH,
        chance,
        contact_s=touch_s,
        stray=0.06,
        tilt=0.5,
    )
    paste(out, ring_out(trunk, samples(0.3)), 0.0, 1.3)
    paste(out, thump(62.0 - 18.0 * weight, 0.018 + 0.015 * weight, 0.003 + 0.010 * snow), 0.0, 1.6 * weight)
    if ground["concrete"] > 0.0:
        slab = modes(230.0, plate(18)[::2], CONCRETE, chance, contact_s=0.35 * touch_s, stray=0.05)
        paste(out, ring_out(slab, samples(0.3)), 0.0, 0.55 * ground["concrete"])
    if ground["wood"] > 0.0:
        boards = modes(
            72.0, plate(44, 3.1)[::3], damped(WOOD, 9.0), chance, contact_s=0.6 * touch_s, stray=0.05, tilt=0.6
        )
        paste(out, ring_out(boards, samples(0.45)), 0.0, 1.9 * ground["wood"])
    if ground["metal"] > 0.0:
        grate = modes(
            118.0, plate(95, 2.3)[::8], damped(STEEL, 7.0), chance, contact_s=0.3 * touch_s, stray=0.04, tilt=0.25
        )
        paste(out, ring_out(grate, len(out)), 0.0, 0.85 * ground["metal"])
    paste(out, burst(chance, 0.0012, 0.014, 220.0, 2_300.0), 0.0, 0.30 * (1.0 - 0.8 * snow))
    paste(out, burst(chance, 4e-4, 0.004, 1_200.0, 7_000.0), 0.0, (0.10 + 0.08 * part) * (1.0 - snow))
    return out


def _sinks(moving: Wave, chance: np.random.Generator) -> Wave:
    """Snow gives way as long as something presses into it: crystals break by the thousand, powder falls back."""
    crystals = tuple(grain(chance, 450.0, 3_200.0, 0.0016, 2) for _ in range(4))
    times = arrivals(chance, 2_400.0 * moving**0.8)
    pressed = np.sqrt(np.interp(times, clock(len(moving)), moving))
    levels = chance.pareto(3.0, len(times)).clip(0.0, 3.0) * pressed * chance.choice([-1.0, 1.0], len(times))
    packed = band_pass(noise(chance, len(moving)) * moving, 180.0, 1_500.0)
    return low_pass(0.42 * shower(chance, len(moving), times, levels, crystals) + 0.9 * packed, 3_600.0)


def _bodyfall(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Shoulder, then the trunk's whole weight, then limbs, each lighter; clothes go with them, gear rattles after."""
    ground = _ground(knobs)
    out = np.zeros(samples(PRE_ROLL_S + 0.9 + 0.6 * ground["metal"]))
    levels = [0.8, 1.0, *0.55 * np.cumprod(chance.uniform(0.5, 0.85, 1 + round(3 * knobs["limbs"])))]
    t = clock(len(out))
    slide = np.zeros(samples(PRE_ROLL_S + 0.9))
    sinks = np.zeros(len(slide))
    at = PRE_ROLL_S
    last = at
    for number, level in enumerate(levels):
        part = (0.25, 0.0, 0.7, 0.9, 1.0, 1.0)[min(number, 5)] * chance.uniform(0.8, 1.0)
        paste(out, _blow(part, knobs["weight"] * level, ground, chance), at, level)
        begun = samples(at)
        after = t[: max(len(slide) - begun, 0)]
        slide[begun:] += level * np.exp(-after / 0.055)
        sinks[begun:] += level**2 * np.exp(-after / 0.07) * -np.expm1(-((after / 0.012) ** 2))
        last = at
        at += chance.uniform(0.05, 0.13) * (1.0 + 0.22 * number)
    out = np.tanh(0.45 * out)
    if ground["snow"] > 0.0:
        t = t[: len(slide)]
        powder = 0.05 * np.clip((t - PRE_ROLL_S) / 0.1, 0.0, 1.0) * np.exp(-np.maximum(t - last, 0.0) / 0.16)
        out = low_pass(out, 9_000.0 * 10.0 ** (-1.1 * ground["snow"]))
        paste(out, _sinks(sinks + powder, chance), 0.0, 0.20 * ground["snow"] * (0.5 + 0.5 * knobs["weight"]))
    if knobs["clothes"] > 0.0:
        paste(out, rustle(slide, 0.8, chance), 0.0, 0.09 * knobs["clothes"])
    if ground["metal"] > 0.0:  # the grating was not made fast: its bars hop in their frame and come to rest
        loose = click(chance, 0.75, 0.6)
        for _ in range(round(9 * ground["metal"])):
            when = PRE_ROLL_S + 0.03 + 0.4 * chance.beta(1.0, 2.2)
            paste(out, loose, when, 0.13 * ground["metal"] * chance.uniform(0.2, 1.0))
    pieces = [click(chance, chance.uniform(0.2, 0.6), chance.uniform(0.2, 0.7)) for _ in range(2)]
    for number in range(round(7 * knobs["gear"])):
        when = PRE_ROLL_S + 0.02 + 0.5 * chance.beta(1.1, 2.0)
        paste(out, pieces[number % 2], when, 0.10 * chance.uniform(0.3, 1.0) * (1.0 - 0.5 * ground["snow"]))
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
    "a body thrown down: trunk, limbs, clothes and gear, on concrete or what lies over it",
    {
        "weight": Setting(0.7, 0.0, 1.0, "of the body"),
        "limbs": Setting(0.6, 0.0, 1.0, "how many limbs follow"),
        "clothes": Setting(0.6, 0.0, 1.0, "how much it wears"),
        "gear": Setting(0.4, 0.0, 1.0, "buckles and metal on it"),
        "snow": Setting(0.0, 0.0, 1.0, "how deep the snow is that it falls into"),
        "metal": Setting(0.0, 0.0, 1.0, "a steel grating under it"),
        "wood": Setting(0.0, 0.0, 1.0, "boards under it, hollow beneath"),
    },
    _bodyfall,
)
