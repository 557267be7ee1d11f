"""A catalogue of sounds and a whole script, for the tests of the script's reader."""

from __future__ import annotations

from producer.model.pace import Pace
from producer.model.script import Script
from producer.model.sound import Catalogue, Sound
from producer.script import read, resolve

FILE = "script/lamp.yaml"


def sound(role: str, kind: str = "hit", *, members: int = 1, **settings: tuple[float, float]) -> Sound:
    pace = Pace(0.6, 0.6) if kind == "steps" else None
    return Sound(
        role=role,
        pack="harbour",
        title=role.replace("_", " "),
        kind=kind,  # type: ignore[arg-type]
        weights=(1.0,) * members,
        pace=pace,
        settings=settings,
    )


SOUNDS = (
    sound("sea", "bed"),
    sound("room_tone", "bed"),
    sound("wind", "bed", strength=(0.0, 1.0), gusts=(0.0, 1.0)),
    sound("theme", "stinger"),
    sound("gull", members=3),
    sound("rope_creak"),
    sound("door_latch"),
    sound("glass_tick"),
    sound("knock", members=2),
    sound("drip"),
    sound("boots_on_stone", "steps", members=4),
)
CATALOGUE = Catalogue(
    sounds={one.role: one for one in SOUNDS},
    elsewhere={"squall": ("storm",), "rain_on_tin": ("storm", "winter")},
    packs=("harbour", "weather", "storm", "winter"),
    voices=frozenset({"en-gb", "en-us", "de"}),
    variants=frozenset({"f3", "m2"}),
)


def resolved(text: str, catalogue: Catalogue = CATALOGUE, file: str = FILE) -> Script:
    return resolve(read(text, file), catalogue)


def played(items: str, **top: str) -> Script:
    """The script whose one scene plays `items` (indented by nothing)."""
    return resolved(around(items, **top))


def around(items: str, **top: str) -> str:
    """A script with one scene around `items`."""
    head = "".join(f"{key}: {value}\n" for key, value in top.items())
    play = "".join(f"      {line}\n" if line else "\n" for line in items.strip("\n").split("\n"))
    cast = "cast:\n  ann: {voice: en-gb}\n  ben: {voice: en-us, rate: 140 wpm}\n  both: {together: [ann, ben]}\n"
    return f"title: Test\n{head}{cast}scenes:\n  - title: One\n    room: open air\n    play:\n{play}"
