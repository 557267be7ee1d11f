"""A program that is fed or read by a pipe, and ended when it makes no progress."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence

from producer.errors import RenderError
from producer.scheduling import in_long_turns

PATIENCE_S = 120.0
"""How long a program may neither take nor give a byte; an encoder needs a hundredth of it for what it is fed."""
_TOLD_BYTES = 4000
"""Of what a program says at its end; a damaged file can make it say very much."""


class Watched:
    """A program that runs. Whoever waits for it does so in `waiting`. Use it in `with`: it ends there at the latest.

    Args:
        fed: whether it has a pipe for its standard input; else it has one for its output.
    """

    def __init__(self, command: Sequence[str], *, fed: bool, patience_s: float | None = None) -> None:
        self._patience_s = PATIENCE_S if patience_s is None else patience_s
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that is full would stop the program
        self._since_s: float | None = None
        self._over = threading.Event()
        self.late = False
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if fed else subprocess.PIPE,
                stderr=self._told,
            )
        except BaseException as wrong:
            self._told.close()
            if isinstance(wrong, OSError):
                raise RenderError(f"{command[0]} cannot be run: {wrong.strerror}") from None
            raise
        in_long_turns(self.process.pid)
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self._over.set()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it had not taken
                    pipe.close()
        self.process.wait()
        self._watch.join()
        self._told.close()

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """For what cannot go on unless the program does."""
        self._since_s = time.monotonic()
        try:
            yield
        finally:
            self._since_s = None

    def ended(self) -> int:
        """Wait for its end; its exit code, negative for the signal that ended it."""
        with self.waiting():
            return self.process.wait()

    def failed(self) -> str:
        """Why it ended as it did, in its own words where it has said something; empty when nothing is wrong."""
        code = self.ended()
        if self.late:
            return f"it made no progress for {self._patience_s:g} s and was stopped"
        self._told.seek(0)
        said = self._told.read(_TOLD_BYTES).decode("utf-8", "replace").strip()
        if code < 0:
            return f"it was killed (signal {-code})" + (f": {said}" if said else "")
        return said or (f"exit code {code}, no reason given" if code else "")

    def _look(self) -> None:
        while not self._over.wait(min(1.0, self._patience_s / 4)):
            since_s = self._since_s
            if since_s is not None and time.monotonic() - since_s > self._patience_s:
                self.late = True
                self.process.kill()
                return
