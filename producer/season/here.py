"""A season on this machine: a bench for each core."""

from __future__ import annotations

import queue
import threading

from producer.season.bench import PATIENCE_S, Bench
from producer.season.task import Outcome, Task
from producer.season.works import Board, Doing

TRIES = 3
"""How often a task is begun whose process is lost: for want of memory, the second time may go well."""


class Here:
    """Workers on this machine (`works.Works`).

    Args:
        benches: how many tasks are done at the same time.
        patience_s: see `bench.PATIENCE_S`.
    """

    travels = False

    def __init__(self, benches: int, patience_s: float = PATIENCE_S) -> None:
        self.benches = tuple(Bench(patience_s) for _ in range(max(1, benches)))
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._news: queue.SimpleQueue[Doing | tuple[Task, Outcome]] = queue.SimpleQueue()
        self._over = False
        self._threads = [threading.Thread(target=self._work, args=(bench,), daemon=True) for bench in self.benches]

    def __enter__(self) -> Here:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for _thread in self._threads:
            self._tasks.put(None)
        while any(thread.is_alive() for thread in self._threads):
            for bench in self.benches:
                bench.stop()
            for thread in self._threads:
                thread.join(0.1)
        for bench in self.benches:
            bench.close()

    @property
    def workers(self) -> int:
        """As many as there are benches."""
        return len(self.benches)

    def submit(self, task: Task) -> None:
        """See `works.Works`."""
        self._tasks.put(task)

    def following(self, board: Board) -> tuple[Task, Outcome]:
        """See `works.Works`."""
        while isinstance(news := self._news.get(), Doing):
            board.doing(news.name, news.stage, news.share)
        return news

    def _work(self, bench: Bench) -> None:
        while (task := self._tasks.get()) is not None and not self._over:
            self._news.put((task, self._tried(bench, task)))

    def _tried(self, bench: Bench, task: Task) -> Outcome:
        def telling(stage: str, share: float) -> None:
            self._news.put(Doing(task.name, stage, share))

        for _ in range(TRIES):
            outcome = bench.do(task, telling)
            if not outcome.lost or self._over:
                return outcome
        return outcome.model_copy(update={"message": f"{outcome.message}, {TRIES} times"})
