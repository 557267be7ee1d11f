"""Room tone: the low standing waves of an empty interior, its still air, what leaks in from outside, and its wiring.

A box of sides L × W × H stores sound at f = c/2 √((l/L)² + (m/W)² + (n/H)²); the noise that gets in is heard through
those few lowest modes, which is why a cupboard and a hall can be told apart with nobody in them (Kuttruff, Room
Acoustics, 3.2).
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import drawn, placed, poisson, thinned
from producer.foley.layers import between, cycles, knobs, looked_up, moving, octaves_between, table, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass, peak, tilt
from producer.foley.wander import Floats, hashed, keys, wander, wanders
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
LEVEL_DB = -64.0
RUNS_PER_S = 0.5
TICKS = 8
RUN_S = 1.4
TICK_S = 0.09
_MAINS = table(
    {1: (0.05, 0.0), 2: (1.0, 0.2), 3: (0.04, 0.55), 4: (0.35, 0.8), 6: (0.16, 0.3), 8: (0.07, 0.1), 10: (0.03, 0.6)}
)


def room_tone(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of an interior with nobody in it, shape (stop - start, 2)."""

    def field(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        drift = wanders(times_s, (7.3, 5.1, 3.4, 0.9), named(seed, "drift"), 3)
        outside = amplitude(LEVEL_DB + 7.0 + between(-24.0, 10.0, knob["rumble"]) + 3.0 * drift[0])
        air_db = LEVEL_DB - 22.0 + between(-20.0, 10.0, knob["air"])
        # What leaks in is duller through the walls of a cupboard than through the windows and doors of a hall.
        leak = octaves_between(80.0, 190.0, knob["size"])
        heard = column(outside) * (low_pass(hz, leak, 2) + np.float32(0.11) * low_pass(hz, 6.0 * leak, 1))
        # Still air is heard by its own faint hiss; the larger the room, the more of it sends something back.
        heard += column(amplitude(air_db + 1.5 * drift[1])) * tilt(hz, -4.5, 400.0) * low_pass(hz, 7000.0, 1)
        back = column(amplitude(air_db - 9.0 + 6.0 * knob["size"] + 2.0 * drift[3])) * tilt(hz, -1.5, 1000.0)
        back *= low_pass(hz, octaves_between(9000.0, 4200.0, knob["size"]), 1)
        heard += back * high_pass(hz, 200.0, 1)
        # A vent or a draught under a door: broad, faint, never quite steady.
        heard += column(amplitude(LEVEL_DB - 26.0 + 18.0 * knob["air"] + 4.0 * drift[2])) * bump(hz, 620.0, 1.2)
        heard += _standing(times_s, hz, knob["size"], outside, named(seed, "modes"))
        heard *= high_pass(hz, 34.0, 4)
        return Field(heard, heard, 0.9)

    def wiring(times_s: Floats) -> Floats:
        steady = 1.0 + 0.1 * wander(times_s, 1.9, named(seed, "load"), 3) + 0.32 * wander(times_s, 0.08, chatter, 2)
        return knobs(settings, times_s)["hum"] ** 2 * 0.0213 * steady

    def line(times_s: Floats) -> Floats:
        return knobs(settings, times_s)["hum_hz"] * (1.0 + 0.0024 * wander(times_s, 1.3, named(seed, "line"), 3))

    chatter = named(seed, "chatter")
    made = noise(field, start, stop, rate_hz, named(seed, "air"), hop_s=0.16)
    mains = cycles(line, start, stop, rate_hz)
    made += (looked_up(_MAINS, mains) * moving(wiring, start, stop, rate_hz))[:, None]
    made += _settling(settings, start, stop, rate_hz, named(seed, "settling"))
    return under_ceiling(made)


def _settling(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Ticks of beams, pipes and plaster that give: single ones, and runs that slow down, heard with the room's ring."""
    length = round(TICK_S * rate_hz)
    begun = poisson((start - length) / rate_hz - RUN_S, stop / rate_hz, RUNS_PER_S, seed, marks=5)
    begun = thinned(begun, RUNS_PER_S * knobs(settings, begun.at_s)["settling"], RUNS_PER_S)
    tick = np.tile(np.arange(TICKS), len(begun))
    run = np.repeat(begun.marks, TICKS, axis=1)
    own = hashed(np.repeat(begun.names, TICKS) * TICKS + tick, keys(seed + 1, 3)[:, None])
    late = RUN_S * np.where(tick == 0, 0.0, ((tick + 0.6 * own[0]) / TICKS) ** 1.8)
    at_s = np.repeat(begun.at_s, TICKS) + late
    heard = tick < 1.0 + (TICKS - 1.0) * np.maximum(1.6 * run[1] - 0.6, 0.0)
    size = knobs(settings, at_s)["size"]
    ticks = Pings(
        pitch_hz=420.0 * np.exp2(2.6 * run[2]) * (0.97 + 0.06 * own[1]),
        falls_s=0.002 + octaves_between(0.003, 0.02, size) * (0.3 + run[3]),
        dense=np.full(len(at_s), 0.8),
        begun=own[2],
    )
    level = 0.17 * (0.06 + run[0] ** 0.5 * run[4] ** 3) * (0.35 + 0.65 * own[1]) * (1.0 - 0.55 * tick / TICKS)
    left, right = placed(1.6 * (run[2] - 0.5))
    first = np.round(at_s * rate_hz).astype(np.int64)
    grains = ticks.where(heard).grains(length, rate_hz, 3)
    return drawn(start, stop, first[heard], length, grains, (level * left)[heard], (level * right)[heard])


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
        "settling": Setting(0.0, 0.0, 1.0, "ticks of beams, pipes and plaster that give"),
        "hum_hz": Setting(50.0, 40.0, 120.0, "the mains' frequency", "Hz"),
    },
    ambience=room_tone,
)
