"""The running order: every item of the script with its number, and what stands before and after it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from producer.frozen import dataclass
from producer.model.script import Bed, Cue, Hear, Item, Line, Mark, Pause, Scene, Script, Stop


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. A sound in brackets is an entry of its own, after its line."""

    index: int
    item: Item
    scene: int
    inside: int = -1
    """The entry of the line whose brackets it stands in; -1 for an item of its own."""


@dataclass(frozen=True, slots=True)
class _Named:
    """The `end` and `cut` items that name one of some things, in reading order."""

    at_playhead: tuple[Entry, ...]
    indices: tuple[int, ...]  # of those at the playhead
    hung: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Stops:
    """The `end` and `cut` items that name one thing, by how they stand to it.

    They are handed out one by one: of the many that an episode may have, mostly the first settles it.
    """

    named: _Named
    split: int
    """How many of those at the playhead come before it."""
    any_later: bool
    any_earlier: bool

    def later(self) -> Iterator[Entry]:
        """Those at the playhead that come after it: each is no earlier than the one before it."""
        return islice(self.named.at_playhead, self.split, None) if self.any_later else iter(())

    def earlier(self) -> Iterator[Entry]:
        """Those at the playhead that come before it, going back: each is no later than the one before it."""
        numbers = range(self.split - 1, -1, -1) if self.any_earlier else ()
        return (self.named.at_playhead[number] for number in numbers)

    @property
    def hung(self) -> tuple[Entry, ...]:
        """Those with a moment of their own."""
        return self.named.hung


