"""Two renders -> their differences, one entry for each line and cue that is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from producer.diff import courses
from producer.diff.courses import Change
from producer.diff.courses import change as _change
from producer.diff.match import Pairs, pairs, scene_pairs
from producer.diff.moved import LEAST_S, Anchors
from producer.diff.read import Item, Points, Render
from producer.diff.together import in_both, joined
from producer.model.words import fold

VERSION = 1
LEAST_LU = 0.1
_VALUES = {"pan": 1.0, "distance_m": 0.01}  # the least change of a value that is one
_LEAST_VALUE = 1e-4

Sounds = Callable[[str, str], bool]
"""Whether two sound files, by their names in `a` and in `b`, sound alike: told by what is encoded in them."""
_HEARD = ("loudness_lufs", "loudness_range_lu", "true_peak_dbtp")
"""What follows from changes, and is none by itself."""
_NAMES = ("title", "scene", "mix")
"""What of the whole is no sound."""


def document(a: Render, b: Render, sound_alike: Sounds) -> dict[str, Any]:
    """Version 1 of what `render diff --json` says (docs/diff.md); the same renders give the same document."""
    a, b = (replace(one, items=tuple(joined(one.items))) for one in (a, b))
    found = pairs(a, b)
    anchors = Anchors(a, b, found)
    old_of = {id(new): old for old, new in found}
    placed = list(_removed(a, found))
    for one in b.items:
        old = old_of.get(id(one))
        if old is None:
            placed.append((one.start_s, 1, _entry("added", None, one, [])))
        elif changes := list(_changes(old, one, anchors)):
            placed.append((one.start_s, 1, _entry("changed", old, one, changes)))
    placed.sort(key=lambda each: each[:2])
    items = [entry for _, _, entry in placed]
    counts = {
        f"{what}_{state}": sum(
            one["state"] == state and (one["kind"] == "speech") == (what == "lines") for one in items
        )
        for what in ("lines", "cues")
        for state in ("removed", "added", "changed")
    }
    whole = list(_whole(a, b, anchors))
    if not items and all(one["what"] in (*_NAMES, *_HEARD) for one in whole):
        whole += _untold(a, b, sound_alike)
    return {
        "version": VERSION,
        "a": a.folder,
        "b": b.folder,
        "same": not items and not whole,
        "whole": whole,
        "counts": counts,
        "items": items,
    }


def _removed(a: Render, found: Pairs) -> Iterator[tuple[float, int, dict[str, Any]]]:
    """What is gone, at the time in `b` where it would be: as long after what began before it."""
    new_of = {id(old): new for old, new in found}
    shift_s = 0.0
    for one in a.items:
        new = new_of.get(id(one))
        if new is None:
            yield one.start_s + shift_s, 0, _entry("removed", one, None, [])
        else:
            shift_s = new.start_s - one.start_s


def _entry(state: str, old: Item | None, new: Item | None, changes: list[Change]) -> dict[str, Any]:
    one = new or old
    assert one is not None
    return {
        "state": state,
        "kind": one.kind,
        "name": one.name,
        "text": one.text,
        "a": None if old is None else _side(old),
        "b": None if new is None else _side(new),
        "changes": changes,
    }


def _side(one: Item) -> dict[str, Any]:
    return {
        "id": one.id,
        "where": one.where,
        "start_s": round(one.start_s, 3),
        "end_s": round(one.end_s, 3),
        "hit_s": round(one.hit_s, 3),
    }


def _changes(old: Item, new: Item, anchors: Anchors) -> Iterator[Change]:
    if old.text != new.text:
        yield _change("edited" if fold(old.text) != fold(new.text) else "spelling", old.text, new.text)
    if old.name != new.name:
        yield _change("speaker", old.name, new.name)
    if dict(old.source) != dict(new.source):
        yield _change("re-voiced" if new.speech else "re-sounded", dict(old.source), dict(new.source))
    elif new.speech and old.text == new.text and abs(_length_s(new) - _length_s(old)) >= LEAST_S:
        by_s = round(_length_s(new) - _length_s(old), 3)
        yield _change("pace", round(_length_s(old), 3), round(_length_s(new), 3), by_s=by_s)
    yield from _moved(old, new, anchors)
    if not new.speech:
        yield from courses.strikes(old, new)
    yield from _level(old, new)
    for name, (points_a, points_b) in in_both(old, new, old.ramps, new.ramps).items():
        if name != "level_lu":
            yield from _ramp(name, points_a, points_b)
    for name, points in old.ramps.items():
        now = new.ramps.get(name, ())
        if len(now) == len(points) and not any(_ramp(name, points, now)):
            yield from courses.ridden(name, points, now, (old, new), anchors)
    for name, (plain_a, plain_b) in in_both(old, new, old.plain, new.plain).items():
        if plain_a != plain_b:
            yield _change(name, plain_a, plain_b)


def _length_s(one: Item) -> float:
    return one.end_s - one.start_s


def _moved(old: Item, new: Item, anchors: Anchors) -> Iterator[Change]:
    by_s = anchors.line_moved_s(old, new) if new.speech else anchors.cue_moved_s(old, new)
    if abs(by_s) >= LEAST_S:
        yield _change("moved", round(old.hit_s, 3), round(new.hit_s, 3), by_s=round(by_s, 3))
    if new.kind in ("bed", "music"):
        by_s = anchors.cue_ends_s(old, new)
        if abs(by_s) >= LEAST_S:
            yield _change("ends", round(old.end_s, 3), round(new.end_s, 3), by_s=round(by_s, 3))


def _level(old: Item, new: Item) -> Iterator[Change]:
    before, after = old.ramps["level_lu"], new.ramps["level_lu"]
    if len(before) == len(after):
        steps = [was_now[1][1] - was_now[0][1] for was_now in zip(before, after, strict=True)]
        by_lu = max(steps, key=abs)
    else:
        by_lu = _mean(after) - _mean(before)
        if abs(by_lu) < LEAST_LU:
            yield _change("level", _values(before), _values(after))
            return
    if abs(by_lu) >= LEAST_LU - 1e-9:
        what = "louder" if by_lu > 0 else "softer"
        yield _change(what, _values(before), _values(after), by_lu=round(by_lu, 2))


def _ramp(name: str, old: Points | None, new: Points | None) -> Iterator[Change]:
    least = _VALUES.get(name, _LEAST_VALUE)
    if (
        old is None
        or new is None
        or len(old) != len(new)
        or any(abs(a[1] - b[1]) >= least - 1e-9 for a, b in zip(old, new, strict=True))
    ):
        yield _change(name, old and _values(old), new and _values(new))


def _values(points: Points) -> Any:
    return points[0][1] if len(points) == 1 else [value for _, value in points]


def _mean(points: Points) -> float:
    return sum(value for _, value in points) / len(points)


def _whole(a: Render, b: Render, anchors: Anchors) -> Iterator[Change]:
    if a.title != b.title:
        yield _change("title", a.title, b.title)
    if abs(b.length_s - a.length_s) >= LEAST_S:
        yield _change("length_s", round(a.length_s, 3), round(b.length_s, 3), by_s=round(b.length_s - a.length_s, 3))
    yield from _scenes(a, b)
    if a.credits != b.credits:
        yield _change("credits", " ".join(a.credits) or None, " ".join(b.credits) or None)
    yield from courses.hears(a, b, anchors)
    for name in sorted({*a.rooms, *b.rooms}):
        if a.rooms.get(name) != b.rooms.get(name):
            yield _change("room", a.rooms.get(name), b.rooms.get(name), of=name)
    if a.seed != b.seed and None not in (a.seed, b.seed):
        yield _change("seed", a.seed or "its own", b.seed or "its own")
    for place, (name, mix) in enumerate(_mixes(a, b).items()):
        theirs = _mixes(b, a).get(name)
        if theirs is None:
            yield _change("mix", name, None)
        else:
            yield from _figures(name if place else "", mix, theirs)
    yield from (_change("mix", None, name) for name in _mixes(b, a) if name not in _mixes(a, b))


def _scenes(a: Render, b: Render) -> Iterator[Change]:
    same = scene_pairs(a, b)
    known = {id(one) for pair in same for one in pair}
    yield from (_change("scene", one.title, None) for one in a.scenes if id(one) not in known)
    yield from (_change("scene", None, one.title) for one in b.scenes if id(one) not in known)
    yield from (_change("scene", old.title, new.title) for old, new in same if old.title != new.title)
    margins = {(old.margin, new.margin) for old, new in same}
    for old, new in same if len(margins) > 1 else same[:1]:
        if old.margin != new.margin:
            of = {"scene": new.title} if len(margins) > 1 else {}
            yield _change("speech_margin", old.margin, new.margin, **of)


def _untold(a: Render, b: Render, sound_alike: Sounds) -> Iterator[Change]:
    """The mixes that do not sound alike though nothing here says why; of another version every byte may be another."""
    if a.versions is None or a.versions != b.versions:
        return
    files_a, files_b = _files(a, b), _files(b, a)
    for place, name in enumerate(files_a):
        old, new = files_a[name], files_b.get(name, "")
        if _ends_alike(old, new) and not sound_alike(old, new):
            yield _change("sound", old, new, **({"mix": name} if place else {}))


def _mixes(render: Render, other: Render) -> dict[str, Mapping[str, Any]]:
    return {mix: render.mixes[name] for mix, name in _files(render, other).items()}


def _files(render: Render, other: Render) -> dict[str, str]:
    """By the mix's name: files are called after their folder, and folders differ. Of several formats, one of both."""
    formats = {name.rpartition(".")[2] for name in other.mixes}
    found: dict[str, str] = {}
    for name in sorted(render.mixes, key=lambda name: (name.count("."), name.rpartition(".")[2] not in formats)):
        parts = name.split(".")
        found.setdefault(parts[-2] if len(parts) > 2 else "standard", name)
    return found


def _ends_alike(a: str, b: str) -> bool:
    return a.rpartition(".")[2] == b.rpartition(".")[2]


def _figures(mix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    of = {"mix": mix} if mix else {}
    for name in ("profile", "loudness_lufs", "loudness_range_lu", "true_peak_dbtp"):
        was, now = old.get(name), new.get(name)
        if isinstance(was, float | int) and isinstance(now, float | int):
            if abs(now - was) >= LEAST_LU - 1e-9:
                yield _change(name, was, now, by_lu=round(now - was, 2), **of)
        elif was != now:
            yield _change(name, was, now, **of)
