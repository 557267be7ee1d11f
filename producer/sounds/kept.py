"""What was made lately and may be wanted again, held within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import numpy as np

from producer.audio import Audio

DEFAULT_BYTES = 64 << 20
_Made = TypeVar("_Made")


class Once:
    """Makes each value once, however many threads ask for it at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def make(self, name: Hashable, look: Callable[[], _Made | None], make: Callable[[], _Made]) -> _Made:
        """What `look` finds, or what `make` makes and keeps where `look` will find it."""
        found = look()
        if found is not None:
            return found
        with self._lock:
            mine = self._making.setdefault(name, threading.Lock())
        try:
            with mine:
                found = look()
                return make() if found is None else found
        finally:
            with self._lock:
                self._making.pop(name, None)


class Kept:
    """The arrays used last, up to a number of bytes. Arrays in it are not to be written to; they are marked so."""

    def __init__(self, most_bytes: int = DEFAULT_BYTES) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._once = Once()
        self._arrays: OrderedDict[Hashable, Audio] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """How much is held now."""
        return self._bytes

    def get(self, name: Hashable, make: Callable[[], Audio]) -> Audio:
        """The array called `name`, made by `make` when it is not held."""

        def made() -> Audio:
            array = make()
            self.put(name, array)
            return array

        return self._once.make(name, lambda: self._look(name), made)

    def put(self, name: Hashable, array: Audio) -> None:
        """Hold `array`, and let go of what was not used for longest; one over half the bound is not held at all."""
        array.flags.writeable = False
        if array.nbytes > self.most_bytes // 2:
            return
        with self._lock:
            self._bytes += array.nbytes - self._size(self._arrays.pop(name, None))
            self._arrays[name] = array
            while self._bytes > self.most_bytes:
                self._bytes -= self._size(self._arrays.popitem(last=False)[1])

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._arrays.clear()
            self._bytes = 0

    def _look(self, name: Hashable) -> Audio | None:
        with self._lock:
            found = self._arrays.get(name)
            if found is not None:
                self._arrays.move_to_end(name)
            return found

    @staticmethod
    def _size(array: Audio | None) -> int:
        return 0 if array is None else int(np.asarray(array).nbytes)
