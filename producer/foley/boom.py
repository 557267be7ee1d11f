"""One vast low boom: the pressure wave, the ground's answer gliding down, the roll over the land, and what rains down
after.

A blast is a step of pressure that falls below rest before it returns (Friedlander, Proc. R. Soc. A 186, 1946); its
length grows with the charge, which is what makes it low. The way takes the top of it and turns one front into many;
whatever it threw up falls for seconds after it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.audio import Audio
from producer.foley.events import drawn, placed, poisson
from producer.foley.finish import finished
from producer.foley.layers import under_ceiling
from producer.foley.noise import Field, Shape, Singles, noise
from producer.foley.pings import Pings
from producer.foley.shapes import amplitude, bump, column, high_pass, low_pass
from producer.foley.wander import Floats, hashed, keys, wander
from producer.model.chance import seed as named
from producer.model.foley import Made, Recipe, Setting

LEAD_S = 0.012
GRAIN_S = 0.12
DEBRIS_PER_S = 160.0


def boom(settings: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
    """A boom of 5 to 9 s (or cut to a length); its onset is the front's arrival."""
    own_s = 5.0 + 4.0 * settings["size"]
    samples = max(1, round((own_s if length_s is None else length_s) * rate_hz))
    made = min(round(own_s * rate_hz), samples)
    near = 1.0 - settings["distance"]
    since = np.arange(made) / rate_hz - LEAD_S
    low = _front(since, settings, near) + _ground(since, settings["size"])
    low += _standing(since, settings, seed)
    sound = np.repeat(low[:, None], 2, axis=1).astype(np.float32)
    rolls = noise(_roll(settings, near, own_s, seed), 0, made, rate_hz, named(seed, "roll"), hop_s=0.02)
    # Nothing is heard before the front has come.
    sound += rolls * np.clip(since / 0.005 + 1.0, 0.0, 1.0).astype(np.float32)[:, None]
    sound += _debris(settings, near, made, rate_hz, seed)
    tail = np.minimum((own_s - np.arange(made) / rate_hz) / (0.35 * own_s), 1.0)
    sound *= np.sqrt(tail).astype(np.float32)[:, None]
    bent = under_ceiling(sound * np.float32(0.9 - 0.45 * settings["hall"]))
    return Made(finished(bent, samples, rate_hz, ends_s=0.12), min(round(LEAD_S * rate_hz), samples - 1))


def _front(since_s: Floats, settings: Mapping[str, float], near: float) -> Floats:
    """The pressure wave itself: Friedlander's pulse, its edge rounded by the way, and by snow upon it."""
    lasts_s = 0.018 + 0.05 * settings["size"]
    after = np.maximum(since_s, 0.0)
    rise = 1.0 - np.exp(-after / (0.0006 + 0.006 * (1.0 - near) + 0.007 * settings["snow"]))
    share = np.minimum(after / lasts_s, 40.0)
    return (0.35 + 0.35 * near) * rise * (1.0 - share) * np.exp(-share)


def _ground(since_s: Floats, size: float) -> Floats:
    """The ground's answer: a tone that falls through the lowest octaves as it dies, with what a chest adds above it."""
    after = np.maximum(since_s, 0.0)
    low_hz, high_hz, falls_s = 27.0 - 5.0 * size, 92.0 - 22.0 * size, 0.16 + 0.2 * size
    turns = low_hz * after + (high_hz - low_hz) * falls_s * (1.0 - np.exp(-np.minimum(after / falls_s, 60.0)))
    dies = np.exp(-np.minimum(after / (0.7 + 0.9 * size), 60.0)) * (1.0 - np.exp(-np.minimum(after / 0.006, 60.0)))
    second = np.exp(-np.minimum(after / (0.22 + 0.2 * size), 60.0))
    return 0.62 * dies * (np.sin(2.0 * np.pi * turns) + 0.35 * second * np.sin(4.0 * np.pi * turns + 0.6))


def _standing(since_s: Floats, settings: Mapping[str, float], seed: int) -> Floats:
    """What a bare hall keeps of it: waves that stand between its walls, and girders that were struck; shape (n,)."""
    total = np.zeros(len(since_s))
    if settings["hall"] <= 0.0:
        return total
    own = hashed(np.arange(12, dtype=np.int64), keys(named(seed, "hall"), 3)[:, None])
    after = np.maximum(since_s, 0.0)
    builds = 1.0 - np.exp(-after / 0.02)
    for wave in range(12):
        pitch_hz = 33.0 * (1.0 + 0.23 * wave) ** 1.75 * (0.95 + 0.1 * own[0, wave])
        dies = np.exp(-np.minimum(after / (1.5 / (1.0 + 0.09 * wave)), 60.0)) * builds
        size = 0.085 / (1.0 + 0.25 * wave) * (0.4 + 0.6 * own[1, wave])
        total += settings["hall"] * size * dies * np.sin(2.0 * np.pi * (pitch_hz * after + own[2, wave]))
    return total


