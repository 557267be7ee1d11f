"""How a command is stopped: by Ctrl-C, by who asks its process to end, by a terminal that is closed.

Each of them lets the command leave by its own exits, so that nothing half done stays. Python raises KeyboardInterrupt
wherever the main thread happens to be; where that is a finaliser or a callback from C, it is dropped there, and where a
library is being loaded, it may come out as another error. Here the first is raised again, and the second is known for
what it is.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_AGAIN_S = 0.05
_ONCE_S = 2.0
"""Within this time a second signal is the same wish: a terminal and whoever started us may both pass it on."""


class Stopping:
    """Whether somebody wants the command to stop. Signals are had for it by `heeded`."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._at_s = float("-inf")

    @property
    def code(self) -> int:
        """The exit code of a command that was stopped: 130 for Ctrl-C, as shells have it."""
        return 128 + (self.number or signal.SIGINT)

    def asked(self, number: int, frame: FrameType | None) -> None:
        """A signal came; raises KeyboardInterrupt."""
        del frame
        now_s = time.monotonic()
        if self.number is not None and now_s - self._at_s < _ONCE_S:
            return
        self.number, self._at_s = self.number or number, now_s
        raise KeyboardInterrupt

    def dropped(self, what: sys.UnraisableHookArgs) -> bool:
        """Whether what could not be raised is this wish; then it is raised again, a moment later."""
        if self.number is None or not isinstance(what.exc_value, KeyboardInterrupt):
            return False
        self._at_s = float("-inf")
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        else:
            threading.Timer(_AGAIN_S, _thread.interrupt_main).start()
        return True


@contextlib.contextmanager
def heeded() -> Iterator[Stopping]:
    """Signals that ask for an end raise KeyboardInterrupt in here, for certain. In the main thread only."""
    stopping = Stopping()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before: dict[int, Any] = {}
    for number in [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):  # `nohup` is to be heeded, too
            before[number] = signal.signal(number, stopping.asked)
    if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, stopping.asked)
    hook = sys.unraisablehook

    def unraisable(what: sys.UnraisableHookArgs, /) -> None:
        if not stopping.dropped(what):
            hook(what)

    sys.unraisablehook = unraisable
    try:
        yield stopping
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
