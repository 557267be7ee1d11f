"""Every mix of an episode and its stems, made in one go: what several of them share is mixed once.

The standard mix does not depend on what is made beside it. A mix with speech of its own has that alone mixed again; one
that is ridden (`night`) is made later, from the standard mix as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from producer.audio import Audio, is_heard
from producer.frozen import dataclass
from producer.mix.buses import Buses, added, silent
from producer.mix.margin import LineMargin, said_lufs
from producer.mix.mixer import Mixed, Mixer
from producer.mix.stems import BUS_STEMS
from producer.model.mixes import BUSES, BusName, MixStyle
from producer.units import Lu, gain

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
class Listened:
    """A part in everything that was asked for."""

    mixed: Mixed  # of the standard mix
    mixes: Mapping[str, Audio]
    """By the style's name, shape (reach, 2); not to be written to."""
    said: Mapping[str, Mapping[str, float]]
    """Of the styles with speech of their own: clip -> LUFS."""


class Listening:
    """The mixes of one episode.

    Args:
        styles: the mixes; those that are ridden are left to be made from the standard one.
        mixers: of the styles that hear the whole episode in another way, by name; they follow `mixer`.
    """

    def __init__(self, mixer: Mixer, styles: Sequence[MixStyle], mixers: Mapping[str, Mixer] | None = None) -> None:
        self._mixer = mixer
        self._mixers = dict(mixers or {})
        for own in self._mixers.values():
            own.follow(mixer)
        self.styles = tuple(style for style in styles if style.range_lu is None)
        self._speech = {style.name: mixer.speech(style.pan_share) for style in self.styles if style.own_speech}

    def parts(self, jobs: int = 1) -> Iterator[Listened]:
        """All parts in order; the samples do not depend on `jobs`."""
        indices = range(len(self._mixer))
        return self._mixer.each(lambda index, played: self.part(self._mixer.mix(index, played)), indices, jobs)

    def part(self, mixed: Mixed, *, spent: bool = False) -> Listened:
        """One part in every style.

        Args:
            spent: whether nobody wants the buses of `mixed` any more, and there is one style: it is made in their room.
        """
        rate_hz, start = self._mixer.timeline.rate_hz, mixed.part.reach.start
        speech = {name: make(mixed) for name, make in self._speech.items()}
        said = {
            name: {line.clip: said_lufs(audio, line.span.shifted(-start), rate_hz) for line in mixed.margins}
            for name, audio in speech.items()
        }
        heard = {name: own.part(mixed.part.index).buses for name, own in self._mixers.items()}
        nothing = silent(mixed.part.reach.length)
        mixes = {}
        for style in self.styles:
            own_speech = speech.get(style.name)
            buses = heard.get(style.name, mixed.buses)
            if style.name in speech:
                buses = replace(buses, speech=nothing if own_speech is None else own_speech)
            mixes[style.name] = _mixed(style, buses, spent)
        return Listened(mixed=mixed, mixes=mixes, said=said)

    def stems(self, mixed: Mixed, stems: Stems) -> Iterator[tuple[StemName, Audio]]:
        """Which of the stems that are asked for are not silent in a part's core, shape (core, 2)."""
        inside = slice(mixed.part.inside.start, mixed.part.inside.end)
        for bus in BUSES if stems != "none" else ():
            audio: Audio = getattr(mixed.buses, bus)
            whole = audio[inside]
            if not is_heard(whole):
                continue
            yield (bus, None), whole
            if stems != "each" or bus not in PARTED:
                continue
            rest = whole.astype(float)
            for name in self._mixer.stems.names(BUS_STEMS[bus]):
                named = self._mixer.named(bus, name, mixed)
                if named is not None and is_heard(named[inside]):
                    rest -= named[inside]
                    yield (bus, name), named[inside]
            if np.abs(rest).max() > _NO_REST:
                yield (bus, REST), rest.astype(np.float32)


def margins_in(style: MixStyle, lines: Sequence[LineMargin], said: Mapping[str, float]) -> tuple[LineMargin, ...]:
    """What the lines' margins come to in a mix, from those of the standard one and how loud each is said in it.

    In one that is ridden speech and bed move alike, so they are the standard's.
    """
    return tuple(_in(style, line, said) for line in lines)


def _mixed(style: MixStyle, buses: Buses, spent: bool) -> Audio:
    """A style's sum of the buses."""
    if style.lower_db == 0.0:
        return added([getattr(buses, bus) for bus in BUSES if bus in style.heard], spent=spent)
    lower = np.float32(gain(-style.lower_db))
    heard = {
        "speech": buses.speech,
        "sounds": buses.sounds - buses.ducked * (1 - lower),
        "beds": buses.beds * lower,
        "music": buses.music * lower,
    }
    return added([heard[bus] for bus in BUSES if bus in style.heard])


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
