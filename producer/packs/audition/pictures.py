"""A sound as two pictures: its waveform and its spectrogram, as small PNGs. Axes and marks are the page's."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from producer.audio import Audio
from producer.packs.audition.colours import level_colours

RANGE_DB = 90.0
"""From the loudest point of a sound to the floor of its spectrogram."""
STEP_DB = 2.0
LEVELS = round(RANGE_DB / STEP_DB) + 1

_CLEAR, _PEAK, _POWER, _CENTRE = range(4)
_WAVE_COLOURS = ((0, 0, 0), (79, 143, 178), (79, 143, 178), (128, 134, 140))
_WAVE_ALPHA = bytes((0, 130, 255, 150))
"""Half transparent, so that one picture is seen well on a light page and on a dark one."""


def spectrogram_png(levels_db: NDArray[np.float64]) -> bytes:
    """The picture of `levels_db`, shape (rows, columns): one pixel each, the loudest brightest, in steps of 2 dB."""
    below = float(levels_db.max(initial=-200.0)) - levels_db
    heard = levels_db > -190.0  # silence has no loudest point to be near to
    steps = np.where(heard, np.clip(np.rint((RANGE_DB - below) / STEP_DB), 0, LEVELS - 1), 0)
    return _png(steps.astype(np.uint8), level_colours(LEVELS))


def waveform_png(audio: Audio, columns: int, rows: int) -> bytes:
    """The picture of shape (samples, channels): peaks, and inside them the RMS; of stereo the left channel is above.

    The highest sample of either channel reaches the edge of its lane.
    """
    picture = np.zeros((rows, columns), np.uint8)
    channels = audio.shape[1]
    lane = rows // channels
    top = float(np.abs(audio).max(initial=0.0))
    edges = np.rint(np.linspace(0, len(audio), columns + 1)).astype(int)
    for number in range(channels):
        picture[number * lane : (number + 1) * lane] = _lane(audio[:, number], edges, lane, top)
    return _png(picture, _WAVE_COLOURS, _WAVE_ALPHA)


def _lane(samples: NDArray[np.float32], edges: NDArray[np.int64], rows: int, top: float) -> NDArray[np.uint8]:
    columns = len(edges) - 1
    lane = np.full((rows, columns), _CLEAR, np.uint8)
    middle = (rows - 1) / 2
    lane[round(middle)] = _CENTRE
    if not top:
        return lane
    starts = np.minimum(edges[:-1], len(samples) - 1)
    low = np.minimum(np.minimum.reduceat(samples, starts), 0.0) / top  # drawn from the middle line, as players do
    high = np.maximum(np.maximum.reduceat(samples, starts), 0.0) / top
    counts = np.maximum(np.diff(np.append(starts, len(samples))), 1)
    rms = np.sqrt(np.add.reduceat(np.square(samples, dtype=np.float64), starts) / counts) / top
    height = np.arange(rows)[:, None]
    reach = (rows - 1) / 2
    lane[(height >= np.floor(middle - high * reach)) & (height <= np.ceil(middle - low * reach)) & (high > low)] = _PEAK
    lane[np.abs(height - middle) <= rms * reach - 0.5] = _POWER
    return lane


def _png(picture: NDArray[np.uint8], colours: tuple[tuple[int, int, int], ...], alpha: bytes | None = None) -> bytes:
    image = Image.fromarray(picture, "L")
    image.putpalette([part for colour in colours for part in colour])
    out = io.BytesIO()
    if alpha is None:
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "PNG", optimize=True, transparency=alpha)
    return out.getvalue()
