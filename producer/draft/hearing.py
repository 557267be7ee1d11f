"""What a text sounds like: the rules of `producer.model.patterns` found in it, and what keeps them from being heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Literal

from producer.draft.nouns import Heard
from producer.draft.phrases import Token, says, tokens
from producer.draft.text import row
from producer.frozen import dataclass
from producer.model.patterns import Slot, read_pattern

SoundKind = Literal["bed", "hit", "steps", "stinger"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and the role that it stands for."""

    role: str
    slots: tuple[Slot, ...]
    anchor: int
    keys: str = ""
    kind: SoundKind = "hit"
    number: int = 0  # what is listed first wins


@dataclass(slots=True)
class Ear:
    """Rules by the words that their sounds land on."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """One more; what is added first wins where two are found on one word."""
        for word in rule.slots[rule.anchor].words:
            self.rules.setdefault(word, []).append(rule)


def ear(tables: Iterable[tuple[Sequence[str], str, Sequence[str]]], kind_of: Callable[[str], SoundKind | None]) -> Ear:
    """The rules of tables of (roles, keys, patterns).

    Args:
        tables: the first that is listed wins.
        kind_of: what sort of sound fills a role; None where nothing does. A row's first role that is filled counts.
    """
    made = Ear()
    for number, (roles, keys, patterns) in enumerate(tables):
        role = next((one for one in roles if kind_of(one) is not None), None)
        if role is None:
            continue
        kind = kind_of(role) or "hit"
        for pattern in patterns:
            slots, anchor = read_pattern(pattern)
            made.add(Rule(role, slots, anchor, _keys(kind, keys), kind, number))
    return made


def _keys(kind: SoundKind, keys: str) -> str:
    """The keys that a cue needs: steps must end, and a bed takes none of a sound's."""
    if kind == "bed":
        return "fade_in 3 s"
    if kind == "steps" and not re.search(r"\b(?:repeat|for|until)\b", keys):
        return ", ".join(part for part in ("repeat 4", keys) if part)
    return keys


_TAG_WORDS = 5
_STOP = re.compile(r"[.!?…;:()“”\"—–]")
_CLAUSE = re.compile(r"[,.!?…;:()“”\"—–]")
_NO = frozenset(row("no not never nobody none nothing neither nor without hardly scarcely barely cannot"))
_MAYBE = frozenset(row("would could should might may must will shall can"))
_UNREAL = frozenset(
    row(
        "if unless whether thought thinking thinks dreamed dreamt dreaming imagined imagining remembered "
        "remembering remember wished wishing feared fearing expected expecting waited waiting wondered hoped "
        "hoping word words always often usually sometimes used supposed pretended recalled story forgot forgotten"
    )
)
_EARLIER = frozenset(row("had having"))
_NOW = frozenset(row("to begun started"))
"""What, behind one of these, is not over: `it had begun to rain`."""
_JOINS = frozenset(row("but and then until while so when as where"))
_BEGINS = frozenset(row("began begin begins begun start started starts continued went had made"))
_STOPPED = frozenset(row("stopped ceased ended died faded stilled silenced"))
_EVERY = re.compile(r"\b(?:every|each) (?:day|night|morning|evening|time|week|year|summer|winter)\b", re.IGNORECASE)


def listen(text: str, rules: Ear, *, tag: bool = False) -> tuple[Heard, ...]:
    """Every sound of a stretch of what is told, in order; of two on one word the first rule's.

    Args:
        text: what is told.
        rules: what is listened for.
        tag: it begins by saying who speaks, and `he barked` is then no dog.
    """
    words = tokens(text)
    found: list[tuple[int, int, Rule, Heard]] = []
    for at, word in enumerate(words):
        if tag and at < _TAG_WORDS and says(word):
            continue
        for rule in rules.rules.get(word.low, ()):
            span = _match(words, at, rule)
            if span is None or not _real(words, at, span, rule, text):
                continue
            at_once = [one for one in found if one[0] <= span[1] and span[0] <= one[1] and _same(one[2], rule)]
            if at_once and (at_once[-1][2].role == rule.role or at_once[-1][2].number < rule.number):
                break
            found = [one for one in found if one not in at_once]
            phrase = text[words[span[0]].start : words[span[1]].end]
            kind: Literal["sound", "bed"] = "bed" if rule.kind == "bed" else "sound"
            found.append((*span, rule, Heard(word.start, word.text, rule.role, kind, rule.keys, phrase)))
            break
    return tuple(one for *_, one in found)


