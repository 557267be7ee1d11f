"""`render new`: a project that renders as it is, wherever it stands and whatever it is called."""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile
import yaml

from producer import script as script_stage
from producer.errors import RenderError
from producer.script import keys
from producer.script.tree import Pairs, Scalar
from producer.starter import make
from tests.face_helpers import Done, Shell, cache, files, shell

__all__ = ["cache", "shell"]


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter")
    make("my_play", folder)
    return folder / "my_play"


def test_it_is_a_whole_project(play: Path) -> None:
    assert set(files(play)) == {
        *("script/my_play.yaml", "script/schema.json", "sfx/mine/pack.yaml", "notes.md", ".gitignore"),
        *("sfx/mine/knock/knock_01.flac", "sfx/mine/knock/knock_02.flac"),
    }
    assert all(b"@" not in content for name, content in files(play).items() if name.endswith((".yaml", ".md")))


def test_it_is_the_same_every_time(play: Path, tmp_path: Path) -> None:
    make("my_play", tmp_path)
    assert files(tmp_path / "my_play") == files(play)


def test_its_recordings_are_two_and_differ(play: Path) -> None:
    one, two = (soundfile.read(path)[0] for path in sorted((play / "sfx" / "mine" / "knock").iterdir()))
    assert one.shape != two.shape or not np.array_equal(one, two)
    for sound in (one, two):
        assert 0.05 < np.abs(sound).max() < 1


def test_the_play_has_every_kind_of_cue(play: Path) -> None:
    text = (play / "script" / "my_play.yaml").read_text("utf-8")
    items = set(re.findall(r"^      - (?:id: \w+\n        )?(\w+):", text, re.MULTILINE))
    cast = set(re.findall(r"^  (\w+):\s+\{.*(?:voice|together)", text, re.MULTILINE))
    assert items >= set(keys.ITEMS) | cast
    for written in (r"\[knock ", r"\[beat\]", r"\[pause ", r"\[mark ", r"\{42\|", r"\*stopped\*", r": >\s", r" -> "):
        assert re.search(written, text), written
    for moment in ("start of ", "end of ", 'until word "', "mark ", "after word "):
        assert moment in text, moment
    assert text.count("wind") >= 3  # started, ridden, ended
    for key in ("how:", "lead:", "crossfade:", "say:", "rooms:", "sounds:", "treat:", "together:", "fade_out:", "over"):
        assert key in text, key


def test_an_editor_knows_its_keys(play: Path) -> None:
    text = (play / "script" / "my_play.yaml").read_text("utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named
    schema = json.loads((play / "script" / named[1]).read_text("utf-8"))
    assert schema == script_stage.schema()
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(text, yaml.BaseLoader)))


def test_the_notes_are_right(play: Path, shell: Shell) -> None:
    notes = (play / "notes.md").read_text("utf-8")
    assert notes.startswith("# My Play\n")
    for path in re.findall(r"`([\w./]+/[\w.]*)`", notes):
        assert (play / path).exists() or path.startswith("output/"), path
    assert "output/my_play/my_play.mp3" in notes
    for command in re.findall(r"^    render (\w+)((?: --?\w+)*)", notes, re.MULTILINE):
        assert shell(command[0], *command[1].split(), "--help", cwd=play).code == 0
    printed = shell("schema", cwd=play)
    assert (play / "script" / "schema.json").read_text("utf-8") == printed.out


AWKWARD = {
    "my play": ("my_play", "My Play"),
    "Müller & Söhne": ("müller_söhne", "Müller & Söhne"),
    "日本語": ("日本語", "日本語"),
    "हिन्दी": ("हिन्दी", "हिन्दी"),
    unicodedata.normalize("NFD", "Ünder"): ("ünder", unicodedata.normalize("NFD", "Ünder")),
    "-x": ("x", "-x"),
    "it's": ("it_s", "It's"),
    'say "hi"': ("say_hi", 'Say "hi"'),
    "[x]": ("x", "[x]"),
    "a: b # c": ("a_b_c", "A: B # C"),
    "*": ("episode", "*"),
    "null": ("null", "Null"),
    "1984": ("1984", "1984"),
    "> fold": ("fold", "> Fold"),
    "McBeth_2": ("mcbeth_2", "McBeth 2"),
    "a/b/c": ("c", "C"),
    "../up": ("up", "Up"),
    "ends.": ("ends", "Ends."),
    "🎧": ("episode", "🎧"),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_any_name_gives_a_project_that_checks(name: str, tmp_path: Path, shell: Shell) -> None:
    here = tmp_path / "here"
    here.mkdir()
    slug, title = AWKWARD[name]
    made = shell("new", "--", name, cwd=here)
    assert (made.code, made.err) == (0, "")
    said, _, cd, last = made.out.splitlines()
    assert said == f"made {name}: script/{slug}.yaml, sfx/mine, notes.md"
    assert last == "  render episode"
    command, way = shlex.split(cd)
    assert (command, (here / way).resolve()) == ("cd", (here / name).resolve())
    assert not way.startswith("-")
    checked = shell("check", "--json", cwd=here / name)
    assert (checked.code, checked.err) == (0, "")
    assert json.loads(checked.out)["script"] == f"script/{slug}.yaml"
    written = script_stage.read((here / name / "script" / f"{slug}.yaml").read_text("utf-8"), "x")
    assert isinstance(written.tree, Pairs)
    (told,) = [node for key, node in written.tree.pairs if key.text == "title"]
    assert isinstance(told, Scalar) and told.text.strip() == title


def test_this_folder_will_do_when_it_is_empty(tmp_path: Path) -> None:
    here = tmp_path / "evening"
    here.mkdir()
    assert make(".", here) == ("made .: script/evening.yaml, sfx/mine, notes.md", "next:", "  render episode")


@pytest.mark.parametrize("name", ["", "  ", "new\nline", "bell\a"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="a project is named with letters"):
        make(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["taken", "file", "taken/script/x.yaml/below", "x" * 300])
def test_nothing_that_is_there_is_touched(name: str, tmp_path: Path) -> None:
    (tmp_path / "taken" / "script").mkdir(parents=True)
    (tmp_path / "taken" / "script" / "x.yaml").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    before = files(tmp_path)
    with pytest.raises(RenderError) as caught:
        make(name, tmp_path)
    assert files(tmp_path) == before
    assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)


def test_it_renders_where_its_name_is_awkward_and_quietly(tmp_path: Path, shell: Shell) -> None:
    shell("new", "Über & out", cwd=tmp_path)
    folder = tmp_path / "Über & out"
    assert shell("episode", "--quiet", cwd=folder) == Done(0, "", "")
    made = files(folder / "output" / "über_out")
    assert made["über_out.mp3"][:3] == b"ID3"
    timeline = json.loads(made["timeline.json"])
    assert 30 < timeline["duration"] / timeline["rate_hz"] < 60
    assert {clip["kind"] for clip in timeline["clips"]} == {"speech", "sound", "bed", "music"}
    assert {clip["source"].get("pack") for clip in timeline["clips"]} == {None, "mine", "ruins"}
