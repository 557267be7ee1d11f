"""Times of day in words, as each language writes them: `2.30pm`, `10.30 Uhr`, `21h`, `22:00 h`, `alle 10.30`."""

from __future__ import annotations

import re

from producer.voice.wording_figures import Core, Figures
from producer.voice.wording_tables import CLOCK_AFTER, ONE_OCLOCK

_HALF_DAY = {"am": "AM", "pm": "PM", "a.m": "AM", "p.m": "PM", "AM": "AM", "PM": "PM"}
_TIME = re.compile(r"(\d{1,2})(?:([:.h])(\d{2})?)?([ap]\.?m|[AP]M)?")
_HOURS = frozenset({"h", "hs", "horas"})


class Clock(Figures):
    """Every way to read a time."""

    def clock(self, at: int) -> list[Core]:
        """A time of day; none where nothing says that it is one."""
        if self.speech is None:
            return []
        found = _TIME.fullmatch(self.core(at))
        if found is None:
            return self._one(at)
        hour, sign, minutes, half = found[1], found[2] or "", found[3] or "", _HALF_DAY.get(found[4] or "", "")
        apart = _HALF_DAY.get(self.next(at), "") if not half else ""
        if (half or apart) and self.base != "en":
            half = apart = ""
        if int(hour) > 24 or int(minutes or 0) > 59 or not self._is_time(at, sign, minutes, half or apart, found[4]):
            return self._one(at)
        if self.base == "fr" and not sign:
            return self._hours_apart(at, hour)
        return self._clock_said(at, hour, minutes, half, apart)

    def _is_time(self, at: int, sign: str, minutes: str, half: str, written_half: str | None) -> bool:
        assert self.speech is not None
        if written_half and not half:
            return False
        word = self.speech.clock_word
        worded = bool(word) and self.next(at) == word
        if sign == ":":
            return bool(minutes)
        if sign == "h":
            return self.base in ("fr", "pt")
        if sign == ".":
            before = self.core(at - 1).casefold() if at and not self.closed(at - 1) else ""
            return bool(minutes) and (worded or bool(half) or before in CLOCK_AFTER.get(self.base, ()))
        if self.base == "fr":
            return self.next(at) == "h" and re.fullmatch(r"[0-5]\d", self.next(at + 1)) is not None
        return worded or bool(half)

    def _clock_said(self, at: int, hour: str, minutes: str, half: str, apart: str) -> list[Core]:
        assert self.speech is not None
        between, whole_hour = self.speech.clock
        late = self._minutes(minutes) if int(minutes or 0) else ""
        if self.speech.clock_word and self.next(at) == self.speech.clock_word:
            said = self.known.whole(str(int(hour)), noun=True)
            return [Core(f"{said} {between}"), Core(late)] if late else [Core(said)]
        said = self._hour(hour)
        hours = self.base in ("es", "pt") and self.next(at) in _HOURS
        if late:
            said = f"{said} {between} {late}"
        elif not half and not apart and not hours:
            said = f"{said} {self._singular(whole_hour, hour)}"
        said = " ".join([*said.split(), half]).strip()
        if hours:
            return [Core(said), Core("hora" if int(hour) == 1 and not late else "horas")]
        if apart:
            return [Core(said), Core(apart, bare=self._goes_on(at + 1))]
        return [Core(said, bare=bool(half) and self._goes_on(at))]

    def _hour(self, hour: str) -> str:
        assert self.speech is not None
        between, _ = self.speech.clock
        return self.known.whole(str(int(hour)), noun=bool(between), feminine=self.speech.hour_feminine)

    @staticmethod
    def _singular(hours: str, hour: str) -> str:
        return {"heures": "heure", "horas": "hora"}.get(hours, hours) if int(hour) == 1 else hours

    def _hours_apart(self, at: int, hour: str) -> list[Core]:
        """`21 h 04`"""
        said = self._minutes(self.core(at + 2)) if int(self.core(at + 2)) else ""
        return [Core(self._hour(hour)), Core(self._singular("heures", hour)), Core(said)]

    def _goes_on(self, at: int) -> bool:
        """Whether the sentence goes on behind an abbreviation, so that its point is no full stop."""
        if self.words[at].tail != ".":
            return False
        after = self.core(at + 1)
        # Days and time zones have capitals in the middle of a sentence, too: `9 a.m. Monday`, `9 a.m. GMT`.
        capital = after[:1].isupper() and not (after.isupper() and len(after) > 1)
        return at + 1 < len(self.words) and (not capital or after.casefold() in self.known.days())

    def _one(self, at: int) -> list[Core]:
        """`a la 1`, `à 1`, `all'1`: the hour that has a gender."""
        before = self.core(at - 1) if at and not self.closed(at - 1) else ""
        article, one = ONE_OCLOCK.get(self.base, ("", ""))
        joined, _, rest = self.core(at).replace("’", "'").rpartition("'")
        if not one or rest != "1" or not (before == article or (joined and joined.casefold() == article)):
            return []
        return [Core(self.core(at)[:-1] + one)]

    def _minutes(self, figures: str) -> str:
        if self.base == "en" and figures.startswith("0"):
            return f"oh {self.known.whole(figures[1])}"
        return self.known.whole(str(int(figures)))
