"""What a producer wants to read when an episode is done."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from producer.audit import report as audit_report
from producer.model.mixes import STANDARD
from producer.project import seen_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from producer.audit.audit import Audit
    from producer.mix.margin import LineMargin
    from producer.model.script import Line, Script
    from producer.model.timeline import Timeline
    from producer.model.voice import TakeReport
    from producer.production import Delivered, Recorded, Report
    from producer.timeline.cue_sheet import CueRow


def facts(report: Report, here: Path) -> dict[str, object]:
    """The summary as one JSON object; numbers are rounded to what can be heard, files are named from `here`."""
    rate = report.timeline.rate_hz
    standard, *others = report.mixes
    return {
        "title": report.script.title,
        "profile": report.profile.name,
        "length_s": round(report.timeline.duration / rate, 3),
        **_measured(standard),
        **_unweighted(report),
        "packs": {pack: list(roles) for pack, roles in report.filled.items()},
        "untranslated": list(report.script.untranslated),
        "changed": [{"where": str(one.at), "what": one.what} for one in report.script.changed],
        "warnings": [str(one) for one in report.torn],
        "recorded": recorded(report.recorded, sum(len(line.voices) for line in _of_story(report.script))),
        "credits": {
            "spoken": [line.text for line in report.script.lines if line.scene == report.script.credits_scene],
            "why_not": _unspoken(report),
        },
        "tightest_margin": _margin(standard, report.timeline),
        "over_freed": _freed(standard, report.timeline),
        "mixes": {
            one.style.name: _measured(one)
            | {
                "tightest_margin": _margin(one, report.timeline),
                "over_freed": _freed(one, report.timeline),
                "file": seen_from(one.file, here),
            }
            for one in others
        },
        "stems": [seen_from(path, here) for path in report.stems],
        "formats": [
            {"file": seen_from(one.file, here), "format": one.kind.name, "mix": one.style.name, **_measured(one)}
            for one in report.further
        ],
        "audit": [
            *(
                f"{one.mix}: {line}" if one.mix != STANDARD.name else line
                for one in report.audits[: len(report.mixes)]
                for line in audit_lines(one)
            ),
            *_further_lines(report.audits[len(report.mixes) :]),
        ],
        "findings": [audit_report.finding(found) for one in report.audits for found in one.findings],
        "files": [seen_from(path, here) for path in report.files],
    }


def _of_story(script: Script) -> list[Line]:
    """The lines that are not credits."""
    return [line for line in script.lines if not script.credits_scene or line.scene != script.credits_scene]


def _unspoken(report: Report) -> str:
    from producer.script.spoken_credits import unspoken

    return unspoken(report.script, synthetic=any("voice" in clip.source for clip in report.timeline.clips))


def _measured(mix: Delivered) -> dict[str, object]:
    """What a mix's file measures, decoded, and in how many rounds it was brought there."""
    return {
        "loudness_lufs": _rounded(mix.measured.integrated_lufs),
        "loudness_range_lu": _rounded(mix.measured.range_lu),
        "true_peak_dbtp": _rounded(mix.measured.true_peak_dbtp),
        "rounds": mix.rounds,
    }


def _unweighted(report: Report) -> dict[str, object]:
    """What the standard mix's file measures as a profile like acx asks for it."""
    if report.profile.rms_db is None:
        return {}
    found = report.audits[0].figures
    return {"rms_db": _rounded(found.rms_db), "floor_db": _rounded(found.floor_db)}


def _margin(mix: Delivered, timeline: Timeline) -> dict[str, object]:
    spans = {clip.id: clip for clip in timeline.clips}
    return {
        kind: {
            "margin_lu": _rounded(over),
            "asked_lu": asked,
            "line": clip,
            "at_s": round(spans[clip].span.start / timeline.rate_hz, 2),
            "where": str(spans[clip].place),
        }
        for kind, (over, asked, clip) in _tightest(mix.margins).items()
    }


def _freed(mix: Delivered, timeline: Timeline) -> dict[str, object] | None:
    """The line that stands least over beds and music with `duck: no`, and what those are; None where there are none."""
    over = min(((one.over_freed_lu, one.clip) for one in mix.margins if math.isfinite(one.over_freed_lu)), default=None)
    if over is None:
        return None
    line = timeline.clip(over[1])
    freed = (clip for clip in timeline.clips if clip.kind in ("bed", "music") and clip.duck is False)
    under = {clip.name for clip in freed if clip.span.start < line.span.end and line.span.start < clip.span.end}
    return {
        "margin_lu": _rounded(over[0]),
        "freed": sorted(under),
        "line": line.id,
        "at_s": round(line.span.start / timeline.rate_hz, 2),
        "where": str(line.place),
    }


