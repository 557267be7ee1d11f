"""What an episode will most probably play, known before anything is spoken: it can be made meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from producer.model.script import Cue, Moment, Pace, Script
from producer.model.sound import Palette, SoundRef
from producer.timeline.episode import Episode
from producer.timeline.running_order import Entry, RunningOrder
from producer.timeline.spots import first_sound, pace_of, refs_of

_UNTIL_S = 20.0
"""How long something strikes that goes on until a moment nobody knows yet."""
_MOST = 40
"""Strikes of one cue that are worth foreseeing: by then a pool has been gone through."""


def heard_soon(script: Script, palette: Palette, wanted: Callable[[str], bool]) -> tuple[SoundRef, ...]:
    """Sounds of the cues, each once, in the order of the script: nearly all that will be asked about, hardly any other.

    Args:
        wanted: whether the sounds of a role matter, by its name.
    """
    ep = Episode(script, {}, palette, RunningOrder(script))
    return tuple(
        dict.fromkeys(
            ref
            for entry in ep.order.entries
            if isinstance(entry.item, Cue) and wanted(entry.item.role)
            for ref in _of_cue(ep, entry, entry.item)
        )
    )


def _of_cue(ep: Episode, entry: Entry, cue: Cue) -> tuple[SoundRef, ...]:
    own = first_sound(ep, entry)
    if cue.pitch_cents.moves:  # which pitch is struck depends on when
        return (own,)
    strikes = _strikes(cue, pace_of(cue, ep.sound(cue.role)))
    return (own, *(ref for ref, _ in refs_of(ep, cue, strikes)))


def _strikes(cue: Cue, pace: Pace | None) -> int:
    """How often it strikes, as far as the script says."""
    most = _MOST if cue.repeat is None else min(cue.repeat, _MOST)
    if pace is None:  # it is heard once, or one after the other
        return 0 if cue.repeat is None else most
    if cue.for_s is None and cue.until is None:
        return most
    lasts_s = _UNTIL_S if cue.for_s is None or isinstance(cue.for_s, Moment) else float(cue.for_s)
    return min(most, 1 + int(2.0 * lasts_s / max(pace.first_s + pace.last_s, 1e-3)))
