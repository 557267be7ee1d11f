"""Heap manners on Linux: large arrays come and go in several threads, and glibc keeps more of them than it needs."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator

_M_ARENA_MAX, _M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -8, -3, -1
_LARGE_BYTES = 8 << 20
_SPARE_BYTES = 128 << 20
_MADE = 100_000


def few_arenas() -> None:
    """Two heaps instead of one for each thread, and blocks of less than a part's size are used again.

    A new block is a page fault for every 4 KiB of it. Those of a part's size, of which there are few, come from the
    system and go back to it: in a heap they leave holes in which the next one has no room. Call it before threads
    start; only on Linux it does anything.
    """
    _glibc("mallopt", _M_ARENA_MAX, 2)
    _glibc("mallopt", _M_MMAP_THRESHOLD, _LARGE_BYTES)
    _glibc("mallopt", _M_TRIM_THRESHOLD, _SPARE_BYTES)


def seldom_collected() -> None:
    """Python looks for circles of references every `_MADE` things that are made and kept, instead of every 700.

    What is made of an episode stays until it is done, and has next to no circles: of a quarter of a million things the
    looking takes longer than many a stage.
    """
    gc.set_threshold(_MADE, 20, 20)
    # Nor once more for each of them as the interpreter ends: a quarter of a second of an hour's episode.
    atexit.register(gc.freeze)


def give_back() -> None:
    """Hand what was freed back to the system, after a stage that held much."""
    _glibc("malloc_trim", 0)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """For a stage that makes very many small things and drops few, as reading and placing a script do.

    Python looks through all that there is for circles of references whenever it has grown by a quarter: a third of the
    time that a script of ten hours takes, and it finds none. Nor is what was made looked through right after: that
    would take a twentieth of a preview.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _aged()
            gc.enable()


def _aged() -> None:
    """All that there is counts as old: it is looked through when it has grown by a quarter, and not before."""
    if not gc.get_freeze_count():  # what is frozen was frozen by somebody, to stay so
        gc.freeze()
        gc.unfreeze()


def _glibc(function: str, *values: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has its own ways
            getattr(ctypes.CDLL(None), function)(*values)
