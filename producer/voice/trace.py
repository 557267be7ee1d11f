"""The cheapest way through a text for what is heard: dynamic time warping in which words may be left out or repeated.

The text is a row of states: a gap, a word's frames, a gap, the next word's frames … a gap. Each frame of the take is in
one state. From one frame to the next it stays, goes on by one, or skips one or two; gaps cost nothing to skip. In a gap
there is silence, or something that is not in the text. From a gap the way may jump ahead (words are missing) or back
(words are said again). All that is taken at a price, so that it happens only where it explains more than it costs.

Several texts are gone through at once, side by side in one row: a step costs hardly more for four than for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_STAY, _SKIP_ONE, _SKIP_TWO = 0.15, 0.15, 0.5
_REACH = 4  # a frame's state is that of the frame before it, or one of the next three
_NEVER = np.float32(1e12)
_BLOCK = 256  # frames whose distances are held at once
_KEPT_BYTES = 48 << 20
"""Of the table of costs, for the way back; a longer one is worked out again block by block."""

Singles = NDArray[np.float32]
Distances = Callable[[int, int], Singles]
"""The distance of frames [start, stop) of the take to every state of all texts, shape (stop - start, states)."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What it costs, in units of a frame's distance."""

    missing: float
    again: float
    stranger: float
    """To begin something that is not in the text …"""
    stranger_frame: float = 1.3
    """… and for each frame of it."""
    missing_frame: float = 0.2
    """For each frame of the words that are left out."""
    again_word: float = float("inf")
    """To say the last word again: people stumble over one word more often than over five."""


