"""Keeps every line above what lies under it, knowing the whole episode: beds and music are down before the first word.

For each line the lowest reduction is found that leaves the margin its scene asks for, and all of them are joined to
one smooth curve per bus. Nothing reacts, so nothing pumps and nothing comes late.

Speech is measured as BS.1770 programme loudness over the line's span, what lies under it as ungated loudness over the
same span: a whispered line asks for a quieter bed than a shouted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp.envelopes import within_slopes
from producer.dsp.loudness import HOP_S, PowerMeter, integrated, lufs, own_length_loudness
from producer.model.script import Margin
from producer.units import Samples, Span

Floats = NDArray[np.float64]

LEAD_S = 0.15
"""The reduction is complete this long before a line begins."""
HOLD_S = 1.0
"""Between lines that are closer than this, beds and music stay down."""
ATTACK_DB_PER_S = 25.0
RELEASE_DB_PER_S = 12.0
SAFETY_LU = 0.1
_SHORT_S = 0.4
"""Below this a line has no gating block, and its energy over its own length counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMargin:
    """How far one line stands above beds and music, as the buses have them. +inf where nothing lies under it.

    Beds and music with `duck: no` are not part of `over_beds_lu` and `over_music_lu`; they are in `over_freed_lu`.
    """

    line: str
    clip: str
    span: Span
    speech_lufs: float
    over_beds_lu: float
    over_music_lu: float
    over_freed_lu: float
    asked_beds_lu: float
    asked_music_lu: float
    reduced_beds_db: float  # over the line's span, on top of the bed's own level
    reduced_music_db: float

    @property
    def kept(self) -> bool:
        """Whether the line has what its scene asks for. A line that cannot be heard at all asks for nothing."""
        silent = not np.isfinite(self.speech_lufs)
        return silent or (self.over_beds_lu >= self.asked_beds_lu and self.over_music_lu >= self.asked_music_lu)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was measured under and of one line. Powers are K-weighted, one per hop of 10 ms from the line's start."""

    line: str
    clip: str
    span: Span
    margin: Margin
    speech_lufs: float
    beds: Floats
    music: Floats
    freed: Floats


