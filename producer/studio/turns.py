"""Whose turn it is to compute: what was saved last is heard first, whatever else still plays or is made ahead."""

from __future__ import annotations

import time
from threading import Lock

FIRST_S = 2.0
"""For so long after a version is there nothing is made for those before it: a player has that much, and more."""


class Turns:
    """Knows the newest version, and when anything was last asked for; from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest, self._since, self._asked = 0, 0.0, 0.0
        self.near = 0.0
        """The moment of the episode, in s, that was last asked for."""

    def published(self, number: int) -> None:
        """A version is there."""
        with self._lock:
            if number > self._newest:
                self._newest, self._since = number, time.monotonic()

    def asked(self, seconds: float) -> None:
        """Somebody wants to hear the moment `seconds`."""
        self._asked, self.near = time.monotonic(), seconds

    def wait_s(self, number: int) -> float:
        """How long a version has to wait; 0 when it is its turn."""
        with self._lock:
            return 0.0 if number >= self._newest else max(0.0, self._since + FIRST_S - time.monotonic())

    def idle_s(self) -> float:
        """How long nobody has asked for anything."""
        return time.monotonic() - max(self._asked, self._since)
