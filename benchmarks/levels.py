"""Whether what is heard is as loud as the script asks, measured on the stems of a render."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.workload import RATE_HZ, Event, Workload
from producer.dsp.loudness import loudness, own_length_loudness

_APART_S = 0.05


def off_lu(workload: Workload, stems: Path) -> dict[str, float]:
    """The furthest that a line and a hit by itself are from the level that the script asks, LU.

    Levels are counted from the loudness that all lines have together; a hit counts where no other is heard with it.
    """
    speech, _ = soundfile.read(stems / "speech.wav", dtype="float64", always_2d=True)
    sounds, _ = soundfile.read(stems / "sounds.wav", dtype="float64", always_2d=True)
    lines = [event for event in workload.events if event.kind == "line"]
    said = np.array([loudness(_cut(speech, event), RATE_HZ) for event in lines])
    hits = [event for event in workload.events if event.kind == "hit"]
    alone = [one for one in hits if not any(_meet(one, other) for other in hits if other is not one)]
    struck = [own_length_loudness(_cut(sounds, hit), RATE_HZ) - float(np.median(said)) - hit.level_db for hit in alone]
    return {"lines": float(np.abs(said - np.median(said)).max()), "hits": float(np.abs(struck).max()), "of": len(alone)}


def _meet(one: Event, other: Event) -> bool:
    return (
        one.start_s < other.start_s + other.length_s + _APART_S
        and other.start_s < one.start_s + one.length_s + _APART_S
    )


def _cut(audio: NDArray[np.float64], event: Event) -> NDArray[np.float64]:
    start = round(event.start_s * RATE_HZ)
    return audio[start : start + round(event.length_s * RATE_HZ)]
