"""The state of a recording: how loud, how noisy, clipped, how much of the room; and where a phrase of it is audible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from producer.frozen import changed, dataclass
from producer.later import ndimage, signal

Floats = NDArray[np.float64]

HOP_S = 0.005
_WINDOW_S = 0.010
_RUMBLE_HZ = 50.0
_EMPTY_DB = -200.0
_BREATH_S = 0.7
"""A breath that begins no longer than this before the first word stays."""
_RINGS_S = 0.5
_STEADY, _STEADY_B = 6, 0.6
"""Of so many windows in a row none of a noise is 6 dB over another; out of digital silence a voice rises by more."""
_NEAR_S, _TELLING_S, _EVEN_DB = 0.03, 0.06, 3.0
"""What is this near to a word is the word's own; so much beside it tells the noise; a noise strays by no more."""
_CATCH_S = 0.25  # between a breath and the word that it is taken for
_HOLD_S = 0.12  # a closure this long does not end what is audible
_BEFORE_S, _AFTER_S = 0.025, 0.060
_FADE_IN_S, _FADE_OUT_S = 0.010, 0.040
_SMOOTH_S, _LEAST_FALL_DB = 0.035, 15.0
_FEWEST_FALLS = 2
"""One end of a word may be drawn out in a dead room as well: "Yes." falls as slowly as a room of 0.6 s."""
_FALLS_DB = 26.0
"""In more noise than that only slow falls are long enough to be seen, and a dead room rings for as long as a hall."""
CLIPPED_RUNS = 5
NOISY_DB = 30.0
"""A voice that stands less than this above its noise is heard to hiss between the words."""
ROOMY_S = 0.45
SILENT_DBFS = -65.0
"""Nobody who speaks into a microphone is softer than this, at their loudest."""


