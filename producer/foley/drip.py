"""Drips: water let go drop by drop in a room: the tick of the impact, then the bubble it traps, which sings.

A trapped bubble of radius r rings at about 3.26 / r Hz (Minnaert, Phil. Mag. 16, 1933) and rises a little as the
crater closes over it; on stone there is no bubble, only a slap, and a pan rings. No tap is a clock: how much water
hangs back when a drop lets go decides when the next one does, so the beat strays by itself, and the faster it drips
the more (Shaw, The Dripping Faucet as a Model Chaotic System, 1984).
"""

from __future__ import annotations

import numpy as np

from producer.audio import Audio
from producer.foley.events import Grained, Singles, drawn_together, placed, poisson, thinned
from producer.foley.layers import knobs, moving, under_ceiling
from producer.foley.reflections import in_place, scattered
from producer.foley.wander import TURN_STEP_S, Floats, hashed, keys, turns, wander
from producer.model.chance import seed as named
from producer.model.foley import Recipe, Setting
from producer.model.sound import SettingsAt

MINNAERT_M_HZ = 3.26
PAN_HZ = (410.0, 873.0, 1391.0, 2230.0)
HIGHEST_HZ = 6000.0
OTHERS_PER_S = 3.0  # at most
GRAIN_S = 0.16
LEVEL = 0.5
NEAR = scattered(11, 0.004, 0.047, 7.0, "drip near")
FAR = scattered(22, 0.0, 0.83, 42.0, "drip far")