def audit_lines(audit: Audit) -> list[str]:
    """What the audit heard, or what is not as planned, a line each."""
    return [str(found) for found in audit.findings] or [audit_report.heard_counts(audit)]


def _further_lines(audits: Iterable[Audit]) -> list[str]:
    """What the audit heard in files of other formats: where nothing is wrong, their names in a line."""
    found = [f"{one.name}: {line}" for one in audits if one.findings for line in audit_lines(one)]
    good = [one.name for one in audits if not one.findings]
    return ([f"the same in {', '.join(good)}"] if good else []) + found


def _tightest(margins: Iterable[LineMargin]) -> dict[str, tuple[float, float, str]]:
    """For beds and music: the least that speech stands above them, what was asked there, and the line."""
    rows = {
        "beds": [(m.over_beds_lu - m.asked_beds_lu, m.over_beds_lu, m.asked_beds_lu, m.clip) for m in margins],
        "music": [(m.over_music_lu - m.asked_music_lu, m.over_music_lu, m.asked_music_lu, m.clip) for m in margins],
        "sounds": [(m.over_sounds_lu - m.asked_beds_lu, m.over_sounds_lu, m.asked_beds_lu, m.clip) for m in margins],
    }
    least = {kind: min(found, default=None) for kind, found in rows.items()}
    return {kind: row[1:] for kind, row in least.items() if row is not None and math.isfinite(row[0])}


def text(found: dict[str, object]) -> str:
    """The facts as a few lines for people."""
    length = found["length_s"]
    assert isinstance(length, float)
    minutes, seconds = divmod(int(length + 1e-6), 60)  # whole seconds that are over, as players and pages count
    lines = [
        f"{found['title']}: {minutes}:{seconds:02d} for {found['profile']}",
        f"loudness   {_shown(found['loudness_lufs'])} LUFS, range {_shown(found['loudness_range_lu'])} LU",
        f"true peak  {_shown(found['true_peak_dbtp'])} dBTP, on the decoded file",
    ]
    if "rms_db" in found:
        lines.append(f"rms        {_shown(found['rms_db'])} dB, quietest {_shown(found['floor_db'])} dB")
    packs = found["packs"]
    assert isinstance(packs, dict)
    if packs:
        lines.append(f"sounds     {filled(packs)}")
    left = found["untranslated"]
    if isinstance(left, list) and left:
        lines.append(untranslated(left))
    changed = found["changed"]
    lines += [changed_line(one) for one in changed] if isinstance(changed, list) else []
    taken = found["recorded"]
    assert isinstance(taken, dict)
    if taken["takes"]:
        lines.append(f"recorded   {len(taken['takes'])} of {taken['lines']} lines; what is left is synthetic")
    lines += [f"take       {line}" for line in take_lines(taken)]
    warned = found["warnings"]
    lines += [f"warning    {one}" for one in warned] if isinstance(warned, list) else []
    spoken = found["credits"]
    assert isinstance(spoken, dict)
    if spoken["why_not"]:
        lines.append(f"credits    {spoken['why_not']}")
    margins = found["tightest_margin"]
    assert isinstance(margins, dict)
    for kind, margin in margins.items():
        lines.append(
            f"speech     {_shown(margin['margin_lu'])} LU over {kind} at least (asked {_shown(margin['asked_lu'])}): "
            f"{_located(margin)}"
        )
    freed = found["over_freed"]
    if isinstance(freed, dict):
        names = ", ".join(repr(name) for name in freed["freed"])
        lines.append(f"speech     {_stands(freed)} what duck: no frees ({names}): {_located(freed)}")
    mixes = found["mixes"]
    assert isinstance(mixes, dict)
    lines += [f"mix        {name}: {_mix(mix)}" for name, mix in mixes.items()]
    further = found["formats"]
    assert isinstance(further, list)
    lines += [
        f"format     {_named(one)}: {_shown(one['loudness_lufs'])} LUFS, true peak {_shown(one['true_peak_dbtp'])} dBTP"
        for one in further
    ]
    said = found["audit"]
    assert isinstance(said, list)
    lines += [f"{'audit' if index == 0 else '':<11}{line}" for index, line in enumerate(said)]
    stems, files = found["stems"], found["files"]
    assert isinstance(stems, list) and isinstance(files, list)
    lines += [f"wrote      {name}" for name in files if name not in stems]
    if stems:
        folder = min((Path(name).parent.as_posix() for name in stems), key=len)
        lines.append(f"wrote      {folder}/: {len(stems)} stems")
    return "\n".join(lines)


