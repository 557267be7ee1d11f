"""What is measured of a sound on its own: how loud it is, and where its hit is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from producer.audio import Audio
from producer.dsp.loudness import PowerMeter, integrated, loudness

WINDOW_S = 0.002
"""The envelope's window: short enough to tell a heel from a toe."""
REACH_DB = -6.0
"""How near its loudest moment a sound must come to count as its hit: a whoosh before the blow stays under."""
BLOCK = 1 << 18


def onset(audio: Audio, rate_hz: int) -> int:
    """The sample where the sound's hit is: where it first comes within 6 dB of its loudest 2 ms.

    Args:
        audio: shape (samples, channels). Silence and nothing at all have their hit at 0.
    """
    if not len(audio):
        return 0
    width = max(1, round(WINDOW_S * rate_hz))
    power = np.square(audio, dtype=np.float64).sum(axis=1)
    # Looking ahead: the value at n is the mean of [n, n + width), so that a click shows no later than it is heard.
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([power, np.zeros(width)]))])
    envelope = np.maximum(total[width : width + len(power)] - total[: len(power)], 0.0) / width
    top = float(envelope.max())
    if top <= 0.0:
        return 0
    enough = top * 10.0 ** (REACH_DB / 10.0)
    reached = int(np.argmax(envelope >= enough))
    # Somewhere in that window the blow begins, and its mean is enough: so at least one of its samples is.
    return reached + int(np.argmax(power[reached : reached + width] >= enough))


def loudness_lufs(read: Callable[[int, int], Audio], length: int, channels: int, rate_hz: int) -> float:
    """How loud `length` samples are, LUFS, read in blocks: as `dsp.loudness.loudness` has it of the whole."""
    if length < 2 * BLOCK:
        return loudness(read(0, length), rate_hz)
    meter = PowerMeter(rate_hz, channels)
    for start in range(0, length, BLOCK):
        meter.push(read(start, min(length, start + BLOCK)))
    return integrated(meter.powers(), meter.seconds_per_hop)
