"""Spot effects: where each begins, hits and ends, and what it plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from producer.errors import Problem
from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import Cue, Line, Moment
from producer.model.sound import PASSING, Sound, SoundRef
from producer.model.timeline import Part
from producer.timeline import ramps
from producer.timeline.endings import Ending, stopped
from producer.timeline.episode import TRIM_S, Episode
from producer.timeline.moments import end_of, ends_too_early, landing, moment, phrase_length
from producer.timeline.running_order import Entry
from producer.timeline.solve import NEVER, Ask, ImpossibleError, Rule, What
from producer.timeline.strikes import hits, refs, struck, too_many
from producer.units import Samples

LEAD_IN_S = 0.25
"""A sound that lands on the episode's first moments may lose this much of its approach; more is an error."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cue plays, before anything stops it. `hit` is that of the first part (or where it would be)."""

    parts: tuple[Part, ...]
    hit: int
    ending: Ending


def cue_start(ep: Episode, entry: Entry) -> Rule[int]:
    """Where its audio begins: at the playhead, or so that its hit lands where it hangs."""
    if not _hangs(entry):
        return (yield Ask(What.BEFORE, entry.index))
    hit = yield Ask(What.HIT, entry.index)
    return hit - ep.palette.measure(first_sound(ep, entry)).onset


def cue_hit(ep: Episode, entry: Entry) -> Rule[int]:
    """The moment that it hangs on; at the playhead, as long after its beginning as its sound has it."""
    cue = _cue(entry)
    if entry.inside >= 0:
        return (yield from _landing(ep, entry))
    if cue.at is not None:
        return (yield from moment(ep, entry, cue.at))
    start = yield Ask(What.START, entry.index)
    return start + ep.palette.measure(first_sound(ep, entry)).onset


def cue_ending(ep: Episode, entry: Entry) -> Rule[Ending]:
    """How it ends, with all that may stop it before its echo."""
    plan = yield from cue_plan(ep, entry)
    return (yield from plan_ending(ep, entry, plan, late=False))


def plan_ending(ep: Episode, entry: Entry, plan: Plan, *, late: bool) -> Rule[Ending]:
    """How what a cue plays ends; with `late`, also by what can only stop its echo."""
    cue = _cue(entry)
    echo = ep.echo(ep.room(entry, cue.room), *cue.through, treat=cue.treat)
    return (yield from stopped(ep, entry, plan.ending, echo=echo, late=late))


def cue_plan(ep: Episode, entry: Entry) -> Rule[Plan]:
    """Its parts; ImpossibleError when it would end before or as it begins, begin before the episode, or never end."""
    base = yield Ask(What.HIT if _hangs(entry) else What.START, entry.index)
    limit = yield from _limit(ep, entry, base)
    # Asked for by its end, its echo and its clip, and by each of them again when something may stop it.
    plan = ep.told(("plan", entry.index, base, limit), lambda: _planned(ep, entry, base, limit))
    if limit == base and all(part.start >= base for part in plan.parts):
        raise ImpossibleError(_unheard(ep, entry, base))
    return (yield from _faded(ep, entry, plan, base))


def _planned(ep: Episode, entry: Entry, base: int, limit: int) -> Plan:
    cue, sound = _cue(entry), ep.sound(_cue(entry).role)
    if pace_of(cue, sound) is not None or cue.repeat is not None or sound.kind == "steps":
        plan = _walk(ep, entry, sound, base, limit)
    elif limit < NEVER and (sound.sustains or sound.kind == "bed"):
        plan = _sustained(ep, entry, base, limit)
    else:
        plan = _once(ep, entry, base, limit)
    if min((part.start for part in plan.parts), default=base) >= ep.begins:
        return plan
    return replace(plan, parts=tuple(_within(ep, entry, part) for part in plan.parts))


def _unheard(ep: Episode, entry: Entry, base: int) -> Problem:
    """The problem of a cue that its own `until` or `for` ends as it begins."""
    cue = _cue(entry)
    if cue.until is not None:
        return ends_too_early(ep, entry, cue.until, base, base, ep.called(entry))
    return Problem(cue.place, f"{ep.called(entry)} would last for no time at all; 'for' says how long it is heard")


def _cue(entry: Entry) -> Cue:
    assert isinstance(entry.item, Cue)
    return entry.item


def _hangs(entry: Entry) -> bool:
    return entry.inside >= 0 or _cue(entry).at is not None


def _names(ep: Episode, cue: Cue) -> tuple[str, str, str]:
    """What this cue's chance hangs on: nothing that another cue could change."""
    return ep.script.seed, cue.role, cue.key


def _landing(ep: Episode, entry: Entry) -> Rule[int]:
    cue, line = _cue(entry), ep.entry(entry.inside)
    assert isinstance(line.item, Line)
    token = cue.before_token or 0
    here = [n for n, rest in enumerate(line.item.rests) if rest.after_token == token]
    own = [n for n in here if line.item.rests[n].wait_for == cue.id]
    if own or (cue.on_rest and here):
        phrase = cue.rest if cue.rest is not None else (own or here)[0]
        start = yield Ask(What.PHRASE, line.index, phrase)
        return start + phrase_length(ep, line, phrase)
    return (yield from landing(ep, line, token))


