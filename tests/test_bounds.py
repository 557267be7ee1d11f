"""What is read of strangers' files has bounds; they are in one table, which docs/bounds.md shows as it is."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from producer.bounds import Bounds, raised
from producer.deliver.picture import PNG, published
from producer.limited import read_file
from producer.script.compose import read_tree
from tests.face_helpers import Shell, cache, render, shell

__all__ = ["cache", "shell"]

ROOT = Path(__file__).parent.parent
TOP = "title: T\npacks: [p]\ncast: {ada: {voice: en-gb}}\nscenes:\n  - title: One\n    play:\n"
PACK = "pack: p\ntitle: P\nlicence: CC0-1.0\nsounds:\n  knock: {kind: hit, foley: knock}\n"
PACK += "  walk: {kind: steps, foley: steps}\n  air: {kind: bed, foley: wind}\n"


def project(folder: Path, play: str) -> Path:
    (folder / "script").mkdir(parents=True)
    (folder / "sfx" / "p").mkdir(parents=True)
    (folder / "sfx" / "p" / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "script" / "s.yaml").write_text(TOP + play, "utf-8")
    return folder


def test_the_documentation_has_every_bound_with_its_value() -> None:
    page = (ROOT / "docs" / "bounds.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,.]+) ", page, re.MULTILINE))
    assert {name: float(value.replace(",", "")) for name, value in rows.items()} == {
        field.name: float(field.default)
        for field in fields(Bounds)  # type: ignore[arg-type]
    }


def test_the_documentation_has_the_bounds_that_stand_beside_what_they_bound() -> None:
    from producer.draft import epub
    from producer.packs import archive
    from producer.script import quantities, values
    from producer.sounds import decode, document, rooms

    page = (ROOT / "docs" / "bounds.md").read_text("utf-8")
    limits = archive.Limits()
    for said in (
        f"{values.DEEPEST} levels",
        f"{document.MAX_DEPTH} levels",
        f"{float(quantities.LENGTH.high):,.0f} s",
        f"{decode.MOST_CHANNELS} channels",
        f"{decode.LOWEST_HZ:,} to {decode.HIGHEST_HZ:,} Hz",
        f"{rooms.LONGEST_S:g} s",
        f"{limits.files:,} entries",
        f"{limits.file_bytes / 1e6:,.0f} MB",
        f"{limits.bytes / 1e6:,.0f} MB",
        f"{archive.RATIO} times",
        f"{archive.MAX_DEPTH} folders",
        f"{epub.MOST_ENTRIES:,} files",
        f"{epub.HIGHEST_RATIO} times",
    ):
        assert said in page, said


def test_who_runs_the_command_raises_a_bound_and_a_slip_is_told() -> None:
    assert raised("") == (Bounds(), "")
    assert raised("script_mib=8, episode_hours=24") == (Bounds(script_mib=8, episode_hours=24), "")
    for slip in ("scrip_mib=8", "script_mib", "script_mib=lots", "script_mib=0", "script_mib=nan", "script_mib=-1"):
        found, wrong = raised(slip)
        assert found == Bounds() and wrong.startswith("PRODUCER_BOUNDS: "), slip


def test_a_raised_bound_holds_in_the_command_and_a_wrong_one_is_wrong_usage(
    tmp_path: Path, cache: Path, shell: Shell
) -> None:
    project(tmp_path, "      - pause: 86400 s\n      - ada: Good night.\n")
    refused = shell("check", "script/s.yaml", cwd=tmp_path)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "script/s.yaml:5:5: in this scene the episode gets longer than 12 hours, the most that one may last "
        "(PRODUCER_BOUNDS='episode_hours=…' raises that)\n"
    )
    allowed = render("check", "script/s.yaml", cwd=tmp_path, cache=cache, env={"PRODUCER_BOUNDS": "episode_hours=30"})
    assert (allowed.code, allowed.err) == (0, "")
    slip = render("check", "script/s.yaml", cwd=tmp_path, cache=cache, env={"PRODUCER_BOUNDS": "hours=30"})
    assert slip.code == 2 and slip.err.startswith("PRODUCER_BOUNDS: there is no bound 'hours'")


FOUND = {  # what fuzzing found, each the least of its kind -> the message, or its end
    "words that no role is": (
        f"      - sound: {'a b ' * 3000}\n",
        "no pack has the sound 'a_b_a_b_a_b_a_b_a'; known: air, knock, walk",
    ),
    "ten thousand cues in a speech": (
        f"      - ada: >\n          {'[knock] ' * 2000}end\n",
        "script/s.yaml:8:4011: 2000 cues and pauses stand in this speech, and one has at most 500; part it in several",
    ),
    "a speech without an end": (f"      - ada: {'word ' * 5000}\n", "has 24999 characters, and a text or value has at"),
    "a number of five thousand digits": (
        f"      - sound: knock level {'9' * 5000} LU\n",
        "is not a level; write a number",
    ),
    "a word's number that is longer than an int": (
        f'      - ada: One two.\n      - sound: knock at word "one" ({"9" * 5000})\n',
        "script/s.yaml:8:",
    ),
    "a take of five thousand digits": (f"      - ada: One.\n        take: {'9' * 5000}\n", "take: "),
    "a text in place of a level": (
        "      - sound: knock\n        level: >\n          3 one\n\n          two\n",
        "'3 one two' is in the wrong unit; a level is in LU",
    ),
    "digits of other scripts": ("      - pause: ٣ s\n", "'٣ s' is not a length; write a number and its unit"),
    "strikes without end": (
        "      - ada: One.\n" + "      - sound: knock repeat 10000, every 20 ms\n" * 30,
        "with this sound there are more than 200000 strikes in the episode",
    ),
    "a bed that has no speed": (
        "      - bed: air speed 90 %\n      - ada: One.\n",
        "script/s.yaml:7:9: speed: 'air' is made by 'wind', which has none; use its settings, or 'pitch'",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_fuzzing_found_is_a_located_message(name: str, tmp_path: Path, shell: Shell) -> None:
    play, said = FOUND[name]
    project(tmp_path, play)
    done = shell("check", "script/s.yaml", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert all(line.startswith(("script/s.yaml:", "    ")) for line in done.err.splitlines())


def test_a_walk_of_too_many_steps_is_told_where_it_is(tmp_path: Path, shell: Shell) -> None:
    project(tmp_path, "      - ada: One.\n      - sound: walk for 300 s, every 20 ms\n")
    done = shell("cues", "script/s.yaml", cwd=tmp_path)
    assert done.code == 1
    assert done.err.startswith("script/s.yaml:8:9: the sound 'walk'") or "strikes more than 10000 times" in done.err
    assert "PRODUCER_BOUNDS='strikes=…' raises that" in done.err


def test_values_and_lines_are_counted_before_they_are_kept() -> None:
    _, problems = read_tree("a:\n" + "  - b\n" * 110_000, "x.yaml")
    assert "more than 100000 lines" in problems[0].what
    _, problems = read_tree("a: [" + "b, " * 110_000 + "]\n", "x.yaml")
    assert any("100000 values" in one.what for one in problems)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, shell: Shell) -> None:
    project(tmp_path, "      - ada: One.\n      - sound: thud\n")
    os.mkfifo(tmp_path / "pipe.wav")
    os.mkfifo(tmp_path / "story.txt")
    os.mkfifo(tmp_path / "cover.jpg")
    with pytest.raises(OSError, match="a folder, a device or a pipe"):
        read_file(tmp_path / "pipe.wav", "script_mib")
    assert shell("draft", "story.txt", cwd=tmp_path).code == 1
    script = tmp_path / "script" / "s.yaml"
    script.write_text("cover: cover.jpg\n" + TOP + "      - ada: One.\n", "utf-8")
    covered = shell("check", "script/s.yaml", cwd=tmp_path)
    assert covered.code == 1 and "cover: cannot read cover.jpg: it is a folder, a device or a pipe" in covered.err
    os.mkfifo(tmp_path / "sfx" / "p" / "thud.wav")
    (tmp_path / "sfx" / "p" / "pack.yaml").write_text(PACK + "  thud: {kind: hit, files: [thud.wav]}\n", "utf-8")
    piped = shell("check", "script/s.yaml", cwd=tmp_path)
    assert piped.code == 1 and "sfx/p/pack.yaml:8:29: 'thud.wav' is not a file" in piped.err
    assert shell("audit", "pipe.wav", cwd=tmp_path).code == 1


def test_links_that_leave_the_project_are_refused(tmp_path: Path, shell: Shell) -> None:
    inside, outside = project(tmp_path / "show", "      - ada: One.\n        id: one\n"), tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "one.wav").write_bytes(b"RIFF")
    (inside / "takes" / "s").mkdir(parents=True)
    (inside / "takes" / "s" / "one.wav").symlink_to(outside / "one.wav")
    taken = shell("check", "script/s.yaml", cwd=inside)
    assert taken.code == 1
    assert taken.err.startswith("takes/s/one.wav: is a link that leaves the project")
    (inside / "takes" / "s" / "one.wav").unlink()
    (inside / "output").symlink_to(outside)
    written = shell("episode", "script/s.yaml", cwd=inside)
    assert written.code == 1 and "is a link that leaves the project; name the folder with -o" in written.err
    assert [path.name for path in outside.iterdir()] == ["one.wav"]
    (inside / "sfx" / "p" / "pack.yaml").rename(outside / "pack.yaml")
    (inside / "sfx" / "p").rmdir()
    (inside / "sfx" / "p").symlink_to(outside)
    packed = shell("check", "script/s.yaml", cwd=inside)
    assert packed.code == 1 and packed.err.startswith("sfx/p: is a link that leaves the project")


def test_a_pool_of_more_recordings_than_are_allowed_is_told_at_its_line(
    tmp_path: Path, cache: Path, shell: Shell
) -> None:
    project(tmp_path, "      - sound: knock\n      - ada: One.\n")
    pack = tmp_path / "sfx" / "p"
    (pack / "pack.yaml").write_text(PACK.replace("foley: knock", "files: knocks/*.wav"), "utf-8")
    (pack / "knocks").mkdir()
    for number in range(3):
        soundfile.write(pack / "knocks" / f"{number}.wav", np.linspace(0.5, 0.0, 4410), 44100)
    assert shell("check", "script/s.yaml", cwd=tmp_path).code == 0
    done = render("check", "script/s.yaml", cwd=tmp_path, cache=cache, env={"PRODUCER_BOUNDS": "pack_files=2"})
    assert done.code == 1
    assert "sfx/p/pack.yaml:5:" in done.err and "with these the pool has more than 2 files" in done.err
    assert "PRODUCER_BOUNDS='pack_files=…' raises that" in done.err


def test_a_recording_that_unpacks_to_more_than_is_held_is_told(tmp_path: Path, cache: Path, shell: Shell) -> None:
    project(tmp_path, "      - sound: knock\n      - ada: One.\n")
    pack = tmp_path / "sfx" / "p"
    (pack / "pack.yaml").write_text(PACK.replace("foley: knock", "files: knock.mp3"), "utf-8")
    sound = 0.3 * np.random.default_rng(1).standard_normal(44100)
    soundfile.write(pack / "knock.mp3", sound, 44100, format="MP3")  # 0.17 MiB of samples
    assert shell("cues", "script/s.yaml", cwd=tmp_path).code == 0
    bounds = {"PRODUCER_BOUNDS": "sound_decoded_mib=0.1"}
    done = render("cues", "script/s.yaml", cwd=tmp_path, cache=tmp_path / "another", env=bounds)
    assert done.code == 1 and "holds more than 0.1 MiB of samples" in done.err
    assert "PRODUCER_BOUNDS='sound_decoded_mib=…' raises that" in done.err


def as_jpeg(**how: object) -> bytes:
    """A picture as a camera leaves it: where it was, which way it was held, and a thumbnail's worth of other data."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Image.effect_noise((90, 60), 50).convert("RGB").save(made, "JPEG", exif=exif, comment=b"A secret", **how)
    return made.getvalue()


