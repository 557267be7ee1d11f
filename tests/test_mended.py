"""Mistakes of ours that people met, each as the script in which they met it."""

import json
from pathlib import Path

import pytest

from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

HEAD = "title: T\npacks: [ruins]\ncast:\n  ann: {voice: en-gb}\n  ben: {voice: en-us}\n  both: {together: [ann, ben]}\n"


def written(folder: Path, play: str, head: str = HEAD) -> Path:
    script = folder / "script" / "t.yaml"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"{head}scenes:\n  - play:\n{play}", "utf-8")
    return script


@pytest.mark.parametrize("command", ["check", "cues"])
def test_a_gliding_pitch_of_one_long_sound_is_refused_and_not_ignored(
    tmp_path: Path, shell: Shell, command: str
) -> None:
    written(tmp_path, "      - sound: servo for 2 s, pitch 0 cents -> +300 cents\n")
    done = shell(command, cwd=tmp_path)
    assert done.code == 1
    assert "its pitch moves from strike to strike" in done.err
    assert done.err.startswith("script/t.yaml:9:37: ")


def test_music_that_strikes_goes_on_to_the_end_of_its_scene(tmp_path: Path, shell: Shell) -> None:
    written(tmp_path, "      - music: heartbeat every 2 s\n      - pause: 9 s\n")
    assert shell("cues", cwd=tmp_path).code == 0
    assert shell("episode", cwd=tmp_path).code == 0
    timeline = json.loads((tmp_path / "output" / "t" / "timeline.json").read_text("utf-8"))
    (music,) = timeline["clips"]
    assert music["kind"] == "music"
    assert [round(hit / timeline["rate_hz"]) for hit in music["hits"]] == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("items", ["      - ann: ...\n", "      - ann: 😀\n", "      - pause: 3 s\n      - mark: on\n"])
@pytest.mark.parametrize("command", ["check", "episode"])
def test_a_script_in_which_nothing_is_heard_is_a_located_message(
    tmp_path: Path, shell: Shell, command: str, items: str
) -> None:
    written(tmp_path, items)
    done = shell(command, cwd=tmp_path)
    assert done.code == 1
    assert done.err == "script/t.yaml:8:5: nothing can be heard in this script: give it words or sounds\n"


def test_a_failed_first_render_leaves_no_empty_output_folder(tmp_path: Path, shell: Shell) -> None:
    written(tmp_path, "      - ann: ...\n")
    shell("episode", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["script"]


def test_what_is_said_together_is_captioned_with_the_name_for_both(tmp_path: Path, shell: Shell) -> None:
    written(tmp_path, "      - both: Open it.\n")
    assert shell("episode", cwd=tmp_path).code == 0
    assert "<v both>Open it.</v>" in (tmp_path / "output" / "t" / "transcript.vtt").read_text("utf-8")


def test_another_profile_leaves_no_audio_of_the_last_one_beside_its_timeline(tmp_path: Path, shell: Shell) -> None:
    written(tmp_path, "      - ann: Open it.\n")
    for profile, suffix in (("podcast", ".mp3"), ("broadcast", ".wav"), ("archive", ".flac")):
        assert shell("episode", "--profile", profile, cwd=tmp_path).code == 0
        audio = [path.name for path in (tmp_path / "output" / "t").iterdir() if path.stem == "t"]
        assert audio == [f"t{suffix}"]


@pytest.mark.parametrize("command", ["check", "episode"])
def test_a_cover_that_is_not_there_is_found_before_any_work(tmp_path: Path, shell: Shell, command: str) -> None:
    written(tmp_path, "      - ann: Open it.\n", HEAD + "cover: nope.png\n")
    done = shell(command, cwd=tmp_path)
    assert done.code == 1
    assert "cover: cannot read nope.png" in done.err


def test_an_empty_title_is_not_told_to_go_away(tmp_path: Path, shell: Shell) -> None:
    written(tmp_path, "      - ann: Open it.\n", HEAD.replace("title: T", "title:"))
    done = shell("check", cwd=tmp_path)
    assert "'title' has no value; write one\n" in done.err
