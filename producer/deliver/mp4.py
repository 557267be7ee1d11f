"""Chapters in an MPEG-4 audio file: a QuickTime text track, as Apple's players read them, and Nero's list for others.

Written box by box, for ffmpeg's own way in, a text format, cannot take a title that ends with a backslash.
Sources: ISO 14496-12 (boxes), Apple's QuickTime File Format (text media, chapter lists); Nero's `chpl` as in ffmpeg.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from producer.deliver.chapters import Chapter
from producer.deliver.language import UNDETERMINED, packed
from producer.errors import RenderError

_TICKS_A_SECOND = 1000  # of the chapter track: its times are whole milliseconds
_NERO_TICKS_A_MS = 10_000
_MOST_LISTED = 255  # a byte counts them in Nero's list
_MOST_TITLE_BYTES = 255  # and a byte the length of a title there
_MOST_TEXT_BYTES = 65_535
_UTF8 = struct.pack(">I4sI", 12, b"encd", 256)  # at the end of a text sample: it is UTF-8
_IDENTITY = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_IN_MOVIE = 2  # a track that belongs to the file, but is not shown by itself


def add_chapters(path: Path, chapters: Sequence[Chapter]) -> None:
    """Give an MPEG-4 file with one track, of sound, chapters that begin at 0 and touch; its samples stay as they are.

    Raises RenderError when that is not what it is, or when it cannot be written.
    """
    made = path.with_name(f".chapters-{path.name}")
    try:
        with path.open("rb") as old, made.open("wb") as new:
            _rewrite(old, new, chapters)
        made.replace(path)
    except OSError as found:
        raise RenderError(f"cannot write {path.name}: {found.strerror}") from None
    except (struct.error, KeyError, ValueError) as found:
        raise RenderError(f"the chapters of {path.name} cannot be written: {found}") from None
    finally:
        made.unlink(missing_ok=True)


def name_language(path: Path, language: str) -> None:
    """Say in every track of an MPEG-4 file what language it is in. Source: ISO 14496-12, 8.4.2 (media header).

    Args:
        language: three letters.

    Raises RenderError when it is no such file, or when it cannot be written.
    """
    code = struct.pack(">H", packed(language))
    try:
        with path.open("r+b") as file:
            for name, start, size in list(_places(file)):
                if name == "moov":
                    file.seek(start + 8)
                    for at in list(_languages(file.read(size - 8))):
                        file.seek(start + 8 + at)
                        file.write(code)
    except OSError as found:
        raise RenderError(f"cannot write {path.name}: {found.strerror}") from None
    except (struct.error, ValueError, IndexError) as found:
        raise RenderError(f"the language of {path.name} cannot be written: {found}") from None


def _languages(content: bytes, at: int = 0) -> Iterator[int]:
    """Where in the file's description its tracks name their language."""
    for name, inside in _boxes(content):
        if name in ("trak", "mdia"):
            yield from _languages(inside, at + 8)
        elif name == "mdhd":
            yield at + 8 + (32 if inside[0] == 1 else 20)
        at += 8 + len(inside)


def _rewrite(old: BinaryIO, new: BinaryIO, chapters: Sequence[Chapter]) -> None:
    """What describes the file first, then its samples, then the chapters' titles."""
    places = list(_places(old))
    content: dict[str, bytes] = {}
    for name, start, size in places:
        if name in ("ftyp", "moov"):
            old.seek(start)
            content[name] = old.read(size)
    others = [(start, size) for name, start, size in places if name not in ("ftyp", "moov")]
    texts = [_text_sample(one.title) for one in chapters]
    moov = content["moov"][8:]
    front = len(content["ftyp"]) + len(_movie(moov, chapters, texts, {}, 0))
    moved: dict[tuple[int, int], int] = {}  # where something was -> by how much it moves
    at = front
    for start, size in others:
        moved[start, start + size] = at - start
        at += size
    new.write(content["ftyp"] + _movie(moov, chapters, texts, moved, at + 8))
    for start, size in others:
        old.seek(start)
        _copy(old, new, size)
    new.write(_box("mdat", b"".join(texts)))


def _movie(
    moov: bytes, chapters: Sequence[Chapter], texts: Sequence[bytes], moved: dict[tuple[int, int], int], titles_at: int
) -> bytes:
    """The `moov` box with a track and a list more; of one length whatever the places in it."""
    boxes = dict(_boxes(moov))
    header, own = bytearray(boxes["mvhd"]), boxes["trak"]
    if header[0] != 0 or sum(name == "trak" for name, _ in _boxes(moov)) != 1:
        raise ValueError("it is no file of one track")
    timescale = struct.unpack_from(">I", header, 12)[0]
    number = struct.unpack_from(">I", header, len(header) - 4)[0]
    header[-4:] = struct.pack(">I", number + 1)
    sound = b"".join(
        _box(name, _media_moved(content, moved) if name == "mdia" else content) for name, content in _boxes(own)
    )
    sound += _box("tref", _box("chap", struct.pack(">I", number)))
    others = [(name, content) for name, content in _boxes(moov) if name not in ("mvhd", "trak", "udta")]
    return _box(
        "moov",
        _box("mvhd", bytes(header))
        + _box("trak", sound)
        + _box("trak", _track(chapters, texts, number, timescale, titles_at))
        + b"".join(_box(name, content) for name, content in others)
        + _box("udta", _nero(chapters) + boxes.get("udta", b"")),
    )


