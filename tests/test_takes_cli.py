"""`render takes` as producers and actors meet it: sheets, recordings in, and what is recorded."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer.cache import Cache
from producer.deliver import ffmpeg
from producer.takes.booth import page, sheets, table
from producer.voice.naming import names
from tests.face_helpers import Shell, cache, files, is_messages, shell
from tests.takes_helpers import RATE_HZ, Floats, in_a_room
from tests.test_docs import TAKES, blocks, commands
from tests.test_takes import SCRIPT, Stage, stage, write

__all__ = ["cache", "shell"]


@pytest.fixture
def play(tmp_path: Path, cache: Path) -> Stage:
    return stage(tmp_path / "play", cache, recorded=False)


def given(play: Stage, **recordings: Floats) -> Path:
    """A folder as an actor sends it."""
    folder = play.root / "from_actor"
    folder.mkdir(exist_ok=True)
    for name, samples in recordings.items():
        write(folder / f"{name}.wav", in_a_room(samples, len(name), 45.0, 0.15))
    return folder


def test_a_folder_of_recordings_is_matched_checked_and_copied(play: Stage, shell: Shell) -> None:
    line_2 = names(play.script().lines)["line-2", 0]
    thomas = play.truth["thomas", 0].samples
    folder = given(
        play,
        **{
            "who": play.truth["who", 0].samples,
            "line-2": play.truth["line-2", 0].samples,
            "WHO_ELSE_2": thomas,
            "thomas": np.concatenate([thomas, np.zeros(8000), play.truth["come", 0].samples]),
            "come": play.truth["come", 0].samples,
            "take seven": play.truth["who_else", 0].samples,
        },
    )
    write(folder / "thomas_2.wav", np.zeros(RATE_HZ))
    (folder / "notes.txt").write_text("not a sound")
    before = files(folder)
    done = shell("takes", "import", "from_actor", "--json", cwd=play.root)
    assert done.code == 1
    told = json.loads(done.out)
    assert {Path(one["from"]).name: one["file"] for one in told["brought"]} == {
        "who.wav": "takes/lamp/who.wav",
        "line-2.wav": f"takes/lamp/{line_2}.wav",
        "thomas.wav": "takes/lamp/thomas.wav",
    }
    remarks = {one["line"]: one["remarks"] for one in told["brought"] if one["remarks"]}
    assert set(remarks) == {"thomas"}
    assert re.fullmatch(r"\d\.\d s at 0:0\d\.\d, after “Thomas”, are not in the script", remarks["thomas"][0])
    refused = {Path(one["from"]).name: one["why"] for one in told["refused"]}
    assert set(refused) == {"WHO_ELSE_2.wav", "come.wav", "take seven.wav", "thomas_2.wav"}
    assert refused["WHO_ELSE_2.wav"].endswith("call it thomas")
    assert "it says “Aoife knew it." in refused["take seven.wav"]
    assert refused["take seven.wav"].endswith("call it who_else")
    assert "one take for each member: come.ada, come.ben" in refused["come.wav"]
    assert "silence" in refused["thomas_2.wav"]
    assert files(folder) == before
    assert set(files(play.folder)) == {"who.wav", f"{line_2}.wav", "thomas.wav"}
    assert files(play.folder)["who.wav"] == before["who.wav"]


FORMATS_OF_TAKES = [("m4a", 44100), ("mp3", 22050), ("ogg", 8000), ("aiff", 96000), ("mov", 44100), ("3gp", 8000)]
FORMATS_OF_TAKES += [("oga", 48000), ("au", 44100), ("wv", 48000), ("ac3", 48000), ("mkv", 48000), ("mp2", 48000)]


@pytest.mark.parametrize(("suffix", "rate_hz"), FORMATS_OF_TAKES)
def test_any_format_is_taken(play: Stage, shell: Shell, suffix: str, rate_hz: int) -> None:
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    made = folder / f"thomas.{suffix}"
    codec = ["-c:a", "aac"] if suffix == "3gp" else []
    source = [ffmpeg.executable(), "-v", "error", "-i", str(folder / "thomas.wav")]
    command = [*source, "-ar", str(rate_hz), *codec, str(made)]
    subprocess.run(command, check=True)
    (folder / "thomas.wav").unlink()
    done = shell("takes", "import", "from_actor", "--json", cwd=play.root)
    assert done.code == 0, done.err
    (one,) = json.loads(done.out)["brought"]
    assert one["file"] == f"takes/lamp/thomas.{suffix}"
    assert one["remarks"] == []
    clip = next(clip for clip in play.plan().timeline.clips if clip.id == "thomas")
    wanted = play.truth["thomas", 0].words
    off = [
        (word.start - clip.words[0].start) / 44100 - (start - wanted[0][1]) / RATE_HZ
        for word, (_, start, _) in zip(clip.words, wanted, strict=True)
    ]
    assert np.abs(off).max() <= 0.060


def test_what_is_called_like_a_line_and_is_no_sound_is_told(play: Stage, shell: Shell) -> None:
    """And nothing is said of an editor's file beside the recording of the same name, nor of the sheets."""
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    for name in ("who.docx", "thomas.pkf", "ben.csv", "notes.txt"):
        (folder / name).write_bytes(b"something else")
    done = shell("takes", "import", "from_actor", cwd=play.root)
    assert done.code == 1
    (said,) = done.err.splitlines()
    assert said.startswith("from_actor/who.docx: not taken: is called like a line, but not like a sound (.3g2 ")
    assert set(files(play.folder)) == {"thomas.wav"}


