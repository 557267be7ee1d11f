"""Where a season stops scaling, and why: a simulation from measured times, `python -m benchmarks.scaling`.

    python -m benchmarks.scaling                            1,000 episodes in 5 languages on 1 to 1,000 workers
    python -m benchmarks.scaling --times times.json         times that `python -m benchmarks.season --json` wrote
    python -m benchmarks.scaling --svg docs/scaling.svg     the plot

What is simulated, event by event, is what `producer.season` does: whoever asks reads the scripts and sends what they
need; the scheduler hands out tasks one after another; lines that a language's episodes share are spoken before these
begin; a worker fetches its inputs, makes the episode, and stores what it made; whoever asked fetches the files. Storage
and links are pipes of a width, through which one thing goes after another. Some workers are slow, and now and then one
is lost with what it was doing.

Times of work are measured. The widths of pipes, the shares of slow and lost workers and the lengths of episodes are
assumptions, each with its value below; change them on the command line.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import statistics
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

WORKERS = (1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 700, 1000)
TIMES = Path(__file__).with_name("season_times.json")


@dataclass(frozen=True, kw_only=True)
class World:
    """What a season consists of, and what it runs on. Seconds, bytes."""

    episodes: int = 1000
    languages: int = 5
    length_s: float = 1200.0
    """Of an episode: 20 minutes in the middle …"""
    spread: float = 0.25
    """… the logarithm of its length is normal, with this deviation."""
    shared_lines: int = 30
    """In each language: the words before and after every episode, its credits."""

    work_per_s: float = 0.05
    """Measured: seconds of one core for a second of an episode."""
    line_s: float = 0.15
    """Measured: to speak a line."""
    begin_s: float = 0.15
    """Measured: a task that has nothing to make, with its script read again."""
    read_per_s: float = 0.0004
    """Measured: whoever asks reads a script, for each second of the episode."""
    scheduled_s: float = 0.002
    """Measured: the scheduler, for one task."""
    stored_per_s: float = 300e3
    """Measured: what a worker stores, for each second of an episode."""
    entries_per_s: float = 0.9
    """Measured: entries of the cache that it makes, for each second."""
    output_per_s: float = 30e3
    """Measured: the delivered files, for each second."""

    readers: int = 8
    """Cores of the machine that asks."""
    input_bytes: float = 20e6
    """A worker fetches them once: packs, and the voices' measures."""
    worker_bytes_s: float = 120e6
    """A link of 1 Gbit/s."""
    storage_bytes_s: float = 5e9
    """What the storage takes and gives, all workers together."""
    storage_puts_s: float = 10_000.0
    """Entries a second. S3 promises 3,500 for one prefix; ours are spread over 256, into which it splits with time."""
    answer_s: float = 0.03
    """Until a storage answers; eight questions are on their way at a time, but each miss is waited for."""
    misses_per_s: float = 0.1
    """Measured: what is asked for and not there yet, for each second of an episode: sounds, above all."""
    asker_bytes_s: float = 120e6
    """The link of whoever asks, through which all files come back."""
    slow: float = 0.02
    """Of the workers are slow …"""
    slowness: float = 2.0
    """… by so much."""
    lost: float = 0.002
    """Of the tasks are lost with their worker, somewhere in the middle; what was stored stays."""


@dataclass(frozen=True, slots=True)
class Run:
    """One simulated season."""

    workers: int
    seconds: float
    work_s: float
    """All the work there is."""
    bounds: dict[str, float]
    """The least that each thing needs by itself; the largest says what holds the season up."""

    @property
    def faster(self) -> float:
        """Beside one perfect worker."""
        return self.work_s / self.seconds

    @property
    def why(self) -> str:
        """What holds it up."""
        return max(self.bounds, key=self.bounds.__getitem__)


class Pipe:
    """One thing after another, so many a second."""

    def __init__(self, per_s: float) -> None:
        self._per_s, self._free_s, self.busy_s = per_s, 0.0, 0.0

    def through(self, now_s: float, amount: float) -> float:
        """When `amount`, which comes now, is through."""
        took_s = amount / self._per_s
        self.busy_s += took_s
        self._free_s = max(now_s, self._free_s) + took_s
        return self._free_s


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """An episode, or (without a length) lines that a language shares."""

    ready_s: float
    number: int
    language: int
    length_s: float
    lines: int = 0


