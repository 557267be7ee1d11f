"""A programme as the audit sees it: power in cells of a frame by 12 bands, a 1 ms outline, and how the channels relate.

Cells hold the sum of the channels' powers, so it does not matter where a sound is panned: the mix's pan law keeps it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, is_heard
from producer.audit.levels import CELLS, OUTLINE, Codes, Powers, db
from producer.audit.rows import MEMORY, Room, Rows
from producer.dsp.grid import frame_samples
from producer.frozen import dataclass
from producer.later import fft

MOMENTS = 16
"""Moments of a frame."""
EDGES_HZ = (50.0, 100.0, 155.0, 239.0, 369.0, 571.0, 882.0, 1363.0, 2107.0, 3257.0, 5034.0, 7780.0, 12025.0)
BANDS = len(EDGES_HZ) - 1
_BATCH = 64  # windows that fit into a core's own cache with all that is made of them
_AT_ONCE = 128  # frames, likewise


def moment_samples(rate_hz: int) -> int:
    """Samples of a moment: 48 at 44.1 kHz, 1.1 ms."""
    return frame_samples(rate_hz) // MOMENTS


@dataclass(frozen=True, slots=True)
class _Kit:
    """What turns windows of interleaved samples into powers of bands."""

    window: NDArray[np.float32]  # each value once for each channel
    sides: tuple[tuple[slice, int, int, NDArray[np.intp]], ...]
    """Of positive frequencies and, for two channels, of negative ones: the bands in the order in which they come, which
    numbers [first, last) of the spectrum they are, and where among these each begins; what comes after is none."""
    empty: NDArray[np.bool_]  # bands that the rate does not reach
    mean_square: np.float32


@lru_cache(maxsize=16)
def _kit(rate_hz: int, channels: int) -> _Kit:
    length = 2 * frame_samples(rate_hz)
    window = np.hanning(length + 1)[:-1]
    edges = np.minimum(np.searchsorted(np.arange(length // 2) * (rate_hz / length), EDGES_HZ), length // 2)
    sides = [(slice(BANDS), edges)]
    if channels == 2:
        sides.append((slice(BANDS - 1, None, -1), length + 1 - edges[::-1]))
    return _Kit(
        window=np.repeat(window, channels).astype(np.float32),
        sides=tuple((bands, 2 * int(at[0]), 2 * int(at[-1]) + 2, 2 * (at - at[0])) for bands, at in sides),
        empty=np.diff(edges) == 0,
        mean_square=np.float32((1.0 if channels == 2 else 2.0) / (length * np.square(window).sum())),
    )


def cells(audio: Audio, rate_hz: int, every: int = 1) -> Powers:
    """Power of each frame and band, channels summed, shape (frames, BANDS).

    A frame is seen through a Hann window of two frames, so the first whole window begins half a frame before its frame.

    Args:
        audio: shape (n, 1 or 2), from the beginning of the first window.
        every: how many frames lie between the windows that are looked at.
    """
    channels = audio.shape[1]
    kit = _kit(rate_hz, channels)
    hop, width = channels * frame_samples(rate_hz) * every, channels * 2 * frame_samples(rate_hz)
    flat = np.ascontiguousarray(audio, np.float32).reshape(-1)
    if len(flat) < width:
        return np.zeros((0, BANDS), np.float32)
    made = np.zeros((1 + (len(flat) - width) // hop, BANDS), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(flat, width)[::hop]
    for at in range(0, len(made), _BATCH):
        if not is_heard(flat[at * hop : (at + _BATCH - 1) * hop + width]):
            continue
        batch = windows[at : at + _BATCH] * kit.window
        # Two channels are one complex signal: its spectrum's squares at a frequency and at its negative come to twice
        # the sum of the channels'.
        spectra = fft.fft(batch.view(np.complex64), axis=1, overwrite_x=True) if channels == 2 else fft.rfft(batch)
        found = made[at : at + _BATCH]
        for bands, first, last, begins in kit.sides:
            squares = np.square(spectra.view(np.float32)[:, first:last])
            found += np.add.reduceat(squares, begins, axis=1)[:, bands]
    made[:, kit.empty] = 0.0
    return made * kit.mean_square


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A part of a programme that begins on a frame, seen; an hour of it is 11 MB."""

    rate_hz: int
    samples: int
    cell_codes: Codes
    """Shape (frames, BANDS), the sum of the channels, as `CELLS` has it."""
    moment_codes: Codes
    """Shape (moments, 2), the sum of the channels, as `OUTLINE` has it: the whole signal, and what of it is about
    3 to 18 kHz."""
    channels: Powers
    """Shape (frames, 3): mean squares of left, of right, and left times right; a mono programme is both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole programme, seen: what `Seen` has of a part, in tables that are read where they are asked for."""

    rate_hz: int
    samples: int
    cell_codes: Rows
    moment_codes: Rows
    channels: Rows


