"""Pieces of audio by name, kept in a folder while a render works: too much for memory, and for several processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from producer import owned
from producer.audio import Audio, is_heard
from producer.errors import RenderError

_PREFIX = ".mix-"
_HEAD = struct.Struct("<qqq")  # samples, channels, whether there is more than silence


class Shelf:
    """Pieces in a folder, put and got from any thread and any process. Silence takes no room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, audio: Audio) -> None:
        """Keep `audio`, shape (n, channels), under `name`. Raises RenderError when there is no room for it."""
        heard = is_heard(audio)
        part = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)  # somebody may have emptied the cache meanwhile
            handle, part = tempfile.mkstemp(prefix=owned.PART, dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(_HEAD.pack(*audio.shape, heard))
                if heard:
                    file.write(np.ascontiguousarray(audio, "<f4").data)
            Path(part).replace(self._path(name))  # whole or not there: others look while it is written
        except OSError as found:
            if part is not None:
                Path(part).unlink(missing_ok=True)
            raise RenderError(f"no room left for the mix: {found.strerror}") from None

    def get(self, name: str) -> Audio | None:
        """What was put under `name`, to the bit; None when nothing was."""
        try:
            with self._path(name).open("rb") as file:
                samples, channels, heard = _HEAD.unpack(file.read(_HEAD.size))
                if not heard:
                    return np.zeros((samples, channels), np.float32)
                return np.fromfile(file, "<f4", samples * channels).reshape(samples, channels)
        except FileNotFoundError:
            return None

    def _path(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name.encode()).hexdigest()[:32]


@contextlib.contextmanager
def shelf(folder: Path) -> Iterator[Shelf]:
    """A shelf in a folder of its own within `folder`, which goes with it; so do those of renders that were killed.

    Raises RenderError when there is no room for it.
    """
    try:
        owned.clear(folder, _PREFIX)
        own = owned.OwnedFolder(folder, _PREFIX)
    except OSError as found:
        raise RenderError(f"no room for the mix in {folder}: {found.strerror}") from None
    try:
        yield Shelf(own.path)
    finally:
        own.remove()
