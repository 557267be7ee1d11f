"""The audit of one file: what can be said of it blind, and, where its plan is known, of every line and cue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import inf

import numpy as np

from producer.audit import channels, foreseen, moments
from producer.audit.compared import AUDIBLE_DB
from producer.audit.field import Field
from producer.audit.finding import Finding, Kind, clock
from producer.audit.levels import CELLS
from producer.audit.match import Match, matched
from producer.audit.planned import Plan, PlannedClip
from producer.audit.programme import SILENT_DB, Figures, Floats, Heard, figures, runs, wider
from producer.audit.reference import Keep, Margin, Reference
from producer.audit.shares import shares
from producer.audit.shift import HARMLESS_S
from producer.audit.steady import steady
from producer.audit.verdicts import Fault, FileFacts, Verdict, delivered, verdicts
from producer.audit.wording import finding_of
from producer.errors import Place
from producer.frozen import dataclass

_LEVEL_LU = 0.35
_CODEC_LU = 1.5
"""A codec with few bits may turn the whole down by so much."""
_NEAR_FULL_DB = -10.0
_RENDER_AGAIN = "render it again"
_LOSSY = ("mp3", "aac", "opus")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipReport:
    """One line or cue: what was planned, and what was heard of it."""

    clip: PlannedClip
    match: Match
    margin: Margin | None
    mono_loss_lu: float | None
    limited_db: float | None
    """What the master's limiter takes off a line by plan; None for all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All that the audit has to say of one file."""

    name: str
    mix: str
    profile: str | None
    facts: FileFacts
    heard: Heard
    figures: Figures
    findings: tuple[Finding, ...]
    clips: tuple[ClipReport, ...]
    verdicts: Mapping[str, Verdict]
    plan: Plan | None
    compared: bool
    """Whether there was a reference to hold the file against."""
    curves: tuple[list[float | None], list[float | None]]
    """Momentary and short-term loudness every `CURVE_S`, LUFS, None in silence; each value at its window's end."""


def audit(
    name: str,
    facts: FileFacts,
    heard: Heard,
    *,
    plan: Plan | None = None,
    reference: Reference | None = None,
    profile: str | None = None,
    kind: str | None = None,
    keep: Keep | None = None,
    placed: Heard | None = None,
) -> Audit:
    """Hold a file against its plan.

    Args:
        name: what the file is called.
        heard: all of it, listened to.
        plan: its timeline, reference: how it should sound; without them only what can be known blind is said.
        profile: what it is for, where that is not what the reference says.
        kind: the format in which it was asked for; None for the profile's own.
        keep: may know what was found out of stretches before.
        placed: all of it again, put into its place, where it is late or early (`shift.late_samples`).
    """
    numbers = figures(heard)
    target = profile or (reference.profile if reference is not None else None)
    known = plan is not None and reference is not None
    share = None
    if plan is not None and reference is not None:
        kept = replace(plan, clips=tuple(clip for clip in plan.clips if clip.id in reference.clips.placed))
        share = kept.bed_share
    verdict = verdicts(
        facts, heard, numbers, planned=reference.profile if reference is not None else None, bed_share=share
    )
    faults = verdict[target].faults if target is not None else ()
    if target is not None and kind is not None:
        faults = delivered(facts, heard, numbers, target, kind, share).faults
    findings: list[Finding] = []
    reports: tuple[ClipReport, ...] = ()
    if heard.damage:
        findings.append(
            _plain("damaged", heard.length_s, f"the file is broken here: {heard.damage}", "make or fetch it again")
        )
    if known:
        assert plan is not None and reference is not None
        late_s = 0.0 if placed is None else heard.length_s - placed.length_s
        found, reports, level_db = _compared(
            plan, reference, placed or heard, any(fault.kind == "peak" for fault in faults), _again(facts), keep, late_s
        )
        findings += [*_length(reference, heard, late_s), *found]
        if reports:
            as_planned = abs(level_db) <= _CODEC_LU and target == reference.profile
            clips = {report.clip.id: report.clip for report in reports}
            findings += foreseen.limited(reference, clips, faults if as_planned else ())
        faults = foreseen.not_told(_explained(faults, foreseen.others(findings), level_db), findings)
    findings += _faults(faults, foreseen.others(findings), heard, reports)
    findings += _flat_tops(foreseen.others(findings), heard)
    return Audit(
        name=name,
        mix=reference.mix if reference is not None else "",
        profile=target,
        facts=facts,
        heard=heard,
        figures=numbers,
        findings=tuple(sorted(findings, key=lambda one: (one.start_s, one.where or Place(""), one.kind))),
        clips=reports,
        verdicts=verdict,
        plan=plan,
        compared=known,
        curves=(_curve(heard.momentary_lufs), _curve(heard.short_term_lufs)),
    )


