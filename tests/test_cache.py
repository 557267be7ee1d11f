"""The cache: whole or absent, named by content, safe with many writers, never in the way."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from producer import cache as module
from producer.cache import Cache, key
from producer.cache_place import default_root, most_bytes
from producer.errors import RenderError

PARTS = st.one_of(
    st.text(max_size=6), st.integers(-5, 5), st.binary(max_size=6), st.lists(st.integers(0, 3), max_size=3)
)


@given(st.lists(PARTS, max_size=4), st.lists(PARTS, max_size=4))
def test_other_parts_give_another_name(first: list[object], second: list[object]) -> None:
    def told_apart(parts: list[object]) -> list[tuple[str, object]]:
        return [(type(part).__name__, part) for part in parts]

    assert (key(*first) == key(*second)) == (told_apart(first) == told_apart(second))


def test_the_order_of_an_object_does_not_matter_but_that_of_parts_does() -> None:
    assert key({"a": 1, "b": 2}) == key({"b": 2, "a": 1})
    assert key("a", "b") != key("b", "a") != key("ba")
    assert len(key()) == 64


def test_a_new_release_makes_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key("take", 1)
    monkeypatch.setattr(module, "__version__", "999")
    assert key("take", 1) != before


@given(st.binary(max_size=200))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, payload: bytes) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    assert cache.read(key("x")) is None
    cache.write(key("x"), payload)
    assert cache.read(key("x")) == payload


@pytest.mark.parametrize("damage", ["cut", "longer", "flipped", "empty", "another file"])
def test_a_damaged_entry_is_thrown_away_and_made_again(tmp_path: Path, damage: str) -> None:
    cache, name = Cache(tmp_path), key("x")
    cache.write(name, b"a payload of some length")
    path = cache.path(name)
    raw = path.read_bytes()
    flipped = raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]
    path.write_bytes(
        {"cut": raw[:-5], "longer": raw + b"x", "flipped": flipped, "empty": b"", "another file": b"MZ\n\n"}[damage]
    )
    assert cache.read(name) is None
    assert not path.exists()
    made = []
    assert cache.data(name, lambda: made.append(1) or {"n": 1}) == {"n": 1}
    assert cache.data(name, lambda: made.append(1) or {"n": 2}) == {"n": 1}
    assert made == [1]


@given(
    arrays.arrays(
        np.float32, st.tuples(st.integers(0, 40), st.sampled_from([1, 2])), elements=st.floats(-4, 4, width=32)
    )
)
def test_samples_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, audio: np.typing.NDArray[np.float32]
) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    made = cache.audio(key("a"), lambda: audio)
    kept = cache.audio(key("a"), lambda: pytest.fail("made twice"))
    for found in (made, kept):
        assert (found.dtype, found.shape) == (np.float32, audio.shape)
        assert found.tobytes() == audio.tobytes()


@given(arrays.arrays(np.float32, st.tuples(st.integers(0, 40), st.just(1)), elements=st.floats(-4, 4, width=32)))
def test_what_is_laid_down_is_had_by_its_digest(
    tmp_path_factory: pytest.TempPathFactory, audio: np.typing.NDArray[np.float32]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    digest = Cache(folder).lay_down(audio, 48000)
    assert digest is not None
    found = Cache(folder).samples(digest)
    assert found is not None
    assert (found.dtype, found.shape, found.flags.writeable) == (np.float32, audio.shape, False)
    assert found.tobytes() == audio.tobytes()
    assert Cache(folder).lay_down(audio, 44100) != digest


def test_of_what_is_laid_down_little_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RECENT_BYTES", 1000)
    cache = Cache(tmp_path)
    digests = [cache.lay_down(np.full((100, 1), n, np.float32), 48000) for n in range(5)]
    assert all(digest is not None and cache.samples(digest) is not None for digest in digests)
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.unlink()
    left = [n for n, digest in enumerate(digests) if digest is not None and cache.samples(digest) is not None]
    assert left == [3, 4]


def test_a_cache_that_rests_holds_nothing_and_gives_the_same_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    digest = cache.lay_down(np.full((100, 1), 0.5, np.float32), 48000)
    assert digest is not None
    held = cache.samples(digest)
    assert held is not None
    assert cache.samples(digest) is held
    cache.rest()
    again = cache.samples(digest)
    assert again is not held
    assert np.array_equal(again, held)


def test_samples_at_anothers_name_are_not_taken_for_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    one, other = (cache.lay_down(np.full((100, 1), n, np.float32), 48000) for n in (1.0, 2.0))
    assert one is not None
    assert other is not None
    cache.path(key("laid down", one)).write_bytes(cache.path(key("laid down", other)).read_bytes())
    assert cache.samples(one) is None
    assert cache.samples(other) is not None


def test_many_writers_of_one_entry_leave_it_whole(tmp_path: Path) -> None:
    cache, name = Cache(tmp_path), key("x")
    payloads = [bytes([n]) * 200_000 for n in range(8)]

    def write_and_read(payload: bytes) -> bytes | None:
        cache.write(name, payload)
        return cache.read(name)

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(write_and_read, payloads * 4))
    assert set(seen) <= set(payloads)
    assert [path.name for path in cache.path(name).parent.iterdir()] == [name]


def test_a_folder_that_cannot_be_written_costs_only_speed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file" / "cache")
    cache.write(key("x"), b"payload")
    assert cache.read(key("x")) is None
    assert cache.data(key("x"), lambda: {"n": 1}) == {"n": 1}


def test_a_temporary_cache_is_gone_afterwards() -> None:
    with Cache(temporary=True) as cache:
        cache.write(key("x"), b"payload")
        assert cache.read(key("x")) == b"payload"
        root = cache.root
        assert root.is_dir()
    assert not root.exists()


def test_the_folder_is_the_users_unless_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCER_CACHE", str(tmp_path))
    assert default_root() == tmp_path == Cache().root
    monkeypatch.setenv("PRODUCER_CACHE", "")
    assert default_root().name in ("producer", "Cache") and default_root().is_absolute()
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        assert default_root() == tmp_path / "xdg" / "producer"


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    names = [key("entry", number) for number in range(6)]
    for number, name in enumerate(names):
        cache.write(name, bytes(1000))
        os.utime(cache.path(name), (1000.0 + number, 1000.0 + number))
    cache.write(key("new"), bytes(1000))
    monkeypatch.setenv("PRODUCER_CACHE_GB", "1")
    assert cache.trim() == 0
    assert cache.read(names[0]) is not None  # and so it was used last of all
    monkeypatch.setenv("PRODUCER_CACHE_GB", "0.0000045")
    assert cache.trim() == 3
    assert [cache.path(name).is_file() for name in names] == [True, False, False, False, True, True]
    assert cache.path(key("new")).is_file()


@pytest.mark.parametrize("said", ["20GB", "-1", "nan", "5,5"])
def test_a_size_that_is_none_is_said(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCER_CACHE_GB", said)
    with pytest.raises(RenderError, match=f"PRODUCER_CACHE_GB: '{said}' is no number of gigabytes"):
        most_bytes()


@pytest.mark.parametrize(("said", "most"), [("", 5e9), (" ", 5e9), ("20", 20e9), ("0", 0), ("inf", sys.maxsize)])
def test_a_size_may_be_any_number_or_none(said: str, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCER_CACHE_GB", said)
    assert most_bytes() == most


def test_what_was_used_while_the_clock_was_ahead_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, names = Cache(tmp_path), [key("ahead"), key("long ago"), key("soon")]
    for name, hours in zip(names, (24 * 365, -2, 0.5), strict=True):  # the last by a clock that is a little behind
        cache.write(name, bytes(1000))
        os.utime(cache.path(name), (time.time() + 3600 * hours,) * 2)
    monkeypatch.setenv("PRODUCER_CACHE_GB", "0.0000025")
    assert cache.trim() == 1
    assert [cache.has(name) for name in names] == [False, True, True]


def test_what_was_used_within_the_hour_stays_whatever_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    cache.write(key("new"), bytes(1000))
    monkeypatch.setenv("PRODUCER_CACHE_GB", "0")
    assert cache.trim() == 0
    assert cache.read(key("new")) is not None
