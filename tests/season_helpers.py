"""A season of very short episodes, and a Dask cluster of this machine's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from producer import project, render
from producer.cache import Cache
from producer.season import found, run
from producer.season.task import Asked
from producer.season.works import NoBoard, Works
from producer.shared import SharedCache
from tests.face_helpers import ROOT

SERIES = "show: Nights\npacks: [ruins]\ncast:\n  n: {voice: en-gb}\n  m: {voice: en-us}\n"
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


def episode(number: int, who: str = "m") -> str:
    """A script of some seconds: its first line and its knock are those of every other."""
    return (
        f"title: Night {number}\nseries: the_show.yaml\nseason: 1\nepisode: {number}\ndate: 2026-11-{number:02d}\n"
        "scenes:\n  - title: Night\n    play:\n      - bed: wind level -16 LU\n      - n: Listen.\n"
        f"      - sound: knock level -12 LU, wait 0.5 s\n      - {who}: Night {number} begins.\n"
    )


def write(folder: Path, episodes: int) -> Path:
    """A project with so many of them; its folder."""
    scripts = folder / "script"
    scripts.mkdir(parents=True)
    (scripts / "the_show.yaml").write_text(SERIES, "utf-8")
    for number in range(1, episodes + 1):
        (scripts / f"night_{number:02d}.yaml").write_text(episode(number), "utf-8")
    return folder


def plain(folder: Path, output: Path, cache: Cache) -> None:
    """Every episode by itself, as `render episode` makes it."""
    for one in found.look(folder).episodes:
        render.episode(
            render.Order(project=project.find(one.script, folder)[0], output=output / one.slug),
            cache,
            render.NoWatch(),
        )


def season(
    folder: Path, output: Path, cache: SharedCache, works: Works, board: run.Board | None = None, **asked: object
) -> dict[str, run.Row]:
    """What `render season` makes; how it went, by the episodes' names."""
    order = run.Order(folder=found.look(folder), asked=Asked.model_validate(asked), output=output)
    with works:
        rows = run.season(order, cache, works, board or NoBoard())
    return {row.slug: row for row in rows}


@contextmanager
def cluster(workers: int, env: Mapping[str, str]) -> Iterator[str]:
    """A real Dask scheduler with worker processes; its address."""
    started = subprocess.Popen(
        [sys.executable, "-c", _CLUSTER, str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__ADMIN__EVENT_LOOP": "asyncio", **env},
        text=True,
    )
    assert started.stdin and started.stdout
    try:
        address = started.stdout.readline().strip()
        assert address.startswith("tcp://")
        yield address
    finally:
        started.stdin.close()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        started.stdout.close()
