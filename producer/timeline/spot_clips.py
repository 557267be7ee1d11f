"""The clip of a spot effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from producer.model.script import Cue
from producer.model.sound import Palette
from producer.model.timeline import Clip, Part
from producer.timeline import ramps
from producer.timeline.episode import Episode
from producer.timeline.moments import end_of
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, Rule, What
from producer.timeline.spots import cue_plan, plan_ending
from producer.timeline.unsaid import refuse_unsaid
from producer.units import Samples, Span


def cue_clip(ep: Episode, entry: Entry) -> Rule[Clip]:
    """The clip of a spot effect. A strike that has begun rings out; none begins once it has been stopped."""
    cue = entry.item
    assert isinstance(cue, Cue)
    plan = yield from cue_plan(ep, entry)
    yield from refuse_unsaid(ep, entry)
    ending = yield from plan_ending(ep, entry, plan, late=True)
    begins = yield Ask(What.START, entry.index)
    parts = kept(plan.parts, ending.struck_until, ending.heard_until, ending.end)
    start = min((part.start for part in parts), default=Samples(max(ep.begins, begins)))
    rung_out = max((part.start + part.length for part in parts), default=start)
    # A fade keeps its own end, so that it has its own shape.
    end = max(start, ending.end if ending.fade_out and parts else min(rung_out, ending.end))
    pan, distance = ramps.path(cue.path, start, end)
    fade_in = 0
    if cue.fade_in_s is not None:
        fade_in = (yield from end_of(ep, entry, cue.fade_in_s, start, f"the fade of {ep.called(entry)}")) - start
    return Clip(
        id=cue.id,
        kind="sound",
        name=cue.role,
        scene=cue.scene,
        span=Span(Samples(start), Samples(end)),
        place=cue.place,
        hit=Samples(parts[0].hit if parts else plan.hit),
        level=ramps.glide(cue.level_lu, start, end),
        pan=pan,
        distance=distance,
        room=ep.room(entry, cue.room),
        through=cue.through,
        treat=cue.treat,
        fade_in=Samples(min(fade_in, end - start)),
        fade_out=Samples(min(ending.fade_out or 0, end - start)),
        cut=ending.cut,
        parts=parts,
        pitch_cents=cue.pitch_cents.first,
        speed=cue.speed / 100.0,
        duck=cue.duck,
        source=source(ep, cue.role, parts),
    )


def kept(parts: Iterable[Part], struck_until: int, heard_until: int, end: int) -> tuple[Part, ...]:
    """The parts that begin before they are stopped, none longer than it is heard."""
    last = max(heard_until, end)
    return tuple(
        part if part.start + part.length <= last else replace(part, length=Samples(last - part.start))
        for part in parts
        if part.start < struck_until
    )


def source(ep: Episode, role: str, parts: Iterable[Part] = ()) -> Mapping[str, str]:
    """Where the first of the parts comes from (or the role's first member): pack, and file or recipe."""
    member = next((part.sound.member for part in parts if part.sound is not None), 0)
    return ep.told(("source", role, member), lambda: _source(ep.palette, role, member))


def _source(palette: Palette, role: str, member: int) -> Mapping[str, str]:
    origin = palette.origin(role, member)
    fields = {"pack": origin.pack, "file": origin.file, "foley": origin.foley, "sha256": origin.sha256}
    return {name: value for name, value in fields.items() if value}
