"""IPA as espeak-ng's phoneme mnemonics, for `[[…]]`.

espeak-ng has one table of phonemes per language, and drops in silence whatever that table lacks. So each IPA symbol has
its mnemonics in order of likeness, and a voice says the first of them that its language has. Vowels that no candidate
fits come out as the nearest of espeak-ng's base table (`@ a e i o u`), which every language inherits.
Source: the phoneme events of espeak-ng 1.52 itself, asked for every mnemonic in English, German, French, Russian,
Spanish, Italian and Polish.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

PHONEMES: Mapping[str, tuple[str, ...]] = {
    # vowels, close to open
    "iː": ("i:", "i"), "i": ("i",), "ɪ": ("I", "I2", "i"), "ᵻ": ("I#", "I", "i"), "ɨ": ("y#", "y", "I", "i"),
    "yː": ("y:", "y", "u:", "u"), "y": ("y", "u:", "u"), "ʏ": ("y", "U", "u"), "ʉ": ("u:", "u"), "ʉː": ("u:", "u"),
    "ɯ": ("u",), "uː": ("u:", "u"), "u": ("u",), "ʊ": ("U", "u"),
    "eː": ("e:", "eI", "e"), "e": ("e", "E"), "ø": ("Y", "Y:", "3:", "e"), "øː": ("Y:", "Y", "3:", "e"),
    "ɘ": ("@",), "ɵ": ("@",), "ɤ": ("o",), "oː": ("o:", "O:", "o"), "o": ("o", "O"),
    "ə": ("@",), "əː": ("3:", "@"), "ɚ": ("3", "@"), "ɜ": ("3:", "@"), "ɜː": ("3:", "@"), "ɝ": ("3:", "@"),
    "ɛ": ("E", "e"), "ɛː": ("E:", "e@", "E", "e"), "œ": ("W", "Y", "3:", "e"), "ʌ": ("V", "a"), "ɐ": ("a#", "@"),
    "ɔ": ("O", "o"), "ɔː": ("O:", "O", "o"), "æ": ("a",), "a": ("a",), "aː": ("a:", "A:", "a"),
    "ɑ": ("A:", "A", "a"), "ɑː": ("A:", "A", "a"), "ɒ": ("0", "O", "o"),
    # nasal vowels
    "ɛ̃": ("E~",), "œ̃": ("W~", "E~"), "ɔ̃": ("O~", "O"), "ɑ̃": ("A~", "O~", "a"), "õ": ("o~", "O~", "o"), "ã": ("a~", "a"),
    # diphthongs
    "aɪ": ("aI",), "aʊ": ("aU",), "eɪ": ("eI",), "ɔɪ": ("OI",), "oʊ": ("oU",), "əʊ": ("oU",),
    "ɪə": ("i@",), "eə": ("e@",), "ʊə": ("U@",),
    # plosives, affricates
    "p": ("p",), "b": ("b",), "t": ("t",), "d": ("d",), "ʈ": ("t.",), "ɖ": ("d.",), "c": ("c",), "ɟ": ("J",),
    "k": ("k",), "ɡ": ("g",), "q": ("q", "k"), "ɢ": ("g",), "ʔ": ("?",),
    "tʃ": ("tS",), "dʒ": ("dZ",), "ts": ("ts",), "dz": ("dz",), "tɕ": ("tS;",), "dʑ": ("dZ;",),
    # nasals, trills, taps
    "m": ("m",), "ɱ": ("m",), "n": ("n",), "ɳ": ("n.", "n"), "ɲ": ("n^",), "ŋ": ("N",), "ɴ": ("N",),
    "r": ("r",), "ʙ": ("b",), "ʀ": ("R", "r"), "ɾ": ("*",), "ɽ": ("*",),
    # fricatives
    "ɸ": ("f",), "β": ("B",), "f": ("f",), "v": ("v",), "θ": ("T",), "ð": ("D",), "s": ("s",), "z": ("z",),
    "ʃ": ("S",), "ʒ": ("Z",), "ʂ": ("s.", "S"), "ʐ": ("z.", "Z"), "ɕ": ("S;", "S"), "ʑ": ("Z;", "Z"), "ç": ("C",),
    "ʝ": ("j",), "x": ("x",), "ɣ": ("Q",), "χ": ("X",), "ʁ": ("r",), "ħ": ("h",), "ʕ": ("?",), "h": ("h",), "ɦ": ("h",),
    "ɬ": ("S",),
    # approximants
    "ʋ": ("v",), "ɹ": ("r",), "ɻ": ("r",), "j": ("j",), "ɥ": ("j",), "ɰ": ("w",), "w": ("w",), "ʍ": ("w",),
    "l": ("l",), "ɭ": ("l.", "l"), "ʎ": ("l^",), "ʟ": ("l",), "ɫ": ("l",),
}  # fmt: skip
STRESS = {"ˈ": "'", "ˌ": ","}
_SAME = str.maketrans({"g": "ɡ", ":": "ː", "'": "ˈ"} | dict.fromkeys("ˑ\u0361\u035c. ‿ʰʲ\u0329", ""))
_SYMBOL = re.compile("|".join(sorted(map(re.escape, [*PHONEMES, *STRESS]), key=len, reverse=True)))
_VOWEL = re.compile("[iɪᵻɨyʏʉɯuʊeøɘɵɤoəɚɜɝɛœʌɐɔæaɑɒõã]")

MNEMONICS = tuple(sorted({name for names in PHONEMES.values() for name in names}))
"""Every mnemonic of the table: what a voice is asked for, to learn which of them its language has."""


def unknown_ipa(ipa: str) -> str:
    """The first sign that the table does not know, or nothing."""
    left = _SYMBOL.sub("", ipa.translate(_SAME))
    return left[:1]


def to_mnemonics(ipa: str, has: Callable[[str], bool]) -> str:
    """`ˈiːfə` as espeak-ng's mnemonics: `'i:f@`.

    Args:
        ipa: symbols of the table; stress marks, length, tie bars and syllable dots as IPA has them.
        has: whether the voice's language has a mnemonic.
    """
    parts: list[str] = []
    for symbol in _SYMBOL.findall(ipa.translate(_SAME)):
        if symbol in STRESS:
            parts.append(STRESS[symbol])
            continue
        names = PHONEMES[symbol]
        known = [name for name in names if has(name)]
        if known:
            parts.append(known[0])
        elif len(symbol) > 1 and all(letter in PHONEMES for letter in symbol):  # a diphthong, said as its two vowels
            parts.extend(next((name for name in PHONEMES[letter] if has(name)), names[-1]) for letter in symbol)
        else:
            parts.append("@" if _VOWEL.search(symbol) else names[-1])
    said = _join(parts)
    # Without any mark, espeak-ng would give a word of one syllable no stress and swallow its vowel.
    return said if "'" in said or not _VOWEL.search(ipa) else _stress_first(parts)


def _join(parts: list[str]) -> str:
    """One after the other, with the bar that keeps two mnemonics from being read as a third (`t|S`)."""
    said = ""
    for before, part in zip(["", *parts], parts, strict=False):
        marks = before in STRESS.values() or not before
        said += part if marks or part in STRESS.values() else f"|{part}"
    return said


def _stress_first(parts: list[str]) -> str:
    return _join(["'", *parts])
