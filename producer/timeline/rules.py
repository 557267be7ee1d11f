"""Which rule answers which question; the playhead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from producer.errors import Place, Problem
from producer.model.script import Bed, Cue, Hear, Line, Mark, Moment, Pause, Stop
from producer.timeline.beds import bed_end, bed_root, bed_start
from producer.timeline.endings import Ending, stop_end, stop_start
from producer.timeline.episode import Episode, where
from producer.timeline.moments import end_of
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, Rule, What
from producer.timeline.speech import line_ending, line_start, phrase_start
from producer.timeline.spots import cue_ending, cue_hit, cue_start

_SCENES = (What.SCENE_START, What.SCENE_END, What.SCENE_PLAYED)


def rule(ep: Episode, ask: Ask) -> Rule[int]:
    """The rule that answers `ask`."""
    if ask.what is What.PHRASE:
        return phrase_start(ep, ep.entry(ask.of), ask.part)
    of_scene = _OF_SCENES.get(ask.what)
    return _OF_ENTRIES[ask.what](ep, ep.entry(ask.of)) if of_scene is None else of_scene(ep, ask.of)


def circle(ep: Episode, asks: tuple[Ask, ...]) -> Problem:
    """The problem of questions that wait for each other: every item among them, in the order in which they wait."""
    members = list(dict.fromkeys(ask.of for ask in asks if ask.what not in _SCENES))
    if not members:  # nothing but scenes, each after the other, cannot wait for itself
        return Problem(Place(ep.script.file), "these scenes wait for each other")
    hung = [_moments(ep.entry(index)) for index in members]
    # Begin with the first in reading order that hangs on something, so that one circle is one message.
    first = min((i for i in range(len(members)) if hung[i]), key=lambda i: members[i], default=0)
    turned = [*range(first, len(members)), *range(first)]
    named = [_member(ep, ep.entry(members[i]), hung[i]) for i in turned]
    at = hung[first][0][1].place if hung[first] else ep.entry(members[first]).item.place
    why = "".join(_lasting(ep, asks))
    if len(named) == 1:
        return Problem(at, f"this waits for itself: {named[0]}{why}")
    return Problem(at, f"these wait for each other: {', '.join(named)}{why}")


def _lasting(ep: Episode, asks: tuple[Ask, ...]) -> Iterator[str]:
    """What is to be said of each bed among them that waits for the end of its scene."""
    for ask, wanted in zip(asks, (*asks[1:], asks[0]), strict=True):
        if ask.what is What.END and wanted.what is What.SCENE_END:
            item = ep.entry(ask.of).item
            if isinstance(item, Bed) and item.until is None:
                mend = "give it an 'until', or write its 'end' before"
                lasts = "the episode" if item.carry else "its scene"
                yield f"; '{item.role}' has no end of its own and lasts as long as {lasts}: {mend}"


def _member(ep: Episode, entry: Entry, hung: list[tuple[str, Moment]]) -> str:
    hangs = "; ".join(f"{key} {asked.written}" for key, asked in hung)
    placed = where(entry.item.place, ep.script.file)
    role = getattr(entry.item, "role", "")
    name = f"{entry.item.id} '{role}'" if role and role != entry.item.id else entry.item.id
    return f"{name} ({placed}{': ' + hangs if hangs else ''})"


def _moments(entry: Entry) -> list[tuple[str, Moment]]:
    """Every moment that an item names, with the words before it."""
    keys: dict[str, Callable[[Entry], object]] = {
        "at": lambda e: getattr(e.item, "at", None),
        "until": lambda e: getattr(e.item, "until", None),
    }
    lengths = {"for_s": "for", "wait": "wait", "over_s": "over", "fade_in_s": "fade_in", "fade_out_s": "fade_out"}
    lengths |= {"length": "pause", "lead_s": "lead", "gap_s": "gap"}
    found = [(key, value) for key, get in keys.items() if isinstance(value := get(entry), Moment)]
    for field, key in lengths.items():
        if isinstance(value := getattr(entry.item, field, None), Moment):
            found.append((f"{key} until", value))
    return found


def _scene_start(ep: Episode, scene: int) -> Rule[int]:
    """On the grid, where the scene before it has been played or up to a quantum later.

    So an edit of that scene moves all of this one by a multiple of the quantum, and what was made of it stays right.
    """
    if scene == 0:
        return ep.begins + -(-ep.room_before // ep.grid) * ep.grid
    played = yield Ask(What.SCENE_PLAYED, scene - 1)
    return -(-played // ep.grid) * ep.grid


def _scene_end(ep: Episode, scene: int) -> Rule[int]:
    """A scene lasts until the next begins, so its beds leave no hole there."""
    last = scene == len(ep.order.scenes) - 1
    return (yield Ask(What.SCENE_PLAYED, scene) if last else Ask(What.SCENE_START, scene + 1))


def _scene_played(ep: Episode, scene: int) -> Rule[int]:
    mover = ep.order.scene_mover(scene)
    return (yield Ask(What.SCENE_START, scene) if mover is None else Ask(What.AFTER, mover))


def _before(ep: Episode, entry: Entry) -> Rule[int]:
    mover = ep.order.mover(entry)
    return (yield Ask(What.SCENE_START, entry.scene) if mover is None else Ask(What.AFTER, mover))


def _after(ep: Episode, entry: Entry) -> Rule[int]:
    """The playhead only ever goes on: what ends before it (a short word with a long `lead`) leaves it where it is."""
    item = entry.item
    before = yield Ask(What.BEFORE, entry.index)
    if isinstance(item, Pause):
        return (yield from end_of(ep, entry, item.length, before, "the pause"))
    if isinstance(item, Cue) and item.wait is not None:
        hit = yield Ask(What.HIT, entry.index)
        return max(before, (yield from end_of(ep, entry, item.wait, hit, f"the wait for {ep.called(entry)}")))
    return max(before, (yield Ask(What.END, entry.index)))


def _spoke(ep: Episode, entry: Entry) -> Rule[int]:
    mover = ep.order.last_mover(entry.index)
    if mover is None:
        return int(ep.spoken_before)
    item = ep.entry(mover).item
    if isinstance(item, Line) and item.at is not None:
        before = yield Ask(What.BEFORE, mover)
        moved = (yield Ask(What.END, mover)) > before
        return 1 if moved else (yield Ask(What.SPOKE, mover))
    return int(isinstance(item, Line))


def _start(ep: Episode, entry: Entry) -> Rule[int]:
    match entry.item:
        case Line():
            return line_start(ep, entry)
        case Cue():
            return cue_start(ep, entry)
        case Bed():
            return bed_start(ep, entry)
        case Hear() | Stop() | Mark() | Pause():
            return stop_start(ep, entry)
        case _:
            assert_never(entry.item)


def _hit(ep: Episode, entry: Entry) -> Rule[int]:
    return cue_hit(ep, entry) if isinstance(entry.item, Cue) else _same(Ask(What.START, entry.index))


def _end(ep: Episode, entry: Entry) -> Rule[int]:
    match entry.item:
        case Line():
            return _heard(line_ending(ep, entry))
        case Cue():
            return _heard(cue_ending(ep, entry))
        case Bed():
            return bed_end(ep, entry)
        case Stop():
            return stop_end(ep, entry)
        case Pause():
            return _same(Ask(What.AFTER, entry.index))
        case Hear() | Mark():
            return _same(Ask(What.START, entry.index))
        case _:
            assert_never(entry.item)


def _same(ask: Ask) -> Rule[int]:
    return (yield ask)


def _heard(ending: Rule[Ending]) -> Rule[int]:
    return (yield from ending).heard_until


_OF_SCENES: dict[What, Callable[[Episode, int], Rule[int]]] = {
    What.SCENE_START: _scene_start,
    What.SCENE_END: _scene_end,
    What.SCENE_PLAYED: _scene_played,
}
_OF_ENTRIES: dict[What, Callable[[Episode, Entry], Rule[int]]] = {
    What.BEFORE: _before,
    What.AFTER: _after,
    What.SPOKE: _spoke,
    What.START: _start,
    What.HIT: _hit,
    What.END: _end,
    What.ROOT: bed_root,
}
