"""Which scenes around one say all that is heard in it: it can be placed, and so spoken and mixed, without the others.

Scenes begin on a grid, each when the one before it has been played, so a scene sounds alike wherever it stands. What is
in others reaches into it in three ways, and the script tells each: a moment that hangs on what another scene has; what
is carried from scene to scene; and what rings on after its scene, or has begun before it, for a time that is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Protocol, get_args

from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import (
    LINE,
    NEXT_LINE,
    SCENE,
    Anchor,
    Bed,
    Cue,
    Item,
    Line,
    Moment,
    Pause,
    Scene,
    Script,
    Stop,
)
from producer.model.sound import Sound
from producer.model.timeline import Timeline
from producer.timeline.episode import CLICK_S, longest_echo_s
from producer.timeline.running_order import Entry, entries_of, marks_of, moves
from producer.timeline.spots import pace_of


class Sounds(Protocol):
    """What is asked about the sounds of an episode's packs, before any is made."""

    def sound(self, role: str) -> Sound:
        """What fills `role`."""
        ...

    def longest_s(self, role: str) -> float:
        """How long one playing of what fills `role` lasts at most, before pitch and speed, where no length is asked."""
        ...


@dataclass(frozen=True, slots=True)
class More:
    """What the placing of some scenes has to know of those that it is not given."""

    spoken_before: bool = False
    """Speech last moved the playhead before the first of them."""
    goes_on: bool = False
    """There are scenes after the last."""
    room_s: float = 0.0
    """So long before the first of them something may be heard."""


ALL = More()
"""Nothing: it is given all."""
_ROOM_S = 30.0


class Surroundings:
    """How far each scene of a script depends on others, and reaches into them."""

    def __init__(self, script: Script, sounds: Sounds) -> None:
        self._script = script
        self._links = tuple(_links(script))
        # What is at the very end of a scene rings on, and its beds make way for those of the next.
        self._crossfade_s = float(max([CLICK_S, *(scene.crossfade_s for scene in script.scenes)]))
        rings_s = longest_echo_s(script) + self._crossfade_s
        reaches = [_reach(scene, sounds) for scene in script.scenes]
        self._early_s = [early for early, _ in reaches]
        self._late_s = [late + rings_s for _, late in reaches]

    def run(self, first: int, last: int) -> range:
        """The scenes from number `first` to `last` with all those that they hang together with; numbers from 0."""
        first, last = max(0, first), min(len(self._script.scenes) - 1, last)
        while True:
            # A link from before the run to after it may hold something that is heard all the way.
            across = [link for link in self._links if link[0] <= last and link[1] >= first]
            wider = min([first, *(link[0] for link in across)]), max([last, *(link[1] for link in across)])
            while wider[0] > 0 and self._spoken_before(wider[0]) is None:
                wider = wider[0] - 1, wider[1]
            if wider == (first, last):
                return range(first, last + 1)
            first, last = wider

    def enough(self, run: range, timeline: Timeline, scene: int, before_s: float, after_s: float) -> range:
        """The run that has all that reaches into one of its scenes; the same one where it has.

        Args:
            run: of the scenes that are placed on `timeline`, as `only` gives them.
            scene: the number of the one that is wanted, in the script.
            before_s, after_s: how much of what is around it has a say in how it sounds.
        """
        first = int(run.start > 0)
        here, rate_hz = timeline.scenes[first + scene - run.start].span, timeline.rate_hz
        late_s = max(self._late_s[: run.start], default=0.0)
        early_s = max([self._crossfade_s, *self._early_s[run.stop :]])
        earlier = run.start > 0 and here.start - timeline.scenes[first].span.start < (before_s + late_s) * rate_hz
        later = run.stop < len(self._script.scenes) and (
            timeline.scenes[-1].span.start - here.end < (after_s + early_s) * rate_hz
        )
        return self.run(run.start - earlier, run.stop - 1 + later) if earlier or later else run

    def only(self, run: range) -> tuple[Script, More]:
        """The script with no more than those scenes; where there are others, an empty one stands for the next of them.

        It still says how beds cross over into it, or out of it.
        """
        script, count = self._script, len(self._script.scenes)
        numbers = range(max(0, run.start - 1), min(count, run.stop + 1))
        scenes = [script.scenes[number] for number in numbers]
        kept = (one if number in run else replace(one, items=()) for number, one in zip(numbers, scenes, strict=True))
        return replace(script, scenes=tuple(kept)), More(
            spoken_before=bool(self._spoken_before(run.start)),
            goes_on=run.stop < count,
            room_s=_ROOM_S if run.start > 0 else 0.0,
        )

    def _spoken_before(self, scene: int) -> bool | None:
        """Whether speech last moved the playhead before a scene; None where the script alone does not say."""
        for earlier in reversed(self._script.scenes[:scene]):
            for item in reversed(earlier.items):
                if moves(item):
                    return None if isinstance(item, Line) and item.at is not None else isinstance(item, Line)
        return False


