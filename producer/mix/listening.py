"""Every mix of an episode and its stems, made in one go: what several of them share is mixed once.

The standard mix does not depend on what is made beside it. A mix with speech of its own has that alone mixed again; one
that is ridden (`night`) is made later, from the standard mix as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from producer.audio import Audio, silence
from producer.mix.margin import RULED, LineMargin, LineMeter
from producer.mix.mixer import Buses, Mixer
from producer.mix.parallel import in_order
from producer.model.mixes import BUSES, BusName, MixStyle
from producer.model.script import Margin
from producer.units import Lu, Span, gain

Stems = Literal["none", "buses", "each"]
"""Which stems are made: none, the four buses, or with them each character, bed and piece of music."""
PARTED: tuple[BusName, ...] = ("speech", "beds", "music")
"""The buses that `each` takes apart."""
REST = ""
"""The name of what is left of a bus when its parts are taken away."""
_NO_REST = 10.0 ** (-110.0 / 20.0)
"""What is under this is rounding: a colour over the whole scene that is no plain filter leaves more."""

StemName = tuple[BusName, str | None]
"""A bus, and None for all of it or who or what is heard on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of everything that was asked for, each shape (span.length, 2)."""

    span: Span
    buses: Buses  # of the standard mix
    mixes: Mapping[str, Audio]  # by the style's name
    stems: Mapping[StemName, Audio]  # those that are not silent


class Listening:
    """The mixes of one episode.

    Args:
        styles: the mixes; those that are ridden are left to be made from the standard one.
        stems: which stems of the standard mix are made, too.
        mixers: of the styles that hear the whole episode in another way, by name; they follow `mixer`.
    """

    def __init__(
        self,
        mixer: Mixer,
        styles: Sequence[MixStyle],
        stems: Stems = "none",
        mixers: Mapping[str, Mixer] | None = None,
    ) -> None:
        self._mixer = mixer
        self._mixers = dict(mixers or {})
        for own in self._mixers.values():
            own.follow(mixer)
        self._styles = tuple(style for style in styles if style.range_lu is None)
        self._stems = stems
        self._speech: dict[str, Callable[[int], Audio]] = {
            style.name: mixer.speech(style.pan_share) for style in self._styles if style.own_speech
        }
        self._said: dict[str, dict[str, float]] = {style.name: {} for style in self._styles if style.own_speech}

    def stretches(self, jobs: int = 1) -> Iterator[Stretch]:
        """All of it in order; the samples do not depend on `jobs`. The mixer must be prepared."""
        waiting = {name: self._meters() for name in self._said}
        for made in in_order(self._stretch, range(len(self._mixer)), jobs):
            stretch, speech = made
            for name, meters in waiting.items():
                waiting[name] = self._heard(name, meters, stretch.span, speech[name])
            yield stretch
        for name, meters in waiting.items():
            self._said[name] |= {meter.clip: meter.heard().speech_lufs for meter in meters}

    def margins(self, style: MixStyle) -> tuple[LineMargin, ...]:
        """What the lines' margins come to in a mix, once all of it was made.

        In one that is ridden speech and bed move alike, so they are the standard's.
        """
        return tuple(_in(style, line, self._said.get(style.name, {})) for line in self._mixer.margins)

    def _stretch(self, index: int) -> tuple[Stretch, dict[str, Audio]]:
        buses = self._mixer.segment(index)
        heard = {name: own.segment(index) for name, own in self._mixers.items()}
        speech = {name: make(index) for name, make in self._speech.items()}
        mixes = {
            style.name: _mixed(style, heard.get(style.name, buses), speech.get(style.name)) for style in self._styles
        }
        return Stretch(span=buses.span, buses=buses, mixes=mixes, stems=dict(self._stem(buses, index))), speech

    def _stem(self, buses: Buses, index: int) -> Iterator[tuple[StemName, Audio]]:
        for bus in BUSES if self._stems != "none" else ():
            whole: Audio = getattr(buses, bus)
            if not whole.any():
                continue
            yield (bus, None), whole
            if self._stems != "each" or bus not in PARTED:
                continue
            rest = whole.astype(float)
            for name in self._mixer.names(bus):
                part = self._mixer.part(bus, name, index)
                if part.any():
                    rest -= part
                    yield (bus, name), part
            if np.abs(rest).max() > _NO_REST:
                yield (bus, REST), rest.astype(np.float32)

    def _meters(self) -> list[LineMeter]:
        rate_hz = self._mixer.timeline.rate_hz
        return [LineMeter(line.line, line.clip, line.span, Margin(), rate_hz) for line in self._mixer.margins]

    def _heard(self, name: str, meters: list[LineMeter], span: Span, speech: Audio) -> list[LineMeter]:
        """Those of the meters that have not heard all of their line with this stretch of `speech`."""
        nothing = silence(len(speech))
        for meter in meters:
            if meter.span.meets(span):
                meter.push(span.start, speech, dict.fromkeys(RULED, nothing), nothing)
        done = {meter.clip: meter.heard().speech_lufs for meter in meters if meter.span.end <= span.end}
        self._said[name] |= done
        return [meter for meter in meters if meter.clip not in done]


def _mixed(style: MixStyle, buses: Buses, speech: Audio | None) -> Audio:
    """A style's sum of the buses, with speech of its own where it has some."""
    lower = np.float32(gain(-style.lower_db))
    heard = {
        "speech": buses.speech if speech is None else speech,
        "sounds": buses.sounds - buses.ducked * (1 - lower),
        "beds": buses.beds * lower,
        "music": buses.music * lower,
    }
    made = silence(buses.span.length)
    for bus in BUSES:
        if bus in style.heard:
            made += heard[bus]
    return made


def _in(style: MixStyle, line: LineMargin, said: Mapping[str, float]) -> LineMargin:
    """A line's margins in a style, from those of the standard mix and how loud it is said there."""
    speech = said.get(line.clip, line.speech_lufs)
    more = style.lower_db + (speech - line.speech_lufs if np.isfinite(line.speech_lufs) else 0.0)
    sounds, beds, music = (bus in style.heard for bus in ("sounds", "beds", "music"))
    promised = Lu(style.margin_lu)
    return replace(
        line,
        speech_lufs=speech,
        over_beds_lu=line.over_beds_lu + more if beds else np.inf,
        over_music_lu=line.over_music_lu + more if music else np.inf,
        over_freed_lu=line.over_freed_lu + more if beds or music else np.inf,
        over_sounds_lu=line.over_sounds_lu + more if sounds else np.inf,
        asked_beds_lu=line.asked_beds_lu + promised,
        asked_music_lu=line.asked_music_lu + promised,
        reduced_beds_db=line.reduced_beds_db + style.lower_db,
        reduced_music_db=line.reduced_music_db + style.lower_db,
    )
