"""What has moved by itself, and what was only carried along.

Everything after an inserted line is later; none of it has moved. A thing has stayed where it was when it lies as far as
before from something that it can hang on: a line from the end of what was said before it, a cue or a bed from a word,
a scene's edge, or a cue before it.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from producer.diff.match import Pairs, scene_pairs
from producer.diff.read import Item, Render
from producer.frozen import dataclass
from producer.model.words import fold

LEAST_S = 0.001
_NEAR_S = 30.0
"""How far from a cue the words are looked for that it may hang on."""
_ROUNDING_S = 5e-5  # two programmes of different rates round to different samples
_GRID_S = 0.105
"""By so much at most a scene ends later than what is in it: on a multiple of 4,608 samples at 44.1 kHz."""


def differs(a_s: float, b_s: float) -> bool:
    """Whether two times are told apart."""
    return abs(b_s - a_s) >= LEAST_S - _ROUNDING_S


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """A moment that is in both renders."""

    a_s: float
    b_s: float

    @property
    def shift_s(self) -> float:
        return self.b_s - self.a_s


class Anchors:
    """The moments of two renders that belong together."""

    def __init__(self, a: Render, b: Render, pairs: Pairs) -> None:
        by_b = {id(new): old for old, new in pairs}
        self._reordered = _reordered(a, pairs)
        before_b = _before(b)
        old_of = {id(new): id(old) for old, new in pairs}
        new_of = {id(old): id(new) for old, new in pairs}
        self._follows_same = {
            new_of[one]
            for one, before in _before(a).items()
            if one in new_of and before == old_of.get(before_b[new_of[one]], 0)
        }
        self._gaps_s = _gaps_s(a) | _gaps_s(b)
        scenes = scene_pairs(a, b)
        self._starts = {old.id: Anchor(old.start_s, new.start_s) for old, new in scenes}
        self._ends_s = {old.id: old.end_s for old, _ in scenes}
        ends = [Anchor(old.end_s, new.end_s) for old, new in scenes]
        self._edges = [*self._starts.values(), *ends, Anchor(0.0, 0.0), Anchor(a.length_s, b.length_s)]
        self._by_line = {id(old): sorted(_words(old, new)) for old, new in pairs if old.speech}
        cues = [(old, new) for old, new in pairs if not old.speech]
        self._cues = sorted(Anchor(*at) for old, new in cues for at in ((old.hit_s, new.hit_s), (old.end_s, new.end_s)))
        self._held = {
            id(new) for new in b.items if id(new) in by_b and new.speech and self._follows(by_b[id(new)], new)
        }
        self._words = sorted(one for old, new in pairs if id(new) in self._held for one in self._by_line[id(old)])
        self._inner = [(old, self._by_line[id(old)]) for old, new in pairs if old.speech and id(new) not in self._held]
        self._breaks_s = sorted(old.start_s for old, _ in self._inner)

    def line_moved_s(self, old: Item, new: Item) -> float:
        """By how much a line is later after what it follows; 0.0 where it was only carried along."""
        if id(new) in self._reordered:
            return new.start_s - old.start_s
        if id(new) in self._held:
            return 0.0
        gap = self._gaps_s[id(new)] - self._gaps_s[id(old)]
        shift_s = new.start_s - old.start_s
        if id(new) not in self._follows_same:
            return 0.0  # another line came, went or moved before it: that is what is told
        before = (one for one in _around(self._cues, old.start_s) if one.a_s <= old.start_s + LEAST_S)
        return 0.0 if _any(before, shift_s) else gap

    def cue_moved_s(self, old: Item, new: Item) -> float:
        """By how much a cue or bed is later beside the nearest word of its own; 0.0 where something holds it.

        Another sound in its place may strike later in itself: it has not moved when its beginning or its hit holds.
        """
        own = [self._start(old)]
        if self._held_by(old, old.start_s, new.start_s, own)[0]:
            return 0.0
        holds, by_s = self._held_by(old, old.hit_s, new.hit_s, own)
        return 0.0 if holds else by_s

    def moment_moved_s(self, a_s: float, b_s: float) -> float:
        """By how much a moment inside of something (a ride's, a treatment's) is later; 0.0 where something holds it."""
        holds, by_s = self._held_by(None, a_s, b_s, self._edges)
        return 0.0 if holds else by_s

    def cue_ends_s(self, old: Item, new: Item) -> float:
        """By how much a bed ends later beside the nearest word or scene's edge; 0.0 where something holds its end."""
        holds, by_s = self._held_by(old, old.end_s, new.end_s, [*self._edges, Anchor(old.start_s, new.start_s)])
        return 0.0 if holds else by_s

    def _start(self, old: Item) -> Anchor:
        return self._starts.get(old.scene, Anchor(0.0, 0.0))

    def _held_by(self, old: Item | None, a_s: float, b_s: float, edges: list[Anchor]) -> tuple[bool, float]:
        """Whether something holds a moment; and by how much it is later beside the nearest of that which is before it.

        A scene's end that is still to come moves along with what comes before it, or by a little less (scenes end on a
        grid). So it holds what is at that end; and what hung on it while words came or went between the two.
        """
        words = _around(self._words, a_s)
        words += [one for line, said in self._inner if line.start_s - LEAST_S <= a_s for one in _around(said, a_s)]
        broken_s = next((one for one in self._breaks_s if one > a_s), float("inf"))
        words = [one for one in words if one.a_s < broken_s]  # what follows a moved line goes with it
        own = set() if old is None else {old.hit_s, old.end_s}
        cues = (one for one in _around(self._cues, a_s) if one.a_s not in own and one.a_s < a_s)
        near = [*words, *edges]
        before = sorted((one for one in near if one.a_s <= a_s + LEAST_S), key=lambda one: -one.a_s)
        nearest = (before or [min(near, key=lambda one: one.a_s)])[0]
        following = min((one for one in words if one.a_s > a_s + LEAST_S), default=nearest)
        if not differs(following.shift_s, nearest.shift_s):
            edges = [one for one in edges if one.a_s <= a_s + _GRID_S]
        shift_s = b_s - a_s
        if old is not None and old.scene in self._ends_s:  # beyond its scene's end all is rounded to the grid
            beside = (
                one
                for one in before
                if one.a_s < self._ends_s[old.scene] - LEAST_S or abs(shift_s - one.shift_s) >= _GRID_S
            )
            nearest = next(beside, nearest)
        return any(_any(ones, shift_s) for ones in (words, edges, cues)), shift_s - nearest.shift_s

    def _follows(self, old: Item, new: Item) -> bool:
        """Whether a line comes as long as before after the line before it, or its scene's beginning."""
        by_s = self._gaps_s[id(new)] - self._gaps_s[id(old)]
        return not differs(0.0, by_s) or _any([self._start(old)], new.start_s - old.start_s)


