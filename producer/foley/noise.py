"""Noise without end whose spectrum can move: frames of random numbers, each named by its place, shaped and
overlapped.

Frame f is centred on time f × hop and is heard for one hop either side of it. Its random numbers come from a counter-
based generator at a counter that depends on f alone (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC
2011), and bin k always means k / (2 hop) Hz: so any stretch can be made by itself, to the last bit, and at another
sample rate the same noise is heard. Neighbouring frames are independent, and the windows' squares add to one, so the
level is steady.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.frozen import dataclass
from producer.later import fft

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CEILING_HZ = 24_000.0
NEAR_ONE_HZ = 170.0
"""Where two ears a head apart begin to hear a diffuse field apart; below it both channels carry the same."""
WIDEST = 0.42
"""Share of power that differs between the channels at `width` 1: the fold to mono loses 2.4 LU of it at most."""
EASE = 0.5
"""From this share of its top on, a noise that ends below the ceiling is eased out."""
_DRAW_SPREAD = 65536.0 / 12.0**0.5  # standard deviation of an even 16-bit number
_AT_ONCE_S = 3.2
"""Frames made together span about this: with fewer the threads wait for Python, with more they leave the cache."""


@dataclass(frozen=True, slots=True)
class Field:
    """The spectrum of some frames: amplitude densities in full scale per √Hz, shape (frames, bins) each."""

    left: Singles
    right: Singles
    width: float | Singles = 0.7
    """How far apart the channels are: 0 (one point) … 1 (all around); shape (frames, 1) when it moves."""


Shape = Callable[[Floats, Singles], Field]
"""(times of the frames in seconds, shape (frames,); frequencies in Hz, shape (bins,)) -> their spectrum."""


@lru_cache(maxsize=64)
def _window(hop: int) -> Singles:
    return np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop)).astype(np.float32)


@lru_cache(maxsize=64)
def _frequencies(hop_s: float, bins: int) -> tuple[Singles, Singles]:
    """Frequencies of bins 0 … bins - 1 in Hz, and how much of each may differ between the ears (0 … 1, power)."""
    hz = (np.arange(bins) / (2.0 * hop_s)).astype(np.float32)
    apart = (hz / NEAR_ONE_HZ) ** 2
    return hz, (WIDEST * apart / (1.0 + apart)).astype(np.float32)


@lru_cache(maxsize=64)
def _eased(hop_s: float, bins: int) -> Singles:
    """Gain of bins 0 … bins - 1: a noise that is not made up to the ceiling ends in a slope, and not at an edge."""
    if (bins - 1) / (2.0 * hop_s) >= CEILING_HZ - 1.0 / hop_s:
        return np.ones(bins, np.float32)
    way = np.clip((np.arange(bins) / (bins - 1) - EASE) / (1.0 - EASE), 0.0, 1.0)
    return (np.cos(0.5 * np.pi * way) ** 2).astype(np.float32)


def noise(
    shape: Shape, start: int, stop: int, rate_hz: int, seed: int, *, hop_s: float = 0.04, top_hz: float = CEILING_HZ
) -> Audio:
    """Samples [start, stop) of endless stereo noise, shape (stop - start, 2).

    Args:
        shape: the spectrum over time; asked at the frames' centres, which start at 0.
        seed: which noise.
        hop_s: seconds between frames: short follows quick changes, long resolves narrow resonances (1 / (2 hop) Hz).
        top_hz: nothing is made above it, which also saves work; from an octave below it the noise is eased out.
    """
    hop = max(1, round(rate_hz * hop_s))
    bins = int(min(top_hz, CEILING_HZ) * 2.0 * hop_s) + 1
    first, last = start // hop, -(-stop // hop)
    made = np.empty((last - first, hop, 2), np.float32)
    together = max(6, round(_AT_ONCE_S / hop_s))
    tail: Singles | None = None  # what the last frame so far has to give to the hop after its centre
    for low in range(first, last + 1, together):
        frames = _frames(shape, low, min(last + 1, low + together), rate_hz, hop_s, bins, seed)
        hops = made[low - first : low - first + frames.shape[1]]  # those that begin at these frames' centres
        for channel, ours in enumerate(frames):
            if tail is not None:
                np.add(tail[channel], ours[0, :hop], out=made[low - first - 1, :, channel])
            np.add(ours[:-1, hop:], ours[1:, :hop], out=hops[: len(ours) - 1, :, channel])
        tail = frames[:, -1, hop:]
    return made.reshape(-1, 2)[start - first * hop : stop - first * hop]


def _frames(shape: Shape, low: int, high: int, rate_hz: int, hop_s: float, bins: int, seed: int) -> Singles:
    """Frames [low, high) under their window, shape (2, frames, two hops of samples)."""
    hop = max(1, round(rate_hz * hop_s))
    kept = min(bins, hop)  # at low sample rates the top of what was drawn has no place
    hz, apart = _frequencies(hop_s, bins)
    field = shape(np.arange(low, high, dtype=np.float64) * (hop / rate_hz), hz[:kept])
    both, each = _draw(low, high, bins, kept, seed)
    apart = (apart[:kept] * _one(field.width)).astype(np.float32, copy=False)
    # Left is (both + each) and right (both - each), at powers that add up to 1; the factor of both comes last.
    shared = np.sqrt(np.float32(1.0) - apart)
    each *= (np.sqrt(apart) / shared)[..., None, :]
    shared *= np.float32((rate_hz * hop / 2.0) ** 0.5 / _DRAW_SPREAD) * _eased(hop_s, bins)[:kept]
    spectra = np.zeros((2, high - low, hop + 1), np.complex64)
    left = field.left * shared
    right = left if field.right is field.left else field.right * shared
    for spectrum, parts, colour in (
        (spectra[0], both + each, left),
        (spectra[1], np.subtract(both, each, out=each), right),
    ):
        np.multiply(parts[:, 0], colour, out=spectrum.real[:, :kept])
        np.multiply(parts[:, 1], colour, out=spectrum.imag[:, :kept])
    spectra[..., 0] = 0.0
    frames: Singles = fft.irfft(spectra, 2 * hop, axis=-1, overwrite_x=True)
    frames *= _window(hop)
    return frames


def _one(width: float | Singles) -> float | Singles:
    """A width that stands still in all the frames as one number: what follows from it is then worked out once."""
    if isinstance(width, np.ndarray) and bool((width == width.flat[0]).all()):
        return width[:1]
    return width


def _draw(low: int, high: int, bins: int, kept: int, seed: int) -> tuple[Singles, Singles]:
    """Two independent sets of real and imaginary parts for frames [low, high), shape (frames, 2, kept) each."""
    counters = -(-bins * 4 // 16)  # one counter of Philox4x64 gives sixteen 16-bit numbers
    raw = np.random.Philox(key=seed, counter=low * counters).random_raw((high - low) * counters * 4)
    parts = raw.astype("<u8", copy=False).view("<i2").reshape(high - low, counters * 16)[:, : bins * 4]
    planes = parts.reshape(high - low, 2, 2, bins)[..., :kept].astype(np.float32)
    return planes[:, 0], planes[:, 1]
