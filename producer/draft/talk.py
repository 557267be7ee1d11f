"""A paragraph in parts, how each is said, and who is left when nobody is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from producer.draft.lexicon import BY_VOICE, SAYING
from producer.draft.nouns import UNKNOWN
from producer.draft.phrases import Token, tokens
from producer.draft.quotes import Fragment

SENTENCE_END = re.compile(r"[.!?…]['’”\")]*\s+")
_VOICE = re.compile(
    r"\b(?:in|with) (?:an?|his|her) (?:(?!same\b)[a-z-]+ ){0,3}(?:voice|whisper|tone|sigh|laugh|smile|grin|sob|shout)\b"
)


@dataclass(slots=True)
class Part:
    """A fragment of a paragraph, and who says it; `speaker` is empty for what is told."""

    fragment: Fragment
    speaker: str = ""
    how: str = ""
    doubt: str = ""
    guess: str = ""  # the same, of what reads like an attribution: `said the man`, and there are two
    tag: bool = False
    settled: bool = False  # the text says so: `it said`


@dataclass(slots=True)
class Told:
    """A paragraph in parts."""

    parts: list[Part]
    talk: int = 0  # the number of the talk that it belongs to


def how_said(verb: Token, telling: str) -> str:
    """What a tag says of the manner: the verb's own, an adverb near it, `in a small voice`."""
    found = [SAYING.get(verb.low, "")]
    begin = max((end.end() for end in SENTENCE_END.finditer(telling, 0, verb.start)), default=0)
    ended = SENTENCE_END.search(telling, verb.end)
    clause = telling[begin : ended.start() if ended else len(telling)]
    near = tokens(clause[max(0, verb.start - begin - 30) : verb.end - begin + 60])
    found += [BY_VOICE[word.low] for word in near if word.low in BY_VOICE]
    voice = _VOICE.search(clause)
    found += [voice[0]] if voice else []
    return ", ".join(dict.fromkeys(one for one in found if one))


def fill(told: Sequence[Told | None]) -> None:
    """In a talk between two, whoever is unknown is the other one."""
    talks: dict[int, list[Part]] = {}
    for one in told:
        if one is not None:
            talks.setdefault(one.talk, []).extend(part for part in one.parts if part.fragment.spoken)
    for parts in talks.values():
        known = list(dict.fromkeys(part.speaker for part in parts if part.speaker not in ("", UNKNOWN)))
        if len(known) != 2:
            continue
        for number, part in enumerate(parts):
            if part.speaker != UNKNOWN or part.settled:
                continue
            near = next(
                (other.speaker for other in (*parts[number + 1 :], *parts[:number]) if other.speaker in known), ""
            )
            if near:
                part.speaker, part.doubt = known[1 - known.index(near)], "by turn"
