"""`render audit` as its users meet it: folders that were moved, files from anywhere, one line for each finding."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer import auditing
from producer.audit.audit import audit
from producer.audit.planned import plan_of
from producer.deliver import ffmpeg
from tests.audit_helpers import RATE, Made, good
from tests.face_helpers import Shell, cache, is_messages, render, shell

__all__ = ["cache", "shell"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(good(), tmp_path_factory.mktemp("audit"))


@pytest.fixture
def output(made: Made, tmp_path: Path) -> Path:
    """An output folder, far from where it was made."""
    folder = tmp_path / "moved" / "good"
    folder.mkdir(parents=True)
    shutil.copy(made.file, folder / "good.mp3")
    (folder / "timeline.json").write_text(json.dumps(made.document), "utf-8")
    (folder / "reference.npz").write_bytes(made.reference.to_bytes())
    return folder


def test_a_good_folder_is_one_line_and_exit_0(output: Path, shell: Shell) -> None:
    done = shell("audit", output, cwd=output.parent)
    assert (done.code, done.err) == (0, "")
    assert re.match(r"good\.mp3: as planned: all 5 lines, all 7 cues, all 2 beds found; -1(5\.9|6\.)", done.out)
    assert done.out.count("\n") == 1
    assert shell("audit", output / "good.mp3", "--quiet", cwd=output.parent).out == ""


def test_a_mistake_is_one_line_with_its_place_and_exit_1(made: Made, output: Path, shell: Shell) -> None:
    audio = made.decoded()
    audio[round(9.5 * RATE) : round(9.502 * RATE)] = 0.0
    made.reencoded(audio, "holed")
    shutil.copy(made.folder / "holed.mp3", output / "good.mp3")
    done = shell("audit", "good", cwd=output.parent)
    assert done.code == 1
    assert is_messages(done.err) and done.err.count("\n") == 1
    assert done.err.startswith("test.yaml:13:3: 0:09.5 the sound drops out for about ")
    assert "1 thing is not as planned" in done.out


def encoded(audio: np.ndarray, path: Path, *more: str) -> None:
    """An MP3 as somebody else's ffmpeg makes it of samples."""
    channels = str(audio.shape[1])
    feed = ["-f", "f32le", "-ar", str(RATE), "-ac", channels, "-i", "pipe:0"]
    command = [ffmpeg.executable(), "-nostdin", "-v", "error", "-y", *feed, "-b:a", "192k", *more, path]
    subprocess.run(command, input=audio.astype("<f4").tobytes(), check=True)


def test_what_another_encoder_puts_before_it_harms_nothing(made: Made, output: Path) -> None:
    """Without LAME's Info frame a player does not know that 25 ms of the file are the encoder's."""
    encoded(made.decoded(), output / "good.mp3", "-write_xing", "0")
    (found,) = auditing.target(output)
    assert found.heard.seen.samples > len(made.mix)
    assert found.findings == ()
    assert {one.match.state for one in found.clips} == {"found"}


@pytest.mark.parametrize("late_s", [0.3, 7.31, -0.7])
def test_all_of_it_late_or_early_is_one_finding(made: Made, output: Path, late_s: float) -> None:
    audio, late = made.decoded(), round(late_s * RATE)
    audio = np.concatenate([np.zeros((late, 2), np.float32), audio]) if late > 0 else audio[-late:]
    encoded(audio, output / "good.mp3")
    (found,) = auditing.target(output)
    assert [one.kind for one in found.findings] == ["shifted"]
    assert f"{abs(late_s):.2f} s {'late' if late_s > 0 else 'early'}" in found.findings[0].what
    assert found.heard.length_s == pytest.approx(len(audio) / RATE, abs=0.001)


def test_what_is_wrong_in_a_late_file_is_told_too(made: Made, output: Path) -> None:
    audio = made.decoded()
    audio[round(9.5 * RATE) : round(9.502 * RATE)] = 0.0
    encoded(np.concatenate([np.zeros((RATE, 2), np.float32), audio]), output / "good.mp3")
    (found,) = auditing.target(output)
    assert [one.kind for one in found.findings] == ["shifted", "dropout"]
    assert found.findings[1].start_s == pytest.approx(9.5, abs=0.005)


