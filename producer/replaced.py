"""A file of the user's with other content: all of it, or none."""

from __future__ import annotations

import contextlib
import os
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
