"""Files on their way through the cache, to workers and back: in pieces named by what is in the whole of it.

Both ends hold a file against its SHA-256, so nobody works on another file than was meant, or delivers one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from producer.cache import key
from producer.deliver.files import Staging
from producer.errors import RenderError
from producer.render import stale
from producer.season.task import Files, Stored, Tree
from producer.shared import SharedCache

PIECE_BYTES = 32 << 20
PROJECT = "project"
"""Where the project's own files are in what is laid out; beside it `listing.GIVEN`."""
SMALL_BYTES = 256 << 10
"""Of what was made, files below this travel together: an episode has twenty, and a storage takes its time for each."""
_LEFT_S = 3 * 24 * 3600.0
_AT_ONCE = 8


def send(cache: SharedCache, files: Iterable[tuple[Stored, Path]]) -> None:
    """Bring files to where every worker has them, those that are there already excepted.

    Raises RenderError when one has changed since it was looked at, or when there is no room.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for sent in [threads.submit(_send, cache, stored, path) for stored, path in files]:
            sent.result()
    cache.settle()


def _send(cache: SharedCache, stored: Stored, path: Path) -> None:
    names = list(_names(stored))
    if all(cache.is_everywhere(name) for name in names):
        return
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for name in names:
                piece = file.read(PIECE_BYTES)
                digest.update(piece)
                cache.send(name, piece)
            more = file.read(1)
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
    if more or digest.hexdigest() != stored.sha256:
        raise RenderError(f"{path} has changed while it was sent; begin again")


def fetch(cache: SharedCache, stored: Stored, target: Path) -> None:
    """Lay a file down at `target`, whole or not at all. Raises RenderError when it is not in the cache."""
    digest, part = hashlib.sha256(), None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".part-", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            for name in _names(stored):
                piece = cache.fetch(name)
                if piece is None:
                    raise RenderError(
                        f"{stored.file} is not in the cache at {cache.named}, which all workers must share"
                    )
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != stored.sha256:
            raise RenderError(f"{stored.file} is damaged in the cache at {cache.named}")
        Path(part).replace(target)
        part = None
    except OSError as wrong:
        raise RenderError(f"no room for {stored.file}: {wrong.strerror}") from None
    finally:
        if part is not None:
            Path(part).unlink(missing_ok=True)


def send_made(cache: SharedCache, made: Sequence[tuple[Stored, Path]]) -> None:
    """As `send`, for the files of an episode, which `receive` takes back."""
    paths = dict(made)
    for some in _together(paths):
        name = _name_of(some)
        if not cache.is_everywhere(name):
            cache.send(name, b"".join(_whole(one, paths[one]) for one in some))
    send(cache, [one for one in made if one[0].bytes >= SMALL_BYTES])


def _whole(stored: Stored, path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
    if hashlib.sha256(raw).hexdigest() != stored.sha256:
        raise RenderError(f"{path} has changed while it was sent; begin again")
    return raw


def receive(cache: SharedCache, outputs: Sequence[Stored], folder: Path, slug: str) -> None:
    """Put what was made of an episode into its folder, as a render does. Raises RenderError, and nothing is changed."""
    with Staging(folder) as staging, ThreadPoolExecutor(_AT_ONCE) as threads:
        coming = [
            threads.submit(fetch, cache, one, staging.path(one.file)) for one in outputs if one.bytes >= SMALL_BYTES
        ]
        for some in _together(outputs):
            _lay_down(cache, some, staging)
        for fetched in coming:
            fetched.result()
        staging.publish(stale=stale(slug))


def _lay_down(cache: SharedCache, some: Sequence[Stored], staging: Staging) -> None:
    """Files that travelled together, where they are written. Raises RenderError."""
    raw = cache.fetch(_name_of(some))
    if raw is None:
        raise RenderError(f"{some[0].file} is not in the cache at {cache.named}, which all workers must share")
    at = 0
    for one in some:
        part, at = raw[at : at + one.bytes], at + one.bytes
        if hashlib.sha256(part).hexdigest() != one.sha256:
            raise RenderError(f"{one.file} is damaged in the cache at {cache.named}")
        target = staging.path(one.file)
        try:
            target.write_bytes(part)
        except OSError as wrong:
            raise RenderError(f"no room for {one.file}: {wrong.strerror}") from None


def _together(made: Iterable[Stored]) -> list[list[Stored]]:
    """The small files, in bunches that are no larger than a piece."""
    bunches: list[list[Stored]] = []
    room = 0
    for one in made:
        if one.bytes >= SMALL_BYTES:
            continue
        if one.bytes > room or not bunches:
            bunches.append([])
            room = PIECE_BYTES
        bunches[-1].append(one)
        room -= one.bytes
    return bunches


def _name_of(some: Sequence[Stored]) -> str:
    return key("files that travel together", [[one.sha256, one.bytes] for one in some])


def _names(stored: Stored) -> Iterator[str]:
    for number in range(max(1, -(-stored.bytes // PIECE_BYTES))):
        yield key("file that travels", stored.sha256, number)


def laid_out(cache: SharedCache, tree: Tree) -> Path:
    """A folder of this machine with the files of a tree in it; those that are there already stay.

    One folder serves all tasks of a season that are done here. Folders of seasons that are over go after some days.
    """
    around = cache.root / "projects"
    folder = around / tree.id
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.utime(folder)
        for old in around.iterdir():
            if old.stat().st_mtime < time.time() - _LEFT_S:
                shutil.rmtree(old, ignore_errors=True)
    (folder / PROJECT).mkdir(exist_ok=True)
    for stored in _listed(cache, tree.files):
        target = folder / stored.file
        if not target.is_file() or target.stat().st_size != stored.bytes:
            fetch(cache, stored, target)
    return folder


def listed(cache: SharedCache, files: Iterable[Stored]) -> str:
    """Keep a list of files where workers find it; its name. It is no part of a task: packs may have thousands."""
    raw = Files(files=tuple(files)).model_dump_json().encode()
    name = key("files that travel", raw)
    if not cache.is_everywhere(name):
        cache.send(name, raw)
    return name


def _listed(cache: SharedCache, name: str) -> tuple[Stored, ...]:
    raw = cache.fetch(name)
    if raw is None:
        raise RenderError(f"what it is made of is not in the cache at {cache.named}, which all workers must share")
    return Files.model_validate_json(raw).files


def stored(file: str, path: Path) -> Stored:
    """What names a file that is to travel. Raises RenderError when it cannot be read."""
    try:
        with path.open("rb") as opened:
            return Stored(
                file=file, sha256=hashlib.file_digest(opened, "sha256").hexdigest(), bytes=path.stat().st_size
            )
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
