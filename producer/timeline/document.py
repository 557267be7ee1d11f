"""`timeline.json`: the timeline as other tools read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from producer.errors import Place
from producer.model.script import Margin, Room, Script
from producer.model.timeline import Clip, HearSpan, Ramp, Timeline

VERSION = 1


_At = Callable[[Place], dict[str, Any]]


def to_json(timeline: Timeline, script: Script, named: Callable[[str], str] = str) -> dict[str, Any]:
    """The document of version 1 (docs/output.md), ready for `json.dumps`; the same values give the same document.

    `named` gives the names of files as outputs have them. `script` is the file that was rendered and its SHA-256;
    where that brings other files (its series, the script that it is an edition of and that one's series), `brought`
    lists them in the same form: if none of these sums has changed, nothing has that was written.

    Times are whole samples, spans half-open. Beyond what the contract asks for, a clip has its `scene`, its `hit` (and
    every hit of what strikes more than once), `level` as [sample, LU] points where it moves, fades, cut, room and
    treatment where it has them; the document has `hears` and `marks`, and `rooms` where some are heard that are no
    preset as it stands. A clip's `end` is where it is last heard, echoes apart. A scene that nobody wrote says in
    `made` what it is, and one with another speech margin than the usual has `speech_margin_lu`.
    """
    at = partial(_place, file=script.file, named=named)
    rooms = _own_rooms(timeline, script)
    return {
        "version": VERSION,
        "rate_hz": timeline.rate_hz,
        "duration": int(timeline.duration),
        "script": _script(script, named),
        "scenes": [
            {
                "id": scene.id,
                "title": scene.title,
                "start": int(scene.span.start),
                "end": int(scene.span.end),
                "at": at(scene.place),
                **({"made": "credits"} if scene.id == script.credits_scene else {}),
                **({"speech_margin_lu": _margin(scene.margin)} if scene.margin != Margin() else {}),
            }
            for scene in timeline.scenes
        ],
        "clips": [_clip(clip, at) for clip in timeline.clips],
        "hears": [_hear(hear, at) for hear in timeline.hears],
        "marks": [
            {
                "name": mark.name,
                "sample": int(mark.sample),
                "at": at(mark.place),
                **({"chapter": mark.chapter} if mark.chapter else {}),
            }
            for mark in timeline.marks
        ],
        **({"rooms": rooms} if rooms else {}),
    }


def _script(script: Script, named: Callable[[str], str]) -> dict[str, Any]:
    brought = [{"file": named(one.file), "sha256": one.sha256} for one in script.brought]
    own: dict[str, Any] = {"file": named(script.file), "sha256": script.sha256}
    return own | ({"brought": brought} if brought else {})


def _margin(margin: Margin) -> dict[str, float]:
    return {"beds": float(margin.beds_lu), "music": float(margin.music_lu)}


def _own_rooms(timeline: Timeline, script: Script) -> list[dict[str, Any]]:
    """The rooms that are heard and no preset as it stands: what else the sound of the episode depends on."""
    heard = {name for clip in timeline.clips for name in (clip.room, *clip.through)}
    rooms = [(name, _room(room)) for name, room in sorted(script.rooms.items()) if name in heard]
    return [{"name": name, **of} for name, of in rooms if of != {"preset": name}]


def _room(room: Room) -> dict[str, Any]:
    wet = {} if room.wet_db is None else {"wet_db": room.wet_db}
    if room.impulse is not None:  # its decay is measured in the file
        return {"impulse": room.impulse, "sha256": room.sha256, **wet}
    return {"preset": room.preset, **({} if room.decay_s is None else {"decay_s": room.decay_s}), **wet}


def _clip(clip: Clip, at: _At) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": clip.id,
        "kind": clip.kind,
        "name": clip.name,
        "scene": clip.scene,
        "start": int(clip.span.start),
        "end": int(clip.span.end if clip.cut is None else max(clip.span.start, min(clip.span.end, clip.cut.end))),
        "hit": int(clip.hit),
        "at": at(clip.place),
        "level_lu": _level(clip.level.first),
    }
    if clip.level.moves:
        found["level"] = _points(clip.level)
    if clip.kind == "speech":
        found["text"] = clip.text
        found["words"] = [{"text": word.text, "start": int(word.start), "end": int(word.end)} for word in clip.words]
        found["line"] = clip.line
    elif len(clip.parts) > 1 or clip.strikes:
        found["hits"] = [int(part.hit) for part in clip.parts]
    found |= {"pan": _points(clip.pan) if clip.pan.moves else round(clip.pan.first, 1)}
    found |= {"distance_m": _points(clip.distance) if clip.distance.moves else round(clip.distance.first, 2)}
    found |= {name: value for name, value in (("room", clip.room), ("treat", clip.treat)) if value not in ("", "none")}
    if clip.through:
        found["through"] = list(clip.through)
    found |= {name: int(value) for name, value in (("fade_in", clip.fade_in), ("fade_out", clip.fade_out)) if value}
    if clip.cut is not None:
        found["cut"] = {"start": int(clip.cut.start), "end": int(clip.cut.end)}
    if clip.rides:
        found["rides"] = {name: _points(ramp, 4) for name, ramp in sorted(clip.rides.items())}
    if clip.kind in ("bed", "music") or clip.duck:
        found["duck"] = clip.duck
    return found | {"source": _source(clip.source)}


def _hear(hear: HearSpan, at: _At) -> dict[str, Any]:
    return {
        "scene": hear.scene,
        "treat": hear.treat,
        "at": at(hear.place),
        "start": int(hear.span.start),
        "end": int(hear.span.end),
        "amount": _points(hear.amount, 4),
        "level": _points(hear.level),
    }


def _place(place: Place, file: str, named: Callable[[str], str]) -> dict[str, Any]:
    """Line and column; the file too where it is not the script's own (a series, the original of an edition)."""
    there: dict[str, Any] = {"line": place.line, "column": place.column}
    return there if place.file == file else there | {"file": named(place.file)}


def _points(ramp: Ramp, digits: int = 2) -> list[list[float]]:
    return [[sample, round(value, digits) + 0.0] for sample, value in ramp.points]


def _level(level_lu: float) -> float:
    return round(level_lu, 2) + 0.0  # never a minus zero


def _source(source: Mapping[str, str]) -> dict[str, str]:
    return {name: source[name] for name in sorted(source)}
