"""Which words of a line a quotation means: without case or punctuation, as written or as said, several in a row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from producer.frozen import dataclass
from producer.model.script import Token

_JOINING = frozenset("'’ʼ‘`\u00ad\u200d\u200c")
"""What stands inside a word without parting it: don't, Sergei's, a soft hyphen."""


@dataclass(frozen=True, slots=True, order=True)
class FoundWords:
    """Where a quotation was found: tokens `first` to `last`, both included.

    `first_word` counts the spoken words of the first token before the quotation begins (112 is said in four words);
    `last_word` counts those of the last token up to and including its last one, None where that is the token's end.
    """

    first: int
    last: int
    first_word: int = 0
    last_word: int | None = None


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    first: int  # the token that its first letter stands in
    last: int
    index: int  # among the words that begin in `first`
    count: int  # of words of `last` up to and including this one
    ends_token: bool


def is_latin(letter: str) -> bool:
    """Whether a letter is of the Latin alphabet, which every voice reads.

    >>> [is_latin(letter) for letter in "aßП本"]
    [True, True, False, False]
    """
    return letter.isascii() or "LATIN" in unicodedata.name(letter, "LATIN")


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> tuple[str, ...]:
    """The words of `text` as they are compared: no case, no punctuation; a hyphen parts words, an apostrophe does not.

    >>> fold("Who's there? Half-open…")
    ('whos', 'there', 'half', 'open')
    """
    return tuple(word for word, _ in _letters([text]))


def find(tokens: Sequence[Token], quoted: str) -> list[FoundWords]:
    """Every place where `quoted` stands in `tokens`, in the order heard; empty when it holds no word or is not there.

    A token counts as written (`112`) or as said (`one hundred and twelve`), each token by itself.
    """
    wanted = fold(quoted)
    if not wanted or not tokens:
        return []
    groups = [_readings(tokens, group) for group in _groups(tokens)]
    found: list[FoundWords] = []
    for start, readings in enumerate(groups):
        for reading in readings:
            here: dict[int, FoundWords] = {}
            # As said and as written in equally many words, the words stand for one another.
            counted = len(reading) == len(readings[0])
            for at in range(len(reading)):
                for last in _ends(groups, start, reading[at:], wanted):
                    here.setdefault(at, _found(reading[at], last, counted=counted))
            if here:
                found.extend(here.values())
                break  # the other reading would find the same words again
    return sorted(found, key=lambda hit: (hit.first, hit.first_word, hit.last))


def find_words(tokens: Sequence[Token], quoted: str) -> list[tuple[int, int]]:
    """`find` as (first token, last token), one entry for each time that it is said."""
    return [(hit.first, hit.last) for hit in find(tokens, quoted)]


def _groups(tokens: Sequence[Token]) -> list[range]:
    """Tokens without a space between them, together."""
    starts = [i for i, token in enumerate(tokens) if i == 0 or not token.glue]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(tokens)], strict=True)]


def _readings(tokens: Sequence[Token], group: range) -> list[list[_Word]]:
    """The words of a group as said, then (when that differs) as written. IPA is no words."""
    said = _words([tokens[i].written if tokens[i].ipa else tokens[i].spoken for i in group], group.start)
    written = _words([tokens[i].written for i in group], group.start)
    return [said] if [word.folded for word in said] == [word.folded for word in written] else [said, written]


def _words(texts: Sequence[str], base: int) -> list[_Word]:
    spelled = _letters(texts)
    words: list[_Word] = []
    for position, (folded, owners) in enumerate(spelled):
        first, last = owners
        index = sum(1 for _, (begins, _) in spelled[:position] if begins == first)
        count = sum(1 for _, (begins, ends) in spelled[: position + 1] if last in (begins, ends))
        later = any(begins == last for _, (begins, _) in spelled[position + 1 :])
        words.append(_Word(folded, base + first, base + last, index, count, not later))
    return words


def _letters(texts: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """Words over the joined `texts`, each with the first and last text that gave it a letter."""
    words: list[tuple[str, tuple[int, int]]] = []
    letters, first, last = "", 0, 0
    for owner, text in enumerate(texts):
        for sign in unicodedata.normalize("NFKC", text).casefold():
            if unicodedata.category(sign)[0] in "LMN":
                first = owner if not letters else first
                letters, last = letters + sign, owner
            elif sign not in _JOINING and letters:
                words.append((letters, (first, last)))
                letters = ""
    if letters:
        words.append((letters, (first, last)))
    return words


def _ends(
    groups: Sequence[list[list[_Word]]], start: int, words: Sequence[_Word], wanted: Sequence[str]
) -> Iterator[_Word]:
    """The last word of every way to read `wanted` from `words` on, through the groups after `start`."""
    for have, want in zip(words, wanted, strict=False):
        if have.folded != want:
            return
    if len(words) >= len(wanted):
        yield words[len(wanted) - 1]
        return
    following = start + 1
    while following < len(groups) and not groups[following][0]:  # a dash by itself is no word
        following += 1
    if following < len(groups):
        for reading in groups[following]:
            yield from _ends(groups, following, reading, wanted[len(words) :])


def _found(first: _Word, last: _Word, *, counted: bool) -> FoundWords:
    return FoundWords(
        first=first.first,
        last=last.last,
        first_word=first.index if counted else 0,
        last_word=None if last.ends_token or not counted else last.count,
    )
