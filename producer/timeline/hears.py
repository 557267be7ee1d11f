"""What stands between the listener and a scene: `hear`, as the scene's key and as an item."""

from __future__ import annotations

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.script import Hear
from producer.model.timeline import HearSpan, Ramp
from producer.timeline import ramps
from producer.timeline.episode import Episode
from producer.timeline.moments import end_of
from producer.timeline.solve import Ask, Rule, What
from producer.timeline.unsaid import refuse_unsaid
from producer.units import Samples, Span


@dataclass(frozen=True, slots=True)
class _Turn:
    treat: str
    level_lu: float
    place: Place
    start: int
    end: int
    """Where the change is complete."""


def hear_spans(ep: Episode, scene: int) -> Rule[tuple[HearSpan, ...]]:
    """The treatments of one scene, one after another, each crossfading into the next over the next one's `over`."""
    whole = Span(Samples((yield Ask(What.SCENE_START, scene))), Samples((yield Ask(What.SCENE_END, scene))))
    turns = [_Turn(ep.script.scenes[scene].hear, 0.0, ep.script.scenes[scene].place, whole.start, whole.start)]
    for entry in ep.order.hears(scene):
        hear = entry.item
        assert isinstance(hear, Hear)
        start = yield Ask(What.START, entry.index)
        yield from refuse_unsaid(ep, entry)
        end = yield from end_of(ep, entry, hear.over_s, start, f"the change of {ep.called(entry)}")
        turns.append(_Turn(hear.treat, float(hear.level_lu), hear.place, start, end))
    turns = [turns[0], *sorted(turns[1:], key=lambda turn: turn.start)]
    return tuple(span for span in _spans(ep.script.scenes[scene].id, turns, whole) if span.span.length > 0)


def _spans(scene: str, turns: list[_Turn], whole: Span) -> list[HearSpan]:
    found: list[HearSpan] = []
    number = 0
    while number < len(turns):
        first = turns[number]
        comes = Ramp(((first.start, 0.0), (first.end, 1.0))) if first.end > first.start else Ramp.still(1.0)
        amount, level, end = comes, Ramp.still(first.level_lu), int(whole.end)
        number += 1
        # The same treatment again is not put on twice: its level is ridden.
        while number < len(turns) and turns[number].treat == first.treat:
            level = ramps.ride(level, turns[number].start, turns[number].end, (turns[number].level_lu,))
            number += 1
        if number < len(turns):
            goes = turns[number]
            amount, end = ramps.ride(amount, goes.start, goes.end, (0.0,)), min(end, goes.end)
        if first.treat != "none" or level != Ramp.still(0.0):
            span = Span(Samples(min(first.start, end)), Samples(end)).within(whole)
            found.append(
                HearSpan(scene=scene, span=span, treat=first.treat, amount=amount, level=level, place=first.place)
            )
    return found
