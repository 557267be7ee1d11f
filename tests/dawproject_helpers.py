"""What DAWproject's schema asks of the elements we write, as rules of our own, and a player for its tracks.

Source: bitwig/dawproject, Project.xsd and MetaData.xsd, read by hand: each type's attributes and order of children.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np
import soundfile
from numpy.typing import NDArray

Check = Callable[[str], bool]


def _number(text: str) -> bool:
    float(text)
    return "e" not in text.lower()


def _whole(text: str) -> bool:
    return str(int(text)) == text


def _any(_: str) -> bool:
    return True


def _one_of(*allowed: str) -> Check:
    return lambda text: text in allowed


def _some_of(*allowed: str) -> Check:
    return lambda text: set(text.split()) <= set(allowed)


UNIT = _one_of("linear", "normalized", "percent", "decibel", "hertz", "semitones", "seconds", "beats", "bpm")
TIME_UNIT = _one_of("beats", "seconds")
BOOLEAN = _one_of("true", "false", "0", "1")
NAMED: dict[str, Check] = {"name": _any, "color": _any, "comment": _any}
OWN: dict[str, Check] = NAMED | {"id": _any}
REAL: dict[str, Check] = OWN | {"parameterID": _whole, "max": _any, "min": _any, "unit": UNIT, "value": _any}
TIMELINE: dict[str, Check] = OWN | {"timeUnit": TIME_UNIT, "track": _any}
REFERS = {"destination", "track", "parameter", "reference"}  # xs:IDREF


@dataclass(frozen=True)
class Rule:
    """Attributes that may be there, those that must, and children in their order: (tags, least, most)."""

    may: dict[str, Check]
    must: frozenset[str] = frozenset()
    children: tuple[tuple[frozenset[str], int, int | None], ...] = ()
    text: bool = False


def _child(*tags: str, least: int = 0, most: int | None = 1) -> tuple[frozenset[str], int, int | None]:
    return frozenset(tags), least, most


TIMELINES = ("Timeline", "Lanes", "Notes", "Clips", "ClipSlot", "markers", "Warps", "Audio", "Video", "Points")
ABOUT = (
    "Title", "Artist", "Album", "OriginalArtist", "Composer", "Songwriter", "Producer", "Arranger", "Year", "Genre",
    "Copyright", "Website", "Comment",
)  # fmt: skip
RULES: dict[str, Rule] = {
    "Project": Rule(
        {"version": _any},
        frozenset({"version"}),
        (
            _child("Application", least=1),
            _child("Transport"),
            _child("Structure"),
            _child("Arrangement"),
            _child("Scenes"),
        ),
    ),
    "Application": Rule({"name": _any, "version": _any}, frozenset({"name", "version"})),
    "Structure": Rule({}, children=(_child("Track", "Channel", most=None),)),
    "Track": Rule(
        OWN
        | {
            "contentType": _some_of("audio", "automation", "notes", "video", "markers", "tracks"),
            "loaded": BOOLEAN,
        },
        children=(_child("Channel"), _child("Track", most=None)),
    ),
    "Channel": Rule(
        OWN
        | {
            "audioChannels": _whole,
            "destination": _any,
            "role": _one_of("regular", "master", "effect", "submix", "vca"),
            "solo": BOOLEAN,
        },
        children=(_child("Devices"), _child("Mute"), _child("Pan"), _child("Sends"), _child("Volume")),
    ),
    "Mute": Rule(OWN | {"parameterID": _whole, "value": BOOLEAN}),
    "Pan": Rule(REAL, frozenset({"unit"})),
    "Volume": Rule(REAL, frozenset({"unit"})),
    "Sends": Rule({}, children=(_child("Send", most=None),)),
    "Send": Rule(
        OWN | {"destination": _any, "type": _one_of("pre", "post")},
        children=(_child("Enable"), _child("Pan"), _child("Volume", least=1)),
    ),
    "Arrangement": Rule(
        OWN, children=(_child("Lanes"), _child("Markers"), _child("TempoAutomation"), _child("TimeSignatureAutomation"))
    ),
    "Lanes": Rule(TIMELINE, children=(_child(*TIMELINES, most=None),)),
    "Clips": Rule(TIMELINE, children=(_child("Clip", most=None),)),
    "Clip": Rule(
        NAMED
        | dict.fromkeys(
            ("time", "duration", "playStart", "playStop", "loopStart", "loopEnd", "fadeInTime", "fadeOutTime"), _number
        )
        | {"contentTimeUnit": TIME_UNIT, "fadeTimeUnit": TIME_UNIT, "enable": BOOLEAN, "reference": _any},
        frozenset({"time"}),
        (_child(*TIMELINES),),
    ),
    "Audio": Rule(
        TIMELINE | {"algorithm": _any, "channels": _whole, "sampleRate": _whole, "duration": _number},
        frozenset({"channels", "sampleRate", "duration"}),
        (_child("File", least=1),),
    ),
    "File": Rule({"path": _any, "external": BOOLEAN}, frozenset({"path"})),
    "Points": Rule(TIMELINE | {"unit": UNIT}, children=(_child("Target", least=1), _child("RealPoint", most=None))),
    "Target": Rule({"parameter": _any, "expression": _any, "channel": _whole, "key": _whole, "controller": _whole}),
    "RealPoint": Rule(
        {"time": _number, "value": _number, "interpolation": _one_of("hold", "linear")}, frozenset({"time", "value"})
    ),
    "Markers": Rule(TIMELINE, children=(_child("Marker", least=1, most=None),)),
    "Marker": Rule(NAMED | {"time": _number}, frozenset({"time"})),
    "MetaData": Rule({}, children=tuple(_child(tag) for tag in ABOUT)),
    **{tag: Rule({}, text=True) for tag in ABOUT},
}


def broken(root: ElementTree.Element) -> Iterator[str]:
    """Everything that the schema would refuse."""
    ids: set[str] = set()
    for element in root.iter():
        own = element.get("id")
        if own is not None:
            if own in ids:
                yield f"the id {own} is there twice"
            ids.add(own)
    for element in root.iter():
        rule = RULES.get(element.tag)
        if rule is None:
            yield f"{element.tag} is not known"
            continue
        missing = rule.must - set(element.attrib)
        if missing:
            yield f"{element.tag} has no {', '.join(sorted(missing))}"
        for name, value in element.attrib.items():
            if name not in rule.may:
                yield f"{element.tag} has no attribute {name}"
            elif not rule.may[name](value):
                yield f"{element.tag} {name}={value!r}"
            elif name in REFERS and value not in ids:
                yield f"{element.tag} {name}={value!r} is nobody's id"
        if not rule.text and (element.text or "").strip():
            yield f"{element.tag} has text"
        yield from _order(element, rule)


def _order(element: ElementTree.Element, rule: Rule) -> Iterator[str]:
    tags = [child.tag for child in element]
    for allowed, least, most in rule.children:
        count = 0
        while tags and tags[0] in allowed and (most is None or count < most):
            tags.pop(0)
            count += 1
        if count < least:
            yield f"{element.tag} lacks {'/'.join(sorted(allowed))}"
    if tags:
        yield f"{element.tag}: {tags[0]} is not in its place"


@dataclass
class Played:
    """A DAWproject's tracks, played."""

    archive: zipfile.ZipFile
    rate_hz: int
    samples: int
    automation: dict[str, ElementTree.Element] = field(default_factory=dict)
    clips: dict[str, list[ElementTree.Element]] = field(default_factory=dict)

    def buses(self) -> dict[str, NDArray[np.float64]]:
        """What each group comes to, before any room, shape (samples, 2), by its name."""
        root = ElementTree.fromstring(self.archive.read("project.xml"))
        for lanes in root.iterfind("Arrangement/Lanes/Lanes"):
            self.clips[lanes.attrib["track"]] = list(lanes.iterfind("Clips/Clip"))
            for points in lanes.iterfind("Points"):
                self.automation[points.find("Target").attrib["parameter"]] = points  # type: ignore[union-attr]
        groups = [track for track in root.iterfind("Structure/Track") if track.get("contentType") == "tracks"]
        return {group.attrib["name"]: self._group(group) for group in groups}

    def _group(self, group: ElementTree.Element) -> NDArray[np.float64]:
        made = np.zeros((self.samples, 2))
        for track in group.iterfind("Track"):
            channel = group.find("Channel")
            assert channel is not None
            assert track.find("Channel").attrib["destination"] == channel.attrib["id"]  # type: ignore[union-attr]
            heard = np.zeros((self.samples, 2))
            for clip in self.clips[track.attrib["id"]]:
                self._clip(clip, heard)
            side = 2.0 * self._value(track.find("Channel/Pan")) - 1.0
            balance = np.stack([np.minimum(1.0, 1.0 - side), np.minimum(1.0, 1.0 + side)], axis=1)
            made += heard * balance * self._value(track.find("Channel/Volume"))[:, None]
        return made * self._value(group.find("Channel/Volume"))[:, None]

    def _clip(self, clip: ElementTree.Element, into: NDArray[np.float64]) -> None:
        start, length, offset, fade_in, fade_out = (
            round(float(clip.attrib[name]) * self.rate_hz)
            for name in ("time", "duration", "playStart", "fadeInTime", "fadeOutTime")
        )
        file = clip.find("Audio/File")
        assert file is not None
        with self.archive.open(file.attrib["path"]) as source:
            audio, rate_hz = soundfile.read(io.BytesIO(source.read()), always_2d=True)
        assert rate_hz == self.rate_hz
        assert audio.shape[1] == int(clip.find("Audio").attrib["channels"])  # type: ignore[union-attr]
        part = np.repeat(audio, 3 - audio.shape[1], axis=1)[offset : offset + length]
        at = np.arange(length)
        gain = np.ones(length)
        for ends, fade in ((at, fade_in), (length - at, fade_out)):
            gain *= np.clip(ends / fade, 0.0, 1.0) if fade else 1.0
        into[start : start + length] += part * gain[:, None]

    def _value(self, parameter: ElementTree.Element | None) -> NDArray[np.float64]:
        """A parameter's value at every sample."""
        assert parameter is not None
        points = self.automation.get(parameter.attrib["id"])
        if points is None:
            return np.full(self.samples, float(parameter.attrib["value"]))
        low, high = float(parameter.attrib["min"]), float(parameter.attrib["max"])
        made, last = np.zeros(self.samples), 0
        known = list(points.iterfind("RealPoint"))
        for number, point in enumerate(known):
            start, value = round(float(point.attrib["time"]) * self.rate_hz), float(point.attrib["value"])
            assert start >= last, "points must be in order"
            assert low <= value <= high
            made[start:] = value
            if point.attrib["interpolation"] == "linear" and number + 1 < len(known):
                end = round(float(known[number + 1].attrib["time"]) * self.rate_hz)
                made[start:end] = np.linspace(
                    value, float(known[number + 1].attrib["value"]), end - start, endpoint=False
                )
            last = start
        return made