def simulate(world: World, workers: int, seed: int = 1) -> Run:
    """A season on so many workers; the same seed, the same season."""
    chance = random.Random(seed)
    lengths = [
        [world.length_s * math.exp(world.spread * chance.gauss(0.0, 1.0)) for _ in range(world.episodes)]
        for _ in range(world.languages)
    ]
    speeds = [world.slowness if chance.random() < world.slow else 1.0 for _ in range(workers)]
    scheduler, puts = Pipe(1.0 / world.scheduled_s), Pipe(world.storage_puts_s)
    storage, asker = Pipe(world.storage_bytes_s), Pipe(world.asker_bytes_s)

    heard_s = sum(map(sum, lengths))
    reading_s = (
        world.read_per_s * heard_s / world.readers
    )  # all of it, before the first task: what is shared is known then
    lines_at_once = 24
    groups = -(-world.shared_lines // lines_at_once)
    speaking = [
        Task(reading_s, number, language, 0.0, min(lines_at_once, world.shared_lines - lines_at_once * number))
        for language in range(world.languages)
        for number in range(groups)
    ]
    waiting = dict.fromkeys(range(world.languages), groups)
    queue = deque(speaking)
    later = {
        language: sorted((Task(0.0, n, language, length) for n, length in enumerate(one)), key=lambda t: -t.length_s)
        for language, one in enumerate(lengths)
    }
    free = [(reading_s, worker) for worker in range(workers)]
    heapq.heapify(free)
    running: list[tuple[float, int, int, Task]] = []
    fetched = [False] * workers
    done_s, work_s, count = reading_s, 0.0, 0

    def begun(now_s: float, worker: int, task: Task) -> float:
        """When the task is over, its files stored."""
        nonlocal work_s
        start_s = scheduler.through(now_s, 1.0)
        if not fetched[worker]:
            fetched[worker] = True
            start_s = max(
                storage.through(start_s, world.input_bytes), start_s + world.input_bytes / world.worker_bytes_s
            )
        work = world.begin_s + task.length_s * world.work_per_s + task.lines * world.line_s
        entries = task.length_s * world.entries_per_s + 3 * task.lines
        work_s += work
        share = chance.uniform(0.2, 0.9) if chance.random() < world.lost else 0.0
        over_s = start_s + (work * (1.0 + share) + task.length_s * world.misses_per_s * world.answer_s) * speeds[worker]
        stored = task.length_s * (world.stored_per_s + world.output_per_s)
        # What is made is stored while the next is being made; what is left at the end is waited for.
        return max(over_s, storage.through(start_s, stored), puts.through(start_s, entries))

    while queue or running:
        while queue and free:
            now_s, worker = heapq.heappop(free)
            task = queue.popleft()
            count += 1
            heapq.heappush(running, (begun(max(now_s, task.ready_s), worker, task), count, worker, task))
        over_s, _, worker, task = heapq.heappop(running)
        heapq.heappush(free, (over_s, worker))
        if task.lines:
            waiting[task.language] -= 1
            if not waiting[task.language]:
                queue.extend(replace(one, ready_s=over_s) for one in later[task.language])
        else:
            done_s = max(done_s, asker.through(over_s, task.length_s * world.output_per_s))
    answers_s = heard_s * world.misses_per_s * world.answer_s
    longest_s = max(map(max, lengths)) * world.work_per_s
    bounds = {
        "the work": work_s / workers,
        "waiting for the storage's answers": answers_s / workers,
        "reading the scripts": reading_s,
        "the scheduler": scheduler.busy_s,
        "the storage's width": storage.busy_s,
        "the storage's entries": puts.busy_s,
        "fetching what was made": asker.busy_s,
        "the longest episode": longest_s + min(lines_at_once, world.shared_lines) * world.line_s,
    }
    return Run(workers, done_s, work_s, bounds)


def measured(path: Path = TIMES) -> World:
    """The world with the times of a file that `benchmarks.season` wrote."""
    said = json.loads(path.read_text("utf-8"))
    runs = {kind: [one for one in said["runs"] if one["kind"] == kind] for kind in ("plain", "cluster 1")}
    middle = runs["cluster 1"][0]
    return World(
        # The processor's seconds, not the clock's: they are the same whatever else the machine did.
        work_per_s=statistics.median(one["cpu_s"] / one["heard_s"] for one in runs["plain"]),
        stored_per_s=middle["stored_bytes"] / middle["heard_s"],
        entries_per_s=middle["entries"] / middle["heard_s"],
        output_per_s=middle["output_bytes"] / middle["heard_s"],
        misses_per_s=said["misses_per_s"],
        read_per_s=said["read_s"] / said["read_of_s"],
        scheduled_s=said["scheduled_s"],
        line_s=said["line_s"],
        begin_s=said["begin_s"],
    )


def table(runs: Sequence[Run]) -> Iterator[str]:
    """As Markdown."""
    yield "| workers | takes | times as fast as one | of that many | held up by |"
    yield "|---|---|---|---|---|"
    for run in runs:
        yield (
            f"| {run.workers:,} | {_clock(run.seconds)} | {run.faster:.0f} | {100 * run.faster / run.workers:.0f} % | "
            f"{run.why} |"
        )


def _clock(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 100 * 3600 else f"{seconds / 86400:.1f} days"


_INKS = ("#3355aa", "#b35c1e", "#2f7d4f")


def svg(curves: Sequence[tuple[str, Sequence[Run]]]) -> str:
    """A plot of how much faster so many workers are, both axes logarithmic."""
    width, height, left, bottom, top = 720.0, 440.0, 64.0, 52.0, 20.0
    most = max(run.workers for _, runs in curves for run in runs)
    decades = max(1.0, math.log10(most))

    def x(value: float) -> float:
        return left + (width - left - 170.0) * math.log10(max(1.0, value)) / decades

    def y(value: float) -> float:
        return height - bottom - (height - bottom - top) * math.log10(max(1.0, value)) / decades

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" font-family="sans-serif" '
        'font-size="13" role="img" aria-label="How many times as fast as one worker a season is made by many">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
    ]
    for tick in (one * 10**power for power in range(int(decades) + 1) for one in (1, 2, 5)):
        if tick <= most:
            lines = f"M{x(tick):.1f} {y(1):.1f}V{y(most):.1f}M{x(1):.1f} {y(tick):.1f}H{x(most):.1f}"
            parts.append(f'<path d="{lines}" stroke="#e4e6ea"/>')
            parts.append(
                f'<text x="{x(tick):.1f}" y="{y(1) + 18:.1f}" text-anchor="middle" fill="#555">{tick:,}</text>'
            )
            parts.append(
                f'<text x="{left - 8:.1f}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="#555">{tick:,}</text>'
            )
    parts.append(f'<path d="M{x(1):.1f} {y(1):.1f}L{x(most):.1f} {y(most):.1f}" stroke="#999" stroke-dasharray="4 4"/>')
    parts.append(
        f'<text x="{(x(1) + x(most)) / 2:.1f}" y="{height - 12:.1f}" text-anchor="middle" fill="#333">workers</text>'
    )
    parts.append(
        f'<text transform="translate(16 {(y(1) + y(most)) / 2:.1f}) rotate(-90)" text-anchor="middle" fill="#333">'
        "times as fast as one</text>"
    )
    for ink, (name, runs) in zip(_INKS, curves, strict=False):
        points = "L".join(f"{x(run.workers):.1f} {y(run.faster):.1f}" for run in runs)
        parts.append(f'<path d="M{points}" fill="none" stroke="{ink}" stroke-width="2.2"/>')
        parts += [f'<circle cx="{x(run.workers):.1f}" cy="{y(run.faster):.1f}" r="3" fill="{ink}"/>' for run in runs]
        last = runs[-1]
        parts.append(f'<text x="{x(last.workers) + 8:.1f}" y="{y(last.faster) + 4:.1f}" fill="{ink}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(arguments: Sequence[str] | None = None) -> list[Run]:
    """Simulate, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=Path, default=TIMES)
    parser.add_argument("--episodes", type=int, default=World.episodes)
    parser.add_argument("--languages", type=int, default=World.languages)
    parser.add_argument("--minutes", type=float, default=World.length_s / 60.0)
    parser.add_argument("--readers", type=int, default=World.readers)
    parser.add_argument("--answer", type=float, default=World.answer_s, help="of the storage, seconds")
    parser.add_argument("--workers", default=",".join(map(str, WORKERS)))
    parser.add_argument("--svg", type=Path)
    asked = parser.parse_args(arguments)
    world = replace(
        measured(asked.times),
        episodes=asked.episodes,
        languages=asked.languages,
        length_s=60.0 * asked.minutes,
        readers=asked.readers,
        answer_s=asked.answer,
    )
    numbers = [int(one) for one in asked.workers.split(",")]
    runs = [simulate(world, number) for number in numbers]
    print("\n".join(table(runs)))
    if asked.svg:
        alone = [simulate(replace(world, readers=1), number) for number in numbers]
        wide = [simulate(replace(world, asker_bytes_s=10 * world.asker_bytes_s), number) for number in numbers]
        curves = (("10 Gbit/s to who asks", wide), ("as in the table", runs), ("1 core reads", alone))
        asked.svg.write_text(svg(curves), "utf-8")
    return runs


if __name__ == "__main__":
    main()
