"""The worst happens to a render: what was there stays whole, and the next one ends right.

Most of these are the short part of `python -m benchmarks.faults`, which says how the long one went.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from benchmarks import faults
from benchmarks.faults import House, Tally
from producer import owned, project, render, starter, watched
from producer.cache import Cache, Faults, key
from producer.cli import commands
from producer.cli.stopping import Stopping, heeded
from producer.crew import Crew
from producer.deliver import encode, ffmpeg, tags
from producer.deliver.files import Staging
from producer.drafts import write_new
from producer.effort import family
from producer.errors import RenderError
from producer.model.formats import FORMATS, in_format
from producer.model.profile import PROFILES
from producer.voice import offer
from tests.deliver_helpers import script_of, write
from tests.face_helpers import ENTRY, Shell, cache, files, shell
from tests.test_crew import Told, needs_fork

__all__ = ["cache", "shell"]

SCRIPT = """\
title: Small
packs: [ruins]
cast:
  ada: {voice: en-us}
scenes:
  - room: small stone room
    play:
      - bed: wind level -10 LU
      - ada: I cannot sleep. [boom level -12 LU]
      - pause: 1 s
"""
posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return faults.build(tmp_path_factory.mktemp("faults") / "house", wanted=(), text=SCRIPT)


def holds(tally: Tally, *, promises: int) -> None:
    assert tally.broken == []
    assert len(tally.kept) == promises  # none of them was left out


@posix
def test_a_render_that_is_killed_spoils_nothing_and_leaves_nothing_for_good(house: House) -> None:
    holds(faults.kills(house, 3, random.Random(3)), promises=4)


@posix
def test_a_disk_that_is_full_is_one_message_and_the_last_output_stays(house: House) -> None:
    why_not = faults.can_mount(house.folder / "disk")
    if why_not:
        pytest.skip(f"{why_not}; the next test bounds files instead")
    tally = faults.disks(house, 1, random.Random(1))
    holds(tally, promises=5)
    assert any(kind.endswith("refused") for kind in tally.ended)


@posix
def test_a_file_that_cannot_be_written_to_its_end_is_one_message(house: House) -> None:
    tally = faults.bounded(house, 1, random.Random(2))
    holds(tally, promises=4)
    assert tally.ended == {"bounded: refused": 1}


def test_renders_at_once_share_a_cache_and_a_folder_and_no_setting_changes_a_byte(house: House) -> None:
    holds(faults.together(house, 3), promises=4)


def test_bytes_that_change_in_the_cache_are_found_healed_and_said_once(house: House) -> None:
    tally = faults.flips(house, 40, random.Random(4))
    assert tally.broken == []
    assert tally.kept["what it read was found and is whole again, or gone"] > 3


@posix
def test_a_render_that_is_stopped_ends_at_once_with_all_that_it_started(house: House) -> None:
    number, home = signal.SIGTERM, house.folder / "stopped"
    out = home / "small"
    faults.put(out, house.earlier)
    process = house.run(home / "cache", out)
    while not (crew := [pid for pid in family(process.pid) if pid != process.pid]):
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(1.0)  # in the midst of it, wherever that is
    started = {*crew, *family(process.pid)} - {process.pid}
    process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert (home / "told").read_text() == "stopped\n"
    assert files(out) == house.earlier
    assert faults.left_over(home / "cache", out) == []
    left = [pid for pid in started if _runs(pid)]
    assert left == []


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@posix
def test_an_output_of_which_a_file_cannot_be_replaced_stays_as_it_was(house: House, tmp_path: Path) -> None:
    out = tmp_path / "small"
    faults.put(out, house.earlier)
    (out / "timeline.json").unlink()
    (out / "timeline.json" / "notes").mkdir(parents=True)  # the last but some in the order of their names
    before = files(out)
    shutil.copytree(house.full, tmp_path / "cache")
    done = house.render(tmp_path / "cache", out)
    assert (done.code, done.err) == (1, f"cannot write {out / 'timeline.json'}: there is a folder of this name\n")
    assert files(out) == before


def test_a_render_goes_on_without_a_cache_and_says_it_once(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = faults._loud(house, tmp_path / "file" / "cache", tmp_path / "small")
    reason = f"cache: not all could be kept in {tmp_path / 'file' / 'cache'} (Not a directory)"
    assert (done.code, done.err) == (0, f"{reason}; the next render takes longer\n")
    assert files(tmp_path / "small") == house.clean


@needs_fork
def test_the_cache_may_be_deleted_while_a_render_needs_it(house: House, tmp_path: Path) -> None:
    shutil.copytree(house.full, tmp_path / "cache")
    found, _ = project.find(house.script, house.folder)
    order = render.Order(project=found, output=tmp_path / "small", jobs=2)
    with Cache(tmp_path / "cache") as cache, Crew(2) as crew:
        watch = Told("mix", lambda: shutil.rmtree(tmp_path / "cache"))
        render.episode(order, cache, watch, crew)
    assert files(tmp_path / "small") == house.clean


# ---- encoders


def program(folder: Path, *lines: str) -> Path:
    """A program that is called in place of the encoder."""
    made = folder / "ffmpeg"
    made.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    made.chmod(0o755)
    return made


@posix
@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["exec sleep 60"], "it made no progress for 0.5 s and was stopped"),
        (["head -c 100000 > /dev/null", "exec sleep 60"], "it made no progress for 0.5 s and was stopped"),
        (["cat > /dev/null", "exec sleep 60"], "it made no progress for 0.5 s and was stopped"),
        (["head -c 100000 > /dev/null", "kill -9 $$"], "it was killed (signal 9)"),
        (["head -c 100000 > /dev/null", "echo 'no more room' >&2", "exit 5"], "no more room"),
        (["exit 7"], "exit code 7, no reason given"),
    ],
)
def test_an_encoder_that_dies_or_hangs_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], says: str
) -> None:
    monkeypatch.setattr(ffmpeg, "executable", lambda: str(program(tmp_path, *lines)))
    monkeypatch.setattr(watched, "PATIENCE_S", 0.5)
    blocks = [np.zeros((48000, 2), np.float32)] * 4
    with pytest.raises(RenderError) as told:
        ffmpeg.encode(blocks, 48000, 2, [], tmp_path / "made.mp3")
    assert str(told.value) == f"the encoder stopped while writing made.mp3: {says}"


@posix
def test_a_decoder_that_hangs_or_dies_is_one_message_and_one_that_says_much_is_not_in_its_own_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE_S", 0.5)
    cases = {
        "exec sleep 60": "it made no progress for 0.5 s and was stopped",
        "head -c 80000 /dev/zero; kill -9 $$": "it was killed (signal 9)",
        "head -c 300000 /dev/zero | tr '\\0' x >&2; head -c 80000 /dev/zero": "x" * watched._TOLD_BYTES,
    }
    for lines, says in cases.items():
        monkeypatch.setattr(ffmpeg, "executable", lambda lines=lines: str(program(tmp_path, lines)))
        heard = 0
        with pytest.raises(RenderError) as told:
            for block in ffmpeg.decode(tmp_path / "made.mp3", 2, 48000):
                heard += len(block)
        assert str(told.value) == f"made.mp3 does not decode cleanly: {says}"
        assert heard == (0 if "sleep" in lines else 10000)


@posix
def test_an_encoder_does_not_outlive_who_stops_feeding_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ffmpeg, "executable", lambda: str(program(tmp_path, f"echo $$ > {tmp_path}/pid", "cat > /dev/null"))
    )

    def blocks() -> Iterator[np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
        yield np.zeros((100, 2), np.float32)
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ffmpeg.encode(blocks(), 48000, 2, [], tmp_path / "made.mp3")
    assert not _runs(int((tmp_path / "pid").read_text()))


# ---- being stopped


@posix
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_wish_to_stop_that_lands_in_a_finaliser_is_not_lost(number: str) -> None:
    code = f"""
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from producer.cli.stopping import heeded

