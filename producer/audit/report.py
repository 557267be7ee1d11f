"""The audit as a document (`audit.json`) and as a few lines for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from producer.audit.audit import Audit, ClipReport
from producer.audit.finding import Finding, clock
from producer.audit.programme import CURVE_S

VERSION = 1


def document(audits: Iterable[Audit]) -> dict[str, Any]:
    """Version 1 of `audit.json` (docs/audit.md), ready for `json.dumps`: no dates, no paths."""
    return {"version": VERSION, "files": [_file(one) for one in audits]}


def _file(audit: Audit) -> dict[str, Any]:
    loud, numbers = audit.heard.loudness, audit.figures
    momentary, short = audit.curves
    return {
        "file": audit.name,
        "mix": audit.mix or None,
        "profile": audit.profile,
        "compared_with_plan": audit.compared,
        "format": {
            "codec": audit.facts.codec,
            "rate_hz": audit.facts.rate_hz,
            "channels": audit.facts.channels,
            "kbps": list(audit.facts.kbps),
            "bits": audit.facts.bits,
        },
        "measured": {
            "length_s": round(audit.heard.length_s, 3),
            "loudness_lufs": _rounded(loud.integrated_lufs),
            "loudness_range_lu": _rounded(loud.range_lu),
            "max_momentary_lufs": _rounded(loud.max_momentary_lufs),
            "max_short_term_lufs": _rounded(loud.max_short_term_lufs),
            "true_peak_dbtp": _rounded(loud.true_peak_dbtp),
            "true_peak_at_s": round(audit.heard.peak_at / audit.heard.seen.rate_hz, 3),
            "sample_peak_db": _rounded(loud.sample_peak_db),
            "clipped_places": len(audit.heard.flat_tops),
            "rms_db": _rounded(numbers.rms_db),
            "floor_db": _rounded(numbers.floor_db),
            "head_s": round(numbers.head_s, 2),
            "tail_s": round(numbers.tail_s, 2),
            "balance_db": _rounded(numbers.balance_db),
            "correlation": _rounded(numbers.correlation),
            "mono_loss_lu": _rounded(numbers.mono_loss_lu),
            "silences": [[round(start, 2), round(end, 2)] for start, end in numbers.silences],
        },
        "findings": [finding(one) for one in audit.findings],
        "verdicts": {
            name: {
                "passes": one.passes,
                "faults": [{"kind": fault.kind, "what": fault.what, "mend": fault.mend} for fault in one.faults],
            }
            for name, one in audit.verdicts.items()
        },
        "clips": [_clip(one) for one in audit.clips],
        "curve": {"step_s": CURVE_S, "momentary_lufs": momentary, "short_term_lufs": short},
    }


def finding(one: Finding) -> dict[str, Any]:
    """A finding as a JSON object."""
    return {
        "kind": one.kind,
        "clip": one.clip or None,
        "where": None if one.where is None else str(one.where),
        "start_s": round(one.start_s, 3),
        "end_s": round(one.end_s, 3),
        "what": one.what,
        "mend": one.mend,
        **({"instead": one.instead} if one.instead else {}),
    }


def _clip(one: ClipReport) -> dict[str, Any]:
    match, margin = one.match, one.margin
    found: dict[str, Any] = {
        "id": one.clip.id,
        "kind": one.clip.kind,
        "name": one.clip.name,
        "where": str(one.clip.where),
        "start_s": round(one.clip.start_s, 3),
        "end_s": round(one.clip.end_s, 3),
        "state": match.state,
        "heard_at_s": heard_at_s(one),
        "level_off_db": _rounded(match.level_off_db, 1),
        "over_db": _rounded(match.over_db, 1),
        "band_hz": None if match.band_hz is None else [round(edge) for edge in match.band_hz],
        "mono_loss_lu": _rounded(one.mono_loss_lu),
    }
    if one.limited_db is not None:
        found["limited_db"] = one.limited_db
    if margin is not None:
        found["speech_margin"] = {
            "over_beds_lu": margin.beds_lu,
            "asked_beds_lu": margin.asked_beds_lu,
            "over_music_lu": margin.music_lu,
            "asked_music_lu": margin.asked_music_lu,
            "over_freed_lu": margin.freed_lu,
        }
    return found


def heard_at_s(one: ClipReport) -> float | None:
    """When a clip was heard, or None where it was not."""
    if one.match.state in ("found", "quiet", "loud", "moved", "cut short"):
        return round(one.clip.start_s + one.match.moved_s, 3)
    return None


def text(audits: Iterable[Audit]) -> str:
    """One line for each file where all is well; else each finding, and what the other profiles say."""
    return "\n".join(line for one in audits for line in _lines(one))


def _lines(audit: Audit) -> list[str]:
    lines = [f"{audit.name}: {_heading(audit)}"]
    lines += [f"  {one}" for one in audit.findings]
    if not audit.compared:
        lines.append(
            "  no timeline.json and reference lie beside it: lines, cues, clicks, gaps and silences cannot be judged"
        )
    if audit.findings or not audit.compared:
        lines += [f"  {line}" for line in verdict_lines(audit)]
    return lines


def _heading(audit: Audit) -> str:
    loud = audit.heard.loudness
    measured = f"{_shown(loud.integrated_lufs)} LUFS, range {loud.range_lu:.1f} LU, {_shown(loud.true_peak_dbtp)} dBTP"
    length = clock(audit.heard.length_s)
    if not audit.compared:
        return f"{length}, {measured}"
    if audit.findings:
        count = len(audit.findings)
        return f"{count} {'thing is' if count == 1 else 'things are'} not as planned; {length}, {measured}"
    return f"as planned: {heard_counts(audit)}; {measured}, fit for {audit.profile}"


def heard_counts(audit: Audit) -> str:
    """How many lines and cues were found; a line that is said together is one, and found when all its voices are."""
    kinds: Mapping[str, tuple[str, str]] = {
        "speech": ("line", "lines"),
        "sound": ("cue", "cues"),
        "bed": ("bed", "beds"),
        "music": ("music", "musics"),
    }
    said = []
    for kind, (single, several) in kinds.items():
        there: dict[str, bool] = {}
        for one in (one for one in audit.clips if one.clip.kind == kind):
            name = one.clip.line or one.clip.id
            there[name] = there.get(name, True) and one.match.state == "found"
        found = sum(there.values())
        if there:
            count = (
                f"all {found}" if found == len(there) > 1 else f"{found} of {len(there)}" if found < len(there) else "1"
            )
            said.append(f"{count} {several if len(there) > 1 else single}")
    return (", ".join(said) + " found") if said else "nothing to be found"


def verdict_lines(audit: Audit) -> list[str]:
    """What each profile says, one line each."""
    lines = []
    for name, one in audit.verdicts.items():
        if one.passes:
            lines.append(f"{name}: passes")
        else:
            lines.append(f"{name}: fails: " + "; ".join(fault.what for fault in one.faults))
    return lines


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits) + 0.0


def _shown(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "no"
