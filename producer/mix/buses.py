"""A stretch of the mix on its buses: what the margin turns down is turned down, and what is heard together is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from producer.audio import Audio, silence
from producer.dsp import bands
from producer.dsp.grid import quantum_samples
from producer.frozen import dataclass
from producer.mix.margin import Ruled
from producer.mix.reduction import Reduction
from producer.mix.stems import BUS_STEMS, Stem
from producer.units import Span

_BLOCK_QUANTA = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Buses:
    """A stretch of the mix on its four buses, each shape (span.length, 2); not to be written to."""

    span: Span
    speech: Audio
    sounds: Audio
    beds: Audio
    music: Audio
    ducked: Audio
    """What of `sounds` makes way for speech (`duck: yes`)."""

    def sum(self) -> Audio:
        """The mix."""
        return added([self.speech, self.sounds, self.beds, self.music])

    def within(self, span: Span) -> Buses:
        """What is heard in a part of the stretch."""
        inside = slice(span.start - self.span.start, span.end - self.span.start)
        cut = {bus: getattr(self, bus)[inside] for bus in (*BUS_STEMS, "ducked")}
        return Buses(span=span, **cut)


def curve_of(curves: Mapping[Ruled, Reduction], stem: Stem) -> Reduction | None:
    """How far a stem is turned down; None for those that the margin does not rule."""
    return next((curve for ruled, curve in curves.items() if ruled == stem), None)


def turned(audio: Audio | None, curve: Reduction | None, span: Span, rate_hz: int) -> Audio | None:
    """A stem's stretch as far down as the margin has it."""
    if audio is None or curve is None or not curve.touches(span):
        return audio
    made, beside = audio.copy(), bands.reach(rate_hz)
    block = _BLOCK_QUANTA * quantum_samples(rate_hz)
    for low in range(0, len(audio), block):
        high = min(low + block, len(audio))
        gains = curve.gains(span.start + low, span.start + high)
        if gains is None:
            continue
        if gains.shape[1] == 1:
            made[low:high] *= gains
            continue
        around = silence(high - low + 2 * beside)
        first = max(0, low - beside)
        inside = audio[first : high + beside]
        around[first - low + beside : first - low + beside + len(inside)] = inside
        made[low:high] = bands.weighed(around, gains, rate_hz)
    return made


def added(audio: Sequence[Audio], *, spent: bool = False) -> Audio:
    """The sum of stretches of one length; of one alone that itself.

    Args:
        spent: whether nobody wants the first of them any more, so that its room may be used.
    """
    heard = [one for one in audio if any(one.strides)] or audio[:1]
    if len(heard) == 1:
        return heard[0]
    made = np.add(heard[0], heard[1], out=heard[0] if spent else None)
    for one in heard[2:]:
        made += one
    return made


def silent(samples: int) -> Audio:
    """Silence that takes no room, shape (samples, 2); not to be written to."""
    return np.broadcast_to(np.float32(0.0), (samples, 2))
