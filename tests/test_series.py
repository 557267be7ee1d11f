"""A series file: what the episodes of a show share, key by key, and every mistake in the file that it stands in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producer import project, render
from producer.cache import Cache
from producer.errors import ScriptError
from producer.model.script import Script
from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

SERIES = """\
show: Quiet Harbours
language: en-GB
profile: broadcast
packs: [ruins]
speech_margin: {beds: 18 LU, music: 12 LU}
gap: 500 ms
cast:
  narrator: {voice: en-gb, rate: 150 wpm, pan: left 20, treat: warm}
  keeper: {voice: en-us+f3, name: The Keeper}
  both: {together: [narrator, keeper]}
say:
  Aoife: EE-fa
  Clew: CLOO
rooms:
  lamp_room: {preset: small stone room, decay: 0.9 s}
  quay: open air
sounds:
  heartbeat: {level: -16 LU, every: 620 ms, pan: left 10, distance: 3 m}
treatments:
  intercom: [high_pass 400 Hz, drive 12 dB]
"""
EPISODE = """\
title: The Last Lamp
series: ../quiet_harbours.yaml
episode: 3
cast:
  narrator: {rate: 170 wpm}
  guest: {voice: de}
say:
  aoife: AY-fa
rooms:
  lamp_room: {decay: 2 s}
sounds:
  heartbeat: {level: -20 LU, path: far left -> near right}
scenes:
  - title: The quay
    room: lamp_room
    play:
      - narrator: Aoife of Clew.
      - sound: heartbeat for 3 s
      - keeper: Who is there?
        treat: intercom
      - guest: Niemand.
      - both: Nobody.
"""


def episode(folder: Path, text: str = EPISODE, series: str | None = SERIES) -> project.Project:
    (folder / "script").mkdir(exist_ok=True)
    (folder / "script" / "lamp.yaml").write_text(text, "utf-8")
    if series is not None:
        (folder / "quiet_harbours.yaml").write_text(series, "utf-8")
    return project.find(folder / "script" / "lamp.yaml", folder)[0]


def read(found: project.Project) -> Script:
    with Cache(temporary=True) as cache:
        return render.read_script(found, (), cache)[0]


def problems(found: project.Project) -> list[str]:
    """Every problem, its file named from the project's folder."""
    with pytest.raises(ScriptError) as caught:
        read(found)
    return [str(one).removeprefix(f"{found.root.as_posix()}/") for one in caught.value.problems]


def test_the_episode_overrides_the_series_key_by_key(tmp_path: Path) -> None:
    script = read(episode(tmp_path))
    assert (script.title, script.show, script.episode, script.language) == (
        "The Last Lamp",
        "Quiet Harbours",
        3,
        "en-GB",
    )
    assert (script.profile, script.packs) == ("broadcast", ("ruins",))
    (scene,) = script.scenes
    assert (scene.speech_margin.beds_lu, scene.speech_margin.music_lu, float(scene.gap_s)) == (18, 12, 0.5)
    assert list(script.cast) == ["narrator", "keeper", "both", "guest"]
    (narrator,) = script.lines[0].voices
    assert (narrator.voice, narrator.rate_wpm, narrator.treat, narrator.path[0].pan) == ("en-gb", 170, "warm", -20)
    assert script.cast["keeper"].name == "The Keeper"
    assert [token.spoken for token in script.lines[0].tokens] == ["AY-fa", "of", "CLOO."]
    room = script.rooms["lamp_room"]
    assert (room.preset, room.decay_s) == ("small stone room", 2)
    (cue,) = script.cues
    assert (cue.level_lu.first, cue.every.first_s if cue.every else 0) == (-20, pytest.approx(0.62))
    assert [place.pan for place in cue.path] == [-80, 80]  # its path, not the series' pan and distance
    assert [use.member for use in script.lines[3].voices] == ["narrator", "keeper"]


def test_it_is_heard_as_if_it_stood_in_the_script(tmp_path: Path) -> None:
    together = SERIES + EPISODE.partition("cast:")[0].replace("series: ../quiet_harbours.yaml\n", "")
    whole = together + "scenes:\n" + EPISODE.partition("scenes:\n")[2]
    apart = EPISODE.partition("cast:")[0] + "scenes:\n" + EPISODE.partition("scenes:\n")[2]
    guest = "  guest: {voice: de}\nsay:\n"
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = read(episode(tmp_path / "one", apart, SERIES.replace("say:\n", guest)))
    two = read(episode(tmp_path / "two", whole.replace("say:\n", guest), None))
    assert [(line.id, line.tokens, line.voices) for line in one.lines] == [
        (line.id, line.tokens, line.voices) for line in two.lines
    ]
    assert [(cue.key, cue.level_lu, cue.path) for cue in one.cues] == [
        (cue.key, cue.level_lu, cue.path) for cue in two.cues
    ]
    assert (one.rooms, one.treatments, one.cast, one.profile) == (two.rooms, two.treatments, two.cast, two.profile)


