"""Whether what is heard is as loud as the script asks, measured on the stems of a render."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.workload import RATE_HZ, SCENE_S, Event, Workload
from producer.deliver import ffmpeg
from producer.dsp.loudness import loudness

_APART_S = 0.05


def off_lu(workload: Workload, output: Path) -> dict[str, float]:
    """The furthest that a line and a hit by itself are from the level that the script asks, LU.

    Levels are counted from the loudness that all lines have together; a hit counts where no other is heard with it, and
    is measured as a sound is: integrated, or over its own length when that is under 400 ms. Beds are measured together,
    over the whole: the speech margin may have turned them down a little under the lines. Scenes begin on a grid, up to
    a tenth of a second late: what is in them is looked for with them.
    """
    stems = output / "stems"
    timeline = json.loads((output / "timeline.json").read_text("utf-8"))
    late_s = [scene["start"] / timeline["rate_hz"] - SCENE_S * n for n, scene in enumerate(timeline["scenes"])]
    events = [replace(one, start_s=one.start_s + late_s[int(one.start_s // SCENE_S)]) for one in workload.events]
    speech, _ = soundfile.read(stems / "speech.wav", dtype="float64", always_2d=True)
    sounds, _ = soundfile.read(stems / "sounds.wav", dtype="float64", always_2d=True)
    beds, _ = soundfile.read(stems / "beds.wav", dtype="float64", always_2d=True)
    lines = [event for event in events if event.kind == "line"]
    said = np.array([loudness(_cut(speech, event), RATE_HZ) for event in lines])
    hits = [event for event in events if event.kind == "hit"]
    alone = [one for one in hits if not any(_meet(one, other) for other in hits if other is not one)]
    dialogue = float(np.median(said))
    struck = [loudness(_cut(sounds, hit), RATE_HZ) - dialogue - hit.level_db for hit in alone]
    asked = 10.0 * np.log10(sum(10.0 ** (0.1 * event.level_db) for event in workload.events if event.kind == "bed"))
    return {
        "lines": float(np.abs(said - dialogue).max()),
        "hits": float(np.abs(struck).max()) if struck else float("nan"),
        "of": len(alone),
        "beds": abs(loudness(beds, RATE_HZ) - dialogue - float(asked)),
    }


def peak_dbfs(file: Path) -> float:
    """The highest sample that a player decodes, dB over full scale; a player without headroom clips what is over 0."""
    highest = max(float(np.abs(block).max(initial=0.0)) for block in ffmpeg.decode(file, 2, RATE_HZ))
    return 20.0 * float(np.log10(max(highest, 1e-10)))


def _meet(one: Event, other: Event) -> bool:
    return (
        one.start_s < other.start_s + other.length_s + _APART_S
        and other.start_s < one.start_s + one.length_s + _APART_S
    )


def _cut(audio: NDArray[np.float64], event: Event) -> NDArray[np.float64]:
    start = round(event.start_s * RATE_HZ)
    return audio[start : start + round(event.length_s * RATE_HZ)]