def test_a_short_line_is_told_from_another(play: Stage, shell: Shell) -> None:
    """Of one's own voice, too: “Come up and see!” is not “I thought you had gone home hours ago, Thomas.”"""
    given(play, **{"come.ben": play.truth["thomas", 0].samples, "come.ada": play.truth["come", 0].samples})
    done = shell("takes", "import", "from_actor", cwd=play.root)
    assert set(files(play.folder)) == {"come.ada.wav"}, done
    assert done.err.rstrip().endswith("call it thomas")


def test_nothing_is_written_over_and_nothing_is_taken_twice(play: Stage, shell: Shell) -> None:
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    assert shell("takes", "import", "from_actor", cwd=play.root).code == 0
    first = files(play.folder)
    again = shell("takes", "import", "from_actor", cwd=play.root)
    assert again.code == 0
    assert "is there already as takes/lamp/thomas.wav" in again.out
    assert files(play.folder) == first
    write(folder / "thomas.wav", play.truth["thomas", 0].samples, 0.3)
    other = shell("takes", "import", "from_actor", cwd=play.root)
    assert "is now takes/lamp/thomas_2.wav (take 1 was there already)" in other.out
    assert files(play.folder)["thomas.wav"] == first["thomas.wav"]
    checked = shell("takes", "import", "takes/lamp", cwd=play.root)  # what is there is checked, and stays
    assert checked.code == 0
    assert set(files(play.folder)) == {"thomas.wav", "thomas_2.wav"}


def test_which_take_is_heard_is_told_of_all_that_were_brought_and_by_what_the_script_says(
    play: Stage, shell: Shell
) -> None:
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    for number in (3, 10, 2):
        write(folder / f"thomas_{number}.wav", play.truth["thomas", 0].samples, 0.1 * number)
    told = {one["file"]: one["note"] for one in imported(play, shell)}
    heard = "take 10 is the one that is heard"
    assert [told[f"takes/lamp/thomas{one}.wav"] for one in ("", "_2", "_3", "_10")] == [heard, heard, heard, ""]
    script = play.root / "script" / "lamp.yaml"
    script.write_text(script.read_text("utf-8").replace("id: thomas\n", "id: thomas\n        take: 2\n"), "utf-8")
    told = {one["file"]: one["note"] for one in imported(play, shell)}
    picked = "the script says 'take: 2'"
    assert [told[f"takes/lamp/thomas{one}.wav"] for one in ("", "_2", "_3", "_10")] == [picked, "", picked, picked]


