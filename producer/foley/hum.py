"""Hum: mains through a transformer or a lamp: even harmonics of the line, a rectifier's buzz on every half wave, and
flicker.

Iron is drawn in twice a cycle (magnetostriction), so a transformer hums at twice the mains and its multiples; a
rectifier or an arc switches near the crest of each half wave, a train of sharp edges whose harmonics reach far up.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.layers import cycles, knobs, looked_up, moving, table, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bump, column, high_pass
from producer.foley.wander import Floats, hashed, keys, lattices, wander
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

IRON = table(
    {
        1: (0.3, 0.0),
        2: (1.0, 0.1),
        3: (0.12, 0.4),
        4: (0.55, 0.7),
        6: (0.3, 0.2),
        8: (0.16, 0.9),
        10: (0.08, 0.5),
        12: (0.05, 0.3),
    }
)
BUZZ = table(
    {
        k: (1.3 / k**0.75 * (1.0 if k % 2 == 0 else 0.35) * float(np.exp(-k / 55.0)), 0.25 * (k % 4))
        for k in range(3, 110)
    }
)
LEVEL = 0.085
GAP_S = 0.07


def hum(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of electrical hum, shape (stop - start, 2)."""

    def pitch(times_s: Floats) -> Floats:
        return knobs(settings, times_s)["mains_hz"] * (1.0 + 0.0009 * wander(times_s, 5.3, named(seed, "line"), 3))

    def iron(times_s: Floats) -> Floats:
        return LEVEL * _alive(settings, times_s, seed) * (1.0 + 0.16 * wander(times_s, 1.3, named(seed, "load"), 4))

    def buzz(times_s: Floats) -> Floats:
        rough = 1.0 + 0.5 * wander(times_s, 0.7, named(seed, "arc"), 5)
        return LEVEL * 0.45 * knobs(settings, times_s)["buzz"] * _alive(settings, times_s, seed) * rough

    def arcing(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        size = column(amplitude(-74.0 + 16.0 * knob["buzz"]) * _alive(settings, times_s, seed).astype(np.float32))
        heard = size * bump(hz, 3800.0, 1.1) * high_pass(hz, 300.0)
        return Field(heard, heard, 0.6)

    phase = cycles(pitch, start, stop, rate_hz)
    tone = looked_up(IRON, phase) * moving(iron, start, stop, rate_hz)
    tone += looked_up(BUZZ, phase) * moving(buzz, start, stop, rate_hz)
    made = noise(arcing, start, stop, rate_hz, named(seed, "arcing"), hop_s=0.02)
    made += tone[:, None]
    return under_ceiling(made)


def _alive(settings: SettingsAt, times_s: Floats, seed: int) -> Floats:
    """1 while the current flows; with flicker, moments when it drops, in bunches, as a failing tube does."""
    flicker = knobs(settings, times_s)["flicker"]
    fits = 0.5 + 0.5 * wander(times_s, 1.9, named(seed, "fits"), 2)
    cell = np.floor(times_s / GAP_S)
    drops = hashed(cell.astype(np.int64), keys(named(seed, "drops"), 1))
    # Each gap opens and closes inside its own cell, so that it is a drop and not a click.
    into = times_s / GAP_S - cell
    depth = np.clip(6.0 * np.minimum(into, 1.0 - into), 0.0, 1.0)
    missing = np.where(drops < 0.75 * flicker * fits, depth, 0.0)
    shake = 0.35 * flicker * lattices(times_s, np.array([0.11]), keys(named(seed, "shake"), 1))[0]
    result: Floats = (1.0 - 0.92 * missing) * (1.0 + shake)
    return result


HUM = Recipe(
    name="hum",
    kind="bed",
    says="electrical hum: a transformer, a lamp, a machine whose eyes are lit",
    settings={
        "mains_hz": Setting(50.0, 40.0, 130.0, "frequency of the line", "Hz"),
        "buzz": Setting(0.4, 0.0, 1.0, "edge: from iron to an arc"),
        "flicker": Setting(0.15, 0.0, 1.0, "dropping out, as a failing tube"),
    },
    ambience=hum,
)
