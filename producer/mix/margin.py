"""Keeps every line above what lies under it, knowing the whole episode: beds and music are down before the first word.

Speech is measured as BS.1770 programme loudness over the line's span, what lies under it as ungated loudness over the
same span: a whispered line asks for a quieter bed than a shouted one. Here is what was measured and what it comes to;
`solve` finds the reductions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp.loudness import OFFSET, PowerMeter, integrated, lufs, own_length_loudness
from producer.mix.carve import NOTHING
from producer.model.script import Margin
from producer.units import Samples, Span

Floats = NDArray[np.float64]

Ruled = Literal["beds", "music", "sounds_ducked"]
RULED: tuple[Ruled, ...] = ("beds", "music", "sounds_ducked")
"""The stems that the margin turns down, each by curves of its own."""
SAFETY_LU = 0.1
_SHORT_S = 0.4
"""Below this a line has no gating block, and its energy over its own length counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMargin:
    """How far one line stands above beds and music, as the buses have them. +inf where nothing lies under it.

    Beds and music with `duck: no` are not part of `over_beds_lu` and `over_music_lu`; they are in `over_freed_lu`.
    Sounds are left alone but for those with `duck: yes`, which are held to the margin of beds.
    """

    line: str
    clip: str
    span: Span
    speech_lufs: float
    over_beds_lu: float
    over_music_lu: float
    over_freed_lu: float
    over_sounds_lu: float = float("inf")  # those with `duck: yes`
    asked_beds_lu: float
    asked_music_lu: float
    reduced_beds_db: float  # as a whole, over the line's span, on top of the bed's own level
    reduced_music_db: float
    cut_beds_db: tuple[float, ...] = NOTHING  # at the deepest, of each band, `reduced_beds_db` within it
    cut_music_db: tuple[float, ...] = NOTHING
    cut_sounds_db: tuple[float, ...] = NOTHING

    @property
    def kept(self) -> bool:
        """Whether the line has what its scene asks for. A line that cannot be heard at all asks for nothing."""
        beds = min(self.over_beds_lu, self.over_sounds_lu)
        silent = not np.isfinite(self.speech_lufs)
        return silent or (beds >= self.asked_beds_lu and self.over_music_lu >= self.asked_music_lu)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was measured under and of one line. Powers are K-weighted, one per hop of 10 ms from the line's start."""

    line: str
    clip: str
    span: Span
    margin: Margin
    speech_lufs: float
    under: Mapping[Ruled, Floats]
    freed: Floats

    def target(self, stem: Ruled) -> float:
        """The power that `stem` may have under it; infinite under a line that is not heard."""
        if not np.isfinite(self.speech_lufs):
            return float("inf")
        margin_lu = self.margin.music_lu if stem == "music" else self.margin.beds_lu
        return float(10.0 ** ((self.speech_lufs - margin_lu - SAFETY_LU - OFFSET) / 10.0))

    def over(self, under: Floats, share: float = 1.0) -> float:
        """How far the line stands above `share` of what is `under` it, LU; infinitely far above nothing."""
        return float(self.speech_lufs - lufs(under.mean() * share)) if under.any() else float("inf")


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
        self._meters = tuple(_Late(rate_hz) for _ in range(2 + len(RULED)))
        self._short: list[Audio] | None = [] if span.length < _SHORT_S * rate_hz else None

    def push(self, start: int, speech: Audio, under: Mapping[Ruled, Audio], freed: Audio) -> None:
        """The next stretch of all stems, each shape (n, 2) and beginning at timeline sample `start`."""
        inside = Span(Samples(start), Samples(start + len(speech))).within(self.span)
        if not inside.length:
            return
        part = slice(inside.start - start, inside.end - start)
        for meter, audio in zip(self._meters, (speech, freed, *(under[stem] for stem in RULED)), strict=True):
            meter.push(audio[part])
        if self._short is not None:
            self._short.append(speech[part])

    def heard(self) -> Heard:
        """What it heard, once the whole span has gone by."""
        speech, freed, *under = (meter.powers() for meter in self._meters)
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
            under=dict(zip(RULED, under, strict=True)),
            freed=freed,
        )
