"""How fast what strikes more than once follows itself."""

from __future__ import annotations

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Time from one step or strike to the next, in seconds; it may change over the sound and stray by chance."""

    first_s: float
    last_s: float
    spread: float = 0.0
    """Half-width of the even spread, as a share of the pace: `± 40 %` is 0.4."""

    @property
    def mean_s(self) -> float:
        """The time between two on the whole."""
        return (self.first_s + self.last_s) / 2.0
