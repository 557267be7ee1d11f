"""What a season costs on one worker and on two, beside its episodes one by one: `python -m benchmarks.season`.

    python -m benchmarks.season                     12 episodes, three times each
    python -m benchmarks.season --json times.json   the times of tasks, for `python -m benchmarks.scaling`
    python -m benchmarks.season --episodes 3 --lines 1 --repeat 1

The cluster is a real one, of worker processes on this machine, set as docs/season.md says, with a storage that fsspec
reaches. Libraries are loaded before the clock starts, on both sides: what is measured is the work, and what it costs to
hand it out. Runs take turns, so that what else the machine does falls on all of them; the processor's own seconds are
there, too. What a season costs over its episodes one by one is printed for both: of two workers, by what both of them
took. Each run leaves up to 0.4 GB on the disk until the last one has ended.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded, as `render` has it

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.season_workload import write
from producer import project, render
from producer.season import found, run, work
from producer.season.cluster import Cluster
from producer.season.here import Here
from producer.season.listing import Episode, Lister
from producer.season.task import Asked, Outcome, Task
from producer.season.works import Board, NoBoard, Works
from producer.shared import LOCAL, MADE_LOG, SharedCache, made, opened
from producer.storage import Storage

ROOT = Path(__file__).resolve().parent.parent
WARM = 900
"""The number of the first episode that is only there to have libraries loaded."""
KINDS = ("plain", "here 1", "here 2", "cluster 1", "cluster 2")
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "10s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}
"""Dask's settings as docs/season.md advises them."""
_CLUSTER = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    cluster = LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
    cluster.close()
"""


@dataclass(frozen=True, slots=True)
class Times:
    """One season, made from nothing. Seconds."""

    kind: str
    wall_s: float
    cpu_s: float
    """Of all processes that had a part in it."""
    episodes_s: tuple[float, ...] = ()
    """What workers took for each episode."""
    heard_s: float = 0.0
    entries: int = 0
    twice: int = 0
    """Entries of the cache that were made more than once."""
    again_s: float = 0.0
    """The same season once more, of which all is there."""
    stored_bytes: int = 0
    output_bytes: int = 0


def one(kind: str, folder: Path, episodes: int, lines: int) -> Times:
    """Make a season in `folder`, which is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    show, warm = folder / "show", folder / "warm"
    write(show, episodes, lines)
    write(warm, 2, 1, first=WARM)
    name, _, workers = kind.partition(" ")
    if name == "plain":
        return _plain(kind, folder)
    os.environ[MADE_LOG] = str(folder / "made")
    os.environ[LOCAL] = str(folder / "local")
    if name == "here":
        with SharedCache(folder / "cache") as cache, Here(int(workers)) as works:
            return _season(kind, folder, cache, works, None)
    storage = f"file://{folder / 'storage'}"
    with _cluster(int(workers)) as (address, process), opened(storage) as cache, Cluster(address) as works:
        return _season(kind, folder, cache, works, process)


def _plain(kind: str, folder: Path) -> Times:
    with SharedCache(folder / "cache") as cache:

        def make(name: str) -> float:
            heard_s = 0.0
            for one in found.look(folder / name).episodes:
                order = render.Order(
                    project=project.find(one.script, folder)[0], output=folder / "out" / name / one.slug
                )
                timeline = render.episode(order, cache, render.NoWatch()).timeline
                heard_s += timeline.duration / timeline.rate_hz
            return heard_s

        make("warm")
        began, spent = time.perf_counter(), _cpu_s()
        heard_s = make("show")
        return Times(kind, time.perf_counter() - began, _cpu_s() - spent, heard_s=heard_s)


