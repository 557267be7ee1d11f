"""What the files of the stems are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

FOLDER = "stems"
PATTERNS = (f"{FOLDER}/*.wav", *(f"{FOLDER}/{bus}/*.wav" for bus in ("speech", "beds", "music")))
"""All that these files may be called."""
REST = "rest"
"""Of a bus that was taken apart: what its parts together have more than each alone."""
_LONGEST = 60
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def stem_files(stems: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """A file for each stem: `stems/beds.wav` for a bus, `stems/beds/wind.wav` for one thing that is heard on it.

    Args:
        stems: bus, and None for all of it, a name, or "" for what its parts do not hold.
    """
    made: list[str] = []
    taken: set[str] = set()
    for bus, name in stems:
        path = f"{FOLDER}/{bus}" if name is None else f"{FOLDER}/{bus}/{safe(name or REST)}"
        free, number = path, 1
        while free.casefold() in taken:  # some systems do not tell Ann from ann
            number += 1
            free = f"{path}_{number}"
        taken.add(free.casefold())
        made.append(f"{free}.wav")
    return tuple(made)


def safe(name: str) -> str:
    """`name` as every system takes it for a file's: letters and figures of any script, - and _, and no DOS device."""
    kept = re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFC", name)).strip("_")[:_LONGEST] or "unnamed"
    return f"{kept}_" if kept.casefold() in _DEVICES else kept
