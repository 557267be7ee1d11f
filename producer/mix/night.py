"""The night mix: one slow gain over the whole programme, drawn ahead, so that its loudness range is small.

The master never compresses: it would undo the balance that the script asks for. Nor does this. What is heard at one
moment is moved alike, so speech stands above its bed as it did, and a door is as far away; only what comes one after
another is brought nearer together, as a patient hand on the volume would that knows the whole episode.

Two curves make the gain. The ride follows the loudness of 3 s around each moment, and of each line as long as it is
said: what is over the programme's loudness comes down by a share of the way, what is under it comes up by the same
share, within limits (`Hand`). So a quiet line, however much silence is around it, comes nearer to the others and never
past them. The share is the least that gives the range asked, in what the master's limiter leaves of it. The guard
brings down what would still startle, a blow or a cry that stands more than `STARTLE_LU` over the programme, and is down
before it strikes. Both know what comes and move slowly, so nothing pumps: no threshold is passed that a sound must
first be heard to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from producer.dsp.envelopes import within_slopes
from producer.dsp.loudness import integrated, loudness_range, lufs
from producer.frozen import dataclass
from producer.later import ndimage
from producer.model.timeline import Timeline
from producer.units import Samples, Span

Floats = NDArray[np.float64]

WINDOW_S = 3.0
"""What the ride listens to, around each moment: the window that a loudness range is measured with."""
DEEPEST_LU = 40.0
"""What is further under the programme than this counts as if it were here: silence has no loudness."""
STARTLE_LU = 6.0
"""So far over the programme may 400 ms of anything be."""
LIFTED_LU = 3.0
"""So far over the programme 400 ms of speech are by nature. A blow is lifted no further than that."""
PASSAGE_S = 4.0
"""What is quiet for less is a pause, and its room does not swell between two words."""
SPARSE_LU = 1.0
"""A line as loud as the others may come up so much with the pauses around it, and be so far over the programme."""
RIDE_DB_PER_S = 6.0
GUARD_DOWN_DB_PER_S = 20.0
GUARD_UP_DB_PER_S = 5.0
GUARD_LEAD_S = 0.1
"""The guard is down this long before a blow."""
SPARE_LU = 0.75
"""Limiter and encoder widen the range by up to half a unit, and meters differ by tenths."""
NEAR_LU = 1.0
"""Where the range asked is out of reach, the mildest hand that comes as near to the nearest does."""
_MOMENT_S = 0.4
_SHORTEST_S = 2.0
"""What is lifted for less is a room dying away after a line, or a breath of it between two."""
_SHARES = tuple(twentieth / 20 for twentieth in range(21))


@dataclass(frozen=True, slots=True)
class Hand:
    """How far quiet passages may come up.

    By no more than `most_db`. What is `fades_lu` under the programme and deeper comes up by less, at `dark_lu` by
    nothing: the tone of an empty room is no passage that one would miss, and a loudness range does not count it.
    """

    most_db: float
    fades_lu: float
    dark_lu: float

    def lift_db(self, passage_lu: Floats, depth_lu: Floats, share: float) -> Floats:
        """How far a passage that is `passage_lu` under the programme comes up where it is `depth_lu` under it."""
        lift = np.minimum(share * np.minimum(passage_lu, self.fades_lu), self.most_db)
        return lift * np.clip((self.dark_lu - depth_lu) / (self.dark_lu - self.fades_lu), 0.0, 1.0)


HANDS = (Hand(12.0, 16.0, 24.0), Hand(15.0, 18.0, 25.0), Hand(18.0, 20.0, 26.0))
"""Tried in this order: each lifts more than the one before, where the range asked cannot be had otherwise."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the hand knows of the script, in samples."""

    lines: tuple[Span, ...] = ()
    rising: tuple[Span, ...] = ()
    """The quiet half of each fade-in: what is lifted there comes up no further than at its end."""
    dying: tuple[Span, ...] = ()
    """The quiet half of each fade-out, where nothing comes up further than at its beginning."""

    @classmethod
    def on(cls, timeline: Timeline) -> Written:
        """The lines of a timeline, and the fades of its beds and music."""
        lasting = [clip for clip in timeline.clips if clip.kind in ("bed", "music")]
        return cls(
            lines=tuple(clip.span for clip in timeline.clips if clip.kind == "speech"),
            rising=tuple(
                Span(clip.span.start, Samples(clip.span.start + clip.fade_in // 2)) for clip in lasting if clip.fade_in
            ),
            dying=tuple(
                Span(Samples(clip.span.end - clip.fade_out // 2), clip.span.end) for clip in lasting if clip.fade_out
            ),
        )


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


def ride(
    powers: Floats,
    seconds_per_hop: float,
    rate_hz: int,
    range_lu: float,
    written: Written | None = None,
    limited: Callable[[Floats], Floats] | None = None,
) -> Ride:
    """The gain that leaves a programme a loudness range of `range_lu`, less `SPARE_LU`, or about as near as it gets.

    What is loud is measured before the limiter: what that holds down is no quieter for less than it takes.

    Args:
        powers: K-weighted mean squares of the whole programme, shape (hops,), as they come to the limiter.
        written: what the script says of it.
        limited: what comes out of the limiter of the programme under a gain, in dB for each hop.
    """
    hop = round(rate_hz * seconds_per_hop)
    heard_of = limited or (lambda db: powers * 10.0 ** (db / 10.0))
    heard = heard_of(np.zeros(len(powers)))
    programme = integrated(heard, seconds_per_hop)
    if not np.isfinite(programme):
        return Ride(np.zeros(max(1, len(powers))), hop)
    known = _Known.of(powers, heard, seconds_per_hop, hop, programme, written or Written())

    def drawn(hand: Hand, share: float) -> Floats:
        db = known.ridden(hand, share)
        return db - _guard(powers * 10.0 ** (db / 10.0), programme, seconds_per_hop)

    tried: list[tuple[float, float, Hand, float]] = []
    for hand, share in product(HANDS, _SHARES):
        db = drawn(hand, share)
        left = loudness_range(heard_of(db), seconds_per_hop)
        if left <= range_lu - SPARE_LU:
            return Ride(db, hop)
        tried.append((left, float(np.vecdot(db, db)), hand, share))
    least = min(left for left, *_ in tried)
    near = least if least <= range_lu else least + NEAR_LU
    _, hand, share = min((one[1:] for one in tried if one[0] <= near), key=lambda one: one[0])
    return Ride(drawn(hand, share), hop)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a programme before it is ridden; arrays of shape (hops,), LU beside the programme."""

    over: Floats  # how far over the programme it is: the 3 s around, or the line that is said
    depth: Floats  # how far under it: the line while one is said, else the 3 s
    passage: Floats  # how far under it for `PASSAGE_S`, at least
    room_db: Floats  # how far it may come up, for its blows
    rising: tuple[slice, ...]
    dying: tuple[slice, ...]
    seconds_per_hop: float

    @classmethod
    def of(
        cls, powers: Floats, heard: Floats, seconds_per_hop: float, hop: int, programme: float, written: Written
    ) -> _Known:
        """What the powers before the limiter and after it tell, and what is `written`."""
        over = np.maximum(_around(powers, WINDOW_S, seconds_per_hop, programme), 0.0)
        under = np.maximum(-_around(heard, WINDOW_S, seconds_per_hop, programme), 0.0)
        said = np.full(len(powers), np.inf)
        for there in _hops(written.lines, hop, len(powers)):
            off = max(programme - _loudness(heard[there], seconds_per_hop), 0.0)
            said[there] = np.minimum(said[there], np.maximum(off, np.minimum(under[there], SPARSE_LU)))
            stands = _loudness(powers[there], seconds_per_hop) - programme
            # What is loud around it, and comes down, takes it no further than to the others.
            over[there] = np.clip(over[there], stands - SPARSE_LU, max(stands, 0.0))
        depth = np.where(np.isfinite(said), said, under)
        return cls(
            over=over,
            depth=depth,
            passage=_lasting(depth, PASSAGE_S, seconds_per_hop),
            room_db=np.maximum(0.0, LIFTED_LU - _loudest(powers, programme, seconds_per_hop)),
            rising=tuple(_hops(written.rising, hop, len(powers))),
            dying=tuple(_hops(written.dying, hop, len(powers))),
            seconds_per_hop=seconds_per_hop,
        )

    def ridden(self, hand: Hand, share: float) -> Floats:
        """The ride in dB: `share` of the way to the programme's loudness."""
        lift = np.minimum(hand.lift_db(self.passage, self.depth, share), self.room_db)
        wanted = np.where(self.over > 0.0, -share * self.over, _lasting(lift, _SHORTEST_S, self.seconds_per_hop))
        for there in self.rising:
            np.minimum(wanted[there], wanted[there.stop - 1], out=wanted[there])
        for there in self.dying:
            np.minimum(wanted[there], wanted[there.start], out=wanted[there])
        step = RIDE_DB_PER_S * self.seconds_per_hop
        # The lower of two curves that may not climb and fall faster: it never lifts what ought to be down.
        return -within_slopes(-wanted, step, step)


def _hops(spans: tuple[Span, ...], hop: int, hops: int) -> Iterator[slice]:
    """The hops that each span meets, without those that meet none of the programme's."""
    for span in spans:
        there = slice(max(0, span.start) // hop, min(hops, -(-span.end // hop)))
        if there.start < there.stop:
            yield there


def _loudness(powers: Floats, seconds_per_hop: float) -> float:
    """Loudness of one line, LUFS."""
    found = integrated(powers, seconds_per_hop)
    return found if np.isfinite(found) else float(lufs(max(powers.mean(), 1e-20)))


def _around(powers: Floats, seconds: float, seconds_per_hop: float, programme: float) -> Floats:
    """Loudness beside the programme's, LU, of a window around each hop; its edges count as they are."""
    width = max(1, round(seconds / seconds_per_hop))
    mean = ndimage.uniform_filter1d(powers, width, mode="nearest")
    floor = 10.0 ** ((programme - DEEPEST_LU + 0.691) / 10.0)
    return lufs(np.maximum(mean, floor)) - programme


def _loudest(powers: Floats, programme: float, seconds_per_hop: float) -> Floats:
    """The loudest 400 ms that each hop is part of, LU over the programme."""
    width = max(1, round(_MOMENT_S / seconds_per_hop))
    moment = ndimage.uniform_filter1d(powers, width, mode="constant")
    return ndimage.maximum_filter1d(lufs(np.maximum(moment, 1e-20)) - programme, width)


def _lasting(values: Floats, seconds: float, seconds_per_hop: float) -> Floats:
    """What of `values`, at least 0, is there for so long; before the programme and after it is nothing.

    A grey opening (J. Serra, Image Analysis and Mathematical Morphology, chapter 12) of one dimension.
    """
    width = max(1, round(seconds / seconds_per_hop))
    edge = np.zeros(width)
    low = ndimage.minimum_filter1d(np.concatenate([edge, values, edge]), width)
    first = width + 1 - width % 2  # a window of even width reaches one further back than on: the way back, further on
    return ndimage.maximum_filter1d(low, width)[first : first + len(values)]


def _guard(powers: Floats, programme: float, seconds_per_hop: float) -> Floats:
    """How far the guard is down, dB: enough for any 400 ms to stand at most `STARTLE_LU` over the programme."""
    width = max(1, round(_MOMENT_S / seconds_per_hop))
    moment = ndimage.uniform_filter1d(powers, width, mode="constant")
    over = np.maximum(0.0, lufs(np.maximum(moment, 1e-20)) - programme - STARTLE_LU)
    held = ndimage.maximum_filter1d(over, 2 * round(GUARD_LEAD_S / seconds_per_hop) + width)
    return within_slopes(held, GUARD_DOWN_DB_PER_S * seconds_per_hop, GUARD_UP_DB_PER_S * seconds_per_hop)
