"""What the audit has to say: where, when, what, and how it is mended."""

from __future__ import annotations

from typing import Literal

from producer.errors import Place
from producer.frozen import dataclass

Kind = Literal[
    "damaged",  # the file cannot be decoded to its end
    "truncated",  # shorter than planned
    "overlong",  # longer than planned
    "shifted",  # all of it is late or early
    "unlike",  # this is no rendering of the timeline
    "loudness",
    "peak",
    "clipping",
    "format",
    "rms",
    "floor",
    "head",
    "channel",  # inverted, missing, swapped, late, or twice the same
    "balance",
    "mono",
    "silence",
    "dropout",
    "click",
    "noise",  # steady
    "missing",
    "quiet",
    "loud",
    "moved",
    "cut short",
    "replaced",
    "inaudible",  # planned so
    "margin",
    "limited",  # planned so, by the loudness that the profile asks for
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    where: Place | None  # in the script
    start_s: float
    end_s: float
    what: str
    mend: str
    clip: str = ""  # the id of the line or cue that it is about
    instead: str = ""  # the file of the same render that is as it should be, to be shipped in its place

    @property
    def time(self) -> str:
        """When, as m:ss.s."""
        return clock(self.start_s)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        return f"{place}{self.time} {self.what}; {self.mend}" if self.mend else f"{place}{self.time} {self.what}"


def clock(seconds: float) -> str:
    """A time as m:ss.s, or h:mm:ss.s from an hour on."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes}:{rest / 10:04.1f}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest / 10:04.1f}"
