"""A riser: everything climbs at once (pitch, brightness, pulse and level) to a peak, and stops there.

It may be an orchestra of reeds, a wind that finds its note, metal under a bow, a turbine that runs up.

Loudness, pitch and roughness that grow together are heard as something coming nearer (looming: Neuhoff, Nature 395,
1998). The tones start apart and meet in a chord that does not resolve; the peak is what lands on the cue.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.finish import finished
from producer.foley.layers import Singles, looked_up, table, under_ceiling
from producer.foley.noise import Field, noise
from producer.foley.shapes import amplitude, bump, column, high_pass
from producer.foley.wander import Floats, hashed, keys, wander
from producer.model.chance import seed as named
from producer.model.foley import Made, Recipe, Setting

OWN_LENGTH_S = 6.0
AFTER_S = 0.035
"""From the peak to silence: too short to be heard as an end, long enough not to click."""
CHORD = (0.5, 0.5045, 1.0, 1.0075, 1.059, 1.498, 1.993, 2.52, 2.996, 4.02)
PLATE = (1.0, 1.59, 2.14, 2.92, 3.51, 4.63)
"""Modes of a free plate, no two in tune."""
RASP = table({1: (1.0, 0.0), 2: (0.5, 0.2), 3: (0.4, 0.6), 4: (0.3, 0.1), 5: (0.24, 0.8), 6: (0.17, 0.45)})
_HOP_S = 0.04
REED = table({1: (1.0, 0.0), 2: (0.45, 0.3), 3: (0.28, 0.7), 4: (0.12, 0.15), 5: (0.1, 0.5), 7: (0.05, 0.9)})


def riser(settings: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
    """A riser of any length; its onset is the peak, at the very end."""
    samples = max(1, round((OWN_LENGTH_S if length_s is None else length_s) * rate_hz))
    onset = max(0, samples - 1 - min(round(AFTER_S * rate_hz), samples // 3))
    peak_s = max(onset / rate_hz, 1e-3)
    time_s = np.arange(samples) / rate_hz
    climbed = np.minimum(time_s / peak_s, 1.0)

    def air(times_s: Floats, hz: Singles) -> Field:
        way = np.clip(times_s / peak_s, 0.0, 1.0)
        gust = 3.0 * wander(times_s, 0.8, named(seed, "gust"), 2) * (1.0 - way)
        level = -52.0 + 22.0 * settings["air"] + gust - 5.0 * np.log2(1.0 + 6.0 * way**1.7)
        heard = column(amplitude(level)) * bump(hz, 110.0 * np.exp2(5.6 * way**1.7), 1.0 + 0.9 * way)
        if settings["wind"] > 0.0:
            heard = heard + column(amplitude(level + 4.0)) * settings["wind"] * _howl(times_s, way, hz, seed)
        heard *= high_pass(hz, 40.0)
        return Field(heard, heard, 0.9)

    loud = 10.0 ** ((-44.0 * (1.0 - climbed) ** 0.85) / 20.0)
    pulse = _pulse(climbed, peak_s, settings["pulse"])
    share = max(settings["air"], settings["wind"]) ** 0.5
    sound = noise(air, 0, samples, rate_hz, named(seed, "air"), hop_s=_HOP_S) * np.float32(share)
    # What takes over leaves less room for the reeds.
    reeds = 1.0 - 0.88 * min(1.0, max(settings["wind"], 0.75 * settings["metal"], 0.9 * settings["turbine"]))
    sound += np.float32(reeds) * _tones(settings, climbed, peak_s, rate_hz, seed)
    if settings["metal"] > 0.0:
        sound += np.float32(settings["metal"]) * _bowed(settings["pitch"], climbed, time_s, rate_hz, seed)
    if settings["turbine"] > 0.0:
        sound += np.float32(settings["turbine"]) * _rotor(settings["pitch"], climbed, rate_hz, seed)
    sound *= (loud * pulse)[:, None].astype(np.float32)
    # A little of the sound bends at the top, as a loudspeaker's cone would: it grows rough as it peaks.
    bent = under_ceiling(
        (sound * np.float32(1.7 - 0.5 * max(settings["metal"], settings["turbine"]))).astype(np.float32)
    )
    return Made(finished(bent, samples, rate_hz, ends_s=AFTER_S), onset)


def _pulse(climbed: Floats, peak_s: float, depth: float) -> Floats:
    """A beat that quickens from 1.2 to 15 a second and melts into the peak, between 1 - depth and 1."""
    turns = peak_s * (1.2 * climbed + 13.8 * climbed**3.2 / 3.2)
    open_ = 0.5 + 0.5 * np.cos(2.0 * np.pi * (turns - turns[-1]))
    result: Floats = 1.0 - depth * (1.0 - open_) * (1.0 - climbed**6)
    return result


def _tones(settings: Mapping[str, float], climbed: Floats, peak_s: float, rate_hz: int, seed: int) -> Singles:
    """Reedy tones on their ways up, shape (samples, 2): the lower ones steady, the tense ones late and steep."""
    own = hashed(np.arange(len(CHORD), dtype=np.int64), keys(named(seed, "tones"), 4)[:, None])
    total = np.zeros((len(climbed), 2), np.float32)
    for tone, ratio in enumerate(CHORD):
        top_hz = settings["pitch"] * ratio
        span = 1.6 + 1.5 * own[0, tone] + 1.0 * settings["tension"]
        bend = 1.5 + own[1, tone]
        step = top_hz * np.exp2(-span * (1.0 - climbed**bend)) / rate_hz
        phase = np.cumsum(step) + own[2, tone]
        wave = looked_up(REED, (phase - np.floor(phase)).astype(np.float32))
        tense = 1.0 if tone in (0, 2, 5, 6) else settings["tension"]
        enters = np.clip((climbed - 0.45 * own[3, tone] * (ratio > 1.0)) / 0.25, 0.0, 1.0)
        size = 0.1 * tense / (0.6 + ratio**0.6)
        lean = 0.25 * (-1.0 if tone % 2 else 1.0)
        line = wave * (size * enters).astype(np.float32)
        total += np.stack([line * np.float32(1.0 + lean), line * np.float32(1.0 - lean)], axis=1)
    return total


def _howl(times_s: Floats, way: Floats, hz: Singles, seed: int) -> Singles:
    """A wind that finds its openings: three whistling bands, each sliding up its own way, shape (frames, bins)."""
    total = np.zeros((len(times_s), len(hz)), np.float32)
    for band, (low_hz, octaves, narrow, part) in enumerate(
        ((150.0, 2.6, 0.16, 1.6), (310.0, 2.9, 0.11, 1.3), (720.0, 2.3, 0.08, 0.9))
    ):
        sway = 0.22 * (1.0 - 0.7 * way) * wander(times_s, 1.1, named(seed, "howl", band), 2)
        total += np.float32(part) * bump(hz, low_hz * np.exp2(octaves * way**1.5 + sway), narrow + 0.05 * way)
    return total


def _bowed(pitch_hz: float, climbed: Floats, time_s: Floats, rate_hz: int, seed: int) -> Singles:
    """A plate under a bow that presses ever harder, shape (samples, 2): its modes are drawn up, and grate."""
    own = hashed(np.arange(len(PLATE), dtype=np.int64), keys(named(seed, "bowed"), 3)[:, None])
    catches = wander(time_s[:: rate_hz // 400], 0.021, named(seed, "catches"), 2)
    grit = 1.0 + (0.25 + 0.65 * climbed) * np.interp(time_s, time_s[:: rate_hz // 400], catches)
    total = np.zeros((len(climbed), 2), np.float32)
    for mode, ratio in enumerate(PLATE):
        top_hz = min(0.62 * pitch_hz * ratio, 0.4 * rate_hz)
        step = top_hz * np.exp2(-(1.3 + 0.5 * own[0, mode]) * (1.0 - climbed ** (1.6 + own[1, mode]))) / rate_hz
        phase = np.cumsum(step) + own[2, mode]
        wave = looked_up(RASP, (phase - np.floor(phase)).astype(np.float32))
        enters = np.clip((climbed - 0.08 * mode) / 0.3, 0.0, 1.0) * grit
        line = wave * (0.17 / (1.0 + 0.35 * mode) * enters).astype(np.float32)
        lean = 0.3 * (-1.0 if mode % 2 else 1.0)
        total += np.stack([line * np.float32(1.0 + lean), line * np.float32(1.0 - lean)], axis=1)
    return total


def _rotor(pitch_hz: float, climbed: Floats, rate_hz: int, seed: int) -> Singles:
    """A turbine runs up, shape (samples, 2): blades sing a whole number of times each turn, the shaft beats below."""
    blades = 17.0
    top_hz = 4.0 * pitch_hz / blades
    # A rotor gains speed in proportion to what it has, and then meets the air's resistance.
    step = top_hz * (0.06 + 0.94 * climbed**1.35) / rate_hz
    turns = np.cumsum(step) + hashed(np.arange(1, dtype=np.int64), named(seed, "rotor"))[0]
    uneven = 1.0 + 0.35 * np.sin(2.0 * np.pi * turns) + 0.2 * np.sin(4.0 * np.pi * turns + 1.0)
    total = np.zeros(len(climbed))
    for harmonic, part in ((1.0, 0.26), (2.03, 0.12), (3.0, 0.08)):
        clear = top_hz * blades * harmonic < 0.45 * rate_hz
        total += clear * part * np.sin(2.0 * np.pi * ((turns * blades * harmonic) % 1.0)) * (0.35 + 0.65 * climbed)
    shaft = 0.2 * np.sin(2.0 * np.pi * turns) + 0.16 * np.sin(4.0 * np.pi * turns) + 0.1 * np.sin(6.0 * np.pi * turns)
    return np.repeat((total * uneven + shaft)[:, None], 2, axis=1).astype(np.float32)


RISER = Recipe(
    name="riser",
    kind="stinger",
    says="everything climbs to a peak that lands on the cue",
    settings={
        "pitch": Setting(330.0, 110.0, 700.0, "where its chief tone arrives", "Hz"),
        "tension": Setting(0.6, 0.0, 1.0, "how much its tones grate"),
        "air": Setting(0.6, 0.0, 1.0, "the rush of air in it"),
        "pulse": Setting(0.5, 0.0, 1.0, "the beat that quickens inside it"),
        "wind": Setting(0.0, 0.0, 1.0, "a wind that howls higher and higher, in place of the tones"),
        "metal": Setting(0.0, 0.0, 1.0, "plates under a bow that presses ever harder"),
        "turbine": Setting(0.0, 0.0, 1.0, "a turbine that runs up"),
    },
    hit=riser,
    sustains=True,
)
