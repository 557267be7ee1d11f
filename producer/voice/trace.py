"""The cheapest way through a text for what is heard: dynamic time warping in which words may be left out or repeated.

The text is a row of states: a gap, a word's frames, a gap, the next word's frames … a gap. Each frame of the take is in
one state. From one frame to the next it stays, goes on by one, or skips one or two; gaps cost nothing to skip. In a gap
there is silence, or something that is not in the text. From a gap the way may jump ahead (words are missing) or back
(words are said again). All that is taken at a price, so that it happens only where it explains more than it costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_STAY, _SKIP_ONE, _SKIP_TWO = 0.15, 0.15, 0.5
_NEVER = np.float32(1e12)
_BLOCK = 256  # frames whose distances are held at once

Singles = NDArray[np.float32]
Distances = Callable[[int, int], Singles]
"""The distance of frames [start, stop) of the take to every state, shape (stop - start, states)."""


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


def cheapest(distances: Distances, gap_cost: Floats, text: Text, prices: Prices) -> Way:
    """The way with the least cost.

    Args:
        distances: of the take's frames to the states; a gap's column is not read.
        gap_cost: of each frame when it is in a gap, shape (frames,): little where it is silent.
        text: the states.
        prices: of everything out of order.
    """
    steps, states = len(gap_cost), len(text.word)
    gaps = text.gaps
    silent = gap_cost.astype(np.float32)
    stay, one, two, three = _moves(text, states)
    moved = np.zeros((steps, states), np.int8)
    jumped = np.full((steps, len(gaps)), -1, np.int16)
    strange_on = np.zeros((steps, len(gaps)), np.bool_)  # the stranger goes on, rather than begins
    from_strange = np.zeros((steps, len(gaps)), np.bool_)
    score = np.full(states, _NEVER, np.float32)
    score[[0, 1]] = 0.0
    strange = np.full(len(gaps), _NEVER, np.float32)
    number = np.arange(len(gaps))
    block = np.zeros((0, states), np.float32)
    for step in range(steps):
        if step % _BLOCK == 0:
            block = distances(step, min(steps, step + _BLOCK))
            block[:, gaps] = 0.0
        here = score[gaps]
        if step:
            arrived = score + stay
            move = moved[step]
            for reach, price in ((1, one), (2, two), (3, three)):
                other = score[:-reach] + price[reach:]
                better = other < arrived[reach:]
                np.copyto(arrived[reach:], other, where=better)
                move[reach:][better] = reach
            score = arrived
        score = score + block[step % _BLOCK]
        score[gaps] += silent[step]
        begun = here + np.float32(prices.stranger)
        strange_on[step] = strange <= begun
        strange = np.minimum(strange, begun) + np.float32(prices.stranger_frame)
        rested = score[gaps]
        from_strange[step] = strange < rested
        rested = np.minimum(strange, rested)
        best, source = _jumps(rested, text, prices, number)
        use = best < rested
        jumped[step][use] = source[use]
        score[gaps] = np.where(use, best, rested)
    return _way_back(score, moved, jumped, strange_on, from_strange, text)


def _moves(text: Text, states: int) -> tuple[Singles, Singles, Singles, Singles]:
    """The price of staying, and of reaching each state from one, two and three before it."""
    gap = text.word < 0
    stay = np.where(gap, 0.0, _STAY).astype(np.float32)
    one, two, three = (np.full(states, price, np.float32) for price in (0.0, _SKIP_ONE, _SKIP_TWO))
    two[1:][gap[:-1]] = 0.0  # over a gap to a word's first frame
    three[1:][gap[:-1]] = _SKIP_ONE
    three[2:][gap[:-2]] = _SKIP_ONE
    return stay, one, two, three


def _jumps(rested: Singles, text: Text, prices: Prices, number: Indices) -> tuple[Singles, Indices]:
    """The cheapest jump to every gap, and the gap that it comes from."""
    along = np.asarray(prices.missing_frame * text.before, np.float32)
    at = rested - along
    least = np.minimum.accumulate(at)
    ahead = least + along + np.float32(prices.missing)
    ahead_from = np.maximum.accumulate(np.where(at <= least, number, 0))
    turned = rested[::-1]
    least = np.minimum.accumulate(turned)
    back = least[::-1] + np.float32(prices.again)
    back_from = len(number) - 1 - np.maximum.accumulate(np.where(turned <= least, number, 0))[::-1]
    best, source = np.where(ahead < back, ahead, back), np.where(ahead < back, ahead_from, back_from)
    word = rested[1:] + np.float32(prices.again_word)
    better = word < best[:-1]
    best[:-1][better] = word[better]
    source[:-1][better] = number[1:][better]
    return best, source


def _way_back(
    score: Singles,
    moved: NDArray[np.int8],
    jumped: NDArray[np.int16],
    strange_on: NDArray[np.bool_],
    from_strange: NDArray[np.bool_],
    text: Text,
) -> Way:
    steps = len(moved)
    gap_number = np.cumsum(text.word < 0) - 1
    state = len(score) - 1 if score[-1] <= score[-2] else len(score) - 2
    cost = float(score[state])
    states = np.zeros(steps, np.int64)
    strange = np.zeros(steps, np.bool_)
    jumps: list[tuple[int, int, int]] = []
    step, stranger = steps - 1, False
    while step >= 0:
        gap = int(gap_number[state]) if text.word[state] < 0 else -1
        if gap >= 0 and not stranger:
            source = int(jumped[step, gap])
            if source >= 0:
                jumps.append((step, source, gap))
                gap, state = source, int(text.gaps[source])
            stranger = bool(from_strange[step, gap])
        states[step] = state
        if stranger:
            strange[step] = True
            stranger = bool(strange_on[step, gap]) and step > 0
        else:
            state -= int(moved[step, state])
        step -= 1
    return Way(states, strange, tuple(reversed(jumps)), cost)
