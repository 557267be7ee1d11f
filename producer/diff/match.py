"""Which line and cue of one render is which of the other: by the writer's ids, then by words and roles in order."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from producer.diff.read import Item, Render, Scene
from producer.model.words import fold

LIKE = 0.5
"""Two lines in one place are one line, edited, when their words are at least so alike (difflib's ratio, 0 … 1)."""
_MADE_ID = re.compile(r"(line|speech|sound|cue|bed|music)-\d+(-\d+)?")
_GRID = 4_000_000
"""The most pairs that are weighed against each other; beyond that, equals are paired in order."""

Pairs = list[tuple[Item, Item]]


def pairs(a: Render, b: Render) -> Pairs:
    """Every line and cue that is in both, in the order of `b`."""
    found = _by_id(a.items, b.items)
    found += _lines(*_left(a, b, found, lambda one: one.speech))
    same_line = {id(old): id(new) for old, new in found if old.speech}
    found += _cues(a, b, found, same_line)
    place = {id(item): index for index, item in enumerate(b.items)}
    return sorted(found, key=lambda pair: place[id(pair[1])])


def scene_pairs(a: Render, b: Render) -> list[tuple[Scene, Scene]]:
    """Scenes by their titles, in order; as many as stand between two that are known are the same, renamed."""
    titles = [[one.title for one in side.scenes] for side in (a, b)]
    found: list[tuple[Scene, Scene]] = []
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, titles[0], titles[1], autojunk=False).get_opcodes():
        if what == "equal" or (what == "replace" and i2 - i1 == j2 - j1):
            found += zip(a.scenes[i1:i2], b.scenes[j1:j2], strict=True)
    return found


def _left(a: Render, b: Render, found: Pairs, of: Callable[[Item], bool]) -> tuple[list[Item], list[Item]]:
    taken = {id(one) for pair in found for one in pair}
    first, second = ([one for one in side.items if of(one) and id(one) not in taken] for side in (a, b))
    return first, second


def _by_id(a: Sequence[Item], b: Sequence[Item]) -> Pairs:
    """By ids that a writer gave: those that are counted name another line as soon as one is put in."""
    theirs = {(one.id, one.kind): one for one in b if not _MADE_ID.fullmatch(one.id)}
    return [(one, theirs[one.id, one.kind]) for one in a if (one.id, one.kind) in theirs]


def _said(line: Item) -> tuple[str, ...]:
    return tuple(fold(line.text))


def _lines(a: list[Item], b: list[Item]) -> Pairs:
    keys_a, keys_b = ([(one.name, _said(one)) for one in side] for side in (a, b))
    found: Pairs = []
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, keys_a, keys_b, autojunk=False).get_opcodes():
        if what == "equal":
            found += zip(a[i1:i2], b[j1:j2], strict=True)
        elif what == "replace":
            found += _edited(a[i1:i2], b[j1:j2])
    taken = {id(one) for pair in found for one in pair}
    elsewhere = defaultdict(list)
    for one in b:
        if id(one) not in taken:
            elsewhere[one.name, _said(one)].append(one)
    for one in a:  # said by the same in the same words, at another place
        if id(one) not in taken and elsewhere[one.name, _said(one)]:
            found.append((one, elsewhere[one.name, _said(one)].pop(0)))
    return found


def _edited(a: list[Item], b: list[Item]) -> Pairs:
    if len(a) == len(b) == 1 and a[0].name == b[0].name:
        return [(a[0], b[0])]

    def alike(old: Item, new: Item) -> float:
        ratio = difflib.SequenceMatcher(None, _said(old), _said(new), autojunk=False).ratio()
        return ratio + 0.1 * (old.name == new.name) if ratio >= LIKE else 0.0

    return _in_order(a, b, alike)


def _cues(a: Render, b: Render, found: Pairs, same_line: dict[int, int]) -> Pairs:
    """Cues of one role in their order, those first that hang on the same line."""
    by_role: dict[tuple[str, str], tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate(_left(a, b, found, lambda one: not one.speech)):
        for one in items:
            by_role[one.kind, one.name][side].append(one)
    after_a, after_b = _lines_before(a), _lines_before(b)
    same_scene = {(old.id, new.id) for old, new in scene_pairs(a, b)}

    def near(old: Item, new: Item) -> float:
        before_old, before_new = after_a[id(old)], after_b[id(new)]
        line = before_old is not None and before_new is not None and same_line.get(id(before_old)) == id(before_new)
        neither = before_old is None and before_new is None
        scene = (old.scene, new.scene) in same_scene
        offsets = [one.hit_s - (line.start_s if line else 0.0) for one, line in ((old, before_old), (new, before_new))]
        close = 1.0 / (1.0 + abs(offsets[0] - offsets[1]))
        return 0.1 + 2.0 * (line or neither) + scene + close

    return [pair for olds, news in by_role.values() for pair in _in_order(olds, news, near)]


def _lines_before(render: Render) -> dict[int, Item | None]:
    """The line that was last begun when a cue strikes, of its own scene; the first word is the line's beginning."""
    found: dict[int, Item | None] = {}
    last: dict[str, Item] = {}
    for one in sorted(render.items, key=lambda item: (item.hit_s, not item.speech)):
        if one.speech:
            last[one.scene] = one
        else:
            found[id(one)] = last.get(one.scene)
    return found


def _in_order(a: list[Item], b: list[Item], worth: Callable[[Item, Item], float]) -> Pairs:
    """The pairs that are worth most together, none crossing another; those worth nothing are none."""
    if not a or not b:
        return []
    if len(a) * len(b) > _GRID:
        return list(zip(a, b, strict=False))
    weights = [[worth(old, new) for new in b] for old in a]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            together = best[i + 1][j + 1] + weights[i][j] if weights[i][j] > 0 else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    found: Pairs = []
    i = j = 0
    while i < len(a) and j < len(b):
        if weights[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + weights[i][j]:
            found.append((a[i], b[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
