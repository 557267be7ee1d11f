"""`render check` asks a voice whether it reads the alphabets that it is given, and reaches rate and pitch."""

from __future__ import annotations

from pathlib import Path

from tests.face_helpers import Shell, cache, render, shell

__all__ = ["cache", "shell"]

SCRIPT = """\
title: Abroad
cast:
  ann: {voice: en-gb}
  ivan: {voice: ru}
  both: {together: [ann, ivan]}
scenes:
  - title: The border
    play:
      - ivan: Привет, мир.
      - ann: LINE
      - ann: Naïve œuvres cost three euros.
"""


def checked(shell: Shell, folder: Path, text: str) -> tuple[int, str]:
    (folder / "script.yaml").write_text(text, "utf-8")
    done = shell("check", "script.yaml", cwd=folder)
    return done.code, done.out + done.err


def test_letters_that_a_voice_cannot_read_are_found_without_a_render(shell: Shell, tmp_path: Path) -> None:
    text = SCRIPT.replace("LINE", "He said «Привет», and then 日本.") + "      - both: Πάντα ῥεῖ, they say.\n"
    code, said = checked(shell, tmp_path, text)
    mend = "and would name its letters; give it in letters that the voice reads"
    assert code == 1
    assert [line for line in said.splitlines() if "script.yaml" in line] == [
        f"script.yaml:10:9: line 'line-2': the voice 'en-gb' cannot read 'Привет' {mend}: {{Привет|…}}",
        f"script.yaml:12:9: line 'line-4': the voice 'en-gb' cannot read 'Πάντα' {mend}: {{Πάντα|…}}",
        f"script.yaml:12:9: line 'line-4': the voice 'ru' cannot read 'ῥεῖ' {mend}: {{ῥεῖ|…}}",
    ]


def test_a_word_that_is_to_be_said_as_it_cannot_be_is_named_as_it_is_said(shell: Shell, tmp_path: Path) -> None:
    code, said = checked(shell, tmp_path, SCRIPT.replace("LINE", "Call {Ivan|Иван}, now."))
    assert code == 1
    assert "the voice 'en-gb' cannot read 'Иван' and would name its letters" in said
    assert "{Ivan|…}" in said


def test_letters_that_it_reads_or_is_told_how_to_say_are_no_mistake(shell: Shell, tmp_path: Path) -> None:
    code, said = checked(shell, tmp_path, SCRIPT.replace("LINE", "He said {Привет|preev-yet}."))
    assert code == 0, said
    assert "no problems" in said


WRONG = """\
title: Once
cover: nothing.png
packs: [ruins]
rooms:
  vault: {impulse: rooms/none.wav}
cast:
  ann: {voice: en-gb}
  bob: {voice: en-xx}
scenes:
  - room: vault
    play:
      - sound: metal_knok
      - ann: Привет there.
      - bob: Привет.
      - ann: What is it?
        take: rehearsal/gone.wav
      - sound: boom at word "nonesuch"
"""


def test_mistakes_of_the_script_do_not_hide_those_of_files_and_voices(shell: Shell, tmp_path: Path) -> None:
    code, said = checked(shell, tmp_path, WRONG)
    found = [line for line in said.splitlines() if line.startswith("script.yaml:")]
    assert code == 1
    assert [line.split(": ")[0].removeprefix("script.yaml:") for line in found] == [
        "2:8",  # the cover
        "5:20",  # the impulse
        "8:16",  # a voice that is not there, whose lines are not told of
        "12:16",  # a sound
        "13:9",  # letters
        "15:9",  # a take
        "17:24",  # a moment
    ]


def test_a_broken_pack_does_not_hide_the_mistakes_of_the_script(shell: Shell, tmp_path: Path) -> None:
    manifest = tmp_path / "sfx" / "ours" / "pack.yaml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("pack: ours\nsounds:\n  bell: {foley: nock}\n", "utf-8")
    text = WRONG.replace("[ruins]", "[ours, ruins]").replace("metal_knok", "bell")
    code, said = checked(shell, tmp_path, text)
    places = [line.split(": ")[0] for line in said.splitlines()]
    assert code == 1
    assert [place for place in places if place.startswith("script.yaml")] == [
        f"script.yaml:{at}" for at in ("2:8", "5:20", "8:16", "13:9", "15:9", "17:24")
    ]  # nothing of 'bell': the pack that has it may
    assert "sfx/ours/pack.yaml:3:17" in places


FAST = """\
title: Beyond
cast:
  ann: {voice: en-gb, rate: 60 wpm}
  bob: {voice: en-us, pitch: 100 %}
  eve: {voice: en-gb}
  two: {together: [ann, eve]}
scenes:
  - play:
      - ann: The boat came in at dusk with nobody at the wheel.
      - bob: It had been painted green a long time ago.
      - two: We tied it up beside the others.
      - ann: Nobody ever saw the man again.
      - bob: That is what they say.
      - eve: They say nothing else.
        rate: 61 wpm
"""


def test_a_rate_or_a_pitch_beyond_its_voice_is_told_once_and_where_it_is_written(shell: Shell, tmp_path: Path) -> None:
    code, said = checked(shell, tmp_path, FAST)
    told = [line for line in said.splitlines() if line.startswith("script.yaml:")]
    assert code == 1
    assert [line.partition(": it reaches")[0] for line in told] == [
        "script.yaml:3:29: the voice 'en-gb' cannot speak at 60 wpm",
        "script.yaml:4:30: pitch +100 % is beyond the voice 'en-us'",
        "script.yaml:15:15: the voice 'en-gb' cannot speak at 61 wpm",
    ]
    done = shell("cues", "script.yaml", cwd=tmp_path)
    assert done.err.splitlines()[0] == told[1]  # nothing is spoken before every pitch is right
    (tmp_path / "script.yaml").write_text(FAST.replace("100 %", "10 %"), "utf-8")
    done = shell("cues", "script.yaml", cwd=tmp_path)
    assert done.err.splitlines() == [told[0], told[2]]


def test_a_voice_without_its_program_is_told_once_and_where_it_is_written(tmp_path: Path, cache: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[voices.command.gone]\nrun = ["/no/program", "{wav}"]\nlanguage = "en"\n', "utf-8")
    (tmp_path / "script.yaml").write_text(FAST.replace("voice: en-us", 'voice: "command:gone"'), "utf-8")
    env = {"PRODUCER_CONFIG": str(config)}
    done = render("check", "script.yaml", cwd=tmp_path, cache=cache, env=env)
    told = "script.yaml:4:17: the voice 'command:gone' has no program '/no/program' on this machine"
    assert done.code == 1 and told in done.err.splitlines()
    assert done.err.count("command:gone") == 1


def test_a_rate_beyond_its_voice_is_told_beside_the_mistakes_of_the_script(shell: Shell, tmp_path: Path) -> None:
    code, said = checked(shell, tmp_path, FAST.replace("100 %", "10 %") + "      - sound: knokk\n")
    assert code == 1
    assert ":3:29: the voice 'en-gb' cannot speak at 60 wpm" in said
    assert "knokk" in said
