"""Which phonemes of a phrase are which word's, where the phrase was turned into phonemes as a whole.

A phonemiser runs words together ("of the" is one), says numbers in several, and changes sounds by their neighbours. So
each word's phonemes by itself are laid beside the phrase's, at the least cost of changes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

STRESSES = ("ˈ", "ˌ")
"""They stand before what they stress."""
_OTHER, _SKIPPED, _PART, _NEVER = 1.2, 1.0, 0.4, 9.0
"""What another phoneme, one too many or too few, a border between words, and a border for a phoneme cost."""


def letters(phonemes: Sequence[str]) -> list[str]:
    """Phonemes without stress, length and punctuation, which are a phrase's more than a word's; borders are kept."""
    return [one for one in phonemes if one == " " or unicodedata.category(one[:1] or " ") in ("Ll", "Lo", "Lu")]


def is_mark(phoneme: str) -> bool:
    """Whether it belongs to the phoneme before it: a length, an accent."""
    return phoneme not in STRESSES and unicodedata.category(phoneme[:1] or " ") in ("Lm", "Mn")


def owners(words: Sequence[Sequence[str]], phrase: Sequence[str]) -> list[int]:
    """The number of the word that each phoneme of a phrase belongs to, −1 for borders and what is nobody's.

    Args:
        words: each word's phonemes, as `letters` has them, by itself.
        phrase: the phrase's, as `letters` has them.
    """
    own: list[tuple[str, int]] = []
    for number, word in enumerate(words):
        own += [(one, number) for one in word]
        own.append((" ", -1))
    own = own[:-1]
    rows, columns = len(own) + 1, len(phrase) + 1
    cost = np.zeros((rows, columns))
    cost[:, 0] = np.cumsum([0.0, *(_step(one) for one, _ in own)])
    cost[0, :] = np.cumsum([0.0, *(_step(one) for one in phrase)])
    for row in range(1, rows):
        mine = own[row - 1][0]
        for column in range(1, columns):
            theirs = phrase[column - 1]
            cost[row, column] = min(
                cost[row - 1, column - 1] + _change(mine, theirs),
                cost[row - 1, column] + _step(mine),
                cost[row, column - 1] + _step(theirs),
            )
    return _traced(own, phrase, cost)


def _traced(own: Sequence[tuple[str, int]], phrase: Sequence[str], cost: np.ndarray) -> list[int]:
    found = [-1] * len(phrase)
    row, column = len(own), len(phrase)
    while row and column:
        mine, number = own[row - 1]
        theirs = phrase[column - 1]
        if np.isclose(cost[row, column], cost[row - 1, column - 1] + _change(mine, theirs)):
            found[column - 1] = number
            row, column = row - 1, column - 1
        elif np.isclose(cost[row, column], cost[row - 1, column] + _step(mine)):
            row -= 1
        else:
            column -= 1
    return found


def _step(phoneme: str) -> float:
    return _PART if phoneme == " " else _SKIPPED


def _change(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 0.0
    return _NEVER if " " in (mine, theirs) else _OTHER
