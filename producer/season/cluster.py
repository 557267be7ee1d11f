"""A season on a Dask cluster: its scheduler hands out the tasks, each of its workers has a bench for every thread.

Dask is trusted: whoever reaches a scheduler can run anything on its workers, with or without us (docs/season.md).
"""

from __future__ import annotations

import contextlib
import queue
import re
from typing import Any

from producer.errors import RenderError, UsageError
from producer.season.bench import PATIENCE_S
from producer.season.remote import perform
from producer.season.task import Outcome, Task
from producer.season.works import Board, Doing

_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._/-]*)?")
_ANSWER_S = 30.0


def check_address(address: str) -> None:
    """Raise UsageError for what is no scheduler's address."""
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"--on: a scheduler's address is tcp://HOST:PORT or tls://HOST:PORT, not '{address[:80]}'")


class Cluster:
    """Workers of a Dask scheduler (`works.Works`).

    Args:
        address: of the scheduler; for `tls://`, certificates are those of Dask's own configuration.
        patience_s: see `bench.PATIENCE_S`.
    """

    travels = True

    def __init__(self, address: str, patience_s: float = PATIENCE_S) -> None:
        check_address(address)
        self._address, self._patience_s = address, patience_s
        self._news: queue.SimpleQueue[Doing | tuple[Task, Any]] = queue.SimpleQueue()
        self._client: Any = None
        self._futures: set[Any] = set()

    def __enter__(self) -> Cluster:
        try:
            import dask.config
            from distributed import Client
        except ImportError:
            raise RenderError("--on needs Dask: pip install 'producer-audio-drama[cluster]'") from None
        if self._address.startswith("tls://") and not dask.config.get("distributed.comm.tls.ca-file", None):
            raise RenderError("tls:// needs certificates: name them in Dask's settings (distributed.comm.tls)")
        try:
            self._client = Client(self._address, timeout=_ANSWER_S, set_as_default=False)
            self._client.subscribe_topic(self._topic, self._heard)
        except Exception as wrong:
            raise RenderError(
                f"no Dask scheduler that can be used answers at {self._address} ({type(wrong).__name__})"
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # what was not begun is not begun any more
            self._client.cancel(list(self._futures))
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)

    @property
    def workers(self) -> int:
        """Threads of the workers that are there now; more may come."""
        with contextlib.suppress(Exception):
            return max(1, sum(map(int, self._client.nthreads().values())))
        return 1

    def submit(self, task: Task) -> None:
        """See `works.Works`."""
        raw = task.model_dump_json().encode()
        try:
            future = self._client.submit(perform, raw, self._topic, self._patience_s, pure=False)
        except Exception as wrong:
            raise RenderError(f"the Dask scheduler at {self._address} is gone ({type(wrong).__name__})") from None
        self._futures.add(future)
        future.add_done_callback(lambda done: self._news.put((task, done)))

    def following(self, board: Board) -> tuple[Task, Outcome]:
        """See `works.Works`."""
        while isinstance(news := self._news.get(), Doing):
            board.doing(news.name, news.stage, news.share)
        task, future = news
        self._futures.discard(future)
        return task, self._outcome(future)

    @property
    def _topic(self) -> str:
        return f"producer-{self._client.id}"

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        _, said = event
        with contextlib.suppress(KeyError, TypeError, ValueError):
            self._news.put(Doing(str(said["name"])[:200], str(said["stage"])[:40], float(said["share"])))

    def _outcome(self, future: Any) -> Outcome:
        try:
            return Outcome.model_validate_json(future.result())
        except Exception as wrong:
            return Outcome(kind="stopped", message=_why(wrong))


def _why(wrong: Exception) -> str:
    """What became of a task that gave no outcome."""
    name = type(wrong).__name__
    if name == "KilledWorker":
        return "every worker that had it was lost, several times; is their memory large enough?"
    if name in ("CancelledError", "FutureCancelledError", "CommClosedError"):
        return "the Dask scheduler is gone"
    if isinstance(wrong, ImportError):
        return f"a worker has not this version of Producer: {' '.join(str(wrong).split())[:200]}"
    return f"a worker could not begin it ({name}: {' '.join(str(wrong).split())[:200]})"
