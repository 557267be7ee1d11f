"""What was made lately and may be wanted again, held within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import numpy as np

from producer.audio import Audio
from producer.enveloped import is_mapped

DEFAULT_BYTES = 64 << 20
_MAPPED_BYTES = 8 << 20
"""Of what is read where the system has it (`enveloped.is_mapped`): it is there again at once."""
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
    """The arrays used last, up to a number of bytes. Arrays in it are not to be written to; they are marked so.

    Those that the system holds in memory of a file are counted by themselves.
    """

    def __init__(self, most_bytes: int = DEFAULT_BYTES) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._once = Once()
        self._own, self._mapped = _Latest(most_bytes), _Latest(min(_MAPPED_BYTES, most_bytes))

    @property
    def bytes(self) -> int:
        """How much is held now."""
        return self._own.bytes + self._mapped.bytes

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
        with self._lock:
            (self._mapped if is_mapped(array) else self._own).put(name, array)

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._own, self._mapped = _Latest(self._own.most_bytes), _Latest(self._mapped.most_bytes)

    def _look(self, name: Hashable) -> Audio | None:
        with self._lock:
            found = self._own.look(name)
            return self._mapped.look(name) if found is None else found


class _Latest:
    """The arrays used last, up to a number of bytes; for one thread at a time."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._arrays: OrderedDict[Hashable, Audio] = OrderedDict()

    def put(self, name: Hashable, array: Audio) -> None:
        if array.nbytes > self.most_bytes // 2:
            return
        self.bytes += array.nbytes - self._size(self._arrays.pop(name, None))
        self._arrays[name] = array
        while self.bytes > self.most_bytes:
            self.bytes -= self._size(self._arrays.popitem(last=False)[1])

    def look(self, name: Hashable) -> Audio | None:
        found = self._arrays.get(name)
        if found is not None:
            self._arrays.move_to_end(name)
        return found

    @staticmethod
    def _size(array: Audio | None) -> int:
        return 0 if array is None else int(np.asarray(array).nbytes)