class RunningOrder:
    """Every item in reading order. Nothing here depends on how long anything is."""

    def __init__(self, script: Script) -> None:
        self.scenes: tuple[Scene, ...] = script.scenes
        self.entries: tuple[Entry, ...] = tuple(entries_of(script))
        self.by_id = {entry.item.id: entry.index for entry in self.entries}
        self.scene_ids = {scene.id: number for number, scene in enumerate(script.scenes)}
        self._lines = [e.index for e in self.entries if isinstance(e.item, Line)]
        self._movers = [e.index for e in self.entries if moves_playhead(e)]
        self._stops: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if isinstance(entry.item, Stop):
                self._stops.setdefault(entry.item.what, []).append(entry)
        self._named: dict[tuple[str, ...], _Named] = {}
        self._beds: dict[tuple[str, bool, str], list[Entry]] = {}
        self._roles: dict[str, list[int]] = {}
        self._marks: dict[str, list[tuple[int, int]]] = {}
        self._hears: dict[int, list[Entry]] = {}
        self._last: dict[int, int] = {}
        for entry in self.entries:
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        """Put an entry where it is looked for: an episode of ten hours has twenty thousand."""
        item = entry.item
        self._last[entry.scene] = entry.index
        if isinstance(item, Bed):
            for key in ("", *item.said):
                self._beds.setdefault((self._bed_role(item), item.music, key), []).append(entry)
        if isinstance(item, (Bed, Cue)):
            self._roles.setdefault(item.role, []).append(entry.index)
        elif isinstance(item, Hear):
            self._hears.setdefault(entry.scene, []).append(entry)
        for place, name in marks_of(item):
            self._marks.setdefault(name, []).append((entry.index, place))

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
        if scene not in self._last:
            return None
        last = self.last_mover(self._last[scene] + 1)
        return last if last is not None and self.entries[last].scene == scene else None

    def scene_end(self, scene: int) -> int:
        """The number of the first entry after those of a scene that has any."""
        return self._last[scene] + 1

    def hears(self, scene: int) -> Sequence[Entry]:
        """Every `hear` item of a scene, in reading order."""
        return self._hears.get(scene, ())

    def stops(self, entry: Entry, *, late: bool) -> Stops:
        """Every `end` and `cut` that could reach `entry`; with `late`, those too that can only reach its echo."""
        item = entry.item
        names = (item.id,) if isinstance(item, Line) else (item.id, "all", getattr(item, "role", ""))
        named = self._stopping(tuple(name for name in names if name in self._stops) if self._stops else ())
        # A sound that was waited for has ended when the playhead comes to a later item, and one that begins at the
        # playhead has not begun when it comes to an earlier one: only a stop with a moment of its own can reach those.
        waited = isinstance(item, Line) or (isinstance(item, Cue) and moves_playhead(entry) and item.wait is None)
        begins_at_playhead = entry.inside < 0 and getattr(item, "at", None) is None
        return Stops(named, bisect_left(named.indices, entry.index), not waited or late, not begins_at_playhead)

    def _stopping(self, names: tuple[str, ...]) -> _Named:
        """The stops that name one of `names`; most things share theirs with many others."""
        if names not in self._named:
            found = sorted((stop for name in {*names} for stop in self._stops[name]), key=lambda stop: stop.index)
            hung = tuple(stop for stop in found if getattr(stop.item, "at", None) is not None)
            free = tuple(stop for stop in found if getattr(stop.item, "at", None) is None)
            self._named[names] = _Named(free, tuple(stop.index for stop in free), hung)
        return self._named[names]

    def beds_like(self, entry: Entry, *, after: int = -1, before: int, saying: str = "") -> Sequence[Entry]:
        """Every bed (or music) item that starts or may ride the same one, in reading order.

        Args:
            entry: one of them.
            after: only those after this entry number.
            before: only those before this one.
            saying: only those that say this key.
        """
        item = entry.item
        assert isinstance(item, Bed)
        found = self._beds.get((self._bed_role(item), item.music, saying), [])
        first = bisect_right(found, after, key=_index)
        return found[first : bisect_left(found, before, lo=first, key=_index)]

    def _bed_role(self, bed: Bed) -> str:
        if bed.names_id and bed.role in self.by_id:
            named = self.entries[self.by_id[bed.role]].item
            return named.role if isinstance(named, Bed) else bed.role
        return bed.role

    def mark(self, name: str, entry: Entry) -> tuple[int, int] | None:
        """(entry, index among its line's marks, or -1 for an item) of a mark: of this scene, else of any."""
        found = self._marks.get(name, [])
        here = (mark for mark in found if self.entries[mark[0]].scene == entry.scene)
        return next(here, found[0] if found else None)

    def by_role(self, role: str, entry: Entry) -> int | None:
        """The last sound or bed of that role before `entry`, else the first after it."""
        found = self._roles.get(role, [])
        before = bisect_left(found, entry.index)
        if before:
            return found[before - 1]
        after = before + (before < len(found) and found[before] == entry.index)
        return found[after] if after < len(found) else None

    def _in_scene(self, indices: list[int], at: int, entry: Entry) -> int | None:
        if not 0 <= at < len(indices) or self.entries[indices[at]].scene != entry.scene:
            return None
        return indices[at]


def _index(entry: Entry) -> int:
    return entry.index


def moves_playhead(entry: Entry) -> bool:
    """Whether what comes after the entry may have to wait for it."""
    return entry.inside < 0 and moves(entry.item)  # for what is in brackets its line waits, where the script says so


def moves(item: Item) -> bool:
    """The same of an item that is not in brackets."""
    if isinstance(item, Cue):
        return item.at is None and item.until is None if item.wait is None else item.wait != 0
    return isinstance(item, (Line, Pause))


def entries_of(script: Script) -> Iterator[Entry]:
    """Every item in reading order; what is in a line's brackets after it."""
    index = 0
    for number, scene in enumerate(script.scenes):
        for item in scene.items:
            yield Entry(index, item, number)
            line, index = index, index + 1
            for cue in item.cues if isinstance(item, Line) else ():
                yield Entry(index, cue, number, inside=line)
                index += 1


def marks_of(item: Item) -> Iterator[tuple[int, str]]:
    """The marks that an item makes: (index among its line's, or -1 for an item, name)."""
    if isinstance(item, Mark):
        yield -1, item.name
    elif isinstance(item, Line):
        for place, mark in enumerate(item.marks):
            yield place, mark.name
