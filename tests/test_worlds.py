"""Each pack that ships is audibly its own world: a listener who hears a role tells in which."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.cache import Cache
from producer.foley import RECIPES
from producer.model.sound import SoundRef
from producer.sounds.find import load_packs
from producer.sounds.palette import PackPalette, palette
from tests.listening import RATE_HZ, Nearest, features
from tests.recipe_helpers import SILENT

FOLDER = Path(__file__).parent.parent
WORLDS = ("ruins", "winter", "works")
TAKES = 4
KNOWN = ([0, 1], [2, 3])  # the ones are known and the others asked for, then the other way round


def takes(sounds: PackPalette, role: str) -> list[Audio]:
    """Four takes of a role: variations of its pool, or stretches of a bed that something is heard in."""
    sound = sounds.sound(role)
    if sound.kind != "bed":
        return [sounds.audio(SoundRef(role=role, member=number)) for number in range(TAKES)]
    bed, length = sounds.bed(role, "worlds"), 4 * RATE_HZ
    heard: list[Audio] = []
    start = 0
    while len(heard) < TAKES:
        stretch = bed.read(start, start + length)
        start += 5 * length
        if np.abs(stretch).max() > SILENT:
            heard.append(stretch)
    return heard


def taken_for_another(sounds: NDArray[np.float64], roles: list[str]) -> Counter[str]:
    """How often a take of each role is taken for the same role in another world.

    A listener who knows half of the takes names each of the other half; what is asked is only of which world it is.

    Args:
        sounds: shape (roles, worlds, takes, features).
    """
    wrong = Counter(dict.fromkeys(roles, 0))
    for known, asked in (KNOWN, KNOWN[::-1]):
        names = [f"{role}/{world}" for role in roles for world in WORLDS for _ in known]
        listener = Nearest(sounds[:, :, known].reshape(len(names), -1), names)
        for number, role in enumerate(roles):
            said = listener.name(
                sounds[number][:, asked].reshape(-1, sounds.shape[3]), tuple(f"{role}/{w}" for w in WORLDS)
            )
            meant = [f"{role}/{world}" for world in WORLDS for _ in asked]
            wrong[role] += sum(one != other for one, other in zip(said, meant, strict=True))
    return wrong


def test_a_listener_tells_the_worlds_apart_by_any_of_their_sounds(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        heard = {
            world: palette(load_packs([world], (FOLDER / "sfx",), recipes=RECIPES), RATE_HZ, kept, RECIPES, "worlds")
            for world in WORLDS
        }
        roles = sorted(load_packs(["ruins"], (FOLDER / "sfx",), recipes=RECIPES).listed[0].sounds)
        found = np.array(
            [[[features(take) for take in takes(heard[world], role)] for world in WORLDS] for role in roles], float
        )
    wrong = taken_for_another(found, roles)
    asked = len(WORLDS) * TAKES
    assert sum(wrong.values()) <= 0.05 * asked * len(roles), wrong.most_common(12)
    assert max(wrong.values()) <= asked // 3, wrong.most_common(12)  # a throat held shut is one in any world


def test_no_tock_of_a_clock_falls_on_its_next_tick(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        for world in WORLDS:
            sounds = palette(load_packs([world], (FOLDER / "sfx",), recipes=RECIPES), RATE_HZ, kept, RECIPES, "worlds")
            pace = sounds.sound("clock").pace
            assert pace is not None
            wave = np.abs(sounds.audio(SoundRef(role="clock"))).max(axis=1)
            next_tick = wave[round((pace.first_s - 0.1) * RATE_HZ) : round((pace.first_s + 0.1) * RATE_HZ)]
            assert next_tick.max(initial=0.0) < 0.1 * wave.max(), world
