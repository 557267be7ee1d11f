"""Voices that are programs of the user's own: they speak, on time, and when they do not, one message says so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import RenderError, VoiceError
from producer.model.voice import Take
from producer.units import DIALOGUE_LUFS
from producer.voice import VOICES, known_voices, speak_lines
from producer.voice.engine import Utterance
from producer.voice.pool import Pool
from producer.voice.settings import settings
from producer.voice.wire import pack_utterance
from tests.command_synth import NOISES
from tests.face_helpers import ROOT
from tests.voice_helpers import line, tokens

RATE_HZ = 48000
SYNTH = Path(__file__).with_name("command_synth.py")
TEXT = "Nobody had lit the lamp for a year, and nobody would light it tonight."
UNREAD = "zz"
"""A language without a passage to measure a voice by: its lines are their own measure, and the tests quicker."""
FAULTS = {
    "silence": "gave silence",
    "white": "gave a steady noise or tone, and no speech",
    "tone": "gave a steady noise or tone, and no speech",
    "crash": "crashed (exit code 7): out of memory in the vocoder",
    "hang": "gave no answer within 3 s and was stopped",
    "nothing": "wrote no WAV file",
    "text": "wrote a file that cannot be read as WAV",
    "nan": "wrote samples that are no numbers",
}


def table(name: str, *words: str | Path, language: str = "en", **more: object) -> str:
    run = json.dumps([str(word) for word in words])
    rest = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
    return f'[voices.command.{name}]\nrun = {run}\nlanguage = "{language}"\n{rest}\n'


def synth(name: str, how: str, *words: str, language: str = UNREAD, **more: object) -> str:
    own = words or ("{text_file}", "{wav}", "{speed}")
    return table(name, sys.executable, SYNTH, how, *own, language=language, **more)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("PRODUCER_CONFIG", str(file))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the program under test speaks through this one's library
    monkeypatch.setenv("COMMAND_SYNTH_LOG", str(tmp_path / "asked.txt"))
    monkeypatch.setenv("COMMAND_SYNTH_PIDS", str(tmp_path / "pids.txt"))
    return file


@pytest.fixture
def spoken(config: Path, tmp_path: Path) -> Iterator[Mapping[str, Take]]:
    """One line by the same synthesiser, called in three ways, and by the engine itself."""
    config.write_text(
        synth("own_speed", "well")
        + synth("stretched", "well", "{text_file}", "{wav}", language="en")
        + synth("piped", "well", "-", "-", "{speed}"),
        "utf-8",
    )
    names = ("command:own_speed", "command:stretched", "command:piped", "en-us+m2")
    lines = [line(TEXT, name, number=number, wpm=165.0) for number, name in enumerate(names)]
    takes = speak_lines(lines, RATE_HZ, Cache(tmp_path / "cache"), jobs=2)
    yield {name: takes[f"line-{number}", 0] for number, name in enumerate(names)}


def test_a_program_speaks_at_the_rate_and_level_asked_with_every_word_in_its_place(spoken: Mapping[str, Take]) -> None:
    truth = [word.start / RATE_HZ for word in spoken["en-us+m2"].phrases[0].words]
    for name, take in spoken.items():
        (phrase,) = take.phrases
        assert take.wpm == pytest.approx(165.0, rel=0.1), name
        assert loudness(phrase.audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
        assert [word.token for word in phrase.words] == list(range(len(TEXT.split())))
        # The same synthesiser's own times, at the tempo at which the program spoke.
        tempo = len(phrase.audio) / len(spoken["en-us+m2"].phrases[0].audio)
        off_ms = [
            1000.0 * abs(word.start / RATE_HZ - tempo * known) for word, known in zip(phrase.words, truth, strict=True)
        ]
        assert np.median(off_ms) <= 20.0, (name, off_ms)
        assert max(off_ms) <= 60.0, (name, off_ms)
    piped, own = spoken["command:piped"], spoken["command:own_speed"]
    assert np.array_equal(piped.phrases[0].audio, own.phrases[0].audio)
    assert own.source == {"voice": "command:own_speed"}


def test_two_fresh_processes_and_any_number_of_jobs_give_the_same(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well", "{text_file}", "{wav}"), "utf-8")
    asked = [
        line(text, "command:lamp", number=n, pitch=10.0) for n, text in enumerate(("Who is it?", "Nobody at all."))
    ]
    one, two = (speak_lines(asked, RATE_HZ, Cache(tmp_path / str(jobs)), jobs) for jobs in (1, 2))
    for name, take in one.items():
        assert take.phrases[0].words == two[name].phrases[0].words
        assert take.phrases[0].audio.tobytes() == two[name].phrases[0].audio.tobytes()


@pytest.mark.parametrize("how", FAULTS)
def test_what_goes_wrong_is_told_once_at_its_line_and_the_rest_is_kept(how: str, config: Path, tmp_path: Path) -> None:
    config.write_text(synth("bad", how, time_limit_s=3.0), "utf-8")
    cache, folder = Cache(tmp_path / "cache"), tmp_path / "cache"
    good = line("All is well.", "en-gb", number=0)
    kept = speak_lines([good], RATE_HZ, cache)["line-0", 0]
    whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bad = [line(TEXT, "command:bad", number=number) for number in range(1, 5)]
    with pytest.raises(VoiceError) as error:
        speak_lines([good, *bad], RATE_HZ, cache, jobs=2)
    pattern = r"script/lamp\.yaml:1\d:9: line 'line-\d': the voice 'command:bad' " + re.escape(FAULTS[how])
    assert re.fullmatch(pattern + r"[^\n]*", str(error.value)), str(error.value)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == whole
    assert np.array_equal(speak_lines([good], RATE_HZ, cache)["line-0", 0].phrases[0].audio, kept.phrases[0].audio)
    if how == "hang":  # neither the program nor what it started is left behind
        for pid in map(int, (tmp_path / "pids.txt").read_text().split()):
            assert _is_gone(pid)


@pytest.mark.parametrize("text", ["Yes.", "Oh.", "Go on."])
def test_noise_is_no_speech_however_short_the_line(text: str, config: Path, tmp_path: Path) -> None:
    """Of any colour, in bursts, over a hum: one message for each voice, and nothing in the cache."""
    config.write_text("".join(synth(how, how) for how in NOISES), "utf-8")
    with Pool(1) as pool:
        for number, how in enumerate(NOISES):
            asked = [line(text, f"command:{how}", number=number)]
            with pytest.raises(VoiceError, match=r"' gave a steady noise or tone, and no speech$"):
                speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), pool=pool)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_single_held_vowel_is_speech_from_a_voice_that_speaks(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    (take,) = speak_lines([line("Oh.", "command:lamp")], RATE_HZ, Cache(tmp_path / "cache")).values()
    assert len(take.phrases[0].words) == 1


def test_a_program_ends_with_the_worker_that_runs_it(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("bad", "hang", time_limit_s=600.0), "utf-8")
    asked = Utterance(voice="bad", speed=1.0, pitch=0.0, tokens=tokens("Hello there."), ends=True)
    worker = subprocess.Popen([sys.executable, "-m", "producer.voice.worker"], stdin=subprocess.PIPE, cwd=ROOT)
    assert worker.stdin
    worker.stdin.write(pack_utterance("command", asked))
    worker.stdin.flush()
    while not (tmp_path / "pids.txt").exists() or not (tmp_path / "pids.txt").read_text():
        time.sleep(0.05)
    worker.terminate()
    worker.wait(10)
    worker.stdin.close()
    assert all(_is_gone(pid) for pid in map(int, (tmp_path / "pids.txt").read_text().split()))


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        status = Path(f"/proc/{pid}/status")
        try:
            os.kill(pid, 0)
            if status.exists() and "State:\tZ" in status.read_text():  # ended, and nobody has asked yet
                return True
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_another_command_program_or_version_is_another_voice(config: Path, tmp_path: Path) -> None:
    program = tmp_path / "synth.py"
    shutil.copy(SYNTH, program)

    def version(**more: object) -> str:
        config.write_text(table("lamp", sys.executable, program, "well", "{text_file}", "{wav}", **more), "utf-8")
        return VOICES["command"].version("lamp")

    first = version()
    assert version(time_limit_s=9.0) == first  # which changes no sound
    assert version(version="2") != first
    program.write_text(program.read_text("utf-8") + "# another\n", "utf-8")
    assert version() != first


def test_nothing_in_a_script_becomes_an_argument_or_reaches_a_shell(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    text = "--help; touch /tmp/x $(reboot) {wav} `id` goes on and on."
    speak_lines([line(text, "command:lamp")], RATE_HZ, Cache(tmp_path / "cache"))
    assert text in (tmp_path / "asked.txt").read_text("utf-8").splitlines()


def test_a_line_that_was_edited_runs_the_program_for_itself_alone(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    cache, asked = Cache(tmp_path / "cache"), tmp_path / "asked.txt"
    texts = ["Who is it at this hour?", "Nobody that you know."]
    speak_lines([line(text, "command:lamp", number=n) for n, text in enumerate(texts)], RATE_HZ, cache)
    asked.unlink()
    texts[1] = "Nobody that anybody knows."
    speak_lines([line(text, "command:lamp", number=n) for n, text in enumerate(texts)], RATE_HZ, cache)
    assert set(asked.read_text("utf-8").splitlines()) == {texts[1]}


def test_a_program_that_is_not_there_is_told_before_anything_is_spoken(config: Path, tmp_path: Path) -> None:
    config.write_text(table("lamp", "no-such-synthesiser", "{text_file}", "{wav}"), "utf-8")
    with pytest.raises(VoiceError) as error:
        speak_lines([line("Hello.", "command:lamp")], RATE_HZ, Cache(tmp_path / "cache"))
    assert str(error.value) == (
        "script/lamp.yaml:11:9: the voice 'command:lamp' has no program 'no-such-synthesiser' on this machine"
    )


def test_a_voice_that_is_not_configured_is_named_with_the_nearest(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamplighter", "well"), "utf-8")
    assert "command:lamplighter" in known_voices(Cache(tmp_path))
    with pytest.raises(VoiceError, match="no voice 'lamplihter'; did you mean 'lamplighter'"):
        speak_lines([line("Hello.", "command:lamplihter")], RATE_HZ, Cache(tmp_path / "cache"))


def test_ipa_that_a_program_cannot_read_is_told_at_its_line(config: Path, tmp_path: Path) -> None:
    from producer.model.script import Token

    config.write_text(synth("lamp", "well"), "utf-8")
    said = (*tokens("Her name is"), Token("Cholmley.", "ˈtʃɜːmliː.", ipa=True))
    with pytest.raises(VoiceError, match=r"line 'line-1': the voice 'command:lamp' cannot read IPA; say 'Cholmley'"):
        speak_lines([line(said, "command:lamp")], RATE_HZ, Cache(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[voices.command.x]\nlanguage = 'en'\n", "voices.command.x.run: Field required"),
        ("[voices.command.x]\nrun = 'espeak'\nlanguage = 'en'\n", "voices.command.x.run: "),
        (table("x", "espeak", shell=True), "voices.command.x.shell: there is no such setting"),
        ("[voices.command.X]\nrun = ['a']\nlanguage = 'en'\n", "voices.command.X"),
        ("[voices.piper.x]\nmodel = 'x.onnx'\n", "voices.piper.x.model: write the whole path, from the root or from ~"),
        ("[voices", ""),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_file_and_key(config: Path, text: str, what: str) -> None:
    config.write_text(text, "utf-8")
    with pytest.raises(RenderError) as error:
        settings()
    assert str(error.value).startswith(f"{config}: {what}")


def test_a_settings_file_that_is_named_must_be_there(config: Path) -> None:
    with pytest.raises(RenderError, match="which PRODUCER_CONFIG names"):
        settings()
