"""Numbers, units and months in the words of a language: what two libraries of the Unicode consortium's tables know.

Both are loaded when a text first has something for them. Whatever a language lacks is None: then a text stays as it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from producer.frozen import dataclass

if TYPE_CHECKING:
    from babel import Locale
    from unicode_rbnf import RbnfEngine

_BARE = ("spellout-numbering-verbose", "spellout-numbering", "spellout-cardinal")
_BEFORE_A_NOUN = ("spellout-cardinal-verbose", "spellout-cardinal-masculine", "spellout-cardinal-neuter")
_FEMININE = ("spellout-cardinal-verbose", "spellout-cardinal-feminine")
MOST_FIGURES = 15
"""Longer numbers are codes, which nobody says as a number."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """One language's; `spelled` is its rules, `locale` its units, months and signs."""

    spelled: RbnfEngine
    locale: Locale

    def whole(self, figures: str, *, noun: bool = False, feminine: bool = False) -> str:
        """`112` in words, by itself or before a noun; one by one when it begins with a zero or is very long."""
        if len(figures) > MOST_FIGURES or (len(figures) > 1 and figures.startswith("0")):
            return self.one_by_one(figures)
        forms = (_FEMININE if feminine else _BEFORE_A_NOUN) if noun or feminine else ()
        return self._first((*forms, *_BARE), figures) or figures

    def one_by_one(self, figures: str) -> str:
        return " ".join(self._first(_BARE, figure) or figure for figure in figures)

    def year(self, figures: str) -> str:
        return self._first(("spellout-numbering-year", *_BARE), figures) or figures

    def ordinal(self, figures: str, form: str) -> str:
        """In one of unicode-rbnf's forms; empty when the language has no such form."""
        return self._first((f"{form}-verbose", form), figures)

    def _first(self, forms: tuple[str, ...], figures: str) -> str:
        for form in forms:
            if form in self.spelled.rulesets:
                # Soft hyphens show where a word may be broken; a modifier letter stands for an apostrophe.
                said = self.spelled.format_number(figures, ruleset_names=[form]).text
                return said.replace("\u00ad", "").replace("\u02bc", "'").replace("-", " ").replace(",", "")
        return ""

    def plural(self, figures: str) -> str:
        """The language's form of a noun beside a whole number: `one`, `few`, `many` …"""
        return str(self.locale.plural_form(int(figures)))

    def unit(self, number: str, unit: str) -> str:
        """The name of a unit beside a number (`2.5`, with a point); empty when the language has none."""
        from decimal import Decimal

        from babel.units import UnknownUnitError, format_unit

        try:
            said = format_unit(Decimal(number), unit, "long", format="0.###############", locale=self.locale)
        except UnknownUnitError:
            return ""
        return " ".join(said.strip("0123456789.,\u200f").split())

    def months(self) -> frozenset[str]:
        """The names of the months as they stand in a date, in small letters."""
        return frozenset(name.casefold() for name in self.locale.months["format"]["wide"].values())

    def days(self) -> frozenset[str]:
        """The names of the days of the week, in small letters."""
        return frozenset(name.casefold() for name in self.locale.days["format"]["wide"].values())

    def separators(self) -> tuple[str, str]:
        """The signs of decimals and of thousands; any space is a plain one."""
        from babel.numbers import get_decimal_symbol, get_group_symbol

        group = get_group_symbol(self.locale)
        return get_decimal_symbol(self.locale), " " if group.isspace() else group


@lru_cache(maxsize=16)
def numbers(language: str) -> Numbers | None:
    """Of a language (`en`, `pt-br`, `en-gb-scotland`), by its base where its region is not known."""
    from babel import Locale, UnknownLocaleError
    from unicode_rbnf import RbnfEngine

    parts = language.replace("_", "-").split("-")
    region = [parts[1].upper()] if len(parts) > 1 and len(parts[1]) == 2 else []
    if parts[0] == "pt" and not region:
        region = ["PT"]  # as espeak-ng has it; the tables' own `pt` is Brazil's
    known = RbnfEngine.get_supported_languages()
    rules = next((name for name in ("_".join(parts[:1] + region), parts[0]) if name in known), "")
    if not rules:
        return None
    for name in ("_".join(parts[:1] + region), parts[0]):
        try:
            return Numbers(RbnfEngine.for_language(rules), Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return None
