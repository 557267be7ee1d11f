"""The mix: a timeline, its takes and sounds become stereo on four buses, a part at a time.

Of each part all is played once. Its lines are measured, and what they ask of beds and music is known as soon as those
of the parts around it are; then it is mixed, while later parts are already being played. So only a few parts are ever
in memory, and the margin still knows what comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, silence
from producer.dsp import bands
from producer.dsp.grid import quantum_samples
from producer.frozen import dataclass
from producer.mix.buses import Buses, added, curve_of, silent, turned
from producer.mix.margin import LineMargin, Ruled, heard
from producer.mix.memo import Memo
from producer.mix.parts import PART_HOPS, Part, parts
from producer.mix.reduction import Reduction, reach_s
from producer.mix.solve import Asked, asked, come_to, turned_down
from producer.mix.stems import BUS_STEMS, STEMS, Stem, Stems, Stretch, TakeOf, Tap
from producer.model.head import Head
from producer.model.mixes import BusName
from producer.model.script import Margin, Script
from producer.model.sound import Palette
from producer.model.timeline import Timeline
from producer.units import Samples, Span

LEAD_QUANTA = 24
"""How much is played before each part (2.3 s and more): what a limiter, an encoder and a meter need to settle."""
TRAIL_QUANTA = 7
"""How much is played after it."""
_MIXED_BYTES = 48 << 20

T = TypeVar("T")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """A part, mixed: all of its reach."""

    part: Part
    buses: Buses
    margins: tuple[LineMargin, ...]
    """Of the lines that begin in it."""
    curves: Mapping[Ruled, Reduction]
    played: Stretch


class Tapping(Protocol):
    """Gives each part's tap; None where nobody listens."""

    def __call__(self, part: Part, /) -> Tap | None: ...


