"""Room tone under a programme, for who takes no digital silence: the pauses of a narration sound like a room.

It is the sound of our own foley (`room_tone`), a function of the place in the programme; it is there throughout, so
that it neither begins nor ends.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from producer import master
from producer.audio import Audio, as_mono
from producer.foley import RECIPES
from producer.mixing import Mixdown
from producer.model import chance
from producer.model.profile import Profile
from producer.sounds.making import steady
from producer.units import gain

_MEASURED_S = 20
_SEED = chance.seed("room tone under a programme")


def toned(mix: Mixdown, profile: Profile) -> Mixdown:
    """The mix over room tone at the profile's level; without one, the mix itself.

    The tone is mixed in before the master: what the first plan will turn up is turned down here.
    """
    if profile.tone_db is None:
        return mix
    level = gain(profile.tone_db - master.first_plan(mix.levels, profile).gain_db) / _rms(
        profile.rate_hz, profile.channels
    )
    return replace(mix, read=partial(_read, mix, profile.rate_hz, level), name=partial(_name, mix, level))


def _read(mix: Mixdown, rate_hz: int, level: float, index: int) -> Audio:
    reach = mix.parts[index].reach
    return mix.read(index) + np.float32(level) * _tone(reach.start, reach.end, rate_hz)


def _name(mix: Mixdown, level: float, index: int) -> bytes:
    return mix.name(index) + f"over room tone {level!r} from {mix.parts[index].reach.start}".encode()


def _tone(start: int, stop: int, rate_hz: int) -> Audio:
    recipe = RECIPES["room_tone"]
    assert recipe.ambience is not None
    return recipe.ambience(steady(recipe.filled({})), start, stop, rate_hz, _SEED)


@lru_cache(maxsize=8)
def _rms(rate_hz: int, channels: int) -> float:
    """Of the tone as it is computed, in as many channels."""
    tone = _tone(0, _MEASURED_S * rate_hz, rate_hz)
    return float(np.sqrt(np.square((as_mono(tone) if channels == 1 else tone).astype(float)).mean()))
