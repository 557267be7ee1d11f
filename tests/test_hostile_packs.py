"""Packs that mean harm, or were made in haste: each is one located message, or plays safely; never a traceback."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.face_helpers import Shell, cache, render, shell
from tests.sounds_helpers import RATE, encode, noise, write, write_pack

__all__ = ["cache", "shell"]

SCRIPT = "title: T\npacks: [p]\nscenes:\n  - title: One\n    play:\n      - sound: a repeat {count}, every 400 ms\n"


def project(tmp_path: Path, files: list[str], count: int) -> Path:
    listed = "".join(f"      - {{file: '{name}'}}\n" for name in files)
    write_pack(tmp_path / "sfx" / "p", f"  a:\n    kind: steps\n    files:\n{listed}")
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "s.yaml").write_text(SCRIPT.format(count=count), "utf-8")
    return tmp_path / "sfx" / "p"


def _value(value: float) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        audio = noise(0.3)
        audio[100] = value
        write(path, audio, subtype="FLOAT")

    return make


def _cut(suffix_options: dict[str, str], kept: float) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        write(path, noise(2.0), 44_100, **suffix_options)
        path.write_bytes(path.read_bytes()[: round(path.stat().st_size * kept)])

    return make


def _an_hour_of_nothing(path: Path, *, says_so: bool = True) -> None:
    with soundfile.SoundFile(str(path), "w", 8_000, 1, subtype="PCM_16") as file:
        for _ in range(60):
            file.write(np.zeros(480_000, np.int16))
    if not says_so:  # STREAMINFO: the 36 bits of the length, 0 for "not known"
        content = bytearray(path.read_bytes())
        content[21] &= 0xF0
        content[22:26] = struct.pack(">I", 0)
        path.write_bytes(content)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "noise.wav": (lambda path: path.write_bytes(bytes(range(7, 250)) * 20), "is called .wav, but what is in it is no"),
    "text.wav": (lambda path: path.write_text("no sound\n" * 50), "is called .wav, but what is in it is no such sound"),
    "empty.wav": (lambda path: path.write_bytes(b""), "is empty"),
    "nothing.wav": (lambda path: write(path, np.zeros((0, 1))), "holds no sound: it has a header and no samples"),
    "silent.wav": (lambda path: write(path, np.zeros((500, 1))), "holds nothing but silence"),
    "twenty.wav": (lambda path: write(path, noise(0.1, channels=20)), "has 20 channels; at most 8"),
    "fast.wav": (
        lambda path: write(path, noise(0.01), 3_000_000),
        "claims a rate of 3000000 Hz, which no recording has",
    ),
    "nan.wav": (_value(np.nan), "holds a sample that is not a number"),
    "infinite.wav": (_value(np.inf), "holds a sample that is not a number"),
    "beyond.wav": (_value(1e30), "600 dB over full scale"),
    "cut.flac": (_cut({}, 0.4), "is broken: "),
    "hour.flac": (_an_hour_of_nothing, "is longer than 30 min"),
    "lying_hour.flac": (lambda path: _an_hour_of_nothing(path, says_so=False), "is longer than 30 min"),
    "list.m4a": (lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"), "is called .m4a, but"),
}


def test_every_file_that_cannot_be_heard_is_one_message_at_its_place(tmp_path: Path, cache: Path) -> None:
    folder = project(tmp_path, list(BROKEN), 20)
    for name, (make, _) in BROKEN.items():
        make(folder / name)
    done = render("episode", "script/s.yaml", cwd=tmp_path, cache=cache)  # what decoders print would show
    assert (done.code, done.out) == (1, "")
    told = done.err.splitlines()
    assert len(told) == len(BROKEN)
    for number, (line, (name, (_, said))) in enumerate(zip(told, BROKEN.items(), strict=True)):
        assert line.startswith(f"sfx/p/pack.yaml:{9 + number}:16: '{name}' "), line
        assert said in line
    assert not (tmp_path / "output").exists()


def _option_mp3(path: Path) -> None:
    encode(write(path.with_name("x.wav"), noise(0.5), 44_100), path.with_name("y.mp3"), "-b:a", "96k")
    path.with_name("x.wav").unlink()
    path.with_name("y.mp3").rename(path)


def _torn_mp3(path: Path) -> None:
    _option_mp3(path)
    content = bytearray(path.read_bytes())
    for at in range(1500, len(content) - 40, 700):
        content[at : at + 40] = bytes((at * k) % 251 for k in range(40))
    path.write_bytes(content)


def _lying_wav(path: Path) -> None:
    write(path, noise(0.3))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = struct.pack("<I", 0x7FFFFFF0)
    path.write_bytes(content)


ODD: dict[str, Callable[[Path], object]] = {
    "one.wav": lambda path: write(path, np.full((1, 1), 0.5)),
    "hot.wav": lambda path: write(path, noise(0.3, level=8.0), subtype="FLOAT"),
    "six.wav": lambda path: write(path, noise(0.3, channels=6)),
    "telephone.wav": lambda path: write(path, noise(0.3, 8_000), 8_000),
    "bat.wav": lambda path: write(path, noise(0.05, 768_000), 768_000),
    "cut.wav": _cut({}, 0.4),
    "lying.wav": _lying_wav,
    "-i.wav": lambda path: write(path, noise(0.3)),
    "-i.mp3": _option_mp3,
    "torn.mp3": _torn_mp3,
    "ümlaut “quoted” name.wav": lambda path: write(path, noise(0.3)),
}


def test_what_is_odd_but_can_be_heard_plays(tmp_path: Path, cache: Path) -> None:
    folder = project(tmp_path, list(ODD), 60)
    for name, make in ODD.items():
        make(folder / name)
    done = render("episode", "script/s.yaml", cwd=tmp_path, cache=cache)  # what decoders print would show
    assert (done.code, done.err) == (0, "")
    written = (tmp_path / "output" / "s" / "credits.txt").read_text("utf-8")
    for name in ODD:
        assert f"pack p 1.0.0, {name})" in written


REFUSED = [
    ("  a: {files: out.wav}\n", "'out.wav' is a link that leaves the pack's folder"),
    ("  a: {files: device.wav}\n", "'device.wav' is a link that leaves the pack's folder"),
    ("  a: {files: pipe.wav}\n", "'pipe.wav' is not a file"),
    ("  a: {files: folder.wav}\n", "'folder.wav' is not a file"),
    ("  a: {files: 'concat:a.wav|b.wav'}\n", "is an address or a drive"),
    ("  a: {files: 'subfile,,start,0,end,9,,:a.wav'}\n", "is not there"),
    ("  a: {files: '%2e%2e/%2e%2e/a.wav'}\n", "is not there"),
    ("  a: {files: [{file: a.wav, weight: 99999999999999999999}]}\n", "is not a weight; write a number over 0"),
    ("  a: {files: [{file: a.wav, weight: inf}]}\n", "is not a weight"),
    ("  a: {files: a.wav}\n  a: {files: a.wav}\n", "'a' stands here a second time"),
    ("  a: {files: &x [a.wav]}\n", "anchors (&x) are not used in packs"),
    ("  a: {files: *x}\n", "aliases (*name) are not used in packs"),
    ("  a: " + "[" * 300 + "\n", "nested deeper than 20 levels"),
]


@pytest.mark.parametrize(("sounds", "said"), REFUSED)
def test_check_refuses_at_its_place(tmp_path: Path, shell: Shell, sounds: str, said: str) -> None:
    folder = project(tmp_path, ["a.wav"], 2)
    write_pack(folder, sounds)
    write(folder / "a.wav", noise(0.1), RATE)
    (folder / "out.wav").symlink_to("/etc/hostname")
    (folder / "device.wav").symlink_to("/dev/zero")
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    done = shell("check", "script/s.yaml", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    (told,) = done.err.splitlines()
    assert told.startswith("sfx/p/pack.yaml:") and said in told


COMMERCIAL = """\
title: T
commercial: true
packs: [p]
scenes:
  - title: One
    play:
      - sound: free
      - bed: sea level -20 LU
      - sound: gull
      - pause: 1 s
"""


def test_a_commercial_script_is_told_of_nc_sounds_where_it_uses_them(tmp_path: Path, shell: Shell) -> None:
    sounds = (
        "  gull: {files: a.wav, licence: CC-BY-NC-4.0, author: N}\n"
        "  sea: {files: a.wav, kind: bed, licence: CC-BY-NC-SA-3.0, author: N}\n  free: {files: a.wav}\n"
    )
    write(write_pack(tmp_path / "sfx" / "p", sounds) / "a.wav", noise(0.4))
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "s.yaml").write_text(COMMERCIAL, "utf-8")
    told = [
        f"script/s.yaml:{place}: '{role}' of the pack 'p' is under {licence}, which a commercial production may not use"
        for place, role, licence in (("8:9", "sea", "CC-BY-NC-SA-3.0"), ("9:9", "gull", "CC-BY-NC-4.0"))
    ]
    done = shell("check", "script/s.yaml", cwd=tmp_path)
    assert (done.code, done.err.splitlines()) == (1, told)
    (tmp_path / "script" / "s.yaml").write_text(COMMERCIAL.replace("commercial: true", "commercial: no"), "utf-8")
    assert shell("check", "script/s.yaml", cwd=tmp_path).code == 0
