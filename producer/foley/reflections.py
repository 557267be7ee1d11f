"""Paths from a far sound to the ear: two sparse sets of echoes in a row, near surfaces first and then the whole
place.

Echoes of echoes multiply: two dozen of each make several hundred paths for the price of four dozen additions, and
every sample still depends on its own past alone, so a bed can be cut anywhere (after velvet-noise reverberation,
Karjalainen and Järveläinen, AES 30th Conference, 2007).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from producer.audio import Audio
from producer.frozen import dataclass
from producer.model.chance import rng

_AT_ONCE = 32768  # samples: a piece and its past stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Paths:
    """One set of echoes: (delay in seconds, gain, whether the channels change places)."""

    taps: tuple[tuple[float, float, bool], ...]

    @property
    def longest_s(self) -> float:
        """The last echo's delay."""
        return max(delay for delay, _, _ in self.taps)


def scattered(count: int, first_s: float, last_s: float, fall_db: float, name: str) -> Paths:
    """`count` echoes strewn between two times, the last `fall_db` weaker than the first; together of power 1."""
    chance = rng("paths", name)
    edges = first_s + (last_s - first_s) * np.arange(count) / count
    delays = edges + chance.uniform(0.05, 0.95, count) * (last_s - first_s) / count
    gains = 10.0 ** (-fall_db * (delays - first_s) / (last_s - first_s) / 20.0) * chance.choice([-1.0, 1.0], count)
    gains /= np.sqrt(np.sum(gains**2))
    swaps = chance.random(count) < 0.5
    return Paths(tuple((float(d), float(g), bool(s)) for d, g, s in zip(delays, gains, swaps, strict=True)))


def heard(audio: Audio, paths: Paths, rate_hz: int) -> Audio:
    """What arrives along `paths`: shorter than `audio` by the longest of them, whose samples are its past."""
    past = round(paths.longest_s * rate_hz)
    planes = np.ascontiguousarray(audio.T)
    out = np.zeros((2, len(audio) - past), np.float32)
    for low in range(0, out.shape[1], _AT_ONCE):
        piece = out[:, low : low + _AT_ONCE]
        echo = np.empty(piece.shape[1], np.float32)
        for delay_s, gain, swap in paths.taps:
            begin = past - round(delay_s * rate_hz) + low
            for channel in (0, 1):
                source = planes[1 - channel if swap else channel, begin : begin + len(echo)]
                piece[channel] += np.multiply(source, np.float32(gain), out=echo)
    return np.ascontiguousarray(out.T)


def in_place(
    dry: Callable[[int, int], Audio], start: int, stop: int, rate_hz: int, near: Paths, far: Paths
) -> tuple[Audio, Audio]:
    """Samples [start, stop) of a sound by itself and of the reverberation it leaves, shape (stop - start, 2) each.

    Args:
        dry: samples [start, stop) of the sound by itself; asked for some of its past, which may lie before 0.
    """
    past = round(near.longest_s * rate_hz) + round(far.longest_s * rate_hz)
    made = dry(start - past, stop)
    return made[past:], heard(heard(made, near, rate_hz), far, rate_hz)
