"""Every format by itself: encoded, decoded by others, tagged, and read back by ffmpeg, mutagen and libsndfile."""

from __future__ import annotations

import itertools
import json
import re
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen import flac, id3, mp4, oggopus
from scipy import signal

from producer.audio import Audio
from producer.cli import commands
from producer.deliver import chapters, cover, encode, episode, ffmpeg, tags, transcripts, wave
from producer.deliver.language import packed, three_letters
from producer.deliver.mp4 import add_chapters
from producer.deliver.samples import at_rate, dithered
from producer.dsp.loudness import Loudness
from producer.errors import RenderError
from producer.model.formats import FORMATS, OPUS_RATE_HZ, clash, in_format, own_format
from producer.model.profile import PROFILES, Profile
from producer.model.timeline import TimelineMark
from producer.units import Samples
from tests.deliver_helpers import HERE, RATE, script_of, timeline_of, write
from tests.face_helpers import ROOT
from tests.formats_helpers import chapters_read, described, riff

PODCAST = PROFILES["podcast"]
AWKWARD = (
    "Plain",
    "“Quotes” 'all' \"kinds\" `here`",
    "🕯 lamp 👩🏽‍🚀",
    "שלום עולם",
    "مرحبا (1)",
    "a & b < c; d = e # f \\ g %s {h}",
    "[CHAPTER]",
    ";FFMETADATA1",
    "trailing backslash \\",
)
HOSTILE = "x\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=9\ntitle=evil\n\\"
LOUD = Loudness(
    integrated_lufs=-16.04,
    range_lu=6.26,
    max_momentary_lufs=-11.0,
    max_short_term_lufs=-13.0,
    true_peak_dbtp=-1.31,
    sample_peak_db=-1.5,
    samples=1,
)


def music(samples: int, profile: Profile, seed: int = 1) -> Audio:
    """A programme with bass, a moving tone and some noise: each sample tells where it belongs."""
    t = np.arange(samples) / profile.rate_hz
    chance = np.random.default_rng(seed).standard_normal((samples, profile.channels))
    noise = signal.sosfilt(signal.butter(2, 2500.0, fs=profile.rate_hz, output="sos"), chance, axis=0)
    tone = 0.2 * np.sin(2 * np.pi * (300.0 * t + 40.0 * t * t)) + 0.1 * np.sin(2 * np.pi * 80.0 * t)
    return np.asarray(tone[:, None] + 0.05 * noise, np.float32)


def blocks(audio: Audio, size: int = 30_011) -> Iterator[Audio]:
    return (audio[at : at + size] for at in range(0, len(audio), size))


def late(back: Audio, audio: Audio) -> int:
    """By how many samples the first channel came back late."""
    kernel = audio[5_000:-5_000, 0]
    return int(np.argmax(signal.correlate(back[:, 0], kernel, "valid", "fft"))) - 5_000


def made(audio: Audio, name: str, profile: Profile, folder: Path) -> tuple[Path, Profile]:
    wanted = in_format(profile, FORMATS[name])
    path = folder / f"a{FORMATS[name].suffix}"
    write(audio, wanted, path)
    return path, wanted


@pytest.mark.parametrize("samples", [1, 1152, 100_003])
@pytest.mark.parametrize("profile", ["podcast", "broadcast", "alexa", "acx"])
@pytest.mark.parametrize("name", FORMATS)
def test_what_went_in_comes_back_in_its_place_and_to_the_sample(
    tmp_path: Path, name: str, profile: str, samples: int
) -> None:
    wanted = in_format(PROFILES[profile], FORMATS[name])
    audio = music(encode.whole_frames(samples, wanted), wanted)
    path, _ = made(audio, name, PROFILES[profile], tmp_path)
    back = np.concatenate(list(encode.decode(path, wanted)))
    assert back.shape == audio.shape
    if FORMATS[name].lossy:
        if samples > 10_000:
            most = 2 if (name, profile) == ("opus", "alexa") else 0  # there Opus uses what it has for speech
            assert abs(late(back, audio)) <= most
            assert np.square(back - audio).mean() < 0.1 * np.square(audio).mean()
    else:
        steps = {16: 1.5 * 2.0**-15, 24: 0.51 * 2.0**-23, 32: 0.0}[wanted.bits or 0]
        assert np.abs(back - audio).max() <= steps
        again, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        assert rate_hz == wanted.rate_hz and np.array_equal(again, back)


