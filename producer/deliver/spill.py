"""Audio that is too long for memory, kept in one temporary file and read back in blocks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.errors import RenderError


class Spill:
    """Write blocks once, read them as often as needed. Use it in `with`: the file goes with it."""

    def __init__(self, folder: Path, channels: int) -> None:
        self._channels = channels
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(prefix=".mix-", dir=folder)  # noqa: SIM115 - closed in __exit__
        except OSError as found:
            raise RenderError(f"no room for the mix in {folder}: {found.strerror}") from None
        self.samples = 0

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, block: Audio) -> None:
        """Append samples, shape (n, channels)."""
        try:
            self._file.write(np.ascontiguousarray(block, "<f4").data)
        except OSError as found:
            raise RenderError(f"no room left for the mix: {found.strerror}") from None
        self.samples += len(block)

    def blocks(self, size: int = 1 << 18) -> Iterator[Audio]:
        """All of it from the start, shape (at most size, channels) each."""
        self._file.seek(0)
        frame = 4 * self._channels
        while raw := self._file.read(size * frame):
            yield np.frombuffer(raw, "<f4").reshape(-1, self._channels)
