"""Each pack that ships is audibly its own world: a listener who hears a role tells in which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.audio import Audio
from producer.cache import Cache
from producer.foley import RECIPES
from producer.model.sound import SoundRef
from producer.sounds.find import load_packs
from producer.sounds.pack import FoleySource
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


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, PackPalette]]:
    """Each pack that ships, by its name."""
    with Cache(tmp_path_factory.mktemp("worlds")) as kept:
        yield {
            world: palette(load_packs([world], (FOLDER / "sfx",), recipes=RECIPES), RATE_HZ, kept, RECIPES, "worlds")
            for world in WORLDS
        }


@pytest.fixture(scope="module")
def roles() -> list[str]:
    return sorted(load_packs(["ruins"], (FOLDER / "sfx",), recipes=RECIPES).listed[0].sounds)


@pytest.fixture(scope="module")
def heard(worlds: dict[str, PackPalette], roles: list[str]) -> NDArray[np.float64]:
    """What a listener notes of every take, shape (roles, worlds, takes, features)."""
    return np.array(
        [[[features(take) for take in takes(worlds[world], role)] for world in WORLDS] for role in roles], float
    )


def test_a_listener_tells_the_worlds_apart_by_any_of_their_sounds(heard: NDArray[np.float64], roles: list[str]) -> None:
    wrong = taken_for_another(heard, roles)
    asked = len(WORLDS) * TAKES
    assert sum(wrong.values()) <= 0.05 * asked * len(roles), wrong.most_common(12)
    assert max(wrong.values()) <= asked // 3, wrong.most_common(12)  # a throat held shut is one in any world


def test_within_a_world_no_sound_is_mostly_taken_for_another(heard: NDArray[np.float64], roles: list[str]) -> None:
    for number, world in enumerate(WORLDS):
        wrong: Counter[str] = Counter()
        for known, asked in (KNOWN, KNOWN[::-1]):
            names = [role for role in roles for _ in known]
            said = Nearest(heard[:, number, known].reshape(len(names), -1), names).name(
                heard[:, number, asked].reshape(len(names), -1)
            )
            wrong.update(f"{role} for {one}" for role, one in zip(names, said, strict=True) if role != one)
        assert max(wrong.values(), default=0) <= TAKES // 2, (world, wrong.most_common(6))


def test_a_sound_lasts_about_as_long_in_every_world(worlds: dict[str, PackPalette], roles: list[str]) -> None:
    for role in roles:
        if worlds["ruins"].sound(role).kind == "bed" or role == "clock":  # one of them says tick, tock
            continue
        lengths_s = [len(sounds.audio(SoundRef(role=role))) / RATE_HZ for sounds in worlds.values()]
        assert max(lengths_s) < 4.0 * min(lengths_s), (role, lengths_s)


def test_what_cracks_and_breaks_in_winter_is_ice() -> None:
    sounds = load_packs(["winter"], (FOLDER / "sfx",), recipes=RECIPES).listed[0].sounds.values()
    sources = {layer.source for sound in sounds for member in sound.members for layer in member.layers}
    broken = [one for one in sources if isinstance(one, FoleySource) and one.recipe in ("crack", "shatter")]
    assert broken
    assert all(dict(one.settings).get("ice") == 1.0 for one in broken)


def over(audio: Audio, hz: float) -> float:
    """The share of a sound's power over `hz`."""
    power = np.square(np.abs(np.fft.rfft(audio.mean(axis=1))))
    return float(power[round(hz * len(audio) / RATE_HZ) :].sum() / power.sum())


def test_winter_is_as_its_titles_say(worlds: dict[str, PackPalette]) -> None:
    def made(role: str, world: str = "winter") -> list[Audio]:
        return [worlds[world].audio(SoundRef(role=role, member=number)) for number in range(TAKES)]

    # A mitten knocks: softer than knuckles do.
    bright = {world: np.mean([over(one, 1_500.0) for one in made("knock", world)]) for world in WORLDS}
    assert bright["winter"] < bright["ruins"] < bright["works"]
    # A fingernail on ice: it hardly rings.
    assert max(map(len, made("glass_tick"))) < 0.7 * min(len(one) for one in made("glass_tick", "ruins"))
    # A coat that is stiff throws no air.
    assert max(1.0 - over(one, 80.0) for one in made("cloth")) < 0.01
    # An avalanche is heard on small loudspeakers, too.
    assert min(over(one, 200.0) for one in made("thunder")) > 0.01
    # Who gasps trembles; the breath does not stop ten times a second.
    for one in made("gasp"):
        middle = np.square(one[len(one) // 3 : -len(one) // 4, 0])
        power = np.convolve(middle, np.ones(960) / 960, "valid")
        assert power.min() > 0.02 * power.max()


def test_no_tock_of_a_clock_falls_on_its_next_tick(worlds: dict[str, PackPalette]) -> None:
    for world, sounds in worlds.items():
        pace = sounds.sound("clock").pace
        assert pace is not None
        wave = np.abs(sounds.audio(SoundRef(role="clock"))).max(axis=1)
        next_tick = wave[round((pace.first_s - 0.1) * RATE_HZ) : round((pace.first_s + 0.1) * RATE_HZ)]
        assert next_tick.max(initial=0.0) < 0.1 * wave.max(), world


@pytest.mark.parametrize("world", WORLDS)
def test_a_gun_that_skids_away_comes_to_rest(worlds: dict[str, PackPalette], world: str) -> None:
    def power(stretch: Audio) -> float:
        return float(np.square(stretch).mean())

    for number in range(TAKES):
        heard = worlds[world].audio(SoundRef(role="gun_clatter", member=number))
        skids, ends = heard[round(0.6 * RATE_HZ) : round(0.75 * RATE_HZ)], heard[-round(0.3 * RATE_HZ) :]
        assert power(ends[: RATE_HZ // 8]) < 0.2 * power(skids)  # they were alike: it stopped at full speed
