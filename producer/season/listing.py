"""What each episode of a season is made of, found out without making any of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import field
from multiprocessing import get_context
from pathlib import Path

from producer.cache import Cache, key
from producer.digests import sha256_of
from producer.errors import ProducerError, RenderError
from producer.frozen import dataclass
from producer.planning import Foreseen, foresee
from producer.project import Project
from producer.script import estimate_s
from producer.season import program
from producer.season.task import Asked
from producer.season.travel import PROJECT
from producer.season.work import order
from producer.voice import VOICES, take_name
from producer.voice.engines import DEFAULT

_MANY = 64
"""Scripts from which it pays to have other processes read: each takes a second to begin."""
GIVEN = "given"
"""Beside a project's own files: packs and heads from elsewhere, that the command named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that an episode is made of."""

    file: str
    """As `travel` lays it out: in `PROJECT`, from the project's folder, or in `GIVEN`."""
    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An episode of which all is there that it needs."""

    project: Project
    output: Path
    title: str
    language: str
    estimated_s: float
    sources: tuple[Source, ...]
    takes: Mapping[str, str]
    """What names the sound of a line (`voice.take_name`) -> the line's id; of lines that voices speak."""
    voices: Mapping[str, str]
    """By the same names: the voice that speaks it."""
    asked: Asked
    """With packs and head as `travel` lays them out."""
    stamp: str
    """Names all that shapes its files: of two episodes with one stamp, all bytes are the same."""

    @property
    def slug(self) -> str:
        return self.project.slug


@dataclass(frozen=True, slots=True)
class Unread:
    """An episode with a mistake that is seen before anything is made."""

    project: Project
    message: str

    @property
    def slug(self) -> str:
        return self.project.slug


@dataclass(slots=True)
class Lister:
    """Looks at one episode after another; what they share it looks at once."""

    asked: Asked
    cache: Cache
    _digests: dict[Path, tuple[tuple[int, int], str]] = field(default_factory=dict)
    _folders: dict[Path, tuple[Path, ...]] = field(default_factory=dict)

    def look(self, project: Project, output: Path) -> Episode | Unread:
        """What `project`'s script is made of, or what is wrong with it."""
        try:
            foreseen = foresee(order(self.asked, project, output, 1), self.cache)
            return self._episode(project, output, foreseen)
        except ProducerError as wrong:
            return Unread(project, str(wrong))
        except OSError as wrong:
            return Unread(project, f"cannot read {wrong.filename}: {wrong.strerror}")

    def _episode(self, project: Project, output: Path, foreseen: Foreseen) -> Episode:
        script = foreseen.script
        files, asked = self._files(project, foreseen)
        sources = tuple(self._source(name, path) for name, path in sorted(files.items()))
        takes = {take_name(line, index, foreseen.profile.rate_hz): (line, index) for line, index in foreseen.spoken}
        versions = {use.voice: _version(use.voice) for line, index in foreseen.spoken for use in (line.voices[index],)}
        stamp = key(
            "season",
            program.digest(),
            [[one.file, one.sha256] for one in sources],
            project.script_name,
            asked.model_dump(mode="json"),
            sorted(versions.items()),
            VOICES[DEFAULT].version("en"),  # which finds the words of recordings, too
        )
        return Episode(
            project=project,
            output=output,
            title=script.title,
            language=script.language,
            estimated_s=float(estimate_s(script)),
            sources=sources,
            takes={name: line.id for name, (line, _) in takes.items()},
            voices={name: line.voices[index].voice for name, (line, index) in takes.items()},
            asked=asked,
            stamp=stamp,
        )

    def _files(self, project: Project, foreseen: Foreseen) -> tuple[dict[str, Path], Asked]:
        """Every file that is read for an episode, by the name that a worker has it under; and what is asked there."""
        root, script = project.root, foreseen.script
        named = [project.script, *(Path(one.file) for one in script.brought)]
        named += [root / room.impulse for room in script.rooms.values() if room.impulse is not None]
        named += [root / script.cover] if script.cover else []
        named += [one.path for one in foreseen.folder.chosen.values()]
        takes = root / "takes" / project.slug
        files = {f"{PROJECT}/{_within(root, path)}": path for path in (*named, *self._inside(takes))}
        given = {
            Path(pack).resolve(): f"{GIVEN}/{number}/{Path(pack).resolve().name}"
            for number, pack in enumerate(self.asked.packs)
            if any(
                Path(pack).is_dir() and one.folder.resolve() == Path(pack).resolve() for one in foreseen.packs.listed
            )
        }
        for one in foreseen.packs.listed:
            folder = one.folder.resolve()
            inside = given.get(folder, f"{PROJECT}/sfx/{folder.name}")
            files |= {f"{inside}/{_within(folder, path)}": path for path in self._inside(folder)}
        sofa = self.asked.sofa
        if sofa is not None:
            path = Path(sofa).resolve()
            sofa = (
                f"{PROJECT}/{_within(root, path)}"
                if path.is_relative_to(root.resolve())
                else f"{GIVEN}/head/{path.name}"
            )
            files[sofa] = path
        packs = tuple(given.get(Path(pack).resolve(), pack) for pack in self.asked.packs)
        return files, self.asked.model_copy(update={"packs": packs, "sofa": sofa})

    def _inside(self, folder: Path) -> tuple[Path, ...]:
        """Every file in a folder that exists, hidden folders and links that lead out of it excepted."""
        if folder not in self._folders:
            self._folders[folder] = tuple(_walk(folder, folder.resolve()))
        return self._folders[folder]

    def _source(self, name: str, path: Path) -> Source:
        found = path.stat()
        seen = found.st_mtime_ns, found.st_size
        known = self._digests.get(path)
        if known is None or known[0] != seen:
            known = self._digests[path] = seen, sha256_of(path)
        return Source(file=name, path=path, sha256=known[1], size_bytes=found.st_size)


