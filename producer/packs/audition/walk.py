"""Eight steps as a timeline would walk them: the pool's order, the pack's pace, chance's pitch and level."""

from __future__ import annotations

import numpy as np

from producer.model.pace import Pace
from producer.model.sound import Palette
from producer.packs.audition.sheet import Heard
from producer.timeline.strikes import hits, refs
from producer.units import DIALOGUE_LUFS, gain

STEPS = 8
STANDSTILL = 1 << 40
"""A sample that no walk comes to: it ends by its count."""


def walked(palette: Palette, role: str, pace: Pace, names: tuple[str, ...]) -> Heard:
    """The walk as the mix would make it at 0 LU, its hits marked.

    Args:
        names: what the chance is for; another walk has others.
    """
    rate_hz = palette.rate_hz

    def gap_s(number: int, _: int) -> tuple[float, float]:
        way = min(1.0, number / max(1, STEPS - 2))
        return pace.first_s + (pace.last_s - pace.first_s) * way, pace.spread

    times = hits(0, STANDSTILL, STEPS, gap_s, names, rate_hz)
    played = refs(palette.sound(role), len(times), names)
    known = [palette.measure(ref) for ref, _ in played]
    starts = [at - one.onset for at, one in zip(times, known, strict=True)]
    first, end = min(starts), max(start + one.length for start, one in zip(starts, known, strict=True))
    whole = np.zeros((end - first, max(one.channels for one in known)), np.float32)
    for start, one, (ref, level_db) in zip(starts, known, played, strict=True):
        if np.isfinite(one.loudness_lufs):
            level = np.float32(gain(DIALOGUE_LUFS - one.loudness_lufs + level_db))
            whole[start - first : start - first + one.length] += palette.audio(ref) * level
    return Heard(audio=whole, onset=times[0] - first, marks=tuple(at - first for at in times[1:]))
