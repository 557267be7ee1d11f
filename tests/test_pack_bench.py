"""`render pack list | show | new | diff | coverage`, as a sound designer meets them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from tests.bench_helpers import HEAD, RATE, as_json, bed, hit, pack, write
from tests.face_helpers import Done, Shell, cache, files, is_messages, shell

__all__ = ["cache", "shell"]


def mixed(root: Path, name: str = "p", sounds: str = "", head: str = HEAD) -> Path:
    """A pack with a bit of everything."""
    text = """\
  knock:
    title: a knock on wood
    ucs: DOORKnck
    files:
      - {file: knock/a.wav, weight: 2}
      - {file: knock/b.wav, author: N. Name, licence: CC-BY-4.0, source: "https://example.org/1", changed: trimmed}
    vary: {pitch: ± 40 cents, level: ± 1 dB}
    aliases: [rap, tap]
  walk:
    kind: steps
    foley: steps
    settings: {weight: 0.8}
    variations: 3
    pace: 0.7 s ± 5 %
  crash:
    layers:
      - {foley: impact, settings: {hardness: 0.9}}
      - {files: knock/a.wav, level: -3 dB, delay: 100 ms}
    variations: 2
  air: {kind: bed, files: air.wav, loop: {start: 1 s, end: 9 s}}
  wind: {foley: wind}
