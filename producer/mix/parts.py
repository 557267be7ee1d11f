"""The episode in parts that are mixed, measured and encoded each by itself.

Parts are counted from the start of each scene, so a scene that keeps its sound keeps its parts, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from producer.dsp.grid import hop_samples, quantum_samples
from producer.frozen import dataclass
from producer.model.timeline import Clip, Timeline
from producer.units import Samples, Span

PART_HOPS = 3456
"""How long a part is, in hops: 30 s at 44.1 kHz."""
_LEAST = 1 / 4
"""A scene that starts so soon after a cut has no cut of its own, and a rest so short is no part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of the episode.

    `reach` is what is played for it: more than `core` before and after, and the whole of each line that begins in it.
    """

    index: int
    core: Span
    reach: Span
    lines: tuple[Clip, ...]

    @property
    def inside(self) -> Span:
        """Where `core` is in what is played for the part."""
        return self.core.shifted(-self.reach.start)


def parts(
    timeline: Timeline, length_hops: int = PART_HOPS, lead_samples: int = 0, trail_samples: int = 0
) -> tuple[Part, ...]:
    """The parts of an episode, in order, without gaps.

    Args:
        length_hops: of a part.
        lead_samples, trail_samples: how much before and after is played with each, within the episode.
    """
    duration, grid = timeline.duration, quantum_samples(timeline.rate_hz)
    length = length_hops * hop_samples(timeline.rate_hz)
    cuts = [*_cuts([scene.span.start // grid * grid for scene in timeline.scenes], duration, length), duration]
    spoken = [clip for clip in timeline.clips if clip.kind == "speech" and clip.parts]
    made: list[Part] = []
    at = 0
    for index, (start, stop) in enumerate(pairwise(cuts)):
        first = at
        last = len(cuts) - 2 == index
        while at < len(spoken) and (spoken[at].span.start < stop or last):
            at += 1
        lines = tuple(spoken[first:at])
        end = max([min(duration, stop + trail_samples), *(min(duration, line.span.end + grid) for line in lines)])
        core = Span(Samples(start), Samples(stop))
        reach = Span(Samples(max(0, start - lead_samples)), Samples(end))
        made.append(Part(index=index, core=core, reach=reach, lines=lines))
    return tuple(made)


def _cuts(scenes: list[int], duration: int, length: int) -> Iterator[int]:
    """Where parts begin."""
    if duration <= 0:
        return
    anchors = [0]
    for start in sorted(scenes):
        if anchors[-1] + length * _LEAST <= start < duration:
            anchors.append(start)
    for start, stop in zip(anchors, [*anchors[1:], duration], strict=True):
        yield start
        at = start + length
        while stop - at > length * _LEAST:
            yield at
            at += length
