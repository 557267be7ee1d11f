"""Whether the moments that a pack names in its recordings lie inside them."""

from __future__ import annotations

from collections.abc import Callable

from producer.errors import Place, Problem
from producer.sounds.pack import FileSource, Member, PackSound

ROUNDED_S = 0.01
"""How far an `end` may lie past the file's: someone has rounded it."""


def outside(sound: PackSound, length_s: Callable[[FileSource], float]) -> tuple[Problem, ...]:
    """An `onset` or a `loop` that lies beyond the end of a file, at the place of its value.

    Args:
        length_s: how long a recording is, or 0 where that is not known: of it nothing is said.
    """
    found: set[Problem] = set()
    for member in sound.members:
        if member.onset_s is not None and member.onset_at is not None:
            found |= _late_onset(member, member.onset_s, member.onset_at, length_s)
        if sound.loop_s is None or sound.loop_at is None:
            continue
        for layer in member.layers:
            lasts_s = length_s(layer.source) if isinstance(layer.source, FileSource) else 0.0
            if isinstance(layer.source, FileSource) and 0.0 < lasts_s < sound.loop_s[1] - ROUNDED_S:
                what = f"the loop ends at {sound.loop_s[1]:g} s, and '{layer.source.inside}' lasts {lasts_s:.2f} s"
                found.add(Problem(sound.loop_at, what))
    return tuple(sorted(found))


def _late_onset(member: Member, onset_s: float, at: Place, length_s: Callable[[FileSource], float]) -> set[Problem]:
    files = [layer.source for layer in member.layers if isinstance(layer.source, FileSource)]
    lengths_s = [length_s(source) for source in files]
    if len(files) < len(member.layers) or not all(lengths_s):
        return set()
    lasts_s = max(layer.delay_s + one for layer, one in zip(member.layers, lengths_s, strict=True))
    if onset_s < lasts_s:
        return set()
    which = f"'{files[0].inside}' lasts" if len(files) == 1 else "its layers last"
    return {Problem(at, f"the hit is at {onset_s:g} s, and {which} {lasts_s:.2f} s: it would sound before its cue")}
