"""What a part is made of, in bytes: parts with equal descriptions sound alike, to the last bit.

Times are counted from the start of the part, so a part keeps its description wherever it stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from operator import attrgetter

from producer.errors import Place
from producer.frozen import changed, held
from producer.mix.clips import PROBE_S
from producer.mix.margin import Ruled
from producer.mix.parts import Part
from producer.mix.reduction import Reduction
from producer.mix.stems import Stems
from producer.model.script import Room, Script
from producer.model.timeline import Clip, HearSpan, Ramp, Timeline
from producer.units import Samples, Span

_NOWHERE = Place("")
_ON_S = 2.0
"""What a clip does so long after all that is played for a part nobody hears there: no head looks ahead as far."""


def described(
    part: Part,
    stems: Stems,
    timeline: Timeline,
    script: Script,
    take_of: Callable[[str, int], str],
    role_of: Callable[[str], str],
) -> bytes:
    """Everything that what is played for a part depends on, but the program itself.

    Args:
        take_of: names a take's samples, by (line id, index of the voice).
        role_of: names all that a role can sound like.
    """
    clips = stems.clips_in(part.reach)
    hears = [hear for hear in stems.hears_in(clips) if stems.stands_before(hear, part.reach)]
    scenes = {scene: number for number, scene in enumerate(dict.fromkeys(clip.scene for clip in clips))}
    rooms = sorted({name for clip in clips for name in (clip.room, *clip.through)})
    margins = {scene.id: scene.margin for scene in timeline.scenes}
    start = part.reach.start
    own = {clip.id for clip in part.lines}
    stood_before = {hear.scene for hear in hears}

    def alone(clip: Clip) -> tuple[object, ...]:
        known = clip if clip.scene in stood_before else _as_far_as(clip, part.reach.end, stems, timeline.rate_hz)
        if known is clip:
            return (_alone(clip, scenes, -start),)
        moves = [ramp.moves for ramp in (clip.level, clip.pan, clip.distance, clip.width)]
        return _alone(known, scenes, -start), moves, stems.voiced(clip).source.channels if clip.parts else 0

    words = [
        timeline.rate_hz,
        (part.core.start - start, part.core.length, part.reach.length),
        [
            (alone(clip), margins.get(clip.scene), clip.id in own, take_of(clip.line, clip.voice))
            if clip.kind == "speech"
            else alone(clip)
            for clip in clips
        ],
        [_standing(hear.shifted(-start), scenes) for hear in hears],
        [replace(script.rooms.get(name) or Room(name=name, preset=name), place=_NOWHERE) for name in rooms if name],
        sorted(script.treatments.items()) if script.treatments else [],
        sorted({role: role_of(role) for clip in clips for role in _roles(clip)}.items()),
    ]
    return hashlib.sha256(repr(words).encode()).digest()


def turned(curves: Mapping[Ruled, Reduction], part: Part) -> bytes:
    """How far down the margin has what is played for a part, in bytes."""
    hashed = hashlib.sha256()
    for name, curve in sorted(curves.items()):
        if curve.db.any():
            hashed.update(f"{name} {curve.hop} {curve.first - part.reach.start // curve.hop}".encode())
            hashed.update(curve.db.tobytes())
    return hashed.digest()


def _standing(hear: HearSpan, scenes: Mapping[str, int]) -> HearSpan:
    """A `hear` without its place in the script and its end, which nothing goes by: its amount is held."""
    own = Span(hear.span.start, hear.span.start)
    return replace(hear, scene=str(scenes[hear.scene]), span=own, place=_NOWHERE)


def _as_far_as(clip: Clip, end: int, stems: Stems, rate_hz: int) -> Clip:
    """A clip that goes on long after a part's reach, without what it does then: when it ends, where it is going.

    Nothing before `end` depends on it, so a part stays as it was when something later in its scene takes longer. Where
    something may depend on it, the clip is as it was.
    """
    after = Samples(end + round(_ON_S * rate_hz))
    if clip.span.end - clip.fade_out < after or (clip.cut is not None and clip.cut.start < after):
        return clip
    voiced = stems.voiced(clip)
    probed = after if clip.parts else clip.span.end  # its beginning is heard out, and these are the parts that it has
    if (
        voiced.whole
        or voiced.treatment.after_s >= _ON_S
        or probed - clip.span.start < PROBE_S * rate_hz
        or clip.through  # it goes through rooms evenly over its span
        or (clip.parts and clip.distance.moves)  # where it comes to bends what it is made of all the way
    ):
        return clip
    return changed(
        clip,
        span=Span(clip.span.start, after),
        fade_out=Samples(0),
        cut=None,
        level=_until(clip.level, after),
        pan=_until(clip.pan, after),
        distance=_until(clip.distance, after),
        width=_until(clip.width, after),
        parts=tuple(part for part in clip.parts if part.start < after),
    )


def _until(ramp: Ramp, end: int) -> Ramp:
    """The same values up to `end`, from points that say no more of what comes later than its next one, if anything."""
    points = tuple(point for point in ramp.points if point[0] <= end)
    if len(points) == len(ramp.points):
        return ramp
    following = ramp.points[len(points)]
    if not points:
        return Ramp.still(following[1])
    on = (end + 1, following[1]) if following[1] == points[-1][1] else following
    return Ramp((*points, on))


def _alone(clip: Clip, scenes: Mapping[str, int], shift: int) -> tuple[object, ...]:
    """A clip without its names and its place in the script, its times moved by `shift`.

    Plain values throughout: what is made of dataclasses takes several times as long to write.
    """
    parts = [held(changed(part, start=part.start + shift, hit=part.hit + shift)) for part in clip.parts]
    return (
        _as_it_is(clip),
        "" if clip.kind == "speech" else clip.name,
        scenes[clip.scene],
        [None if span is None else (span.start + shift, span.end + shift) for span in (clip.span, clip.cut)],
        [ramp.shifted(shift).points for ramp in (clip.level, clip.pan, clip.distance, clip.width)],
        parts,
        [(name, ramp.shifted(shift).points) for name, ramp in clip.rides.items()],
    )


_IN_ITS_OWN_WAY = ("name", "scene", "span", "cut", "level", "pan", "distance", "width", "parts", "rides")
_NOT_HEARD = ("id", "place", "hit", "text", "words", "line", "source")
_as_it_is = attrgetter(*(one.name for one in fields(Clip) if one.name not in (*_IN_ITS_OWN_WAY, *_NOT_HEARD)))


def _roles(clip: Clip) -> set[str]:
    sounds = {part.sound.role for part in clip.parts if part.sound is not None}
    return sounds | ({clip.name} if clip.kind in ("bed", "music") else set())
