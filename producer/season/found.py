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


def look(folder: Path) -> Folder:
    """The episodes in a project's folder, in a folder of scripts, or in each of several projects in a folder.

    Raises RenderError when there are none, or when two would have one output folder.
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
    by_slug: dict[str, Project] = {}
    for one in found:
        other = by_slug.setdefault(one.slug, one)
        if other is not one:
            raise RenderError(f"{one.script}: its output would be called '{one.slug}', as that of {other.script}")
    return Folder(root, tuple(found), tuple(path for path in there if path.resolve() in shared))


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
