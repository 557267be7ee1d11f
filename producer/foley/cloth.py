"""Soft things that move: cloth, paper. Fibres rub with a noise that follows their speed; folds snap as they give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, recipe, samples
from producer.foley.contact import arrivals, band_pass, grain, high_pass, noise, paste, shower, smooth, wander
from producer.foley.modal import FLESH, modes, ring_out
from producer.model.foley import Setting


def motions(chance: np.random.Generator, n: int, count: int, uneven: float = 0.35) -> tuple[Wave, float]:
    """`count` movements one after another, each a rise and fall of speed.

    Returns:
        speed over time, 0 … 1, shape (n,), and when the first movement is fastest, in seconds.
    """
    share = np.maximum(chance.normal(1.0, uneven, count), 0.35)
    edges = np.concatenate([[0.0], np.cumsum(share) / share.sum()]) * n
    speed = np.zeros(n)
    first = 0.0
    for number in range(count):
        start, end = edges[number], edges[number + 1]
        skew = chance.uniform(0.55, 0.8)
        inside = slice(int(np.ceil(start)), int(np.ceil(end)))
        phase = np.clip((np.arange(inside.start, inside.stop) - start) / max(end - start, 1.0), 0.0, 1.0) ** skew
        level = 1.0 if number == 0 else chance.uniform(0.45, 0.95)
        speed[inside] += level * (np.sin(np.pi * phase) ** 1.6)[: n - inside.start]
        if number == 0:
            first = (start + (end - start) * 0.5 ** (1.0 / skew)) / 48_000.0
    return speed, first


def as_many(asked: float, one_s: float, length_s: float | None) -> int:
    """How many movements of about `one_s` there are: as asked, or as fit into a length that is given."""
    return max(1, round(asked if length_s is None else length_s / one_s))


def rustle(speed: Wave, stiff: float, chance: np.random.Generator) -> Wave:
    """Cloth moving at `speed` (0 … 1, shape (n,)): 0 silk hisses, 1 canvas crackles low."""
    n = len(speed)
    thread = np.clip(1.0 + 1.1 * smooth(noise(chance, n), 90.0) * 14.0, 0.0, 3.0)
    rub = band_pass(noise(chance, n) * speed * thread, 420.0 - 180.0 * stiff, 5_200.0 - 2_400.0 * stiff)
    hiss = high_pass(noise(chance, n) * speed**1.5, 3_500.0) * (0.35 - 0.2 * stiff)
    folds = tuple(grain(chance, 350.0, 2_600.0, 0.0028, 2) for _ in range(4))
    times = arrivals(chance, (25.0 + 160.0 * stiff) * speed)
    levels = chance.pareto(2.6, len(times)).clip(0.0, 4.0) * chance.choice([-1.0, 1.0], len(times))
    return high_pass(rub + hiss + (0.25 + 0.9 * stiff) * shower(chance, n, times, levels, folds), 230.0)


def _cloth(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    one_s = 0.52 - 0.32 * knobs["quick"]
    count = as_many(knobs["moves"], one_s, length_s)
    own = one_s * (0.5 + count) * chance.uniform(0.85, 1.15)
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own) - lead, 1)
    speed, first = motions(chance, n, count)
    wave = rustle(speed, knobs["stiff"], chance)
    flap = modes(70.0, np.array([1.0, 1.7, 2.6, 3.9]), FLESH, chance, contact_s=0.004)
    paste(wave, ring_out(flap, samples(0.12)), first, 1.6 * knobs["flap"] * float(np.abs(wave).max(initial=0.0)))
    return Raw(np.concatenate([np.zeros(lead), wave]), None)


def _paper(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """A sheet buckles: each fold snaps over at once, small ones far oftener than large, and the sheet rings it on."""
    folds = 1.0 + 2.0 * knobs["crumple"]
    count = as_many(folds, 0.47, length_s)
    own = 0.5 + 0.9 * knobs["crumple"]
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own * chance.uniform(0.9, 1.15)) - lead, 1)
    speed, _ = motions(chance, n, count)
    jerks = np.clip(speed * (1.0 + 0.8 * wander(chance, n, 14.0)), 0.0, None)
    # Wet fibres fold without a snap and drag on one another; stiff ones hold longer and let go harder, and less often.
    damp, stiff, thick = knobs["damp"], knobs["stiff"], knobs["thick"]
    often = (120.0 + 900.0 * knobs["crumple"]) * (1.0 - 0.75 * damp) * 6.0 ** (0.5 - stiff)
    times = arrivals(chance, often * jerks)
    levels = chance.pareto(2.6 - stiff, len(times)).clip(0.0, 5.0) * chance.choice([-1.0, 1.0], len(times))
    dull = 1.0 - 0.45 * damp
    snaps = tuple(
        grain(
            chance,
            (900.0 - 450.0 * thick) * dull,
            (8_500.0 - 4_000.0 * thick) * dull**1.5,
            (0.0016 + 0.0015 * thick) * (0.7 + 0.6 * stiff),
            4,
        )
        for _ in range(9)
    )
    fibres = np.clip(1.0 + (9.0 + 10.0 * damp) * smooth(noise(chance, n), 110.0 - 60.0 * damp), 0.05, 3.0)
    swish = band_pass(noise(chance, n) * speed**1.4 * fibres, 1_400.0 * dull, 8_000.0 * dull**2)
    wave = high_pass(0.5 * (1.0 - 0.5 * damp) * shower(chance, n, times, levels, snaps), (900.0 - 400.0 * thick) * dull)
    wave += (0.8 - 0.6 * knobs["crumple"] + 0.5 * damp) * swish
    # A whole page bends as one: it wobbles, and the air it carries with it is heard.
    if knobs["crumple"] < 1.0:
        air = band_pass(noise(chance, n) * speed**2, 180.0, 900.0)
        wave += 0.35 * (1.0 - knobs["crumple"]) * (0.5 + thick) * air
    return Raw(np.concatenate([np.zeros(lead), wave]), None)


CLOTH = recipe(
    "cloth",
    "clothes moving: a sleeve, a coat, someone turning",
    {
        "moves": Setting(2.0, 1.0, 6.0, "how many movements, one after another; with a length, as many as fit"),
        "stiff": Setting(0.5, 0.0, 1.0, "0 silk, 0.5 wool, 1 canvas and webbing"),
        "quick": Setting(0.4, 0.0, 1.0, "how fast each movement is"),
        "flap": Setting(0.1, 0.0, 1.0, "how much air the cloth throws"),
    },
    _cloth,
    sustains=True,
)

PAPER = recipe(
    "paper",
    "a page turned, or a sheet crumpled",
    {
        "crumple": Setting(0.2, 0.0, 1.0, "0 a page turns, 1 a fist closes on it"),
        "thick": Setting(0.3, 0.0, 1.0, "0 tissue, 0.3 a letter, 1 card"),
        "damp": Setting(0.0, 0.0, 1.0, "0 dry and crisp, 1 limp with wet"),
        "stiff": Setting(0.5, 0.0, 1.0, "0 soft with use, 0.5 fresh, 1 waxed or frozen: fewer and harder snaps"),
    },
    _paper,
    sustains=True,
)