def _links(script: Script) -> Iterator[tuple[int, int]]:
    """Pairs of scenes, the earlier first: one says when something is in the other, or hears what the other carries."""
    entries = tuple(entries_of(script))
    named = {entry.item.id: entry.scene for entry in entries} | {s.id: n for n, s in enumerate(script.scenes)}
    marked, filled = dict[str, list[int]](), dict[str, list[int]]()
    for entry in entries:
        for _, name in marks_of(entry.item):
            marked.setdefault(name, []).append(entry.scene)
        if isinstance(entry.item, (Cue, Bed)):
            filled.setdefault(entry.item.role, []).append(entry.scene)
    scene, begun, last = -1, set[str](), len(script.scenes) - 1
    for entry in entries:
        item, number = entry.item, entry.scene
        if number != scene:
            scene, begun = number, set()
        for moment in _moments(item):
            others = _meant(moment, number, begun, named, marked, filled)
            # The end of what is in the later one is known in the scene after it.
            yield from ((min(number, other), min(last, max(number, other) + 1)) for other in others if other != number)
        if isinstance(item, (Cue, Bed)):
            begun.add(item.role)
    yield from _carried(entries, named, last)
    yield from _stopped_later(script, named)


def _meant(
    moment: Moment,
    scene: int,
    begun: Iterable[str],
    named: Mapping[str, int],
    marked: Mapping[str, Sequence[int]],
    filled: Mapping[str, Sequence[int]],
) -> Sequence[int]:
    """The scenes of what a moment in a scene hangs on, where it may be another one's.

    Args:
        begun: the roles that stand before it in its own scene.
        named, marked, filled: where what has an id, marks and roles are.
    """
    target = moment.target
    if moment.anchor is Anchor.MARK:
        found = marked.get(target, ())
        return () if scene in found else found[:1]
    if target in ("", LINE, NEXT_LINE, SCENE):
        return ()
    if target in named:
        return (named[target],)
    if target in begun:
        return ()
    found = filled.get(target, ())  # the last before it, else the first after it
    return [other for other in found if other < scene][-1:] or found[:1]


def _carried(entries: Sequence[Entry], named: Mapping[str, int], last: int) -> Iterator[tuple[int, int]]:
    """From each scene with a bed that is carried to the one in which it is ended, else to the last."""
    items = [(entry.scene, entry.item) for entry in entries]
    stops = [(number, item.what) for number, item in items if isinstance(item, Stop) and item.at is None]
    for number, item in items:
        if isinstance(item, Bed):
            if item.names_id and named.get(item.role, number) != number:
                yield min(number, named[item.role]), max(number, named[item.role])
            if item.carry:
                ends = (at for at, what in stops if at > number and what in (item.role, item.id, "all"))
                yield number, next(ends, last)


