"""What is said between the silences of a long recording, and how like each of the lines it is that may be in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.later import ndimage
from producer.voice.condition import HOP_S as LEVEL_S
from producer.voice.condition import Levels
from producer.voice.pairs import FARTHEST, Pair, Reading, gap_cost_of, heard_frames
from producer.voice.spectra import RATE_HZ, Floats, Ground, Singles, distances
from producer.voice.trace import moves_of

SILENCE_S = 0.12
"""A silence as long as this may part two lines; the closure of a p or k is shorter."""
_SHORTEST_S = 0.04  # what is shorter is a click
_SMOOTH, _OVER_NOISE_DB, _UNDER_SPEECH_DB = 5, 5.0, 40.0
_LEAD_S = 0.2  # of a silence is looked at; the rest of it tells nothing
_SLACK_S = 0.2  # by which a word or two may be longer or shorter beyond that
_SOFT_S = 0.1  # by which both lengths are longer when they are compared
_ROWS = 32  # frames at once
_KEPT_BYTES = 96 << 20  # of what they cost
_NEVER = np.float32(1e12)


@dataclass(frozen=True, slots=True)
class Spurt:
    """Samples [start, end) of a recording, with silence before and after."""

    start: int
    end: int
    power: float  # mean of it, beside that of the recording's speech

    def silence_s(self, after: Spurt, rate_hz: int) -> float:
        """How long it is silent between this one and a later one."""
        return (after.start - self.end) / rate_hz


@dataclass(frozen=True, slots=True)
class Run:
    """Several spurts in a row beside every line, shape (lines,) both."""

    evidence: Floats
    """How much dearer it is to find the line's sounds in wrong order than the line; -inf where the length is wrong."""
    stretch: Floats
    """How much longer the run is than the line at the recording's tempo, as a logarithm."""


Runs = Mapping[tuple[int, int], Run]
"""For spurts [first, stop)."""


def spurts_of(found: Levels) -> tuple[Spurt, ...]:
    """All that is said, from silence to silence."""
    level = ndimage.uniform_filter1d(found.db, _SMOOTH, mode="nearest")
    loud = level > max(found.noise_db + _OVER_NOISE_DB, found.speech_db - _UNDER_SPEECH_DB)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.view(np.int8), [0]])))
    joined: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if joined and (start - joined[-1][1]) * LEVEL_S < SILENCE_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    power = 10.0 ** ((found.db - found.speech_db) / 10.0)
    return tuple(
        Spurt(start * found.hop, end * found.hop, float(power[start:end].mean()))
        for start, end in joined
        if (end - start) * LEVEL_S >= _SHORTEST_S
    )


class Listener:
    """A recording, ready to be laid beside lines."""

    def __init__(self, low: NDArray[np.float32], spurts: Sequence[Spurt], rate_hz: int, hop_s: float) -> None:
        """Look at all frames.

        Args:
            low: mono, shape (n,), at `RATE_HZ`.
            spurts: what is said in it, by samples at `rate_hz`.
            rate_hz: see `spurts`.
            hop_s: from frame to frame.
        """
        self._hop, self._hop_s = round(hop_s * RATE_HZ), hop_s
        self._own, heard, power = heard_frames(low, self._hop)
        self._every = heard
        kept: list[int] = []
        self._spans: list[tuple[int, int]] = []  # of each spurt, in frames that are kept
        last = 0
        for one in spurts:
            start = max(last, min(int(one.start / rate_hz / hop_s), len(heard) - 1))
            end = max(start + 1, min(int(np.ceil(one.end / rate_hz / hop_s)), len(heard)))
            kept += range(max(last, start - round(_LEAD_S / hop_s)), start)
            self._spans.append((len(kept), len(kept) + end - start))
            kept += range(start, end)
            last = end
        places = np.minimum(np.array(kept, np.int64), len(heard) - 1)
        self._heard: Singles = heard[places]
        self._gap_cost = gap_cost_of(power, self._own)[places].astype(np.float32)

    def runs(self, lines: Sequence[Sequence[Reading]], tempo: float, most: float) -> Runs:
        """Every run of spurts that could be one of the lines by its length, beside all of them.

        Args:
            lines: the readings of each, by as many voices each, all of one word and more.
            tempo: how much slower than they the recording is.
            most: what is so many times as long as a line at that tempo, or as short, is not that line.
        """
        texts = _Texts(lines, tempo, most, self._every, self._own, self._hop)
        found: dict[tuple[int, int], Run] = {}
        kept: dict[int, Singles] = {}
        for first, (start, _) in enumerate(self._spans):
            for frame in [frame for frame in kept if frame < start]:
                del kept[frame]
            for stop, spoken, costs in self._from(first, texts, kept):
                found[first, stop] = Run(*texts.beside(costs, spoken * self._hop_s, self._hop_s))
        return found

    def _from(self, first: int, texts: _Texts, kept: dict[int, Singles]) -> Iterator[tuple[int, int, Singles]]:
        """For each run from a spurt on: where it ends, its frames of speech, and what each text costs in it."""
        walk = texts.start()
        at, spoken = self._spans[first][0], 0
        begins = at
        for number in range(first, len(self._spans)):
            start, stop = self._spans[number]
            spoken += stop - start
            count = texts.as_long_as(spoken * self._hop_s, self._hop_s)
            if not count:
                return
            for low, high in ((at, start), (start, stop)):
                for frame in range(low, high, _ROWS):
                    rows = self._rows(frame, min(frame + _ROWS, high), texts, kept)
                    texts.step(walk, rows, count, fresh=frame == begins)
            at = stop
            yield number + 1, spoken, texts.costs(walk, count)

    def _rows(self, start: int, stop: int, texts: _Texts, kept: dict[int, Singles]) -> Singles:
        """What frames [start, stop) cost in every state. The runs that follow have the same frames: they are kept."""
        if start in kept:
            return kept[start]
        rows = texts.rows(self._heard[start:stop], self._gap_cost[start:stop])
        if sum(one.nbytes for one in kept.values()) < _KEPT_BYTES:
            kept[start] = rows
        return rows


