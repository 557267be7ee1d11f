"""REAPER's project file.

Sources: the grammar as `rpp` (Perlence) reads and writes it; fields: ReaTeam/Doc, State Chunk Definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from producer.session.extra import library as library_of
from producer.session.names import decimal, guid, line
from producer.session.nouns import MIX_NAME, Bus, Item, Points, RoomTrack, Session, Track

Chunk = Any
"""An `rpp.Element`, a list of words that make a line, or a line as it is."""

_LINEAR = "0"  # of a point: a straight line to the next; of a fade: a straight one
_SOURCES = {".flac": "FLAC", ".wav": "WAVE"}


def library() -> Any:
    """The library that writes the format. Raises RenderError where the extra `session` is not installed."""
    return library_of("rpp", "a REAPER project")


def text(session: Session, notes: str) -> str:
    """The project as text, `notes` among it. Raises RenderError where the extra `session` is not installed."""
    rpp = library()

    def chunk(tag: str, words: list[str], children: Iterator[Chunk] | list[Chunk]) -> Chunk:
        return rpp.Element(tag, tuple(words), list(children))

    return str(rpp.dumps(chunk("REAPER_PROJECT", ["0.1", "7.0", "0"], _project(session, notes, chunk))))


def _project(session: Session, notes: str, chunk: Any) -> Iterator[Chunk]:
    rate_hz = session.rate_hz
    yield chunk("NOTES", ["0", "2"], [f"|{line(row)}" for row in notes.splitlines()])
    # Envelopes and balances below mean what they mean under these two: no pan law, and the stereo balance.
    yield ["PANLAW", "1"]
    yield ["PANMODE", "3"]
    yield ["SAMPLERATE", str(rate_hz), "0", "0"]
    yield ["TEMPO", "120", "4", "4"]
    yield ["TITLE", line(session.title)]
    for number, (name, sample) in enumerate(session.marks, 1):
        yield _marker(number, sample, name, "0", guid(session.slug, "mark", str(number)), rate_hz)
    for number, stretch in enumerate((*session.scenes, *session.hears), len(session.marks) + 1):
        one = guid(session.slug, "region", stretch.key)
        yield _marker(number, stretch.span.start, stretch.name, "1", one, rate_hz)
        yield _marker(number, stretch.span.end, "", "1", one, rate_hz)
    index = 0
    sources: dict[int, Track] = {}
    for bus in session.buses:
        yield chunk("TRACK", [guid(session.slug, "bus", bus.key)], _bus(session, bus, chunk))
        index += 1
        for track in bus.tracks:
            last = track is bus.tracks[-1]
            yield chunk("TRACK", [guid(session.slug, "track", track.key)], _track(session, track, last, chunk))
            sources[index] = track
            index += 1
    for room in session.rooms:
        sends = [(source, track) for source, track in sources.items() if room.key in track.rooms]
        yield chunk("TRACK", [guid(session.slug, "room", room.key)], _room(room, sends))
    if session.mix is not None:
        yield chunk("TRACK", [guid(session.slug, "mix")], _mix(session, session.mix, chunk))


def _marker(number: int, sample: int, name: str, flags: str, own: str, rate_hz: int) -> list[str]:
    return ["MARKER", str(number), _seconds(sample, rate_hz), line(name), flags, "0", "1", "B", own, "0"]


def _head(name: str, volume: float, folder: tuple[str, str], muted: str = "0") -> Iterator[Chunk]:
    yield ["NAME", line(name)]
    yield ["VOLPAN", decimal(volume, 10), "0", "-1", "-1", "1"]
    yield ["MUTESOLO", muted, "0", "0"]
    yield ["ISBUS", *folder]
    yield ["NCHAN", "2"]


def _bus(session: Session, bus: Bus, chunk: Any) -> Iterator[Chunk]:
    yield from _head(bus.name, 1.0, ("1", "1"))
    yield ["MAINSEND", "1", "0"]
    if bus.envelope:
        own = guid(session.slug, "bus", bus.key, "volume")
        yield chunk("VOLENV2", [], _envelope(bus.envelope, own, session.rate_hz))


def _track(session: Session, track: Track, last: bool, chunk: Any) -> Iterator[Chunk]:
    yield from _head(track.name, track.volume, ("2", "-1") if last else ("0", "0"))
    yield ["MAINSEND", "1", "0"]
    for item in track.items:
        yield chunk("ITEM", [], _item(session, item, chunk))


def _room(room: RoomTrack, sends: list[tuple[int, Track]]) -> Iterator[Chunk]:
    yield from _head(room.name, room.response.scale, ("0", "0"), muted="1")
    for source, track in sends:
        yield ["AUXRECV", str(source), "0", decimal(track.send, 10), *("0",) * 6, "-1", "0", "-1"]
    yield ["MAINSEND", "1", "0"]


def _mix(session: Session, mix: Item, chunk: Any) -> Iterator[Chunk]:
    yield from _head(MIX_NAME, 1.0, ("0", "0"), muted="1")
    yield ["MAINSEND", "1", "0"]
    yield chunk("ITEM", [], _item(session, mix, chunk))


def _item(session: Session, item: Item, chunk: Any) -> Iterator[Chunk]:
    rate_hz = session.rate_hz
    yield ["POSITION", _seconds(item.start, rate_hz)]
    yield ["SNAPOFFS", "0"]
    yield ["LENGTH", _seconds(item.length, rate_hz)]
    yield ["LOOP", "0"]
    yield ["ALLTAKES", "0"]
    for tag, samples in (("FADEIN", item.fade_in), ("FADEOUT", item.fade_out)):
        yield [tag, _LINEAR, _seconds(samples, rate_hz), "0", _LINEAR, "0", "0", "0"]
    yield ["MUTE", "0", "0"]
    yield ["IGUID", guid(session.slug, "item", item.key)]
    yield ["NAME", line(item.name)]
    yield ["VOLPAN", decimal(item.volume, 10), decimal(item.pan, 10), "1", "-1"]
    yield ["SOFFS", _seconds(item.offset, rate_hz)]
    yield ["PLAYRATE", "1", "1", "0", "-1", "0", "0.0025"]
    yield ["CHANMODE", "0"]
    yield ["GUID", guid(session.slug, "take", item.key)]
    file = item.media.file
    yield chunk("SOURCE", [_SOURCES[file[file.rindex(".") :]]], [["FILE", file]])
    if item.envelope:
        own = guid(session.slug, "item", item.key, "volume")
        yield chunk("VOLENV", [], _envelope(item.envelope, own, rate_hz))
    if item.pan_envelope:
        # A pan *envelope* of REAPER's goes to the left as it rises, unlike a pan.
        left_up = tuple((at, -side) for at, side in item.pan_envelope)
        own = guid(session.slug, "item", item.key, "pan")
        yield chunk("PANENV", [], _envelope(left_up, own, rate_hz))


def _envelope(points: Points, own: str, rate_hz: int) -> Iterator[Chunk]:
    yield ["EGUID", own]
    yield ["ACT", "1", "-1"]
    yield ["VIS", "1", "1", "1"]
    yield ["LANEHEIGHT", "0", "0"]
    yield ["ARM", "0"]
    yield ["DEFSHAPE", _LINEAR, "-1", "-1"]
    for at, value in points:
        yield ["PT", _seconds(at, rate_hz), decimal(value, 8), _LINEAR]


def _seconds(samples: int, rate_hz: int) -> str:
    return decimal(samples / rate_hz)