def _roll(settings: Mapping[str, float], near: float, own_s: float, seed: int) -> Shape:
    """Spectra of the blast's noise: a wide burst that narrows to a low roll, with the echoes of far walls and hills."""
    size, snow, hall = settings["size"], settings["snow"], settings["hall"]

    def field(times_s: Floats, hz: Singles) -> Field:
        after = np.maximum(times_s - LEAD_S, 0.0)
        starts = np.clip((times_s - LEAD_S + 0.02) / 0.02, 0.0, 1.0)
        burst = starts * (np.exp(-after / (0.05 + 0.05 * size)) + 0.12 * np.exp(-after / (0.3 + 0.2 * size)))
        body = starts * np.exp(-np.minimum(after / (0.5 + 0.5 * size), 60.0))
        rolls = np.zeros(len(times_s))
        for echo, (at_s, part) in enumerate(((0.03, 0.55), (0.34, 0.45), (0.83, 0.4), (1.45, 0.3), (2.3, 0.2))):
            later = after - at_s * (0.8 + 0.5 * size)
            swell = 1.0 - np.exp(-np.maximum(later, 0.0) / (0.09 + 0.06 * echo))
            rolls += part * swell * np.exp(-np.maximum(later, 0.0) / (0.45 + 0.12 * own_s))
        rolls *= 1.0 + 0.5 * wander(times_s, 0.33, named(seed, "swell"), 3)
        # Snow takes what is high, and gives back fewer echoes.
        top = (900.0 + 7000.0 * near) * 0.1**snow
        rolls *= (1.0 - 0.45 * snow) * np.exp(-np.minimum(0.35 * snow * after, 60.0))
        crack = column(amplitude(-43.0 + 7.0 * near) * burst.astype(np.float32)) * low_pass(hz, top, 2)
        thud = column(amplitude(-30.0) * body.astype(np.float32)) * bump(hz, 62.0 + 30.0 * np.exp(-after / 0.3), 0.75)
        corner = 85.0 + (120.0 + 700.0 * near) * np.exp(-np.minimum(after / 0.8, 60.0)) * 0.3**snow
        roll = column(amplitude(-38.5) * rolls.astype(np.float32)) * low_pass(hz, corner, 3)
        dust = column(amplitude(-62.0 + 9.0 * near) * (settings["debris"] * _falling(times_s, size)).astype(np.float32))
        rain = dust * bump(hz, (900.0 + 2200.0 * near) * 0.22**snow, 1.3)
        heard = crack + thud + roll + rain
        if hall > 0.0:
            # Walls of stone and iron: the burst comes back from everywhere for seconds, its top dying first.
            late = starts * (1.0 - np.exp(-after / 0.05)) * np.exp(-np.minimum(after / 1.6, 60.0))
            dulls = 180.0 + (350.0 + 1400.0 * near) * np.exp(-np.minimum(after / 1.4, 60.0)) * 0.3**snow
            heard = heard + hall * column(amplitude(-36.5) * late.astype(np.float32)) * low_pass(hz, dulls, 2)
        heard *= high_pass(hz, 22.0, 3)
        return Field(heard, heard, 0.9)

    return field


def _falling(times_s: Floats, size: float) -> Floats:
    """How thickly things come down, 0 … 1: nothing at first, most of it within a second or two."""
    since = np.maximum(times_s - 0.3, 0.0)
    return np.clip(since / 0.5, 0.0, 1.0) * np.exp(-since / (0.9 + 0.9 * size))


def _debris(settings: Mapping[str, float], near: float, samples: int, rate_hz: int, seed: int) -> Audio:
    """What was thrown up comes down: first dense and small, later single pieces that knock and skip."""
    found = poisson(0.25, samples / rate_hz, DEBRIS_PER_S, named(seed, "debris"), marks=7)
    found = found.where(found.marks[0] < _falling(found.at_s, settings["size"]) * settings["debris"])
    # Small pieces are many and bright, big ones few and dull; sizes follow a power law, as broken stone does.
    mass = 0.04 / (0.04 + found.marks[1] * 0.96)
    snow = settings["snow"]
    pitch = np.float32(2600.0 * 0.25**snow) * (mass ** (-0.42) * (0.26 + 0.2 * found.marks[2])) * (0.45 + 0.55 * near)
    falls = 0.002 + 0.011 * mass * found.marks[3]
    size = (0.06 + 0.14 * near) * (1.0 - 0.6 * snow) * settings["debris"] * mass**0.45 * (0.4 + 0.6 * found.marks[4])
    length = round(GRAIN_S * rate_hz)
    # Rubble has no note of its own.
    pieces = Pings(pitch_hz=pitch, falls_s=falls, dense=np.ones(len(found)), begun=found.marks[6])
    left, right = placed(1.6 * (found.marks[5] - 0.5))
    first = np.round(found.at_s * rate_hz).astype(np.int64)
    return drawn(0, samples, first, length, pieces.grains(length, rate_hz), size * left, size * right)


BOOM = Recipe(
    name="boom",
    kind="stinger",
    says="one vast low boom, its roll, and what rains down after it",
    settings={
        "size": Setting(0.8, 0.0, 1.0, "from a shell to the end of a city: lower and longer"),
        "distance": Setting(0.5, 0.0, 1.0, "from across the street to beyond the river"),
        "debris": Setting(0.5, 0.0, 1.0, "how much comes down"),
        "snow": Setting(0.0, 0.0, 1.0, "snow over all: a muffled blow, few echoes, lumps and powder for stones"),
        "hall": Setting(0.0, 0.0, 1.0, "a bare hall around it that rings on"),
    },
    hit=boom,
)