def _limit(ep: Episode, entry: Entry, base: int) -> Rule[int]:
    """The sample that `for` and `until` set, NEVER when there is none."""
    cue = _cue(entry)
    limit = NEVER
    if cue.for_s is not None:
        limit = yield from end_of(ep, entry, cue.for_s, base, ep.called(entry))
    if cue.until is not None:
        until = yield from moment(ep, entry, cue.until, after_until=True)
        if until < base:
            raise ImpossibleError(ends_too_early(ep, entry, cue.until, base, until, ep.called(entry)))
        limit = min(limit, until)
    return limit


def pace_of(cue: Cue, sound: Sound) -> Pace | None:
    """The pace of what strikes more than once, None for what sounds once."""
    if cue.every is not None:
        return cue.every
    several = cue.for_s is not None or cue.until is not None or cue.repeat is not None
    return sound.pace if sound.kind == "steps" or several else None


def _alone(ep: Episode, cue: Cue) -> bool:
    """Whether it sounds once, and so chooses as one of a row of cues like it."""
    sound = ep.sound(cue.role)
    return pace_of(cue, sound) is None and cue.repeat is None


def first_sound(ep: Episode, entry: Entry) -> SoundRef:
    """What its first (or only) part plays, at its own length unless `for` names another."""
    return ep.told(("first", entry.index), lambda: _first_of(ep, _cue(entry)))


def _first_of(ep: Episode, cue: Cue) -> SoundRef:
    sound = ep.sound(cue.role)
    length_s: float | None = None
    if _alone(ep, cue) and (sound.sustains or sound.kind == "bed"):
        if cue.for_s is not None and not isinstance(cue.for_s, Moment):
            length_s = ep.samples(cue.for_s) / ep.rate_hz
        elif sound.kind == "bed" and cue.until is not None:
            length_s = 1.0  # ambience has no length of its own; where its hit is does not depend on it
    return refs_of(ep, cue, 1, length_s=length_s)[0][0]


def refs_of(
    ep: Episode,
    cue: Cue,
    count: int,
    *,
    times: tuple[int, ...] = (),
    length_s: float | None = None,
    gap_s: Callable[[int, int], tuple[float, float]] | None = None,
) -> tuple[tuple[SoundRef, float], ...]:
    """What each of `count` strikes plays, with its gain in dB; `times` and `gap_s` matter where pitch and pace move."""

    def pitch_cents(number: int) -> float:
        if not cue.pitch_cents.moves or len(times) < 2:
            return round(cue.pitch_cents.first, 1)
        way = (times[number] - times[0]) / (times[-1] - times[0])
        return round(cue.pitch_cents.first + (cue.pitch_cents.last - cue.pitch_cents.first) * way, 1)

    def paced(number: int) -> float | None:
        if cue.every is None:
            return None
        return cue.every.first_s if gap_s is None else gap_s(number, times[number])[0]

    sound = ep.sound(cue.role)
    given = dict(cue.settings)
    if PASSING in sound.settings and ramps.nears(cue.path):
        given.setdefault(PASSING, 0.0)  # the path brings it and takes it away; it would pass twice
    settings = tuple(sorted(given.items()))
    return refs(
        sound,
        count,
        _names(ep, cue),
        variant=cue.variant,
        pitch_cents=pitch_cents,
        settings=lambda _: settings,
        speed=cue.speed / 100.0,
        length_s=length_s,
        pace_s=paced,
        alone=_alone(ep, cue),
    )


def _one_pitched(ep: Episode, entry: Entry) -> Cue:
    """The cue of a sound that is heard once, and so at one pitch."""
    cue = _cue(entry)
    if cue.pitch_cents.moves:
        what = (
            f"{ep.called(entry)} sounds once, and its pitch moves from strike to strike; give it one pitch, or 'every'"
        )
        raise ImpossibleError(Problem(cue.place, what))
    return cue


def _once(ep: Episode, entry: Entry, base: int, limit: int) -> Plan:
    """One sound of its own length; `for` and `until` end it sooner, but make it no longer."""
    cue = _one_pitched(ep, entry)
    (ref, gain_db), *_ = refs_of(ep, cue, 1)
    part = struck(ep.palette, ref, gain_db, 0)
    hit = base if _hangs(entry) else base - part.start
    part = part.shifted(hit)
    end = part.start + part.length
    if cue.for_s is not None and not isinstance(cue.for_s, Moment):
        limit = min(limit, part.start + ep.samples(cue.for_s))
    if limit >= end:
        return Plan((part,), hit, Ending(end))
    length = max(0, limit - part.start)
    trim = min(ep.samples(TRIM_S), length)
    return Plan((replace(part, length=Samples(length)),), hit, Ending(part.start + length, trim))


