"""What is to be said about a sound, from its facts: figures and limits in, remarks out.

Severities: an `error` keeps the pack from sounding as it should; a `warning` is heard by whoever listens closely, or
binds a user's hands; a `note` is worth knowing. The limits stand here, each with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from producer.audio import Audio
from producer.frozen import dataclass
from producer.model.sound import Kind
from producer.packs.hearing import Facts
from producer.packs.tables import counted, seconds
from producer.sounds import edges

Severity = Literal["error", "warning", "note"]
RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)
DC = 10.0 ** (-60.0 / 20.0)  # full scale: as the foley's own rule has it
LEAD_S = 0.05  # longer than any hardware's latency: it was left in by the cut
TAIL_S = 0.5
CUT_OFF = 10.0 ** (-40.0 / 20.0)
"""Beside the highest sample: a last one this high is no longer the noise of a room."""
QUIET_DBFS = -50.0
"""A peak this low leaves 16 bits with under 8: raised to the cue's level, its noise is raised too."""
FOLD_LU = 3.0
"""Unrelated channels lose 3.0 LU in mono; more means that the two sides cancel each other."""
CANCELS_LU = 4.5
SPREAD_LU = 6.0
SHORTEST_S = {"hit": 0.01, "steps": 0.02, "stinger": 0.1, "bed": 10.0}
"""A bed under 10 s: one hears it come round."""
LONGEST_S = {"hit": 30.0, "steps": 3.0, "stinger": 600.0, "bed": 1800.0}
SEAM_DB = 3.0  # the smallest jump in level that a listener who is not waiting for it notices
HEARD_DB = 1.0  # the least difference in level that is heard: a seam may move by so much more than the sound does
RARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about a sound: what it is, its figure, and how to mend it in one clause."""

    severity: Severity
    check: str
    what: str
    figure: float | None = None
    unit: str = ""
    mend: str = ""


def of_torn(what: str) -> Remark:
    """A file of which the end is missing, in the words of `sounds.torn`."""
    return Remark(severity="warning", check="cut_off", what=what, mend="export or fetch it anew: it plays up to there")


def of_samples(facts: Facts) -> list[Remark]:
    """What holds for recordings and for foley alike: cut tops, too loud, too quiet, shifted, gone in mono."""
    found: list[Remark] = []
    if not facts.finite:
        what = "holds a sample that is not a number"
        found.append(Remark(severity="error", check="not_finite", what=what, mend="export it anew"))
    if facts.clipped_runs:
        first_s = facts.clipped_at / facts.rate_hz
        what = f"clipped in {counted(facts.clipped_runs, 'place')}, first at {first_s:.3f} s"
        found.append(_remark("error", "clipping", what, facts.clipped_runs, "runs", "record or export it lower"))
    elif facts.peak > 1.0:
        what = f"peaks at {facts.peak_dbfs:+.1f} dBFS: any format but float cuts it off"
        mend = f"lower it by {math.ceil(facts.peak_dbfs + 1.0)} dB and save it again; its level here stays the cue's"
        found.append(_remark("warning", "over_full_scale", what, facts.peak_dbfs, "dBFS", mend))
    if not facts.peak:
        found.append(
            Remark(severity="error", check="near_silence", what="is nothing but silence", mend="record it anew")
        )
    elif facts.peak_dbfs < QUIET_DBFS:
        what = f"nearly silent: peaks at {facts.peak_dbfs:.1f} dBFS"
        mend = "record it nearer; the cue's level raises its noise with it"
        found.append(_remark("warning", "near_silence", what, facts.peak_dbfs, "dBFS", mend))
    if abs(facts.dc) > DC:
        shift_dbfs = 20.0 * math.log10(abs(facts.dc))
        what = f"shifted off zero (DC) by {shift_dbfs:.1f} dBFS"
        mend = "high-pass it at 20 Hz, or every start and end of it clicks elsewhere; a render takes it out"
        found.append(_remark("warning", "dc", what, shift_dbfs, "dBFS", mend))
    if facts.fold_loss_lu >= FOLD_LU + 0.05:
        cancels = facts.fold_loss_lu >= CANCELS_LU
        what = f"loses {facts.fold_loss_lu:.1f} LU in mono"
        mend = "its channels cancel each other: turn one's polarity, or use one" if cancels else "narrow it a little"
        found.append(_remark("warning" if cancels else "note", "mono", what, facts.fold_loss_lu, "LU", mend))
    return found


def of_recording(facts: Facts, kind: Kind, *, onset_given: bool) -> list[Remark]:
    """What holds for a file on its own, used as this kind of sound."""
    found = of_samples(facts)
    if facts.rate_hz not in RATES_HZ:
        what = f"has a rate of {facts.rate_hz} Hz"
        low = facts.rate_hz < min(RATES_HZ)
        lost = (
            f"nothing over {facts.rate_hz // 2000} kHz is left of it; find the original" if low else "save it at 48 kHz"
        )
        found.append(_remark("warning", "rate", what, facts.rate_hz, "Hz", lost))
    if kind != "bed":
        if facts.lead_s > LEAD_S and not onset_given:
            what = f"is silent for {seconds(facts.lead_s)} before it begins"
            mend = "cut it off: what is placed by its start comes late"
            found.append(_remark("warning", "lead_in", what, round(facts.lead_s, 3), "s", mend))
        if facts.tail_s > TAIL_S:
            what = f"is silent for {seconds(facts.tail_s)} after it has ended"
            mend = "cut it off: a cue waits for it"
            found.append(_remark("warning", "tail", what, round(facts.tail_s, 3), "s", mend))
        if facts.last > CUT_OFF * facts.peak:
            under_db = 20.0 * math.log10(facts.last / facts.peak)
            what = f"is cut off in mid-wave: its last sample is at {under_db:.0f} dB of its highest"
            mend = f"let it ring out, or fade it; a render fades its last {1000 * edges.OUT_S:g} ms"
            found.append(_remark("warning", "ends_mid_wave", what, round(under_db, 1), "dB", mend))
    elif max(facts.lead_s, facts.tail_s) > TAIL_S:
        what = f"is silent for {seconds(max(facts.lead_s, facts.tail_s))} at an end"
        found.append(
            _remark(
                "warning", "tail", what, round(max(facts.lead_s, facts.tail_s), 3), "s", "cut it off: a bed goes on"
            )
        )
    if facts.length_s < SHORTEST_S[kind]:
        mend = "record more of it: one hears it come round" if kind == "bed" else "give it its whole sound"
        found.append(_length("warning", "too_short", facts, f"is short for a {_called(kind)}", mend))
    if facts.length_s > LONGEST_S[kind]:
        mend = "cut it into single steps" if kind == "steps" else "say 'kind: bed', or cut it"
        found.append(_length("warning", "too_long", facts, f"is long for a {_called(kind)}", mend))
    return found


def _called(kind: Kind) -> str:
    return {"steps": "single step"}.get(kind, kind)


def _length(severity: Severity, check: str, facts: Facts, what: str, mend: str) -> Remark:
    return _remark(severity, check, f"{what}: {seconds(facts.length_s)}", round(facts.length_s, 3), "s", mend)


def of_pool(kind: Kind, pool: Sequence[Facts], weights: Sequence[float], *, recorded: bool) -> list[Remark]:
    """What holds for the variations of one sound beside each other; `recorded`: all of them are files."""
    found: list[Remark] = []
    if kind == "steps" and len(weights) == 1:
        found.append(
            _remark("warning", "one_step", "has one step: a walk repeats it", 1, "variations", "give it five or more")
        )
    if recorded:
        rates = sorted({facts.rate_hz for facts in pool})
        if len(rates) > 1:
            what = f"mixes rates: {', '.join(f'{rate / 1000:g}' for rate in rates)} kHz"
            found.append(_remark("note", "mixed_rates", what, len(rates), "rates", "save them all at 48 kHz"))
        if len({facts.channels for facts in pool}) > 1:
            mono = sum(facts.channels == 1 for facts in pool)
            what = f"mixes {counted(mono, 'mono file')} and {len(pool) - mono} in stereo"
            mend = "make them alike: the width jumps from one to the next"
            found.append(_remark("warning", "mixed_channels", what, mono, "mono files", mend))
    levels = [facts.loudness_lufs for facts in pool if math.isfinite(facts.loudness_lufs)]
    # What is recorded is brought to its level with its noise; what is computed has none.
    if recorded and len(levels) > 1 and max(levels) - min(levels) > SPREAD_LU:
        spread_lu = max(levels) - min(levels)
        what = f"has variations {spread_lu:.1f} LU apart"
        mend = "each is brought to the cue's level: re-record the softest, or make it a role of its own"
        found.append(_remark("warning", "spread", what, round(spread_lu, 1), "LU", mend))
    share = [weight / sum(weights) for weight in weights]
    if len(share) > 1 and max(share) > 0.5 + 1e-9:
        what = f"gives one variation {max(share):.0%} of the weight"
        mend = "none follows itself, so every second playing is the most that it gets"
        found.append(_remark("note", "weight", what, round(max(share), 3), "share", mend))
    if len(share) > 1 and min(share) < min(RARE, 0.2 / len(share)):  # rare, and not only because the pool is large
        what = f"has a variation that is heard {min(share):.2%} of the time"
        found.append(
            _remark("note", "weight", what, round(min(share), 5), "share", "raise its weight, or leave it out")
        )
    return found


def of_seam(
    around: Audio, turn: int, fade: int, rate_hz: int, facts: Facts, own_jumps_db: Sequence[float]
) -> list[Remark]:
    """What can be heard where a bed goes round.

    Args:
        around: the looped bed as it is played, from at least half a second before the seam to half a second after.
        turn: the sample in it where the fade from end to beginning starts; it lasts `fade` samples, perhaps 0.
        facts: of the recording that is looped.
        own_jumps_db: how far its level moves anyway over such a time, dB; the seam may be as large as most of them.
    """
    found: list[Remark] = []
    at = sorted({turn, turn + fade})
    step = max(float(np.abs(around[sample] - around[sample - 1]).max()) for sample in at)
    if facts.step > 0.0 and step > facts.step:
        over_db = 20.0 * math.log10(step / facts.step)
        what = f"clicks where it loops: a step {over_db:.1f} dB over all but 1 in 1000 of its own"
        mend = "set 'loop: {start, end}' where both sides are alike, or record a longer one"
        found.append(_remark("warning", "seam", what, round(over_db, 1), "dB", mend))
    window = round(0.4 * rate_hz)
    before, after = around[max(0, turn - window) : turn], around[turn + fade : turn + fade + window]
    jump_db = abs(level_db(after) - level_db(before))
    usual_db = float(np.percentile(own_jumps_db, 95)) if len(own_jumps_db) else 0.0
    if jump_db > max(SEAM_DB, usual_db + HEARD_DB):
        what = f"jumps {jump_db:.1f} dB in level where it loops"
        mend = "set 'loop: {start, end}' where it is equally loud"
        found.append(_remark("warning", "seam_level", what, round(jump_db, 1), "dB", mend))
    return found


def level_db(audio: Audio) -> float:
    """Mean level, dB; never under -120."""
    return power_db(float(np.square(audio, dtype=np.float64).mean()) if len(audio) else 0.0)


def power_db(power: float) -> float:
    """The same of a mean power that is known."""
    return 10.0 * math.log10(max(power, 1e-12))


def jumps_db(levels_db: Sequence[float], apart: int) -> list[float]:
    """How far a level moves within `apart` windows, everywhere in it."""
    return [abs(later - before) for before, later in zip(levels_db, levels_db[apart:], strict=False)]


def _remark(severity: Severity, check: str, what: str, figure: float, unit: str, mend: str) -> Remark:
    return Remark(severity=severity, check=check, what=what, figure=round(float(figure), 3), unit=unit, mend=mend)
