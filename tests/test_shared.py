"""A cache that several processes fill: whole, verified, made once, and silent about keys."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from producer.cache import Cache, key
from producer.cache_place import default_root
from producer.cli.common import opened_cache
from producer.errors import RenderError
from producer.shared import LOCAL, MADE_LOG, SharedCache, made, opened
from producer.storage import Storage
from producer.turns import FolderTurns, StorageTurns


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return f"{request.param}://{tmp_path / 'storage'}"


def shared(place: str, local: Path) -> SharedCache:
    return SharedCache(local, Storage(place))


@pytest.mark.parametrize("place", ["file", "memory"], indirect=True)
def test_what_one_machine_makes_another_finds(place: str, tmp_path: Path) -> None:
    audio = np.linspace(-1, 1, 300, dtype=np.float32).reshape(-1, 1)
    with shared(place, tmp_path / "one") as one, shared(place, tmp_path / "two") as two:
        assert one.data(key("d"), lambda: {"n": 1}) == {"n": 1}
        digest = one.lay_down(audio, 48000)
        one.settle()
        assert digest is not None
        assert two.data(key("d"), lambda: pytest.fail("made twice")) == {"n": 1}
        assert two.is_laid_down(digest)
        found = two.samples(digest)
        assert found is not None
        assert found.tobytes() == audio.tobytes()
        assert two.samples("0" * 64) is None


@pytest.mark.parametrize("place", ["file", "memory"], indirect=True)
def test_what_is_made_sooner_than_fetched_stays_here(place: str, tmp_path: Path) -> None:
    name = key("h")
    with shared(place, tmp_path / "one") as one, shared(place, tmp_path / "two") as two:
        assert one.here(name, lambda: b"mine") == b"mine"
        one.settle()
        assert two.here(name, lambda: b"yours") == b"yours"
        assert one.here(name, lambda: pytest.fail("made twice")) == b"mine"
        one.path(name).write_bytes(one.path(name).read_bytes() + b".")
        assert one.here(name, lambda: b"anew") == b"anew"
        assert one.faults.damaged == {name}
    assert Storage(place).get(f"{name[:2]}/{name}") is None


@pytest.mark.parametrize("place", ["file", "memory"], indirect=True)
def test_what_a_storage_gives_back_damaged_is_made_again(place: str, tmp_path: Path) -> None:
    name = key("d")
    with shared(place, tmp_path / "one") as one:
        one.data(name, lambda: {"n": 1})
    storage = Storage(place)
    raw = storage.get(f"{name[:2]}/{name}")
    assert raw is not None
    storage.put(f"{name[:2]}/{name}", raw[:-2] + b"x}")
    with shared(place, tmp_path / "two") as two:
        assert two.read(name) is None
        assert not storage.has(f"{name[:2]}/{name}")
        assert two.faults.damaged == {name}
        assert two.data(name, lambda: {"n": 2}) == {"n": 2}


def test_a_command_tells_what_is_wrong_with_a_storage_as_with_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place, name = tmp_path / "storage", key("d")
    monkeypatch.setenv("PRODUCER_CACHE", f"file://{place}")
    monkeypatch.setenv(LOCAL, str(tmp_path / "one"))
    with opened_cache(False) as cache:
        cache.write(name, b"payload")
    assert capsys.readouterr().err == ""
    (place / name[:2] / name).write_bytes(b"other")
    (tmp_path / "one" / name[:2] / name).unlink()
    with opened_cache(False) as cache:
        assert cache.read(name) is None
        (place / key("e")[:2]).write_bytes(b"in the way")
        cache.write(key("e"), b"payload")
    damaged, unkept = capsys.readouterr().err.splitlines()
    assert damaged == f"cache: 1 damaged entry was thrown away and made anew, in file://{place}"
    assert f"not all could be kept in file://{place} (the cache at file:// gave no answer" in unkept


def test_a_storage_that_is_a_folder_is_a_cache_by_itself(tmp_path: Path) -> None:
    with shared(f"file://{tmp_path / 'storage'}", tmp_path / "one") as one:
        one.write(key("x"), b"payload")
    assert Cache(tmp_path / "storage").read(key("x")) == b"payload"
    assert not list((tmp_path / "storage").rglob("*.part"))


def test_another_process_opens_the_same_cache(tmp_path: Path) -> None:
    one = shared(f"file://{tmp_path / 'storage'}", tmp_path / "one")
    again = pickle.loads(pickle.dumps(one))
    assert (again.root, again.named) == (one.root, one.named)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "s3://AKIA:hunter2@bucket/x",
            "s3://bucket/x?secret=hunter2",
            "https://host/x",
            "simplecache::s3://hunter2/x",
        ),
        *("s3://", "file:///", "github://hunter2", "reference://x", "S3://bucket"),
    ],
)
def test_an_address_with_a_key_or_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(RenderError) as refused:
        Storage(address)
    if "hunter2" in address and "://github" not in address and not address.startswith("github"):
        assert "hunter2" not in str(refused.value)


def test_what_a_storage_says_of_a_failure_is_not_passed_on(tmp_path: Path) -> None:
    storage = Storage(f"file://{tmp_path}")

    class Broken:
        def cat_file(self, path: str) -> bytes:
            raise PermissionError(f"403 for {path}?X-Amz-Signature=hunter2")

    storage._fs = Broken()
    with pytest.raises(RenderError, match=r"the cache at file:// gave no answer that can be used \(PermissionError\)"):
        storage.get("x")


def test_the_folder_in_front_of_a_storage_is_of_that_storage_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PRODUCER_CACHE", "memory://a")
    roots = {opened(place).root for place in ("memory://a", "memory://b")}
    assert len(roots) == 2
    assert all(root.is_relative_to(default_root()) for root in roots)
    monkeypatch.setenv(LOCAL, str(tmp_path / "mine"))
    assert opened("memory://a").root == tmp_path / "mine"


# ---- turns


def slow(cache: SharedCache, log: list[int]) -> dict[str, object]:
    def make() -> dict[str, object]:
        log.append(1)
        time.sleep(0.05)
        return {"made": len(log)}

    return cache.data(key("slow"), make)


@pytest.mark.parametrize("place", ["", "file", "memory"], indirect=True)
def test_of_many_that_want_a_thing_one_makes_it(place: str, tmp_path: Path) -> None:
    log: list[int] = []
    storage = place if place.partition("://")[0] else ""
    caches = [
        shared(storage, tmp_path / str(number)) if storage else SharedCache(tmp_path / "all") for number in range(6)
    ]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda cache: slow(cache, log), caches))
    assert log == [1]
    assert found == [{"made": 1}] * 6


def hold_for_ever(folder: Path, held: object) -> None:
    with FolderTurns(folder).hold("x"):
        held.set()  # type: ignore[attr-defined]
        time.sleep(600)


def test_a_turn_ends_with_the_process_that_has_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=hold_for_ever, args=(tmp_path, held), daemon=True)
    process.start()
    assert held.wait(60)
    entered = threading.Event()

    def enter() -> None:
        with FolderTurns(tmp_path).hold("x"):
            entered.set()

    waiting = threading.Thread(target=enter, daemon=True)
    waiting.start()
    assert not entered.wait(0.2)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert entered.wait(60)
    waiting.join()
    assert not list(tmp_path.iterdir())


def test_a_turn_in_a_storage_is_over_when_it_is_not_renewed() -> None:
    from producer.shared import _Below

    notes = _Below(Storage("memory://turns-left"))
    assert notes.create("x", b"of a machine that is gone")
    others = set(threading.enumerate())
    with StorageTurns(notes, lease_s=0.2).hold("x"):
        until_s = time.monotonic() + 30.0
        while (notes.note("x") or b" 0").endswith(b" 0"):
            assert time.monotonic() < until_s, "never renewed"
            time.sleep(0.02)
        [renewing] = set(threading.enumerate()) - others
    assert notes.note("x") is None
    renewing.join(30)
    assert not renewing.is_alive()  # nothing is left to renew


def test_who_has_waited_long_enough_goes_on(tmp_path: Path) -> None:
    with FolderTurns(tmp_path).hold("x"), FolderTurns(tmp_path, patience_s=0.05).hold("x") as look_again:
        assert look_again is True
    with FolderTurns(tmp_path / "x" / "y").hold("x"):
        pass


def test_what_is_made_is_written_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MADE_LOG, str(tmp_path / "log"))
    with shared(f"file://{tmp_path / 'storage'}", tmp_path / "one") as one:
        for _ in range(3):
            one.write(key("x"), b"payload")
            one.data(key("y"), lambda: {})
    with SharedCache(tmp_path / "folder") as other:
        other.write(key("z"), b"payload")
        other.write(key("z"), b"payload")
    assert Counter(made(tmp_path / "log")) == Counter([key("x"), key("y"), key("z")])
