"""Matches as findings: in the writer's words, at the script's place, with the mend."""

from __future__ import annotations

from collections.abc import Mapping

from producer.audit.finding import Finding, Kind, clock
from producer.audit.match import Match
from producer.audit.planned import PlannedClip

_AGAIN = "this is not what was mixed: render it again, and look at what was done to the file since"


def finding_of(match: Match, clips: Mapping[str, PlannedClip]) -> Finding | None:
    """What there is to say of one clip; None when all is well, or nothing can be told."""
    clip = clips[match.clip]
    made = _said(match, clip, clips)
    if made is None:
        return None
    kind, start_s, end_s, what, mend = made
    return Finding(
        kind=kind, where=clip.where, start_s=start_s, end_s=end_s, what=f"{clip.called} {what}", mend=mend, clip=clip.id
    )


def _said(
    match: Match, clip: PlannedClip, clips: Mapping[str, PlannedClip]
) -> tuple[Kind, float, float, str, str] | None:
    start, end = clip.start_s, clip.end_s
    said: tuple[Kind, float, float, str, str] | None = None
    match match.state:
        case "missing":
            said = "missing", start, end, "is missing", _AGAIN
        case "quiet" | "loud":
            off = match.level_off_db or 0.0
            how = f"is {abs(off):.0f} dB {'quieter' if off < 0 else 'louder'} than planned"
            said = match.state, start, end, how, _AGAIN
        case "moved":
            ms = round(match.moved_s * 1000)
            there = clock(start + match.moved_s)
            said = "moved", start, end, f"comes {abs(ms)} ms {'late' if ms > 0 else 'early'}, at {there}", _AGAIN
        case "replaced":
            said = "replaced", start, end, "is not what sounds there: another sound is in its place", _AGAIN
        case "cut short":
            said = _cut(match, clip)
        case "inaudible":
            said = _inaudible(match, clip, clips)
    return said


def _cut(match: Match, clip: PlannedClip) -> tuple[Kind, float, float, str, str]:
    low, high = match.gap or (clip.start_s, clip.end_s)
    low, high = max(low, clip.start_s), min(max(high, low), max(clip.end_s, low))
    spoken = [word for word in clip.words if word[2] > word[1]]
    gone = [word for word in spoken if (word[1] + word[2]) / 2.0 >= low and (word[1] + word[2]) / 2.0 < high + 0.1]
    left = [word for word in spoken if (word[1] + word[2]) / 2.0 < low]
    if gone and left and gone[-1] is spoken[-1]:
        count = f"the last {len(gone)} words are" if len(gone) > 1 else "the last word is"
        return "cut short", low, clip.end_s, f"is cut short after “{left[-1][0]}”: {count} missing", _AGAIN
    if gone:
        said = " ".join(word[0] for word in gone[:6])
        return "cut short", low, high, f"lacks “{said}{' …' if len(gone) > 6 else ''}”", _AGAIN
    if high >= clip.end_s - 0.1:
        return "cut short", low, clip.end_s, f"is cut short: its last {clip.end_s - low:.1f} s are missing", _AGAIN
    return "cut short", low, high, f"is missing from {clock(low)} to {clock(high)}", _AGAIN


def _inaudible(
    match: Match, clip: PlannedClip, clips: Mapping[str, PlannedClip]
) -> tuple[Kind, float, float, str, str]:
    over = clips.get(match.under)
    if match.needs_db is None:
        return (
            "inaudible",
            clip.start_s,
            clip.end_s,
            "cannot be heard: nothing of it is left in the mix",
            "look at its level, its sound and what it is heard through",
        )
    buried = f" under {over.called}" if over is not None else ""
    return (
        "inaudible",
        clip.start_s,
        clip.end_s,
        f"cannot be heard: it lies {match.needs_db:.0f} dB too low{buried}, even in the band where it stands out most",
        f"raise it by {max(1, round(match.needs_db + 0.5))} LU, or move it to where there is less",
    )
