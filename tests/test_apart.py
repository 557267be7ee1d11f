"""A long script is laid out by a process of its own: the same episode, and less that its maker holds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from producer import apart, render
from producer.cache import Cache
from producer.crew import Crew
from producer.deliver.files import Staging
from producer.effort import family
from producer.errors import ScriptError
from producer.laid import Laid
from producer.workshop import Workshop
from tests.crew_helpers import house_of, ordered, rendered
from tests.face_helpers import files
from tests.test_acts import SCRIPT
from tests.test_crew import needs_fork

pytestmark = needs_fork


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, and its render by one process in `plain`."""
    return rendered(tmp_path_factory.mktemp("house"), SCRIPT)


@pytest.fixture
def however_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "FEWEST_BYTES", 1)


class Told(render.NoWatch):
    """Notes what it is told, and does something when it is told of a stage."""

    def __init__(self, then: Callable[[str], None] = lambda _: None) -> None:
        self.stages: list[str] = []
        self.steps = 0
        self._then = then

    def stage(self, name: str, total: int) -> None:
        self.stages.append(name)
        self._then(name)

    def done(self, steps: int) -> None:
        self.steps += 1


@contextmanager
def laid_apart(house: Path, output: Path, cache: Path, watch: Told, **asked: object) -> Iterator[Laid | None]:
    order = ordered(house, str(output), **asked)
    with Cache(cache) as kept, Staging(output) as staging, Workshop(kept.work()) as workshop:
        yield apart.lay_out_apart(order, kept, watch, staging, workshop.shelf)
        staging.publish()


def apart_now() -> list[int]:
    """The processes that lay something out for this one, and what they have started."""
    begun = [one for one in family(os.getpid()) if b"producer.apart" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return [every for one in begun for every in family(one)]


@pytest.mark.usefixtures("however_short")
def test_an_episode_has_the_bytes_that_one_process_leaves(
    house: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(*_: object) -> Laid:
        raise AssertionError("it was laid out by this process")

    monkeypatch.setattr(render, "lay_out", here)
    watch = Told()
    with Cache(tmp_path / "cache") as cache, Crew(2) as crew:
        report = render.episode(ordered(house, str(tmp_path / "apart")), cache, watch, crew)
    assert files(tmp_path / "apart") == files(house / "plain")
    assert list(dict.fromkeys(watch.stages)) == ["voices", "timeline", "mix", "master", "audit"] and watch.steps > 8
    assert "The lamp has gone out." in [line.text for line in report.script.lines]
    assert any(clip.words for clip in report.timeline.clips) and report.filled
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("however_short")
def test_what_is_heard_comes_back_without_words_and_the_rest_when_it_is_asked_for(house: Path, tmp_path: Path) -> None:
    with laid_apart(house, tmp_path / "made", house / "cache", Told()) as laid:
        assert laid is not None
        assert not laid.placed.script.scenes and not any(clip.words for clip in laid.placed.timeline.clips)
        whole = laid.outline()
        assert whole.timeline.clips == tuple(
            replace(light, text=full.text, words=full.words, source=full.source)
            for light, full in zip(laid.placed.timeline.clips, whole.timeline.clips, strict=True)
        )
        planned, _, titles, made = laid.told()
        assert len(planned.clips) >= len([clip for clip in whole.timeline.clips if clip.kind == "speech"])
        assert titles["wind"] and made
        assert apart_now() == [], "it has ended"
    written = files(tmp_path / "made")
    assert "timeline.json" in written and set(written) < set(files(house / "plain"))
    assert {name: files(house / "plain")[name] for name in written} == written


def test_a_short_script_and_one_whose_words_are_wanted_are_laid_out_here(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Told()
    with laid_apart(house, tmp_path / "short", tmp_path / "cache", watch) as laid:
        assert laid is None
    monkeypatch.setattr(apart, "FEWEST_BYTES", 1)
    with laid_apart(house, tmp_path / "session", tmp_path / "cache", watch, session=("reaper",)) as laid:
        assert laid is None
    assert watch.stages == []


@pytest.mark.usefixtures("however_short")
def test_mistakes_are_raised_with_their_places(tmp_path: Path) -> None:
    wrong = house_of(tmp_path, SCRIPT.replace("rain level", "rian level").replace("room: small", "roomy: small"))
    with Cache(tmp_path / "cache") as cache:
        with pytest.raises(ScriptError) as apart_:
            render.episode(ordered(wrong, "made"), cache, render.NoWatch())
        with pytest.raises(ScriptError) as here:
            render.plan(ordered(wrong, "made"), cache, render.NoWatch())
    assert apart_.value.problems == here.value.problems and str(apart_.value) == str(here.value)
    assert len(apart_.value.problems) == 2 and all(one.at.line for one in apart_.value.problems)
    assert not (wrong / "made").exists() and apart_now() == []


@pytest.mark.usefixtures("however_short")
def test_where_the_process_is_killed_this_one_does_its_work(house: Path, tmp_path: Path) -> None:
    killed = []

    def kill(stage: str) -> None:
        if not killed and stage == "voices":
            killed.extend(apart_now())
            for one in killed:
                os.kill(one, signal.SIGKILL)

    watch = Told(kill)
    with Cache(tmp_path / "cache") as cache:
        render.episode(ordered(house, str(tmp_path / "made")), cache, watch)
    assert killed and watch.stages[:3] == ["voices", "voices", "timeline"]
    assert files(tmp_path / "made") == files(house / "plain")


@pytest.mark.usefixtures("however_short")
def test_who_stops_the_render_ends_the_process_and_all_that_it_started(house: Path, tmp_path: Path) -> None:
    def stop(stage: str) -> None:
        if stage == "voices":
            raise KeyboardInterrupt

    with Cache(tmp_path / "cache") as cache, pytest.raises(KeyboardInterrupt):
        render.episode(ordered(house, str(tmp_path / "made")), cache, Told(stop))
    assert apart_now() == []
    assert not (tmp_path / "made").exists()


def test_a_process_whose_asker_is_gone_ends(house: Path, tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "producer.apart", str(theirs.fileno())], pass_fds=(theirs.fileno(),)
        )
    with Connection(ours.detach()) as answers, Cache(tmp_path / "cache") as cache:
        answers.send((ordered(house, "made"), cache, tmp_path, tmp_path))
        assert answers.recv()[:2] == ("stage", "voices")
    assert process.wait(60) in (0, 1)


@pytest.mark.usefixtures("however_short")
def test_what_it_met_with_in_the_cache_is_told(house: Path, tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        render.plan(ordered(house, "made"), cache, render.NoWatch())
    for entry in (one for one in (tmp_path / "cache").rglob("*") if one.is_file()):
        raw = bytearray(entry.read_bytes())
        if raw:
            raw[-1] ^= 0xFF
            entry.write_bytes(raw)
    with Cache(tmp_path / "cache") as cache:
        render.episode(ordered(house, str(tmp_path / "made")), cache, render.NoWatch())
        assert cache.faults.damaged and "thrown away" in cache.remarks()[0]
    assert files(tmp_path / "made") == files(house / "plain")
