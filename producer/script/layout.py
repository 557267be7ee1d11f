"""What may stand where in a script, as far as reading its YAML must know: which values are words that somebody says.

Only those values have traps of their own (a colon, a hash, a bracket in the middle of a sentence); everywhere else
YAML's own `{…}` and `[…]` are meant. Whether a key is allowed at its place is for the later steps to say.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from producer.script import keys


class Where(Enum):
    """What a part of the document holds."""

    TOP = auto()
    SCENES = auto()
    SCENE = auto()
    PLAY = auto()
    ITEM = auto()
    CAST = auto()
    MEMBER = auto()
    CREDITS = auto()
    TEXTS = auto()  # any name, and a text beside it: `say`, `lines`
    TEXT = auto()  # a text itself
    VALUE = auto()  # anything else: cues, quantities, lists, settings


MERGE = "<<"
"""YAML's merge key, which a script cannot have: nobody is called so, and nobody says it."""
TEXT_KEYS = frozenset({"title", "summary", "show", "writer", "producer"})
ITEM_KINDS = frozenset(keys.ITEMS)
OPTIONS = keys.RESERVED - ITEM_KINDS
KNOWN: dict[Where, frozenset[str]] = {
    Where.TOP: frozenset(keys.TOP),
    Where.SCENE: frozenset(keys.SCENE),
    Where.ITEM: keys.RESERVED,
    Where.MEMBER: frozenset(keys.CAST) | {"together"},
    Where.CREDITS: frozenset(keys.CREDITS_KEYS),
}
_NO_TEXTS = (KNOWN[Where.ITEM] | {MERGE}) - {"how", "chapter"}  # of an item; all else is spoken
ANY_KEY = frozenset().union(*KNOWN.values())

_TOP_PARTS = {"scenes": Where.SCENES, "cast": Where.CAST, "say": Where.TEXTS, "lines": Where.TEXTS}
_TOP_PARTS |= {"credits": Where.CREDITS}
_STEPS = {Where.SCENES: Where.SCENE, Where.PLAY: Where.ITEM, Where.CAST: Where.MEMBER, Where.TEXTS: Where.TEXT}
_SCENE_PARTS = {"play": Where.PLAY, "cast": Where.CAST, "title": Where.TEXT}
_QUANTITY = re.compile(
    r"(?:level|rate|pitch|distance|gap|lead|wait|every|repeat|variant|speed|fade_in|fade_out|over|for|episode|season)\s*:?\s+[-+−±]?\d"
    r"|pan\s*:?\s+(?:left\b|right\b|cent(?:re|er)\b)"
    r"|(?:duck|carry|loop|wait)\s*:?\s+(?:yes|no)\s*$"
)


def inside(where: Where, key: str = "") -> Where:
    """What the value of `key` (or, with no key, each item of a list) holds."""
    if where is Where.TOP:
        return Where.TEXT if key in TEXT_KEYS else _TOP_PARTS.get(key, Where.VALUE)
    if where is Where.SCENE:
        return _SCENE_PARTS.get(key, Where.VALUE)
    if where is Where.ITEM:
        return Where.VALUE if key in _NO_TEXTS else Where.TEXT
    if where is Where.CREDITS:
        return Where.TEXT if key in ("text", "title") else Where.VALUE
    if where is Where.MEMBER:
        return Where.TEXT if key == "name" or key in keys.OF_SOMEBODY else Where.VALUE
    return _STEPS.get(where, Where.VALUE)


def is_quantity(line: str) -> bool:
    """Whether a line without its indentation is a key with its quantity (`level: -20 LU`, or without the colon)."""
    return _QUANTITY.match(line) is not None


_CAST = re.compile(r"^([ ]*)cast:[ \t]*(.*)$", re.MULTILINE)
_MEMBER = re.compile(r"([ ]*)([\w.-]+)[ ]*:[ ]*")
_CAST_REACH = 20_000  # characters after `cast:` in which its members are looked for


def members(text: str) -> frozenset[str]:
    """The names under every `cast:` of a script, found by their indentation alone, for the file may not be YAML yet."""
    found: set[str] = set()
    for cast in _CAST.finditer(text):
        if cast[2].startswith("{"):
            found.update(re.findall(r"([\w.-]+)[ ]*:[ ]*\{", cast[2]))
            continue
        column = None
        for line in text[cast.end() + 1 : cast.end() + _CAST_REACH].split("\n")[:-1]:
            member = _MEMBER.match(line)
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if member is None or len(member[1]) <= len(cast[1]):
                break
            column = len(member[1]) if column is None else column
            if len(member[1]) == column or line.startswith("{", member.end()):
                found.add(member[2])
    return frozenset(found)
