"""Files that come from others, read up to a bound: never a device, a pipe that hangs, or more than memory takes."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from producer.bounds import BOUNDS, how_to_raise


def must_be_plain(path: Path) -> None:
    """Raises OSError, its `strerror` in words for the user, when there is no plain file, links followed.

    Asked before it is opened: opening a pipe waits for its other end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is a folder, a device or a pipe, not a file")


def read_file(path: Path, bound: str) -> bytes:
    """The bytes of a plain file, links followed.

    Args:
        bound: which of `BOUNDS`, in MiB, is the most that it may have.

    Raises OSError, its `strerror` in words for the user: it is no plain file, or larger than the bound.
    """
    most = BOUNDS.bytes(bound)
    must_be_plain(path)
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        shown = f"{getattr(BOUNDS, bound):g} MiB"
        raise OSError(errno.EFBIG, f"it is larger than {shown} ({how_to_raise(bound)})")
    return content
