"""`render voices`, and a cast of different engines, as users meet them."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer.cli import main
from producer.dsp.loudness import loudness
from producer.units import DIALOGUE_LUFS
from producer.voice.pace import PASSAGES
from tests.face_helpers import ROOT, Done, cache, render
from tests.test_voice_command import SYNTH, table

__all__ = ["cache"]

SCRIPT = """\
title: Two engines
packs: [ruins]
cast:
  narrator: {voice: "pyttsx3:en-gb", rate: 150 wpm}
  keeper: {voice: "command:lamp", rate: 150 wpm}
scenes:
  - title: The lamp
    play:
      - narrator: Nobody had lit the lamp for a whole year.
      - id: answer
        keeper: Then somebody should [door_creak level -12 LU] light it tonight.
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "two.yaml").write_text(SCRIPT, "utf-8")
    words = (sys.executable, SYNTH, "well", "{text_file}", "{wav}", "{speed}")
    broken = table("gone", "no-such-synthesiser", "{wav}")
    (tmp_path / "config.toml").write_text(table("lamp", *words) + broken, "utf-8")
    return tmp_path


def run(here: Path, cache: Path, *arguments: str | Path, **env: str) -> Done:
    own = {"PRODUCER_CONFIG": str(here / "config.toml"), "PYTHONPATH": str(ROOT)} | env
    return render(*arguments, cwd=here, cache=cache, env=own)


