"""Reading files of every format as others do: ffmpeg's own list of chapters, a plain walk through RIFF chunks."""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

from producer.deliver import ffmpeg


def chapters_read(path: Path) -> list[tuple[int, int, str]]:
    """Every chapter as ffmpeg hands it on: start and end in milliseconds, and its title."""
    return described(path)[1]


def described(path: Path) -> tuple[dict[str, str], list[tuple[int, int, str]]]:
    """The file's own tags, and its chapters, out of ffmpeg's metadata format."""
    command = [ffmpeg.executable(), "-v", "error", "-copyts", "-i", str(path), "-f", "ffmetadata", "pipe:1"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    whole: dict[str, str] = {}
    found: list[dict[str, str]] = []
    into = whole
    for line in re.split(r"(?<!\\)\n", text.replace("\\\\", "\x00")):
        if line == "[CHAPTER]":
            into = {}
            found.append(into)
        elif parts := re.match(r"((?:[^\\=]|\\.)*)=(.*)", line, re.S):
            name, value = (re.sub(r"\\(.)", r"\1", part, flags=re.S).replace("\x00", "\\") for part in parts.groups())
            into.setdefault(name, value)
    made = []
    for one in found:
        below, above = map(int, one["TIMEBASE"].split("/"))
        start, end = (round(int(one[side]) * 1000 * below / above) for side in ("START", "END"))
        made.append((start, end, one.get("title", "")))
    return whole, sorted(made)


def riff(path: Path) -> list[tuple[str, bytes]]:
    """Every chunk of a RIFF or RF64 file, the samples left out; AssertionError where it does not add up."""
    chunks: list[tuple[str, bytes]] = []
    with path.open("rb") as file:
        form, size, kind = struct.unpack("<4sI4s", file.read(12))
        assert form in (b"RIFF", b"RF64") and kind == b"WAVE"
        total, long = path.stat().st_size, form == b"RF64"
        sizes: tuple[int, ...] = ()
        while file.tell() < total:
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"data":
                assert (length == 0xFFFFFFFF) == long
                length = sizes[1] if long else length
                chunks.append(("data", b""))
                file.seek(length + length % 2, 1)
                continue
            content = file.read(length)
            assert len(content) == length
            file.seek(length % 2, 1)
            if name == b"ds64":
                sizes = struct.unpack("<QQQ", content[:24])
            chunks.append((name.decode("ascii"), content))
        assert file.tell() == total
        assert (sizes[0] if long else size) == total - 8
        assert not long or size == 0xFFFFFFFF
    return chunks
