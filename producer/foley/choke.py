"""A throat held shut: strain against it, cords that fry, air that is stolen past them, no word.

What is pressed shut builds pressure, gives way at once and is shut again. Cords pressed so hard clap in fry: a few tens
a second, in ones and twos, never evenly (Blomgren et al., J. Acoust. Soc. Am. 103, 1998). Between, the neck swallows,
and the chest tries to draw air through a slit that squeals.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import burst, grain, high_pass, low_pass, noise, paste, ring_grain, swell, thump, wander
from producer.foley.throat import Pulses, Tube, block_times, path, through, tube
from producer.frozen import dataclass
from producer.model.foley import Setting


@dataclass(frozen=True, slots=True)
class _Effort:
    """One try: when, how long, how strong, and whether it draws air (else it presses)."""

    at_s: float
    lasts_s: float
    force: float
    drawn: bool


def _efforts(knobs: Mapping[str, float], whole_s: float, chance: np.random.Generator) -> list[_Effort]:
    panic, closed = knobs["panic"], knobs["closed"]
    made: list[_Effort] = []
    at, first = 0.0, True
    while at < whole_s:
        drawn = not first and bool(chance.random() < 0.16 + 0.30 * (1.0 - closed))
        lasts = chance.uniform(0.10, 0.46) * (1.2 - 0.5 * panic) * (1.3 if drawn else 1.0)
        # Strength comes in waves, and fails towards the end.
        force = chance.uniform(0.4, 1.0) * (1.0 - 0.3 * at / whole_s)
        made.append(_Effort(at, lasts, 1.0 if first else force, drawn))
        at += lasts + chance.uniform(0.03, 0.30) * (1.25 - 0.85 * panic)
        first = False
    return made


def _strain(efforts: list[_Effort], n: int, drawn: bool) -> Wave:
    """How hard the chest works over time, shape (n,): let go at once, held with a quaver, shut off."""
    out = np.zeros(n)
    for effort in efforts:
        start, stop = samples(effort.at_s), min(n, samples(effort.at_s + effort.lasts_s))
        if effort.drawn == drawn and stop > start:
            share = np.arange(stop - start) / max(samples(effort.lasts_s), 1)
            rise = 0.45 if drawn else 0.06
            shape = np.sin(0.5 * np.pi * np.minimum(share / rise, 1.0)) ** 2
            out[start:stop] += effort.force * shape * np.sqrt(np.clip((1.0 - share) / 0.45, 0.0, 1.0))
    return out


def _fry(rate_hz: Wave, stray: float, chance: np.random.Generator) -> Pulses:
    """Claps at a rate over time, shape (n,), each gap its own; many have a second, weaker one close behind."""
    turns = np.cumsum(rate_hz) / 48_000.0
    count = int(turns[-1]) if len(turns) else 0
    gaps = np.exp(stray * chance.standard_normal(count + 1))
    places = np.cumsum(gaps) * (count / max(float(gaps.sum()), 1e-9))
    at = np.interp(places, turns, clock(len(turns)))
    levels = chance.uniform(0.45, 1.0, len(at)) ** 1.5
    twice = chance.random(len(at)) < 0.4
    echo = at[twice] + chance.uniform(0.0045, 0.009, int(twice.sum()))
    return Pulses(np.concatenate([at, echo]), np.concatenate([levels, levels[twice] * 0.45]))


def _choke(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else 1.9 * chance.uniform(0.85, 1.2)) - lead, 1)
    whole = n / 48_000.0
    closed, voice = knobs["closed"], knobs["voice"]
    efforts = _efforts(knobs, whole, chance)
    pressed, drawn = _strain(efforts, n, False), _strain(efforts, n, True)
    wobble = wander(chance, n, 8.0)
    fry = _fry((24.0 + 44.0 * pressed + 8.0 * voice) * (1.0 + 0.25 * wobble), 0.22, chance)
    claps = fry.flow(n, 0.0034, 2_600.0 - 1_200.0 * closed)
    gate = np.clip(fry.gate(n, 0.004), 0.0, 1.5)
    # What gets past: puffs with each clap, a hiss that is stolen, a breath of air at rest that never stops.
    leak = noise(chance, n) * (
        pressed * (0.25 + 1.2 * gate) * (0.22 + 0.5 * (1.0 - closed)) + 0.004 + 0.010 * (1.0 - closed)
    )
    # Drawn through a slit the cords squeal, high and breaking.
    squeal = 330.0 * chance.uniform(0.85, 1.2) * (1.0 + 0.35 * drawn) * (1.0 + 0.10 * wander(chance, n, 11.0))
    turns = np.cumsum(squeal) / 48_000.0
    reed = np.sin(2.0 * np.pi * turns) + 0.5 * np.sin(4.0 * np.pi * turns + 1.0) + 0.3 * np.sin(6.0 * np.pi * turns)
    breaks = np.clip(0.4 + 0.9 * wander(chance, n, 17.0), 0.0, 1.0)
    quaver = np.clip(0.75 + 0.55 * wander(chance, n, 13.0), 0.1, None)
    hoarse = low_pass(leak + 0.36 * drawn * quaver * noise(chance, n), 6_500.0)
    source = 0.085 * (0.35 + 0.9 * voice) * claps * np.sqrt(pressed) + 0.045 * (0.3 + voice) * drawn * breaks * reed
    wave = through(source + np.diff(hoarse, prepend=0.0), _neck(efforts, n, closed, whole, chance))
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    wave = np.tanh(1.3 * wave)
    _neck_sounds(wave, efforts, closed, chance)
    wave = low_pass(high_pass(wave, 70.0), 5_500.0)
    return Raw(np.concatenate([np.zeros(lead), wave * swell(n, 0.003, 0.08)]), None)


def _neck(efforts: list[_Effort], n: int, closed: float, whole_s: float, chance: np.random.Generator) -> Tube:
    """A squeezed gullet lifts the first formant and draws the second down; the tongue fights, each try elsewhere."""
    times = block_times(n)
    knots = np.array([0.0, *(e.at_s + 0.5 * e.lasts_s for e in efforts if e.at_s > 0.0), whole_s + 1.0])
    stray = chance.uniform(0.84, 1.18, (3, len(knots)))
    first = path(times, knots, (520.0 + 210.0 * closed) * stray[0])
    second = path(times, knots, (1_420.0 - 200.0 * closed) * stray[1])
    third = path(times, knots, 2_420.0 * (0.6 + 0.4 * stray[2]))
    # Shut cords keep the lungs out of it: narrow resonances that ring between claps.
    narrow = 1.0 - 0.45 * closed
    return tube(
        times,
        [first, second, third, 3_500.0],
        [110.0 * narrow, 130.0 * narrow, 190.0, 300.0],
        1_000.0,
    )


def _neck_sounds(wave: Wave, efforts: list[_Effort], closed: float, chance: np.random.Generator) -> None:
    """Each try begins and ends with a wet click; some with a swallow that goes nowhere."""
    for effort in efforts:
        for at, level in ((effort.at_s, 0.16), (effort.at_s + effort.lasts_s, 0.22)):
            wet = ring_grain(grain(chance, 750.0, 2_300.0, 0.004, 3), 0.03)
            wet = wet / (float(np.abs(wet).max()) or 1.0)
            paste(wave, wet, at, level * (0.4 + 0.6 * closed) * chance.uniform(0.2, 1.0))
            paste(wave, burst(chance, 5e-4, 0.003, 600.0, 4_000.0), at, 0.08 * chance.uniform(0.2, 1.0))
        if chance.random() < 0.35:
            low = thump(chance.uniform(105.0, 150.0), 0.018, 0.006)
            paste(wave, low, effort.at_s + effort.lasts_s + 0.015, 0.28 * chance.uniform(0.4, 1.0))


CHOKE = recipe(
    "choke",
    "a throat held shut: strain, cords frying, air drawn through a slit, no word",
    {
        "closed": Setting(0.7, 0.0, 1.0, "how tightly the throat is held"),
        "voice": Setting(0.5, 0.0, 1.0, "how much of the voice still comes"),
        "panic": Setting(0.5, 0.0, 1.0, "how hurried the attempts are"),
    },
    _choke,
    sustains=True,
)
