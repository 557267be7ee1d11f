"""Whole renders in several formats, and for ACX: what a producer finds in the folder, and what the audit says of it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import mutagen
import numpy as np
import pytest

from producer import auditing, project, render
from producer.audit import mpeg
from producer.audit.audit import Audit
from producer.audit.programme import figures
from producer.cache import Cache
from producer.deliver import essence, ffmpeg
from producer.deliver.stated import stated
from producer.model.formats import FORMATS, OPUS_RATE_HZ
from producer.model.profile import PROFILES
from producer.verifying import verify
from tests.face_helpers import Shell, cache, files, shell
from tests.formats_helpers import chapters_read, riff

__all__ = ["cache", "shell"]

SCRIPT = """\
title: Three boards
credits: no
season: 2
episode: 3
date: 2026-11-22
packs: [ruins]
cast:
  ada: {name: Ada, voice: en-us+f3, pan: left 20}
  ben: {name: Ben, voice: en-gb}
scenes:
  - title: "Below; #1 = \\\\ 🕯"
    play:
      - bed: wind level -24 LU, fade_in 1 s
      - ada: Who is down there? Is it you who knocked on the wall all through the night?
      - sound: metal_hit level -4 LU
      - ben: Nobody. There has been nobody down here for a very long time.
  - title: שלום
    play:
      - mark: turn
      - ada: Come up! We have been waiting for you since the beginning of the winter.
      - mark: up
        chapter: 'The “way” up: ''a'' & b'
      - pause: 1 s
"""
NARRATION = """\
title: Plain narration
credits: no
profile: acx
cast:
  teller: {name: Teller, voice: en-gb}
scenes:
  - play:
      - teller: Nobody had lit the lamp for a year. Nobody had needed to.
      - pause: 1500 ms
      - teller: She climbed anyway, all hundred and twelve steps of it, one hand on the rope.
"""
ASKED = ("mp3", "m4b", "opus", "flac16", "wav")


def made(folder: Path, text: str, cache: Path, **asked: object) -> tuple[render.Report, Path]:
    script = folder / "script" / "a.yaml"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(text, "utf-8")
    with Cache(cache) as kept:
        order = render.Order(project=project.find(script, folder)[0], **({"jobs": 2} | asked))  # type: ignore[arg-type]
        report = render.episode(order, kept, render.NoWatch())
    return report, folder / "output" / "a"


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[tuple[render.Report, Path]]:
    folder = tmp_path_factory.mktemp("formats") / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    yield made(folder, SCRIPT, cache, formats=ASKED, mixes=("night",))


def meter(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file as ffmpeg measures them, to a tenth."""
    command = [ffmpeg.executable(), "-hide_banner", "-nostats", "-i", str(path), "-map", "0:a:0"]
    command += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stderr.decode("utf-8", "replace")
    summary = said[said.rindex("Summary:") :]
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", summary)[0]), float(
        re.findall(r"Peak:\s+(-?[\d.]+) dBFS", summary)[0]
    )


