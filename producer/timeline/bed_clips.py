"""The clips of beds and music, with every ride on them.

Level, place, width, foley settings and pace glide. What cannot glide (room, treatment, pitch, speed, duck) is ridden
by a crossfade to a second clip of the same bed, which is called by the riding item's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from producer.errors import Problem
from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import Bed, Position
from producer.model.timeline import Clip, Part, Ramp
from producer.timeline import ramps
from producer.timeline.beds import bed_ending, rides, seed, settings, strikes_at
from producer.timeline.endings import Ending
from producer.timeline.episode import CLICK_S, Episode
from producer.timeline.moments import end_of
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, ImpossibleError, Rule, What
from producer.timeline.spot_clips import kept, source
from producer.timeline.strikes import hits, refs, struck, too_many
from producer.timeline.unsaid import refuse_unsaid
from producer.units import Samples, Span

OVER_S = Fraction(1, 2)
"""How long a ride takes unless it says."""
_CROSSFADED = frozenset({"room", "treat", "pitch", "speed", "duck"})


@dataclass(frozen=True, slots=True)
class _Ride:
    bed: Bed
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Course:
    """Everything of a bed that glides, over its whole life."""

    level: Ramp
    pan: Ramp
    distance: Ramp
    width: Ramp
    settings: Mapping[str, Ramp]
    pace: Ramp | None
    spread: Ramp


def bed_clips(ep: Episode, root: Entry) -> Rule[tuple[Clip, ...]]:
    """The clips of the bed that `root` starts; one, unless rides ask for what cannot glide."""
    start = yield Ask(What.START, root.index)
    ending = yield from bed_ending(ep, root)
    yield from _refuse_unheard(ep, root, start, ending)
    yield from refuse_unsaid(ep, root)
    ridden: list[_Ride] = []
    for entry in (yield from rides(ep, root, len(ep.order.entries))):
        ridden += [(yield from _ride(ep, entry))]
    ridden.sort(key=lambda ride: ride.start)
    course = _course(ep, root, start, ending.end, ridden)
    fade_in = yield from _fade_in(ep, root, start)
    return _segments(ep, root, start, ending, ridden, course, fade_in)


def _bed(entry: Entry) -> Bed:
    assert isinstance(entry.item, Bed)
    return entry.item


def _refuse_unheard(ep: Episode, root: Entry, start: int, ending: Ending) -> Rule[None]:
    if ending.with_scene:
        # At the playhead it comes too late as soon as nothing is played any more: the grid's rest is no part of a plan.
        last = What.SCENE_PLAYED if _bed(root).at is None else What.SCENE_END
        if start >= (yield Ask(last, root.scene)) and not (_bed(root).carry and start < ending.end):
            what = f"{ep.called(root)} is never heard: it begins at {ep.clock(start)}, when its scene has ended"
            raise ImpossibleError(
                Problem(root.item.place, f"{what}; put a pause after it, or start it in the next scene")
            )


def _ride(ep: Episode, entry: Entry) -> Rule[_Ride]:
    bed = _bed(entry)
    if "fade_in" in bed.said:
        what = f"{ep.called(entry)} is running here already, so it cannot fade in; the time a ride takes is 'over'"
        raise ImpossibleError(Problem(bed.place, what))
    start = yield Ask(What.START, entry.index)
    yield from refuse_unsaid(ep, entry)
    over = OVER_S if bed.over_s is None else bed.over_s
    return _Ride(bed, start, (yield from end_of(ep, entry, over, start, f"the ride of {ep.called(entry)}")))


def _fade_in(ep: Episode, root: Entry, start: int) -> Rule[int]:
    """As asked; else with the scene's crossfade where it opens the scene; else just enough not to click."""
    bed = _bed(root)
    if bed.fade_in_s is not None:
        return (yield from end_of(ep, root, bed.fade_in_s, start, f"the fade of {ep.called(root)}")) - start
    if bed.music or strikes_at(ep, bed) is not None:
        return 0  # a first note, or a first beat, is heard as it is
    if root.scene > 0 and start == (yield Ask(What.SCENE_START, root.scene)):
        return max(ep.samples(ep.order.scenes[root.scene].crossfade_s), ep.samples(CLICK_S))
    return ep.samples(CLICK_S)


