"""A riser: everything climbs at once (pitch, brightness, pulse and level) to a peak, and stops there.

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
REED = table({1: (1.0, 0.0), 2: (0.45, 0.3), 3: (0.28, 0.7), 4: (0.12, 0.15), 5: (0.1, 0.5), 7: (0.05, 0.9)})


def riser(settings: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
    """A riser of any length; its onset is the peak, at the very end."""
    samples = max(1, round((OWN_LENGTH_S if length_s is None else length_s) * rate_hz))
    onset = max(0, samples - 1 - round(AFTER_S * rate_hz))
    peak_s = max(onset / rate_hz, 1e-3)
    time_s = np.arange(samples) / rate_hz
    climbed = np.minimum(time_s / peak_s, 1.0)

    def air(times_s: Floats, hz: Singles) -> Field:
        way = np.clip(times_s / peak_s, 0.0, 1.0)
        gust = 3.0 * wander(times_s, 0.8, named(seed, "gust"), 2) * (1.0 - way)
        level = -52.0 + 22.0 * settings["air"] + gust - 5.0 * np.log2(1.0 + 6.0 * way**1.7)
        heard = (
            column(amplitude(level)) * bump(hz, 110.0 * np.exp2(5.6 * way**1.7), 1.0 + 0.9 * way) * high_pass(hz, 40.0)
        )
        return Field(heard, heard, 0.9)

    loud = 10.0 ** ((-44.0 * (1.0 - climbed) ** 0.85) / 20.0)
    pulse = _pulse(climbed, peak_s, settings["pulse"])
    sound = noise(air, 0, samples, rate_hz, named(seed, "air")) * settings["air"] ** 0.5
    sound += _tones(settings, climbed, peak_s, rate_hz, seed)
    sound *= (loud * pulse)[:, None].astype(np.float32)
    # A little of the sound bends at the top, as a loudspeaker's cone would: it grows rough as it peaks.
    bent = under_ceiling((sound * np.float32(1.7)).astype(np.float32))
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


RISER = Recipe(
    name="riser",
    kind="stinger",
    says="everything climbs to a peak that lands on the cue",
    settings={
        "pitch": Setting(330.0, 110.0, 700.0, "where its chief tone arrives", "Hz"),
        "tension": Setting(0.6, 0.0, 1.0, "how much its tones grate"),
        "air": Setting(0.6, 0.0, 1.0, "the rush of air in it"),
        "pulse": Setting(0.5, 0.0, 1.0, "the beat that quickens inside it"),
    },
    hit=riser,
    sustains=True,
)
