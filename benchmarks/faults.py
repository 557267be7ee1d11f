"""What becomes of a render to which the worst happens: `python -m benchmarks.faults`.

    python -m benchmarks.faults                     all of it, which takes most of an hour on two cores
    python -m benchmarks.faults --only kills --kills 20
    python -m benchmarks.faults --only disks,flips,together,same

Each experiment is of real renders by the installed command, and says for each promise how often it was kept. It ends
with exit code 1 when one was not. Places and moments are drawn from `--seed`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RENDER = (sys.executable, "-c", "from producer.cli import main; main()")
BOUNDED = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs this in the background
most_bytes = int(sys.argv.pop(1))
if most_bytes:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
from producer.cli import main
main()
"""
"""The command, in a process that may write no longer files than its first argument says; 0 for any."""
PARTS = ("kills", "disks", "together", "flips", "same")
WANTED = ("--format", "mp3,flac", "--session", "rpp")
LONGEST_S = 600.0
"""A render that takes longer hangs: it takes seconds."""
_LEAST_DISK_BYTES = 1 << 16
_NOTES = "# Notes of the writer, without which no crew would be called for so short an episode.\n" * 80
SCRIPT = """\
title: Small
packs: [ruins]
mixes: [night]
cast:
  ada: {voice: en-us}
  ben: {voice: en-gb, treat: telephone}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -14 LU
      - pause: 1 s
      - ada: Who is down there? [boom level -12 LU]
      - ben: Nobody. Go back to sleep.
  - title: Above
    play:
      - bed: wind level -10 LU
      - ada: It rains, and I cannot sleep.
      - sound: metal_scrape level -10 LU
      - pause: 2 s
"""

Files = dict[str, bytes]


@dataclass
class Tally:
    """How often each promise was kept, and what went wrong where one was not."""

    kept: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    """How often renders ended so."""

    def hold(self, promise: str, holds: bool, otherwise: str) -> None:
        """Count a promise as kept, or say how it was not."""
        self.kept[promise] = self.kept.get(promise, 0) + int(holds)
        if not holds:
            self.broken.append(f"{promise}: {otherwise}")

    def end(self, which: str, done: Done) -> None:
        """Count how a render ended that might end in two ways."""
        kind = f"{which}: {'done' if done.code == 0 else 'refused'}"
        self.ended[kind] = self.ended.get(kind, 0) + 1

    def lines(self) -> Iterator[str]:
        """What there is to read of it."""
        yield from (f"  {count} times: {promise}" for promise, count in self.kept.items())
        yield from (f"  {kind} {times} times" for kind, times in sorted(self.ended.items()))
        yield from (f"  {remark}" for remark in self.remarks)
        yield from (f"  BROKEN: {one}" for one in self.broken)


@dataclass(frozen=True)
class House:
    """A project to render, what a clean render of it gives, and an earlier render of it that is to be replaced."""

    folder: Path
    clean: Files
    earlier: Files
    seconds: float
    wanted: tuple[str, ...] = WANTED

    @property
    def script(self) -> Path:
        return self.folder / "script" / "small.yaml"

    @property
    def full(self) -> Path:
        """A cache in which all of it is; to be copied."""
        return self.folder / "cache-full"

    def replaced(self, found: Files) -> Files:
        """A folder's files without an earlier session's sounds, which stay: a project of the user's may play them."""
        stay = {name for name in self.earlier.keys() - self.clean.keys() if name.startswith("session/media/")}
        return {name: raw for name, raw in found.items() if name not in stay}

    def run(self, cache: Path, out: Path, **more: object) -> subprocess.Popen[bytes]:
        """A render that has begun, see `begin`."""
        return begin(self.script, cache, out, more=self.wanted, **more)  # type: ignore[arg-type]

    def render(self, cache: Path, out: Path, script: Path | None = None, *more: str, **asked: object) -> Done:
        """A render to its end."""
        return render(script or self.script, cache, out, more=(*self.wanted, *more), **asked)


