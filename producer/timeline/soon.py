"""What an episode will most probably play, known before anything is spoken: it can be made meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import Bed, Cue, Moment, Script
from producer.model.sound import Palette, SoundRef
from producer.timeline.beds import seed, settings, strikes_at
from producer.timeline.episode import Episode
from producer.timeline.running_order import Entry, RunningOrder
from producer.timeline.spots import first_sound, pace_of, refs_of

_UNTIL_S = 20.0
"""How long something strikes that goes on until a moment nobody knows yet."""
_MOST = 40
"""Strikes of one cue that are worth foreseeing: by then a pool has been gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BedRef:
    """A bed as `model.sound.Palette.bed` is asked for it."""

    role: str
    seed: str
    settings: tuple[tuple[str, float], ...]
    loop: bool
    pitch_cents: float
    speed: float


@dataclass(frozen=True, slots=True)
class Soon:
    """What will be heard: nearly all that will be asked about, hardly any other; each once, in the script's order."""

    sounds: tuple[SoundRef, ...] = ()
    beds: tuple[BedRef, ...] = ()


def heard_soon(script: Script, palette: Palette, slow: Callable[[str], bool]) -> Soon:
    """What a script's beds play, and its cues as far as it matters.

    Args:
        slow: whether a cue of a role takes long to find out about, by its name; beds all do, for where a recording
            turns is looked for.
    """
    ep = Episode(script, {}, palette, RunningOrder(script))
    sounds: dict[SoundRef, None] = {}
    beds: dict[tuple[int, str], BedRef] = {}  # by scene and role: the second of a role mostly rides the first
    for entry in ep.order.entries:
        item = entry.item
        if isinstance(item, Cue) and slow(item.role):
            sounds |= dict.fromkeys(_of_cue(ep, entry, item))
        elif isinstance(item, Bed) and not item.names_id and strikes_at(ep, item) is None:
            beds.setdefault((entry.scene, item.role), _of_bed(ep, item))
    return Soon(tuple(sounds), tuple(beds.values()))


def _of_bed(ep: Episode, bed: Bed) -> BedRef:
    return BedRef(
        role=bed.role,
        seed=seed(ep, bed),
        settings=settings(bed),
        loop=bed.loop if bed.music else True,
        pitch_cents=float(bed.pitch_cents),
        speed=bed.speed / 100.0,
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
