"""MP3 in stretches: encoded side by side, joined on frames, with one Info frame that says the exact length.

Without a bit reservoir every frame stands alone. A stretch is encoded from a few frames early, so that the encoder has
settled where the stretch begins; the early frames are left out. The cuts are at fixed places, so the bytes do not
depend on how many encoders worked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

LEAD_FRAMES = 8
"""How many frames before a stretch its encoder starts."""
TRAIL_FRAMES = 4
"""How many frames after a stretch it is fed: the encoder looks ahead by less."""
DELAY_SAMPLES = 1105
"""How much later than it went into LAME a sample comes out of a decoder that knows nothing of the Info frame."""

_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1 layer III
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2 layer III
}
_RATES_HZ = (44100, 48000, 32000)
_TAG_BYTES = 156  # from "Info" to the end of its own checksum


def frame_samples(rate_hz: int) -> int:
    """Samples in a frame: ISO 11172-3 (MPEG-1), 13818-3 (MPEG-2, from 24 kHz down)."""
    return 1152 if rate_hz >= 32000 else 576


def bitrates_kbps(rate_hz: int) -> tuple[int, ...]:
    """The bitrates that there are, lowest first: ISO 11172-3 and 13818-3, 2.4.2.3."""
    return _KBPS[rate_hz >= 32000][1:]


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


class Joined:
    """An MP3 file that parts are added to, one after another. Close it (or use it in `with`) to make it whole.

    Source: the Xing and LAME tag as described in the project's standards page (section 2.1): frames, bytes, table of
    contents, delay and padding, length and CRC-16 of the music, CRC-16 of the tag.
    """

    def __init__(self, opening: bytes, rate_hz: int, to: BinaryIO) -> None:
        """`opening`: an Info frame as the encoder wrote it for the same settings."""
        self._info, self._rate_hz, self._to = bytearray(opening), rate_hz, to
        self._frames = self._bytes = self._crc = 0
        to.write(opening)

    def add(self, part: bytes | memoryview, frames: int, crc: int) -> None:
        """The next part: its frames, how many they are, and `crc16` of them."""
        self._to.write(part)
        self._frames += frames
        self._bytes += len(part)
        self._crc = crc16_joined(self._crc, crc, len(part))

    def close(self, samples: int) -> None:
        """Make the file whole; the programme in it is `samples` long."""
        info = self._info
        tag = info.index(b"Info")
        delay = int.from_bytes(info[tag + 141 : tag + 144], "big") >> 12
        padding = self._frames * frame_samples(self._rate_hz) - samples - delay
        whole = len(info) + self._bytes
        info[tag + 4 : tag + 16] = struct.pack(">III", 0b1111, self._frames, whole)
        info[tag + 16 : tag + 116] = bytes(256 * percent // 100 for percent in range(100))  # one bitrate: a line
        info[tag + 141 : tag + 144] = (delay << 12 | padding).to_bytes(3, "big")
        info[tag + 148 : tag + 154] = struct.pack(">IH", whole, self._crc)
        info[tag + 154 : tag + _TAG_BYTES] = struct.pack(">H", crc16(bytes(info[: tag + 154])))
        self._to.seek(0)
        self._to.write(info)


def _table() -> NDArray[np.uint16]:
    values = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ 0xA001, values >> 1).astype(np.uint16)
    return values


_TABLE = _table()
_LANES = (4096, 64)
_BITS = np.uint16(1) << np.arange(16, dtype=np.uint16)


@cache
def _pairs() -> NDArray[np.uint16]:
    """What becomes of every state, with two bytes laid over it, once they are worked in: as wide as the state is."""
    made = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(2):
        made = made >> 8 ^ _TABLE[made & 0xFF]
    return made


def crc16(data: bytes) -> int:
    """CRC-16 with the polynomial 0x8005, bits reflected, starting from 0, as the LAME tag has it.

    The data are cut into lanes that are worked through side by side, two bytes at a time, and put together two by two;
    what is less than that into fewer.
    """
    state, done = 0, 0
    for lanes in _LANES:
        count = (len(data) - done) // (2 * lanes) * 2 * lanes
        if count:
            state = crc16_joined(state, _side_by_side(data[done : done + count], lanes), count)
            done += count
    for byte in data[done:]:
        state = state >> 8 ^ int(_TABLE[(state ^ byte) & 0xFF])
    return state


def _side_by_side(data: bytes, lanes: int) -> int:
    """The checksum of data that fill so many lanes with pairs of bytes; how many lanes is a power of two."""
    columns = np.frombuffer(data, "<u2").astype(np.uint16, copy=False).reshape(lanes, -1).T
    pairs, states = _pairs(), np.zeros(lanes, np.uint16)
    for column in np.ascontiguousarray(columns):
        states = pairs[states ^ column]
    shift = _shift(len(data) // lanes)
    while len(states) > 1:
        states = _shifted(states[::2], shift) ^ states[1::2]
        shift = _shifted(shift, shift)
    return int(states[0])


def crc16_joined(first: int, second: int, second_bytes: int) -> int:
    """The checksum of two pieces in a row, from those of each and how long the second is."""
    return int(_shifted(np.array([first], np.uint16), _shift(second_bytes))[0]) ^ second


@lru_cache(maxsize=64)
def _shift(zeros: int) -> NDArray[np.uint16]:
    """What becomes of each bit of a checksum when so many zero bytes follow: the checksum is linear.

    Parts are of a few lengths, so it is known of most when they are joined. Not to be written to.
    """
    made, step = _BITS, _BITS >> 8 ^ _TABLE[_BITS & 0xFF]
    while zeros:
        if zeros & 1:
            made = _shifted(made, step)
        step = _shifted(step, step)
        zeros >>= 1
    return made


def _shifted(states: NDArray[np.uint16], shift: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Checksums after the zeros that `shift` stands for."""
    set_bits = (states[:, None] & _BITS) != 0
    return np.asarray(np.bitwise_xor.reduce(np.where(set_bits, shift, np.uint16(0)), axis=1), np.uint16)
