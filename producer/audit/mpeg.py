"""What the frames of an MP3 say: rate, channels, and whether every frame has one bitrate.

Source: ISO 11172-3 and 13818-3 (layer III headers), and the unofficial MPEG-2.5 for 8 to 12 kHz; tags as ID3v2.4 and
ID3v1 have them.
"""

from __future__ import annotations

from dataclasses import dataclass

_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = (44100, 48000, 32000)
_LOOK = 1 << 16  # how far after the tags the first frame may be


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames of a file; the one that only tells about the others does not count for the bitrates."""

    rate_hz: int
    channels: int
    kbps: tuple[int, ...]
    """Every bitrate that occurs, lowest first."""
    count: int

    @property
    def constant(self) -> bool:
        return len(self.kbps) == 1


def frames(data: bytes) -> Frames | None:
    """What the frames of an MP3 file say; None when it has none."""
    at = _after_tags(data)
    end = min(len(data), at + _LOOK)
    while at < end and not _starts(data, at):
        at += 1
    rate_hz, channels, count, found = 0, 0, 0, set()
    while (head := _header(data, at)) is not None:
        kbps, rate, ways, length = head
        opening = count == 0 and any(mark in data[at : at + 64] for mark in (b"Xing", b"Info"))
        if not opening:
            found.add(kbps)
        rate_hz, channels = rate, ways
        count += 1
        at += length
    return Frames(rate_hz, channels, tuple(sorted(found)), count) if found else None


def _starts(data: bytes, at: int) -> bool:
    """Whether a frame begins here and another follows it, or the end does."""
    head = _header(data, at)
    return head is not None and (at + head[3] >= len(data) or _header(data, at + head[3]) is not None)


def _after_tags(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    return at


def _header(data: bytes, at: int) -> tuple[int, int, int, int] | None:
    """Kilobits a second, rate, channels and bytes of the layer III frame at `at`; None where none is."""
    if at + 4 > len(data):
        return None
    head = int.from_bytes(data[at : at + 4], "big")
    version, layer, bitrate, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    first = version == 3
    kbps = (_KBPS_1 if first else _KBPS_2)[bitrate]
    rate_hz = _RATES_HZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    length = (144 if first else 72) * kbps * 1000 // rate_hz + (head >> 9 & 1)
    return kbps, rate_hz, 1 if head >> 6 & 3 == 3 else 2, length
