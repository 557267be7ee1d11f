"""Mixes an episode part by part, and keeps what it learns of each: a part that is as it was is not mixed again.

Of every mix of every part it knows the levels; the samples are on disk, where they were made, and are made (again)
where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np

from producer import memory
from producer.audio import Audio, silence
from producer.audit.rows import Room
from producer.audit.tap import Tap
from producer.cache import Cache, key
from producer.deliver.shelf import Shelf
from producer.dsp.heads import spherical
from producer.frozen import dataclass
from producer.levels import levels_of
from producer.made_by import made_by_program
from producer.mix.asking import asked_from_bytes, asked_to_bytes
from producer.mix.describe import described, turned
from producer.mix.listening import Listened, Listening, StemName, Stems, margins_in
from producer.mix.margin import LineMargin, Ruled
from producer.mix.mixer import Mixed as MixedPart
from producer.mix.mixer import Mixer
from producer.mix.parts import Part
from producer.mix.reduction import Reduction
from producer.mix.stems import Stretch, sustained
from producer.mixdown import Mixdown, Programme
from producer.model.head import Head
from producer.model.mixes import BUSES, STANDARD, MixStyle
from producer.notes import LevelsTaken, Notes
from producer.production import Crew, Placed, Watch
from producer.units import gain
from producer.witness import PartWitness, Witness
from producer.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Everything that was mixed of an episode."""

    parts: Sequence[Part]
    mixes: Mapping[str, Mixdown]  # by the style's name; those that are ridden are made from the standard one
    margins: Mapping[str, tuple[LineMargin, ...]]  # of every style
    stems: tuple[StemName, ...]
    ducking: Callable[[], Mapping[Ruled, Reduction]]
    witness: Witness
    shelf: Shelf
    room: Room
    """Makes files for what grows with the episode."""
    folder: Path
    """For what has to wait on disk."""
    crew: Crew | None = None
    """Who mixed it and can finish it; none where threads did, and do."""

    @property
    def standard(self) -> Mixdown:
        return self.mixes[STANDARD.name]

    def blocks(self) -> Iterator[Audio]:
        """The standard mix from its beginning, in blocks."""
        for part in self.parts:
            yield self.standard.programme.read(part.index)[part.inside.start : part.inside.end]

    def stem(self, name: StemName, gain_db: float) -> Iterator[Audio]:
        """A stem of the standard mix at a gain, in blocks; silent where nothing of it was shelved."""
        factor = np.float32(gain(gain_db))
        for part in self.parts:
            kept = self.shelf.get(_stem(name, part.index))
            yield silence(part.core.length) if kept is None else kept * factor


