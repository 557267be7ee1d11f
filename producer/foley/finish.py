"""The last touch for hits made here: an exact length, quiet ends, no offset, and room above the highest sample."""

from __future__ import annotations

import numpy as np

from producer.audio import Audio

PEAK = 0.89


def finished(audio: Audio, samples: int, rate_hz: int, *, ends_s: float = 0.05) -> Audio:
    """`audio` cut or filled to `samples`, its offset removed, in and out of silence, never over -1 dBFS.

    Args:
        audio: shape (n, 2).
        ends_s: time of the fade at the end (at the beginning: 3 ms); less in sounds shorter than two of it.
    """
    out = np.zeros((samples, 2), np.float32)
    kept = min(samples, len(audio))
    out[:kept] = audio[:kept]
    if not kept:
        return out
    rises = _ramp(min(round(0.003 * rate_hz), kept // 3))
    falls = np.square(_ramp(min(round(ends_s * rate_hz), kept // 2))[::-1])
    out[: len(rises)] *= rises[:, None]
    out[kept - len(falls) : kept] *= falls[:, None]
    # What is left of an offset is taken out under a bell as long as the sound, so that both ends stay at rest.
    bell = np.zeros((samples, 1), np.float32)
    bell[:kept, 0] = np.sin(np.pi * (np.arange(kept) + 0.5) / kept) ** 2
    total = float(bell.sum(dtype=np.float64))
    if total > 0.0:
        out -= bell * (out.sum(axis=0, dtype=np.float64) / total).astype(np.float32)
    peak = float(np.abs(out).max())
    return out if peak <= PEAK else out * np.float32(PEAK / peak)


def _ramp(samples: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """From 0 towards 1 on a raised cosine, shape (samples,)."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(samples) + 0.5) / max(samples, 1))).astype(np.float32)
