"""What a file is, by what is in it: part of the version of every voice that is made of files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from producer import digests


def sha256_of(path: Path) -> str:
    """The digest of a file, computed once for as long as it stays the same. Raises OSError."""
    found = path.stat()
    return _digest(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, changed_ns: int, size: int) -> str:
    del changed_ns, size  # they are there so that a changed file is read again
    return digests.sha256_of(path)
