"""Chapters: scenes with a title, and marks that begin one, as one list that every format is written from."""

from __future__ import annotations

import json
from itertools import groupby

from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.model.script import Mark, Script
from producer.model.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Chapter:
    """Milliseconds from the start; each ends where the next begins."""

    title: str
    start_ms: int
    end_ms: int


def milliseconds(sample: int, rate_hz: int) -> int:
    """The nearest whole millisecond."""
    return round(sample * 1000 / rate_hz)


def chapters(timeline: Timeline, script: Script) -> tuple[Chapter, ...]:
    """One chapter per titled scene and per mark with a chapter; the last ends with the episode; maybe none.

    What comes before the first one belongs to it; when that is long it is a chapter under the episode's name. Of those
    that begin in the same millisecond a mark's is it, for its scene begins with it.
    """
    rate, end = timeline.rate_hz, milliseconds(timeline.duration, timeline.rate_hz)
    starts = [(milliseconds(scene.span.start, rate), scene.title) for scene in timeline.scenes if scene.title]
    marked = [(milliseconds(mark.sample, rate), mark.chapter) for mark in timeline.marks if mark.chapter]
    # a mark may stand before the beginning, or after the end, of what is heard
    starts = list(dict(sorted([*starts, *((min(max(at, 0), end), title) for at, title in marked)], key=_when)).items())
    if not starts:
        return ()
    if starts[0][0] > 10_000:
        starts.insert(0, (0, script.title))
    else:
        starts[0] = (0, starts[0][1])
    ends = [start for start, _ in starts[1:]] + [end]
    return tuple(Chapter(title, start, stop) for (start, title), stop in zip(starts, ends, strict=True) if stop > start)


@dataclass(frozen=True, slots=True)
class _Begun:
    ms: int
    title: str
    place: Place
    scene: str
    marked: bool


def lost(timeline: Timeline, script: Script) -> tuple[Problem, ...]:
    """A problem at every title that `chapters` leaves out because no time would pass in its chapter.

    The title of a scene gives way to a mark of its own that begins with it: as the language has it.
    """
    rate, end = timeline.rate_hz, milliseconds(timeline.duration, timeline.rate_hz)
    scene_of = {item.place: scene.id for scene in script.scenes for item in scene.items if isinstance(item, Mark)}
    begun = [
        _Begun(milliseconds(scene.span.start, rate), scene.title, scene.place, scene.id, False)
        for scene in timeline.scenes
        if scene.title
    ]
    begun += [
        _Begun(milliseconds(mark.sample, rate), mark.chapter, mark.place, scene_of.get(mark.place, ""), True)
        for mark in timeline.marks
        if mark.chapter
    ]
    found = [_after_the_end(one, end) for one in begun if one.ms >= end]
    in_time = sorted((one for one in begun if one.ms < end), key=lambda one: one.ms)
    for _, together in groupby(in_time, key=lambda one: one.ms):
        *others, kept = together
        own = {one.scene for one in (*others, kept) if one.marked}
        found += [_at_once(one, kept) for one in others if one.marked or one.scene not in own]
    return tuple(sorted(found))


def _after_the_end(one: _Begun, end_ms: int) -> Problem:
    what = f"the chapter '{one.title}' has no length: it begins at {_clock(one.ms)}"
    what += f", and the episode ends at {_clock(end_ms)}"
    mend = "give its mark an earlier moment, or put a pause after it" if one.marked else "put a pause in its scene"
    return Problem(one.place, f"{what}; {mend}")


def _at_once(one: _Begun, kept: _Begun) -> Problem:
    file = "" if kept.place.file == one.place.file else f"{kept.place.file}, "
    what = f"the chapter '{one.title}' has no length: '{kept.title}' ({file}line {kept.place.line}) begins when it does"
    return Problem(
        one.place, f"{what}, at {_clock(one.ms)}; let time pass between them, or leave out one of the titles"
    )


def _clock(ms: int) -> str:
    hours, minutes = divmod(ms // 60_000, 60)
    shown = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{shown}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _when(begun: tuple[int, str]) -> int:
    return begun[0]


def podcasting_json(found: tuple[Chapter, ...], script: Script) -> str:
    """Podcasting 2.0 JSON chapters. Source: podcast-namespace, jsonChapters 1.2."""
    listed = [{"startTime": c.start_ms / 1000, "endTime": c.end_ms / 1000, "title": c.title} for c in found]
    head = {"version": "1.2.0", "title": script.title, "author": script.writer, "podcastName": script.show}
    whole = {key: value for key, value in head.items() if value} | {"chapters": listed}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
