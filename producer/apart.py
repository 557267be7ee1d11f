"""A long script is read, spoken and placed by a process of its own, which ends when that is done.

What that takes is several times what is left of it, and it comes and goes between what stays, so that Python has little
of it to give back: of ten hours some 150 MB. With its process all of it is gone, and who mixes holds what is heard.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from producer import groups, memory, parcels
from producer.cache import Cache
from producer.deliver.files import Texts
from producer.deliver.shelf import Shelf
from producer.errors import ProducerError
from producer.foley import RECIPES
from producer.frozen import changed
from producer.laid import Laid, Told, lay_out, styles_of
from producer.production import Order, Outline, Placed, Watch

FEWEST_BYTES = 300_000
"""A script of an hour and a half. What stands in files that it brings is not counted."""
_PLACED, _OUTLINE, _TOLD = "placed.pickle", "outline.pickle", "told.pickle"


def lay_out_apart(order: Order, cache: Cache, watch: Watch, staging: Texts, shelf: Callable[[], Shelf]) -> Laid | None:
    """The same as `laid.lay_out`, made by another process.

    None for an episode that is not long, for one whose words a session wants, and where the process did not get to the
    end: whoever does it in this one finds out why, and can say it.

    Args:
        shelf: gives room for what goes from one process to the other; it must stay as long as something is asked of
            what is given.

    Raises as `planning.plan`.
    """
    if order.session or not hasattr(os, "fork") or _bytes(order.project.script) < FEWEST_BYTES:
        return None
    work = shelf().folder
    ours, theirs = (Connection(end.detach()) for end in socket.socketpair())
    with ours:
        with theirs:
            try:
                process = groups.begin("producer.apart", (theirs.fileno(),))
            except OSError:  # the system lets nobody begin one
                return None
        try:
            if not _told_on(_answers(ours, (order, cache, staging.folder, work)), cache, watch):
                return None
        finally:  # it has done all that it will: what it holds is let go of sooner than it would itself
            groups.end(process)
    placed: Placed = _taken_up(work / _PLACED, cache)
    return Laid(
        placed,
        styles_of(order, placed.script),
        partial(_told, work / _TOLD, cache),
        partial(_outline, work / _OUTLINE, cache),
    )


def _bytes(script: Path) -> int:
    with contextlib.suppress(OSError):  # whoever reads it says what is wrong with it
        return script.stat().st_size
    return 0


def _answers(process: Connection, asked: object) -> Iterator[Sequence[Any]]:
    """What another process says of what it is asked, as long as it is there."""
    with contextlib.suppress(EOFError, OSError):
        process.send(asked)
        while True:
            yield process.recv()


def _told_on(answers: Iterator[Sequence[Any]], cache: Cache, watch: Watch) -> bool:
    """Pass on what is said of the work, to its end; whether it came to a good one. Raises what the work raised."""
    for kind, *told in answers:
        if kind == "stage":
            watch.stage(*told)
        elif kind == "done":
            watch.done(*told)
        else:
            faults, wrong = told
            cache.faults.add(faults)
            if wrong is not None:
                raise wrong
            return bool(kind == "laid")
    return False


def _put_down(known: Outline, to: Path, cache: Cache) -> None:
    """All that is known of an episode, or what is heard of it, so that who takes it up has no more than that."""
    there = _there(cache)
    takes = known.takes.items() if isinstance(known, Placed) else ()
    with to.open("wb") as file:
        parcels.pack(_with(known, (), (), ()), file, there)
        parcels.pack_each(known.script.scenes, file, there, at_once=1)
        parcels.pack_each(known.timeline.clips, file, there)
        parcels.pack_each(takes, file, there)


def _taken_up(file: Path, cache: Cache) -> Any:
    """What `_put_down` put down."""
    with file.open("rb") as packed:
        known = parcels.unpacked(packed, _there(cache))
        return _with(known, *(tuple(parcels.each_unpacked(packed, _there(cache))) for _ in range(3)))


def _with(known: Outline, scenes: tuple[Any, ...], clips: tuple[Any, ...], takes: tuple[Any, ...]) -> Outline:
    """The same with other scenes, clips and takes."""
    script, timeline = changed(known.script, scenes=scenes), changed(known.timeline, clips=clips)
    more = {"takes": dict(takes)} if isinstance(known, Placed) else {}
    return changed(known, script=script, timeline=timeline, **more)


def _outline(file: Path, cache: Cache) -> Outline:
    """All that is known of an episode, once it is mixed."""
    gc.collect()  # what mixed it held itself in circles
    memory.give_back()
    found: Outline = _taken_up(file, cache)
    return found


def _told(file: Path, cache: Cache) -> Told:
    with file.open("rb") as packed:
        found: Told = parcels.unpacked(packed, _there(cache))
    return found


def _there(cache: Cache) -> dict[str, object]:
    return {"recipes": RECIPES, "cache": cache}


class _Teller:
    """Tells the process that asked how far the work has come."""

    def __init__(self, answers: Connection) -> None:
        self._answers, self._turn = answers, threading.Lock()

    def stage(self, name: str, total: int) -> None:
        self._tell("stage", name, total)

    def done(self, steps: int) -> None:
        self._tell("done", steps)

    def _tell(self, *what: object) -> None:
        with self._turn:  # voices tell it from their threads
            self._answers.send(what)


def _lay(answers: Connection) -> None:
    """Do what is asked once, and answer."""
    order, cache, made, work = answers.recv()
    threading.Thread(target=_leave_with, args=(answers,), daemon=True).start()
    kind, wrong = "laid", None
    try:
        with cache, ThreadPoolExecutor(1) as aside:
            one = lay_out(order, cache, _Teller(answers), Texts(made), aside, None)
            with (work / _TOLD).open("wb") as file:
                parcels.pack(one.told(), file, _there(cache))
            _put_down(one.outline(), work / _OUTLINE, cache)
            _put_down(one.placed.without_words(), work / _PLACED, cache)
    except ProducerError as found:
        wrong = found
    except Exception:  # who asked does it again, and so finds out why and can say it
        kind = "lost"
    answers.send((kind, cache.faults, wrong))


def _leave_with(answers: Connection) -> None:
    """End this process when the one that asked, which tells nothing more, is gone; voices then end by themselves."""
    with contextlib.suppress(EOFError, OSError):
        answers.recv()
    os._exit(1)


def main() -> None:
    """Lay out the episode that is told at the socket whose number is the argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who called it ends it
    memory.few_arenas()
    memory.seldom_collected()
    with contextlib.suppress(EOFError, OSError):  # nobody is left to work for
        _lay(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
