"""What people read beside a session: labels for Audacity, a cue sheet for a spreadsheet, and notes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from producer.errors import Place
from producer.model.timeline import Clip, Ramp
from producer.session.names import cell, line
from producer.session.nouns import Episode, Session

COLUMNS = (
    "start_s", "end_s", "kind", "id", "name", "scene", "level_lu", "pan", "distance_m", "room", "treatment", "text",
    "files", "script",
)  # fmt: skip


Row = tuple[int, int, tuple[str | float, ...]]
"""Start and end in samples, and the other columns."""


def labels(session: Session, episode: Episode) -> str:
    """Scenes, lines and marks as Audacity's label track: start, end and text, parted by tabs."""
    rows: list[tuple[int, int, str]] = [
        (one.span.start, one.span.end, one.name) for one in (*session.scenes, *session.hears)
    ]
    rows += [(sample, sample, name) for name, sample in session.marks]
    spoken = (clip for clip in episode.timeline.clips if clip.kind == "speech")
    rows += [(clip.span.start, clip.span.end, f"{_who(clip, episode)}: {clip.text}") for clip in spoken]
    rate_hz = session.rate_hz
    return "".join(
        f"{start / rate_hz:.6f}\t{end / rate_hz:.6f}\t{line(name)}\n"
        for start, end, name in sorted(rows, key=lambda row: (row[0], -row[1]))
    )


def cues(session: Session, episode: Episode) -> str:
    """Every scene, mark and clip as a table (CSV, RFC 4180): when, what, how loud, where, and which files."""
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in sorted(_rows(session, episode), key=lambda row: row[0]):
        start, end, rest = row
        seconds = (f"{start / session.rate_hz:.6f}", f"{end / session.rate_hz:.6f}")
        table.writerow([*seconds, *map(_cell, rest)])
    return made.getvalue()


def _rows(session: Session, episode: Episode) -> Iterator[Row]:
    timeline = episode.timeline
    files: dict[str, list[str]] = {}
    for bus in session.buses:
        for track in bus.tracks:
            for item in track.items:
                files.setdefault(item.clip, []).append(item.media.file)
    for scene in timeline.scenes:
        yield _row(scene.span.start, scene.span.end, "scene", scene.id, scene.title, scene.id, place=scene.place)
    for mark in timeline.marks:
        yield _row(mark.sample, mark.sample, "mark", "", mark.name, "", place=mark.place)
    for hear in timeline.hears:
        yield _row(hear.span.start, hear.span.end, "hear", "", hear.treat, hear.scene, place=hear.place)
    for clip in timeline.clips:
        yield _row(
            clip.span.start,
            clip.span.end,
            clip.kind,
            clip.id,
            _who(clip, episode) if clip.kind == "speech" else clip.name,
            clip.scene,
            (_ramp(clip.level), _ramp(clip.pan), _ramp(clip.distance)),
            "" if clip.room == "none" else clip.room,
            "" if clip.treat == "none" else clip.treat,
            clip.text,
            " ".join(sorted(set(files.get(clip.id, [])))),
            clip.place,
        )


def _row(
    start: int,
    end: int,
    kind: str,
    own: str,
    name: str,
    scene: str,
    figures: tuple[str | float, ...] = ("", "", ""),
    room: str = "",
    treatment: str = "",
    text: str = "",
    files: str = "",
    place: Place = Place(""),
) -> Row:
    where = f"{place.file}:{place.line}" if place.file else ""
    return start, end, (kind, own, name, scene, *figures, room, treatment, text, files, where)


def _ramp(ramp: Ramp) -> str | float:
    """A value, or the way from the first to the last when it moves."""
    if not ramp.moves:
        return round(ramp.first, 2) + 0.0
    return " to ".join(f"{value:.2f}" for _, value in ramp.points)


def _cell(value: str | float) -> str:
    return cell(value) if isinstance(value, str) else f"{value:g}"


def _who(clip: Clip, episode: Episode) -> str:
    member = episode.script.cast.get(clip.name)
    return (member.name if member is not None else "") or clip.name


def notes(session: Session) -> str:
    """What whoever opens the session has to know."""
    rows = [
        f"{session.title}: the episode as a session, {session.rate_hz} Hz.",
        "",
        "In the files: each sound at its distance (level, air, movement), treated as the script says.",
        "In the session: levels and their rides, balance, fades, cuts, and how beds and music give way to speech.",
        "Fades are straight; where the mix has another shape, the item's volume envelope has the rest.",
        "Not in the session: rooms (see below), scenes heard through something (`hear`), and the master.",
    ]
    if session.rooms:
        rows += ["", "Rooms: put a convolution reverb with this file on each of these tracks, all wet, and unmute it."]
        rows += [f"- {room.name}: {room.response.file}" for room in session.rooms]
    if session.hears:
        rows += ["", "Heard through something: each of these is a region; put an equaliser on its scene there."]
        rows += [f"- {hear.name}" for hear in session.hears]
    return "\n".join(line(row) for row in rows) + "\n"
