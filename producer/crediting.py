"""What spoken credits are made from: the voices of a script, and the authors of the sounds that are heard in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from fractions import Fraction

from producer.model.script import Line, Script
from producer.model.sound import Use
from producer.model.timeline import Timeline
from producer.script.spoken_credits import unspoken as why_unspoken
from producer.script.spoken_credits import with_credits
from producer.sounds.palette import PackPalette

Speech = tuple[str, int]
"""A line's id and the number of one of its voices."""


def foreseen(script: Script, asked: Iterable[str], palette: PackPalette, recorded: Set[Speech] = frozenset()) -> Script:
    """The script with its credits as they would be if every variation of every sound were heard.

    That is how they mostly turn out to be, so they can be spoken together with all other lines.

    Args:
        asked: the roles that the script asks packs for, in their order.
    """
    roles = dict.fromkeys(asked)
    return with_credits(script, recorded, _ordered(one for role in roles for one in palette.credited(role)))


def exact(
    script: Script, timeline: Timeline, palette: PackPalette, recorded: Set[Speech], heard: Iterable[Use]
) -> Script:
    """The script with its credits as they are: from the sounds that are heard on the timeline, and no others.

    Args:
        script: without credits.
        timeline: with those that were foreseen.
        heard: what is heard on it.
    """
    members = dict.fromkeys((use.role, use.member) for use in heard)
    authors = _ordered(one for role, member in members for one in palette.credited(role, member))
    return with_credits(script, recorded, authors, Fraction(_overrun(script, timeline), timeline.rate_hz))


def _overrun(script: Script, timeline: Timeline) -> int:
    """How many samples of the credits have gone by when the last sound of the story ends."""
    scenes = {scene.id for scene in script.scenes}
    begins = [scene.span.start for scene in timeline.scenes if scene.id not in scenes]
    ends = [clip.span.end for clip in timeline.clips if clip.scene in scenes and clip.kind in ("sound", "speech")]
    return max(0, max(ends, default=0) - begins[0]) if begins else 0


def story_end(script: Script, timeline: Timeline) -> int:
    """The sample at which everything but the credits is over; 0 when nothing else is heard."""
    ends = [clip.span.end for clip in timeline.clips if clip.scene != script.credits_scene]
    ends += [scene.span.end for scene in timeline.scenes if scene.id != script.credits_scene]
    return max(ends, default=0)


def changed(was: Script, now: Script) -> tuple[Line, ...]:
    """The lines of `now` that `was` has not, or not in these words."""
    known: Mapping[str, Line] = {line.id: line for line in was.lines}
    return tuple(line for line in now.lines if known.get(line.id) != line)


def unspoken(script: Script, recorded: Set[Speech]) -> str:
    """Why credits that should be there are not, and what to do; "" when they are there, or not wanted."""
    speeches = {(line.id, index) for line in script.lines for index in range(len(line.voices))}
    return why_unspoken(script, synthetic=bool(speeches - set(recorded)))


def _ordered(authors: Iterable[tuple[str, bool]]) -> list[str]:
    """Each author once, those first whom a licence asks to be named; else by name, whichever is heard first."""
    named: dict[str, bool] = {}
    for author, must in authors:
        if author:
            named[author] = named.get(author, False) or must
    return sorted(named, key=lambda author: (not named[author], author.casefold(), author))
