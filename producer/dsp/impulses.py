"""Recorded impulse responses: where the direct sound is, where the ringing ends, how long it takes to die away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio

Floats = NDArray[np.float64]

_START_DB = -20.0
"""Under the highest level, where a response begins. Source: ISO 3382-1, 5.3.3."""
_OVER_NOISE_DB = 12.0
_LATEST_DB = -6.0
"""However noisy a file is, its beginning is never looked for above this."""
_WINDOW_S = 0.0003
_PEAK_S = 0.001
_STEP_S = 0.01
_DEPTH_DB = -75.0
_ENDING_S = 0.05
_STEADY = 1.26
"""What falls by less than 1 dB in the last tenth of a file is its noise."""
_TINY = 1e-20


def direct(impulse: Audio, rate_hz: int) -> int:
    """The sample of the direct sound's peak.

    It is the first peak of what rises over the noise before it to within 20 dB of the loudest moment, so a reflection
    may be louder than the direct sound, and neither silence, nor hiss, nor what the recorder heard of the machine that
    made the sound, is taken for it.

    Args:
        impulse: shape (taps, channels), not silent.
    """
    power = np.square(impulse.astype(np.float64)).sum(axis=1)
    length = max(1, round(_WINDOW_S * rate_hz))
    heard = np.convolve(power, np.ones(length) / length)[: len(power)]  # looks back only
    loudest = float(heard.max())
    before = heard[: int(heard.argmax())]
    floor = min(float(np.quantile(before, 0.25)) if len(before) else 0.0, _noise(power))
    over = max(10.0 ** (_START_DB / 10.0) * loudest, 10.0 ** (_OVER_NOISE_DB / 10.0) * floor)
    first = int(np.argmax(heard >= min(over, 10.0 ** (_LATEST_DB / 10.0) * loudest)))
    return first + int(power[first : first + max(1, round(_PEAK_S * rate_hz))].argmax())


def ringing(impulse: Audio, rate_hz: int) -> Audio:
    """`impulse` without what comes after it has died away into noise (or to 75 dB under its loudest), faded there."""
    step = max(1, round(_STEP_S * rate_hz))
    power = np.square(impulse.astype(np.float64)).sum(axis=1)
    steps = np.add.reduceat(power, np.arange(0, len(power), step)) / step
    least = max(10.0 ** (_DEPTH_DB / 10.0) * float(steps.max()), 4.0 * _noise(power))
    heard = np.flatnonzero(steps > least)
    end = len(impulse) if not len(heard) else min(len(impulse), (int(heard[-1]) + 1) * step)
    ending = round(_ENDING_S * rate_hz)
    kept = impulse[: min(len(impulse), end + ending)].copy()
    fading = min(ending, len(kept))
    kept[len(kept) - fading :] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(fading) + 1.0) / fading)).astype(np.float32)[
        :, None
    ]
    return kept


def decay_s(impulse: Audio, rate_hz: int) -> float:
    """How long `impulse` takes to fall by 60 dB, seconds; never over twice its length.

    Source: ISO 3382-1, 5.3.3: the backward integral of the squared response, from -5 to -35 dB (or as far as it goes)
    drawn on to 60 dB.
    """
    power = np.square(impulse.astype(np.float64)).sum(axis=1)
    left = np.cumsum(power[::-1])[::-1]
    level = 10.0 * np.log10(np.maximum(left / max(float(left[0]), _TINY), _TINY))
    begin, end = int(np.argmax(level <= -5.0)), int(np.argmax(level <= -35.0))
    length_s = len(impulse) / rate_hz
    if not begin < end:
        return length_s
    return min(2.0 * length_s, 60.0 * (end - begin) / rate_hz / float(level[begin] - level[end]))


def _noise(power: Floats) -> float:
    """Power of the noise that a response ends in, by its last tenth; 0 where that is still dying away."""
    last = power[len(power) - max(2, len(power) // 10) :]
    earlier, later = (float(half.mean()) for half in np.array_split(last, 2))
    return later if earlier < _STEADY * later else 0.0
