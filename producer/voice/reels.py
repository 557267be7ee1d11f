"""One long file with all that a character says, cut into its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import soxr

from producer.frozen import dataclass
from producer.voice import condition
from producer.voice.align import Reading, align
from producer.voice.naming import Speech
from producer.voice.reference import Reference
from producer.voice.spectra import RATE_HZ, Floats

_HOP_S, _LONG_HOP_S = 0.06, 0.1
"""Enough to find lines; their words are then found in each line by itself, so nothing drifts. The table of ten minutes
takes 100 MB; that of half an hour would take 900, so the hop grows with the length."""
_FRAMES = 11_000
_FEWEST = 0.5
"""A line of which fewer of its words were found is not in the file."""
_EDGE_S = 0.8  # of silence, kept at either end where there is so much


@dataclass(frozen=True, slots=True)
class Cut:
    """Samples [start, end) of the file, in which a line is said."""

    speech: Speech
    start: int
    end: int
    times: int
    """How often the line was said; the last time is the one that is cut out."""


def cut_reel(
    raw: Floats, rate_hz: int, said: Sequence[Speech], beside: Mapping[Speech, Reference]
) -> tuple[tuple[Cut, ...], tuple[Speech, ...]]:
    """Where the lines of a character are in one recording, and those that are not in it.

    A line that was said again at once is taken as it was said last. What is said between lines is left out.

    Args:
        raw: shape (n,).
        rate_hz: of the recording.
        said: the lines, in the order in which they are said.
        beside: each as the default voices read it.
    """
    clean = condition.cleaned(raw, rate_hz)
    low = soxr.resample(clean, rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    voices = len(beside[said[0]].readings)
    hop_s = min(max(_HOP_S, len(low) / RATE_HZ / _FRAMES), _LONG_HOP_S)
    found = align(low, [_joined([beside[one].readings[voice] for one in said]) for voice in range(voices)], hop_s)
    counts = [len(beside[one].words) for one in said]
    ends = np.cumsum(counts)
    spans: dict[int, tuple[int, int]] = {}
    for number, (count, stop) in enumerate(zip(counts, ends, strict=True)):
        words = [word for word in found.words[stop - count : stop] if word is not None]
        if len(words) >= _FEWEST * count and words:
            spans[number] = (min(word.start for word in words), max(word.end for word in words))
    # What was said before the last time, or is not in the script, belongs to no line.
    foreign = [(one.heard.start, one.heard.end) for one in found.again]
    foreign += [(one.heard.start, one.heard.end) for one in found.added]
    scale = rate_hz / RATE_HZ
    levels = condition.levels(clean, rate_hz)
    edge = round(_EDGE_S * rate_hz)
    cuts = []
    for number, (start, end) in spans.items():
        before = max((b for _, b in [*spans.values(), *foreign] if b <= start), default=None)
        after = min((a for a, _ in [*spans.values(), *foreign] if a >= end), default=None)
        first, last = round(start * scale), round(end * scale)
        left = 0 if before is None else condition.parting(levels, round(before * scale), first)
        right = len(raw) if after is None else condition.parting(levels, last, max(last + 1, round(after * scale)))
        line = range(int(ends[number] - counts[number]), int(ends[number]))
        times = 1 + sum(one.first <= line[len(line) // 2] < one.last for one in found.again)
        cuts.append(Cut(said[number], max(left, first - edge, 0), min(right, last + edge, len(raw)), times))
    return tuple(cuts), tuple(one for number, one in enumerate(said) if number not in spans)


def _joined(readings: Sequence[Reading]) -> Reading:
    words: list[tuple[int, int]] = []
    begins = 0
    for reading in readings:
        words += [(begins + start, begins + end) for start, end in reading.words]
        begins += len(reading.samples)
    return Reading(np.concatenate([reading.samples for reading in readings]), tuple(words))
