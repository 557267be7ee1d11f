"""The master: one constant gain to the profile's loudness, a limiter for its peak, and corrections by what was decoded.

Never a compressor over the whole programme: it would undo the balance that the script asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.limiter import CHUNK, LONGEST_RELEASE_S, RELEASE_DB_S, Limiter
from producer.dsp.loudness import Loudness, PowerMeter, integrated
from producer.model.profile import Profile
from producer.units import gain

GAIN_STEP_DB = 0.1
"""The gain moves in steps, so that a small edit leaves far parts of an episode as they were."""
ROUNDS = 4
_BLOCK = 32 * CHUNK
CLOSE_ENOUGH_LU = 0.25
_OVERSHOOT_DB = {"mp3": 1.8}  # what 192 kbps may add to the peak of noise and impacts; the first round leaves room
_LOSS_DB = {"mp3": 0.26}  # LAME's presets turn what they encode down, by 0.97 at 192 kbps
_SAFETY_DB = 0.1
_BETWEEN_SAMPLES_DB = 0.3
"""How far the true peak of speech and effects mostly lies over its highest sample; only a first guess leans on it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to the mix: a gain, then (unless None) a limiter."""

    gain_db: float
    ceiling_dbtp: float | None


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness and peaks of a mix, hop by hop: what its first plan is made from."""

    powers: NDArray[np.float64]  # K-weighted mean squares, one per hop
    peaks: NDArray[np.float64]  # highest sample of each hop
    seconds_per_hop: float

    def limited_lufs(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """Loudness after a gain and, nearly, the limiter: it falls for each hop's highest sample and rises slowly."""
        powers = self.powers * 10.0 ** (gain_db / 10.0)
        if ceiling_dbtp is not None:
            over_db = 20.0 * np.log10(np.maximum(self.peaks * gain(gain_db + _BETWEEN_SAMPLES_DB - ceiling_dbtp), 1.0))
            release = RELEASE_DB_S * self.seconds_per_hop * np.arange(len(over_db))
            held_db = np.maximum.accumulate(over_db + release) - release
            powers = powers * 10.0 ** (-held_db / 10.0)
        return integrated(powers, self.seconds_per_hop)

    def ridden(self, db: NDArray[np.float64]) -> Levels:
        """The levels after a slow gain, in dB for each hop."""
        return Levels(self.powers * 10.0 ** (db / 10.0), self.peaks * 10.0 ** (db / 20.0), self.seconds_per_hop)


class Survey:
    """Takes the levels of a mix while it is made."""

    def __init__(self, rate_hz: int) -> None:
        self._power = PowerMeter(rate_hz, 2)
        self._rest = np.zeros((0, 2), np.float32)
        self._peaks: list[NDArray[np.float32]] = []

    def push(self, block: Audio) -> None:
        """Take the next samples of the mix, shape (n, 2)."""
        self._power.push(block)
        waiting = np.concatenate([self._rest, block])
        whole = len(waiting) // self._power.hop * self._power.hop
        self._peaks.append(np.abs(waiting[:whole]).reshape(-1, self._power.hop * 2).max(axis=1, initial=0.0))
        self._rest = waiting[whole:]

    def levels(self) -> Levels:
        """What was measured so far, whole hops only."""
        powers = self._power.powers()
        peaks = np.concatenate([np.zeros(0, np.float32), *self._peaks])[: len(powers)].astype(float)
        return Levels(powers, peaks, self._power.seconds_per_hop)


def first_plan(mix: Levels, profile: Profile) -> Plan:
    """The plan before anything was encoded: the gain that should reach the profile's loudness through the limiter."""
    ceiling = None
    if profile.limiter and profile.peak_dbtp is not None:
        ceiling = profile.peak_dbtp - _OVERSHOOT_DB.get(profile.codec, 0.0) - _SAFETY_DB
    gain_db = 0.0
    if profile.loudness_lufs is not None:
        for _ in range(6):  # each turn closes most of what the limiter took
            reached = mix.limited_lufs(gain_db, ceiling)
            if not np.isfinite(reached):
                return Plan(0.0, ceiling)
            gain_db += profile.loudness_lufs + _LOSS_DB.get(profile.codec, 0.0) - reached
    return Plan(_stepped(gain_db), ceiling)


def corrected(plan: Plan, decoded: Loudness, profile: Profile) -> Plan | None:
    """The next plan when the decoded file misses the profile, or None when it holds.

    Args:
        decoded: what the meters say of the delivered file after decoding.
    """
    following = plan
    if profile.loudness_lufs is not None and np.isfinite(decoded.integrated_lufs):
        off = profile.loudness_lufs - decoded.integrated_lufs
        if abs(off) > min(CLOSE_ENOUGH_LU, profile.tolerance_lu / 2):
            following = replace(following, gain_db=_stepped(plan.gain_db + off))
    if profile.peak_dbtp is not None and plan.ceiling_dbtp is not None:
        over = decoded.true_peak_dbtp - profile.peak_dbtp
        if over > 0:
            following = replace(following, ceiling_dbtp=plan.ceiling_dbtp - over - _SAFETY_DB)
    return following if following != plan else None


def holds(decoded: Loudness, profile: Profile) -> bool:
    """Whether a decoded file is within the profile's loudness and peak."""
    if profile.peak_dbtp is not None and decoded.true_peak_dbtp > profile.peak_dbtp:
        return False
    if profile.loudness_lufs is None or not np.isfinite(decoded.integrated_lufs):
        return True
    return abs(decoded.integrated_lufs - profile.loudness_lufs) <= profile.tolerance_lu


Mix = Callable[[int, int], Audio]
"""Samples [start, stop) of the mix, shape (stop - start, 2); silence beyond its ends."""


def mastered(mix: Mix, start: int, stop: int, plan: Plan, profile: Profile) -> Iterator[Audio]:
    """Samples [start, stop) of the mix with `plan` applied, in the profile's channels and in blocks.

    A sample is the same to the last bit whatever stretch it is asked with: the limiter begins on its own grid, so far
    before the stretch that nothing from earlier can reach into it.
    """
    shape = as_mono if profile.channels == 1 else as_stereo
    if plan.ceiling_dbtp is None:
        factor = np.float32(gain(plan.gain_db))
        for at in range(start, stop, _BLOCK):
            yield shape(mix(at, min(at + _BLOCK, stop))) * factor
        return
    limiter = Limiter(profile.rate_hz, profile.channels, plan.ceiling_dbtp, plan.gain_db)
    begin = max(0, start - round(LONGEST_RELEASE_S * profile.rate_hz)) // CHUNK * CHUNK
    skip, left = start - begin, stop - start
    for at in range(begin, stop + 3 * CHUNK, _BLOCK):
        ready = limiter.push(shape(mix(at, at + _BLOCK)))
        ready, skip = ready[skip:][:left], max(0, skip - len(ready))
        if len(ready):
            left -= len(ready)
            yield ready


def _stepped(gain_db: float) -> float:
    return round(round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB, 6)