class _Texts:
    """The states of all lines' readings and of the same backwards, in one row; the longest lines first."""

    def __init__(
        self, lines: Sequence[Sequence[Reading]], tempo: float, most: float, heard: Singles, own: Ground, hop: int
    ) -> None:
        self._most = most
        pairs: list[list[Pair]] = []
        for readings in lines:
            length = [sum(end - start for start, end in one.words) for one in readings]
            ahead = [Pair.of(one, heard, round(tempo * n), own, hop) for one, n in zip(readings, length, strict=True)]
            pairs.append([*ahead, *(pair.backwards() for pair in ahead)])
        self._order = np.array(sorted(range(len(pairs)), key=lambda one: -len(pairs[one][0].text.word)), np.int64)
        every = [pair for one in self._order for pair in pairs[one]]
        self._each = len(pairs[0])  # texts of each line
        self._ends = np.cumsum([0, *(len(pair.text.word) for pair in every)])
        self._states = np.concatenate([pair.states for pair in every])
        self._moves = np.concatenate([moves_of(pair.text) for pair in every], axis=1)
        begins = zip(every, self._ends[:-1], strict=True)
        self._gaps = np.concatenate([pair.text.gaps + begin for pair, begin in begins])
        frames = [int((pairs[one][0].text.word >= 0).sum()) for one in self._order]
        self._frames = np.array(frames, np.float64)

    def start(self) -> Singles:
        """What it costs to be in each state before the first frame; a few more before them, which none is in."""
        reach = len(self._moves)
        walk = np.full(reach - 1 + len(self._states), np.inf, np.float32)
        walk[reach - 1 :] = _NEVER
        for later in (0, 1):  # the first gap or the first word
            walk[reach - 1 + self._ends[:-1] + later] = 0.0
        return walk

    def as_long_as(self, spoken_s: float, hop_s: float) -> int:
        """How many lines are not too short for so much speech."""
        return int((self._frames * hop_s * self._most + _SOFT_S >= spoken_s).sum())

    def rows(self, heard: Singles, gap_cost: Singles) -> Singles:
        """What frames cost in every state, shape (frames, states)."""
        found = distances(heard, self._states)
        np.minimum(found, np.float32(FARTHEST), out=found)
        found[:, self._gaps] = gap_cost[:, None]
        return found

    def step(self, walk: Singles, rows: Singles, count: int, *, fresh: bool) -> None:
        """Go on by some frames, in the texts of the longest `count` lines; `fresh`: the first of them begins."""
        reach, end = len(self._moves), int(self._ends[count * self._each])
        score = walk[reach - 1 : reach - 1 + end]
        reached = np.lib.stride_tricks.as_strided(score, (reach, end), (-score.itemsize, score.itemsize))
        moves, arrived = self._moves[:, :end], np.empty((reach, end), np.float32)
        for number, row in enumerate(rows):
            if number or not fresh:
                np.add(reached, moves, out=arrived)
                np.minimum.reduce(arrived, axis=0, out=score)
            np.add(score, row[:end], out=score)

    def costs(self, walk: Singles, count: int) -> Singles:
        """What it costs to have said the longest `count` lines, and backwards: shape (count, 2)."""
        last = len(self._moves) - 1 + self._ends[1 : count * self._each + 1] - 1
        ended = np.minimum(walk[last], walk[last - 1]).reshape(count, 2, -1)
        return np.asarray(ended.min(axis=2))

    def beside(self, costs: Singles, spoken_s: float, hop_s: float) -> tuple[Floats, Floats]:
        """A run's evidence and stretch, in the lines' own order."""
        evidence, stretch = np.full(len(self._order), -np.inf), np.zeros(len(self._order))
        lengths = self._frames[: len(costs)] * hop_s
        said = (costs[:, 0] < _NEVER / 2) & (spoken_s * self._most + _SLACK_S >= lengths)
        which = self._order[: len(costs)][said]
        evidence[which] = (np.minimum(costs[said, 1], _NEVER) - costs[said, 0]) * hop_s
        stretch[which] = np.log((spoken_s + _SOFT_S) / (lengths[said] + _SOFT_S))
        return evidence, stretch
