"""`python -m fuzz`: scripts, packs, sound files and documents by the thousand, for as long as one likes.

    python -m fuzz scripts --count 10000
    python -m fuzz --seconds 3600 --jobs 4       # every part in turn, for an hour
    python -m fuzz packs --seed 4711 --count 1   # one again

What is found is kept in --keep, a folder for each, and the command ends with 1.
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
from pathlib import Path

from fuzz.guard import Guard
from fuzz.parts import PARTS, Bench, Told, longest_s


def _worker(own: int, asked: argparse.Namespace, results: multiprocessing.Queue[tuple[str, Told] | None]) -> None:
    os.environ["PRODUCER_CACHE"] = str(asked.cache)
    end, guard = time.monotonic() + asked.seconds, Guard()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as temporary:
        longest = longest_s(Bench(Path(temporary) / "first", asked.cache, asked.keep, guard))
        benches = {
            part: Bench(Path(temporary) / part, asked.cache, asked.keep / part, guard, longest) for part in asked.parts
        }
        for number in range(asked.seed + own, asked.seed + asked.count, asked.jobs):
            if time.monotonic() > end:
                break
            for part in asked.parts:
                results.put((part, PARTS[part](benches[part], number)))
    results.put(None)


def _told(asked: argparse.Namespace) -> Iterator[tuple[str, Told]]:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[tuple[str, Told] | None] = context.Queue()
    workers = [context.Process(target=_worker, args=(number, asked, results)) for number in range(asked.jobs)]
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
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them unless given")
    parser.add_argument("--count", type=int, default=sys.maxsize // 2, help="so many cases of each part")
    parser.add_argument("--seconds", type=float, default=1e9, help="no case is begun after so many")
    parser.add_argument("--seed", type=int, default=0, help="the first case")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-cache")
    asked = parser.parse_args()
    asked.parts = asked.parts or list(PARTS)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    asked.keep, asked.cache = asked.keep.resolve(), asked.cache.resolve()
    ended: Counter[tuple[str, str, int]] = Counter()
    slowest, largest, found = (0.0, "", 0), 0.0, 0
    for part, one in _told(asked):
        ended[part, one.kind, one.code] += 1
        if one.code == 1:
            slowest = max(slowest, (one.cost_s, part, one.number))
        largest = max(largest, one.memory_mb)
        if one.faults:
            found += 1
            print(f"{part} {one.number} ({one.kind}): {one.faults[0].strip().splitlines()[-1][:160]}", flush=True)
    for (part, kind, code), many in sorted(ended.items()):
        print(f"{many:6} {part}, {kind}: exit {code}")
    print(f"refused slowest: {slowest[0]:.2f} s ({slowest[1]} {slowest[2]}); memory {largest:.0f} MB; faults {found}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
