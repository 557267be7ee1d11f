"""Air through a throat: breath in and out, breath knocked out, a throat held shut.

Turbulence at the narrowest place is the source, the mouth before it the filter; formants move as the mouth does. Where
the cords close, pulses join the noise. Fant, Acoustic Theory of Speech Production (1960); Stevens, Acoustic Phonetics.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import (
    band_pass,
    burst,
    grain,
    hits,
    noise,
    paste,
    ring_grain,
    slips,
    smooth,
    swell,
    thump,
    wander,
)
from producer.foley.tract import Spectrum, moving, octave_peak, peak
from producer.model.foley import Setting


def mouth(
    formants_hz: tuple[Wave, ...], widths_hz: tuple[float, ...], levels: tuple[float, ...], times_s: Wave
) -> Spectrum:
    """A mouth whose formants move: each of `formants_hz` has one value per time of `times_s`."""

    def spectrum(at_s: Wave, freqs_hz: Wave) -> Wave:
        total = np.zeros(np.broadcast_shapes(at_s.shape, freqs_hz.shape))
        for centre, width, level in zip(formants_hz, widths_hz, levels, strict=True):
            total += level * peak(freqs_hz, np.interp(at_s, times_s, centre), width)
        return total / np.sqrt(1.0 + (freqs_hz / 7_500.0) ** 4)

    return spectrum


def cords(pitch_hz: Wave, stray: float, chance: np.random.Generator, second: float = 1.0) -> Wave:
    """Glottal pulses at a pitch over time, shape (n,).

    `second` is the level of every second one: below 1, an octave opens below.
    """
    n = len(pitch_hz)
    times = slips(chance, pitch_hz, stray)
    levels = np.where(np.arange(len(times)) % 2 == 0, 1.0, second) * chance.uniform(1.0 - 1.6 * stray, 1.0, len(times))
    pulses = smooth(smooth(hits(n, times, levels), 500.0), 900.0)
    return pulses * 40.0


def _curve(*values: float) -> Wave:
    return np.asarray(values, float)


def _breath(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    effort, inward, knocked, open_ = knobs["effort"], knobs["inward"], knobs["knocked"], knobs["mouth"]
    own = (1.5 - 0.75 * effort) * (1.0 - 0.55 * knocked) * (1.0 - 0.25 * inward) * chance.uniform(0.88, 1.14)
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else own) - lead, 1)
    whole = n / 48_000.0
    t = clock(n) / whole
    # Out: let go at once, then emptying; in: drawn ever faster, then shut. A blow empties the chest at once.
    out_flow = np.minimum(t / 0.16, 1.0) ** 1.2 * np.exp(-2.2 * t) * (1.0 - t) ** 0.6
    in_flow = t ** (0.95 - 0.65 * effort) * np.minimum((1.0 - t) / 0.12, 1.0)
    hit_flow = -np.expm1(-((clock(n) / 0.006) ** 2)) * (np.exp(-t * 4.5) + 0.18 * np.exp(-t * 2.5)) * (1.0 - t) ** 0.5
    calm = (1.0 - inward) * out_flow / out_flow.max() + inward * in_flow / in_flow.max()
    flow = (1.0 - knocked) * calm + knocked * hit_flow / max(float(hit_flow.max()), 1e-9)
    flow = flow * np.clip(
        1.0 + (0.12 + 0.5 * knobs["shake"]) * wander(chance, n, 7.0 + 4.0 * knobs["shake"]), 0.05, None
    )
    hiss = noise(chance, n) * flow**1.5
    pitch = (165.0 - 55.0 * t) * (1.0 - 0.25 * knocked * t) * (1.0 + 0.04 * wander(chance, n, 6.0))
    voiced = cords(pitch, 0.05, chance) * flow**1.2 * (0.5 + 0.5 * knocked)
    source = hiss + 2.2 * knobs["voice"] * voiced
    ends = _curve(0.0, 0.35 * whole, whole)
    jaw = 0.55 + 0.45 * open_
    formants = (
        _curve(520.0, 700.0, 560.0) * jaw * chance.uniform(0.95, 1.05),
        _curve(1_380.0, 1_200.0, 1_450.0) * (1.0 + 0.30 * inward) * chance.uniform(0.95, 1.05),
        _curve(2_500.0, 2_420.0, 2_600.0) * (1.0 + 0.06 * inward),
        _curve(3_700.0, 3_650.0, 3_800.0),
    )
    lips = (0.9, 1.0, 0.55 + 0.5 * effort, 0.30 + 0.35 * effort + 0.2 * inward)
    tract = mouth(formants, (170.0, 190.0, 260.0, 500.0), lips, ends)

    def whole_spectrum(at_s: Wave, freqs_hz: Wave) -> Wave:
        air = 0.10 * octave_peak(freqs_hz, 2_600.0 + 1_500.0 * effort, 1.4) * open_
        return np.asarray((tract(at_s, freqs_hz) + air) * np.minimum((freqs_hz / 180.0) ** 2, 1.0), float)

    wave = moving(source, whole_spectrum)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    paste(wave, thump(120.0, 0.02, 0.003), 0.0, 0.2 * knocked)
    return Raw(np.concatenate([np.zeros(lead), wave * swell(n, 0.004, 0.03)]), None)


def _choke(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    """Strain against a closed throat: bursts that fail, cords that fry, a wet click as each one sticks shut."""
    lead = samples(PRE_ROLL_S)
    n = max(samples(length_s if length_s is not None else 1.7 * chance.uniform(0.9, 1.15)) - lead, 1)
    whole = n / 48_000.0
    t = clock(n)
    strain = np.zeros(n)
    clicks = []
    at = 0.0
    while at < whole:
        length = chance.uniform(0.14, 0.38) * (1.2 - 0.5 * knobs["panic"])
        inside = np.clip((t - at) / length, 0.0, 1.0)
        strain = np.maximum(strain, np.sin(np.pi * inside**0.6) ** 0.8 * chance.uniform(0.55, 1.0) * (inside < 1.0))
        clicks += [at, at + length]
        at += length + chance.uniform(0.04, 0.26) * (1.2 - 0.8 * knobs["panic"])
    fry = cords((38.0 + 42.0 * strain) * (1.0 + 0.25 * wander(chance, n, 9.0)), 0.16, chance, 0.5)
    leak = noise(chance, n) * np.clip(smooth(fry, 60.0) * 6.0 + 0.15, 0.0, 2.0)
    source = strain * (2.4 * (0.4 + 0.6 * knobs["voice"]) * fry + 0.75 * (1.3 - knobs["closed"]) * leak)
    knots = np.linspace(0.0, whole, 9)
    shift = chance.uniform(0.88, 1.14, (3, 9))
    tight = 1.0 + 0.25 * knobs["closed"]
    spectrum = mouth(
        (590.0 * tight * shift[0], 1_180.0 * shift[1], 2_350.0 * shift[2], np.full(9, 3_300.0)),
        (130.0, 150.0, 240.0, 380.0),
        (1.0, 0.75, 0.45, 0.25),
        knots,
    )
    wave = moving(source, spectrum)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    for moment in clicks:
        wet = grain(chance, 900.0, 2_600.0, 0.004, 3)
        paste(wave, ring_grain(wet, 0.03), moment, 0.14 * chance.uniform(0.3, 1.0))
        paste(wave, burst(chance, 5e-4, 0.003, 700.0, 4_000.0), moment, 0.05)
    wave = band_pass(np.tanh(1.4 * wave), 90.0, 9_000.0)
    return Raw(np.concatenate([np.zeros(lead), wave * swell(n, 0.003, 0.08)]), None)


BREATH = recipe(
    "breath",
    "one breath: out, in, a gasp, or knocked out by a blow",
    {
        "inward": Setting(0.0, 0.0, 1.0, "0 breathes out, 1 breathes in"),
        "effort": Setting(0.4, 0.0, 1.0, "0 asleep, 1 after a run; shorter and sharper"),
        "knocked": Setting(0.0, 0.0, 1.0, "1: the breath is knocked out by a blow"),
        "voice": Setting(0.0, 0.0, 1.0, "how much the vocal cords sound: a sigh, a grunt"),
        "mouth": Setting(0.7, 0.0, 1.0, "0 through the nose, 1 mouth wide open"),
        "shake": Setting(0.1, 0.0, 1.0, "how much it trembles"),
    },
    _breath,
    sustains=True,
)

CHOKE = recipe(
    "choke",
    "a throat held shut: strain, cords frying, no word",
    {
        "closed": Setting(0.7, 0.0, 1.0, "how tightly the throat is held"),
        "voice": Setting(0.5, 0.0, 1.0, "how much of the voice still comes"),
        "panic": Setting(0.5, 0.0, 1.0, "how hurried the attempts are"),
    },
    _choke,
    sustains=True,
)
