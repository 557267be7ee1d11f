"""How much of a script is recorded, and how much the voices still speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from producer import render
from producer.cache import Cache
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.timeline import Clip
from producer.voice.naming import names


@dataclass(frozen=True, slots=True)
class Left:
    """A line that no one has recorded."""

    file: str  # the name that its recording would have
    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the cast: what is recorded and what is synthetic, in lines and seconds of speech."""

    member: str
    name: str
    voice: str
    recorded: int
    recorded_s: float
    synthetic: int
    synthetic_s: float
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """All of the cast, and what was noticed of the recordings."""

    members: tuple[Member, ...]
    recorded: render.Recorded


def status(order: render.Order, cache: Cache, watch: render.Watch) -> Status:
    """Read off the episode as it would be rendered now. Raises ScriptError, PackError, VoiceError."""
    placed = render.plan(order, cache, watch)
    clips: dict[str, list[Clip]] = {}
    for clip in placed.timeline.clips:
        if clip.kind == "speech" and clip.scene != placed.script.credits_scene:
            clips.setdefault(clip.name, []).append(clip)
    called = names(placed.script.lines)
    rate_hz = placed.timeline.rate_hz
    members = tuple(_member(placed.script, member, said, called, rate_hz) for member, said in clips.items())
    return Status(members, placed.recorded)


def _member(
    script: Script, member: str, clips: Sequence[Clip], called: Mapping[tuple[str, int], str], rate_hz: int
) -> Member:
    taken = [clip for clip in clips if "take" in clip.source]
    left = [clip for clip in clips if "take" not in clip.source]
    known = script.cast.get(member)
    whole = {line.id: line.text for line in script.lines}  # also of a line that is cut off: it is recorded whole
    return Member(
        member=member,
        name=known.name if known else member,
        voice=known.voice if known else "",
        recorded=len(taken),
        recorded_s=_spoken_s(taken, rate_hz),
        synthetic=len(left),
        synthetic_s=_spoken_s(left, rate_hz),
        left=tuple(Left(called[clip.line, clip.voice], str(clip.place), whole[clip.line]) for clip in left),
    )


def _spoken_s(clips: Sequence[Clip], rate_hz: int) -> float:
    return sum(part.length for clip in clips for part in clip.parts) / rate_hz
