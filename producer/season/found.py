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
    clashing: tuple[tuple[Project, str], ...] = ()
    """Scripts whose outputs would have one name, of which so none is made; with what to do."""


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
    by_slug: dict[str, list[Project]] = {}
    for one in found:
        by_slug.setdefault(one.slug, []).append(one)
    return Folder(
        root,
        episodes=tuple(one for one in found if len(by_slug[one.slug]) == 1),
        shared=tuple(path for path in there if path.resolve() in shared),
        clashing=tuple((one, _clash(one, by_slug[one.slug])) for one in found if len(by_slug[one.slug]) > 1),
    )


def _clash(one: Project, those: Sequence[Project]) -> str:
    others = " and ".join(other.script.as_posix() for other in those if other is not one)
    mend = "give one of them another name"
    if len({other.root for other in those}) > 1:
        mend += f", or make each project by itself: render season {one.root.as_posix()}"
    return f"{one.script.as_posix()}: its output would be called '{one.slug}', as that of {others}; {mend}"


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