def _season(kind: str, folder: Path, cache: SharedCache, works: Works, other: int | None) -> Times:
    def make(name: str) -> tuple[run.Row, ...]:
        order = run.Order(folder=found.look(folder / name), asked=Asked(), output=folder / "out" / name)
        rows = run.season(order, cache, works, NoBoard())
        assert all(row.status in ("made", "kept") for row in rows), [row.message for row in rows]
        return rows

    make("warm")
    before = Counter(made(folder / "made"))
    began, spent = time.perf_counter(), _cpu_s(other)
    rows = make("show")
    wall_s, cpu_s = time.perf_counter() - began, _cpu_s(other) - spent
    began = time.perf_counter()
    make("show")
    again_s = time.perf_counter() - began
    log = Counter(made(folder / "made"))
    return Times(
        kind,
        wall_s,
        cpu_s,
        tuple(row.wall_s for row in rows),
        sum(row.facts.length_s for row in rows if row.facts is not None),
        sum((log - before).values()),
        sum(times - 1 for times in log.values()),
        again_s,
        _bytes(folder / "storage"),
        _bytes(folder / "out" / "show"),
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _cpu_s(other: int | None = None) -> float:
    """Seconds of the processor that this process and all under it have had, and those of another."""
    total = 0.0
    roots = [psutil.Process()] + ([psutil.Process(other)] if other is not None else [])
    family = {process.pid: process for root in roots for process in (root, *root.children(recursive=True))}
    for process in family.values():
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has ended; its parent has its times
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@contextmanager
def _cluster(workers: int) -> Iterator[tuple[str, int]]:
    """The address of a scheduler, and its process."""
    started = subprocess.Popen(
        [sys.executable, "-c", _CLUSTER, str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**QUIET, **os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert started.stdin and started.stdout
    try:
        yield started.stdout.readline().strip(), started.pid
    finally:
        started.stdin.close()
        started.wait()


class Inside:
    """Tasks done in this very process, as they come (`works.Works`): to count and to time what is in them."""

    travels = True
    workers = 1

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self.lines_s: list[float] = []
        """What a line took that several episodes have."""

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, task: Task) -> None:
        self._tasks.append(task)

    def following(self, board: Board) -> tuple[Task, Outcome]:
        task = self._tasks.pop(0)
        outcome = work.perform(task.model_dump_json().encode(), render.NoWatch())
        if task.kind == "lines":
            self.lines_s.append(outcome.cpu_s / len(task.lines))
        return task, outcome


def inside(folder: Path, lines: int) -> dict[str, float]:
    """What is in a task: questions that a storage cannot answer, entries, bytes; a task that has nothing to make."""
    os.environ[LOCAL] = str(folder / "local")
    missed: list[str] = []
    get = Storage.get

    def counting(storage: Storage, name: str) -> bytes | None:
        found = get(storage, name)
        if found is None:
            missed.append(name)
        return found

    Storage.get = counting  # type: ignore[method-assign, assignment]
    try:
        write(folder / "warm", 2, 1, first=WARM)
        write(folder / "show", 3, lines)
        with opened(f"file://{folder / 'storage'}") as cache, Inside() as works:

            def make(name: str) -> tuple[run.Row, ...]:
                order = run.Order(folder=found.look(folder / name), asked=Asked(), output=folder / "out" / name)
                return run.season(order, cache, works, NoBoard())

            make("warm")
            missed.clear()
            rows = make("show")
            heard_s = sum(row.facts.length_s for row in rows if row.facts is not None)
            misses = len(missed)
            shutil.rmtree(folder / "out" / "show")
            shutil.rmtree(folder / "storage" / "turns", ignore_errors=True)
            again = _again_s(folder / "show", cache)
    finally:
        Storage.get = get  # type: ignore[method-assign]
    return {"misses_per_s": misses / heard_s, "line_s": statistics.median(works.lines_s), "begin_s": again}


def _again_s(show: Path, cache: SharedCache) -> float:
    """Reading a script once more, as a worker does: what a task costs of which all is there."""
    lister = Lister(Asked(), cache)
    began = time.process_time()
    for one in found.look(show).episodes:
        lister.look(one, show)
    return (time.process_time() - began) / len(found.look(show).episodes)


def handed_out_s(folder: Path, tasks: int = 200) -> dict[str, float]:
    """What handing out costs: a task of Dask that does nothing, and reading a script to know what to hand out."""
    from distributed import Client

    write(folder / "show", 3, 60)
    with SharedCache(folder / "cache") as cache:
        lister, episodes = Lister(Asked(), cache), found.look(folder / "show").episodes
        lister.look(episodes[0], folder)
        began = time.process_time()
        listed = [lister.look(one, folder) for one in episodes[1:]]
        read_s = (time.process_time() - began) / len(listed)
        said_s = sum(one.estimated_s for one in listed if isinstance(one, Episode)) / len(listed)
    with _cluster(2) as (address, _), Client(address, set_as_default=False) as client:
        client.gather(client.map(abs, range(20)))
        began = time.perf_counter()
        client.gather([client.submit(abs, number, pure=False) for number in range(tasks)])
        scheduled_s = (time.perf_counter() - began) / tasks
    return {"scheduled_s": scheduled_s, "read_s": read_s, "read_of_s": said_s}


def table(runs: Sequence[Times]) -> Iterator[str]:
    """The medians, as Markdown."""
    by_kind = {kind: [one for one in runs if one.kind == kind] for kind in dict.fromkeys(one.kind for one in runs)}
    middle = {
        kind: tuple(statistics.median(getattr(one, what) for one in those) for what in ("wall_s", "cpu_s", "again_s"))
        for kind, those in by_kind.items()
    }
    yield "| season | clock, s | processor, s | clock over `plain` | processor over `plain` | made twice | again, s |"
    yield "|---|---|---|---|---|---|---|"
    for kind, (wall_s, cpu_s, again_s) in middle.items():
        clock = processor = twice = ""
        if kind != "plain":
            twice = str(max(one.twice for one in by_kind[kind]))
        if kind != "plain" and "plain" in middle:
            clock = _over(int(kind[-1]) * wall_s, middle["plain"][0])
            processor = _over(cpu_s, middle["plain"][1])
        yield f"| {kind} | {wall_s:.1f} | {cpu_s:.1f} | {clock} | {processor} | {twice} | {again_s:.1f} |"
    for name in ("here", "cluster"):
        if f"{name} 1" in middle and f"{name} 2" in middle:
            faster = middle[f"{name} 1"][0] / middle[f"{name} 2"][0]
            yield f"\n{name}: two workers are {faster:.2f} times as fast as one"


def _over(more: float, plain: float) -> str:
    return f"{100 * (more / plain - 1):+.1f} %"


def main(arguments: Sequence[str] | None = None) -> list[Times]:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=12)
    parser.add_argument("--lines", type=int, default=4, help="of each episode's own")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.one:
        kind, folder = asked.one
        print(json.dumps(asdict(one(kind, Path(folder), asked.episodes, asked.lines))))
        return []
    runs: list[Times] = []
    with tempfile.TemporaryDirectory(prefix="producer-bench-") as around:
        for _ in range(asked.repeat):
            for kind in asked.only.split(","):
                # Each in a folder of its own, which stays: where many files have just been removed, a file system may
                # take three times as long to make one (ext4 looks at all that went within the last minute).
                runs.append(_alone(kind, Path(around) / f"season-{len(runs)}", asked))
                print(f"{kind}: {runs[-1].wall_s:.1f} s, processor {runs[-1].cpu_s:.1f} s", file=sys.stderr)
        costs = (
            handed_out_s(Path(around) / "handing-out") | inside(Path(around) / "in", asked.lines) if asked.json else {}
        )
    print("\n".join(table(runs)))
    if asked.json:
        asked.json.write_text(json.dumps({"runs": [asdict(one) for one in runs], **costs}, indent=1) + "\n", "utf-8")
    return runs


def _alone(kind: str, folder: Path, asked: argparse.Namespace) -> Times:
    """One run in a process of its own: libraries, caches and children of another are none of its."""
    command = [sys.executable, "-m", "benchmarks.season", "--one", kind, str(folder)]
    command += ["--episodes", str(asked.episodes), "--lines", str(asked.lines)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    said: dict[str, Any] = json.loads(done.stdout)
    return Times(**said | {"episodes_s": tuple(said["episodes_s"])})


if __name__ == "__main__":
    main()
