"""When each word of a text begins in a recording, by laying a reading of which that is known beside it.

Arrays in, onsets out: it serves recorded takes, and any engine that gives no times of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.voice.pairs import FARTHEST, Pair, Reading, gap_cost_of, heard_frames
from producer.voice.spectra import RATE_HZ, Floats, Singles, distances, is_active, levels_db
from producer.voice.trace import Prices, Text, Way, cheapest

HOP_S = 0.01
_SPEECH = 0.15
"""Strange sounds of less than this share of the speech's power are the room's, a breath's or a chair's."""
SHORT_S = 1.2
"""Of speech: a line of a word or two, which another voice may say quite otherwise."""
_SHORT_SCALE = 3.0  # departures are dearer there
_ONE_REMARK_S = 1.0
"""Strange sounds with no longer silence between them are one remark of somebody's."""
_FIRM = 4.0
"""How much dearer it is to leave words out where none was missing at a glance, or something is in their place."""
_TAKES_TIME, _LOUD_DB = 0.3, -12.0
"""Of the time of words that are thought missing, and beside the level of speech: what is in their place."""


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


def align(
    samples: NDArray[np.floating], readings: Sequence[Reading], hop_s: float = HOP_S, *, closely: bool = True
) -> Aligned:
    """The words of a recording, by the one of several readings of the same text that it is most like.

    Args:
        samples: mono, shape (n,), at `RATE_HZ`; silence, noise and breaths at the ends may be there.
        readings: by different voices (a man's, a woman's), at least one; all of the same words, at least one.
        hop_s: from frame to frame. 10 ms tells where words begin, 50 ms is enough to find lines in a long file.
        closely: whether single words that were added or said twice are looked for; only `HOP_S` is fine enough. It has
            no part in `Aligned.cost`.
    """
    return _aligned(samples, [readings], hop_s, closely=closely)[0]


def align_both(
    samples: NDArray[np.floating], readings: Sequence[Reading], hop_s: float = HOP_S
) -> tuple[Aligned, Aligned]:
    """As `align`, and the same for the readings backwards: what a recording of other words is no less like.

    Backwards only `Aligned.cost` is of use, and single words are not looked for. It takes hardly longer than `align`.
    """
    found, back = _aligned(samples, [readings, None], hop_s, closely=True)
    return found, back


def _aligned(
    samples: NDArray[np.floating], asked: Sequence[Sequence[Reading] | None], hop_s: float, *, closely: bool
) -> list[Aligned]:
    """Beside each of several sets of readings: what `align` gives. None is the first set, backwards."""
    hop = round(hop_s * RATE_HZ)
    own, heard, power = heard_frames(samples, hop)
    gap_cost = gap_cost_of(power, own)
    spoken = int(is_active(power).sum()) * hop
    first = asked[0]
    assert first is not None  # backwards is always of something
    sets = [[Pair.of(reading, heard, spoken, own, hop) for reading in first]]
    for more in asked[1:]:
        assert more is None
        sets.append([pair.backwards() for pair in sets[0]])
    scale = (HOP_S / hop_s) ** 0.5
    if is_short(first[0]):
        scale = _SHORT_SCALE
    every = [pair for pairs in sets for pair in pairs]
    count = len(sets[0])
    choices = [range(number * count, (number + 1) * count) for number in range(len(sets))]
    best = _cheapest(every, gap_cost, [_prices(scale)] * len(every), choices)
    # Now that it is known how like this voice is to the reading's, what is none of its words can be told better.
    odd = [number for number, (_, way) in enumerate(best) if way.jumps or way.strange.any()]
    if odd:
        pairs = [best[number][0] for number in odd]
        prices = [_prices(scale, best[number][0].typical(best[number][1])) for number in odd]
        for number, better in zip(odd, _cheapest(pairs, gap_cost, prices), strict=True):
            best[number] = better
    level_db = levels_db(power, own)[0]
    costs = [way.cost for _, way in best]
    if closely and hop_s == HOP_S:
        best[0] = (best[0][0], _closely(*best[0], gap_cost, level_db, scale))
    return [_read(way, pair, hop, len(samples), level_db, cost) for (pair, way), cost in zip(best, costs, strict=True)]


def _cheapest(
    pairs: Sequence[Pair], gap_cost: Floats, prices: Sequence[Prices], choices: Sequence[Sequence[int]] = ()
) -> list[tuple[Pair, Way]]:
    """The way through each of the readings, or through the nearest of each choice; all at once."""
    states = np.concatenate([pair.states for pair in pairs])
    heard = pairs[0].heard

    def distance(start: int, stop: int) -> Singles:
        found = distances(heard[start:stop], states)
        return np.asarray(np.minimum(found, np.float32(FARTHEST), out=found))

    among = choices or [[number] for number in range(len(pairs))]
    found = cheapest(distance, gap_cost, [pair.text for pair in pairs], prices, among)
    return [(pairs[number], way) for number, way in found]


