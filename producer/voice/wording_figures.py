"""What numbers by themselves are said as: plain ones, years, days, ordinals, fractions, ranges, Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from producer.frozen import dataclass
from producer.voice.wording_numbers import Numbers
from producer.voice.wording_signs import SIGNS_SAID
from producer.voice.wording_tables import (
    CROWNS,
    DEGREE_AFTER,
    FRACTIONS,
    GERMAN_BEFORE,
    GERMAN_DATIVE,
    GERMAN_ENDING_N,
    GERMAN_MASCULINE,
    GERMAN_NEUTER,
    GERMAN_NO_ENDING,
    GERMAN_OPENERS,
    NO_NAMES,
    ROMAN_AFTER,
    RULERS,
    SIGNS,
    YEAR_WORDS,
    Speech,
)

_ROMAN = re.compile(r"^(?=[IVX]{2,}$)X{0,3}(?:IX|IV|V?I{0,3})$")
_LEAST_OF_A_TELEPHONE = 7
_ROMAN_VALUE = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Word:
    """A token between the punctuation on its two sides; an empty core cannot be changed."""

    head: str
    core: str
    tail: str


@dataclass(frozen=True, slots=True)
class Core:
    """What is said in place of a core; `bare` when a point behind it was part of an abbreviation."""

    text: str
    bare: bool = False


class Figures:
    """A phrase in one language. Each way to read what stands at a place gives the cores from there on, or none.

    Args:
        base: the language without its region.
        known: its numbers.
        speech: what is known of it besides; None: nothing.
        words: of the phrase.
    """

    def __init__(self, base: str, known: Numbers, speech: Speech | None, words: Sequence[Word]) -> None:
        self.base, self.known, self.speech, self.words = base, known, speech, words
        point, group = known.separators()
        self.point = point
        groups = "" if group == " " else rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|"
        self.group = group
        self.number = rf"(?:{groups}\d+)(?:{re.escape(point)}\d+)?"

    def core(self, at: int) -> str:
        return self.words[at].core if 0 <= at < len(self.words) else ""

    def closed(self, at: int) -> bool:
        """Whether punctuation parts a token from the one after it."""
        return bool(self.words[at].tail) or at + 1 >= len(self.words) or bool(self.words[at + 1].head)

    def next(self, at: int) -> str:
        return "" if self.closed(at) else self.core(at + 1)

    def plainly(self, written: str) -> str:
        """`1,234.50` as `1234.50`."""
        return written.replace(self.group, "").replace(self.point, ".")

    def in_words(self, written: str, *, noun: bool = False, feminine: bool = False) -> str:
        """A number without its sign; empty when it has decimals that the language cannot say."""
        whole, point, decimals = self.plainly(written).partition(".")
        if not point:
            return self.known.whole(whole, noun=noun, feminine=feminine)
        if self.speech is None:
            return ""
        one_by_one = self.speech.digits or decimals.startswith("0") or len(decimals) > 2
        after = self.known.one_by_one(decimals) if one_by_one else self.known.whole(decimals)
        return f"{self.known.whole(whole)} {self.speech.point} {after}"

    def signed(self, sign: str, said: str) -> str:
        if not sign or not said:
            return said
        return f"{self.speech.minus} {said}" if self.speech is not None else ""

    def plain(self, at: int) -> list[Core]:
        found = re.fullmatch(rf"([-−]?)({self.number})", self.core(at))
        if found is None:
            return []
        sign, written = found.groups()
        if not sign and self._is_year(at, written):
            return [Core(self.known.year(written))]
        day = self._day(at, written) if not sign else ""
        if day:
            return [Core(day)]
        said = self.signed(sign, self.in_words(written))
        return [Core(said)] if said else []

    def _is_year(self, at: int, written: str) -> bool:
        if self.speech is None or not self.speech.in_hundreds or not re.fullmatch(r"[12]\d{3}", written):
            return False
        if "1100" <= written <= "1999":
            return True
        before = self.core(at - 1).casefold() if at else ""
        near = before in YEAR_WORDS[self.base] or before in self.known.months()
        return "2010" <= written <= "2099" and near

    def _day(self, at: int, written: str) -> str:
        """A day beside its month, where that is said otherwise than a number; else empty."""
        if self.speech is None or not re.fullmatch(r"[1-9]|[12]\d|3[01]", written):
            return ""
        before = self.core(at - 1) if at and not self.closed(at - 1) else ""
        after = self.next(at)
        if self.base == "en":  # where "may" and "march" are words besides
            said = self.known.ordinal(written, "spellout-ordinal")
            if after.istitle() and after.casefold() in self.known.months():
                return f"{said} of" if before.casefold() == "the" else f"the {said} of"
            return said if before.istitle() and before.casefold() in self.known.months() else ""
        if not self.speech.months or after.casefold() not in self.known.months():
            return ""
        return self.known.ordinal(written, self.speech.months)

    def sign(self, at: int) -> list[Core]:
        if self.speech is None:
            return []
        core = self.core(at)
        if core == "&":
            return [Core(self.speech.both)]
        found = re.fullmatch(r"([#№])(\d*)", core)
        if found is None or not (found[2] or self.next(at)[:1].isdigit()):
            return []
        return [Core(f"{self.speech.number} {self.known.whole(found[2])}" if found[2] else self.speech.number)]

    def ordinal(self, at: int) -> list[Core]:
        if self.speech is None:
            return []
        if self.speech.dotted[0] and self._is_dotted(at):
            month = self.core(at + 1).casefold() in self.known.months()
            if not month and not self._is_before_a_noun(at) and not self._is_first_of_two(at):
                return []
            form = self._german_form(at, *self.speech.dotted)
            said = self.known.ordinal(self.core(at), form) if form else ""
            return [Core(said, bare=self.core(at + 1) not in GERMAN_OPENERS)] if said else []
        found = re.fullmatch(r"(\d{1,6}|\d{1,3},\d{3})(\D+)", self.core(at))
        form = self.speech.ordinals.get(found[2], "") if found is not None else ""
        said = self.known.ordinal(self.plainly(found[1]), form) if found is not None and form else ""
        return [Core(said)] if said else []

    def _german_form(self, at: int, plain: str, other: str, after: frozenset[str]) -> str:
        """The form of an ordinal behind the word before it; empty where its ending is that of a noun nobody knows."""
        before, noun = self.core(at - 1).casefold(), self.core(at + 1).casefold()
        if before in GERMAN_NO_ENDING:
            if noun.endswith(GERMAN_MASCULINE):
                return f"{plain}-r"
            return f"{plain}-s" if noun.endswith(GERMAN_NEUTER) else ""
        dative = before in ("der", "dieser", "jeder") and self.core(at - 2).casefold() in GERMAN_DATIVE
        return other if before in after or before in GERMAN_ENDING_N or dative else plain

    def _is_dotted(self, at: int) -> bool:
        return self.words[at].tail == "." and re.fullmatch(r"\d{1,3}", self.core(at)) is not None

    def _is_before_a_noun(self, at: int) -> bool:
        """`das 21. Jahrhundert`: between an article or its like and what is written as a noun is."""
        before, after = self.core(at - 1), self.core(at + 1)
        fits = before.casefold() in GERMAN_BEFORE and not self.closed(at - 1)
        return fits and after[:1].isupper() and not self.words[at + 1].head

    def _is_first_of_two(self, at: int) -> bool:
        """`vom 3. bis 5. Juni`"""
        parted = self.core(at + 1) in ("bis", "und", "oder") and at + 2 < len(self.words) and self._is_dotted(at + 2)
        return parted and (self.core(at + 3).casefold() in self.known.months())

    def degree(self, at: int) -> list[Core]:
        """`il 1° maggio`, where the sign of a degree is written for that of an ordinal."""
        articles = DEGREE_AFTER.get(self.base)
        found = re.fullmatch(r"(\d{1,3})°", self.core(at))
        if articles is None or found is None or self.speech is None:
            return []
        after = self.core(at + 2) if self.next(at) == "de" else self.next(at)
        before = self.core(at - 1) if at and not self.closed(at - 1) else ""
        if before.casefold() not in articles and after.casefold() not in self.known.months():
            return []
        form = next((form for form in self.speech.ordinals.values() if form == "spellout-ordinal-masculine"), "")
        said = self.known.ordinal(found[1], form) if form else ""
        return [Core(said)] if said else []

    def fraction(self, at: int) -> list[Core]:
        said = FRACTIONS.get(self.base, {})
        core = self.core(at)
        mixed = re.fullmatch(r"(\d*)([½¼¾⅓⅔])", core)
        if mixed is None:
            whole = at > 0 and not self.closed(at - 1) and self.core(at - 1).isdecimal() and self.speech is not None
            both = f"{self.speech.both} " if whole and self.speech is not None else ""
            return [Core(both + said[core])] if core in said else []
        part = said.get(SIGNS[mixed[2]], "")
        if not part or self.speech is None:
            return []
        return [Core(f"{self.known.whole(mixed[1])} {self.speech.both} {part}" if mixed[1] else part)]

    def range(self, at: int) -> list[Core]:
        found = re.fullmatch(rf"({self.number})([-–—])({self.number})", self.core(at))
        if found is None or self.speech is None:
            return []
        first, sign, last = found.groups()
        if sign == "-" and (len(first) == 3 and len(last) == 4):  # a telephone's
            return [Core(f"{self.known.one_by_one(first)}, {self.known.one_by_one(last)}")]
        if first == last and sign == "-":  # `a 50-50 chance`
            return [Core(f"{self.in_words(first)} {self.in_words(last)}".strip())]
        short = re.fullmatch(r"\d{2}", last) is not None and self.base == "en" and "." not in first
        if short and self._is_year(at, first) and first[2:] < last and len(self.core(at)) == 7:  # `1914-18`
            return [Core(f"{self.known.year(first)} {self.speech.to} {self.known.whole(last)}")]
        years = all(self._is_year(at, one) for one in (first, last))
        one, other = (self.known.year(part) if years else self.in_words(part) for part in (first, last))
        return [Core(" ".join(part for part in (one, self.speech.to, other) if part))]

    def telephone(self, at: int) -> list[Core]:
        """`0800 123 4567`: figure by figure, group by group; French groups of two are numbers."""
        if self.speech is None or not re.fullmatch(r"0\d+|\+\d{1,3}", self.core(at)):
            return []
        groups = [self.core(at)]
        while re.fullmatch(r"\d{2,}", self.next(at + len(groups) - 1)):
            groups.append(self.next(at + len(groups) - 1))
        if len(groups) < 2 or sum(map(len, groups)) < _LEAST_OF_A_TELEPHONE:
            return []
        pairs = self.base == "fr" and all(len(group) == 2 for group in groups)
        said = [self.known.whole(group) if pairs else self.known.one_by_one(group.lstrip("+")) for group in groups]
        if groups[0].startswith("+"):
            said[0] = f"{SIGNS_SAID[self.base]['+']} {said[0]}"
        return [*(Core(f"{one},") for one in said[:-1]), Core(said[-1])]

    def decade(self, at: int) -> list[Core]:
        if self.base == "de":
            found = re.fullmatch(r"([1-9]0|[12]\d{2}0)er", self.core(at))
            return [Core(f"{self.known.year(found[1])}er")] if found is not None else []
        found = re.fullmatch(r"([1-9]0|[12]\d{2}0)['’]?s", self.core(at)) if self.base == "en" else None
        if found is None:
            return []
        said = self.known.year(found[1]) if len(found[1]) == 4 else self.known.whole(found[1])
        return [Core(f"{said[:-1]}ies" if said.endswith("y") else f"{said}s")]

    def roman(self, at: int) -> list[Core]:
        before = self.core(at - 1) if at else ""
        core, mark, owns = self.core(at).partition("'" if "'" in self.core(at) else "’")
        if self.base != "en" or owns not in ("", "s") or (at and self.closed(at - 1)):
            return []
        if not _ROMAN.match(core) and not self._is_one_letter(at, core, owns):
            return []
        values = [_ROMAN_VALUE[letter] for letter in core]
        value = sum(-v if any(v < later for later in values[n:]) else v for n, v in enumerate(values))
        if before.casefold() in ROMAN_AFTER:
            return [Core(self.known.whole(str(value)) + mark + owns)]
        if not before[:1].isupper() or before in NO_NAMES:
            return []
        return [Core(f"the {self.known.ordinal(str(value), 'spellout-ordinal')}{mark}{owns}")]

    def _is_one_letter(self, at: int, core: str, owns: str) -> bool:
        """Whether a single letter is a numeral: `World War I`, `George V`, `Queen Elizabeth I`, and not who speaks."""
        before, earlier = self.core(at - 1), self.core(at - 2)
        if core not in ("I", "V") or not at:
            return False
        if before == "War":
            return earlier == "World"
        return before in RULERS and (core == "V" or bool(owns) or self.closed(at) or earlier in CROWNS)


def shared(said: Sequence[str], tokens: int) -> list[Core]:
    """Words over the tokens that they are written as, each with one at least while there are enough."""
    whole = [" ".join(said[number : number + 1]) for number in range(tokens - 1)]
    return [*map(Core, whole), Core(" ".join(said[tokens - 1 :]))]
