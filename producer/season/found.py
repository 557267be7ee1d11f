"""Which scripts of a folder are episodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from producer import project
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.project import Project

_SERIES = re.compile(rb"^series[ ]*:[ ]*[\"']?([^\s\"'#]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Folder:
    """The episodes of a season, by the names of their scripts."""

    root: Path
    """Around their scripts: where `output/` is when nobody says otherwise."""
    episodes: tuple[Project, ...]
    shared: tuple[Path, ...] = ()  # files that episodes bring, and are none
    clashing: tuple[tuple[Project, str], ...] = ()  # whose outputs would have one name, and what to say of each


def look(folder: Path) -> Folder:
    """The episodes in a project's folder, in a folder of scripts, or in each of several projects in a folder.

    Raises RenderError when there are none.
    """
    if not folder.is_dir():
        what = "this is a file; name the folder around it" if folder.exists() else "there is no such folder"
        raise RenderError(f"{folder}: {what}")
    root, there = _scripts(folder)
    if not there:
        raise RenderError(f"{folder}: there is no script in it; a season is a folder of scripts, or of projects")
    shared = frozenset(_brought(there))
    found = [project.find(path, folder)[0] for path in there if path.resolve() not in shared]
    if not found:
        raise RenderError(f"{folder}: what is in it is brought by other scripts; there is no episode")
    clashing = tuple(_clashing(found))
    alone = tuple(one for one in found if one not in [other for other, _ in clashing])
    return Folder(root, alone, tuple(path for path in there if path.resolve() in shared), clashing)


def _clashing(found: Sequence[Project]) -> Iterator[tuple[Project, str]]:
    by_slug: dict[str, list[Project]] = {}
    for one in found:
        by_slug.setdefault(one.slug, []).append(one)
    for slug, those in by_slug.items():
        for one in those if len(those) > 1 else ():
            other = next(two for two in those if two is not one)
            yield one, f"{one.script}: its output would be called '{slug}', as that of {other.script}; rename one"


def _scripts(folder: Path) -> tuple[Path, Sequence[Path]]:
    """The folder that outputs belong to, and every script that is meant by `folder`."""
    if (folder / "script").is_dir():
        return folder, project.scripts(folder)
    own = project.scripts_in(folder)
    if own:
        return project.find(own[0], folder)[0].root, own
    inside = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith(".")]
    return folder, [path for one in inside if (one / "script").is_dir() for path in project.scripts(one)]


def _brought(scripts: Sequence[Path]) -> Iterator[Path]:
    """The files that scripts name as their series."""
    for path in scripts:
        try:
            named = _SERIES.search(path.read_bytes())
        except OSError:  # whoever reads it as a script says what is wrong
            continue
        if named:
            yield (path.parent / named[1].decode("utf-8", "replace")).resolve()
