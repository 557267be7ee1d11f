"""The files that a script brings."""

from __future__ import annotations

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a script brings: its series, or the script that it is an edition of."""

    file: str  # as the user would name it
    sha256: str
    size_bytes: int = 0
