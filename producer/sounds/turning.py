"""Where a recording can turn back without being caught at it: the search behind `looping.find_loop`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono
from producer.later import ndimage, signal

Floats = NDArray[np.float64]

FLOOR_DB = -6.0
"""A recording's own fade-in and fade-out, quieter than this beside its middle, are not a part of the loop."""
QUIETER_DB = 3.0
"""A quieter place to turn back to is worth that much of the recording; less is the noise of measuring."""
AROUND = 8
"""Samples on either side of a turn that must be calm."""
QUANTILE = 0.999
NEAR_S = 0.02
"""How far a turn may be moved to where the waveform is calm: too little to be heard in a rhythm."""
_HOP_S = 0.05
_LISTENED = 40  # blocks of a long recording whose steps are looked at, spread evenly
_BLOCK = 1 << 16


class Body(Protocol):
    """Samples that can be read from anywhere within 0 … length."""

    @property
    def length(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def read(self, start: int, stop: int) -> Audio: ...


def usual_step(body: Body) -> float:
    """The 99.9th percentile of the steps from one sample to the next: what a seam must not exceed."""
    starts = range(0, max(1, body.length - 1), _BLOCK)
    chosen = starts[:: -(-len(starts) // _LISTENED)]
    steps = [_steps(body.read(at, min(at + _BLOCK + 1, body.length))).ravel() for at in chosen]
    every = np.concatenate(steps)
    return float(np.quantile(every, QUANTILE)) if len(every) else 0.0


def _steps(audio: Audio) -> NDArray[np.float32]:
    return np.abs(np.diff(audio, axis=0))


def roughness(body: Body, first: int, last: int) -> Floats:
    """For each place in [first, last): the largest step within `AROUND` samples of it, shape (last - first,)."""
    begin, stop = max(0, first - AROUND - 1), min(body.length, last + AROUND + 1)
    steps = _steps(body.read(begin, stop)).max(axis=1, initial=0.0).astype(float)
    whole = np.zeros(last - first + 2 * AROUND + 1)
    at = begin - (first - AROUND - 1)
    whole[at : at + len(steps)] = steps
    return np.asarray(ndimage.maximum_filter1d(whole, 2 * AROUND + 1)[AROUND : AROUND + last - first])


def calm_shift(rough: Floats, usual: float, middle: int) -> int:
    """By how much to move from index `middle` to the nearest calm place, else to the calmest."""
    calm = np.flatnonzero(rough <= usual)
    if len(calm):
        return int(calm[np.argmin(np.abs(calm - middle))]) - middle
    return int(np.argmin(rough)) - middle


def steady_part(body: Body, rate_hz: int) -> tuple[int, int]:
    """The samples between which a recording is itself, without its own fades."""
    hop = max(1, round(_HOP_S * rate_hz))
    per_read = hop * 100
    hops = np.concatenate(
        [_hop_powers(body.read(at, min(at + per_read, body.length)), hop) for at in range(0, body.length, per_read)]
    )
    if len(hops) < 8:
        return 0, body.length
    smooth = np.convolve(hops, np.ones(4) / 4, "valid")
    loud = np.flatnonzero(smooth >= np.median(smooth) * 10.0 ** (FLOOR_DB / 10.0))
    start, end = int(loud[0]) * hop, (int(loud[-1]) + 4) * hop
    return (start, end) if end - start >= body.length // 2 else (0, body.length)


def _hop_powers(audio: Audio, hop: int) -> Floats:
    power = np.square(as_mono(audio)[:, 0].astype(float))
    return np.asarray(power[: len(power) // hop * hop].reshape(-1, hop).mean(axis=1))


def quiet_start(body: Body, start: int, fade: int, search: int, rate_hz: int) -> int:
    """Where, within `search` samples after `start`, the `fade` samples are quietest: between two drips, not on one.

    `start` itself when nothing is clearly quieter.
    """
    hop = max(1, round(0.01 * rate_hz))
    audio = body.read(start, min(body.length, start + search + fade)).astype(float)
    audio -= audio.mean(axis=0)
    total = np.concatenate([[0.0], np.cumsum(np.square(audio).sum(axis=1))])
    at = np.arange(0, max(1, len(audio) - fade + 1), hop)
    energy = total[at + fade] - total[at]
    best = int(np.argmin(energy))
    return start + int(at[best]) if energy[best] < energy[0] * 10.0 ** (-QUIETER_DB / 10.0) else start


def ends(body: Body, start: int, end: int, fade: int, search: int, usual: float) -> Iterator[int]:
    """Ends within the last `search` samples before `end`, the best first.

    The last `fade` samples before a good one are like those after `start`, in shape and in level, and its fade begins
    where the waveform is calm. No two are near each other.
    """
    head = body.read(start, start + fade).astype(float)
    tail = body.read(end - search - fade, end).astype(float)
    head -= head.mean(axis=0)
    together = np.sum(
        [signal.correlate(t, h, "valid", method="fft") for t, h in zip(tail.T, head.T, strict=True)], axis=0
    )
    energy = np.sum([_moving_energy(channel, fade) for channel in tail.T], axis=0)
    energy = np.maximum(energy, 1e-20)
    head_energy = max(float(np.square(head).sum()), 1e-20)
    alike = np.clip(together / np.sqrt(energy * head_energy), -1.0, 1.0)
    level = np.minimum(energy / head_energy, head_energy / energy) ** 0.25
    score = (1.0 + alike) * level
    rough = roughness(body, end - search - fade, end - fade + 1)
    if (rough <= usual).any():
        score = np.where(rough <= usual, score, -1.0)
    apart = max(1, fade // 8)
    while score.max() > 0.0:
        best = int(np.argmax(score))
        yield end - search + best
        score[max(0, best - apart) : best + apart + 1] = -1.0


def _moving_energy(channel: Floats, width: int) -> Floats:
    """Energy of each `width` samples about their own mean, shape (samples - width + 1,)."""
    squares = np.concatenate([[0.0], np.cumsum(np.square(channel))])
    sums = np.concatenate([[0.0], np.cumsum(channel)])
    return np.asarray((squares[width:] - squares[:-width]) - np.square(sums[width:] - sums[:-width]) / width)


def likeness(body: Body, start: int, end: int, fade: int) -> float:
    """Correlation of the `fade` samples after `start` with those before `end`, 0 … 1, whatever their DC."""
    if fade < 1:
        return 0.0
    head, tail = body.read(start, start + fade).astype(float), body.read(end - fade, end).astype(float)
    head, tail = (head - head.mean(axis=0)).ravel(), (tail - tail.mean(axis=0)).ravel()
    scale = float(np.sqrt(np.square(head).sum() * np.square(tail).sum()))
    return float(np.clip(head @ tail / scale, 0.0, 1.0)) if scale > 0.0 else 0.0
