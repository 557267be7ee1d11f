"""Makes the episode anew as it is saved: one thread, in which the newest save overtakes all before it.

First what can be heard, then, when nobody has saved for a moment, the whole: the very files that `render episode`
writes, by that command in a process of its own, which a save stops at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from producer import master, memory, render
from producer import script as script_stage
from producer.cache import Cache
from producer.errors import PackError, Place, Problem, ProducerError, RenderError
from producer.finishing import planned
from producer.levels import Levels
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.model.profile import Profile
from producer.paging import PAGE
from producer.production import Order, Placed
from producer.script import Fetched
from producer.sounds.find import Packs
from producer.studio.desk import Desk, Kept
from producer.studio.states import State, Version, moved, problems
from producer.studio.turns import Turns
from producer.workshop import Workshop

QUIET_S = 2.5
"""So long nobody has saved before the whole is made."""
IDLE_S = 1.0
"""So long nobody has asked for a sound before anything is made ahead."""
_STOP_S = 5.0
_LARGEST_SHOWN = 4 << 20
_RENDER = "import os; getattr(os, 'nice', int)(10); from producer.cli import main; main()"
"""The command line, behind everything that is being listened to."""
TITLES = {
    "takes": "listening to takes",
    "voices": "speaking",
    "timeline": "placing",
    "mix": "mixing",
    "master": "mastering",
}


class SupersededError(Exception):
    """Something newer was saved."""


class Maker(threading.Thread):
    """Makes what is saved. `changed` from any thread; `state` is always whole.

    Args:
        finish: whether the output folder is kept up to date, too.
    """

    def __init__(self, order: Order, cache: Cache, *, finish: bool = True) -> None:
        super().__init__(name="maker", daemon=True)
        self.order, self.cache, self._finish = order, cache, finish
        self.state = State()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = False
        self._kept = Kept()
        self.turns = Turns()
        self._plan: tuple[Profile, master.Plan] | None = None
        self._numbers = itertools.count(1)
        self.versions: dict[int, Version] = {}
        self._ending: threading.Thread | None = None

    def changed(self) -> None:
        """Something was saved."""
        self._news.set()

    def close(self) -> None:
        """Stop as soon as may be."""
        self._closing = True
        self._news.set()
        if self.is_alive():
            self.join(_STOP_S + 1)
        if self._ending is not None:
            self._ending.join(_STOP_S + 1)

    def run(self) -> None:
        """Until it is closed: make, finish, look ahead."""
        self._news.set()
        while True:
            self._news.wait()
            if self._closing:
                return
            self._news.clear()
            with contextlib.suppress(SupersededError):
                self._work()

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self.state = replace(self.state, **changes, number=self.state.number + 1)

    def _check(self) -> None:
        if self._news.is_set():
            raise SupersededError

    # -- watching the work, as `production.Watch` has it

    def stage(self, name: str, total: int) -> None:
        self._check()
        self._total = max(1, total)
        if name in TITLES:
            self._set(doing=TITLES[name], done=0.0)

    def done(self, steps: int) -> None:
        self._check()
        if self.state.doing and steps / self._total - self.state.done > 0.01:
            self._set(done=steps / self._total)

    # -- making

    def _work(self) -> None:
        """All that is to be done after a save. Whatever goes wrong in it is told, and the next save is heard."""
        try:
            placed = render.plan(self.order, self.cache, self)
            self._publish(placed, self._master_of(placed))
            self._let_finish()
            self._look_ahead()
        except ProducerError as error:
            self._failed(error)
        except SupersededError:
            raise
        except Exception as fault:
            traceback.print_exc()
            what = RenderError(f"a fault of ours, please report it: {type(fault).__name__}: {fault}")
            self._failed(what)

    def _failed(self, error: ProducerError) -> None:
        self._set(problems=problems(error, self._text_of, self.order.project.named), doing="", done=0.0)
        raise SupersededError  # nothing to finish until something else is saved

    def _publish(self, placed: Placed, plan: master.Plan) -> None:
        before = self.state.version
        version = self._version(placed, plan, None if before is None else before.desk)
        self._set(version=version, trial=None, trying="", problems=(), doing="", done=0.0)

    def _version(self, placed: Placed, plan: master.Plan, before: Desk | None) -> Version:
        """A new version; from any thread. The last few can be heard, and what is saved, however often B was changed."""
        desk = Desk(placed, plan, self.cache, self._kept)
        script = placed.script
        version = Version(
            number=next(self._numbers),
            desk=desk,
            sound=desk.sound,
            moved=() if before is None else moved(before.placed.timeline, placed.timeline),
            digests={script.file: script.sha256, **{one.file: one.sha256 for one in script.brought}},
        )
        self.versions[version.number] = version
        self.turns.published(version.number)
        saved = self.state.version
        for number in sorted(self.versions)[:-4]:
            if saved is None or number != saved.number:
                self.versions.pop(number, None)  # another thread may have been quicker
        return version

    def _master_of(self, placed: Placed) -> master.Plan:
        """The whole's own gain where it is known; else that of the last whole. Mixes all of it where there was none."""
        if self._plan is not None and self._plan[0] == placed.profile:
            return self._plan[1]
        plan = self._solved(placed, make=True)
        assert plan is not None
        return plan

    def _solved(self, placed: Placed, *, make: bool) -> master.Plan | None:
        """The gain from the levels of all parts; None where some are not known and are not to be made."""
        with Workshop(self.cache.work()) as workshop:
            mixing = Mixing(placed, (STANDARD,), "none", workshop.shelf(), self.cache)
            mixing.known()
            parts = mixing.mixer.parts
            if make:
                self.stage("mix", placed.timeline.duration)
                notes = []
                each = mixing.mixer.each(mixing.notes, range(len(parts)), self.order.jobs)
                for part, one in zip(parts, each, strict=True):
                    notes.append(one)
                    self.done(part.core.end)
            else:
                kept = [mixing.kept(part.index) for part in parts]
                notes = [one for one in kept if one is not None]
                if len(notes) < len(parts):
                    return None
            levels = Levels.joined([one.levels[STANDARD.name] for one in notes])
            plan = planned(levels, placed.profile, self.cache)
        self._plan = placed.profile, plan
        return plan

    # -- the whole

    def _let_finish(self) -> None:
        version = self.state.version
        if not self._finish or version is None or self._news.wait(QUIET_S):
            self._check()
            return
        self._set(doing="finishing the whole", done=0.0)
        said = self._episode()
        if said is not None:
            self._failed(RenderError(said))
        plan = self._solved(version.desk.placed, make=False)
        folder = self.order.output or self.order.project.output
        try:
            page = (folder / PAGE).read_text("utf-8")
        except OSError:
            page = ""
        if plan is not None and plan != version.desk.plan:
            version = self._version(version.desk.placed, plan, version.desk)
        self._set(version=version, whole=version.number, page=page, doing="", done=0.0)

    def _episode(self) -> str | None:
        """Run `render episode`; None when it is done, else what it said. Raises SupersededError, and it is stopped."""
        if self._ending is not None:
            self._ending.join()
        order = self.order
        command = [sys.executable, "-P", "-c", _RENDER, "episode", str(order.project.script), "--quiet"]
        command += [part for pack in order.packs for part in ("--pack", pack)]
        command += ["-o", str(order.output)] if order.output else []
        command += ["--profile", order.profile] if order.profile else []
        running = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    _, said = running.communicate(timeout=0.05)
                    return None if running.returncode == 0 else said.strip() or "the whole could not be made"
                self._check()
        finally:
            if running.poll() is None:  # what was saved does not wait for it to end
                running.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
                self._ending = threading.Thread(target=_ended, args=(running,), name="ending", daemon=True)
                self._ending.start()

    def _look_ahead(self) -> None:
        """Find out what every part's lines ask, so that a change anywhere is heard as soon as one under the pointer."""
        version = self.state.version
        if version is None:
            return
        desk, near = version.desk, self.turns.near
        parts = sorted(desk.mixer.parts, key=lambda part: abs(desk.seconds_at(part.index) - near))
        for part in parts:
            while self.turns.idle_s() < IDLE_S:
                self._news.wait(IDLE_S / 4)
                self._check()
            self._check()
            desk.ask(part.index)

    # -- something else for once

    def attempt(self, what: str, text: tuple[str, bytes] | None, swapped: Callable[[Packs], Packs] | None) -> Version:
        """A version with something else in place of what is saved, to be heard beside it. Raises a ProducerError.

        Args:
            text: a file of the script, and what it is to say.
            swapped: gives the packs.
        """
        base = self.state.version
        if base is None:
            raise RenderError("there is nothing to compare with yet")
        order = self.order

        def fetch(named_in: str, wanted: str) -> Fetched:
            fetched = order.project.fetch(named_in, wanted)
            return fetched if text is None or fetched.file != text[0] else Fetched(text[0], text[1].decode())

        def reading() -> Any:
            own = order.project.script.as_posix()
            said = text[1].decode() if text is not None and text[0] == own else render.script_text(order.project)
            written = script_stage.read(said, own, fetch)
            return render.looked_up(written, order.project, order.packs, self.cache, swapped)

        placed = render.plan(order, self.cache, render.NoWatch(), reading=reading)
        trial = self._version(placed, base.desk.plan, base.desk)
        self._set(trial=trial, trying=what)
        return trial

    def forget(self) -> None:
        """There is nothing to compare with any more."""
        self._set(trial=None, trying="")

    # -- files

    def file_named(self, file: str) -> Path:
        """The path of a file that the script is made of, and of no other. Raises PackError."""
        version = self.state.version
        known = {self.order.project.script.as_posix()} | set(version.digests if version else ())
        if file not in known:
            raise PackError([Problem(Place(file), "is not a file of this script")])
        return Path(file)

    def _text_of(self, file: str) -> str | None:
        """What a file that a problem names says, where it is one of the project's."""
        try:
            path = Path(file).resolve()
            if not path.is_relative_to(self.order.project.root.resolve()) or path.stat().st_size > _LARGEST_SHOWN:
                return None
            return path.read_text("utf-8", errors="replace").removeprefix("\ufeff")
        except OSError:
            return None


def _ended(running: subprocess.Popen[str]) -> None:
    """Wait until a process that was told to end has ended."""
    try:
        running.communicate(timeout=_STOP_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()


def digest(raw: bytes) -> str:
    """As `Version.digests` have it."""
    return hashlib.sha256(raw).hexdigest()


memory.few_arenas()
