"""Samples on their way into a file: at another rate, or in whole steps of 16 bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from producer.audio import Audio
from producer.model import chance

_STEP = np.float32(2.0**-15)
_DRAWN = 1 << 16


def at_rate(blocks: Iterable[Audio], from_hz: int, to_hz: int, channels: int) -> Iterator[Audio]:
    """A programme at another rate. Going to a higher rate and back gives as many samples as there were.

    Upwards the length is rounded up to a whole sample, and downwards cut to one, so that nothing is lost either way.
    """
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float32", quality="HQ")
    came = gave = 0

    def whole() -> int:
        return -(-came * to_hz // from_hz) if to_hz > from_hz else came * to_hz // from_hz

    for block in blocks:
        came += len(block)
        made = np.asarray(stream.resample_chunk(np.ascontiguousarray(block, np.float32)), np.float32)
        gave += len(made)
        yield made.reshape(-1, channels)
    rest = np.asarray(stream.resample_chunk(np.zeros((0, channels), np.float32), last=True), np.float32)
    rest = rest.reshape(-1, channels)[: max(0, whole() - gave)]
    yield rest
    if short := whole() - gave - len(rest):
        yield np.zeros((short, channels), np.float32)


def dithered(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """A programme in steps of 16 bits, with triangular dither of two steps: what is quieter than a step stays in it.

    The dither is the same for every programme, and however it is cut. Source: Lipshitz, Wannamaker and Vanderkooy,
    "Quantization and dither: a theoretical survey", JAES 40(5), 1992.
    """
    at = 0
    drawn: dict[int, Audio] = {}
    for block in blocks:
        noise = np.empty_like(block)
        done = 0
        while done < len(block):
            number, inside = divmod(at + done, _DRAWN)
            if number not in drawn:
                drawn = {number: _triangular(number, block.shape[1])}
            some = drawn[number][inside : inside + len(block) - done]
            noise[done : done + len(some)] = some
            done += len(some)
        at += len(block)
        yield np.clip(np.round(block / _STEP + noise) * _STEP, -1.0, 1.0 - _STEP)


def _triangular(number: int, channels: int) -> Audio:
    two = chance.rng("dither", number).random((2, _DRAWN, channels), np.float32)
    return np.asarray(two[0] - two[1], np.float32)