def _stopped_later(script: Script, named: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """From each scene with an `end` or `cut` that comes a while after its moment to the last that it may come in."""
    rests_s = [_rests_s(scene) for scene in script.scenes]
    for number, scene in enumerate(script.scenes):
        left_s = rests_s[number]
        for item in scene.items:
            left_s -= _rest_s(item)
            if isinstance(item, Stop) and item.at is not None and item.at.offset_s > 0:
                last = max(number, named.get(item.at.target, number))
                late_s = float(item.at.offset_s) - _goes_on_s(item.at, rests_s[number], left_s)
                while late_s > 0.0 and last + 1 < len(script.scenes):
                    last += 1
                    late_s -= rests_s[last]
                yield number, last


def _rest_s(item: Item) -> float:
    return _numbered_s(item.length) if isinstance(item, Pause) else 0.0


def _reach(scene: Scene, sounds: Sounds) -> tuple[float, float]:
    """How long before a scene, and after it, something of it may be heard at most, seconds; without echo."""
    early_s, late_s, whole_s = 0.0, 0.0, _rests_s(scene)
    left_s = whole_s
    for item in scene.items:
        left_s -= _rest_s(item)
        for one in (item, *(item.cues if isinstance(item, Line) else ())):
            early, late = _of_item(one, sounds)
            for moment in _moments(one):
                early -= min(0.0, float(moment.offset_s))
                late += max(0.0, float(moment.offset_s) - _goes_on_s(moment, whole_s, left_s))
            early_s, late_s = max(early_s, early), max(late_s, late)
    return early_s, late_s


def _goes_on_s(moment: Moment, whole_s: float, left_s: float) -> float:
    """How long a scene goes on at least after what a moment in it is counted from: every pause takes its time.

    Args:
        whole_s: all pauses of the scene.
        left_s: those after the item whose moment it is.
    """
    if moment.anchor is Anchor.START and moment.target in ("", SCENE):
        return whole_s
    return left_s if moment.anchor is Anchor.NOW or moment.target == LINE else 0.0  # no later than the item itself


def _rests_s(scene: Scene) -> float:
    return sum(map(_rest_s, scene.items))


def _of_item(item: Item, sounds: Sounds) -> tuple[float, float]:
    """As `_reach`, beside its moments."""
    if isinstance(item, Line):
        return _numbered_s(item.lead_s), 0.0  # the playhead waits for it
    if isinstance(item, Stop):
        return 0.0, _numbered_s(item.fade_out_s)
    if isinstance(item, Bed):
        if item.names_id or (item.every is None and sounds.sound(item.role).kind != "steps"):
            return 0.0, 0.0  # it begins where it is asked for, and ends with its scene
        own_s = sounds.longest_s(item.role) / _speed(item.speed, item.pitch_cents)
        return own_s, own_s
    if isinstance(item, Cue):
        own_s = sounds.longest_s(item.role) / _speed(item.speed, min(item.pitch_cents.first, item.pitch_cents.last))
        pace = pace_of(item, sounds.sound(item.role))
        between_s = max(own_s, 0.0 if pace is None else _slowest_s(pace))
        return own_s, own_s + _numbered_s(item.for_s) + (item.repeat or 0) * between_s
    return 0.0, 0.0


def _speed(percent: float, cents: float) -> float:
    return percent / 100.0 * math.exp2(cents / 1200.0)


def _slowest_s(pace: Pace) -> float:
    return max(pace.first_s, pace.last_s) * (1.0 + pace.spread)


def _numbered_s(length: object) -> float:
    """A length in seconds; one that is until a moment is as long as that says, and counted there."""
    return float(length) if isinstance(length, Fraction) else 0.0


def _moments(item: Item) -> Iterator[Moment]:
    """Every moment that an item names, without those of the sounds in its brackets."""
    for name in _TIMED[type(item)]:
        value = getattr(item, name)
        if isinstance(value, Moment):
            yield value
    for rest in item.rests if isinstance(item, Line) else ():
        if isinstance(rest.length, Moment):
            yield rest.length


_TIMED = {
    kind: tuple(field.name for field in fields(kind) if "Moment" in str(field.type) or "Length" in str(field.type))
    for kind in get_args(Item)
}
"""The fields of each kind of item that may hold a moment."""
