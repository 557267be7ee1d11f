"""The recordings in a project's folder of takes: which line each is of, and which one is to be heard."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from producer.cache import Cache
from producer.digests import sha256_of
from producer.errors import Place, Problem, VoiceError, nearest
from producer.frozen import dataclass
from producer.model.script import Line
from producer.sums import sums
from producer.voice.naming import Names, Speech, shown

SUFFIXES = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".aifc", ".caf", ".w64", ".rf64"}
    | {".mp3", ".m4a", ".m4b", ".mp4", ".aac", ".wma", ".webm", ".mka", ".au", ".snd", ".spx"}
    | {".amr", ".3gp", ".3g2", ".mov", ".mkv", ".ac3", ".eac3", ".mp2", ".ape", ".tta", ".wv"}
)
"""What `sounds.decode` reads; a telephone and a camera record, too."""
_LONGEST_PATH = 1000  # bytes, the project's own folders not counted
NONE = "none"
"""`take: none`: the voice speaks although there are recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One file that is to be heard as one member's reading of one line."""

    line: Line
    index: int  # of the voice
    path: Path
    file: str  # as outputs name it: from the project's folder, with forward slashes
    sha256: str

    @property
    def speech(self) -> Speech:
        return self.line.id, self.index


@dataclass(frozen=True, slots=True)
class Stray:
    """A file that is nobody's take, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Folder:
    """What there is, and what is to be heard of it."""

    takes: Mapping[Speech, Mapping[int, Path]]  # by number, from 1
    chosen: Mapping[Speech, Recording]
    strays: tuple[Stray, ...]


class _Root:
    """A project's folder, in which recordings are looked for."""

    def __init__(self, root: Path, slug: str) -> None:
        self.root, self.slug = root, slug
        self.own = root / "takes" / slug
        self._real: dict[Path, Path] = {}

    def holds(self, path: Path) -> bool:
        """Whether a file is in the project, and not only a link there."""
        # What is no link is where its folder is, which is one for hundreds of takes.
        real = self._at(path) if path.is_symlink() else self._at(path.parent)
        return real.is_relative_to(self._at(self.root))

    def _at(self, path: Path) -> Path:
        if path not in self._real:
            self._real[path] = Path(os.path.realpath(path))
        return self._real[path]


def look(root: Path, slug: str, lines: Sequence[Line], cache: Cache | None = None) -> Folder:
    """Read the folder `takes/<slug>` of the project `root`. Raises `VoiceError`: everything that cannot be told.

    Of several takes of a line the one with the highest number is heard: who records again wants to hear that. A line's
    `take` says otherwise: a number, a file, or `none`.

    Args:
        cache: keeps what was read of recordings that stay as they are.
    """
    names = Names(lines)
    problems: list[Problem] = []
    where = _Root(root, slug)
    takes, strays = _sorted(where, names, problems)
    found: list[tuple[Line, int, Path]] = []
    for line in lines:
        for index in range(len(line.voices)):
            there = takes.get((line.id, index), {})
            path = _chosen(where, line, there, names.of[line.id, index], problems)
            if path is not None:
                found.append((line, index, path))
    try:
        digests = sums([path for _, _, path in found], where.own, cache)
    except OSError as wrong:
        raise VoiceError([Problem(Place(wrong.filename), f"cannot be read: {wrong.strerror}")]) from None
    chosen = {
        (line.id, index): Recording(
            line=line, index=index, path=path, file=path.relative_to(root).as_posix(), sha256=sha256
        )
        for (line, index, path), sha256 in zip(found, digests, strict=True)
    }
    if problems:
        raise VoiceError(problems)
    named = {recording.path for recording in chosen.values()}
    return Folder(takes, chosen, tuple(stray for path, stray in strays if path not in named))


