"""Whether a sound file is all there: what its header says it lasts, against what of it there is.

Decoders play a file that was cut off (a full disk, a broken download) up to where it ends, leave out what is broken
inside one, and say nothing. Each container tells in its own way how long it should be; where one does not (raw AAC, a
stream without a length), nothing can be told, and nothing is.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import soundfile

from producer import cache as entries
from producer import sounds
from producer.cache import Cache
from producer.made_by import made_by
from producer.sounds.decode import UndecodableError, decode, probe, still

_UNKNOWN = 0x7FFF_0000  # a data size from here on is what a recorder writes that does not know it yet
_ENDS_OGG = 4  # the flag of a stream's last page
_LAST_OGG = 1 << 17  # bytes in which the last page begins
_LONGEST_PAGE_S = 20  # what the first page with samples may count up to
_SLACK_S, _SLACK = 0.12, 0.01  # that an encoder's delay and a rounded header take
_ASF = bytes.fromhex("3026b2758e66cf11")  # how WMA begins
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")


def shortfall(path: Path) -> str:
    """What is missing of a sound file, with both lengths; nothing when all is there or when nobody can tell."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] == b"OggS":
                return _ogg(path, file)
            if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"riff"):
                return _chunks(path, file, head)
            if head[:4] in (b"fLaC", b"caff"):
                return ""  # libsndfile refuses them where they are cut off
            if head[:8] == _ASF:
                return _asf(path, file)
        return _by_ffmpeg(path)
    except (OSError, UndecodableError, soundfile.LibsndfileError, struct.error):
        return ""  # it cannot be heard at all, which is told where it is to be heard


def kept_shortfall(path: Path, sha256: str, cache: Cache) -> str:
    """As `shortfall`, asked once of a file's content; nothing of a file that is another one by now."""
    try:
        return _kept(path, sha256, cache)
    except UndecodableError:
        return ""  # which is told where it is to be heard


def kept_shortfalls(files: Sequence[tuple[Path, str]], cache: Cache) -> list[str]:
    """`kept_shortfall` of each file and its SHA-256. Where none has changed, one entry of the cache tells of all."""
    sha256s = [sha256 for _, sha256 in files]

    def asked() -> bytes:
        return json.dumps([_kept(*one, cache) for one in files]).encode()

    try:
        found: list[str] = json.loads(cache.here(entries.key("shortfalls", made_by(sounds), sha256s), asked))
    except UndecodableError:  # of one; the others are told, and it is asked about again
        return [kept_shortfall(*one, cache) for one in files]
    return found


def _kept(path: Path, sha256: str, cache: Cache) -> str:
    """As `shortfall`, asked once of a file's content. Raises UndecodableError where it is another one by now."""

    def asked() -> dict[str, object]:
        what = shortfall(path)
        still(path, sha256)
        return {"what": what}

    return str(cache.data(entries.key("shortfall", made_by(sounds), sha256), asked)["what"])


def _lost(claims_s: float, heard_s: float) -> str:
    """What is missing of a file that ends as it should: a part of it cannot be decoded."""
    if claims_s - heard_s <= _SLACK_S + _SLACK * claims_s:
        return ""
    return f"is damaged: it says that it lasts {claims_s:.2f} s, and {heard_s:.2f} s of it can be heard"


def _said(claims_s: float, there_s: float) -> str:
    return f"is cut off: its header says that it lasts {claims_s:.2f} s, and {there_s:.2f} s of it are there"


def _chunks(path: Path, file: BinaryIO, head: bytes) -> str:
    """WAV, RF64, W64 and AIFF: the chunk of samples against the bytes that are left for it."""
    end = os.fstat(file.fileno()).st_size
    found = _data(file, head, end)
    if found is None:
        return ""
    claims, there = found
    if not 0 < there < claims or claims >= 1 << 62:
        return ""
    heard_s = float(soundfile.info(str(path)).duration)
    return _said(heard_s * claims / there, heard_s)


