"""A season, from what is there to what is missing: the one who hands out the work and takes it back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from producer.cache import key
from producer.errors import RenderError
from producer.project import Project
from producer.season import records
from producer.season.found import Folder
from producer.season.listing import Episode, Lister, Source, Unread
from producer.season.program import digest
from producer.season.task import HERE, Asked, Facts, Outcome, Stored, Task, Tree
from producer.season.travel import receive, send
from producer.season.works import Board, Works
from producer.shared import SharedCache

LINES_AT_ONCE = 24
"""That several episodes have, and one worker speaks: a minute or two of speech."""

Status = Literal["made", "kept", "mistake", "fault", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user asked for."""

    folder: Folder
    asked: Asked
    output: Path
    """Around the episodes' own folders."""


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
    lister, left = Lister(order.asked, cache), dict[str, Episode]()
    for project in order.folder.episodes:
        one = lister.look(project, order.output / project.slug)
        row = _known(one, order, cache)
        if row is not None:
            rows[project.slug] = row
        elif isinstance(one, Episode):
            left[project.slug] = one
    board.begin(len(left), sum(one.estimated_s for one in left.values()))
    trees = _sent(left, cache) if works.travels else {}
    for slug, outcome in _made(left, _Sender(order, cache, trees), cache, works, board):
        rows[slug] = row = _row(left[slug], _received(left[slug], outcome, cache))
        board.over(slug, row.status, left[slug].estimated_s)
    cache.settle()
    return tuple(rows[project.slug] for project in order.folder.episodes)


def _known(one: Episode | Unread, order: Order, cache: SharedCache) -> Row | None:
    """An episode for which there is nothing to make; None for one that is to be made."""
    folder = order.output / one.slug
    if isinstance(one, Unread):
        return Row(project=one.project, folder=folder, status="mistake", message=one.message)
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
    """The outcome, once the episode's files are in its folder and its record is written."""
    if outcome.kind != "done":
        return outcome
    try:
        if outcome.outputs:
            receive(cache, outcome.outputs, one.output, one.slug)
    except RenderError as wrong:
        return Outcome(kind="mistake", message=str(wrong))
    records.write(cache, one.stamp, outcome)
    return outcome


def _sent(episodes: Mapping[str, Episode], cache: SharedCache) -> dict[Path, str]:
    """Bring what episodes are made of to where workers find it; the id of each project's tree, by its folder."""
    by_root: dict[Path, dict[str, Source]] = {}
    for one in episodes.values():
        by_root.setdefault(one.project.root, {}).update({source.file: source for source in one.sources})
    for sources in by_root.values():
        send(cache, [(_stored(source), source.path) for source in sources.values()])
    return {
        root: key("tree", sorted((name, source.sha256) for name, source in sources.items()))
        for root, sources in by_root.items()
    }


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
    for task, waiting in _shared(by_length, sender, cache):
        for slug in waiting:
            plan.waits.setdefault(slug, set()).add(task.name)
        works.submit(task)
        open_tasks += 1
    for one in by_length:
        if one.slug not in plan.waits:
            works.submit(sender.task(one, jobs))
            open_tasks += 1
    while open_tasks:
        task, outcome = works.following(board)
        open_tasks -= 1
        if task.kind == "episode":
            yield task.name, outcome
            continue
        for one in plan.freed(task.name):  # what was not spoken is asked for again there, and reported where it stands
            works.submit(sender.task(one, jobs))
            open_tasks += 1


def _shared(episodes: Sequence[Episode], sender: _Sender, cache: SharedCache) -> Iterator[tuple[Task, frozenset[str]]]:
    """Tasks for what several episodes have in common, each with the episodes that wait for it.

    That is the lines that are the same in several, and for each voice that several have one line, for which the voice
    is measured. What is in the cache already needs no task.
    """
    having: dict[str, list[Episode]] = {}
    speaking: dict[str, list[str]] = {}
    for one in episodes:
        for name in one.takes:
            having.setdefault(name, []).append(one)
        for name, voice in one.voices.items():
            speaking.setdefault(voice, []).append(name)
    wanted = {name for name, those in having.items() if len(those) > 1}
    for voice, names in speaking.items():
        several = Counter(one.slug for name in names for one in having[name])
        if len(several) > 1 and not wanted.intersection(names):
            wanted.add(names[0])
            having[names[0]] = [one for one in episodes if voice in one.voices.values()]
    missing = [name for name in having if name in wanted and not cache.has(name)]
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
    trees: Mapping[Path, str]
    """Where files travel: what a project's tree is called."""

    def task(self, one: Episode, jobs: int) -> Task:
        """To make an episode."""
        named = Path(os.path.relpath(one.project.script.absolute(), one.project.root.absolute())).as_posix()
        tree = self.trees.get(one.project.root)
        return Task(
            kind="episode",
            name=one.slug,
            made_by=digest(),
            cache=self.cache.named,
            root=one.project.root.resolve().as_posix() if tree is None else "",
            tree=None if tree is None else Tree(id=tree, files=tuple(map(_stored, one.sources))),
            script=named,
            output=one.output.absolute().as_posix() if tree is None else "",
            asked=self.order.asked if tree is None else one.asked,
            jobs=jobs,
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