class Mixing:
    """One episode being mixed."""

    def __init__(
        self,
        placed: Placed,
        styles: Sequence[MixStyle],
        stems: Stems,
        shelf: Shelf,
        cache: Cache,
        witnessed: bool = True,
    ) -> None:
        timeline, script = placed.timeline, placed.script
        self._placed, self._stems, self._shelf, self._cache = placed, stems, shelf, cache
        mixer_of = partial(Mixer, timeline, script, placed.takes, placed.palette, impulses=placed.impulses)
        self._tapped: dict[int, PartWitness] = {}
        self._witnessed = witnessed
        self.mixer = mixer_of(tapping=self._tap)
        worn = [style.name for style in styles if style.headphones]
        head = (placed.head or spherical(timeline.rate_hz)) if worn else None
        self.listening = Listening(self.mixer, styles, {name: mixer_of(head=head) for name in worn})
        self._heard_by = [[style.name for style in self.listening.styles], _head(placed.head)]
        self._summed = stems == "none" and self.listening.styles == (STANDARD,)
        """Whether nothing is made of a part but the sum of all that is heard."""
        self._asks: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._ahead: dict[int, Stretch] = {}
        self._turns = [Lock() for _ in self.mixer.parts]
        self._lock = Lock()

    def known(self, parts: Iterable[int] | None = None) -> None:
        """Take from the cache what the lines of unchanged parts ask: of all, or of some and those around them."""
        for index in range(len(self.mixer)) if parts is None else self._around(parts):
            self._learn(index)

    def keep_asked(self, parts: Iterable[int]) -> None:
        """Keep what the lines around some parts ask: so what is known of those parts is found by it."""
        for near in self._around(parts):
            if self.mixer.parts[near].lines and not self._cache.has(self._ask(near)):
                self._cache.write(self._ask(near), asked_to_bytes(self.mixer.ask(near)))

    def _around(self, parts: Iterable[int]) -> list[int]:
        """Some parts and those whose lines have a say in them."""
        return sorted({at for index in parts for at in self.mixer.around(index)})

    def _learn(self, index: int) -> bool:
        """Take from the cache what a part's lines ask; whether it is known now."""
        part = self.mixer.parts[index]
        if part.lines and not self.mixer.is_asked(index):
            raw = self._cache.read(self._ask(index))
            if raw is None:
                return False
            self.mixer.know(index, asked_from_bytes(raw, part))
        return True

    def alone(self, index: int) -> Notes:
        """`notes` for who mixes one part after the other: what was played to ask the next one's lines waits for it."""
        for near in self.mixer.around(index):
            if near == index + 1 and index in self._ahead and self._summed:
                self._ahead[index].gather()  # its lines are asked
            if not self._learn(near):
                played = self.mixer.play(near) if near in (index, index + 1) else None
                self._cache.write(self._ask(near), asked_to_bytes(self.mixer.ask(near, played)))
                if played is not None:
                    self._ahead[near] = played
        played = self._ahead.pop(index, None)
        for passed in [other for other in self._ahead if other != index + 1]:
            del self._ahead[passed]
        notes = self.notes(index, played)
        self.passed(index)
        return notes

    def passed(self, index: int) -> None:
        """Let go of what only parts before this one need, for who makes one part after the other."""
        self.mixer.forget(index)

    def notes(self, index: int, played: Stretch | None) -> Notes:
        """What is known of a part, mixed where it must be."""
        part = self.mixer.parts[index]
        known = self.kept(index) if played is None and self._stems == "none" else None
        if known is not None:
            return known
        mixed, witness = self._mix(index, played)
        if self._witnessed:
            core = mixed.buses.within(part.core)
            witness.push(core.beds, core.music)
            del core
        listened, levels = self._listened(mixed, spent=self._summed), {}
        heard = self.mixer.stems.clips_in(part.reach)
        lines = [clip.span.shifted(-part.reach.start) for clip in heard if clip.kind == "speech"]
        for style, audio in listened.mixes.items():
            levels[style] = levels_of(audio, part.inside, self.mixer.timeline.rate_hz, lines)
        stems = dict(self.listening.stems(mixed, self._stems))
        for stem, audio in stems.items():
            self._shelf.put(_stem(stem, index), audio)
        notes = Notes(margins=mixed.margins, said=listened.said, levels=levels, witness=witness, stems=frozenset(stems))
        self._cache.write(self._ask(index), asked_to_bytes(self.mixer.ask(index)))
        if self._witnessed:
            self._cache.write(self.name(index), notes.to_bytes(part, heard))
        return notes

    def ducking(self) -> Mapping[Ruled, Reduction]:
        """How far each stem that the margin rules is turned down, over the whole episode."""
        self.known()
        return self.mixer.reductions

    @property
    def folder(self) -> Path:
        """For what has to wait on disk."""
        return self._shelf.folder

    def ready(self, bed: int) -> None:
        """Find out what must be known of one of the beds (`mix.stems.sustained`) before any of it is heard."""
        self.mixer.stems.ready(sustained(self._placed.timeline.clips)[bed])

    def rest(self) -> None:
        """Let go of what is only at hand to mix the next part sooner."""
        self._ahead.clear()
        self.mixer.stems.rest()
        self._placed.palette.rest()

    def end(self) -> None:
        """Let go of everything: nothing more is asked of it. It and what it mixes with hold each other."""
        vars(self).clear()

    def kept(self, index: int) -> Notes | None:
        """What is known of a part without mixing it; None where that is not enough."""
        if index not in self._names and not all(self._learn(near) for near in self.mixer.around(index)):
            return None
        raw = self._cache.read(self.name(index))
        return None if raw is None else self._from_bytes(raw, self.mixer.parts[index])

    def is_kept(self, index: int) -> bool:
        """Whether `kept` has something, which may still turn out to be damaged."""
        return self.mixer.knows(index) and self._cache.has(self.name(index))

    def name(self, index: int) -> str:
        """What names a part's samples; what the lines around it ask must be known, or kept."""
        if index not in self._names:
            for near in self.mixer.around(index):
                self._learn(near)
            heard = key("mixed", made_by_program(), self._ask(index), self._heard_by)
            self._names[index] = key(heard, turned(self.mixer.curves(index), self.mixer.parts[index]))
        return self._names[index]

    def _ask(self, index: int) -> str:
        """What names what a part's lines ask."""
        if index not in self._asks:  # a hand wants to know it of its own parts alone
            self._asks[index] = key("asked", made_by_program(), self._described(self.mixer.parts[index]))
        return self._asks[index]

    def read(self, style: str, index: int) -> Audio:
        """A part's reach in a style; mixed again where it is not at hand. Who asks at the same time waits for it."""
        with self._turns[index]:
            found = self._shelf.get(f"{style} {index}")
            return self._listened(self._mix(index, None)[0]).mixes[style] if found is None else found

    def _from_bytes(self, raw: bytes, part: Part) -> Notes:
        heard = self.mixer.stems.clips_in(part.reach)
        return Notes.from_bytes(raw, part, heard, self.mixer.timeline.rate_hz, self.name(part.index))

    def _mix(self, index: int, played: Stretch | None) -> tuple[MixedPart, PartWitness]:
        """A part, and what was taken down of its clips."""
        for near in self.mixer.around(index):
            self._learn(near)
            self.mixer.ask(near)
        mixed = self.mixer.mix(index, played)
        with self._lock:
            return mixed, self._tapped.pop(index)

    def _listened(self, mixed: MixedPart, *, spent: bool = False) -> Listened:
        """A part in every style; see `Listening.part`."""
        listened = self.listening.part(mixed, spent=spent)
        for style, audio in listened.mixes.items():
            self._shelf.put(f"{style} {mixed.part.index}", audio)
        return listened

    def _tap(self, part: Part) -> Tap | None:
        witness = PartWitness(self._placed.timeline.rate_hz)
        with self._lock:
            self._tapped[part.index] = witness
        return witness.tap if self._witnessed else None

    def _described(self, part: Part) -> bytes:
        timeline, script = self._placed.timeline, self._placed.script
        return described(part, self.mixer.stems, timeline, script, self._take, self._placed.palette.identity)

    def _take(self, line: str, voice: int) -> str:
        return self._placed.takes[line, voice].digest


