"""Who makes something keeps the other processes from making it at the same time.

A turn never stands in the way for good: it ends with the process that has it, and who has waited for long makes the
thing, too. Then it is made twice, which costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Protocol

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

PATIENCE_S = 120.0
"""How long to wait for another; no sound or line takes as long to make, nearly always."""
_FIRST_S, _LONGEST_S = 0.01, 0.5
"""Pauses between two looks, at first and at last."""


class Turns(Protocol):
    """Turns by name; not to be taken twice by one thread."""

    def hold(self, name: str) -> contextlib.AbstractContextManager[bool]:
        """Have the turn; as its value True: somebody else may have had it since one looked."""
        ...


def pauses(patience_s: float) -> Iterator[None]:
    """Waits a little between two looks, longer each time, until patience is at its end."""
    until_s, pause_s = time.monotonic() + patience_s, _FIRST_S
    while time.monotonic() < until_s:
        yield
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_S)


class FolderTurns:
    """Turns as locked files: the system frees them when a process ends, however it ends.

    Where a file system has no locks there are no turns, and everybody has theirs at once.
    """

    def __init__(self, folder: Path, patience_s: float = PATIENCE_S) -> None:
        self._folder, self._patience_s = folder, patience_s

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """See `Turns`."""
        path, held = self._folder / name, None
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for _ in pauses(self._patience_s):
                held = _locked(path)
                if held is not None:
                    break
        try:
            yield True
        finally:
            if held is not None:
                path.unlink(missing_ok=True)  # before the lock goes: who has this very file open sees that it is gone
                os.close(held)


def _locked(path: Path) -> int | None:
    """The file, open and locked; None when another has it. Raises OSError where nothing can be locked."""
    if fcntl is None:
        raise OSError
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = path.stat()
        if (there.st_dev, there.st_ino) == (os.fstat(file).st_dev, os.fstat(file).st_ino):
            return file
    except (BlockingIOError, FileNotFoundError):  # another has it, or has just let it go
        pass
    except OSError:
        os.close(file)
        raise
    os.close(file)
    return None


class Notes(Protocol):
    """Small things in a storage."""

    def create(self, name: str, raw: bytes) -> bool:
        """Put it there if nothing is; whether it was put."""
        ...

    def note(self, name: str) -> bytes | None:
        """What is there."""
        ...

    def renew(self, name: str, raw: bytes) -> None:
        """Put it there whatever is."""
        ...

    def remove(self, name: str) -> None:
        """Take it away."""
        ...


class StorageTurns:
    """Turns as notes in a storage, which have to be renewed: nobody else frees what a lost process had.

    A note that has not changed for `lease_s`, by the clock of the one who looks at it, is nobody's any more.
    """

    def __init__(self, notes: Notes, patience_s: float = PATIENCE_S, lease_s: float = 20.0) -> None:
        self._notes, self._patience_s, self._lease_s = notes, patience_s, lease_s
        self._mine: dict[str, int] = {}
        self._lock = threading.Lock()
        self._me = uuid.uuid4().hex
        self._renewing: threading.Thread | None = None

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """See `Turns`."""
        held = False
        seen: tuple[bytes | None, float] = (None, time.monotonic())
        for _ in pauses(self._patience_s):
            held = self._notes.create(name, self._said(0))
            if held:
                break
            now = self._notes.note(name)
            if now != seen[0]:
                seen = now, time.monotonic()
            elif now is not None and time.monotonic() - seen[1] > self._lease_s:
                self._notes.remove(name)
        if held:
            self._renewed(name)
        try:
            yield True
        finally:
            if held:
                with self._lock:
                    del self._mine[name]
                    self._notes.remove(name)

    def _renewed(self, name: str) -> None:
        with self._lock:
            self._mine[name] = 0
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, daemon=True)
                self._renewing.start()

    def _renew(self) -> None:
        while True:
            time.sleep(self._lease_s / 4)
            with self._lock:
                if not self._mine:
                    self._renewing = None
                    return
                for name in self._mine:
                    self._mine[name] += 1
                    self._notes.renew(name, self._said(self._mine[name]))

    def _said(self, times: int) -> bytes:
        return f"{self._me} {times}".encode()
