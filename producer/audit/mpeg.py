"""What the frames of an MP3 say: rate, channels, and whether every frame has one bitrate.

Source: ISO 11172-3 and 13818-3 (layer III headers), and the unofficial MPEG-2.5 for 8 to 12 kHz; tags as ID3v2.4 and
ID3v1 have them.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from producer.frozen import dataclass

_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = (44100, 48000, 32000)
_LOOK = 1 << 16  # how far after the tags the first frame may be
_PIECE = 1 << 20  # what is read at a time


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames of a file; the one that only tells about the others does not count for the bitrates."""

    rate_hz: int
    channels: int
    kbps: tuple[int, ...]
    """Every bitrate that occurs, lowest first."""
    count: int


def frames(file: BinaryIO) -> Frames | None:
    """What the frames of an MP3 file say; None when it has none. The file is read a piece at a time."""
    data = _Data(file)
    at = _after_tags(data)
    end = min(data.size, at + _LOOK)
    while at < end and not _starts(data, at):
        at += 1
    opening = _header(data[at : at + 4])
    if opening is None:
        return None
    heads: dict[bytes, tuple[int, int, int, int]] = {}  # by the four bytes that say it: there are few
    count = 0
    if any(mark in data[at : at + 64] for mark in (b"Xing", b"Info")):
        at, count = at + opening[3], 1
    last = opening
    while True:
        piece, inside = data.piece(at), 0
        while True:
            four = piece[inside : inside + 4]
            if (head := heads.get(four)) is None:
                if (head := _header(four)) is None:
                    break
                heads[four] = head
            last = head
            count += 1
            inside += head[3]
        if not inside:
            break
        at += inside
    kbps = {head[0] for head in heads.values()}
    return Frames(last[1], last[2], tuple(sorted(kbps)), count) if kbps else None


class _Data:
    """What is in a file, by slices; of it no more than a piece is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = file.seek(0, io.SEEK_END)
        self._file = file
        self._start, self._piece = 0, b""

    def piece(self, at: int) -> bytes:
        """What is there from `at` on, as far as a piece goes."""
        self._file.seek(at)
        return self._file.read(_PIECE)

    def __getitem__(self, which: slice) -> bytes:
        start, stop = which.start, min(which.stop, self.size)
        if start < self._start or stop > self._start + len(self._piece):
            self._file.seek(start)
            self._start, self._piece = start, self._file.read(max(_PIECE, stop - start))
        return self._piece[start - self._start : stop - self._start]


def _starts(data: _Data, at: int) -> bool:
    """Whether a frame begins here and another follows it, or the end does."""
    head = _header(data[at : at + 4])
    if head is None:
        return False
    after = at + head[3]
    return after >= data.size or _header(data[after : after + 4]) is not None


def _after_tags(data: _Data) -> int:
    at = 0
    while (tag := data[at : at + 10])[:3] == b"ID3" and len(tag) == 10:
        size = 0
        for byte in tag[6:]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if tag[5] & 0x10 else 0)
    return at


def _header(four: bytes) -> tuple[int, int, int, int] | None:
    """Kilobits a second, rate, channels and bytes of the layer III frame that begins with these; None where none is."""
    if len(four) < 4:
        return None
    head = int.from_bytes(four, "big")
    version, layer, bitrate, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    first = version == 3
    kbps = (_KBPS_1 if first else _KBPS_2)[bitrate]
    rate_hz = _RATES_HZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    length = (144 if first else 72) * kbps * 1000 // rate_hz + (head >> 9 & 1)
    return kbps, rate_hz, 1 if head >> 6 & 3 == 3 else 2, length
