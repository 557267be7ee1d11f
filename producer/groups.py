"""Processes that have a group of their own: each ends with all that it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence


def begin(module: str, ends: Sequence[int]) -> subprocess.Popen[bytes]:
    """A process of a module of ours, with sockets whose numbers are its arguments. Raises OSError where none begins."""
    command = [sys.executable, "-P", "-m", module, *map(str, ends)]  # nothing of the folder one is in
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=silent, stdout=silent, pass_fds=ends, process_group=0)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that has a group of its own, and all that it has started, at once and for certain."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
