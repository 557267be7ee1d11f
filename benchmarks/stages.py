"""Where a render's time goes, stage by stage: `python -m benchmarks.stages SCRIPT [--pack PACK] [--cache DIR]`.

Of each stage: wall time, CPU time of this process with its crew and of what they start (ffmpeg), and how many cores
that is. Without `--cache` everything is made from nothing. A stage runs until the next one begins: what streams through
several (mix and encoders work at once) counts where it was asked for. Processes that still run when a stage ends count
in the next one.
"""

from __future__ import annotations

import os

# As the command does, and before numpy is loaded: what is measured is what `render` does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

_BEGUN_S = time.perf_counter()


@dataclass(frozen=True, slots=True)
class Moment:
    """A stage begins: what was spent until then, seconds."""

    stage: str
    wall_s: float
    own_s: float
    started_s: float


class Stages:
    """Writes down when each stage of a render begins."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def stage(self, name: str, total: int) -> None:
        """A stage begins."""
        del total
        self.moments.append(Moment(name, time.perf_counter() - _BEGUN_S, *_spent()))

    def done(self, steps: int) -> None:
        """A stage's steps are not counted."""


def _spent() -> tuple[float, float]:
    """CPU seconds so far of this process and of the crew, and of the encoders and voices that they started."""
    own_s = started_s = 0.0
    this = psutil.Process()
    for process in [this, *this.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            times, is_python = process.cpu_times(), "python" in process.name()
            used_s = times.user + times.system
            own_s, started_s = (own_s + used_s, started_s) if is_python else (own_s, started_s + used_s)
            started_s += times.children_user + times.children_system
    return own_s, started_s


def measured(script: Path, packs: Sequence[str], cache: Path | None, output: Path, jobs: int) -> list[Moment]:
    """Render an episode; the moments at which its stages began, the last of them its end."""
    watch = Stages()
    watch.moments.append(Moment("load", 0.0, 0.0, 0.0))
    from producer import project
    from producer.cache import Cache
    from producer.crew import Crew

    found, _ = project.find(script, Path.cwd())
    with Crew(jobs) as crew, Cache(temporary=True) if cache is None else Cache(cache) as kept:
        crew.warm(found.script)
        from producer import render

        watch.stage("read and place", 0)
        order = render.Order(project=found, packs=tuple(packs), output=output, jobs=jobs)
        render.episode(order, kept, watch, crew)
        watch.stage("end", 0)
    return watch.moments


def table(moments: Sequence[Moment]) -> Iterator[str]:
    """The stages as a Markdown table, and their sum."""
    yield "| stage | wall s | own CPU s | ffmpeg CPU s | cores busy |"
    yield "|---|---|---|---|---|"
    pairs = [*pairwise(moments), (moments[0], moments[-1])]
    for number, (begins, ends) in enumerate(pairs):
        wall_s = ends.wall_s - begins.wall_s
        own_s, started_s = ends.own_s - begins.own_s, ends.started_s - begins.started_s
        name = "all" if number == len(pairs) - 1 else begins.stage
        busy = (own_s + started_s) / max(wall_s, 1e-9)
        yield f"| {name} | {wall_s:.2f} | {own_s:.2f} | {started_s:.2f} | {busy:.1f} |"


def main(arguments: Sequence[str] | None = None) -> list[Moment]:
    """Render once and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description="Where a render's time goes.")
    parser.add_argument("script", type=Path)
    parser.add_argument("--pack", action="append", default=[], help="as `render episode` takes it")
    parser.add_argument("--cache", type=Path, help="use and fill this cache; else everything is made from nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="stages-") as folder:
        moments = measured(asked.script, asked.pack, asked.cache, Path(folder) / "output", asked.jobs)
    print("\n".join(table(moments)))
    return moments


if __name__ == "__main__":
    main()
