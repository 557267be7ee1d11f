"""The command line as its users meet it: exit codes, what goes to which stream, and the same bytes everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from producer import __version__
from producer.model.profile import PROFILES
from tests.face_helpers import ENTRY, ROOT, Done, Shell, cache, files, is_messages, render, shell

__all__ = ["cache", "shell"]

SHORT = """\
# A few seconds with several kinds of cue.
title: Four boards
packs: [mine, ruins]
speech_margin: {beds: 12 LU, music: 10 LU}
cast:
  ada: {name: Ada, voice: en-us+f3, pan: left 20}
  ben: {name: Ben, voice: en-gb, treat: telephone}
  all_of_them: {together: [ada, ben]}
rooms:
  cellar: {preset: small stone room, decay: 0.6 s}
scenes:
  - title: Below
    room: cellar
    play:
      - bed: wind level -24 LU, fade_in 1 s
      - pause: 800 ms
      - ada: Who is down there? [thud level -10 LU, pan right 60]
      - sound: boots_on_boards path far left -> near right, repeat 4
      - ben: Nobody.
      - bed: wind level -16 LU, set strength 0.8, over 1 s
      - hear: muffled over 300 ms
      - all_of_them: Come up!
      - music: boom at after word "up" + 200 ms, level -9 LU
      - pause: 1200 ms
      - cut: all
