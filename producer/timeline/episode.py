"""What every rule of the timeline reads: the script, its takes and its sounds, and where things stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any, TypeVar

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.room import PRESETS
from producer.model.script import Bed, Cue, Effect, Hear, Line, Script, VoiceUse
from producer.model.sound import Palette, Sound
from producer.model.treatment import NAMED
from producer.model.voice import Take
from producer.timeline.running_order import Entry, RunningOrder
from producer.units import to_samples

Told = TypeVar("Told")

CLICK_S = Fraction(1, 50)
"""Long enough that nothing clicks, short enough to be heard as at once (a cut, a bed that starts or stops)."""
TRIM_S = Fraction(1, 20)
"""Fade of a sound that `for` or `until` ends before it has rung out."""
LONGEST_TAIL_S = 8.0
"""As much echo as an episode waits for after its last sound."""
SHORT_ECHO_S = 2.0
"""What rings no longer ends by itself, as softly as one hears."""
TAIL_FADE_S = 0.5
"""What still rings at the very end, fades over this."""


_ALL = -1


@dataclass(frozen=True)
class Episode:
    """The values that were handed over, and the running order made of them."""

    script: Script
    takes: Mapping[tuple[str, int], Take]
    palette: Palette
    order: RunningOrder
    begins: int = 0
    """The first sample that may sound: the end of the profile's head."""
    grid: int = 1
    """Scenes after the first begin on multiples of so many samples, counted from the episode's beginning."""
    room_before: int = 0
    """The first scene begins, in whole grids, so many samples later: this is a part of an episode (`timeline.near`)."""
    spoken_before: bool = False
    """Speech last moved the playhead before the first scene of such a part."""
    _told: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    _strikes: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def rate_hz(self) -> int:
        return self.palette.rate_hz

    def samples(self, seconds: Fraction | float) -> int:
        """Seconds as samples."""
        return to_samples(seconds if isinstance(seconds, Fraction) else Fraction(seconds), self.rate_hz)

    def entry(self, index: int) -> Entry:
        return self.order.entries[index]

    def room(self, entry: Entry, room: str) -> str:
        """The room that is meant: the scene's where none is named."""
        return room or self.script.scenes[entry.scene].room

    def sound(self, role: str) -> Sound:
        """What fills `role`."""
        return self.told(("sound", role), lambda: self.palette.sound(role))

    def told(self, name: tuple[object, ...], make: Callable[[], Told]) -> Told:
        """What `make` gives, which depends on nothing but `name` and the episode; made once."""
        found = self._told.get(name)
        if found is None:
            found = self._told[name] = make()
        return found

    def struck(self, index: int, count: int) -> int:
        """Notes how often the sound of an entry strikes; how often all that are known strike together."""
        self._strikes[_ALL] = self._strikes.get(_ALL, 0) + count - self._strikes.get(index, 0)
        self._strikes[index] = count
        return self._strikes[_ALL]

    def echo(self, *rooms: str, treat: str = "none") -> int:
        """Samples for which a sound is still heard in `rooms`, and in its treatment, after its end (RT60)."""
        return self.told(("echo", rooms, treat), lambda: self._echo(rooms, treat))

    def _echo(self, rooms: tuple[str, ...], treat: str) -> int:
        return self.samples(max([0.0, *(_decay_s(self.script, room) for room in rooms), *_halls_s(self.script, treat)]))

    def clock(self, sample: int) -> str:
        """A sample, or a number of them, as people write it."""
        return clock(sample, self.rate_hz)

    def called(self, entry: Entry) -> str:
        """An entry as a message names it: `'gull' (line 12)`."""
        item = entry.item
        name = getattr(item, "role", "") or getattr(item, "name", "") or item.id
        return f"'{name}' ({where(item.place, self.script.file)})"


def longest_echo_s(script: Script) -> float:
    """For how long at most anything in a script echoes (RT60): in its rooms, or in its treatments."""
    halls = (decay for treat in _treats(script) for decay in _halls_s(script, treat))
    return max([0.0, *(_decay_s(script, room) for room in script.rooms), *halls])


def _treats(script: Script) -> set[str]:
    """Every treatment that is put on something."""
    found = {scene.hear for scene in script.scenes}
    for item in (item for scene in script.scenes for item in scene.items):
        of = (*item.voices, *item.cues) if isinstance(item, Line) else (item,)
        found |= {one.treat for one in of if isinstance(one, VoiceUse | Cue | Bed | Hear)}
    return found


def _halls_s(script: Script, treat: str) -> list[float]:
    effects: tuple[Effect, ...] = script.treatments.get(treat, NAMED.get(treat, ()))
    return [float(effect.value) for effect in effects if effect.name == "reverb"]


def _decay_s(script: Script, room: str) -> float:
    named = script.rooms.get(room)
    if named and named.decay_s is not None:
        return named.decay_s
    preset = PRESETS.get(named.preset if named else room)
    return preset.decay_s if preset else 0.0


def where(place: Place, file: str) -> str:
    """`line 12`, with the file when it is another one."""
    line = f"line {place.line}"
    return line if place.file == file else f"{place.file}, {line}"


def clock(sample: int, rate_hz: int) -> str:
    """A sample as people write it, with hours once there are any.

    >>> clock(62350, 1000)
    '1:02.350'
    """
    seconds, milliseconds = divmod(round(sample * 1000 / rate_hz), 1000)
    minutes, seconds = divmod(seconds, 60)
    shown = f"{minutes % 60:02}" if minutes >= 60 else f"{minutes}"
    return f"{minutes // 60}:" * (minutes >= 60) + f"{shown}:{seconds:02}.{milliseconds:03}"
