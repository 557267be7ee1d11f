"""Listener mixes and stems as files: The Last Lamp rendered whole, read back as a listener and an engineer would."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen import flac, id3

from producer import project, render
from producer.cache import Cache
from producer.deliver import ffmpeg
from producer.deliver.stems import stem_files
from producer.model.mixes import MIXES
from tests.face_helpers import ROOT, Shell, cache, files, shell

__all__ = ["cache", "shell"]

LAMP = ROOT / "docs" / "examples" / "the_last_lamp"
OTHERS = tuple(name for name in MIXES if name != "standard")
BLOCK = 1 << 18


@dataclass(frozen=True)
class Lamp:
    """The example in a folder of its own."""

    folder: Path
    cache: Path

    @property
    def output(self) -> Path:
        return self.folder / "output" / "the_last_lamp"

    def render(self, **asked: object) -> render.Report:
        script = self.folder / "script" / "the_last_lamp.yaml"
        with Cache(self.cache) as kept:
            order = render.Order(project=project.find(script, self.folder)[0], **({"jobs": 2} | asked))  # type: ignore[arg-type]
            return render.episode(order, kept, render.NoWatch())


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Lamp:
    folder = tmp_path_factory.mktemp("lamp") / "lamp"
    shutil.copytree(LAMP, folder, ignore=shutil.ignore_patterns("output"))
    script = folder / "script" / "the_last_lamp.yaml"
    text = script.read_text("utf-8")
    for was, becomes in (("level: -20 LU", "level: -14 LU"), ("pause: 3 s", "pause: 12 s")):  # a long look at the sea
        assert text.count(was) == 1
        text = text.replace(was, becomes)
    script.write_text(text, "utf-8")
    return Lamp(folder, cache)


@pytest.fixture(scope="module")
def archived(lamp: Lamp) -> render.Report:
    """Every mix and every stem, without limiter or loss: what is delivered is the mix at the master's gain."""
    return lamp.render(profile="archive", mixes=("all",), stems="each", output=lamp.folder / "archive")


def blocks(path: Path) -> Iterator[np.ndarray]:
    with soundfile.SoundFile(path) as file:
        while len(block := file.read(BLOCK, dtype="float64", always_2d=True)):
            yield block


def highest_db(whole: Path, parts: list[Path]) -> float:
    """The highest sample of what is left of a file when others are taken from it, dBFS."""
    most = 0.0
    for first, *others in zip(blocks(whole), *map(blocks, parts), strict=True):
        most = max(most, float(np.abs(first - sum(others)).max()))
    return float(20 * np.log10(most + 1e-12))


def test_the_four_stems_sum_to_the_mix(archived: render.Report, lamp: Lamp) -> None:
    folder = lamp.folder / "archive"
    four = [folder / "stems" / f"{bus}.wav" for bus in ("speech", "sounds", "beds", "music")]
    assert highest_db(folder / "the_last_lamp.flac", []) > -30
    assert highest_db(folder / "the_last_lamp.flac", four) < -90
    assert not any(block.any() for block in blocks(four[-1]))  # there is no music in it, but its track is there


def test_each_character_and_each_bed_sums_to_its_stem(archived: render.Report, lamp: Lamp) -> None:
    folder = lamp.folder / "archive" / "stems"
    found = {bus: {path.stem for path in (folder / bus).glob("*.wav")} for bus in ("speech", "beds")}
    spoken = {clip.name for clip in archived.timeline.clips if clip.kind == "speech"}
    assert found["speech"] - {"rest"} == spoken and len(spoken) >= 3
    assert found["beds"] - {"rest"} == {clip.name for clip in archived.timeline.clips if clip.kind == "bed"}
    for bus, names in found.items():
        assert highest_db(folder / f"{bus}.wav", [folder / bus / f"{name}.wav" for name in names]) < -90


