"""A file of the user's, new or with other content: all of it, or none."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from producer.errors import RenderError


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in a file's place; its permissions stay, and behind a link the link. Raises RenderError."""
    real = path.resolve()
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".part", dir=real.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(real, part)
        part.replace(real)
    except OSError as wrong:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
        raise RenderError(f"cannot write {path}: {wrong.strerror}") from None


def new_file(path: Path, data: bytes) -> None:
    """Put `data` where nothing stands. Raises OSError, FileExistsError where something does by then."""
    part = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def put_file(path: Path, data: bytes) -> None:
    """Put `data` in a file, whether or not it is there; its folder is made. Raises RenderError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            replace_file(path, data)
        else:
            new_file(path, data)
    except OSError as wrong:
        raise RenderError(f"cannot write {path}: {wrong.strerror}") from None
