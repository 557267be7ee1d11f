"""What lasts a moment: clicks, and gaps of 1 ms and more in everything, on an outline at about 1 ms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import MOMENTS, Whole, moment_samples
from producer.audit.compared import APART, MOMENT_DB, Compared, Counts, Flags, moments_apart
from producer.audit.field import Field
from producer.audit.levels import OUTLINE, Codes, Powers
from producer.audit.programme import runs, wider
from producer.audit.reference import Reference
from producer.audit.rows import Rows
from producer.frozen import dataclass

GAP_DB = 8.0
"""So far below its plan a moment is a hole. A codec fills holes; MP3 at 192 kbps leaves nothing over 4 dB too low."""
_MOVED, _MOVED_DB = 6, 6.0  # moments
_GONE_DB = 6.0
"""What is not so far under what is heard right beside it is not gone: a limiter, or clipping, held it down."""
_HOLE_LEAST_DB = 10.0
"""What lies so far under what is planned around it is no hole where it is gone: codecs leave it, or do not."""
_RARE = (0.999, 0.99)
_EXACT_DB = 2.0
_FINE_DB = (4.5, 4.5)
"""With enough bits no more than one moment in a thousand is so much too loud, above 3 kHz in a hundred."""
_DEEPEST_GAP_DB = 24.0
LONGEST_GAP_S = 0.5
AROUND_S = 0.8
"""How long before and after a gap it is asked whether only one clip is wanting."""
CLICK_DB = 9.0
FAINT_DB = 6.0
LONGEST_CLICK_S = 0.012
_NORMAL_DB = 4.0
_HIDDEN_DB = 6.0  # so far below what is planned around it no click is told
_BEFORE, _SHARP_DB = 4, 12.0  # moments
_AROUND = 15  # moments before and after one that may hide it
_CLICK_LEAST_DB = -50.0  # what a codec leaves after a sibilant that stops is lower


_REACH = 32  # moments
_AT_ONCE = 1 << 16  # moments that are decoded at once: more than a minute


@dataclass(frozen=True, slots=True)
class Moment:
    """A gap or a click, in seconds, and how many decibels from its plan."""

    start_s: float
    end_s: float
    off_db: float


class Outline:
    """The outline as planned and as heard, in dB; what is off is what is left when the whole's level is taken out.

    It stays in bytes, and is decoded where it is looked at: an hour of it is 7 MB.
    """

    def __init__(self, reference: Reference, seen: Whole, known: Compared | None = None) -> None:
        """`known`: what was compared of the two part by part, where it was."""
        self.count = min(len(reference.outline_codes), len(seen.moment_codes))
        self.moment_s = moment_samples(reference.rate_hz) / reference.rate_hz
        self._planned, self._heard = reference.outline_codes, seen.moment_codes
        whole = known is not None and self.count == len(self._planned) == len(self._heard)
        counts = known.moments if known is not None and whole else self._apart()
        self._level_db = _levels(counts)
        far_db = [far - level for far, level in zip(_quantiles(counts, _RARE), self._level_db, strict=True)]
        self.exact = far_db[0] <= _EXACT_DB
        """Whether moments are as planned but for rounding, as MP3 at 192 kbps and AAC leave them, and Opus does not."""
        self.coarse_db = tuple(max(0.0, far - fine) for far, fine in zip(far_db, _FINE_DB, strict=True))
        """How much farther off moments are than after a codec with enough bits: all, and above 3 kHz."""

    def _apart(self) -> Counts:
        """How often moments are so many steps louder than planned, see `moments_apart`."""
        counts = np.zeros((2, APART), np.int64)
        for low in range(0, self.count, _AT_ONCE):
            counts += moments_apart(
                *(self._codes(table, low, low + _AT_ONCE) for table in (self._planned, self._heard))
            )
        return counts

    def planned(self, band: int, start: int, end: int) -> Powers:
        """What is planned of moments [start, end)."""
        return OUTLINE.decoded(self._codes(self._planned, start, end)[:, band])

    def heard(self, band: int, start: int, end: int) -> Powers:
        """What is heard in them."""
        return OUTLINE.decoded(self._codes(self._heard, start, end)[:, band])

    def _codes(self, table: Rows, start: int, end: int) -> Codes:
        return table[min(self.count, max(0, start)) : min(self.count, max(0, end))]

    def off(self, band: int, start: int, end: int) -> Powers:
        """How far that is from the plan."""
        return self.heard(band, start, end) - self.planned(band, start, end) - np.float32(self._level_db[band])

    def planned_near(self, second: float) -> float:
        """The highest moment that is planned within 10 ms, dB."""
        at = int(second / self.moment_s)
        return float(self.planned(0, at - 10, at + 11).max(initial=-120.0))

    def where(
        self, judge: Callable[[int, int], Flags], gap: int, *, band: int, off_db: float, least_db: float
    ) -> list[tuple[int, int]]:
        """Every run of moments that `judge` takes for one, those no more than `gap` apart as one.

        Args:
            judge: says it of moments [start, end); it may look at `_REACH` more at each side.
            band, off_db, least_db: it takes none for one that is not farther off than this, in this direction, or not
                louder than this, as planned where it is quieter than that, and as heard where it is louder.
        """
        found: list[tuple[int, int]] = []
        for start, end in self._doubtful(band, off_db, least_db):
            low, high = max(0, start - _REACH), min(self.count, end + _REACH)
            flags = judge(low, high)[start - low : end - low]
            found += [(start + first, start + last) for first, last in runs(flags)]
        return _joined(found, gap)

    def _doubtful(self, band: int, off_db: float, least_db: float) -> Iterator[tuple[int, int]]:
        """Stretches of moments, apart from each other, in which something is so far off."""
        far, loud = (off_db + self._level_db[band]) / OUTLINE.step_db, OUTLINE.coded(np.array(least_db))
        last: tuple[int, int] | None = None
        for low in range(0, self.count, _AT_ONCE):
            planned, heard = (
                self._codes(table, low, low + _AT_ONCE)[:, band] for table in (self._planned, self._heard)
            )
            apart = np.subtract(heard, planned, dtype=np.int16)
            if off_db < 0.0:
                places = np.flatnonzero((apart < far) & (planned > loud))
            else:
                places = np.flatnonzero((apart > far) & (heard > loud))
                near = np.clip(places[:, None] + np.arange(-_AROUND, _AROUND + 1), 0, len(planned) - 1)
                places = places[heard[places] > planned[near].max(axis=1) - _HIDDEN_DB / OUTLINE.step_db]
            for place in (places + low).tolist():
                if last is not None and place - last[1] <= 2 * _REACH:
                    last = last[0], place + 1
                    continue
                if last is not None:
                    yield last
                last = place, place + 1
        if last is not None:
            yield last


def _levels(counts: NDArray[np.integer]) -> list[float]:
    """How far off the whole is, band by band: the median of what is loud enough."""
    return _quantiles(counts, (0.5, 0.5))


def _quantiles(counts: NDArray[np.integer], shares: tuple[float, float]) -> list[float]:
    """How far off such a share is at most, band by band; 0 where there is little to go by."""
    found = [
        float(np.searchsorted(np.cumsum(one), one.sum() * share) - 255) * OUTLINE.step_db
        for one, share in zip(counts, shares, strict=True)
    ]
    return [off_db if one.sum() > 100 else 0.0 for off_db, one in zip(found, counts, strict=True)]


def _of_moments(frames: Flags, start: int, end: int) -> Flags:
    """What is true of frames, of moments [start, end)."""
    first = start // MOMENTS
    made = np.repeat(frames[first : -(-end // MOMENTS)], MOMENTS)
    return made[start - first * MOMENTS : end - first * MOMENTS]


def _highest(values: Powers, reach: int) -> Powers:
    """The highest within `reach` of each value."""
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1), np.float32)


def gaps(outline: Outline, field: Field) -> tuple[Moment, ...]:
    """Gaps of up to half a second: everything is gone at once and back at once. Its frames are not judged again."""
    usable = field.usable.copy()
    gap_db = min(GAP_DB + 4.0 * outline.coarse_db[0], _DEEPEST_GAP_DB)
    # A codec with few bits fills a hole from its edges on, and makes some of a single moment.
    reach, shortest = (_REACH, 2) if outline.coarse_db[0] else (8, 1)

    def deep(start: int, end: int) -> Flags:
        planned = outline.planned(0, start, end)
        audible = (planned > MOMENT_DB) & (planned > _highest(planned, 20) - 36.0)
        # A low tone is gone for a moment twice in each period. A codec moves that: then it is there where it should
        # be gone.
        off = outline.off(0, start, end)
        if not outline.exact:
            moved = _highest(off, _MOVED) > _MOVED_DB
            off = off + planned + np.where(moved, _highest(-planned, _MOVED), _highest(-planned, 1))
        return (off < -gap_db) & audible & _of_moments(usable, start, end)

    found = []
    for start, end in outline.where(deep, 4, band=0, off_db=-gap_db, least_db=MOMENT_DB):
        length_s = (end - start) * outline.moment_s
        loudest = float(outline.planned(0, start, end).max())
        if end - start < shortest:
            continue
        around_db = float(outline.planned(0, start - _AROUND, end + _AROUND).max())
        if not outline.exact and loudest < around_db - _HOLE_LEAST_DB:
            continue
        if length_s > LONGEST_GAP_S or not _bounded(outline, start, end, reach, loudest):
            continue
        beside_db = max(
            float(outline.heard(0, *at).max(initial=-120.0)) for at in ((start - reach, start), (end, end + reach))
        )
        if float(outline.heard(0, start, end).max()) > beside_db - _GONE_DB:
            continue
        found.append((start, end))
    around = field.frames_of(AROUND_S)
    found = [
        (start, end) for start, end in found if not field.wanting(start // MOMENTS, (end - 1) // MOMENTS + 1, around)
    ]
    for start, end in found:
        field.usable[start // MOMENTS : end // MOMENTS + 1] = False
    return tuple(
        Moment(start * outline.moment_s, end * outline.moment_s, float(np.median(outline.off(0, start, end))))
        for start, end in found
    )


def _bounded(outline: Outline, start: int, end: int, reach: int, level_db: float) -> bool:
    """Whether the same sound is there as planned right before and right after."""

    def normal(low: int, high: int) -> bool:
        near = np.abs(outline.off(0, low, high)) < _NORMAL_DB
        return bool((near & (outline.planned(0, low, high) > level_db - 20.0)).any())

    return normal(start - reach, start) and normal(end, end + reach)


def clicks(outline: Outline, field: Field) -> tuple[Moment, ...]:
    """Clicks: above 3 kHz a moment stands out from its plan, the more the nearer something as loud is planned.

    Where findings already say why something is not as planned, nothing is a click.
    """
    told = wider(field.explained | ~field.usable, 2)
    click_db, faint_db = CLICK_DB + outline.coarse_db[1], FAINT_DB + outline.coarse_db[1]

    def sharp(start: int, end: int) -> Flags:
        off, heard = outline.off(1, start, end), outline.heard(1, start, end)
        planned = outline.planned(1, start, end)
        around = np.maximum(_highest(planned, _AROUND), MOMENT_DB - 10.0)
        # What is heard of a sharp beginning right before it, and is no louder, is an encoder's doing; no ear finds it.
        coming = _highest(np.pad(planned, (0, _BEFORE), mode="edge"), _BEFORE)[_BEFORE:]
        early = (coming > planned + _SHARP_DB) & (heard <= coming)
        high = (off > click_db) & (heard + 0.5 * (off - click_db) > around + 3.0) & (heard > around - 4.0)
        # In something as loud a click is smaller, but where all else is as planned it is as certain.
        high |= (off > faint_db) & (off > 8.0 * _usual(off)) & (heard > around - _HIDDEN_DB)
        return high & ~early & ~_of_moments(told, start, end) & (heard > _CLICK_LEAST_DB)

    found = []
    for start, end in outline.where(sharp, 6, band=1, off_db=faint_db, least_db=_CLICK_LEAST_DB):
        sides = [
            np.stack([np.abs(outline.off(band, low, high)) < 4.0 for band in (0, 1)])
            for low, high in ((start - 40, start), (end, end + 40))
        ]
        if (end - start) * outline.moment_s > LONGEST_CLICK_S or any(side.size and side.mean() < 0.4 for side in sides):
            continue
        if outline.coarse_db[1] and not _stands_out(outline, start, end):
            continue  # such a codec spreads what begins over what was before it
        loudest = float(outline.off(1, start, end).max())
        found.append(Moment(start * outline.moment_s, end * outline.moment_s, loudest))
    return tuple(found)


def _stands_out(outline: Outline, start: int, end: int) -> bool:
    """Whether something above 3 kHz is louder than all that is heard near it."""
    near = [outline.heard(1, start - _AROUND, start - 2), outline.heard(1, end + 2, end + _AROUND)]
    return float(outline.heard(1, start, end).max()) > float(np.concatenate(near).max(initial=-120.0)) + _HIDDEN_DB


def _usual(off: Powers) -> Powers:
    """How far off the 20 moments before and after usually are, without the nearest three: root mean squares."""
    kernel = np.ones(41)
    kernel[17:24] = 0.0
    squares = np.pad(np.minimum(np.square(off, dtype=float), 36.0), 20, mode="symmetric")
    return np.asarray(np.sqrt(np.convolve(squares, kernel / kernel.sum(), "valid") + 0.05), np.float32)


def _joined(found: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Runs that are no more than `gap` apart, as one."""
    made: list[tuple[int, int]] = []
    for start, end in found:
        if made and start - made[-1][1] <= gap:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made
