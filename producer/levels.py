"""How loud a mix is, hop by hop, and nearly what a limiter makes of it: what a master is planned from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.grid import frame_samples, hop_samples
from producer.dsp.limiter import CHUNK, RELEASE_DB_S
from producer.dsp.loudness import PowerMeter, integrated, lufs
from producer.dsp.true_peak import in_db
from producer.frozen import dataclass
from producer.units import Span, gain

SETTLE_S = 0.15
"""After so long a K-weighting filter does not know any more how it began."""
BLOCK = 16 * CHUNK
"""Samples that are worked on at once."""
_HOPS = 1 << 14  # that are worked on at once
_BETWEEN_SAMPLES_DB = 0.3
"""How far the true peak of speech and effects mostly lies over its highest sample; only a first guess leans on it."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness and peaks of a mix, hop by hop: what its first plan is made from. An hour taken down is 3.7 MB."""

    powers: NDArray[np.floating]  # K-weighted mean squares, one per hop
    peaks: NDArray[np.floating]  # highest sample of each hop
    spoken: NDArray[np.bool_]  # whether a line is heard in it
    seconds_per_hop: float

    @property
    def length_s(self) -> float:
        """Of whole hops."""
        return len(self.powers) * self.seconds_per_hop

    def limited_lufs(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """Loudness after a gain and, nearly, the limiter."""
        return integrated(self.limited(gain_db, ceiling_dbtp), self.seconds_per_hop)

    def limited_rms_db(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """Nearly the RMS of one channel of it, K-weighted and without a gate: only a first guess leans on it."""
        return in_db(float(np.sqrt(self.limited(gain_db, ceiling_dbtp).mean() / 2.0)))

    def off_each_db(
        self,
        gain_db: float,
        ceiling_dbtp: float | None,
        lines: Sequence[Span],
        own: Sequence[NDArray[np.floating]],
        rate_hz: int,
    ) -> tuple[float, ...]:
        """How much quieter the limiter makes each line, nearly; 0 where there is nothing, or no limiter.

        A blow in the middle of one counts for no more than what it takes from the words that are heard with it.

        Args:
            own: power of each line by itself, frame by frame (`frame_samples`), from the one in which it begins.
        """
        hop, frame, limited = hop_samples(rate_hz), frame_samples(rate_hz), self.limited(gain_db, ceiling_dbtp)

        def over(span: Span, own: NDArray[np.floating]) -> float:
            first = span.start // hop
            powers, left = (every[first : -(-span.end // hop)] for every in (self.powers, limited))
            middles = (np.arange(first, first + len(powers)) * hop + hop // 2) // frame - span.start // frame
            weights = own.take(middles, mode="clip").astype(float) if len(own) else np.zeros(len(powers))
            heard = (powers > 0.0) & (weights > 0.0)
            shares = left[heard] / powers[heard] * 10.0 ** (-gain_db / 10.0)
            if (shares > 1.0 - 1e-9).all():
                return 0.0
            return -10.0 * float(np.log10(weights[heard] @ shares / weights[heard].sum()))

        return tuple(over(span, alone) for span, alone in zip(lines, own, strict=True))

    def off_lines_db(self, gain_db: float, ceiling_dbtp: float | None, share: float = 0.5) -> float:
        """How much quieter the limiter makes the line in the middle, nearly; 0 where there are none.

        Args:
            share: of what is said, is made no quieter than that.
        """
        powers, lengths = self._lines(self.powers)
        limited, _ = self._lines(self.limited(gain_db, ceiling_dbtp))
        return _middle(10.0 * np.log10(powers / limited) + gain_db, lengths, share) if len(powers) else 0.0

    def lines_lufs(self, gain_db: float = 0.0, ceiling_dbtp: float | None = None) -> float:
        """How loud the line in the middle is after a gain and, nearly, the limiter; -inf where there are none."""
        powers, lengths = self._lines(self.limited(gain_db, ceiling_dbtp))
        return _middle(lufs(powers / lengths), lengths) if len(powers) else -np.inf

    def _lines(self, powers: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The sum of each line's powers, and how many hops it has; without those that are silent."""
        edges = np.flatnonzero(np.diff(self.spoken, prepend=False, append=False))
        if not len(edges):
            return np.zeros(0), np.zeros(0, np.int64)
        sums = np.add.reduceat(powers, edges[edges < len(powers)], dtype=np.float64)[::2]
        return sums[sums > 0.0], (edges[1::2] - edges[::2])[sums > 0.0]

    def limited(self, gain_db: float, ceiling_dbtp: float | None) -> NDArray[np.float64]:
        """Powers after a gain and, nearly, the limiter, which falls for each hop's highest sample and rises slowly."""
        powers: NDArray[np.float64] = np.multiply(self.powers, 10.0 ** (gain_db / 10.0), dtype=np.float64)
        if ceiling_dbtp is None:
            return powers
        over = gain(gain_db + _BETWEEN_SAMPLES_DB - ceiling_dbtp)
        release, highest = RELEASE_DB_S * self.seconds_per_hop, -np.inf
        for at in range(0, len(powers), _HOPS):  # of ten hours each step in between would be 33 MB
            peaks = np.multiply(self.peaks[at : at + _HOPS], over, dtype=np.float64)
            released = release * np.arange(at, at + len(peaks))
            held, loud = released.copy(), np.flatnonzero(peaks > 1.0)
            held[loud] += 20.0 * np.log10(peaks[loud])
            np.maximum.accumulate(held, out=held)
            np.maximum(held, highest, out=held)
            highest = held[-1]
            down = np.flatnonzero(held > released)  # of most programmes a small part
            powers[at + down] *= 10.0 ** ((held[down] - released[down]) / -10.0)
        return powers

    @classmethod
    def joined(cls, parts: Sequence[Levels]) -> Levels:
        """The levels of parts that follow each other."""
        return cls(
            np.concatenate([part.powers for part in parts]),
            np.concatenate([part.peaks for part in parts]),
            np.concatenate([part.spoken for part in parts]),
            parts[0].seconds_per_hop,
        )

    def between(self, start_s: float, end_s: float) -> Levels:
        """The levels of a stretch, in whole hops."""
        there = slice(round(start_s / self.seconds_per_hop), round(end_s / self.seconds_per_hop))
        return replace(self, powers=self.powers[there], peaks=self.peaks[there], spoken=self.spoken[there])

    def ridden(self, db: NDArray[np.float64]) -> Levels:
        """The levels after a slow gain, in dB for each hop."""
        return replace(self, powers=self.powers * 10.0 ** (db / 10.0), peaks=self.peaks * 10.0 ** (db / 20.0))


def levels_of(audio: Audio, core: Span, rate_hz: int, lines: Iterable[Span] = ()) -> Levels:
    """The levels of a part, whole hops only.

    Args:
        audio: the part with something before it, shape (n, 2): the filter settles on that.
        core: the part itself, in samples of `audio`.
        lines: where its lines are, in samples of `audio`.
    """
    hop = hop_samples(rate_hz)
    before = min(core.start, round(SETTLE_S * rate_hz)) // hop
    meter = PowerMeter(rate_hz, 2, hop / rate_hz)
    for at in range(core.start - before * hop, core.end, BLOCK):  # small blocks stay in the processor's cache
        meter.push(audio[at : min(at + BLOCK, core.end)])
    powers = meter.powers()[before:]
    inside = audio[core.start : core.start + len(powers) * hop]
    hops = inside.reshape(len(powers), hop * audio.shape[1])
    peaks = np.maximum(hops.max(axis=1, initial=0.0), -hops.min(axis=1, initial=0.0))
    spoken = np.zeros(len(powers), np.bool_)
    for line in lines:
        spoken[max(0, line.start - core.start) // hop : max(0, -(-(line.end - core.start) // hop))] = True
    return Levels(powers.astype(np.float32), peaks.astype(np.float32), spoken, hop / rate_hz)


def _middle(values: NDArray[np.float64], lengths: NDArray[np.int64], share: float = 0.5) -> float:
    """The value of which as much is under it as over it (or `share` of all under it), each counted for its length."""
    order = np.argsort(values, kind="stable")
    under = lengths[order].cumsum()
    return float(values[order[np.searchsorted(under, under[-1] * share)]])
