"""The curves by which a bus is turned down: one for each band, known for the whole episode before anything is heard.

They are at full depth before the first word, stay down where they could not come back for long, and move slowly,
without corners. Nothing reacts, so nothing pumps and nothing comes late.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from producer.dsp.bands import BANDS
from producer.dsp.envelopes import within_slopes
from producer.dsp.grid import hop_samples
from producer.frozen import dataclass
from producer.units import Span

Floats = NDArray[np.float64]

LEAD_S = 0.15
"""A reduction is complete this long before it is needed."""
HOLD_S = 2.0
"""What would come up for less than this stays down: between two lines, or within one."""
ATTACK_DB_PER_S = 18.0
RELEASE_DB_PER_S = 9.0
EASE_S = 0.12
"""Each corner of a curve is rounded over twice this."""
DEEPEST_DB = 90.0
"""Nothing is turned down further: it is not heard any more."""
_UNIT_DB = 1e-4


@dataclass(frozen=True, slots=True)
class Reduction:
    """How far a bus is turned down.

    DB (0 or more) of each band at every `hop`-th sample from number `first` on, shape (points, BANDS), straight lines
    of amplitude between; before and after nothing is turned down, or as far as at the end.
    """

    db: Floats
    hop: int
    first: int = 0

    def touches(self, span: Span) -> bool:
        """Whether anything is turned down at a sample of `span`."""
        return bool(self._between(span.start // self.hop, span.end // self.hop + 2).any())

    def gains(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Amplitudes at samples [start, stop), or None where nothing is turned down.

        Shape (stop - start, BANDS), or (stop - start, 1) where all bands are as one.
        """
        first, last = start // self.hop, stop // self.hop + 2
        known = self._between(first, last)
        if not known.any():
            return None
        if np.all(known == known[:, :1]):
            known = known[:, :1]
        points = np.asarray(10.0 ** (known / -20.0), np.float32)
        along = np.arange(self.hop, dtype=np.float32)[:, None] / np.float32(self.hop)
        between = points[:-1, None] + (points[1:, None] - points[:-1, None]) * along
        skip = start - first * self.hop
        return between.reshape(-1, points.shape[1])[skip : skip + stop - start]

    def at(self, start: int, step: int, count: int) -> Floats:
        """DB of each band at `count` samples from `start` on, `step` apart, shape (count, BANDS)."""
        points, samples = np.arange(len(self.db)) * self.hop, start - self.first * self.hop + np.arange(count) * step
        return np.stack([np.interp(samples, points, band) for band in self.db.T], axis=1)

    def deepest(self, span: Span) -> tuple[float, ...]:
        """The most that each band is turned down at a point within `span`, dB."""
        first = -(-span.start // self.hop)
        return tuple(self._between(first, max(first + 1, span.end // self.hop + 1)).max(axis=0, initial=0.0).tolist())

    def within(self, span: Span) -> Reduction:
        """What there is of it in a stretch of whole hops."""
        first = span.start // self.hop
        return Reduction(self._between(first, -(-span.end // self.hop) + 2), self.hop, first)

    def _between(self, first: int, last: int) -> Floats:
        return self.db[np.clip(np.arange(first, last) - self.first, 0, len(self.db) - 1)]


def reach_s() -> tuple[float, float]:
    """How long before and after what is wanted a curve can be other than 0, seconds."""
    return (
        LEAD_S + HOLD_S + 3 * EASE_S + DEEPEST_DB / ATTACK_DB_PER_S,
        HOLD_S + 3 * EASE_S + DEEPEST_DB / RELEASE_DB_PER_S,
    )


def nothing_wanted(start: int, stop: int) -> Floats:
    """Zeros for `joined`, from hop `start` to hop `stop` and one more."""
    return np.zeros((stop - start + 1, BANDS))


def joined(wanted: Floats, rate_hz: int, first: int = 0) -> Reduction:
    """The curves that are nowhere under `wanted`, with lead, hold and slopes.

    Args:
        wanted: dB of each band at every hop (`grid`), shape (hops, BANDS), 0 or more.
        first: the number of the first hop.
    """
    hop = hop_samples(rate_hz)
    if not wanted.any():
        return Reduction(wanted, hop, first)
    bands = [_curve(np.ascontiguousarray(band), hop / rate_hz) for band in np.minimum(wanted, DEEPEST_DB).T]
    return Reduction(np.stack(bands, axis=1), hop, first)


def _curve(wanted: Floats, hop_s: float) -> Floats:
    if not wanted.any():
        return wanted
    lead, ease = round(LEAD_S / hop_s), round(EASE_S / hop_s)
    early = _highest(np.pad(wanted, (0, lead)), lead + 1)
    held = _closed(early, round(HOLD_S / hop_s))
    # Widened by as much as the rounding reaches, so that a rounded corner cuts nothing off.
    wide = _highest(np.pad(held, ease, mode="edge"), 2 * ease + 1)
    # In whole units sums are exact: a curve is the same to the last bit wherever it is seen from.
    units = within_slopes(
        np.ceil(wide / _UNIT_DB), *(_steps(slope * hop_s) for slope in (ATTACK_DB_PER_S, RELEASE_DB_PER_S))
    )
    bell = 0.5 + 0.5 * np.cos(np.pi * np.arange(-ease, ease + 1) / (ease + 1))
    # A mean of what moves slowly enough moves slowly enough. Term by term: its last bits depend on nothing beside it.
    around, mean = np.pad(units * _UNIT_DB, ease, mode="edge"), np.zeros(len(units))
    for tap, share in enumerate((bell / bell.sum()).tolist()):
        mean += share * around[tap : tap + len(mean)]
    return np.maximum(mean, wanted)


def _highest(values: Floats, width: int) -> Floats:
    """The highest of every `width` values that follow each other, shape (len(values) - width + 1,)."""
    return np.asarray(sliding_window_view(values, width).max(axis=1))


def _closed(values: Floats, width: int) -> Floats:
    """The lowest curve over `values` that has no gap of less than `width` in it; beyond its ends there is nothing."""
    return np.asarray(sliding_window_view(_highest(np.pad(values, width - 1), width), width).min(axis=1))


def _steps(db: float) -> float:
    return float(max(1, int(db / _UNIT_DB)))