def _curve(lufs: Floats) -> list[float | None]:
    return [round(value, 1) + 0.0 if -70.0 < value < inf else None for value in lufs.tolist()]


def _plain(kind: Kind, at_s: float, what: str, mend: str, end_s: float | None = None) -> Finding:
    return Finding(
        kind=kind,
        where=None,
        start_s=at_s,
        end_s=at_s if end_s is None else end_s,
        what=what,
        mend=mend,
    )


def _again(facts: FileFacts) -> str:
    """What mends a click or a hole, which an encoder that leaves something out makes again each time."""
    if facts.codec not in _LOSSY:
        return _RENDER_AGAIN
    encoder = f"its {facts.codec.upper()} encoder"
    return f"{_RENDER_AGAIN}; if it comes again, {encoder} makes it: take another format (--format)"


def _compared(
    plan: Plan, reference: Reference, heard: Heard, peaks: bool, again: str, keep: Keep | None, late_s: float
) -> tuple[list[Finding], tuple[ClipReport, ...], float]:
    clips = {clip.id: clip for clip in plan.clips if clip.id in reference.clips.placed}
    wrong = channels.compared(reference, heard)
    findings = list(wrong)
    field = Field(reference, heard.seen, heard.compared)
    if channels.of_one_channel(wrong):
        return findings, (), 0.0  # what could be said of lines and cues would be wrong
    if field.unlike:
        findings.append(
            _plain(
                "unlike",
                0.0,
                "this is not the programme that the timeline plans: much of it is too loud, and as much too quiet",
                "render it again, so that file and timeline belong together",
                heard.length_s,
            )
        )
        return findings, (), field.level_db
    if peaks:
        field.unlimited()
    if late_s < 0.0:
        field.usable[: field.frames_of(-late_s) + 1] = False  # what is cut off is named as that
    outline = moments.Outline(reference, heard.seen, heard.compared)
    silent = tuple(_silences(field, heard, clips))
    gaps = moments.gaps(outline, field)
    sums = shares(field, heard.seen.channels, partial(reference.keeping, keep))
    matches = matched(field, sums)
    kept = [match for match in matches if match.clip in clips]
    findings += silent
    told = wider(field.explained, 3)
    for gap in gaps:
        if told[int(gap.start_s / field.frame_s) : int(gap.end_s / field.frame_s) + 1].any():
            continue  # a clip that is missing leaves holes, too
        length = f"about {max(1, round((gap.end_s - gap.start_s) * 1000))} ms"
        findings.append(
            _located("dropout", gap.start_s, gap.end_s, f"the sound drops out for {length}", again, clips, field)
        )
    said = [finding_of(match, clips) for match in kept]
    findings += [one for one in said if one is not None]
    there = {match.clip for match in kept if match.state == "found"}
    lost = channels.mono_losses(field.clips, sums) if heard.channels == 2 else {}
    losses = {name: loss for name, loss in lost.items() if name in there}
    findings += foreseen.mono(losses, clips, reference.mix) if not any(one.kind == "channel" for one in wrong) else ()
    findings += foreseen.margins(reference, clips)
    if not wrong:
        for start_s, end_s in channels.turned(reference, heard):
            what = f"left and right are swapped for {end_s - start_s:.1f} s"
            if not field.explained[int(start_s / field.frame_s) : int(end_s / field.frame_s) + 1].any():
                findings.append(_located("channel", start_s, end_s, what, _RENDER_AGAIN, clips, field))
    if not any(one.kind in ("loud", "replaced") for one in findings):
        findings += _noise(reference, heard, field.level_db)
    for click in moments.clicks(outline, field) if channels.together(wrong) else ():
        if peaks and outline.planned_near(click.start_s) + field.level_db > _NEAR_FULL_DB:
            continue  # what is over full scale was clipped, and clicks
        findings.append(_located("click", click.start_s, click.end_s, "there is a click", again, clips, field))
    reports = tuple(
        ClipReport(
            clip=clips[match.clip],
            match=match,
            margin=reference.margins.get(match.clip),
            mono_loss_lu=losses.get(match.clip),
            limited_db=reference.limited.off_db.get(match.clip, 0.0) if clips[match.clip].kind == "speech" else None,
        )
        for match in sorted(kept, key=lambda match: (clips[match.clip].start_s, match.clip))
    )
    return findings, reports, field.level_db