class Album:
    """Takes down a programme, part by part."""

    def __init__(self, room: Room = MEMORY, rate_hz: int | None = None) -> None:
        """`rate_hz`: of a programme of which there may be nothing."""
        self._rate_hz = rate_hz
        self._samples = 0
        self._cells, self._moments, self._channels = Rows(room, BANDS), Rows(room, 2), Rows(room, 3, np.float32)

    def add(self, part: Seen) -> None:
        """The next part. Raises ValueError where the one before it did not end with a frame."""
        if self._rate_hz is not None and self._samples % frame_samples(self._rate_hz):
            raise ValueError("a part ends within a frame")
        self._rate_hz = part.rate_hz
        self._samples += part.samples
        self._cells.append(part.cell_codes)
        self._moments.append(part.moment_codes)
        self._channels.append(part.channels)

    def whole(self) -> Whole:
        """All that was taken down. Raises ValueError when nothing was, and not even its rate is known."""
        if self._rate_hz is None:
            raise ValueError("nothing was seen")
        return Whole(
            rate_hz=self._rate_hz,
            samples=self._samples,
            cell_codes=self._cells,
            moment_codes=self._moments,
            channels=self._channels,
        )


def look(audio: Audio, begin: int, start: int, stop: int, rate_hz: int) -> Seen:
    """Samples [start, stop) of a programme, seen; the same however much more of it is given.

    Args:
        audio: shape (n, 1 or 2), from sample `begin` of the programme on; at least half a frame before `start` and
            after `stop`, unless the programme begins or ends there.
        start: on a frame; so is `stop`, unless the programme ends there.
    """
    hop = frame_samples(rate_hz)
    if start % hop:
        raise ValueError(f"a part that begins at sample {start} does not begin on a frame")
    frames = -(-(stop - start) // hop)
    around = stretch(audio, start - hop // 2 - begin, (frames + 1) * hop)
    moment_codes, channels = np.zeros((frames * MOMENTS, 2), np.uint8), np.zeros((frames, 3), np.float32)
    for first in range(0, frames, _AT_ONCE):
        last = min(first + _AT_ONCE, frames)
        outline, channels[first:last] = _outline(around[first * hop : (last + 1) * hop], hop)
        moment_codes[first * MOMENTS : last * MOMENTS] = OUTLINE.coded(db(outline))
    cell_codes = CELLS.coded(db(cells(around, rate_hz)))
    return Seen(
        rate_hz=rate_hz, samples=stop - start, cell_codes=cell_codes, moment_codes=moment_codes, channels=channels
    )


def _outline(around: Audio, hop: int) -> tuple[Powers, Powers]:
    """Powers of moments and of channels, as `Seen` has them, of all but half a frame at each end."""
    first, count = hop // 2, len(around) - hop
    both = np.ascontiguousarray(around.T)  # a channel at a time: several times as fast
    apart = np.empty(count, np.float32)
    outline = np.zeros((count * MOMENTS // hop, 2), np.float32)
    channels = np.zeros((count // hop, 3), np.float32)
    for number, way in enumerate(both):
        plain = way[first : first + count]
        # Twice the difference over two samples: nothing below, nothing at half the rate, most at a quarter of it.
        np.multiply(way[first - 2 : first - 2 + count], np.float32(2.0), out=apart)
        np.subtract(plain, apart, out=apart)
        apart += way[first - 4 : first - 4 + count]
        power = _powers(plain, plain, hop // MOMENTS)
        outline[:, 0] += power
        outline[:, 1] += _powers(apart, apart, hop // MOMENTS) / np.float32(16.0)
        channels[:, number] = power.reshape(-1, MOMENTS).mean(axis=1)
    channels[:, 1] = channels[:, len(both) - 1]
    left, right = both[0][first : first + count], both[-1][first : first + count]
    channels[:, 2] = _powers(left, right, hop)
    return outline, channels


def _powers(one: NDArray[np.float32], other: NDArray[np.float32], width: int) -> Powers:
    """Means of the products of two signals over every `width` samples."""
    sums = np.einsum("nk,nk->n", one.reshape(-1, width), other.reshape(-1, width))
    return np.asarray(sums / np.float32(width), np.float32)


def stretch(audio: Audio, first: int, count: int) -> Audio:
    """Samples [first, first + count) of `audio`; silence where it has none."""
    if first >= 0 and first + count <= len(audio):
        return np.ascontiguousarray(audio[first : first + count], np.float32)
    made = np.zeros((count, audio.shape[1]), np.float32)
    low, high = max(first, 0), min(first + count, len(audio))
    if low < high:
        made[low - first : high - first] = audio[low:high]
    return made