class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.{number})
        for _ in range(1000):
            pass
        print("the finaliser went on", flush=True)

with heeded() as stopping:
    try:
        Closing()
        time.sleep(30)
        print("nobody was stopped")
    except KeyboardInterrupt:
        print("stopped", stopping.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=25)
    assert (done.stdout, done.stderr, done.returncode) == (f"stopped {128 + getattr(signal, number)}\n", "", 0)


@posix
def test_who_is_to_ignore_a_signal_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeded():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_same_wish_twice_is_one_and_an_impatient_one_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = Stopping()
    now_s = [100.0]
    monkeypatch.setattr("producer.cli.stopping.time.monotonic", lambda: now_s[0])
    with pytest.raises(KeyboardInterrupt):
        stopping.asked(signal.SIGINT, None)
    now_s[0] = 100.5
    stopping.asked(signal.SIGTERM, None)
    now_s[0] = 103.0
    with pytest.raises(KeyboardInterrupt):
        stopping.asked(signal.SIGTERM, None)
    assert stopping.code == 130


def test_what_fails_because_it_was_stopped_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def loading() -> None:
        raise ImportError("numpy.core.multiarray failed to import")  # what C makes of a KeyboardInterrupt

    monkeypatch.setattr(commands, "_of", lambda _: loading)
    stopping = Stopping()
    assert commands._ended(stopping) == 3
    assert "Traceback" in capsys.readouterr().err
    stopping.number = int(signal.SIGTERM)
    assert commands._ended(stopping) == 143
    assert capsys.readouterr().err == "stopped\n"


