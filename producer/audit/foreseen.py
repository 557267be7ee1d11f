"""Findings that the plan has already, before anybody listens: what was rendered is what was asked, and is not good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from producer.audit import channels
from producer.audit.finding import Finding, Kind
from producer.audit.planned import PlannedClip
from producer.audit.reference import Reference
from producer.audit.verdicts import Fault
from producer.model.mixes import MIXES
from producer.model.profile import PROFILES

_KINDS: tuple[Kind, ...] = ("inaudible", "limited", "margin", "mono")
LIMITED_DB = 3.0
"""More than this the limiter takes off no line of a programme that its profile fits; mostly it is under 1 dB."""


def others(findings: Iterable[Finding]) -> list[Finding]:
    """Without those: what is wrong with the file itself, and may explain what else is."""
    return [one for one in findings if one.kind not in _KINDS]


def mono(losses: Mapping[str, float], clips: Mapping[str, PlannedClip], mix: str) -> Iterator[Finding]:
    """Clips of which too much is lost on one loudspeaker, by what each loses, LU."""
    if mix in MIXES and MIXES[mix].headphones:  # nobody hears it on one loudspeaker
        return
    for name, loss in losses.items():
        if name in clips and loss > channels.MONO_LOSS_LU:
            what = f"loses {loss:.1f} LU where both channels become one"
            yield _of_clip("mono", clips[name], what, "give it less width (width: 50 %), or another sound")


def margins(reference: Reference, clips: Mapping[str, PlannedClip]) -> Iterator[Finding]:
    """Lines that stand less far over what lies under them than the script asks."""
    for name, margin in reference.margins.items():
        for under, is_lu, asked in (
            ("beds", margin.beds_lu, margin.asked_beds_lu),
            ("music", margin.music_lu, margin.asked_music_lu),
        ):
            if name in clips and is_lu is not None and is_lu < asked - 0.05:
                what = f"stands {is_lu:.1f} LU over {under}, the script asks for {asked:.1f} LU"
                mend = f"lower what lies under it by {asked - is_lu:.1f} LU, or ask for less (speech_margin)"
                yield _of_clip("margin", clips[name], what, mend)


def not_told(faults: Iterable[Fault], findings: Iterable[Finding]) -> tuple[Fault, ...]:
    """Without the faults that a finding tells of."""
    told = [one.what for one in findings]
    return tuple(fault for fault in faults if not any(fault.what in what for what in told))


def limited(reference: Reference, clips: Mapping[str, PlannedClip], faults: Iterable[Fault] = ()) -> Iterator[Finding]:
    """Lines that come out nearer to what is heard between them than the script has it: one finding for all.

    Args:
        faults: of the whole; that it is quiet for its profile is told with it, for so the lines were spared.
    """
    off_db, lower_lu = reference.limited.off_db, reference.limited.lower_lu
    crowded_db = PROFILES[reference.profile].crowded_db if reference.profile in PROFILES else 0.0
    least_db = LIMITED_DB + crowded_db
    quiet = [fault.what for fault in faults if fault.kind in ("loudness", "rms") and " too loud" not in fault.what]
    quiet = quiet if reference.limited.spared else []
    lines = sorted((clips[name] for name in off_db if name in clips), key=lambda clip: clip.start_s)
    told = [clip for clip in lines if off_db[clip.id] >= least_db] or (lines[:1] if quiet else [])
    if not told:
        return
    shown = max(told, key=lambda one: off_db[one.id])
    mend = "lower it, or what is loudest over it"
    if lower_lu is not None:  # not a loud moment: the gain is too much for all of them
        shown = told[0]
        mend = (
            f"lower what plays between the lines by {lower_lu} LU{_loudest(reference, clips)}: "
            f"there it counts for the loudness that {reference.profile} asks for"
        )
    elif quiet or (crowded_db and len(told) > len(lines) / 2):
        mend = (
            f"{reference.profile} leaves these voices little room under its peak: have it louder by other voices, "
            "by less pause, or by a profile that is less loud"
        )
    what = "so much the master's limiter takes off it"
    if len(told) > 1:
        others = [off_db[one.id] for one in told if one is not shown]
        what += f", and up to {max(others):.1f} dB off {len(others)} other{'s' * (len(others) > 1)}"
    if quiet:
        what += f"; more gain would crush the lines, so {' and '.join(quiet)}"
    what = f"is {off_db[shown.id]:.1f} dB nearer to all that is quieter than the script has it: {what}"
    yield _of_clip("limited", shown, what, mend)


def _loudest(reference: Reference, clips: Mapping[str, PlannedClip]) -> str:
    """What most is heard of beside the lines, as a remark."""
    placed = reference.clips.placed
    sums = {
        clip.id: float(reference.clips.own(placed[clip.id], placed[clip.id].first, placed[clip.id].last).sum())
        for clip in clips.values()
        if clip.kind != "speech"
    }
    if not sums:
        return ""
    most = clips[max(sums, key=lambda name: (sums[name], name))]
    return f" (most of it is {most.called}, {most.where})"


def _of_clip(kind: Kind, clip: PlannedClip, what: str, mend: str) -> Finding:
    """What is true of a clip from its beginning to its end."""
    return Finding(
        kind=kind,
        where=clip.where,
        start_s=clip.start_s,
        end_s=clip.end_s,
        what=f"{clip.called} {what}",
        mend=mend,
        clip=clip.id,
    )
