"""A process that does tasks, seen from who has it: it is given one after another, watched, and ended when it hangs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection
from typing import IO, Any

from pydantic import ValidationError

from producer.season.task import Outcome, Task

PATIENCE_S = 600.0
"""How long a task may show no progress at all; the longest single step of an hour's episode takes a tenth of it."""
RETIRE_AFTER = 40
"""Tasks until a process is replaced: libraries never give back all that they took."""
_PARTING_S = 2.0
_LAST_BYTES = 2000

Telling = Callable[[str, float], None]
"""Told the stage that a task is in, and how much of it is done."""


class Bench:
    """One process at a time. For one thread at a time; `stop` may come from any. Close it when nothing is to be done.

    Args:
        patience_s: see `PATIENCE_S`.
        without: variables of this process's surroundings that are not for that one.
    """

    def __init__(self, patience_s: float = PATIENCE_S, without: Collection[str] = ()) -> None:
        self._patience_s, self._without = patience_s, without
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._done = 0

    def do(self, task: Task, telling: Telling) -> Outcome:
        """Have a task done; what becomes of the process is a part of the outcome."""
        stage = ""
        process = self._running()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        watch = _Watch(self._patience_s, give_up)
        try:
            assert process.stdin is not None and process.stdout is not None  # both are pipes: see _running
            process.stdin.write(task.model_dump_json().encode() + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                watch.again()
                said: dict[str, Any] = json.loads(line)
                if "outcome" in said:
                    self._done += 1
                    return Outcome.model_validate(said["outcome"])
                stage = str(said["stage"])
                telling(stage, float(said["share"]))
        except (OSError, ValueError, ValidationError):
            pass  # it is gone, or says what it never says: ended below either way
        finally:
            watch.over()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PARTING_S)  # it may be about to say why it ends
        last = self._last()
        self._end(process)
        where = f" at '{stage}'" if stage not in ("", "ready") else ""
        if late.is_set():
            return Outcome(kind="stopped", message=f"nothing moved{where} for {self._patience_s:.0f} s; it was stopped")
        how = f"signal {-process.returncode}" if process.returncode < 0 else f"exit code {process.returncode}"
        return Outcome(
            kind="stopped", message=f"its process ended{where} ({how}{': ' if last else ''}{last})", lost=True
        )

    def stop(self) -> None:
        """End the process at once; what it does is lost."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process, and let go of what was held for it."""
        if self._process is not None:
            self._end(self._process)

    @property
    def process(self) -> int | None:
        """The number of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or self._done >= RETIRE_AFTER):
            self._end(self._process)
        if self._process is None:
            self._done = 0
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
            around = {name: value for name, value in os.environ.items() if name not in self._without}
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "producer.season.hand"],  # nothing from the folder that one is in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env={**around, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        process.kill()  # it holds nothing that is not whole or absent on disk
        process.wait()
        said, self._said = self._said, None
        for pipe in (process.stdin, process.stdout, said):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it had not read
                    pipe.close()

    def _last(self) -> str:
        """The last line of what the process said to nobody."""
        if self._said is None:
            return ""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _LAST_BYTES))
        return "".join(self._said.read().decode("utf-8", "replace").strip().splitlines()[-1:])


class _Watch:
    """Calls someone when nothing has moved for long."""

    def __init__(self, patience_s: float, give_up: Callable[[], object]) -> None:
        self._patience_s, self._give_up = patience_s, give_up
        self._moved_s, self._over = time.monotonic(), threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def again(self) -> None:
        """Something moved."""
        self._moved_s = time.monotonic()

    def over(self) -> None:
        """Nothing is waited for any more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self._patience_s / 4)):
            if time.monotonic() - self._moved_s > self._patience_s:
                self._give_up()
                return