def test_only_a_place_takes_the_place_of_a_place(tmp_path: Path) -> None:
    """A word that is called like a key is a word."""
    series = SERIES.replace("  Clew: CLOO", "  path: PAHTH\n  voice: VOYCE")
    script = read(episode(tmp_path, EPISODE.replace("aoife: AY-fa", "pan: PAHN\n  together: TOO"), series))
    assert {one.word for one in script.say} == {"Aoife", "path", "voice", "pan", "together"}


GAP = "gap: '500' has no unit; a length is in s or ms, as in '1.5 s', or as minutes and seconds, '2:30'"


def test_a_mistake_in_the_series_is_told_there_and_with_the_episodes_own(tmp_path: Path) -> None:
    wrong = SERIES.replace("gap: 500 ms", "gap: 500").replace("heartbeat: {", "heartbaet: {").replace("show:", "shwo:")
    wrong += "title: No\nscenes: []\nseries: more.yaml\n"
    told = problems(episode(tmp_path, EPISODE.replace("treat: intercom", "treat: intercon"), wrong))
    assert [line.partition(": ")[::2] for line in told] == [
        ("quiet_harbours.yaml:1:1", "a series file has no 'shwo'; did you mean 'show'?"),
        ("quiet_harbours.yaml:6:6", GAP),
        ("quiet_harbours.yaml:18:3", "no pack has the sound 'heartbaet'; did you mean 'heartbeat'?"),
        ("quiet_harbours.yaml:21:1", "'title' is the episode's own; a series file holds what all episodes share"),
        ("quiet_harbours.yaml:22:1", "'scenes' is the episode's own; a series file holds what all episodes share"),
        (
            "quiet_harbours.yaml:23:1",
            "a series file has no series of its own; write what that one holds into this one",
        ),
        ("script/lamp.yaml:20:16", "there is no treatment 'intercon'; did you mean 'intercom'?"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("rate: 150 wpm", "rate: 150", "8:34: rate: '150' has no unit; a rate is in wpm, as in '145 wpm'"),
        ("decay: 0.9 s", "decay: 0.9", "15:48: decay: '0.9' has no unit; a decay is in s or ms, as in '0.9 s'"),
        ("level: -16 LU", "levle: -16 LU", "18:15: the role 'heartbeat' has no 'levle'; did you mean 'level'?"),
        ("pan: left 10", "pan: lft 10", "18:50: pan: 'lft 10' is no side; write 'left 40', 'right 10' (0 to 100)"),
        ("Aoife: EE-fa", "Aoife: /EE-fa", "12:10: Aoife: '/EE-fa' has one slash; IPA stands between two"),
        ("profile: broadcast", "profile: brodcast", "3:10: profile: there is none called 'brodcast'; did you mean"),
        ("beds: 18 LU", "beds: 18", "5:23: beds: '18' has no unit; a margin is in LU, as in '15 LU'"),
        ("high_pass 400 Hz", "hihg_pass 400 Hz", "20:14: intercom: there is no effect 'hihg_pass'; did you mean"),
    ],
)
def test_a_wrong_value_that_the_episode_overrides_is_told_in_the_series(
    tmp_path: Path, was: str, now: str, message: str
) -> None:
    """It would wait there for the next episode."""
    own = "profile: podcast\nspeech_margin: {beds: 12 LU}\ntreatments:\n  intercom: [drive 3 dB]\n"
    assert read(episode(tmp_path, EPISODE + own)).profile == "podcast"
    (told,) = problems(episode(tmp_path, EPISODE + own, SERIES.replace(was, now)))
    assert told.startswith(f"quiet_harbours.yaml:{message}")


