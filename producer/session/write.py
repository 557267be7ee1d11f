"""The session's folder: media, and one file for each format that is asked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from producer.errors import RenderError, nearest
from producer.session import dawproject, otio, reaper, sheets
from producer.session.media import Files
from producer.session.names import file_part
from producer.session.nouns import Episode
from producer.session.plan import Told, planned

FORMATS = ("rpp", "dawproject", "otio", "labels", "csv")
"""What can be asked for; the cue sheet (`csv`) and the notes are always there."""


def write(
    folder: Path, episode: Episode, formats: Collection[str] = FORMATS, *, work: Path, told: Told | None = None
) -> tuple[Path, ...]:
    """Write the session of `episode` into `folder`; returns its files, in alphabetical order.

    Args:
        folder: one that is not there yet, or empty.
        formats: of `FORMATS`.
        work: a folder for what must wait on disk.
        told: hears (clips done, clips in all).

    Raises RenderError when a format is not known or its library is not there, and when a file cannot be written.
    """
    check(formats)
    slug = file_part(episode.slug)
    session = planned(episode, Files(folder, work, episode.timeline.rate_hz), told)
    notes = sheets.notes(session)
    made = {f"{slug}.notes.txt": notes, f"{slug}.cues.csv": sheets.cues(session, episode)}
    if "rpp" in formats:
        made[f"{slug}.rpp"] = reaper.text(session, notes)
    if "otio" in formats:
        made[f"{slug}.otio"] = otio.text(session)
    if "labels" in formats:
        made[f"{slug}.labels.txt"] = sheets.labels(session, episode)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (folder / name).write_bytes(content.encode())
        if "dawproject" in formats:
            dawproject.write(folder / f"{slug}.dawproject", session, folder)
    except OSError as found:
        raise RenderError(f"cannot write the session: {found.strerror}") from None
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def check(formats: Collection[str]) -> None:
    """Before any work: raises RenderError for a format that is not known, or whose library is not there."""
    for one in formats:
        if one not in FORMATS:
            raise RenderError(f"there is no session format '{one}'{nearest(one, FORMATS)}")
    if "rpp" in formats:
        reaper.library()
    if "otio" in formats:
        otio.library()
