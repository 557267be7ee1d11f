"""A storage that many machines write to, by its address: what fsspec knows as a file system, S3 and GCS among them.

Keys and passwords never stand in an address: they come from the surroundings of each machine, as its cloud has them.
What a storage says when something fails may hold more than should be in a log: only the kind of failure is passed on.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from producer.errors import RenderError

WHOLE = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "memory")
"""Where what is written appears whole or not at all …"""
RENAMED = ("file", "local", "smb", "sftp", "hdfs")
"""… and where it is written beside its place and renamed."""
_ADDRESS = re.compile(r"(?P<kind>[a-z][a-z0-9]*)://(?P<path>[^?#]*)")


class Storage:
    """Files by name under an address. Safe in threads and with any number of machines."""

    def __init__(self, address: str) -> None:
        """Raises RenderError for an address that is none, holds a key, or is of a kind that nothing here reads."""
        found = _ADDRESS.fullmatch(address)
        kind, path = (found["kind"], found["path"].rstrip("/")) if found is not None else ("", "")
        if "@" in address or "?" in address or "::" in address:
            raise RenderError(
                "the cache's address may hold no user, password or key: those come from this machine's own settings"
            )
        if kind not in (*WHOLE, *RENAMED) or not path:
            raise RenderError(f"a cache is a folder, or an address as in s3://bucket/season; not '{address[:60]}'")
        self.address, self._kind, self._path = address, kind, path
        self._whole = kind in WHOLE
        self._fs = self._opened()

    def __reduce__(self) -> tuple[type[Storage], tuple[str]]:
        """In another process it is opened there, with that process's keys."""
        return Storage, (self.address,)

    def get(self, name: str) -> bytes | None:
        """What is called so; None when there is nothing. Raises RenderError."""
        try:
            raw = self._fs.cat_file(self._at(name))
        except FileNotFoundError:
            return None
        except Exception as wrong:
            raise self._failure(wrong) from None
        return bytes(raw)

    def has(self, name: str) -> bool:
        """Whether something is called so. Raises RenderError."""
        try:
            return bool(self._fs.exists(self._at(name)))
        except Exception as wrong:
            raise self._failure(wrong) from None

    def put(self, name: str, raw: bytes) -> None:
        """Keep it under this name, whole or not at all. Raises RenderError."""
        path = self._at(name)
        try:
            if self._whole:
                self._fs.pipe_file(path, raw)
                return
            part = f"{path}.{uuid.uuid4().hex}.part"
            try:
                self._fs.pipe_file(part, raw)
            except OSError:  # the first in its folder, most probably
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._fs.pipe_file(part, raw)
            self._fs.mv(part, path)
        except Exception as wrong:
            raise self._failure(wrong) from None

    # ---- notes, for `turns`

    def create(self, name: str, raw: bytes) -> bool:
        """See `turns.Notes`."""
        path = self._at(name)
        try:
            if self._whole:
                self._fs.pipe_file(path, raw, mode="create")
                return True
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._fs.open(path, "xb") as file:  # its own `create` looks first, and creates then
                file.write(raw)
        except FileExistsError:
            return False
        except (NotImplementedError, TypeError, ValueError):  # it cannot tell: then there are no turns
            return True
        except Exception as wrong:
            raise self._failure(wrong) from None
        return True

    def note(self, name: str) -> bytes | None:
        """See `turns.Notes`."""
        return self.get(name)

    def renew(self, name: str, raw: bytes) -> None:
        """See `turns.Notes`."""
        self.put(name, raw)

    def remove(self, name: str) -> None:
        """See `turns.Notes`."""
        try:
            self._fs.rm_file(self._at(name))
        except FileNotFoundError:
            pass
        except Exception as wrong:
            raise self._failure(wrong) from None

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _opened(self) -> Any:
        try:
            import fsspec
        except ImportError:
            raise RenderError(
                "a cache in a storage needs fsspec: pip install 'producer-audio-drama[cluster]'"
            ) from None
        try:
            return fsspec.filesystem(self._kind, use_listings_cache=False)  # others write meanwhile
        except (ImportError, ValueError):
            raise RenderError(
                f"a cache at {self._kind}:// needs the library that fsspec has for it (s3: s3fs, gs: gcsfs, az: adlfs)"
            ) from None
        except Exception as wrong:
            raise self._failure(wrong) from None

    def _failure(self, wrong: Exception) -> RenderError:
        return RenderError(f"the cache at {self._kind}:// gave no answer that can be used ({type(wrong).__name__})")
