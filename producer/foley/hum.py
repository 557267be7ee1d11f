"""Hum: mains through a transformer or a lamp: even harmonics of the line, a rectifier's buzz on every half wave, and
flicker.

Iron is drawn in twice a cycle (magnetostriction), so a transformer hums at twice the mains and its multiples; a
rectifier or an arc switches near the crest of each half wave, a train of sharp edges whose harmonics reach far up.
No two half waves strike alike, so the sound is never quite still. Motors on the same line turn a little slower than it
does, each by its own slip: their hum beats, their gears sing where teeth meet, their fans push air.
"""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from producer.audio import Audio
from producer.foley.layers import cycles, ever, knobs, looked_up, moving, table, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bump, column, high_pass
from producer.foley.wander import Floats, hashed, keys, lattices, wander
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt


@cache
def _iron_wave() -> Singles:
    return table(
        {
            1: (0.04, 0.0),
            2: (1.0, 0.1),
            3: (0.03, 0.4),
            4: (0.55, 0.7),
            6: (0.3, 0.2),
            8: (0.16, 0.9),
            10: (0.08, 0.5),
            12: (0.05, 0.3),
            14: (0.026, 0.1),
            16: (0.02, 0.6),
            18: (0.012, 0.8),
            20: (0.009, 0.4),
            24: (0.005, 0.2),
        }
    )


@cache
def _gears_wave() -> Singles:
    """A rotor's turn: its imbalance, two gears of 17 and 23 teeth, and sidebands of teeth that are not quite round."""
    return table(
        {1: (0.5, 0.0), 2: (0.34, 0.3), 3: (0.12, 0.7), 4: (0.16, 0.1), 6: (0.07, 0.5), 8: (0.05, 0.9)}
        | {teeth: (0.2, 0.05 * teeth) for teeth in (17, 23)}
        | {side: (0.07, 0.13 * side) for side in (16, 18, 22, 24)}
        | {34: (0.09, 0.2), 46: (0.06, 0.6), 51: (0.04, 0.4), 69: (0.025, 0.1)}
    )


MOTORS = ((0.486, 1.0, 1.0, 0.55), (0.479, 0.8, 0.5, 1.0), (0.242, 0.9, 0.9, 0.8))
"""(turns for each cycle of the line, how loud, left, right)"""


@cache
def _buzz_wave() -> Singles:
    return table(
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
        return knobs(settings, times_s)["mains_hz"] * (1.0 + 0.0024 * wander(times_s, 1.3, named(seed, "line"), 3))

    own_chatter = named(seed, "chatter")

    def iron(times_s: Floats) -> Floats:
        load = 0.1 * wander(times_s, 1.3, named(seed, "load"), 4)
        return LEVEL * _alive(settings, times_s, seed) * (1.0 + load + 0.32 * wander(times_s, 0.08, own_chatter, 2))

    def buzz(times_s: Floats) -> Floats:
        rough = 1.0 + 0.5 * wander(times_s, 0.7, named(seed, "arc"), 5)
        return LEVEL * 0.45 * knobs(settings, times_s)["buzz"] * _alive(settings, times_s, seed) * rough

    def arcing(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        alive = _alive(settings, times_s, seed)
        spits = 4.0 * wander(times_s, 0.17, named(seed, "spits"), 2)
        size = column(amplitude(-84.0 + 26.0 * knob["buzz"] + spits) * alive)
        heard = size * bump(hz, 3800.0, 1.4) * high_pass(hz, 300.0)
        heard += column(amplitude(-82.0) * alive) * bump(hz, 480.0, 1.6)  # the case, which every half wave shakes
        if knob["machine"].any():
            # Fans and belts: air, and the hall that carries it.
            blown = column(amplitude(-62.0 + spits) * knob["machine"])
            heard += blown * (bump(hz, 190.0, 1.3) + 0.3 * bump(hz, 1300.0, 1.6))
        return Field(heard, heard, 0.6)

    def turning(times_s: Floats, share: float, own: int) -> Floats:
        # A motor slips with its load, and its load is never the same.
        return knobs(settings, times_s)["mains_hz"] * share * (1.0 + 0.004 * wander(times_s, 1.7, own, 3))

    def worked(times_s: Floats, size: float, own: int) -> Floats:
        uneven = 1.0 + 0.3 * wander(times_s, 0.8, own, 4) + 0.15 * wander(times_s, 0.1, own + 1, 2)
        return 0.9 * LEVEL * size * knobs(settings, times_s)["machine"] * uneven

    phase = cycles(pitch, start, stop, rate_hz)
    tone = looked_up(_iron_wave(), phase) * moving(iron, start, stop, rate_hz)
    tone += looked_up(_buzz_wave(), phase) * moving(buzz, start, stop, rate_hz)
    made = noise(arcing, start, stop, rate_hz, named(seed, "arcing"), hop_s=0.02)
    lines = [tone, tone]
    motors = MOTORS if ever(settings, "machine", start, stop, rate_hz) else ()
    for motor, (turns_a_cycle, size, *ears) in enumerate(motors):
        own = named(seed, "motor", motor)
        turned = cycles(partial(turning, share=turns_a_cycle, own=own), start, stop, rate_hz)
        sung = looked_up(_gears_wave(), turned) * moving(partial(worked, size=size, own=own + 7), start, stop, rate_hz)
        lines = [line + sung * np.float32(ear) for line, ear in zip(lines, ears, strict=True)]
    for channel, line in enumerate(lines):
        made[:, channel] += line
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
        "machine": Setting(0.0, 0.0, 1.0, "motors, gears and fans on the same line: from a lamp to a machine hall"),
    },
    ambience=hum,
)
