"""The edge of `render diff`: reads two output folders and writes the page."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from producer.deliver import essence
from producer.diff import compare, page
from producer.diff.read import BrokenError, Render, render_of
from producer.errors import RenderError
from producer.limited import read_file

SUFFIXES = (".mp3", ".wav", ".flac", ".m4a", ".m4b", ".opus")


def folders(a: Path, b: Path) -> dict[str, Any]:
    """What differs (docs/diff.md). Raises RenderError where one of them is no output folder of a render."""

    def sound_alike(first: str, second: str) -> bool:
        try:
            digests = [essence.digest(folder / name) for folder, name in ((a, first), (b, second))]
        except OSError as wrong:
            raise RenderError(f"cannot read {wrong.filename}: {wrong.strerror}") from None
        return None in digests or digests[0] == digests[1]

    return compare.document(_render(a), _render(b), sound_alike)


def write_page(found: dict[str, Any], a: Path, b: Path, file: Path) -> None:
    """The page to hear both. Raises RenderError when a folder has no sound file, or the page cannot be written."""
    sounds = [_sounds(folder) for folder in (a, b)]
    for folder, has in zip((a, b), sounds, strict=True):
        if not has:
            raise RenderError(f"there is nothing to hear in {folder}: it holds no sound file")
    try:
        first, second = (
            Path(os.path.relpath((folder / has[0]).resolve(), file.resolve().parent)).as_posix()
            for folder, has in zip((a, b), sounds, strict=True)
        )
    except ValueError:  # on Windows: another drive
        raise RenderError(f"{file} must be on the drive of {a} and {b}, for it names their sounds from there") from None
    made = page.html(found, _title(b), (first, second))
    partly = file.with_name(f".{file.name}.part")
    try:
        partly.write_text(made, "utf-8", newline="\n")
        partly.replace(file)
    except OSError as wrong:
        partly.unlink(missing_ok=True)
        raise RenderError(f"cannot write {file}: {wrong.strerror}") from None


def _render(folder: Path) -> Render:
    if not folder.is_dir():
        raise RenderError(f"there is no folder called {folder}; give two output folders of render episode")
    timeline = _document(folder / "timeline.json")
    if timeline is None:
        raise RenderError(f"{folder} holds no timeline.json, so it is no output folder of render episode")
    try:
        audit, manifest = (_document(folder / name) for name in ("audit.json", "manifest.json"))
        return render_of(folder.as_posix(), timeline, _title(folder), audit, manifest, _sounds(folder))
    except BrokenError as wrong:
        raise RenderError(f"{folder}: {wrong}") from None


def _title(folder: Path) -> str:
    chapters = _document(folder / "chapters.json") or {}
    return str(chapters.get("title", folder.resolve().name))


def _sounds(folder: Path) -> tuple[str, ...]:
    """The sound files right in a folder, the standard mix first."""
    found = [one.name for one in folder.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file()]
    return tuple(sorted(found, key=lambda name: (name.count("."), name)))


def _document(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found = json.loads(read_file(path, "document_mib").decode("utf-8"))
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
    except (ValueError, RecursionError):
        raise RenderError(f"{path} is no JSON document") from None
    if not isinstance(found, dict):
        raise RenderError(f"{path} is no document of a render")
    return found