def imported(play: Stage, shell: Shell) -> list[dict[str, str]]:
    done = shell("takes", "import", "from_actor", "--json", cwd=play.root)
    assert done.code == 0, done.err
    found: list[dict[str, str]] = json.loads(done.out)["brought"]
    return found


def test_recordings_in_folders_of_the_folder_are_told(play: Stage, shell: Shell) -> None:
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    for name in ("day 2/thomas.wav", "day 3/notes.wav", ".trash/thomas.wav"):
        (folder / name).parent.mkdir()
        write(folder / name, play.truth["thomas", 0].samples)
    done = shell("takes", "import", "from_actor", cwd=play.root)
    assert done.code == 1
    what = "is a folder with a recording called like a line; bring it in by itself"
    assert done.err.splitlines() == [f"from_actor/day 2: not taken: {what}"]
    assert set(files(play.folder)) == {"thomas.wav"}
    (play.folder / "rehearsal").mkdir()  # there `take: rehearsal/thomas.wav` may mean it
    write(play.folder / "rehearsal" / "thomas.wav", play.truth["thomas", 0].samples)
    assert shell("takes", "import", "takes/lamp", cwd=play.root).code == 0


def test_what_is_no_recording_of_the_folder_is_not_taken(play: Stage, shell: Shell) -> None:
    folder = given(play, thomas=play.truth["thomas", 0].samples)
    (folder / "thomas.wav").rename(play.root.parent / "thomas.wav")  # outside the project
    (folder / "thomas.wav").symlink_to(play.root.parent / "thomas.wav")
    (folder / "thomas_3.wav").mkdir()
    (folder / "a\nthomas.wav").write_bytes(b"")
    reasons = {
        "thomas.wav": "'thomas.wav' is a link that leaves its folder; copy the file into it",
        "thomas_3.wav": "'thomas_3.wav' is not a file",
    }
    if sys.platform == "linux":  # others refuse to make such a name
        Path(os.fsdecode(os.fsencode(folder) + b"/thomas\xff.wav")).write_bytes(b"")
        reasons["thomas\udcff.wav"] = "its name is not UTF-8; rename it"
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "thomas_2.wav")
        reasons["thomas_2.wav"] = "'thomas_2.wav' is not a file"
    done = shell("takes", "import", "from_actor", cwd=play.root)
    assert done.code == 1
    assert len(done.err.splitlines()) == len(reasons) + 1, done.err
    for name, why in reasons.items():
        assert f"from_actor/{name}: not taken: {why}" in done.err
    assert not files(play.root / "takes")


def test_a_characters_whole_part_in_one_file_is_cut_into_its_lines(play: Stage, shell: Shell) -> None:
    said = [play.truth[line, 0].samples for line in ("line-2", "thomas")]
    slate = play.truth["come", 0].samples
    reel = np.concatenate([slate, said[0], np.zeros(RATE_HZ), said[1], said[1], np.zeros(RATE_HZ)])
    given(play, ben=reel)
    done = shell("takes", "import", "from_actor", cwd=play.root)
    line_2 = names(play.script().lines)["line-2", 0]
    assert set(files(play.folder)) == {f"{line_2}.wav", "thomas.wav"}, done
    assert "said 2 times, the last one is kept" in done.out
    assert done.code == 1
    assert done.err.splitlines() == ["script/lamp.yaml:22:9: “Come up and see!” is not in from_actor/ben.wav"]
    for name, line in ((line_2, "line-2"), ("thomas", "thomas")):
        samples, rate = soundfile.read(play.folder / f"{name}.wav")
        truth = play.truth[line, 0]
        spoken_s = (truth.words[-1][2] - truth.words[0][1]) / RATE_HZ
        assert rate == RATE_HZ
        assert spoken_s <= len(samples) / rate <= spoken_s + 2.2


