"""A cache that several processes fill at the same time, on one machine or on many.

It is a folder, or a storage with a folder of this machine in front of it. What one makes the others find, and what is
being made is waited for (`turns`). An entry has the same bytes in both, with its digest in front: what a storage gives
back is held against it, as what a folder gives back is.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from producer.audio import Audio
from producer.cache import Cache, key
from producer.cache_place import default_root
from producer.entry import head, unpacked
from producer.errors import RenderError
from producer.storage import Storage
from producer.turns import FolderTurns, StorageTurns, Turns

MADE_LOG = "PRODUCER_MADE_LOG"
"""Names a folder in which each process writes down what it made; for who wants to know that nothing is made twice."""
LOCAL = "PRODUCER_CACHE_LOCAL"
"""Names the folder in front of a storage, in place of the user's own."""
_AT_ONCE = 8
"""Entries on their way to a storage."""
_BEHIND = 64
"""Entries that may wait for their way before who makes them waits, too."""


def opened(named: str) -> SharedCache:
    """The cache in a folder or at an address. Raises RenderError for an address that is none."""
    if "://" not in named:
        return SharedCache(Path(named))
    storage, local = Storage(named), os.environ.get(LOCAL)
    if local:
        return SharedCache(Path(local), storage)
    return SharedCache(default_root() / "in-front" / key(storage.address)[:16], storage)  # nothing that it has not


