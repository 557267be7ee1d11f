"""How things end: by themselves, with their scene, faded by an `end`, or by a `cut`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from producer.frozen import dataclass
from producer.model.script import Line, Stop
from producer.timeline.episode import Episode
from producer.timeline.moments import end_of, moment
from producer.timeline.running_order import Entry
from producer.timeline.solve import NEVER, Ask, Maybe, Rule, What
from producer.units import Samples, Span


@dataclass(frozen=True, slots=True)
class Ending:
    """Where something ends, and how."""

    end: int
    fade_out: int | None = None
    """Samples; None: nothing was said, and it needs none."""
    cut: Span | None = None
    with_scene: bool = False
    """It would go on if its scene did: an `end` at the very end still fades it in its own time."""
    gives_way: bool = False
    """Its fade stands in for an ending that nobody asked for: a cut before its end leaves nothing of it."""

    @property
    def heard_until(self) -> int:
        """The end, or that of a cut that comes first (in the middle of a fade, whose own end stays for its shape)."""
        return self.end if self.cut is None else min(self.end, self.cut.end)

    @property
    def struck_until(self) -> int:
        """No new strike begins at or after this."""
        return self.end if self.cut is None else min(self.end, self.cut.start)


@dataclass(frozen=True, slots=True)
class _Stopping:
    start: int
    end: int
    cut: bool


def stop_start(ep: Episode, entry: Entry) -> Rule[int]:
    """The moment of an `end` or `cut` (or of a `hear`, or a mark)."""
    at = getattr(entry.item, "at", None)
    return (yield Ask(What.BEFORE, entry.index)) if at is None else (yield from moment(ep, entry, at))


def stop_end(ep: Episode, entry: Entry) -> Rule[int]:
    """When its fade has reached nothing."""
    assert isinstance(entry.item, Stop)
    start = yield Ask(What.START, entry.index)
    return (yield from end_of(ep, entry, entry.item.fade_out_s, start, f"the fade of {ep.called(entry)}"))


def stopped(
    ep: Episode, entry: Entry, natural: Ending, *, echo: int, before: int | None = None, late: bool = False
) -> Rule[Ending]:
    """`natural`, or how the `end` and `cut` items of the script end it sooner.

    Args:
        ep: the episode.
        entry: what may be ended: a speech, a sound, the start of a bed.
        natural: how it ends by itself.
        echo: samples for which its echo is heard after that, which a cut silences too.
        before: only stops before this entry number count.
        late: those too that can only reach its echo, which nothing else waits for.
    """
    last = len(ep.order.entries) if before is None else before
    stops = ep.order.stops(entry, late=late)
    found: list[_Stopping] = []
    end = natural.end
    for stop in stops.later():
        if stop.index >= last or (yield Maybe(Ask(What.START, stop.index))) > end + echo:
            break  # those after it come later still
        found += yield from _reached(entry, stop, last)
        end = min([end, *(one.end for one in found[-1:])])  # what comes after one that ends it changes nothing
    for stop in stops.earlier():
        if not (yield from _had_begun(entry, stop, (yield Maybe(Ask(What.START, stop.index))))):
            break  # those before it come earlier still
        found += yield from _reached(entry, stop, last)
    for stop in stops.hung:
        found += yield from _reached(entry, stop, last)
    return settle(natural, found, echo)


def first_stop(ep: Episode, entry: Entry, before: int) -> Rule[int]:
    """When the first `end` or `cut` before entry number `before` reaches `entry`; NEVER when none does."""
    first = NEVER
    stops = ep.order.stops(entry, late=False)
    for stop in stops.later():
        if stop.index >= before or (yield Maybe(Ask(What.START, stop.index))) > first:
            break  # those after it come later still
        for reached in (yield from _reached(entry, stop, before)):
            first = min(first, reached.start)
    for stop in stops.earlier():
        if not (yield from _had_begun(entry, stop, (yield Maybe(Ask(What.START, stop.index))))):
            break  # those before it come earlier still
        for reached in (yield from _reached(entry, stop, before)):
            first = min(first, reached.start)
    for stop in stops.hung:
        for reached in (yield from _reached(entry, stop, before)):
            first = min(first, reached.start)
    return first


def settle(natural: Ending, stops: Sequence[_Stopping], echo: int) -> Ending:
    """The earliest of what would end it; a cut in the middle of a fade leaves that fade its shape."""
    ending = natural
    fades = [
        s for s in stops if not s.cut and (s.start < natural.end or (natural.with_scene and s.start == natural.end))
    ]
    if fades:
        first = min(fades, key=lambda s: (s.end, s.start))
        end = first.end if natural.with_scene else min(natural.end, first.end)
        ending = Ending(end, end - first.start)
    cuts = [s for s in stops if s.cut and s.start < ending.end + echo]
    if not cuts:
        return ending
    first = min(cuts, key=lambda s: (s.start, s.end))
    cut = Span(Samples(first.start), Samples(first.end))
    fading = ending.fade_out is not None and not ending.gives_way and ending.end - ending.fade_out < first.start
    if first.end >= ending.end or fading:
        return replace(ending, cut=cut)
    return Ending(first.end, cut=cut)


def _reached(entry: Entry, stop: Entry, last: int) -> Rule[list[_Stopping]]:
    """What a stop before entry number `last` does to `entry`: nothing when it comes before it, or waits for its end."""
    if stop.index >= last:
        return []
    start = yield Maybe(Ask(What.START, stop.index))
    if start >= NEVER or not (yield from _had_begun(entry, stop, start)):
        return []
    assert isinstance(stop.item, Stop)
    end = yield Maybe(Ask(What.END, stop.index))
    return [_Stopping(start, end, stop.item.cut)] if end < NEVER else []


def _had_begun(entry: Entry, stop: Entry, at: int) -> Rule[bool]:
    """Whether the thing was under way at `at`. On one and the same sample the script's order decides."""
    if entry.index < stop.index:
        return (yield Ask(What.START, entry.index)) <= at
    # What comes later may reach back a little (the approach of a hit): it is the hit that has to be earlier.
    return (yield Ask(What.START if isinstance(entry.item, Line) else What.HIT, entry.index)) < at
