"""Keeps what was made lately, up to so many bytes.

Two threads that want the same thing get the one that is being made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Memo(Generic[T]):
    """A bounded store of values that are pure functions of their key, so forgetting one only costs time."""

    def __init__(self, most_bytes: int, size: Callable[[T], int]) -> None:
        self._most = most_bytes
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._making: dict[Hashable, Future[T]] = {}
        self._bytes = 0

    def get(self, key: Hashable, make: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """The value of `key`, made by `make(*args)` (in this thread, or awaited from another) when it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            waiting = self._making.get(key)
            if waiting is None:
                mine: Future[T] = Future()
                self._making[key] = mine
        if waiting is not None:
            return waiting.result()
        try:
            value = make(*args, **named)
        except BaseException as failed:
            with self._lock:
                del self._making[key]
            mine.set_exception(failed)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, value)
        mine.set_result(value)
        return value

    def clear(self) -> None:
        """Let go of all values; what is being made now is still kept."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _keep(self, key: Hashable, value: T) -> None:
        size = self._size(value)
        self._kept[key] = (value, size)
        self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            _, (_, gone) = self._kept.popitem(last=False)
            self._bytes -= gone
