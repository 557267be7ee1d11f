"""What a command costs: wall time, CPU time of all its processes, and the most memory that they hold together."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, and MB."""

    wall_s: float
    cpu_s: float
    memory_mb: float


def cost(command: Sequence[str], env: Mapping[str, str] | None = None, until: Path | None = None) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it fails.

    Args:
        until: the wall time is that until this file is there; the command is still waited for.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command), env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    most, seen_s = 0.0, None
    with process:
        while process.poll() is None:
            most = max(most, _memory_mb(process.pid))
            if until is not None and seen_s is None and until.exists():
                seen_s = time.perf_counter() - began
            time.sleep(_EVERY_S if until is None else 0.005)
        wall_s = time.perf_counter() - began
        said = process.stdout.read() if process.stdout is not None else ""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s if seen_s is None else seen_s, cpu_s, most)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(getattr(one, name) for one in costs) for name in ("wall_s", "cpu_s", "memory_mb")))


def _memory_mb(root: int) -> float:
    """Proportional set size of a process and all that stem from it; resident size where there is no such figure."""
    total = 0.0
    try:
        family = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
    except psutil.Error:
        return 0.0
    for one in family:
        try:
            full = one.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except psutil.Error:
            continue
    return total / 1e6
