"""What a Dask worker runs: one function of this program, on bytes that `task` checks.

It is the only thing of ours that Dask is ever asked to run. It is known by its name, so no code travels.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from typing import Any

from producer.season.bench import Bench
from producer.season.task import Outcome, Task

_DASKS = ("MALLOC_TRIM_THRESHOLD_",)
"""What Dask's nanny sets for its own workers: with it memory goes back to the system at every turn, and is asked for
again at the next."""
_EVERY_S = 1.0
"""News of a task goes through the scheduler, which has those of all workers to pass on."""
_benches: dict[int, Bench] = {}
_lock = threading.Lock()


def perform(raw: bytes, topic: str, patience_s: float) -> bytes:
    """Do a task on this thread's bench; how it ended. Who asked listens to `topic` meanwhile."""
    task = Task.model_validate_json(raw)
    told_s = -_EVERY_S

    def telling(stage: str, share: float) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= _EVERY_S:
            told_s = time.monotonic()
            _tell(topic, task.name, stage, share)

    outcome: Outcome = _bench(patience_s).do(task, telling)
    return outcome.model_dump_json().encode()


def _bench(patience_s: float) -> Bench:
    with _lock:
        if not _benches:
            atexit.register(_stop)
        number = threading.get_ident()
        if number not in _benches:
            _benches[number] = Bench(patience_s, _DASKS)
        return _benches[number]


def _stop() -> None:
    for bench in _benches.values():
        bench.close()


def _tell(topic: str, name: str, stage: str, share: float) -> None:
    from distributed import get_worker

    with contextlib.suppress(Exception):  # whether anybody hears it changes nothing about the work
        worker: Any = get_worker()
        worker.log_event(topic, {"name": name, "stage": stage, "share": share, "pid": os.getpid()})
