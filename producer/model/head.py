"""A listener's head: how sound from each side reaches the two ears."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The two ears' answers to sound from the front half of the horizontal plane, straight ahead unchanged.

    Each direction's pair is as loud to speech as no head at all. `dsp.heads` makes one and puts sound through it.
    """

    rate_hz: int
    azimuths_deg: NDArray[np.float64]  # shape (n,), rising from -90 (left) to 90 (right)
    delays: NDArray[np.float64]
    """Shape (n, 2), left and right ear: samples after the sound would pass the middle of the head; some are under 0."""
    shapes: NDArray[np.float32]
    """Shape (n, taps, 2): what each ear hears, begun at its first sample (minimum phase)."""