def _sustained(ep: Episode, entry: Entry, base: int, limit: int) -> Plan:
    """A sound made for exactly the time from its start to `limit`; `for` counts from where its audio begins."""
    cue = _one_pitched(ep, entry)
    onset = ep.palette.measure(first_sound(ep, entry)).onset
    start = base - onset if _hangs(entry) else base
    if cue.for_s is not None and not isinstance(cue.for_s, Moment):
        limit = min(limit, start + ep.samples(cue.for_s))
    if limit <= start:
        return Plan((), base, Ending(start, 0))
    (ref, gain_db), *_ = refs_of(ep, cue, 1, length_s=(limit - start) / ep.rate_hz)
    part = Part(
        start=Samples(start), length=Samples(limit - start), hit=Samples(start + onset), sound=ref, gain_db=gain_db
    )
    return Plan((part,), start + onset, Ending(limit))


def _walk(ep: Episode, entry: Entry, sound: Sound, base: int, limit: int) -> Plan:
    """Strikes at a pace; without one, `repeat` follows each sound with the next as soon as it has ended."""
    cue, pace = _cue(entry), pace_of(_cue(entry), sound)
    if sound.kind == "steps" and limit >= NEVER and cue.repeat is None:
        what = f"{ep.called(entry)} is a walk without an end; add 'for: 3 s', 'until: end of next line' or 'repeat: 4'"
        raise ImpossibleError(Problem(cue.place, what))
    if pace is None and sound.kind == "steps":
        what = f"{ep.called(entry)} has no pace of its own; add the time between two steps, as in 'every: 600 ms'"
        raise ImpossibleError(Problem(cue.place, what))
    repeat = 1 if cue.repeat is None and limit >= NEVER else cue.repeat
    first = base if _hangs(entry) else base + ep.palette.measure(first_sound(ep, entry)).onset
    if pace is None:
        return _in_a_row(ep, entry, first, limit, repeat or 1)
    gap = _gap(pace, first, limit, repeat)
    times = hits(first, limit, repeat, gap, _names(ep, cue), ep.rate_hz)
    if what := too_many(ep, entry, len(times)):
        raise ImpossibleError(Problem(cue.place, what))
    chosen = refs_of(ep, cue, len(times), times=times, gap_s=gap)
    parts = tuple(struck(ep.palette, ref, gain_db, hit) for hit, (ref, gain_db) in zip(times, chosen, strict=True))
    return Plan(parts, first, Ending(max((p.start + p.length for p in parts), default=base)))


def _gap(pace: Pace, first: int, limit: int, repeat: int | None) -> Callable[[int, int], tuple[float, float]]:
    """(number, sample) -> mean and spread: evenly from the first pace to the last, over the time or over the count."""

    def at(number: int, sample: int) -> tuple[float, float]:
        over_time = (sample - first) / max(1, limit - first)
        way = over_time if limit < NEVER else number / max(1, (repeat or 1) - 2)
        return pace.first_s + (pace.last_s - pace.first_s) * min(1.0, way), pace.spread

    return at


def _in_a_row(ep: Episode, entry: Entry, first: int, limit: int, repeat: int) -> Plan:
    parts: list[Part] = []
    for ref, gain_db in refs_of(ep, _cue(entry), repeat, times=tuple(range(repeat))):
        part = struck(ep.palette, ref, gain_db, first)
        if parts:
            shift = parts[-1].start + parts[-1].length - part.start
            part = part.shifted(shift)
        if part.hit >= limit:
            break
        parts.append(part)
    end = parts[-1].start + parts[-1].length if parts else first
    return Plan(tuple(parts), first, Ending(end))


def _within(ep: Episode, entry: Entry, part: Part) -> Part:
    """The part without what would be heard before the episode begins, when that is next to nothing."""
    early = ep.begins - part.start
    if early <= 0:
        return part
    if part.hit < ep.begins or early > ep.samples(LEAD_IN_S):
        what = f"{ep.called(entry)} would begin {ep.clock(early)} before the episode: its hit comes that late in it"
        raise ImpossibleError(Problem(entry.item.place, what))
    return replace(part, start=Samples(ep.begins), skip=Samples(early), length=Samples(part.length - early))


def _faded(ep: Episode, entry: Entry, plan: Plan, base: int) -> Rule[Plan]:
    """The plan with the fade-out that the cue asks for."""
    fade = _cue(entry).fade_out_s
    if fade is None or not plan.parts:
        return plan
    start, end = min(part.start for part in plan.parts), plan.ending.end
    if not isinstance(fade, Moment):
        return replace(plan, ending=Ending(end, min(ep.samples(fade), end - start)))
    gone = yield from end_of(ep, entry, fade, base, f"the fade of {ep.called(entry)}")
    end = min(end, gone)
    return replace(plan, ending=Ending(end, end - start))
