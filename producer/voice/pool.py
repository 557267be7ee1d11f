"""Worker processes that speak: no more than there are jobs, each replaced when it crashes or hangs."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from producer.owned import OwnedFolder, clear
from producer.scheduling import waited_s
from producer.voice.engine import BrokenVoiceError, Spoken, UnspeakableError, Utterance
from producer.voice.wire import EngineFaultError, pack_utterance, read_spoken

GRACE_S = 20.0
"""Every utterance may take this long, for a worker that starts on a slow disk, where nothing else is said …"""
PER_CHARACTER_S = 0.05
"""… and this much more per character; espeak-ng needs less than a hundredth of it."""
_LEAST_S = 0.05
"""A worker is not given so little time, for which it got no core, once more."""
PARTING_S = 2.0
"""How long a worker may take to end what it has started itself."""
_PREFIX = "producer-speaks-"
RETIRE_AFTER = 120
"""Utterances until a worker is replaced: each leaves 0.4 to 0.6 MB behind, for espeak-ng does not give back all of its
data when it is unloaded; and a worker takes half a second to begin."""


class Pool:
    """Hands each utterance to an idle worker. Safe from as many threads as there are workers.

    Args:
        workers: how many processes; each is started when first needed.
        engines: engines besides the program's own, as `worker` takes them.
        grace_s: in place of what an engine asks for, see `GRACE_S`.
    """

    def __init__(self, workers: int, engines: Sequence[str] = (), grace_s: float | None = None) -> None:
        self.workers, self.engines = workers, tuple(engines)
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()  # one that has begun is asked before one that has not
        self._workers = [_Worker(self.engines, self._places) for _ in range(max(1, workers))]
        self._folder: OwnedFolder | None = None
        self._making = threading.Lock()
        self._grace_s = grace_s
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End every worker."""
        for worker in self._workers:
            worker.stop()
        self._clear()

    def rest(self, engine: str) -> None:
        """Nothing is spoken for a while: only workers that spoke with this engine alone stay, and nothing on disk."""
        for worker in self._workers:
            worker.rest(engine)
        self._clear()

    def _clear(self) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _places(self) -> Mapping[str, str]:
        """Where workers put what is temporary: a worker that is ended does not come to clear it away."""
        with self._making:
            if self._folder is None:
                place = Path(tempfile.gettempdir())
                try:
                    clear(place, _PREFIX)
                    self._folder = OwnedFolder(place, _PREFIX)
                except OSError:  # they find out, and say it
                    return {}
            return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._folder.path))

    def say(self, engine: str, utterance: Utterance, grace_s: float = GRACE_S) -> Spoken:
        """Speak in a worker; raises `UnspeakableError`, also for a crash, a fault or a time-out, with what happened."""
        allowed_s = grace_s if self._grace_s is None else self._grace_s
        limit_s = allowed_s + PER_CHARACTER_S * sum(len(token.spoken) for token in utterance.tokens)
        worker = self._idle.get()
        try:
            return worker.say(engine, utterance, limit_s)
        finally:
            self._idle.put(worker)


@dataclass(slots=True)
class _Resting:
    """Of this process: whether pools rest between two uses, and the one that does."""

    keeping: bool = False
    pools: list[Pool] = field(default_factory=list)


_resting = _Resting()


def keep() -> None:
    """From now on, pools that are `lent` by this process rest between two uses, for it makes one episode after another.

    A worker takes 0.2 s to begin, which is a fifteenth of what an episode of a minute takes.
    """
    _resting.keeping = True


@contextmanager
def lent(workers: int, engine: str) -> Iterator[Pool]:
    """A pool for as long as it is needed: a new one, or that of last time (`keep`).

    Args:
        workers: see `Pool`; there may be more.
        engine: comes with the program, never changes, and puts nothing on disk. Workers of others end in any case.
    """
    pool = _resting.pools.pop() if _resting.pools else Pool(workers)
    if pool.workers < workers:
        pool.stop()
        pool = Pool(workers)
    try:
        yield pool
    except BaseException:  # who knows what it is doing
        pool.stop()
        raise
    if _resting.keeping and not _resting.pools:
        pool.rest(engine)
        _resting.pools.append(pool)
    else:
        pool.stop()


class _Worker:
    def __init__(self, engines: tuple[str, ...], places: Callable[[], Mapping[str, str]]) -> None:
        self._engines, self._places = engines, places
        self._process: subprocess.Popen[bytes] | None = None
        self._said = 0
        self._with: set[str] = set()  # the engines that this process spoke with
        self._rested = False

    def rest(self, engine: str) -> None:
        """End the process unless it spoke with this engine alone."""
        self._rested = True
        if self._with != {engine}:
            self.stop()

    def say(self, engine: str, utterance: Utterance, limit_s: float) -> Spoken:
        if self._rested and self._with != {engine}:  # its folder for what is temporary is gone
            self.stop()
        process = self._running()
        self._with.add(engine)
        assert process.stdin is not None  # both are pipes: see _running
        assert process.stdout is not None
        watch = _Watch(process, limit_s)
        try:
            process.stdin.write(pack_utterance(engine, utterance))
            process.stdin.flush()
            spoken, refusal = read_spoken(process.stdout)
        except (EOFError, OSError):
            self.stop()
            if watch.ended_it:
                raise BrokenVoiceError(f"gave no answer within {limit_s:.0f} s and was stopped") from None
            raise BrokenVoiceError(f"crashed ({_ending(process.returncode)})") from None
        except EngineFaultError as fault:
            raise BrokenVoiceError(f"failed ({fault})") from None
        except BaseException:  # interrupted halfway: what the worker still writes would answer the next question
            self.stop()
            raise
        finally:
            watch.over()
        if spoken is None:
            raise UnspeakableError(refusal)
        return spoken

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None or self._said >= RETIRE_AFTER:
            self.stop()
            self._said = 0
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "producer.voice.worker",
                    *self._engines,
                ],  # nothing of the folder one is in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # The worker finds this program, and a test's engines, where its owner did.
                env={**os.environ, **self._places(), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        self._said += 1
        return self._process

    def stop(self) -> None:
        """End the process, at once and for certain."""
        process, self._process = self._process, None
        self._with, self._rested = set(), False
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PARTING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it had not read of our question
                    continue


class _Watch:
    """Ends a process that does not answer in time. While the machine gives it no core, its time stands still."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float) -> None:
        self._process, self._limit_s = process, limit_s
        self._over = threading.Event()
        self.ended_it = False
        threading.Thread(target=self._look, daemon=True).start()

    def over(self) -> None:
        """It has answered, or is not waited for any more."""
        self._over.set()

    def _look(self) -> None:
        left_s, waited = self._limit_s, waited_s(self._process.pid)
        while not self._over.wait(left_s):
            before, waited = waited, waited_s(self._process.pid)
            left_s = waited - before
            if left_s < _LEAST_S:
                self.ended_it = True
                self._process.kill()
                return


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
