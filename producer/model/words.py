"""Which words of a line a quotation means: without case or punctuation, as written or as said, several in a row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from producer.frozen import dataclass
from producer.model.script import Token

_JOINING = frozenset("'’ʼ‘`\u00ad\u200d\u200c")
"""What stands inside a word without parting it: don't, Sergei's, a soft hyphen."""
_APOSTROPHES = frozenset("'’ʼ‘`")
_ELIDED = frozenset({
    "c", "d", "j", "l", "m", "n", "s", "t", "v", "qu", "jusqu", "lorsqu", "presqu", "puisqu", "quelqu", "quoiqu", "un",
    "all", "coll", "dall", "dell", "nell", "sull", "bell", "quell", "quest", "anch", "ciascun", "com", "cos", "dov",
    "grand", "mezz", "nessun", "sant", "tutt",
})  # fmt: skip
"""What is written with an apostrophe for its last vowel, close to the word behind it: l'hiver, dell'acqua."""


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
    index: int  # among the spoken words (`parts`) that begin in `first`
    count: int  # of spoken words of `last` up to and including this one
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
    return tuple(word for word, _, _ in _letters([text]))


@lru_cache(maxsize=1 << 12)
def parts(text: str) -> tuple[str, ...]:
    """The words of `text` as `fold` has them, what is elided before one apart from it.

    >>> parts("C’est l'hiver, don't")
    ('c', 'est', 'l', 'hiver', 'dont')
    """
    return tuple(word for word, _, _ in _letters([text], elided=True))


def find(tokens: Sequence[Token], quoted: str) -> list[FoundWords]:
    """Every place where `quoted` stands in `tokens`, in the order heard; empty when it holds no word or is not there.

    A token counts as written (`112`) or as said (`one hundred and twelve`), each token by itself. What stands nowhere
    as a word of its own is looked for behind an elision: `hiver` in `l'hiver`.
    """
    wanted = fold(quoted)
    if not wanted or not tokens:
        return []
    found = _find(tokens, wanted)
    if not found and any(sign in token.written for token in tokens for sign in _APOSTROPHES):
        found = _find(tokens, wanted, elided=True)
    return found


def _find(tokens: Sequence[Token], wanted: Sequence[str], *, elided: bool = False) -> list[FoundWords]:
    groups = [_readings(tokens, group, elided) for group in _groups(tokens)]
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


def _groups(tokens: Sequence[Token]) -> list[range]:
    """Tokens without a space between them, together."""
    starts = [i for i, token in enumerate(tokens) if i == 0 or not token.glue]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(tokens)], strict=True)]


def _readings(tokens: Sequence[Token], group: range, elided: bool) -> list[list[_Word]]:
    """The words of a group as said, then (when that differs) as written. IPA is no words."""
    said = _words([tokens[i].written if tokens[i].ipa else tokens[i].spoken for i in group], group.start, elided)
    written = _words([tokens[i].written for i in group], group.start, elided)
    return [said] if [word.folded for word in said] == [word.folded for word in written] else [said, written]


def _words(texts: Sequence[str], base: int, elided: bool) -> list[_Word]:
    spelled = _letters(texts, elided=elided)
    words: list[_Word] = []
    for position, (folded, owners, _) in enumerate(spelled):
        first, last = owners
        index = sum(spoken for _, (begins, _), spoken in spelled[:position] if begins == first)
        count = sum(spoken for _, (begins, ends), spoken in spelled[: position + 1] if last in (begins, ends))
        later = any(begins == last for _, (begins, _), _ in spelled[position + 1 :])
        words.append(_Word(folded, base + first, base + last, index, count, not later))
    return words


def _letters(texts: Sequence[str], *, elided: bool = False) -> list[tuple[str, tuple[int, int], int]]:
    """Words over the joined `texts`, each with the first and last text that gave it a letter, and how many it is of
    `parts`: one where what is elided stands apart.
    """
    words: list[tuple[str, tuple[int, int], int]] = []
    letters, begun, first, last, spoken = "", 0, 0, 0, 1  # `begun`: the letters before the present part
    elision = False
    for owner, text in enumerate(texts):
        for sign in unicodedata.normalize("NFKC", text).casefold():
            if unicodedata.category(sign)[0] in "LMN":
                if elision and elided:
                    words.append((letters, (first, last), 1))
                    letters = ""
                elif elision:
                    begun, spoken = len(letters), spoken + 1
                first = owner if not letters else first
                letters, last, elision = letters + sign, owner, False
            elif sign in _APOSTROPHES:
                elision = letters[begun:] in _ELIDED
            elif sign not in _JOINING and letters:
                words.append((letters, (first, last), spoken))
                letters, begun, spoken, elision = "", 0, 1, False
    if letters:
        words.append((letters, (first, last), spoken))
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
