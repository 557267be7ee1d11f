"""A crew of processes: it leaves the bytes that threads leave, and whatever becomes of it is made good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer import render
from producer.cache import Cache
from producer.crew import FEWEST_BYTES, FEWEST_PARTS, Crew
from producer.deliver.shelf import Shelf, shelf
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.rota import Rota
from producer.timeline.soon import heard_soon
from tests.crew_helpers import ordered, planned, rendered
from tests.face_helpers import files

SCRIPT = """\
title: Several parts
profile: alexa
packs: [ruins]
cast:
  ada: {voice: en-us}
  ben: {voice: en-gb, treat: telephone}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -14 LU
      - pause: 17 s
      - ada: Who is down there, and what do you want of us at this hour? [boom level -12 LU]
      - pause: 7 s
      - ben: Nobody. Nothing. Go back to sleep.
      - pause: 4 s
      - ada: The same as ever.
  - title: Above
    play:
      - bed: wind level -10 LU
      - pause: 2 s
      - ada: It rains, and I cannot sleep any more.
      - sound: metal_scrape level -10 LU
      - pause: 2 s
"""
"""As short as four parts allow, one of which begins in the midst of a scene; `alexa` has the fewest samples."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose episode has several parts, and its render without a crew in `plain`."""
    return rendered(tmp_path_factory.mktemp("house"), SCRIPT)


class Told(render.NoWatch):
    """Does something as soon as so much of a stage is done."""

    def __init__(self, stage: str, then: object) -> None:
        self._stage, self._then, self._now = stage, then, ""

    def stage(self, name: str, total: int) -> None:
        self._now = name

    def done(self, steps: int) -> None:
        if self._now == self._stage and callable(self._then):
            self._then()
            self._then = None


def children(crew: Crew) -> Iterator[int]:
    """Process numbers of the crew's hands."""
    first = crew._first
    assert first is not None
    yield first.pid
    yield from map(int, Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split())


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: threads do the work")


@needs_fork
def test_a_crew_leaves_the_bytes_that_threads_leave(house: Path, tmp_path: Path) -> None:
    """Also where the crew's cache is empty."""
    asked = {"stems": "each", "mixes": ("night", "clear_speech")}
    work = []
    with Cache(planned(house, tmp_path / "one")) as cache:
        render.episode(ordered(house, str(tmp_path / "threads"), **asked), cache, render.NoWatch())
    with Cache(tmp_path / "two") as cache, Crew(2) as crew:
        made = crew.mix

        def counted(parts: list[int]) -> Iterator[object]:
            for part, stems in made(parts):
                work.append((part, stems))
                yield part, stems

        crew.mix = counted  # type: ignore[method-assign, assignment]
        render.episode(ordered(house, str(tmp_path / "crew"), **asked), cache, render.NoWatch(), crew)
    assert sorted(part for part, _ in work) == list(range(len(work)))
    assert len(work) >= FEWEST_PARTS
    assert all(stems for _, stems in work)
    assert files(tmp_path / "crew") == files(tmp_path / "threads")


