"""Sums of files: nothing that was written anew is taken for what it was."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from producer.cache import Cache
from producer.digests import sha256_of
from producer.sums import sums

LONG_AGO_NS = time.time_ns() - 3600 * 10**9


def _settled(folder: Path, count: int) -> list[Path]:
    """Files that are as old, to the system, as those of an hour ago: nothing about them changed in two seconds."""
    paths = [folder / f"{number}.wav" for number in range(count)]
    for path in paths:
        path.write_bytes(path.name.encode() * 100)
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    time.sleep(2.2)  # when a file was changed, no program can set back
    return paths


def _forged(cache: Cache) -> None:
    """Every sum that is kept, changed: so it shows whether it or the file was read."""
    entries = [path for path in cache.root.rglob("*") if path.is_file()]
    for path in entries:
        kept = cache.read(path.name)
        assert kept is not None
        cache.write(path.name, kept.replace(b'"]', b'!"]'))


def test_what_stays_is_read_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    paths = _settled(tmp_path, 3)
    real = [sha256_of(path) for path in paths]
    assert sums(paths, tmp_path, cache) == real
    _forged(cache)
    assert sums(paths, tmp_path, cache) == [f"{one}!" for one in real]
    assert sums(paths, tmp_path, None) == real
    assert sums(paths, tmp_path / "other", cache) == real


@pytest.mark.parametrize("same_time", [False, True])
def test_what_is_written_anew_is_read_again(tmp_path: Path, *, same_time: bool) -> None:
    cache = Cache(tmp_path / "cache")
    paths = _settled(tmp_path, 3)
    sums(paths, tmp_path, cache)
    before = paths[1].stat()
    paths[1].write_bytes(paths[1].read_bytes()[::-1])  # as long as it was
    if same_time and os.name != "nt":  # Windows does not tell when a file was changed otherwise
        os.utime(paths[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert sums(paths, tmp_path, cache) == [sha256_of(path) for path in paths]


def test_another_file_in_its_place_is_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    paths = _settled(tmp_path, 2)
    sums(paths, tmp_path, cache)
    paths[0].rename(tmp_path / "aside")
    paths[1].rename(paths[0])
    assert sums(paths[:1], tmp_path, cache) == [sha256_of(paths[0])]


def test_nothing_is_kept_of_what_was_just_written(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    path = tmp_path / "take.wav"
    path.write_bytes(b"one")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    sums([path], tmp_path, cache)
    _forged(cache)
    assert sums([path], tmp_path, cache) == [sha256_of(path)]


def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(OSError) as refused:
        sums([tmp_path / "gone.wav"], tmp_path, Cache(tmp_path / "cache"))
    assert Path(refused.value.filename).name == "gone.wav"