def chunked(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def as_png(*behind_head: bytes) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA", (90, 60), (0, 0, 99, 128)).save(made, "PNG")
    return made.getvalue()[:33] + b"".join(behind_head) + made.getvalue()[33:]


BOMB = b"a\0\0" + zlib.compress(bytes(20_000_000))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_cover_keeps_its_pixels_and_its_way_up_and_nothing_else(progressive: bool) -> None:
    image = as_jpeg(progressive=progressive) + b"and a film"
    bare = published(image)
    with Image.open(io.BytesIO(image)) as before, Image.open(io.BytesIO(bare)) as after:
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {0x0112: 6}
    assert not any(part in bare for part in (b"camera", b"secret", b"film"))
    assert published(bare) == bare
    plain = as_png()
    assert published(plain) == plain
    assert published(as_png(chunked(b"tEXt", b"Author\0me"), chunked(b"zTXt", BOMB)) + b"more") == plain
    held = published(as_png(chunked(b"eXIf", Image.open(io.BytesIO(image)).getexif().tobytes())))
    assert dict(Image.open(io.BytesIO(held)).getexif()) == {0x0112: 6}


BROKEN = {
    "half a JPEG": as_jpeg()[:1500],
    "the head of a JPEG": as_jpeg()[:40],
    "a JPEG of a thousand scans": as_jpeg()[:-2] + b"\xff\xda\0\x02" * 1000 + b"\xff\xd9",
    "half a PNG": as_png()[:60],
    "a PNG without pixels": PNG + chunked(b"IHDR", bytes(4) + b"\0\0\0\x64\x08\x02\0\0\0") + chunked(b"IEND", b""),
    "a PNG that promises more": PNG
    + chunked(b"IHDR", struct.pack(">II", 4000, 4000) + b"\x08\x02\0\0\0")
    + chunked(b"IDAT", zlib.compress(bytes(99)))
    + chunked(b"IEND", b""),
    "a bomb of colours": as_png(chunked(b"iCCP", BOMB)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_cover_that_cannot_be_shown_is_told_at_its_place(name: str, tmp_path: Path, shell: Shell) -> None:
    project(tmp_path, "      - ada: One.\n")
    script = tmp_path / "script" / "s.yaml"
    script.write_text(script.read_text("utf-8").replace("title: T\n", "title: T\ncover: c.png\n"), "utf-8")
    (tmp_path / "c.png").write_bytes(BROKEN[name])
    done = shell("check", "script/s.yaml", cwd=tmp_path)
    assert done.code == 1 and len(done.err.splitlines()) == 1
    assert re.match(r"script/s\.yaml:2:8: cover: c\.png (is broken: |has more than 500 scans)", done.err)


def test_a_cover_that_unpacks_to_more_than_is_allowed_is_told(tmp_path: Path, cache: Path, shell: Shell) -> None:
    project(tmp_path, "      - ada: One.\n")
    script = tmp_path / "script" / "s.yaml"
    script.write_text(script.read_text("utf-8").replace("title: T\n", "title: T\ncover: c.png\n"), "utf-8")
    Image.new("RGB", (1500, 1500), "navy").save(tmp_path / "c.png")
    assert shell("check", "script/s.yaml", cwd=tmp_path).code == 0
    bounds = {"PRODUCER_BOUNDS": "cover_megapixels=2"}
    done = render("check", "script/s.yaml", cwd=tmp_path, cache=cache, env=bounds)
    assert done.code == 1 and done.err.startswith("script/s.yaml:2:8: ")
    assert "2 megapixels (PRODUCER_BOUNDS='cover_megapixels=…' raises that)" in done.err
