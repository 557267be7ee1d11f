"""From which side a language is written."""

from __future__ import annotations

from typing import Literal

_LANGUAGES = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"))
"""Written from the right, where the tag says nothing of their script."""
_SCRIPTS = frozenset(("adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"))


def direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction of a language tag's language, as HTML's `dir` has it; a script in the tag decides.

    >>> direction("he-IL"), direction("en-GB"), direction("pa-Arab-PK"), direction("ku-Latn")
    ('rtl', 'ltr', 'rtl', 'ltr')

    Source: BCP 47 (a script has four letters and follows the language); ISO 15924.
    """
    main, *others = language.casefold().split("-")
    script = next((one for one in others if len(one) == 4 and one.isalpha()), "")
    return "rtl" if (script in _SCRIPTS if script else main in _LANGUAGES) else "ltr"
