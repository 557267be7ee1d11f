"""Which speaker each channel of a sound file is meant for, and what of it is heard in stereo.

Files of more than two channels come in several orders: WAV, FLAC and what ffmpeg decodes have the centre third, Vorbis
and Opus have it second and the LFE last. A WAV that is written in the extensible form names its speakers.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio

Speakers = tuple[str, ...]

_HALF = math.sqrt(0.5)
_SHARES: Mapping[str, tuple[float, float]] = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_HALF, _HALF),
    "LFE": (0.0, 0.0),
    "BL": (_HALF, 0.0),
    "BR": (0.0, _HALF),
    "FLC": (math.cos(math.pi / 8), math.sin(math.pi / 8)),
    "FRC": (math.sin(math.pi / 8), math.cos(math.pi / 8)),
    "BC": (0.5, 0.5),
    "SL": (_HALF, 0.0),
    "SR": (0.0, _HALF),
}
"""Left and right share of each speaker. Source: ITU-R BS.775-3, annex 4: centre and surrounds at -3 dB into left and
right; front left and right of centre, which it has not, lie half way at equal power. The keys stand in the order of
the bits of a WAV's channel mask."""


def _named(*orders: str) -> dict[int, Speakers]:
    return {len(order.split()): tuple(order.split()) for order in orders}


WAV = _named(
    "FL FR FC",
    "FL FR BL BR",
    "FL FR FC BL BR",
    "FL FR FC LFE BL BR",
    "FL FR FC LFE BC SL SR",
    "FL FR FC LFE BL BR SL SR",
)
"""By the number of channels, where nothing in the file says more."""
VORBIS = _named(
    "FL FC FR",
    "FL FR BL BR",
    "FL FC FR BL BR",
    "FL FC FR BL BR LFE",
    "FL FC FR SL SR BC LFE",
    "FL FC FR SL SR BL BR LFE",
)
"""Source: Vorbis I specification, 4.3.9; Opus has the same (RFC 7845, 5.1.1.2). libsndfile leaves it as it is."""
LAYOUTS: Mapping[str, Speakers] = {
    "mono": ("FC",),
    "stereo": ("FL", "FR"),
    "2.1": ("FL", "FR", "LFE"),
    "3.0": WAV[3],
    "3.1": ("FL", "FR", "FC", "LFE"),
    "quad": WAV[4],
    "4.0": ("FL", "FR", "FC", "BC"),
    "4.1": ("FL", "FR", "FC", "LFE", "BC"),
    "5.0": WAV[5],
    "5.1": WAV[6],
    "6.1": WAV[7],
    "7.0": ("FL", "FR", "FC", "BL", "BR", "SL", "SR"),
    "7.1": WAV[8],
}
"""What ffmpeg calls them; its samples come in the order of the bits of a channel mask."""


def in_wav(path: Path, channels: int) -> Speakers:
    """Of a WAV (RF64 and BW64 too) of `channels`, 3 to 8: those that its header names, else the usual ones."""
    with path.open("rb") as file:
        mask = _mask(file)
    speakers = tuple(name for bit, name in enumerate(_SHARES) if mask >> bit & 1)
    # A mask that names more may mean the first; one that names fewer, or speakers overhead, is not understood.
    known = len(speakers) >= channels and not mask >> len(_SHARES)
    return speakers[:channels] if known else WAV[channels]


def _mask(file: BinaryIO) -> int:
    """The mask in the fmt chunk of a WAV, or 0 where there is none."""
    if file.read(12)[:4] not in (b"RIFF", b"RF64", b"BW64"):
        return 0
    while len(chunk := file.read(8)) == 8:
        size = struct.unpack("<I", chunk[4:])[0]
        if chunk[:4] == b"data":
            return 0
        if chunk[:4] == b"fmt ":
            said = file.read(min(size, 40))
            extensible = len(said) >= 24 and said[:2] == b"\xfe\xff"
            return int(struct.unpack("<I", said[20:24])[0]) if extensible else 0
        file.seek(size + size % 2, 1)
    return 0


def fold(block: NDArray[np.float32], speakers: Speakers) -> Audio:
    """Mono and stereo as they are; more channels to stereo, shape (samples, 2)."""
    if block.shape[1] <= 2:
        return block
    return block @ np.array([_SHARES[name] for name in speakers], np.float32)
