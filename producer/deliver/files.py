"""Output folders: everything is made beside its place and moved in when all of it is there."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from producer import owned
from producer.digests import sha256_of
from producer.errors import RenderError

_PATIENCE_S = 60.0
"""How long another render may take to move its files into the same folder; it is done in far less than a second."""
_SIDE_BY_SIDE = 8
"""Files that are waited for at a time: a disk that is told of several does them at once."""


def clear_left(target: Path) -> None:
    """Remove what killed processes that were making files for this folder left beside it, or in it."""
    for place in (target.parent, target):
        owned.clear(place, _prefix(target))


def _prefix(target: Path) -> str:
    return f".{target.name}-"


class Texts:
    """A folder in which an episode's files are made."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder itself."""
        assert self._folder is not None, "use Staging in a with statement"
        return self._folder

    def path(self, name: str) -> Path:
        """Where to make the file that will be called `name`, maybe in a folder of its own (`stems/beds.wav`)."""
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as found:
            raise RenderError(f"cannot write {name}: {found.strerror}") from None
        return path

    def text(self, name: str, content: str) -> None:
        """Make a text file: UTF-8, line feeds on every system."""
        try:
            self.path(name).write_bytes(content.encode())
        except OSError as found:
            raise RenderError(f"cannot write {name}: {found.strerror}") from None


class Staging(Texts):
    """A hidden folder next to `target`, on the same disk. `publish` renames each file into place; leaving without it
    removes everything, so a failed render leaves the previous one as it was. What killed renders left there goes, too.
    """

    def __init__(self, target: Path) -> None:
        super().__init__(None)
        self.target = target
        self._owned: owned.OwnedFolder | None = None
        self._made_parent = False
        self._sums: dict[Path, str] = {}

    def __enter__(self) -> Staging:
        self._made_parent = not self.target.parent.exists()
        place, prefix = self.target.parent, _prefix(self.target)
        try:
            place = self._place()
            owned.clear(place, prefix)
            self._owned = owned.OwnedFolder(place, prefix)
            self._folder = self._owned.path / "made"
            self._folder.mkdir()
        except OSError as found:
            self._leave()
            raise RenderError(f"cannot write to {place}: {found.strerror}") from None
        return self

    def _place(self) -> Path:
        """Where to work: beside the target, but inside it where only that is on its disk, or can be written to."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(self.target):
            return self.target.parent
        if not self.target.is_dir():  # this and the next would be found out when all is made
            raise RenderError(f"cannot write to {self.target}: it is no folder")
        real = self.target.resolve()
        if not os.access(real, os.W_OK):
            raise RenderError(f"cannot write to {self.target}: it is read-only")
        if real.stat().st_dev != real.parent.stat().st_dev or not os.access(real.parent, os.W_OK):
            return real
        return real.parent

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._owned is not None:
            self._owned.remove()
        if self._made_parent:
            with contextlib.suppress(OSError):  # an output was published in it
                self.target.parent.rmdir()

    def files(self) -> tuple[tuple[str, Path], ...]:
        """What has been made so far, by its name in the folder, with forward slashes; in alphabetical order."""
        folder = self.folder
        made = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return tuple(sorted(made.items()))

    def settled(self, paths: Iterable[Path]) -> None:
        """Sum files up and bring them to the disk, while others are still made: these are changed no more."""
        for path in paths:
            with contextlib.suppress(OSError):  # which `sum` and `publish` will find, too, and say
                self._sums[path] = sha256_of(path)
                _to_disk(path)

    def sum(self, path: Path) -> str:
        """SHA-256 of a file that is staged, 64 hex digits. Raises OSError when it cannot be read."""
        return self._sums.get(path) or sha256_of(path)

    def publish(self, stale: Iterable[str] = ()) -> tuple[Path, ...]:
        """Move every file to its place; returns them in alphabetical order.

        All of them are on the disk before the first is moved. Where one cannot be moved, those that were before it are
        taken back, and RenderError is raised. Two that publish into one folder do so one after the other.

        Args:
            stale: names that must not stay from an earlier render unless they were made again, as patterns
                (`stems/**/*.wav`). Folders that are empty then go, too.
        """
        made = sorted(path for path in self.folder.rglob("*") if path.is_file())
        finals = [self.target / path.relative_to(self.folder) for path in made]
        try:
            for folder in dict.fromkeys(final.parent for final in finals):
                if not self._holds(folder):
                    raise RenderError(f"{folder} is a link that leaves {self.target}; put a folder in its place")
            for path in made:
                path.chmod(0o644)
            with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
                list(threads.map(_to_disk, made))
            self.target.mkdir(parents=True, exist_ok=True)
            with owned.alone(self.target, _PATIENCE_S):
                with self._taken_back(finals) as moved:
                    for path, final in zip(made, finals, strict=True):
                        final.parent.mkdir(parents=True, exist_ok=True)
                        moved[final] = self._kept_beside(final, len(moved))
                        path.replace(final)
                for pattern in stale:
                    for old in set(self.target.glob(pattern)) - set(finals):
                        if self._holds(old.parent):
                            old.unlink(missing_ok=True)
                            self._clear(old.parent)
        except TimeoutError:
            raise RenderError(f"another render has been writing to {self.target} for {_PATIENCE_S:.0f} s") from None
        except OSError as found:
            raise RenderError(f"cannot write to {self.target}: {found.strerror}") from None
        return tuple(finals)

    def _holds(self, folder: Path) -> bool:
        """Whether a folder below the target is in it, and not where a link from there leads to."""
        return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(self.target))

    @contextlib.contextmanager
    def _taken_back(self, finals: Iterable[Path]) -> Iterator[dict[Path, Path | None]]:
        """Where a file cannot be moved, the others stay as they were; maps each that was moved to what was there."""
        in_the_way = [final for final in finals if final.is_dir()]
        if in_the_way:
            raise RenderError(f"cannot write {in_the_way[0]}: there is a folder of this name")
        moved: dict[Path, Path | None] = {}
        try:
            yield moved
        except BaseException:
            for final, before in reversed(moved.items()):
                with contextlib.suppress(OSError):
                    if before is not None:
                        before.replace(final)
                    elif not self._staged(final).exists():
                        final.unlink(missing_ok=True)
                        self._clear(final.parent)
            raise

    def _staged(self, final: Path) -> Path:
        return self.folder / final.relative_to(self.target)

    def _kept_beside(self, final: Path, number: int) -> Path | None:
        """A second name for what is in a file's place, so that it is never missing there; None when nothing is."""
        assert self._owned is not None
        before = self._owned.path / f"before-{number}"
        try:
            before.hardlink_to(final)
        except FileNotFoundError:
            return None
        except OSError:  # a file system without links
            shutil.copy2(final, before)
        return before

    def _clear(self, folder: Path) -> None:
        """Removes `folder` and those around it while they are empty, up to the target."""
        while folder != self.target:
            try:
                folder.rmdir()
            except OSError:  # something of the user's is in it
                return
            folder = folder.parent


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk: after a power cut, a name is never there without what it stands for."""
    with path.open("rb+") as file, contextlib.suppress(OSError):  # some file systems cannot say
        os.fsync(file.fileno())
