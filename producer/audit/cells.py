"""A programme as the audit sees it: power in cells of a frame by 12 bands, a 1 ms outline, and how the channels relate.

Cells hold the sum of the channels' powers, so it does not matter where a sound is panned: the mix's pan law keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.audit.levels import CELLS, OUTLINE, Codes, Powers, db
from producer.dsp.grid import frame_samples
from producer.later import fft

MOMENTS = 16
"""Moments of a frame."""
EDGES_HZ = (50.0, 100.0, 155.0, 239.0, 369.0, 571.0, 882.0, 1363.0, 2107.0, 3257.0, 5034.0, 7780.0, 12025.0)
BANDS = len(EDGES_HZ) - 1
_BATCH = 32  # windows that fit into a core's own cache with all that is made of them
_AT_ONCE = 64  # frames, likewise
_AHEAD = 64  # frames that a recorder waits for


def moment_samples(rate_hz: int) -> int:
    """Samples of a moment: 48 at 44.1 kHz, 1.1 ms."""
    return frame_samples(rate_hz) // MOMENTS


@dataclass(frozen=True, slots=True)
class _Kit:
    """What turns windows of interleaved samples into powers of bands."""

    window: NDArray[np.float32]  # each value once for each channel
    sums: NDArray[np.intp]  # where sums over the squared spectrum begin
    above: NDArray[np.intp]  # which of them are the bands
    below: NDArray[np.intp]  # and which the bands of negative frequencies; of real spectra none
    empty: NDArray[np.bool_]  # bands that the rate does not reach
    mean_square: np.float32


@lru_cache(maxsize=16)
def _kit(rate_hz: int, channels: int) -> _Kit:
    length = 2 * frame_samples(rate_hz)
    window = np.hanning(length + 1)[:-1]
    edges = np.minimum(np.searchsorted(np.arange(length // 2) * (rate_hz / length), EDGES_HZ), length // 2)
    sums, below = 2 * edges, np.zeros(0, np.intp)
    if channels == 2:
        sums = np.concatenate([sums, 2 * (length + 1 - edges[::-1])])
        below = np.arange(2 * BANDS, BANDS, -1)
    return _Kit(
        window=np.repeat(window, channels).astype(np.float32),
        sums=sums,
        above=np.arange(BANDS),
        below=below,
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
        if not flat[at * hop : (at + _BATCH - 1) * hop + width].any():
            continue
        batch = windows[at : at + _BATCH] * kit.window
        # Two channels are one complex signal: its spectrum's squares at a frequency and at its negative come to twice
        # the sum of the channels'.
        spectra = fft.fft(batch.view(np.complex64), axis=1, overwrite_x=True) if channels == 2 else fft.rfft(batch)
        squares = np.square(spectra.view(np.float32))
        sums = np.add.reduceat(squares, kit.sums, axis=1)
        made[at : at + _BATCH] = sums[:, kit.above] + (sums[:, kit.below] if channels == 2 else 0.0)
    made[:, kit.empty] = 0.0
    return made * kit.mean_square


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A programme, or a part of it that begins on a frame, seen; an hour of it is 11 MB."""

    rate_hz: int
    samples: int
    cell_codes: Codes
    """Shape (frames, BANDS), the sum of the channels, as `CELLS` has it."""
    moment_codes: Codes
    """Shape (moments, 2), the sum of the channels, as `OUTLINE` has it: the whole signal, and what of it is about
    3 to 18 kHz."""
    channels: Powers
    """Shape (frames, 3): mean squares of left, of right, and left times right; a mono programme is both."""

    @property
    def cells_db(self) -> Powers:
        return CELLS.decoded(self.cell_codes)

    @staticmethod
    def joined(parts: Sequence[Seen]) -> Seen:
        """Parts that follow on each other, all but the last of them whole frames. Raises ValueError for none."""
        if not parts:
            raise ValueError("nothing was seen")
        if any(part.samples % frame_samples(part.rate_hz) for part in parts[:-1]):
            raise ValueError("a part ends within a frame")
        return Seen(
            rate_hz=parts[0].rate_hz,
            samples=sum(part.samples for part in parts),
            cell_codes=np.concatenate([part.cell_codes for part in parts]),
            moment_codes=np.concatenate([part.moment_codes for part in parts]),
            channels=np.concatenate([part.channels for part in parts]),
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
    cell_codes, moment_codes = np.zeros((frames, BANDS), np.uint8), np.zeros((frames * MOMENTS, 2), np.uint8)
    channels = np.zeros((frames, 3), np.float32)
    for first in range(0, frames, _AT_ONCE):
        last = min(first + _AT_ONCE, frames)
        around = stretch(audio, start + first * hop - hop // 2 - begin, (last - first + 1) * hop)
        cell_codes[first:last] = CELLS.coded(db(cells(around, rate_hz)))
        outline, channels[first:last] = _outline(around, hop)
        moment_codes[first * MOMENTS : last * MOMENTS] = OUTLINE.coded(db(outline))
    return Seen(
        rate_hz=rate_hz, samples=stop - start, cell_codes=cell_codes, moment_codes=moment_codes, channels=channels
    )


def _outline(around: Audio, hop: int) -> tuple[Powers, Powers]:
    """Powers of moments and of channels, as `Seen` has them, of all but half a frame at each end."""
    first, count = hop // 2, len(around) - hop
    both = [np.ascontiguousarray(way) for way in around.T]  # a channel at a time: several times as fast
    outline = np.zeros((count * MOMENTS // hop, 2), np.float32)
    channels = np.zeros((count // hop, 3), np.float32)
    for number, way in enumerate(both):
        plain = way[first : first + count]
        # Twice the difference over two samples: nothing below, nothing at half the rate, most at a quarter of it.
        apart = plain - np.float32(2.0) * way[first - 2 : first - 2 + count]
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


class Recorder:
    """Looks on while a programme goes by in stretches, from several threads, some of it more than once."""

    def __init__(self, rate_hz: int, samples: int | None = None) -> None:
        """`samples`: how long the programme is; None where it ends with the only stretch that is seen."""
        self.rate_hz = rate_hz
        self._samples = samples
        self._hop = frame_samples(rate_hz)
        self._pieces: dict[int, Seen] = {}
        self._lock = Lock()

    def listen(self, start: int, blocks: Iterable[Audio]) -> Iterator[Audio]:
        """The blocks as they come; what they are is taken down. `start` is the place of the first sample."""
        half = self._hop // 2
        waiting: list[Audio] = []
        held, begin = 0, start  # how many samples are waiting, and the place of the first
        frame = -(-(start + half) // self._hop) if start else 0
        try:
            for block in blocks:
                yield block
                waiting.append(np.asarray(block))
                held += len(block)
                ready = (begin + held - half) // self._hop
                if ready - frame >= _AHEAD:
                    joined = np.concatenate(waiting)
                    self._take(frame, ready * self._hop, joined, begin)
                    frame = ready
                    kept = joined[max(0, frame * self._hop - half - begin) :].copy()
                    begin += len(joined) - len(kept)
                    waiting, held = [kept], len(kept)
        finally:  # what broke off is seen up to there
            end = begin + held
            if self._samples is None:
                self._samples = end
            stop = min(end, self._samples) if end >= self._samples else (end - half) // self._hop * self._hop
            if stop > frame * self._hop:
                self._take(frame, stop, np.concatenate(waiting), begin)

    def _take(self, first: int, stop: int, audio: Audio, begin: int) -> None:
        """Take down what is from frame `first` to sample `stop` in `audio`, which begins at `begin`."""
        piece = look(audio, begin, first * self._hop, stop, self.rate_hz)
        with self._lock:
            if first not in self._pieces or self._pieces[first].samples <= piece.samples:
                self._pieces[first] = piece

    def seen(self) -> Seen:
        """What was taken down. Raises ValueError where a part was never seen."""
        samples = self._samples or 0
        frames = -(-samples // self._hop)
        there = np.zeros(frames, np.bool_)
        made = Seen(
            rate_hz=self.rate_hz,
            samples=samples,
            cell_codes=np.zeros((frames, BANDS), np.uint8),
            moment_codes=np.zeros((frames * MOMENTS, 2), np.uint8),
            channels=np.zeros((frames, 3), np.float32),
        )
        for first, piece in sorted(self._pieces.items()):
            last = min(frames, first + len(piece.cell_codes))
            made.cell_codes[first:last] = piece.cell_codes[: last - first]
            made.moment_codes[first * MOMENTS : last * MOMENTS] = piece.moment_codes[: (last - first) * MOMENTS]
            made.channels[first:last] = piece.channels[: last - first]
            there[first:last] = True
        if not there.all():
            raise ValueError("a part of the programme was never seen")
        return made
