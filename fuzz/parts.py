"""What is fuzzed: each part lays out a case by its number, runs the commands that read it, and says what may not be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from fuzz import cases, documents, packs, scripts, sounds
from fuzz.guard import Guard
from fuzz.run import Ended, command, laid_out
from fuzz.scripts import Case

_LONGEST_S = 2.0
_TIMES_BEGINNING = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """How one case ended."""

    number: int
    kind: str
    code: int
    cost_s: float
    memory_mb: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where cases are tried: an empty folder for each, one cache, and where findings are kept."""

    folder: Path
    cache: Path
    keep: Path
    guard: Guard
    longest_s: float = _LONGEST_S
    """What refusing a file may cost of processor time."""


def _tried(bench: Bench, number: int, made: Case, arguments: list[str], programs: bool = False) -> Told:
    folder = bench.folder / str(number)
    laid_out(folder, made.files)
    writable = (folder,) if arguments[0] == "feed" else ()  # its staging folder stands beside DIR
    ended = command(arguments, folder, bench.cache, bench.guard, programs, writable)
    return _told(bench, number, made, ended, folder)


def _told(bench: Bench, number: int, made: Case, ended: Ended, folder: Path) -> Told:
    faults = ended.faults
    if made.name.startswith("valid") and ended.code:
        faults += (f"what is valid is refused: {ended.err}",)
    if ended.code == 1 and ended.cost_s > bench.longest_s:
        faults += (f"took {ended.cost_s:.1f} s to be refused, {bench.longest_s:.1f} may be",)
    if faults:
        laid_out(bench.keep / str(number), made.files)
        told = bench.keep / str(number) / "faults.txt"
        told.write_text("\n".join(faults), "utf-8", "backslashreplace")
    shutil.rmtree(folder)
    return Told(number, made.name, ended.code, ended.cost_s, ended.memory_mb, faults)


def read(bench: Bench, number: int) -> Told:
    """A script is checked."""
    made = cases.case(number)
    return _tried(bench, number, made, ["check", made.script])


def longest_s(bench: Bench) -> float:
    """What refusing may cost here: 2 s, or more where loading the command itself is slow.

    What a first command loads is of no file, and it tells how fast this machine is at this hour: with two cores that
    others use, too, it has taken three times what it takes alone.
    """
    first = read(bench, 0)  # which is valid
    if first.faults:
        raise RuntimeError("\n".join(first.faults))
    return max(_LONGEST_S, _TIMES_BEGINNING * first.cost_s)


def render(bench: Bench, number: int) -> Told:
    """A script without a mistake becomes an episode in which the audit finds nothing."""
    made = scripts.project(Random(number), scenes=2, items=4)
    arguments = ["episode", made.script, "--strict", "--jobs", "1", "--quiet"]
    return _tried(bench, number, made, arguments, programs=True)


def sound(bench: Bench, number: int) -> Told:
    """A pack, its sounds damaged or its text spoiled, is looked through and heard."""
    made = packs.case(number)
    return _tried(bench, number, made, ["cues", made.script], programs=True)


def document(bench: Bench, number: int) -> Told:
    """A finished episode with a file that is not as it was is audited, verified, compared and published."""
    made = documents.case(number, _finished(bench))
    first = documents.COMMANDS[number % len(documents.COMMANDS)]
    feed = ["output", "--url", "https://example.org/"]
    targets = {"diff": ["output/was", "output/play"], "feed": feed}.get(first, ["output/play"])
    return _tried(bench, number, made, [first, *targets], programs=True)


@cache
def _finished(bench: Bench) -> dict[str, bytes]:
    folder = bench.folder / "finished"
    made = scripts.project(Random(7), scenes=1, items=3)
    laid_out(folder, made.files)
    ended = command(["episode", "script/play.yaml", "--jobs", "1"], folder, bench.cache, bench.guard, programs=True)
    if ended.code:
        raise RuntimeError(ended.err)
    return documents.rendered(folder / "output" / "play")


def decode(bench: Bench, number: int) -> Told:
    """A damaged sound file is decoded: samples that are numbers, or a reason why not."""
    import resource
    import time

    import numpy as np

    from producer.sounds.decode import UndecodableError
    from producer.sounds.decode import decode as decoded
    from producer.sounds.torn import shortfall

    name, content = sounds.damaged(Random(number))
    made = Case({name: content}, "", name)
    folder = bench.folder / str(number)
    laid_out(folder, made.files)
    faults: list[str] = []
    began, code = time.process_time(), 0
    try:
        for block in decoded(folder / name).blocks:
            if not np.isfinite(block).all() or block.shape[1] > 2 or np.abs(block).max() > 1000.0:
                raise ValueError("a sample that is no number, or out of all bounds")
        shortfall(folder / name)
    except UndecodableError:
        code = 1
    except Exception as wrong:
        faults.append(f"{type(wrong).__name__}: {wrong}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost_s = time.process_time() - began
    return _told(bench, number, made, Ended(code, "", "", cost_s, memory, tuple(faults)), folder)


PARTS: dict[str, Callable[[Bench, int], Told]] = {
    **{"scripts": read, "render": render, "packs": sound, "documents": document, "sounds": decode},
}
