"""A season, from what is there to what is missing: the one who hands out the work and takes it back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field
from pathlib import Path
from typing import Literal

from producer.cache import Faults, key
from producer.deliver.files import clear_left
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.project import Project, own_folder
from producer.season import records
from producer.season.found import Folder
from producer.season.listing import Episode, Source, Unread, look_at_all
from producer.season.program import digest
from producer.season.task import HERE, Asked, Facts, Outcome, Stored, Task, Tree
from producer.season.travel import listed, receive, send
from producer.season.works import Board, Works
from producer.shared import SharedCache

LINES_AT_ONCE = 24
"""That several episodes have, and one worker speaks: a minute or two of speech."""

_RECEIVED_AT_ONCE, _ASKED_AT_ONCE = 4, 16
"""Episodes whose files are on their way back; questions to a storage that takes its time to answer."""

Status = Literal["made", "kept", "mistake", "fault", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user asked for."""

    folder: Folder
    asked: Asked
    output: Path
    """Around the episodes' own folders."""
    readers: int = 1
    """Processes that read the scripts, where there are many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How it went with one episode."""

    project: Project
    folder: Path
    status: Status
    message: str = ""
    facts: Facts | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def slug(self) -> str:
        return self.project.slug


@dataclass(slots=True)
class _Left:
    """What is to be made, and what waits for what."""

    episodes: dict[str, Episode]
    waits: dict[str, set[str]] = field(default_factory=dict)  # an episode -> the tasks that speak what it shares

    def freed(self, task: str) -> Iterator[Episode]:
        """The episodes that waited for this task alone, longest first."""
        for slug, tasks in self.waits.items():
            if task in tasks:
                tasks.discard(task)
                if not tasks:
                    yield self.episodes[slug]


def season(order: Order, cache: SharedCache, works: Works, board: Board) -> tuple[Row, ...]:
    """Make what is missing of a season; how it went with every episode, in the order of the scripts.

    A mistake in one stops no other. Raises RenderError for what is wrong with none of them: a storage that gives no
    answer, a scheduler that is gone.
    """
    rows: dict[str, Row] = {}
    left, projects = dict[str, Episode](), order.folder.episodes
    outputs = [order.output / project.slug for project in projects]
    looked_at = look_at_all(projects, outputs, order.asked, cache, order.readers)
    for project, one in zip(projects, looked_at, strict=True):
        row = _known(one, order, cache)
        if row is not None:
            rows[project.slug] = row
        elif isinstance(one, Episode):
            left[project.slug] = one
    board.begin(len(left), sum(one.estimated_s for one in left.values()))
    trees = _sent(left, cache) if works.travels else {}
    with ThreadPoolExecutor(_RECEIVED_AT_ONCE) as threads:
        coming: dict[Future[Outcome], Episode] = {}
        for slug, outcome in _made(left, _Sender(order, cache, trees), cache, works, board):
            coming[threads.submit(_received, left[slug], outcome, cache)] = left[slug]
            for done in [one for one in coming if one.done()]:
                rows |= _over(coming.pop(done), done.result(), board)
        for done, one in coming.items():
            rows |= _over(one, done.result(), board)
    cache.settle()
    clashing = [
        Row(project=project, folder=order.output / project.slug, status="mistake", message=message)
        for project, message in order.folder.clashing
    ]
    return tuple(rows[project.slug] for project in projects) + tuple(clashing)


def _over(one: Episode, outcome: Outcome, board: Board) -> dict[str, Row]:
    row = _row(one, outcome)
    board.over(one.slug, row.status, one.estimated_s)
    return {one.slug: row}


def _known(one: Episode | Unread, order: Order, cache: SharedCache) -> Row | None:
    """An episode for which there is nothing to make; None for one that is to be made."""
    folder = order.output / one.slug
    if isinstance(one, Unread):
        return Row(project=one.project, folder=folder, status="mistake", message=one.message)
    try:
        own_folder(order.output, one.slug, whose=str(order.output), instead="put a folder in its place")
    except RenderError as wrong:
        return Row(project=one.project, folder=folder, status="mistake", message=str(wrong))
    record = records.read(cache, one.stamp)
    if record is None:
        return None
    if not records.is_there(record, folder):
        try:  # a worker made it, and who asked was gone when it was done
            if not record.outputs:
                return None
            receive(cache, record.outputs, folder, one.slug)
        except RenderError:
            return None
    return Row(project=one.project, folder=folder, status="kept", facts=record.facts)


def _received(one: Episode, outcome: Outcome, cache: SharedCache) -> Outcome:
    """The outcome, once the episode's files are in its folder and its record is written.

    What was made of other files than were looked at has none, and is made again by the next season.
    """
    if outcome.kind == "stopped":
        clear_left(one.output)
    if outcome.kind != "done":
        return outcome
    try:
        if outcome.outputs:
            receive(cache, outcome.outputs, one.output, one.slug)
    except RenderError as wrong:
        return Outcome(kind="mistake", message=str(wrong))
    if records.is_of(one.sources, one.output):
        records.write(cache, one.stamp, outcome)
    return outcome


