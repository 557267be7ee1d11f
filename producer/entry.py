"""How an entry of the cache lies in its file: a line with the SHA-256 of the rest, then the payload."""

from __future__ import annotations

import hashlib

_MAGIC = b"producer-cache-1 "


def unpacked(raw: bytes) -> bytes | None:
    """The payload of an entry's bytes; None when they are damaged."""
    payload = raw[HEAD_BYTES:]
    return payload if raw.startswith(head(payload)) else None


def head(payload: bytes) -> bytes:
    """What an entry's bytes begin with."""
    return head_of(hashlib.sha256(payload).hexdigest())


def head_of(digest: str) -> bytes:
    """The same, by the payload's digest."""
    return _MAGIC + digest.encode() + b"\n"


HEAD_BYTES = len(head(b""))
