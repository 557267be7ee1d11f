"""What was made once is kept, named by the content it was made from.

An entry is one file: a header line with the SHA-256 of the rest, then the payload. It is written beside its name and
renamed, so it is whole or absent; a damaged one is thrown away and made again. Safe with many writers at once. A
folder that takes nothing costs speed and no more; what was found damaged, and that nothing is kept, is told afterwards
(`remarks`).

What a render needs again later and does not hold in memory is laid down here, too (`lay_down`, `samples`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from producer import __version__, owned
from producer.audio import Audio
from producer.cache_place import default_root, most_bytes
from producer.entry import HEAD_BYTES, head, head_of

_IN_USE_S = 3600.0
_TEMPORARY = "producer-cache-"
_LEAST_FREE_BYTES = 256 << 20
"""With less on the cache's disk, what does not go into memory waits where the system has its temporary files."""
_RECENT_BYTES = 24 << 20
"""Of samples that were laid down: two minutes of speech, which is more than is heard at once."""
_RECENT_ELSEWHERE_BYTES = 2 << 20
"""In another process, which makes clips of them at once and keeps those: what two parts share."""
_FOLDER = re.compile("[0-9a-f]{2}")
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)  # `json.dumps` would make one for each part of a name
_RATE_BYTES = 8  # before the samples, which so stay on whole places


def key(*parts: object) -> str:
    """The name of what is made from `parts` (JSON values, or bytes): 64 hex digits.

    The program's version is a part of every name, so a new release makes everything anew.
    """
    digest = hashlib.sha256(__version__.encode())
    for part in parts:
        raw = part if isinstance(part, bytes) else _ENCODER.encode(part).encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


