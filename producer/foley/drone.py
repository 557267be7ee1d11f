"""Drone: a dark pad of partials that are not quite a chord, each a narrow band of noise that breathes by itself.

Partials a few hertz wide and a few hertz apart beat at no fixed rate, so the ear hears a mass, not notes; stretching
them (stiffness, as in a bar or a long wire) and adding seconds and tritones turns calm into threat.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.layers import between, knobs, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bump, column, high_pass, peak
from producer.foley.wander import Floats, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

CALM = (
    (0.5, -7.0),
    (1.0, 0.0),
    (1.5, -7.0),
    (2.0, -4.0),
    (3.0, -8.0),
    (4.0, -11.0),
    (5.0, -17.0),
    (6.0, -16.0),
    (8.0, -20.0),
)
TENSE = (
    (1.06, -3.0),
    (1.414, -6.0),
    (2.13, -7.0),
    (2.83, -8.0),
    (3.37, -11.0),
    (4.24, -12.0),
    (5.66, -15.0),
    (7.5, -18.0),
)
LEVEL_DB = -27.0


def drone(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of a dark pad, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        periods = tuple(4.1 + 0.43 * part for part in range(len(CALM) + len(TENSE)))
        sway = wanders(times_s, periods, named(seed, "sway"), 3)
        bend = wanders(times_s, periods[::-1], named(seed, "bend"), 2)
        lean = 0.3 * wanders(times_s, periods, named(seed, "lean"), 2)
        left = np.zeros((len(times_s), len(hz)), np.float32)
        right = np.zeros_like(left)
        for part, (ratio, size_db) in enumerate(CALM + TENSE):
            stretched = ratio * np.sqrt(1.0 + 0.004 * knob["tension"] * ratio * ratio)
            centre = knob["pitch"] * stretched * np.exp2((4.0 + 22.0 * knob["tension"]) / 1200.0 * bend[part])
            width = 2.0 + 1.6 * knob["motion"] + 0.002 * centre
            tense = 1.0 if part < len(CALM) else knob["tension"]
            fade_db = (between(-4.5, 0.5, knob["brightness"])) * np.maximum(np.log2(centre / 80.0), 0.0)
            level = (
                LEVEL_DB + size_db + fade_db - 10.0 * np.log10(width) + between(1.0, 9.0, knob["motion"]) * sway[part]
            )
            tone = column(amplitude(level) * np.asarray(tense, np.float32)) * peak(hz, centre, width)
            left += column(1.0 + lean[part]) * tone
            right += column(1.0 - lean[part]) * tone
        breath = column(amplitude(LEVEL_DB - 50.0 + 12.0 * knob["brightness"] + 5.0 * sway[1])) * bump(hz, 420.0, 1.6)
        under = high_pass(hz, 24.0, 3)
        return Field((left + breath) * under, (right + breath) * under, 0.9)

    return under_ceiling(noise(field, start, stop, rate_hz, named(seed, "drone"), hop_s=0.32, top_hz=8000.0))


DRONE = Recipe(
    name="drone",
    kind="bed",
    says="a dark pad, between a chord and a machine",
    settings={
        "pitch": Setting(55.0, 30.0, 220.0, "its lowest strong tone", "Hz"),
        "tension": Setting(0.4, 0.0, 1.0, "from an open fifth to a cluster that grates"),
        "motion": Setting(0.4, 0.0, 1.0, "how much its tones come and go"),
        "brightness": Setting(0.4, 0.0, 1.0, "how far up it reaches"),
    },
    ambience=drone,
)
