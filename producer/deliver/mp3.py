"""MP3 in stretches: encoded side by side, joined on frames, with one Info frame that says the exact length.

Without a bit reservoir every frame stands alone. A stretch is encoded from a few frames early, so that the encoder has
settled where the stretch begins; the early frames are left out. The cuts are at fixed places, so the bytes do not
depend on how many encoders worked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

LEAD_FRAMES = 8
"""How many frames before a stretch its encoder starts."""
TRAIL_FRAMES = 4
"""How many frames after a stretch it is fed: the encoder looks ahead by less."""

_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1 layer III
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2 layer III
}
_RATES_HZ = (44100, 48000, 32000)
_TAG_BYTES = 156  # from "Info" to the end of its own checksum


def frame_samples(rate_hz: int) -> int:
    """Samples in a frame: ISO 11172-3 (MPEG-1), 13818-3 (MPEG-2, from 24 kHz down)."""
    return 1152 if rate_hz >= 32000 else 576


def frames(stream: bytes) -> Iterator[bytes]:
    """The frames of an MP3 stream without tags. Raises ValueError where there is none."""
    at = 0
    while at < len(stream):
        head = int.from_bytes(stream[at : at + 4], "big")
        if head >> 21 != 0x7FF or len(stream) - at < 4:
            raise ValueError(f"no MP3 frame at byte {at}")
        first = head >> 19 & 3 == 3
        kbps, rate_hz = _KBPS[first][head >> 12 & 15], _RATES_HZ[head >> 10 & 3] // (1 if first else 2)
        length = frame_samples(rate_hz) // 8 * kbps * 1000 // rate_hz + (head >> 9 & 1)
        yield stream[at : at + length]
        at += length


def joined(opening: bytes, stretches: Sequence[bytes], samples: int, rate_hz: int) -> bytes:
    """One MP3 file from an Info frame made for something else, and the frames of the stretches.

    Args:
        opening: an Info frame as the encoder wrote it for the same settings.
        stretches: the frames of each stretch, one after another.
        samples: how long the programme is.

    Source: the Xing and LAME tag as described in the project's standards page (section 2.1): frames, bytes, table of
    contents, delay and padding, length and CRC-16 of the music, CRC-16 of the tag.
    """
    music = b"".join(stretches)
    count = sum(1 for stretch in stretches for _ in frames(stretch))
    info = bytearray(opening)
    tag = info.index(b"Info")
    delay = int.from_bytes(info[tag + 141 : tag + 144], "big") >> 12
    padding = count * frame_samples(rate_hz) - samples - delay
    whole = len(info) + len(music)
    info[tag + 4 : tag + 16] = struct.pack(">III", 0b1111, count, whole)
    info[tag + 16 : tag + 116] = bytes(256 * percent // 100 for percent in range(100))  # one bitrate: a straight line
    info[tag + 141 : tag + 144] = (delay << 12 | padding).to_bytes(3, "big")
    info[tag + 148 : tag + 154] = struct.pack(">IH", whole, crc16(music))
    info[tag + 154 : tag + _TAG_BYTES] = struct.pack(">H", crc16(bytes(info[: tag + 154])))
    return bytes(info) + music


def _table() -> NDArray[np.uint16]:
    values = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ 0xA001, values >> 1).astype(np.uint16)
    return values


_TABLE = _table()
_LANES = 2048


def crc16(data: bytes) -> int:
    """CRC-16 with the polynomial 0x8005, bits reflected, starting from 0, as the LAME tag has it.

    The data are cut into lanes that are worked through side by side. The checksum is linear, so what the lanes give is
    put together by what a lane's length of zeros does to each bit.
    """
    lane = len(data) // _LANES
    rest = data[lane * _LANES :]
    bits = np.uint16(1) << np.arange(16, dtype=np.uint16)
    columns = np.frombuffer(data, np.uint8, lane * _LANES).reshape(_LANES, lane).T.astype(np.uint16)
    state, shifted = np.zeros(_LANES, np.uint16), bits
    for column in columns:
        state = state >> 8 ^ _TABLE[(state ^ column) & 0xFF]
        shifted = shifted >> 8 ^ _TABLE[shifted & 0xFF]
    whole = 0
    for value in state.tolist() if lane else ():
        moved = int(np.bitwise_xor.reduce(shifted[(whole & bits) != 0], initial=0))
        whole = moved ^ value
    for byte in rest:
        whole = whole >> 8 ^ int(_TABLE[(whole ^ byte) & 0xFF])
    return whole
