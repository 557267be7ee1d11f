"""Sees every file that is opened, every program that is started, every connection: what may not be is noted."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HARMLESS = ("/dev/null", "/dev/urandom", "/proc/", "/sys/", "/etc/", "/usr/", "/lib", "/dev/shm", "/dev/tty")
_ROOT = Path(__file__).resolve().parent.parent
_TEMPORARY = str(Path(tempfile.gettempdir()).resolve() / "producer-")
_WRITING = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
_PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
_NET = {"socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request"}


class Guard:
    """One hook for the life of the process (Python has no way to take one off); it looks only inside `watching`."""

    def __init__(self) -> None:
        self._readable: tuple[str, ...] = ()
        self._writable: tuple[str, ...] = ()
        self._on = False
        self.seen: list[str] = []
        sys.addaudithook(self._heard)

    @contextmanager
    def watching(self, readable: tuple[Path, ...], writable: tuple[Path, ...]) -> Iterator[list[str]]:
        """What is read outside `readable` and Python's own folders, or written outside `writable`, is in the list."""
        code = {_ROOT / "producer", _ROOT / "sfx", _ROOT / "fuzz", *map(Path, sysconfig.get_paths().values())}
        code |= {Path(one).resolve() for one in (sys.prefix, sys.base_prefix)}
        self._writable = tuple(str(one.resolve()) for one in writable)
        self._readable = (*self._writable, *(str(one.resolve()) for one in (*readable, *code)))
        self.seen, self._on = [], True
        try:
            yield self.seen
        finally:
            self._on = False

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open":
            path, mode, flags = (*arguments, None, None)[:3]
            writes = bool(mode and set(str(mode)) & set("wax+")) or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
            self._file(event, path, writes)
        elif event in ("os.listdir", "os.scandir"):
            self._file(event, arguments[0] if arguments else None, False)
        elif event in _WRITING and not _beside(event, arguments):
            for one in arguments[:2]:
                self._file(event, one, True)
        elif event in _PROGRAMS and list(arguments[1] or ())[:2] != [sys.executable, "-P"]:  # a voice's worker, ours
            self._note(f"{event}: {arguments[0]} {arguments[1]}")
        elif event in _NET:
            self._note(f"{event}: {arguments[1:]}")

    def _file(self, event: str, path: object, writes: bool) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a descriptor: its opening was seen
        self._on = False  # what realpath does is ours
        try:
            real = os.path.realpath(os.fsdecode(path))
        except (OSError, ValueError):
            return
        finally:
            self._on = True
        allowed = self._writable if writes else self._readable
        if real.startswith(_TEMPORARY) or real == tempfile.gettempdir() or (event == "os.listdir" and real in sys.path):
            return  # a working folder of ours; what Python itself does to import
        if real == "/dev/null" or (not writes and (real.startswith(_HARMLESS) and not real.startswith("/etc/passwd"))):
            return
        if event == "os.mkdir" and Path(real).is_dir():
            return  # it is there: nothing is made
        if not any(real == one or real.startswith(one + os.sep) for one in allowed):
            self._note(f"{event}: {'writes' if writes else 'reads'} {real[:200]}")

    def _note(self, what: str) -> None:
        if what not in self.seen:
            self.seen.append(what)


def _beside(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a name is meant in a folder that is open, whose opening was seen."""
    return event in ("os.remove", "os.rmdir", "os.mkdir") and isinstance(arguments[-1], int) and arguments[-1] >= 0
