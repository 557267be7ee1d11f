"""What a foley recipe is: physics with knobs, computed when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from producer.audio import Audio
from producer.frozen import dataclass
from producer.model.sound import Kind, SettingsAt


@dataclass(frozen=True, slots=True)
class Setting:
    """A knob: its resting place, its safe range, and what it does, in a designer's words."""

    default: float
    low: float
    high: float
    says: str
    unit: str = ""  # "": 0 … 1 or a plain number


@dataclass(frozen=True, slots=True)
class Made:
    """A finished hit: shape (n, 1 or 2), and the sample that lands on the cue: the impact, not the whoosh before."""

    audio: Audio
    onset: int


Hit = Callable[[Mapping[str, float], float | None, int, int], Made]
"""(settings, length in seconds or None for its own, rate in Hz, seed) -> sound.

With a length: exactly round(length * rate) samples.
"""

Ambience = Callable[[SettingsAt, int, int, int, int], Audio]
"""(settings over time, start, stop, rate in Hz, seed) -> samples [start, stop) of a bed without end, stereo.

A pure function of position: however it is cut, a sample is the same to the last bit; blocks can be made in any order.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One kind of sound. Exactly one of `hit` and `ambience` is given."""

    name: str
    kind: Kind
    says: str
    settings: Mapping[str, Setting]
    hit: Hit | None = None
    ambience: Ambience | None = None
    sustains: bool = False
    """A hit that can be made for any length (friction, an alarm), not only its own."""

    def filled(self, given: Mapping[str, float]) -> dict[str, float]:
        """Every setting: as given, else its default. Names and ranges were checked when the pack was read."""
        return {name: float(given.get(name, setting.default)) for name, setting in self.settings.items()}
