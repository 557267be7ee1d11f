"""Words that stand for sounds: rows of words as packs and the built-in table write them.

A pattern is a row of words. Each means all of its forms (`creak`: creaks, creaked, creaking); `a|b` is one or the
other, `=word` this form alone, `...` up to six words of the same clause. The sound lands on the word with a `!`, else
on the last: `door|gate ... creak`, `knock! at|on|upon`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from producer.frozen import dataclass

FAR = 6
"""How many words `...` may stand for."""
MOST_WORDS = 8
"""How many words a pattern may have."""
_IRREGULAR = {
    **{
        "ring": "rang rung",
        "break": "broke broken",
        "fall": "fell fallen",
        "shut": "shutting",
        "patter": "",
        "open": "",
        "strike": "struck",
    },
    **{"blow": "blew blown", "swing": "swung", "hit": "hitting", "sing": "sang sung", "rise": "rose risen"},
    **{"come": "came", "go": "goes went gone", "run": "ran", "set": "setting", "put": "putting", "tear": "tore torn"},
    **{"beat": "beaten", "burn": "burnt", "shake": "shook shaken", "draw": "drew drawn", "catch": "caught"},
    **{
        "begin": "began begun beginning",
        "hear": "heard",
        "whir": "whirred whirring",
        "split": "splitting",
        "burst": "bursting",
        "throw": "threw thrown",
    },
    **{
        "drive": "drove driven",
        "get": "got",
        "let": "letting",
        "fly": "flew flown",
        "grind": "ground",
        "shoot": "shot",
    },
    **{"take": "took taken", "turn": "", "give": "gave given", "slide": "slid", "speak": "spoke", "leave": "left"},
    **{
        "drop": "dropped",
        "wind": "winds",
        "tread": "trod trodden",
        "foot": "feet",
        "leaf": "leaves",
        "glass": "glasses",
    },
    **{"make": "made making", "say": "said", "bring": "brought", "stand": "stood", "hold": "held", "sound": ""},
    **{"wake": "woke", "creep": "crept", "sweep": "swept", "spin": "spun", "sink": "sank sunk", "fling": "flung"},
    **{"stir": "", "shine": "shone", "freeze": "froze", "spring": "sprang sprung", "lay": "laid", "rend": "rent"},
}


@lru_cache(maxsize=1 << 12)
def forms(word: str) -> frozenset[str]:
    """Every form of a word that a text may have.

    >>> sorted(forms("knock"))
    ['knock', 'knocked', 'knocking', 'knocks']
    """
    if word.startswith("="):
        return frozenset({word[1:]})
    found = {word, f"{word}s", *_IRREGULAR.get(word, "").split()}
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        found = (found - {f"{word}s"}) | {f"{word}es"}
    stem = word
    if word.endswith("e"):
        found |= {f"{word}d", f"{word[:-1]}ing"}
        return frozenset(found)
    if re.search(r"[^aeiou]y$", word):
        found |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
        return frozenset({*found, f"{word}ing"} - {f"{word}s"})
    if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", word) or word in ("hammer",):
        stem = word if word == "hammer" else word + word[-1]
    if word not in _IRREGULAR or word in ("turn", "drop", "sound", "stir", "beat", "burn", "patter", "open"):
        found.add(f"{stem}ed")
    return frozenset({*found, f"{stem}ing"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern: its words, and how many others may stand before it."""

    words: frozenset[str]
    far: int = 0


def read_pattern(text: str) -> tuple[tuple[Slot, ...], int]:
    """The slots of a pattern and which of them the sound lands on. Raises ValueError with what is wrong with it."""
    parts = text.casefold().replace("’", "'").split()
    slots: list[Slot] = []
    anchors: list[int] = []
    far = 0
    for part in parts:
        if part in ("...", "…"):
            if not slots or far:
                raise ValueError(f"'{text}': '...' stands between two words")
            far = FAR
            continue
        plain = part.replace("!", "")
        words = plain.split("|")
        if part.count("!") > 1 or not all(re.fullmatch(r"=?[^\W\d_](?:[\w']*\w)?", word) for word in words):
            raise ValueError(f"'{text}': '{part}' is no word; words have letters, and '|' between one and another")
        if "!" in part:
            anchors.append(len(slots))
        slots.append(Slot(frozenset().union(*map(forms, words)), far))
        far = 0
    if not slots or far:
        raise ValueError(f"'{text}' has no word{' behind its dots' if slots else ''}")
    if len(slots) > MOST_WORDS or len(anchors) > 1:
        raise ValueError(f"'{text}': at most {MOST_WORDS} words, and one '!' where the sound lands")
    return tuple(slots), anchors[0] if anchors else len(slots) - 1
