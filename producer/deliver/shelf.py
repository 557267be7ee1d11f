"""Pieces of audio by name, kept in a folder while a render works: too much for memory, and for several processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import numpy as np

from producer.audio import Audio
from producer.errors import RenderError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

_PREFIX = ".mix-"
_OWNED = "owned"
_LEFT_S = 24 * 3600.0
_HEAD = struct.Struct("<qqq")  # samples, channels, whether there is more than silence


class Shelf:
    """Pieces in a folder, put and got from any thread and any process. Silence takes no room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, audio: Audio) -> None:
        """Keep `audio`, shape (n, channels), under `name`. Raises RenderError when there is no room for it."""
        heard = bool(audio.any())
        part = None
        try:
            handle, part = tempfile.mkstemp(prefix=".part-", dir=self.folder)
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
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        owned = _owned(own)
    except OSError as found:
        raise RenderError(f"no room for the mix in {folder}: {found.strerror}") from None
    try:
        yield Shelf(own)
    finally:
        owned.close()
        shutil.rmtree(own, ignore_errors=True)


def _owned(folder: Path) -> BinaryIO:
    """A file that is locked for as long as this process holds it open."""
    file = (folder / _OWNED).open("wb")
    if fcntl is not None:
        with contextlib.suppress(OSError):  # a file system without locks: then age decides
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _clear(folder: Path) -> None:
    """Remove what killed renders left: what nobody holds, and what was not touched for a day."""
    for left in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if _abandoned(left):
                shutil.rmtree(left, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    untouched_s = time.time() - folder.stat().st_mtime
    if fcntl is None or untouched_s > _LEFT_S:
        return untouched_s > _LEFT_S
    if untouched_s < 60.0:  # its owner may not have come to lock it yet
        return False
    with (folder / _OWNED).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
