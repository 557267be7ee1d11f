"""NumPy archives (`.npz`), written array by array. The same arrays give the same bytes.

`numpy.savez_compressed` looks for repetitions, of which levels have none, and takes five times as long. Here values
only get shorter codes the more often they come (deflate without matches, RFC 1951), which any reader understands.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _DEFLATED, _FIRST_OF_1980 = 20, 8, 0x21


class Archive:
    """An archive that is being written. Call `close` when all is in it; the file stays open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._entries: list[bytes] = []

    def add(self, name: str, array: NDArray[Any]) -> None:
        """One array."""
        npy = io.BytesIO()
        np.lib.format.write_array(npy, array, allow_pickle=False)
        raw = npy.getvalue()
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
        data = packer.compress(raw) + packer.flush()
        called = f"{name}.npy".encode()
        facts = (0, _DEFLATED, 0, _FIRST_OF_1980, zlib.crc32(raw), len(data), len(raw), len(called))
        self._entries.append(_CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *facts, 0, 0, 0, 0, 0, self._at) + called)
        self._write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *facts, 0) + called + data)

    def close(self) -> None:
        """Write what says where everything is."""
        at, index = self._at, b"".join(self._entries)
        count = len(self._entries)
        self._write(index + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), at, 0))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)
