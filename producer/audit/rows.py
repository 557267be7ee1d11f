"""Tables that only grow, kept in a file instead of memory: what an audit holds does not grow with the episode."""

from __future__ import annotations

import io
import weakref
from collections.abc import Callable
from threading import Lock
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from producer.errors import RenderError

Room = Callable[[], BinaryIO]
"""Makes an empty file that can be written, read and closed, and is gone then."""
MEMORY: Room = io.BytesIO
"""Room for what is small."""


class Rows:
    """A table of numbers, shape (rows, columns): append to it, and read it by slices, from any thread."""

    def __init__(self, room: Room, columns: int, kind: DTypeLike = np.uint8) -> None:
        """An empty table. `room` is asked for a file, which goes with the table."""
        self._file = room()
        self._close = weakref.finalize(self, self._file.close)
        self._columns, self._kind = columns, np.dtype(kind)
        self._lock = Lock()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def shape(self) -> tuple[int, int]:
        return self._count, self._columns

    def append(self, rows: NDArray[Any]) -> None:
        """Add `rows`, shape (n, columns), as they are: values of another kind are made this table's kind.

        Raises RenderError when there is no room left for them.
        """
        if rows.ndim != 2 or rows.shape[1] != self._columns:
            raise ValueError(f"rows of {self._columns} are wanted, not {rows.shape}")
        with self._lock:
            self._file.seek(0, io.SEEK_END)
            try:
                self._file.write(np.ascontiguousarray(rows, self._kind).data)
            except OSError as found:
                raise RenderError(f"no room left for what was heard: {found.strerror}") from None
            self._count += len(rows)

    def __getitem__(self, which: slice) -> NDArray[Any]:
        """Rows [start, stop), not to be written to; places as a list's slice has them, one by one."""
        start, stop, step = which.indices(self._count)
        if step != 1:
            raise ValueError("rows are read one after another")
        count, width = max(0, stop - start), self._columns * self._kind.itemsize
        with self._lock:
            self._file.seek(start * width)
            raw = self._file.read(count * width)
        return np.frombuffer(raw, self._kind).reshape(count, self._columns)
