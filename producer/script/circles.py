"""Moments that wait for one another.

What each place in time is counted from makes a graph; a circle in it is a mistake.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.model.script import (
    LINE,
    NEXT_LINE,
    SCENE,
    Anchor,
    Bed,
    Cue,
    Hear,
    Item,
    Line,
    Mark,
    Moment,
    Pause,
    Scene,
    Stop,
)
from producer.model.words import find

Node = tuple[str, str]
"""(id, which of its places): `start`, `end`, `after` (the playhead behind it), or the number of a token of a line."""


@dataclass(frozen=True, slots=True)
class Circle:
    """The things that wait for each other, in the order of the script, and the moment that is best changed."""

    place: Place
    moment: Moment
    members: tuple[tuple[str, int], ...]
    """Ids, each with its line in the script."""
    lasting: tuple[str, ...] = ()
    """The roles among them that have no end of their own: they last as long as their scene."""

    @property
    def problem(self) -> Problem:
        """What is to be said of it."""
        names = [f"'{name}' (line {line})" for name, line in self.members]
        who = (
            f"{', '.join(names[:-1])} and {names[-1]} wait for each other"
            if names[1:]
            else f"{names[0]} waits for itself"
        )
        mend = "give it an 'until', or write its 'end' before"
        lasting = (f"; '{role}' has no end of its own and lasts as long as its scene: {mend}" for role in self.lasting)
        return Problem(self.place, f"'{self.moment.written}' leads round in a circle: {who}{''.join(lasting)}")


def circles(scenes: Sequence[Scene], endless: Container[str] = ()) -> list[Circle]:
    """Every group of items whose times depend on themselves.

    Args:
        endless: roles that go on for ever even as music, as far as that is known yet.
    """
    graph = _Graph(scenes, endless)
    found: list[Circle] = []
    if not graph.looks_ahead:
        return found
    for group in _groups(graph.edges):
        moments = [one for node in group for to, one in graph.asked.get(node, ()) if to in group]
        if moments:
            first = min(moments, key=lambda one: one.place)
            # Who only passes the playhead on has asked for nothing.
            ends = {
                end for node in group for to, _ in graph.asked.get(node, ()) if to in group for end in (node[0], to[0])
            }
            members = tuple((name, line) for name, line in graph.lines.items() if name in ends)
            lasting = (
                role
                for name, (role, over) in graph.lasting.items()
                if (name, "end") in group and (over, "end") in group
            )
            found.append(Circle(first.place, first, members, tuple(dict.fromkeys(lasting))))
    return found


class _Graph:
    """Which place in time is counted from which others."""

    def __init__(self, scenes: Sequence[Scene], endless: Container[str]) -> None:
        self._endless = endless
        self.lasting: dict[str, tuple[str, str]] = {}
        """What lasts as long as its scene: its id -> its role, and the scene."""
        self.edges: dict[Node, list[Node]] = {}
        self.asked: dict[Node, list[tuple[Node, Moment]]] = {}
        self.lines: dict[str, int] = {}
        """Where in the script each item is, in reading order."""
        self.looks_ahead = False
        """Whether any moment points at what is not over in reading order. Where none does, no circle can close."""
        self._over: set[str] = set()
        self._begun: set[str] = set()  # scenes
        self._lines = {item.id: item for scene in scenes for item in scene.items if isinstance(item, Line)}
        self._marks = dict(_marks(scenes))
        playhead: Node | None = None
        for scene in scenes:
            playhead = self._scene(scene, playhead)

    def _edge(self, node: Node, to: Node | None, moment: Moment | None = None) -> None:
        self.edges.setdefault(node, [])
        if to is not None:
            self.edges[node].append(to)
            self.edges.setdefault(to, [])
            if moment is not None:
                begun = to[1] == "start" and to[0] in self._begun
                self.looks_ahead = self.looks_ahead or not (begun or to[0] in self._over)
                self.asked.setdefault(node, []).append((to, moment))

    def _moment(self, node: Node, asked: object, scene: Scene) -> None:
        if isinstance(asked, Moment):
            self._edge(node, self._pointed(asked, scene), asked)

    def _pointed(self, moment: Moment, scene: Scene) -> Node | None:
        if moment.anchor is Anchor.NOW or moment.target in (LINE, NEXT_LINE):
            return None
        if moment.anchor is Anchor.MARK:
            return self._marks.get(moment.target)
        if moment.anchor in (Anchor.START, Anchor.END):
            target = scene.id if moment.target == SCENE else moment.target
            return (target, "start" if moment.anchor is Anchor.START else "end")
        line = self._lines.get(moment.target)
        hits = find(line.tokens, moment.words) if line else []
        nth = (moment.nth or 1) - 1
        return (moment.target, str(hits[nth].first)) if nth < len(hits) else None

    def _scene(self, scene: Scene, playhead: Node | None) -> Node:
        self.lines[scene.id] = scene.place.line
        self._begun.add(scene.id)
        self._edge((scene.id, "start"), playhead)
        at: Node = (scene.id, "start")
        last_line: Node | None = None
        for item in scene.items:
            self.lines[item.id] = item.place.line
            at, last_line = self._item(item, scene, at, last_line)
            if not isinstance(item, Bed):  # its end hangs on an `end`, or on its scene's, which come later
                self._over.add(item.id)
        self._edge((scene.id, "end"), at)
        self._ends(scene)
        self._over.add(scene.id)
        return (scene.id, "end")

    def _item(self, item: Item, scene: Scene, playhead: Node, last_line: Node | None) -> tuple[Node, Node | None]:
        start, end, after = (item.id, "start"), (item.id, "end"), (item.id, "after")
        if isinstance(item, Pause):
            self._edge(start, playhead)
            self._edge(end, start)
            self._moment(end, item.length, scene)
            return end, last_line
        asked_at = item.at
        if asked_at is not None and asked_at.anchor is not Anchor.NOW:
            self._moment(start, asked_at, scene)
        else:
            self._edge(start, playhead)
        self._edge(end, start)
        if isinstance(item, Line):
            if item.at is None and isinstance(item.lead_s, Moment):
                self._edge(start, last_line)
            self._line(item, scene)
            self._edge(after, end)
            self._edge(after, playhead)
            return after, end
        if isinstance(item, Cue):
            self._sound(item, scene, end)
            waits = item.at is None and item.until is None and item.wait != 0
            if isinstance(item.wait, Moment):
                self._edge(after, start)
                self._moment(after, item.wait, scene)
                self._edge(after, playhead)
                return after, last_line
            return (end if waits else playhead), last_line
        self._under(item, scene, end)
        return playhead, last_line

    def _under(self, item: Bed | Hear | Stop | Mark, scene: Scene, end: Node) -> None:
        for field in fields(item):
            if field.name != "at":
                self._moment(end, getattr(item, field.name), scene)

    def _sound(self, cue: Cue, scene: Scene, end: Node) -> None:
        for length in (cue.for_s, cue.until):
            self._moment(end, length, scene)

    def _line(self, line: Line, scene: Scene) -> None:
        start, end = (line.id, "start"), (line.id, "end")
        for length in (line.lead_s, line.gap_s):
            self._moment(start, length, scene)
        before = start
        for token in range(len(line.tokens) + 1):
            here = (line.id, str(token))
            self._edge(here, before)
            for rest in line.rests:
                if rest.after_token == token:
                    self._moment(here, rest.length, scene)
                    if rest.wait_for and rest.length == 0:
                        self._edge(here, (rest.wait_for, "end"))
            for cue in line.cues:
                if cue.before_token == token:
                    self.lines[cue.id] = cue.place.line
                    self._edge((cue.id, "start"), before)
                    self._edge((cue.id, "end"), (cue.id, "start"))
                    self._sound(cue, scene, (cue.id, "end"))
            before = here
        self._edge(end, before)

    def _ends(self, scene: Scene) -> None:
        """A bed is over at the first `end` or `cut` of it that follows, else with its scene; music mostly by itself."""
        following: dict[str, tuple[int, str]] = {}  # what -> (where, id) of the next `end` or `cut` of it
        ends_itself: set[str] = set()  # roles and ids that it, or what rides it, gives an end
        for index in range(len(scene.items) - 1, -1, -1):
            item = scene.items[index]
            if isinstance(item, Stop):
                following[item.what] = (index, item.id)
            if not isinstance(item, Bed):
                continue
            if item.until is not None or isinstance(item.fade_out_s, Moment):
                ends_itself.add(item.role)
            if not ends_itself.isdisjoint((item.role, item.id)):
                continue
            if item.music and not item.loop and item.every is None and item.role not in self._endless:
                continue
            stops = [following[name] for name in (item.id, item.role, "all") if name in following]
            if stops:
                self._edge((item.id, "end"), (min(stops)[1], "start"))
            elif not item.carry:
                self._edge((item.id, "end"), (scene.id, "end"))
                self.lasting[item.id] = (item.role, scene.id)


def _marks(scenes: Sequence[Scene]) -> Iterator[tuple[str, Node]]:
    for scene in scenes:
        for item in scene.items:
            if isinstance(item, Mark):
                yield item.name, (item.id, "start")
            elif isinstance(item, Line):
                yield from ((mark.name, (item.id, str(mark.before_token))) for mark in item.marks)


def _groups(edges: Mapping[Node, Iterable[Node]]) -> list[set[Node]]:
    """The strongly connected groups that hold a circle (Tarjan 1972), without recursion."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    waiting: set[Node] = set()
    groups: list[set[Node]] = []
    for root in edges:
        if root in index:
            continue
        walk: list[tuple[Node, Iterator[Node]]] = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while walk:
            node, following = walk[-1]
            to = next(following, None)
            if to is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == index[node]:
                    group = _popped(stack, node)
                    waiting -= group
                    if len(group) > 1 or node in edges[node]:
                        groups.append(group)
            elif to not in index:
                index[to] = low[to] = len(index)
                stack.append(to)
                waiting.add(to)
                walk.append((to, iter(edges[to])))
            elif to in waiting:
                low[node] = min(low[node], index[to])
    return groups


def _popped(stack: list[Node], down_to: Node) -> set[Node]:
    group: set[Node] = set()
    while down_to not in group:
        group.add(stack.pop())
    return group
