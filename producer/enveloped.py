"""How an entry of the cache lies in its file: a line that says what the rest must be, and the rest."""

from __future__ import annotations

import hashlib
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"producer-cache-1 "
_HEAD_BYTES = 96
"""So that numbers in a payload stay on whole places in the file, too."""


def packed(payload: bytes) -> bytes:
    """An entry's bytes."""
    return head(payload) + payload


def head(payload: bytes) -> bytes:
    """What stands before a payload."""
    return (_MAGIC + hashlib.sha256(payload).hexdigest().encode()).ljust(_HEAD_BYTES - 1) + b"\n"


def unpacked(raw: bytes) -> bytes | None:
    """The payload of an entry's bytes; None when they are damaged."""
    payload, _ = parted(memoryview(raw))
    return None if payload is None else payload.tobytes()


def parted(raw: memoryview) -> tuple[memoryview | None, str]:
    """An entry's payload, None when it is damaged, and its SHA-256."""
    first, payload = _first(raw), payload_of(raw)
    found = hashlib.sha256(payload).hexdigest()
    return (payload if first.rstrip() == _MAGIC + found.encode() else None), found


def payload_of(raw: memoryview) -> memoryview:
    """The payload of an entry of which is known that it is whole."""
    return raw[len(_first(raw)) + 1 :]


def _first(raw: memoryview) -> bytes:
    return raw[:_HEAD_BYTES].tobytes().partition(b"\n")[0]


def is_mapped(array: NDArray[Any]) -> bool:
    """Whether an array's numbers lie in the system's own memory of a file."""
    under: object = array
    while isinstance(under, np.ndarray):
        under = under.base
    return isinstance(under, memoryview) and isinstance(under.obj, mmap.mmap)
