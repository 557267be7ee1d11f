"""Engines that crash, hang, fail or chatter hurt nobody but their line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from producer.cache import Cache
from producer.errors import VoiceError
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
