"""What only listening finds in one sound: samples in, facts and remarks out. Nothing here knows files or packs.

Conventions: audio has shape (samples, channels), full scale 1.0. Decibels of amplitudes are dBFS (peak 1.0 = 0 dBFS).
Times are measured in windows of 5 ms. A `Survey` is fed in blocks, so that half an hour needs no memory.
"""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.crests import highest_sample
from producer.dsp.loudness import PowerMeter, integrated, loudness
from producer.frozen import dataclass
from producer.sounds.shift import Shift

HOP_S = 0.005
FULL_SCALE = 1.0 - 2.0**-15
"""The largest step of 16 bits below full scale; a sample at or over it stands at the rail."""
RUN = 3
"""So many samples at full scale, one after the other, and the wave's top is cut off."""
AUDIBLE = 10.0 ** (-60.0 / 20.0)
"""Beside the sound's own peak: under it is silence."""
_SHORT_S = 1.0
_LOWEST_RATE_HZ = 8000  # under it the K-weighting has no room for its shelf
_BINS_PER_OCTAVE = 32
_OCTAVES = 36  # of steps, from 2 ** -30 up


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One sound, measured."""

    rate_hz: int
    channels: int
    length: int  # samples
    finite: bool  # every sample is a number; what is none counts as silence in all other facts
    peak: float
    last: float  # its last sample, absolute, on the louder channel
    clipped_runs: int
    clipped_at: int  # the sample where the first run begins; -1: there is none
    dc: float  # what all of it is shifted by, on the worst channel; signed
    lead_s: float  # silence before it begins
    tail_s: float  # silence after it has ended
    loudness_lufs: float
    fold_loss_lu: float  # what is lost when both channels are summed to one
    step: float  # 99.9 of 100 steps from sample to sample are smaller

    @property
    def length_s(self) -> float:
        return self.length / self.rate_hz

    @property
    def peak_dbfs(self) -> float:
        return _db(self.peak)

    def as_data(self) -> dict[str, object]:
        """JSON values, for the cache."""
        return asdict(self)


class Survey:
    """Listens to a sound in blocks.

    Args:
        rate_hz: the sound's own rate.
        channels: 1 or 2.
        floating: its samples can go over full scale; then only equal samples in a row are a cut top.
    """

    def __init__(self, rate_hz: int, channels: int, *, floating: bool) -> None:
        self._rate_hz, self._channels, self._floating = rate_hz, channels, floating
        self._hop = max(1, round(HOP_S * rate_hz))
        self._rest = np.zeros((0, channels), np.float32)
        self._shift = Shift(rate_hz, channels)
        self._peaks: list[NDArray[np.float64]] = []  # of each hop
        self._before = np.zeros((2, channels), np.float32)
        self._in_run = np.zeros(channels, bool)
        self._runs, self._first_run = 0, -1
        self._steps = np.zeros(_OCTAVES * _BINS_PER_OCTAVE, np.int64)
        self._length, self._finite = 0, True
        self._short: list[Audio] | None = []
        hears = rate_hz >= _LOWEST_RATE_HZ
        self._meter = PowerMeter(rate_hz, channels) if hears else None
        self._folded = PowerMeter(rate_hz, 2) if hears and channels == 2 else None

    def push(self, block: Audio) -> None:
        """The next samples, shape (n, channels)."""
        if not len(block):
            return
        if not np.isfinite(block).all():
            self._finite = False
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        joined = np.concatenate([self._before, block])
        self._find_runs(joined)
        self._count_steps(joined if self._length else block)
        self._before = joined[-2:]
        if self._meter is not None:
            self._meter.push(block)
        if self._folded is not None:
            self._folded.push(as_stereo(as_mono(block)))
        if self._short is not None:
            self._short = [*self._short, block] if self._length < _SHORT_S * self._rate_hz else None
        self._shift.push(block)
        self._length += len(block)
        whole = np.concatenate([self._rest, block])
        count = len(whole) // self._hop
        self._keep_hops(whole[: count * self._hop].reshape(count, self._hop, self._channels))
        self._rest = whole[count * self._hop :]

    def facts(self) -> Facts:
        """What was heard; nothing is pushed after it. At least one sample must have been."""
        if len(self._rest):
            self._keep_hops(self._rest[None])
        peaks = np.concatenate(self._peaks)
        peak = float(peaks.max())
        heard = np.flatnonzero(peaks > peak * AUDIBLE) if peak > 0.0 else np.zeros(0, np.intp)
        hop_s = self._hop / self._rate_hz
        lufs, loss_lu = self._loudness()
        return Facts(
            rate_hz=self._rate_hz,
            channels=self._channels,
            length=self._length,
            finite=self._finite,
            peak=peak,
            last=highest_sample(self._before[-1:]),
            clipped_runs=self._runs,
            clipped_at=self._first_run,
            dc=self._dc(),
            lead_s=float(heard[0]) * hop_s if len(heard) else 0.0,
            tail_s=max(0.0, self._length / self._rate_hz - float(heard[-1] + 1) * hop_s) if len(heard) else 0.0,
            loudness_lufs=lufs,
            fold_loss_lu=loss_lu,
            step=self._step(),
        )

    def _keep_hops(self, hops: Audio) -> None:
        self._peaks.append(np.abs(hops).max(axis=(1, 2), initial=0.0).astype(np.float64))

    def _find_runs(self, joined: Audio) -> None:
        """Counts places where a run becomes `RUN` long: once for each run, whatever block it began in.

        Args:
            joined: the new samples after the two before them (silence, at the beginning).
        """
        hot = np.abs(joined) >= FULL_SCALE
        same = hot[1:] & hot[:-1] & (np.sign(joined[1:]) == np.sign(joined[:-1]))
        if self._floating:
            same &= joined[1:] == joined[:-1]
        three = same[1:] & same[:-1]
        begins = three & ~np.concatenate([self._in_run[None], three[:-1]])
        if begins.any():
            self._runs += int(begins.sum())
            if self._first_run < 0:
                self._first_run = max(0, self._length + int(np.flatnonzero(begins.any(axis=1))[0]) - (RUN - 1))
        self._in_run = three[-1]

    def _count_steps(self, joined: Audio) -> None:
        """A histogram of the steps into and within the new samples, on a scale of octaves."""
        steps = np.abs(np.diff(joined[1:] if self._length else joined, axis=0)).ravel()
        at = np.floor((np.log2(np.maximum(steps, 2.0**-29)) + 30.0) * _BINS_PER_OCTAVE).astype(np.int64)
        self._steps += np.bincount(np.clip(at, 0, len(self._steps) - 1), minlength=len(self._steps))

    def _step(self) -> float:
        total = int(self._steps.sum())
        if not total:
            return 0.0
        at = int(np.searchsorted(np.cumsum(self._steps), 0.999 * total))
        return float(2.0 ** ((at + 1) / _BINS_PER_OCTAVE - 30.0))

    def _dc(self) -> float:
        """What a render takes out of it; of a recipe, which has none, what it would."""
        found = self._shift.found()
        return float(found[np.argmax(np.abs(found))])

    def _loudness(self) -> tuple[float, float]:
        """LUFS, and the loss in mono in LU."""
        if self._meter is None:
            return -math.inf, 0.0
        if self._short is not None:
            audio = np.concatenate(self._short)
            lufs = loudness(audio, self._rate_hz)
            folded = loudness(as_stereo(as_mono(audio)), self._rate_hz) if self._channels == 2 else lufs
        else:
            lufs = integrated(self._meter.powers(), self._meter.seconds_per_hop)
            folded = lufs
            if self._folded is not None:
                folded = integrated(self._folded.powers(), self._folded.seconds_per_hop)
        if not math.isfinite(lufs):
            return lufs, 0.0
        return lufs, max(0.0, lufs - folded) if math.isfinite(folded) else 120.0


def _db(amplitude: float) -> float:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf
