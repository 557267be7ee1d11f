"""The audit as a page: one self-contained file with plots, no scripts, nothing from anywhere else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from producer.audit.audit import Audit, ClipReport
from producer.audit.finding import clock
from producer.audit.programme import CURVE_S
from producer.audit.report import heard_counts
from producer.model.profile import PROFILES
from producer.templates import templates

WIDTH, LEFT, RIGHT = 1200.0, 44.0, 12.0
TOP, PLOT = 26.0, 250.0
"""The plot in its own units: outer width, margins, and the height of the loudness curve."""
LOWEST_LUFS, HIGHEST_LUFS = -60.0, 0.0
LANE, GAP = 17.0, 4.0
_LANES = (("speech", "lines"), ("sound", "cues"), ("bed", "beds"), ("music", "music"))
_STATES = {
    "found": "found",
    "missing": "missing",
    "quiet": "too quiet",
    "loud": "too loud",
    "moved": "moved",
    "cut short": "cut short",
    "replaced": "replaced",
    "inaudible": "inaudible",
    "unclear": "cannot be told",
}


def html(audits: Sequence[Audit], title: str) -> str:
    """The page of an episode's audits; the same values give the same page."""
    page = (
        templates("producer.audit")
        .get_template("audit.html")
        .generate(title=title, files=[_file(one) for one in audits])
    )
    return _gathered(page) + "\n"


def _gathered(pieces: Iterator[str]) -> str:
    """A text of very many little pieces, of which only some are there at a time."""
    made: list[str] = []
    while some := list(islice(pieces, 1 << 12)):
        made.append("".join(some))
    return "".join(made)


def _file(audit: Audit) -> dict[str, Any]:
    loud = audit.heard.loudness
    figures = [
        ("loudness", _number(loud.integrated_lufs), "LUFS"),
        ("range", _number(loud.range_lu), "LU"),
        ("true peak", _number(loud.true_peak_dbtp), "dBTP"),
        ("length", clock(audit.heard.length_s), ""),
        ("left − right", _number(audit.figures.balance_db), "dB"),
        ("lost in mono", _number(audit.figures.mono_loss_lu), "LU"),
    ]
    return {
        "name": audit.name,
        "mix": audit.mix,
        "profile": audit.profile,
        "compared": audit.compared,
        "counts": heard_counts(audit),
        "figures": figures,
        "findings": audit.findings,
        "plot": _plot(audit),
        "verdicts": [
            (name, one.passes, "; ".join(f"{fault.what} → {fault.mend}" for fault in one.faults))
            for name, one in audit.verdicts.items()
        ],
        "freed": any(one.margin is not None and one.margin.freed_lu is not None for one in audit.clips),
        "lines": [_line(one) for one in audit.clips if one.clip.kind == "speech"],
        "cues": [_cue(one) for one in audit.clips if one.clip.kind != "speech"],
    }


def _plot(audit: Audit) -> dict[str, Any]:
    length_s = max(audit.heard.length_s, audit.plan.length_s if audit.plan is not None else 0.0, 1.0)

    def x(seconds: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(max(seconds, 0.0), length_s) / length_s, 1)

    def y(lufs: float) -> float:
        held = min(max(lufs, LOWEST_LUFS), HIGHEST_LUFS)
        return round(TOP + PLOT * (HIGHEST_LUFS - held) / (HIGHEST_LUFS - LOWEST_LUFS), 1)

    def line(values: Sequence[float | None]) -> str:
        at = np.arange(len(values)) * CURVE_S
        across = LEFT + (WIDTH - LEFT - RIGHT) * np.minimum(at, length_s) / length_s
        held = np.clip([-70.0 if value is None else value for value in values], LOWEST_LUFS, HIGHEST_LUFS)
        down = TOP + PLOT * (HIGHEST_LUFS - held) / (HIGHEST_LUFS - LOWEST_LUFS)
        return " ".join(f"{one:.1f},{other:.1f}" for one, other in zip(across.tolist(), down.tolist(), strict=True))

    momentary, short = audit.curves
    short_line = line(short)
    bottom = TOP + PLOT
    lanes, boxes = [], []
    at = bottom + 10.0
    for kind, called in _LANES:
        inside = [one for one in audit.clips if one.clip.kind == kind]
        if not inside:
            continue
        lanes.append((called, at + LANE - 4.5))
        for one in inside:
            start, end = x(one.clip.start_s), x(one.clip.end_s)
            good = one.match.state in ("found", "unclear")
            said = f"{clock(one.clip.start_s)} {one.clip.called}: {_STATES[one.match.state]}"
            boxes.append((start, at, max(2.0, end - start), good, said))
        at += LANE + GAP
    profile = PROFILES.get(audit.profile or "")
    band = None
    if profile is not None and profile.loudness_lufs is not None:
        high, low = profile.loudness_lufs + profile.tolerance_lu, profile.loudness_lufs - profile.tolerance_lu
        band = {"y": y(high), "height": round(max(1.5, y(low) - y(high)), 1), "says": f"{profile.loudness_lufs:g} LUFS"}
    step = next(step for step in (5, 10, 15, 30, 60, 120, 300, 600, 1800, 36000) if length_s / step <= 14)
    return {
        "height": at + 22.0,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": bottom,
        "lane": LANE,
        "rows": [(y(level), f"{level:g}") for level in (-10.0, -20.0, -30.0, -40.0, -50.0)],
        "ticks": [(x(t), f"{t // 60}:{t % 60:02d}") for t in range(0, int(length_s) + 1, step)],
        "foot": at + 14.0,
        "momentary": line(momentary),
        "area": f"{x(0)},{bottom} {short_line} {x((len(short) - 1) * CURVE_S)},{bottom}" if short else "",
        "short": short_line,
        "band": band,
        "lanes": lanes,
        "boxes": boxes,
        "marks": [(x(one.start_s), number) for number, one in enumerate(audit.findings, 1)],
    }


def _line(one: ClipReport) -> tuple[str | bool, ...]:
    """A row of the table of lines; a tuple, for Jinja looks up a name in a thing several times as long."""
    margin = one.margin
    beds = music = freed = ""
    if margin is not None:
        beds = _margin(margin.beds_lu, margin.asked_beds_lu)
        music = _margin(margin.music_lu, margin.asked_music_lu)
        freed = "" if margin.freed_lu is None else _number(margin.freed_lu)
    return (clock(one.clip.start_s), one.clip.text, *_heard(one), beds, music, freed, _mono(one), str(one.clip.where))


def _margin(is_lu: float | None, asked_lu: float) -> str:
    return "" if is_lu is None else f"{is_lu:.1f} of {asked_lu:g}"


def _cue(one: ClipReport) -> tuple[str | bool, ...]:
    """A row of the table of cues."""
    band, over_db = one.match.band_hz, one.match.over_db
    return (
        clock(one.clip.start_s),
        {"sound": "cue"}.get(one.clip.kind, one.clip.kind),
        one.clip.name,
        *_heard(one),
        "" if over_db is None else f"{'≥ ' if over_db >= 60 else ''}{over_db:+.0f}",
        "" if band is None else f"{_hertz(band[0])}–{_hertz(band[1])}",
        _mono(one),
        str(one.clip.where),
    )


def _heard(one: ClipReport) -> tuple[bool, str, str]:
    """Whether all is well, what was heard, and how far off it is."""
    off_db = one.match.level_off_db
    off = "" if off_db is None else f"{round(off_db, 1) + 0.0:+.1f}"
    return one.match.state in ("found", "unclear"), _STATES[one.match.state], off


def _mono(one: ClipReport) -> str:
    return "" if one.mono_loss_lu is None else f"{one.mono_loss_lu:.1f}"


def _hertz(hz: float) -> str:
    return f"{hz / 1000:.1f}k" if hz >= 1000 else f"{hz:.0f}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−") if math.isfinite(value) else "none"
