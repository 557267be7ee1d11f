"""The mix: a timeline, its takes and sounds become stereo blocks on four buses.

The work goes in two passes. The first plays speech, beds and music and measures every line, so that the margin is
known for the whole episode; the second plays all of it, with beds and music turned down where they must be. A `Spill`
lets the second pass take from the first what is already made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from producer.audio import Audio, silence
from producer.mix.margin import Heard, LineMargin, LineMeter, Reduction, checked, solved
from producer.mix.memo import Memo
from producer.mix.parallel import in_order
from producer.mix.segments import STEMS, Segments, Stem, TakeOf, Tap
from producer.model.script import Margin, Script
from producer.model.sound import Palette
from producer.model.timeline import Timeline
from producer.units import Span

MEASURED: tuple[Stem, ...] = ("speech", "beds", "music", "beds_freed", "music_freed")
"""What the first pass plays."""
SEGMENT_HOPS = 512
"""Length of a segment in hops of 10 ms: 5.12 s."""
_FINISHED_BYTES = 24 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Buses:
    """A stretch of the mix on its four buses, each shape (span.length, 2)."""

    span: Span
    speech: Audio
    sounds: Audio
    beds: Audio
    music: Audio

    def sum(self) -> Audio:
        """The mix."""
        return self.speech + self.sounds + self.beds + self.music


class Spill(Protocol):
    """Where the first pass puts what the second would have to make again.

    Any of it may be gone when it is asked for.
    """

    def put(self, name: str, audio: Audio) -> None:
        """Keeps `audio` (no samples at all where a stem is silent) under `name`; called from several threads."""
        ...

    def get(self, name: str) -> Audio | None: ...


class Mixer:
    """Mixes one episode.

    Args:
        timeline: what is heard when.
        script: its rooms and treatments.
        takes: one for every speech clip, by (line, voice).
        palette: the sounds, at the timeline's rate; asked from several threads at once when there are several jobs.
        impulses: impulse responses at the timeline's rate, by the name that a room's `impulse` has.
        spill: keeps what the first pass made for the second.
        tap: is told what each clip sounds like by itself.
        segment_hops: length of a segment in hops of 10 ms; the mix depends on it in the last bits only.
    """

    def __init__(
        self,
        timeline: Timeline,
        script: Script,
        takes: TakeOf,
        palette: Palette,
        *,
        impulses: Mapping[str, Audio] | None = None,
        spill: Spill | None = None,
        tap: Tap | None = None,
        segment_hops: int = SEGMENT_HOPS,
    ) -> None:
        self.timeline = timeline
        self._segments = Segments(timeline, script, takes, palette, impulses or {}, segment_hops, tap)
        self._spill = spill
        self._finished: Memo[Buses] = Memo(_FINISHED_BYTES, lambda made: 4 * made.speech.nbytes)
        self._reductions: tuple[Reduction, Reduction] | None = None
        self._margins: tuple[LineMargin, ...] = ()

    def prepare(self, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> None:
        """The first pass: plays what the margins depend on, and solves them.

        Args:
            jobs: how many threads work ahead; the result does not depend on it.
            progress: told (segments done, segments in all).
        """
        if self._reductions is not None:
            return
        rate_hz, total = self.timeline.rate_hz, len(self._segments)
        margins = {scene.id: scene.margin for scene in self.timeline.scenes}
        spoken = [voiced.clip for voiced in self._segments.voiced["speech"]]
        waiting = [
            LineMeter(clip.line, clip.id, clip.span, margins.get(clip.scene, Margin()), rate_hz) for clip in spoken
        ]
        heard: dict[str, Heard] = {}
        for index, stems in enumerate(in_order(self._measured, range(total), jobs)):
            span = self._segments.span(index)
            for meter in waiting:
                if meter.span.meets(span):
                    freed = stems["beds_freed"] + stems["music_freed"]
                    meter.push(span.start, stems["speech"], stems["beds"], stems["music"], freed)
            heard |= {meter.clip: meter.heard() for meter in waiting if meter.span.end <= span.end}
            waiting = [meter for meter in waiting if meter.span.end > span.end]
            if progress is not None:
                progress(index + 1, total)
        heard |= {meter.clip: meter.heard() for meter in waiting}
        lines = [heard[clip.id] for clip in spoken]
        self._reductions = solved(lines, self.timeline.duration, rate_hz)
        self._margins = tuple(checked(line, *self._reductions) for line in lines)

    @property
    def margins(self) -> tuple[LineMargin, ...]:
        """What every spoken clip's margins come to, in the order of the timeline."""
        self.prepare()
        return self._margins

    def blocks(self, jobs: int = 1) -> Iterator[Buses]:
        """The second pass: the whole mix in order, a segment at a time."""
        self.prepare(jobs)
        return in_order(self._finish, range(len(self._segments)), jobs)

    def block(self, span: Span) -> Buses:
        """The mix of any `span`, silent beyond the episode; the same samples however the episode is cut."""
        self.prepare()
        made = [silence(span.length) for _ in range(4)]
        for index in self._segments.meeting(span):
            segment = self._finished.get(index, self._finish, index)
            inside = segment.span.within(span)
            for bus, part in zip(made, (segment.speech, segment.sounds, segment.beds, segment.music), strict=True):
                bus[inside.start - span.start : inside.end - span.start] = part[
                    inside.start - segment.span.start : inside.end - segment.span.start
                ]
        return Buses(span=span, speech=made[0], sounds=made[1], beds=made[2], music=made[3])

    def _measured(self, index: int) -> dict[Stem, Audio]:
        """Segment `index` of the stems that margins depend on; empty ones where nobody speaks and nothing is kept."""
        span = self._segments.span(index)
        if self._spill is None and not any(voiced.clip.span.meets(span) for voiced in self._segments.voiced["speech"]):
            return {stem: silence(0) for stem in MEASURED}
        made = {stem: self._segments.stem(stem, index) for stem in MEASURED}
        if self._spill is not None:
            for stem, audio in made.items():
                self._spill.put(f"{stem}-{index}", audio if audio.any() else silence(0))
        return made

    def _finish(self, index: int) -> Buses:
        span = self._segments.span(index)
        stems = {stem: self._kept(stem, index) for stem in STEMS}
        beds, music = self._reductions or (None, None)
        return Buses(
            span=span,
            speech=stems["speech"],
            sounds=stems["sounds"],
            beds=_turned_down(stems["beds"], beds, span) + stems["beds_freed"],
            music=_turned_down(stems["music"], music, span) + stems["music_freed"],
        )

    def _kept(self, stem: Stem, index: int) -> Audio:
        kept = self._spill.get(f"{stem}-{index}") if self._spill is not None and stem in MEASURED else None
        if kept is None:
            return self._segments.stem(stem, index)
        return kept if len(kept) else silence(self._segments.span(index).length)


def _turned_down(audio: Audio, reduction: Reduction | None, span: Span) -> Audio:
    gains = reduction.gains(span.start, span.end) if reduction is not None else None
    return audio if gains is None else audio * gains[:, None]