"""
PACK = """\
pack: mine
version: 1.0.0
author: Tests
licence: CC0-1.0
sounds:
  thud:
    kind: hit
    files: [thud/*.wav]
    vary: {pitch: ± 60 cents, level: ± 1.5 dB}
"""


def project(folder: Path, script: str = SHORT, name: str = "four_boards.yaml") -> Path:
    """A project with a pack of recordings of its own; returns its folder."""
    import numpy as np
    import soundfile

    (folder / "script").mkdir(parents=True)
    (folder / "script" / name).write_text(script, "utf-8")
    pack = folder / "sfx" / "mine"
    (pack / "thud").mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK, "utf-8")
    for number, hz in enumerate((70.0, 90.0, 120.0)):
        t = np.arange(22050) / 44100
        soundfile.write(pack / "thud" / f"{number}.wav", 0.5 * np.sin(2 * np.pi * hz * t) * np.exp(-9 * t), 44100)
    return folder


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nobody renders: for commands that make nothing."""
    return project(tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, rendered with one job and a cache of its own."""
    folder = project(tmp_path_factory.mktemp("first"))
    done = render(
        *("episode", "--jobs", "1"),
        cwd=folder,
        cache=folder / "cache",
        env={"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    )
    assert (done.code, done.err) == (0, "")
    (folder / "said.txt").write_text(done.out, "utf-8")
    return folder


# ---- the main job


def test_an_episode_says_what_it_chose_how_it_measures_and_what_it_wrote(first: Path) -> None:
    said = (first / "said.txt").read_text("utf-8").splitlines()
    assert said[0] == "script: script/four_boards.yaml (the only script)"
    assert re.fullmatch(r"Four boards: 0:\d\d for podcast", said[1])
    assert said[2].startswith("loudness   -16.") or said[2].startswith("loudness   -15.")
    assert [line for line in said if line.startswith("speech ")] == [
        line for line in said if re.search(r"LU over (beds|music) at least \(asked 1[02]\.0\): line-\d at 0:", line)
    ]
    wrote = {line.split()[1] for line in said if line.startswith("wrote ")}
    assert wrote == {f"output/four_boards/{name}" for name in files(first / "output" / "four_boards")}


def test_the_folder_holds_what_the_contract_names(first: Path) -> None:
    assert set(files(first / "output" / "four_boards")) == {
        *("four_boards.mp3", "timeline.json", "transcript.vtt", "transcript.srt", "transcript.json"),
        *("transcript.txt", "transcript.html", "captions.vtt", "captions.srt", "chapters.json", "chapters.vtt"),
        *("episode.json", "credits.txt", "audit.json", "audit.html", "index.html", "reference.npz"),
        "manifest.json",
    }
    assert [path.name for path in (first / "output").iterdir()] == ["four_boards"]  # nothing is left lying about


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_profile_is_told_of_to_the_end(tmp_path: Path, shell: Shell, here: Path, profile: str) -> None:
    done = shell("episode", "--profile", profile, "-o", tmp_path / "made", cwd=here)
    assert done.code == 0, done.err
    said = done.out.splitlines()
    assert re.fullmatch(rf"Four boards: 0:\d\d for {profile}", said[1])
    assert said[-1].startswith("wrote ")
    assert any(line.startswith("rms ") for line in said) == (profile == "acx"), said
    preview = shell("episode", "--scene", "1", "--draft", "--profile", profile, "-o", tmp_path / "made", cwd=here)
    assert (preview.code, preview.err) == (0, "")


def test_nothing_in_it_tells_where_or_when_it_was_made(first: Path) -> None:
    for name, content in files(first / "output" / "four_boards").items():
        for secret in (str(first), str(Path.home()), str(ROOT), os.uname().nodename if hasattr(os, "uname") else ""):
            assert len(secret) < 4 or secret.encode() not in content, f"{name} holds {secret}"
        assert not re.search(rb"\b20\d\d-[01]\d-[0-3]\d\b", content[:200_000]), f"{name} holds a date"


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """The same script elsewhere, with all else different; how the command ended, and where its files are."""
    folder = tmp_path_factory.mktemp("second")
    far = project(folder / "somewhere else" / "Ünder")
    target = folder / "a" / "b"
    done = render(
        *("episode", far / "script" / "four_boards.yaml", "--jobs", "2", "-o", target, "--json"),
        cwd=folder,
        cache=folder / "cache",
        env={"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"},
    )
    return done, target


def test_other_folders_caches_jobs_and_settings_of_the_machine_give_the_same_bytes(
    first: Path, second: tuple[Done, Path]
) -> None:
    assert files(second[1]) == files(first / "output" / "four_boards")


def test_o_receives_the_files_and_json_is_one_document(second: tuple[Done, Path]) -> None:
    done, target = second
    assert (done.code, done.err) == (0, "")
    facts = json.loads(done.out)
    assert (facts["title"], facts["profile"]) == ("Four boards", "podcast")
    assert abs(facts["loudness_lufs"] + 16) <= 0.5 and facts["true_peak_dbtp"] <= -1
    assert set(facts["files"]) == {f"a/b/{name}" for name in files(target)}
    assert not (target.parent.parent / "somewhere else" / "Ünder" / "output").exists()
    assert set(facts["tightest_margin"]) <= {"beds", "music"}
    for margin in facts["tightest_margin"].values():
        assert margin["margin_lu"] >= margin["asked_lu"] - 0.05
        assert re.search(r"four_boards\.yaml:\d+:\d+$", margin["where"])


def readings(folder: Path) -> dict[Path, bytes]:
    """What the cache has of lines that were spoken: entries whose payload begins with a reading's JSON."""
    found = {}
    for entry in folder.glob("??/*"):
        payload = entry.read_bytes().partition(b"\n")[2]
        if payload.startswith(b'{"lengths"') and b'"rates_hz"' in payload.partition(b"\n")[0]:
            found[entry] = payload
    return found


def test_only_a_line_that_changes_is_spoken_anew(first: Path, tmp_path: Path) -> None:
    shutil.copytree(first / "cache", tmp_path / "cache")
    before = readings(tmp_path / "cache")
    assert len(before) == 4 + 3  # Ada, Ben, and the two who speak together; and the credits
    edited = project(tmp_path / "edited", SHORT.replace("Nobody.", "Nobody but me."))
    done = render("cues", cwd=edited, cache=tmp_path / "cache")
    assert (done.code, done.err) == (0, "")
    after = readings(tmp_path / "cache")
    assert len(after) == len(before) + 1
    assert {path: after[path] for path in before} == before


# ---- a failed render


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "boots_on_boards",
            "boots_on_bords",
            "no pack has the sound 'boots_on_bords'; did you mean 'boots_on_boards'?",
        ),
        ("repeat 4", "until start of scene", "script/four_boards.yaml:18:"),
        ("files: [thud/*.wav]", "files: [thud/3.wav]", "sfx/mine/pack.yaml:8:"),
    ],
)
def test_a_render_that_fails_leaves_the_last_one_as_it_was(
    first: Path, tmp_path: Path, shell: Shell, before: str, after: str, message: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(first, broken, ignore=shutil.ignore_patterns("cache"))
    for file in (broken / "script" / "four_boards.yaml", broken / "sfx" / "mine" / "pack.yaml"):
        file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    done = shell("episode", "script/four_boards.yaml", cwd=broken)
    assert (done.code, done.out) == (1, "")
    assert message in done.err and is_messages(done.err)
    assert files(broken / "output") == files(first / "output")


def test_an_output_that_cannot_be_written_is_one_message(first: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "taken").write_bytes(b"a file, not a folder")
    for target in ("taken", "taken/below"):
        done = shell("episode", "-o", tmp_path / target, "--quiet", cwd=first)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("cannot write to ") and done.err.count("\n") == 1
    assert (tmp_path / "taken").read_bytes() == b"a file, not a folder"
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


# ---- mistakes

MISTAKES = Path(__file__).parent / "mistakes"
SCRIPTS = sorted(MISTAKES.glob("*.yaml"))
HARBOUR = {
    **{"sea": "kind: bed, foley: water", "room_tone": "kind: bed, foley: room_tone", "wind": "kind: bed, foley: wind"},
    **{"theme": "kind: stinger, foley: riser", "gull": "kind: hit, foley: breath, variations: 3"},
    **{"rope_creak": "kind: hit, foley: friction", "door_latch": "kind: hit, foley: mechanism"},
    **{"glass_tick": "kind: hit, foley: impact", "knock": "kind: hit, foley: knock, variations: 2"},
    **{"drip": "kind: hit, foley: knock", "boots_on_stone": "kind: steps, foley: steps, variations: 4"},
}
PACKS = {
    "harbour": HARBOUR,
    "storm": {"squall": "kind: hit, foley: boom", "rain_on_tin": "kind: bed, foley: rain"},
    "winter": {"rain_on_tin": "kind: bed, foley: rain"},
    "weather": {"hail": "kind: hit, foley: impact"},
}


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> dict[str, Done]:
    """What `render check` says of every script with mistakes, by its name."""
    folder = tmp_path_factory.mktemp("mistakes")
    shutil.copytree(MISTAKES, folder / "script")
    for pack, sounds in PACKS.items():
        (folder / "sfx" / pack).mkdir(parents=True)
        roles = "".join(f"  {role}: {{{what}}}\n" for role, what in sounds.items())
        head = f"pack: {pack}\nversion: 1.0.0\nauthor: Tests\nlicence: CC0-1.0\nsounds:\n"
        (folder / "sfx" / pack / "pack.yaml").write_text(head + roles, "utf-8")
    return {script.stem: shell("check", f"script/{script.name}", cwd=folder) for script in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_check_tells_every_mistake_at_its_place_and_nothing_else(checked: dict[str, Done], script: Path) -> None:
    # This wind is the real one, which cannot be turned off.
    expected = (
        script.with_suffix(".txt").read_text("utf-8").replace("goes from 0 to 1, not", "goes from 0.05 to 1, not")
    )
    done = checked[script.stem]
    assert (done.code, done.out) == (1, "")
    assert is_messages(done.err)
    messages = [line for line in done.err.splitlines() if not line.startswith("    ")]
    assert messages == [f"script/{script.name}:{line}" for line in expected.splitlines()]


SEVERAL = """\
title: T
packs: [ruins]
cover: nope.jpg
cast: {ada: {voice: en-us+f3}, ben: {voice: en-gb}}
rooms: {vault: {impulse: vault.wav}}
scenes:
  - play:
      - music: warmth
      - ada: Hello.
        room: vault
      - ben: Привет.
      - ada: Once more.
        take: 9
      - ben: Too high.
        pitch: 99 %
      - pause: until end of warmth
"""
TOLD = (
    r"3:8: cover: cannot read nope\.jpg",
    r"5:26: impulse: .* is not there",
    r"11:9: .*cannot read 'Привет'",
    r"12:9: take: there is no take 9",
    r"15:16: pitch \+99 % is beyond the voice 'en-gb'",
    r"16:16: .*'warmth' has no end of its own",
)


@pytest.mark.parametrize("command", ["check", "cues"])
def test_what_a_script_needs_is_looked_for_in_all_places_at_once(tmp_path: Path, shell: Shell, command: str) -> None:
    done = shell(command, cwd=project(tmp_path, SEVERAL))
    assert done.code == 1
    assert len(done.err.splitlines()) == len(TOLD)
    for line, message in zip(done.err.splitlines(), TOLD, strict=True):
        assert re.match(rf"script/four_boards\.yaml:{message}", line), line


@pytest.mark.parametrize("command", ["check", "cues", "episode"])
def test_problems_are_one_json_document(tmp_path: Path, shell: Shell, command: str) -> None:
    script = SHORT.replace("ada: Who is", "ada: Who: is").replace("music: boom", "music: boomm")
    folder = project(tmp_path, script)
    plain, as_json = shell(command, cwd=folder), shell(command, "--json", cwd=folder)
    assert (plain.code, as_json.code, as_json.err) == (1, 1, "")
    first, second = json.loads(as_json.out)["problems"]
    assert (first["at"], second["at"]) == (
        {"file": "script/four_boards.yaml", "line": 17, "column": 17},
        {"file": "script/four_boards.yaml", "line": 23, "column": 16},
    )
    assert first["mended"].startswith("      - ada: >\n          Who: is") and second["mended"] is None
    assert f"17:17: {first['what']}\n" in plain.err and f"23:16: {second['what']}\n" in plain.err
    missing = shell(command, "--json", "script/none.yaml", cwd=folder)
    (problem,) = json.loads(missing.out)["problems"]
    assert (missing.code, missing.err, problem["at"]["line"]) == (1, "", None)
    assert "none.yaml" in problem["what"]
    assert shell(command, "--json", "--nope", cwd=folder).code == 2


@pytest.mark.parametrize(
    "command",
    [
        *("takes status none.yaml", "takes booth none.yaml", "takes import none", "draft none.yaml --edition es"),
        *("pack show none", "pack check none", "pack diff none nil", "pack coverage none.yaml"),
        *("audit none", "diff none nil", "verify none", "season none", "feed none --url https://example.org/"),
        "voices --play none",
    ],
)
def test_a_problem_of_any_command_is_one_json_document(tmp_path: Path, shell: Shell, command: str) -> None:
    plain, as_json = (shell(*command.split(), *more, cwd=tmp_path) for more in ((), ("--json",)))
    (problem,) = json.loads(as_json.out)["problems"]
    assert (plain.code, plain.out, as_json.code, as_json.err) == (1, "", 1, "")
    assert problem["what"] in plain.err


def test_a_pack_that_was_forgotten_is_told_and_not_each_of_its_sounds(tmp_path: Path, shell: Shell) -> None:
    folder = project(tmp_path, SHORT.replace("packs: [", "packs: [gone, ") + "      - sound: hit01\n" * 900)
    done = shell("check", cwd=folder)
    assert (done.code, done.err.count("\n")) == (1, 1) and "there is no pack 'gone'" in done.err, done.err


def test_a_sound_that_no_pack_has_is_told_once_and_to_programs_at_each_place(tmp_path: Path, shell: Shell) -> None:
    folder = project(tmp_path, SHORT + "      - sound: hit01\n" * 900)
    first, again = shell("check", cwd=folder).err.splitlines()
    assert "no pack has the sound 'hit01'" in first and again.startswith("    and at 899 more places: lines "), again
    assert len(json.loads(shell("check", "--json", cwd=folder).out)["problems"]) == 900


def test_there_are_thirty_mistakes_and_one_script_with_more_than_thirty(checked: dict[str, Done]) -> None:
    assert sum(name[:2].isdigit() for name in checked) >= 30
    assert len(checked["all_at_once"].err.splitlines()) >= 30


def test_fix_mends_what_yaml_would_swallow_and_then_has_nothing_to_do(tmp_path: Path, shell: Shell) -> None:
    said = "ada: Mind this: platform #9, *now*."
    folder = project(tmp_path, SHORT.replace("ada: Who is down there?", said).replace("\n", "\r\n"))
    script = folder / "script" / "four_boards.yaml"
    before = script.read_bytes()
    calls: list[list[str]] = [["check"], ["check", "--fix"], ["check", "--fix", "--json"], ["check"]]
    found, mended, again, checked = (shell(*call, cwd=folder) for call in calls)
    assert found.code == 1 and "script/four_boards.yaml:17:" in found.err and "\n    " in found.err
    assert mended.code == again.code == checked.code == 0
    assert "script/four_boards.yaml: 1 place mended" in mended.out
    assert json.loads(again.out)["mended"] == 0
    after = script.read_bytes()
    assert after.count(b"\r\n") == after.count(b"\n") == before.count(b"\n") + 1
    assert b"- ada: >\r\n          Mind this: platform #9, *now*." in after
    assert [path.name for path in script.parent.iterdir()] == ["four_boards.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="links and permissions are otherwise on Windows")
def test_fix_mends_the_file_behind_a_link_and_keeps_its_permissions(tmp_path: Path, shell: Shell) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "script.yaml"
    real.write_text(SHORT.replace("- ben: Nobody.", "- ben: Nobody # is here"), "utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    done = shell("check", "--fix", "script.yaml", cwd=tmp_path)
    assert "1 place mended" in done.out, done.err
    assert link.is_symlink()
    assert "Nobody # is here" in real.read_text("utf-8") and real.read_text("utf-8") != SHORT
    assert real.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["real.yaml", "script.yaml"]


def test_fix_leaves_alone_what_it_cannot_mend_for_certain(tmp_path: Path, shell: Shell) -> None:
    folder = project(tmp_path, SHORT.replace("music: boom", "music: boomm"))
    before = files(folder)
    done = shell("check", "--fix", cwd=folder)
    assert done.code == 1 and "no pack has the sound 'boomm'; did you mean 'boom'?" in done.err
    assert files(folder) == before


# ---- which script


def test_the_script_is_found_from_below_by_its_name_or_by_pyproject(tmp_path: Path, shell: Shell) -> None:
    folder = project(tmp_path / "p")
    from_below = shell("check", cwd=folder / "sfx" / "mine")
    assert (from_below.code, from_below.err) == (0, "")
    chosen, outlook, sounds = from_below.out.splitlines()
    assert chosen == "script: script/four_boards.yaml (the only script)"
    shown = re.escape(str(Path("..", "..", "script", "four_boards.yaml")))
    assert re.fullmatch(rf"{shown}: no problems; about 0:\d\d; 1 scene, 3 lines, 2 sounds, 1 bed, 1 music", outlook)
    assert re.fullmatch(r"sounds: \d roles? from mine, \d from ruins \([a-z_, ]+\)", sounds), sounds
    shutil.copy(folder / "script" / "four_boards.yaml", folder / "script" / "other.yaml")
    (folder / "script" / ".#other.yaml").write_text("an editor's own file", "utf-8")
    assert shell("check", cwd=folder) == Done(
        1,
        "",
        "there are several scripts: four_boards.yaml, other.yaml; name one, or set it in pyproject.toml: "
        '[tool.producer] script = "script/four_boards.yaml"\n',
    )
    (folder / "pyproject.toml").write_text('[tool.producer]\nscript = "script/other.yaml"\n', "utf-8")
    named = shell("check", cwd=folder)
    assert named.out.startswith("script: script/other.yaml (pyproject.toml names it)\n")


def test_a_script_that_is_not_there_is_one_message(here: Path, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "empty" / "script").mkdir(parents=True)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    nowhere = shell("check", cwd=tmp_path)
    assert nowhere.err == "there is no folder 'script' here or above; name a script, or make one: render new NAME\n"
    folder = shell("check", "empty", cwd=tmp_path)
    assert folder.err == "empty is a folder; name the script in it\n"
    endless = shell("check", "x" * 300, cwd=tmp_path)
    assert endless.err.startswith(("cannot read xxx", "xxx"))
    loop = shell("check", "loop.yaml", cwd=tmp_path)
    assert loop.err.startswith(("cannot read loop.yaml", "loop.yaml: there is no such file"))
    empty = shell("check", cwd=tmp_path / "empty")
    assert empty.err.endswith("start one with: render new NAME\n")
    typo = shell("check", "script/four_bords.yaml", cwd=here)
    assert typo.err == "script/four_bords.yaml: there is no such file; did you mean 'four_boards.yaml'?\n"
    whole = shell("check", ".", cwd=here)
    assert whole.err == f". is a folder; name the script in it: {Path('script', 'four_boards.yaml')}\n"
    for done in (nowhere, folder, endless, loop, empty, typo, whole):
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1:1: this file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", ":1:1: this file is not UTF-8: the byte 0x89"),
        (SHORT.encode("utf-16"), ":1:1: this file is UTF-16; save it as UTF-8"),
        (SHORT.encode("utf-32"), ":1:1: this file is UTF-32; save it as UTF-8"),
        (SHORT.replace("Four", "F\xfcr").encode("latin-1"), ":2:9: this file is not UTF-8: the byte 0xfc"),
        (b"just some words\n", ":1:1: this is not a script"),
        (b"- a\n- b\n", ":1:1: this is not a script"),
        (b"{" * 5000, ":1:1: this is nested more than 50 levels deep"),
        (
            b"title: x\n" + b"# " + b"x" * 4_300_000 + b"\n",
            ": it is larger than 4 MiB (PRODUCER_BOUNDS='script_mib=…' raises that)",
        ),
    ],
    ids=["empty", "a picture", "UTF-16", "UTF-32", "Latin-1", "prose", "a list", "braces", "too long"],
)
def test_a_file_that_is_no_script_is_a_message_and_not_a_traceback(
    tmp_path: Path, shell: Shell, content: bytes, message: str
) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "odd.yaml").write_bytes(content)
    done = shell("check", "script/odd.yaml", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert is_messages(done.err) and len(done.err) < 4000
    assert all(line.startswith(("script/odd.yaml:", "    ")) for line in done.err.splitlines())
    assert done.err.startswith(f"script/odd.yaml{message}")


# ---- options


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["episode", "--pack", "nope"], 1, "--pack nope: there is no such pack; known: mine, ruins"),
        (["episode", "--pack", "script"], 1, "--pack script: holds no pack.yaml; known: mine, ruins"),
        (["episode", "--pack", "sfx/mine/pack.yaml"], 1, "pack.yaml: is a file; name the folder around it"),
        (["episode", "--format", "mp3,ogg"], 2, "--format: there is none called 'ogg'"),
        (["episode", "--format", "wav,opus,wav16"], 2, "--format: wav and wav16 would have one file name"),
        (["episode", "--format", "m4b", "--scene", "1"], 2, "in the profile's own format, and not audited"),
        (["episode", "--scene", "9"], 1, "--scene 9: there "),
        (["episode", "--scene", "0"], 1, "--scene 0: there "),
        (["episode", "--scene", "cellar"], 1, "--scene cellar: no scene has this number, id or title"),
        (["episode", "--scene", " "], 2, "--scene: name a scene by its number, its id or its title"),
        (["episode", "--profile", "podcats"], 2, "--profile: there is none called 'podcats'; did you mean 'podcast'?"),
        (["episode", "--jobs", "-1"], 2, "Invalid value for '--jobs'"),
        (["episode", "--nope"], 2, "No such option: --nope"),
        (["episode", "a.yaml", "b.yaml"], 2, "unexpected extra argument"),
        (["bogus"], 2, "No such command 'bogus'"),
        (["new"], 2, "Missing argument 'NAME'"),
    ],
)
def test_a_wrong_option_is_told_on_stderr(
    here: Path, shell: Shell, arguments: list[str], code: int, message: str
) -> None:
    done = shell(*arguments, cwd=here)
    assert done.code == code
    assert message in done.err and "Traceback" not in done.err
    assert done.out in ("", "script: script/four_boards.yaml (the only script)\n")
    assert not any(path.is_file() for path in (here / "output").rglob("*"))


def test_quiet_says_nothing_and_json_one_document(here: Path, shell: Shell) -> None:
    assert shell("check", "--quiet", cwd=here) == Done(0, "", "")
    bad = shell("check", "--quiet", "script/none.yaml", cwd=here)
    plain = shell("check", "--json", cwd=here)
    assert (plain.code, plain.err) == (0, "")
    outlook = json.loads(plain.out)
    assert {name: outlook[name] for name in ("script", "scenes", "lines", "sounds", "beds", "music")} == {
        **{"script": "script/four_boards.yaml", "scenes": 1, "lines": 3, "sounds": 2, "beds": 1, "music": 1},
    }
    assert 5 < outlook["estimated_s"] < 20 and outlook["problems"] == []
    assert (bad.code, bad.out) == (1, "") and bad.err


def test_a_shell_completes_commands_and_options(here: Path, cache: Path) -> None:
    for typed, offered in (("render pa", ["pack"]), ("render takes st", ["status"]), ("render diff --pa", ["--page"])):
        words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
        done = render(cwd=here, cache=cache, env={"_RENDER_COMPLETE": "complete_bash", **words})
        assert (done.code, done.out.split(), done.err) == (0, offered, "")


def test_the_version_and_the_help(here: Path, shell: Shell) -> None:
    assert shell("--version", cwd=here) == Done(0, f"render {__version__}\n", "")
    bare, help_, episode = (shell(*call, cwd=here) for call in ((), ("--help",), ("episode", "--help")))
    assert (help_.code, help_.err) == (0, "")
    for command in ("episode", "check", "cues", "schema", "new"):
        assert re.search(rf"^  {command} .*[^.…]\.$", help_.out, re.MULTILINE), "each command has a whole sentence"
    assert "render episode [OPTIONS] [SCRIPT]" in episode.out
    assert bare.code in (0, 2) and "Commands:" in bare.out + bare.err  # Click's own habit has changed here


# ---- the other commands


def test_the_cue_sheet_tells_when_what_how_loud_and_where(first: Path, shell: Shell) -> None:
    plain, as_json = shell("cues", cwd=first), shell("cues", "--json", cwd=first)
    assert (plain.code, plain.err, as_json.code, as_json.err) == (0, "", 0, "")
    quiet = shell("cues", "--quiet", cwd=first)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    lines, rows = plain.out.splitlines(), json.loads(as_json.out)
    assert len(lines) == len(rows)
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    timeline = json.loads((first / "output" / "four_boards" / "timeline.json").read_text("utf-8"))
    heard = {clip["id"]: clip for clip in timeline["clips"]}
    assert set(heard) == {row["id"] for row in rows if row["kind"] in ("speech", "sound", "bed", "music")}
    for line, row in zip(lines, rows, strict=True):
        assert row["time"] in line and row["kind"] in line and row["name"] in line
        assert line.endswith(f"script/four_boards.yaml:{row['at']['line']}:{row['at']['column']}")
        if row["id"] in heard:
            clip = heard[row["id"]]
            assert (row["start"], row["level_lu"]) == (
                clip["hit"] if row["kind"] == "sound" else clip["start"],
                clip["level_lu"],
            )


def test_no_chapter_vanishes_without_a_word(tmp_path: Path, shell: Shell) -> None:
    head = "title: T\npacks: []\ncast: {ada: {voice: en-gb}}\nscenes:\n  - title: Prologue\n    play: [mark: x]\n"
    two = "  - title: Two\n    play:\n      - mark: y\n        chapter: Really two\n      - ada: Hi.\n"
    folder = project(tmp_path, head + two)
    done = shell("cues", cwd=folder)
    what = "the chapter 'Prologue' has no length: 'Really two' (line 9) begins when it does, at 0:00.000"
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"script/four_boards.yaml:5:5: {what}") and done.err.count("\n") == 1
    (folder / "script" / "four_boards.yaml").write_text(head.replace("[mark: x]", "[pause: 1 s]") + two, "utf-8")
    assert shell("cues", cwd=folder).code == 0


@pytest.mark.parametrize("command", ["check", "cues"])
def test_music_that_is_made_without_end_cannot_be_waited_for(tmp_path: Path, shell: Shell, command: str) -> None:
    play = "      - music: warmth\n        id: theme\n      - pause: until end of theme\n      - ada: Hi.\n"
    script = f"title: T\npacks: [ruins]\ncast: {{ada: {{voice: en-gb}}}}\nscenes:\n  - play:\n{play}"
    done = shell(command, cwd=project(tmp_path, script))
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert done.err.startswith("script/four_boards.yaml:8:16: 'end of theme' leads round in a circle: ")
    assert "'warmth' has no end of its own and lasts as long as its scene: give it an 'until'" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals as POSIX has them")
def test_a_reader_that_has_read_enough_is_no_fault(first: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = render("cues", cwd=first, cache=first / "cache", stdout=writing)
    finally:
        os.close(writing)
    assert done == Done(0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals as POSIX has them")
def test_stopping_is_told_in_a_word_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = project(tmp_path)
    stopped = (  # and wait: the signal need not come before the next line
        "import os, signal, time, producer.voice.pool as s\n"
        # Who runs the tests in the background of a shell has it ignored, for them and for all that they start.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "s.Pool = lambda *a: (os.kill(os.getpid(), signal.SIGINT), time.sleep(60))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", stopped + ENTRY, "episode", "script/four_boards.yaml"],
        cwd=folder,
        env=os.environ | {"PRODUCER_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, b"", b"stopped\n")
    assert not (folder / "output").exists() or not any((folder / "output").iterdir())


def plain_yaml(text: str) -> object:
    """As an editor sees it but for numbers: it reads YAML 1.2, where `yes` and `2:30` are text."""
    return yaml.load(text, yaml.BaseLoader)


def test_the_schema_is_one_and_takes_every_script_that_is_here(here: Path, shell: Shell) -> None:
    done = shell("schema", cwd=here)
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    scripts = [ROOT / "script" / "flagship.yaml", *ROOT.glob("docs/examples/*/script/*.yaml")]
    assert len(scripts) >= 2
    for script in (SHORT, *(path.read_text("utf-8") for path in scripts)):
        assert [
            error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(plain_yaml(script))
        ] == []


def test_the_schema_that_editors_read_is_the_one_that_is_printed(here: Path, shell: Shell) -> None:
    done = shell("schema", cwd=here)
    kept = ROOT / "producer" / "script" / "schema.json"
    assert kept.read_text("utf-8") == done.out, "run: render schema > producer/script/schema.json"
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", (ROOT / "script/flagship.yaml").read_text("utf-8"))
    assert named and (ROOT / "script" / named[1]).resolve() == kept.resolve()
