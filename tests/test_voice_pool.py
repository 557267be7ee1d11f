"""Engines that crash, hang, fail or chatter hurt nobody but their line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from producer.cache import Cache
from producer.errors import VoiceError
from producer.voice import pool as pools
from producer.voice import speak_lines
from producer.voice.engine import Utterance
from producer.voice.finish import trim
from producer.voice.pool import RETIRE_AFTER, Pool
from tests.voice_helpers import ENGINES, VOICES, line, tokens


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, ENGINES) as workers:
        yield workers


def message(pool: Pool, cache: Path, engine: str, text: str = "Help me.") -> str:
    with pytest.raises(VoiceError) as error:
        speak_lines([line(text, f"{engine}:one")], 48000, Cache(cache), voices=VOICES, pool=pool)
    return str(error.value)


def test_a_crash_names_the_voice_the_line_and_its_place(pool: Pool, tmp_path: Path) -> None:
    text = message(pool, tmp_path, "crashing")
    assert text.startswith("script/lamp.yaml:11:9: line 'line-1': the voice 'crashing:one' crashed (")


def test_a_fault_inside_an_engine_names_the_voice_the_line_and_its_place(pool: Pool, tmp_path: Path) -> None:
    assert message(pool, tmp_path, "failing") == (
        "script/lamp.yaml:11:9: line 'line-1': the voice 'failing:one' failed (ZeroDivisionError: nothing to divide by)"
    )


def test_a_voice_that_hangs_is_stopped(tmp_path: Path) -> None:
    with Pool(1, ENGINES, grace_s=2.0) as pool:
        text = message(pool, tmp_path, "hanging")
        assert text == (
            "script/lamp.yaml:11:9: line 'line-1': the voice 'hanging:one' gave no answer within 2 s and was stopped"
        )


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not say who waits for a core")
def test_a_voice_that_gets_no_core_is_waited_for(tmp_path: Path) -> None:
    asked = Utterance(voice="one", speed=100.0, pitch=0.0, tokens=tokens("toil"), ends=True)
    code = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    rivals = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    try:
        with Pool(1, ENGINES, grace_s=1.5) as pool:
            assert len(pool.say("toiling", asked).samples)
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


def test_after_a_crash_the_next_line_is_spoken(pool: Pool, tmp_path: Path) -> None:
    message(pool, tmp_path, "crashing")
    takes = speak_lines([line("well", "crashing:one")], 48000, Cache(tmp_path), voices=VOICES, pool=pool)
    assert len(takes["line-1", 0].phrases[0].audio) > 10000


def test_what_a_library_prints_does_not_spoil_the_sound(pool: Pool, tmp_path: Path) -> None:
    takes = speak_lines([line("hello", "chatty:one")], 48000, Cache(tmp_path), voices=VOICES, pool=pool)
    asked = Utterance(voice="en-gb", speed=120.0, pitch=0.0, tokens=tokens("hello"), ends=True)
    own = trim(pool.say("pyttsx3", asked))
    assert len(takes["line-1", 0].phrases[0].audio) == pytest.approx(len(own.samples) * 48000 / own.rate_hz, abs=2)


def test_a_worker_that_has_served_long_is_replaced() -> None:
    asked = Utterance(voice="one", speed=100.0, pitch=0.0, tokens=tokens("count"), ends=True)
    with Pool(1, ENGINES) as workers:
        served = [len(workers.say("counting", asked).samples) for _ in range(RETIRE_AFTER + 2)]
    assert served == [*range(1, RETIRE_AFTER + 1), 1, 2]


def test_one_crash_ends_the_work_on_other_lines(pool: Pool, tmp_path: Path) -> None:
    lines = [line("Help me.", "crashing:one", number=n) for n in range(50)]
    with pytest.raises(VoiceError) as error:
        speak_lines(lines, 48000, Cache(tmp_path), voices=VOICES, pool=pool)
    assert 1 <= len(str(error.value).splitlines()) < 10


def test_workers_of_the_programs_own_voices_rest_where_many_episodes_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_resting", pools._Resting())
    asked = Utterance(voice="en-gb", speed=120.0, pitch=0.0, tokens=tokens("hello"), ends=True)

    def spoken(workers: int) -> tuple[bytes, subprocess.Popen[bytes]]:
        with pools.lent(workers, "pyttsx3") as lent:
            said = lent.say("pyttsx3", asked).samples.tobytes()
            (process,) = [one._process for one in lent._workers if one._process is not None]
        return said, process

    first, ended = spoken(1)
    assert ended.poll() is not None
    pools.keep()
    kept = [spoken(1) for _ in range(3)]
    assert {said for said, _ in kept} == {first}
    assert len({process.pid for _, process in kept}) == 1 and kept[0][1].poll() is None
    assert spoken(2)[0] == first  # more of them are another pool
    assert kept[0][1].poll() is not None
    two = spoken(2)[1]
    assert spoken(1)[1] is two and two.poll() is None  # which serves whoever needs less, too

    def interrupted() -> None:
        with pools.lent(2, "pyttsx3") as lent:
            (process,) = [one._process for one in lent._workers if one._process is not None]
            left.append(process)
            raise KeyboardInterrupt

    left: list[subprocess.Popen[bytes]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert left[0].poll() is not None and pools._resting.pools == []


@pytest.mark.parametrize(("many", "workers"), [(1, 1), (4, 1), (5, 2), (9, 2)])
def test_a_few_lines_are_not_worth_another_worker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, many: int, workers: int
) -> None:
    monkeypatch.setattr(pools, "_resting", pools._Resting(keeping=True))
    takes = speak_lines([line(f"Line {n}.", "en-gb", number=n) for n in range(many)], 48000, Cache(tmp_path), 2)
    [kept] = pools._resting.pools
    begun = sum(one._process is not None for one in kept._workers)
    kept.stop()
    assert (len(takes), kept.workers) == (many, workers)
    assert 1 <= begun <= workers


def test_no_worker_of_another_engine_rests() -> None:
    asked = Utterance(voice="one", speed=100.0, pitch=0.0, tokens=tokens("count"), ends=True)
    own = Utterance(voice="en-gb", speed=120.0, pitch=0.0, tokens=tokens("hello"), ends=True)
    with Pool(1, ENGINES) as workers:
        assert [len(workers.say("counting", asked).samples) for _ in range(2)] == [1, 2]
        workers.rest("pyttsx3")
        workers.say("pyttsx3", own)
        workers.rest("pyttsx3")
        assert workers._folder is None
        workers.say("pyttsx3", own)
        assert len(workers.say("counting", asked).samples) == 1  # of a new process, which has a folder
        assert workers._folder is not None
