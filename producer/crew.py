"""Processes that mix and finish parts of an episode beside this one.

Python lets one thread of a process compute at a time, and most of a mix is many short computations. So each core gets a
process: the first of them loads the libraries while this one reads the script, then the episode, and parts itself into
as many as are wanted. What they make they leave in the cache and on the shelf (`production.Crew`). Where a system
cannot fork, there are none, and threads do the work.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from producer import groups, parcels
from producer.rota import Following, Rota, in_turn

if TYPE_CHECKING:
    from producer.cache import Cache, Faults
    from producer.deliver.shelf import Shelf
    from producer.hand import Hand
    from producer.mix.listening import StemName, Stems
    from producer.model.mixes import MixStyle
    from producer.production import Finish, Placed
    from producer.sounds.palette import PackPalette
    from producer.timeline.soon import Soon

FEWEST_BYTES = 6000
"""A script of two or three minutes: what is shorter is made before a crew is there."""
FEWEST_PARTS = 4
"""With fewer to be made it does not pay to call a crew that was not called while the script was read."""
_AHEAD = 2
"""Tasks that a hand has been told at a time, so that it never waits for this process."""
_PATIENCE_S = 5.0
_LONGEST_S = 600.0
"""No part takes so long, even where many renders share a machine: whose hands say nothing for so long are lost."""
_WORK = "work-{}.pickle"
_ERRAND, _LISTEN = "errand.pickle", "listen"


class Crew:
    """As many processes as there are jobs, once there is work for them. Use it in `with`: they go with it."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._first: subprocess.Popen[bytes] | None = None
        self._gone: list[subprocess.Popen[bytes]] = []
        """Those that were let go, and have most probably ended."""
        self._hands: list[Connection] = []
        self._told: Placed | None = None
        """The episode that the hands have."""
        self._ready: Iterator[tuple[int, Any]] = iter(())
        self._faults: Faults | None = None
        self._lost = False
        self._ended: tuple[Cache, str] | None = None
        """Where it is kept that the script was made to the end before, and under which name."""

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self.dismiss()
        for first in self._gone:
            if failed is not None or self._lost:
                groups.end(first)  # with all hands, and what they have started
            try:
                first.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                groups.end(first)
        self._gone = []
        if failed is None and self._ended is not None:
            cache, name = self._ended
            if not cache.has(name):
                cache.write(name, b"")

    def dismiss(self) -> None:
        """See `production.Crew`."""
        for hand in self._hands:
            hand.close()  # which ends it
        if self._first is not None:
            self._gone.append(self._first)
        self._first, self._hands, self._told = None, [], None

    def warm(self, script: Path, cache: Cache | None = None, asked: Sequence[str] = ()) -> None:
        """Have them begin to get ready, if the script is long enough to need them.

        Args:
            cache: where it is kept that the script was made to the end before: then most probably little is to be made,
                and they are called when much turns out to be.
            asked: what else changes most of it: the packs and the profile of the order.
        """
        with contextlib.suppress(OSError):  # whoever reads the script says what is wrong with it
            if script.stat().st_size < FEWEST_BYTES:
                return
            if cache is not None:
                from producer.cache import key

                self._ended = cache, key("made to the end", os.fspath(script.resolve()), list(asked))
            if self._ended is None or self._ended[0].read(self._ended[1]) is None:
                self._called()

    def listen(self, palette: PackPalette, soon: Callable[[], Soon], shelf: Callable[[], Shelf]) -> None:
        """See `production.Crew`."""
        if self._first is None or not ((heard := soon()).sounds or heard.beds):
            return
        errand = shelf().folder / _ERRAND
        with contextlib.suppress(OSError):  # no room for it, or nobody there: that is seen when it matters
            with errand.open("wb") as file:
                parcels.pack((palette, heard), file, _there())
            self._hands[0].send((_LISTEN, errand))

    def expect(self, placed: Placed, styles: Sequence[MixStyle], stems: Stems, shelf: Shelf) -> None:
        """See `production.Crew`."""
        if self._first is not None:
            with contextlib.suppress(OSError):  # no room for it: that is said where it must be sent
                self._tell(placed, styles, stems, shelf)

    def begin(self, placed: Placed, styles: Sequence[MixStyle], stems: Stems, shelf: Shelf, parts: int) -> bool:
        """See `production.Crew`."""
        if not parts or (self._first is None and parts < FEWEST_PARTS) or not self._called():
            return False
        if placed.palette.cache.faults.unkept:
            return False  # what hands made could not be left for this process
        self._tell(placed, styles, stems, shelf)
        return True

    def _tell(self, placed: Placed, styles: Sequence[MixStyle], stems: Stems, shelf: Shelf) -> None:
        """Send every hand the episode, once, and have them find out what must be known of its beds."""
        if self._told is placed:
            return
        from producer.acts import acts
        from producer.mix.stems import sustained

        self._faults = placed.palette.cache.faults
        whole = placed.without_words()
        # Who is heard on a stem is asked of the whole.
        parted = [(0, whole)] if stems != "none" else [*acts(whole)]
        firsts = tuple(first for first, _ in parted)
        for number, (_, act) in enumerate(parted):
            with (shelf.folder / _WORK.format(number)).open("wb") as file:
                parcels.pack((act, tuple(styles), stems, shelf, firsts), file, _there())
        for hand in self._hands:
            with contextlib.suppress(OSError):  # gone: that is seen when it is asked for something
                hand.send(shelf.folder / _WORK.format(0))
        self._told = placed
        beds = range(len(sustained(placed.timeline.clips)))
        # Each bed by one hand: they would find out the same at the same time.
        self._ready = self._made("ready", (), in_turn(beds, len(self._hands)))

    def mix(self, parts: Sequence[int]) -> Iterator[tuple[int, frozenset[StemName]]]:
        """See `production.Crew`."""
        for _ in self._ready:
            pass
        done = self._made("mix", (), Rota(parts, len(self._hands)).following)
        return ((part, stems or frozenset()) for part, stems in done)

    def finish(self, how: Finish, parts: Sequence[int]) -> Iterator[int]:
        """See `production.Crew`."""
        return self._finished(self._made("finish", (how,), in_turn(parts, len(self._hands))), parts)

    def _finished(self, coming: Iterator[tuple[int, Any]], parts: Sequence[int]) -> Iterator[int]:
        done = set[int]()
        for part in parts:
            while part not in done:
                made, _ = next(coming, (part, None))
                done.add(made)
            yield part

    def _called(self) -> bool:
        """Whether there are hands; the first time they are called."""
        if self._first is not None:
            return True
        if self._jobs < 2 or not hasattr(os, "fork"):
            return False
        ours, theirs = zip(*[socket.socketpair() for _ in range(self._jobs)], strict=True)
        numbers = [end.fileno() for end in theirs]
        with contextlib.ExitStack() as ends:
            for end in theirs:
                ends.enter_context(end)
            self._first = groups.begin("producer.crew", numbers)
        self._hands = [Connection(end.detach()) for end in ours]
        return True

    def _made(self, task: str, settings: tuple[object, ...], following: Following) -> Iterator[tuple[int, Any]]:
        """A task done for many parts: (part, result) as they are done, the result None where it failed.

        The hands begin at once, whether or not somebody asks already for what they make.
        """
        told: dict[Connection, deque[int]] = {hand: deque() for hand in self._hands}

        def tell() -> Iterator[int]:
            """Give every hand enough to do; the parts that nobody does, since the hand that had them is gone."""
            for number, hand in enumerate(self._hands):
                while hand in told and len(told[hand]) < _AHEAD:
                    part = following(number, bool(told[hand]))
                    if part is None:
                        break
                    told[hand].append(part)
                    try:
                        hand.send((task, *settings, part))
                    except OSError:
                        yield from told.pop(hand)

        return self._coming(told, tell, list(tell()))

    def _coming(
        self, told: dict[Connection, deque[int]], tell: Callable[[], Iterator[int]], lost: Sequence[int]
    ) -> Iterator[tuple[int, Any]]:
        """What comes from hands that have been `told`."""
        yield from ((part, None) for part in lost)
        while True:
            busy = [hand for hand, parts in told.items() if parts]
            if not busy:
                return
            ready = wait(busy, _LONGEST_S)
            self._lost = self._lost or not ready
            for hand in [one for one in busy if one in ready or self._lost]:
                try:
                    result = self._answer(hand)
                except (OSError, EOFError):  # it is gone, whatever for: what it had to do is not done
                    yield from ((part, None) for part in told.pop(hand))
                else:
                    yield told[hand].popleft(), result
            yield from ((part, None) for part in tell())

    def _answer(self, hand: Connection) -> Any:
        """What a hand has made; raises EOFError or OSError when it is gone, or lost."""
        if self._lost:
            raise EOFError
        result, faults = hand.recv()
        if self._faults is not None and faults is not None:
            self._faults.add(faults)
        return result