def _noise(reference: Reference, heard: Heard, level_db: float) -> Iterator[Finding]:
    found = steady(reference, heard, level_db)
    if found is not None:
        what = f"something steady that was not mixed lifts what is quiet by {found.risen_db:.0f} dB, {found.where}"
        yield _plain("noise", 0.0, what, "look at how the file was made after the render", heard.length_s)


def _length(reference: Reference, heard: Heard, late_s: float) -> Iterator[Finding]:
    planned_s = reference.samples / reference.rate_hz
    if abs(late_s) > HARMLESS_S:
        why = "something was put before it, or into it" if late_s > 0 else "its beginning is cut off, or some of it out"
        yield _plain(
            "shifted",
            0.0,
            f"it comes {abs(late_s):.2f} s {'late' if late_s > 0 else 'early'}: {why}",
            "look at how the file was made after the render; chapters and captions go by the render's own",
            heard.length_s,
        )
    off_s = heard.length_s - late_s - planned_s
    if off_s < -HARMLESS_S and not heard.damage:
        yield _plain(
            "truncated",
            heard.length_s,
            f"the file ends {-off_s:.2f} s before its time ({clock(heard.length_s)} of {clock(planned_s + late_s)})",
            "make or fetch it again",
            planned_s + late_s,
        )
    if off_s > HARMLESS_S:
        yield _plain(
            "overlong",
            planned_s + late_s,
            f"the file goes on for {off_s:.2f} s after its end",
            "render it again, so that file and timeline belong together",
            heard.length_s,
        )


def _located(
    kind: Kind, start_s: float, end_s: float, what: str, mend: str, clips: Mapping[str, PlannedClip], field: Field
) -> Finding:
    """A finding at a time, with the place of what is loudest there: as it begins, or over all of it for a channel."""
    frame = min(max(0, int(start_s / field.frame_s)), max(0, field.frames - 1))
    last = min(int(end_s / field.frame_s) if kind == "channel" else frame + 1, field.frames)
    loudest: tuple[float, PlannedClip] | None = None
    for name, clip in clips.items():
        power = float(field.own(field.clips[name], frame, last).sum())
        if power > 0.0 and (loudest is None or power > loudest[0]):
            loudest = (power, clip)
    found = _plain(kind, start_s, what, mend, end_s)
    if loudest is None:
        return found
    return replace(found, where=loudest[1].where, what=f"{what} in {loudest[1].called}", clip=loudest[1].id)


