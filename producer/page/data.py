"""What the page's programs read: one compact JSON document, safe inside `<script type="application/json">`.

Times are whole milliseconds. docs/page.md has the form; the studio reads the same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.model.timeline import Clip, Ramp, Timeline
from producer.page.values import Shown

VERSION = 1
KINDS = ("speech", "sound", "bed", "music")
LOWEST_DB = -60.0
"""The quietest that the drawn wave tells from silence."""
LOWEST_LUFS = -70.0
"""The quietest of the loudness curves; a byte is a quarter of a LU."""
_MOST_HITS = 400
_SAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def document(shown: Shown) -> dict[str, Any]:
    """The data of the page, ready for `safe_json`; the same values, the same document."""
    timeline = shown.timeline
    names: dict[str, int] = {}
    clips = [_clip(clip, shown, names) for clip in timeline.clips]
    return {
        "version": VERSION,
        "duration": _ms(timeline.duration, timeline),
        "title": shown.facts.title,
        "show": shown.facts.show,
        "chapters": [[round(one.start_s * 1000), round(one.end_s * 1000), one.title] for one in shown.chapters],
        "mixes": [
            {
                "name": mix.name,
                "title": mix.title,
                "target": None if mix.profile is None else mix.profile.loudness_lufs,
                "tolerance": 0.0 if mix.profile is None else mix.profile.tolerance_lu,
                "whole": mix.measured.lufs,
                "step": round(mix.short_step_s * 1000),
                "short": loudness_bytes(mix.short_lufs),
                "findings": [[round(one.start_s * 1000), round(one.end_s * 1000), one.clip] for one in mix.findings],
            }
            for mix in shown.mixes
        ],
        "wave": None
        if shown.wave is None
        else {
            "step": round(shown.wave.step_s * 1000),
            "peak": _levels(shown.wave.peak_db),
            "body": _levels(shown.wave.body_db),
        },
        "names": list(names),
        "clips": clips,
        "words": {
            clip.id: word_places(clip, timeline)
            for clip in timeline.clips
            if clip.kind == "speech" and clip.voice == 0 and clip.words
        },
    }


def safe_json(document: object) -> str:
    """JSON that no HTML parser takes for markup and no JavaScript for a line's end."""
    said = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, written in _SAFE.items():
        said = said.replace(sign, written)
    return said


def word_places(clip: Clip, timeline: Timeline) -> list[int]:
    """For each word four numbers: UTF-16 units between it and the one before, its length, ms since the one before
    began (the first: since the episode began), ms that it lasts.

    Words that are not found in the text where they should be are left out.
    """
    placed: list[int] = []
    at, before_ms = 0, 0
    for word in clip.words:
        found = clip.text.find(word.text, at)
        if found < 0 or not word.text:
            continue
        start, end = _ms(word.start, timeline), _ms(word.end, timeline)
        placed += [_units(clip.text[at:found]), _units(word.text), start - before_ms, end - start]
        at, before_ms = found + len(word.text), start
    return placed


def loudness_bytes(values: Sequence[float | None]) -> str:
    """Base64 of a byte each: 0 in silence, else 1 + 4 for each LU above `LOWEST_LUFS`, at most 255."""
    coded = (0 if one is None else 1 + round(4 * (min(max(one, LOWEST_LUFS), -6.5) - LOWEST_LUFS)) for one in values)
    return base64.b64encode(bytes(coded)).decode()


def _levels(values_db: NDArray[np.float64]) -> str:
    """Base64 of a byte each: 0 at `LOWEST_DB` and below, 255 at full scale."""
    held = np.clip(values_db, LOWEST_DB, 0.0)
    return base64.b64encode(np.round((held - LOWEST_DB) * (255.0 / -LOWEST_DB)).astype(np.uint8).tobytes()).decode()


def _clip(clip: Clip, shown: Shown, names: dict[str, int]) -> list[Any]:
    """`[id, kind, name, start, length, level in LU, line:column]`, and what only some have in an object at the end."""
    timeline = shown.timeline
    called = shown.speakers.get(clip.id, clip.name) if clip.kind == "speech" else label(clip.name, shown)
    end = clip.span.end if clip.cut is None else max(clip.span.start, min(clip.span.end, clip.cut.end))
    start = _ms(clip.span.start, timeline)
    row: list[Any] = [
        clip.id,
        KINDS.index(clip.kind),
        names.setdefault(called, len(names)),
        start,
        _ms(end, timeline) - start,
        round(clip.level.first, 1) + 0.0,
        f"{clip.place.line}:{clip.place.column}",
    ]
    more: dict[str, Any] = {}
    if clip.kind == "sound" and len(clip.parts) > 1:
        more["hits"] = [_ms(part.hit, timeline) - start for part in clip.parts[:_MOST_HITS]]
    elif clip.kind == "sound":
        more |= {"hit": hit} if (hit := _ms(clip.hit, timeline) - start) > 0 else {}
    if clip.level.moves:
        more["level"] = _points(clip.level, timeline)
    if clip.kind == "speech" and clip.voice:
        more["voice"] = clip.voice
    return [*row, more] if more else row


def label(role: str, shown: Shown) -> str:
    """What a sound is called for people."""
    return " ".join(shown.titles.get(role, "").split()) or role.replace("_", " ")


def _points(ramp: Ramp, timeline: Timeline) -> list[list[float]]:
    return [[_ms(sample, timeline), round(value, 1) + 0.0] for sample, value in ramp.points]


def _ms(sample: int, timeline: Timeline) -> int:
    return round(sample * 1000 / timeline.rate_hz)


def _units(text: str) -> int:
    """How long JavaScript says that `text` is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