def test_stems_begin_and_end_with_the_episode_in_a_format_that_cannot_clip(archived: render.Report, lamp: Lamp) -> None:
    assert archived.stems == tuple(sorted((lamp.folder / "archive" / "stems").rglob("*.wav")))
    for path in archived.stems:
        info = soundfile.info(path)
        assert (info.frames, info.samplerate, info.channels, info.subtype) == (
            archived.timeline.duration,
            48000,
            2,
            "FLOAT",
        )


def test_all_mixes_have_one_length_one_loudness_and_one_table_of_chapters(archived: render.Report, lamp: Lamp) -> None:
    made = [lamp.folder / "archive" / f"the_last_lamp{name}.flac" for name in ("", *(f".{name}" for name in OTHERS))]
    assert [mix.file for mix in archived.mixes] == made
    tables = []
    for path, mix in zip(made, archived.mixes, strict=True):
        decoded = sum(map(len, ffmpeg.decode(path, 2, 48000)))
        assert decoded == archived.timeline.duration
        assert mix.measured.integrated_lufs == pytest.approx(-23, abs=0.2)
        tags = flac.FLAC(path)
        title = f"The Last Lamp ({mix.style.title})" if mix.style.title else "The Last Lamp"
        assert tags["TITLE"] == [title]
        assert tags.get("VERSION", [""]) == [mix.style.title]
        tables.append({key: value for key, value in tags.tags.as_dict().items() if key.upper().startswith("CHAPTER")})
    assert tables[0]
    assert all(table == tables[0] for table in tables)


def test_night_is_within_6_lu_and_the_standard_mix_was_not(archived: render.Report) -> None:
    assert archived.mix("standard").measured.range_lu > 8.0
    assert archived.mix("night").measured.range_lu <= 6.0


def test_stems_are_as_loud_as_what_was_decoded_of_an_encoder_that_turns_down(lamp: Lamp, tmp_path: Path) -> None:
    report = lamp.render(stems="buses", output=tmp_path / "out")
    heard = np.concatenate(list(ffmpeg.decode(report.standard.file, 2, 44100)))
    four = (tmp_path / "out" / "stems" / f"{bus}.wav" for bus in ("speech", "sounds", "beds", "music"))
    stems = np.sum([soundfile.read(path, dtype="float64", always_2d=True)[0] for path in four], axis=0)
    there = (np.abs(stems) > 0.05) & (np.abs(stems) < 0.25)  # the limiter leaves these alone, but near what is louder
    stems_db, heard_db = (20.0 * np.log10(np.median(np.abs(audio[there]))) for audio in (stems, heard))
    assert stems_db == pytest.approx(heard_db, abs=0.08)


def test_narration_only_is_the_speech_stem_at_its_own_level(archived: render.Report, lamp: Lamp) -> None:
    speech = np.concatenate(list(blocks(lamp.folder / "archive" / "stems" / "speech.wav")))
    alone = np.concatenate(list(blocks(lamp.folder / "archive" / "the_last_lamp.narration_only.flac")))
    more_db = archived.mix("narration_only").plan.gain_db - archived.mix("standard").plan.gain_db
    assert np.abs(alone - speech * 10 ** (more_db / 20)).max() < 2**-22