def cleaned(samples: Floats, rate_hz: int) -> Floats:
    """Without direct current and rumble: 48 dB an octave under 50 Hz, and no delay. Shape (n,)."""
    if len(samples) < 16:
        return samples - samples.mean() if len(samples) else samples
    sections = signal.butter(4, _RUMBLE_HZ, "highpass", fs=rate_hz, output="sos")
    return np.asarray(
        signal.sosfiltfilt(sections, samples - samples.mean(), padlen=min(len(samples) - 1, rate_hz // 10))
    )


@dataclass(frozen=True, slots=True)
class Levels:
    """RMS of 10 ms every 5 ms, dBFS, with the noise's and the speech's."""

    db: Floats  # shape (frames,)
    noise_db: float
    speech_db: float
    hop: int  # samples

    @property
    def audible_db(self) -> float:
        """What is over this is heard: it stands out of the noise, and is not far under the speech."""
        return max(self.noise_db + 5.0, self.speech_db - 48.0)


def levels(samples: Floats, rate_hz: int) -> Levels:
    """The level of a recording over time. Noise is the softest twelfth of it, speech the mean of its loud parts."""
    hop, width = max(1, round(HOP_S * rate_hz)), max(1, round(_WINDOW_S * rate_hz))
    power = ndimage.uniform_filter1d(np.square(samples), width, mode="constant")[hop // 2 :: hop]
    power = np.maximum(power, 0.0)  # a running sum leaves dust of either sign
    with np.errstate(divide="ignore"):
        db = np.maximum(10.0 * np.log10(power), _EMPTY_DB)
    if not len(db):
        return Levels(np.full(1, _EMPTY_DB), _EMPTY_DB, _EMPTY_DB, hop)
    loud = power[power > power.max() * 10.0**-2.5]
    speech = float(10.0 * np.log10(loud.mean())) if len(loud) else _EMPTY_DB
    return Levels(db, float(np.percentile(db, 8)), speech, hop)


def dead_ends(samples: Floats, rate_hz: int) -> tuple[int, int]:
    """How many samples of digital silence to leave out before and after a recording that has a noise of its own.

    An editor's padding, or a recorder that starts late: beside it nothing would be noisy, and the noise would be heard
    as far as it lasts. Where the sound comes out of digital silence by itself, that is its silence, and stays.
    """
    window = max(1, round(_WINDOW_S * rate_hz))

    def at_start(line: Floats) -> int:
        count = int(np.argmax(line != line[0])) if len(line) else 0
        beside = line[count : count + _STEADY * window]
        if count < window or len(beside) < _STEADY * window:
            return 0
        power = np.square(beside - line[0]).reshape(_STEADY, window).mean(axis=1)
        return count if power.min() > 0.0 and power.max() < 10.0**_STEADY_B * power.min() else 0

    return at_start(samples), at_start(samples[::-1])


def between_words(found: Levels, words: Sequence[tuple[int, int]]) -> Levels:
    """The same levels, with the noise told from what is between the words, where they are known.

    Of a recording that is cut close the softest twelfth are sounds of speech: taken for its noise they would have ends
    of words cut off that are as soft. Its noise is told where nothing is said, or else where the softest is even.

    Args:
        found: the recording's levels.
        words: samples [start, end) of each.
    """
    spoken = np.zeros(len(found.db), np.bool_)
    near = round(_NEAR_S / HOP_S)
    for start, end in words:
        spoken[max(0, start // found.hop - near) : end // found.hop + near] = True
    quiet = found.db[~spoken]
    if len(quiet) * HOP_S >= _TELLING_S:
        return changed(found, noise_db=min(found.noise_db, float(np.percentile(quiet, 25))))
    if found.noise_db - float(np.percentile(found.db, 1)) <= _EVEN_DB:
        return found
    return changed(found, noise_db=_EMPTY_DB)


def audible_from(found: Levels, word: int, least: int = 0) -> int:
    """The sample from which a phrase is to be heard: its first word's, or that of the breath before it.

    Args:
        found: the recording's levels.
        word: the word's first sample.
        least: nothing before this sample belongs to the phrase.
    """
    heard = found.db > found.audible_db
    start = at = word // found.hop
    hold, reach = round(_CATCH_S / HOP_S), round(_BREATH_S / HOP_S)
    while at > 0 and start - at < hold and word // found.hop - at < reach:
        at -= 1
        if at < len(heard) and heard[at]:
            start = at
    return max(least, start * found.hop - round(_BEFORE_S / HOP_S) * found.hop)


def audible_to(found: Levels, word: int, most: int) -> int:
    """The sample to which a phrase is to be heard: its last word's end, with the consonant's release and its echo."""
    heard = found.db > found.audible_db
    end = at = word // found.hop
    hold, reach = round(_HOLD_S / HOP_S), round(_RINGS_S / HOP_S)
    while at < len(heard) and at - end < hold and at - word // found.hop < reach:
        if heard[at]:
            end = at
        at += 1
    return min(most, (end + 1 + round(_AFTER_S / HOP_S)) * found.hop)


def parting(found: Levels, end: int, start: int) -> int:
    """Where to part two phrases between the last word of one and the first of the next: in the first silence.

    A breath stands before what it is taken for, so the silence that comes first is the one to cut in.
    """
    low, high = end // found.hop, max(end // found.hop + 1, start // found.hop)
    between = found.db[low:high]
    if not len(between):
        return start
    quiet = between <= found.audible_db
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.view(np.int8), [0]])))
    long_enough = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if (b - a) * HOP_S >= 0.03]
    if long_enough:
        first, last = long_enough[0]
        return int(low + min((first + last) // 2, first + round(0.2 / HOP_S))) * found.hop
    return int(low + int(between.argmin())) * found.hop


def faded(samples: Floats, rate_hz: int) -> Floats:
    """The noise of the room in at the beginning and out at the end, so that it neither clicks nor stops short."""
    made = samples.copy()
    for seconds, end in ((_FADE_IN_S, False), (_FADE_OUT_S, True)):
        count = min(round(seconds * rate_hz), len(made) // 2)
        ramp = np.square(np.sin(np.linspace(0.0, np.pi / 2.0, count, endpoint=False)))
        if end:
            made[len(made) - count :] *= ramp[::-1]
        else:
            made[:count] *= ramp
    return made


def clipped_runs(samples: Floats) -> int:
    """How often the wave is cut off flat: where five samples and more hardly differ, at the highest there is."""
    top = float(np.abs(samples).max(initial=0.0))
    if top < 0.05:
        return 0
    found = 0
    for sign in (1.0, -1.0):
        high = samples * sign
        peak = float(high.max())
        if peak < 0.9 * top:
            continue
        flat = (high >= 0.995 * peak) & (np.abs(np.diff(high, append=0.0)) <= 1e-4 * peak)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], flat.view(np.int8), [0]])))
        found += int((edges[1::2] - edges[::2] >= 4).sum())
    return found


def decay_s(found: Levels) -> float | None:
    """How long the room rings after speech stops, as RT60; None in noise, and where it stops less than twice.

    The level's steepest even falls of 20 dB at the ends of words; a room bounds how steep they can be, so the fourth
    part that falls fastest is the room's. Source: after Ratnam et al. (2003), blind estimation of reverberation time.
    """
    if found.speech_db - found.noise_db < _FALLS_DB:
        return None
    smooth = ndimage.uniform_filter1d(found.db, round(_SMOOTH_S / HOP_S), mode="nearest")
    bottom = max(found.noise_db + 6.0, found.speech_db - 45.0)
    falls = []
    at = 0
    while at < len(smooth) - 1:
        end = lowest = at
        while end < len(smooth) - 1 and smooth[end + 1] < smooth[lowest] + 2.0:
            end += 1
            lowest = end if smooth[end] < smooth[lowest] else lowest
        top = int(smooth[at : lowest + 1].argmax()) + at
        inside = np.arange(top, lowest + 1)
        inside = inside[(smooth[inside] <= smooth[top] - 5.0) & (smooth[inside] >= bottom)]
        if smooth[top] >= found.speech_db - 10.0 and len(inside) >= 6 and np.ptp(smooth[inside]) >= _LEAST_FALL_DB:
            slope = float(np.polyfit(np.arange(len(inside)) * HOP_S, smooth[inside], 1)[0])
            falls.append(-60.0 / min(slope, -1.0))
        at = max(end, at + 1)
    return float(np.percentile(falls, 25)) if len(falls) >= _FEWEST_FALLS else None
