"""Finds the smallest reductions that keep every line's margin, and what the margins come to under them.

Each stem that the margin rules is cut where it masks the voice first (`carve`), then as a whole, and the cuts of all
lines are joined to smooth curves (`reduction`). What lies under a long line is held to the margin in every 3 s of it,
too: a bed that swells inside a line comes down where it swells, not all along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from producer.dsp.bands import BANDS, FRAME_S, half_frame
from producer.dsp.loudness import HOP_S, sliding
from producer.mix.carve import left_of, smallest
from producer.mix.margin import RULED, Heard, LineMargin, Ruled
from producer.mix.parallel import in_order
from producer.mix.reduction import Reduction, joined, nothing_wanted
from producer.mix.segments import Stem
from producer.units import Span

Floats = NDArray[np.float64]

WINDOW_S = 3.0
"""Within a line, what lies under it keeps the margin over every stretch of this length (the meters' short-term)."""
STEP_S = 0.1
BRIEF_S = 0.4
"""A shorter line is over before its bands can be told apart: what lies under it comes down as a whole."""
_FRAME = round(FRAME_S / 2.0 / HOP_S)
"""Hops from the middle of one frame of `bands.cross_powers` to the next."""
_LEAST = 1e-30


class BandsOf(Protocol):
    """Gives `bands.cross_powers` of a stem, the first frame in the middle of the span's first sample."""

    def __call__(self, stem: Stem, span: Span, /) -> Floats: ...


class _Stretch(NamedTuple):
    """Part of a line, in hops from the line's start, and the mean power of what lies under it."""

    start: int
    stop: int
    power: float


def _too_loud(powers: Floats, target: float) -> list[_Stretch]:
    """Every stretch of `WINDOW_S`, or else the whole line, under which there is more than `target`."""
    width, step = min(round(WINDOW_S / HOP_S), len(powers)), round(STEP_S / HOP_S)
    means = sliding(powers, width * HOP_S)
    starts = sorted({*range(0, len(means), step), len(means) - 1})
    found = [_Stretch(start, start + width, float(means[start])) for start in starts if means[start] > target]
    whole = _Stretch(0, len(powers), float(powers.mean()))
    return found or ([whole] if whole.power > target else [])


def wanted(line: Heard, stem: Ruled, cross: Floats, speech: Floats) -> Floats:
    """The smallest cuts of `stem` that keep the line's margin, dB, shape (hops, BANDS).

    Args:
        cross: of `stem` under the line, as `BandsOf` gives it.
        speech: mean powers of the voice's bands, shape (BANDS,).
    """
    powers, target = line.under[stem], line.target(stem)
    cuts = np.zeros((len(powers), BANDS))
    loud = _too_loud(powers, target)
    if not loud:
        return cuts
    if len(powers) * HOP_S < BRIEF_S:
        return cuts + float(10.0 * np.log10(powers.mean() / target))
    # A line's own hops say exactly how loud a stretch is; the frames only, how that is shared among the bands.
    shares = np.array([cross[part.start // _FRAME : part.stop // _FRAME + 1].mean(axis=0) for part in loud])
    shares *= np.array([part.power for part in loud])[:, None, None] / (shares.sum(axis=(1, 2)) + _LEAST)[:, None, None]
    for part, cut in zip(loud, smallest(shares, speech, target), strict=True):
        cuts[part.start : part.stop] = np.maximum(cuts[part.start : part.stop], cut)
    # The ends of a line are in fewer stretches than its middle: each stretch can be quiet enough and the line not.
    frames = np.minimum(np.arange(len(cross)) * _FRAME, len(cuts) - 1)
    left = float(powers.mean()) * _share(cross, cuts[frames])
    return cuts + max(0.0, float(10.0 * np.log10(left / target)))


def _share(cross: Floats, cuts_db: Floats) -> float:
    """How much of the power is left under cuts, one for each frame."""
    return float(left_of(cross, cuts_db).sum() / (cross.sum() + _LEAST))


def solved(
    lines: Sequence[Heard], bands_of: BandsOf, duration: int, rate_hz: int, jobs: int = 1
) -> tuple[Mapping[Ruled, Reduction], tuple[LineMargin, ...]]:
    """The reduction of each ruled stem, and every line's margins under them.

    Args:
        bands_of: asked only about what is turned down, from `jobs` threads.
        duration: of the episode in samples.
    """
    reductions: dict[Ruled, Reduction] = {}
    shares: dict[tuple[Ruled, str], float] = {}
    for stem in RULED:
        asking = [line for line in lines if line.under[stem].any() and _too_loud(line.under[stem], line.target(stem))]
        crosses: dict[str, Floats] = {}
        curve = nothing_wanted(duration, rate_hz)
        for line, (cross, speech) in zip(asking, in_order(partial(_bands, stem, bands_of), asking, jobs), strict=True):
            crosses[line.clip] = cross
            _lay(curve, wanted(line, stem, cross, speech), line.span.start // round(rate_hz * HOP_S))
        reductions[stem] = joined(curve, rate_hz)
        for line in lines:
            if line.under[stem].any() and reductions[stem].touches(line.span):
                cross = crosses[line.clip] if line.clip in crosses else bands_of(stem, line.span)
                shares[stem, line.clip] = _share(
                    cross, reductions[stem].at(line.span.start, half_frame(rate_hz), len(cross))
                )
    return reductions, tuple(_come_to(line, reductions, shares) for line in lines)


def _bands(stem: Stem, bands_of: BandsOf, line: Heard) -> tuple[Floats, Floats]:
    speech = np.diagonal(bands_of("speech", line.span), axis1=1, axis2=2).mean(axis=0)
    return bands_of(stem, line.span), speech


def _lay(curve: Floats, cuts: Floats, first: int) -> None:
    """Lays a line's cuts into the episode's curve, from hop `first` on.

    A line's hops begin between those of the episode, so each of its cuts holds at the points before and after it.
    """
    padded = np.pad(cuts, ((2, 2), (0, 0)))
    held = np.maximum(np.maximum(padded[2:], padded[1:-1]), padded[:-2])
    part = curve[first : first + len(held)]
    np.maximum(part, held[: len(part)], out=part)


def _come_to(
    line: Heard, reductions: Mapping[Ruled, Reduction], shares: Mapping[tuple[Ruled, str], float]
) -> LineMargin:
    over = {stem: line.over(line.under[stem], shares.get((stem, line.clip), 1.0)) for stem in RULED}
    cuts = {stem: reductions[stem].deepest(line.span) for stem in RULED}
    return LineMargin(
        line=line.line,
        clip=line.clip,
        span=line.span,
        speech_lufs=line.speech_lufs,
        over_beds_lu=over["beds"],
        over_music_lu=over["music"],
        over_sounds_lu=over["sounds_ducked"],
        over_freed_lu=line.over(line.freed),
        asked_beds_lu=line.margin.beds_lu,
        asked_music_lu=line.margin.music_lu,
        reduced_beds_db=min(cuts["beds"]),
        reduced_music_db=min(cuts["music"]),
        cut_beds_db=cuts["beds"],
        cut_music_db=cuts["music"],
        cut_sounds_db=cuts["sounds_ducked"],
    )