@dataclass(frozen=True, slots=True)
class Text:
    """The states of a text of `words` words: which word each belongs to (-1: a gap), and where the gaps are."""

    word: Indices  # shape (states,)
    gaps: Indices  # shape (words + 1,)
    before: Floats = field(init=False)
    """How many frames of words come before each gap."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", np.cumsum(self.word >= 0)[self.gaps].astype(float))


def text_of(frames: list[int]) -> Text:
    """The states of words that have so many frames each, all at least two."""
    word: list[int] = []
    for index, count in enumerate(frames):
        word += [-1, *[index] * count]
    word.append(-1)
    row = np.array(word, np.int64)
    return Text(row, np.flatnonzero(row < 0))


@dataclass(frozen=True, slots=True)
class Way:
    """Which state each frame of the take is in, and what is out of order."""

    states: Indices  # shape (frames,)
    strange: NDArray[np.bool_]  # shape (frames,): something that is not in the text
    jumps: tuple[tuple[int, int, int], ...]
    """(frame, from gap, to gap) in order: ahead leaves the words between out, back says them again."""
    cost: float


def cheapest(
    distances: Distances,
    gap_cost: Floats,
    texts: Sequence[Text],
    prices: Sequence[Prices],
    choices: Sequence[Sequence[int]],
) -> list[tuple[int, Way]]:
    """The way with the least cost through one of the texts of each choice, and the number of that text.

    Args:
        distances: of the take's frames to the states of all texts, one text after the other; what it gives is written
            over. A gap's column is not read.
        gap_cost: of each frame when it is in a gap, shape (frames,): little where it is silent.
        texts: their states; all have as many words.
        prices: of everything out of order, for each text.
        choices: numbers of texts.
    """
    table = _Table(distances, gap_cost.astype(np.float32), texts, prices)
    steps = len(gap_cost)
    spans = [(start, min(start + _BLOCK, steps)) for start in range(0, steps, _BLOCK)]
    most = _KEPT_BYTES // (4 * _BLOCK * table.states)
    begins, kept = [table.start()], list[_Block]()
    for number, span in enumerate(spans):
        block = table.block(*span, begins[-1])
        begins.append(_Begin(block.score[-1].copy(), block.strange[-1].copy()))
        if len(spans) <= most or number == len(spans) - 1:
            kept.append(block)
    every = [_Back(table, number, begins[-1].score, steps) for number in range(len(texts))]
    chosen = [min(among, key=lambda number: every[number].cost) for among in choices]
    backs = [every[number] for number in dict.fromkeys(chosen)]
    for number in reversed(range(len(spans))):
        block = kept.pop() if kept else table.block(*spans[number], begins[number])
        for back in backs:
            back.through(block, begins[number])
    return [(number, every[number].way()) for number in chosen]


@dataclass(frozen=True, slots=True)
class _Begin:
    """The costs up to a frame that is about to be looked at."""

    score: Singles  # shape (states,)
    strange: Singles  # shape (texts, gaps)


@dataclass(frozen=True, slots=True)
class _Block:
    """The costs of frames from `first` on."""

    first: int
    score: Singles  # shape (frames, states): in each state, jumps taken
    rested: Singles  # shape (frames, texts, gaps): in each gap, in silence and without a jump
    strange: Singles  # shape (frames, texts, gaps): in each gap, in something that is not in the text


class _Table:
    """What it costs to be in each state at each frame, for several texts in a row."""

    def __init__(self, distances: Distances, silent: Singles, texts: Sequence[Text], prices: Sequence[Prices]) -> None:
        self.texts, self.prices = texts, prices
        self.states = sum(len(text.word) for text in texts)
        self.offsets = [0, *np.cumsum([len(text.word) for text in texts])[:-1].tolist()]
        self.moves = np.concatenate([moves_of(text) for text in texts], axis=1)
        self.gaps = np.concatenate([text.gaps + offset for text, offset in zip(texts, self.offsets, strict=True)])
        self._shape = (len(texts), len(texts[0].gaps))
        self._distances, self._silent = distances, silent
        self._along = np.stack([_along(*one) for one in zip(texts, prices, strict=True)])
        self._missing = self._along + _column([one.missing for one in prices])
        self._again = _column([one.again for one in prices])
        self._again_word = _column([one.again_word for one in prices])
        self._stranger = _column([one.stranger for one in prices])
        self._stranger_frame = _column([one.stranger_frame for one in prices])

    def start(self) -> _Begin:
        """Before the first frame, which is in the first gap or the first word."""
        score = np.full(self.states, _NEVER, np.float32)
        for offset in self.offsets:
            score[[offset, offset + 1]] = 0.0
        return _Begin(score, np.full(self._shape, _NEVER, np.float32))

    def block(self, first: int, stop: int, begin: _Begin) -> _Block:
        """The costs of frames [first, stop), after what they are at `begin`."""
        gaps = self.gaps
        row = self._distances(first, stop)
        row[:, gaps] = self._silent[first:stop, None]
        rested = np.empty((stop - first, *self._shape), np.float32)
        strange = np.empty_like(rested)
        ahead, back, here = (np.empty(self._shape, np.float32) for _ in range(3))
        before = np.full(_REACH - 1 + self.states, np.inf, np.float32)
        score = before[_REACH - 1 :]
        score[:] = begin.score
        # Row r of it is the score of the state that is r before.
        reached = np.lib.stride_tricks.as_strided(score, (_REACH, self.states), (-score.itemsize, score.itemsize))
        arrived = np.empty((_REACH, self.states), np.float32)
        since = begin.strange
        here[:] = score[gaps].reshape(self._shape)
        for frame in range(stop - first):
            now, silent, odd = row[frame], rested[frame], strange[frame]
            if first + frame:
                np.add(reached, self.moves, out=arrived)
                np.minimum.reduce(arrived, axis=0, out=score)
            np.add(now, score, out=now)
            now.take(gaps, out=silent.reshape(-1))
            np.add(here, self._stranger, out=odd)
            np.minimum(odd, since, out=odd)
            np.add(odd, self._stranger_frame, out=odd)
            since = odd
            np.minimum(odd, silent, out=here)
            np.subtract(here, self._along, out=ahead)
            np.minimum.accumulate(ahead, axis=1, out=ahead)
            np.add(ahead, self._missing, out=ahead)
            np.minimum.accumulate(here[:, ::-1], axis=1, out=back[:, ::-1])
            np.add(back, self._again, out=back)
            np.minimum(ahead, back, out=ahead)
            np.add(here[:, 1:], self._again_word, out=back[:, 1:])
            np.minimum(ahead[:, :-1], back[:, 1:], out=ahead[:, :-1])
            np.minimum(here, ahead, out=here)
            now[gaps] = here.reshape(-1)
            score[:] = now
        return _Block(first, row, rested, strange)

    def source(self, number: int, rested: Singles, gap: int) -> int:
        """The gap from which the cheapest jump to `gap` of a text comes; `rested` is its gaps' cost without a jump."""
        along, prices = self._along[number], self.prices[number]
        ahead, back = rested[: gap + 1] - along[: gap + 1], rested[gap:]
        found = [
            (float(ahead.min() + self._missing[number, gap]), len(ahead) - 1 - int(ahead[::-1].argmin())),
            (float(back.min() + np.float32(prices.again)), gap + int(back.argmin())),
        ]
        if len(back) > 1:
            found.append((float(back[1] + np.float32(prices.again_word)), gap + 1))
        return min(found)[1]