@pytest.mark.parametrize(
    ("was", "now", "episode_was", "episode_now"),
    [
        ("narrator: {voice: en-gb", "narrator: {voice: nobody", "{rate: 170 wpm}", "{voice: en-gb}"),
        ("narrator: {voice: en-gb, ", "narrator: {", "{rate: 170 wpm}", "{voice: en-gb}"),
        ("treat: warm", "treat: mine", "scenes:", "treatments:\n  mine: [drive 3 dB]\nscenes:"),
        ("[narrator, keeper]", "[narrator, guest]", "scenes:", "scenes:"),
        ("{preset: small stone room, decay: 0.9 s}", "{decay: 0.9 s}", "{decay: 2 s}", "{preset: small room}"),
    ],
)
def test_what_only_the_episode_completes_is_not_wrong_in_the_series(
    tmp_path: Path, was: str, now: str, episode_was: str, episode_now: str
) -> None:
    """Nor is a voice that this machine does not have, where the episode has its own."""
    assert was in SERIES and episode_was in EPISODE
    assert read(episode(tmp_path, EPISODE.replace(episode_was, episode_now), SERIES.replace(was, now))).cast


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (
            "../quiet_harbour.yaml",
            "series: there is no file 'ROOT/quiet_harbour.yaml'; did you mean 'quiet_harbours.yaml'?",
        ),
        ("../../quiet.yaml", "series: '../../quiet.yaml' is outside the project; put it into play"),
        ("../link.yaml", "series: '../link.yaml' is outside the project; put it into play"),
        ("/etc/hosts", "series: '/etc/hosts' is not a path from this file; write one, as in '../the_show.yaml'"),
        ("C:/quiet.yaml", "series: 'C:/quiet.yaml' is not a path from this file; write one, as in '../the_show.yaml'"),
        ("..\\quiet.yaml", "series: '..\\quiet.yaml': part folders with '/', which every system understands"),
        ("../nul.yaml", "series: '../nul.yaml' is the name of a device on Windows; give the file another"),
        ("..", "series: '..' is a folder; name the file in it: ROOT/link.yaml, ROOT/quiet_harbours.yaml"),
        ("lamp.yaml", "series: 'lamp.yaml' is this file itself; name another"),
        ("[a, b]", "'series' is one value, not a list"),
        ("", "'series' names no file; write one, as in 'series: ../quiet_harbours.yaml', or leave it out"),
    ],
)
def test_a_series_that_cannot_be_had_is_one_message_at_its_place(tmp_path: Path, series: str, message: str) -> None:
    (tmp_path / "quiet.yaml").write_text(SERIES, "utf-8")
    (tmp_path / "play").mkdir()
    (tmp_path / "play" / "link.yaml").symlink_to(tmp_path / "quiet.yaml")
    found = episode(tmp_path / "play", EPISODE.replace("series: ../quiet_harbours.yaml", f"series: {series}"))
    (told,) = problems(found)
    place, _, what = told.partition(": ")
    assert place.startswith("script/lamp.yaml:2:")
    assert what.replace((tmp_path / "play").as_posix(), "ROOT") == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"- a list\n",
            "quiet_harbours.yaml:1:1: this file holds no keys; 'series' needs some, as in 'cast:' and 'packs:'",
        ),
        (b"", "quiet_harbours.yaml:1:1: this file is empty; a script begins with 'title: …'"),
        (
            b"show: \xff\n",
            "quiet_harbours.yaml:1:7: this file is not UTF-8: the byte 0xff here means nothing; save it as UTF-8",
        ),
        (b"\0" * 64, "quiet_harbours.yaml:1:1: a control character (U+0000) stands here; delete it"),
        (
            b"edition_of: lamp.yaml\nlines: {}\n",
            "script/lamp.yaml:2:9: series: FILE is an edition of a script; a series file holds what all episodes share",
        ),
    ],
)
def test_a_series_that_is_none_says_so_in_its_own_file(tmp_path: Path, content: bytes, message: str) -> None:
    found = episode(tmp_path)
    (tmp_path / "quiet_harbours.yaml").write_bytes(content)
    (told,) = problems(found)
    assert told.replace((tmp_path / "quiet_harbours.yaml").as_posix(), "FILE") == message


def test_every_command_reads_the_series_and_outputs_name_it_from_the_project(tmp_path: Path, shell: Shell) -> None:
    bed = EPISODE.replace("      - narrator: Aoife", "      - bed: room_tone\n      - narrator: Aoife")
    episode(tmp_path, bed)
    assert shell("check", cwd=tmp_path / "script").err == ""
    covered = shell("pack", "coverage", "--json", cwd=tmp_path)
    assert (covered.code, json.loads(covered.out)["listed"]) == (0, ["ruins"])
    made = shell("episode", tmp_path / "script" / "lamp.yaml", "--profile", "podcast", cwd=tmp_path.parent)
    assert (made.code, made.err) == (0, "")
    document = (tmp_path / "output" / "lamp" / "timeline.json").read_text("utf-8")
    assert tmp_path.as_posix() not in document
