"""The night mix: one slow gain over the whole programme, drawn ahead, so that its loudness range is small.

The master never compresses: it would undo the balance that the script asks for. Nor does this. What is heard at one
moment is moved alike, so speech stands above its bed as it did, and a door is as far away; only what comes one after
another is brought nearer together, as a patient hand on the volume would that knows the whole episode.

Two curves make the gain. The ride follows the loudness of 3 s around each moment: what is over the programme's
loudness comes down by a share of the way, what is under it comes up by the same share, within limits (`Hand`). The
share is the least that gives the range asked. The guard brings down what would still startle, a blow or a cry that
stands more than `STARTLE_LU` over the programme, and is down before it strikes. Both know what comes and move slowly,
so nothing pumps: no threshold is passed that a sound must first be heard to pass.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from producer.dsp.envelopes import within_slopes
from producer.dsp.loudness import integrated, loudness_range, lufs
from producer.frozen import dataclass
from producer.later import ndimage

Floats = NDArray[np.float64]

WINDOW_S = 3.0
"""What the ride listens to, around each moment: the window that a loudness range is measured with."""
DEEPEST_LU = 40.0
"""What is further under the programme than this counts as if it were here: silence has no loudness."""
STARTLE_LU = 6.0
"""So far over the programme may 400 ms of anything be."""
PASSAGE_S = 4.0
"""What is quiet for less is a pause, and its room does not swell between two words."""
RIDE_DB_PER_S = 6.0
GUARD_DOWN_DB_PER_S = 20.0
GUARD_UP_DB_PER_S = 5.0
GUARD_LEAD_S = 0.1
"""The guard is down this long before a blow."""
SPARE_LU = 0.75
"""Limiter and encoder widen the range by up to half a unit, and meters differ by tenths."""
_MOMENT_S = 0.4
_SHARES = tuple(twentieth / 20 for twentieth in range(21))


@dataclass(frozen=True, slots=True)
class Hand:
    """How far quiet passages may come up.

    By no more than `most_db`. What is `fades_lu` under the programme and deeper comes up by less, at `dark_lu` by
    nothing: the tone of an empty room is no passage that one would miss, and a loudness range does not count it.
    """

    most_db: float
    fades_lu: float = np.inf
    dark_lu: float = np.inf

    def lift_db(self, depth_lu: Floats, share: float) -> Floats:
        """How far what is `depth_lu` under the programme comes up, at a share of the way."""
        lift = np.minimum(share * np.minimum(depth_lu, self.fades_lu), self.most_db)
        if np.isfinite(self.dark_lu):
            lift *= np.clip((self.dark_lu - depth_lu) / (self.dark_lu - self.fades_lu), 0.0, 1.0)
        return lift


HANDS = (
    Hand(12.0, 16.0, 24.0),
    Hand(12.0),
    Hand(15.0, 18.0, 25.0),
    Hand(15.0),
    Hand(18.0, 20.0, 26.0),
    Hand(18.0),
)
"""Tried in this order: each lifts more than the one before, where the range asked cannot be had otherwise."""


@dataclass(frozen=True, slots=True)
class Ride:
    """A gain over the episode: dB in the middle of each `hop` samples, straight lines between."""

    db: Floats
    hop: int

    def gains(self, start: int, stop: int) -> NDArray[np.float32]:
        """Amplitudes at samples [start, stop), shape (stop - start,); a function of position."""
        hops = np.arange(start // self.hop - 1, stop // self.hop + 2)
        known = self.db[np.clip(hops, 0, len(self.db) - 1)]
        db = np.interp(np.arange(start, stop) + 0.5, (hops + 0.5) * self.hop, known)
        return np.asarray(10.0 ** (db / 20.0), np.float32)


def ride(powers: Floats, seconds_per_hop: float, rate_hz: int, range_lu: float) -> Ride:
    """The gain that leaves a programme a loudness range of `range_lu`, less `SPARE_LU`, or as near to it as it gets.

    Args:
        powers: K-weighted mean squares of the whole programme, shape (hops,).
    """
    hop = round(rate_hz * seconds_per_hop)
    programme = integrated(powers, seconds_per_hop)
    if not np.isfinite(programme):
        return Ride(np.zeros(max(1, len(powers))), hop)
    around = _around(powers, WINDOW_S, seconds_per_hop, programme)
    best, least = np.zeros(len(powers)), np.inf
    for hand, share in product(HANDS, _SHARES):
        db = _ridden(around, share, hand, seconds_per_hop)
        db -= _guard(powers * 10.0 ** (db / 10.0), programme, seconds_per_hop)
        left = loudness_range(powers * 10.0 ** (db / 10.0), seconds_per_hop)
        if left < least:
            best, least = db, left
        if left <= range_lu - SPARE_LU:
            break
    return Ride(best, hop)


def _around(powers: Floats, seconds: float, seconds_per_hop: float, programme: float) -> Floats:
    """Loudness beside the programme's, LU, of a window around each hop; its edges count as they are."""
    width = max(1, round(seconds / seconds_per_hop))
    mean = ndimage.uniform_filter1d(powers, width, mode="nearest")
    floor = 10.0 ** ((programme - DEEPEST_LU + 0.691) / 10.0)
    return lufs(np.maximum(mean, floor)) - programme


def _ridden(around: Floats, share: float, hand: Hand, seconds_per_hop: float) -> Floats:
    """The ride in dB: `share` of the way to the programme's loudness."""
    lift = hand.lift_db(np.maximum(-around, 0.0), share)
    passages = ndimage.grey_opening(lift, (max(1, round(PASSAGE_S / seconds_per_hop)),))
    wanted = np.where(around > 0.0, -share * around, passages)
    step = RIDE_DB_PER_S * seconds_per_hop
    # The lower of two curves that may not climb and fall faster: it never lifts what ought to be down.
    return -within_slopes(-wanted, step, step)


def _guard(powers: Floats, programme: float, seconds_per_hop: float) -> Floats:
    """How far the guard is down, dB: enough for any 400 ms to stand at most `STARTLE_LU` over the programme."""
    width = max(1, round(_MOMENT_S / seconds_per_hop))
    moment = ndimage.uniform_filter1d(powers, width, mode="constant")
    over = np.maximum(0.0, lufs(np.maximum(moment, 1e-20)) - programme - STARTLE_LU)
    held = ndimage.maximum_filter1d(over, 2 * round(GUARD_LEAD_S / seconds_per_hop) + width)
    return within_slopes(held, GUARD_DOWN_DB_PER_S * seconds_per_hop, GUARD_UP_DB_PER_S * seconds_per_hop)