def _located(margin: Mapping[str, Any]) -> str:
    """Which line has a margin, when, and where it stands."""
    tenths = round(margin["at_s"] * 10)
    return f"{margin['line']} at {tenths // 600}:{tenths % 600 / 10:04.1f}, {margin['where']}"


def _stands(freed: Mapping[str, Any]) -> str:
    """How far the line that stands least over what is freed is over it, or under it: nothing was asked of that."""
    over_lu = freed["margin_lu"]
    return f"{_shown(over_lu)} LU over" if over_lu >= 0.0 else f"{_shown(-over_lu)} LU under"


def _named(file: Mapping[str, Any]) -> str:
    """A file's format, and its mix where that is not the standard one."""
    return str(file["format"]) if file["mix"] == STANDARD.name else f"{file['format']}, {file['mix']}"


def _mix(mix: Mapping[str, Any]) -> str:
    """A listener mix in a few words."""
    over = [
        f"speech {_shown(margin['margin_lu'])} LU over {kind} at least"
        for kind, margin in mix["tightest_margin"].items()
    ]
    if mix["over_freed"]:
        over.append(f"speech {_stands(mix['over_freed'])} what duck: no frees")
    level = f"{_shown(mix['loudness_lufs'])} LUFS, range {_shown(mix['loudness_range_lu'])} LU"
    return "; ".join([f"{level}, true peak {_shown(mix['true_peak_dbtp'])} dBTP", *over])


def untranslated(ids: Sequence[str]) -> str:
    """Which texts of an edition are still the original's."""
    shown = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
    return f"translate  {len(ids)} {'text is' if len(ids) == 1 else 'texts are'} still the original's: {shown}"


def changed_line(one: Mapping[str, str]) -> str:
    """A text of an edition that is translated from words which the script no longer has."""
    return f"changed    {one['where']}: {one['what']}"


def take(report: TakeReport) -> dict[str, object]:
    """What was heard in a recording, as a JSON object."""
    return {
        "line": report.line,
        "member": report.member,
        "where": str(report.place),
        "file": report.file,
        "length_s": round(report.length_s, 2),
        "wpm": report.wpm,
        "peak_dbfs": report.peak_dbfs,
        "over_noise_db": report.noise_db,
        "room_s": report.room_s,
        "remarks": list(report.remarks),
    }


def take_figures(report: TakeReport) -> str:
    """A recording's figures in a few words."""
    room = f", room {report.room_s:.2f} s" if report.room_s is not None else ""
    return (
        f"{report.length_s:.1f} s, {report.wpm:.0f} wpm, peak {report.peak_dbfs:.1f} dBFS, "
        f"{report.noise_db:.0f} dB over its noise{room}"
    )


def recorded(found: Recorded, lines: int) -> dict[str, object]:
    """What actors recorded, of so many lines (one said together counts for each voice), as a JSON object."""
    strays = [{"file": file, "why": why} for file, why in found.strays]
    return {"lines": lines, "takes": [take(one) for one in found.takes], "strays": strays}


def take_lines(found: Mapping[str, Any]) -> list[str]:
    """What a producer should know of recordings, one line each; nothing of those that are good."""
    said = [f"{one['file']} ({one['where']}): {remark}" for one in found["takes"] for remark in one["remarks"]]
    return said + [f"{one['file']} is not heard: {one['why']}" for one in found["strays"]]


def filled(packs: Mapping[str, Sequence[str]]) -> str:
    """Which pack fills how many of the script's roles; those after the first are named: no fallback is unsaid."""
    first, *others = packs.items()
    name, roles = first
    said = [f"{len(roles)} {'role' if len(roles) == 1 else 'roles'} from {name}"]
    said += [f"{len(roles)} from {name}" + (f" ({', '.join(roles)})" if roles else "") for name, roles in others]
    return ", ".join(said)


def cue(row: CueRow) -> dict[str, object]:
    """A row of the cue sheet as a JSON object; times in samples, as in `timeline.json`."""
    place = {"file": row.where.file, "line": row.where.line, "column": row.where.column}
    heard = {"start": int(row.start), "end": int(row.end), "time": row.time, "level_lu": row.level_lu}
    return {"kind": row.kind, "id": row.id, "name": row.name} | heard | {"at": place}


def cue_line(row: CueRow) -> str:
    """A row of the cue sheet for people."""
    level = "" if row.level_lu is None else f"{row.level_lu:+.1f} LU"
    return f"{row.time:>11}  {row.kind:<6} {level:>9}  {row.name:<28} {row.id:<24} {row.where}"


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None


def _shown(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else "none"