def present(root: Path, slug: str, lines: Sequence[Line]) -> dict[Speech, dict[int, Path]]:
    """Every take there is, by its number, whatever the script picks. Raises `VoiceError` for two of one number."""
    problems: list[Problem] = []
    takes, _ = _sorted(_Root(root, slug), Names(lines), problems)
    if problems:
        raise VoiceError(problems)
    return takes


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits. Raises `VoiceError` when it cannot be read."""
    try:
        return sha256_of(path)
    except OSError as wrong:
        raise VoiceError([Problem(Place(str(path)), f"cannot be read: {wrong.strerror}")]) from None


def sound_files(folder: Path) -> list[Path]:
    """The recordings directly in a folder, by name."""
    return [path for path in named_as_sound(folder) if path.is_file()]


def unnamed_as_sound(folder: Path, names: Names) -> list[Path]:
    """What is called like a line and is named like no sound, where no recording is called so, by name."""
    there = {path.stem for path in named_as_sound(folder)}
    return [
        path
        for path in _visible(folder)
        if path.suffix.lower() not in SUFFIXES and path.stem not in there and names.meant(path.stem) is not None
    ]


def named_as_sound(folder: Path) -> list[Path]:
    """What is named like a recording directly in a folder, by name."""
    return [path for path in _visible(folder) if path.suffix.lower() in SUFFIXES]


def _visible(folder: Path) -> list[Path]:
    """What is directly in a folder, by name; hidden files are a system's or an editor's."""
    try:
        there = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as wrong:
        raise VoiceError([Problem(Place(str(folder)), f"cannot be looked into: {wrong.strerror}")]) from None
    return [path for path in there if not path.name.startswith(".")]


def _sorted(
    where: _Root, names: Names, problems: list[Problem]
) -> tuple[dict[Speech, dict[int, Path]], list[tuple[Path, Stray]]]:
    takes: dict[Speech, dict[int, Path]] = {}
    strays: list[tuple[Path, Stray]] = []
    for path in sound_files(where.own):
        if not where.holds(path):
            at = Place(path.relative_to(where.root).as_posix())
            problems.append(Problem(at, "is a link that leaves the project; copy the recording into it"))
            continue
        meant = names.meant(path.stem)
        if meant is None:
            strays.append((path, Stray(path.relative_to(where.root).as_posix(), why_stray(path.stem, names))))
            continue
        other = takes.setdefault(meant.speech, {}).setdefault(meant.number, path)
        if other != path:
            line = names.lines[meant.speech[0]]
            what = f"take {meant.number} of {shown(line)} is there twice: {other.name} and {path.name}; remove one"
            problems.append(Problem(line.place, what))
    return takes, strays


def why_stray(stem: str, names: Names) -> str:
    """Why a file of this name is no line's take, and what it should be called."""
    line, number = names.numbered(stem)
    if line is not None:
        name = names.file((line.id, 0), number)
        what = f"'{line.id}' is a number that changes when lines are added"
        return f"{what}; if this is {shown(line)} ({line.place}), call it {name}, or give the line that id"
    line = names.together(stem)
    if line is not None:
        each = ", ".join(names.of[line.id, index] for index in range(len(line.voices)))
        return f"{shown(line)} is said together, with one take for each member: {each}"
    bare = re.sub(r"_\d{1,3}$", "", stem)
    why = "no line is called so"
    if re.search(r"-[0-9a-f]{4}(-\d+)?$", bare):
        why += ": the words have changed since, or the line is gone"
    return why + nearest(bare, names.of.values())


def _chosen(where: _Root, line: Line, there: Mapping[int, Path], name: str, problems: list[Problem]) -> Path | None:
    asked = line.take.strip()
    if asked.casefold() == NONE:
        return None
    if not asked:
        return there[max(there)] if there else None
    if asked.isdecimal() and int(asked) in there:
        return there[int(asked)]
    try:
        if asked.isdecimal():
            kept = ", ".join(map(str, sorted(there)))
            would = f"there is {kept}" if there else f"it would be called {name}_{asked}.wav, in takes/{where.slug}"
            raise ValueError(f"there is no take {asked} of this line; {would}")
        if len(line.voices) > 1:
            raise ValueError(
                "a line that is said together has one take for each member; give a number, or leave it out"
            )
        return _named(where, asked)
    except ValueError as wrong:
        problems.append(Problem(line.place, f"take: {wrong}"))
        return None


def _named(where: _Root, written: str) -> Path:
    """The file that a script names: in its own folder of takes, else from the project's folder; nowhere else."""
    if re.match(r"[/\\~]|[A-Za-z]:", written) or ".." in re.split(r"[/\\]", written) or "\0" in written:
        raise ValueError(f"'{written}' leaves the project's folder; copy the recording into takes/{where.slug}")
    if len(os.fsencode(written)) > _LONGEST_PATH or any(len(os.fsencode(one)) > 255 for one in written.split("/")):
        raise ValueError(f"'{written[:40]}…' is longer than a file name can be")
    for path in (where.own / written, where.root / written):
        if path.is_file():
            if not where.holds(path):
                raise ValueError(f"'{written}' is a link that leaves the project's folder; copy the file into it")
            if path.suffix.lower() not in SUFFIXES:
                raise ValueError(f"'{written}' is not named like a sound that can be read")
            return path
    raise ValueError(f"'{written}' is not there{nearest(written, [p.name for p in sound_files(where.own)])}")
