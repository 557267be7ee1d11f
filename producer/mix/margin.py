"""Keeps every line above what lies under it, knowing the whole episode: beds and music are down before the first word.

Speech is measured as BS.1770 programme loudness over the line's span, what lies under it as ungated loudness over the
same span: a whispered line asks for a quieter bed than a shouted one. Here is what was measured and what it comes to;
`solve` finds the reductions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.grid import hop_samples
from producer.dsp.loudness import OFFSET, PowerMeter, loudness, lufs
from producer.frozen import dataclass
from producer.mix.carve import NOTHING
from producer.model.script import Margin
from producer.model.timeline import Clip
from producer.units import Span

Floats = NDArray[np.float64]

Ruled = Literal["beds", "music", "sounds_ducked"]
RULED: tuple[Ruled, ...] = ("beds", "music", "sounds_ducked")
"""The stems that the margin turns down, each by curves of its own."""
StemHeard = Literal["speech", "beds", "music", "sounds_ducked", "beds_freed", "music_freed"]
"""The stems that margins are measured on."""
SAFETY_LU = 0.1


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
    """What was measured under and of one line. Powers are K-weighted, one per hop (`grid`) from the line's start."""

    line: str
    clip: str
    span: Span
    margin: Margin
    speech_lufs: float
    under: Mapping[Ruled, Floats]
    freed: Floats
    hop_s: float

    def target(self, stem: Ruled) -> float:
        """The power that `stem` may have under it; infinite under a line that is not heard."""
        if not np.isfinite(self.speech_lufs):
            return float("inf")
        margin_lu = self.margin.music_lu if stem == "music" else self.margin.beds_lu
        return float(10.0 ** ((self.speech_lufs - margin_lu - SAFETY_LU - OFFSET) / 10.0))

    def over(self, under: Floats, share: float = 1.0) -> float:
        """How far the line stands above `share` of what is `under` it, LU; infinitely far above nothing."""
        return float(self.speech_lufs - lufs(under.mean() * share)) if under.any() else float("inf")


def heard(clip: Clip, span: Span, margin: Margin, stems: Callable[[StemHeard], Audio | None], rate_hz: int) -> Heard:
    """What is measured under and of one line.

    Args:
        clip: the line.
        span: where it is in what `stems` gives.
        stems: a stem before the margin, shape (n, 2), or None where it is silent.
    """
    hop = hop_samples(rate_hz)
    hops = span.length // hop

    def powers(stem: StemHeard) -> Floats:
        audio = stems(stem)
        if audio is None:
            return np.zeros(hops)
        meter = PowerMeter(rate_hz, 2, hop / rate_hz)
        meter.push(audio[span.start : span.end])
        return meter.powers()

    return Heard(
        line=clip.line,
        clip=clip.id,
        span=clip.span,
        margin=margin,
        speech_lufs=said_lufs(stems("speech"), span, rate_hz),
        under={stem: powers(stem) for stem in RULED},
        freed=powers("beds_freed") + powers("music_freed"),
        hop_s=hop / rate_hz,
    )


def said_lufs(speech: Audio | None, span: Span, rate_hz: int) -> float:
    """How loud a line is said, LUFS, with `speech` and `span` as in `heard`."""
    return float("-inf") if speech is None else loudness(speech[span.start : span.end], rate_hz)