def _column(values: Sequence[float]) -> Singles:
    return np.array(values, np.float32)[:, None]


def _along(text: Text, prices: Prices) -> Singles:
    return np.asarray(prices.missing_frame * text.before, np.float32)


def moves_of(text: Text) -> Singles:
    """The price of staying, and of reaching each state from one, two and three before it, shape (4, states)."""
    gap = text.word < 0
    price = np.empty((_REACH, len(gap)), np.float32)
    price[0] = np.where(gap, 0.0, _STAY)
    price[1:] = np.array([[0.0], [_SKIP_ONE], [_SKIP_TWO]])
    price[2, 1:][gap[:-1]] = 0.0  # over a gap to a word's first frame
    price[3, 1:][gap[:-1]] = _SKIP_ONE
    price[3, 2:][gap[:-2]] = _SKIP_ONE
    for reach in range(1, _REACH):
        price[reach, :reach] = np.inf  # there is none so far before it
    return price


class _Back:
    """The way through one text, from its end."""

    def __init__(self, table: _Table, number: int, score: Singles, steps: int) -> None:
        self._table, self._number = table, number
        self._text = table.texts[number]
        self._offset = table.offsets[number]
        self._gap_number = np.cumsum(self._text.word < 0) - 1
        end = self._offset + len(self._text.word) - 1
        last = end if score[end] <= score[end - 1] else end - 1
        self._state = last - self._offset
        self.cost = float(score[last])
        self._stranger = False
        self._states = np.zeros(steps, np.int64)
        self._strange = np.zeros(steps, np.bool_)
        self._jumps: list[tuple[int, int, int]] = []

    def way(self) -> Way:
        return Way(self._states, self._strange, tuple(reversed(self._jumps)), self.cost)

    def through(self, block: _Block, begin: _Begin) -> None:
        """Over the frames of a block, the last one first; `begin` is what was before its first."""
        text, number, offset = self._text, self._number, self._offset
        moves = self._table.moves
        state, stranger = self._state, self._stranger
        for at in reversed(range(len(block.score))):
            step = block.first + at
            before = block.score[at - 1] if at else begin.score
            gap = int(self._gap_number[state]) if text.word[state] < 0 else -1
            if gap >= 0 and not stranger:
                rested = np.minimum(block.strange[at, number], block.rested[at, number])
                if block.score[at, offset + state] < rested[gap]:
                    source = self._table.source(number, rested, gap)
                    self._jumps.append((step, source, gap))
                    gap, state = source, int(text.gaps[source])
                stranger = bool(block.strange[at, number, gap] < block.rested[at, number, gap])
            self._states[step] = state
            if stranger:
                self._strange[step] = True
                since = block.strange[at - 1, number, gap] if at else begin.strange[number, gap]
                begun = before[offset + state] + np.float32(self._table.prices[number].stranger)
                stranger = bool(since <= begun) and step > 0
            elif step:
                place, most = offset + state, min(_REACH, state + 1)
                reached = before[place - most + 1 : place + 1]
                state -= int((reached[::-1] + moves[:most, place]).argmin())
        self._state, self._stranger = state, stranger
