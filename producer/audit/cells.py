"""A programme as the audit sees it: power in cells of a frame by 12 bands, a 1 ms outline, and how the channels relate.

Cells hold the sum of the channels' powers, so it does not matter where a sound is panned: the mix's pan law keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.grid import frame_samples
from producer.later import fft

Powers = NDArray[np.float32]
"""Mean squares, full scale 1; cells have shape (frames, BANDS)."""

MOMENTS = 16
"""Moments of a frame."""
EDGES_HZ = (50.0, 100.0, 155.0, 239.0, 369.0, 571.0, 882.0, 1363.0, 2107.0, 3257.0, 5034.0, 7780.0, 12025.0)
BANDS = len(EDGES_HZ) - 1
_BATCH = 512
_LEAST = 1e-12  # -120 dB: no more than rounding


def moment_samples(rate_hz: int) -> int:
    """Samples of a moment: 48 at 44.1 kHz, 1.1 ms."""
    return frame_samples(rate_hz) // MOMENTS


def db(power: NDArray[np.floating]) -> Powers:
    """Decibels of powers, nothing below -120."""
    return np.asarray(10.0 * np.log10(np.maximum(power, _LEAST)), np.float32)


@lru_cache(maxsize=8)
def _kit(rate_hz: int) -> tuple[Powers, int, list[int], np.float32]:
    """Window, FFT length, the bins at which bands begin and the last one ends, and what makes sums mean squares."""
    window = np.hanning(2 * frame_samples(rate_hz) + 1)[:-1]
    length = int(fft.next_fast_len(len(window), real=True))
    hz = np.arange(length // 2 + 1) * (rate_hz / length)
    edges = [min(int(np.searchsorted(hz, edge)), len(hz)) for edge in EDGES_HZ]
    mean_square = 2.0 / (length * np.square(window).sum())
    return window.astype(np.float32), length, edges, np.float32(mean_square)


def cells(audio: Audio, rate_hz: int, every: int = 1) -> Powers:
    """Power of each frame and band, channels summed, shape (frames, BANDS).

    A frame is seen through a Hann window of two frames, so the first whole window begins half a frame before its frame.

    Args:
        audio: shape (n, channels), from the beginning of the first window.
        every: how many frames lie between the windows that are looked at.
    """
    window, length, edges, mean_square = _kit(rate_hz)
    hop = frame_samples(rate_hz)
    if len(audio) < 2 * hop:
        return np.zeros((0, BANDS), np.float32)
    made = np.zeros((1 + (len(audio) - 2 * hop) // (hop * every), BANDS), np.float32)
    for channel in audio.T:
        plain = np.ascontiguousarray(channel, np.float32)
        if not plain.any():
            continue
        windows = np.lib.stride_tricks.sliding_window_view(plain, 2 * hop)[:: hop * every]
        for at in range(0, len(made), _BATCH):
            spectrum = fft.rfft(windows[at : at + _BATCH] * window, length, axis=1)
            power = spectrum.real**2 + spectrum.imag**2
            for band, (low, high) in enumerate(pairwise(edges)):
                made[at : at + _BATCH, band] += power[:, low:high].sum(axis=1)
    return made * mean_square


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A whole programme, seen. Powers are mean squares."""

    rate_hz: int
    samples: int
    cells: Powers
    """Shape (frames, BANDS), the sum of the channels."""
    moments: Powers
    """Shape (moments, 2), the sum of the channels: the whole signal, and what of it is about 3 to 18 kHz."""
    channels: Powers
    """Shape (frames, 3): left, right, and left times right; a mono programme is both."""


class Recorder:
    """Looks on while a programme goes by in stretches, from several threads, some of it more than once."""

    def __init__(self, rate_hz: int, samples: int | None = None) -> None:
        """`samples`: how long the programme is; None where it ends with the only stretch that is seen."""
        self.rate_hz = rate_hz
        self._samples = samples
        self._hop, self._moment = frame_samples(rate_hz), moment_samples(rate_hz)
        self._pieces: dict[int, tuple[Powers, Powers, Powers]] = {}
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
                if ready - frame >= _BATCH // 8:
                    joined = np.concatenate(waiting)
                    self._take(frame, ready, joined, begin)
                    frame = ready
                    kept = joined[max(0, frame * self._hop - half - begin) :]
                    begin += len(joined) - len(kept)
                    waiting, held = [kept], len(kept)
        finally:  # what broke off is seen up to there
            end = begin + held
            if self._samples is None:
                self._samples = end
            ready = -(-end // self._hop) if end >= self._samples else (end - half) // self._hop
            if ready > frame:
                self._take(frame, ready, np.concatenate(waiting), begin)

    def _take(self, first: int, last: int, audio: Audio, begin: int) -> None:
        """Take down frames [first, last) of `audio`, which begins at `begin`; beyond its ends there is silence."""
        low, high, half = first * self._hop, last * self._hop, self._hop // 2
        around = np.zeros((high - low + self._hop, audio.shape[1]), np.float32)
        head, tail = max(low - half, begin), min(high + self._hop - half, begin + len(audio))
        around[head - low + half : tail - low + half] = audio[head - begin : tail - begin]
        inside = around[half : half + high - low]
        ways = [np.ascontiguousarray(way) for way in inside.T]  # a channel at a time: several times as fast
        squares = [way * way for way in ways]
        both = ways[0] * ways[-1]
        outline = np.zeros(((high - low) // self._moment, 2), np.float32)
        for channel, square in enumerate(squares):
            # Twice the difference over two samples: nothing below, nothing at half the rate, most at a quarter of it.
            before = np.concatenate([np.zeros(4, np.float32), around[:, channel]])[half : half + high - low + 4]
            apart = before[4:] - 2.0 * before[2:-2] + before[:-4]
            outline[:, 0] += square.reshape(-1, self._moment).mean(axis=1)
            outline[:, 1] += (apart * apart).reshape(-1, self._moment).mean(axis=1) / 16.0
        per_frame = (squares[0], squares[-1], both)
        pair = np.stack([one.reshape(-1, self._hop).mean(axis=1) for one in per_frame], axis=1)
        piece = (cells(around, self.rate_hz), outline, pair)
        with self._lock:
            if first not in self._pieces or len(self._pieces[first][0]) <= len(piece[0]):
                self._pieces[first] = piece

    def seen(self) -> Seen:
        """What was taken down. Raises ValueError where a part was never seen."""
        samples = self._samples or 0
        frames, per = -(-samples // self._hop), self._hop // self._moment
        whole = np.full((frames, BANDS), np.nan, np.float32)
        moments, channels = np.zeros((frames * per, 2), np.float32), np.zeros((frames, 3), np.float32)
        for first, (piece, outline, pair) in sorted(self._pieces.items()):
            last = min(frames, first + len(piece))
            whole[first:last] = piece[: last - first]
            moments[first * per : last * per] = outline[: (last - first) * per]
            channels[first:last] = pair[: last - first]
        if np.isnan(whole).any():
            raise ValueError("a part of the programme was never seen")
        return Seen(rate_hz=self.rate_hz, samples=samples, cells=whole, moments=moments, channels=channels)
