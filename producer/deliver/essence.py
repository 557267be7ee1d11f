"""What is encoded in an audio file, its tags, chapters and pictures apart: two files of one essence sound alike."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from producer.digests import naming

_PIECE = 1 << 20


def digest(path: Path) -> str | None:
    """SHA-256 of a file's essence; None of a kind of file in which it lies among other things (MP4), or a broken one.

    Raises OSError, with the file's name, when it cannot be read.
    """
    with naming(path), path.open("rb") as file:
        begins = file.read(10)
        file.seek(0)
        found = hashlib.sha256()
        read = _reader(begins)
        if read is None:
            return None
        try:
            for piece in read(file):
                found.update(piece)
        except (struct.error, IndexError, ValueError):  # it is cut off, or only begins like one
            return None
        return found.hexdigest()


def _reader(begins: bytes) -> Callable[[BinaryIO], Iterator[bytes]] | None:
    if begins.startswith(b"ID3") or begins[:1] == b"\xff":
        return _mp3
    return {b"fLaC": _flac, b"RIFF": _wave, b"RF64": _wave, b"OggS": _ogg}.get(begins[:4])


def _rest(file: BinaryIO, most: int | None = None) -> Iterator[bytes]:
    while most is None or most > 0:
        piece = file.read(_PIECE if most is None else min(_PIECE, most))
        if not piece:
            return
        yield piece
        most = None if most is None else most - len(piece)


def _mp3(file: BinaryIO) -> Iterator[bytes]:
    """All after the ID3v2 tag, whose length has seven bits in each byte."""
    head = file.read(10)
    size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(10 + size if head.startswith(b"ID3") else 0)
    yield from _rest(file)


def _flac(file: BinaryIO) -> Iterator[bytes]:
    """All after the metadata, of which the last block has the highest bit set."""
    file.seek(4)
    last = False
    while not last:
        head = file.read(4)
        last = head[0] >= 0x80
        file.seek(int.from_bytes(head[1:], "big"), 1)
    yield from _rest(file)


def _wave(file: BinaryIO) -> Iterator[bytes]:
    """The chunks `fmt ` and `data`; beyond 4 GiB `ds64` says how long the second is."""
    file.seek(12)
    long = 0
    while head := file.read(8):
        name, size = struct.unpack("<4sI", head)
        if name == b"ds64":
            content = file.read(size)
            (long,) = struct.unpack_from("<Q", content, 8)
            size = 0
        elif name == b"data" and size == 0xFFFFFFFF:
            size = long
        if name in (b"fmt ", b"data"):
            yield from _rest(file, size)
            file.seek(size % 2, 1)
        else:
            file.seek(size + size % 2, 1)


def _ogg(file: BinaryIO) -> Iterator[bytes]:
    """The contents of all pages from the first on that has a position: those before hold the headers (RFC 7845 §3)."""
    begun = False
    while head := file.read(27):
        (position,) = struct.unpack_from("<q", head, 6)  # 0 of headers, -1 where a page is full before one of them ends
        size = sum(file.read(head[26]))
        begun = begun or position > 0
        if begun:
            yield from _rest(file, size)
        else:
            file.seek(size, 1)
