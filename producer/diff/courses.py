"""What happens in time: blows one after another, values that move, and what stands between the listener and a scene."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from producer.diff.match import scene_pairs
from producer.diff.moved import Anchors, differs
from producer.diff.read import Hear, Item, Points, Render

Change = dict[str, Any]
"""`what` changed, `from` and `to`, and `by_lu` or `by_s` where it is a level or a time."""


def change(what: str, old: object, new: object, **more: object) -> Change:
    """One change as the document has it."""
    return {"what": what, "from": old, "to": new, **more}


def strikes(old: Item, new: Item) -> Iterator[Change]:
    """How often and how fast something strikes. A bed strikes until it ends, which is told of its end."""
    hits_a, hits_b = old.hits_s or (old.hit_s,), new.hits_s or (new.hit_s,)
    if len(hits_a) != len(hits_b) and old.kind == "sound":
        yield change("strikes", len(hits_a), len(hits_b))
    gaps_a, gaps_b = ([after - before for before, after in pairwise(hits)] for hits in (hits_a, hits_b))
    both = min(len(gaps_a), len(gaps_b))
    if not any(differs(*gaps) for gaps in zip(gaps_a, gaps_b, strict=False)):
        return
    means = [sum(gaps[:both]) / both for gaps in (gaps_a, gaps_b)]
    if differs(*means):
        yield change("every", *(round(mean, 3) for mean in means))
    else:  # faster and slower at other places
        yield change("every", *([round(gap, 3) for gap in gaps[:both]] for gaps in (gaps_a, gaps_b)))


def ridden(name: str, old: Points, new: Points, clips: tuple[Item, Item], anchors: Anchors) -> Iterator[Change]:
    """When a value moves that has the same values in both; its moments hang on what a cue or bed does, too."""
    if len(old) == 1:
        return
    was, now = clips
    shifts = [now.start_s - was.start_s, now.hit_s - was.hit_s, now.end_s - was.end_s]
    moved = None
    for at, ((a_s, _), (b_s, _)) in enumerate(zip(old, new, strict=True)):
        shift_s = b_s - a_s
        if any(not differs(shift_s, held) for held in shifts) or not anchors.moment_moved_s(a_s, b_s):
            shifts.append(shift_s)
        elif 0 < at < len(old) - 1 and not differs(_share(old, at) * (new[-1][0] - new[0][0]), b_s - new[0][0]):
            continue  # a leg of a path, which takes its part of the time
        elif moved is None:
            moved = a_s, b_s
    if moved is None:
        return
    legs_a, legs_b = _legs_s(old), _legs_s(new)
    if any(differs(*legs) for legs in zip(legs_a, legs_b, strict=True)):
        yield change("over", _one(legs_a), _one(legs_b), of=name)
    else:
        by_s = anchors.moment_moved_s(*moved)
        yield change("moves", round(moved[0], 3), round(moved[1], 3), by_s=round(by_s, 3), of=name)


def _share(points: Points, at: int) -> float:
    whole_s = points[-1][0] - points[0][0]
    return (points[at][0] - points[0][0]) / whole_s if whole_s else 0.0


def _legs_s(points: Points) -> list[float]:
    """How long each movement takes."""
    return [round(after[0] - before[0], 3) for before, after in pairwise(points) if after[1] != before[1]]


def _one(values: list[float]) -> float | list[float]:
    return values[0] if len(values) == 1 else values


def hears(a: Render, b: Render, anchors: Anchors) -> Iterator[Change]:
    """What stands between the listener and the scenes that are in both; of others it is gone or new with them."""
    for old_scene, new_scene in scene_pairs(a, b):
        olds = [one for one in a.hears if one.scene == old_scene.id]
        news = [one for one in b.hears if one.scene == new_scene.id]
        treats_a, treats_b = ([one.treat for one in side] for side in (olds, news))
        for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, treats_a, treats_b, autojunk=False).get_opcodes():
            if what == "equal" or (what == "replace" and i2 - i1 == j2 - j1):
                for old, new in zip(olds[i1:i2], news[j1:j2], strict=True):
                    yield from _hear(old, new, new_scene.title, anchors)
            else:
                yield from (change("hear", one.treat, None, **_there(one, old_scene.title)) for one in olds[i1:i2])
                yield from (change("hear", None, one.treat, **_there(one, new_scene.title)) for one in news[j1:j2])


def _there(hear: Hear, scene: str) -> dict[str, Any]:
    return {"scene": scene, "where": hear.where, "start_s": round(hear.start_s, 3)}


def _hear(old: Hear, new: Hear, scene: str, anchors: Anchors) -> Iterator[Change]:
    there = {"treat": new.treat, **_there(new, scene)}
    if old.treat != new.treat:
        yield change("hear", old.treat, new.treat, **_there(new, scene))
    if old.level_lu != new.level_lu:
        yield change("hear", _one([*old.level_lu]), _one([*new.level_lu]), of="level", **there)
    begins_by_s = anchors.moment_moved_s(old.start_s, new.start_s)
    goes_by_s = anchors.moment_moved_s(old.goes_s, new.goes_s)
    if not differs(new.start_s - old.start_s, new.goes_s - old.goes_s):
        goes_by_s = 0.0
    for what, was_s, now_s, by_s in (
        ("begins", old.start_s, new.start_s, begins_by_s),
        ("ends", old.goes_s, new.goes_s, goes_by_s),
    ):
        if differs(0.0, by_s):
            yield change("hear", round(was_s, 3), round(now_s, 3), by_s=round(by_s, 3), of=what, **there)
    for what, was_s, now_s in (("over", old.over_s, new.over_s), ("ends over", old.goes_over_s, new.goes_over_s)):
        if differs(was_s, now_s):
            yield change("hear", round(was_s, 3), round(now_s, 3), of=what, **there)
