"""`python -m fuzz`: scripts, packs, sound files and documents by the thousand, for as long as one likes.

    python -m fuzz --count 10000            # so many scripts
    python -m fuzz --seconds 3600 --jobs 4  # for an hour
    python -m fuzz --case 4711              # one again, with all that it says

What is found is written to --keep (a folder for each), and the command ends with 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fuzz.cases import case
from fuzz.guard import Guard
from fuzz.run import command, laid_out


@dataclass(frozen=True, slots=True)
class _Told:
    number: int
    kind: str
    code: int
    cost_s: float
    memory_mb: float
    faults: tuple[str, ...]


def _worker(own: int, jobs: int, asked: argparse.Namespace, results: multiprocessing.Queue[_Told | None]) -> None:
    guard, end = Guard(), time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["PRODUCER_CACHE"] = str(asked.cache)
        numbers = range(asked.seed + own, sys.maxsize, jobs)
        for number in numbers:
            if number >= asked.seed + asked.count or time.monotonic() > end:
                break
            results.put(_one(number, Path(temporary) / str(number), asked, guard))
    results.put(None)


def _one(number: int, folder: Path, asked: argparse.Namespace, guard: Guard) -> _Told:
    made = case(number)
    laid_out(folder, made.files)
    ended = command(["check", made.script], folder, asked.cache, guard)
    faults = list(ended.faults)
    if made.name.startswith("valid") and ended.code:
        faults.append(f"a valid script is refused: {ended.err}")
    if faults:
        kept = asked.keep / str(number)
        laid_out(kept, made.files)
        (kept / "faults.txt").write_text("\n".join(faults), "utf-8", "backslashreplace")
    return _Told(number, made.name, ended.code, ended.cost_s, ended.memory_mb, tuple(faults))


def _told(asked: argparse.Namespace) -> Iterator[_Told]:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[_Told | None] = context.Queue()
    workers = [context.Process(target=_worker, args=(n, asked.jobs, asked, results)) for n in range(asked.jobs)]
    for worker in workers:
        worker.start()
    left = len(workers)
    while left:
        one = results.get()
        if one is None:
            left -= 1
        else:
            yield one
    for worker in workers:
        worker.join()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=sys.maxsize // 2)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-cache")
    asked = parser.parse_args()
    asked.keep, asked.cache = asked.keep.resolve(), asked.cache.resolve()
    ended: Counter[tuple[str, int]] = Counter()
    slowest, largest, found = (0.0, 0), 0.0, 0
    for one in _told(asked):
        ended[one.kind, one.code] += 1
        slowest, largest = max(slowest, (one.cost_s, one.number)), max(largest, one.memory_mb)
        if one.faults:
            found += 1
            print(f"{one.number} ({one.kind}): {one.faults[0].strip().splitlines()[-1][:160]}", flush=True)
    for (kind, code), many in sorted(ended.items()):
        print(f"{many:6} {kind}: exit {code}")
    print(f"slowest {slowest[0]:.2f} s (case {slowest[1]}), memory {largest:.0f} MB at most, {found} with faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