def mixed(
    placed: Placed,
    styles: Sequence[MixStyle],
    stems: Stems,
    workshop: Workshop,
    cache: Cache,
    jobs: int,
    watch: Watch,
    crew: Crew | None = None,
) -> Mixed:
    """The whole episode in every style, beds and music turned down as far as each line's margin needs it.

    Styles for headphones are heard with the listener's own head, or with a sphere.

    Args:
        crew: mixes what is not kept; with none it is mixed by threads.
    """
    shelf, timeline = workshop.shelf(), placed.timeline
    if crew is not None:
        crew.expect(placed, styles, stems, shelf)
    mixing = Mixing(placed, styles, stems, shelf, cache)
    mixer, parts = mixing.mixer, mixing.mixer.parts
    watch.stage("mix", timeline.duration)
    mixing.known()
    wanted = [part.index for part in parts if stems != "none" or not mixing.is_kept(part.index)]
    if crew is not None and crew.begin(placed, styles, stems, shelf, len(wanted)):
        mixing.rest()  # what was held to lay the episode out, others hold now
        cache.rest()
        memory.give_back()
        noted = _by_crew(mixing, crew, wanted, watch)
    else:
        crew = None
        noted = _watched(parts, mixer.each(mixing.notes, range(len(parts)), jobs), watch)
    witness = Witness(timeline, workshop.room)
    margins: dict[str, list[LineMargin]] = {style.name: [] for style in styles}
    levels: dict[str, LevelsTaken] = {}
    found: set[StemName] = {(bus, None) for bus in BUSES} if stems != "none" else set()
    for part, notes in zip(parts, noted, strict=True):
        for style in styles:
            margins[style.name] += margins_in(style, notes.margins, notes.said.get(style.name, {}))
        for name, one in notes.levels.items():
            levels.setdefault(name, LevelsTaken(workshop.room)).add(one)
        found |= notes.stems
        witness.push(part.core, notes.witness)
    return Mixed(
        parts=parts,
        mixes={name: Mixdown(Programme(mixing, name), each.levels()) for name, each in levels.items()},
        margins={name: tuple(lines) for name, lines in margins.items()},
        stems=tuple(sorted(found, key=lambda stem: (BUSES.index(stem[0]), stem[1] is not None, stem[1]))),
        ducking=mixing.ducking,
        witness=witness,
        shelf=shelf,
        room=workshop.room,
        folder=workshop.folder,
        crew=crew,
    )


def _watched(parts: Sequence[Part], noted: Iterator[Notes], watch: Watch) -> Iterator[Notes]:
    for part, notes in zip(parts, noted, strict=True):
        yield notes
        watch.done(part.core.end)


def _by_crew(mixing: Mixing, crew: Crew, wanted: Sequence[int], watch: Watch) -> Iterator[Notes]:
    """What is known of each part in order, after a crew made those that are wanted."""
    parts = mixing.mixer.parts
    made, coming, left = dict[int, frozenset[StemName]](), crew.mix(wanted), frozenset(wanted)
    done = sum(int(part.core.length) for part in parts if part.index not in left)
    for part in parts:
        while part.index in left and part.index not in made:
            index, stems = next(coming, (part.index, frozenset()))
            made[index] = stems
            done += parts[index].core.length
            watch.done(done)
        notes = mixing.kept(part.index) or mixing.alone(part.index)  # what the crew could not do says here why
        mixing.passed(part.index)
        yield replace(notes, stems=notes.stems | made.pop(part.index, frozenset()))


def _stem(name: StemName, index: int) -> str:
    return f"stem {name} {index}"


def _head(head: Head | None) -> str:
    """What names a listener's own head."""
    return (
        "" if head is None else sha256(repr([np.asarray(one).tobytes() for one in astuple(head)]).encode()).hexdigest()
    )