def _data(file: BinaryIO, head: bytes, end: int) -> tuple[int, int] | None:
    """Bytes that the samples should have, and have; None when they have no size yet."""
    if head[:4] == b"riff":
        return _w64(file, end)
    order, name = ("<", b"data") if head[:4] != b"FORM" and head[:4] != b"RIFX" else (">", b"data")
    wanted, long = (b"SSND" if head[:4] == b"FORM" else name), 0
    file.seek(12)
    while len(chunk := file.read(8)) == 8:
        kind, size = chunk[:4], struct.unpack(f"{order}I", chunk[4:])[0]
        if kind == b"ds64":
            long = struct.unpack("<QQ", file.read(16))[1]
            file.seek(-16, os.SEEK_CUR)
        if kind == wanted:
            size = long if long and size == 0xFFFF_FFFF else size
            if size >= _UNKNOWN and not long:
                return None
            return size, end - file.tell()
        file.seek(size + size % 2, os.SEEK_CUR)
    return None


def _w64(file: BinaryIO, end: int) -> tuple[int, int] | None:
    file.seek(40)
    while len(chunk := file.read(24)) == 24:
        size = struct.unpack("<Q", chunk[16:])[0]
        if chunk[:16] == _W64_DATA:
            return size - 24, end - file.tell()
        if not 24 <= size < 1 << 40:
            return None
        file.seek((size - 24 + 7) // 8 * 8, os.SEEK_CUR)
    return None


def _ogg(path: Path, file: BinaryIO) -> str:
    """The last page says that it is the last one, and is whole; and what it counts up to can be heard."""
    file.seek(0)
    start = file.read(_LAST_OGG)
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _LAST_OGG))
    tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:] if at >= 0 else b""
    whole = len(page) >= 27 and len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])
    if whole and page[5] & _ENDS_OGG:
        return _lost(*_counted_s(path, start, page))
    return f"is cut off: the page that ends it is missing, and {_heard_s(path):.2f} s of it are there"


def _counted_s(path: Path, start: bytes, last: bytes) -> tuple[float, float]:
    """How long a stream lasts by the count in its last page, and how long it is heard; of several streams nothing."""
    heard_s = _heard_s(path)
    begun = start.find(b"OggS", start.find(b"OggS", 4) + 4)  # after the pages of headers
    opus = start.find(b"OpusHead", 28, 64)
    rate_hz, skipped = (
        (48_000, struct.unpack_from("<H", start, opus + 10)[0]) if opus > 0 else (decode(path).rate_hz, 0)
    )
    if last[14:18] != start[14:18] or begun < 0:
        return 0.0, heard_s
    first, end = (struct.unpack_from("<q", page, 6)[0] for page in (start[begun:], last))
    late = first > _LONGEST_PAGE_S * rate_hz  # it was taken from a broadcast, and goes on counting
    return (0.0 if late else (end - skipped) / rate_hz), heard_s


def _asf(path: Path, file: BinaryIO) -> str:
    """WMA says how many bytes it has, and how long they play."""
    file.seek(0)
    start = file.read(1 << 16)
    at = start.find(_ASF_PROPERTIES)
    if at < 0:
        return ""
    size, _, _, plays, _, before = struct.unpack("<6Q", start[at + 40 : at + 88])
    claims_s, heard_s = max(0.0, plays / 1e7 - before / 1e3), _heard_s(path)
    return _lost(claims_s, heard_s) if os.fstat(file.fileno()).st_size >= size else _said(claims_s, heard_s)


def _by_ffmpeg(path: Path) -> str:
    """MP3 (with a count of its frames), MP4, WebM: the length in the header against what is decoded."""
    header = probe(path)
    claims_s = 0.0 if header is None else header.claims_s
    if not claims_s:
        return ""
    heard_s = _heard_s(path)
    return _said(claims_s, heard_s) if claims_s - heard_s > _SLACK_S + _SLACK * claims_s else ""


def _heard_s(path: Path) -> float:
    decoded = decode(path)
    return sum(len(block) for block in decoded.blocks) / decoded.rate_hz
