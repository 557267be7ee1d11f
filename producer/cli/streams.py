"""The three streams that every command has, also where whoever called it closed one."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def opened() -> None:
    """Leave no standard stream closed, and let names and scripts be Unicode whatever the console's code page.

    What is written to a closed one (`>&-`) is lost, as it is in the null device. Left closed, its number would be that
    of the next file that is opened, and what a library or another process prints would stand in that.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):  # the lowest number that is free, which is this one
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    nowhere = Path(os.devnull)
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
