"""Draw an episode: its waveform, and under it a lane of cues for speech, sounds, beds and music.

python docs/picture.py output/flagship docs/flagship.png
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from producer.deliver import ffmpeg

WIDTH, MARGIN, SCALE = 1600, 70, 2  # drawn twice as large, then brought down: smooth edges
INK, PAPER, FAINT = (38, 40, 44), (252, 251, 248), (222, 219, 212)
LANES = {"speech": (60, 92, 140), "sound": (196, 110, 48), "bed": (88, 130, 92), "music": (128, 88, 140)}
SHOWN = {"speech": "speech", "sound": "sounds", "bed": "beds", "music": "music"}
ROW = 13
Text = Callable[[tuple[float, float], str, int, tuple[int, int, int]], None]


def main(folder: Path, to: Path) -> None:
    """Draw the episode of an output folder."""
    timeline = json.loads((folder / "timeline.json").read_text("utf-8"))
    audio = np.concatenate(list(ffmpeg.decode(next(folder.glob("*.mp3")), 2, timeline["rate_hz"])))
    rows = {kind: stacked([c for c in timeline["clips"] if c["kind"] == kind]) for kind in LANES}
    rows = {kind: found for kind, found in rows.items() if found}
    height = 330 + sum(34 + ROW * (1 + max(row for _, row in found)) for found in rows.values())
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), PAPER)
    pen = ImageDraw.Draw(image)
    end = timeline["duration"]

    def x(sample: float) -> float:
        return (MARGIN + sample / end * (WIDTH - 2 * MARGIN)) * SCALE

    def text(at: tuple[float, float], words: str, size: int, fill: tuple[int, int, int] = INK) -> None:
        pen.text((at[0], at[1] * SCALE), words, font=ImageFont.load_default(size * SCALE), fill=fill)

    scenes = [scene for scene in timeline["scenes"] if scene["title"]]
    for number, scene in enumerate(scenes):
        pen.line([(x(scene["start"]), 34 * SCALE), (x(scene["start"]), (height - 20) * SCALE)], fill=FAINT, width=SCALE)
        text((x(scene["start"]) + 6, 14 if number % 2 else 30), scene["title"], 13)
    wave(pen, audio, 150, 90)
    minutes(pen, text, x, timeline, 262)
    top = 292.0
    for kind, found in rows.items():
        text((14 * SCALE, top), SHOWN[kind], 13, LANES[kind])
        for clip, row in found:
            y = top + 20 + row * ROW
            box = (
                x(clip["start"]),
                y * SCALE,
                max(x(clip["end"]), x(clip["start"]) + 2 * SCALE),
                (y + ROW - 4) * SCALE,
            )
            pen.rectangle(box, fill=LANES[kind])
        top += 34 + ROW * (1 + max(row for _, row in found))
    image.resize((WIDTH, height), Image.Resampling.LANCZOS).save(to, optimize=True)


def stacked(clips: list[dict[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    """Each clip with the first row in which nothing stands at its time."""
    free: list[int] = []
    placed = []
    for clip in sorted(clips, key=lambda one: one["start"]):
        row = next((n for n, until in enumerate(free) if until <= clip["start"]), len(free))
        free[row : row + 1] = [clip["end"]]
        placed.append((clip, row))
    return placed


def wave(pen: ImageDraw.ImageDraw, audio: NDArray[np.float32], middle: float, half: float) -> None:
    """Peaks in grey, the mean in ink."""
    columns = (WIDTH - 2 * MARGIN) * SCALE
    level = np.abs(audio).max(axis=1)
    edges = np.linspace(0, len(level), columns + 1).astype(int)
    for column, (a, b) in enumerate(itertools.pairwise(edges)):
        piece = level[a:b]
        for value, shade in ((piece.max(), (150, 158, 170)), (np.sqrt(np.mean(piece**2)), INK)):
            reach = float(value) * half * SCALE
            at = MARGIN * SCALE + column
            pen.line([(at, middle * SCALE - reach), (at, middle * SCALE + reach)], fill=shade)


def minutes(
    pen: ImageDraw.ImageDraw, text: Text, x: Callable[[float], float], timeline: dict[str, Any], y: float
) -> None:
    """A tick and a time for every minute."""
    for minute in range(int(timeline["duration"] / timeline["rate_hz"] / 60) + 1):
        at = x(minute * 60 * timeline["rate_hz"])
        pen.line([(at, (y - 8) * SCALE), (at, y * SCALE)], fill=INK, width=SCALE)
        text((at - 8, y + 2), f"{minute}:00", 11, (120, 120, 120))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
