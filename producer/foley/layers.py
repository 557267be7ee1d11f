"""What beds share: reading a knob over time, gains that move sample by sample, oscillators, and a ceiling nothing
passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.foley.wander import Floats, turns
from producer.model.sound import SettingsAt

Singles = NDArray[np.float32]
CONTROL_S = 0.01
KNEE = 0.6


def knobs(settings: SettingsAt, times_s: Floats) -> Mapping[str, Floats]:
    """Every setting at `times_s`; what happened before the bed began is set as at its beginning."""
    return settings(np.maximum(np.asarray(times_s, float), 0.0))


def between(low: float, high: float, share: Floats) -> Floats:
    """From `low` to `high` as `share` goes from 0 to 1, in equal steps."""
    return low + (high - low) * share


def octaves_between(low: float, high: float, share: Floats) -> Floats:
    """From `low` to `high` (both over 0) as `share` goes from 0 to 1, in equal ratios."""
    return np.asarray(low * np.exp(np.log(high / low) * np.asarray(share, float)))


def moving(
    value_at: Callable[[Floats], Floats], start: int, stop: int, rate_hz: int, step_s: float = CONTROL_S
) -> Singles:
    """A value for each of the samples [start, stop), shape (n,): read every `step_s`, straight between.

    The steps stand at fixed places, so a sample's value does not depend on where the stretch was cut.
    """
    step = max(1, round(rate_hz * step_s))
    first, last = start // step, -(-stop // step)
    knots = np.asarray(value_at(np.arange(first, last + 1, dtype=np.float64) * (step / rate_hz)), np.float32)
    share = (np.arange(step) / step).astype(np.float32)
    lines = knots[:-1, None] + (knots[1:] - knots[:-1])[:, None] * share
    return lines.reshape(-1)[start - first * step : stop - first * step]


def ever(settings: SettingsAt, name: str, start: int, stop: int, rate_hz: int) -> bool:
    """Whether a knob leaves 0 anywhere near the samples [start, stop): if not, what it adds need not be made."""
    steps = np.arange(np.floor(start / rate_hz / CONTROL_S), np.ceil(stop / rate_hz / CONTROL_S) + 1.0)
    return bool(knobs(settings, steps * CONTROL_S)[name].any())


def cycles(rate_hz_at: Callable[[Floats], Floats], start: int, stop: int, rate_hz: int) -> Singles:
    """Phase in cycles, in [0, 1), of an oscillator whose pitch may be ridden; shape (stop - start,)."""
    step = max(1, round(rate_hz * CONTROL_S))
    first, last = start // step, -(-stop // step)
    knots = turns(np.arange(first, last + 1, dtype=np.float64) * (step / rate_hz), rate_hz_at)
    share = (np.arange(step) / step).astype(np.float32)
    begun = (knots - np.floor(knots)).astype(np.float32)
    lines = begun[:-1, None] + (knots[1:] - knots[:-1]).astype(np.float32)[:, None] * share
    lines -= np.floor(lines)
    return lines.reshape(-1)[start - first * step : stop - first * step]


def sine(phase: Singles) -> Singles:
    """The sine of a phase in cycles, shape as `phase`."""
    result: Singles = np.sin(phase * np.float32(2.0 * np.pi))
    return result


TABLE = 8192


def table(partials: Mapping[int, tuple[float, float]]) -> Singles:
    """One turn of a wave for `looked_up`: harmonic -> (amplitude, phase in cycles), shape (8192,)."""
    turn = np.arange(TABLE) / TABLE
    wave = np.zeros(TABLE)
    for harmonic, (size, begun) in partials.items():
        wave += size * np.sin(2.0 * np.pi * (harmonic * turn + begun))
    return wave.astype(np.float32)


def looked_up(wave: Singles, phase: Singles) -> Singles:
    """A wave made by `table` at phases in [0, 1), shape as `phase`."""
    return wave.take((phase * np.float32(TABLE)).astype(np.int32), mode="clip")


def under_ceiling(audio: Audio) -> Audio:
    """The same samples up to 0.6 of full scale; beyond it they bend towards 0.98 and never reach it."""
    if not len(audio) or max(float(audio.max()), -float(audio.min())) <= KNEE:
        return audio
    out = audio.copy()
    loud = np.abs(audio) > np.float32(KNEE)  # a few peaks, as a rule
    peaks = audio[loud]
    over = np.abs(peaks) - np.float32(KNEE)
    room = np.float32(0.98 - KNEE)
    out[loud] = np.copysign(np.float32(KNEE) + room * (over / (over + room)), peaks)
    return out
