"""Tinnitus: ears that ring: tones a few hertz apart, high and thin, shimmering as they beat, with a hiss close around
them.
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.layers import cycles, knobs, moving, sine, under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.shapes import amplitude, column, peak
from producer.foley.wander import Floats, flutter, wander
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

TONES = ((1.0, 1.0, 1.0), (1.00037, 0.8, 0.35), (1.0139, 0.1, 0.3), (0.7493, 0.12, 0.09))
"""(frequency against the main tone, level left, level right)"""
BEATS = 1  # the tone so close to the main one that the two are heard as one that comes and goes
LEVEL = 0.042


def tinnitus(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of ringing ears, shape (stop - start, 2)."""
    made = noise(_hiss(settings), start, stop, rate_hz, named(seed, "hiss"), hop_s=0.16, top_hz=16000.0)
    for tone, (ratio, left, right) in enumerate(TONES):
        own = named(seed, "tone", tone)

        def pitch(times_s: Floats, ratio: float = ratio, own: int = own) -> Floats:
            return knobs(settings, times_s)["freq"] * ratio * (1.0 + 0.0004 * wander(times_s, 3.7, own))

        def size(times_s: Floats, own: int = own, beats: bool = tone == BEATS) -> Floats:
            knob = knobs(settings, times_s)
            shimmer = 0.5 * wander(times_s, 2.9, own + 1, 3) + 0.5 * flutter(times_s, 2.0, 7.0, own + 2)
            share = np.sqrt(knob["shimmer"]) if beats else 1.0
            return LEVEL * knob["level"] * share * (1.0 + 0.6 * knob["shimmer"] * shimmer)

        ringing = sine(cycles(pitch, start, stop, rate_hz)) * moving(size, start, stop, rate_hz)
        made[:, 0] += ringing * np.float32(left)
        made[:, 1] += ringing * np.float32(right)
    return under_ceiling(made)


def _hiss(settings: SettingsAt) -> Shape:
    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        near = column(amplitude(-66.0) * knob["level"].astype(np.float32))
        heard = near * (peak(hz, knob["freq"], 0.03 * knob["freq"]) + 0.06 * peak(hz, knob["freq"], 0.5 * knob["freq"]))
        return Field(heard, heard, 0.6)

    return field


TINNITUS = Recipe(
    name="tinnitus",
    kind="bed",
    says="ringing in the ears after a blast, or as consciousness goes",
    settings={
        "freq": Setting(6200.0, 1500.0, 10000.0, "pitch of the ringing", "Hz"),
        "shimmer": Setting(0.4, 0.0, 1.0, "how unsteady it is"),
        "level": Setting(1.0, 0.0, 1.0, "for riding it in and out"),
    },
    ambience=tinnitus,
)
