"""What is heard of a sound that moves fast: it comes late by the way it has come, so its pitch is bent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.mix.space import NEAREST_M, SOUND_M_PER_S
from producer.model.timeline import Ramp

Floats = NDArray[np.float64]

FAST_M_PER_S = 4.0
"""A path with a leg faster than this is bent: 20 cents up as it comes, 20 down as it goes. People walk and run."""
_FASTEST_M_PER_S = 200.0
"""No sound overtakes itself: a path that asks for more is heard as if it went at this speed."""
_TURN_S = (0.03, 1.0)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where a path changes its speed: over `half` samples before and after `at`, by `by` metres a sample."""

    at: float
    half: float
    by: float


@dataclass(frozen=True, slots=True)
class Doppler:
    """How late a moving sound is heard, as a function of the time at which it is heard.

    On each leg of its path it is later by the same amount from sample to sample. What passes by does not turn its pitch
    at once: on a straight line past the listener, at `d` metres and `v` metres a second, the turn takes about `d / v`
    before and after the nearest point.
    """

    start: float
    metres: float
    speed: float  # metres a sample, on the first leg
    turns: tuple[_Turn, ...]
    rate_hz: int

    def late(self, at: Floats) -> Floats:
        """Samples by which what is heard at timeline samples `at` is late; any shape, the same out."""
        way = self.metres + self.speed * (at - self.start)
        for turn in self.turns:
            place = np.clip((at - turn.at) / turn.half, -1.0, 1.0)
            beyond = np.maximum(at - turn.at - turn.half, 0.0)
            way = way + turn.by * (turn.half * np.square(place + 1.0) / 4.0 + beyond)
        return np.asarray(way * (self.rate_hz / SOUND_M_PER_S), np.float64)


def doppler(distance: Ramp, rate_hz: int) -> Doppler | None:
    """The bending along `distance`; None for one that is nowhere fast.

    It goes on beyond both ends as it goes within: a sound begins and ends at the pitch of its first and last leg.
    """
    points = [(float(sample), max(metres, NEAREST_M)) for sample, metres in distance.points]
    legs = [(a, b) for a, b in pairwise(points) if b[0] > a[0]]
    most = _FASTEST_M_PER_S / rate_hz
    speeds = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in legs]
    if not speeds or max(map(abs, speeds)) * rate_hz <= FAST_M_PER_S:
        return None
    speeds = [float(np.clip(speed, -most, most)) for speed in speeds]
    turns = tuple(_turn(*legs[i], legs[i + 1][1], speeds[i], speeds[i + 1], rate_hz) for i in range(len(legs) - 1))
    return Doppler(points[0][0], points[0][1], speeds[0], turns, rate_hz)


def _turn(
    before: tuple[float, float],
    here: tuple[float, float],
    after: tuple[float, float],
    coming: float,
    going: float,
    rate_hz: int,
) -> _Turn:
    fastest = max(abs(coming), abs(going), 1e-9)
    half = float(np.clip(1.5 * here[1] / fastest, _TURN_S[0] * rate_hz, _TURN_S[1] * rate_hz))
    half = min(half, (here[0] - before[0]) / 2.0, (after[0] - here[0]) / 2.0)
    return _Turn(here[0], max(1.0, half), going - coming)
