"""When something is published: UTC, from what is written, never from a clock."""

from __future__ import annotations

import calendar
import re

from producer.frozen import dataclass

_WRITTEN = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?", re.ASCII)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A minute in UTC."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0

    @property
    def rfc2822(self) -> str:
        """As RSS writes it. Source: RFC 2822, section 3.3."""
        weekday = _DAYS[calendar.weekday(self.year, self.month, self.day)]
        month = _MONTHS[self.month - 1]
        return f"{weekday}, {self.day:02d} {month} {self.year:04d} {self.hour:02d}:{self.minute:02d}:00 +0000"


def moment(written: str, time: tuple[int, int] = (0, 0)) -> Moment:
    """`2026-11-22` (at `time`, hour and minute) or `2026-11-22 18:30`. Raises ValueError for anything else."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"'{written}' is no day; write it as in 2026-11-22, or with its time as in 2026-11-22 18:30")
    year, month, day = (int(part) for part in found.groups()[:3])
    hour, minute = (int(found[4]), int(found[5])) if found[4] else time
    is_day = year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    if not (is_day and hour < 24 and minute < 60):
        raise ValueError(f"there is no '{written.strip()}'")
    return Moment(year, month, day, hour, minute)
