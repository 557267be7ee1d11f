"""Drone: a dark pad of partials that are not quite a chord, each a narrow band of noise that breathes by itself, and
the less it moves the more a tone that stands still.

Partials a few hertz wide and a few hertz apart beat at no fixed rate, so the ear hears a mass, not notes; stretching
them (stiffness, as in a bar or a long wire) and adding seconds and tritones turns calm into threat.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.audio import Audio
from producer.foley.layers import CONTROL_S, between, knobs, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bump, column, high_pass, peak
from producer.foley.tones import tones
from producer.foley.wander import Floats, hashed, turns, wander, wanders
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
PARTIALS = CALM + TENSE
"""(frequency against the pitch, dB)"""
PERIODS_S = tuple(4.1 + 0.43 * part for part in range(len(PARTIALS)))
LEVEL_DB = -27.0


STIR = 0.15
"""From this motion on a partial is all noise; below it, more and more of it is a tone that stands still."""
_BAND = 0.5 * np.pi**0.5
"""A band of noise under a resonance is as strong as a tone of so many times its height and of its width's root."""


def drone(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of a dark pad, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        sway = wanders(times_s, PERIODS_S, named(seed, "sway"), 3)
        bend = wanders(times_s, PERIODS_S[::-1], named(seed, "bend"), 2)
        lean = 0.3 * wanders(times_s, PERIODS_S, named(seed, "lean"), 2)
        stirred = np.minimum(knob["motion"] / STIR, 1.0)
        left = np.zeros((len(times_s), len(hz)), np.float32)
        right = np.zeros_like(left)
        for part in range(len(PARTIALS)) if stirred.any() else ():
            centre = _pitch(knob, part) * _bend(knob, bend[part])
            width = 2.0 + 1.6 * knob["motion"] + 0.002 * centre
            tone = column(_strength(knob, centre, sway[part], part) * stirred / np.sqrt(width)) * peak(
                hz, centre, width
            )
            left += column(1.0 + lean[part]) * tone
            right += column(1.0 - lean[part]) * tone
        swells = 5.0 * stirred * sway[1]
        breath = column(amplitude(LEVEL_DB - 50.0 + 12.0 * knob["brightness"] + swells)) * bump(hz, 420.0, 1.6)
        under = high_pass(hz, 24.0, 3)
        return Field((left + breath) * under, (right + breath) * under, 0.9)

    made = noise(field, start, stop, rate_hz, named(seed, "drone"), hop_s=0.32, top_hz=8000.0)
    if _ever_still(settings, start, stop, rate_hz):
        made += _still(settings, start, stop, rate_hz, seed)
    return under_ceiling(made)


def _pitch(knob: Mapping[str, Floats], part: int) -> Floats:
    """Frequency of a partial in Hz, stretched as in a stiff thing, shape as the knobs."""
    ratio = PARTIALS[part][0]
    return np.asarray(knob["pitch"] * ratio * np.sqrt(1.0 + 0.004 * knob["tension"] * ratio * ratio), float)


def _bend(knob: Mapping[str, Floats], bend: Floats) -> Floats:
    """By what a partial's frequency is bent now and then, shape as the knobs."""
    return np.asarray(np.exp2((4.0 + 22.0 * knob["tension"]) / 1200.0 * bend), float)


def _strength(knob: Mapping[str, Floats], centre_hz: Floats, sway: Floats, part: int) -> Floats:
    """Amplitude of a partial, shape as `centre_hz`: what it comes and goes by is all motion."""
    fade_db = between(-4.5, 0.5, knob["brightness"]) * np.maximum(np.log2(centre_hz / 80.0), 0.0)
    level_db = LEVEL_DB + PARTIALS[part][1] + fade_db + 10.0 * knob["motion"] * sway
    return np.asarray(amplitude(level_db) * (1.0 if part < len(CALM) else knob["tension"]), float)


def _ever_still(settings: SettingsAt, start: int, stop: int, rate_hz: int) -> bool:
    times_s = np.arange(np.floor(start / rate_hz / CONTROL_S), np.ceil(stop / rate_hz / CONTROL_S) + 1.0) * CONTROL_S
    return bool((knobs(settings, times_s)["motion"] < STIR).any())


def _still(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """What stands still of each partial: a tone, as strong as the band of noise that it is otherwise."""

    def phase(times_s: Floats, part: int) -> Floats:
        knob = knobs(settings, times_s)
        # Bent by its phase, which takes no count of all that was before: as far in Hz as the noise, in as long.
        bent = wander(times_s, PERIODS_S[part], named(seed, "bends", part))
        stray_hz = _pitch(knob, part) * (_bend(knob, np.ones(1)) - 1.0)
        begun = 0.618034 * part  # so that they never all begin at once
        return (
            begun
            + turns(times_s, lambda at_s: _pitch(knobs(settings, at_s), part))
            + stray_hz * PERIODS_S[part] / (2.0 * np.pi) * bent
        )

    def size(times_s: Floats, part: int) -> Floats:
        knob = knobs(settings, times_s)
        sway = wander(times_s, PERIODS_S[part], named(seed, "sways", part), 3)
        still = _BAND * np.sqrt(2.0 - 2.0 * np.square(np.minimum(knob["motion"] / STIR, 1.0)))
        return np.asarray(still * _strength(knob, _pitch(knob, part), sway, part), float)

    leans = 0.6 * hashed(np.arange(len(PARTIALS)), named(seed, "stands")) - 0.3
    return tones(phase, size, [(1.0 + lean, 1.0 - lean) for lean in leans.tolist()], start, stop, rate_hz)


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