class SharedCache(Cache):
    """A cache with others at work at it. What is on its way to the storage is there after `settle`."""

    def __init__(self, root: Path, storage: Storage | None = None, recent_bytes: int | None = None) -> None:
        super().__init__(root, recent_bytes)
        self.storage = storage
        self._turns: Turns = FolderTurns(root / "turns") if storage is None else StorageTurns(_Below(storage))
        self._sending = None if storage is None else ThreadPoolExecutor(_AT_ONCE, "to-storage")
        self._room = threading.BoundedSemaphore(_BEHIND)
        self._sent: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._asked_of: Container[str] | None = None

    def __reduce__(self) -> tuple[type[SharedCache], tuple[Path, Storage | None, int]]:  # type: ignore[override]
        """In another process it is the same cache, which holds less."""
        return SharedCache, (self.root, self.storage, 8 << 20)

    def __exit__(self, *raised: object) -> None:
        try:
            self.settle()
        except RenderError as wrong:
            self.faults.unkept = str(wrong)
        if self._sending is not None:
            self._sending.shutdown(wait=False, cancel_futures=True)
        super().__exit__(*raised)

    @property
    def named(self) -> str:
        """See `Cache`; `opened` finds it by that."""
        return str(self.root.absolute()) if self.storage is None else self.storage.address

    def has(self, name: str) -> bool:
        """See `Cache`."""
        return super().has(name) or (self._asks(name) and self.is_everywhere(name))

    def is_laid_down(self, digest: str) -> bool:
        """See `Cache`."""
        return super().is_laid_down(digest) or self.is_everywhere(key("laid down", digest))

    def is_everywhere(self, name: str) -> bool:
        """Whether all machines find it."""
        return super().has(name) if self.storage is None else self.storage.has(_at(name))

    @contextlib.contextmanager
    def turn(self, name: str) -> Iterator[object]:
        """See `Cache`."""
        with self._turns.hold(name) as look_again:
            yield look_again
            with self._lock:
                sent = self._sent.get(name)
            if sent is not None:  # whose turn is next finds it there
                sent.result()

    def ask_only(self, names: Container[str] | None) -> None:
        """Ask the storage for nothing but these, and for what is made in turns; with None, for everything.

        For who makes what nobody has begun: a storage takes long to say that it has not got something.
        """
        self._asked_of = names

    def entry(self, name: str, make: Callable[[], bytes]) -> bytes:
        """See `Cache`. Such entries are what many have in common: sounds, the measures of voices."""
        if self.storage is None:
            return super().entry(name, make)
        found = self._anywhere(name)
        if found is None:
            with self.turn(name):
                found = self._anywhere(name)  # another may have made it since
                if found is None:
                    found = make()
                    self.write(name, found)
        return found

    def _anywhere(self, name: str) -> bytes | None:
        found = super().read(name)
        return self._brought(name) if found is None else found

    def read(self, name: str) -> bytes | None:
        """See `Cache`. Raises RenderError when the storage cannot be asked."""
        found = super().read(name)
        return self._brought(name) if found is None and self._asks(name) else found

    def _asks(self, name: str) -> bool:
        return self._asked_of is None or name in self._asked_of

    def _brought(self, name: str) -> bytes | None:
        """What the storage has, kept here from now on."""
        if self.storage is None:
            return None
        found = self.fetch(name)
        if found is not None:
            super().write(name, found)
        return found

    def fetch(self, name: str) -> bytes | None:
        """What is called so where all machines have it, without keeping it here; else as `read`."""
        if self.storage is None:
            return super().read(name)
        raw = self.storage.get(_at(name))
        if raw is None:
            return None
        payload = unpacked(raw)
        if payload is None:
            self.faults.damaged.add(name)
            self.storage.remove(_at(name))  # it is made again
        return payload

    def write(self, name: str, payload: bytes) -> bool:
        """See `Cache`; on its way to the storage when this returns."""
        if super().has(name):  # by its name it is the same
            return True
        beginning = head(payload)  # once for both
        written = self._put_down(self.path(name), beginning, payload)
        if self.storage is None:
            if written:
                _log(name)
            return written
        self._send(name, beginning, payload)
        return written

    def send(self, name: str, payload: bytes) -> None:
        """Bring an entry to where all machines have it, without keeping it here."""
        if self.storage is None:
            super().write(name, payload)
        else:
            self._send(name, head(payload), payload)

    def _send(self, name: str, beginning: bytes, payload: bytes) -> None:
        assert self.storage is not None and self._sending is not None
        self._room.acquire()
        sent = self._sending.submit(self._put, self.storage, name, beginning, payload)
        with self._lock:
            done = [name for name, one in self._sent.items() if one.done() and one.exception() is None]
            for name_done in done:
                del self._sent[name_done]
            self._sent[name] = sent

    def _put(self, storage: Storage, name: str, beginning: bytes, payload: bytes) -> None:
        try:
            storage.put(_at(name), beginning + payload)
            _log(name)
        finally:
            self._room.release()

    def settle(self) -> None:
        """Wait until all that was written is in the storage. Raises RenderError when something did not get there."""
        with self._lock:
            sent, self._sent = self._sent, {}
        for one in sent.values():
            one.result()

    def samples(self, digest: str) -> Audio | None:
        """See `Cache`."""
        found = super().samples(digest)
        if found is None and self._brought(key("laid down", digest)) is not None:
            found = super().samples(digest)
        return found

    def trim(self) -> int:
        """Nothing while others may be at it: see `tidy`."""
        return 0

    def tidy(self) -> int:
        """As `Cache.trim`, when a season is over. A storage has its own rules for what is old."""
        return super().trim()


class _Below:
    """Notes about turns, in a folder of the storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def create(self, name: str, raw: bytes) -> bool:
        return self._storage.create(f"turns/{name}", raw)

    def note(self, name: str) -> bytes | None:
        return self._storage.note(f"turns/{name}")

    def renew(self, name: str, raw: bytes) -> None:
        self._storage.renew(f"turns/{name}", raw)

    def remove(self, name: str) -> None:
        self._storage.remove(f"turns/{name}")


def _at(name: str) -> str:
    """Where an entry is in a storage: as in a folder, so that a storage that is one can be used as one."""
    return f"{name[:2]}/{name}"


def _log(name: str) -> None:
    folder = os.environ.get(MADE_LOG)
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    with (Path(folder) / f"{socket.gethostname()}-{os.getpid()}").open("a") as file:
        file.write(f"{name}\n")  # one write to the end of a file of our own: whole, whatever becomes of this process


def made(folder: Path) -> Iterable[str]:
    """Every name in a folder that `MADE_LOG` named, as often as it was made."""
    for file in sorted(folder.iterdir()):
        yield from file.read_text().split()
