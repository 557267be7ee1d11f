"""Wind: turbulence in bands that gust on their own, openings that howl and gaps that whistle as it passes, and its
weight.

Aerodynamic noise grows with a high power of the speed and moves up in frequency with it, so one number, the speed at
a moment, sets level, spectrum and the pitch of every resonance together. Edge and cavity tones keep near f = St ×
speed / size.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.audio import Audio
from producer.foley.layers import between, knobs, moving, octaves_between, under_ceiling
from producer.foley.noise import Field, Singles, noise
from producer.foley.shapes import amplitude, bands, bump, column, high_pass, low_pass, peak
from producer.foley.wander import Floats, flutter, wander, wanders
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

BANDS_HZ = (32.0, 70.0, 150.0, 320.0, 640.0, 1250.0, 2500.0, 5000.0, 9000.0, 16000.0)
BAND_PERIODS_S = (9.0, 7.3, 5.7, 4.6, 3.8, 3.3, 2.9, 2.5, 2.2, 2.0)
EDDY_PERIODS_S = (0.43, 0.4, 0.36, 0.33, 0.29, 0.26, 0.24, 0.22, 0.2, 0.19)
HOWLS_HZ = (310.0, 455.0, 690.0, 1020.0)  # openings the size of windows and chimneys
WHISTLES_HZ = (1480.0, 2150.0, 3100.0)  # gaps and edges
LEVEL_DB = -55.0


def speed(times_s: Floats, strength: Floats, gusts: Floats, seed: int) -> Floats:
    """Wind speed over time, about 0 … 1.5: its strength, and gusts that rise faster than they fall."""
    swell = 0.45 * wander(times_s, 6.3, seed, 3) + 0.45 * wander(times_s, 2.3, seed + 1, 3)
    swell += 0.4 * wander(times_s, 0.63, seed + 2, 2)
    gust = np.maximum(swell, 0.0) ** 1.3 * 1.7 + np.minimum(swell, 0.0)
    return strength * np.maximum(1.0 + gusts * gust, 0.12)


def wind(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of wind, shape (stop - start, 2)."""
    common = named(seed, "speed")

    def body(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        left, right = _turbulence(times_s, hz, knob, common, named(seed, "bands"))
        return Field(left, right, column(knob["width"]))

    def tones(times_s: Floats, hz: Singles) -> Field:
        knob = knobs(settings, times_s)
        both = _tones(times_s, hz, knob, common, named(seed, "tones"))
        return Field(both, both, 0.5)

    def shaking(times_s: Floats) -> Floats:
        knob = knobs(settings, times_s)
        return 1.0 + 0.95 * knob["flutter"] * flutter(times_s, 4.0, 12.0, named(seed, "flutter"))

    made = noise(body, start, stop, rate_hz, named(seed, "body"))
    made = made * moving(shaking, start, stop, rate_hz)[:, None]
    made += noise(tones, start, stop, rate_hz, named(seed, "openings"), hop_s=0.08, top_hz=7000.0)
    return under_ceiling(made)


def _turbulence(
    times_s: Floats, hz: Singles, knob: Mapping[str, Floats], common: int, seed: int
) -> tuple[Singles, Singles]:
    """The channels' spectra: a slope that speed lifts and straightens, in bands that come and go by themselves."""
    air = speed(times_s, knob["strength"], knob["gusts"], common)
    level = LEVEL_DB + 18.0 * np.log10(np.maximum(air, 0.03))
    slope = between(-7.2, -3.4, np.minimum(air, 1.2)) - 3.2 * knob["dark"]
    weight = between(-26.0, 9.0, knob["rumble"])
    shared = wanders(times_s, BAND_PERIODS_S, seed, 3)
    over = np.log2(np.array(BANDS_HZ) / 250.0)[:, None]
    low = np.clip(-0.5 * over, 0.0, 1.0)
    # Inside a gust the air is never still: eddies a few metres wide pass in a fifth of a second, stronger in squalls.
    eddies = between(1.5, 8.0, knob["gusts"]) * wanders(times_s, EDDY_PERIODS_S, named(seed, "eddies"), 1)
    mean = level + eddies + np.where(over > 0.0, slope, -1.0) * over + weight * low
    ends = high_pass(hz, 33.0, 4) * low_pass(hz, 13000.0, 2)
    snows = bool(knob["snow"].any())
    if snows:
        # What lies loose is lifted by the cube of the speed, above the one that moves it at all (Bagnold, 1941).
        lifted = np.clip(air * (1.0 + 0.5 * shared[8]) - 0.12, 0.0, 1.3) ** 1.5 * knob["snow"]
        drift = bump(hz, 6800.0 * np.exp2(0.3 * shared[7]), 0.9) * low_pass(hz, 13000.0, 2)

    def heard(side: str) -> Singles:
        own = wanders(times_s, BAND_PERIODS_S[::-1], named(seed, side), 2)
        swing = between(2.5, 13.0, knob["gusts"]) * (0.75 * shared + 0.25 * own)
        made = bands(hz, BANDS_HZ, np.ascontiguousarray((mean + swing).T))
        made *= ends
        if snows:
            grains = amplitude(-67.0 - 8.0 * knob["dark"] + 6.0 * own[1] + 3.0 * shared[9]) * lifted
            made += column(grains) * drift
        return made

    return heard("left"), heard("right")


def _tones(times_s: Floats, hz: Singles, knob: Mapping[str, Floats], common: int, seed: int) -> Singles:
    """Resonances that slide with the wind: each opening feels its own speed and speaks while that is high enough."""
    calm = speed(times_s, np.ones(len(times_s)), knob["gusts"], common)  # against the wind's own mean
    # A tone that has locked on grows less with the speed than turbulence does.
    level = LEVEL_DB + 18.0 * np.log10(knob["strength"]) + 8.0 * np.log10(np.clip(calm, 0.1, 1.4))
    size = octaves_between(1.9, 0.55, knob["opening"]) * np.maximum(knob["strength"], 0.05) ** 0.25
    total = np.zeros((len(times_s), len(hz)), np.float32)
    voices = [("howl", howl_hz, 12.0, 34.5) for howl_hz in HOWLS_HZ]
    voices += [("whistle", whistle_hz, 36.0, 24.0) for whistle_hz in WHISTLES_HZ]
    stray = wanders(times_s, tuple(4.3 - 0.35 * voice for voice in range(len(voices))), seed, 3)
    # A jet at an edge lets go and catches again several times a second.
    tremble = wanders(times_s, tuple(0.36 - 0.02 * voice for voice in range(len(voices))), named(seed, "tremble"), 1)
    for voice, (setting, own_hz, sharpness, size_db) in enumerate(voices):
        local = calm**0.8 * (1.0 + 0.8 * stray[voice])
        speaks = np.clip((local - 0.55) / 0.85, 0.0, 1.0) ** 1.4
        centre = own_hz * size * np.exp2(1.35 * (np.clip(local, 0.2, 2.0) - 1.0))
        width = centre / sharpness
        swell_db = level + size_db - 10.0 * np.log10(width) + between(2.0, 7.0, knob["gusts"]) * tremble[voice]
        gain = amplitude(swell_db) * (knob[setting] * speaks).astype(np.float32)
        tone = peak(hz, centre, width)
        if setting == "howl":
            tone += 0.25 * peak(hz, 2.02 * centre, 2.0 * width)
        tone *= gain[:, None]
        total += tone
    return total


WIND = Recipe(
    name="wind",
    kind="bed",
    says="wind: thin through empty windows, wide over open land, or a snowstorm",
    settings={
        "strength": Setting(0.5, 0.05, 1.0, "how hard it blows: louder, brighter and faster together"),
        "gusts": Setting(0.5, 0.0, 1.0, "from an even stream to squalls and lulls"),
        "howl": Setting(0.3, 0.0, 1.0, "openings that moan as it passes"),
        "whistle": Setting(0.1, 0.0, 1.0, "gaps and edges that whistle"),
        "opening": Setting(0.5, 0.0, 1.0, "size of what howls: keyholes to gateways"),
        "flutter": Setting(0.3, 0.0, 1.0, "shaking, as against cloth and ears"),
        "snow": Setting(0.0, 0.0, 1.0, "snow or sand that it drives along: a hiss in its gusts"),
        "rumble": Setting(0.5, 0.0, 1.0, "weight of the lows"),
        "dark": Setting(0.3, 0.0, 1.0, "loss of the highs, as behind walls or at dusk"),
        "width": Setting(0.8, 0.0, 1.0, "from one direction to all around"),
    },
    ambience=wind,
)