def test_an_opus_file_holds_its_length_at_48_khz_and_says_where_it_begins(tmp_path: Path) -> None:
    audio = music(100_003, PODCAST)
    path, _ = made(audio, "opus", PODCAST, tmp_path)
    opened = oggopus.OggOpus(path)
    exact = -(-100_003 * OPUS_RATE_HZ // RATE)
    assert round(opened.info.length * OPUS_RATE_HZ) == exact
    theirs = np.concatenate(list(ffmpeg.decode(path, 2, OPUS_RATE_HZ)))
    reference, _ = soundfile.read(path, dtype="float32")  # with Xiph's own decoder
    assert len(theirs) == len(reference) == exact
    assert np.square(theirs - reference).mean() < 1e-4 * np.square(reference).mean()
    raw = path.read_bytes()
    head = raw.index(b"OpusHead")
    version, channels, pre_skip = struct.unpack_from("<BBH", raw, head + 8)
    assert (version, channels, pre_skip) == (1, 2, 312)


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name != "mp3"]
)  # that is cut at fixed places: test_mp3.py
def test_the_same_programme_is_the_same_file_however_it_is_cut(tmp_path: Path, name: str) -> None:
    audio = music(encode.whole_frames(80_000, PODCAST), PODCAST)
    wanted = in_format(PODCAST, FORMATS[name])
    paths = [tmp_path / f"{size}{FORMATS[name].suffix}" for size in (1_000, 30_011)]
    for path, size in zip(paths, (1_000, 30_011), strict=True):
        encode.encode(blocks(audio, size), wanted, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


# ---- tags


@cache
def encoded(name: str) -> bytes:
    """Twelve seconds in a format, without a tag: encoded once for all who write their own into it."""
    with TemporaryDirectory() as folder:
        path, _ = made(music(encode.whole_frames(12 * RATE, PODCAST), PODCAST), name, PODCAST, Path(folder))
        return path.read_bytes()


def tagged(tmp_path: Path, name: str, titles: tuple[str, ...] = AWKWARD) -> tuple[Path, tags.Tags]:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    path.write_bytes(encoded(name))
    script = script_of(
        title="🕯 “Lamp” = #1; \\",
        scenes=titles,
        show="Ünïted שלום",
        episode=3,
        season=2,
        summary="מסע; a=b\n[CHAPTER]",
        writer="Zoë",
        date="2026-11-22",
    )
    timeline = timeline_of(12, (), tuple((title, 1.2333 * n) for n, title in enumerate(titles)))
    written = tags.Tags(
        script=script,
        cover=cover.draw("Lamp", "", cover.skyline([-20.0, -30.0])),
        chapters=chapters.chapters(timeline, script),
        lyrics="Hello, wörld.",
        credits="Voices\n  Ann: recorded",
        disclosure="AI Voice: Ann (x)",
        sounds='[{"title": "gull"}]',
        markers=tuple(wave.Marker(one.span.start, one.title, one.span.length) for one in timeline.scenes),
        loudness=LOUD,
    )
    tags.write(path, written, FORMATS[name].codec)
    return path, written


def pictures(path: Path) -> list[bytes]:
    opened = mutagen.File(path)
    if isinstance(opened, mp4.MP4):
        return [bytes(one) for one in opened["covr"]]
    if isinstance(opened, flac.FLAC):
        return [one.data for one in opened.pictures]
    if isinstance(opened, oggopus.OggOpus):
        import base64

        return [flac.Picture(base64.b64decode(one)).data for one in opened["metadata_block_picture"]]
    return [one.data for one in opened.tags.getall("APIC")]


@pytest.mark.parametrize("name", FORMATS)
def test_tags_chapters_and_cover_survive_and_no_sample_changes(tmp_path: Path, name: str) -> None:
    path, written = tagged(tmp_path, name)
    wanted = in_format(PODCAST, FORMATS[name])
    plain = tmp_path / "plain"
    plain.mkdir()
    untagged = plain / path.name
    untagged.write_bytes(encoded(name))
    before, after = (np.concatenate(list(encode.decode(one, wanted))) for one in (untagged, path))
    assert np.array_equal(before, after)

    whole, found = described(path)
    if FORMATS[name].codec == "opus":  # ffmpeg has them with the stream
        whole = {key: text for key, (text,) in oggopus.OggOpus(path).tags.items()}
    known = {
        {"tracknumber": "track", "discnumber": "disc"}.get(key.casefold(), key.casefold()): value
        for key, value in whole.items()
    }
    assert known["title"] == written.title
    assert known["album"] == "Ünïted שלום"
    assert known["artist"] == "Zoë"
    assert known["track"].split("/")[0] == "3" and known["disc"].split("/")[0] == "2"
    assert known["date"].startswith("2026")
    assert known["ai-disclosure"] == "AI Voice: Ann (x)"
    assert "Ann: recorded" in known["credits"]
    assert json.loads(known["sounds"]) == [{"title": "gull"}]
    assert any(value == "Hello, wörld." for key, value in known.items() if key.startswith("lyrics"))
    if FORMATS[name].codec == "wav":
        assert f"{written.script.summary}\n{written.disclosure}".encode() in next(
            content for _, content in riff(path) if content.startswith(b"INFO")
        )
    else:
        assert written.script.summary in whole.values()
    assert pictures(path) == [written.cover]

    expected = [(one.start_ms, one.end_ms, one.title) for one in written.chapters]
    assert [title for _, _, title in found] == [title for _, _, title in expected]
    for (start, end, _), (wanted_start, wanted_end, _) in zip(found, expected, strict=True):
        assert abs(start - wanted_start) <= 1
        assert abs(end - wanted_end) <= 1 or wanted_end == expected[-1][1]  # the last ends with the file
    listed = json.loads(chapters.podcasting_json(written.chapters, written.script))["chapters"]
    assert [(round(1000 * one["startTime"]), one["title"]) for one in listed] == [(a, t) for a, _, t in expected]
    clocks = re.findall(r"^(\d+):(\d+):(\d+)\.(\d+) -->", transcripts.chapters_vtt(written.chapters), re.M)
    assert [((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms) for h, m, s, ms in clocks] == [
        a for a, _, _ in expected
    ]


@pytest.mark.parametrize("name", ["mp3", "m4b", "opus", "flac", "wav"])
@pytest.mark.parametrize(("show", "stands"), [("", "Alone"), ("Quiet Harbours", "Quiet Harbours")])
def test_an_episode_that_names_nobody_stands_under_its_show_or_title(
    tmp_path: Path, name: str, show: str, stands: str
) -> None:
    path, _ = made(music(encode.whole_frames(RATE, PODCAST), PODCAST), name, PODCAST, tmp_path)
    given = tags.Tags(
        script=script_of("Alone", show=show),
        cover=cover.draw("Alone", "", cover.skyline([-20.0])),
        chapters=(),
        lyrics="",
        credits="Voices",
        disclosure="",
    )
    tags.write(path, given, FORMATS[name].codec)
    whole, _ = described(path)
    if name == "opus":  # ffmpeg has them with the stream
        whole = {key: text for key, (text,) in oggopus.OggOpus(path).tags.items()}
    known = {key.casefold(): value for key, value in whole.items()}
    assert (known["artist"], known["album"]) == (stands, stands)


@pytest.mark.parametrize("name", ["mp3", "wav"])
def test_an_id3_tag_has_the_frames_of_its_version_and_none_of_a_later_one(tmp_path: Path, name: str) -> None:
    path, _ = tagged(tmp_path, name)
    tag = path.read_bytes() if name == "mp3" else dict(riff(path))["id3 "]
    assert tag[:5] == b"ID3\x03\x00"
    found, at = {}, 10
    while at + 10 <= len(tag) and re.fullmatch(rb"[A-Z0-9]{4}", tag[at : at + 4]):
        length = int.from_bytes(tag[at + 4 : at + 8], "big")
        found[tag[at : at + 4].decode()] = tag[at + 10 : at + 10 + length]
        at += 10 + length
    assert not {"TDRC", "TDOR", "TDRL", "TDEN", "TDTG", "TIPL", "TMCL", "TSOT"} & set(found)
    assert (found["TYER"][1:].decode("utf-16"), found["TDAT"][1:].decode("utf-16")) == ("2026\0", "2211\0")


@pytest.mark.parametrize(("name", "tracks"), [("m4a", 2), ("m4b", 2)])
def test_the_tracks_of_an_mpeg_4_file_say_what_language_they_are_in(tmp_path: Path, name: str, tracks: int) -> None:
    path, _ = tagged(tmp_path, name)
    command = [ffmpeg.executable(), "-hide_banner", "-i", str(path)]
    told = subprocess.run(command, capture_output=True, check=False).stderr.decode()
    assert re.findall(r"Stream #0:\d+\S*?\((\w+)\): (?:Audio|Data)", told)[:tracks] == ["eng"] * tracks
    untitled, _ = tagged(tmp_path, name, ("",))  # no chapters, so one track
    assert untitled.read_bytes().count(b"mdhd") == 1
    at = untitled.read_bytes().index(b"mdhd")
    assert struct.unpack_from(">H", untitled.read_bytes(), at + 4 + 20)[0] == packed("eng")


@pytest.mark.parametrize(
    ("language", "letters"),
    [("no", "nor"), ("nn", "nno"), ("cy", "cym"), ("ro-MD", "ron"), ("SK", "slk"), ("is", "isl"), ("yue-HK", "yue")],
)
def test_every_language_has_its_three_letters(language: str, letters: str) -> None:
    assert three_letters(language) == letters


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_title_makes_no_chapter_and_no_tag_of_its_own(tmp_path: Path, name: str) -> None:
    path, written = tagged(tmp_path, name, ("One", HOSTILE, "Three"))
    whole, found = described(path)
    assert [start for start, _, _ in found] == [one.start_ms for one in written.chapters]
    assert len(found) == 3 and found[2][2] == "Three" and found[0][2] == "One"
    assert found[1][2].split() == HOSTILE.split()
    assert "evil" not in whole.values()


def test_an_audiobook_has_both_kinds_of_chapters_and_says_what_it_is(tmp_path: Path) -> None:
    path, written = tagged(tmp_path, "m4b")
    raw = path.read_bytes()
    assert raw[4:12] == b"ftypM4B "
    assert raw.index(b"moov") < raw.index(b"mdat")  # a player can begin before it has all
    opened = mp4.MP4(path)
    assert [(round(1000 * one.start), one.title) for one in opened.chapters] == [
        (one.start_ms, one.title) for one in written.chapters
    ]  # Nero's list
    assert b"tref" in raw and b"chap" in raw  # QuickTime's track
    at = raw.index(b"text", raw.index(b"gmhd"))
    assert all(one.title.encode() in raw for one in written.chapters) and at > 0
    assert (opened["stik"], opened["trkn"], opened["disk"]) == ([2], [(3, 0)], [(2, 0)])


def test_titles_longer_than_neros_list_takes_end_between_two_characters(tmp_path: Path) -> None:
    path, _ = tagged(tmp_path, "m4a", ("One", "🕯" * 100))
    assert chapters_read(path)[1][2] == "🕯" * 100  # QuickTime's has room
    assert mp4.MP4(path).chapters[1].title == "🕯" * 63


def test_opus_says_how_far_it_is_from_23_lufs(tmp_path: Path) -> None:
    path, _ = tagged(tmp_path, "opus")
    assert oggopus.OggOpus(path)["r128_track_gain"] == [str(round(256 * (-23.0 + 16.04)))]


def test_a_flac_cue_sheet_is_at_its_chapters(tmp_path: Path) -> None:
    path, written = tagged(tmp_path, "flac")
    sheet = flac.FLAC(path).cuesheet
    assert not sheet.compact_disc and sheet.tracks[-1].track_number == 255
    assert [one.start_offset for one in sheet.tracks] == [
        *(round(one.start_ms * RATE / 1000) for one in written.chapters),
        encode.whole_frames(12 * RATE, PODCAST),
    ]


# ---- Broadcast Wave


def test_bext_has_the_loudness_and_nothing_of_this_machine(tmp_path: Path) -> None:
    path, _ = tagged(tmp_path, "wav")
    content = dict(riff(path))["bext"]
    assert content[:256].rstrip(b"\0") == b"?n?ted ???? - ? ?Lamp? = #1; \\"
    assert content[256:288].rstrip(b"\0") == b"Producer"
    assert content[320:330] == b"2026-11-22" and content[330:338] == bytes(8)
    reference, version = struct.unpack_from("<QH", content, 338)
    assert (reference, version) == (0, 2)
    assert struct.unpack_from("<5h", content, 412) == (-1604, 626, -131, -1100, -1300)
    assert content[602:].rstrip(b"\0") == b"A=PCM,F=44100,W=24,M=stereo,T=Producer\r\n"


def test_a_loudness_that_is_not_there_is_marked_as_such() -> None:
    made = wave.bext(
        description="d", originator="", reference="", date="", loudness=[None, 0.0, -200.0, None, 3.0], history=""
    )
    assert len(made) == wave.BEXT_BYTES
    assert struct.unpack_from("<5h", made, 412) == (0x7FFF, 0, -9999, 0x7FFF, 300)


def test_markers_are_at_their_samples_and_named_in_utf8(tmp_path: Path) -> None:
    path, written = tagged(tmp_path, "wav-float")
    chunks = riff(path)
    names = [name for name, _ in chunks]
    assert names == ["JUNK", "bext", "fmt ", "fact", "data", "cue ", "LIST", "LIST", "id3 "]
    cue = dict(chunks)["cue "]
    assert [struct.unpack_from("<I", cue, 4 + 24 * n + 20)[0] for n in range(len(written.markers))] == [
        one.sample for one in written.markers
    ]
    adtl = next(content for name, content in chunks if name == "LIST" and content.startswith(b"adtl"))
    labels, regions, at = {}, {}, 4
    while at < len(adtl):
        name, length = struct.unpack_from("<4sI", adtl, at)
        number = struct.unpack_from("<I", adtl, at + 8)[0]
        if name == b"labl":
            labels[number] = adtl[at + 12 : at + 8 + length].rstrip(b"\0").decode()
        else:
            regions[number] = struct.unpack_from("<I4s", adtl, at + 12)
        at += 8 + length + length % 2
    assert list(labels.values()) == list(AWKWARD)
    assert [regions[number] for number in labels] == [(one.length, b"rgn ") for one in written.markers]


def test_the_regions_of_a_wav_are_its_chapters_and_nothing_points_outside_of_it(tmp_path: Path) -> None:
    samples = encode.whole_frames(12 * RATE, PODCAST)
    path, _ = made(music(samples, PODCAST), "wav", PODCAST, tmp_path)

    def mark(at_s: float, name: str, chapter: str = "") -> TimelineMark:
        return TimelineMark(name=name, sample=Samples(round(at_s * RATE)), place=HERE, chapter=chapter)

    marks = mark(-1, "early"), mark(5, "turn"), mark(8, "up", "Up"), mark(14, "late"), mark(15, "gone", "Gone")
    timeline = timeline_of(samples / RATE, (), (("First", 1.0), ("", 3.0), ("Third", 6.0001)))
    timeline = replace(timeline, marks=marks)
    script = script_of()
    episode.write_tags(path, script, timeline, [], cover.draw("A", "", cover.skyline([-20.0])), "wav")
    listed = chapters.chapters(timeline, script)
    assert [(one.start_ms, one.title) for one in listed] == [(0, "First"), (6000, "Third"), (8000, "Up")]
    cue = dict(riff(path))["cue "]
    at = [struct.unpack_from("<I", cue, 4 + 24 * n + 20)[0] for n in range(struct.unpack_from("<I", cue)[0])]
    assert at == [0, 0, 5 * RATE, round(6.0001 * RATE), 8 * RATE, samples - 1]
    adtl = next(content for name, content in riff(path) if name == "LIST" and content.startswith(b"adtl"))
    lengths = [struct.unpack_from("<I", adtl, found.end() + 8)[0] for found in re.finditer(b"ltxt", adtl)]
    assert lengths == [at[3], at[4] - at[3], samples - at[4]]


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_a_file_over_the_limit_is_rf64_and_others_read_it(tmp_path: Path, bits: int) -> None:
    path, form = tmp_path / "a.wav", wave.Form(48_000, 2, bits)
    audio = music(50_001, PROFILES["broadcast"])
    wave.write(blocks(audio), form, path, most_bytes=100_000)
    wave.add(path, form, b"own", [(b"odd ", b"123"), (b"even", b"1234")], most_bytes=100_000)
    chunks = riff(path)
    assert [name for name, _ in chunks][:2] == ["ds64", "bext"] and [name for name, _ in chunks][-2:] == [
        "odd ",
        "even",
    ]
    assert struct.unpack("<QQQI", chunks[0][1])[1:] == (50_001 * form.frame_bytes, 50_001, 0)
    assert soundfile.info(str(path)).format == "RF64"
    read, _ = soundfile.read(path, dtype="float32")
    assert np.abs(read - audio).max() <= 2.0 ** (1 - min(bits, 24))
    assert np.array_equal(np.concatenate(list(ffmpeg.decode(path, 2, 48_000))), read)


def test_over_4_gib_the_header_says_so_and_the_last_samples_are_found(tmp_path: Path) -> None:
    form, samples = wave.Form(48_000, 2, 24), 800_000_000  # 4 h 38 min, on a disk mostly a hole
    path, end = tmp_path / "long.wav", music(1_000, PROFILES["broadcast"])
    wave.write([end], form, tmp_path / "end.wav")
    tail = (tmp_path / "end.wav").read_bytes()[-1_000 * form.frame_bytes :]
    with path.open("wb") as file:
        front = file.write(wave.header(form, samples * form.frame_bytes))
        file.truncate(front + samples * form.frame_bytes)
        file.seek(-len(tail), 2)
        file.write(tail)
    wave.add(path, form, b"own", wave.markers([wave.Marker(samples - 1_000, "the end")]))
    assert path.stat().st_size > 1 << 32
    assert [name for name, _ in riff(path)] == ["ds64", "bext", "fmt ", "data", "cue ", "LIST"]
    with soundfile.SoundFile(path) as found:
        assert (found.frames, found.format) == (samples, "RF64")
        found.seek(samples - 1_000)
        assert np.abs(found.read(dtype="float32") - end).max() <= 2.0**-23
    assert chapters_read(path)[0][2] == "the end"


def test_under_the_limit_it_is_plain_riff_to_the_last_byte(tmp_path: Path) -> None:
    form = wave.Form(48_000, 1, 16)
    front = len(wave.header(form, 0))
    for over in (0, 2):
        room = wave.MOST_BYTES - (front - 8)
        data_bytes = room // 2 * 2 + over
        assert wave.header(form, data_bytes)[:4] == (b"RF64" if over else b"RIFF")


# ---- samples


def test_dither_keeps_what_is_quieter_than_a_step() -> None:
    t = np.arange(200_000) / RATE
    tone = (0.3 * 2.0**-15 * np.sin(2 * np.pi * 1000.0 * t))[:, None].repeat(2, 1).astype(np.float32)
    made_of_it = np.concatenate(list(dithered(blocks(tone))))
    steps = made_of_it * 2.0**15
    assert np.array_equal(steps, np.round(steps)) and np.abs(steps).max() <= 2
    error = (steps - tone * 2.0**15)[:, 0]
    assert error.std() == pytest.approx(0.5, abs=0.01)  # a quarter of a step squared: TPDF and rounding
    kept = 2 * (made_of_it[:, 0] @ np.sin(2 * np.pi * 1000.0 * t)) / len(t)
    assert kept == pytest.approx(0.3 * 2.0**-15, rel=0.03)
    assert abs(np.corrcoef(error, steps[:, 1] - tone[:, 1] * 2.0**15)[0, 1]) < 0.02  # each side its own
    assert not np.array_equal(steps[: 1 << 16], steps[1 << 16 : 1 << 17])


def test_dither_at_full_scale_does_not_wrap() -> None:
    full = np.array([[1.0, -1.0]], np.float32).repeat(1000, 0)
    steps = np.concatenate(list(dithered([full])))
    assert steps.max() <= 1.0 - 2.0**-15 and steps.min() >= -1.0
    assert (steps[:, 0] > 0.99).all() and (steps[:, 1] < -0.99).all()


@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 48_000])
@pytest.mark.parametrize("samples", [1, 147, 44_099, 100_003])
def test_to_48_khz_and_back_is_the_same_length_and_nearly_the_same(rate_hz: int, samples: int) -> None:
    profile = replace(PODCAST, rate_hz=rate_hz)
    audio = music(samples, profile)
    up = list(at_rate(blocks(audio, 1_009), rate_hz, 48_000, 2))
    assert sum(map(len, up)) == -(-samples * 48_000 // rate_hz)
    back = np.concatenate(list(at_rate(iter(up), 48_000, rate_hz, 2)))
    assert back.shape == audio.shape
    if samples > 10_000:
        inside = slice(2_000, -2_000)  # the ends are cut off edges, which have no band limit
        assert np.abs(back[inside] - audio[inside]).max() < 1e-3


# ---- which


def test_each_profiles_own_format_is_the_profile_itself() -> None:
    for profile in PROFILES.values():
        assert in_format(profile, own_format(profile)) is profile
    assert {name: own_format(profile).name for name, profile in PROFILES.items()} == {
        "podcast": "mp3",
        "broadcast": "wav",
        "acx": "mp3",
        "alexa": "mp3",
        "archive": "flac",
    }


def test_another_format_has_the_profiles_loudness_and_no_more_bits_than_it_wants() -> None:
    for profile, kind in itertools.product(PROFILES.values(), FORMATS.values()):
        made_for = in_format(profile, kind)
        assert (made_for.loudness_lufs, made_for.peak_dbtp) == (profile.loudness_lufs, profile.peak_dbtp)
        assert (made_for.rate_hz, made_for.channels, made_for.rms_db) == (
            profile.rate_hz,
            profile.channels,
            profile.rms_db,
        )
        assert own_format(made_for).codec == kind.codec
        if kind.lossy and profile.kbps and kind != own_format(profile):
            assert made_for.kbps is None or made_for.kbps <= profile.kbps


def test_two_formats_of_one_file_name_cannot_be_had_together() -> None:
    assert clash(("mp3", "m4b", "m4a", "opus", "flac", "wav")) is None
    assert clash(("mp3", "mp3")) is None
    assert clash(("wav", "opus", "wav16")) == ("wav", "wav16")
    assert clash(("mp3-vbr", "mp3")) == ("mp3-vbr", "mp3")


def test_id3_frames_of_a_wave_file_are_those_of_an_mp3_but_for_the_chapters(tmp_path: Path) -> None:
    path, written = tagged(tmp_path, "wav")
    mp3_path, _ = tagged(tmp_path, "mp3")
    held = tmp_path / "held.id3"
    held.write_bytes(dict(riff(path))["id3 "])
    in_wave, in_mp3 = id3.ID3(held), id3.ID3(mp3_path)
    assert set(in_mp3) - set(in_wave) == {"CTOC:toc", *(f"CHAP:chp{n}" for n in range(len(written.chapters)))}
    assert all(in_wave[name] == in_mp3[name] for name in in_wave)


def test_three_hundred_chapters_are_all_there_for_who_can_count_so_far(tmp_path: Path) -> None:
    path, _ = made(music(12 * RATE, PODCAST), "m4a", PODCAST, tmp_path)
    many = tuple(chapters.Chapter(f"№ {n}", 40 * n, 40 * n + 40) for n in range(300))
    add_chapters(path, many)
    assert [(start, title) for start, _, title in chapters_read(path)] == [(one.start_ms, one.title) for one in many]
    assert [one.title for one in mp4.MP4(path).chapters] == [one.title for one in many[:255]]  # Nero's: a byte
    assert sum(map(len, ffmpeg.decode(path, 2, RATE))) == 12 * RATE


def test_what_is_no_audio_in_mpeg_4_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path, _ = made(music(RATE, PODCAST), "m4a", PODCAST, tmp_path)
    whole = path.read_bytes()
    one = (chapters.Chapter("One", 0, 1000),)
    add_chapters(path, one)
    for raw in (whole[: len(whole) // 2], whole[:20], b"not at all" * 9, path.read_bytes()):  # the last has chapters
        path.write_bytes(raw)
        with pytest.raises(RenderError, match=r"the chapters of a\.m4a cannot be written"):
            add_chapters(path, one)
        assert path.read_bytes() == raw and [file.name for file in tmp_path.iterdir()] == ["a.m4a"]


def test_the_command_and_the_page_name_every_format() -> None:
    assert tuple(FORMATS) == commands.FORMAT_NAMES
    page = (ROOT / "docs" / "output.md").read_text("utf-8")
    assert [name for name in FORMATS if f"`{name}`" not in page] == []
    assert [name for name in PROFILES if f"| `{name}` |" not in page] == []