@needs_fork
def test_of_four_hands_none_is_lost(house: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each closes what it has of the others, which is less for the later ones; one that fails says so."""
    with Cache(planned(house, tmp_path / "cache")) as cache, Crew(4) as crew:
        render.episode(ordered(house, str(tmp_path / "crew"), jobs=4), cache, render.NoWatch(), crew)
    assert capfd.readouterr() == ("", "")
    assert files(tmp_path / "crew") == files(house / "plain")


def test_a_hand_knows_every_part_by_the_name_that_it_has_here(house: Path) -> None:
    """What it is not sent, words above all, is in no name: else nothing that it makes would be found."""
    with Cache(house / "cache") as cache, shelf(house) as room:
        placed = render.plan(ordered(house, "plain"), cache, render.NoWatch())
        sent = placed.without_words()
        here, there = (Mixing(one, (STANDARD,), "none", room, cache) for one in (placed, sent))
        assert [here.name(part.index) for part in here.mixer.parts] == [
            there.name(part.index) for part in there.mixer.parts
        ]
    assert any(clip.words for clip in placed.timeline.clips)
    assert not any(clip.words or clip.text for clip in sent.timeline.clips)


@needs_fork
def test_a_script_that_was_made_to_the_end_calls_nobody(house: Path, tmp_path: Path) -> None:
    script, broken = tmp_path / "long.yaml", RuntimeError("before the end")
    script.write_text("#" * FEWEST_BYTES)
    with Cache(tmp_path / "cache") as cache:
        with pytest.raises(RuntimeError), Crew(2) as crew:
            crew.warm(script, cache)
            assert crew._first is not None
            raise broken
        with Crew(2) as crew:
            crew.warm(script, cache)
            assert crew._first is not None
        with Crew(2) as crew:
            crew.warm(script, cache)
            assert crew._first is None
        script.write_text("#" * FEWEST_BYTES + " changed")  # most of it is as it was
        with Crew(2) as crew:
            crew.warm(script, cache)
            assert crew._first is None
        another = tmp_path / "another.yaml"
        another.write_bytes(script.read_bytes())
        with Crew(2) as crew:
            crew.warm(another, cache)
            assert crew._first is not None
        with Crew(2) as crew:
            crew.warm(script, cache, ("", "sfx/winter"))
            assert crew._first is not None


@needs_fork
@pytest.mark.parametrize(("stage", "many"), [("mix", 1), ("mix", 2), ("master", 2)])
def test_hands_that_are_killed_cost_time_and_nothing_else(house: Path, tmp_path: Path, stage: str, many: int) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("only Linux says who a process's children are")
    with Cache(planned(house, tmp_path / "cache")) as cache, Crew(2) as crew:

        def kill() -> None:
            for pid in [*children(crew)][:many]:
                os.kill(pid, signal.SIGKILL)

        render.episode(ordered(house, str(tmp_path / "out")), cache, Told(stage, kill), crew)
    assert files(tmp_path / "out") == files(house / "plain")


@needs_fork
def test_errands_of_episodes_that_came_to_nothing_keep_no_hand_from_the_next(house: Path, tmp_path: Path) -> None:
    script = tmp_path / "long.yaml"
    script.write_text("#" * FEWEST_BYTES)
    with Cache(planned(house, tmp_path / "cache")) as cache, Crew(2) as crew, shelf(tmp_path) as room:
        crew.warm(script)
        placed = render.plan(ordered(house, "plain"), cache, render.NoWatch())
        soon = heard_soon(placed.script, placed.palette, placed.palette.computed)
        for _ in range(3):
            crew.listen(placed.palette, lambda: soon, lambda: room)
        assert crew.begin(placed, (STANDARD,), "none", room, FEWEST_PARTS)
        parts = range(FEWEST_PARTS)
        made = sorted(crew.mix(parts))
        assert [part for part, _ in made] == list(parts)
        assert all(room.get(f"{STANDARD.name} {part}") is not None for part in parts)


@needs_fork
def test_a_crew_makes_one_episode_after_another_with_new_hands(house: Path, tmp_path: Path) -> None:
    with Crew(2) as crew:
        for name in ("first", "second"):
            with Cache(planned(house, tmp_path / f"{name} cache")) as cache:
                made = []
                mix = crew.mix

                def counted(
                    parts: list[int], made: list[object] = made, mix: Callable[..., Iterator[object]] = mix
                ) -> Iterator[object]:
                    for one in mix(parts):
                        made.append(one)
                        yield one

                with pytest.MonkeyPatch.context() as patched:
                    patched.setattr(crew, "mix", counted)
                    render.episode(ordered(house, str(tmp_path / name)), cache, render.NoWatch(), crew)
                assert made
            assert crew._gone[-1].wait(5.0) == 0, "its hands end before the audit, and others come for the next"
            assert files(tmp_path / name) == files(house / "plain")


def test_a_crew_that_has_not_mixed_is_not_asked_to_finish(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ordered(house, str(tmp_path / "out"))
    with Cache(house / "cache") as cache, Crew(2) as crew:  # which has all of it: there is nothing to mix

        def finish(*_: object) -> Iterator[int]:
            raise AssertionError("threads finish what threads, or nobody, mixed")

        monkeypatch.setattr(crew, "finish", finish)
        render.episode(order, cache, render.NoWatch(), crew)
    assert files(tmp_path / "out") == files(house / "plain")


@needs_fork
def test_hands_end_with_the_crew_and_with_who_called_them(house: Path, tmp_path: Path) -> None:
    with Crew(2) as crew:
        (tmp_path / "long.yaml").write_text("#" * FEWEST_BYTES)
        crew.warm(tmp_path / "long.yaml")
        first = crew._first
        assert first is not None
        assert first.poll() is None
    assert first.returncode == 0


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="this system shares its cores in another way")
def test_hands_take_long_turns_and_nobody_else_does(house: Path, tmp_path: Path) -> None:
    seen = set[int]()
    with Cache(planned(house, tmp_path / "cache")) as cache, Crew(2) as crew:
        watch = Told("mix", lambda: seen.update(map(os.sched_getscheduler, children(crew))))
        render.episode(ordered(house, str(tmp_path / "out")), cache, watch, crew)
    assert seen == {os.SCHED_BATCH}
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_short_script_and_a_single_job_call_nobody(tmp_path: Path) -> None:
    script = tmp_path / "short.yaml"
    script.write_text("title: Short\n")
    with Crew(2) as crew:
        crew.warm(script)
        crew.warm(tmp_path / "nowhere.yaml")
        assert crew._first is None
    script.write_text("#" * FEWEST_BYTES)
    with Crew(1) as crew:
        crew.warm(script)
        assert crew._first is None


@given(parts=st.sets(st.integers(0, 60)), hands=st.integers(1, 5), chance=st.randoms(use_true_random=False))
def test_a_rota_gives_every_part_to_one_hand(parts: set[int], hands: int, chance: object) -> None:
    rota = Rota(sorted(parts), hands)
    given_out, ready = [], list(range(hands))
    while ready:
        hand = chance.choice(ready)  # type: ignore[attr-defined]
        part = rota.following(hand)
        if part is None:
            ready.remove(hand)
        else:
            given_out.append(part)
    assert sorted(given_out) == sorted(parts)


def test_a_rota_keeps_neighbours_together_and_leaves_nobody_idle() -> None:
    rota = Rota(range(12), 2)
    assert [rota.following(0) for _ in range(6)] == [0, 1, 2, 3, 4, 5]
    assert [rota.following(1) for _ in range(2)] == [6, 7]
    assert [rota.following(0) for _ in range(2)] == [10, 11]  # the later half of what the other has left
    assert [rota.following(1) for _ in range(3)] == [8, 9, None]


def test_a_shelf_gives_back_what_another_put_there(tmp_path: Path) -> None:
    audio = np.random.default_rng(1).standard_normal((1000, 2)).astype(np.float32)
    with shelf(tmp_path / "work") as one:
        other = Shelf(one.folder)
        one.put("standard 1", audio)
        one.put("stem/../x", np.zeros((7, 2), np.float32))
        assert np.array_equal(other.get("standard 1"), audio)
        assert np.array_equal(other.get("stem/../x"), np.zeros((7, 2), np.float32))
        assert other.get("standard 2") is None
    assert not list((tmp_path / "work").iterdir())


def test_what_a_killed_render_left_is_cleared_and_what_a_running_one_has_is_not(tmp_path: Path) -> None:
    killed = (
        "import os, pathlib, sys; from producer.owned import OwnedFolder\n"
        "print(OwnedFolder(pathlib.Path(sys.argv[1]), '.mix-').path, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path)], capture_output=True, text=True, check=False)
    left, young, old = Path(done.stdout.strip()), tmp_path / ".mix-young123", tmp_path / ".mix-old12345"
    for folder in (young, old):  # whose makers have not come to mark them
        folder.mkdir()
    os.utime(old, (1e9, 1e9))
    assert (left / "owned").is_file()
    with shelf(tmp_path) as running:
        os.utime(running.folder, (running.folder.stat().st_mtime - 600.0,) * 2)
        with shelf(tmp_path):
            assert running.folder.exists()
            assert young.exists()
            assert not left.exists()
            assert not old.exists()


def test_hands_are_called_before_this_process_loads_what_reads_a_script(house: Path) -> None:
    """So that both load what they need at the same time."""
    program = """\
import sys
from producer.cli import main
from producer.crew import Crew

def warm(*_):
    print(sorted({"producer.script", "producer.sounds", "producer.mix", "producer.render"} & set(sys.modules)))
    raise SystemExit

Crew.warm = warm
main()
"""
    script = house / "script" / "house.yaml"
    command = [sys.executable, "-c", program, "episode", str(script), "--quiet"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=house, check=False)
    assert said.stdout.strip() == "[]", said.stderr
