"""One state of an episode, ready to be heard from any moment: as a WAV that is made where it is listened to.

It is mixed in short parts, so that the first second after a save costs little, with the gain and the limiter that the
finished file has. A selection leaves buses, or names on them, out; what is left sounds as it does in the whole: beds
make way for a voice that is muted, too. Parts that sound as they did in another state are not made again.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from threading import Lock

import numpy as np

from producer import master
from producer.audio import Audio, as_stereo
from producer.cache import Cache, key
from producer.frozen import dataclass
from producer.made_by import made_by_program
from producer.mix.asking import asked_from_bytes, asked_to_bytes
from producer.mix.buses import added, silent
from producer.mix.describe import described, turned
from producer.mix.mixer import Mixed, Mixer
from producer.mix.stems import BUS_STEMS, Stretch
from producer.model.mixes import BUSES, BusName
from producer.production import Placed
from producer.toned import tone_for

PART_HOPS = 691
"""How long a part is: 6 s at 44.1 kHz. A saved change is heard after one of them is made."""
HEADER = 44
_FRAME = 4  # bytes: two channels of 16 bits
_KEPT_BYTES = 192 << 20
_MOST_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class Selection:
    """What is heard. Names are a bus (`beds`), or what is on it (`speech/ada`)."""

    mute: frozenset[str] = frozenset()
    solo: frozenset[str] = frozenset()

    def hears(self, bus: BusName, name: str) -> bool:
        """Whether `name` on `bus` is heard: nothing that is muted, and with a solo nothing else."""
        own = {bus, f"{bus}/{name}"}
        return not own & self.mute and (not self.solo or bool(own & self.solo))

    @property
    def everything(self) -> bool:
        return not self.mute and not self.solo


class Kept:
    """Finished parts of every state, the latest used; from any thread."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most, self._size, self._lock = most_bytes, 0, Lock()
        self._parts: OrderedDict[str, bytes] = OrderedDict()
        self._called: dict[str, str] = {}

    def called(self, name: str) -> bytes | None:
        """What was kept under another name that `name` was said to be."""
        with self._lock:
            own = self._called.get(name)
        return None if own is None else self.get(own)

    def call(self, name: str, own: str) -> None:
        """Say that `name` is what is kept as `own`."""
        with self._lock:
            if len(self._called) > _MOST_NAMES:
                self._called.clear()
            self._called[name] = own

    def get(self, name: str) -> bytes | None:
        """What was kept as `name`."""
        with self._lock:
            if name in self._parts:
                self._parts.move_to_end(name)
            return self._parts.get(name)

    def put(self, name: str, raw: bytes) -> None:
        """Keep it, and let go of what was longest not asked for."""
        with self._lock:
            if name in self._parts:
                return
            self._parts[name] = raw
            self._size += len(raw)
            while self._size > self._most and len(self._parts) > 1:
                _, gone = self._parts.popitem(last=False)
                self._size -= len(gone)


