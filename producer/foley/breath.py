"""Air through a throat: breath in and out, a gasp, breath knocked out by a blow, breath through a mask.

The lungs drive a flow; it tears where it is squeezed, at the cords and again at lips and teeth, and each tear sounds
through what lies before it: the whole throat for the one, little but the lips for the other. Where the cords stand
close, pulses join the noise. Through the nose the mouth becomes a side branch that takes frequencies away. Stevens,
Acoustic Phonetics (1998), chapters 2, 3 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import band_pass, burst, grain, high_pass, low_pass, noise, paste, ring_grain, thump, wander
from producer.foley.modal import FLESH, Modes, modes, resonate, ring_out
from producer.foley.throat import block_times, cords, curve, path, through, tube, turbulence
from producer.frozen import dataclass
from producer.model.foley import Setting

_FOUGHT_FOR_S = 1.1
"""A breath knocked out that is shorter has no room for the gasp after it."""


@dataclass(frozen=True, slots=True)
class _Air:
    """One breath over time: each shape (blocks,), all but `length_s`."""

    flow: Wave  # 0 … 1 of its strongest
    inward: Wave  # 0 outwards, 1 inwards
    cords: Wave  # how wide the cords stand, 1 as in easy breathing
    voice: Wave  # how much they sound


def _hump(share: Wave, rise: float, fall: float, bend: float) -> Wave:
    """Up within `rise` of the whole, down within `fall`, 0 outside 0 … 1; `bend` over 1 hangs lower between."""
    up = np.clip(share / rise, 0.0, 1.0)
    down = np.clip((1.0 - share) / fall, 0.0, 1.0)
    return np.asarray((np.sin(0.5 * np.pi * up) ** 1.5) * (np.sin(0.5 * np.pi * down) ** bend), float)


def _air(knobs: Mapping[str, float], times_s: Wave, whole_s: float, chance: np.random.Generator) -> _Air:
    effort, knocked = knobs["effort"], knobs["knocked"]
    share = times_s / whole_s
    # Out: let go at once, then emptying; with effort pressed on. In: drawn ever faster, then shut.
    lag = chance.uniform(1.5, 2.7) * (1.0 - 0.45 * effort)
    out = _hump(share, chance.uniform(0.10, 0.2), 0.9, 0.9) * np.exp(-lag * share)
    draw = _hump(share, 0.95 - 0.65 * effort, chance.uniform(0.10, 0.19), 1.0)
    draw = draw * (0.55 + 0.45 * share) * (1.0 + chance.uniform(-0.15, 0.2) * np.sin(2.0 * np.pi * share))
    calm = (1.0 - knobs["inward"]) * out / max(float(out.max()), 1e-9)
    calm = calm + knobs["inward"] * draw / max(float(draw.max()), 1e-9)
    # A blow empties the chest at once; cords that were shut are blown open. Then nothing moves, then air is fought for.
    rush_s = min(0.42, 0.5 * whole_s) * chance.uniform(0.85, 1.1)
    rush = np.exp(-times_s / (0.6 * rush_s)) * _fall(times_s, 0.5 * rush_s, 1.3 * rush_s)
    rush = rush * -np.expm1(-((times_s / 0.004) ** 2))
    gasp_at = max(rush_s * 1.3 + 0.10, (0.52 + chance.uniform(-0.05, 0.08)) * whole_s)
    gasp = _hump((times_s - gasp_at) / max(whole_s - gasp_at, 0.05), 0.45, 0.25, 1.0)
    late = gasp * np.clip(2.0 * knocked - 0.6, 0.0, 1.0) * chance.uniform(0.36, 0.5)
    hit = rush / max(float(rush.max()), 1e-9) + (late if whole_s > _FOUGHT_FOR_S else 0.0)
    after = (1.0 - _fall(times_s, rush_s, gasp_at)) * min(1.0, 2.0 * knocked) * (whole_s > _FOUGHT_FOR_S)
    grunt = np.exp(-((times_s / (0.34 * rush_s)) ** 2))
    moan = np.clip(calm - 0.1, 0.0, None)
    return _Air(
        flow=(1.0 - knocked) ** 2 * calm + knocked * hit,
        inward=np.clip(knobs["inward"] * (1.0 - knocked) + after, 0.0, 1.0),
        cords=np.clip(1.0 - 0.75 * knocked * np.exp(-times_s / 0.06) - 0.45 * knocked * after, 0.1, 1.0)
        - 0.3 * knobs["voice"] * (1.0 - knocked),
        voice=knobs["voice"] * ((1.0 - knocked) ** 2 * moan + 0.25 * knocked * after * gasp)
        + knocked * (0.25 + 0.6 * knobs["voice"]) * grunt,
    )


def _fall(times_s: Wave, begins_s: float, ends_s: float) -> Wave:
    """1, then down to 0 between two times, shape as `times_s`."""
    share = np.clip((times_s - begins_s) / max(ends_s - begins_s, 1e-6), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * share), float)


def _shaken(flow: Wave, times_s: Wave, n: int, shake: float, chance: np.random.Generator) -> Wave:
    """Breath is never even; with `shake` the belly trembles seven to eleven times a second, by fits."""
    slow = np.interp(times_s, clock(n), wander(chance, n, 5.0))
    rate = (7.2 + 3.0 * shake) * (1.0 + 0.2 * slow)
    turns = np.cumsum(rate) * (times_s[1] - times_s[0] if len(times_s) > 1 else 0.004) + chance.uniform()
    fits = np.clip(0.75 + 0.4 * np.interp(times_s, clock(n), wander(chance, n, 2.2)), 0.4, 1.0)
    tremble = 0.85 * shake * fits * (0.5 + 0.5 * np.sin(2.0 * np.pi * turns)) ** 0.8
    return np.asarray(flow * np.clip(1.0 + 0.10 * slow - tremble, 0.06, None), float)


def _breath(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    effort, inward, knocked = knobs["effort"], knobs["inward"], knobs["knocked"]
    own = (1.55 - 0.75 * effort) * (1.0 - 0.55 * knocked) * (1.0 - 0.22 * inward) * chance.uniform(0.86, 1.16)
    own += 0.95 * np.clip(2.0 * knocked - 0.6, 0.0, 1.0)
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own) - lead, 1)
    whole = n / 48_000.0
    times = block_times(n)
    air = _air(knobs, times, whole, chance)
    flow = _shaken(air.flow, times, n, knobs["shake"], chance)
    wave = _throat(knobs, air, flow, times, n, chance)
    _wet(wave, knobs, float(times[int(np.argmax(flow > 0.2 * flow.max()))]), chance)
    wave = _masked(wave, curve(flow, n), curve(air.inward, n), knobs["mask"], chance)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knocked > 0.0:
        paste(wave, thump(115.0, 0.022, 0.003), 0.0, 0.22 * knocked)
    return Raw(np.concatenate([np.zeros(lead), wave]), None)


def _throat(
    knobs: Mapping[str, float], air: _Air, flow: Wave, times: Wave, n: int, chance: np.random.Generator
) -> Wave:
    """Both jets and the cords, through the throat as mouth and jaw move, shape (n,)."""
    whole = n / 48_000.0
    effort, jaw = knobs["effort"], knobs["mouth"]
    nose = float(np.clip(1.25 - 2.5 * jaw, 0.0, 1.0))
    # Turbulence boils: its strength is as restless as its wave.
    boil = np.clip(1.0 + 0.36 * wander(chance, n, 75.0), 0.2, None)
    at_cords = curve(turbulence(flow, 0.35 + 0.65 * air.cords), n) * boil
    at_lips = curve(turbulence(flow, 0.35 + 0.9 * jaw * (1.0 - nose) + 0.6 * nose), n) * boil

    hum, puffs = _hum(knobs, air, flow, times, n, chance)
    large = 1.22 - 0.36 * knobs["size"] + chance.uniform(-0.035, 0.035)
    knots = np.array([0.0, chance.uniform(0.22, 0.38), chance.uniform(0.6, 0.75), 1.0]) * whole
    stray = chance.uniform(0.93, 1.07, (4, 4))
    open_ = 0.62 + 0.38 * jaw
    shut = 0.78 + 0.1 * knobs["mouth"]
    there = air.inward
    first = path(times, knots, np.array([500.0 * shut, 690.0, 640.0, 520.0]) * stray[0]) * (1.0 - 0.22 * there) * open_
    second = path(times, knots, np.array([1_380.0, 1_190.0, 1_260.0, 1_420.0]) * stray[1]) * (1.0 + 0.36 * there)
    third = path(times, knots, np.array([2_450.0, 2_500.0, 2_420.0, 2_560.0]) * stray[2]) * (1.0 + 0.07 * there)
    fourth = path(times, knots, np.array([3_450.0, 3_560.0, 3_500.0, 3_600.0]) * stray[3])
    wide = 0.4 + 0.6 * air.cords  # open cords let the lungs swallow the lowest resonances
    shape = tube(
        times,
        [large * first, large * second, large * third, large * fourth, 290.0 * large, 2_050.0 * large],
        [60.0 + 190.0 * wide, 90.0 + 130.0 * wide, 150.0 + 90.0 * wide + 240.0 * nose, 280.0, 130.0, 420.0],
        1_000.0 * large,
        # Where nose and mouth part ways nothing gets past; with the nose shut both pairs cancel.
        [((290.0 + 400.0 * nose) * large, 130.0 + 60.0 * nose), ((2_050.0 - 750.0 * nose) * large, 420.0)],
    )
    # A jet's noise is broad and falls above; what leaves the lips leaves as the slope of what moves there.
    deep = low_pass(noise(chance, n), (1_500.0 + 1_200.0 * effort) * large) * at_cords * puffs
    slope = np.diff(deep, prepend=0.0) * 9.0
    throat = through(0.5 * slope + 0.26 * deep + 0.34 * hum, shape)
    # What lies before the lips is short and wide open: it hardly rings, and where it does hardly moves.
    before = float(second.mean()) * (1.02 + 0.25 * (1.0 - nose)) * large
    front = tube(times, [before, (3_900.0 + 900.0 * jaw - 900.0 * nose) * large], [500.0, 1_500.0], 2_700.0 * large)
    lips = through(np.diff(noise(chance, n) * at_lips, prepend=0.0), front)
    lips = low_pass(lips, (5_000.0 + 3_500.0 * effort - 1_500.0 * nose) * large)
    share = (0.10 + 0.16 * effort + 0.12 * nose) * curve(1.0 + 0.6 * there, n)
    return low_pass(high_pass(throat + share * lips, 95.0 + 40.0 * nose), 8_500.0)


def _hum(
    knobs: Mapping[str, float], air: _Air, flow: Wave, times: Wave, n: int, chance: np.random.Generator
) -> tuple[Wave, Wave]:
    """What the cords add to the flow, and how they chop the air that passes them, shape (n,) each."""
    voiced = curve(air.voice * flow**0.8, n)
    if not voiced.any():
        return np.zeros(n), np.ones(n)
    pitch = (
        (118.0 - 26.0 * knobs["size"]) * (1.0 + 0.5 * air.inward - 0.32 * times * 48_000.0 / n) * (1.0 + 0.25 * flow)
    )
    pulses = cords(curve(pitch, n) * (1.0 + 0.05 * wander(chance, n, 7.0)), 0.035, chance, 0.85, 0.12)
    open_ = np.clip(pulses.gate(n, 0.003), 0.0, 1.0)
    return pulses.flow(n, 0.0046, 1_500.0) * voiced, 1.0 - np.clip(3.0 * voiced, 0.0, 0.85) * (1.0 - open_)


def _wet(wave: Wave, knobs: Mapping[str, float], begins_s: float, chance: np.random.Generator) -> None:
    """Lips and tongue come apart as the mouth opens: a few small wet clicks just before the air."""
    wet = knobs["wet"] * (0.75 + knobs["wet"])
    level = 0.3 * wet * min(1.0, 2.0 * knobs["mouth"]) * (float(np.abs(wave).max(initial=0.0)) or 1.0)
    if level <= 0.0:
        return
    at = max(0.004, begins_s - chance.uniform(0.01, 0.05))
    for number in range(int(chance.integers(1, 4))):
        click = ring_grain(grain(chance, 900.0, 3_200.0, 0.0022, 3), 0.02)
        click = click / (float(np.abs(click).max()) or 1.0)
        paste(wave, click, at, level * chance.uniform(0.3, 1.0) * 0.6**number)
        paste(wave, burst(chance, 4e-4, 0.0015, 1_500.0, 8_000.0), at, 0.25 * level)
        at += chance.uniform(0.006, 0.035)


def _masked(wave: Wave, flow: Wave, inward: Wave, mask: float, chance: np.random.Generator) -> Wave:
    """Through a respirator: a cup and a hose before the mouth, valves that clap, a filter that hisses on the draw."""
    if mask <= 0.0:
        return wave
    n = len(wave)
    loud = float(np.abs(wave).max(initial=0.0)) or 1.0
    cup = Modes(
        np.array([235.0, 640.0, 1_120.0, 1_850.0]) * chance.uniform(0.96, 1.04),
        np.array([180.0, 190.0, 300.0, 450.0]),
        np.array([0.5, 1.0, 0.7, 0.45]),
    )
    # The outlet's flap flutters in the wind of its own making.
    turns = np.cumsum(34.0 + 30.0 * flow + 5.0 * wander(chance, n, 8.0)) / 48_000.0
    flap = 1.0 - 0.65 * (1.0 - inward) * np.clip(1.4 * flow, 0.0, 1.0) * (0.5 - 0.5 * np.cos(2.0 * np.pi * turns)) ** 3
    drawn = band_pass(noise(chance, n) * flow**1.66 * (0.25 + 0.75 * inward), 900.0, 2_600.0)
    drawn *= 0.5 * loud / (float(np.abs(drawn).max(initial=0.0)) or 1.0)
    inside = resonate(cup, (low_pass(wave, 2_600.0) + drawn) * flap)
    inside *= loud / (float(np.abs(inside).max(initial=0.0)) or 1.0)
    valve = modes(310.0, np.array([1.0, 1.9, 3.3, 5.2]), FLESH, chance, contact_s=4e-4, tilt=0.3)
    clap = ring_out(valve, samples(0.06))
    clap = clap / (float(np.abs(clap).max()) or 1.0)
    going = np.flatnonzero(flow > 0.12 * float(flow.max(initial=0.0)))
    for at in (going[0], going[-1]) if len(going) else ():
        paste(inside, clap, float(at) / 48_000.0, 0.3 * loud * chance.uniform(0.7, 1.1))
    return (1.0 - mask) * wave + mask * inside


BREATH = recipe(
    "breath",
    "one breath: out, in, a gasp, or knocked out by a blow and fought for after it",
    {
        "inward": Setting(0.0, 0.0, 1.0, "0 breathes out, 1 breathes in"),
        "effort": Setting(0.4, 0.0, 1.0, "0 asleep, 1 after a run; shorter and sharper"),
        "knocked": Setting(0.0, 0.0, 1.0, "1: the breath is knocked out by a blow"),
        "voice": Setting(0.0, 0.0, 1.0, "how much the vocal cords sound: a sigh, a grunt"),
        "mouth": Setting(0.7, 0.0, 1.0, "0 through the nose, 1 mouth wide open"),
        "shake": Setting(0.1, 0.0, 1.0, "how much it trembles: fear, or the cold"),
        "size": Setting(0.5, 0.0, 1.0, "whose throat: 0 a child, 1 a giant of a man"),
        "wet": Setting(0.25, 0.0, 1.0, "clicks of lips and tongue as the mouth opens"),
        "mask": Setting(0.0, 0.0, 1.0, "through a respirator: a cup, valves and a filter"),
    },
    _breath,
    sustains=True,
)
