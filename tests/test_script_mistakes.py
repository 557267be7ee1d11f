"""One mistake gives one message at its place, in a producer's words; many give many, in reading order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from producer.errors import ScriptError
from tests.script_helpers import CATALOGUE, around, resolved

FOLDER = Path(__file__).parent / "mistakes"
SINGLE = sorted(FOLDER.glob("[0-9][0-9]_*.yaml"))


def problems(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        resolved(text, replace(CATALOGUE, missing_packs=("weathre",) if "weathre" in text else ()))
    return [f"{problem.at.line}:{problem.at.column}: {problem.what}" for problem in caught.value.problems]


@pytest.mark.parametrize("script", SINGLE, ids=[path.stem for path in SINGLE])
def test_one_mistake_is_one_message_at_its_place(script: Path) -> None:
    assert problems(script.read_text("utf-8")) == script.with_suffix(".txt").read_text("utf-8").splitlines()


WELL_SPELT = """\
title: The Last Lamp
packs: [harbour]
cast:
  keeper: {voice: en-us+f3}
scenes:
  - title: The quay
    room: open air
    play:
      - bed: sea
      - id: asks
        keeper: Who is there?
      - sound: door_latch at end of asks
"""


@pytest.mark.parametrize(
    ("key", "misspelt", "message"),
    [
        ("title: The L", "titel: The L", "1:1: a script has no 'titel'; did you mean 'title'?"),
        ("packs:", "pack:", "2:1: a script has no 'pack'; did you mean 'packs'?"),
        ("cast:", "casts:", "3:1: a script has no 'casts'; did you mean 'cast'?"),
        ("voice:", "voise:", "4:12: 'keeper' has no 'voise'; did you mean 'voice'?"),
        ("scenes:", "scene:", "5:1: a script has no 'scene'; did you mean 'scenes'?"),
        ("room:", "rom:", "7:5: a scene has no 'rom'; did you mean 'room'?"),
        ("play:", "plays:", "8:5: a scene has no 'plays'; did you mean 'play'?"),
        ("id:", "ids:", "10:9: a speech has no 'ids'; did you mean 'id'?"),
        ("at end of asks", "levle 12 dB", "12:27: a sound has no 'levle'; did you mean 'level'?"),
    ],
)
def test_a_misspelt_key_is_not_missing_as_well(key: str, misspelt: str, message: str) -> None:
    assert resolved(WELL_SPELT).scenes
    assert WELL_SPELT.count(key) == 1
    assert problems(WELL_SPELT.replace(key, misspelt)) == [message]


def test_a_misspelt_key_beside_the_right_one_does_not_count() -> None:
    twice = WELL_SPELT.replace("at end of asks", "level -20 LU, levle 12 dB")
    assert problems(twice) == ["12:41: a sound has no 'levle'; did you mean 'level'?"]


def test_there_are_as_many_mistakes_as_promised() -> None:
    assert len(SINGLE) >= 30


def test_forty_mistakes_are_told_at_once_in_reading_order() -> None:
    found = problems((FOLDER / "all_at_once.yaml").read_text("utf-8"))
    assert found == (FOLDER / "all_at_once.txt").read_text("utf-8").splitlines()
    assert len(found) >= 40
    places = [tuple(map(int, line.split(":", 2)[:2])) for line in found]
    assert places == sorted(places)


def test_a_message_names_the_file_as_the_user_does() -> None:
    with pytest.raises(ScriptError, match=r"^script/lamp\.yaml:11:16: pause: '3' has no unit"):
        resolved(around("- ann: Hello.\n- pause: 3"))


def in_items() -> list[tuple[str, str]]:
    """Items and what is said of them. Items begin at line 10, column 9 of the script that `around` writes."""
    blocks = (FOLDER / "in_items.txt").read_text("utf-8").split("\n\n")
    return [(items, message.strip()) for items, _, message in (block.partition("\n=> ") for block in blocks)]


@pytest.mark.parametrize(("items", "message"), in_items())
def test_a_mistake_in_an_item(items: str, message: str) -> None:
    assert problems(around(items)) == [message]