def look_at_all(
    projects: Sequence[Project], outputs: Sequence[Path], asked: Asked, cache: Cache, jobs: int
) -> Iterator[Episode | Unread]:
    """Each project's episode, in their order; many by several processes, for scripts take their time to read."""
    lister = Lister(asked, cache)
    if jobs < 2 or len(projects) < _MANY:
        yield from map(lister.look, projects, outputs)
        return
    with (
        _nothing_of_the_folder_one_is_in(),
        ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (asked, cache.root)) as processes,
    ):
        yield from processes.map(_look, projects, outputs, chunksize=4)


@contextlib.contextmanager
def _nothing_of_the_folder_one_is_in() -> Iterator[None]:
    """Processes that begin meanwhile import no module of that folder's: it may be a stranger's."""
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


_SAFE = "PYTHONSAFEPATH"
_lister: list[Lister] = []
"""Of a process that looks for another."""


def _begin(asked: Asked, root: Path) -> None:
    _lister.append(Lister(asked, Cache(root)))


def _look(project: Project, output: Path) -> Episode | Unread:
    return _lister[0].look(project, output)


def _within(root: Path, path: Path) -> str:
    """`path` from `root`. Raises RenderError when it is not in it."""
    for here, there in ((root.absolute(), path.absolute()), (root.resolve(), path.resolve())):
        named = os.path.relpath(there, here)
        if not named.startswith(".."):
            return Path(named).as_posix()
    raise RenderError(f"{path} is outside the project {root.resolve().name}; copy it into it")


def _walk(folder: Path, top: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here) / name
            if path.is_file() and path.resolve().is_relative_to(top):
                yield path


def _version(voice: str) -> str:
    """What a voice is, as its engine says: another model or program is another voice."""
    engine, colon, name = voice.partition(":")
    said = VOICES[engine].version(name) if colon else VOICES[DEFAULT].version(voice)
    return hashlib.sha256(said.encode()).hexdigest()
