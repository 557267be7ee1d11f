"""The timeline stage: a script, its takes and its sounds become one plan in whole samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeVar

from producer.dsp.grid import quantum_samples
from producer.errors import ScriptError
from producer.frozen import changed
from producer.model.script import Bed, Cue, Line, Mark, Pause, Script, Stop
from producer.model.sound import Palette
from producer.model.timeline import Clip, HearSpan, SceneSpan, Timeline, TimelineMark
from producer.model.voice import Take
from producer.timeline.bed_clips import bed_clips
from producer.timeline.episode import LONGEST_TAIL_S, SHORT_ECHO_S, TAIL_FADE_S, Episode
from producer.timeline.hears import hear_spans
from producer.timeline.moments import landing
from producer.timeline.near import ALL, More
from producer.timeline.rules import circle, rule
from producer.timeline.running_order import Entry, RunningOrder
from producer.timeline.solve import Ask, Rule, Solver, UnknownError, What
from producer.timeline.speech import line_clips
from producer.timeline.spot_clips import cue_clip
from producer.timeline.unsaid import refuse_unsaid
from producer.units import Samples, Span

_Made = TypeVar("_Made", Clip, HearSpan, TimelineMark)


def place(
    script: Script,
    takes: Mapping[tuple[str, int], Take],
    palette: Palette,
    *,
    head_s: float = 0.0,
    tail_s: float = 0.0,
    grid: int | None = None,
    more: More = ALL,
) -> Timeline:
    """Where everything in the episode is heard, in samples at `palette.rate_hz`.

    Args:
        script: the episode.
        takes: every line's takes, by (line id, number of the voice); each with a phrase more than the line has rests.
        palette: the sounds, asked only for their lengths, hits and origins.
        head_s: silence before the first scene.
        tail_s: silence after the last echo.
        grid: scenes begin on multiples of so many samples; None: of `dsp.grid.quantum_samples` at the rate.
        more: what is to be known of scenes that the script has not, where it is a part of another (`timeline.near`).

    Raises ScriptError with every problem that was found: moments that are not there, that come too early, or that wait
    for each other.
    """
    ep = Episode(script, takes, palette, RunningOrder(script))
    grid = quantum_samples(palette.rate_hz) if grid is None else grid
    ep = replace(
        ep,
        begins=ep.samples(Fraction(head_s)),
        grid=grid,
        room_before=ep.samples(Fraction(more.room_s)),
        spoken_before=more.spoken_before,
    )
    solver = Solver(partial(rule, ep), partial(circle, ep))
    _solve_all(ep, solver)
    clips = tuple(_all(solver, (_clips(ep, entry) for entry in ep.order.entries)))
    hears = tuple(_all(solver, (hear_spans(ep, scene) for scene in range(len(script.scenes)))))
    marks = tuple(_all(solver, (_marks(ep, entry) for entry in ep.order.entries)))
    solver.verify()
    if solver.problems:
        raise ScriptError(solver.problems)
    scenes = tuple(_scene(ep, solver, number) for number in range(len(script.scenes)))
    ends = [scene.span.end for scene in scenes] + [_last_heard(ep, clip) for clip in clips]
    end = max(ends, default=ep.begins)
    rung_out = (_rung_out(ep, clip, end) for clip in clips)
    return Timeline(
        rate_hz=ep.rate_hz,
        duration=Samples(end + ep.samples(Fraction(tail_s))),
        scenes=scenes,
        clips=tuple(sorted(clips if more.goes_on else rung_out, key=lambda clip: clip.span.start)),
        hears=hears,
        marks=tuple(sorted(marks, key=lambda mark: mark.sample)),
    )


def _solve_all(ep: Episode, solver: Solver) -> None:
    """Ask everything once, the playhead first and in reading order: so hardly anything has to wait."""
    asks = [Ask(What.BEFORE, entry.index) for entry in ep.order.entries]
    asks += [Ask(What.SCENE_END, scene) for scene in range(len(ep.order.scenes))]
    asks += [Ask(what, entry.index) for what in (What.START, What.END) for entry in ep.order.entries]
    for ask in asks:
        try:
            solver.value(ask)
        except UnknownError:
            continue


def _all(solver: Solver, rules: Iterable[Rule[tuple[_Made, ...]]]) -> Iterator[_Made]:
    """What the rules make; a problem leaves its own thing out, so that all problems are found."""
    for made in rules:
        try:
            yield from solver.run(made)
        except UnknownError:
            continue


def _clips(ep: Episode, entry: Entry) -> Rule[tuple[Clip, ...]]:
    item = entry.item
    if isinstance(item, Line):
        return (yield from line_clips(ep, entry))
    if isinstance(item, Cue):
        clip = yield from cue_clip(ep, entry)
        return (clip,) if clip.span.length > 0 else ()  # one that is ended as it begins is not heard
    if isinstance(item, Bed) and (yield Ask(What.ROOT, entry.index)) == entry.index:
        return (yield from bed_clips(ep, entry))
    if isinstance(item, Mark | Pause | Stop):
        yield from refuse_unsaid(ep, entry)
    return ()


def _marks(ep: Episode, entry: Entry) -> Rule[tuple[TimelineMark, ...]]:
    item = entry.item
    if isinstance(item, Mark):
        at = yield Ask(What.START, entry.index)
        return (TimelineMark(name=item.name, sample=Samples(at), place=item.place, chapter=item.chapter),)
    found: list[TimelineMark] = []
    for mark in item.marks if isinstance(item, Line) else ():
        at = yield from landing(ep, entry, mark.before_token)
        found.append(TimelineMark(name=mark.name, sample=Samples(at), place=mark.place))
    return tuple(found)


def _scene(ep: Episode, solver: Solver, number: int) -> SceneSpan:
    scene = ep.script.scenes[number]
    start, end = solver.value(Ask(What.SCENE_START, number)), solver.value(Ask(What.SCENE_END, number))
    return SceneSpan(
        id=scene.id,
        title=scene.title,
        span=Span(Samples(start), Samples(end)),
        place=scene.place,
        room=scene.room,
        margin=scene.speech_margin,
    )


def _last_heard(ep: Episode, clip: Clip) -> int:
    """The end of a clip with as much of its echo as is worth waiting for; a cut takes the echo away."""
    echo = _echo(ep, clip)
    # What fades out has echoed less and less for as long.
    waited = max(min(echo, ep.samples(SHORT_ECHO_S)), min(echo - clip.fade_out, ep.samples(LONGEST_TAIL_S)))
    end = clip.span.end + waited
    return int(end if clip.cut is None else min(end, clip.cut.end))


def _rung_out(ep: Episode, clip: Clip, end: int) -> Clip:
    """The clip, faded where it would still ring at the end of the programme; deep tones ring on beyond an RT60."""
    echo = _echo(ep, clip)
    if clip.cut is not None or echo <= ep.samples(SHORT_ECHO_S) or clip.span.end + echo + echo // 2 < end:
        return clip
    return changed(clip, cut=Span(Samples(end - ep.samples(TAIL_FADE_S)), Samples(end)))


def _echo(ep: Episode, clip: Clip) -> int:
    return ep.echo(clip.room, *clip.through, treat=clip.treat) if clip.span.length else 0
