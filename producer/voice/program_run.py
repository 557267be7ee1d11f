"""A program that a voice starts: it gets a file, writes files, and is ended, with all that it started, in time."""

from __future__ import annotations

import contextlib
import math
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from producer import groups
from producer.voice.engine import BrokenVoiceError
from producer.voice.program_wav import MOST_BYTES

_LOOK_S = 0.25
_TOLD = 160  # characters of what a failing program said


def run(
    words: Sequence[str],
    source: Path,
    target: Path,
    printed: Path,
    told: Path,
    work: Path,
    limit_s: float,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end. Files stand for its pipes: what it leaves running cannot hold one open.

    Args:
        words: the program and its arguments.
        source: its standard input.
        target: what it writes itself, looked at so that it does not fill the disk.
        printed, told: what receives its standard output and its errors.
        work: the folder in which it runs.
        limit_s: how long it may take.
        env: its environment; ours unless given.

    Raises BrokenVoiceError when it cannot be started, takes too long, writes too much or fails.
    """
    with source.open("rb") as given, printed.open("wb") as out, told.open("wb") as err, _stoppable():
        try:
            process = subprocess.Popen(
                words, stdin=given, stdout=out, stderr=err, cwd=work, env=env, start_new_session=True, close_fds=True
            )
        except OSError as wrong:
            raise BrokenVoiceError(f"could not be started: {wrong.strerror}") from None
        try:
            code = _ended(process, limit_s, (target, printed, told))
        finally:
            groups.end(process)
    if code:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise BrokenVoiceError(f"crashed ({how}){_last_words(told)}")


def _ended(process: subprocess.Popen[bytes], limit_s: float, files: Sequence[Path]) -> int:
    """The exit code of a program, looked at every so often so that it cannot fill the disk before its time is over."""
    for _ in range(math.ceil(limit_s / _LOOK_S)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(min(_LOOK_S, limit_s))
        size = max(map(_size, files))
        if size > MOST_BYTES:
            raise BrokenVoiceError(f"wrote a file of {size / 1e6:.0f} MB for one phrase and was stopped")
    raise BrokenVoiceError(f"gave no answer within {limit_s:g} s and was stopped")


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # not there yet
        return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """A worker that is told to end while a program runs ends that program first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _last_words(told: Path) -> str:
    with told.open("rb") as file:
        file.seek(max(0, told.stat().st_size - 4000))
        text = file.read().decode("utf-8", "replace")
    lines = ["".join(c if c.isprintable() else " " for c in line).strip() for line in text.splitlines()]
    said = next((line for line in reversed(lines) if line), "")
    return f": {said[:_TOLD]}" if said else ""
