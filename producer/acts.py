"""A long episode in acts: who mixes some of its parts holds what is heard in those, and not all of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from producer.frozen import changed
from producer.mix.mixer import Mixer
from producer.mix.stems import sustained
from producer.production import Placed
from producer.units import Span

ACT_PARTS = 64
"""Half an hour, about."""
LONG_S = 5400.0
"""What is no longer is one act."""


def acts(placed: Placed) -> Iterator[tuple[int, Placed]]:
    """Its acts in order: the number of the first part, and the episode with no other clips than are heard in the act.

    What is made of a part is named by what is heard in it and in those around, so it is the same, with the same name.
    Of beds and music all are there: they are counted (`mix.stems.sustained`).
    """
    timeline = placed.timeline
    if timeline.duration <= LONG_S * timeline.rate_hz:
        yield 0, placed
        return
    mixer = Mixer(timeline, placed.script, placed.takes, placed.palette, impulses=placed.impulses)
    always = frozenset(clip.id for clip in sustained(timeline.clips))
    for first, last in pairwise((*range(0, len(mixer), ACT_PARTS), len(mixer))):
        near = [mixer.parts[at].reach for index in (first, last - 1) for at in mixer.around(index)]
        span = Span(min(reach.start for reach in near), max(reach.end for reach in near))
        heard = always.union(clip.id for clip in mixer.stems.clips_in(span))
        clips = tuple(clip for clip in timeline.clips if clip.id in heard)
        spoken = frozenset((clip.line, clip.voice) for clip in clips if clip.kind == "speech")
        takes = {said: take for said, take in placed.takes.items() if said in spoken}
        yield first, changed(placed, timeline=changed(timeline, clips=clips), takes=takes)
