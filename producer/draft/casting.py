"""Voices for a cast: as far apart as the voices at hand allow, the same for the same story."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from producer.draft.nouns import NARRATOR, UNKNOWN, Person
from producer.frozen import dataclass

_BASES = ("en-us", "en-gb-scotland", "en-gb", "en-gb-x-rp", "en-029", "en-us-nyc", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
_SHE = ("f3", "f4", "f5", "f2", "f1")
_HE = ("m7", "m8", "m4", "m2", "m1", "m5", "m3", "m6")
"""Variants of espeak-ng: each as far as it can be from the narrator, who has none, and from those before it (measured:
spectrum over time and pitch, in six languages). m3 and m6 are 1 dB from the narrator, m7 is 3 dB, m8 7 dB."""
_PITCHES = ("", "-12 %", "+12 %", "-22 %", "+22 %")
_PANS = ("left 12", "right 12", "left 25", "right 25", "left 6", "right 6", "left 35", "right 35")


@dataclass(frozen=True, slots=True)
class Voice:
    """What stands behind a member's key."""

    voice: str
    pitch: str = ""
    pan: str = ""


def cast_voices(
    people: Sequence[Person], spoken: str, known: Collection[str], variants: Collection[str]
) -> dict[str, Voice]:
    """A voice for everyone who is one person, by key; no two alike before all are used.

    Args:
        people: in the order in which they come.
        spoken: the voice of the language; the narrator has it as it is.
        known: every voice there is.
        variants: their variants, as in `+f3`.
    """
    bases = [base for base in _BASES if base in known] if spoken.partition("-")[0] == "en" else []
    bases = bases or [spoken]
    she = _row(bases, [one for one in _SHE if f"+{one}" in variants])
    he = _row(bases, [one for one in _HE if f"+{one}" in variants])
    found: dict[str, Voice] = {}
    used = {"m": 0, "f": 0}
    placed = 0
    for person in people:
        if person.together:
            continue
        if person.key == NARRATOR:
            found[NARRATOR] = Voice(spoken)
            continue
        side = person.sex or ("f" if used["f"] < used["m"] else "m")
        row = she if side == "f" else he
        turn, number = divmod(used[side], len(row))
        used[side] += 1
        pan = "" if person.key == UNKNOWN else _PANS[placed % len(_PANS)]
        placed += person.key != UNKNOWN
        found[person.key] = Voice(row[number], _PITCHES[turn % len(_PITCHES)], pan)
    return found


def _row(bases: Sequence[str], variants: Sequence[str]) -> list[str]:
    """Every base with every variant; neighbours differ in both where they can."""
    if not variants:
        return list(bases)
    return [
        f"{bases[(number + turn) % len(bases)]}+{variant}"
        for turn in range(len(bases))
        for number, variant in enumerate(variants)
    ]