def _reordered(a: Render, pairs: Pairs) -> set[int]:
    """The fewest lines of `b` without which all others follow each other as they did."""
    place = {id(one): index for index, one in enumerate(a.items)}
    lines = [(place[id(old)], id(new)) for old, new in pairs if old.speech]
    tails: list[int] = []  # the lowest last place of a run of each length, and which line that is
    ends: list[int] = []
    before: list[int] = []
    for index, (at, _) in enumerate(lines):
        length = bisect_left(tails, at)
        before.append(ends[length - 1] if length else -1)
        tails[length:] = [at, *tails[length + 1 :]]
        ends[length:] = [index, *ends[length + 1 :]]
    kept, index = set(), ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return {new for index, (_, new) in enumerate(lines) if index not in kept}


def _before(render: Render) -> dict[int, int]:
    """Of each line, the one before it; 0 where it is the first."""
    lines = [id(one) for one in render.items if one.speech]
    return dict(zip(lines, [0, *lines], strict=False))


def _gaps_s(render: Render) -> dict[int, float]:
    """Of each line: how long after the end of the line before it, or the episode's beginning, it begins."""
    found, before_s = {}, 0.0
    for line in render.items:
        if line.speech:
            found[id(line)] = line.start_s - before_s
            before_s = line.end_s
    return found


def _any(anchors: Iterable[Anchor], shift_s: float) -> bool:
    return any(not differs(one.shift_s, shift_s) for one in anchors)


def _around(anchors: list[Anchor], a_s: float) -> list[Anchor]:
    first = bisect_left(anchors, a_s - _NEAR_S, key=lambda one: one.a_s)
    return anchors[first : bisect_right(anchors, a_s + _NEAR_S, key=lambda one: one.a_s)]


def _words(old: Item, new: Item) -> Iterable[Anchor]:
    yield Anchor(old.start_s, new.start_s)
    yield Anchor(old.end_s, new.end_s)
    said = [["".join(fold(word[0])) for word in one.words] for one in (old, new)]
    for i, j, size in difflib.SequenceMatcher(None, said[0], said[1], autojunk=False).get_matching_blocks():
        for step in range(size):
            (_, a1, a2), (_, b1, b2) = old.words[i + step], new.words[j + step]
            yield Anchor(a1, b1)
            yield Anchor(a2, b2)
