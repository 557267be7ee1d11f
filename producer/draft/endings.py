"""Cues that end something (`RAIN OUT`, `THE PHONE STOPS RINGING`), and what they say that ends."""

from __future__ import annotations

import re

from producer.draft.text import row
from producer.frozen import dataclass
from producer.model.patterns import forms

_STOPS = re.compile(r"^(.*?)\b(?:stop|stops|stopped|cease|ceases|ceased)\b(.*)$", re.IGNORECASE)
_DONE = re.compile(
    r"^(.*?)\b(?:out|off|(?:fad|di)es? (?:away|down)|ends?|cuts?|fades?|silence"
    r"|aus|endet|ende|stoppt|verklingt|verstummt|fuera|termina|cesa|fin|arrêt|s['’]arrête|cesse|finisce|cessa|uit"
    r"|stopt|eindigt|koniec|cichnie|ustaje|slut|slutar|tystnar|slutt|stopper)[\s.!]*$",
    re.IGNORECASE,
)
_ORDERED = re.compile(r"^\s*(?:end|cut|kill|lose|fade out|fade down|take out)\s+(?!(?:to|in|up)\b)(.+)$", re.IGNORECASE)
_MOVES = frozenset(
    form
    for verb in row(
        "go come set take run drive ring walk call fly ride speed hurry rush march gallop trot move get let climb step "
        "pour leak spill fall break blow burst jump drop switch turn shut trail doze nod pull carry cry shout wear send"
    )
    for form in forms(verb)
)
"""Before `out` and `off` these tell of a sound as often as of its end: `GUN GOES OFF`, `FIRE GOES OUT`."""
_NOTHING = frozenset(
    row(
        "the a an all it its sound sounds sfx fx effect effects atmos atmosphere ambience background noise noises "
        "everything every and then slowly suddenly abruptly gradually quickly quick fade fades faded dies die cut cuts "
        "is are up down under slow hard hold to in complete completely total silence dead goes"
    )
)


@dataclass(frozen=True, slots=True)
class Ending:
    """A clause that ends something."""

    what: str  # the words that name it; empty where none do
    sure: bool  # it can mean nothing else
    everything: bool  # `SILENCE`, `ALL OUT`


def ending(clause: str) -> Ending | None:
    """What a clause says that ends; None where it tells of no end."""
    found = _STOPS.match(clause)
    what, sure = "", True
    if found:
        what = found[1] if _named(found[1]) else found[2]
    elif done := _DONE.match(clause):
        what = done[1]
        last = what.casefold().split()[-1:]
        sure = not (last and last[0] in _MOVES)
    elif ordered := _ORDERED.match(clause):
        what = ordered[1]
    else:
        return None
    everything = re.search(r"\b(?:all|everything|silence)\b", clause, re.IGNORECASE) is not None
    return Ending(what.strip() if _named(what) else "", sure, everything)


def _named(text: str) -> bool:
    return any(word not in _NOTHING for word in re.findall(r"[^\W\d_]+", text.casefold()))
