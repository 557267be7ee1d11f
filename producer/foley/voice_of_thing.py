"""A creature's voice: the throat of something larger than a man, or the plates of something that never had one.

Large cords clap slowly and unevenly; the folds above them beat at half or a third of their rate, so that octaves open
below, come and go (Fitch, Neubauer and Herzel, Animal Behaviour 63, 2002). Breath is torn by the same beats. All of it
passes a long tract whose formants lie low and close and move as the jaw does, and a chest that rings under it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, recipe, samples
from producer.foley.contact import arrivals, band_pass, high_pass, hits, low_pass, noise, smooth, swell, wander
from producer.foley.modal import STEEL, Modes, damped, modes, plate, resonate
from producer.foley.throat import Pulses, Tube, block_times, cords, curve, path, through, tube
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else 2.4 * chance.uniform(0.85, 1.15)) - lead, 1)
    whole = n / 48_000.0
    times = block_times(n)
    size, anger, rough = knobs["size"], knobs["anger"], knobs["rough"]
    drive = _drive(times, whole, anger, chance)
    force = curve(drive, n)
    pitch = (
        (108.0 - 66.0 * size) * (0.80 + 0.30 * drive + 0.12 * anger) * 2.0 ** (knobs["rise"] * (times / whole - 0.5))
    )
    pitch_hz = curve(pitch, n) * (1.0 + (0.03 + 0.05 * rough) * wander(chance, n, 3.0))
    claps = cords(pitch_hz, 0.012 + 0.075 * rough, chance, 1.0 - 0.7 * rough, 0.08 + 0.25 * rough)
    claps = _folded(claps, pitch_hz, rough, chance)
    open_s = 0.0042 + 0.0055 * size
    beats = claps.flow(n, open_s, 900.0 + 2_200.0 * anger)
    gate = np.clip(claps.gate(n, 0.6 * open_s), 0.0, 2.0)
    torn = low_pass(noise(chance, n), 5_200.0 - 2_400.0 * size) * (0.10 + gate)
    air = np.diff(torn, prepend=0.0) * (0.5 + 1.9 * knobs["breath"]) * (0.6 + 0.5 * rough)
    spit = _spit(gate, force, knobs, chance)
    source = force**1.3 * (0.10 * beats + air) + spit
    shape = _jaw(times, whole, drive, knobs, chance)
    wave = through(source, shape)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    wave = wave + (0.07 + 0.13 * size) * _chest(0.1 * force**1.3 * beats, size, chance)
    if knobs["metal"] > 0.0:
        wave = (1.0 - 0.45 * knobs["metal"]) * wave + knobs["metal"] * _machine(
            source, gate, force, pitch_hz, size, chance
        )
    wave = low_pass(np.tanh((1.0 + 1.6 * anger) * wave), 5_500.0 - 2_600.0 * size + 2_500.0 * anger)
    return Raw(np.concatenate([np.zeros(lead), high_pass(wave, 24.0) * swell(n, 0.02, 0.06)]), None)


def _drive(times: Wave, whole: float, anger: float, chance: np.random.Generator) -> Wave:
    """How hard the chest drives, 0 … 1.3, shape (blocks,): it gathers, surges once or twice, and lets go."""
    knots = np.linspace(0.0, whole, max(4, round(1.7 * whole) + 3))
    targets = chance.uniform(0.62, 1.0, len(knots)) + 0.25 * anger
    targets[int(chance.integers(1, len(knots) - 1))] = 1.05 + 0.2 * anger  # one surge is the sentence's point
    up, down = 0.35 * min(whole, 2.0) * (1.1 - 0.8 * anger), 0.38 * min(whole, 2.0)
    rise = np.sin(0.5 * np.pi * np.clip(times / up, 0.0, 1.0)) ** 1.5
    fall = np.sin(0.5 * np.pi * np.clip((whole - times) / down, 0.0, 1.0)) ** 1.2
    return np.asarray(path(times, knots, targets) * rise * fall, float)


def _folded(claps: Pulses, pitch_hz: Wave, rough: float, chance: np.random.Generator) -> Pulses:
    """The folds above the cords press on every second or third clap, for a while, and then on another."""
    levels, count = claps.levels.copy(), len(claps.at_s)
    at = 0
    while at < count:
        run = int(chance.integers(5, 22))
        every = int(chance.choice([1, 2, 3, 3]))
        here = np.arange(at, min(at + run, count))
        levels[here[here % every != 0]] *= 1.0 - 0.55 * rough
        if chance.random() < 0.35 * rough:  # and now and then the beat is lost altogether
            levels[here] *= np.exp(0.6 * rough * chance.standard_normal(len(here)))
        at += run
    return Pulses(claps.at_s, np.clip(levels, 0.0, 1.8))


def _jaw(times: Wave, whole: float, drive: Wave, knobs: Mapping[str, float], chance: np.random.Generator) -> Tube:
    """The tract over time and its length's inverse beside a man's: a dog's is about his, a lion's twice as long."""
    long = (1.06 - 0.60 * knobs["size"]) * chance.uniform(0.96, 1.04)
    knots = np.linspace(0.0, whole, max(3, round(2.6 * whole) + 2))
    gape = (
        np.clip(drive, 0.0, 1.2)
        * (0.45 + 0.6 * knobs["anger"])
        * path(times, knots, chance.uniform(0.6, 1.25, len(knots)))
    )
    tongue = path(times, knots, chance.uniform(0.86, 1.16, len(knots)))
    third = path(times, knots, chance.uniform(0.93, 1.07, len(knots)))
    poles: list[Wave | float] = [
        (330.0 + 430.0 * gape) * long,
        (1_080.0 + 420.0 * gape) * tongue * long,
        2_300.0 * third * long,
        3_450.0 * long,
    ]
    open_ = 1.0 + 0.8 * knobs["breath"]
    return tube(times, poles, [70.0 * open_ + 30.0 * gape, 85.0 * open_, 140.0, 240.0], 1_000.0 * long)


def _chest(pulses: Wave, size: float, chance: np.random.Generator) -> Wave:
    """What stands behind the throat answers each clap, low and short, at most 1, shape (n,)."""
    low = float((96.0 - 50.0 * size) * chance.uniform(0.94, 1.06))
    bank = Modes(low * np.array([1.0, 1.55, 2.3]), np.array([52.0, 60.0, 80.0]), np.array([1.0, 0.6, 0.35]))
    wave = resonate(bank, smooth(pulses, 400.0))
    return wave / (float(np.abs(wave).max(initial=0.0)) or 1.0)


def _spit(gate: Wave, force: Wave, knobs: Mapping[str, float], chance: np.random.Generator) -> Wave:
    """Wet crackle in the throat: bubbles that break where the air is fastest, shape (n,)."""
    per_s = (14.0 + 60.0 * knobs["breath"]) * (0.3 + knobs["rough"]) * np.clip(gate, 0.0, 1.2) * force**2
    times = arrivals(chance, per_s)
    levels = chance.pareto(2.2, len(times)).clip(0.0, 5.0) * chance.choice([-1.0, 1.0], len(times))
    return 1.1 * smooth(hits(len(gate), times, levels), 3_800.0)


def _machine(source: Wave, gate: Wave, force: Wave, pitch_hz: Wave, size: float, chance: np.random.Generator) -> Wave:
    """No throat but an engine: each beat strikes plates, drives a pipe, and turns a wheel of teeth; shape (n,)."""
    n = len(source)
    ribs = modes(150.0 - 70.0 * size, plate(60, 2.1)[::6], damped(STEEL, 26.0), chance, stray=0.05, tilt=0.1)
    struck = resonate(ribs, band_pass(source, 60.0, 6_000.0))
    odd: Wave = (230.0 - 120.0 * size) * chance.uniform(0.95, 1.05) * np.arange(1.0, 10.0, 2.0)
    pipe = resonate(Modes(odd, np.asarray(16.0 + 0.012 * odd, float), np.asarray(odd**-0.15, float)), source)
    # Teeth mesh a whole number of times for each beat, so they rise and fall with it.
    turns = np.cumsum(pitch_hz) / 48_000.0
    teeth = 2.0 * np.pi * 11.0 * turns
    wheel = (np.sin(teeth) + 0.6 * np.sin(2.0 * teeth + 0.7) + 0.4 * np.sin(3.0 * teeth + 2.0)) * (0.35 + 0.65 * gate)
    parts = ((struck, 0.55), (pipe, 0.45), (wheel * force, 0.16))
    return sum((share * part / (float(np.abs(part).max(initial=0.0)) or 1.0) for part, share in parts), np.zeros(n))


VOICE_OF_THING = recipe(
    "voice_of_thing",
    "a creature growls: for as long as it is asked to",
    {
        "size": Setting(0.6, 0.0, 1.0, "0 a dog, 0.5 a bear, 1 a thing as tall as a house"),
        "anger": Setting(0.4, 0.0, 1.0, "how open its mouth and how hard its breath"),
        "rough": Setting(0.6, 0.0, 1.0, "how unevenly its cords beat; more opens an octave below"),
        "breath": Setting(0.4, 0.0, 1.0, "how much air there is in it"),
        "metal": Setting(0.0, 0.0, 1.0, "how much of it is plates and ribs: 1 is a machine that growls"),
        "rise": Setting(0.0, -1.0, 1.0, "pitch falls or rises over its length", "octaves"),
    },
    _make,
    sustains=True,
)
