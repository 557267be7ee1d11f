"""Hits at a pace, each from a member of the pool, each a little different: steps, drips, a heart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from producer.bounds import BOUNDS, how_to_raise
from producer.model.chance import pool_choice, pool_order, rng
from producer.model.sound import STEP_S, Palette, Sound, SoundRef
from producer.model.timeline import Part
from producer.timeline.episode import Episode
from producer.timeline.running_order import Entry
from producer.units import Samples, to_samples

MOST = int(BOUNDS.strikes)
"""Of one sound. `hits` gives one more than so many where there are more, and `bounded` says so."""
CENTS_STEP = 5.0
"""Chance moves pitch in steps of this, too small to hear, so that many strikes are one sound made once."""


def hits(
    first: int,
    limit: int,
    repeat: int | None,
    gap_s: Callable[[int, int], tuple[float, float]],
    names: Sequence[object],
    rate_hz: int,
) -> tuple[int, ...]:
    """The samples of the hits, the first at `first`: none at or after `limit`, and at most `repeat` of them.

    Args:
        first: sample of the first hit.
        limit: no hit is at or after this sample.
        repeat: how many at most; None: as many as there is time for.
        gap_s: (number of the hit, its sample) -> seconds to the next one, and the half-width of their even spread as a
            share of them.
        names: what the chance is for.
        rate_hz: samples a second.
    """
    chance = rng(*names, "pace")
    found: list[int] = []
    seconds = 0.0
    while len(found) <= MOST and (repeat is None or len(found) < repeat):
        hit = first + to_samples(Fraction(seconds), rate_hz)
        if hit >= limit:
            break
        found.append(hit)
        mean_s, spread = gap_s(len(found) - 1, hit)
        seconds += max(mean_s * (1.0 + spread * chance.uniform(-1.0, 1.0)), 1.0 / rate_hz)  # time always goes on
    return tuple(found)


def too_many(ep: Episode, entry: Entry, count: int) -> str:
    """What is wrong with a sound that strikes `count` times, beside all that strike in the episode; or nothing."""
    called = ep.called(entry)
    if count > MOST:
        what = f"{called} strikes more than {MOST} times; make it shorter, or 'every' longer"
        return f"{what} ({how_to_raise('strikes')})"
    if ep.struck(entry.index, count) > BOUNDS.episode_strikes:
        what = f"with {called} there are more than {BOUNDS.episode_strikes:g} strikes in the episode"
        return f"{what} ({how_to_raise('episode_strikes')})"
    return ""


def refs(
    sound: Sound,
    count: int,
    names: Sequence[object],
    *,
    variant: int | None = None,
    pitch_cents: Callable[[int], float] = lambda _: 0.0,
    settings: Callable[[int], tuple[tuple[str, float], ...]] = lambda _: (),
    speed: float = 1.0,
    length_s: float | None = None,
    pace_s: Callable[[int], float | None] = lambda _: None,
    alone: bool = False,
) -> tuple[tuple[SoundRef, float], ...]:
    """What each of `count` strikes plays, with chance's part of its level in dB.

    The first n do not depend on `count`. `variant` (from 1) keeps to one member; `pitch_cents`, `settings` and `pace_s`
    (seconds to the next one) take a strike's number. With `alone`, the one strike is one of a row of cues that only
    their number tells apart (`_row`).
    """
    if variant is not None or len(sound.weights) == 1:
        members = ((variant or 1) - 1,) * count
    elif alone:
        *row, number = _row(names)
        members = (pool_choice(sound.weights, int(str(number)), *row, "member"),) * count
    else:
        members = pool_order(sound.weights, count, rng(*names, "member"))
    pitches = _strays(sound.vary_pitch_cents, count, names, "pitch")
    levels = _strays(sound.vary_level_db, count, names, "level")
    return tuple(
        (
            SoundRef(
                role=sound.role,
                member=member,
                settings=settings(number),
                length_s=length_s,
                pitch_cents=pitch_cents(number) + CENTS_STEP * round(pitch / CENTS_STEP),
                speed=speed,
                pace_s=_counted_s(sound, pace_s(number)),
            ),
            round(level, 2),
        )
        for number, (member, pitch, level) in enumerate(zip(members, pitches, levels, strict=True))
    )


def _counted_s(sound: Sound, pace_s: float | None) -> float | None:
    """Over what time a step counts, to 10 ms, where the cue's pace makes that another than its pack's does."""
    if sound.kind != "steps" or pace_s is None:
        return None
    counted = min(STEP_S, max(round(pace_s, 2), 0.01))
    return None if sound.pace is not None and counted == min(STEP_S, sound.pace.mean_s) else counted


def _row(names: Sequence[object]) -> tuple[object, ...]:
    """The names of the row that a cue is one of, then its number in it, from 1.

    Keys that are equal but for the number at their end are cues that nothing else tells apart: three knocks in a row
    between two lines. Together they walk through the pool as the strikes of one cue would, never the same twice
    running; the first plays what it would play alone.
    """
    *others, key = names
    base, sign, number = str(key).rpartition("#")
    if not sign or not number.isdecimal() or int(number) < 1:
        return (*names, 1)
    return (*others, f"{base}#1", int(number))


def _strays(half_width: float, count: int, names: Sequence[object], what: str) -> list[float]:
    """`count` numbers spread evenly from -half_width to half_width."""
    if not half_width:
        return [0.0] * count
    return [float(drawn) for drawn in rng(*names, what).uniform(-half_width, half_width, count)]


def struck(palette: Palette, ref: SoundRef, gain_db: float, hit: int) -> Part:
    """The part whose hit is at sample `hit`."""
    measured = palette.measure(ref)
    return Part(
        start=Samples(hit - measured.onset),
        length=Samples(measured.length),
        hit=Samples(hit),
        sound=ref,
        gain_db=gain_db,
    )
