"""Output folders: everything is made beside its place and moved in when all of it is there."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from producer.errors import RenderError


class Staging:
    """A hidden folder next to `target`, on the same disk. `publish` renames each file into place; leaving without it
    removes everything, so a failed render leaves the previous one as it was.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._folder: Path | None = None
        self._made_parent = False

    def __enter__(self) -> Staging:
        self._made_parent = not self.target.parent.exists()
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f".{self.target.name}-", dir=self.target.parent))
        except OSError as found:
            raise RenderError(f"cannot write to {self.target.parent}: {found.strerror}") from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._made_parent:
            with contextlib.suppress(OSError):  # an output was published in it
                self.target.parent.rmdir()

    def path(self, name: str) -> Path:
        """Where to make the file that will be called `name`, maybe in a folder of its own (`stems/beds.wav`)."""
        assert self._folder is not None, "use Staging in a with statement"
        path = self._folder / name
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

    def files(self) -> tuple[tuple[str, Path], ...]:
        """What has been made so far, by its name in the folder, with forward slashes; in alphabetical order."""
        assert self._folder is not None, "use Staging in a with statement"
        folder = self._folder
        made = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return tuple(sorted(made.items()))

    def publish(self, stale: Iterable[str] = ()) -> tuple[Path, ...]:
        """Move every file to its place; returns them in alphabetical order.

        Args:
            stale: names that must not stay from an earlier render unless they were made again, as patterns
                (`stems/**/*.wav`). Folders that are empty then go, too.
        """
        assert self._folder is not None, "use Staging in a with statement"
        moved: list[Path] = []
        try:
            self.target.mkdir(parents=True, exist_ok=True)
            for made in sorted(path for path in self._folder.rglob("*") if path.is_file()):
                made.chmod(0o644)
                final = self.target / made.relative_to(self._folder)
                final.parent.mkdir(parents=True, exist_ok=True)
                made.replace(final)
                moved.append(final)
            for pattern in stale:
                for old in set(self.target.glob(pattern)) - set(moved):
                    old.unlink(missing_ok=True)
                    self._clear(old.parent)
        except OSError as found:
            raise RenderError(f"cannot write to {self.target}: {found.strerror}") from None
        return tuple(moved)

    def _clear(self, folder: Path) -> None:
        """Removes `folder` and those around it while they are empty, up to the target."""
        while folder != self.target:
            try:
                folder.rmdir()
            except OSError:  # something of the user's is in it
                return
            folder = folder.parent
