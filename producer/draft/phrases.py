"""Words of a stretch of text with their places, and the phrases among them that mean somebody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from producer.draft.lexicon import FOREIGN_SAYING, ITS, KIN, NO_NAMES, NOUNS, PHRASAL, SAYING, SOME, SUBJECTS, TITLES
from producer.draft.people import WORD, Names, folded
from producer.draft.text import row
from producer.frozen import dataclass

_WORD = re.compile(rf"(?<![^\W_]){WORD}")  # of `112rain` nothing, for a cue on `rain` would find no such word
_ARTICLES = frozenset(row("the a an his her my our your their another one"))
_GERMAN_ARTICLES = frozenset(row("der die das ein eine"))
_AFTER = frozenset(
    row(
        "from with and as in to who when while at on by of for behind over through into across without before "
        "after but that again then there now outside inside upstairs downstairs below above somewhere at too also "
        "under up down out back aloud quite rather very more so"
    )
)
_GROUPS = frozenset(row("the his her my our your their these those"))
_CLAUSE = re.compile(r"[.!?…;:]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `gap` is what stands between it and the one before."""

    text: str
    start: int
    end: int
    gap: str

    @property
    def low(self) -> str:
        return self.text.casefold().replace("’", "'")

    @property
    def capital(self) -> bool:
        """Whether it begins like a name: with a capital, or in a script that has none."""
        return self.text[0].isupper() or unicodedata.category(self.text[0]) == "Lo"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that mean somebody. `first` and `after` are numbers of tokens."""

    kind: Literal["name", "noun", "pronoun", "i", "it"]
    text: str
    first: int
    after: int
    possessive: bool = False


def tokens(text: str) -> list[Token]:
    """The words of `text`."""
    found: list[Token] = []
    end = 0
    for word in _WORD.finditer(text):
        found.append(Token(word[0], word.start(), word.end(), text[end : word.start()]))
        end = word.end()
    return found


def somebody(words: Sequence[Token], at: int, names: Names | None) -> Phrase | None:
    """The phrase that begins at a token and means somebody.

    Args:
        words: of the text.
        at: the token.
        names: which words are names; None beside a verb of saying, where every capital is one.
    """
    if at >= len(words):
        return None
    word = words[at]
    if word.low in SUBJECTS or word.text == "I":
        return Phrase("i", "I", at, at + 1) if word.text == "I" else Phrase("pronoun", word.low, at, at + 1)
    if names is None and (after := _of_several(words, at)):
        return Phrase("it", " ".join(word.text for word in words[at:after]), at, after)
    if word.low in _ARTICLES:
        return _described(words, at, names)
    if names is None and word.low in _GERMAN_ARTICLES:
        one = _named(words, at + 1, names) if at + 1 < len(words) and words[at + 1].capital else None
        return one and Phrase("name", one.text, at, one.after, one.possessive)
    return _named(words, at, names) if word.capital else None


def _of_several(words: Sequence[Token], at: int) -> int:
    """Behind `one of them`, `the other of the men`, `everyone`: the number of the next token; 0 without such words."""
    if words[at].low in ("everyone", "everybody", "someone", "somebody"):
        return at + 1
    of = at + 1 + (words[at].low == "the")
    if of + 1 >= len(words) or words[of - 1].low not in SOME or words[of].low != "of":
        return 0
    if words[of + 1].low in ("them", "us", "you"):
        return of + 2
    group = _described(words, of + 1, None) if words[of + 1].low in _GROUPS else None
    return group.after if group and not group.possessive else 0


def _named(words: Sequence[Token], at: int, names: Names | None) -> Phrase | None:
    after = at
    while after < len(words) and after - at < 4 and words[after].capital:
        word = words[after]
        if after > at and word.gap not in ((" ", ". ") if words[after - 1].low in TITLES else (" ",)):
            break
        low = folded(word.text)
        title = low in TITLES and (after + 1 < len(words)) and words[after + 1].capital
        if low in NO_NAMES or not (
            names is None or title or names.is_name(word.text) or (after > at and low in TITLES)
        ):
            break
        after += 1
        if re.search(r"['’]s?$", word.text):
            break
    if after == at:
        return None
    text = " ".join(word.text for word in words[at:after])
    last = words[after - 1]
    if len(text.split()) == 1 and folded(text) in TITLES and folded(text) not in KIN and names is not None:
        return None
    return Phrase("name", text, at, after, re.search(r"['’]s?$", last.text) is not None)


def _described(words: Sequence[Token], at: int, names: Names | None) -> Phrase | None:
    """`the old man`: up to three words behind an article, the last of them for somebody."""
    end = at + 1
    last = None
    while end < len(words) and end - at <= 4 and words[end].gap == " ":
        low = folded(words[end].text)
        if low in _AFTER or low.endswith("ly") or low in SAYING:
            break
        end += 1
        if low in NOUNS or low in TITLES:
            last = end
            if words[end - 1].text != low and end < len(words) and words[end].capital:
                return _called(words, at, end - 1, names)
    if last is None and names is None and end > at + 1 and not words[at + 1].text[0].isupper():
        last = min(end, at + 4)
    if last is None and names is None and end > at + 1:
        last = at + 2
    if last is None:
        return None
    text = " ".join(word.text for word in words[at:last])
    possessive = re.search(r"['’]s?$", words[last - 1].text) is not None
    return Phrase("noun", text, at, last, possessive)


def _called(words: Sequence[Token], at: int, title: int, names: Names | None) -> Phrase | None:
    """`the elder Miss Tate`: a name behind an article, from its title on."""
    one = _named(words, title, names)
    return one and Phrase("name", one.text, at, one.after, one.possessive)


def says(word: Token) -> bool:
    """Whether a word is a verb of saying."""
    return word.low in SAYING or word.low in FOREIGN_SAYING


def phrases(words: Sequence[Token], names: Names) -> Iterator[tuple[Phrase, bool]]:
    """Everybody who is mentioned, and whether as the first in a sentence."""
    at = 0
    fresh = True
    while at < len(words):
        if at and _CLAUSE.search(words[at].gap):
            fresh = True
        found = somebody(words, at, names)
        if found is None:
            at += 1
            continue
        yield found, fresh
        fresh = False
        at = found.after


def tag_after(words: Sequence[Token]) -> tuple[Phrase, Token] | None:
    """`said Mara`, `she cried`, `the old man muttered` at the very start of what follows a quotation."""
    particle = len(words) > 1 and words[1].gap == " " and words[1].low in PHRASAL.get(words[0].low, ())
    if particle:
        one = somebody(words, 2, None) if len(words) > 2 and words[2].gap == " " else None
        return (one, words[0]) if one and not one.possessive else None
    if words and says(words[0]):
        one = somebody(words, 1, None) if len(words) > 1 and words[1].gap == " " else None
        return (one, words[0]) if one and not one.possessive else None
    if words and words[0].low == "came":
        return _voice_came(words, 0)
    if len(words) > 1 and words[0].low in ("it", "they") and says(words[1]):
        return Phrase("it", words[0].low, 0, 1), words[1]
    one = somebody(words, 0, None)
    return _then_says(words, one) if one is not None and not one.possessive else None


def _then_says(words: Sequence[Token], one: Phrase) -> tuple[Phrase, Token] | None:
    """Somebody, and the verb of saying that follows."""
    at = one.after
    while at < len(words) and at - one.after < 3 and words[at].gap == " ":
        if says(words[at]):
            return one, words[at]
        if not (words[at].low.endswith("ly") or words[at].low in ("then", "had", "just", "only", "at", "last", "once")):
            return None
        at += 1
    if one.kind == "noun" and len(words) > one.first + 2:  # a noun that is not in the list, then the verb
        for verb in range(one.first + 2, min(one.first + 5, len(words))):
            if says(words[verb]) and all(word.gap == " " for word in words[one.first + 1 : verb + 1]):
                text = " ".join(word.text for word in words[one.first : verb])
                return Phrase("noun", text, one.first, verb), words[verb]
    return None


def tag_before(text: str, words: Sequence[Token], names: Names) -> tuple[Phrase, Token] | None:
    """`Mara turned and whispered:` just before a quotation."""
    if not text.rstrip().endswith((",", ":")):
        return None
    begin = 0
    for number, word in enumerate(words):
        if number and _CLAUSE.search(word.gap):
            begin = number
    verb = next((number for number in range(len(words) - 1, begin - 1, -1) if says(words[number])), None)
    if verb is None:
        return _voice_came(words, begin)
    found = [one for one, _ in phrases(words[begin:], names) if not one.possessive]
    before = [one for one in found if begin + one.after <= verb]
    after = somebody(words, verb + 1, None) if verb + 1 < len(words) and not before else None
    opening = somebody(words, begin, None) if begin < verb else None
    if opening and opening.kind != "it" and (opening.kind != "noun" or folded(opening.text).split()[-1] not in ITS):
        opening = None
    one = _beside(words, begin, verb) or opening or (before[0] if before else after)
    return (one, words[verb]) if one else None


def _voice_came(words: Sequence[Token], begin: int) -> tuple[Phrase, Token] | None:
    """`came a voice from below`, `A voice came from below:`"""
    voice = next((at for at in range(begin, len(words)) if words[at].low == "voice"), -1)
    ones = ("a", "an", "another", "the")
    first = next((at for at in range(voice - 1, max(voice - 4, begin - 1), -1) if words[at].low in ones), -1)
    beside = [words[at] for at in (first - 1, voice + 1) if begin <= at < len(words)] if first >= 0 else []
    came = next((word for word in beside if word.low == "came"), None)
    said = " ".join(word.text for word in words[first : voice + 1])
    return (Phrase("noun", said, first, voice + 1), came) if came else None


def _beside(words: Sequence[Token], begin: int, verb: int) -> Phrase | None:
    """Who stands right before a verb of saying where a clause begins: `Tom rang, and a man's voice said:`"""
    end = verb - words[verb - 1].low.endswith("ly") if verb else verb
    for at in range(max(begin + 1, end - 5), end):
        if words[at - 1].low not in ("and", "but", "then") and "," not in words[at].gap:
            continue
        one = somebody(words, at, None)
        if one and one.kind == "noun" and one.after + one.possessive == end:
            return Phrase("noun", " ".join(word.text for word in words[at:end]), at, end)
        if one and one.after == end and not one.possessive:
            return one
    return None