def test_one_channel_of_an_episode_with_two_is_named_and_nothing_said_of_its_lines(made: Made, output: Path) -> None:
    encoded(0.8 * made.decoded().mean(axis=1, keepdims=True), output / "good.mp3")
    (found,) = auditing.target(output, "acx")
    assert [one.what for one in found.findings if one.kind == "channel"] == [
        "it has 1 channel, not 2: what the mix has apart comes from one place"
    ]
    assert found.clips == ()
    assert not {one.kind for one in found.findings} & {"dropout", "click", "missing", "quiet", "format"}


def test_the_document_holds_every_clip_and_no_path(output: Path, shell: Shell) -> None:
    done = shell("audit", output, "--json", cwd=output.parent)
    document = json.loads(done.out)
    assert document["version"] == 1
    (one,) = document["files"]
    assert [clip["state"] for clip in one["clips"]] == ["found"] * 14
    assert one["verdicts"]["podcast"] == {"passes": True, "faults": []}
    assert one["measured"]["true_peak_dbtp"] <= -1.0
    assert len(one["curve"]["short_term_lufs"]) == pytest.approx(48, abs=1)
    assert str(output) not in done.out
    assert sum(line.startswith('    {"id": ') for line in done.out.splitlines()) == 14  # each on a line of its own


