"""Mixes an episode part by part, and keeps what it learns of each: a part that is as it was is not mixed again.

Of every mix of every part it knows the levels; the samples are on disk, where they were made, and are made (again)
where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from weakref import WeakSet

import numpy as np
import scipy

import producer
from producer import master
from producer.audio import Audio, silence
from producer.audit.rows import Room
from producer.audit.tap import Tap
from producer.auditing import PartWitness, Witness
from producer.cache import Cache, key
from producer.deliver.spill import Shelf, temporary
from producer.dsp.heads import spherical
from producer.mix.asking import asked_from_bytes, asked_to_bytes, margins_from_json, margins_to_json
from producer.mix.describe import described, turned
from producer.mix.listening import Listened, Listening, StemName, Stems, margins_in
from producer.mix.margin import LineMargin, Ruled
from producer.mix.mixer import Mixer
from producer.mix.parts import Part
from producer.mix.reduction import Reduction
from producer.mix.stems import Stretch
from producer.model.head import Head
from producer.model.mixes import BUSES, STANDARD, MixStyle
from producer.model.timeline import Clip
from producer.packed import packed, unpacked
from producer.production import Placed, Watch
from producer.units import gain


class Workshop:
    """Where a render keeps what does not go into memory. Use it in `with`: all of it goes with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._files: WeakSet[BinaryIO] = WeakSet()

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        for file in list(self._files):
            file.close()

    def shelf(self) -> Shelf:
        """Room for pieces by name."""
        return self._open.enter_context(Shelf(self.folder))

    def room(self) -> BinaryIO:
        """A file for what grows with the episode; it is closed when nobody holds it any more, and with all of it."""
        file = temporary(self.folder)
        self._files.add(file)
        return file