class Mixer:
    """Mixes one episode.

    Args:
        timeline: what is heard when.
        script: its rooms and treatments.
        takes: one for every speech clip, by (line, voice).
        palette: the sounds, at the timeline's rate; asked from several threads at once when there are several jobs.
        impulses: impulse responses at the timeline's rate, by the name that a room's `impulse` has.
        head: mixes for headphones, as this head hears it; None mixes for loudspeakers.
        tapping: whose tap is told what each clip sounds like by itself, in samples from the part's own start.
        part_hops: length of a part in hops (`dsp.grid`); the mix depends on it in the last bits only.
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
        tapping: Tapping = lambda part: None,
        part_hops: int = PART_HOPS,
    ) -> None:
        self.timeline = timeline
        grid = quantum_samples(timeline.rate_hz)
        self.parts: Sequence[Part] = parts(timeline, part_hops, LEAD_QUANTA * grid, TRAIL_QUANTA * grid)
        self._played = partial(Stems, script=script, takes=takes, palette=palette, impulses=impulses or {}, head=head)
        self.stems = self._played(timeline)
        self._tapping = tapping
        self._scenes = {scene.id: scene.margin for scene in timeline.scenes}
        self._asked: dict[int, tuple[Asked, ...]] = {}
        self._made: Memo[Mixed] = Memo(_MIXED_BYTES, lambda made: 4 * made.buses.speech.nbytes)
        self._margins: tuple[LineMargin, ...] | None = None
        self._lock = Lock()

    def __len__(self) -> int:
        """Parts of the episode."""
        return len(self.parts)

    def prepare(self, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> None:
        """Plays what the margins depend on, and solves them, without mixing.

        Args:
            jobs: how many threads work ahead; the result does not depend on it.
            progress: told (parts done, parts in all).
        """
        if self._margins is None:
            found: list[LineMargin] = []
            for done, margins in enumerate(self.each(self._come_to, range(len(self)), jobs), 1):
                found += margins
                if progress is not None:
                    progress(done, len(self))
            self._margins = tuple(found)

    def follow(self, other: Mixer) -> None:
        """Takes what `other` measures of the same timeline instead of measuring for itself."""
        self._asked = other._asked

    @property
    def margins(self) -> tuple[LineMargin, ...]:
        """What every spoken clip's margins come to, in the order of the timeline."""
        self.prepare()
        return self._margins or ()

    @property
    def reductions(self) -> Mapping[Ruled, Reduction]:
        """How far each stem that the margin rules is turned down, over the whole episode."""
        self.prepare()
        every = [line for index in range(len(self)) for line in self._asked[index]]
        return turned_down(every, Span(Samples(0), self.timeline.duration), self.timeline.rate_hz)

    def blocks(self, jobs: int = 1) -> Iterator[Buses]:
        """The whole mix in order, a part at a time."""
        for mixed in self.each(self.mix, range(len(self)), jobs):
            yield mixed.buses.within(mixed.part.core)

    def block(self, span: Span) -> Buses:
        """The mix of any `span`, silent beyond the episode; the same samples however the episode is cut."""
        made = {bus: silence(span.length) for bus in (*BUS_STEMS, "ducked")}
        for part in self.parts:
            if not part.core.meets(span):
                continue
            mixed = self._made.get(part.index, self.part, part.index)
            inside = part.core.within(span)
            cut = mixed.buses.within(inside)
            for bus, audio in made.items():
                audio[inside.start - span.start : inside.end - span.start] = getattr(cut, bus)
        return Buses(span=span, **made)

    def part(self, index: int) -> Mixed:
        """One part, mixed; from any thread."""
        for near in self.around(index):
            self.ask(near)
        return self.mix(index)

    def play(self, index: int) -> Stretch:
        """One part, played but not mixed."""
        part = self.parts[index]
        return self.stems.stretch(part.reach, self._tapping(part), part.core)

    def ask(self, index: int, played: Stretch | None = None) -> tuple[Asked, ...]:
        """What the lines that begin in a part ask of what lies under them."""
        known = self._asked.get(index)
        if known is not None:
            return known
        part = self.parts[index]
        found: tuple[Asked, ...] = ()
        if part.lines:
            played = played or self.stems.stretch(part.reach)
            rate_hz = self.timeline.rate_hz
            measured = [
                heard(
                    line,
                    line.span.shifted(-part.reach.start),
                    self._scenes.get(line.scene, Margin()),
                    played.stem,
                    rate_hz,
                )
                for line in part.lines
            ]
            found = asked(measured, partial(self._bands, played))
        self.know(index, found)
        return found

    def know(self, index: int, asked: tuple[Asked, ...]) -> None:
        """Take as measured what the lines of a part ask."""
        with self._lock:
            self._asked[index] = asked

    def forget(self, index: int) -> None:
        """Let go of what the lines ask that reach into no part from number `index` on: who works in order is past it.

        What turns out to be wanted after all must be told again (`know`), or it is measured again.
        """
        first = self.around(index).start
        with self._lock:
            for near in [near for near in self._asked if near < first]:
                del self._asked[near]

    def is_asked(self, index: int) -> bool:
        """Whether it is known what the lines of a part ask."""
        return index in self._asked

    def knows(self, index: int) -> bool:
        """Whether it is known what the lines ask that can turn something down in a part."""
        return all(near in self._asked or not self.parts[near].lines for near in self.around(index))

    def curves(self, index: int) -> Mapping[Ruled, Reduction]:
        """How far each ruled stem is turned down in a part's reach; the parts around it must be asked."""
        lines = [line for near in self.around(index) for line in self._asked.get(near, ())]
        reach = self.parts[index].reach
        beside = quantum_samples(self.timeline.rate_hz)
        return turned_down(lines, Span(reach.start, Samples(reach.end + beside)), self.timeline.rate_hz)

    def around(self, index: int) -> range:
        """The parts whose lines can turn something down in a part."""
        before_s, after_s = reach_s()
        rate_hz, reach = self.timeline.rate_hz, self.parts[index].reach
        grid = quantum_samples(rate_hz)
        first = last = index
        # A line may be as long as its part reaches.
        while first > 0 and self.parts[first - 1].reach.end > reach.start - after_s * rate_hz - grid:
            first -= 1
        while last + 1 < len(self) and self.parts[last + 1].core.start < reach.end + before_s * rate_hz + 2 * grid:
            last += 1
        return range(first, last + 1)

    def named(self, bus: BusName, name: str, mixed: Mixed) -> Audio | None:
        """What `name` has in a part of a bus, shape (reach, 2); None for silence."""
        stems = (self._turned_down(mixed.played.named(stem, name), stem, mixed) for stem in BUS_STEMS[bus])
        made = [stem for stem in stems if stem is not None]
        return added(made) if made else None

    def speech(self, pan_share: float) -> Callable[[Mixed], Audio | None]:
        """Speech at `pan_share` of the way from the centre that the script puts it, by part; from any thread."""
        spoken = [clip for clip in self.timeline.clips if clip.kind == "speech"]
        clips = tuple(replace(clip, pan=clip.pan.scaled(pan_share)) for clip in spoken)
        if clips == tuple(spoken):
            return lambda mixed: mixed.played.stem("speech")
        moved = self._played(replace(self.timeline, clips=clips))
        return lambda mixed: moved.stretch(mixed.part.reach).stem("speech")

    def each(self, work: Callable[[int, Stretch | None], T], indices: Sequence[int], jobs: int) -> Iterator[T]:
        """`work(index, played)` for parts in order, each once the lines of the parts around it are asked.

        Args:
            work: gets the part's number and, where it was played already, what was played; called in several threads.
            indices: which parts, rising.
        """
        asking: dict[int, Future[Stretch | None]] = {}
        working: deque[Future[T]] = deque()
        kept = frozenset(indices)
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            try:
                for at, index in enumerate(indices):
                    around = self.around(index)
                    # One more than is needed now, so that nobody waits.
                    ahead = self.around(indices[min(at + 1, len(indices) - 1)])
                    for near in sorted({*around, *ahead}):
                        if near not in asking and near not in self._asked:
                            asking[near] = pool.submit(self._begin, near, near in kept)
                    for near in around:
                        if near in asking:
                            asking[near].result()
                    played = asking.pop(index).result() if index in asking else None
                    working.append(pool.submit(work, index, played))
                    del played
                    for gone in [near for near in asking if near < index]:
                        del asking[gone]
                    if len(working) > jobs:
                        yield working.popleft().result()
                while working:
                    yield working.popleft().result()
            finally:
                for begun in asking.values():
                    begun.cancel()
                for future in working:
                    future.cancel()

    def _begin(self, index: int, keep: bool) -> Stretch | None:
        """Ask a part's lines; what was played for it, where that is wanted."""
        if index in self._asked or not self.parts[index].lines:
            self.ask(index)
            return None
        played = self.play(index)
        self.ask(index, played)
        return played if keep else None

    def _come_to(self, index: int, played: Stretch | None) -> tuple[LineMargin, ...]:
        curves = self.curves(index)
        return self._margins_of(index, curves, played)

    def _margins_of(
        self, index: int, curves: Mapping[Ruled, Reduction], played: Stretch | None
    ) -> tuple[LineMargin, ...]:
        def bands_of(stem: Stem, span: Span) -> Floats:
            return self._bands(played or self.stems.stretch(self.parts[index].reach), stem, span)

        return tuple(come_to(line, curves, bands_of, self.timeline.rate_hz) for line in self._asked[index])

    def mix(self, index: int, played: Stretch | None = None) -> Mixed:
        part, played = self.parts[index], played or self.play(index)
        curves = self.curves(index)
        made = {
            stem: turned(played.stem(stem), curve_of(curves, stem), part.reach, self.timeline.rate_hz) for stem in STEMS
        }
        nothing = silent(part.reach.length)

        def bus(name: BusName) -> Audio:
            heard = [audio for audio in (made[stem] for stem in BUS_STEMS[name]) if audio is not None]
            return added(heard) if heard else nothing

        ducked = made["sounds_ducked"]
        return Mixed(
            part=part,
            buses=Buses(
                span=part.reach,
                speech=bus("speech"),
                sounds=bus("sounds"),
                beds=bus("beds"),
                music=bus("music"),
                ducked=nothing if ducked is None else ducked,
            ),
            margins=self._margins_of(index, curves, played),
            curves=curves,
            played=played,
        )

    def _turned_down(self, audio: Audio | None, stem: Stem, mixed: Mixed) -> Audio | None:
        return turned(audio, curve_of(mixed.curves, stem), mixed.part.reach, self.timeline.rate_hz)

    def _bands(self, played: Stretch, stem: Stem, span: Span) -> Floats:
        """Powers of the bands of a stem before the margin, the first frame in the middle of `span`'s first sample."""
        half = bands.half_frame(self.timeline.rate_hz)
        around = silence(span.length + 2 * half)
        audio = played.stem(stem)
        if audio is not None:
            start = span.start - half - played.span.start
            inside = audio[max(0, start) : start + len(around)]
            around[max(0, -start) : max(0, -start) + len(inside)] = inside
        return bands.cross_powers(around, self.timeline.rate_hz)
