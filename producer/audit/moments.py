"""What lasts a moment: clicks, and gaps of 1 ms and more in everything, on an outline at about 1 ms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from producer.audit.cells import MOMENTS, Seen, moment_samples
from producer.audit.field import Field, Flags
from producer.audit.levels import OUTLINE, Powers
from producer.audit.programme import runs
from producer.audit.reference import Reference
from producer.later import ndimage

GAP_DB = 8.0
"""So far below its plan a moment is a hole. A codec fills holes; MP3 at 192 kbps leaves nothing over 4 dB too low."""
LONGEST_GAP_S = 0.5
AROUND_S = 0.8
"""How long before and after a gap it is asked whether only one clip is wanting."""
CLICK_DB = 9.0
FAINT_DB = 6.0
LONGEST_CLICK_S = 0.012
_AUDIBLE_DB = -60.0
_NORMAL_DB = 4.0
_CLICK_LEAST_DB = -50.0  # what a codec leaves after a sibilant that stops is lower


@dataclass(frozen=True, slots=True)
class Moment:
    """A gap or a click, in seconds, and how many decibels from its plan."""

    start_s: float
    end_s: float
    off_db: float


class Outline:
    """The outline as planned and as heard, in dB; what is off is what is left when the whole's level is taken out."""

    def __init__(self, reference: Reference, seen: Seen, field: Field) -> None:
        count = min(len(reference.outline_codes), len(seen.moment_codes))
        self.per_frame = MOMENTS
        self.moment_s = moment_samples(reference.rate_hz) / reference.rate_hz
        self.planned: Powers = OUTLINE.decoded(reference.outline_codes[:count])
        self.heard = OUTLINE.decoded(seen.moment_codes[:count])
        plain = self.heard - self.planned
        loud = self.planned > _AUDIBLE_DB
        level = [np.median(plain[loud[:, band], band]) if loud[:, band].sum() > 100 else 0.0 for band in (0, 1)]
        self.off = plain - np.array(level, np.float32)
        self.usable: Flags = np.repeat(field.usable, self.per_frame)[:count]

    def planned_near(self, second: float) -> float:
        """The highest moment that is planned within 10 ms, dB."""
        at = int(second / self.moment_s)
        return float(self.planned[max(0, at - 10) : at + 11, 0].max(initial=-120.0))


def _window(values: Powers, reach: int, highest: bool) -> Powers:
    made = (ndimage.maximum_filter1d if highest else ndimage.minimum_filter1d)(values, 2 * reach + 1, mode="nearest")
    return np.asarray(made, np.float32)


def gaps(outline: Outline, field: Field) -> tuple[Moment, ...]:
    """Gaps of up to half a second: everything is gone at once and back at once. Its frames are not judged again."""
    planned, off = outline.planned[:, 0], outline.off[:, 0]
    near = _window(planned, 20, True)
    deep = (off < -GAP_DB) & (planned > _AUDIBLE_DB) & (planned > near - 36.0) & outline.usable
    found = []
    for start, end in _joined(runs(deep), 4):
        length_s = (end - start) * outline.moment_s
        if length_s > LONGEST_GAP_S or not _bounded(outline, start, end, 8, float(planned[start:end].max())):
            continue
        found.append((start, end))
    per, around = outline.per_frame, field.frames_of(AROUND_S)
    found = [(start, end) for start, end in found if not field.wanting(start // per, (end - 1) // per + 1, around)]
    for start, end in found:
        field.usable[start // outline.per_frame : end // outline.per_frame + 1] = False
    return tuple(
        Moment(start * outline.moment_s, end * outline.moment_s, float(np.median(off[start:end])))
        for start, end in found
    )


def _bounded(outline: Outline, start: int, end: int, reach: int, level_db: float) -> bool:
    """Whether the same sound is there as planned right before and right after."""
    normal = (np.abs(outline.off[:, 0]) < _NORMAL_DB) & (outline.planned[:, 0] > level_db - 20.0)
    return bool(normal[max(0, start - reach) : start].any() and normal[end : end + reach].any())


def clicks(outline: Outline, field: Field) -> tuple[Moment, ...]:
    """Clicks: above 3 kHz a moment stands out from its plan, the more the nearer something as loud is planned.

    Where findings already say why something is not as planned, nothing is a click.
    """
    planned, off, heard = outline.planned[:, 1], outline.off[:, 1], outline.heard[:, 1]
    around = np.maximum(_window(planned, 15, True), _AUDIBLE_DB - 10.0)
    told = ndimage.binary_dilation(field.explained | ~field.usable, iterations=2)
    told = np.repeat(told, outline.per_frame)[: len(off)]
    sharp = (off > CLICK_DB) & (heard + 0.5 * (off - CLICK_DB) > around + 3.0) & (heard > around - 4.0)
    # In something as loud a click is smaller, but where all else is as planned it is as certain.
    sharp |= (off > FAINT_DB) & (off > 8.0 * _usual(off)) & (heard > around - 6.0)
    sharp &= ~told & (heard > _CLICK_LEAST_DB)
    found = []
    for start, end in _joined(runs(sharp), 6):
        calm = np.abs(outline.off) < 4.0
        sides = calm[max(0, start - 40) : start], calm[end : end + 40]
        if (end - start) * outline.moment_s > LONGEST_CLICK_S or any(len(side) and side.mean() < 0.4 for side in sides):
            continue
        found.append(Moment(start * outline.moment_s, end * outline.moment_s, float(off[start:end].max())))
    return tuple(found)


def _usual(off: Powers) -> Powers:
    """How far off the 20 moments before and after usually are, without the nearest three: root mean squares."""
    kernel = np.ones(41)
    kernel[17:24] = 0.0
    squares = np.minimum(np.square(off, dtype=float), 36.0)
    return np.asarray(np.sqrt(ndimage.convolve1d(squares, kernel / kernel.sum()) + 0.05), np.float32)


def _joined(found: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Runs that are no more than `gap` apart, as one."""
    made: list[tuple[int, int]] = []
    for start, end in found:
        if made and start - made[-1][1] <= gap:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made
