"""A line's tokens in the phrases that its rests leave, and the times of every word in a phrase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter

from producer.frozen import dataclass
from producer.model.script import Line, Token
from producer.model.voice import TimedWord
from producer.voice.engine import Onset
from producer.voice.respelling import is_respelling

_SLASH = re.compile(r"(?<=[^\W\d_]/)(?=[^\W\d_])")
PUNCTUATION = ".,;:!?…\"'“”‘’«»()[]—–-"


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens between two rests; `first` is the index of its first token in the line."""

    first: int
    tokens: tuple[Token, ...]
    ends: bool  # the sentence ends here, by its punctuation or because the line does


def pieces(line: Line) -> tuple[Piece, ...]:
    """One piece more than the line has rests; a piece between two rests at one place, or at an end, has no tokens."""
    cuts = [0, *sorted(rest.after_token for rest in line.rests), len(line.tokens)]
    found = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        tokens = line.tokens[start:end]
        last = number == len(cuts) - 2 or end >= len(line.tokens)
        found.append(Piece(start, tokens, last or _ends_sentence(tokens)))
    return tuple(found)


_VALUES = attrgetter(*(field.name for field in fields(Token)))


def told(tokens: Iterable[Token]) -> list[tuple[object, ...]]:
    """Everything that there is to know of tokens, as plain values, for a key."""
    return list(map(_VALUES, tokens))


def _ends_sentence(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[-1].written.rstrip("\"'”’»)]").endswith((".", "!", "?", "…"))


def has_word(token: Token) -> bool:
    """Whether a token is a word, for captions and cues: it has a letter or a digit, as written or as said."""
    return any(c.isalnum() for c in token.spoken + token.written)


def sayings(piece: Piece) -> tuple[tuple[int, Token], ...]:
    """The piece with a token for each spoken word, and the token of the piece that it belongs to.

    `{112|one hundred and twelve}` becomes four and `yes/no` two, so that each is timed; nothing else changes.
    """
    found = []
    for index, token in enumerate(piece.tokens):
        words = [_SLASH.split(word) for word in token.spoken.split()]
        if token.ipa or sum(map(len, words)) < 2:
            found.append((index, token))
            continue
        for number, together in enumerate(words):
            for place, word in enumerate(together):
                glue = place > 0 or (token.glue and not number)
                # By itself it would be as written, and a respelling is told by its not being so.
                respelt = "-" in word and is_respelling(token.written, word.strip(PUNCTUATION))
                written = token.written if respelt else word
                found.append((index, Token(written, word, emphasis=token.emphasis, glue=glue)))
    return tuple(found)


def timed_words(piece: Piece, onsets: Sequence[Onset], length: int) -> tuple[TimedWord, ...]:
    """Every token of the phrase that is a word, in order, each with start < end, none before the one it follows.

    Args:
        piece: the phrase; `TimedWord.token` counts from the start of the line.
        onsets: as the engine gave them for `sayings`, in samples of the phrase as it will be heard.
        length: of the phrase, samples; with fewer samples than words there are no times.

    A word that the engine reports nothing of shares the time of the one before it, by letters.
    """
    said = [(number, owner, token) for number, (owner, token) in enumerate(sayings(piece)) if has_word(token)]
    said = [entry for entry in said if has_word(piece.tokens[entry[1]])]
    if not said or length < len(said):
        return ()
    heard = {number: [onset for onset in onsets if onset.token == number] for number, _, _ in said}
    starts = _starts([(len(token.spoken) + 1, heard[number]) for number, _, token in said], length)
    found = []
    for owner in dict.fromkeys(owner for _, owner, _ in said):
        mine = [place for place, entry in enumerate(said) if entry[1] == owner]
        start, last = starts[mine[0]], mine[-1]
        room = starts[last + 1] if last + 1 < len(said) else length
        known = heard[said[last][0]]
        end = min(max(known[-1].end if known else room, starts[last] + 1), room)
        words = tuple((said[place][2].spoken.strip(PUNCTUATION), starts[place]) for place in mine)
        found.append(TimedWord(piece.first + owner, start, end, words if len(words) > 1 else ()))
    return tuple(found)


def _starts(words: Sequence[tuple[int, Sequence[Onset]]], length: int) -> tuple[int, ...]:
    """Rising onsets in [0, length), one per (letters, onsets): known ones as they are, as far as order allows."""
    known = [place for place, (_, onsets) in enumerate(words) if onsets or not place]
    wished = [0.0] * len(words)
    for place, after in zip(known, [*known[1:], len(words)], strict=True):
        begin = words[place][1][0].start if words[place][1] else 0
        stop = words[after][1][0].start if after < len(words) else length
        letters = [size for size, _ in words[place:after]]
        for p in range(place, after):
            wished[p] = begin + (stop - begin) * sum(letters[: p - place]) / sum(letters)
    rising: list[int] = []
    for p, wish in enumerate(wished):
        least = rising[-1] + 1 if rising else 0
        rising.append(min(max(round(wish), least), length - (len(words) - p)))
    return tuple(rising)