def test_lines_cut_out_of_one_file_are_as_they_were_recorded(play: Stage, shell: Shell) -> None:
    """Both channels of it, and what a recorder in 32 bit float has over full scale."""
    said = [play.truth[line, 0].samples for line in ("line-2", "thomas")]
    reel = in_a_room(np.concatenate([*said, np.zeros(RATE_HZ)]), 3, 45.0, 0.15)
    reel *= 3.0 / np.abs(reel).max()
    given(play)
    both = np.stack([reel, 0.8 * reel], axis=1)
    soundfile.write(play.root / "from_actor" / "ben.wav", both, RATE_HZ, subtype="FLOAT")
    done = shell("takes", "import", "from_actor", cwd=play.root)
    assert "clipped" not in done.out + done.err, done
    pieces = [soundfile.read(play.folder / name, always_2d=True)[0] for name in files(play.folder)]
    assert len(pieces) == 2
    assert max(np.abs(piece).max() for piece in pieces) == pytest.approx(3.0, abs=1e-6)
    for piece in pieces:
        assert np.allclose(piece[:, 1], 0.8 * piece[:, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("import", "nowhere"), 1, "nowhere is not a folder"),
        (("import", "script"), 1, "there is no recording in script"),
        (("booth", "--cast", "bem"), 2, "nobody who speaks is called 'bem'; did you mean 'ben'?"),
        (("status", "script/lump.yaml"), 1, "there is no such file; did you mean 'lamp.yaml'?"),
        (("import",), 2, "FOLDER"),
    ],
)
def test_a_wrong_command_is_one_message(
    play: Stage, shell: Shell, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = shell("takes", *arguments, cwd=play.root)
    assert done.code == code
    assert message in done.err
    assert "Traceback" not in done.err


def test_status_counts_lines_and_minutes(play: Stage, shell: Shell) -> None:
    write(play.folder / "thomas.wav", in_a_room(play.truth["thomas", 0].samples, 1, 18.0, 0.0))
    write(play.folder / "tomas.wav", play.truth["thomas", 0].samples)
    done = shell("takes", "status", "--json", cwd=play.root)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    ada, ben = told["members"]
    assert (ada["recorded"]["lines"], ada["synthetic"]["lines"]) == (0, 3)
    assert (ben["recorded"]["lines"], ben["synthetic"]["lines"]) == (1, 2)
    assert 2.0 < ben["recorded"]["seconds"] < 6.0
    assert [left["file"] for left in ben["left"]] == [names(play.script().lines)["line-2", 0], "come.ben"]
    assert told["lines"] == 6
    assert told["takes"][0]["remarks"][0].startswith("noisy")
    assert told["strays"][0]["file"] == "takes/lamp/tomas.wav"
    shown = shell("takes", "status", cwd=play.root).out
    assert re.search(r"^Ben +1 recorded \(0:0\d\), +2 by the voice en-gb \(0:\d\d\)$", shown, re.MULTILINE), shown
    assert "takes/lamp/thomas.wav (script/lamp.yaml:24:9): noisy" in shown
    left = [line["file"] for member in told["members"] for line in member["left"]]
    assert re.findall(r"^left +(\S+) \(script/lamp\.yaml:", shown, re.MULTILINE) == left, "Ada's, too, who has none yet"
    (play.folder / "thomas.wav").unlink()
    assert "left       all of it; `render takes booth` writes" in shell("takes", "status", cwd=play.root).out


def test_check_finds_a_take_that_is_not_there(play: Stage, shell: Shell) -> None:
    (play.root / "script" / "lamp.yaml").write_text(SCRIPT + "        take: 2\n", "utf-8")
    done = shell("check", cwd=play.root)
    assert done.code == 1
    assert is_messages(done.err)
    assert "lamp.yaml:24:9: take: there is no take 2 of this line; it would be called thomas_2.wav" in done.err


class _Text(HTMLParser):
    """The tags and the text of a page; every tag that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if "style" not in self.open else ""


def test_the_booth_has_all_that_an_actor_needs(play: Stage, shell: Shell) -> None:
    wicked = (
        SCRIPT.replace("name: Ben,", 'name: "Ben <b>&",')
        .replace("how: x", "")
        .replace("- title: The quay", "- title: '@SUM(1) The quay'")
        .replace("        id: thomas\n", "        id: thomas\n        how: <script>alert(1)</script>, =quietly\n")
    )
    (play.root / "script" / "lamp.yaml").write_text(wicked, "utf-8")
    done = shell("takes", "booth", "--cast", "ben", cwd=play.root)
    assert done.code == 0, done.err
    folder = play.root / "output" / "lamp" / "booth"
    assert set(files(folder)) == {"ben.html", "ben.csv"}
    read = _Text()
    html = (folder / "ben.html").read_text("utf-8")
    read.feed(html)
    assert read.open == []
    assert "<script" not in html
    for part in (
        "Ben <b>&",
        "The quay",
        "Ada: Who's there? Who is it, at this hour of the night?",
        "<script>alert(1)</script>, =quietly",
        "112 = one hundred and twelve",
        "pause for knock",
        "Said together with Ada.",
        names(play.script().lines)["line-2", 0],
        "come.ben",
    ):
        assert part in read.text, part
    rows = list(csv.DictReader((folder / "ben.csv").read_text("utf-8-sig").splitlines()))
    assert [row["file"] for row in rows] == [names(play.script().lines)["line-2", 0], "come.ben", "thomas"]
    assert [row["id"] for row in rows] == ["", "come", "thomas"]
    assert {row["scene"] for row in rows} == {"'@SUM(1) The quay"}, "a formula"
    assert rows[2]["line"] == "I thought you had gone home hours ago, Thomas."


def test_the_sheets_names_are_those_that_import_takes(play: Stage) -> None:
    """Round trip: every name on the sheets is a line's own."""
    with Cache(play.cache):
        script = play.script()
    called = names(script.lines)
    on_sheets = {row.file for sheet in sheets(script, "lamp", {}) for row in sheet.rows}
    assert on_sheets == set(called.values())
    for sheet in sheets(script, "lamp", {("thomas", 0): None}):
        assert page(sheet) == page(sheet)
        assert table(sheet).startswith("\ufeffnumber,scene,before,line")
        assert [row.recorded for row in sheet.rows].count(True) == (sheet.member == "ben")


def test_the_page_goes_as_it_is_told(play: Stage, shell: Shell) -> None:
    told = iter(commands(TAKES))

    def typed() -> str:
        done = shell(*next(told).split()[1:], cwd=play.root)
        assert (done.code, done.err) == (0, "")
        return done.out

    typed()  # the sheets
    rows = csv.DictReader((play.root / "output" / "lamp" / "booth" / "ben.csv").read_text("utf-8-sig").splitlines())
    speech = {name: speech for speech, name in names(play.script().lines).items()}
    folder = play.root / "from_ben"
    folder.mkdir()
    for row in rows:
        write(folder / f"{row['file']}.wav", play.truth[speech[row["file"]]].samples)
    assert typed().count(" is now takes/lamp/") == 3
    assert "recorded   3 of 6 lines" in typed()  # the episode
    assert "Ben: recorded\n" in (play.root / "output" / "lamp" / "credits.txt").read_text("utf-8")
    assert re.search(r"^Ben +3 recorded", typed(), re.MULTILINE)
    assert next(told, None) is None
    (block,) = blocks(TAKES)
    item = "".join(f"      {line}\n" for line in block.text.splitlines())
    script = f"title: Page\ncast: {{ann: {{voice: en-gb}}}}\nscenes:\n  - title: Gate\n    play:\n{item}"
    assert "      take: none\n" in item
    (play.root / "takes" / "page").mkdir()
    for name in ("gate", "gate_2"):
        write(play.root / "takes" / "page" / f"{name}.wav", play.truth["thomas", 0].samples)
    for text, recorded in ((script, 0), (script.replace("        take: none\n", ""), 1)):
        (play.root / "script" / "page.yaml").write_text(text, "utf-8")
        done = shell("check", "script/page.yaml", "--json", cwd=play.root)
        assert json.loads(done.out)["recorded"] == recorded
