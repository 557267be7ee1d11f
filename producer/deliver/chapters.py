"""Chapters: scenes with a title, and marks that begin one, as one list that every format is written from."""

from __future__ import annotations

import json

from producer.frozen import dataclass
from producer.model.script import Script
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


def _when(begun: tuple[int, str]) -> int:
    return begun[0]


def podcasting_json(found: tuple[Chapter, ...], script: Script) -> str:
    """Podcasting 2.0 JSON chapters. Source: podcast-namespace, jsonChapters 1.2."""
    listed = [{"startTime": c.start_ms / 1000, "endTime": c.end_ms / 1000, "title": c.title} for c in found]
    head = {"version": "1.2.0", "title": script.title, "author": script.writer, "podcastName": script.show}
    whole = {key: value for key, value in head.items() if value} | {"chapters": listed}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