def _media_moved(mdia: bytes, moved: dict[tuple[int, int], int]) -> bytes:
    """The media box of a track, with the places of its chunks in the new file."""

    def place(was: int) -> int:
        return was + next((by for (start, end), by in moved.items() if start <= was < end), 0)

    def inside(name: str, content: bytes) -> bytes:
        if name in ("minf", "stbl"):
            return b"".join(_box(inner, inside(inner, body)) for inner, body in _boxes(content))
        if name == "stco":
            count = struct.unpack_from(">I", content, 4)[0]
            places = struct.unpack_from(f">{count}I", content, 8)
            return content[:8] + struct.pack(f">{count}I", *map(place, places))
        if name == "co64":
            raise ValueError("it is over 4 GiB")
        return content

    return b"".join(_box(name, inside(name, content)) for name, content in _boxes(mdia))


def _track(chapters: Sequence[Chapter], texts: Sequence[bytes], number: int, timescale: int, titles_at: int) -> bytes:
    """A text track whose samples are the titles, each as long as its chapter."""
    whole_ms = chapters[-1].end_ms
    duration = -(-whole_ms * timescale // _TICKS_A_SECOND)
    header = struct.pack(">IIIIII", _IN_MOVIE, 0, 0, number, 0, duration)
    header += bytes(8) + struct.pack(">4H", 0, 0, 0, 0) + _IDENTITY + bytes(8)
    style = bytes(4 + 4 + 6 + 8 + 8 + 2 + 2 + 1 + 2 + 6) + b"\0"  # no flags, colours, box, font: nobody draws it
    entry = struct.pack(">6xH", 1) + style
    times = [(1, one.end_ms - one.start_ms) for one in chapters]
    table = _full("stsd", struct.pack(">I", 1) + _box("text", entry))
    table += _full("stts", struct.pack(">I", len(times)) + b"".join(struct.pack(">II", *one) for one in times))
    table += _full("stsc", struct.pack(">IIII", 1, 1, len(texts), 1))
    table += _full("stsz", struct.pack(f">II{len(texts)}I", 0, len(texts), *map(len, texts)))
    table += _full("stco", struct.pack(">II", 1, titles_at))
    generic = _full("gmin", struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0)) + _box("text", _IDENTITY)
    here = _box("dinf", _full("dref", struct.pack(">I", 1) + _full("url ", b"", flags=1)))
    media = _full("mdhd", struct.pack(">IIIIHH", 0, 0, _TICKS_A_SECOND, whole_ms, packed(UNDETERMINED), 0))
    media += _full("hdlr", b"mhlr" + b"text" + bytes(12) + b"\0")
    media += _box("minf", _box("gmhd", generic) + here + _box("stbl", table))
    return _box("tkhd", header) + _box("mdia", media)


def _nero(chapters: Sequence[Chapter]) -> bytes:
    listed = chapters[:_MOST_LISTED]
    entries = b""
    for one in listed:
        title = _cut(one.title, _MOST_TITLE_BYTES)
        entries += struct.pack(">QB", one.start_ms * _NERO_TICKS_A_MS, len(title)) + title
    return _box("chpl", struct.pack(">IIB", 1 << 24, 0, len(listed)) + entries)


def _text_sample(title: str) -> bytes:
    text = _cut(title, _MOST_TEXT_BYTES)
    return struct.pack(">H", len(text)) + text + _UTF8


def _cut(title: str, most: int) -> bytes:
    """On one line, and without half a character at the end."""
    line = " ".join(title.replace("\0", " ").split())
    return line.encode()[:most].decode(errors="ignore").encode()


def _box(name: str, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name.encode("latin-1")) + content


def _full(name: str, content: bytes, flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", flags) + content)


def _boxes(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The boxes inside a box."""
    at = 0
    while at + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if size < 8:
            raise ValueError("a box has no size")
        yield name.decode("latin-1"), content[at + 8 : at + size]
        at += size


def _places(file: BinaryIO) -> Iterator[tuple[str, int, int]]:
    """Name, place and size of every box of a file."""
    end, at = file.seek(0, 2), 0
    while at < end:
        file.seek(at)
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
        if size < 8 or at + size > end:
            raise ValueError("a box has no size")
        yield name.decode("latin-1"), at, size
        at += size


def _copy(old: BinaryIO, new: BinaryIO, size: int) -> None:
    left = size
    while left:
        piece = old.read(min(left, 1 << 20))
        if not piece:
            raise ValueError("it ends too soon")
        new.write(piece)
        left -= len(piece)
