"""What is measured of a sound on its own: how loud it is, and where its hit is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.loudness import PowerMeter, integrated, loudness, lufs, own_length_loudness

WINDOW_S = 0.002
"""The envelope's window: short enough to tell a heel from a toe."""
REACH_DB = -6.0
"""How near its loudest moment a sound must come to count as its hit: a whoosh before the blow stays under."""
BLOCK = 1 << 18
SOUNDING_DB = -20.0
"""How far under its loudest moment a sound still counts as sounding: below it are tails, pauses and the room."""
TOP_HOPS = 5
"""The loudest moment is the loudest 50 ms, so that the spike of one sample is not taken for it."""
PAUSE_HOPS = 5
"""A dip of up to 50 ms inside a sound is a part of it: the waves of a low tone, the grain of a scrape."""


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


def heard_lufs(read: Callable[[int, int], Audio], length: int, channels: int, rate_hz: int) -> float:
    """How loud a spot sound is while it sounds, LUFS: K-weighted, of what is within 20 dB of its loudest 50 ms.

    A steady sound reads as BS.1770's integrated loudness, a short burst as its energy over its own length; what
    follows a blow, a long tail or a short one, changes neither. So two packs whose takes were cut differently are
    equally loud. Silence is -inf.

    Args:
        read: samples [start, stop), shape (stop - start, channels).
        length: how many there are.
    """
    meter = PowerMeter(rate_hz, channels)
    if length < 3 * meter.hop:
        return own_length_loudness(read(0, length), rate_hz)
    for start in range(0, length, BLOCK):
        meter.push(read(start, min(length, start + BLOCK)))
    last = length % meter.hop
    meter.push(np.zeros((meter.hop - last if last else 0, channels)))
    powers = meter.powers()
    if last:
        powers = np.append(powers[:-1], powers[-1] * meter.hop / last)  # its mean over what there is of the last hop
    width = min(TOP_HOPS, len(powers))
    top = float(np.convolve(powers, np.ones(width) / width, "valid").max())
    if top <= 0.0:
        return float("-inf")
    counts = np.ones(len(powers))
    counts[-1] = last / meter.hop if last else 1.0
    sounding = _closed(powers >= top * 10.0 ** (SOUNDING_DB / 10.0)) * counts
    return float(lufs(powers @ sounding / sounding.sum()))


def _closed(loud: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`loud` with its short gaps filled."""
    at = np.flatnonzero(loud)
    closed = loud.copy()
    for before, after in itertools.pairwise(at):
        if 1 < after - before <= PAUSE_HOPS + 1:
            closed[before:after] = True
    return closed
