"""What numbers are said as with something beside them: sums of money, units."""

from __future__ import annotations

import re

from producer.voice.wording_clock import Clock
from producer.voice.wording_figures import Core, Word, shared
from producer.voice.wording_tables import CODES, HUNDREDTHS, UNIT_NAMES, UNITS, Money

_SHORT = {"k": "thousand", "m": "million", "bn": "billion"}
_LARGE = frozenset({"hundred", "thousand", "million", "billion", "trillion"})

_NO_NOUNS = frozenset({"a", "an", "and", "apiece", "at", "by", "each", "every", "for", "from", "in", "is", "more", "of",
                       "off", "on", "or", "per", "the", "to", "was"})  # fmt: skip


class Finder(Clock):
    """Every way to read what stands at a place of a phrase, the most particular first."""

    def said(self, at: int) -> list[Core]:
        """The cores of the tokens from `at` on that are read together; none where nothing is to be read."""
        apart = self._thousands(at)
        if apart:
            whole = Word(
                self.words[at].head, "".join(self.core(at + n) for n in range(apart)), self.words[at + apart - 1].tail
            )
            words = (*self.words[:at], whole, *self.words[at + apart :])
            found = Finder(self.base, self.known, self.speech, words).said(at)
            return [*shared(found[0].text.split(), apart), *found[1:]] if found else []
        ways = (
            self.sign,
            self.clock,
            self.telephone,
            self._tied,
            self._money,
            self._sign_apart,
            self.degree,
            self._measure,
            self._between,
            self.ordinal,
            self.fraction,
        )
        for way in (*ways, self.range, self.decade, self.roman, self.plain):
            found = way(at)
            if found:
                return found
        return []

    def _thousands(self, at: int) -> int:
        """Over how many tokens a number goes whose thousands stand apart (`1 000 000`); 0 for any other."""
        if self.group != " " or not re.fullmatch(r"[-−]?[1-9]\d{0,2}", self.core(at)):
            return 0
        count = 1
        while re.fullmatch(r"\d{3}(?:\D.*)?", self.next(at + count - 1)):
            count += 1
        return count if count > 1 else 0

    def _money(self, at: int) -> list[Core]:
        signs = self._signs()
        one = "|".join(sorted(map(re.escape, signs), key=len, reverse=True))
        before = re.fullmatch(rf"([-−]?)({one})({self.number})", self.core(at))
        behind = re.fullmatch(rf"([-−]?)({self.number})({one})", self.core(at))
        large = re.fullmatch(rf"([-−]?)({one})({self.number})({'|'.join(_SHORT)})", self.core(at))
        if before is not None:
            minus, sign, written = before.groups()
        elif behind is not None:
            minus, written, sign = behind.groups()
        elif large is not None and self.base == "en":
            said, name = self.in_words(large[3]), self._name(large[2], "2")[0]
            return [Core(self.signed(large[1], f"{said} {_SHORT[large[4]]} {name}"))]
        else:
            found = re.fullmatch(rf"([-−]?)({self.number})", self.core(at))
            if found is None or self.next(at) not in signs:
                return []
            minus, written, sign = found[1], found[2], self.core(at + 1)
            said, name = self._sum(written, sign)
            return [Core(self.signed(minus, said)), Core(name)] if said else []
        if before is not None and self.base == "en" and self.next(at) in _LARGE:
            said, name = self.in_words(written), self._name(sign, "2")[0]
            return [Core(self.signed(minus, said)), Core(f"{self.core(at + 1)} {name}")] if said and name else []
        said, name = self._sum(written, sign)
        if not said:
            return []
        if before is not None and not minus and self._is_beside_a_noun(at):
            name = self._name(sign, "1")[0]
        return [Core(self.signed(minus, f"{said} {name}"))]

    def _signs(self) -> set[str]:
        return {*CODES, *(self.speech.money if self.speech is not None else ())}

    def _sign_apart(self, at: int) -> list[Core]:
        """`R$ 20,00`, `€ 5,99`: the number takes the place of the sign, and what it is of that of the figures."""
        found = re.fullmatch(rf"([-−]?)({self.number})", self.next(at)) if self.core(at) in self._signs() else None
        if found is None:
            return []
        if self.base == "en" and self.next(at + 1) in _LARGE:
            said, name = self.in_words(found[2]), self._name(self.core(at), "2")[0]
            large = [Core(self.signed(found[1], said)), Core(self.core(at + 2)), Core(name)]
            return large if said and name else []
        said, name = self._sum(found[2], self.core(at))
        return [Core(self.signed(found[1], said)), Core(name)] if said else []

    def _is_beside_a_noun(self, at: int) -> bool:
        """`a $20 bill`: a whole sum between "a" and what it is the price of."""
        before, after = self.core(at - 1).casefold() if at and not self.closed(at - 1) else "", self.next(at)
        whole = not re.search(r"[.,]\d{2}$", self.core(at))
        return self.base == "en" and before in ("a", "an") and whole and after.isalpha() and after not in _NO_NOUNS

    def _tied(self, at: int) -> list[Core]:
        """A sum with words tied to it, so much a week or a bill of so much: `£5-a-week`, `$20-bill`."""
        found = re.fullmatch(rf"(\D+)({self.number})((?:-[a-z]+)+)", self.core(at)) if self.base == "en" else None
        if found is None:
            return []
        words = found[3].strip("-").split("-")
        said, name = self._sum(found[2], found[1])
        if words[0] not in _NO_NOUNS and "." not in self.plainly(found[2]):
            name = self._name(found[1], "1")[0]
        return [Core(" ".join([said, name, *words]))] if said and name else []

    def _sum(self, written: str, sign: str) -> tuple[str, str]:
        """How much, and of what with the hundredths that are beside it: `three`, `dollars fifty`."""
        whole, _, part = self.plainly(written).partition(".")
        name, feminine = self._name(sign, whole)
        if not name:
            return "", ""
        said = self.known.whole(whole, noun=True, feminine=feminine)
        if part and len(part) != 2:  # no sum of money as one writes it
            return self.in_words(written), name
        hundredths = self.known.whole(str(int(part))) if part and int(part) else ""
        smaller = HUNDREDTHS.get(self.base, {}).get(sign)
        if hundredths and smaller and not int(whole):
            only = str(int(part))
            said = self.known.whole(only, noun=True, feminine=smaller.feminine)
            return said, smaller.beside(self.known.plural(only))
        return said, f"{name} {hundredths}".strip()

    def _name(self, sign: str, whole: str) -> tuple[str, bool]:
        """What a currency is called beside a whole number, and whether that is feminine."""
        money: Money | None = self.speech.money.get(sign) if self.speech is not None else None
        if money is None:
            return self._full_name(sign, whole), False
        return money.beside(self.known.plural(whole)), money.feminine

    def _full_name(self, sign: str, whole: str) -> str:
        if sign not in CODES:
            return ""
        from babel.numbers import format_currency

        said = format_currency(int(whole), CODES[sign], "0", self.known.locale, False, "name")
        return " ".join(said.strip("0123456789\u200f").split())

    def _measure(self, at: int) -> list[Core]:
        units = self._units()
        joined = re.fullmatch(rf"([-−]?)({self.number})(\D+)", self.core(at))
        if joined is not None and joined[3] in units and not (len(joined[3]) == 1 and joined[3].isalpha()):
            said, name = self._measured(joined[1], joined[2], units[joined[3]])
            return [Core(f"{said} {name}")] if said else []
        apart = re.fullmatch(rf"([-−]?)({self.number})", self.core(at))
        if apart is None or self.next(at) not in units:
            return []
        said, name = self._measured(apart[1], apart[2], units[self.core(at + 1)])
        if not said:
            return []
        sentence_ends = at + 2 >= len(self.words) or self.core(at + 2)[:1].isupper()
        point = self.words[at + 1].tail == "." and not sentence_ends  # `5 min. later`
        return [Core(said), Core(name, bare=point)]

    def _measured(self, sign: str, written: str, unit: str) -> tuple[str, str]:
        kind = unit.partition("-")[2]
        feminine = self.speech is not None and kind in self.speech.feminine
        said = self.signed(sign, self.in_words(written, noun=True, feminine=feminine))
        name = self._unit(self.plainly(written), unit) if said else ""
        return (said, name) if name else ("", "")

    def _unit(self, number: str, unit: str) -> str:
        one, many = UNIT_NAMES.get((self.base, unit), ("", ""))
        return (one if number == "1" else many) or self.known.unit(number, unit)

    def _between(self, at: int) -> list[Core]:
        """A range of something: `10–12 km`, `10–12%`."""
        found = re.fullmatch(rf"({self.number})[-–—]({self.number})(\D*)", self.core(at))
        unit = (found[3] or self.next(at)) if found is not None else ""
        if found is None or unit not in self._units() or self.speech is None:
            return []
        name = self._unit(self.plainly(found[2]), self._units()[unit])
        said = " ".join(part for part in (self.in_words(found[1]), self.speech.to, self.in_words(found[2])) if part)
        return [Core(f"{said} {name}")] if found[3] else [Core(said), Core(name)]

    def _units(self) -> dict[str, str]:
        return {**UNITS, **(self.speech.units if self.speech is not None else {})}
