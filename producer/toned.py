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
    return None if profile.tone_db is None else tone_for(master.first_plan(levels, profile), profile)


def tone_for(plan: master.Plan, profile: Profile) -> Tone | None:
    """Room tone that comes out at the profile's level when `plan` has turned it up; None where none is asked for."""
    if profile.tone_db is None:
        return None
    return Tone(gain(profile.tone_db - plan.gain_db) / rms(profile.rate_hz, profile.channels))
