"""What is in many files, without reading again those that are as they were.

A take is known by its bytes, and an hour has 90 MB of them, which a render of which little has changed would read to no
end. What the system says of a file is kept with its digest: its size, the times when it was written and when anything
about it was changed (which Windows does not tell), and its number on the disk. As in git's index, nothing is kept of a
file that was written within the two seconds before it was read: it could be written again within one tick of the file
system's clock.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from producer.cache import Cache, key
from producer.digests import sha256_of

_READERS = 4
_STILL_NS = 2_000_000_000
_Seen = tuple[int, int, int, int]


def sums(paths: Sequence[Path], folder: Path, cache: Cache | None) -> list[str]:
    """SHA-256 of each file's bytes, 64 hex digits. Raises OSError, with the file's name, when one cannot be read.

    Args:
        paths: each as its caller names it.
        folder: whose files they are; one entry of the cache holds what is known of them.
        cache: None: every file is read.
    """
    if cache is None:
        return _read(paths)
    name = key("sums", platform.node(), folder.absolute().as_posix())
    kept = cache.read_here(name)
    known: dict[str, tuple[list[int], str]] = {} if kept is None else json.loads(kept)
    seen = [_seen(path) for path in paths]
    files = [os.fspath(path) for path in paths]
    same = [file in known and known[file][0] == list(look) for file, look in zip(files, seen, strict=True)]
    now_ns = time.time_ns()
    fresh = iter(_read([path for path, there in zip(paths, same, strict=True) if not there]))
    found = [known[file][1] if there else next(fresh) for file, there in zip(files, same, strict=True)]
    if not all(same):
        still = {
            file: (list(look), sha256)
            for file, look, sha256 in zip(files, seen, found, strict=True)
            if max(look[1], look[2]) < now_ns - _STILL_NS
        }
        if still != known:
            cache.write_here(name, json.dumps(still).encode())
    return found


def _seen(path: Path) -> _Seen:
    """What would not be the same were the file written again."""
    there = path.stat()
    return there.st_size, there.st_mtime_ns, there.st_ctime_ns, there.st_ino


def _read(paths: Sequence[Path]) -> list[str]:
    if not paths:
        return []
    with ThreadPoolExecutor(_READERS) as pool:  # summing leaves Python's lock to others
        return list(pool.map(sha256_of, paths))
