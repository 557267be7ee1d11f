"""Heap manners on Linux: large arrays come and go in several threads, and glibc keeps more of them than it needs."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_ARENA_MAX = -8


def few_arenas() -> None:
    """Two heaps instead of one for each thread. Call it before threads start; only on Linux it does anything."""
    _glibc("mallopt", _M_ARENA_MAX, 2)


def give_back() -> None:
    """Hand what was freed back to the system, after a stage that held much."""
    _glibc("malloc_trim", 0)


def _glibc(function: str, *values: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has its own ways
            getattr(ctypes.CDLL(None), function)(*values)
