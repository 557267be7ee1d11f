"""The stems of an episode on a fixed grid: what a segment of a stem sounds like is a pure function of its number.

So blocks of any size, made in any order by any number of threads, are the same to the last bit; and only what is
heard now is in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import numpy as np

from producer.audio import Audio, silence
from producer.dsp.envelopes import fade
from producer.dsp.loudness import HOP_S
from producer.mix.answers import Answer, answer
from producer.mix.clips import Voiced
from producer.mix.hear import Ear, through
from producer.mix.memo import Memo
from producer.mix.sources import Parts, Running, Source
from producer.mix.treatments import chain
from producer.model.head import Head
from producer.model.mixes import BusName
from producer.model.script import Room, Script
from producer.model.sound import Palette
from producer.model.timeline import Clip, Ramp, Timeline
from producer.model.voice import Take
from producer.units import Samples, Span

Stem = Literal["speech", "sounds", "sounds_ducked", "beds", "beds_freed", "music", "music_freed"]
"""The four buses, all but speech parted into what the margin rules and what it does not.

It rules beds and music without `duck: no`, and sounds with `duck: yes`.
"""
STEMS: tuple[Stem, ...] = ("speech", "sounds", "sounds_ducked", "beds", "beds_freed", "music", "music_freed")
BUS_STEMS: Mapping[BusName, tuple[Stem, ...]] = {
    "speech": ("speech",),
    "sounds": ("sounds", "sounds_ducked"),
    "beds": ("beds", "beds_freed"),
    "music": ("music", "music_freed"),
}

OUTSIDE = "none"
"""The room of what is outside its scene: dry, and untouched by `hear`. A clip with room "" is dry but inside."""
_PREPARED_BYTES = 32 << 20
_SCENES_BYTES = 24 << 20

TakeOf = Mapping[tuple[str, int], Take]
"""Takes by (line id, index of the voice among the line's voices)."""


class Tap(Protocol):
    """Who is told what each clip sounds like by itself."""

    def heard(self, clip: str, start: int, audio: Audio, *, long: bool) -> None:
        """Samples of the clip with the id `clip` from timeline sample `start` on, as its stem has them, shape (n, 2).

        Called from several threads, in any order, maybe more than once. `long`: a bed or music.
        in stretches.
        """
        ...


def stem_of(clip: Clip) -> Stem:
    """The stem that `clip` is heard on."""
    match clip.kind:
        case "speech":
            return "speech"
        case "sound":
            return "sounds_ducked" if clip.duck else "sounds"
        case "bed":
            return "beds_freed" if clip.duck is False else "beds"
        case "music":
            return "music_freed" if clip.duck is False else "music"


class Segments:
    """Every stem of one episode, a segment at a time. Arguments as for `mixer.Mixer`."""

    def __init__(
        self,
        timeline: Timeline,
        script: Script,
        takes: TakeOf,
        palette: Palette,
        impulses: Mapping[str, Audio],
        segment_hops: int,
        head: Head | None = None,
        tap: Tap | None = None,
    ) -> None:
        self._tap = tap
        self._rate_hz = timeline.rate_hz
        self._duration = timeline.duration
        self._length = segment_hops * round(timeline.rate_hz * HOP_S)
        self._rooms: dict[str, Answer | None] = {OUTSIDE: None, "": None}
        self._prepared: Memo[Audio] = Memo(_PREPARED_BYTES, _bytes)
        self._scenes: Memo[Audio] = Memo(_SCENES_BYTES, _bytes)
        self.voiced: dict[Stem, list[Voiced]] = {stem: [] for stem in STEMS}
        for clip in timeline.clips:
            for name in (clip.room, *clip.through):
                if name not in self._rooms:
                    room = script.rooms.get(name) or Room(name=name, preset=name)
                    self._rooms[name] = answer(room, self._rate_hz, impulses, head)
            source = _source(clip, takes, palette, self._rate_hz)
            treatment = chain(clip.treat, script.treatments)
            made = Voiced(clip, source, treatment, self._inside(clip), self._rate_hz, head)
            self.voiced[stem_of(clip)].append(made)
        self._ears: dict[str, list[Ear]] = {}
        for hear in timeline.hears:
            self._ears.setdefault(hear.scene, []).append(Ear(chain(hear.treat, script.treatments), hear))

    def _inside(self, clip: Clip) -> tuple[tuple[Answer | None, Ramp], ...]:
        """The rooms that `clip` is in or goes through, evenly over its span."""
        rooms = [self._rooms[name] for name in (clip.room, *clip.through)]
        if len(rooms) == 1:
            return () if rooms[0] is None else ((rooms[0], Ramp.still(1.0)),)
        last = len(rooms) - 1
        at = [clip.span.start + clip.span.length * number // last for number in range(len(rooms))]
        return tuple(
            (room, Ramp(tuple((sample, float(other == number)) for other, sample in enumerate(at))))
            for number, room in enumerate(rooms)
        )

    def __len__(self) -> int:
        return (self._duration + self._length - 1) // self._length

    def span(self, index: int) -> Span:
        """Samples of segment `index`; the last one ends with the episode."""
        start = index * self._length
        return Span(Samples(start), Samples(min(start + self._length, max(start, self._duration))))

    def meeting(self, span: Span) -> range:
        """The segments that have samples of `span`."""
        return range(max(0, span.start // self._length), min(len(self), -(-span.end // self._length)))

    def stem(self, stem: Stem, index: int, name: str | None = None) -> Audio:
        """Segment `index` of a stem before the margin, shape (segment's span, 2).

        Args:
            name: only what is called so, a member of the cast or a role.
        """
        start, stop = index * self._length, (index + 1) * self._length
        made = silence(stop - start)
        through_ears = {scene for scene, ears in self._ears.items() if any(ear.active(start, stop) for ear in ears)}
        scenes: dict[tuple[str, Span | None], list[Voiced]] = {}
        for voiced in self.voiced[stem]:
            if name is not None and voiced.clip.name != name:
                continue
            if voiced.clip.room != OUTSIDE and voiced.clip.scene in through_ears:
                scenes.setdefault((voiced.clip.scene, voiced.clip.cut), []).append(voiced)
            else:
                self._add(made, voiced, start, stop, self._tap)
        for (scene, cut), group in scenes.items():
            made += self._scene((stem, name, scene, cut), group, index)
        return made[: self.span(index).length]

    def _scene(self, key: tuple[Stem, str | None, str, Span | None], group: list[Voiced], index: int) -> Audio:
        """What a scene's `hear`s let through of `group`, the clips of one stem that end in one cut (or in none)."""
        _, _, scene, cut = key
        ears = self._ears[scene]
        start, stop = index * self._length, (index + 1) * self._length
        before = max(ear.before(self._rate_hz) for ear in ears)
        after = max(ear.after(self._rate_hz) for ear in ears)
        if not any(voiced.start < stop + after and voiced.end > start - before for voiced in group):
            return silence(stop - start)

        def dry(segment: int) -> Audio:
            made = silence(self._length)
            for voiced in group:
                self._add(made, voiced, segment * self._length, (segment + 1) * self._length)
            return made

        def read(low: int, high: int) -> Audio:
            made = silence(high - low)
            for segment in range(max(0, low // self._length), -(-high // self._length)):
                whole = self._scenes.get((*key, segment), dry, segment)
                first = segment * self._length
                begin, end = max(low, first), min(high, first + self._length)
                made[begin - low : end - low] = whole[begin - first : end - first]
            return made

        made = through(ears, read, start, stop, self._rate_hz)
        kept = None if cut is None else fade(start, stop, out=(cut.start, max(1, cut.length)), shape="cosine")
        if self._tap is not None:
            for voiced in group:
                alone = made if len(group) == 1 else self._alone(ears, voiced, start, stop, before, after)
                if alone is not None:
                    faded = alone if kept is None else alone * kept.astype(np.float32)[:, None]
                    self._tap.heard(voiced.clip.id, start, faded, long=voiced.clip.kind in ("bed", "music"))
        return made if kept is None else made * kept.astype(np.float32)[:, None]

    def _alone(self, ears: list[Ear], voiced: Voiced, start: int, stop: int, before: int, after: int) -> Audio | None:
        """What the `hear`s let through of one clip of a group; None where there is nothing of it."""
        if voiced.start >= stop + after or voiced.end <= start - before:
            return None

        def read(low: int, high: int) -> Audio:
            made = silence(high - low)
            self._add(made, voiced, low, high)
            return made

        return through(ears, read, start, stop, self._rate_hz)

    def _add(self, made: Audio, voiced: Voiced, start: int, stop: int, tap: Tap | None = None) -> None:
        low, high = max(start, voiced.start), min(stop, voiced.end)
        if low >= high:
            return
        if voiced.whole:
            ready = self._prepared.get(voiced.clip.id, voiced.made)
            part = ready[low - voiced.start : high - voiced.start]
            made[low - start : low - start + len(part)] += part
        else:
            part = voiced.stretch(low, high)
            made[low - start : high - start] += part
        if tap is not None:
            tap.heard(voiced.clip.id, low, part, long=voiced.clip.kind in ("bed", "music"))


def _source(clip: Clip, takes: TakeOf, palette: Palette, rate_hz: int) -> Source:
    if clip.kind in ("bed", "music") and not clip.strikes:
        return Running(clip, palette, rate_hz)
    return Parts(clip, palette, takes.get((clip.line, clip.voice)), rate_hz)


def _bytes(audio: Audio) -> int:
    return audio.nbytes
