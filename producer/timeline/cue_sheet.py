"""The cue sheet: what happens when, at what level, and where the script asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from producer.errors import Place
from producer.model.timeline import ClipKind, Timeline
from producer.timeline.episode import clock
from producer.units import Lu, Samples

RowKind = ClipKind | Literal["scene", "hear", "mark"]


class CueRow(NamedTuple):
    """One row of `render cues`."""

    start: Samples
    """The moment that it is about: a sound's hit, the start of anything else."""
    end: Samples
    time: str
    """`start` as people write it: 1:02.350."""
    kind: RowKind
    id: str
    name: str
    level_lu: Lu | None  # None for what has no level
    where: Place


def cue_sheet(timeline: Timeline) -> tuple[CueRow, ...]:
    """Every scene, clip, `hear` and mark by its time; on one sample scenes come first, then marks, then the rest."""
    return tuple(sorted(_rows(timeline), key=lambda row: (row.start, _ORDER[row.kind])))


_ORDER = {"scene": 0, "mark": 1, "hear": 2, "bed": 3, "music": 4, "speech": 5, "sound": 6}


def _rows(timeline: Timeline) -> Iterator[CueRow]:
    def row(
        start: Samples, end: Samples, kind: RowKind, its_id: str, name: str, level: float | None, place: Place
    ) -> CueRow:
        level_lu = None if level is None else Lu(round(level, 2) + 0.0)
        return CueRow(start, end, clock(start, timeline.rate_hz), kind, its_id, name, level_lu, place)

    for scene in timeline.scenes:
        yield row(scene.span.start, scene.span.end, "scene", scene.id, scene.title, None, scene.place)
    for clip in timeline.clips:
        start = clip.hit if clip.kind == "sound" else clip.span.start
        yield row(start, clip.span.end, clip.kind, clip.id, clip.name, clip.level.first, clip.place)
    for hear in timeline.hears:
        yield row(hear.span.start, hear.span.end, "hear", "", hear.treat, hear.level.first, hear.place)
    for mark in timeline.marks:
        yield row(mark.sample, mark.sample, "mark", "", mark.name, None, mark.place)
