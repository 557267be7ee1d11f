"""The process that makes episodes of a season: `python -m producer.season.hand`.

Tasks come on standard input, a line of JSON each; what has been done so far and how it ended goes to what was standard
output. It ends with its owner, whatever it is doing.
"""

from __future__ import annotations

import os

# Before numpy is loaded, as in `cli`: whoever starts this process may have set another number of threads.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import contextlib
import json
import queue
import signal
import sys
import threading
import time
from typing import IO

_EVERY_S = 0.5
_PR_SET_PDEATHSIG = 1


class Told:
    """A `production.Watch` that tells the owner, now and then."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._stage, self._total, self._said_s = "", 1, 0.0

    def stage(self, name: str, total: int) -> None:
        """A stage begins that has `total` steps."""
        self._stage, self._total = name, max(1, total)
        self._say(0.0)

    def done(self, steps: int) -> None:
        """So many of the stage's steps are done."""
        if time.monotonic() - self._said_s >= _EVERY_S:
            self._say(min(1.0, steps / self._total))

    def _say(self, share: float) -> None:
        self._said_s = time.monotonic()
        self.send({"stage": self._stage, "share": round(share, 3)})

    def send(self, said: object) -> None:
        """One line to the owner."""
        with self._lock:
            self._target.write(json.dumps(said).encode() + b"\n")
            self._target.flush()


def _read(source: IO[bytes], tasks: queue.SimpleQueue[bytes]) -> None:
    for line in source:
        tasks.put(line)
    os._exit(0)  # the owner is gone: nobody waits for what is being made


def _end_with_the_owner() -> None:
    """On Linux at once, before anything more is written; elsewhere as soon as its pipe is found closed (`_read`)."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Do one task after another."""
    _end_with_the_owner()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, tasks), daemon=True).start()
    told = Told(answers)
    from producer.season.work import perform
    from producer.voice.pool import keep

    keep()
    told.send({"stage": "ready", "share": 0.0})
    while True:
        outcome = perform(tasks.get(), told)
        told.send({"outcome": outcome.model_dump(mode="json")})


if __name__ == "__main__":
    main()