class _Late:
    """A power meter that does nothing until there is something to hear: most lines have no music under them."""

    def __init__(self, rate_hz: int) -> None:
        self._meter = PowerMeter(rate_hz, 2)
        self.seconds_per_hop = self._meter.seconds_per_hop
        self._silent = 0
        self._begun = False

    def push(self, audio: Audio) -> None:
        if not (self._begun or audio.any()):
            self._silent += len(audio)
            return
        if not self._begun:
            self._begun = True
            # Silence has no power and leaves the filter at rest: only its place on the grid of hops matters.
            self._meter.push(silence(self._silent % self._meter.hop))
        self._meter.push(audio)

    def powers(self) -> Floats:
        return np.concatenate([np.zeros(self._silent // self._meter.hop), self._meter.powers()])


class LineMeter:
    """Listens to one line while the episode goes by in stretches."""

    def __init__(self, line: str, clip: str, span: Span, margin: Margin, rate_hz: int) -> None:
        self._line, self._margin = line, margin
        self.clip = clip
        self.span = span
        self._rate_hz = rate_hz
        self._meters = tuple(_Late(rate_hz) for _ in range(4))
        self._short: list[Audio] | None = [] if span.length < _SHORT_S * rate_hz else None

    def push(self, start: int, speech: Audio, beds: Audio, music: Audio, freed: Audio) -> None:
        """The next stretch of the four, each shape (n, 2) and beginning at timeline sample `start`."""
        inside = Span(Samples(start), Samples(start + len(speech))).within(self.span)
        if not inside.length:
            return
        part = slice(inside.start - start, inside.end - start)
        for meter, audio in zip(self._meters, (speech, beds, music, freed), strict=True):
            meter.push(audio[part])
        if self._short is not None:
            self._short.append(speech[part])

    def heard(self) -> Heard:
        """What it heard, once the whole span has gone by."""
        speech, beds, music, freed = (meter.powers() for meter in self._meters)
        if self._short is not None:
            loud = own_length_loudness(np.concatenate(self._short), self._rate_hz) if self._short else float("-inf")
        else:
            loud = integrated(speech, self._meters[0].seconds_per_hop)
        return Heard(
            line=self._line,
            clip=self.clip,
            span=self.span,
            margin=self._margin,
            speech_lufs=loud,
            beds=beds,
            music=music,
            freed=freed,
        )


@dataclass(frozen=True, slots=True)
class Reduction:
    """How far a bus is turned down over the episode.

    DB (0 or more) at every `hop`-th sample, straight lines between.
    """

    db: Floats
    hop: int

    def gains(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Amplitudes at samples [start, stop), shape (stop - start,), or None where nothing is turned down."""
        first, last = start // self.hop, stop // self.hop + 2
        if not self.db[first:last].any():
            return None
        db = np.interp(np.arange(start, stop), np.arange(first, last) * self.hop, self._padded(first, last))
        return np.asarray(10.0 ** (db / -20.0), np.float32)

    def _padded(self, first: int, last: int) -> Floats:
        return self.db[np.minimum(np.arange(first, last), len(self.db) - 1)]

    def powers(self, span: Span, hops: int) -> Floats:
        """Mean power gain of each of the first `hops` hops of `span`, shape (hops,)."""
        edges = np.interp(span.start + np.arange(hops + 1) * self.hop, np.arange(len(self.db)) * self.hop, self.db)
        gains = 10.0 ** (edges / -20.0)
        return (gains[:-1] ** 2 + gains[:-1] * gains[1:] + gains[1:] ** 2) / 3.0


def needed_db(speech_lufs: float, under: Floats, margin_lu: float) -> float:
    """How far what lies under a line must come down for it to stand `margin_lu` above; 0 when it does already."""
    if not (np.isfinite(speech_lufs) and under.any()):
        return 0.0
    return max(0.0, float(lufs(under.mean())) + margin_lu + SAFETY_LU - speech_lufs)


def solve(spans: Sequence[Span], needs_db: Sequence[float], duration: int, rate_hz: int) -> Reduction:
    """The one curve that gives each span what it needs and moves no faster than it may.

    Args:
        spans: of the lines, in any order.
        needs_db: one per span, 0 or more.
        duration: of the episode in samples.
    """
    hop = round(rate_hz * HOP_S)
    wanted = np.zeros(duration // hop + 2)
    last_end, last_need = None, 0.0
    for span, need in sorted(zip(spans, needs_db, strict=True)):
        first = max(0, int((span.start - LEAD_S * rate_hz) // hop))
        end = -(-span.end // hop) + 1
        wanted[first:end] = np.maximum(wanted[first:end], need)
        if last_end is not None and last_end < first and (first - last_end) * HOP_S <= HOLD_S:
            held = min(last_need, need)
            wanted[last_end:first] = np.maximum(wanted[last_end:first], held)
        if last_end is None or end >= last_end:
            last_end, last_need = end, need
    return Reduction(within_slopes(wanted, ATTACK_DB_PER_S * HOP_S, RELEASE_DB_PER_S * HOP_S), hop)


def solved(lines: Sequence[Heard], duration: int, rate_hz: int) -> tuple[Reduction, Reduction]:
    """The reductions of beds and of music that keep every line's margin."""
    spans = [line.span for line in lines]
    beds = [needed_db(line.speech_lufs, line.beds, line.margin.beds_lu) for line in lines]
    music = [needed_db(line.speech_lufs, line.music, line.margin.music_lu) for line in lines]
    return solve(spans, beds, duration, rate_hz), solve(spans, music, duration, rate_hz)


def checked(line: Heard, beds: Reduction, music: Reduction) -> LineMargin:
    """What a line's margins come to under the reductions."""

    def over(under: Floats, reduction: Reduction | None) -> float:
        if not under.any():
            return float("inf")
        share = reduction.powers(line.span, len(under)) if reduction is not None else np.ones(len(under))
        return float(line.speech_lufs - lufs((under * share).mean()))

    def reduced(reduction: Reduction) -> float:
        hops = max(1, line.span.length // reduction.hop)
        return float(-10.0 * np.log10(reduction.powers(line.span, hops).max()))

    return LineMargin(
        line=line.line,
        clip=line.clip,
        span=line.span,
        speech_lufs=line.speech_lufs,
        over_beds_lu=over(line.beds, beds),
        over_music_lu=over(line.music, music),
        over_freed_lu=over(line.freed, None),
        asked_beds_lu=line.margin.beds_lu,
        asked_music_lu=line.margin.music_lu,
        reduced_beds_db=reduced(beds) + 0.0,
        reduced_music_db=reduced(music) + 0.0,
    )
