"""Scenes that are placed by themselves: what is heard in one is what is heard there in the whole episode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from producer.errors import ScriptError
from producer.foley import RECIPES
from producer.model.script import Item, Scene, Script
from producer.model.timeline import Clip, Timeline
from producer.sounds.palette import COMPUTED_S
from producer.timeline.near import Surroundings
from producer.timeline.place import place
from producer.units import Samples, Span
from tests.timeline_helpers import (
    SHELF,
    Shelf,
    bed,
    cue,
    hear,
    mark,
    moment,
    pause,
    scene,
    script,
    speech,
    stop,
    take,
)

GRID = 500
ROLES = ("door", "gull", "knock", "riser", "hum", "hum")


@dataclass(frozen=True)
class Long(Shelf):
    """The shelf, which says how long its sounds are."""

    def longest_s(self, role: str) -> float:
        return max(length for length, _ in self.members[role]) / self.rate_hz * 2.0 ** (60.0 / 1200.0)


LONG = Long(sounds=SHELF.sounds, members=SHELF.members, music_length=SHELF.music_length)


def placed(made: Script, **given: object) -> Timeline:
    takes = {(line.id, 0): take(line) for line in made.lines}
    return place(made, takes, LONG, grid=GRID, **given)  # type: ignore[arg-type]


def alone(made: Script, wanted: int) -> tuple[Timeline, range, int]:
    """A scene placed with no more than it needs; which scenes that are, and its number among them."""
    around = Surroundings(made, LONG)
    run = around.run(wanted - 1, wanted + 1)
    while True:
        some, more = around.only(run)
        timeline = placed(some, more=more)
        wider = around.enough(run, timeline, wanted, 0.0, 0.0)
        if wider == run:
            return timeline, run, wanted - run.start + (run.start > 0)
        run = wider


def heard(timeline: Timeline, number: int) -> tuple[list[Clip], object]:
    """The clips that are heard in a scene, counted from its start; without what becomes of them after it."""
    span = timeline.scenes[number].span
    after = span.length

    def inside(clip: Clip) -> Clip:
        moved = clip.shifted(-span.start)
        if moved.cut is not None and moved.cut.start >= after:
            moved = replace(moved, cut=None)
        if moved.span.end - moved.fade_out >= after:
            moved = replace(moved, span=Span(moved.span.start, after), fade_out=Samples(0))
        return replace(moved, parts=tuple(part for part in moved.parts if part.start < after))

    clips = [inside(clip) for clip in timeline.clips if clip.span.meets(span)]
    hears = [one.shifted(-span.start) for one in timeline.hears if one.span.meets(span)]
    return sorted(clips, key=lambda clip: clip.id), (hears, span.length)


def seconds(least: float, most: float) -> st.SearchStrategy[Fraction]:
    return st.integers(round(least * 100), round(most * 100)).map(lambda hundredths: Fraction(hundredths, 100))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Scenes in which things lead, ring on, are carried, and hang on what is elsewhere."""
    ids: list[str] = []
    scenes = []
    for number in range(draw(st.integers(4, 8))):
        items: list[Item] = [
            pause(f"rest-{number}", length) for length in draw(st.lists(seconds(0.0, 5.0), max_size=1))
        ]
        for place_in in range(draw(st.integers(0, 4))):
            items.append(_item(draw, f"item-{number}-{place_in}", ids))
            ids.append(items[-1].id)
        items += [pause(f"end-{number}", length) for length in draw(st.lists(seconds(0.0, 9.0), max_size=1))]
        crossfade = {"crossfade_s": draw(seconds(0.0, 3.0))}
        room = draw(st.sampled_from(["", "", "cathedral"]))
        scenes.append(scene(*items, number=number + 1, room=room, **crossfade))
    return script(*scenes)


def _item(draw: st.DrawFn, name: str, ids: list[str]) -> Item:
    offset = str(draw(seconds(-9.0, 9.0)))
    named = [f"{edge} of {one}" for one in ids for edge in ("start", "end")]
    moments = ["now", "start of scene", "end of scene", *draw(st.permutations(named))[:1]]
    at = draw(st.none() | st.sampled_from(moments).map(lambda asked: moment(asked, plus=offset)))
    role, wait = draw(st.sampled_from(ROLES)), draw(st.none() | seconds(0.0, 2.0))
    kind = draw(st.sampled_from(["line", "line", "cue", "cue", "walk", "bed", "music", "stop", "mark", "hear"]))
    if kind == "line":
        given = {"lead_s": draw(seconds(0.0, 0.5))} if at is None and draw(st.booleans()) else {"at": at}
        return speech(name, "He walks | and stops .", **given)
    if kind == "cue":
        lasts = draw(st.none() | seconds(0.1, 30.0))
        return cue(name, role, at=at, for_s=lasts, **({} if at is not None else {"wait": wait}))
    if kind == "walk":
        return cue(name, "boots", at=at, **draw(st.sampled_from([{"repeat": 40}, {"for_s": Fraction(15)}])))
    if kind == "bed":
        return bed(
            name, draw(st.sampled_from(["wind", "sea"])), at=at, carry=draw(st.sampled_from([True] + 5 * [False]))
        )
    if kind == "music":
        return bed(name, "theme", at=at, music=True)
    if kind == "stop":
        return stop(name, draw(st.sampled_from(["wind", "sea", "all"])), cut=draw(st.booleans()), at=at)
    return hear(name, "muffled", at=at) if kind == "hear" else mark(name, name, at=at)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(scripts())
