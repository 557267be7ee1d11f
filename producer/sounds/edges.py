"""Recordings that begin or end in mid-wave: they are eased there, for a wave that starts or stops at a height clicks.

One that rests at both ends, as it should, passes sample by sample as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.crests import highest_sample
from producer.frozen import dataclass
from producer.sounds.turning import Body

INTO_S = 0.001
"""What begins in mid-wave is there after it: a blow is as sharp as before."""
OUT_S = 0.008
AT_ONCE = 0.01
"""A first sample of less than this share (-40 dB) of how high it gets is the beginning of the sound, not in it."""
AT_REST = 0.001
"""A last sample of less than this share (-60 dB) has died away."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Over how many samples of `length` a recording comes and goes; 0 where it rests there by itself."""

    length: int
    into: int
    out: int

    def ease(self, audio: Audio, at: int) -> Audio:
        """Samples from `at` on, shape (n, channels), as they are played; `audio` itself where nothing changes."""
        if at >= self.into and at + len(audio) <= self.length - self.out:
            return audio
        places = np.arange(at, at + len(audio))
        come, gone = (places + 0.5) / max(1, self.into), (self.length - 0.5 - places) / max(1, self.out)
        return audio * np.minimum(_smooth(come), _smooth(gone))[:, None]


def _smooth(way: NDArray[np.float64]) -> NDArray[np.float32]:
    """From 0 to 1 without a corner."""
    held = np.clip(way, 0.0, 1.0)
    return np.asarray(held * held * (3.0 - 2.0 * held), np.float32)


def edges(body: Body, highest: float, rate_hz: int) -> Edges:
    """How a recording is to be eased.

    Args:
        highest: how high it gets, at least about: its highest sample, or its loudness as an amplitude.
    """
    length = body.length
    first = highest_sample(body.read(0, min(1, length)))
    last = highest_sample(body.read(max(0, length - 1), length))
    return Edges(
        length,
        min(round(INTO_S * rate_hz), length // 4) if first > AT_ONCE * highest else 0,
        min(round(OUT_S * rate_hz), length // 4) if last > AT_REST * highest else 0,
    )


class Eased:
    """A body whose ends are at rest."""

    def __init__(self, body: Body, highest: float, rate_hz: int) -> None:
        self._body, self._edges = body, edges(body, highest, rate_hz)
        self.length, self.channels = body.length, body.channels

    def read(self, start: int, stop: int) -> Audio:
        """Samples [start, stop), shape (stop - start, channels); both within 0 … length."""
        return self._edges.ease(self._body.read(start, stop), start)
