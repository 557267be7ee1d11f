"""Where text may break, and how wide it is on a screen: also in scripts that put no spaces between words."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from producer.frozen import dataclass
from producer.model.timeline import ClipWord
from producer.units import Samples

_CLAUSE = re.compile(r".*?[。．，、；：？！]+[」』）〉》】”’]*|.+", re.DOTALL)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
_FORWARD = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")  # Thai and Lao vowels that are written before their consonant
_BACKWARD = frozenset("\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3")  # and those that are written after it
_FOLLOWING = ("Mn", "Mc", "Me", "Cf", "Lm", "Pe", "Pf", "Po")
_OPENING = "「『（〈《【“‘"


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays on one line, and when it is said."""

    text: str
    start: Samples
    end: Samples
    glued: bool = False
    """No space stands between this piece and the one before it."""


@lru_cache(maxsize=1 << 12)
def width(text: str) -> int:
    """Columns on a screen: a full-width sign takes two, one that stands above or below another takes none."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def pieces(word: ClipWord, most: int) -> list[Piece]:
    """A word as it stands between two spaces, in the pieces that it may be broken into.

    A text without spaces breaks after its stops and commas, and where that leaves more than a line, between letters,
    in equal pieces. A piece has its share of the word's time.

    Args:
        most: columns of a line.
    """
    text = " ".join(word.text.split())
    found = [part for clause in _CLAUSE.findall(text) for part in _parts(clause, most)] if not text.isascii() else []
    if len(found) < 2:
        return [Piece(text, word.start, word.end)]
    counts = list(itertools.accumulate(map(len, found), initial=0))
    length = word.end - word.start
    times = [Samples(word.start + length * count // counts[-1]) for count in counts]
    return [
        Piece(part, start, end, glued=number > 0)
        for number, (part, (start, end)) in enumerate(zip(found, itertools.pairwise(times), strict=True))
    ]


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _parts(clause: str, most: int) -> Iterator[str]:
    """`clause` as it is, or where it is wider than a line and of a script without spaces, in equal parts."""
    whole = width(clause)
    if whole <= most or not (_UNSPACED.search(clause) or any(_columns(sign) == 2 for sign in clause)):
        yield clause
        return
    parts = -(-whole // (most - 1))  # a full-width sign may not fill a line to its last column
    part = ""
    done = number = 0
    for cluster in _clusters(clause):
        if part and done >= whole * (number + 1) / parts:
            yield part
            part, number = "", number + 1
        part += cluster
        done += width(cluster)
    yield part


def _clusters(text: str) -> Iterator[str]:
    """Letters with what cannot be parted from them: accents, a mark that follows, a bracket that opens."""
    held = ""
    for sign in text:
        follows = unicodedata.category(sign) in _FOLLOWING or sign in _BACKWARD or sign.isascii()
        if held and not follows and not _FORWARD.match(held[-1]) and held[-1] not in _OPENING:
            yield held
            held = ""
        held += sign
    if held:
        yield held