def test_a_scene_is_heard_alone_as_it_is_in_the_whole(made: Script) -> None:
    try:
        whole = placed(made)
    except ScriptError:
        assume(False)
    for number in range(len(made.scenes)):
        some, run, at = alone(made, number)
        assert heard(some, at) == heard(whole, number), (number, run)


def short(number: int, *items: Item, length: str = "2") -> Scene:
    return scene(pause(f"rest-{number}", length), *items, number=number)


def test_of_plain_scenes_the_next_ones_are_enough() -> None:
    made = script(*(short(number, speech(f"line-{number}", "He stops .")) for number in range(1, 9)))
    assert alone(made, 4)[1] == range(3, 6)
    assert alone(made, 0)[1] == range(2)
    some, run, at = alone(made, 7)
    assert (run, heard(some, at)) == (range(6, 8), heard(placed(made), 7))


@pytest.mark.parametrize(
    ("far", "needed"),
    [
        ({1: cue("long", "hum", for_s=Fraction(9), wait=Fraction(0))}, range(1, 6)),  # rings on through two scenes
        ({6: cue("early", "knock", at=moment("start of scene", plus="-5"))}, range(3, 7)),
        ({6: cue("hung", "knock", at=moment("start of line-2"))}, range(2, 8)),
        ({0: bed("rain", "wind", carry=True)}, range(8)),
        ({0: bed("rain", "wind", carry=True), 2: stop("over", "wind", fade_out_s=Fraction(1, 10))}, range(3, 6)),
        ({0: bed("rain", "wind", carry=True), 3: stop("over", "wind")}, range(6)),
        ({6: stop("over", "wind", at=moment("end of scene-4"))}, range(3, 8)),
        ({2: stop("over", "wind", at=moment("now", plus="0.1"), fade_out_s=Fraction(1, 10))}, range(2, 6)),
        ({2: cue("timed", "knock", at=moment("start of scene", plus="2.2"))}, range(3, 6)),
        ({6: speech("hung", "Off he goes .", at=moment("end of line-6"))}, range(3, 6)),
    ],
)
def test_what_reaches_into_a_scene_is_placed_with_it(far: dict[int, Item], needed: range) -> None:
    made = script(
        *(
            short(number + 1, speech(f"line-{number}", "He stops ."), *([far[number]] if number in far else []))
            for number in range(8)
        )
    )
    some, run, at = alone(made, 4)
    assert run == needed
    assert heard(some, at) == heard(placed(made), 4)


def test_whether_speech_came_before_is_known() -> None:
    """The gap before a scene's first line is there where the scene before it ended with one."""
    said = script(
        *(
            scene(speech(f"line-{number}", "He stops ."), number=number + 1, crossfade_s=Fraction(0))
            for number in range(6)
        )
    )
    some, run, at = alone(said, 3)
    assert (run, heard(some, at)) == (range(2, 5), heard(placed(said), 3))
    assert some.scenes[1].span.length == placed(said).scenes[2].span.length
    over = replace(said.scenes[1].items[0], at=moment("start of scene"))  # it may end before the playhead
    unsure = replace(said, scenes=(said.scenes[0], replace(said.scenes[1], items=(over,)), *said.scenes[2:]))
    assert alone(unsure, 3)[1] == range(1, 5)


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.hit is not None])
def test_no_recipe_lasts_longer_by_itself_than_is_counted_on(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.hit is not None
    ends = [{knob: end} for knob, setting in recipe.settings.items() for end in (setting.low, setting.high)]
    ends += [{knob: getattr(setting, end) for knob, setting in recipe.settings.items()} for end in ("low", "high")]
    lasts_s = [len(recipe.hit(recipe.filled(given), None, 8000, 1).audio) / 8000 for given in ({}, *ends)]
    assert 0.0 < max(lasts_s) < COMPUTED_S
