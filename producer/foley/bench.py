"""The workbench on which every hit is made: one rate, one way to finish, one way to become a recipe.

Hits are made at 48 kHz and resampled, so that a sound is the same sound at every rate: the same grains at the same
times, and no mode that is there at one rate and folded over at another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.later import signal
from producer.model.chance import rng
from producer.model.foley import Made, Recipe, Setting
from producer.model.sound import Kind

BENCH_HZ = 48_000
PRE_ROLL_S = 0.012
"""Silence before the first contact, so that it can be sharp and still begin from nothing."""
_SHORTEST_S = PRE_ROLL_S + 0.001
"""Nothing is made shorter than this; what is asked for shorter is cut out of it."""
PEAK = 0.5  # -6 dBFS
_EDGE_S = 0.008
_LET_GO_S = 0.12
_SILENT = 10.0 ** (-66.0 / 20.0)  # relative to the peak; what a tail may end on
_SUBSONIC_HZ = 18.0

Wave = NDArray[np.float64]
"""Shape (n,) or (n, 2) at BENCH_HZ."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A sound as it comes from the physics: any scale, not yet trimmed; `onset_s` lands on the cue.

    None: what grows out of silence lands where it begins to be heard.
    """

    wave: Wave
    onset_s: float | None = PRE_ROLL_S


Make = Callable[[Mapping[str, float], float | None, np.random.Generator], Raw]
"""(every setting, length in seconds or None, chance) -> the raw sound at BENCH_HZ."""


def samples(seconds: float) -> int:
    """Whole samples on the bench."""
    return max(0, round(seconds * BENCH_HZ))


def clock(n: int) -> Wave:
    """The time of each of `n` samples in seconds, shape (n,)."""
    return np.arange(n) / BENCH_HZ


def recipe(
    name: str, says: str, settings: Mapping[str, Setting], make: Make, *, kind: Kind = "hit", sustains: bool = False
) -> Recipe:
    """A hit recipe whose sounds are made by `make`; chance is named by recipe and seed."""

    def hit(given: Mapping[str, float], length_s: float | None, rate_hz: int, seed: int) -> Made:
        own_s = None if length_s is None else max(length_s, _SHORTEST_S)
        with np.errstate(under="ignore"):  # what has rung out is nothing
            return finished(make(made.filled(given), own_s, rng("foley", name, seed)), length_s, rate_hz)

    made = Recipe(name=name, kind=kind, says=says, settings=settings, hit=hit, sustains=sustains)
    return made


def finished(raw: Raw, length_s: float | None, rate_hz: int) -> Made:
    """Trimmed or fitted to its length, free of DC, quiet at both ends, peak at -6 dBFS, at the rate asked for."""
    wave = raw.wave if raw.wave.ndim == 2 else raw.wave[:, None]
    wave = _at_peak(_without_dc(_fitted(wave, length_s)))
    onset_s = _first_heard_s(wave) if raw.onset_s is None else raw.onset_s
    if rate_hz != BENCH_HZ and len(wave):
        wave = soxr.resample(wave, BENCH_HZ, rate_hz, quality="HQ")
    if length_s is not None:
        wave = _of_length(wave, round(length_s * rate_hz))
    return Made(audio=wave.astype(np.float32), onset=min(round(onset_s * rate_hz), max(len(wave) - 1, 0)))


def _at_peak(wave: Wave) -> Wave:
    # Before it is resampled: a sharp peak is rounded by another rate, and its sound must not grow louder for that.
    peak = float(np.abs(wave).max(initial=0.0))
    return wave * (PEAK / peak) if peak > 0.0 else wave


def _first_heard_s(wave: Wave) -> float:
    """Where the mean power of the last millisecond first is within 20 dB of its highest; 0 for silence."""
    power = np.square(wave.astype(np.float32).astype(float)).sum(axis=1)
    width = BENCH_HZ // 1000
    recent = np.convolve(power, np.full(width, 1.0 / width))[: len(power)]
    loud = np.flatnonzero(recent >= 0.01 * max(float(recent.max(initial=0.0)), 1e-30))
    return int(loud[0]) / BENCH_HZ if len(loud) else 0.0


def _fitted(wave: Wave, length_s: float | None) -> Wave:
    if length_s is not None:
        n = max(1, samples(length_s))
        if len(wave) <= n:
            return _of_length(wave, n)
        # Cut before it has rung out: it is let go softly, not broken off.
        fade = min(samples(_LET_GO_S), n // 5)
        wave = wave[:n].copy()
        wave[n - fade :] *= np.cos(0.5 * np.pi * np.arange(1, fade + 1) / max(fade, 1))[:, None] ** 2
        return wave
    loud = np.flatnonzero(np.abs(wave).max(axis=1) > _SILENT * np.abs(wave).max())
    end = int(loud[-1]) + 1 if len(loud) else 0
    return wave[: min(len(wave), end + samples(0.02))]


def _of_length(wave: Wave, n: int) -> Wave:
    return wave[:n] if len(wave) >= n else np.pad(wave, ((0, n - len(wave)), (0, 0)))


def _without_dc(wave: Wave) -> Wave:
    if not len(wave):
        return wave
    keep = 1.0 - 2.0 * np.pi * _SUBSONIC_HZ / BENCH_HZ
    wave = signal.lfilter([1.0, -1.0], [1.0, -keep], wave, axis=0)
    # What the filter has not given back when a short sound ends goes out under a window: the ends stay at 0.
    n = len(wave)
    edge = min(samples(_EDGE_S), n // 2)
    window = np.ones((n, 1))
    if edge:
        rise = np.sin(0.5 * np.pi * np.arange(edge) / edge) ** 4
        window[:edge, 0], window[n - edge :, 0] = rise, rise[::-1]
    wave = wave * window
    total = float(window.sum())
    return wave - window * (wave.sum(axis=0) / total) if total else wave
