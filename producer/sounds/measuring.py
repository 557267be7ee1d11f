"""What is measured of a sound on its own: how loud it is, and where its hit is."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.loudness import PowerMeter, integrated, loudness, lufs, own_length_loudness, sliding
from producer.model.sound import STEP_S

WINDOW_S = 0.002
"""The envelope's window: short enough to tell a heel from a toe."""
REACH_DB = -6.0
"""How near its loudest moment a sound must come to count as its hit: a whoosh before the blow stays under."""
BLOCK = 1 << 18
SPARSE = 4.0
"""A bed whose mean power is over so many times its usual one is mostly silent: birds and drips are, a fire is not."""
PARTS, UNSURE = 6, 0.15
"""Where the parts of a minute leave its mean power unsure by more than this share (0.6 LU), one minute is too little:
drips fall evenly enough, birds do not."""
FEWEST_MINUTES, MOST_MINUTES, SETTLED_LU = 5, 8, 0.5
SILENCE_DB = -60.0
"""How far under its loudest moment a sound has not begun, or has ended: what lies outside is not of its own length."""
TOP_HOPS = 5
"""The loudest moment is the loudest 50 ms, so that the spike of one sample is not taken for it."""


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


def endless_lufs(minute: Callable[[int], Callable[[int, int], Audio]], length: int, rate_hz: int) -> float:
    """How loud a bed without end is, LUFS: of one minute of it, or of several where it is mostly silent, and uneven.

    A minute of wind is like the next; in one of birds, few sing, and another few in the next. There the mean of the
    powers is taken, until another minute moves it by less than half a LU.

    Args:
        minute: of a number from 0 on, another stretch of the bed, stereo, and made by another chance: samples
            [start, stop).
        length: samples in each.
    """
    powers: list[float] = []
    found = float("-inf")
    while len(powers) < MOST_MINUTES:
        meter = PowerMeter(rate_hz, 2)
        read = minute(len(powers))
        for start in range(0, length, BLOCK):
            meter.push(read(start, min(length, start + BLOCK)))
        blocks = sliding(meter.powers(), STEP_S, meter.seconds_per_hop)
        level = integrated(meter.powers(), meter.seconds_per_hop)
        if not powers and not _is_uneven(blocks):
            return level
        before = found
        powers.append(10.0 ** (level / 10.0))
        mean = sum(powers) / len(powers)
        found = 10.0 * math.log10(mean) if mean else float("-inf")
        if len(powers) >= FEWEST_MINUTES and (found == before or abs(found - before) < SETTLED_LU):
            break
    return found


def _is_uneven(powers: NDArray[np.float64]) -> bool:
    """Whether another minute may well be a good deal louder or softer than the one with these powers."""
    parts = powers[: len(powers) // PARTS * PARTS].reshape(PARTS, -1).mean(axis=1)
    unsure = float(parts.std(ddof=1)) / math.sqrt(PARTS) > UNSURE * float(parts.mean())
    return unsure and bool(np.median(powers) * SPARSE < powers.mean())


def heard_lufs(read: Callable[[int, int], Audio], length: int, channels: int, rate_hz: int) -> float:
    """How loud a spot sound is, LUFS: integrated (BS.1770), or under 400 ms its energy over its own length.

    Silence before and after it (more than 60 dB under its loudest 50 ms) is not a part of its length. -inf for silence.

    Args:
        read: samples [start, stop), shape (stop - start, channels).
        length: how many there are.
    """
    meter = PowerMeter(rate_hz, channels)
    for start in range(0, length, BLOCK):
        meter.push(read(start, min(length, start + BLOCK)))
    powers = meter.powers()
    begin, end = _sounding(powers, meter.hop, length)
    if end - begin >= 0.4 * rate_hz:
        found = integrated(powers[begin // meter.hop : -(-end // meter.hop)], meter.seconds_per_hop)
        if np.isfinite(found):
            return found
    return own_length_loudness(read(begin, end), rate_hz)


def step_lufs(audio: Audio, rate_hz: int, pace_s: float = STEP_S) -> float:
    """How loud one step of a walk is, LUFS: momentary (the energy of its loudest 400 ms), however short it is.

    Steps are heard in a row, and a row is as loud as the energy of each step; its own length, which a ringing plate
    makes twice that of a slab, says nothing of it. So a walk is equally loud on any ground. Of steps that
    follow one another sooner than that (keys of a typewriter), several fall into 400 ms, and what rings on is heard
    under the next ones: there all of a step counts, over its pace. -inf for silence.

    Args:
        pace_s: from step to step.
    """
    meter = PowerMeter(rate_hz, audio.shape[1])
    meter.push(audio)
    meter.push(np.zeros((round(STEP_S * rate_hz), audio.shape[1])))
    if pace_s < STEP_S:
        return float(lufs(meter.powers().sum() * meter.seconds_per_hop / pace_s))
    return float(lufs(sliding(meter.powers(), STEP_S, meter.seconds_per_hop).max()))


def _sounding(powers: NDArray[np.float64], hop: int, length: int) -> tuple[int, int]:
    """The samples between which there is sound, to the hop, or to the file's own ends where it goes so far."""
    if len(powers) < TOP_HOPS:
        return 0, length
    top = float(np.convolve(powers, np.ones(TOP_HOPS) / TOP_HOPS, "valid").max())
    if top <= 0.0:
        return 0, length
    loud = np.flatnonzero(powers >= top * 10.0 ** (SILENCE_DB / 10.0))
    last = int(loud[-1]) + 1
    return int(loud[0]) * hop, length if last == len(powers) else last * hop
