"""The stems of an episode, a stretch at a time.

What a stretch sounds like is a pure function of what is heard in it, counted from its own start: it does not matter
what comes before, in which order stretches are made, or by how many threads. Only what is heard now is in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import numpy as np

from producer.audio import Audio, silence
from producer.dsp.envelopes import fade
from producer.dsp.grid import quantum_samples
from producer.frozen import changed
from producer.mix.answers import Answer, answer
from producer.mix.clips import WHOLE_S, Voiced
from producer.mix.hear import AsLoud, AverageSpeech, Ear, OneLine, through
from producer.mix.memo import Memo
from producer.mix.sources import Parts, Running, Source
from producer.mix.treatments import chain
from producer.model.head import Head
from producer.model.mixes import BusName
from producer.model.script import Room, Script
from producer.model.sound import Palette
from producer.model.timeline import Clip, HearSpan, Ramp, Timeline
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
_PREPARED_BYTES = 12 << 20
_BLOCK_QUANTA = 24

TakeOf = Mapping[tuple[str, int], Take]
"""Takes by (line id, index of the voice among the line's voices)."""


class Tap(Protocol):
    """Who is told what each clip sounds like by itself."""

    def heard(self, clip: str, start: int, audio: Audio, *, long: bool) -> None:
        """Samples of the clip with the id `clip` from sample `start` on, as its stem has them, shape (n, 2).

        `long`: a bed or music.
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


def sustained(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """One clip of each bed and each music among `clips`; rides and places do not make another."""
    found: dict[object, Clip] = {}
    for clip in clips:
        if clip.kind in ("bed", "music") and not clip.strikes:
            named = (clip.name, clip.bed_seed, clip.bed_settings, clip.loop, clip.pitch_cents, clip.speed)
            found.setdefault(named, clip)
    return tuple(found.values())


class Stems:
    """What is heard of one episode, ready to be played. Arguments as for `mixer.Mixer`."""

    def __init__(
        self,
        timeline: Timeline,
        script: Script,
        takes: TakeOf,
        palette: Palette,
        impulses: Mapping[str, Audio],
        head: Head | None = None,
    ) -> None:
        self.rate_hz = timeline.rate_hz
        self.block = _BLOCK_QUANTA * quantum_samples(timeline.rate_hz)
        self._script, self._takes, self._palette, self._head = script, takes, palette, head
        self._rooms: dict[str, Answer | None] = {OUTSIDE: None, "": None}
        self._prepared: Memo[Audio] = Memo(_PREPARED_BYTES, _bytes)
        self._long: dict[str, Voiced] = {}
        self._loud: dict[str, dict[object, float]] = {}
        self._clips = timeline.clips
        for clip in timeline.clips:
            for name in (clip.room, *clip.through):
                if name not in self._rooms:
                    room = script.rooms.get(name) or Room(name=name, preset=name)
                    self._rooms[name] = answer(room, self.rate_hz, impulses, head)
        self._hears = timeline.hears
        self._reach = max((self._ear(hear).reach(self.rate_hz) for hear in timeline.hears), default=0)
        self._starts = np.array([clip.span.start for clip in timeline.clips], np.int64)
        self._ends = np.array([self.voiced(clip).end for clip in timeline.clips], np.int64)

    def names(self, stems: Collection[Stem]) -> tuple[str, ...]:
        """Who or what is heard on some stems: members of the cast, or roles, in the order of the alphabet."""
        return tuple(sorted({clip.name for clip in self._clips if stem_of(clip) in stems}))

    def clips_in(self, span: Span) -> tuple[Clip, ...]:
        """The clips that may be heard in a stretch, echoes and what a `hear` needs around it too."""
        meets = (self._starts < span.end + self._reach) & (self._ends > span.start - self._reach)
        return tuple(self._clips[index] for index in np.flatnonzero(meets).tolist())

    def stands_before(self, hear: HearSpan, span: Span) -> bool:
        """Whether anything of a `hear` is heard in a stretch."""
        return self._ear(hear.shifted(-span.start)).active(0, span.length)

    def ready(self, clip: Clip) -> None:
        """Find out what must be known of a bed or of music before any of it is heard."""
        source = _source(clip, self._takes, self._palette, self.rate_hz)
        if isinstance(source, Running):
            source.ready()

    def rest(self) -> None:
        """Let go of the clips that were made in one piece."""
        self._prepared.clear()

    def hears_in(self, clips: Iterable[Clip]) -> tuple[HearSpan, ...]:
        """What stands before the scenes that `clips` are in."""
        scenes = {clip.scene for clip in clips}
        return tuple(hear for hear in self._hears if hear.scene in scenes)

    def stretch(self, span: Span, tap: Tap | None = None, tapped: Span | None = None) -> Stretch:
        """A stretch of the episode, to be played.

        Args:
            tap: is told what each clip sounds like by itself, in samples from the start of `tapped`.
            tapped: the part of `span` that it is told of.
        """
        return Stretch(self, span, tap, span if tapped is None else tapped)

    def voiced(self, clip: Clip, elsewhere: Voiced | None = None) -> Voiced:
        """A clip with all that it needs to be heard."""
        source = _source(clip, self._takes, self._palette, self.rate_hz)
        treatment = chain(clip.treat, self._script.treatments)
        return Voiced(clip, source, treatment, self._inside(clip), self.rate_hz, self._head, elsewhere)

    def _at(self, clip: Clip, start: int) -> Voiced:
        """A clip with times counted from `start`. What must be known of all of it is found out once."""
        if clip.id not in self._long:
            own = self.voiced(clip.shifted(-clip.span.start))
            if own.whole:
                return self.voiced(clip.shifted(-start))
            self._long.setdefault(clip.id, own)
        return self.voiced(clip.shifted(-start), self._long[clip.id])

    def _ear(self, hear: HearSpan) -> Ear:
        return Ear(chain(hear.treat, self._script.treatments), hear)

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

    def _as_loud(self, clip: Clip, start: int) -> AsLoud:
        """What keeps a clip as loud through what stands before its scene; times are counted from `start`."""
        if clip.kind != "speech":
            return AverageSpeech(self.rate_hz)
        known = self._loud.setdefault(clip.id, {})
        return OneLine(lambda: self._said(clip), clip.span.start - start, self.rate_hz, known)

    def _said(self, clip: Clip) -> Audio:
        """A line as it is in its scene, shape (n, 2); of a long one as much as is made in one piece."""
        own = self.voiced(clip.shifted(-clip.span.start))
        if own.whole:
            return self._whole(clip)[: clip.span.length]
        return own.stretch(0, round(WHOLE_S * self.rate_hz))

    def _whole(self, clip: Clip) -> Audio:
        """All of a clip that is made in one piece."""
        # Counted from its own start: the same wherever it stands, and for each part that it reaches into.
        own = self.voiced(clip.shifted(-clip.span.start))
        return self._prepared.get((clip.id, clip.cut), own.made)


class Stretch:
    """A stretch of an episode. Inside, all times are counted from its start: it sounds as it does wherever it stands.

    A stem is played when it is first asked for, and then kept.
    """

    def __init__(self, stems: Stems, span: Span, tap: Tap | None, tapped: Span) -> None:
        self.span = span
        self._stems, self._tap = stems, tap
        self._tapped = Span(Samples(tapped.start - span.start), Samples(tapped.end - span.start))
        self._made: dict[Stem, Audio | None] = {}
        self._voiced: dict[Stem, list[tuple[Voiced, Clip]]] = {stem: [] for stem in STEMS}
        self._ears: dict[str, list[Ear]] = {}
        clips = stems.clips_in(span)
        for clip in clips:
            self._voiced[stem_of(clip)].append((stems._at(clip, span.start), clip))
        for hear in stems.hears_in(clips):
            ear = stems._ear(hear.shifted(-span.start))
            if ear.active(0, span.length):
                self._ears.setdefault(hear.scene, []).append(ear)

    def stem(self, stem: Stem) -> Audio | None:
        """A stem before the margin, shape (span.length, 2), not to be written to; None where it is silent."""
        if stem not in self._made:
            self._made[stem] = self._play(self._voiced[stem], self._tap)
        return self._made[stem]

    def gather(self) -> None:
        """Have `speech` hold `sounds` too, which then is silent, for who wants no more than the sum of all.

        Where sounds make way for speech they are to be added to those first: then nothing is gathered.
        """
        if self._voiced["sounds_ducked"]:
            return
        speech, sounds = self.stem("speech"), self.stem("sounds")
        if speech is not None and sounds is not None:
            speech += sounds
        self._made |= {"speech": sounds if speech is None else speech, "sounds": None}

    def named(self, stem: Stem, name: str) -> Audio | None:
        """What is called `name` on a stem, a member of the cast or a role, as `stem`."""
        return self._play([one for one in self._voiced[stem] if one[1].name == name], None)

    def _play(self, voiced: Sequence[tuple[Voiced, Clip]], tap: Tap | None) -> Audio | None:
        if not voiced:
            return None
        made = silence(self.span.length)
        scenes: dict[tuple[str, Span | None, str], list[tuple[Voiced, Clip]]] = {}
        heard = False
        for one, clip in voiced:
            if clip.room != OUTSIDE and clip.scene in self._ears:
                line = clip.id if clip.kind == "speech" else ""  # each line is kept as loud by itself
                scenes.setdefault((clip.scene, one.clip.cut, line), []).append(self._uncut(one, clip))
            else:
                heard |= self._add(made, 0, one, clip, tap)
        for (scene, cut, _), group in scenes.items():
            heard |= self._through(made, self._ears[scene], cut, group, tap)
        return made if heard else None

    def _uncut(self, voiced: Voiced, clip: Clip) -> tuple[Voiced, Clip]:
        """A clip for what stands before its scene, which rings on: what comes through that is cut, and only once."""
        if clip.cut is None:
            return voiced, clip
        free = changed(clip, cut=None)
        return self._stems._at(free, self.span.start), free

    def _through(
        self, made: Audio, ears: Sequence[Ear], cut: Span | None, group: Sequence[tuple[Voiced, Clip]], tap: Tap | None
    ) -> bool:
        """Add what a scene's `hear`s let through of `group`: one line, or what ends in one cut or in none."""
        rate_hz, length = self._stems.rate_hz, self.span.length
        last = length if cut is None else min(length, cut.end)
        before = max(ear.before(rate_hz) for ear in ears)
        after = max(ear.after(rate_hz) for ear in ears)

        def let_through(clips: Sequence[tuple[Voiced, Clip]]) -> tuple[int, Audio] | None:
            """What is heard of `clips`, and from where: only there anything is played."""
            heard = [one for one, _ in clips if one.start < length + after and one.end > -before]
            low = max(0, min((one.start for one in heard), default=length) - after)
            high = min(last, max((one.end for one in heard), default=0) + before)
            if low >= high:
                return None
            dry = silence(high - low + before + after)
            for one, clip in clips:
                self._add(dry, low - before, one, clip, None)
            begin = low - before
            loud = self._stems._as_loud(clips[0][1], self.span.start)
            audio = through(ears, lambda start, stop: dry[start - begin : stop - begin], low, high, rate_hz, loud)
            kept = None if cut is None else fade(low, high, out=(cut.start, max(1, cut.length)), shape="cosine")
            return low, audio if kept is None else audio * kept.astype(np.float32)[:, None]

        found = let_through(group)
        if found is None:
            return False
        made[found[0] : found[0] + len(found[1])] += found[1]
        if tap is not None:
            for one in group:
                alone = found if len(group) == 1 else let_through([one])
                if alone is not None:
                    self._told(tap, one[1], *alone)
        return True

    def _add(self, made: Audio, begin: int, voiced: Voiced, clip: Clip, tap: Tap | None) -> bool:
        """Add what is heard of a clip to `made`, which begins at `begin`; whether that is anything."""
        low, high = max(begin, voiced.start), min(begin + len(made), voiced.end)
        if low >= high:
            return False
        if voiced.whole:
            part = self._stems._whole(clip)[low - voiced.start : high - voiced.start]
            made[low - begin : low - begin + len(part)] += part
        elif voiced.forgets:
            # Small blocks stay in the processor's cache. They are counted from the stretch's start, so that for who is
            # told of them they end with coarse frames.
            block = self._stems.block
            for at in range(low // block * block, high, block):
                first, end = max(at, low), min(at + block, high)
                part = voiced.stretch(first, end)
                made[first - begin : end - begin] += part
                if tap is not None:
                    self._told(tap, clip, first, part)
            return True
        else:
            part = voiced.stretch(low, high)
            made[low - begin : high - begin] += part
        if tap is not None:
            self._told(tap, clip, low, part)
        return True

    def _told(self, tap: Tap, clip: Clip, start: int, audio: Audio) -> None:
        inside = Span(Samples(start), Samples(start + len(audio))).within(self._tapped)
        if inside.length:
            part = audio[inside.start - start : inside.end - start]
            tap.heard(clip.id, inside.start - self._tapped.start, part, long=clip.kind in ("bed", "music"))


def _source(clip: Clip, takes: TakeOf, palette: Palette, rate_hz: int) -> Source:
    if clip.kind in ("bed", "music") and not clip.strikes:
        return Running(clip, palette, rate_hz)
    return Parts(clip, palette, takes.get((clip.line, clip.voice)), rate_hz)


def _bytes(audio: Audio) -> int:
    return audio.nbytes
