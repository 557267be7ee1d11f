"""Figures, signs and abbreviations in the words that a voice is to say, token by token.

A program that speaks may read `£3.50` as "pound three point five zero" and `5 km` as "five k m", and another one not at
all. So what is to be said is written out before any engine sees it, and a cast of several engines reads a script alike.
The libraries know the words (`wording_numbers.py`); this module finds what to put into words. Each token keeps what is
written, for transcripts, and its own time. What the script says how to say (`{112|one one two}`, `say`) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from producer.model.script import Token
from producer.voice.wording_amounts import Finder
from producer.voice.wording_figures import Core, Word, shared
from producer.voice.wording_numbers import numbers
from producer.voice.wording_signs import SIGNS_SAID
from producer.voice.wording_tables import CODES, SPEECH, Speech

_EDGES = re.compile(r"^([(\[\"'“‘«„¿¡—–]*)(.*?)((?:[.,;:!?…)\]\"'”’»—–]|--)*)$", re.DOTALL)
_BREAK = re.compile(r"(?:[—–…]|\.{3}|--)[^\w\s]*$")
"""Behind which a word stands by itself, though no space parts them."""
_TELLING = re.compile(r"[\d%‰°&#№½¼¾⅓⅔]|[A-Za-zА-яіїєґ]\.|^[IVX]+(?:['’]s)?\W*$")

_ABBREVIATES = re.compile(r"^\.(?=[,;:!?])")
"""The point of `etc.,`, which is no full stop."""
_POINTLESS = frozenset({"Dr", "St", "Prof", "Sgt", "Capt", "Lt", "Pr", "Ste", "n°", "N°", "n.º", "nº", "nr", "dr"})
"""Titles that are written without a point, too."""
_NEVER_LAST = frozenset(
    {"Mr", "Mrs", "Ms", "Mme", "Mlle", "MM", "mevr", "dhr", "e.g", "i.e", "z.B", "np", "ca", "vs", "d.h"}
)
"""Abbreviations with which no sentence ends; the point of others may be a sentence's as well."""


def is_known(language: str) -> bool:
    """Whether a language (`en`, `pt-BR`) is one of those whose clocks, money and abbreviations are put into words."""
    return language.casefold().replace("_", "-").partition("-")[0] in SPEECH


def worded(tokens: Sequence[Token], language: str) -> tuple[Token, ...]:
    """Tokens of one phrase as they are to be said in a language; those that are words already are as they were.

    Args:
        tokens: in order, as the script has them.
        language: of the voice that says them; in one that no table knows, or an empty one, nothing changes.
    """
    if not language:
        return tuple(tokens)
    words = [_word(token, tokens, number) for number, token in enumerate(tokens)]
    found = list(tokens)
    at = 0
    while at < len(words):
        said = _said(words, at, language.casefold())
        for number, core in enumerate(said):
            word, token = words[at + number], found[at + number]
            tail = "" if core.bare else _ABBREVIATES.sub("", word.tail)
            found[at + number] = replace(token, spoken=word.head + core.text + tail)
        at += max(1, len(said))
    return tuple(found)


def _word(token: Token, tokens: Sequence[Token], number: int) -> Word:
    joined = (token.glue and not _BREAK.search(tokens[number - 1].spoken)) or (
        number + 1 < len(tokens) and tokens[number + 1].glue and not _BREAK.search(token.spoken)
    )
    foreign = any(c.isdecimal() and not c.isascii() for c in token.spoken)  # the figures of another script
    if token.ipa or token.spoken != token.written or joined or foreign:
        return Word("", "", "")
    edges = _EDGES.match(token.spoken)
    assert edges is not None  # every part of the pattern may be empty
    return Word(*edges.groups())


def _said(words: Sequence[Word], at: int, language: str) -> list[Core]:
    """What is said for one token, or for several from it on; nothing where it stays as it is."""
    base = language.replace("_", "-").partition("-")[0]
    core, speech = words[at].core, SPEECH.get(base)
    if core in (signs := SIGNS_SAID.get(base, {})):
        return [Core(signs[core])]
    found = _abbreviation(speech, words, at) if speech is not None else []
    if found or not (_TELLING.search(core) or any(sign in core for sign in CODES)):
        return found
    known = numbers(language)  # a text without a figure loads nothing
    return [] if known is None else Finder(base, known, speech, words).said(at)


def _abbreviation(speech: Speech, words: Sequence[Word], at: int) -> list[Core]:
    word, after = words[at], words[at + 1].core[:1] if at + 1 < len(words) else ""
    core = _as_listed(word, speech.titles)
    if core:
        said = speech.titles[core]
        if core == "St" and said == "Saint" and word.tail == "." and _is_street(words, at):
            return [Core("Street", bare=not (not after or after.isupper()))]
        pointed = word.tail == "." or (not word.tail and (core in _POINTLESS or "." in core))
        fits = after.isdigit() if said == speech.number else after.isupper()  # "No. He said no."
        return [Core(said, bare=True)] if pointed and fits else []
    core = _as_listed(word, speech.short)
    if core:
        return [Core(speech.short[core], bare=word.tail == "." and not _ends(core, after))]
    return _in_two(speech, words, at)


def _as_listed(word: Word, listed: Mapping[str, str]) -> str:
    """An abbreviation as its table has it, which is in small letters where a sentence may begin with it; or nothing."""
    if word.core in listed:
        return word.core
    small = word.core[:1].lower() + word.core[1:]
    return small if small in listed and (word.tail[:1] == "." or "." in small) else ""


def _ends(core: str, after: str) -> bool:
    """Whether a sentence ends with an abbreviation, before what begins with `after`."""
    return (not after or after.isupper()) and core not in _NEVER_LAST


def _in_two(speech: Speech, words: Sequence[Word], at: int) -> list[Core]:
    """`z. B.`, `i. e.`: an abbreviation with a space inside."""
    if at + 1 >= len(words) or words[at].tail != "." or words[at + 1].head or words[at + 1].tail[:1] != ".":
        return []
    joined = Word(words[at].head, f"{words[at].core}.{words[at + 1].core}", words[at + 1].tail)
    core = _as_listed(joined, speech.short)
    if not core:
        return []
    after = words[at + 2].core[:1] if at + 2 < len(words) else ""
    first, last = shared(speech.short[core].split(), 2)
    return [Core(first.text, bare=True), Core(last.text, bare=joined.tail == "." and not _ends(core, after))]


def _is_street(words: Sequence[Word], at: int) -> bool:
    """`Main St.`: after a name, which is not written so because a sentence begins with it."""
    if at < 2 or words[at - 1].tail or words[at].head or not words[at - 1].core.istitle():
        return False
    return bool(words[at - 2].core) and not set(words[at - 2].tail) & set(".!?…:")
