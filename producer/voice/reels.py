"""One long file with all that a character says, cut into its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import soxr

from producer.frozen import dataclass
from producer.voice import condition
from producer.voice.naming import Speech
from producer.voice.pairs import Reading
from producer.voice.reference import Reference
from producer.voice.shares import Share, shares
from producer.voice.spectra import RATE_HZ, Floats, Singles
from producer.voice.spurts import Listener, Spurt, spurts_of

_HOP_S, _LONG_HOP_S = 0.03, 0.1
"""Enough to tell lines; their words are then found in each line by itself. The hop grows with the length, or half an
hour would take minutes."""
_FRAMES = 11_000
_ROUGHLY = 2.0  # times as far from frame to frame when only the tempo is asked for
_ANY_TEMPO, _SAME_TEMPO = 2.3, 1.8
"""How many times as long as a line, or as short, it may be said: before the recording's tempo is known, and after."""
_EDGE_S = 0.8  # of silence, kept at either end where there is so much
_FOREIGN = 0.15  # of the speech's power: what is softer is the room's, a breath or a chair, and may stay with a line
_TAIL_S = 0.25  # after which something soft is no longer the end of a word


@dataclass(frozen=True, slots=True)
class Cut:
    """Samples [start, end) of the file, in which a line is said."""

    speech: Speech
    start: int
    end: int
    times: int
    """How often the line was said; the last time is the one that is cut out."""


def cut_reel(
    raw: Floats, rate_hz: int, said: Sequence[Speech], beside: Mapping[Speech, Reference]
) -> tuple[tuple[Cut, ...], tuple[Speech, ...]]:
    """Where the lines of a character are in one recording, and those that are not in it.

    Cuts are made in silence only, so no line loses a word to another. A line that was said again at once is taken as it
    was said last. What is said between lines is left out.

    Args:
        raw: shape (n,).
        rate_hz: of the recording.
        said: the lines, in the order in which they are said.
        beside: each as the default voices read it.
    """
    clean = condition.cleaned(raw, rate_hz)
    levels = condition.levels(clean, rate_hz)
    spurts = spurts_of(levels)
    lines = [one for one in said if beside[one].words]
    if not spurts or not lines:
        return (), tuple(said)
    low = soxr.resample(clean, rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    found = _shared(low, spurts, [beside[one].readings for one in lines], rate_hz)
    owned = {number for share in found if share is not None for number in range(share.first, share.stop)}
    cuts = [
        _cut(one, share, spurts, owned, levels, rate_hz, len(raw))
        for one, share in zip(lines, found, strict=True)
        if share is not None
    ]
    there = {cut.speech for cut in cuts}
    return tuple(cuts), tuple(one for one in said if one not in there)


def _shared(
    low: Singles, spurts: Sequence[Spurt], lines: Sequence[Sequence[Reading]], rate_hz: int
) -> tuple[Share | None, ...]:
    """What each line has of the spurts: roughly, which tells the recording's tempo, and then by that."""
    hop_s = min(max(_HOP_S, len(low) / RATE_HZ / _FRAMES), _LONG_HOP_S)
    tempo = 1.0
    for every_s, most in ((hop_s * _ROUGHLY, _ANY_TEMPO), (hop_s, _SAME_TEMPO)):
        runs = Listener(low, spurts, rate_hz, every_s).runs(lines, tempo, most)
        found = shares(spurts, runs, len(lines), rate_hz)
        stretches = [runs[one.first, one.stop].stretch[number] for number, one in enumerate(found) if one is not None]
        tempo = float(np.exp(np.median(stretches))) if stretches else 1.0
    return found


def _cut(
    speech: Speech,
    share: Share,
    spurts: Sequence[Spurt],
    owned: set[int],
    levels: condition.Levels,
    rate_hz: int,
    length: int,
) -> Cut:
    """A line's spurts with the silence around them, and what is softer there: a breath, the end of a word."""
    edge, tail = round(_EDGE_S * rate_hz), round(_TAIL_S * rate_hz)
    first, last = spurts[share.first].start, spurts[share.stop - 1].end
    others = [one for number, one in enumerate(spurts) if number in owned or one.power >= _FOREIGN]
    before = max((one.end for one in others if one.end <= first), default=None)
    after = min((one.start for one in others if one.start >= last), default=None)
    for one in spurts[share.stop :]:
        if (after is not None and one.start >= after) or one.start - last > tail:
            break
        last = one.end
    left = 0 if before is None else condition.parting(levels, before, first)
    right = length if after is None else condition.parting(levels, last, after)
    return Cut(speech, max(left, first - edge, 0), min(right, last + edge, length), share.times)
