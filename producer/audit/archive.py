"""NumPy archives (`.npz`), written array by array. The same arrays give the same bytes.

`numpy.savez_compressed` looks for repetitions, of which levels have none, and takes five times as long. Here values
only get shorter codes the more often they come (deflate without matches, RFC 1951), which any reader understands.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_KEPT = struct.Struct("<III")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _DEFLATED, _FIRST_OF_1980 = 20, 8, 0x21


@dataclass(frozen=True, slots=True)
class Packed:
    """An array as it stands in an archive."""

    crc: int
    size: int
    data: bytes | memoryview


def packed(array: NDArray[Any]) -> Packed:
    """An array, packed."""
    npy = io.BytesIO()
    np.lib.format.write_array(npy, array, allow_pickle=False)
    raw = npy.getvalue()
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
    return Packed(zlib.crc32(raw), len(raw), packer.compress(raw) + packer.flush())


def to_bytes(packs: Iterable[Packed]) -> bytes:
    """Packed arrays, one after another, as `from_bytes` reads them."""
    return b"".join(piece for one in packs for piece in (_KEPT.pack(one.crc, one.size, len(one.data)), one.data))


def from_bytes(kept: bytes) -> Iterator[Packed]:
    """What `to_bytes` was given."""
    at, view = 0, memoryview(kept)
    while at < len(kept):
        crc, size, length = _KEPT.unpack_from(kept, at)
        at += _KEPT.size + length
        yield Packed(crc, size, view[at - length : at])


class Archive:
    """An archive that is being written. Call `close` when all is in it; the file stays open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._entries: list[bytes] = []

    def add(self, name: str, array: NDArray[Any]) -> None:
        """One array."""
        self.put(name, packed(array))

    def put(self, name: str, one: Packed) -> None:
        """One that is packed already."""
        called = f"{name}.npy".encode()
        facts = (0, _DEFLATED, 0, _FIRST_OF_1980, one.crc, len(one.data), one.size, len(called))
        self._entries.append(_CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *facts, 0, 0, 0, 0, 0, self._at) + called)
        self._write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *facts, 0) + called)
        self._write(one.data)

    def close(self) -> None:
        """Write what says where everything is."""
        at, index = self._at, b"".join(self._entries)
        count = len(self._entries)
        self._write(index + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), at, 0))

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._at += len(data)
