"""Which sounds are heard, and what is done to each: what their licences and the credits go by."""

from __future__ import annotations

from producer.errors import Place
from producer.model.sound import Palette, Use
from producer.model.timeline import Clip, Timeline

CHANGES = ("trimmed", "pitched", "stretched", "looped", "filtered")
"""What may be done to a sound besides setting its level and place, in the order in which it is told."""


def uses(timeline: Timeline, palette: Palette) -> tuple[Use, ...]:
    """Every use of every member of a pool, in the order in which they are first heard; none that is not heard."""
    found: dict[tuple[str, int, Place], set[str]] = {}
    for clip in timeline.clips:
        if clip.kind == "speech":
            continue
        for role, member, changes in _of_parts(clip, palette) if clip.parts else _of_bed(clip, palette):
            found.setdefault((role, member, clip.place), set()).update(changes)
    return tuple(
        Use(role=role, member=member, place=place, changes=tuple(name for name in CHANGES if name in changes))
        for (role, member, place), changes in found.items()
    )


def _of_parts(clip: Clip, palette: Palette) -> list[tuple[str, int, set[str]]]:
    played: list[tuple[str, int, set[str]]] = []
    for part in clip.parts:
        if part.sound is None:
            continue
        changes = _of_clip(clip, part.sound.pitch_cents, part.sound.speed)
        heard = min(part.start + part.length, clip.cut.end if clip.cut is not None else clip.span.end) - part.start
        if part.skip or heard < palette.measure(part.sound).length:
            changes.add("trimmed")
        played.append((part.sound.role, part.sound.member, changes))
    return played


def _of_bed(clip: Clip, palette: Palette) -> list[tuple[str, int, set[str]]]:
    if not clip.span.length:
        return []
    changes = _of_clip(clip, clip.pitch_cents, clip.speed)
    member = palette.bed_member(clip.name, clip.bed_seed)
    if not palette.origin(clip.name, member).foley:  # what a recipe makes has no length to be changed
        seed, settings = clip.bed_seed, clip.bed_settings
        once = palette.bed(clip.name, seed, settings, pitch_cents=clip.pitch_cents, speed=clip.speed)
        if once.length is not None and once.length != clip.span.length:
            changes.add("looped" if clip.loop and once.length < clip.span.length else "trimmed")
    return [(clip.name, member, changes)]


def _of_clip(clip: Clip, pitch_cents: float, speed: float) -> set[str]:
    done = set()
    if pitch_cents != 0.0:
        done.add("pitched")
    if speed != 1.0:
        done.add("stretched")
    if clip.treat not in ("", "none"):
        done.add("filtered")
    return done
