"""How much room tone goes under a programme."""

from __future__ import annotations

from producer import master
from producer.levels import Levels
from producer.model.profile import Profile
from producer.tone import Tone, rms
from producer.units import gain


def tone_under(levels: Levels, profile: Profile) -> Tone | None:
    """Room tone at the profile's level, for a mix of these levels; None where the profile asks for none.

    It is mixed in before the master: what the first plan will turn up is turned down here.
    """
    if profile.tone_db is None:
        return None
    level = gain(profile.tone_db - master.first_plan(levels, profile).gain_db)
    return Tone(level / rms(profile.rate_hz, profile.channels))