def _course(ep: Episode, root: Entry, start: int, end: int, ridden: Sequence[_Ride]) -> _Course:
    bed = _bed(root)
    level, width = ramps.glide(bed.level_lu, start, end), Ramp.still(float(bed.width))
    pan, distance = ramps.path(bed.path, start, end)
    pace, spread = strikes_at(ep, bed), Ramp.still(0.0)
    paced = None if pace is None else _pace_ramp(pace, start, end)
    spread = spread if pace is None else Ramp.still(pace.spread)
    knobs = {name: Ramp.still(float(value)) for name, value in bed.settings.items()}
    for ride in ridden:
        said, to = ride.bed.said, ride.bed
        if "level" in said:
            ends = (to.level_lu.first, to.level_lu.last) if to.level_lu.moves else (to.level_lu.last,)
            level = ramps.ride(level, ride.start, ride.end, ends)
        if "width" in said:
            width = ramps.ride(width, ride.start, ride.end, (float(to.width),))
        if said & {"pan", "path", "distance"}:
            pan, distance = _moved(pan, distance, to.path, ride)
        if "every" in said and to.every is not None and paced is not None:
            ends = (to.every.first_s, to.every.last_s) if to.every.first_s != to.every.last_s else (to.every.last_s,)
            paced = ramps.ride(paced, ride.start, ride.end, ends)
            spread = ramps.ride(spread, ride.start, ride.end, (to.every.spread,))
        for name, value in to.settings.items() if "set" in said else ():
            knobs[name] = ramps.ride(_knob(ep, root, knobs, name, to), ride.start, ride.end, (float(value),))
    return _Course(level, pan, distance, width, knobs, paced, spread)


def _pace_ramp(pace: Pace, start: int, end: int) -> Ramp:
    if pace.first_s == pace.last_s or end <= start:
        return Ramp.still(pace.first_s)
    return Ramp(((start, pace.first_s), (end, pace.last_s)))


def _moved(pan: Ramp, distance: Ramp, places: Sequence[Position], ride: _Ride) -> tuple[Ramp, Ramp]:
    """Through the ride's places; what a place does not name stays as it is there."""
    pans, metres = [ramps.value_at(pan, ride.start)], [ramps.value_at(distance, ride.start)]
    for place in places:
        pans.append(pans[-1] if place.pan is None else float(place.pan))
        metres.append(metres[-1] if place.distance_m is None else float(place.distance_m))
    both = "path" in ride.bed.said
    return (
        ramps.ride(pan, ride.start, ride.end, pans[1:]) if both or "pan" in ride.bed.said else pan,
        ramps.ride(distance, ride.start, ride.end, metres[1:]) if both or "distance" in ride.bed.said else distance,
    )


def _knob(ep: Episode, root: Entry, knobs: Mapping[str, Ramp], name: str, ride: Bed) -> Ramp:
    """The setting as it runs; one that the script has not set yet rests where the pack has it."""
    if name in knobs:
        return knobs[name]
    resting = ep.sound(_bed(root).role).resting
    if name not in resting:
        what = f"'{name}' of {ep.called(root)} rests nowhere that is known, so it cannot move from there"
        raise ImpossibleError(Problem(ride.place, f"{what}; set it where the bed starts"))
    return Ramp.still(float(resting[name]))


def _segments(
    ep: Episode, root: Entry, start: int, ending: Ending, ridden: Sequence[_Ride], course: _Course, fade_in: int
) -> tuple[Clip, ...]:
    """One clip, or one for each ride that has to be crossfaded, each ending as the next has come in."""
    now = _bed(root)
    turns: list[tuple[Bed, int, int]] = [(now, start, fade_in)]
    for ride in ridden:
        changed = _CROSSFADED & ride.bed.said
        starts_to_strike = "every" in ride.bed.said and course.pace is None
        if not changed and not starts_to_strike:
            continue
        now = _changed(now, ride.bed, changed)
        turns.append((replace(now, id=ride.bed.id, place=ride.bed.place), ride.start, ride.end - ride.start))
    clips: list[Clip] = []
    for number, (bed, begins, fades_in) in enumerate(turns):
        over = ending
        if number + 1 < len(turns):
            _, goes, takes = turns[number + 1]
            if goes + takes < ending.end:
                over = Ending(goes + takes, takes, cut=ending.cut)
        if over.end > begins:
            clips.append(_clip(ep, root, bed, begins, over, course, fades_in))
    return tuple(clips)


