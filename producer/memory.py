"""Heap manners on Linux: large arrays come and go in several threads, and glibc keeps more of them than it needs."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator

_M_ARENA_MAX = -8


def few_arenas() -> None:
    """Two heaps instead of one for each thread. Call it before threads start; only on Linux it does anything."""
    _glibc("mallopt", _M_ARENA_MAX, 2)


def give_back() -> None:
    """Hand what was freed back to the system, after a stage that held much."""
    _glibc("malloc_trim", 0)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """For a stage that makes very many small things and drops few, as reading and placing a script do.

    Python looks through all that there is for circles of references whenever it has grown by a quarter: a third of the
    time that a script of ten hours takes, and it finds none.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _glibc(function: str, *values: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has its own ways
            getattr(ctypes.CDLL(None), function)(*values)
