"""Files of a folder (a pack's, a project's), and only of that folder."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from producer.errors import nearest

SUFFIXES = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".aifc", ".caf", ".w64", ".rf64"}
    | {".mp3", ".m4a", ".m4b", ".mp4", ".aac", ".wma", ".webm", ".mka"}
)
"""What is looked for by a glob, and read; told apart by their content (`decode`)."""

MAX_NAME = 255
GLOB = re.compile(r"[*?\[]")


def files_inside(folder: Path, written: str, whose: str = "the pack's folder") -> list[tuple[str, Path]]:
    """The files that `written` (a path or a glob, with forward slashes) means, sorted: (path in the folder, real path).

    `whose` names the folder in messages. A glob means hidden files where it names one with its point, as in a shell.

    Raises:
        ValueError: it leaves the folder (also by a link), is no plain file, no audio by its suffix, or is not there.
    """
    _relative(written, whose)
    found: list[tuple[str, Path]] = []
    if GLOB.search(written):
        try:
            matches = sorted(folder.glob(written))
        except (ValueError, OSError, NotImplementedError) as wrong:
            raise ValueError(f"'{written}' is no pattern of file names: {wrong}") from None
        asked = is_hidden(Path(), Path(written))
        found = [
            (path.relative_to(folder).as_posix(), inside(folder, path, whose))
            for path in matches
            if path.suffix.lower() in SUFFIXES and not path.is_dir() and (asked or not is_hidden(folder, path))
        ]
        if not found:
            raise ValueError(f"no audio file is called '{written}'")
        return found
    path = folder / written
    if path.suffix.lower() not in SUFFIXES:
        known = " ".join(sorted(SUFFIXES))
        raise ValueError(f"'{written}' is not named like a sound that can be read ({known})")
    return [(PurePosixPath(written).as_posix(), inside(folder, path, whose))]


def is_hidden(folder: Path, path: Path) -> bool:
    """Whether a path in `folder` is a system's or a program's own: `._knock.wav`, which a Mac writes, `.git/…`."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def inside(folder: Path, path: Path, whose: str = "the pack's folder") -> Path:
    """`path` without links, when that is a plain file inside `folder`; ValueError otherwise."""
    name = path.name if len(path.name) <= 60 else path.name[:57] + "…"
    try:
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(os.path.realpath(folder)):
            raise ValueError(f"'{name}' is a link that leaves {whose}; copy the file into it")
        if not real.exists():
            raise ValueError(f"'{name}' is not there{_neighbour(path)}")
        if not real.is_file():
            raise ValueError(f"'{name}' is not a file")
    except OSError as wrong:
        raise ValueError(f"'{name}' cannot be opened: {wrong.strerror}") from None
    return real


def _relative(written: str, whose: str) -> None:
    parts = re.split(r"[/\\]", written)
    if not written or "\0" in written:
        raise ValueError("a file has a name")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", written):
        raise ValueError(f"'{written}' is an address or a drive; name a file inside {whose}")
    if written.startswith(("/", "\\", "~")) or ".." in parts:
        raise ValueError(f"'{written}' leaves {whose}; name a file inside it")
    if "\\" in written:
        raise ValueError(f"'{written}': part folders with '/', which every system understands")
    if any(len(part) > MAX_NAME for part in parts):
        raise ValueError(f"'{written[:40]}…' is longer than a file name can be ({MAX_NAME} characters)")


def _neighbour(path: Path) -> str:
    try:
        there = [other.name for other in path.parent.iterdir()]
    except OSError:
        return f": there is no folder '{path.parent.name}'"
    hint = nearest(path.name, there)
    return hint if "mean" in hint else ""
