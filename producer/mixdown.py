"""One mix of an episode as its master takes it: part by part, ridden and toned where it is, and how loud it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.frozen import dataclass
from producer.levels import Levels
from producer.mix.mixer import Mixer
from producer.mix.night import Ride
from producer.mix.parts import Part
from producer.model.timeline import Timeline
from producer.tone import Tone


class Mixes(Protocol):
    """Every mix of an episode (`mixing.Mixing`)."""

    mixer: Mixer

    @property
    def folder(self) -> Path:
        """For what has to wait on disk."""
        ...

    def read(self, style: str, index: int) -> Audio:
        """A part's reach in a style."""
        ...

    def name(self, index: int) -> str:
        """What names a part's samples."""
        ...


@dataclass(frozen=True, slots=True)
class Programme:
    """One mix before its master, part by part."""

    mixing: Mixes
    style: str
    ride: Ride | None = None
    """How the mix called `style` is ridden."""
    tone: Tone | None = None
    """What is under it."""

    @property
    def parts(self) -> Sequence[Part]:
        return self.mixing.mixer.parts

    @property
    def timeline(self) -> Timeline:
        return self.mixing.mixer.timeline

    @property
    def samples(self) -> int:
        return self.parts[-1].core.end

    def read(self, index: int) -> Audio:
        """The reach of a part, by its number, shape (reach, 2), for the caller alone."""
        audio = self.mixing.read(self.style, index)
        if self.ride is not None:
            audio = audio * self._gains(self.ride, index)[:, None]
        if self.tone is not None:
            audio = self.tone.over(audio, self.parts[index].reach.start, self.timeline.rate_hz)
        return audio

    def name(self, index: int) -> bytes:
        """What names the samples of a part's reach."""
        name = f"{self.style} {self.mixing.name(index)}".encode()
        if self.ride is not None:
            name += self._gains(self.ride, index).tobytes()
        if self.tone is not None:
            name += self.tone.name(self.parts[index].reach.start)
        return name

    def _gains(self, ride: Ride, index: int) -> NDArray[np.float32]:
        reach = self.parts[index].reach
        return ride.gains(reach.start, reach.end)


@dataclass(frozen=True, slots=True)
class Mixdown:
    """One mix before its master, and how loud it is."""

    programme: Programme
    levels: Levels