def build(folder: Path, wanted: tuple[str, ...] = WANTED, text: str = SCRIPT) -> House:
    """The project, rendered twice: as it was, and as it is."""
    script = folder / "script" / "small.yaml"
    script.parent.mkdir(parents=True)
    before = text.replace("I cannot sleep", "I will not sleep")
    results = []
    seconds = 0.0
    for name, written in (("earlier", before), ("clean", text)):
        script.write_text(written + _NOTES, "utf-8")
        began = time.monotonic()
        done = render(script, folder / f"cache-{name}", folder / name / "small", more=wanted)
        seconds = time.monotonic() - began
        if done.code:
            raise RuntimeError(done.err)
        results.append(files(folder / name / "small"))
    (folder / "cache-clean").rename(folder / "cache-full")
    return House(folder, results[1], results[0], seconds, wanted)


@dataclass(frozen=True)
class Done:
    """How a render ended."""

    code: int
    err: str


def begin(
    script: Path,
    cache: Path,
    out: Path,
    *,
    env: Mapping[str, str] | None = None,
    more: Sequence[str] = (),
    told: Path | None = None,
    most_bytes: int = 0,
    umask: int = -1,
) -> subprocess.Popen[bytes]:
    """Start `render episode` in a session of its own.

    Args:
        told: what receives its errors; a file beside `out` unless given.
        most_bytes: of any file that it may write; 0 for no bound.
    """

    told = out.parent / "told" if told is None else told
    told.parent.mkdir(parents=True, exist_ok=True)
    with told.open("wb") as err:
        return subprocess.Popen(
            [sys.executable, "-c", BOUNDED, str(most_bytes), "episode", str(script), "-o", str(out), "--quiet", *more],
            env={**os.environ, "PRODUCER_CACHE": str(cache), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            start_new_session=True,
            umask=umask,
        )


def render(script: Path, cache: Path, out: Path, **more: object) -> Done:
    """`render episode` to its end, and what it said. Raises TimeoutExpired when it hangs."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        told = Path(place) / "told"
        process = begin(script, cache, out, told=told, **more)  # type: ignore[arg-type]
        try:
            code = process.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            end_all(process)
            raise
        return Done(code, told.read_text("utf-8"))


def end_all(process: subprocess.Popen[bytes]) -> None:
    """End a render that was begun, and what is in its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def files(folder: Path) -> Files:
    """Every file under a folder by its name in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(folder: Path, content: Files) -> None:
    """Make a folder that holds just these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, raw in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def differing(found: Files, wanted: Files) -> str:
    """The names by which two folders differ."""
    return ", ".join(sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)))


class Watch(threading.Thread):
    """Looks at every file under its final name, all the time: it must be as it was, or as it will be, and whole."""

    def __init__(self, folder: Path, earlier: Files, clean: Files) -> None:
        super().__init__(daemon=True)
        self._folder, self._earlier, self._clean = folder, earlier, clean
        self._over = threading.Event()
        self.looks = 0
        self.wrong: list[str] = []
        self.changed = threading.Event()
        """A file is new."""

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Look until it is over."""
        names = sorted(self._earlier.keys() | self._clean.keys())
        seen: dict[str, tuple[int, int, int]] = {}
        while not self._over.is_set():
            self.looks += 1
            for name in names:
                path = self._folder / name
                try:
                    found = path.stat()
                    state = (found.st_ino, found.st_size, found.st_mtime_ns)
                    if seen.get(name) == state:
                        continue
                    seen[name] = state
                    raw = path.read_bytes()
                except FileNotFoundError:
                    if name in self._earlier and name in self._clean:
                        self.wrong.append(f"{name} was missing")
                    continue
                if raw == self._clean.get(name) and raw != self._earlier.get(name):
                    self.changed.set()
                elif raw != self._earlier.get(name):
                    self.wrong.append(f"{name} had {len(raw)} bytes that are of neither render")
            time.sleep(0.001)


def left_over(cache: Path, out: Path) -> list[str]:
    """What a render has to clear away: in its own folder's surroundings, and in the cache."""
    beside = [path for path in out.parent.iterdir() if path.name.startswith(f".{out.name}-")]
    return [str(path) for path in (*beside, *(cache / "work").glob(".mix-*"), *cache.glob("*/.part-*"))]


