"""Room tone under a programme, for who takes no digital silence: the pauses of a narration sound like a room.

It is the sound of our own foley (`room_tone`), a function of the place in the programme; it is there throughout, so
that it neither begins nor ends.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from producer.audio import Audio, as_mono
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.model import chance
from producer.sounds.making import steady

_MEASURED_S = 20
_SEED = chance.seed("room tone under a programme")


@dataclass(frozen=True, slots=True)
class Tone:
    """Room tone, so many times as high as the recipe makes it."""

    level: float

    def over(self, audio: Audio, start: int, rate_hz: int) -> Audio:
        """`audio`, from sample `start` of the programme on, shape (n, 2), with the tone under it."""
        return audio + np.float32(self.level) * _made(start, start + len(audio), rate_hz)

    def name(self, start: int) -> bytes:
        """What names it from sample `start` of the programme on."""
        return f"over room tone {self.level!r} from {start}".encode()


@lru_cache(maxsize=8)
def rms(rate_hz: int, channels: int) -> float:
    """Of the tone as the recipe makes it, in as many channels."""
    tone = _made(0, _MEASURED_S * rate_hz, rate_hz)
    return float(np.sqrt(np.square((as_mono(tone) if channels == 1 else tone).astype(float)).mean()))


def _made(start: int, stop: int, rate_hz: int) -> Audio:
    recipe = RECIPES["room_tone"]
    assert recipe.ambience is not None
    return recipe.ambience(steady(recipe.filled({})), start, stop, rate_hz, _SEED)
