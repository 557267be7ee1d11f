"""The curves by which a bus is turned down: one for each band, known for the whole episode before anything is heard.

They are at full depth before the first word, stay down where they could not come back for long, and move slowly,
without corners. Nothing reacts, so nothing pumps and nothing comes late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from producer.dsp.bands import BANDS
from producer.dsp.envelopes import within_slopes
from producer.dsp.loudness import HOP_S
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


@dataclass(frozen=True, slots=True)
class Reduction:
    """How far a bus is turned down over the episode.

    DB (0 or more) of each band at every `hop`-th sample, shape (points, BANDS), straight lines between.
    """

    db: Floats
    hop: int

    def touches(self, span: Span) -> bool:
        """Whether anything is turned down at a sample of `span`."""
        return bool(self.db[span.start // self.hop : span.end // self.hop + 2].any())

    def gains(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Amplitudes at samples [start, stop), or None where nothing is turned down.

        Shape (stop - start, BANDS), or (stop - start, 1) where all bands are as one.
        """
        first, last = start // self.hop, stop // self.hop + 2
        known = self.db[np.minimum(np.arange(first, last), len(self.db) - 1)]
        if not known.any():
            return None
        if np.all(known == known[:, :1]):
            known = known[:, :1]
        at, points = np.arange(start, stop), np.arange(first, last) * self.hop
        db = np.stack([np.interp(at, points, band) for band in known.T], axis=1)
        return np.asarray(10.0 ** (db / -20.0), np.float32)

    def at(self, start: int, step: int, count: int) -> Floats:
        """DB of each band at `count` samples from `start` on, `step` apart, shape (count, BANDS)."""
        points, samples = np.arange(len(self.db)) * self.hop, start + np.arange(count) * step
        return np.stack([np.interp(samples, points, band) for band in self.db.T], axis=1)

    def deepest(self, span: Span) -> tuple[float, ...]:
        """The most that each band is turned down at a point within `span`, dB."""
        first = -(-span.start // self.hop)
        return tuple(self.db[first : max(first + 1, span.end // self.hop + 1)].max(axis=0, initial=0.0).tolist())


def nothing_wanted(duration: int, rate_hz: int) -> Floats:
    """Zeros for `joined`, of an episode of `duration` samples."""
    return np.zeros((duration // round(rate_hz * HOP_S) + 2, BANDS))


def joined(wanted: Floats, rate_hz: int) -> Reduction:
    """The curves that are nowhere under `wanted`, with lead, hold and slopes.

    Args:
        wanted: dB of each band at every hop of 10 ms, shape (hops, BANDS), 0 or more.
    """
    hop = round(rate_hz * HOP_S)
    if not wanted.any():
        return Reduction(wanted, hop)
    return Reduction(np.stack([_curve(np.ascontiguousarray(band)) for band in wanted.T], axis=1), hop)


def _curve(wanted: Floats) -> Floats:
    if not wanted.any():
        return wanted
    lead, ease = round(LEAD_S / HOP_S), round(EASE_S / HOP_S)
    early = ndimage.maximum_filter1d(wanted, lead + 1, mode="constant", origin=-((lead + 1) // 2))
    held = np.maximum(early, ndimage.grey_closing(early, (round(HOLD_S / HOP_S),), mode="constant"))
    # Widened by as much as the rounding reaches, so that a rounded corner cuts nothing off.
    wide = ndimage.maximum_filter1d(held, 2 * ease + 1, mode="nearest")
    sloped = within_slopes(wide, ATTACK_DB_PER_S * HOP_S, RELEASE_DB_PER_S * HOP_S)
    bell = 0.5 + 0.5 * np.cos(np.pi * np.arange(-ease, ease + 1) / (ease + 1))
    # A mean of what moves slowly enough moves slowly enough.
    return np.maximum(ndimage.convolve1d(sloped, bell / bell.sum(), mode="nearest"), wanted)
