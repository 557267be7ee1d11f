"""The listening page's edge: gathers what it shows from an episode that is finished and audited."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from producer import page
from producer.audit.audit import Audit
from producer.audit.programme import CURVE_S, Heard
from producer.deliver import captions, chapters, credits, sound_captions
from producer.dsp.grid import frame_s
from producer.levels import Levels
from producer.model.formats import FORMATS
from producer.model.mixes import STANDARD
from producer.model.profile import PROFILES
from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline
from producer.page import values
from producer.production import Delivered
from producer.units import gain

PAGE = "index.html"
WAVE_S = 0.05
"""The step of the drawn wave: 2.4 kB of page a minute, peak and body together."""
_AT_ONCE = 1 << 16


def listening_page(
    script: Script,
    timeline: Timeline,
    delivered: Sequence[Delivered],
    audits: Sequence[Audit],
    levels: Levels,
    named: tuple[Sequence[Origin], Mapping[str, str]],
    picture: bytes,
) -> str:
    """The page of an episode.

    Args:
        delivered: its mixes, the standard one first, maybe in several kinds of file; audits: of each of them.
        levels: of the standard mix before its master.
        named: where each sound came from, and what each role is called.
        picture: the cover.
    """
    played = _played(delivered, audits)
    mixes = tuple(_mix(one, audit) for one, audit in played)
    return page.html(shown(script, timeline, mixes, _wave(levels, played[0][0]), named, picture))


def shown(
    script: Script,
    timeline: Timeline,
    mixes: tuple[values.Mix, ...],
    wave: values.Wave | None,
    named: tuple[Sequence[Origin], Mapping[str, str]],
    picture: bytes | None,
) -> values.Shown:
    """What a page of an episode shows; `named` as for `listening_page`."""
    origins, titles = named
    cast = credits.voices(timeline, script)
    return values.Shown(
        facts=values.Facts(
            title=script.title,
            show=script.show,
            season=script.season,
            episode=script.episode,
            language=script.language,
            writer=script.writer,
            producer=script.producer,
            summary=script.summary,
            date=script.date,
        ),
        timeline=timeline,
        mixes=mixes,
        wave=wave,
        chapters=tuple(
            values.Chapter(title=one.title, start_s=one.start_ms / 1000, end_s=one.end_ms / 1000)
            for one in chapters.chapters(timeline, script)
        ),
        noises=tuple(
            values.Noise(start_s=one.start_ms / 1000, text=one.text)
            for one in sound_captions.heard(timeline, script, titles)
        ),
        speakers=captions.speakers(timeline, script),
        titles=titles,
        voices=tuple(values.Voice(name=one.name, source=one.source, replica_of=one.replica_of) for one in cast),
        disclosure=credits.disclosure(cast),
        origins=tuple(origins),
        cover=picture,
    )


def _played(delivered: Sequence[Delivered], audits: Sequence[Audit]) -> tuple[tuple[Delivered, Audit], ...]:
    """Each mix once, in the kind of file that most browsers play: the formats are in that order."""
    kinds, best = list(FORMATS), dict[str, tuple[Delivered, Audit]]()
    for one, audit in zip(delivered, audits, strict=True):
        known = best.setdefault(one.style.name, (one, audit))
        if kinds.index(one.kind.name) < kinds.index(known[0].kind.name):
            best[one.style.name] = one, audit
    return tuple(best.values())


def _mix(one: Delivered, audit: Audit) -> values.Mix:
    loud, numbers = audit.heard.loudness, audit.figures
    profile = PROFILES.get(audit.profile or "")
    verdict = audit.verdicts.get(audit.profile or "")
    _, short = audit.curves
    return values.Mix(
        name=one.style.name,
        title=(one.style.title or "full mix").capitalize(),
        says="Everything, as it was written" if one.style == STANDARD else one.style.says,
        file=one.file.name,
        measured=values.Measured(
            lufs=_finite(loud.integrated_lufs),
            range_lu=_finite(loud.range_lu),
            peak_dbtp=_finite(loud.true_peak_dbtp),
            rms_db=_finite(numbers.rms_db),
            floor_db=_finite(numbers.floor_db),
            mono_loss_lu=_finite(numbers.mono_loss_lu),
            channels=audit.facts.channels,
        ),
        profile=profile,
        faults=frozenset(fault.kind for fault in verdict.faults) if verdict is not None else frozenset(),
        findings=tuple(
            values.Finding(
                start_s=found.start_s,
                end_s=found.end_s,
                what=found.what,
                mend=found.mend,
                where="" if found.where is None else str(found.where),
                clip=found.clip,
            )
            for found in audit.findings
        ),
        audited=audit.compared,
        short_lufs=short,
        short_step_s=CURVE_S,
    )


def _wave(levels: Levels, standard: Delivered) -> values.Wave:
    """The wave as it is delivered: the mix's peaks at the master's gain under its ceiling, the file's own RMS."""
    plan, heard = standard.plan, standard.heard
    steps = max(1, math.ceil(heard.length_s / WAVE_S))
    ceiling = 1.0 if plan.ceiling_dbtp is None else gain(plan.ceiling_dbtp)
    peaks = np.minimum(_highest(levels.peaks, steps, WAVE_S / levels.seconds_per_hop) * gain(plan.gain_db), ceiling)
    with np.errstate(divide="ignore"):  # the log of silence is -inf, as the page takes it
        return values.Wave(
            step_s=WAVE_S,
            peak_db=20.0 * np.log10(peaks),
            body_db=10.0 * np.log10(_mean(_powers(heard), steps, WAVE_S / frame_s(heard.seen.rate_hz))),
        )


def _powers(heard: Heard) -> NDArray[np.float64]:
    """Mean squares of each frame, of the mean channel."""
    channels = heard.seen.channels
    read = [channels[low : low + _AT_ONCE][:, :2].mean(axis=1) for low in range(0, len(channels), _AT_ONCE)]
    return np.concatenate([np.zeros(0), *read])


def _edges(count: int, steps: int, hops: float) -> NDArray[np.int64]:
    """Where each of `steps` steps of `hops` hops begins among `count`, and where the last one ends."""
    return np.minimum(np.round(np.arange(steps + 1) * hops).astype(np.int64), count)


def _highest(of_hops: NDArray[np.floating], steps: int, hops: float) -> NDArray[np.float64]:
    """The highest of each step, shape (steps,); 0 where there is nothing any more."""
    edges = _edges(len(of_hops), steps, hops)
    return np.maximum.reduceat(np.concatenate([of_hops, [0.0]]), edges[:-1])


def _mean(of_hops: NDArray[np.float64], steps: int, hops: float) -> NDArray[np.float64]:
    """The mean of each step, shape (steps,); 0 where there is nothing any more."""
    edges = _edges(len(of_hops), steps, hops)
    summed = np.concatenate([[0.0], np.cumsum(of_hops)])[edges]
    return np.maximum(np.diff(summed), 0.0) / np.maximum(np.diff(edges), 1)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
