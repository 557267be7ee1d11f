"""How the system is asked to share its cores among what a render consists of."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def in_long_turns(process: int = 0) -> None:
    """Ask the system not to change turns whenever one has something for another, in a process and all that it starts.

    ffmpeg hands each frame from thread to thread, and is handed what it encodes through a pipe: else half of all turns
    are broken off for that, a quarter of the time that the system itself takes. What is done, and in which order, stays
    as it is. Only on Linux it does anything.

    Args:
        process: its number, this one's when it is 0.
    """
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):  # it has ended, or it is not allowed here
            os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


def waited_s(process: int) -> float:
    """Seconds for which a process, by its number, was ready to go on and got no core; 0 where nobody says: Linux does.

    Source: the kernel's documentation, Scheduler Statistics: the second field of `/proc/<pid>/schedstat`, nanoseconds.
    """
    try:
        return int(Path(f"/proc/{process}/schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
