"""What a command costs: wall time, CPU time of all its processes, and the most memory that they hold together."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from producer import effort

_EVERY_S = 0.1
_POLL_S = 0.01
_LINUX = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, and MB."""

    wall_s: float
    cpu_s: float
    memory_mb: float


def cost(
    command: Sequence[str], env: Mapping[str, str] | None = None, until: Path | None = None, *, memory: bool = True
) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it fails.

    Args:
        until: the wall time is that until this file is there; the command is still waited for.
        memory: whether its memory is looked at, which takes from the time of what uses all cores.
    """
    return together([command], env, until, memory=memory)


def together(
    commands: Sequence[Sequence[str]],
    env: Mapping[str, str] | None = None,
    until: Path | None = None,
    *,
    memory: bool = True,
) -> Cost:
    """Run commands at the same time, each to its end; their cost as one. Else as `cost`."""
    # What they say goes to a file: a pipe that nobody reads would stop a command that has much to say.
    with tempfile.TemporaryFile() as said:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        running = [
            subprocess.Popen(list(one), env={**os.environ, **(env or {})}, stdout=said, stderr=subprocess.STDOUT)
            for one in commands
        ]
        held, look_s, seen_s = _Memory(), 0.0, None
        # Each is asked each time, so that none that has ended is left waiting to be collected.
        while None in [one.poll() for one in running]:
            now = time.perf_counter()
            if memory and now >= look_s:
                held.look([one.pid for one in running])
                look_s = now + _EVERY_S
            if until is not None and seen_s is None and until.exists():
                seen_s = time.perf_counter() - began
            time.sleep(_POLL_S)
        wall_s = time.perf_counter() - began
        said.seek(0)
        for one, command in zip(running, commands, strict=True):
            if one.returncode:
                words = said.read().decode(errors="replace")
                raise RuntimeError(f"{' '.join(command)} ended with {one.returncode}:\n{words}")
    if until is not None and seen_s is None:
        if not until.exists():
            raise RuntimeError(f"{until} was not made by {' '.join(commands[0])}")
        seen_s = wall_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s if seen_s is None else seen_s, cpu_s, held.most_mb)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(getattr(one, name) for one in costs) for name in ("wall_s", "cpu_s", "memory_mb")))


class _Memory:
    """The most that some processes, and all that stem from them, hold together.

    Proportional set size on Linux: what several share is counted once. Asking for it takes 2 ms and holds up those that
    are asked, so it is done when the resident size (0.04 ms) is higher than it was, and twice a second. Elsewhere
    it is the resident size. It is looked at ten times a second, which takes 0.1 of a core: those that use all cores pay
    for it, those that use one do not. So times are taken in runs in which nobody looks.
    """

    def __init__(self) -> None:
        self.most_mb = 0.0
        self._resident_mb = 0.0
        self._again_s = 0.0

    def look(self, roots: Sequence[int]) -> None:
        """Look at them now."""
        family = [process for root in roots for process in _family(root)]
        resident_mb = sum(map(_resident_mb, family))
        if not _LINUX:
            self.most_mb = max(self.most_mb, resident_mb)
            return
        now = time.perf_counter()
        if resident_mb > 1.02 * self._resident_mb or now >= self._again_s:
            self._resident_mb = max(self._resident_mb, resident_mb)
            self._again_s = now + 0.5
            self.most_mb = max(self.most_mb, sum(map(effort.proportional_mb, family)))


def _resident_mb(process: int) -> float:
    try:
        return float(psutil.Process(process).memory_info().rss) / 1e6
    except psutil.Error:  # it has ended
        return 0.0


def _family(root: int) -> Iterator[int]:
    if _LINUX:  # a hundredth of what it costs to go through all processes of the machine
        yield from effort.family(root)
        return
    yield root
    try:
        yield from (one.pid for one in psutil.Process(root).children(recursive=True))
    except psutil.Error:
        return