def test_a_full_disk_that_nobody_expected_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(commands, "_of", lambda _: full)
    assert commands._ended(Stopping()) == 1
    assert capsys.readouterr().err == "somewhere: No space left on device\n"


@pytest.mark.parametrize("missing", ["memory", "threads", "memory beneath"])
def test_a_machine_without_room_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    def short(**_: object) -> None:
        if missing == "threads":
            raise RuntimeError("can't start new thread")  # as CPython has it
        try:
            bytearray(sys.maxsize)
        except MemoryError:
            if missing == "memory":
                raise
            raise OSError("broken data stream when writing image file") from None

    monkeypatch.setattr(commands, "_of", lambda _: short)
    assert commands._ended(Stopping()) == 1
    said = capsys.readouterr().err
    assert said.startswith("too little memory, or no more threads") and said.count("\n") == 1


_A_PICTURE_WITHOUT_MEMORY = """
import io, resource
from PIL import Image, JpegImagePlugin
from producer.errors import is_no_room
image = Image.new("RGB", (1500, 1500))
there = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for more in range(0, 32 << 20, 1 << 20):  # first Python has too little, then the library
    resource.setrlimit(resource.RLIMIT_AS, (there + more, resource.RLIM_INFINITY))
    try:
        image.save(io.BytesIO(), "JPEG", quality=88, optimize=True, subsampling=0)
    except Exception as problem:
        print(type(problem).__name__, is_no_room(problem))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no /proc, and no bound on memory")
def test_a_picture_that_there_is_no_memory_to_encode_is_no_fault_of_ours() -> None:
    said = subprocess.run([sys.executable, "-c", _A_PICTURE_WITHOUT_MEMORY], check=True, capture_output=True, text=True)
    assert "OSError True" in said.stdout and "False" not in said.stdout


_STOPPED_WHILE_LOADED = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts in the background ignore it

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "producer.cli.preview":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
from producer.cli import main
main()
"""


@posix
def test_who_stops_a_command_while_it_is_loaded_sees_no_traceback() -> None:
    where = os.environ | {"PYTHONPATH": str(Path(commands.__file__).parents[2])}
    program = [sys.executable, "-c", _STOPPED_WHILE_LOADED, "schema"]
    done = subprocess.run(program, env=where, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_the_null_device(closed: str, tmp_path: Path) -> None:
    show = 'from producer.cli import main; import os, sys; sys.argv = ["render", "schema"]\n'
    show += "try: main()\nfinally: os.write(os.open(sys.argv.pop() and 'seen', os.O_CREAT | os.O_WRONLY), str("
    show += "[os.fstat(n).st_rdev == os.stat(os.devnull).st_rdev for n in (0, 1, 2)]).encode())"
    command = f'exec "$@" {closed}'
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-c", show],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(commands.__file__).parents[2])},
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "seen").read_text() == str(["<&-" in closed, " >&-" in f" {closed}", "2>&-" in closed])
    assert done.stdout.startswith("{") == (">&-" not in closed.replace("2>&-", ""))


LONG = "a" * 300
WRONG_PATHS = [
    ("verify", LONG),
    ("audit", LONG),
    ("diff", LONG, "x"),
    ("season", LONG),
    ("feed", LONG, "--url", "https://example.org"),
    ("takes", "import", LONG),
]


@posix
@pytest.mark.parametrize("arguments", WRONG_PATHS, ids=lambda arguments: arguments[0])
def test_a_path_that_cannot_be_is_one_message(arguments: tuple[str, ...], tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "small.yaml").write_text(SCRIPT, "utf-8")
    done = shell(*arguments, cwd=tmp_path)
    assert (done.code, done.err.count("\n")) == (1, 1), done.err
    assert LONG in done.err


