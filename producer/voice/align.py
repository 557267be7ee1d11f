"""When each word of a text begins in a recording, by laying a reading of which that is known beside it.

Arrays in, onsets out: it serves recorded takes, and any engine that gives no times of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.voice.spectra import (
    RATE_HZ,
    Floats,
    Ground,
    band_powers,
    distances,
    features,
    ground,
    is_active,
    levels_db,
    slope_step,
)
from producer.voice.trace import Prices, Text, Way, cheapest, text_of

HOP_S = 0.01
_FARTHEST = 3.0  # frames further apart than this are no better or worse
_SILENT, _LOUD = 0.2, 2.4
"""What a frame costs in a gap: as good as silence, and as loud as speech."""
_SLOWEST, _FASTEST = 0.4, 2.5  # a take's tempo beside the reading's


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a text of which every word's time is known.

    Args:
        samples: mono, shape (n,), at `RATE_HZ`.
        words: each spoken word's first sample and the one after its last, in order.
    """

    samples: NDArray[np.float32]
    words: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples [start, end) of the recording, at `RATE_HZ`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Again:
    """Words [first, last) were said a first time here, and once more later; the later time counts."""

    first: int
    last: int
    heard: Stretch


@dataclass(frozen=True, slots=True)
class Added:
    """Something that is not in the text, before word `before`."""

    before: int
    heard: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Where the words are, and where the recording departs from the text."""

    words: tuple[Stretch | None, ...]  # None: missing
    missing: tuple[tuple[int, int], ...]  # words [first, last) each
    again: tuple[Again, ...]
    added: tuple[Added, ...]
    unlike: float
    """Mean distance of the words' frames: 0.4 to 1.1 where the words are the same, above 1.3 where they are not."""
    cost: float
    """Per frame, with everything out of order: to choose between readings."""


def align(samples: NDArray[np.floating], readings: Sequence[Reading], hop_s: float = HOP_S) -> Aligned:
    """The words of a recording, by the one of several readings of the same text that it is most like.

    Args:
        samples: mono, shape (n,), at `RATE_HZ`; silence, noise and breaths at the ends may be there.
        readings: by different voices (a man's, a woman's), at least one; all of the same words, at least one.
        hop_s: from frame to frame. 10 ms tells where words begin, 50 ms is enough to find lines in a long file.
    """
    hop = round(hop_s * RATE_HZ)
    centres = np.arange(0, max(1, len(samples)), hop, dtype=np.int64) + hop // 2
    power = band_powers(samples, centres)
    own = ground(power)
    heard = features(samples, centres, own, own.noise, slope_step())
    gap_cost = _gap_cost(power, own)
    spoken = int(is_active(power).sum()) * hop
    found = [_beside(reading, heard, gap_cost, spoken, own, hop) for reading in readings]
    way, text, distance = min(found, key=lambda one: one[0].cost)
    if way.jumps or way.strange.any():
        # Now that it is known how like this voice is to the reading's, what is none of its words can be told better.
        way = cheapest(distance, gap_cost, text, _prices(_typical(way, text, distance)))
    return _read(way, text, distance, hop, len(samples))


def _typical(way: Way, text: Text, distance: Floats) -> float:
    frames = np.flatnonzero((text.word[way.states] >= 0) & ~way.strange)
    return float(np.median(distance[frames, way.states[frames]])) if len(frames) else _FARTHEST


def _prices(typical: float) -> Prices:
    return Prices(stranger=STR, stranger_frame=float(np.clip(typical + ADD, 0.7, 1.3)), again=AGAIN)


def _gap_cost(power: Floats, own: Ground) -> Floats:
    """What each frame costs when it is no word's: little at the noise's own level, much at the speech's."""
    level, noise = levels_db(power, own)
    low = max(noise + 3.0, -38.0)
    high = max(low + 8.0, -20.0)
    return _SILENT + (_LOUD - _SILENT) * np.clip((level - low) / (high - low), 0.0, 1.0)


def _beside(
    reading: Reading, heard: Floats, gap_cost: Floats, spoken: int, own: Ground, hop: int
) -> tuple[Way, Text, Floats]:
    length = sum(end - start for start, end in reading.words)
    tempo = float(np.clip(spoken / max(length, 1), _SLOWEST, _FASTEST))  # over 1: the take is slower
    counts = [max(2, round((end - start) * tempo / hop)) for start, end in reading.words]
    centres = np.concatenate(
        [
            start + ((np.arange(count) + 0.5) * (end - start) / count).astype(np.int64)
            for count, (start, end) in zip(counts, reading.words, strict=True)
        ]
    )
    whole = ground(band_powers(reading.samples, np.arange(0, len(reading.samples), hop, dtype=np.int64)))
    said = features(reading.samples, centres, whole, own.noise, slope_step(tempo))
    text = text_of(counts)
    distance = np.full((len(heard), len(text.word)), _FARTHEST)
    distance[:, text.word >= 0] = np.minimum(distances(heard, said), _FARTHEST)
    return cheapest(distance, gap_cost, text, Prices()), text, distance


def _read(way: Way, text: Text, distance: Floats, hop: int, length: int) -> Aligned:
    """From states to words; of words that were said more than once, the last time counts."""
    words: list[Stretch | None] = [None] * (len(text.gaps) - 1)
    again: list[Again] = []
    missing: list[tuple[int, int]] = []
    cuts = [0, *(frame + 1 for frame, _, _ in way.jumps), len(way.states)]
    at = text.word[way.states]
    for number, (start, stop) in enumerate(pairwise(cuts)):
        jump = way.jumps[number] if number < len(way.jumps) else None
        for word in np.unique(at[start:stop]):
            if word >= 0:
                frames = np.flatnonzero(at[start:stop] == word) + start
                words[word] = Stretch(int(frames[0]) * hop, min(length, (int(frames[-1]) + 1) * hop))
        if jump is not None and jump[2] < jump[1]:
            first = next((w for w in words[jump[2] : jump[1]] if w is not None), None)
            end = min(length, stop * hop)
            again.append(Again(jump[2], jump[1], Stretch(first.start if first else end, end)))
    for first in (index for index, word in enumerate(words) if word is None):
        if missing and missing[-1][1] == first:
            missing[-1] = (missing[-1][0], first + 1)
        else:
            missing.append((first, first + 1))
    said = at >= 0
    frames = np.flatnonzero(said)
    unlike = float(distance[frames, way.states[frames]].mean()) if len(frames) else _FARTHEST
    return Aligned(
        words=tuple(words),
        missing=tuple(missing),
        again=tuple(again),
        added=_added(way, text, hop, length),
        unlike=unlike,
        cost=way.cost / len(way.states),
    )


def _added(way: Way, text: Text, hop: int, length: int) -> tuple[Added, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], way.strange.view(np.int8), [0]])))
    found = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        gap = int(np.searchsorted(text.gaps, way.states[start]))
        found.append(Added(gap, Stretch(int(start) * hop, min(length, int(stop) * hop))))
    return tuple(found)


STR, ADD, AGAIN = 10.0, 0.35, 22.0
