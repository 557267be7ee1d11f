"""What people read beside a session: labels for Audacity, a cue sheet for a spreadsheet, and notes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.timeline import Clip, Ramp
from producer.session.names import cell, line
from producer.session.nouns import Episode, Session

FRAMES = 25
"""A second, of the time code; not a frame of it is dropped. Source: SMPTE ST 12-1, EBU."""
COLUMNS = (
    "time", f"timecode_{FRAMES}", "start_s", "end_s", "start_sample", "end_sample", "kind", "id", "name", "character",
    "scene", "level_lu", "pan", "distance_m", "room", "treatment", "text", "source", "files", "script",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row but for its times, which are in samples."""

    start: int
    end: int
    kind: str
    own: str
    name: str
    scene: str
    character: str = ""
    figures: tuple[str | float, str | float, str | float] = ("", "", "")  # level, balance, distance
    room: str = ""
    treatment: str = ""
    text: str = ""
    source: str = ""
    files: str = ""
    place: Place = Place("")


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
    """Every scene, mark, `hear` and clip as a table: when, what, how loud, where, from what, and which files.

    CSV as RFC 4180 has it, with a byte-order mark, without which the most used spreadsheet takes UTF-8 for something
    else; no cell is a formula.
    """
    made = io.StringIO()
    made.write("\ufeff")
    table = csv.writer(made, lineterminator="\r\n")
    table.writerow(COLUMNS)
    rate_hz = session.rate_hz
    for row in sorted(_rows(session, episode), key=lambda row: row.start):
        place = f"{episode.named(row.place.file)}:{row.place.line}" if row.place.file else ""
        seconds = f"{row.start / rate_hz:.6f}", f"{row.end / rate_hz:.6f}"
        times = clock(row.start, rate_hz), timecode(row.start, rate_hz), *seconds, str(row.start), str(row.end)
        what = row.kind, row.own, row.name, row.character, row.scene, *row.figures
        rest = row.room, row.treatment, row.text, row.source, row.files, place
        table.writerow([*times, *map(_cell, (*what, *rest))])
    return made.getvalue()


def clock(sample: int, rate_hz: int) -> str:
    """A sample as a time of day: hours, minutes, seconds and milliseconds.

    >>> clock(3_723_456, 1000)
    '1:02:03.456'
    """
    seconds, milliseconds = divmod(round(sample * 1000 / rate_hz), 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def timecode(sample: int, rate_hz: int) -> str:
    """The frame in which a sample is: hours, minutes, seconds, frames.

    >>> timecode(3_723_456, 1000)
    '01:02:03:11'
    """
    seconds, frames = divmod(sample * FRAMES // rate_hz, FRAMES)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def _rows(session: Session, episode: Episode) -> Iterator[_Row]:
    timeline = episode.timeline
    files: dict[str, list[str]] = {}
    for bus in session.buses:
        for track in bus.tracks:
            for item in track.items:
                files.setdefault(item.clip, []).append(item.media.file)
    for scene in timeline.scenes:
        start, end = scene.span.start, scene.span.end
        yield _Row(
            start=start, end=end, kind="scene", own=scene.id, name=scene.title, scene=scene.id, place=scene.place
        )
    for mark in timeline.marks:
        at, title = mark.sample, mark.chapter
        yield _Row(start=at, end=at, kind="mark", own="", name=mark.name, scene="", text=title, place=mark.place)
    for hear in timeline.hears:
        start, end = hear.span.start, hear.span.end
        yield _Row(start=start, end=end, kind="hear", own="", name=hear.treat, scene=hear.scene, place=hear.place)
    for clip in timeline.clips:
        yield _Row(
            start=clip.span.start,
            end=clip.span.end,
            kind=clip.kind,
            own=clip.id,
            name=clip.name,
            character=_who(clip, episode) if clip.kind == "speech" else "",
            scene=clip.scene,
            figures=(_ramp(clip.level), _ramp(clip.pan), _ramp(clip.distance)),
            room=" to ".join((clip.room, *clip.through)) if clip.through or clip.room != "none" else "",
            treatment="" if clip.treat == "none" else clip.treat,
            text=clip.text,
            source=_source(clip),
            files=" ".join(sorted(set(files.get(clip.id, [])))),
            place=clip.place,
        )


def _source(clip: Clip) -> str:
    """What is played: a voice, a recorded take, a pack's file, or one of its recipes."""
    said = clip.source
    if "pack" in said:
        return f"{said['pack']}/{said['file']}" if "file" in said else f"{said['pack']}: foley {said.get('foley', '')}"
    return said.get("take", "") or said.get("voice", "")


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
        if any(len(track.rooms) > 1 for bus in session.buses for track in bus.tracks):
            rows += ["What goes from one room into another sends to both, as much as to one: ride those sends."]
    if session.hears:
        rows += ["", "Heard through something: each of these is a region; put an equaliser on its scene there."]
        rows += [f"- {hear.name}" for hear in session.hears]
    return "\n".join(line(row) for row in rows) + "\n"