@posix
@pytest.mark.parametrize("arguments", [("cues",), ("new", "x"), ("pack", "list"), ("takes", "status")])
def test_a_folder_that_is_gone_is_one_message(arguments: tuple[str, ...], tmp_path: Path, cache: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    start = f"import os, sys; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); sys.argv[0] = 'render'; {ENTRY}"
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        env=os.environ | {"PRODUCER_CACHE": str(cache), "PYTHONPATH": str(Path(commands.__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the folder that you are in is gone; change into one that is there\n"


def test_a_folder_that_nobody_may_enter_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def kept_out(**_: object) -> None:
        raise PermissionError(13, "Permission denied", "output/s")

    monkeypatch.setattr(commands, "_of", lambda _: kept_out)
    assert commands._ended(Stopping()) == 1
    assert capsys.readouterr().err == "output/s: Permission denied\n"


# ---- what belongs to whom

_LEAVE = """
import os, sys
from pathlib import Path
from producer.deliver.files import Staging
from producer import owned
staging = Staging(Path(sys.argv[1])).__enter__()
staging.text("credits.txt", "half")
owned.new_part(Path(sys.argv[2]))
os.kill(os.getpid(), 9)
"""


@posix
def test_what_a_killed_process_left_is_cleared_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    target, cache = tmp_path / "output" / "lamp", Cache(tmp_path / "cache")
    parts = tmp_path / "cache" / "ab"
    parts.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", _LEAVE, str(target), str(parts)], check=False)
    (dead,) = target.parent.iterdir()
    (half,) = parts.iterdir()
    users, bare = target.parent / ".lamp-mynotes0", target.parent / ".lamp-notes"
    for folder in (users, bare):
        folder.mkdir()
        os.utime(folder, (1e9, 1e9))
    (users / "owned").write_text("by me")
    handle, own = owned.new_part(parts)
    with Staging(target) as running, Staging(target) as other:
        assert not dead.exists()
        assert running._folder is not None and running._folder.is_dir()
        assert users.is_dir()
        assert bare.is_dir()
        other.text("credits.txt", "whole")
        other.publish()
    assert cache.trim() == 0
    assert (half.exists(), own.exists()) == (False, True)
    os.close(handle)
    cache.trim()
    assert not own.exists()
    assert {path.name for path in target.parent.iterdir()} == {"lamp", ".lamp-notes", ".lamp-mynotes0"}


@posix
def test_who_is_killed_while_clearing_up_leaves_what_the_next_one_clears(tmp_path: Path) -> None:
    code = """
import os, shutil, sys
from pathlib import Path
from producer.owned import OwnedFolder
folder = OwnedFolder(Path(sys.argv[1]), ".lamp-")
for name in ("zz", "aa", "mm"):
    (folder.path / name).mkdir()
    (folder.path / name / "file").write_text("there")
remove = shutil.rmtree
shutil.rmtree = lambda path, **how: (remove(path, **how), os.kill(os.getpid(), 9))
folder.remove()
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    (left,) = tmp_path.iterdir()
    assert len(list(left.iterdir())) == 3  # its mark among them
    owned.clear(tmp_path, ".lamp-")
    assert list(tmp_path.iterdir()) == []


@posix
def test_of_files_that_cannot_all_be_moved_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "lamp"
    earlier = {"a.txt": b"1", "b/c.txt": b"2", "old.txt": b"3"}
    faults.put(target, earlier)
    with Staging(target) as staging:
        for name in ("a.txt", "b/c.txt", "new/d.txt", "z.txt"):
            staging.text(name, "new")
        move = Path.replace

        def full(path: Path, to: Path) -> Path:
            if to == target / "z.txt":
                raise OSError(28, "No space left on device")
            return move(path, to)

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(RenderError, match="No space left on device"):
            staging.publish(stale=["old.txt"])
    assert files(target) == earlier
    assert sorted(path.name for path in target.iterdir()) == ["a.txt", "b", "old.txt"]


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As on a disk that is nearly full, without one: the system refuses what goes further."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@posix
@pytest.mark.parametrize("name", FORMATS)
def test_tags_that_have_no_room_are_told_in_words(tmp_path: Path, name: str) -> None:
    profile = in_format(PROFILES["podcast"], FORMATS[name])
    audio = np.full((encode.whole_frames(44_100, profile), 2), 0.1, np.float32)
    path = tmp_path / f"a{FORMATS[name].suffix}"
    write(audio, profile, path)
    found = tags.Tags(script=script_of(), cover=bytes(1 << 20), chapters=(), lyrics="", credits="x", disclosure="")
    told = pytest.raises(RenderError, match=rf"^cannot write {path.name}: File too large$")
    with no_file_longer_than(path.stat().st_size + 100), told:
        tags.write(path, found, FORMATS[name].codec)


@posix
def test_a_sentence_that_has_no_room_is_told_in_words_and_leaves_the_last_one(tmp_path: Path) -> None:
    lamp, short, long = tmp_path / "lamp.wav", np.zeros((100, 1), np.float32), np.zeros((100_000, 1), np.float32)
    told = r"lamp\.wav: File too large$"
    with no_file_longer_than(50_000), pytest.raises(RenderError, match=told):
        offer.write(long, lamp)
    assert list(tmp_path.iterdir()) == []
    offer.write(short, lamp)
    with no_file_longer_than(50_000), pytest.raises(RenderError, match=told):
        offer.write(long, lamp)
    assert [soundfile.info(one).frames for one in tmp_path.iterdir()] == [100]


@posix
def test_a_script_that_has_no_room_is_not_there_in_part(tmp_path: Path) -> None:
    with no_file_longer_than(100), pytest.raises(RenderError, match="File too large"):
        write_new(tmp_path / "script" / "a.yaml", "title: A\n" * 100)
    assert list((tmp_path / "script").iterdir()) == []
    write_new(tmp_path / "script" / "a.yaml", "title: A\n")
    with pytest.raises(RenderError, match="File exists"):
        write_new(tmp_path / "script" / "a.yaml", "title: B\n")
    assert [one.read_text("utf-8") for one in (tmp_path / "script").iterdir()] == ["title: A\n"]


@posix
def test_a_project_that_has_no_room_is_not_there_in_part(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("play", "mine"):
        with no_file_longer_than(3_000), pytest.raises(RenderError, match="File too large"):
            starter.make(name, tmp_path)
    assert [one.name for one in tmp_path.rglob("*")] == ["mine"]
    assert starter.make("play", tmp_path)[0].startswith("made play")


@posix
def test_a_flac_that_has_no_room_says_that_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (100_000, 2)).astype(np.float32)
    flac = in_format(PROFILES["podcast"], FORMATS["flac"])
    with no_file_longer_than(50_000), pytest.raises(RenderError, match=r"a\.flac: System error"):
        encode.encode([noise], flac, tmp_path / "a.flac")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with no_file_longer_than(50_000), pytest.raises(RenderError, match=r"a\.flac: No space left on device"):
        encode.encode([noise], flac, tmp_path / "a.flac")


@posix
def test_two_that_publish_into_one_folder_wait_for_each_other_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producer.deliver.files._PATIENCE_S", 0.1)
    (tmp_path / "lamp").mkdir()
    with Staging(tmp_path / "lamp") as staging:
        staging.text("a.txt", "new")
        with owned.alone(tmp_path / "lamp", 1.0), pytest.raises(RenderError, match="another render has been writing"):
            staging.publish()
        assert files(tmp_path / "lamp") == {}
        staging.publish()
    assert files(tmp_path / "lamp") == {"a.txt": b"new"}


@posix
def test_a_voice_that_hangs_ends_with_whoever_asked_it(tmp_path: Path) -> None:
    """Its program, too: nobody is left to end it when its time is over."""
    config, pids = tmp_path / "config.toml", tmp_path / "pids"
    synth = Path(__file__).with_name("command_synth.py")
    run = [sys.executable, str(synth), "hang", "{text_file}", "{wav}"]
    config.write_text(f"[voices.command.slow]\nrun = {run!r}\nlanguage = 'zz'\ntime_limit_s = 500\n")
    asking = (
        "from producer.voice.pool import Pool\n"
        "from producer.voice.engine import Utterance\n"
        "from producer.model.script import Token\n"
        "oh = Utterance(voice='slow', speed=1.0, pitch=0.0, tokens=(Token('Oh', 'Oh'),), ends=True)\n"
        "Pool(1).say('command', oh, 500.0)\n"
    )
    env = {**os.environ, "PRODUCER_CONFIG": str(config), "COMMAND_SYNTH_PIDS": str(pids)}
    process = subprocess.Popen([sys.executable, "-c", asking], env=env)
    while not pids.exists() or len(pids.read_text().split()) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    started = [*map(int, pids.read_text().split()), *family(process.pid)]
    process.kill()
    process.wait()
    for _ in range(1000):
        if not any(map(_runs, started)):
            break
        time.sleep(0.02)
    assert [pid for pid in started if _runs(pid)] == []


# ---- the cache


def test_what_is_wrong_with_a_cache_is_told_once_however_often_it_is_met_with(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        assert cache.remarks() == ()
        for name in (key("a"), key("b")):
            cache.write(name, b"payload")
            cache.path(name).write_bytes(b"")
            assert cache.read(name) is None
            cache.write(name, b"payload")
        cache.path(key("a")).write_bytes(b"other")
        assert cache.read(key("a")) is None
        cache.faults.add(Faults(damaged={key("b"), key("c")}))  # what another process met with
        where = tmp_path / "cache"
        assert cache.remarks() == (f"cache: 3 damaged entries were thrown away and made anew, in {where}",)
