"""Broadcast Wave files: PCM or floating point, as long as it gets, with markers and everything a tag holds.

The file is laid out so that nothing has to move when its tags are known: room for `ds64` and `bext` in front, then the
samples, then chunks of any length. Over 4 GiB it is RF64.
Sources: EBU Tech 3285 version 2 (bext), EBU Tech 3306 (RF64), Microsoft's RIFF reference (cue, adtl, INFO).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.errors import RenderError
from producer.frozen import dataclass

MOST_BYTES = 0xFFFFFFFF
"""What the size of a RIFF file can say; longer ones are RF64."""
BEXT_BYTES = 858
"""Of the `bext` chunk: 602, and 256 for the coding history."""
_DS64_BYTES = 28
_FORM = struct.Struct("<HHIIHH")
_UTF8 = 65001  # a Windows code page


@dataclass(frozen=True, slots=True)
class Marker:
    """A place in the file with a name; with a length it is a region."""

    sample: int
    name: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """How samples stand in the file. 32 bits are floating point."""

    rate_hz: int
    channels: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8

    @property
    def floating(self) -> bool:
        return self.bits == 32


def header(form: Form, data_bytes: int, after_bytes: int = 0, bext: bytes = b"", most_bytes: int = MOST_BYTES) -> bytes:
    """Everything that stands before the samples; as long whatever it says.

    Args:
        data_bytes: of the samples.
        after_bytes: of all that follows them.
        bext: the chunk's content, at most `BEXT_BYTES`; with none its room is kept.
        most_bytes: from where on the file is RF64.
    """
    samples = data_bytes // form.frame_bytes
    kind = 3 if form.floating else 1
    description = _FORM.pack(
        kind, form.channels, form.rate_hz, form.rate_hz * form.frame_bytes, form.frame_bytes, form.bits
    )
    chunks = _chunk(b"bext" if bext else b"JUNK", bext.ljust(BEXT_BYTES, b"\0"))
    chunks += _chunk(b"fmt ", description + (b"\0\0" if form.floating else b""))
    if form.floating:
        chunks += _chunk(b"fact", struct.pack("<I", min(samples, MOST_BYTES)))
    before = 4 + 8 + _DS64_BYTES + len(chunks) + 8
    riff = before + data_bytes + data_bytes % 2 + after_bytes
    long = riff > most_bytes
    if long:
        room = _chunk(b"ds64", struct.pack("<QQQI", riff, data_bytes, samples, 0))
    else:
        room = _chunk(b"JUNK", bytes(_DS64_BYTES))
    sizes = (MOST_BYTES, MOST_BYTES) if long else (riff, data_bytes)
    opening = (b"RF64" if long else b"RIFF") + struct.pack("<I", sizes[0]) + b"WAVE"
    return opening + room + chunks + b"data" + struct.pack("<I", sizes[1])


def write(blocks: Iterable[Audio], form: Form, to: Path, *, most_bytes: int = MOST_BYTES) -> None:
    """Write a programme to the file `to`. Raises RenderError when that cannot be.

    Args:
        blocks: within full scale, unless they are to be floating point.
    """
    written = 0
    try:
        with to.open("wb") as file:
            file.write(header(form, 0))
            for block in blocks:
                written += file.write(_coded(block, form.bits))
            file.write(bytes(written % 2))
            file.seek(0)
            file.write(header(form, written, most_bytes=most_bytes))
    except OSError as found:
        raise RenderError(f"cannot write {to.name}: {found.strerror}") from None


def add(
    path: Path, form: Form, bext: bytes, chunks: Iterable[tuple[bytes, bytes]], *, most_bytes: int = MOST_BYTES
) -> None:
    """Put a `bext` and further chunks (name, content) into a file that `write` wrote; its samples stay as they are."""
    front = len(header(form, 0))
    after = b"".join(_chunk(name, content) for name, content in chunks)
    with path.open("r+b") as file:
        start = file.read(front)
        data_bytes = int.from_bytes(start[-4:], "little")
        if start[:4] == b"RF64":
            data_bytes = struct.unpack_from("<Q", start, 28)[0]
        file.seek(front + data_bytes + data_bytes % 2)
        file.write(after)
        file.truncate()
        file.seek(0)
        file.write(header(form, data_bytes, len(after), bext, most_bytes))


def bext(
    *,
    description: str,
    originator: str,
    reference: str,
    date: str,
    loudness: Sequence[float | None],
    history: str,
) -> bytes:
    """The content of a version 2 `bext` chunk. Its text is ASCII; what is not is asked for by a question mark.

    Args:
        date: `YYYY-MM-DD`, or "" for none. No time of day: there is none that two renders would share.
        loudness: integrated LUFS, range LU, highest true peak dBTP, highest momentary and short-term LUFS; None where
            there is none.
    """

    def text(words: str, length: int) -> bytes:
        return words.encode("ascii", "replace")[:length].ljust(length, b"\0")

    values = [0x7FFF if value is None else max(-9999, min(9999, round(100 * value))) for value in loudness]
    made = text(description, 256) + text(originator, 32) + text(reference, 32) + text(date, 10) + bytes(8)
    made += struct.pack("<QH64s5h180x", 0, 2, b"", *values)
    return made + text(history, BEXT_BYTES - len(made))


def markers(found: Sequence[Marker]) -> tuple[tuple[bytes, bytes], ...]:
    """The chunks `cue ` and `LIST adtl`: names in UTF-8, as REAPER and Audacity read them."""
    if not found:
        return ()
    points, names, regions = struct.pack("<I", len(found)), b"adtl", b""
    for number, one in enumerate(found, 1):
        at = min(one.sample, MOST_BYTES)
        points += struct.pack("<II4sIII", number, at, b"data", 0, 0, at)
        names += _chunk(b"labl", struct.pack("<I", number) + _zero_ended(one.name))
        if one.length:
            region = struct.pack("<II4sHHHH", number, min(one.length, MOST_BYTES), b"rgn ", 0, 0, 0, _UTF8)
            regions += _chunk(b"ltxt", region)
    return (b"cue ", points), (b"LIST", names + regions)  # ffmpeg reads no name that comes after a region


def info(named: Mapping[bytes, str]) -> tuple[bytes, bytes]:
    """The chunk `LIST INFO`, in UTF-8."""
    return b"LIST", b"INFO" + b"".join(_chunk(name, _zero_ended(text)) for name, text in named.items() if text)


def _zero_ended(text: str) -> bytes:
    return text.replace("\0", " ").encode() + b"\0"


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def steps(block: Audio, bits: int) -> NDArray[np.int32]:
    """Samples in whole steps of so many bits; full scale is 2 to the power of one less."""
    most = 2 ** (bits - 1)
    return np.asarray(np.clip(np.rint(block.astype(np.float64) * most), -most, most - 1), np.int32)


def _coded(block: Audio, bits: int) -> bytes:
    block = np.ascontiguousarray(block)
    if bits == 32:
        return bytes(block.astype("<f4").data)
    whole = steps(block, bits)
    if bits == 16:
        return bytes(whole.astype("<i2").data)
    return bytes(np.ascontiguousarray(whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3]).data)