def drip(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    """Samples [start, stop) of dripping, shape (stop - start, 2)."""

    def room(times_s: Floats) -> Floats:
        return 0.5 * knobs(settings, times_s)["room"]

    dry, wet = in_place(lambda low, high: _drops(settings, low, high, rate_hz, seed), start, stop, rate_hz, NEAR, FAR)
    return under_ceiling(dry + wet * moving(room, start, stop, rate_hz)[:, None])


def moments(
    settings: SettingsAt, from_s: float, to_s: float, seed: int
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """When drops land in [from_s, to_s), and their numbers."""

    def rate(times_s: Floats) -> Floats:
        wanted = knobs(settings, times_s)["rate"]
        return wanted * (1.0 + (0.03 + 0.02 * wanted) * wander(times_s, 2.3, named(seed, "head"), 2))

    times = np.arange(int(max(to_s, 0.0) / TURN_STEP_S) + 2, dtype=np.float64) * TURN_STEP_S
    fallen = turns(times, rate)
    numbers = np.arange(0, int(fallen[-1]) + 1, dtype=np.int64)
    sway, stray = hashed(numbers, keys(named(seed, "moments"), 2)[:, None]) - 0.5
    knob = knobs(settings, np.interp(numbers, fallen, times))
    loose = knob["irregular"]
    # A drop never strays out of its own turn, so whether it has fallen is known as soon as its moment is past.
    turn = numbers + 0.5 + (1.0 - loose) * (0.06 + 0.07 * knob["rate"]) * sway + 0.9 * loose * stray
    at_s = np.interp(turn, fallen, times)
    chosen = (at_s >= from_s) & (at_s < to_s) & (turn <= fallen[-1])
    return at_s[chosen], numbers[chosen]


def _drops(settings: SettingsAt, start: int, stop: int, rate_hz: int, seed: int) -> Audio:
    length = round(GRAIN_S * rate_hz)
    from_s, to_s = (start - length) / rate_hz, stop / rate_hz
    at_s, numbers = moments(settings, from_s, to_s, seed)
    marks = hashed(numbers, keys(named(seed, "marks"), 8)[:, None])
    level = LEVEL * 10.0 ** ((marks[1] - 0.7) * 9.0 / 20.0)
    leak = _sounding(settings, at_s, marks, level, 0.5 * (marks[7] - 0.5) + 0.15, 0.0, length, rate_hz)
    # Where a roof leaks it does so in many places: faint drops elsewhere, at no beat at all; a tap drips alone.
    found = poisson(from_s, to_s, OTHERS_PER_S, named(seed, "others"), marks=9)
    knob = knobs(settings, found.at_s)
    found = thinned(found, np.minimum(2.0 * knob["irregular"] * knob["rate"], OTHERS_PER_S), OTHERS_PER_S, mark=8)
    place = np.floor(3.0 * found.marks[7])
    faint = LEVEL * (0.06 + 0.09 * found.marks[1])
    others = _sounding(settings, found.at_s, found.marks, faint, 0.9 * (place - 1.0), place - 0.7, length, rate_hz)
    return drawn_together(start, stop, [leak, others])


def _sounding(
    settings: SettingsAt,
    at_s: Floats,
    marks: Floats,
    level: Floats,
    pan: Floats,
    octaves: Floats | float,
    length: int,
    rate_hz: int,
) -> Grained:
    """Drops that land at `at_s`, shape (drops,), with `marks`, shape (8, drops), their pitch moved by `octaves`."""
    knob = knobs(settings, at_s)
    # Most drops of one leak are alike; now and then one is small.
    radius_m = 2.4e-3 * np.exp2(-1.7 * (knob["pitch"] - 0.5) - 0.9 * knob["spread"] * (marks[0] ** 3 - 0.2) * 2.0)
    pitch = np.minimum(MINNAERT_M_HZ / radius_m * np.exp2(octaves), HIGHEST_HZ)
    wet = 1.0 - knob["hard"]
    time_s = (np.arange(length) / rate_hz).astype(np.float32)

    def grains(chosen: slice) -> Singles:
        drops = range(chosen.start, chosen.stop)
        return np.stack([_drop(time_s, pitch[k], float(wet[k]), float(knob["metal"][k]), marks[:, k]) for k in drops])

    left, right = placed(pan)
    return Grained(np.round(at_s * rate_hz).astype(np.int64), length, grains, level * left, level * right)


def _drop(time_s: Singles, pitch_hz: float, wet: float, metal: float, marks: Floats) -> Singles:
    """One drop landing, shape as `time_s`: the slap, what it rings, and one or two bubbles after it."""
    slap_hz = 2300.0 + 2600.0 * marks[2]
    total = (0.3 + 0.5 * (1.0 - wet)) * _ring(time_s, 0.0005, slap_hz, 0.0009, 0.0)
    total = total + 0.5 * (1.0 - wet) * _ring(time_s, 0.0007, 0.31 * slap_hz, 0.004, 0.0)
    for mode, mode_hz in enumerate(PAN_HZ if metal > 0.0 else ()):
        # Where on the pan it lands decides which modes it rings.
        share = abs(np.cos(2.0 * np.pi * (0.31 * mode + marks[2]))) / (1.0 + 0.5 * mode)
        total = total + 0.85 * metal * share * _ring(time_s, 0.0004, mode_hz, 0.034 / (1.0 + 0.3 * mode), 0.0)
    first_s = 0.006 + 0.016 * marks[3]
    total = total + wet * _ring(time_s, first_s, pitch_hz, 11.0 / pitch_hz + 0.006, 0.16)
    second = 0.55 if marks[4] > 0.45 else 0.0
    later_s = first_s + 0.018 + 0.035 * marks[5]
    total = total + second * wet * _ring(
        time_s, later_s, pitch_hz * (1.25 + 0.6 * marks[6]), 7.0 / pitch_hz + 0.004, 0.22
    )
    return np.asarray(total, np.float32)  # what rings a pan too, so that no drop is another beside it


def _ring(time_s: Singles, from_s: float, pitch_hz: float, fall_s: float, rise: float) -> Singles:
    """A damped tone that starts at `from_s` in 0.5 ms and rises by the share `rise` as it dies."""
    since = np.maximum(time_s - np.float32(from_s), np.float32(0.0))
    fallen = np.minimum(since / np.float32(fall_s), np.float32(60.0))
    sweep = since + np.float32(rise * fall_s) * np.minimum(fallen, np.float32(4.0)) ** 2 / np.float32(4.0)
    starts = np.minimum(since / np.float32(0.0005), np.float32(1.0))
    tone: Singles = np.sin(np.float32(2.0 * np.pi * pitch_hz) * sweep) * np.exp(-fallen) * starts
    return tone


DRIP = Recipe(
    name="drip",
    kind="bed",
    says="water dripping in a room, drop by drop",
    settings={
        "rate": Setting(0.45, 0.05, 6.0, "drops a second where it leaks most", "/s"),
        "irregular": Setting(
            0.5, 0.0, 1.0, "from a tap's even beat to a roof that leaks, fainter, in other places too"
        ),
        "pitch": Setting(0.5, 0.0, 1.0, "from heavy drops in deep water to small ones in a cup"),
        "spread": Setting(0.4, 0.0, 1.0, "how much the drops differ"),
        "hard": Setting(0.15, 0.0, 1.0, "from water to stone"),
        "metal": Setting(0.0, 0.0, 1.0, "how much it rings: a tin, a pan, a sheet of iron"),
        "room": Setting(0.5, 0.0, 1.0, "how much the place answers"),
    },
    ambience=drip,
)
