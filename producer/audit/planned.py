"""What `timeline.json` plans, as far as the audit needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from producer.errors import Place
from producer.frozen import dataclass


class BrokenTimelineError(Exception):
    """The document is no timeline of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedClip:
    """One line, cue, bed or music."""

    id: str
    kind: str
    name: str
    scene: str
    where: Place
    start_s: float
    end_s: float
    text: str = ""
    words: tuple[tuple[str, float, float], ...] = ()  # as written, and when
    line: str = ""  # whose voices have a clip each where it is said together; "" of what is no speech

    @property
    def called(self) -> str:
        """What a writer calls it."""
        if self.kind == "speech":
            words = self.text.split()
            short = " ".join(words[:5]) + (" …" if len(words) > 5 else "")
            return f"{self.name}'s line “{short}”"
        return {"sound": "cue", "bed": "bed", "music": "music"}.get(self.kind, "clip") + f" '{self.name}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole episode."""

    rate_hz: int
    samples: int
    clips: tuple[PlannedClip, ...]
    scenes: tuple[tuple[str, float, float], ...]  # title, from, to

    @property
    def length_s(self) -> float:
        return self.samples / self.rate_hz

    @property
    def bed_share(self) -> float:
        """How much of the episode has a bed or music under it, 0 … 1."""
        spans = sorted((clip.start_s, clip.end_s) for clip in self.clips if clip.kind in ("bed", "music"))
        covered, reached = 0.0, 0.0
        for start, end in spans:
            covered += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return covered / self.length_s if self.samples else 0.0


def plan_of(document: Mapping[str, Any]) -> Plan:
    """The plan in a document. Raises BrokenTimelineError when it is none."""
    try:
        if document["version"] != 1:
            raise BrokenTimelineError(f"is of version {document['version']}; this Producer reads 1")
        rate_hz = int(document["rate_hz"])
        if rate_hz <= 0:
            raise ValueError("its rate is no rate")
        file = str(document["script"]["file"])
        return Plan(
            rate_hz=rate_hz,
            samples=int(document["duration"]),
            clips=tuple(_clip(one, file, rate_hz) for one in document["clips"]),
            scenes=tuple(
                (str(one["title"]), one["start"] / rate_hz, one["end"] / rate_hz) for one in document["scenes"]
            ),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise BrokenTimelineError(f"is no timeline of an episode ({type(wrong).__name__}: {wrong})") from None


def _clip(one: Mapping[str, Any], file: str, rate_hz: int) -> PlannedClip:
    at = one["at"]
    return PlannedClip(
        id=str(one["id"]),
        kind=str(one["kind"]),
        name=str(one["name"]),
        scene=str(one["scene"]),
        where=Place(str(at.get("file", file)), int(at["line"]), int(at["column"])),
        start_s=one["start"] / rate_hz,
        end_s=one["end"] / rate_hz,
        text=str(one.get("text", "")),
        line=str(one.get("line", "")),
        words=tuple(
            (str(word["text"]), word["start"] / rate_hz, word["end"] / rate_hz) for word in one.get("words", ())
        ),
    )
