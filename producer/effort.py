"""What a render cost: time, and memory of all its processes together."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_EVERY_S = 0.2


class Effort:
    """Watches this process and those that it starts, while it is entered.

    Args:
        memory: whether memory is looked at, too, which costs some percent of a core.
    """

    def __init__(self, memory: bool = True) -> None:
        self._memory = memory
        self.seconds = 0.0
        self._most = 0.0
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Effort:
        self._began = time.perf_counter()
        if self._memory:
            self._watcher.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        if self._memory:
            self._watcher.join()
        self.seconds = time.perf_counter() - self._began

    @property
    def most_mb(self) -> float:
        """The most memory at one time, MB: proportional set size of all processes; elsewhere than on Linux, of ours."""
        if self._most:
            return self._most
        if sys.platform == "win32":  # which has no such figure in the standard library
            return float("nan")
        import resource

        unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_S):
            self._most = max(self._most, sum(map(proportional_mb, family(os.getpid()))))


def family(process: int) -> Iterator[int]:
    """This process and all that stem from it, as far as the system tells."""
    yield process
    try:
        for listed in Path(f"/proc/{process}/task").glob("*/children"):
            for child in listed.read_text().split():
                yield from family(int(child))
    except OSError:  # it has ended
        return


def proportional_mb(process: int) -> float:
    """What a process holds, MB, shared pages counted once for all who share them (Linux); 0 when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
