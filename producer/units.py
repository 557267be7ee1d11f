"""The quantities, each a type of its own so that a bare number cannot pass for one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NewType

from producer.frozen import dataclass

Samples = NewType("Samples", int)  # whole samples at the timeline's rate
Lu = NewType("Lu", float)  # loudness relative to the dialogue
Lufs = NewType("Lufs", float)
Metres = NewType("Metres", float)
Percent = NewType("Percent", float)
Cents = NewType("Cents", float)
Wpm = NewType("Wpm", float)

DIALOGUE_LUFS = Lufs(-23.0)
"""Loudness of a spoken line with `level: 0 LU` at 1 m inside the mix; the master sets the episode's."""


def to_samples(seconds: Fraction, rate_hz: int) -> Samples:
    """Round half to even, once, here; every later stage counts whole samples."""
    # As `round(seconds * rate_hz)` would, without making a third fraction: this is asked for every number in a script.
    whole, rest = divmod(seconds.numerator * rate_hz, seconds.denominator)
    twice = 2 * rest - seconds.denominator
    return Samples(whole + (twice > 0 or (twice == 0 and whole % 2)))


def together_lu(voices: int) -> float:
    """By how much each of so many voices that say a line together is softer than the line, LU: their powers add up."""
    return 10.0 * math.log10(voices)


def gain(db: float) -> float:
    """Linear amplitude of `db` decibels."""
    return float(10.0 ** (db / 20.0))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Whole samples, half-open: `start` is heard, `end` is not."""

    start: Samples
    end: Samples

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span that ends at {self.end} cannot start at {self.start}")

    @property
    def length(self) -> Samples:
        return Samples(self.end - self.start)

    def meets(self, other: Span) -> bool:
        """Whether at least one sample is in both."""
        return self.start < other.end and other.start < self.end

    def shifted(self, samples: int) -> Span:
        """The same length, `samples` later."""
        return Span(Samples(self.start + samples), Samples(self.end + samples))

    def within(self, other: Span) -> Span:
        """The samples in both; empty (at this span's nearer end) when there are none."""
        start = min(max(self.start, other.start), other.end)
        return Span(start, max(start, min(self.end, other.end)))