def _same(one: Rule, other: Rule) -> bool:
    """Whether words that both hold are one sound: there is one walk in `footsteps rang on the steel`."""
    return one.role == other.role or one.kind == other.kind == "steps"


def _match(words: Sequence[Token], at: int, rule: Rule) -> tuple[int, int] | None:
    """The first and the last word of the pattern around its anchor; None when it is not there."""
    here = at
    for number in range(rule.anchor, 0, -1):
        lowest = here - 1 - rule.slots[number].far
        place = next(
            (n for n in range(here - 1, max(lowest, 0) - 1, -1) if words[n].low in rule.slots[number - 1].words), None
        )
        if place is None or _parted(words, place, here, rule.slots[number].far):
            return None
        here = place
    first, here = here, at
    for number in range(rule.anchor + 1, len(rule.slots)):
        highest = min(here + 1 + rule.slots[number].far, len(words) - 1)
        place = next((n for n in range(here + 1, highest + 1) if words[n].low in rule.slots[number].words), None)
        if place is None or _parted(words, here, place, rule.slots[number].far):
            return None
        here = place
    return first, here


def _parted(words: Sequence[Token], first: int, last: int, far: int) -> bool:
    """Whether a clause ends between two words; with dots between them a comma may stand there."""
    sign = _STOP if far else _CLAUSE
    return any(sign.search(words[n].gap) for n in range(first + 1, last + 1))


def _real(words: Sequence[Token], at: int, span: tuple[int, int], rule: Rule, text: str) -> bool:
    """Whether what is told is happening now: not denied, not compared, not wished, not long ago."""
    first, last = span
    if "-" in words[at].text or any("-" in words[n].text for n in span):
        return False
    begin = first
    while begin > 0 and not _STOP.search(words[begin].gap):
        begin -= 1
    clause = first
    while clause > begin and not _CLAUSE.search(words[clause].gap) and words[clause].low not in _JOINS:
        clause -= 1
    since = next((n for n in range(at - 1, begin - 1, -1) if words[n].low in _JOINS), begin)
    before = [word.low for word in words[begin:at]]
    near = [word.low for word in words[clause:at]]
    inside = [word.low for word in words[first : last + 1]]
    after = [word.low for word in words[last + 1 : last + 2]]
    hears = "hear" in before or "heard" in before
    denied = any(word in _NO or word.endswith("n't") for word in (*near, *inside))
    unreal = "like" in near or _as_if(before) or any(word in _UNREAL for word in before)
    of_it = at + 1 < len(words) and words[at + 1].low == "of" and rule.kind == "bed"
    stopped = bool(_STOPPED & {*after, *inside}) or of_it
    if denied or unreal or stopped or _EVERY.search(text[words[begin].start : words[at].end]):
        return False
    return hears or not (
        any(word.low in _MAYBE or word.low.endswith(("'d", "'ll")) for word in words[since:at])
        or _wanted(words, at)
        or any(words[n].low in _EARLIER and words[n + 1].low not in _NOW for n in range(max(clause, at - 4), at))
    )


def _wanted(words: Sequence[Token], at: int) -> bool:
    """`to knock`, where nobody began to."""
    return at > 0 and words[at - 1].low == "to" and (at < 2 or words[at - 2].low not in _BEGINS)


def _as_if(before: Sequence[str]) -> bool:
    return any(one == "as" and two in ("if", "though") for one, two in pairwise(before))
