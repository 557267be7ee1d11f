"""Runs commands in this process as their user would, and says what no command may do."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from fuzz.guard import Guard

LARGEST_MB = 300.0
_HANGS_S = 600  # of waiting: on a busy machine a render may need a minute


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    cost_s: float
    memory_mb: float
    faults: tuple[str, ...] = field(default=())
    """What may not be; empty when all is well."""


class HangError(BaseException):
    """A command has not come back."""


def laid_out(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """The files of a case, in an empty folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


def command(
    arguments: list[str],
    folder: Path,
    cache: Path,
    guard: Guard,
    programs: bool = False,
    writable: tuple[Path, ...] = (),
) -> Ended:
    """`render` with these arguments in `folder`.

    Args:
        programs: whether it may start any (voices, the encoder).
        writable: what it may write to beside the output and the cache.
    """
    from producer.cli import main

    out, err, code = io.StringIO(), io.StringIO(), 0
    faults: list[str] = []
    began = time.process_time()
    with (
        _inside(folder),
        _not_for_ever(),
        guard.watching((folder, cache), (folder / "output", cache, *writable)) as seen,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        sys.argv = ["render", *arguments]
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        except HangError:
            faults.append(f"hangs: no end after {_HANGS_S} s\n{traceback.format_exc()}")
        except BaseException:
            faults.append(traceback.format_exc())
    cost = time.process_time() - began
    faults += [one for one in seen if not (programs and one.startswith(("subprocess", "os.posix")))]
    if code not in (0, 1):
        faults.append(f"exit {code}\n{err.getvalue()[-3000:]}")
    if "Traceback" in err.getvalue():
        faults.append("a traceback")
    if code == 1:
        faults += [f"not located: {line[:200]}" for line in _unlocated(err.getvalue())]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Ended(code, out.getvalue(), err.getvalue(), cost, memory, tuple(faults))


def _unlocated(told: str) -> Iterator[str]:
    lines = told.splitlines()
    if not lines:
        yield "(no message at all)"
    for line in lines:
        if not line.startswith("    ") and ": " not in line:
            yield line


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _not_for_ever() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_HANGS_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
