"""The running order: every item of the script with its number, and what stands before and after it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from producer.model.script import Bed, Cue, Item, Line, Mark, Pause, Scene, Script, Stop


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. A sound in brackets is an entry of its own, after its line."""

    index: int
    item: Item
    scene: int
    inside: int = -1
    """The entry of the line whose brackets it stands in; -1 for an item of its own."""


@dataclass(frozen=True, slots=True)
class Stops:
    """The `end` and `cut` items that name one thing, by how they stand to it; nearest first."""

    later: tuple[Entry, ...]  # at the playhead: each is no earlier than the one before it
    earlier: tuple[Entry, ...]  # at the playhead, going back: each is no later than the one before it
    hung: tuple[Entry, ...]  # with a moment of their own


class RunningOrder:
    """Every item in reading order. Nothing here depends on how long anything is."""

    def __init__(self, script: Script) -> None:
        self.scenes: tuple[Scene, ...] = script.scenes
        self.entries: tuple[Entry, ...] = tuple(_entries(script))
        self.by_id = {entry.item.id: entry.index for entry in self.entries}
        self.scene_ids = {scene.id: number for number, scene in enumerate(script.scenes)}
        self._lines = [e.index for e in self.entries if isinstance(e.item, Line)]
        self._movers = [e.index for e in self.entries if moves_playhead(e)]
        self._stops: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if isinstance(entry.item, Stop):
                self._stops.setdefault(entry.item.what, []).append(entry)
        self._beds = [e for e in self.entries if isinstance(e.item, Bed)]

    def line(self, entry: Entry) -> int | None:
        """The last line before `entry` in its scene; for a sound in brackets, the line around it."""
        if entry.inside >= 0:
            return entry.inside
        return self._in_scene(self._lines, bisect_left(self._lines, entry.index) - 1, entry)

    def next_line(self, entry: Entry) -> int | None:
        """The first line after `entry` in its scene."""
        return self._in_scene(self._lines, bisect_left(self._lines, entry.index + 1), entry)

    def mover(self, entry: Entry) -> int | None:
        """The last item before `entry` in its scene that may have moved the playhead."""
        return self._in_scene(self._movers, bisect_left(self._movers, entry.index) - 1, entry)

    def last_mover(self, before: int) -> int | None:
        """The last item before entry number `before`, in any scene, that may have moved the playhead."""
        at = bisect_left(self._movers, before) - 1
        return self._movers[at] if at >= 0 else None

    def scene_mover(self, scene: int) -> int | None:
        """The last item of a scene that may have moved the playhead."""
        last = self.last_mover(next((e.index for e in self.entries if e.scene > scene), len(self.entries)))
        return last if last is not None and self.entries[last].scene == scene else None

    def stops(self, entry: Entry, *, late: bool) -> Stops:
        """Every `end` and `cut` that could reach `entry`; with `late`, those too that can only reach its echo."""
        item = entry.item
        names = {item.id} if isinstance(item, Line) else {item.id, "all", getattr(item, "role", "")}
        found = sorted((stop for name in names for stop in self._stops.get(name, ())), key=lambda stop: stop.index)
        at_playhead = [stop for stop in found if getattr(stop.item, "at", None) is None]
        # A sound that was waited for has ended when the playhead comes to a later item, and one that begins at the
        # playhead has not begun when it comes to an earlier one: only a stop with a moment of its own can reach those.
        waited = isinstance(item, Line) or (isinstance(item, Cue) and moves_playhead(entry) and item.wait is None)
        begins_at_playhead = entry.inside < 0 and getattr(item, "at", None) is None
        later = [] if waited and not late else [stop for stop in at_playhead if stop.index > entry.index]
        earlier = [] if begins_at_playhead else [stop for stop in at_playhead if stop.index < entry.index]
        hung = [stop for stop in found if getattr(stop.item, "at", None) is not None]
        return Stops(tuple(later), tuple(reversed(earlier)), tuple(hung))

    def beds_like(self, entry: Entry) -> list[Entry]:
        """Every bed (or music) item that starts or may ride the same one, in reading order, `entry` too."""
        item = entry.item
        assert isinstance(item, Bed)
        role = item.role
        if item.names_id and role in self.by_id:
            named = self.entries[self.by_id[role]].item
            role = named.role if isinstance(named, Bed) else role
        return [e for e in self._beds if self._bed_role(e) == role and e.item.music == item.music]  # type: ignore[union-attr]

    def _bed_role(self, entry: Entry) -> str:
        item = entry.item
        assert isinstance(item, Bed)
        if item.names_id and item.role in self.by_id:
            named = self.entries[self.by_id[item.role]].item
            return named.role if isinstance(named, Bed) else item.role
        return item.role

    def mark(self, name: str, entry: Entry) -> tuple[int, int] | None:
        """(entry, index among its line's marks, or -1 for an item) of a mark: of this scene, else of any."""
        found = [(e.index, place) for e in self.entries for place, its_name in _marks(e.item) if its_name == name]
        here = [mark for mark in found if self.entries[mark[0]].scene == entry.scene]
        return next(iter(here or found), None)

    def by_role(self, role: str, entry: Entry) -> int | None:
        """The last sound or bed of that role before `entry`, else the first after it."""
        found = [e.index for e in self.entries if getattr(e.item, "role", None) == role and e.index != entry.index]
        before = [index for index in found if index < entry.index]
        return before[-1] if before else (found[0] if found else None)

    def _in_scene(self, indices: list[int], at: int, entry: Entry) -> int | None:
        if not 0 <= at < len(indices) or self.entries[indices[at]].scene != entry.scene:
            return None
        return indices[at]


def moves_playhead(entry: Entry) -> bool:
    """Whether what comes after the entry may have to wait for it."""
    item = entry.item
    if entry.inside >= 0:
        return False  # its line waits for it, where the script says so
    if isinstance(item, Cue):
        return item.at is None and item.until is None if item.wait is None else item.wait != 0
    return isinstance(item, (Line, Pause))


def _entries(script: Script) -> Iterator[Entry]:
    index = 0
    for number, scene in enumerate(script.scenes):
        for item in scene.items:
            yield Entry(index, item, number)
            line, index = index, index + 1
            for cue in item.cues if isinstance(item, Line) else ():
                yield Entry(index, cue, number, inside=line)
                index += 1


def _marks(item: Item) -> Iterator[tuple[int, str]]:
    if isinstance(item, Mark):
        yield -1, item.name
    elif isinstance(item, Line):
        for place, mark in enumerate(item.marks):
            yield place, mark.name
