"""Respellings (`EE-fa`, capitals for stress) as IPA, for voices that read English.

Syllables stand between hyphens and are read as an English reader would say them, by the keys that newspapers and
dictionaries use: `ay` as in day, `ah` as in father, `oh` as in go, `uh` as in the first sound of about.
"""

from __future__ import annotations

import re

from producer.model.possessive import ending_ipa, parted

VOWELS = {
    "eigh": "eɪ", "igh": "aɪ", "air": "eə", "ear": "ɪə", "eer": "ɪə", "oor": "ʊə", "ire": "aɪə",
    "aw": "ɔː", "or": "ɔː", "ar": "ɑː", "ur": "ɜː", "er": "ə", "ir": "ɜː",
    "ay": "eɪ", "ai": "eɪ", "ey": "eɪ", "ee": "iː", "ea": "iː", "ie": "aɪ", "ye": "aɪ", "oo": "uː", "ew": "uː",
    "ue": "uː",
    "ow": "aʊ", "ou": "aʊ", "oy": "ɔɪ", "oi": "ɔɪ", "oh": "əʊ", "oa": "əʊ", "oe": "əʊ",
    "ah": "ɑː", "eh": "ɛ", "ih": "ɪ", "uh": "ə", "u": "ʌ", "a": "æ", "e": "ɛ", "i": "ɪ", "o": "ɒ", "y": "aɪ",
}  # fmt: skip
CONSONANTS = {
    "tch": "tʃ", "ch": "tʃ", "sh": "ʃ", "zh": "ʒ", "th": "θ", "dh": "ð", "ng": "ŋ", "kh": "x", "ph": "f", "wh": "w",
    "ck": "k",
    "b": "b", "c": "k", "d": "d", "f": "f", "g": "ɡ", "h": "h", "j": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n",
    "p": "p",
    "q": "k", "r": "ɹ", "s": "s", "t": "t", "v": "v", "w": "w", "x": "ks", "z": "z", "y": "j",
}  # fmt: skip
STRESSED_END = {"a": "ɑː", "e": "eɪ", "i": "iː", "o": "əʊ", "y": "aɪ"}
"""Single vowels that end a stressed syllable …"""
UNSTRESSED_END = {"a": "ə", "e": "eɪ", "i": "i", "o": "əʊ", "y": "i"}
"""… and an unstressed one: `EE-fa` ends as sofa does."""
_VOWEL_KEYS = sorted(VOWELS, key=len, reverse=True)
_CONSONANT_KEYS = sorted(CONSONANTS, key=len, reverse=True)
_SHAPE = re.compile(r"[A-Za-z]+(-[A-Za-z]+)*")


def is_respelling(written: str, spoken: str) -> bool:
    """Whether `spoken` is a respelling: not as written, and one syllable or more is in capitals: `EE-fa`, `EE-fa's`."""
    if written == spoken:
        return False
    spoken, _ = parted(spoken)
    if not _SHAPE.fullmatch(spoken):
        return False
    syllables = spoken.split("-")
    stressed = [s for s in syllables if s.isupper()]
    readable = all(re.search("[aeiouyAEIOUY]", s) for s in syllables)
    return bool(stressed) and readable and all(s.isupper() or s.islower() for s in syllables) and len(spoken) > 2


def respelled_ipa(spoken: str) -> str:
    """`EE-fa` as IPA: `ˈiːfə`, and `EE-fa's` with its ending. A second stressed syllable gets secondary stress."""
    spoken, ending = parted(spoken)
    said, marks = "", iter(["ˈ"])
    for syllable in spoken.split("-"):
        if syllable.isupper():
            said += next(marks, "ˌ")
        said += _syllable(syllable.lower(), stressed=syllable.isupper())
    return said + ending_ipa(said) if ending else said


def _syllable(letters: str, *, stressed: bool) -> str:
    said, had_vowel = "", False
    while letters:
        initial_y = letters[0] == "y" and not had_vowel and len(letters) > 1 and letters[1] in "aeiou"
        vowel = None if initial_y else next((key for key in _VOWEL_KEYS if letters.startswith(key)), None)
        consonant = next((key for key in _CONSONANT_KEYS if letters.startswith(key)), None)
        if vowel and not (had_vowel and vowel in ("e", "y")):
            open_end = len(letters) == len(vowel)
            final = STRESSED_END if stressed else UNSTRESSED_END
            said += final.get(vowel, VOWELS[vowel]) if open_end else VOWELS[vowel]
            letters, had_vowel = letters[len(vowel) :], True
        elif vowel:  # a silent e closes the syllable
            letters = letters[len(vowel) :]
        else:
            assert consonant is not None  # every letter of the alphabet is in one of the tables
            said += CONSONANTS[consonant]
            letters = letters[len(consonant) :]
            if len(letters) and letters[0] == consonant[-1] and len(consonant) == 1:
                letters = letters[1:]  # doubled letters sound once
    return said