def test_every_mix_is_there_in_every_format_within_the_profile(episode: tuple[render.Report, Path]) -> None:
    report, _ = episode
    podcast = PROFILES["podcast"]
    assert podcast.loudness_lufs is not None and podcast.peak_dbtp is not None
    names = [f"a{mix}{FORMATS[kind].suffix}" for kind in ASKED for mix in ("", ".night")]
    assert [one.file.name for one in (*report.mixes, *report.further)] == names
    for one in (*report.mixes, *report.further):
        is_at, peak = meter(one.file)
        assert is_at == pytest.approx(podcast.loudness_lufs, abs=podcast.tolerance_lu + 0.06), one.file.name
        assert peak <= podcast.peak_dbtp + 0.1, one.file.name  # its meter shows tenths, and is no finer than 4 times
        assert one.measured.integrated_lufs == pytest.approx(is_at, abs=0.11)
        rate_hz = OPUS_RATE_HZ if one.kind.codec == "opus" else podcast.rate_hz
        length = sum(map(len, ffmpeg.decode(one.file, 2, rate_hz)))
        assert length == -(-int(report.timeline.duration) * rate_hz // podcast.rate_hz)


def test_chapters_are_equal_in_every_file_and_in_those_beside_them(episode: tuple[render.Report, Path]) -> None:
    report, folder = episode
    listed = json.loads((folder / "chapters.json").read_text("utf-8"))["chapters"]
    wanted = [(round(1000 * one["startTime"]), one["title"]) for one in listed]
    assert [title for _, title in wanted] == ["Below; #1 = \\ 🕯", "שלום", "The “way” up: 'a' & b"]
    vtt = (folder / "chapters.vtt").read_text("utf-8")
    for at_ms, title in wanted:
        assert f"{at_ms // 60_000:02d}:{at_ms / 1000 % 60:06.3f} --> " in vtt and title in html.unescape(vtt)
    for one in (*report.mixes, *report.further):
        found = [(start, title) for start, _, title in chapters_read(one.file)]
        if one.kind.codec == "wav":
            found.remove(next(marker for marker in found if marker[1] == "turn"))
        assert [title for _, title in found] == [title for _, title in wanted]
        assert all(abs(a - b) <= 1 for (a, _), (b, _) in zip(found, wanted, strict=True)), one.file.name


def test_every_file_says_what_it_is_made_of_and_one_changed_byte_of_any_is_found(
    episode: tuple[render.Report, Path], tmp_path: Path, shell: Shell
) -> None:
    report, folder = episode
    every = [one.file.name for one in (*report.mixes, *report.further)]
    assert {stated(folder / name) for name in every} == {verify(folder).statement}
    done = shell("verify", str(folder), "--json", cwd=folder)
    assert (done.code, set(every) - set(json.loads(done.out)["files"])) == (0, set())
    for name in every:
        shutil.copytree(folder, copy := tmp_path / name)
        raw = bytearray((copy / name).read_bytes())
        raw[len(raw) * 9 // 10] ^= 1  # behind the picture
        (copy / name).write_bytes(raw)
        assert [one.file for one in verify(copy).findings] == [name]


def test_the_essence_of_a_file_is_its_sound_and_not_its_tags(
    episode: tuple[render.Report, Path], tmp_path: Path
) -> None:
    for name in ("a.mp3", "a.flac", "a.opus", "a.wav"):
        whole = episode[1] / name
        found = essence.digest(whole)
        bare = Path(shutil.copy(whole, tmp_path))
        opened = mutagen.File(bare)
        assert opened is not None
        opened.delete()
        assert bare.read_bytes() != whole.read_bytes()
        assert found is not None and essence.digest(bare) == found, name
        raw = bytearray(whole.read_bytes())
        raw[len(raw) * 9 // 10] ^= 1  # behind the picture
        bare.write_bytes(raw)
        assert essence.digest(bare) != found, name
    assert essence.digest(episode[1] / "a.m4b") is None


def test_the_audit_finds_every_line_in_every_format_and_the_folder_says_what_they_are(
    episode: tuple[render.Report, Path], shell: Shell
) -> None:
    report, folder = episode
    assert [(one.name, one.findings, one.compared) for one in report.audits] == [
        (one.file.name, (), True) for one in (*report.mixes, *report.further)
    ]
    facts = json.loads((folder / "episode.json").read_text("utf-8"))
    assert [one["format"] for one in facts["files"]] == [kind for kind in ASKED for _ in range(2)]
    done = shell("audit", folder, cwd=folder)
    assert done.code == 0, done.out + done.err
    assert done.out.count("as planned: all 3 lines") == 2 * len(ASKED)


def test_the_audit_says_again_of_each_format_what_the_render_said(tmp_path: Path, cache: Path) -> None:
    """In the same words; a loudness may be 0.02 LU off: hops of what is heard part by part are laid out anew."""

    def said(audits: Sequence[Audit]) -> dict[str, list[str]]:
        return {one.name: [re.sub(r"-\d+\.\d\d LUFS", "LUFS", it.what) for it in one.findings] for one in audits}

    def lufs(audits: Sequence[Audit]) -> dict[str, float]:
        return {one.name: one.heard.loudness.integrated_lufs for one in audits}

    text = SCRIPT.replace("level -24 LU, fade_in 1 s", "level -12 LU\n      - pause: 15 s")
    report, folder = made(tmp_path, text, cache, formats=("mp3", "m4b", "wav"), profile="alexa")
    gains_db = [one.plan.gain_db for one in (*report.mixes, *report.further)]
    assert max(gains_db) - min(gains_db) > 2.5  # what has less room for its peaks is another programme
    again = auditing.target(folder)
    assert said(again) == said(report.audits)
    assert lufs(again) == pytest.approx(lufs(report.audits), abs=0.02)
    assert said(report.audits)["a.mp3"] and not said(report.audits)["a.wav"]
    assert (folder / "reference.wav.npz").is_file()
    made(tmp_path, SCRIPT, cache, formats=("mp3", "wav"))
    assert [one.name for one in folder.glob("*.npz")] == ["reference.npz"]


def test_a_format_that_nobody_asked_for_is_still_the_wrong_one(
    episode: tuple[render.Report, Path], tmp_path: Path, shell: Shell
) -> None:
    _, folder = episode
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    facts = json.loads((copy / "episode.json").read_text("utf-8"))
    facts["files"] = [one for one in facts["files"] if one["format"] != "opus"]
    (copy / "episode.json").write_text(json.dumps(facts), "utf-8")
    done = shell("audit", copy / "a.opus", cwd=copy)
    assert done.code == 1 and "it is OPUS, not MP3" in done.out
    (copy / "a.wav").write_bytes((copy / "a.wav").read_bytes()[: 1 << 20])
    assert shell("audit", copy / "a.wav", cwd=copy).code == 1


def test_the_feed_offers_what_apps_can_play(episode: tuple[render.Report, Path], tmp_path: Path, shell: Shell) -> None:
    _, folder = episode
    shutil.copytree(folder, tmp_path / "all" / "a")
    done = shell("feed", tmp_path / "all", "--url", "https://example.org/show", cwd=tmp_path)
    assert done.code == 0, done.err
    feed = (tmp_path / "all" / "feed.xml").read_text("utf-8")
    assert '<enclosure url="https://example.org/show/a/a.mp3"' in feed
    for name, kind in (
        ("a.m4b", "audio/mp4"),
        ("a.opus", "audio/ogg"),
        ("a.night.opus", "audio/ogg"),
        ("a.flac", "audio/flac"),
    ):
        assert f'uri="https://example.org/show/a/{name}"' in feed and f'type="{kind}"' in feed


def test_what_an_earlier_render_left_in_another_format_is_gone(tmp_path: Path, cache: Path) -> None:
    short = re.sub(r"      (- sound|- bed|- pause|- mark|  chapter).*\n", "", SCRIPT)
    _, folder = made(tmp_path, short, cache, formats=("mp3", "opus", "wav-float"), mixes=("night",))
    assert {one.name for one in folder.glob("a*.*")} >= {"a.mp3", "a.opus", "a.wav", "a.night.opus"}
    report, _ = made(tmp_path, short, cache, formats=("m4a",))
    assert [one.name for one in sorted(folder.glob("a.*"))] == ["a.m4a"]
    assert report.mixes[0].kind.name == "m4a" and report.further == ()
    first = files(folder)
    made(tmp_path, short, cache, formats=("m4a",), jobs=1)  # from the cache, by one worker
    assert files(folder) == first
    with Cache(temporary=True) as none:
        order = render.Order(
            project=project.find(tmp_path / "script" / "a.yaml", tmp_path)[0], formats=("m4a",), jobs=3
        )
        render.episode(order, none, render.NoWatch())
    assert files(folder) == first


@pytest.mark.parametrize(("profile", "kind", "bits"), [("broadcast", "wav16", 16), ("archive", "wav-float", 32)])
def test_a_lossless_file_in_another_depth_is_what_it_says(
    tmp_path: Path, cache: Path, profile: str, kind: str, bits: int
) -> None:
    short = re.sub(r"      (- sound|- bed|- pause|- mark|  chapter).*\n", "", SCRIPT)
    report, _ = made(tmp_path, short, cache, formats=(kind,), profile=profile)
    form = dict(riff(report.mixes[0].file))["fmt "]
    assert int.from_bytes(form[14:16], "little") == bits and int.from_bytes(form[4:8], "little") == 48_000
    assert report.audits[0].findings == ()
    assert meter(report.mixes[0].file)[0] == pytest.approx(-23.0, abs=0.26)


# ---- ACX


@pytest.fixture(scope="module")
def narrated(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> render.Report:
    return made(tmp_path_factory.mktemp("acx"), NARRATION, cache, formats=("mp3", "flac", "m4b", "opus"))[0]


def test_acx_gets_what_it_asks_for(narrated: render.Report) -> None:
    acx, file = PROFILES["acx"], narrated.mixes[0].file
    assert acx.rms_db is not None
    frames = mpeg.frames(BytesIO(file.read_bytes()))
    assert frames is not None and (frames.rate_hz, frames.channels, frames.kbps) == (44_100, 1, (192,))
    audio = np.concatenate(list(ffmpeg.decode(file, 1, 44_100)))[:, 0].astype(float)
    assert acx.rms_db[0] <= 20 * np.log10(np.sqrt(np.square(audio).mean())) <= acx.rms_db[1]
    assert 20 * np.log10(np.abs(audio).max()) <= -3.0
    assert [one.verdicts["acx"].passes for one in narrated.audits] == [True, False, False, False]  # ACX takes MP3s,
    assert [one.findings for one in narrated.audits] == [(), (), (), ()]  # but who asked for another has it


def test_room_tone_is_under_the_floor_and_never_digital_silence(narrated: render.Report) -> None:
    first, last = narrated.timeline.clips[0].words[0], narrated.timeline.clips[-1].words[-1]
    for one in (*narrated.mixes, *narrated.further):
        audio = np.concatenate(list(ffmpeg.decode(one.file, 1, 44_100)))[:, 0].astype(float)
        found = figures(auditing.listen(one.file)[1])
        assert 0.98 <= found.head_s < 1.5 and 2.98 <= found.tail_s < 5.0
        assert found.floor_db <= -60.0
        for start, end in ((0, first.start), (int(last.end) + 22_050, len(audio) - 1_200)):
            room = audio[start + 1_200 : end - 1_200]
            windows = room[: len(room) // 4_410 * 4_410].reshape(-1, 4_410)
            levels = 10 * np.log10(np.square(windows).mean(axis=1))
            assert levels.max() < -60.0 and levels.min() > -80.0
            assert (np.diff(room) != 0.0).mean() > 0.9  # it lives


def test_the_tone_is_the_same_under_pauses_as_at_the_ends(narrated: render.Report) -> None:
    one, two = narrated.timeline.clips[0].words[-1], narrated.timeline.clips[1].words[0]
    audio = np.concatenate(list(ffmpeg.decode(narrated.further[0].file, 1, 44_100)))[:, 0].astype(float)
    pause = audio[int(one.end) + 22_050 : int(two.start) - 4_410]
    head = audio[: int(narrated.timeline.clips[0].words[0].start) - 4_410]
    pause_db, head_db = (10 * np.log10(np.square(part).mean()) for part in (pause, head))
    assert abs(pause_db - head_db) < 4.0  # it wavers as a room does
    assert -75.0 < head_db < -62.0


def test_a_drama_for_acx_is_told_to_ship_its_narration(tmp_path: Path, cache: Path) -> None:
    text = SCRIPT.replace("level -24 LU, fade_in 1 s", "level -12 LU")
    text = text.replace("      - mark: turn\n", "      - bed: wind level -6 LU\n")
    report, _ = made(tmp_path, text, cache, profile="acx", mixes=("narration_only",))
    standard, narration = report.audits
    assert [one.kind for one in standard.findings] == ["floor"]
    assert "takes plain narration" in standard.findings[0].what
    assert standard.findings[0].mend.startswith("ship a.narration_only.mp3 instead")
    assert not standard.verdicts["acx"].passes
    assert narration.findings == () and narration.verdicts["acx"].passes


def test_two_renders_are_compared_in_a_format_that_both_have(
    episode: tuple[render.Report, Path], tmp_path: Path, shell: Shell
) -> None:
    _, folder = episode
    fewer = tmp_path / "fewer"
    shutil.copytree(folder, fewer, ignore=shutil.ignore_patterns("*.wav", "*.flac", "*.mp3", "*.opus"))
    for a, b in ((folder, fewer), (fewer, folder)):
        done = shell("diff", a, b, cwd=tmp_path)
        assert (done.code, done.out) == (0, "")
