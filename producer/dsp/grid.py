"""The grid that everything lies on which is worked out in steps of time: meters, stretches of the mix, scenes.

One MP3 frame holds three hops at 32 kHz and more, so a scene that begins on the grid begins with an encoded frame, with
a hop of every meter, and with a coarse one.
"""

from __future__ import annotations

COARSE = 6
"""Frames in a quantum."""
_BASE_SAMPLES = 96
_BASE_HZ = 12_500


def hop_samples(rate_hz: int) -> int:
    """The finest step: 96 samples, doubled until it lasts about 8 to 12 ms (384 at 32 to 48 kHz, 192 at 24 kHz)."""
    ratio = -(-rate_hz // _BASE_HZ)  # rounded up: powers of two lie on whole numbers
    return _BASE_SAMPLES << max(0, (ratio - 1).bit_length())


def frame_samples(rate_hz: int) -> int:
    """Two hops."""
    return 2 * hop_samples(rate_hz)


def quantum_samples(rate_hz: int) -> int:
    """Twelve hops, which at 44.1 and 48 kHz are four MP3 frames, at 24 kHz four of its shorter ones (about 100 ms)."""
    return COARSE * frame_samples(rate_hz)
