"""The packs that can be found from a project, whole or broken, and which of two with one name is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from producer.errors import PackError, Place, Problem, nearest
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.project import pack_roots, shipped
from producer.sounds.find import candidates, read_folder, shown_folder
from producer.sounds.pack import Pack

Where = Literal["project", "shipped", "path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A folder that is meant as a pack."""

    name: str  # the folder's: what a script lists
    folder: Path
    shown: str  # the folder as messages call it
    where: Where
    pack: Pack | None
    problems: tuple[Problem, ...] = ()  # why there is no `pack`
    hidden_by: str = ""  # the folder of the pack of this name that is meant in its place

    def whole(self) -> Pack:
        """The pack. Raises PackError with everything that keeps it from being one."""
        if self.pack is None:
            raise PackError(self.problems)
        return self.pack


def all_found(root: Path) -> tuple[Found, ...]:
    """Every pack of the project in `root` and every one that ships, in the order in which they are looked for."""
    meant: dict[str, str] = {}
    every: list[Found] = []
    seen: set[Path] = set()
    for folders in pack_roots(root):
        real = folders.resolve()
        if real in seen:  # the source tree is a project of its own
            continue
        seen.add(real)
        own = real == (root / "sfx").resolve()
        for folder in candidates(folders):
            found = _read(folder, "project" if own else "shipped", hidden_by=meant.get(folder.name, ""))
            if not own and found.pack is None and not (folder / "pack.yaml").is_file():
                continue
            meant.setdefault(folder.name, found.shown)
            every.append(found)
    return tuple(every)


def chosen(asked: str, root: Path) -> Found:
    """The pack that `asked` names: one that scripts can list, or the path of a folder.

    Raises:
        PackError: there is no such pack. One that is there but broken is returned as it is.
    """
    every = {found.name: found for found in reversed(all_found(root))}
    if asked in every:
        return every[asked]
    folder = Path(asked)
    try:
        there, is_folder = folder.exists(), folder.is_dir()
    except (OSError, ValueError):  # no name that this system could have
        there = is_folder = False
    if is_folder:
        parents = {path.resolve() for path in pack_roots(root)}
        where: Where = "path"
        if folder.resolve().parent in parents:
            where = "shipped" if folder.resolve().parent == shipped("sfx").resolve() else "project"
        return _read(folder, where)
    what = "is not a folder" if there else f"there is no such pack{nearest(asked, every)}"
    if there and folder.suffix.lower() == ".zip":
        what = f"is an archive; unpack it first: render pack install {asked}"
    raise PackError([Problem(Place(asked), what)])


def own(root: Path) -> tuple[Found, ...]:
    """The project's own packs."""
    return tuple(found for found in all_found(root) if found.where == "project")


def _read(folder: Path, where: Where, hidden_by: str = "") -> Found:
    pack: Pack | None = None
    problems: tuple[Problem, ...] = ()
    try:
        pack = read_folder(folder, RECIPES, rooted=where != "path")
    except PackError as wrong:
        problems = wrong.problems
    except OSError as wrong:
        problems = (Problem(Place(shown_folder(folder)), f"cannot be read: {wrong.strerror}"),)
    return Found(
        name=folder.resolve().name,
        folder=folder,
        shown=shown_folder(folder),
        where=where,
        pack=pack,
        problems=problems,
        hidden_by=hidden_by,
    )
