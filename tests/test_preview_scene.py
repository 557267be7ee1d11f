"""A scene previewed by itself: no more is spoken than stands around it, and it is what the whole has there."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from producer import project, remembered, render
from producer.audio import Audio
from producer.cache import Cache
from producer.cli.preview import _facts, _text, window
from producer.deliver import encode
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.model.profile import PROFILES
from producer.packed import packed
from producer.planning import plan
from producer.previewing import preview
from producer.production import NoWatch, Preview, Window
from producer.remembered import recall
from producer.units import Span
from producer.workshop import Workshop
from tests.test_edits import House, decoded

SCENE = """\
  - title: Room {number}
    room: {room}
    play:
      - bed: wind level -20 LU
      - pause: 12 s
      - ada: This is the room with the number {word}. [metal_scrape level -12 LU] Nobody has lived in it.
      - sound: boom level -14 LU
      - pause: 16 s
      - ben: Then let us go on.
      - pause: {rest} s
"""
ROOT = Path(__file__).resolve().parent.parent
WORDS = ("one", "two", "three", "four", "five")


def house_of(folder: Path, *, rest: int = 8) -> House:
    rooms = ["none", "small stone room"]
    scenes = (
        SCENE.format(number=number + 1, word=word, room=rooms[number % 2], rest=rest)
        for number, word in enumerate(WORDS)
    )
    cast = "cast:\n  ada: {voice: en-us}\n  ben: {voice: en-gb}\n"
    house = House(folder / "house", folder / "caches")
    house.write(f"title: Five rooms\npacks: [ruins]\ncredits: no\n{cast}scenes:\n{''.join(scenes)}")
    return house


class Spoken(NoWatch):
    """Takes down how many lines were asked of the voices, each time."""

    def __init__(self) -> None:
        self.lines: list[int] = []

    def stage(self, name: str, total: int) -> None:
        if name == "voices":
            self.lines.append(total)


def previewed(house: House, cache: str, window: Window) -> tuple[Preview, list[int]]:
    watch = Spoken()
    with Cache(house.caches / cache) as kept:
        return preview(house.order(), window, kept, watch), watch.lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = house_of(tmp_path_factory.mktemp("rooms"))
    house.render("kept")
    return house


def test_of_a_new_script_no_more_is_spoken_than_stands_around_a_scene(whole: House, tmp_path: Path) -> None:
    new = house_of(tmp_path)
    made, spoken = previewed(new, "new", Window(scene=3))
    assert spoken == [2 * 3]
    assert (made.start_s, made.end_s, made.as_in_whole) == (None, None, False)
    with Cache(new.caches / "new") as kept, Workshop(kept.work()) as workshop:
        placed = plan(new.order(), kept, NoWatch())
        mixing = Mixing(placed, (STANDARD,), "none", workshop.shelf(), kept)
        mixing.known()
        scene = placed.timeline.scenes[2].span
        known = [part.core.meets(scene) for part in mixing.mixer.parts]
        assert [mixing.is_kept(part.index) for part in mixing.mixer.parts] == known  # the episode goes on from there
    assert made.length_s == pytest.approx(scene.length / 44100, abs=0.03)
    report = new.render("new")
    assert report.standard.file.read_bytes() == (whole.folder / "output" / "house" / "house.mp3").read_bytes()


@pytest.mark.parametrize("scene", [1, 3, 5])
def test_a_scene_is_taken_from_the_last_render(whole: House, scene: int, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    real = encode.encode_part

    def counted(audio: Audio, core: Span, *given: Any, **named: Any) -> encode.Encoded:
        encoded.append(core.length)
        return real(audio, core, *given, **named)

    monkeypatch.setattr(encode, "encode_part", counted)
    made, spoken = previewed(whole, "kept", Window(scene=scene, draft=True))
    assert spoken == [2 * (2 if scene in (1, 5) else 3)]
    assert made.as_in_whole
    assert made.start_s is not None
    assert encoded == [8 * 1152] * (1 if scene in (1, 5) else 2)  # its ends within the episode, which are eased
    heard, start = decoded(made.file), round(made.start_s * 44100)
    there = decoded(whole.folder / "output" / "house" / "house.mp3")[start : start + len(heard)]
    middle = slice(10 * 1152, -10 * 1152)
    assert len(heard) == round(made.length_s * 44100)
    assert np.abs(heard[middle] - there[middle]).max() < 1e-4


@pytest.mark.parametrize("called", ["room 2", "Room 2", "scene-2"])
def test_a_scene_may_be_called_by_its_id_or_its_title(whole: House, called: str) -> None:
    """The second scene of five, whose title is `Room 2` and which has no id of its own."""
    made, _ = previewed(whole, "kept", window(called, None, None, draft=True))
    assert made.file.name == "house.scene-2.draft.mp3"


def test_a_scene_is_where_it_was_as_long_as_nothing_before_it_has_changed(whole: House, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(whole.folder, folder / "house")
    shutil.copytree(whole.caches, folder / "caches")
    house = House(folder / "house", folder / "caches")
    house.render("kept")
    text = (house.folder / "script" / "house.yaml").read_text("utf-8")
    house.write(text.replace("number two", "number twenty-two"))
    edited, spoken = previewed(house, "kept", Window(scene=2, draft=True))
    assert (edited.as_in_whole, edited.start_s is not None, spoken) == (True, True, [2 * 3])
    after, _ = previewed(house, "kept", Window(scene=4, draft=True))
    assert (after.as_in_whole, after.start_s, after.end_s) == (True, None, None)
    house.write(text.replace("Five rooms", "Five empty rooms"))  # which could have been another voice
    renamed, spoken = previewed(house, "kept", Window(scene=4, draft=True))
    assert (renamed.as_in_whole, renamed.start_s is not None, spoken) == (True, True, [10])
    house.write(re.sub("Nobody has lived in it.", "Nobody has ever lived here.", text))
    other, spoken = previewed(house, "kept", Window(scene=4, draft=True))
    assert (other.as_in_whole, spoken) == (False, [10])


def texts(script: Path) -> remembered.Texts | None:
    found, _ = project.find(script, script.parent)
    with Cache(temporary=True) as cache:
        read, _ = render.read_script(found, (), cache)
        return remembered.texts_of(read, render.Order(project=found))


def test_every_edit_is_one_of_a_scene_or_of_what_is_around(whole: House, tmp_path: Path) -> None:
    script = tmp_path / "script" / "house.yaml"
    script.parent.mkdir()
    text = (whole.folder / "script" / "house.yaml").read_text("utf-8") + "seed: five\n"

    def of(edited: str) -> remembered.Texts:
        script.write_text(edited, "utf-8")
        found = texts(script)
        assert found is not None
        return found

    was = of(text)
    assert len({*was.scenes}) == 5
    third = of(text.replace("number three", "number thirty-three"))
    assert [one == other for one, other in zip(was.scenes, third.scenes, strict=True)] == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert third.around == was.around
    for around in (text.replace("en-gb", "en-us"), text.replace("seed: five", "seed: six")):
        assert of(around).scenes == was.scenes
        assert of(around).around != was.around


def test_an_edition_has_its_texts_in_two_files() -> None:
    assert texts(ROOT / "script" / "flagship.yaml") is not None
    assert texts(ROOT / "script" / "flagship_es.yaml") is None


def test_where_a_scene_begins_is_said_where_it_is_known() -> None:
    made = Preview(file=Path("a.mp3"), length_s=62.34, start_s=None, end_s=None, as_in_whole=False)
    assert _facts(made, "a.mp3") == {
        "preview": "a.mp3",
        "length_s": 62.34,
        "start_s": None,
        "end_s": None,
        "as_in_whole": False,
    }
    assert _text(_facts(made, "a.mp3")).startswith("preview of 1:02.3 (where it begins is known once all before it is")
    known = replace(made, start_s=60.0, end_s=122.34, as_in_whole=True)
    assert _text(_facts(known, "a.mp3")).startswith("preview of 1:00.0 to 2:02.3, as loud as in the whole episode")


def test_what_is_remembered_may_be_damaged(whole: House, tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        order, profile = whole.order(), PROFILES["podcast"]
        assert recall(order, profile, cache) is None
        for wrong in (packed([1], {}), packed([[], "", [], 0.01, 5], {}), b"nothing"):
            cache.write_here(remembered._name(order, profile), wrong)
            assert recall(order, profile, cache) is None