@dataclass(frozen=True, slots=True)
class Mixdown:
    """One mix before its master, in parts."""

    parts: Sequence[Part]
    read: Callable[[int], Audio]
    """The reach of a part, by its number, shape (reach, 2); not to be written to."""
    name: Callable[[int], bytes]
    """What names the samples of a part's reach."""
    levels: master.Levels

    @property
    def samples(self) -> int:
        return self.parts[-1].core.end


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

    @property
    def standard(self) -> Mixdown:
        return self.mixes[STANDARD.name]

    def blocks(self) -> Iterator[Audio]:
        """The standard mix from its beginning, in blocks."""
        for part in self.parts:
            yield self.standard.read(part.index)[part.inside.start : part.inside.end]

    def stem(self, name: StemName, gain_db: float) -> Iterator[Audio]:
        """A stem of the standard mix at a gain, in blocks; silent where nothing of it was shelved."""
        factor = np.float32(gain(gain_db))
        for part in self.parts:
            kept = self.shelf.get(_stem(name, part.index))
            yield silence(part.core.length) if kept is None else kept * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is known of a mixed part."""

    margins: tuple[LineMargin, ...]
    said: Mapping[str, Mapping[str, float]]  # style with speech of its own -> clip -> LUFS
    levels: Mapping[str, master.Levels]  # by style
    witness: PartWitness
    stems: frozenset[StemName] = frozenset()

    def to_bytes(self, part: Part, clips: Sequence[Clip]) -> bytes:
        """To be kept. Lines and `clips` are known by their number, times are counted from the part's start."""
        number = {clip.id: index for index, clip in enumerate(part.lines)}
        facts = {
            "margins": margins_to_json(self.margins),
            "said": {style: [[number[clip], lufs] for clip, lufs in said.items()] for style, said in self.said.items()},
            "hop_s": {style: levels.seconds_per_hop for style, levels in self.levels.items()},
            "witness": self.witness.facts(clips),
        }
        arrays = {f"powers {style}": levels.powers for style, levels in self.levels.items()}
        arrays |= {f"peaks {style}": levels.peaks for style, levels in self.levels.items()}
        return packed(facts, {**arrays, **self.witness.arrays()})

    @classmethod
    def from_bytes(cls, raw: bytes, part: Part, clips: Sequence[Clip], rate_hz: int) -> Notes:
        """What `to_bytes` kept of `part`, in which `clips` can be heard. Raises ValueError or KeyError."""
        facts, arrays = unpacked(raw)
        return cls(
            margins=margins_from_json(facts["margins"], part),
            said={
                style: {part.lines[number].id: lufs for number, lufs in said} for style, said in facts["said"].items()
            },
            levels={
                style: master.Levels(arrays[f"powers {style}"], arrays[f"peaks {style}"], hop_s)
                for style, hop_s in facts["hop_s"].items()
            },
            witness=PartWitness.known(rate_hz, facts["witness"], arrays, clips),
        )


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
        named = [[style.name for style in self.listening.styles], _head(placed.head)]
        self._asks = [key("asked", made_by(), self._described(part)) for part in self.mixer.parts]
        self._heard = [key("mixed", made_by(), ask, named) for ask in self._asks]
        self._names: dict[int, str] = {}
        self._lock = Lock()

    def known(self) -> None:
        """Take from the cache what the lines of unchanged parts ask."""
        for part, name in zip(self.mixer.parts, self._asks, strict=True):
            raw = self._cache.read(name) if part.lines else None
            if raw is not None:
                self.mixer.know(part.index, asked_from_bytes(raw, part))

    def notes(self, index: int, played: Stretch | None) -> Notes:
        """What is known of a part, mixed where it must be."""
        part = self.mixer.parts[index]
        known = self.kept(index) if played is None and self._stems == "none" else None
        if known is not None:
            return known
        listened, witness = self._listened(index, played)
        mixed, levels = listened.mixed, {}
        for style, audio in listened.mixes.items():
            levels[style] = master.levels_of(audio, part.inside, self.mixer.timeline.rate_hz)
        if self._witnessed:
            core = mixed.buses.within(part.core)
            witness.push(core.beds, core.music)
        stems = dict(self.listening.stems(mixed, self._stems))
        for stem, audio in stems.items():
            self._shelf.put(_stem(stem, index), audio)
        notes = Notes(margins=mixed.margins, said=listened.said, levels=levels, witness=witness, stems=frozenset(stems))
        self._cache.write(self._asks[index], asked_to_bytes(self.mixer.ask(index)))
        if self._witnessed:
            self._cache.write(self.name(index), notes.to_bytes(part, self.mixer.stems.clips_in(part.reach)))
        return notes

    def kept(self, index: int) -> Notes | None:
        """What is known of a part without mixing it; None where that is not enough."""
        part = self.mixer.parts[index]
        if not self.mixer.knows(index):
            return None
        raw = self._cache.read(self.name(index))
        return None if raw is None else self._from_bytes(raw, part)

    def name(self, index: int) -> str:
        """What names a part's samples; what the lines around it ask must be known."""
        if index not in self._names:
            self._names[index] = key(self._heard[index], turned(self.mixer.curves(index), self.mixer.parts[index]))
        return self._names[index]

    def named(self, style: str, index: int) -> bytes:
        """What names a part's samples in a style."""
        return f"{style} {self.name(index)}".encode()

    def read(self, style: str, index: int) -> Audio:
        """A part's reach in a style; mixed again where it is not at hand."""
        found = self._shelf.get(f"{style} {index}")
        return self._listened(index, None)[0].mixes[style] if found is None else found

    def _from_bytes(self, raw: bytes, part: Part) -> Notes:
        return Notes.from_bytes(raw, part, self.mixer.stems.clips_in(part.reach), self.mixer.timeline.rate_hz)

    def _listened(self, index: int, played: Stretch | None) -> tuple[Listened, PartWitness]:
        for near in self.mixer.around(index):
            self.mixer.ask(near)
        listened = self.listening.part(self.mixer.mix(index, played))
        for style, audio in listened.mixes.items():
            self._shelf.put(f"{style} {index}", audio)
        with self._lock:
            return listened, self._tapped.pop(index)

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
) -> Mixed:
    """The whole episode in every style, beds and music turned down as far as each line's margin needs it.

    Styles for headphones are heard with the listener's own head, or with a sphere.
    """
    shelf = workshop.shelf()
    mixing = Mixing(placed, styles, stems, shelf, cache)
    mixer, parts = mixing.mixer, mixing.mixer.parts
    watch.stage("mix", placed.timeline.duration)
    mixing.known()
    witness = Witness(placed.timeline, workshop.room)
    margins: dict[str, list[LineMargin]] = {style.name: [] for style in styles}
    levels: dict[str, list[master.Levels]] = {}
    found: set[StemName] = {(bus, None) for bus in BUSES} if stems != "none" else set()
    for part, notes in zip(parts, mixer.each(mixing.notes, range(len(parts)), jobs), strict=True):
        for style in styles:
            margins[style.name] += margins_in(style, notes.margins, notes.said.get(style.name, {}))
        for name, one in notes.levels.items():
            levels.setdefault(name, []).append(one)
        found |= notes.stems
        witness.push(part.core, notes.witness)
        watch.done(part.core.end)
    return Mixed(
        parts=parts,
        mixes={
            name: Mixdown(
                parts,
                partial(mixing.read, name),
                partial(mixing.named, name),
                master.Levels.joined(each),
            )
            for name, each in levels.items()
        },
        margins={name: tuple(lines) for name, lines in margins.items()},
        stems=tuple(sorted(found, key=lambda stem: (BUSES.index(stem[0]), stem[1] is not None, stem[1]))),
        ducking=lambda: mixer.reductions,
        witness=witness,
        shelf=shelf,
        room=workshop.room,
        folder=workshop.folder,
    )


def _stem(name: StemName, index: int) -> str:
    return f"stem {name} {index}"


def _head(head: Head | None) -> str:
    """What names a listener's own head."""
    return (
        "" if head is None else sha256(repr([np.asarray(one).tobytes() for one in astuple(head)]).encode()).hexdigest()
    )


@lru_cache(maxsize=1)
def made_by() -> list[str]:
    """What mixes: our own code, and the libraries whose sums its last bits depend on."""
    folder = Path(producer.__file__).parent
    code = sha256()
    for file in sorted(folder.rglob("*.py")):
        code.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return [code.hexdigest(), np.__version__, scipy.__version__]