def _changed(bed: Bed, ride: Bed, keys: frozenset[str]) -> Bed:
    fields = {"room": "room", "treat": "treat", "pitch": "pitch_cents", "speed": "speed", "duck": "duck"}
    new = {fields[key]: getattr(ride, fields[key]) for key in keys}
    return replace(bed, **new, every=ride.every if "every" in ride.said else bed.every)


def _clip(ep: Episode, root: Entry, bed: Bed, start: int, ending: Ending, course: _Course, fade_in: int) -> Clip:
    first = _bed(root)
    parts = _parts(ep, root, bed, start, ending, course)
    struck_once = strikes_at(ep, bed) is not None
    begins = min([start, *(part.start for part in parts)]) if struck_once else start
    length = ending.end - begins
    at_start = {name: round(ramps.value_at(ramp, start), 6) for name, ramp in course.settings.items()}
    return Clip(
        id=bed.id,
        kind="music" if first.music else "bed",
        name=first.role,
        scene=first.scene,
        span=Span(Samples(begins), Samples(ending.end)),
        place=bed.place,
        hit=Samples(parts[0].hit if parts else start),
        level=course.level,
        pan=course.pan,
        distance=course.distance,
        width=course.width,
        room=bed.room,
        treat=bed.treat,
        fade_in=Samples(min(fade_in, length)),
        fade_out=Samples(min(ending.fade_out or 0, length)),
        cut=ending.cut if ending.cut is not None and ending.cut.start <= ending.end else None,
        parts=parts,
        bed_seed=seed(ep, first),
        bed_settings=settings(first) if bed is first else tuple(sorted(at_start.items())),
        rides={} if struck_once else {name: ramp for name, ramp in course.settings.items() if ramp.moves},
        pitch_cents=float(bed.pitch_cents),
        speed=bed.speed / 100.0,
        loop=first.loop if first.music else True,
        duck=bed.duck,
        strikes=struck_once,
        source=source(ep, first.role, parts),
    )


def _parts(ep: Episode, root: Entry, bed: Bed, start: int, ending: Ending, course: _Course) -> tuple[Part, ...]:
    """The strikes of a bed that strikes, at its pace while it lasts. With `at`, the first hit is that moment."""
    pace, first = strikes_at(ep, bed), _bed(root)
    if pace is None:
        return ()
    paces, spreads = course.pace or Ramp.still(pace.last_s), course.spread if course.pace else Ramp.still(pace.spread)
    sound, names = ep.sound(first.role), (ep.script.seed, first.role, first.key)

    def settings_at(sample: int) -> tuple[tuple[str, float], ...]:
        return tuple(sorted((name, round(ramps.value_at(ramp, sample), 3)) for name, ramp in course.settings.items()))

    def made(times: Sequence[int]) -> tuple[Part, ...]:
        chosen = refs(
            sound,
            len(times),
            names,
            pitch_cents=lambda _: float(bed.pitch_cents),
            settings=lambda number: settings_at(times[number]),
            speed=bed.speed / 100.0,
            pace_s=lambda number: ramps.value_at(paces, times[number]),
        )
        return tuple(struck(ep.palette, ref, db, hit) for hit, (ref, db) in zip(times, chosen, strict=True))

    hit = start if first.at is not None else start + (start - made((start,))[0].start)
    times = hits(
        hit,
        ending.struck_until,
        None,
        lambda _, sample: (ramps.value_at(paces, sample), ramps.value_at(spreads, sample)),
        names,
        ep.rate_hz,
    )
    if what := too_many(ep, root, len(times)):
        raise ImpossibleError(Problem(first.place, what))
    return kept(made(times), ending.struck_until, ending.heard_until, ending.end)
