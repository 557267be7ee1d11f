"""Short damped tones by the hundred: drops, bubbles, sparks and pebbles, each with a pitch, a decay and a grain."""

from __future__ import annotations

from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from producer.foley.events import Grains, Singles
from producer.foley.wander import Floats
from producer.frozen import dataclass

STARTS_S = 0.0003
_FASTEST_S = 1e-4
RATIOS = (0.57, 1.37, 1.83, 2.59)
"""Of a broken edge's other tones to its first; no two of them near a small whole ratio."""


@dataclass(frozen=True, slots=True)
class Pings:
    """Every field but the last has shape (pings,)."""

    pitch_hz: Floats
    falls_s: Floats
    """Time to fall to 1/e."""
    dense: Floats
    """0: a pure tone, as of a bubble; 1: five that share nothing, as of a broken edge."""
    begun: Floats
    """Even in [0, 1): tells pings of one pitch apart."""
    rise: Floats = field(default_factory=lambda: np.zeros(1))
    """Share by which the pitch rises over its first decay."""

    def where(self, chosen: NDArray[np.bool_]) -> Pings:
        """Only those chosen, in the same order."""
        rise = np.broadcast_to(self.rise, self.pitch_hz.shape)
        return Pings(self.pitch_hz[chosen], self.falls_s[chosen], self.dense[chosen], self.begun[chosen], rise[chosen])

    def grains(self, length: int, rate_hz: int, parts: int = len(RATIOS)) -> Grains:
        """Makes them, `length` samples each; a ping that has not died by then is led out over its last fifth.

        Args:
            parts: how many tones beside the first a dense one has at most; each costs as much as the first.
        """
        time_s = (np.arange(length) / rate_hz).astype(np.float32)
        pitch = _rows(2.0 * np.pi * np.minimum(self.pitch_hz, _top(rate_hz)))
        falls = _rows(np.maximum(self.falls_s, _FASTEST_S))
        dense, others = _rows(self.dense), []
        for part, ratio in enumerate(RATIOS[:parts]):
            stray = (self.begun * (3.7 + part)) % 1.0
            top = np.minimum(ratio * (0.92 + 0.16 * stray), _top(rate_hz) / np.minimum(self.pitch_hz, _top(rate_hz)))
            others.append((_rows(top), _rows(self.dense * 0.8 / ratio**0.5), _rows(2.0 * np.pi * stray)))
        rise = _rows(np.broadcast_to(self.rise, self.pitch_hz.shape))
        # Half of them begin downwards, so that many together leave no offset.
        signs = _rows(np.where(self.begun < 0.5, 1.0, -1.0))
        # What breaks starts at once; a bubble swells over a good part of its first turn.
        starts = _rows(np.where(self.dense > 0.0, STARTS_S, np.maximum(STARTS_S, 0.4 / self.pitch_hz)))
        ends = np.minimum((np.float32(length / rate_hz) - time_s) / np.float32(0.2 * length / rate_hz), np.float32(1.0))

        def made(chosen: slice) -> Singles:
            fallen = time_s / falls[chosen]
            np.minimum(fallen, np.float32(60.0), out=fallen)
            turn = time_s + (rise[chosen] * falls[chosen]) * np.minimum(fallen, np.float32(3.0)) ** 2 * np.float32(0.5)
            turn *= pitch[chosen]
            sound = np.sin(turn)
            for ratio, weight, phase in others if dense[chosen].any() else ():
                sound += weight[chosen] * np.sin(ratio[chosen] * turn + phase[chosen])
            np.negative(fallen, out=fallen)
            sound *= np.exp(fallen)
            sound *= np.minimum(time_s / starts[chosen], ends)
            tone: Singles = sound * signs[chosen]
            return tone

        return made


def _top(rate_hz: int) -> float:
    """Hz: a tone above it would fold, or be heard at one usual rate and not at another."""
    return min(19_500.0, 0.45 * rate_hz)


def _rows(values: Floats) -> Singles:
    return np.asarray(values, np.float32)[:, None]