def kills(house: House, count: int, chance: random.Random) -> Tally:
    """`kill -9` at random moments: of the command alone, or of all that it started; then a normal render."""
    tally = Tally()
    home = house.folder / "kills"
    cache, out = home / "cache", home / "small"
    moments = []
    published = 0
    for number in range(count):
        put(out, house.earlier)
        if number % 4 == 0:
            shutil.rmtree(cache, ignore_errors=True)
        with Watch(out, house.earlier, house.clean) as watch:
            process = house.run(cache, out)
            after_s = chance.uniform(0.0, house.seconds)
            if number % 3 == 2:  # the few milliseconds in which files are moved would hardly ever be met with
                watch.changed.wait(LONGEST_S)
            else:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(after_s)
                moments.append(after_s)
            if number % 2:
                end_all(process)
            else:
                process.kill()
                process.wait()
            time.sleep(0.05)
            stopped = f"{number}, after {after_s:.2f} s"
            tally.hold("each file under its final name was whole", not watch.wrong, f"{stopped}: {watch.wrong[:3]}")
        published += watch.changed.is_set()
        done = house.render(cache, out)
        found = house.replaced(files(out))
        tally.hold("the next render ended with 0 and said nothing", done == Done(0, ""), f"{stopped}: {done}")
        tally.hold("it had the bytes of a clean render", found == house.clean, differing(found, house.clean))
        left = left_over(cache, out)
        tally.hold("nothing that the killed one left was there after it", not left, f"{stopped}: {left}")
        if number % 10 == 9:
            print(f"  {number + 1} kills", file=sys.stderr, flush=True)
    tally.remarks.append(
        f"killed {min(moments, default=0):.2f} to {max(moments, default=0):.2f} s after the start, "
        f"{published} times when new files stood there; a whole render takes {house.seconds:.1f} s"
    )
    return tally


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[None]:
    """A file system of so many bytes. Raises OSError where none may be mounted."""
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={size // 4096 * 4096}"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        raise OSError(made.stderr.decode(errors="replace").strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def can_mount(place: Path) -> str:
    """Why no small disk can be had here; empty when one can."""
    if shutil.which("mount") is None:
        return "this system has no `mount`"
    try:
        with small_disk(place, 1 << 20):
            return ""
    except OSError as why:
        return f"a small disk cannot be mounted here: {why}"


def is_one_message(said: str) -> bool:
    """Whether a command said what stands in the way and nothing else: no traceback, no library's own words."""
    lines = [line for line in said.splitlines() if not line.startswith("cache: ")]
    return 1 <= len(lines) <= 3 and "Traceback" not in said


def disks(house: House, count: int, chance: random.Random) -> Tally:
    """A disk that is full after a random number of bytes: with the output, with the cache, with both on it."""
    tally = Tally()
    why_not = can_mount(house.folder / "disk")
    if why_not:
        tally.remarks.append(f"{why_not}; files are bounded instead (RLIMIT_FSIZE)")
        return bounded(house, count, chance, tally)
    there = sum(map(len, house.earlier.values()))
    needed = 4 * there + sum(map(len, files(house.full).values()))
    for number in range(count):
        which = ("output", "cache", "both")[number % 3]
        disk = house.folder / f"disk-{number}"
        least = there + (len(house.earlier) << 12) if which != "cache" else 0
        size = int(least + _LEAST_DISK_BYTES + (needed - there) * chance.random() ** 2)
        with small_disk(disk, size):
            cache = (disk if which != "output" else house.folder) / f"cache-{number}"
            out = (disk if which != "cache" else house.folder / f"out-{number}") / "small"
            put(out, house.earlier)
            with Watch(out, house.earlier, house.clean) as watch:
                done = house.render(cache, out)
            at = f"{which} on a disk of {size / 1e6:.1f} MB"
            _all_or_nothing(tally, house, out, watch, done, at)
            tally.end(f"with the {which} on it", done)
            subprocess.run(["mount", "-o", "remount,size=256m", str(disk)], check=True)
            done = house.render(cache, out)
            found = house.replaced(files(out))
            tally.hold(
                "with more room the next one had the bytes of a clean render", found == house.clean, f"{at}: {done}"
            )
            left = left_over(cache, out)
            tally.hold("nothing was left lying about", not left, f"{at}: {left}")
        shutil.rmtree(house.folder / f"cache-{number}", ignore_errors=True)
        shutil.rmtree(house.folder / f"out-{number}", ignore_errors=True)
    return tally


def _all_or_nothing(tally: Tally, house: House, out: Path, watch: Watch, done: Done, at: str) -> None:
    """A render without room: what is there is whole, all of it new or all old, and a failure is one message."""
    found = files(out) if done.code else house.replaced(files(out))
    tally.hold("each file under its final name was whole", not watch.wrong, f"{at}: {watch.wrong[:3]}")
    wanted = house.clean if done.code == 0 else house.earlier
    tally.hold("all was made, or all was as before", found == wanted, f"{at}: {differing(found, wanted)}")
    told = done.code == 0 or (done.code == 1 and is_one_message(done.err))
    tally.hold("it was done, or one message said why not", told, f"{at}: {done}")


def bounded(house: House, count: int, chance: random.Random, tally: Tally | None = None) -> Tally:
    """No file may be longer than so much (RLIMIT_FSIZE): writing fails in the midst of a file, as on a full disk."""
    tally = tally or Tally()
    largest = max(map(len, house.clean.values()))
    for number in range(count):
        cache, out = house.folder / "bounded" / f"cache-{number}", house.folder / "bounded" / "small"
        put(out, house.earlier)
        most = int(4096 + 2 * largest * chance.random() ** 2)
        with Watch(out, house.earlier, house.clean) as watch:
            done = house.render(cache, out, most_bytes=most)
        at = f"no file over {most} bytes"
        _all_or_nothing(tally, house, out, watch, done, at)
        tally.end("bounded", done)
        left = left_over(cache, out)
        tally.hold("nothing was left lying about", not left, f"{at}: {left}")
        shutil.rmtree(cache, ignore_errors=True)
    return tally


def together(house: House, count: int) -> Tally:
    """So many renders at once that share an empty cache; the last two write into one folder.

    None has the settings of another: hash seed, time zone, language, umask.
    """
    tally = Tally()
    home = house.folder / "together"
    cache = home / "cache"
    outs = [home / str(min(number, count - 2)) / "small" for number in range(count)]
    zones, languages, umasks = ("UTC", "Asia/Kathmandu", "America/St_Johns"), ("C", "tr_TR.UTF-8"), (0o022, 0o077)
    running = [
        house.run(
            cache,
            out,
            told=home / f"told-{number}",
            umask=umasks[number % 2],
            env={
                "PYTHONHASHSEED": str(number),
                "TZ": zones[number % 3],
                "LC_ALL": languages[number % 2],
            },
        )
        for number, out in enumerate(outs)
    ]
    began = time.monotonic()
    for number, (process, out) in enumerate(zip(running, outs, strict=True)):
        try:
            code: object = process.wait(max(1.0, LONGEST_S - time.monotonic() + began))
        except subprocess.TimeoutExpired:
            code = "never"
            end_all(process)
        said = (home / f"told-{number}").read_text("utf-8")
        tally.hold("it ended with 0 and said nothing", (code, said) == (0, ""), f"{number}: {code}, {said}")
        found = files(out)
        tally.hold("it had the bytes of a clean render", found == house.clean, differing(found, house.clean))
        modes = {path.stat().st_mode & 0o777 for path in out.rglob("*") if path.is_file()}
        tally.hold("everybody may read its files", modes == {0o644}, f"{number}: {modes}")
    left = [one for out in {*outs} for one in left_over(cache, out)]
    tally.hold("nothing was left lying about", not left, str(left))
    tally.remarks.append(f"all of them took {time.monotonic() - began:.0f} s")
    return tally


def flips(house: House, count: int, chance: random.Random) -> Tally:
    """So many random bytes of a full cache are other ones; then a render."""
    from producer.cache import Cache

    tally = Tally()
    home = house.folder / "flips"
    root, out = home / "cache", home / "small"
    shutil.copytree(house.full, root)
    entries = sorted(path for path in root.glob("??/*") if path.is_file())
    sizes = [path.stat().st_size for path in entries]
    hit: set[Path] = set()
    for number in range(count):
        # Half of them anywhere, half in any entry: or a few long ones would have nearly all.
        path = chance.choices(entries, sizes)[0] if number % 2 else chance.choice(entries)
        raw = bytearray(path.read_bytes())
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        path.write_bytes(raw)
        hit.add(path)
    damaged = {path for path in hit if not _is_whole(path)}  # two flips of one byte may undo each other
    out.parent.mkdir(parents=True, exist_ok=True)
    done = _loud(house, root, out)
    found = files(out)
    tally.hold("the render had the bytes of a clean one", found == house.clean, differing(found, house.clean))
    said = [line for line in done.err.splitlines() if "damaged" in line]
    tally.hold("it ended with 0 and said it once", done.code == 0 and len(said) == 1, str(done))
    left = [path for path in damaged if path.exists() and not _is_whole(path)]
    with Cache(root) as cache:
        for path in left:
            tally.hold("what it did not need is found when it is read", cache.read(path.name) is None, path.name)
    for path in damaged - {*left}:
        tally.hold(
            "what it read was found and is whole again, or gone", not path.exists() or _is_whole(path), path.name
        )
    again = _loud(house, root, home / "again" / "small")
    tally.hold("the next render had nothing to say", again == Done(0, ""), str(again))
    whole = files(home / "again" / "small")
    tally.hold("and the same bytes", whole == house.clean, differing(whole, house.clean))
    tally.remarks.append(f"{count} bytes in {len(damaged)} of {len(entries)} entries; {''.join(said)}")
    return tally


def _loud(house: House, cache: Path, out: Path) -> Done:
    """A render that is not `--quiet`, which would not speak of the cache."""
    command = [*RENDER, "episode", str(house.script), "-o", str(out), *house.wanted]
    env = {**os.environ, "PRODUCER_CACHE": str(cache)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    return Done(done.returncode, done.stderr)


def _is_whole(entry: Path) -> bool:
    import hashlib

    head, _, payload = entry.read_bytes().partition(b"\n")
    return head == b"producer-cache-1 " + hashlib.sha256(payload).hexdigest().encode()


def same(house: House) -> Tally:
    """Everything that a machine may have otherwise: the bytes are the same."""
    tally = Tally()
    home = house.folder / "same"
    far = home / "another folder" / "Ünder, and with 'signs'" / "script" / "small.yaml"
    far.parent.mkdir(parents=True)
    shutil.copy(house.script, far)
    shared = home / "shared"
    zone = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}
    variations: dict[str, tuple[Path, dict[str, object]]] = {
        "hash seed 0, UTC, C, one job, empty cache": (
            house.script,
            {"env": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, "jobs": "1"},
        ),
        "hash seed 1, other zone and language, two jobs": (
            house.script,
            {"env": {"PYTHONHASHSEED": "1", **zone}, "jobs": "2"},
        ),
        "three jobs": (house.script, {"jobs": "3"}),
        "another folder": (far, {}),
        "umask 077": (house.script, {"umask": 0o077}),
        "no cache": (house.script, {"no cache": True}),
        "shared cache, first": (house.script, {"cache": shared}),
        "shared cache, from another folder": (far, {"cache": shared}),
        "shared cache, full": (house.script, {"cache": shared, "env": {"PYTHONHASHSEED": "7"}}),
    }
    for number, (name, (script, asked)) in enumerate(variations.items()):
        out = home / f"out-{number}" / "small"
        cache = asked.pop("cache", home / f"cache-{number}")
        assert isinstance(cache, Path)
        jobs = asked.pop("jobs", None)
        more = (*(("--jobs", str(jobs)) if jobs else ()), *(("--no-cache",) if asked.pop("no cache", False) else ()))
        done = house.render(cache, out, script, *more, **asked)
        found = files(out) if done.code == 0 else {}
        tally.hold("the bytes were the same", found == house.clean, f"{name}: {done} {differing(found, house.clean)}")
        if found:
            modes = {oct(path.stat().st_mode & 0o777) for path in out.rglob("*") if path.is_file()}
            tally.hold("and everybody may read the files", modes == {"0o644"}, f"{name}: {modes}")
    tally.remarks.append("; ".join(variations))
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--disks", type=int, default=20)
    parser.add_argument("--renders", type=int, default=10)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="a folder to work in")
    asked = parser.parse_args(arguments)
    broken = 0
    if asked.work is not None:
        asked.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="faults-", dir=asked.work) as place:
        house = build(Path(place))
        chance = random.Random(asked.seed)
        for part in asked.only.split(","):
            match part:
                case "kills":
                    tally = kills(house, asked.kills, chance)
                case "disks":
                    tally = disks(house, asked.disks, chance)
                case "together":
                    tally = together(house, asked.renders)
                case "flips":
                    tally = flips(house, asked.flips, chance)
                case _:
                    tally = same(house)
            print(part, *tally.lines(), sep="\n", flush=True)
            broken += len(tally.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