"""
    folder = pack(root, name, sounds or text, head)
    write(folder / "knock" / "a.wav", hit(0.5))
    write(folder / "knock" / "b.wav", np.stack([hit(0.3, 44100, seed=2)] * 2, axis=1), 44100)
    write(folder / "air.wav", bed(12.0))
    return folder


# ---- list


def test_the_list_has_every_pack_and_hides_nothing(tmp_path: Path, shell: Shell) -> None:
    mixed(tmp_path, "mine")
    mixed(tmp_path, "ruins")
    pack(tmp_path, "broken", "  a: {foley: nothing}\n  b: {foley: nothing}\n")
    write(tmp_path / "sfx" / "recordings" / "one.wav", hit())
    (tmp_path / "sfx" / ".hidden").mkdir()
    (tmp_path / "sfx" / ".hidden" / "x").write_bytes(b"x")
    (tmp_path / "sfx" / "empty").mkdir()
    found = {(one["name"], one["where"]): one for one in as_json(shell("pack", "list", "--json", cwd=tmp_path))}
    own = {name for name, where in found if where == "project"}
    assert own == {"mine", "ruins", "broken", "recordings"}
    mine, ruins, shipped = found["mine", "project"], found["ruins", "project"], found["ruins", "shipped"]
    assert (mine["version"], mine["title"], mine["roles"]) == ("1.0.0", "Tests", 5)
    assert mine["licence"] == "CC0-1.0, CC-BY-4.0"
    assert (shipped["hidden_by"], ruins["hides"]) == ("sfx/ruins", [shipped["folder"]])
    broken, bare = found["broken", "project"], found["recordings", "project"]
    assert len(broken["problems"]) == 2 and broken["problems"][0].startswith("sfx/broken/pack.yaml:7:14: ")
    assert bare["problems"] == ["sfx/recordings: holds no pack.yaml and no file named by UCS"]
    lines = shell("pack", "list", cwd=tmp_path).out.splitlines()
    assert lines[0].split() == ["broken", "sfx/broken", "broken:", "2", "problems"]
    assert [line.split()[0] for line in lines[:5]] == ["broken", "mine", "recordings", "ruins", "ruins"]
    assert re.search(r"ships with Producer +Ruined city; hidden by sfx/ruins$", lines[4])
    assert lines[-1] == "what is broken is told by: render pack check NAME"


def test_a_pack_that_is_called_otherwise_than_its_folder_is_broken(tmp_path: Path, shell: Shell) -> None:
    folder = mixed(tmp_path, "mine")
    folder.rename(folder.with_name("yours"))
    (one,) = (found for found in as_json(shell("pack", "list", "--json", cwd=tmp_path)) if found["where"] == "project")
    assert "called 'mine', its folder 'yours'" in one["problems"][0]
    assert shell("pack", "check", cwd=tmp_path).code == 1


def test_a_manifest_with_another_suffix_is_pointed_at(tmp_path: Path, shell: Shell) -> None:
    folder = mixed(tmp_path)
    (folder / "pack.yaml").rename(folder / "pack.yml")
    done = shell("pack", "show", "p", cwd=tmp_path)
    assert (done.code, done.err) == (1, "sfx/p: 'pack.yml' is not read; call it pack.yaml\n")


# ---- show


def test_show_has_the_head_the_readme_and_every_role(tmp_path: Path, shell: Shell) -> None:
    folder = mixed(tmp_path)
    (folder / "README.md").write_text("# p\nRead *me*.\n", "utf-8")
    facts = as_json(shell("pack", "show", "p", "--json", cwd=tmp_path))
    assert {name: facts[name] for name in ("pack", "version", "author", "licence", "readme")} == {
        "pack": "p",
        "version": "1.0.0",
        "author": "A. Author",
        "licence": "CC0-1.0",
        "readme": "# p\nRead *me*.\n",
    }
    roles = {one["role"]: one for one in facts["roles"]}
    knock, walk, crash, air, wind = (roles[name] for name in ("knock", "walk", "crash", "air", "wind"))
    assert (knock["title"], knock["kind"], knock["ucs"]) == ("a knock on wood", "hit", "DOORKnck")
    assert (knock["aliases"], knock["vary"], knock["pace"]) == (["rap", "tap"], "pitch ± 40 cents, level ± 1 dB", None)
    assert knock["made"][0]["sources"] == [
        {"file": "knock/a.wav", "length_s": 0.5, "rate_hz": 48000, "channels": 1},
        {"file": "knock/b.wav", "length_s": 0.3, "rate_hz": 44100, "channels": 2},
    ]
    assert knock["length_s"] == pytest.approx([0.5, 0.3], abs=0.001)
    assert knock["credits"][-1]["author"] == "N. Name"
    assert (walk["pace"], walk["variations"]) == ("0.7 s ± 5 %", 3)
    assert walk["made"] == [
        {"level_db": 0.0, "delay_s": 0.0, "sources": [{"foley": "steps", "settings": {"weight": 0.8}}]}
    ]
    assert [(layer["level_db"], layer["delay_s"]) for layer in crash["made"]] == [(0.0, 0.0), (-3.0, 0.1)]
    assert (air["length_s"], air["loop"]) == ([12.0], "1 s to 9 s")
    assert (wind["length_s"], wind["variations"], wind["sustains"]) == ([None], 1, True)


def test_its_loudness_is_what_a_meter_says_of_a_steady_sound(tmp_path: Path, shell: Shell) -> None:
    folder = pack(tmp_path, "p", "  hiss: {files: [hiss/*.wav]}\n  air: {kind: bed, files: hiss/a.wav}\n")
    for name, level in (("a", 0.1), ("b", 0.05)):
        write(folder / "hiss" / f"{name}.wav", bed(2.0, level=level))
    hiss, air = as_json(shell("pack", "show", "p", "--json", cwd=tmp_path))["roles"]
    meter = loudness(bed(2.0, level=0.1)[:, None], RATE)
    assert hiss["loudness_lufs"] == pytest.approx([meter, meter - 6.02], abs=0.2)
    assert air["loudness_lufs"] == pytest.approx([meter], abs=0.2)


def test_show_is_plain_text_of_any_width(tmp_path: Path, shell: Shell) -> None:
    mixed(tmp_path)
    text = shell("pack", "show", "p", cwd=tmp_path).out
    assert "\x1b" not in text
    lines = text.splitlines()
    assert lines[:2] == ["p 1.0.0: Tests", "CC0-1.0, by A. Author; sfx/p"]
    assert "    by N. Name, CC-BY-4.0, https://example.org/1 (trimmed)" in lines
    assert "    knock/b.wav: 300 ms, 44.1 kHz stereo" in lines
    assert "    steps: weight 0.8" in lines
    assert any(line.startswith("    knock/a.wav: 500 ms, 48 kHz mono at -3 dB, 100 ms later") for line in lines)


def test_a_role_by_its_alias_with_everything_about_it(tmp_path: Path, shell: Shell) -> None:
    folder = mixed(tmp_path)
    facts = as_json(shell("pack", "show", "p", "tap", "--json", cwd=tmp_path))
    assert (facts["role"], facts["at"]) == ("knock", "sfx/p/pack.yaml:7:3")
    first, second = facts["each"]
    for one, file in ((first, "a"), (second, "b")):
        raw = (folder / "knock" / f"{file}.wav").read_bytes()
        audio, _ = soundfile.read(folder / "knock" / f"{file}.wav")
        assert (one["sha256"], one["sha256_of"]) == (hashlib.sha256(raw).hexdigest(), "file")
        assert one["peak_dbfs"] == pytest.approx(20 * np.log10(np.abs(audio).max()), abs=0.3)
        assert 0 <= one["onset_s"] < 0.02
    assert (first["weight"], second["weight"]) == (2.0, 1.0)


def test_a_recipe_shows_every_knob_its_value_and_its_range(tmp_path: Path, shell: Shell) -> None:
    mixed(tmp_path)
    facts = as_json(shell("pack", "show", "p", "walk", "--json", cwd=tmp_path))
    (recipe,) = facts["knobs"]
    knobs = {one["name"]: one for one in recipe["knobs"]}
    assert set(knobs) == set(RECIPES["steps"].settings)
    weight = RECIPES["steps"].settings["weight"]
    assert (knobs["weight"]["value"], knobs["weight"]["low"], knobs["weight"]["high"]) == (0.8, weight.low, weight.high)
    assert len({one["sha256"] for one in facts["each"]}) == 3  # each variation is a sound of its own
    text = shell("pack", "show", "p", "walk", cwd=tmp_path).out
    assert re.search(
        rf"^weight +0.8 +{weight.default:g} +{weight.low:g} … {weight.high:g} +{re.escape(weight.says)}$", text, re.M
    )


def test_a_role_that_is_not_there_names_the_nearest(tmp_path: Path, shell: Shell) -> None:
    mixed(tmp_path)
    done = shell("pack", "show", "p", "knok", cwd=tmp_path)
    assert (done.code, done.err) == (1, "sfx/p: has no role 'knok'; did you mean 'knock'?\n")


def test_a_pack_can_be_named_by_its_path(tmp_path: Path, shell: Shell) -> None:
    mixed(tmp_path / "elsewhere", "p")
    (tmp_path / "sfx").mkdir()
    assert as_json(shell("pack", "show", "elsewhere/sfx/p", "--json", cwd=tmp_path))["where"] == "path"
    done = shell("pack", "show", "elsewhere", cwd=tmp_path)
    assert (done.code, done.err) == (1, "elsewhere: holds no pack.yaml and no file named by UCS\n")


# ---- new


@pytest.fixture
def play(tmp_path: Path, shell: Shell) -> Path:
    assert shell("new", "play", cwd=tmp_path).code == 0
    return tmp_path / "play"


def test_a_new_pack_has_nothing_to_mend_and_can_be_used_at_once(play: Path, shell: Shell) -> None:
    done = shell("pack", "new", "harbour-2", cwd=play)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "made sfx/harbour-2: README.md, knock/knock_01.flac, knock/knock_02.flac, pack.yaml",
        "next:",
        "  list it in a script: packs: [harbour-2]",
        "  render pack check harbour-2",
    ]
    checked = shell("pack", "check", "harbour-2", "--strict", "--json", cwd=play)
    assert checked.code == 0 and as_json(checked)[0]["findings"] == []
    script = play / "script" / "play.yaml"
    text = script.read_text("utf-8")
    script.write_text(text.replace("packs: [mine, ruins]", "packs: [harbour-2, ruins]"), "utf-8")
    assert shell("check", cwd=play).code == 0
    table = as_json(shell("pack", "coverage", "--json", cwd=play))
    assert {one["role"] for one in table["roles"] if one["filled_by"] == "harbour-2"} == {"knock", "wind"}
    assert "@" not in (play / "sfx" / "harbour-2" / "README.md").read_text("utf-8")


def test_it_is_made_in_the_project_from_wherever_in_it(play: Path, shell: Shell) -> None:
    facts = as_json(shell("pack", "new", "deep", "--json", cwd=play / "sfx" / "mine"))
    assert (facts["pack"], facts["folder"]) == ("deep", "../deep")
    assert (play / "sfx" / "deep" / "pack.yaml").is_file()


def test_it_shares_its_sounds_with_a_new_project(play: Path, shell: Shell) -> None:
    shell("pack", "new", "other", cwd=play)
    mine, other = files(play / "sfx" / "mine"), files(play / "sfx" / "other")
    assert {name: other[name] for name in mine if name != "pack.yaml"} == {
        name: mine[name] for name in mine if name != "pack.yaml"
    }
    told = other["pack.yaml"].replace(b"pack: other", b"pack: mine").replace(b"title: Other", b"title: My own sounds")
    assert told == mine["pack.yaml"]


@pytest.mark.parametrize("name", ["mine", "MINE"])
def test_nothing_is_written_over(name: str, play: Path, shell: Shell) -> None:
    before = files(play)
    done = shell("pack", "new", name, cwd=play)
    assert (done.code, done.err) == (1, "sfx/mine is there already; choose another name\n")
    assert files(play) == before


@pytest.mark.parametrize("name", ["", "a b", "../out", "a/b", ".", "con", "Aux", "x" * 65, "wïnd\n", "-x-"])
def test_a_name_that_no_pack_can_have_is_refused(name: str, play: Path, shell: Shell) -> None:
    before = files(play.parent)
    done = shell("pack", "new", "--", name, cwd=play)
    assert done.code == 2 and "a name is like: winter" in done.err
    assert files(play.parent) == before


def test_a_pack_that_ships_can_be_hidden_and_that_is_said(play: Path, shell: Shell) -> None:
    done = shell("pack", "new", "ruins", cwd=play)
    assert done.code == 0 and "in place of the 'ruins' that ships" in done.out


# ---- diff


def differences(shell: Shell, root: Path) -> dict[str, Any]:
    facts = as_json(shell("pack", "diff", "old/sfx/p", "sfx/p", "--json", cwd=root))
    return {one["role"]: {change["what"]: change for change in one["changes"]} for one in facts["changed"]} | {
        "": {name: facts[name] for name in ("head", "removed", "added", "same")}
    }


def versions(root: Path, *edits: tuple[str, str]) -> Path:
    """`old/sfx/p` and `sfx/p`, which has these edits in its pack.yaml; returns the newer folder."""
    mixed(root)
    shutil.copytree(root / "sfx", root / "old" / "sfx")
    manifest = root / "sfx" / "p" / "pack.yaml"
    text = manifest.read_text("utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    manifest.write_text(text, "utf-8")
    return root / "sfx" / "p"


def test_a_pack_does_not_differ_from_its_copy(tmp_path: Path, shell: Shell) -> None:
    versions(tmp_path)
    assert differences(shell, tmp_path) == {"": {"head": [], "removed": [], "added": [], "same": 5}}


def test_what_is_written_is_compared_by_value(tmp_path: Path, shell: Shell) -> None:
    versions(
        tmp_path,
        ("version: 1.0.0", "version: 1.1.0"),
        ("± 40 cents", "± 80 cents"),
        ("aliases: [rap, tap]", "aliases: [rap]"),
        ("pace: 0.7 s ± 5 %", "pace: 700 ms ± 5.0 %"),  # the same
        ("licence: CC-BY-4.0", "licence: CC-BY-3.0"),
        ("weight: 2}", "weight: 3}"),
        ("  wind: {foley: wind}", "  gale: {foley: wind}"),
        ("settings: {weight: 0.8}", "settings: {weight: 80 %}"),  # the same
    )
    found = differences(shell, tmp_path)
    head = found.pop("")
    assert head["head"] == [{"what": "version", "from": "1.0.0", "to": "1.1.0"}]
    assert ([one["role"] for one in head["removed"]], [one["role"] for one in head["added"]]) == (["wind"], ["gale"])
    assert head["same"] == 3
    (knock,) = found.values()
    assert set(knock) == {"vary", "aliases", "credit", "weight of knock/a.wav"}
    assert knock["weight of knock/a.wav"] == {"what": "weight of knock/a.wav", "from": 2.0, "to": 3.0}


def test_a_turned_knob_is_told_with_what_it_does_to_the_sound(tmp_path: Path, shell: Shell) -> None:
    versions(tmp_path, ("wind: {foley: wind}", "wind: {foley: wind, settings: {strength: 0.9}}"))
    found = differences(shell, tmp_path)
    (wind,) = (changes for role, changes in found.items() if role)
    strength = RECIPES["wind"].settings["strength"].default
    assert wind["strength"] == {"what": "strength", "from": strength, "to": 0.9}
    assert wind["loudness_lufs"]["by_lu"] > 1.0  # it blows harder
    assert set(wind) == {"strength", "loudness_lufs"}


def test_files_are_compared_by_what_is_in_them(tmp_path: Path, shell: Shell) -> None:
    folder = versions(tmp_path, ("file: knock/b.wav", "file: knock/renamed.wav"))
    (folder / "knock" / "b.wav").rename(folder / "knock" / "renamed.wav")
    audio, rate = soundfile.read(folder / "air.wav")
    soundfile.write(folder / "air.wav", 0.5 * audio[: 10 * rate], rate, subtype="PCM_24")
    found = differences(shell, tmp_path)
    assert set(found) == {"", "knock", "air"}
    assert found["knock"] == {
        "file renamed": {"what": "file renamed", "from": "knock/b.wav", "to": "knock/renamed.wav"}
    }
    assert found["air"]["loudness_lufs"]["by_lu"] == pytest.approx(-6.0, abs=0.15)
    assert (found["air"]["length_s"]["from"], found["air"]["length_s"]["to"]) == (12.0, 10.0)
    assert "content of air.wav" in found["air"]


def test_a_layer_is_told_by_its_number(tmp_path: Path, shell: Shell) -> None:
    versions(tmp_path, ("level: -3 dB, delay: 100 ms", "level: -9 dB, delay: 100 ms"))
    text = shell("pack", "diff", "old/sfx/p", "sfx/p", cwd=tmp_path).out
    assert "~ crash\n    layer 2: level: -3 dB -> -9 dB\n" in text


def test_two_packs_of_one_recipe_differ_in_no_more_than_their_names(tmp_path: Path, shell: Shell) -> None:
    for name in ("a", "b"):
        pack(tmp_path, name, "  knock: {foley: knock}\n")
    done = shell("pack", "diff", "a", "b", cwd=tmp_path)
    assert done.code == 0
    assert done.out.splitlines()[1:] == ["  pack: a -> b", "0 removed, 0 added, 0 changed; 1 role the same"]


# ---- coverage

SCRIPT = """\
title: T
packs: [first, second]
scenes:
  - title: S
    play:
      - bed: air level -20 LU
      - sound: knock
      - sound: creak pitch +200 cents
      - pause: 1 s
      - sound: rap
      - bed: air level -10 LU, over 1 s