def _closely(pair: Pair, way: Way, gap_cost: Floats, level_db: Floats, scale: float) -> Way:
    """The way in which single words may be too many."""
    prices = _close_prices(scale, pair.typical(way))
    if way.strange.any():  # of which no part should be taken for a word said again
        prices = replace(prices, again_word=prices.again)
    if not way.jumps:
        ((_, way),) = _cheapest([pair], gap_cost, [prices])
    if _has_time_for_missing(way, pair.text, level_db):
        ((_, way),) = _cheapest([pair], gap_cost, [replace(prices, stranger=2.0 * prices.stranger)])
    return way


def _prices(scale: float, typical: float | None = None) -> Prices:
    """What departures cost, in frames of another length `scale` times as much; dearer before a voice is known."""
    if typical is None:
        return Prices(missing=10.0 * scale, again=22.0 * scale, stranger=14.0 * scale)
    frame = float(np.clip(typical + 0.45, 0.7, 1.3))
    return Prices(missing=10.0 * scale, again=20.0 * scale, stranger=10.0 * scale, stranger_frame=frame)


def _close_prices(scale: float, typical: float) -> Prices:
    """What departures cost where none was found at a glance: little for one word too many, much for one missing."""
    return replace(_prices(scale, typical), missing=_FIRM * 10.0 * scale, stranger=15.0 * scale, again_word=6.0 * scale)


def _has_time_for_missing(way: Way, text: Text, level_db: Floats) -> bool:
    """Whether words that were left out were not: something as loud as they are takes their time where they should be.

    In noise a strange voice's words may be dearer than none; then they are there all the same.
    """
    for frame, source, target in way.jumps:
        if target < source:
            continue
        first, last = frame, frame
        while first > 0 and text.word[way.states[first - 1]] < 0:
            first -= 1
        while last + 1 < len(way.states) and text.word[way.states[last + 1]] < 0:
            last += 1
        between = slice(first, last + 1)
        loud = level_db[between] > _LOUD_DB
        if loud.sum() > _TAKES_TIME * (text.before[target] - text.before[source]):
            return True
    return False


def word_spans(
    samples: NDArray[np.floating], rate_hz: int, readings: Sequence[Reading]
) -> tuple[tuple[int, int] | None, ...]:
    """Each word's first sample and the one after its last, for an engine that gives samples and no times.

    Args:
        samples: mono, shape (n,), at `rate_hz`.
        rate_hz: of the samples and of what is returned.
        readings: of the same words by voices that do give times (`reference.references` has them), see `align`.

    Returns:
        One for each word of the readings, in order; None for a word that was not found, which `phrasing.timed_words`
        then shares out by letters.
    """
    scale = rate_hz / RATE_HZ
    low = soxr.resample(np.asarray(samples, np.float64), rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    found = align(low, readings).words
    return tuple(None if word is None else (round(word.start * scale), round(word.end * scale)) for word in found)


def is_short(reading: Reading) -> bool:
    """Whether a line has too few sounds to tell by them that it is not the one: its words are taken to be there."""
    return sum(end - start for start, end in reading.words) < SHORT_S * RATE_HZ


def _read(way: Way, pair: Pair, hop: int, length: int, level_db: Floats, cost: float) -> Aligned:
    """From states to words; of words that were said more than once, the last time counts."""
    text, along = pair.text, pair.along(way)
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
    for index in (number for number, word in enumerate(words) if word is None):
        if missing and missing[-1][1] == index:
            missing[-1] = (missing[-1][0], index + 1)
        else:
            missing.append((index, index + 1))
    return Aligned(
        words=tuple(words),
        missing=tuple(missing),
        again=tuple(again),
        added=_added(way, text, hop, length, level_db),
        unlike=float(along.mean()) if len(along) else FARTHEST,
        cost=cost / len(way.states),
    )


def _added(way: Way, text: Text, hop: int, length: int, level_db: Floats) -> tuple[Added, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], way.strange.view(np.int8), [0]])))
    found: list[Added] = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if float(np.mean(10.0 ** (level_db[start:stop] / 10.0))) < _SPEECH:
            continue
        gap = int(np.searchsorted(text.gaps, way.states[start]))
        heard = Stretch(int(start) * hop, min(length, int(stop) * hop))
        if found and found[-1].before == gap and heard.start - found[-1].heard.end < _ONE_REMARK_S * RATE_HZ:
            found[-1] = Added(gap, Stretch(found[-1].heard.start, heard.end))
        else:
            found.append(Added(gap, heard))
    return tuple(found)