def _silences(field: Field, heard: Heard, clips: Mapping[str, PlannedClip]) -> Iterator[Finding]:
    """Silence of half a second or more where sound is planned, and not of one clip that ends or begins there."""
    silent, planned = np.zeros(field.frames, np.bool_), np.zeros(field.frames, np.bool_)
    least = CELLS.coded(np.array(AUDIBLE_DB + 10.0))
    for start, end in pairwise(field.edges):
        level = heard.seen.channels[start:end][:, :2].sum(axis=1)
        silent[start : start + len(level)] = 10.0 * np.log10(np.maximum(level / 2.0, 1e-12)) < SILENT_DB
        planned[start:end] = field.expected.codes(start, end).max(axis=1) > least
    for start, end in runs(silent):
        hole = runs(planned[start:end])
        if not hole or sum(high - low for low, high in hole) * field.frame_s < 0.5:
            continue
        low, high = start + hole[0][0], start + hole[-1][1]
        inside = []
        for name in clips:
            own = field.own(field.clips[name], low, high).sum()
            if own * 10.0 ** (field.level_db / 10.0) > 10.0 ** (AUDIBLE_DB / 10.0):
                inside.append(name)
        if len(inside) == 1:
            first, last = field.span(field.clips[inside[0]])
            if low <= first + 5 or high >= last - 5:
                continue  # this one is missing, or cut short
        if field.wanting(start, end, field.frames_of(4.0 * moments.AROUND_S)):
            continue
        field.usable[start:end] = False
        yield _located(
            "silence",
            low * field.frame_s,
            high * field.frame_s,
            f"{(high - low) * field.frame_s:.1f} s of silence that the script did not ask for",
            _RENDER_AGAIN,
            clips,
            field,
        )


def _explained(faults: tuple[Fault, ...], findings: list[Finding], level_db: float) -> tuple[Fault, ...]:
    """Without the faults that a finding explains: what is not there makes the whole quieter."""
    if not findings or abs(level_db) > _LEVEL_LU:
        return faults
    return tuple(fault for fault in faults if fault.kind not in ("loudness", "head", "rms"))


def _faults(
    faults: tuple[Fault, ...], findings: list[Finding], heard: Heard, reports: tuple[ClipReport, ...]
) -> Iterator[Finding]:
    """The target's faults as findings; peaks that come with something else are said with it."""
    loud = [fault for fault in faults if fault.kind in ("loudness", "rms") and " too loud" in fault.what]
    for fault in faults:
        if fault.kind != "peak":
            more = ""
            if fault in loud and any(other.kind == "peak" for other in faults):
                more = f", and its peaks with it ({heard.loudness.true_peak_dbtp:.1f} dBTP)"
            found = _plain(fault.kind, fault.at_s, fault.what + more, fault.mend)
            yield _sounding(found, fault, reports) if fault.at_s and fault.kind == "loudness" else found
            continue
        if loud or any(one.start_s - 0.1 <= fault.at_s <= one.end_s + 0.1 and one.clip for one in findings):
            continue
        yield _sounding(_plain("peak", fault.at_s, fault.what, fault.mend), fault, reports)


def _sounding(found: Finding, fault: Fault, reports: tuple[ClipReport, ...]) -> Finding:
    """A finding of a fault with what sounds there: a sound that has just begun before what goes on under it."""
    there = [one.clip for one in reports if one.clip.start_s <= fault.at_s <= one.clip.end_s]
    spots = [clip for clip in there if clip.kind == "sound"] or there
    spot = max(spots, key=lambda clip: clip.start_s, default=None)
    if spot is None:
        return found
    return replace(found, where=spot.where, what=f"{found.what}, in {spot.called}", clip=spot.id)


def _flat_tops(findings: list[Finding], heard: Heard) -> Iterator[Finding]:
    """Clipping, unless something louder than it should be already says so."""
    rate = heard.seen.rate_hz
    left = [
        (start / rate, end / rate)
        for start, end in heard.flat_tops
        if not any(one.start_s - 0.1 <= start / rate <= one.end_s + 0.1 and one.clip for one in findings)
    ]
    if not left or any(
        one.kind == "peak" or (one.kind in ("loudness", "rms") and "loud" in one.what) for one in findings
    ):
        return
    count = f"{len(left)} places are" if len(left) > 1 else "one place is"
    yield _plain(
        "clipping",
        left[0][0],
        f"{count} clipped: flat at full scale for 3 samples or more",
        "turn it down before it is encoded",
        left[-1][1],
    )