def _there() -> dict[str, object]:
    """What every process has: recipes are functions."""
    from producer.foley import RECIPES

    return {"recipes": RECIPES}


def _work(ends: Sequence[int]) -> None:
    """Be one hand for each of the sockets, from which the work comes; until their other ends are closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who called it ends it
    from producer import hand

    hand.settle()
    own = Connection(ends[0])
    try:
        # The first episode is read by one, before there are others: they share what is not written to.
        working = _begun(_next(own))
    except (EOFError, OSError):  # nobody wanted anything
        return
    hand.settle()
    others = []
    for number, end in enumerate(ends[1:], 2):
        child = os.fork()  # nothing has begun a thread
        if child == 0:
            for other in (ends[0], *ends[number:]):  # those between are closed by now
                os.close(other)
            _serve(Connection(end), working, begun=True)
            os._exit(0)
        os.close(end)
        others.append(child)
    _serve(own, working)
    for child in others:
        os.waitpid(child, 0)


def _next(commands: Connection) -> Any:
    """What is told next; errands, of which nobody waits for an answer, are done on the way."""
    while True:
        command = commands.recv()
        if isinstance(command, Path) or command[0] != _LISTEN:
            return command
        _listen(command[1], commands)


def _listen(errand: Path, commands: Connection) -> None:
    """Find out about sounds, which stays in the cache, until there is something else to do.

    The last comes first: whoever needs them goes through them from the first, and they meet once.
    """
    with contextlib.suppress(Exception):  # who needs them makes them anew, and so finds out why and can say it
        with errand.open("rb") as file:
            palette, soon = parcels.unpacked(file, _there())
        for sound in reversed(soon.sounds):
            if commands.poll():
                return
            palette.measure(sound)
        for bed in soon.beds:
            if commands.poll():
                return
            palette.bed(bed.role, bed.seed, bed.settings, loop=bed.loop, pitch_cents=bed.pitch_cents, speed=bed.speed)


def _begun(work: Path) -> Hand | None:
    """A hand at an episode; None where it cannot be read: then nothing is made by it."""
    from producer.hand import Hand

    def act(number: int) -> Any:
        """All that stands in the file of an act."""
        with work.with_name(_WORK.format(number)).open("rb") as file:
            return parcels.unpacked(file, _there())

    with contextlib.suppress(Exception):
        placed, styles, stems, shelf, firsts = act(0)
        return Hand(placed, styles, stems, shelf, lambda number: act(number)[0], firsts)
    return None


def _serve(commands: Connection, working: Hand | None, begun: bool = False) -> None:
    """Do what is told until nobody is left to work for.

    Args:
        begun: whether what `working` works at is still to be told.
    """
    with contextlib.suppress(EOFError, OSError):
        if begun:
            commands.recv()
        while True:
            command = _next(commands)
            if isinstance(command, Path):
                working = None  # before there is another
                working = _begun(command)
                continue
            task, *settings = command
            try:
                result = getattr(working, task)(*settings)
            except Exception:
                result = None  # who called makes it anew, and so finds out why and can say it
            commands.send((result, working.faults if working is not None else None))


if __name__ == "__main__":
    _work([int(end) for end in sys.argv[1:]])
