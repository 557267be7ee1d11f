"""Effects on a stretch of sound that know where they are: cut anywhere, they give the same samples.

Whatever turns or drifts does so by position, counted from sample `start` of its first sample; chance is drawn by
position too. Each needs some sound before and after what is wanted: how much is said with each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.later import fft
from producer.model.chance import rng

Floats = NDArray[np.float64]
Complex = NDArray[np.complex64]

CHORUS_BEFORE_S = 0.015
_DRIFTS = ((0.0058, 0.0021, 0.31), (0.0094, 0.0029, 0.47))
"""The doubles of a chorus: (mean delay s, half-swing s, turns per second). Short, so that words stay where they are."""

WHISPER_FRAME_S = 0.024
GRAIN_S = 0.060
_NOISE_FRAMES = 64


def ring(audio: Audio, hz: float, rate_hz: int, start: int) -> Audio:
    """`audio` times a sine of `hz`, power kept; needs nothing around it."""
    phase = 2.0 * np.pi * hz / rate_hz * np.arange(start, start + len(audio), dtype=float)
    return np.asarray(audio * (np.sqrt(2.0) * np.sin(phase)).astype(np.float32)[:, None], np.float32)


def chorus(audio: Audio, amount: float, rate_hz: int, start: int) -> Audio:
    """`audio` with two doubles that drift, each `amount` (0 … 1) as strong; needs `CHORUS_BEFORE_S` before it."""
    at = np.arange(len(audio), dtype=float)
    turns = (start + at) / rate_hz
    made = np.array(audio, np.float32)
    for channel in range(audio.shape[1]):
        for delay_s, swing_s, per_s in _DRIFTS:
            drift = np.sin(2.0 * np.pi * (per_s * turns + 0.25 * channel))
            made[:, channel] += np.float32(amount) * _read(
                audio[:, channel], at - (delay_s + swing_s * drift) * rate_hz
            )
    return np.asarray(made / np.float32(np.sqrt(1.0 + 2.0 * amount * amount)), np.float32)


def _read(channel: NDArray[np.float32], at: Floats) -> NDArray[np.float32]:
    """Samples of `channel` at fractional positions, straight lines between; silence outside of it."""
    floor = np.floor(at)
    index = floor.astype(np.int64)
    share = (at - floor).astype(np.float32)
    padded = np.concatenate([np.zeros(1, np.float32), channel, np.zeros(2, np.float32)])
    index = np.clip(index + 1, 0, len(padded) - 2)
    return np.asarray(padded[index] * (np.float32(1.0) - share) + padded[index + 1] * share, np.float32)


def _frames(length: int, size: int, hop: int, start: int) -> tuple[int, int]:
    """First and last + 1 number of the frames, `hop` apart from sample 0 on, that touch a stretch."""
    return (start - size) // hop + 1, -(-(start + length) // hop)


def _cut(channel: NDArray[np.float32], size: int, hop: int, start: int, first: int, last: int) -> NDArray[np.float32]:
    """Frames `first` … `last` of a stretch, shape (frames, size); silence stands outside of it."""
    lead = start - first * hop
    total = (last - 1 - first) * hop + size
    padded = np.zeros(max(total, lead + len(channel)), np.float32)
    padded[lead : lead + len(channel)] = channel
    return np.lib.stride_tricks.sliding_window_view(padded, size)[: total - size + 1 : hop]


def _laid(frames: NDArray[np.float32], hop: int, lead: int, length: int) -> NDArray[np.float32]:
    """Frames added up, `hop` apart, and the stretch that begins at sample `lead` of the first."""
    size = frames.shape[1]
    laps = size // hop
    made = np.zeros((len(frames) + laps) * hop, np.float32)
    for lap in range(laps):  # a quarter of every frame at once: the sum does not depend on how many frames there are
        part = np.ascontiguousarray(frames[:, lap * hop : (lap + 1) * hop])
        made[lap * hop : lap * hop + part.size] += part.reshape(-1)
    return made[lead : lead + length]


def whisper(audio: Audio, amount: float, rate_hz: int, start: int) -> Audio:
    """`audio` with its voice turned to breath by `amount` (0 … 1); needs `WHISPER_FRAME_S` before and after it.

    Frame by frame the spectrum's outline (what the mouth does) is kept and its phases and harmonics (what the throat
    does) give way to those of noise. The shares add in power.
    """
    hop = max(1, round(WHISPER_FRAME_S * rate_hz / 4.0))
    size = 4 * hop
    window = np.sqrt(0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(size) + 0.5) / size)).astype(np.float32)
    first, last = _frames(len(audio), size, hop, start)
    smooth = max(1, round(260.0 * size / rate_hz)) | 1  # wider than the harmonics of any voice are apart
    turn = _noise_spectra(first, last, size // 2 + 1)
    made = np.empty_like(audio)
    for channel in range(audio.shape[1]):
        spectra = fft.rfft(_cut(audio[:, channel], size, hop, start, first, last) * window, axis=1)
        outline = np.sqrt(_smoothed(np.square(np.abs(spectra)), smooth))
        frames = fft.irfft(outline * turn, size, axis=1).astype(np.float32) * window
        breath = _laid(frames, hop, start - first * hop, len(audio))
        made[:, channel] = np.float32(np.sqrt(1.0 - amount)) * audio[:, channel] + np.float32(np.sqrt(amount)) * breath
    return made


def _smoothed(power: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Running mean of `width` (odd) bins along the last axis."""
    padded = np.pad(power, ((0, 0), (width // 2 + 1, width // 2)), mode="edge")
    padded[:, 0] = 0.0
    total = np.cumsum(padded, axis=1, dtype=np.float64)
    return np.asarray((total[:, width:] - total[:, :-width]) / width, np.float32)


def _noise_spectra(first: int, last: int, bins: int) -> Complex:
    """Noise spectra of mean power 1 for frames [first, last), drawn by frame number; shape (frames, bins)."""
    low, high = first // _NOISE_FRAMES, -(-last // _NOISE_FRAMES)
    drawn: list[Complex] = []
    for block in range(low, high):
        chance = rng("breath", block, bins)
        pair = chance.standard_normal((2, _NOISE_FRAMES, bins), dtype=np.float32)
        drawn.append((pair[0] + 1j * pair[1]).astype(np.complex64) * np.float32(np.sqrt(0.5)))
    return np.concatenate(drawn)[first - low * _NOISE_FRAMES : last - low * _NOISE_FRAMES]


def grain_reach_s(ratio: float) -> float:
    """How much sound before and after it `shifted` needs."""
    return GRAIN_S * (0.5 + 0.5 * max(1.0, ratio)) + 0.002


def shifted(audio: Audio, ratio: float, rate_hz: int, start: int) -> Audio:
    """`audio` with every frequency times `ratio`, length kept, by grains that stand at fixed places.

    For ambience and whole scenes, which cannot be shifted in one piece; a voice on its own is better served by a
    phase vocoder. Needs `grain_reach_s` before and after it.
    """
    hop = max(2, round(GRAIN_S * rate_hz / 4.0))
    size = 4 * hop
    first, last = _frames(len(audio), size, hop, start)
    window = (0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(size) + 0.5) / size)).astype(np.float32)
    inside = (np.arange(size) + 0.5 - size / 2.0) * ratio
    centres = np.arange(first, last) * hop + size / 2.0 - 0.5 - start
    made = np.empty_like(audio)
    for channel in range(audio.shape[1]):
        grains = _read(audio[:, channel], (centres[:, None] + inside[None, :]).reshape(-1)).reshape(-1, size) * window
        # Unlike grains add in power: Hann windows a quarter apart have a mean square sum of 1.5.
        made[:, channel] = _laid(grains, hop, start - first * hop, len(audio)) / np.float32(np.sqrt(1.5))
    return made


def echoes(audio: Audio, delay_s: float, levels_db: tuple[float, ...], rate_hz: int) -> Audio:
    """`audio` with repeats of itself every `delay_s`, each at its level; needs all their time before it."""
    made = np.array(audio, np.float32)
    delay = max(1, round(delay_s * rate_hz))
    for index, level_db in enumerate(levels_db, 1):
        if index * delay < len(audio):
            made[index * delay :] += audio[: -index * delay] * np.float32(10.0 ** (level_db / 20.0))
    return made
