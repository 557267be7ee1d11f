"""What was made once is kept, named by the content it was made from.

An entry is one file: a header line with the SHA-256 of the rest, then the payload. It is written beside its name and
renamed, so it is whole or absent; a damaged one is thrown away and made again. Safe with many writers at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from producer import __version__
from producer.audio import Audio

_MAGIC = b"producer-cache-1 "


def key(*parts: object) -> str:
    """The name of what is made from `parts` (JSON values, or bytes): 64 hex digits.

    The program's version is a part of every name, so a new release makes everything anew.
    """
    digest = hashlib.sha256(__version__.encode())
    for part in parts:
        raw = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, ensure_ascii=False).encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def default_root() -> Path:
    """`$PRODUCER_CACHE`, else the user's cache folder as the operating system has it."""
    named = os.environ.get("PRODUCER_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path  # only needed when no folder is named

    return user_cache_path("producer", appauthor=False)


class Cache:
    """A folder of entries. Close it (or use it in `with`) to remove a temporary one (`--no-cache`)."""

    def __init__(self, root: Path | None = None, *, temporary: bool = False) -> None:
        self._temporary = Path(tempfile.mkdtemp(prefix="producer-")) if temporary else None
        self.root = self._temporary or root or default_root()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Where the entry `name` (from `key`) is or would be."""
        return self.root / name[:2] / name

    def read(self, name: str) -> bytes | None:
        """The payload of `name`, or None when it is absent or damaged (a damaged one is removed)."""
        path = self.path(name)
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        head, _, payload = raw.partition(b"\n")
        if head == _MAGIC + hashlib.sha256(payload).hexdigest().encode():
            return payload
        path.unlink(missing_ok=True)
        return None

    def write(self, name: str, payload: bytes) -> None:
        """Keep `payload` under `name`; a full or read-only disk only costs the next render its speed."""
        path = self.path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload)
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def data(self, name: str, make: Callable[[], dict[str, object]]) -> dict[str, object]:
        """The JSON object kept under `name`, made by `make` when there is none."""
        kept = self.read(name)
        if kept is not None:
            found: dict[str, object] = json.loads(kept)
            return found
        made = make()
        self.write(name, json.dumps(made, sort_keys=True).encode())
        return made

    def audio(self, name: str, make: Callable[[], Audio]) -> Audio:
        """The samples kept under `name`, made by `make` when there are none. Bit-exact: float32 as computed."""
        kept = self.read(name)
        if kept is not None:
            channels = kept[0]
            return np.frombuffer(kept, "<f4", offset=4).reshape(-1, channels)
        made = np.ascontiguousarray(make(), dtype="<f4")
        self.write(name, bytes([made.shape[1], 0, 0, 0]) + made.tobytes())
        return made
