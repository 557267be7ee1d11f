"""Chapters: scenes with a title, as one list that every format is written from."""

from __future__ import annotations

import json
from dataclasses import dataclass

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
    """One chapter per titled scene; the first begins at 0, the last ends with the episode; maybe none.

    What comes before the first titled scene belongs to it; when that is long it is a chapter under the episode's name.
    """
    rate, end = timeline.rate_hz, milliseconds(timeline.duration, timeline.rate_hz)
    starts = [(milliseconds(scene.span.start, rate), scene.title) for scene in timeline.scenes if scene.title]
    if not starts:
        return ()
    if starts[0][0] > 10_000:
        starts.insert(0, (0, script.title))
    else:
        starts[0] = (0, starts[0][1])
    kept = [starts[0]]
    for start, title in starts[1:]:
        if start > kept[-1][0]:
            kept.append((start, title))
    ends = [start for start, _ in kept[1:]] + [end]
    return tuple(Chapter(title, start, stop) for (start, title), stop in zip(kept, ends, strict=True) if stop > start)


def podcasting_json(found: tuple[Chapter, ...], script: Script) -> str:
    """Podcasting 2.0 JSON chapters. Source: podcast-namespace, jsonChapters 1.2."""
    listed = [{"startTime": c.start_ms / 1000, "endTime": c.end_ms / 1000, "title": c.title} for c in found]
    head = {"version": "1.2.0", "title": script.title, "author": script.writer, "podcastName": script.show}
    whole = {key: value for key, value in head.items() if value} | {"chapters": listed}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
