"""The mix: a timeline, its takes and sounds become stereo blocks on four buses.

The work goes in two passes. The first plays speech, beds and music and measures every line, so that the margin is
known for the whole episode; the second plays all of it, with beds and music turned down where they must be. A `Spill`
lets the second pass take from the first what is already made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from producer.audio import Audio, silence
from producer.dsp import bands
from producer.mix.margin import RULED, Floats, Heard, LineMargin, LineMeter, Ruled
from producer.mix.memo import Memo
from producer.mix.parallel import in_order
from producer.mix.reduction import Reduction
from producer.mix.segments import BUS_STEMS, STEMS, Segments, Stem, TakeOf, Tap
from producer.mix.solve import solved
from producer.model.head import Head
from producer.model.mixes import BusName
from producer.model.script import Margin, Script
from producer.model.sound import Palette
from producer.model.timeline import Timeline
from producer.units import Samples, Span

MEASURED: tuple[Stem, ...] = ("speech", *RULED, "beds_freed", "music_freed")
"""What the first pass plays."""
SEGMENT_HOPS = 512
"""Length of a segment in hops of 10 ms: 5.12 s."""
_FINISHED_BYTES = 24 << 20
_STEMS_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Buses:
    """A stretch of the mix on its four buses, each shape (span.length, 2)."""

    span: Span
    speech: Audio
    sounds: Audio
    beds: Audio
    music: Audio
    ducked: Audio
    """What of `sounds` makes way for speech (`duck: yes`)."""

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
        head: mixes for headphones, as this head hears it; None mixes for loudspeakers.
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
        head: Head | None = None,
        spill: Spill | None = None,
        tap: Tap | None = None,
        segment_hops: int = SEGMENT_HOPS,
    ) -> None:
        self.timeline = timeline
        self._played = partial(
            Segments,
            script=script,
            takes=takes,
            palette=palette,
            impulses=impulses or {},
            segment_hops=segment_hops,
            head=head,
        )
        self._segments = self._played(timeline, tap=tap)
        self._spill = spill
        self._finished: Memo[Buses] = Memo(_FINISHED_BYTES, lambda made: 4 * made.speech.nbytes)
        self._stems: Memo[Audio] = Memo(_STEMS_BYTES, lambda made: made.nbytes)
        self._reductions: Mapping[Ruled, Reduction] | None = None
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
                    meter.push(span.start, stems["speech"], {stem: stems[stem] for stem in RULED}, freed)
            heard |= {meter.clip: meter.heard() for meter in waiting if meter.span.end <= span.end}
            waiting = [meter for meter in waiting if meter.span.end > span.end]
            if progress is not None:
                progress(index + 1, total)
        heard |= {meter.clip: meter.heard() for meter in waiting}
        lines = [heard[clip.id] for clip in spoken]
        self._reductions, self._margins = solved(lines, self._bands, self.timeline.duration, rate_hz, jobs)

    def follow(self, other: Mixer) -> None:
        """Takes what `other` has solved for the same timeline instead of a first pass of its own."""
        other.prepare()
        self._reductions, self._margins = other._reductions, other._margins

    @property
    def margins(self) -> tuple[LineMargin, ...]:
        """What every spoken clip's margins come to, in the order of the timeline."""
        self.prepare()
        return self._margins

    @property
    def reductions(self) -> Mapping[Ruled, Reduction]:
        """How far each stem that the margin rules is turned down."""
        self.prepare()
        return self._reductions or {}

    def blocks(self, jobs: int = 1) -> Iterator[Buses]:
        """The second pass: the whole mix in order, a segment at a time."""
        self.prepare(jobs)
        return in_order(self._finish, range(len(self._segments)), jobs)

    def block(self, span: Span) -> Buses:
        """The mix of any `span`, silent beyond the episode; the same samples however the episode is cut."""
        self.prepare()
        made = {bus: silence(span.length) for bus in (*BUS_STEMS, "ducked")}
        for index in self._segments.meeting(span):
            segment = self._finished.get(index, self._finish, index)
            inside = segment.span.within(span)
            for bus, audio in made.items():
                part: Audio = getattr(segment, bus)
                audio[inside.start - span.start : inside.end - span.start] = part[
                    inside.start - segment.span.start : inside.end - segment.span.start
                ]
        return Buses(span=span, **made)

    def __len__(self) -> int:
        """Segments of the episode."""
        return len(self._segments)

    def segment(self, index: int) -> Buses:
        """The mix of one segment; from any thread."""
        self.prepare()
        return self._finish(index)

    def names(self, bus: BusName) -> tuple[str, ...]:
        """Who or what is heard on a bus: members of the cast, or roles, in the order of the alphabet."""
        return tuple(sorted({one.clip.name for stem in BUS_STEMS[bus] for one in self._segments.voiced[stem]}))

    def part(self, bus: BusName, name: str, index: int) -> Audio:
        """What `name` has in one segment of a bus, shape (segment's span, 2)."""
        made = silence(self._segments.span(index).length)
        for stem in BUS_STEMS[bus]:
            made += self._turned_down(stem, index, name)
        return made

    def speech(self, pan_share: float) -> Callable[[int], Audio]:
        """Speech at `pan_share` of the way from the centre that the script puts it, by segment; from any thread."""
        moved = [voiced.clip for voiced in self._segments.voiced["speech"]]
        clips = tuple(replace(clip, pan=clip.pan.scaled(pan_share)) for clip in moved)
        if clips == tuple(moved):
            return partial(self._kept, "speech")
        return partial(self._played(replace(self.timeline, clips=clips)).stem, "speech")

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

    def _bands(self, stem: Stem, span: Span) -> Floats:
        """Powers of the bands of a stem before the margin, the first frame in the middle of `span`'s first sample."""
        half = bands.half_frame(self.timeline.rate_hz)
        return bands.cross_powers(self._read(stem, span.start - half, span.end + half), self.timeline.rate_hz)

    def _finish(self, index: int) -> Buses:
        span = self._segments.span(index)
        stems = {stem: self._turned_down(stem, index) for stem in STEMS}
        return Buses(
            span=span,
            speech=stems["speech"],
            sounds=stems["sounds"] + stems["sounds_ducked"],
            beds=stems["beds"] + stems["beds_freed"],
            music=stems["music"] + stems["music_freed"],
            ducked=stems["sounds_ducked"],
        )

    def _turned_down(self, stem: Stem, index: int, name: str | None = None) -> Audio:
        """Segment `index` of a stem, or of what `name` has on it, as far down as the margin has it."""
        span = self._segments.span(index)
        curve = self._reductions.get(stem) if self._reductions and stem in RULED else None
        gains = curve.gains(span.start, span.end) if curve is not None else None
        if gains is None or gains.shape[1] == 1:
            audio = self._kept(stem, index, name)
            return audio if gains is None else audio * gains
        beside = bands.reach(self.timeline.rate_hz)
        around = self._read(stem, span.start - beside, span.end + beside, name)
        return bands.weighed(around, gains, self.timeline.rate_hz)

    def _read(self, stem: Stem, start: int, stop: int, name: str | None = None) -> Audio:
        """Samples [start, stop) of a stem before the margin, silent beyond the episode."""
        made = silence(stop - start)
        asked = Span(Samples(max(0, start)), Samples(max(0, stop)))
        for index in self._segments.meeting(asked):
            own = self._segments.span(index)
            inside = own.within(asked)
            part = self._stems.get((stem, index, name), self._kept, stem, index, name)
            made[inside.start - start : inside.end - start] = part[inside.start - own.start : inside.end - own.start]
        return made

    def _kept(self, stem: Stem, index: int, name: str | None = None) -> Audio:
        if name is not None:
            return self._segments.stem(stem, index, name)
        kept = self._spill.get(f"{stem}-{index}") if self._spill is not None and stem in MEASURED else None
        if kept is None:
            return self._segments.stem(stem, index)
        return kept if len(kept) else silence(self._segments.span(index).length)