"""


@pytest.fixture
def covered(tmp_path: Path) -> Path:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "t.yaml").write_text(SCRIPT, "utf-8")
    for name, sounds in (
        ("first", "  knock: {foley: knock, aliases: [rap]}\n"),
        ("second", "  knock: {foley: knock}\n  air: {foley: wind}\n  creak: {foley: friction}\n"),
        ("third", "  creak: {foley: friction}\n  squeal: {foley: friction}\n"),
    ):
        pack(tmp_path, name, sounds)
    return tmp_path


def told(done: Done) -> dict[str, Any]:
    return {one["role"]: one for one in json.loads(done.out)["roles"]}


def test_the_first_pack_that_has_a_role_fills_it(covered: Path, shell: Shell) -> None:
    done = shell("pack", "coverage", "--json", "--all", cwd=covered)
    assert (done.code, done.err) == (0, "")
    roles = told(done)
    assert {role: one["filled_by"] for role, one in roles.items()} == {
        "air": "second",
        "knock": "first",
        "creak": "second",
        "rap": "first",
    }
    assert roles["knock"]["could"][:1] == ["second"] and "third" in roles["creak"]["could"]
    assert [role for role, one in roles.items() if one["falls_back"]] == ["air", "creak"]
    assert (roles["air"]["lines"], roles["rap"]["lines"]) == ([6, 11], [10])


def test_the_table_reads_from_left_to_right(covered: Path, shell: Shell) -> None:
    done = shell("pack", "coverage", cwd=covered)
    assert done.code == 0
    assert done.out.splitlines() == [
        "script: script/t.yaml (the only script)",
        "role   first  second              lines",
        "air    .      FILLS   falls back  6, 11",
        "knock  FILLS  has                 7",
        "creak  .      FILLS   falls back  8",
        "rap    FILLS  .                   10",
        "4 roles: first fills 2, second fills 2",
        "not in first, so from a later pack: air (second), creak (second)",
    ]


def test_a_pack_in_front_is_the_first(covered: Path, shell: Shell) -> None:
    roles = told(shell("pack", "coverage", "--json", "--pack", "third", cwd=covered))
    assert (roles["creak"]["filled_by"], roles["creak"]["falls_back"]) == ("third", False)
    assert roles["knock"]["falls_back"] is True


def test_a_role_that_nobody_fills_ends_with_1_and_its_line(covered: Path, shell: Shell) -> None:
    script = covered / "script" / "t.yaml"
    told_so = SCRIPT.replace("creak pitch", "squeal variant 3, set speed 0.2, pitch").replace(
        "sound: rap", "sound: rapp"
    )
    script.write_text(told_so.replace("bed: air level", "bed: airy level"), "utf-8")
    done = shell("pack", "coverage", cwd=covered)
    assert done.code == 1 and is_messages(done.err)
    assert done.err.splitlines() == [
        "script/t.yaml:6:9: no listed pack fills 'airy'; did you mean 'air'?",
        "script/t.yaml:8:9: no listed pack fills 'squeal'; third would fill it",
        "script/t.yaml:10:9: no listed pack fills 'rapp'; did you mean 'rap'?",
    ]
    assert re.search(r"^squeal +\. +\. +NOBODY +8$", done.out, re.MULTILINE)


def test_other_mistakes_of_the_script_are_told_as_always(covered: Path, shell: Shell) -> None:
    script = covered / "script" / "t.yaml"
    script.write_text(SCRIPT.replace("creak pitch +200 cents", "squeak pitch 2 lemons"), "utf-8")
    done = shell("pack", "coverage", cwd=covered)
    assert done.code == 1 and "lemons" in done.err and "squeak" not in done.out


def test_a_listed_pack_that_is_nowhere_is_told(covered: Path, shell: Shell) -> None:
    script = covered / "script" / "t.yaml"
    script.write_text(SCRIPT.replace("[first, second]", "[nowhere, first, second]"), "utf-8")
    done = shell("pack", "coverage", cwd=covered)
    assert done.code == 1
    assert done.err == "script/t.yaml:2:9: the pack 'nowhere' is nowhere to be found\n"


def test_quiet_prints_errors_only(covered: Path, shell: Shell) -> None:
    for command in (("list",), ("show", "first"), ("diff", "first", "second"), ("coverage",)):
        done = shell("pack", *command, "--quiet", cwd=covered)
        assert (done.code, done.out, done.err) == (0, "", ""), command