def _sent(episodes: Mapping[str, Episode], cache: SharedCache) -> dict[str, Tree]:
    """Bring what episodes are made of to where workers find it; what each one's files are called."""
    by_root: dict[Path, dict[str, Source]] = {}
    for one in episodes.values():
        by_root.setdefault(one.project.root, {}).update({source.file: source for source in one.sources})
    for sources in by_root.values():
        send(cache, [(_stored(source), source.path) for source in sources.values()])
    ids = {
        root: key("tree", sorted((name, source.sha256) for name, source in sources.items()))
        for root, sources in by_root.items()
    }

    def tree(one: Episode) -> Tree:
        return Tree(id=ids[one.project.root], files=listed(cache, map(_stored, one.sources)))

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as threads:
        trees = dict(zip(episodes, threads.map(tree, episodes.values()), strict=True))
    cache.settle()
    return trees


def _stored(source: Source) -> Stored:
    return Stored(file=source.file, sha256=source.sha256, bytes=source.size_bytes)


def _made(
    left: dict[str, Episode], sender: _Sender, cache: SharedCache, works: Works, board: Board
) -> Iterator[tuple[str, Outcome]]:
    """Every episode that is left, as it is over."""
    by_length = sorted(left.values(), key=lambda one: -one.estimated_s)  # the last to begin is the first to end
    plan = _Left({one.slug: one for one in by_length})
    jobs = max(1, works.workers // len(left)) if left and not works.travels else 1
    open_tasks = 0
    common = _common(by_length)
    for task, waiting in _shared(common, sender, cache):
        for slug in waiting:
            plan.waits.setdefault(slug, set()).add(task.name)
        works.submit(task)
        open_tasks += 1
    there = {one.slug: tuple(name for name in one.takes if name in common) for one in by_length}
    for one in by_length:
        if one.slug not in plan.waits:
            works.submit(sender.task(one, jobs, there[one.slug]))
            open_tasks += 1
    while open_tasks:
        task, outcome = works.following(board)
        open_tasks -= 1
        cache.faults.add(Faults(set(outcome.damaged), outcome.unkept))
        if task.kind == "episode":
            yield task.name, outcome
            continue
        for one in plan.freed(task.name):  # what was not spoken is asked for again there, and reported where it stands
            works.submit(sender.task(one, jobs, there[one.slug]))
            open_tasks += 1


def _common(episodes: Sequence[Episode]) -> dict[str, list[Episode]]:
    """Takes that are made before any episode, and the episodes that wait for them: lines that are the same in several.

    How fast a voice speaks is measured in turns, by who first needs it, and no reason to wait.
    """
    having: dict[str, list[Episode]] = {}
    for one in episodes:
        for name in one.takes:
            having.setdefault(name, []).append(one)
    return {name: those for name, those in having.items() if len(those) > 1}


def _shared(
    having: Mapping[str, Sequence[Episode]], sender: _Sender, cache: SharedCache
) -> Iterator[tuple[Task, frozenset[str]]]:
    """Tasks for what several episodes have in common, each with the episodes that wait for it.

    What is in the cache already needs no task.
    """
    missing = [name for name in having if not cache.has(name)]
    groups: dict[tuple[str, str], list[str]] = {}
    for name in missing:
        first = having[name][0]
        groups.setdefault((first.slug, first.voices[name]), []).append(name)
    for (_, voice), names in groups.items():
        for at in range(0, len(names), LINES_AT_ONCE):
            some = names[at : at + LINES_AT_ONCE]
            first = having[some[0]][0]
            lines = tuple(dict.fromkeys(first.takes[name] for name in some))
            waiting = frozenset(one.slug for name in some for one in having[name])
            task = sender.task(first, 1).model_copy(
                update={"kind": "lines", "name": f"{voice} for {len(waiting)} episodes, {some[0][:8]}", "lines": lines}
            )
            yield task, waiting


@dataclass(frozen=True, slots=True)
class _Sender:
    """Says what is to be done, so that a worker understands it."""

    order: Order
    cache: SharedCache
    trees: Mapping[str, Tree]
    """Where files travel: those of each episode."""

    def task(self, one: Episode, jobs: int, there: tuple[str, ...] = ()) -> Task:
        """To make an episode."""
        named = Path(os.path.relpath(one.project.script.absolute(), one.project.root.absolute())).as_posix()
        tree = self.trees.get(one.slug)
        return Task(
            kind="episode",
            name=one.slug,
            made_by=digest(),
            cache=self.cache.named,
            root=one.project.root.resolve().as_posix() if tree is None else "",
            tree=tree,
            script=named,
            output=one.output.absolute().as_posix() if tree is None else "",
            asked=self.order.asked if tree is None else one.asked,
            jobs=jobs,
            there=there,
        )


def _row(one: Episode, outcome: Outcome) -> Row:
    shown = os.path.relpath(one.project.root, Path.cwd())
    message = outcome.message.replace(HERE, "" if shown == "." else f"{Path(shown).as_posix()}/")
    status: Status = "made" if outcome.kind == "done" else outcome.kind
    return Row(
        project=one.project,
        folder=one.output,
        status=status,
        message=message,
        facts=outcome.facts,
        wall_s=outcome.wall_s,
        cpu_s=outcome.cpu_s,
    )
