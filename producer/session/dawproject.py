"""DAWproject: tracks, clips and automation for Bitwig, Studio One, Cubase and others, as one archive.

Here gains are automation of the tracks, which every reader of the format has; a clip has no gain of its own.
Source: bitwig/dawproject, Project.xsd and MetaData.xsd.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from producer import __version__
from producer.session.names import decimal, line
from producer.session.nouns import MIX_NAME, Bus, Item, Points, Session, Track

_WHEN = (1980, 1, 1, 0, 0, 0)
_MOST = 2.0
"""Volume goes from 0 to 2 (+6 dB)."""
_SILENT = 1e-9


class _Ids:
    """XML ids in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}

    def __call__(self, *what: str) -> str:
        return self._known.setdefault(what, f"id{len(self._known)}")


def write(path: Path, session: Session, folder: Path) -> None:
    """The archive at `path`, with the media that are in `folder`. The bytes depend on these alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (("project.xml", project(session)), ("metadata.xml", about(session))):
            with archive.open(_entry(name, zipfile.ZIP_DEFLATED), "w") as out:
                out.write(content)
        for name in session.files:
            entry = _entry(name, zipfile.ZIP_STORED)
            entry.file_size = (folder / name).stat().st_size  # so that one past 4 GiB is written as such
            with (folder / name).open("rb") as source, archive.open(entry, "w") as out:
                while block := source.read(1 << 20):
                    out.write(block)


def _entry(name: str, how: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = how
    entry.external_attr = 0o644 << 16
    return entry


def about(session: Session) -> bytes:
    """metadata.xml."""
    root = ElementTree.Element("MetaData")
    _add(root, "Title").text = line(session.title)
    quieter = _quieter(session)
    if quieter < 1.0:
        down = f"{20.0 * math.log10(quieter):.1f} dB"
        _add(root, "Comment").text = f"All tracks are at {down} of their level in the mix, to fit the faders."
    return _bytes(root)


def project(session: Session) -> bytes:
    """project.xml."""
    ids, trim, rate_hz = _Ids(), _quieter(session), session.rate_hz
    root = ElementTree.Element("Project", version="1.0")
    _add(root, "Application", name="Producer", version=__version__)
    structure = _add(root, "Structure")
    for bus in session.buses:
        group = _track(structure, ids, ("bus", bus.key), bus.name, "tracks", "submix", ids("master", "channel"), 1.0)
        for track in bus.tracks:
            into, level = ids("bus", bus.key, "channel"), trim * track.volume * _level(track)
            own = _track(group, ids, ("track", track.key), track.name, "audio", "regular", into, level)
            _send(own, ids, track)
    muted = [(("room", room.key), room.name, "effect", room.response.scale) for room in session.rooms]
    if session.mix is not None:
        muted.append((("mix", "track"), MIX_NAME, "regular", trim * session.mix.volume))
    for key, name, role, level in muted:
        _mute(_track(structure, ids, key, name, "audio", role, ids("master", "channel"), level), ids, key)
    _track(structure, ids, ("master",), "Master", "audio", "master", None, 1.0)
    arrangement = _add(root, "Arrangement", id=ids("arrangement"))
    lanes = _add(arrangement, "Lanes", id=ids("lanes"), timeUnit="seconds")
    for bus in session.buses:
        if bus.envelope:
            own = _add(lanes, "Lanes", id=ids("bus", bus.key, "lanes"), track=ids("bus", bus.key))
            volume = ids("bus", bus.key, "volume")
            _points(own, ids("bus", bus.key, "points"), volume, "linear", _seconds(bus, session))
        for track in bus.tracks:
            _lane(lanes, ids, session, track, trim)
    if session.mix is not None:
        own = _add(lanes, "Lanes", id=ids("mix", "lanes"), track=ids("mix", "track"))
        _clips(own, ids, ("mix",), (session.mix,), rate_hz)
    # A list of markers that is there must not be empty.
    marks = [(sample, name) for name, sample in session.marks]
    marks += [(one.span.start, one.name) for one in (*session.scenes, *session.hears)]
    if marks:
        markers = _add(arrangement, "Markers", id=ids("markers"))
        for sample, name in sorted(marks):
            _add(markers, "Marker", time=decimal(sample / rate_hz), name=line(name))
    return _bytes(root)


def _track(
    parent: ElementTree.Element,
    ids: _Ids,
    key: tuple[str, ...],
    name: str,
    content: str,
    role: str,
    into: str | None,
    volume: float,
) -> ElementTree.Element:
    track = _add(parent, "Track", id=ids(*key), name=line(name), contentType=content, loaded="true")
    channel = _add(track, "Channel", id=ids(*key, "channel"), audioChannels="2", role=role)
    if into is not None:
        channel.set("destination", into)
    _add(channel, "Pan", id=ids(*key, "pan"), name="Pan", unit="normalized", min="0", max="1", value="0.5")
    own = _add(channel, "Volume", id=ids(*key, "volume"), name="Volume", unit="linear", min="0", max=decimal(_MOST))
    own.set("value", decimal(volume, 10))
    return track


def _mute(track: ElementTree.Element, ids: _Ids, key: tuple[str, ...]) -> None:
    channel = track.find("Channel")
    if channel is not None:
        channel.insert(0, ElementTree.Element("Mute", id=ids(*key, "mute"), name="Mute", value="true"))


def _send(track: ElementTree.Element, ids: _Ids, made: Track) -> None:
    channel = track.find("Channel")
    if not made.rooms or channel is None:
        return
    sends = ElementTree.Element("Sends")
    channel.insert(1, sends)  # after Pan, before Volume
    for number, room in enumerate(made.rooms):
        own = ids("send", made.key, *((str(number),) if number else ()))
        send = _add(sends, "Send", id=own, destination=ids("room", room, "channel"), type="post")
        _add(send, "Volume", unit="linear", value=decimal(made.send, 10))


def _lane(lanes: ElementTree.Element, ids: _Ids, session: Session, track: Track, trim: float) -> None:
    rate_hz = session.rate_hz
    own = _add(lanes, "Lanes", id=ids("track", track.key, "lanes"), track=ids("track", track.key))
    _clips(own, ids, ("track", track.key), track.items, rate_hz)
    if not _static(track):
        key = ("track", track.key)
        gains = [(time, trim * track.volume * value, hold) for time, value, hold in _gains(track, rate_hz)]
        _points(own, ids(*key, "points"), ids(*key, "volume"), "linear", gains)
    if any(item.pan or item.pan_envelope for item in track.items):
        sides = [(time, 0.5 + 0.5 * side, hold) for time, side, hold in _sides(track, rate_hz)]
        _points(own, ids("track", track.key, "sides"), ids("track", track.key, "pan"), "normalized", sides)


def _clips(lanes: ElementTree.Element, ids: _Ids, key: tuple[str, ...], items: tuple[Item, ...], rate_hz: int) -> None:
    clips = _add(lanes, "Clips", id=ids(*key, "clips"))
    for item in items:
        clip = _add(clips, "Clip", name=line(item.name), contentTimeUnit="seconds", fadeTimeUnit="seconds")
        clip.set("time", decimal(item.start / rate_hz))
        clip.set("duration", decimal(item.length / rate_hz))
        clip.set("playStart", decimal(item.offset / rate_hz))
        clip.set("fadeInTime", decimal(item.fade_in / rate_hz))
        clip.set("fadeOutTime", decimal(item.fade_out / rate_hz))
        media = item.media
        audio = _add(clip, "Audio", id=ids("audio", item.key), channels=str(media.channels), sampleRate=str(rate_hz))
        audio.set("duration", decimal(media.samples / rate_hz))
        _add(audio, "File", path=media.file, external="false")


def _static(track: Track) -> bool:
    """Whether one fader position does for all of the track."""
    volumes = {item.volume for item in track.items}
    return len(volumes) == 1 and not any(item.envelope for item in track.items)


def _level(track: Track) -> float:
    return track.items[0].volume if _static(track) else 1.0


def _gains(track: Track, rate_hz: int) -> Iterator[tuple[float, float, bool]]:
    for item in track.items:
        yield from _along(item, item.envelope, 1.0, item.volume, rate_hz)


def _sides(track: Track, rate_hz: int) -> Iterator[tuple[float, float, bool]]:
    for item in track.items:
        yield from _along(item, item.pan_envelope, item.pan, 1.0, rate_hz)


def _along(item: Item, points: Points, still: float, scale: float, rate_hz: int) -> Iterator[tuple[float, float, bool]]:
    """(seconds, value, whether it is held until the next): a track's automation over one of its items."""
    known = points or ((0, still),)
    for number, (at, value) in enumerate(known, 1):
        yield (item.start + at) / rate_hz, value * scale, number == len(known)


def _seconds(bus: Bus, session: Session) -> list[tuple[float, float, bool]]:
    return [(at / session.rate_hz, value, False) for at, value in bus.envelope]


def _points(
    parent: ElementTree.Element, own: str, parameter: str, unit: str, points: list[tuple[float, float, bool]]
) -> None:
    made = _add(parent, "Points", id=own, unit=unit)
    _add(made, "Target", parameter=parameter)
    for time, value, hold in points:
        _add(made, "RealPoint", time=decimal(time), value=decimal(value, 8), interpolation="hold" if hold else "linear")


def _quieter(session: Session) -> float:
    """What all tracks are multiplied by, so that the loudest fits the format's faders; 1 where it does anyway."""
    peaks = [
        track.volume * item.volume * max([1.0, *(value for _, value in item.envelope)])
        for bus in session.buses
        for track in bus.tracks
        for item in track.items
    ]
    return min(1.0, _MOST / max([_SILENT, *peaks]))


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _bytes(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode").encode() + b"\n"