class Inside:
    """The command line in this process, for what makes no sound."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> Done:
        self._patch.setattr(sys, "argv", ["render", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        told = self._capsys.readouterr()
        return Done(int(left.value.code or 0), told.out, told.err)


@pytest.fixture
def inside(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    monkeypatch.setenv("PRODUCER_CONFIG", str(here / "config.toml"))
    return Inside(monkeypatch, capsys)


def test_every_voice_is_listed_as_a_script_writes_it(inside: Inside) -> None:
    listed = inside("voices")
    assert listed.code == 0
    assert " en-gb " in listed.out and " +f3 " in listed.out
    assert "command:lamp\n" in listed.out
    assert "command:gone  — has no program 'no-such-synthesiser' on this machine\n" in listed.out
    facts = json.loads(inside("voices", "--language", "en-GB", "--json").out)
    voices = {one["engine"]: one["voices"] for one in facts["engines"]}
    assert {one["language"] for some in voices.values() for one in some} == {"en"}
    assert {"voice": "en-us", "language": "en", "lacks": ""} in voices["pyttsx3"]
    assert [one["voice"] for one in voices["command"]] == ["command:gone", "command:lamp"]
    assert inside("voices", "--quiet").out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (("--play", "en-gx"), 1, "--play: there is no voice 'en-gx'; did you mean 'en-gb'?"),
        (("--play", "command:lamb"), 1, "--play: there is no voice 'lamb'; did you mean 'lamp'?"),
        (("--play", "comand:lamp"), 1, "--play: there is no voice engine 'comand'; did you mean 'command'?"),
        (("--play", "command:gone"), 1, "--play: the voice 'command:gone' has no program"),
        (("--play", "en-gb", "-o", "lamp.mp3"), 1, "-o: what is written is a WAV, and lamp.mp3 would not say so"),
        (("--language", "xx"), 1, "no voice here speaks 'xx'"),
        (("--text", "Hello."), 2, "--text and -o go with --play NAME"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(
    inside: Inside, arguments: tuple[str, ...], code: int, what: str
) -> None:
    done = inside("voices", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(what)


def test_check_finds_a_voice_that_cannot_speak_here(
    inside: Inside, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    assert inside("check").code == 0
    script = here / "script" / "two.yaml"
    script.write_text(script.read_text("utf-8").replace("command:lamp", "command:gone"), "utf-8")
    done = inside("check")
    assert (done.code, done.out.count("no problems")) == (1, 0)
    what = "the voice 'command:gone' has no program 'no-such-synthesiser' on this machine\n"
    assert done.err == f"script/two.yaml:5:20: {what}"


def test_a_voice_is_written_where_it_is_wanted_or_where_it_says(here: Path, cache: Path) -> None:
    wanted = here / "new" / "lamp.wav"
    done = run(here, cache, "voices", "--play", "command:lamp", "--text", "Who is it, at this hour?", "-o", wanted)
    assert done.code == 0, done.err
    audio, rate_hz = soundfile.read(wanted, always_2d=True)
    assert loudness(audio.astype(np.float32), rate_hz) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
    assert 0.8 < len(audio) / rate_hz < 4.0
    done = run(here, cache, "voices", "--play", "en-us+f3", PATH=str(here))  # no player there
    file = here / "output" / "voices" / "en-us_f3.wav"
    assert "no player here reaches a sound device" in done.out and str(file) in done.out
    assert soundfile.info(file).duration > 1.0


@pytest.mark.skipif(os.name == "nt", reason="players of other systems")
def test_the_first_player_that_reaches_a_device_plays_it(here: Path, cache: Path) -> None:
    """Programs of the names that systems have: one without a device, and one that takes the file."""
    for name, does in (("pw-play", "exit 1"), ("aplay", f'cp "$2" "{here}/heard.wav"')):
        (here / name).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (here / name).chmod(0o755)
    done = run(here, cache, "voices", "--play", "en-gb", PATH=f"{here}:/bin:/usr/bin")
    assert done.code == 0 and done.out.endswith("with aplay\n"), done
    assert soundfile.info(here / "heard.wav").duration > 1.0
    assert not (here / "output").exists()


def test_one_cast_of_two_engines_renders_with_its_cue_on_the_word(here: Path, cache: Path) -> None:
    done = run(here, cache, "episode", "--quiet")
    assert done.code == 0, done.err
    timeline = json.loads((here / "output" / "two" / "timeline.json").read_text("utf-8"))
    spoken = [clip for clip in timeline["clips"] if clip.get("words") and clip["scene"] != "credits"]
    assert [clip["source"]["voice"] for clip in spoken] == ["pyttsx3:en-gb", "command:lamp"]
    word = next(word for word in spoken[1]["words"] if word["text"] == "light")
    (creak,) = [clip for clip in timeline["clips"] if clip["name"] == "door_creak"]
    assert abs(creak["hit"] - word["start"]) <= 1


@pytest.mark.skipif(os.name == "nt", reason="the page's program is stood in for by a shell's name")
def test_the_page_on_voices_followed_to_the_letter_works(here: Path, cache: Path) -> None:
    """With a program of the name and the words that the page has, which speaks through the espeak-ng that is here."""
    page = (ROOT / "docs" / "voices.md").read_text("utf-8")
    tables = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert len(tables) == 2
    (here / "config.toml").write_text("\n".join(tables), "utf-8")
    (cast,) = re.findall(r"^    cast:\n(?:      .*\n)+", page, re.MULTILINE)
    assert "command:keeper" in cast
    program = here / "espeak-ng"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SYNTH}" well "$8" "$6" "$(($4 * 4 / 7))e-2"\n', "utf-8")
    program.chmod(0o755)
    body = SCRIPT.partition("scenes:")[2]
    script = "title: The page\npacks: [ruins]\n" + textwrap.dedent(cast) + "scenes:" + body
    (here / "script" / "two.yaml").write_text(script, "utf-8")
    path = f"{here}:/bin:/usr/bin"
    done = run(here, cache, "check", PATH=path)
    assert done.code == 0, done.err
    done = run(here, cache, "voices", "--play", "command:keeper", "-o", here / "keeper.wav", PATH=path)
    assert done.code == 0, done.err
    # 13 words or so of the passage's first sentence, at 150 words per minute.
    words = len(PASSAGES["en"].partition(". ")[0].split())
    assert soundfile.info(here / "keeper.wav").duration == pytest.approx(60.0 * words / 150.0, rel=0.25)