class Cache:
    """A folder of entries. Close it (or use it in `with`) to remove a temporary one (`--no-cache`)."""

    def __init__(self, root: Path | None = None, recent_bytes: int | None = None, *, temporary: bool = False) -> None:
        self._temporary = _temporary() if temporary else None
        self.root = self._temporary.path if self._temporary else (root or default_root())
        self._recent = _Recent(_RECENT_BYTES if recent_bytes is None else recent_bytes)
        self._sound: dict[str, tuple[int, int]] = {}
        """Entries that were found undamaged, and which files they were."""
        self._spare: owned.OwnedFolder | None = None
        self._spare_lock = threading.Lock()
        self.faults = Faults()

    def __reduce__(self) -> tuple[type[Cache], tuple[Path, int]]:
        """In another process it is a cache of the same folder, which holds less and is not removed by that process."""
        return Cache, (self.root, _RECENT_ELSEWHERE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._recent.clear()
        for folder in (self._temporary, self._spare):
            if folder is not None:
                folder.remove()

    def rest(self) -> None:
        """Let go of the samples that are held; asked for again, they are read again."""
        self._recent.clear()

    @property
    def named(self) -> str:
        """Where it is, for people."""
        return str(self.root)

    def remarks(self) -> tuple[str, ...]:
        """What the user is to know of this cache when the work is done: a line each, mostly none."""
        lines = []
        if damaged := len(self.faults.damaged):
            things = "1 damaged entry was" if damaged == 1 else f"{damaged} damaged entries were"
            lines.append(f"cache: {things} thrown away and made anew, in {self.named}")
        if self.faults.unkept:
            lines.append(
                f"cache: not all could be kept in {self.named} ({self.faults.unkept}); the next render takes longer"
            )
        return tuple(lines)

    def work(self) -> Path:
        """A folder for what has to wait on disk: in the cache's own, else where the system has temporary files."""
        work = self.root / "work"
        try:
            work.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=work).close()
            free = shutil.disk_usage(work).free
            if free >= _LEAST_FREE_BYTES or free >= shutil.disk_usage(tempfile.gettempdir()).free:
                return work
        except OSError as found:
            self.faults.unkept = found.strerror or str(found)
        spare = self._spare_folder()
        return work if spare is None else spare / "work"

    def path(self, name: str) -> Path:
        """Where the entry `name` (from `key`) is or would be."""
        return self.root.joinpath(name[:2], name)

    def has(self, name: str) -> bool:
        """Whether `read` has something to look at, which may still turn out to be damaged."""
        return self.path(name).is_file()

    def turn(self, name: str) -> AbstractContextManager[object]:
        """Whoever makes `name` does it within this, and looks again first if its value is true: others are at it.

        A cache that is filled by several processes (`shared`) lets in one at a time.
        """
        del name
        return contextlib.nullcontext()

    def read(self, name: str) -> bytes | None:
        """The payload of `name`, or None when it is absent or damaged (a damaged one is removed)."""
        return self._read(self.path(name))

    def write(self, name: str, payload: bytes) -> bool:
        """Keep `payload` under `name`; a full or read-only disk (False) only costs the next render its speed."""
        return self._write(self.path(name), payload)

    def trim(self) -> int:
        """Remove what was not used for longest, until there is no more than `most_bytes()`; how many entries went.

        What was used within the last hour stays: another render may want it. What says that it was used later than now
        (the clock was wrong) goes first, and what was being written by a render that was killed, too.
        """
        now = time.time()
        entries: list[tuple[float, int, str]] = []
        for folder in self._folders():
            with contextlib.suppress(OSError), os.scandir(folder) as there:
                for one in there:
                    if one.name.startswith(owned.PART):
                        owned.clear_part(Path(one.path))
                        continue
                    with contextlib.suppress(OSError):
                        found = one.stat()
                        used = found.st_mtime if found.st_mtime < now + _IN_USE_S else 0.0
                        entries.append((used, found.st_size, one.path))
        left, gone, most = sum(size for _, size, _ in entries), 0, most_bytes()
        for used, size, path in sorted(entries) if left > most else ():
            if left <= most or used > now - _IN_USE_S:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
                left, gone = left - size, gone + 1
        return gone

    def _folders(self) -> list[str]:
        """Those that hold entries."""
        try:
            with os.scandir(self.root) as there:
                return [one.path for one in there if _FOLDER.fullmatch(one.name)]
        except OSError:
            return []

    def entry(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The payload kept under `name`, made by `make` when there is none."""
        kept = self.read(name)
        if kept is None:
            with self.turn(name) as shared:
                kept = self.read(name) if shared else None  # another may have made it since
                if kept is None:
                    kept = make()
                    self.write(name, kept)
        return kept

    def here(self, name: str, make: Callable[[], bytes]) -> bytes:
        """As `entry`, for what is made sooner than fetched: others that fill this cache are neither asked nor told."""
        kept = self.read_here(name)
        if kept is None:
            kept = make()
            self.write_here(name, kept)
        return kept

    def read_here(self, name: str) -> bytes | None:
        """What this machine alone keeps under `name` (`write_here`); None when it does not, or it is damaged."""
        return self._read(self.path(name))

    def write_here(self, name: str, payload: bytes) -> None:
        """Keep something on this machine alone, also where others fill the cache."""
        self._write(self.path(name), payload)

    def data(self, name: str, make: Callable[[], dict[str, object]]) -> dict[str, object]:
        """The JSON object kept under `name`, made by `make` when there is none."""
        found: dict[str, object] = json.loads(self.entry(name, lambda: json.dumps(make(), sort_keys=True).encode()))
        return found

    def audio(self, name: str, make: Callable[[], Audio]) -> Audio:
        """The samples kept under `name`, made by `make` when there are none; read-only. Bit-exact: float32."""
        kept = self.entry(name, lambda: _as_bytes(make()))
        return np.frombuffer(kept, "<f4", offset=4).reshape(-1, kept[0])

    def stretch(self, name: str, start: int, stop: int) -> Audio | None:
        """Samples [start, stop) of what `audio` or `keep` keeps under `name`; None where it is absent or damaged.

        All of it is looked at the first time; then no more than the stretch is read.
        """
        path = self.path(name)
        try:
            with path.open("rb", buffering=0) as file:
                found = os.fstat(file.fileno())
                if self._sound.get(name) != (found.st_ino, found.st_size):
                    if self.read(name) is None:
                        return None
                    self._sound[name] = found.st_ino, found.st_size
                file.seek(HEAD_BYTES)
                channels = file.read(4)[0]
                file.seek(4 * channels * start, os.SEEK_CUR)
                return np.fromfile(file, "<f4", channels * (stop - start)).reshape(-1, channels)
        except (OSError, IndexError):
            return None

    def keep(self, name: str, audio: Audio) -> None:
        """Keep samples that are at hand under `name`, where `audio` finds them."""
        if not self.has(name):
            self.write(name, _as_bytes(audio))

    def lay_down(self, audio: Audio, rate_hz: int) -> str | None:
        """Put one channel's samples, shape (n, 1), where `samples` finds them as long as this cache is open.

        Returns the digest that stands for them and their rate, to ask for them by; None when no folder takes them.
        """
        payload = rate_hz.to_bytes(_RATE_BYTES, "little") + np.ascontiguousarray(audio, "<f4").tobytes()
        digest = hashlib.sha256(payload).hexdigest()
        if self.write(key("laid down", digest), payload):
            return digest
        spare = self._spare_folder()
        return digest if spare is not None and self._write(spare / digest, payload) else None

    def is_laid_down(self, digest: str) -> bool:
        """Whether `samples` has something to look at, which may still turn out to be damaged."""
        return self.has(key("laid down", digest)) or any(path.is_file() for path in self._laid_down(digest))

    def samples(self, digest: str) -> Audio | None:
        """What was laid down, shape (n, 1), read-only and bit-exact; None when it is gone or damaged."""
        kept = self._recent.get(digest)
        if kept is not None:
            return kept
        for path in self._laid_down(digest):
            payload = self._read(path, digest)
            if payload is not None:
                found = np.frombuffer(payload, "<f4", offset=_RATE_BYTES).reshape(-1, 1)
                self._recent.put(digest, found)
                return found
        return None

    def _laid_down(self, digest: str) -> tuple[Path, ...]:
        path = self.path(key("laid down", digest))
        return (path,) if self._spare is None else (path, self._spare.path / digest)

    def _spare_folder(self) -> Path | None:
        """A folder for what the cache's own does not take; it goes with this cache."""
        with self._spare_lock:
            if self._spare is None:
                try:
                    self._spare = _temporary()
                except OSError:
                    return None
            return self._spare.path

    def _read(self, path: Path, digest: str | None = None) -> bytes | None:
        """An entry's payload, which is what `digest` says where one is known; None for no such file.

        Removes one that is damaged.
        """
        try:
            with path.open("rb", buffering=0) as file:
                beginning, payload = file.read(HEAD_BYTES), file.read()  # apart, for a part is a megabyte to copy
        except FileNotFoundError:
            return None
        except OSError as found:
            if not isinstance(
                found, NotADirectoryError | PermissionError
            ):  # which is no damage, but a cache of nobody's
                self.faults.damaged.add(path.name)
            return None
        found_digest = hashlib.sha256(payload).hexdigest()
        if beginning == head_of(found_digest) and digest in (None, found_digest):
            with contextlib.suppress(OSError):  # what is used stays longest (`trim`)
                os.utime(path)
            return payload
        self.faults.damaged.add(path.name)
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def _write(self, path: Path, payload: bytes) -> bool:
        return self._put_down(path, head(payload), payload)

    def _put_down(self, path: Path, beginning: bytes, payload: bytes) -> bool:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = owned.new_part(path.parent)
        except OSError as found:
            self.faults.unkept = found.strerror or str(found)
            return False
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(beginning)
                out.write(payload)
                out.flush()
                if os.name == "posix":
                    part.replace(path)  # before it is let go
            if os.name != "posix":
                part.replace(path)
        except OSError as found:
            self.faults.unkept = found.strerror or str(found)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            return False
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return True


@dataclass
class Faults:
    """What a cache met with: entries that were damaged, by their names, and why it could not keep something."""

    damaged: set[str] = field(default_factory=set)
    unkept: str = ""

    def add(self, other: Faults) -> None:
        """What another process met with in the same folder."""
        self.damaged |= other.damaged
        self.unkept = self.unkept or other.unkept


def _temporary() -> owned.OwnedFolder:
    """A folder that goes with this process; those of killed ones go now. Raises OSError."""
    place = Path(tempfile.gettempdir())
    owned.clear(place, _TEMPORARY)
    return owned.OwnedFolder(place, _TEMPORARY)


class _Recent:
    """The arrays used last, up to so many bytes; the very last one whatever its size."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._arrays: OrderedDict[str, Audio] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Audio | None:
        with self._lock:
            if name in self._arrays:
                self._arrays.move_to_end(name)
            return self._arrays.get(name)

    def put(self, name: str, array: Audio) -> None:
        with self._lock:
            if name not in self._arrays:
                self._arrays[name] = array
                self._bytes += array.nbytes
            while self._bytes > self._most and len(self._arrays) > 1:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        with self._lock:
            self._arrays.clear()
            self._bytes = 0


def _as_bytes(audio: Audio) -> bytes:
    return bytes([audio.shape[1], 0, 0, 0]) + np.ascontiguousarray(audio, dtype="<f4").tobytes()
