"""Finds the smallest reductions that keep every line's margin, and what the margins come to under them.

Each stem that the margin rules is cut where it masks the voice first (`carve`), then as a whole, and the cuts of all
lines are joined to smooth curves (`reduction`). What lies under a long line is held to the margin in every 3 s of it,
too: a bed that swells inside a line comes down where it swells, not all along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from producer.dsp.bands import BANDS, HALF_FRAME_HOPS, half_frame
from producer.dsp.grid import hop_samples
from producer.dsp.loudness import sliding
from producer.frozen import dataclass
from producer.mix.carve import left_of, smallest
from producer.mix.margin import RULED, Heard, LineMargin, Ruled
from producer.mix.reduction import Reduction, joined, nothing_wanted, reach_s
from producer.mix.stems import Stem
from producer.units import Span

Floats = NDArray[np.float64]

WINDOW_S = 3.0
"""Within a line, what lies under it keeps the margin over every stretch of this length (the meters' short-term)."""
STEP_S = 0.1
BRIEF_S = 0.4
"""A shorter line is over before its bands can be told apart: what lies under it comes down as a whole."""
_FRAME = HALF_FRAME_HOPS
_LEAST = 1e-30


class BandsOf(Protocol):
    """Gives `bands.cross_powers` of a stem, the first frame in the middle of the span's first sample."""

    def __call__(self, stem: Stem, span: Span, /) -> Floats: ...


class _Stretch(NamedTuple):
    """Part of a line, in hops from the line's start, and the mean power of what lies under it."""

    start: int
    stop: int
    power: float


def _too_loud(line: Heard, stem: Ruled) -> list[_Stretch]:
    """Every stretch of `WINDOW_S`, or else the whole line, under which there is too much."""
    powers, target, hop_s = line.under[stem], line.target(stem), line.hop_s
    width, step = min(round(WINDOW_S / hop_s), len(powers)), round(STEP_S / hop_s)
    means = sliding(powers, width * hop_s, hop_s)
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
    loud = _too_loud(line, stem)
    if not loud:
        return cuts
    if len(powers) * line.hop_s < BRIEF_S:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one line asks of what lies under it."""

    heard: Heard
    cuts: Mapping[Ruled, Floats]
    """Of the stems that are too loud under it, dB, shape (hops, BANDS)."""
    cross: Mapping[Ruled, Floats]
    """`bands.cross_powers` of stems under it, where they were looked at."""


def asked(lines: Sequence[Heard], bands_of: BandsOf) -> tuple[Asked, ...]:
    """What the lines of a stretch ask.

    Args:
        bands_of: asked only about what is too loud under one of the lines.
    """
    cuts: dict[str, dict[Ruled, Floats]] = {line.clip: {} for line in lines}
    crosses: dict[str, dict[Ruled, Floats]] = {line.clip: {} for line in lines}
    for stem in RULED:
        under = [line for line in lines if line.under[stem].any()]
        asking = [line for line in under if _too_loud(line, stem)]
        for line in under if asking else ():
            crosses[line.clip][stem] = bands_of(stem, line.span)
        for line in asking:
            speech = np.diagonal(bands_of("speech", line.span), axis1=1, axis2=2).mean(axis=0)
            cuts[line.clip][stem] = wanted(line, stem, crosses[line.clip][stem], speech)
    return tuple(Asked(heard=line, cuts=cuts[line.clip], cross=crosses[line.clip]) for line in lines)


def turned_down(lines: Iterable[Asked], span: Span, rate_hz: int) -> Mapping[Ruled, Reduction]:
    """How far each ruled stem is turned down in a stretch: what all the lines ask that can reach into it."""
    hop = hop_samples(rate_hz)
    before, after = (round(seconds * rate_hz / hop) for seconds in reach_s())
    first, last = span.start // hop - after, -(-span.end // hop) + 2 + before
    made: dict[Ruled, Reduction] = {}
    near = [
        line for line in lines if line.cuts and line.heard.span.start < last * hop and line.heard.span.end > first * hop
    ]
    for stem in RULED:
        curve = nothing_wanted(first, last)
        for line in near:
            if stem in line.cuts:
                _lay(curve, line.cuts[stem], line.heard.span.start // hop - first)
        made[stem] = joined(curve, rate_hz, first).within(span)
    return made


def come_to(line: Asked, reductions: Mapping[Ruled, Reduction], bands_of: BandsOf, rate_hz: int) -> LineMargin:
    """What a line's margins come to under what is turned down."""
    heard = line.heard
    shares: dict[Ruled, float] = {}
    for stem in RULED:
        if heard.under[stem].any() and reductions[stem].touches(heard.span):
            cross = line.cross[stem] if stem in line.cross else bands_of(stem, heard.span)
            shares[stem] = _share(cross, reductions[stem].at(heard.span.start, half_frame(rate_hz), len(cross)))
    over = {stem: heard.over(heard.under[stem], shares.get(stem, 1.0)) for stem in RULED}
    cuts = {stem: reductions[stem].deepest(heard.span) for stem in RULED}
    return LineMargin(
        line=heard.line,
        clip=heard.clip,
        span=heard.span,
        speech_lufs=heard.speech_lufs,
        over_beds_lu=over["beds"],
        over_music_lu=over["music"],
        over_sounds_lu=over["sounds_ducked"],
        over_freed_lu=heard.over(heard.freed),
        asked_beds_lu=heard.margin.beds_lu,
        asked_music_lu=heard.margin.music_lu,
        reduced_beds_db=min(cuts["beds"]),
        reduced_music_db=min(cuts["music"]),
        cut_beds_db=cuts["beds"],
        cut_music_db=cuts["music"],
        cut_sounds_db=cuts["sounds_ducked"],
    )


def _lay(curve: Floats, cuts: Floats, first: int) -> None:
    """Lays a line's cuts into a curve, from its hop `first` on (which may lie before its beginning).

    A line's hops begin between those of the episode, so each of its cuts holds at the points before and after it.
    """
    padded = np.pad(cuts, ((2, 2), (0, 0)))
    held = np.maximum(np.maximum(padded[2:], padded[1:-1]), padded[:-2])[max(0, -first) :]
    part = curve[max(0, first) : max(0, first) + len(held)]
    np.maximum(part, held[: len(part)], out=part)
