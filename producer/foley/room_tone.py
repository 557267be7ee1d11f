"""Room tone: the low standing waves of an empty interior, its still air, what leaks in from outside, and its wiring.

A box of sides L × W × H stores sound at f = c/2 √((l/L)² + (m/W)² + (n/H)²); the noise that gets in is heard through
those few lowest modes, which is why a cupboard and a hall can be told apart with nobody in them (Kuttruff, Room
Acoustics, 3.2).
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.layers import between, cycles, knobs, looked_up, moving, octaves_between, table, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass, peak, tilt
from producer.foley.wander import Floats, wander, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

SOUND_M_S = 343.0
MODES = tuple(
    (length, width, height)
    for length in range(4)
    for width in range(3)
    for height in range(3)
    if 0 < length + width + height <= 3
)
LEVEL_DB = -55.0
_MAINS = table(
    {1: (0.5, 0.0), 2: (1.0, 0.2), 3: (0.22, 0.55), 4: (0.35, 0.8), 6: (0.16, 0.3), 8: (0.07, 0.1), 10: (0.03, 0.6)}
)


def room_tone(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of an interior with nobody in it, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        drift = wanders(times_s, (7.3, 5.1, 3.4), named(seed, "drift"), 3)
        outside = amplitude(LEVEL_DB + 7.0 + between(-24.0, 10.0, knob["rumble"]) + 3.0 * drift[0])
        air = amplitude(LEVEL_DB - 22.0 + between(-20.0, 10.0, knob["air"]) + 1.5 * drift[1])
        still = column(outside) * low_pass(hz, 90.0, 2) + column(air) * tilt(hz, -4.5, 400.0) * low_pass(hz, 7000.0, 1)
        # A vent or a draught under a door: broad, faint, never quite steady.
        still += column(amplitude(LEVEL_DB - 26.0 + 18.0 * knob["air"] + 4.0 * drift[2])) * bump(hz, 620.0, 1.2)
        heard = (still + _standing(times_s, hz, knob["size"], outside, named(seed, "modes"))) * high_pass(hz, 26.0, 3)
        return Field(heard, heard, 0.9)

    def wiring(times_s: Floats) -> Floats:
        steady = 1.0 + 0.12 * wander(times_s, 4.7, named(seed, "load"), 3)
        return knobs(settings, times_s)["hum"] ** 2 * 0.06 * steady

    made = noise(field, start, stop, rate_hz, named(seed, "air"), hop_s=0.16)
    mains = cycles(lambda times_s: knobs(settings, times_s)["hum_hz"], start, stop, rate_hz)
    made += (looked_up(_MAINS, mains) * moving(wiring, start, stop, rate_hz))[:, None]
    return under_ceiling(made)


def _standing(times_s: Floats, hz: Singles, size: Floats, outside: Singles, seed: int) -> Singles:
    """What the lowest modes store of the sound that gets in; larger rooms ring lower, denser and longer."""
    length = octaves_between(2.1, 17.0, size)
    sides = (length, 0.71 * length, np.maximum(2.2, 0.47 * length))
    ring_s = octaves_between(0.35, 1.9, size)
    strength = wanders(times_s, tuple(3.1 + 0.37 * mode for mode in range(len(MODES))), seed, 2)
    total = np.zeros((len(times_s), len(hz)), np.float32)
    for mode, numbers in enumerate(MODES):
        centre = 0.5 * SOUND_M_S * np.sqrt(sum((n / side) ** 2 for n, side in zip(numbers, sides, strict=True)))
        share = amplitude(8.0 - 3.0 * np.count_nonzero(numbers) - 0.012 * centre + 3.0 * strength[mode])
        total += column(share * outside) * peak(hz, centre, np.maximum(2.2 / ring_s, 3.0) * 1.6)
    return total


ROOM_TONE = Recipe(
    name="room_tone",
    kind="bed",
    says="the sound of an interior with nobody in it",
    settings={
        "size": Setting(0.4, 0.0, 1.0, "from a cupboard to a hall"),
        "air": Setting(0.4, 0.0, 1.0, "how much the air is heard: dead, draughty, ventilated"),
        "rumble": Setting(0.4, 0.0, 1.0, "what of the world leaks in through the walls"),
        "hum": Setting(0.0, 0.0, 1.0, "level of mains hum in the wiring"),
        "hum_hz": Setting(50.0, 40.0, 120.0, "the mains' frequency", "Hz"),
    },
    ambience=room_tone,
)
