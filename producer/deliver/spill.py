"""Audio that is too long for memory, kept in temporary files that vanish with the render."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from producer.audio import Audio
from producer.errors import RenderError


class Spill:
    """A stream: write blocks once, read them as often as needed. Use it in `with`: the file goes with it."""

    def __init__(self, folder: Path, channels: int) -> None:
        self._channels = channels
        self._file = _temporary(folder)
        self.samples = 0

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, block: Audio) -> None:
        """Append samples, shape (n, channels)."""
        _append(self._file, block)
        self.samples += len(block)

    def blocks(self, size: int = 1 << 18) -> Iterator[Audio]:
        """All of it from the start, shape (at most size, channels) each."""
        self._file.seek(0)
        frame = 4 * self._channels
        while raw := self._file.read(size * frame):
            yield np.frombuffer(raw, "<f4").reshape(-1, self._channels)


class Shelf:
    """Pieces by name, put and got from any thread. Silence costs nothing. Use it in `with`: the file goes with it."""

    def __init__(self, folder: Path) -> None:
        self._file = _temporary(folder)
        self._lock = threading.Lock()
        self._places: dict[str, tuple[int, tuple[int, ...], bool]] = {}  # offset, shape, whether all of it is zero

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, name: str, audio: Audio) -> None:
        """Keep `audio`, shape (n, channels), under `name`."""
        silent = not audio.any()
        with self._lock:
            at = self._file.seek(0, 2)
            if not silent:
                _append(self._file, audio)
            self._places[name] = (at, audio.shape, silent)

    def get(self, name: str) -> Audio | None:
        """What was put under `name`, to the bit; None when nothing was."""
        found = self._places.get(name)
        if found is None:
            return None
        at, shape, silent = found
        if silent:
            return np.zeros(shape, np.float32)
        with self._lock:
            self._file.seek(at)
            raw = self._file.read(4 * shape[0] * shape[1])
        return np.frombuffer(raw, "<f4").reshape(shape)


def _temporary(folder: Path) -> BinaryIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return cast(BinaryIO, tempfile.TemporaryFile(prefix=".mix-", dir=folder))
    except OSError as found:
        raise RenderError(f"no room for the mix in {folder}: {found.strerror}") from None


def _append(file: BinaryIO, audio: Audio) -> None:
    try:
        file.write(np.ascontiguousarray(audio, "<f4").data)
    except OSError as found:
        raise RenderError(f"no room left for the mix: {found.strerror}") from None
