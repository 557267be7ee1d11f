"""Audio that is too long for memory, kept in temporary files that vanish with the render."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from producer.audio import Audio
from producer.errors import RenderError


class Spill:
    """A programme: write its blocks in order, then read it from anywhere. Use it in `with`: the file goes with it."""

    def __init__(self, folder: Path, channels: int) -> None:
        self._channels = channels
        self._file = temporary(folder)
        self._lock = threading.Lock()
        self.samples = 0

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, block: Audio) -> None:
        """Append samples, shape (n, channels)."""
        _append(self._file, block)
        self.samples += len(block)

    def read(self, start: int, stop: int) -> Audio:
        """Samples [start, stop), shape (stop - start, channels); silence beyond what was written. From any thread."""
        made = np.zeros((stop - start, self._channels), np.float32)
        low, high = max(start, 0), min(stop, self.samples)
        if low < high:
            frame = 4 * self._channels
            with self._lock:
                self._file.seek(low * frame)
                raw = self._file.read((high - low) * frame)
            made[low - start : high - start] = np.frombuffer(raw, "<f4").reshape(-1, self._channels)
        return made


def temporary(folder: Path) -> BinaryIO:
    """A file in `folder` that is gone when it is closed. Raises RenderError when there is no room for it."""
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
