"""What of a line a translation goes by, and where two versions of it differ."""

from __future__ import annotations

from collections.abc import Sequence

from producer.model.script import Token

_AROUND = 3  # words shown on either side of what has changed
_LONGEST = 16  # words of a change that are shown
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "\u00a0": " ", "\u202f": " "})


def as_said(tokens: Sequence[Token]) -> str:
    """A line's words, signs and emphasis, as `said` has them.

    What stands in brackets is left out: cues are the script's in every language, and pauses the translator's own.
    """
    words = (f"*{token.written}*" if token.emphasis else token.written for token in tokens)
    return said("".join(word if token.glue else f" {word}" for token, word in zip(tokens, words, strict=True)))


def said(text: str) -> str:
    """A text with plain quotation marks and single spaces: what a word processor makes of it is no change."""
    return " ".join(text.translate(_PLAIN).split())


def difference(was: str, now: str) -> tuple[str, str]:
    """The part of two texts in which they differ, with some words around it; an ellipsis stands for what is left out.

    >>> difference("It is late, and he has not come home.", "It is early, and he has not come home.")
    ('It is late, and he has …', 'It is early, and he has …')
    """
    before, after = was.split(), now.split()
    shortest = min(len(before), len(after))
    first = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    most = shortest - first
    last = next((i for i in range(most) if before[-1 - i] != after[-1 - i]), most)
    return _shown(before, first, len(before) - last), _shown(after, first, len(after) - last)


def _shown(words: Sequence[str], first: int, last: int) -> str:
    """Words `first` to `last` (which is not one of them), and those around them."""
    begin, end = max(0, first - _AROUND), min(len(words), last + _AROUND)
    shown = list(words[begin:end])
    if len(shown) > _LONGEST + 2 * _AROUND:
        half = _LONGEST // 2 + _AROUND
        shown = [*shown[:half], "…", *shown[-half:]]
    return " ".join([*(["…"] if begin else []), *shown, *(["…"] if end < len(words) else [])])