def test_another_profile_decides_when_it_is_asked_for(output: Path, shell: Shell) -> None:
    done = shell("audit", output, "--profile", "broadcast", cwd=output.parent)
    assert done.code == 1
    assert re.search(r"7\.[01] LU too loud \(broadcast: -23 ±0\.2 LUFS\)", done.err)
    assert shell("audit", output, "--profile", "brodcast", cwd=output.parent).code == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.mp3", None, "there is no file or folder called"),
        ("empty.mp3", b"", "no MP3 frames"),
        ("text.wav", b"RIFF of another kind, in words", "cannot be read"),
        ("notes.txt", b"only words", "no sound file that can be read"),
    ],
)
def test_what_cannot_be_audited_is_one_clear_message(
    name: str, content: bytes | None, says: str, tmp_path: Path, shell: Shell
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = shell("audit", name, cwd=tmp_path)
    assert done.code == 1 and done.err.count("\n") == 1
    assert says in done.err and "Traceback" not in done.err


def test_an_empty_folder_and_broken_company_are_one_clear_message(output: Path, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no sound file" in shell("audit", "empty", cwd=tmp_path).err
    (output / "reference.npz").write_bytes(b"PK nonsense")
    assert "is no reference of an episode" in shell("audit", output, cwd=tmp_path).err
    (output / "timeline.json").write_text('{"version": 1}', "utf-8")
    assert "is no timeline of an episode" in shell("audit", output, cwd=tmp_path).err
    (output / "timeline.json").write_text("{", "utf-8")
    done = shell("audit", output, cwd=tmp_path)
    assert done.code == 1 and "is no JSON document" in done.err and done.err.count("\n") == 1


def test_a_foreign_file_gets_its_figures_and_verdicts_and_is_told_what_cannot_be_known(
    tmp_path: Path, shell: Shell
) -> None:
    tone = 0.1 * np.sin(2 * np.pi * 440.0 * np.arange(5 * 48000) / 48000.0)
    soundfile.write(tmp_path / "tone.wav", np.stack([tone, tone], axis=1), 48000, subtype="PCM_24")
    done = shell("audit", "tone.wav", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "lines, cues, clicks, gaps and silences cannot be judged" in done.out
    assert "podcast: fails: it is WAV, not MP3" in done.out


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_sample_that_is_no_number_breaks_a_file_there(value: float, shell: Shell, tmp_path: Path) -> None:
    audio = np.full((3 * RATE, 2), 0.1, np.float32)
    audio[2 * RATE + 7, 1] = value
    soundfile.write(tmp_path / "mix.wav", audio, RATE, "FLOAT")
    done = shell("audit", "mix.wav", cwd=tmp_path)
    assert done.code == 1
    assert is_messages(done.err)
    assert done.err == "mix.wav: 0:02.0 the file is broken here: a sample is no number; make or fetch it again\n"


def test_a_file_that_breaks_off_is_named_as_broken(made: Made, output: Path, shell: Shell) -> None:
    whole = made.file.read_bytes()
    (output / "good.mp3").write_bytes(whole[: len(whole) // 2])
    done = shell("audit", output, cwd=output.parent)
    assert done.code == 1
    assert "before its time" in done.err or "broken here" in done.err
    assert done.err.count("\n") == 1


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_shows_all_of_it_and_runs_nothing(made: Made) -> None:
    facts, heard = auditing.listen(made.file)
    document = json.loads(json.dumps(made.document))
    document["clips"][1]["name"] = "<script>alert(1)</script>"
    found = audit("good.mp3", facts, heard, plan=plan_of(document), reference=made.reference)
    names = dict(auditing.documents([found], "A & B"))
    page = Tags()
    page.feed(names["audit.html"])
    tags = [tag for tag, _ in page.found]
    assert "script" not in tags and "link" not in tags and "img" not in tags
    assert not any(name.startswith("on") or name in ("src", "href") for _, attrs in page.found for name in attrs)
    assert tags.count("rect") == 1 + 14  # the target and every clip
    assert tags.count("tr") == 1 + 5 + 1 + 5 + 1 + 9
    assert "A &amp; B" in names["audit.html"]
    assert json.loads(names["audit.json"])["files"][0]["file"] == "good.mp3"


BED_THROUGHOUT = """\
title: A letter
packs: [ruins]
cast: {n: {voice: en-gb}}
scenes:
  - title: One
    play:
      - bed: room_tone level -14 LU
      - n: She wrote to him every day for a year, and did not once say where she was.
      - pause: 1 s
      - n: On the last day of it he came.
      - pause: 1 s
credits: no
"""


def test_a_drama_for_acx_names_the_narration_beside_it_and_is_strict_with_what_that_does_not_mend(
    tmp_path: Path, shell: Shell
) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "letter.yaml").write_text(BED_THROUGHOUT, "utf-8")
    alone = shell("episode", "--profile", "acx", "--strict", cwd=tmp_path)
    assert (alone.code, "ship the narration instead: render episode --mix" in alone.err) == (1, True)
    asked = ("episode", "--profile", "acx", "--mix", "narration_only", "--strict", "--json")
    both = shell(*asked, cwd=tmp_path)
    assert (both.code, both.err) == (0, "")
    (finding,) = json.loads(both.out)["findings"]
    assert finding["instead"] == "letter.narration_only.mp3"
    assert finding["mend"] == "ship letter.narration_only.mp3 instead, which is in this folder and passes"
    heard = shell("audit", "output/letter", cwd=tmp_path)
    assert (heard.code, heard.err, "ship letter.narration_only.mp3 instead" in heard.out) == (0, "", True)
    (tmp_path / "output" / "letter" / "letter.narration_only.mp3").unlink()
    assert shell("audit", "output/letter", "--quiet", cwd=tmp_path).code == 1


@pytest.mark.parametrize("name", ["x.m4a", "x.ogg", "x.flac"])
@pytest.mark.parametrize("text", ["ffconcat version 1.0\nfile good.mp3\n", "#EXTM3U\n#EXTINF:1,\ngood.mp3\n"])
def test_a_list_of_other_files_is_not_followed(output: Path, name: str, text: str, shell: Shell) -> None:
    (output / name).write_text(text, "utf-8")
    done = shell("audit", name, cwd=output)
    assert (done.code, done.err) == (1, f"{name} is no sound file that can be read\n")


@pytest.mark.parametrize("name", ["gone", "text"])
def test_an_ffmpeg_that_cannot_be_run_is_one_message(output: Path, cache: Path, name: str) -> None:
    (output / "text").write_text("no program", "utf-8")
    done = render("audit", "good.mp3", cwd=output, cache=cache, env={"IMAGEIO_FFMPEG_EXE": str(output / name)})
    assert done.code == 1 and done.err.count("\n") == 1
    assert done.err.startswith(f"no ffmpeg for this machine: {output / name} ")
    assert done.err.endswith("; set IMAGEIO_FFMPEG_EXE to one\n")
