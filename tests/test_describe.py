"""What names a part's samples: all of a clip that is heard, and nothing that is not."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from producer.errors import Place
from producer.mix.describe import _alone
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, ClipWord, Part, Ramp
from producer.units import Samples, Span

SCENES = {"one": 0, "two": 1}
CLIP = Clip(
    id="a",
    kind="sound",
    name="boots",
    scene="one",
    span=Span(Samples(100), Samples(900)),
    place=Place("a.yaml", 1, 1),
    hit=Samples(120),
    level=Ramp(((100, -3.0), (500, -6.0))),
    pan=Ramp.still(0.0),
    distance=Ramp.still(1.0),
    cut=Span(Samples(700), Samples(800)),
    parts=(Part(start=Samples(100), length=Samples(50), hit=Samples(120), sound=SoundRef(role="boots")),),
    rides={"speed": Ramp.still(0.5)},
)
OTHERS: dict[str, Any] = {
    "kind": "bed",
    "name": "heels",
    "scene": "two",
    "span": Span(Samples(100), Samples(901)),
    "level": Ramp(((100, -3.0), (501, -6.0))),
    "pan": Ramp.still(1.0),
    "distance": Ramp.still(2.0),
    "width": Ramp.still(50.0),
    "room": "hall",
    "through": ("hall",),
    "treat": "telephone",
    "fade_in": Samples(1),
    "fade_out": Samples(1),
    "cut": None,
    "parts": (replace(CLIP.parts[0], gain_db=0.5),),
    "voice": 1,
    "bed_seed": "b",
    "bed_settings": (("speed", 0.5),),
    "rides": {"speed": Ramp.still(0.6)},
    "pitch_cents": 100.0,
    "speed": 1.1,
    "loop": False,
    "duck": True,
    "strikes": True,
}
UNHEARD: dict[str, Any] = {
    "id": "b",
    "place": Place("b.yaml", 2, 2),
    "hit": Samples(121),
    "text": "Who is there?",
    "words": (ClipWord("Who", Samples(100), Samples(200)),),
    "line": "line-1",
    "source": {"pack": "ruins"},
}


def test_here_is_every_field_of_a_clip() -> None:
    assert {one.name for one in fields(Clip)} == OTHERS.keys() | UNHEARD.keys()
    assert not OTHERS.keys() & UNHEARD.keys()


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_heard_of_a_clip_is_told(name: str) -> None:
    assert repr(_alone(replace(CLIP, **{name: OTHERS[name]}), SCENES, 0)) != repr(_alone(CLIP, SCENES, 0))


@pytest.mark.parametrize("name", UNHEARD)
def test_what_is_not_heard_is_not(name: str) -> None:
    assert repr(_alone(replace(CLIP, **{name: UNHEARD[name]}), SCENES, 0)) == repr(_alone(CLIP, SCENES, 0))


@pytest.mark.parametrize(
    "part",
    [
        replace(CLIP.parts[0], start=Samples(101)),
        replace(CLIP.parts[0], length=Samples(51)),
        replace(CLIP.parts[0], skip=Samples(1)),
        replace(CLIP.parts[0], hit=Samples(121)),
        replace(CLIP.parts[0], phrase=1),
        replace(CLIP.parts[0], sound=SoundRef(role="boots", member=1)),
    ],
)
def test_so_is_what_is_heard_of_its_parts(part: Part) -> None:
    assert repr(_alone(replace(CLIP, parts=(part,)), SCENES, 0)) != repr(_alone(CLIP, SCENES, 0))


def test_a_clip_is_the_same_wherever_its_part_stands() -> None:
    moved = CLIP.shifted(46_080)
    assert repr(_alone(moved, SCENES, -46_080)) == repr(_alone(CLIP, SCENES, 0))
    assert repr(_alone(moved, SCENES, 0)) != repr(_alone(CLIP, SCENES, 0))
