"""What a part is made of, in bytes: parts with equal descriptions sound alike, to the last bit.

Times are counted from the start of the part, so a part keeps its description wherever it stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from producer.errors import Place
from producer.frozen import changed
from producer.mix.margin import Ruled
from producer.mix.parts import Part
from producer.mix.reduction import Reduction
from producer.mix.stems import Stems
from producer.model.script import Room, Script
from producer.model.timeline import Clip, Timeline
from producer.units import Samples

_NOWHERE = Place("")


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
    hears = stems.hears_in(clips)
    scenes = {scene: number for number, scene in enumerate(dict.fromkeys(clip.scene for clip in clips))}
    rooms = sorted({name for clip in clips for name in (clip.room, *clip.through)})
    margins = {scene.id: scene.margin for scene in timeline.scenes}
    start = part.reach.start
    own = {clip.id for clip in part.lines}
    words = [
        timeline.rate_hz,
        (part.core.start - start, part.core.length, part.reach.length),
        [
            (_alone(clip, scenes, -start), margins.get(clip.scene), clip.id in own, take_of(clip.line, clip.voice))
            if clip.kind == "speech"
            else _alone(clip, scenes, -start)
            for clip in clips
        ],
        [replace(hear.shifted(-start), scene=str(scenes[hear.scene]), place=_NOWHERE) for hear in hears],
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


def _alone(clip: Clip, scenes: Mapping[str, int], shift: int) -> Clip:
    """A clip without its names and its place in the script."""
    name = "" if clip.kind == "speech" else clip.name
    moved = (changed(clip, words=()) if clip.words else clip).shifted(shift)
    scene = str(scenes[clip.scene])
    return changed(moved, id="", name=name, place=_NOWHERE, text="", source={}, line="", scene=scene, hit=Samples(0))


def _roles(clip: Clip) -> set[str]:
    sounds = {part.sound.role for part in clip.parts if part.sound is not None}
    return sounds | ({clip.name} if clip.kind in ("bed", "music") else set())