class Desk:
    """An episode at one moment of its making.

    Args:
        plan: the gain and the ceiling of its master.
        kept: shared by all desks.
    """

    def __init__(self, placed: Placed, plan: master.Plan, cache: Cache, kept: Kept) -> None:
        self.placed, self.plan = placed, plan
        self._cache, self._kept, self._lock = cache, kept, Lock()
        self._tone = tone_for(plan, placed.profile)
        self.mixer = Mixer(
            placed.timeline,
            placed.script,
            placed.takes,
            placed.palette,
            impulses=placed.impulses,
            part_hops=PART_HOPS,
        )
        self._described = [
            described(
                part,
                self.mixer.stems,
                placed.timeline,
                placed.script,
                lambda line, voice: placed.takes[line, voice].digest,
                placed.palette.identity,
            )
            for part in self.mixer.parts
        ]

    @property
    def size(self) -> int:
        """Bytes of the WAV."""
        return HEADER + _FRAME * int(self.placed.timeline.duration)

    @property
    def sound(self) -> str:
        """Names what it sounds like."""
        return key(b"".join(self._described), self.plan.gain_db, self.plan.ceiling_dbtp)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Who and what is heard on each bus."""
        found = {bus: self.mixer.stems.names(BUS_STEMS[bus]) for bus in BUSES}
        return {bus: names for bus, names in found.items() if names}

    def piece(self, selection: Selection, begin: int, end: int) -> bytes:
        """The WAV's bytes from `begin` on, at most to before `end`, as far as they are in one part: at least one."""
        if begin < HEADER:
            return self._header()[begin : min(end, HEADER)]
        index = self.index((begin - HEADER) // _FRAME)
        first = HEADER + _FRAME * int(self.mixer.parts[index].core.start)
        return self.part(index, selection)[begin - first : end - first]

    def seconds(self, byte: int) -> float:
        """The moment that a byte of the WAV belongs to."""
        return max(0, byte - HEADER) / _FRAME / self.placed.timeline.rate_hz

    def seconds_at(self, index: int) -> float:
        """Where a part begins."""
        return int(self.mixer.parts[index].core.start) / self.placed.timeline.rate_hz

    def index(self, frame: int) -> int:
        """The part that a frame is in."""
        low, high = 0, len(self.mixer.parts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.mixer.parts[middle].core.start <= frame else (low, middle)
        return low

    def part(self, index: int, selection: Selection) -> bytes:
        """A part's own samples, mastered, as 16 bits."""
        around = [self._described[near] for near in self.mixer.around(index)]
        quick = key(*around, index - self.mixer.around(index).start, self._heard(index, selection))
        known = self._kept.called(quick)
        if known is not None:  # all around it is as it was, so nothing need be asked
            return known
        with self._lock:  # two who want the same do not make it twice
            played = None
            for near in self.mixer.around(index):
                played = self._ask(near, keep=near == index) or played
            name = self._name(index, selection)
            made = self._kept.get(name)
            if made is None:
                made = self._made(index, selection, played)
                self._kept.put(name, made)
            self._kept.call(quick, name)
        return made

    def ask(self, index: int) -> bool:
        """Find out what the lines of a part ask of what lies under them; kept from one studio to the next.

        Whether anything was to be done for it.
        """
        with self._lock:
            known = self.mixer.is_asked(index)
            self._ask(index, keep=False)
        return not known

    def _ask(self, index: int, *, keep: bool) -> Stretch | None:
        """As `ask`; what was played for it, where that is to be kept and anything was."""
        if self.mixer.is_asked(index):
            return None
        part = self.mixer.parts[index]
        if not part.lines:
            self.mixer.know(index, ())
            return None
        name = key("studio asked", made_by_program(), self._described[index])
        raw = self._cache.read(name)
        if raw is not None:
            self.mixer.know(index, asked_from_bytes(raw, part))
            return None
        played = self.mixer.play(index)
        self._cache.write(name, asked_to_bytes(self.mixer.ask(index, played)))
        return played if keep else None

    def _name(self, index: int, selection: Selection) -> str:
        part = self.mixer.parts[index]
        return key(self._described[index], turned(self.mixer.curves(index), part), self._heard(index, selection))

    def _heard(self, index: int, selection: Selection) -> list[object]:
        tone = "" if self._tone is None else self._tone.name(self.mixer.parts[index].reach.start).decode()
        return [sorted(selection.mute), sorted(selection.solo), self.plan.gain_db, self.plan.ceiling_dbtp, tone]

    def _made(self, index: int, selection: Selection, played: Stretch | None) -> bytes:
        part = self.mixer.parts[index]
        mixed = self.mixer.mix(index, played)
        audio = mixed.buses.sum() if selection.everything else self._chosen(mixed, selection)
        if self._tone is not None:
            audio = self._tone.over(audio, part.reach.start, self.placed.timeline.rate_hz)
        finished = master.mastered(np.array(audio), self.plan, self.placed.profile)[part.inside.start : part.inside.end]
        finished = as_stereo(finished)  # whatever the profile's file has: the header says two channels
        return np.round(np.clip(finished, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

    def _chosen(self, mixed: Mixed, selection: Selection) -> Audio:
        heard: list[Audio] = []
        for bus in BUSES:
            names = self.names.get(bus, ())
            chosen = [name for name in names if selection.hears(bus, name)]
            if len(chosen) == len(names):
                heard.append(getattr(mixed.buses, bus))
                continue
            made = (self.mixer.named(bus, name, mixed) for name in chosen)
            heard += [audio for audio in made if audio is not None]
        return added(heard) if heard else silent(mixed.part.reach.length)

    def _header(self) -> bytes:
        rate_hz, data = self.placed.timeline.rate_hz, self.size - HEADER
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, rate_hz, rate_hz * _FRAME, _FRAME, 16)
        return b"RIFF" + struct.pack("<I", data + 36) + b"WAVE" + form + b"data" + struct.pack("<I", data)
