"""Folders and part files that belong to a process for as long as it runs; who comes later removes what nobody holds.

A process holds what it works on by a lock that the system lets go of however the process ends. So what a killed one
left can be told from what a running one needs, at once and without a clock. Where there are no such locks, age decides.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on Windows, where a file that is open cannot be removed: that tells as much
    fcntl = None

PART = ".part-"
"""What the names of files begin with that are being written."""
_MARK, _UNMARKED = "owned", ".owning"
_MARKED = b"Producer works in this folder. When it is not running, the folder may be removed.\n"
_LEFT_S = 24 * 3600.0
_UNMARKED_S = 60.0
_LOOK_S = 0.02


class OwnedFolder:
    """A new folder within another. Remove it when done; if its process is killed, `clear` does.

    Raises OSError when it cannot be made.
    """

    def __init__(self, parent: Path, prefix: str) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._mark: BinaryIO | None = None
        try:
            name = self.path / (_UNMARKED if fcntl is not None else _MARK)  # Windows does not rename what is open
            self._mark = name.open("wb")
            self._mark.write(_MARKED)
            self._mark.flush()
            _lock(self._mark.fileno())
            name.replace(self.path / _MARK)  # it is never seen without its lock
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Let go of the folder and remove it with all that is in it."""
        if self._mark is not None:
            self._mark.close()
        _remove(self.path)


def clear(parent: Path, prefix: str) -> None:
    """Remove the folders of this prefix that processes left which did not come to remove them."""
    with contextlib.suppress(OSError):
        ours = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")  # as `mkdtemp` names them
        for found in [one for one in parent.iterdir() if ours.fullmatch(one.name) and one.is_dir()]:
            with contextlib.suppress(OSError):
                _clear(found)


def _clear(folder: Path) -> None:
    if folder.is_symlink():
        return
    try:
        with (folder / _MARK).open("rb") as mark:
            if mark.read(len(_MARKED)) == _MARKED and _is_let_go(mark.fileno()):
                _remove(folder)
    except FileNotFoundError:
        # Not marked yet, or a folder of the user's that happens to be called so: it goes when it is empty.
        if _age_s(folder.stat()) > _UNMARKED_S:
            (folder / _UNMARKED).unlink(missing_ok=True)
            folder.rmdir()


def _remove(folder: Path) -> None:
    """Remove a folder, its mark last: who is killed in the midst of it leaves one that is known for what it is."""
    with contextlib.suppress(OSError):
        for inside in folder.iterdir():
            if inside.is_dir() and not inside.is_symlink():
                shutil.rmtree(inside, ignore_errors=True)
            elif inside.name != _MARK:
                inside.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def new_part(folder: Path) -> tuple[int, Path]:
    """A new file, open for writing and held until it is closed, and its name. Raises OSError."""
    while True:
        handle, name = tempfile.mkstemp(prefix=PART, dir=folder)
        _lock(handle)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # it was cleared before it was held


def clear_part(part: Path) -> bool:
    """Remove a part file when nobody is writing it; whether it is gone."""
    try:
        with part.open("rb") as file:
            if not _is_let_go(file.fileno()):
                return False
            if fcntl is not None:
                part.unlink()
        part.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


@contextlib.contextmanager
def alone(folder: Path, patience_s: float) -> Iterator[None]:
    """Let no other process be in here with the same folder. Raises TimeoutError when one stays there for so long."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + patience_s
        while not _lock(handle):
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(_LOOK_S)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Hold an open file; False when another process does."""
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
    return True


def _is_let_go(handle: int) -> bool:
    """Whether nobody holds an open file any more."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True
    return _age_s(os.fstat(handle)) > _LEFT_S


def _age_s(found: os.stat_result) -> float:
    return time.time() - found.st_mtime
