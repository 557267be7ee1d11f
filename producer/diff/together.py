"""What is said together is one line of a script, and one here, though each voice has a clip of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from producer.diff.read import Item, Points
from producer.units import together_lu

T = TypeVar("T")
_OF = " of "
"""Between the name of what the voices of a line do not have in common, and whose it is."""


def in_both(old: Item, new: Item, was: Mapping[str, T], now: Mapping[str, T]) -> dict[str, tuple[T | None, T | None]]:
    """Each name of `was` and `now` (what two items have) with its two values, as the one and the other have them.

    What the voices of one have in common, and those of the other not, is each voice's own in both. Of who came to the
    voices or left them nothing is told but that.
    """
    first, second = _spread(was, now), _spread(now, was)
    names = dict.fromkeys((*first, *second))
    return {one: (first.get(one), second.get(one)) for one in names if old.name == new.name or _OF not in one}


def _spread(values: Mapping[str, T], other: Mapping[str, T]) -> dict[str, T]:
    made: dict[str, T] = {}
    for name, value in values.items():
        own = [] if name in other else [one for one in other if one.startswith(f"{name}{_OF}")]
        made |= dict.fromkeys(own or [name], value)
    return made


def joined(items: Iterable[Item]) -> list[Item]:
    """The items with the voices of each line as one, where the first of them was."""
    lines: dict[tuple[str, str], list[Item]] = {}
    for number, one in enumerate(items):
        lines.setdefault((one.scene, one.line) if one.line else ("", str(number)), []).append(one)
    return [_together(voices) if len(voices) > 1 else voices[0] for voices in lines.values()]


def _together(voices: list[Item]) -> Item:
    longest = max(voices, key=lambda one: len(one.words))  # one of them may have been cut off sooner
    names = [one.name for one in voices]
    ramps = [{name: points for name, points in one.ramps.items() if name != "level_lu"} for one in voices]
    return replace(
        voices[0],
        name=" and ".join(names),
        start_s=min(one.start_s for one in voices),
        end_s=max(one.end_s for one in voices),
        hit_s=min(one.hit_s for one in voices),
        text=longest.text,
        words=longest.words,
        ramps={"level_lu": _level_lu([one.ramps["level_lu"] for one in voices]), **_each(names, ramps)},
        plain=_each(names, [one.plain for one in voices]),
        source=_each(names, [one.source for one in voices]),
    )


def _level_lu(levels: list[Points]) -> Points:
    """A line's own level: each of its voices is as much softer as keeps that."""
    if any(one != levels[0] for one in levels) and all(len(one) == 1 for one in levels):
        return ((0.0, round(10.0 * math.log10(sum(10.0 ** (one[0][1] / 10.0) for one in levels)), 2)),)
    return tuple((at_s, round(lu + together_lu(len(levels)), 2)) for at_s, lu in levels[0])


def _each(names: list[str], values: Sequence[Mapping[str, T]]) -> dict[str, T]:
    """What all voices have in common under its name, else each under its own."""
    found: dict[str, T] = {}
    for what in dict.fromkeys(what for one in values for what in one):
        if all(one.get(what) == values[0].get(what) for one in values):
            found[what] = values[0][what]
        else:
            found |= {f"{what}{_OF}{name}": one[what] for name, one in zip(names, values, strict=True) if what in one}
    return found