def test_a_script_names_its_mixes_and_a_render_leaves_nothing_stale(lamp: Lamp) -> None:
    script = lamp.folder / "script" / "the_last_lamp.yaml"
    plain = script.read_text("utf-8")
    report = lamp.render(mixes=("narration_only",), stems="buses")
    first = files(lamp.output)
    assert {"the_last_lamp.mp3", "the_last_lamp.narration_only.mp3", "stems/speech.wav", "stems/music.wav"} <= set(
        first
    )
    (lamp.output / "stems" / "session.rpp").write_text("the user's own")
    try:
        script.write_text(plain.replace("title: The Last Lamp\n", "title: The Last Lamp\nmixes: [night]\n"), "utf-8")
        again = lamp.render(jobs=1)
    finally:
        script.write_text(plain, "utf-8")
    assert [mix.style.name for mix in again.mixes] == ["standard", "night"]
    second = files(lamp.output)
    assert set(second) - set(first) == {"the_last_lamp.night.mp3", "reference.night.npz", "stems/session.rpp"}
    assert set(first) - set(second) == {
        "the_last_lamp.narration_only.mp3",
        "reference.narration_only.npz",
        *(f"stems/{bus}.wav" for bus in ("speech", "sounds", "beds", "music")),
    }
    night = id3.ID3(lamp.output / "the_last_lamp.night.mp3")
    standard = id3.ID3(lamp.output / "the_last_lamp.mp3")
    assert (str(night["TIT2"]), str(standard["TIT2"])) == ("The Last Lamp (night)", "The Last Lamp")
    assert night.getall("CHAP") == standard.getall("CHAP") != []
    assert [clip.span for clip in report.timeline.clips] == [clip.span for clip in again.timeline.clips]
    # Neither what is made beside it nor the number of jobs changes the standard mix; its tag names another script.
    plays, plays_again = (made["the_last_lamp.mp3"] for made in (first, second))
    assert plays[id3.ID3(io.BytesIO(plays)).size :] == plays_again[standard.size :]
    assert len(plays) == len(plays_again)


def test_mixes_and_stems_are_the_same_bytes_on_any_number_of_jobs(lamp: Lamp) -> None:
    made = []
    for jobs in (1, 3):
        lamp.render(mixes=("all",), stems="each", jobs=jobs, output=lamp.folder / f"jobs{jobs}")
        made.append(files(lamp.folder / f"jobs{jobs}"))
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


def test_the_command_makes_what_it_is_asked_for_and_says_so(lamp: Lamp, shell: Shell, tmp_path: Path) -> None:
    done = shell("episode", "--mix", "clear_speech", "--stems", "--json", "-o", tmp_path / "out", cwd=lamp.folder)
    assert (done.code, done.err) == (0, "")
    facts = json.loads(done.out)
    assert set(facts["mixes"]) == {"clear_speech"}
    clear = facts["mixes"]["clear_speech"]
    assert clear["loudness_lufs"] == pytest.approx(-16, abs=0.5)
    margin, beyond = facts["tightest_margin"]["beds"], clear["tightest_margin"]["beds"]
    assert beyond["margin_lu"] >= margin["margin_lu"] + 6
    assert beyond["asked_lu"] == margin["asked_lu"] + 6
    assert sorted(Path(name).name for name in facts["stems"]) == ["beds.wav", "music.wav", "sounds.wav", "speech.wav"]
    assert {Path(name).name for name in facts["files"]} >= {"the_last_lamp.mp3", "the_last_lamp.clear_speech.mp3"}


def test_a_mix_that_there_is_not_is_wrong_usage(lamp: Lamp, shell: Shell) -> None:
    done = shell("episode", "--mix", "nigth", cwd=lamp.folder)
    assert (done.code, done.out) == (2, "")
    assert done.err == "--mix: there is none called 'nigth'; did you mean 'night'?\n"


def test_stem_files_have_names_that_every_system_takes() -> None:
    named = [("speech", None), ("speech", "Aoife"), ("speech", "aoife"), ("speech", "a/b: c"), ("speech", "CON")]
    named += [("speech", ""), ("speech", "rest"), ("beds", "Märchen"), ("beds", "..")]
    assert stem_files(named) == (
        "stems/speech.wav",
        "stems/speech/Aoife.wav",
        "stems/speech/aoife_2.wav",
        "stems/speech/a_b_c.wav",
        "stems/speech/CON_.wav",
        "stems/speech/rest.wav",
        "stems/speech/rest_2.wav",
        "stems/beds/Märchen.wav",
        "stems/beds/unnamed.wav",
    )
