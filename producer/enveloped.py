"""How an entry of the cache lies in its file: a line that says what the rest must be, and the rest."""

from __future__ import annotations

import hashlib

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
    first, _, _ = raw[:_HEAD_BYTES].tobytes().partition(b"\n")
    payload = raw[len(first) + 1 :]
    found = hashlib.sha256(payload).hexdigest()
    return (payload if first.rstrip() == _MAGIC + found.encode() else None), found
