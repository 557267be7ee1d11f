"""Scenes on a grid: what is edited in one scene moves the others by whole quanta, and changes nothing in them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.dsp.grid import frame_samples, hop_samples, quantum_samples
from producer.errors import Place, ScriptError
from producer.model.pace import Pace
from producer.model.script import Glide, Item, Moment, Script
from producer.model.timeline import Clip, Timeline
from tests.script_helpers import CATALOGUE, resolved
from tests.test_timeline import items
from tests.timeline_helpers import (
    SHELF,
    bed,
    cue,
    moment,
    pause,
    place_script,
    placed,
    problems,
    scene,
    script,
    span,
    speech,
)

SOUNDS = replace(CATALOGUE, sounds={**CATALOGUE.sounds, **{role: SHELF.sounds[role] for role in ("heart", "gull")}})
GRID = 104
"""As long at the rate of these tests as a quantum is at a real one."""


@pytest.mark.parametrize(
    ("rate_hz", "hop"), [(22_050, 192), (24_000, 192), (32_000, 384), (44_100, 384), (48_000, 384)]
)
def test_a_quantum_is_four_mp3_frames(rate_hz: int, hop: int) -> None:
    mp3_frame = 1152 if rate_hz >= 32_000 else 576
    assert hop_samples(rate_hz) == hop
    assert frame_samples(rate_hz) == 2 * hop
    assert quantum_samples(rate_hz) == 4 * mp3_frame


@pytest.mark.parametrize(("rate_hz", "hop"), [(1, 96), (8_000, 96), (12_500, 96), (12_501, 192), (50_001, 768)])
def test_hops_double_with_the_rate(rate_hz: int, hop: int) -> None:
    assert hop_samples(rate_hz) == hop


@pytest.mark.parametrize(("rate_hz", "quantum"), [(48_000, 4608), (44_100, 4608), (24_000, 2304)])
def test_a_scene_begins_on_the_quantum_of_its_rate(rate_hz: int, quantum: int) -> None:
    shelf = replace(SHELF, rate_hz=rate_hz)
    whole = script(scene(pause("p", "1.7")), scene(pause("q", "2.3"), number=2), scene(pause("r", "1"), number=3))
    starts = [s.span.start for s in place_script(whole, shelf=shelf, grid=None).scenes]
    assert starts[0] == 0
    assert [start % quantum for start in starts] == [0, 0, 0]
    played = [rate_hz * 17 // 10, starts[1] + rate_hz * 23 // 10]
    assert all(end <= start < end + quantum for end, start in zip(played, starts[1:], strict=True))


def test_a_scene_lasts_until_the_next_begins_and_the_last_as_long_as_it_plays() -> None:
    timeline = placed(scene(pause("p", "1.001")), scene(pause("q", "1.001"), number=2), grid=100)
    assert [(s.span.start, s.span.end) for s in timeline.scenes] == [(0, 1100), (1100, 2101)]


def test_a_scene_that_ends_on_the_grid_is_followed_at_once() -> None:
    timeline = placed(scene(pause("p", "1.1")), scene(pause("q", "1"), number=2), grid=100)
    assert timeline.scenes[1].span.start == 1100


def test_beds_cross_at_the_next_scene_as_long_as_asked_with_no_hole() -> None:
    timeline = placed(
        scene(bed("one", "sea"), pause("p", "5.03")),
        scene(bed("two", "wind"), pause("q", "5"), number=2, crossfade_s=Fraction(1)),
        grid=100,
    )
    assert span(timeline, "two")[0] == 5100
    assert span(timeline, "one") == (0, 6100)
    assert (timeline.clip("one").fade_out, timeline.clip("two").fade_in) == (1000, 1000)


def test_the_head_is_as_long_as_asked_and_the_grid_is_counted_from_the_beginning() -> None:
    timeline = placed(scene(pause("p", "1")), scene(pause("q", "1"), number=2), head_s=0.53, grid=100)
    assert [s.span.start for s in timeline.scenes] == [530, 1600]


@pytest.mark.parametrize("grid", [1, 100])
def test_a_bed_after_all_that_a_scene_plays_is_refused_however_far_the_grid_is(grid: int) -> None:
    late = scene(pause("p", "5.03"), bed("one", "sea")), scene(pause("q", "5"), number=2)
    with pytest.raises(ScriptError, match="never heard"):
        place_script(script(*late), grid=grid)
    assert problems(*late)
    hung = scene(pause("p", "5.03"), bed("one", "sea", at=moment("end of scene", plus="-0.05")))
    assert place_script(script(hung, late[1]), grid=grid).clip("one").span.length > 0


def _renamed(found: Item, number: int) -> Item:
    """The item as scene `number` has it: its id, and what its moments name, are its own."""

    def own(asked: Any) -> Any:
        ours = isinstance(asked, Moment) and asked.target in ("first", "opening")
        return replace(asked, target=f"{asked.target}-{number}") if ours else asked

    changed: dict[str, Any] = {"id": f"{found.id}-{number}"}
    for name in ("at", "until"):
        if hasattr(found, name):
            changed[name] = own(getattr(found, name))
    if cues := getattr(found, "cues", ()):
        changed["cues"] = tuple(replace(one, id=f"{one.id}-{number}") for one in cues)
    return replace(found, **changed)


def _whole(edited: tuple[Item, ...], second: tuple[Item, ...], third: tuple[Item, ...]) -> Script:
    def of(found: tuple[Item, ...], number: int) -> tuple[Item, ...]:
        return (*(_renamed(item, number) for item in found), pause(f"last-{number}", "0.5"))

    return script(
        scene(*edited, pause("last-1", "0.5")), scene(*of(second, 2), number=2), scene(*of(third, 3), number=3)
    )


def _later(timeline: Timeline) -> dict[str, Clip]:
    return {clip.id: clip for clip in timeline.clips if clip.scene != "scene-1"}


RIDDEN = (
    bed("opened", "wind", level_lu=Glide(-30.0, -10.0), every=None, settings={"strength": 0.2}),
    bed("heart", "heart", every=Pace(0.9, 0.4, 0.2)),
    pause("on", "0.7"),
    bed("ridden", "wind", said={"set", "level", "pan"}, settings={"strength": 0.9}, level_lu=Glide(-8.0, -8.0)),
    cue("run", "boots", every=Pace(0.5, 0.3, 0.4), repeat=5),
)


@settings(max_examples=60, deadline=None)
@given(
    second=items(), third=items(), longer=st.integers(0, 5000), words=st.integers(1, 9), more=st.booleans(),
    carry=st.booleans(),
)  # fmt: skip
def test_an_edited_scene_moves_all_later_ones_alike_and_by_whole_quanta(
    second: tuple[Item, ...], third: tuple[Item, ...], longer: int, words: int, more: bool, carry: bool
) -> None:
    def opening(length_ms: int, count: int, extra: bool) -> tuple[Item, ...]:
        gull = (cue("gull", "gull"),) if extra else ()
        said = speech("said", " ".join(["word"] * count))
        return (bed("drone", "hum", carry=carry), pause("p", Fraction(length_ms, 1000)), *gull, said)

    second = (*second, *RIDDEN)
    try:
        now = place_script(_whole(opening(1000, 3, False), second, third), grid=GRID)
        edited = place_script(_whole(opening(1000 + longer, words, more), second, third), grid=GRID)
    except ScriptError as refused:
        assert all("lead" in problem.what for problem in refused.problems)
        return
    shift = edited.scenes[1].span.start - now.scenes[1].span.start
    assert shift % GRID == 0
    assert [s.shifted(shift) for s in now.scenes[1:]] == list(edited.scenes[1:])
    assert {name: clip.shifted(shift) for name, clip in _later(now).items()} == _later(edited)
    later = [h for h in now.hears if h.scene != "scene-1"]
    assert [h.shifted(shift) for h in later] == [h for h in edited.hears if h.scene != "scene-1"]


HEAD = """\
title: Test
seed: test
cast: {ann: {voice: en-gb}}
scenes:
"""
FIRST = """\
  - play:
      - bed: wind
      - sound: gull
      - sound: gull
      - ann: One two [knock] three.
"""
OTHERS = """\
  - play:
      - bed: wind set strength 0.3
      - sound: gull
      - sound: gull
      - ann: One two [knock] three.
      - sound: boots_on_stone every 400 ms ± 40 %, repeat 7
      - bed: wind set strength 0.9, over 2 s
      - sound: knock
      - pause: 3 s
  - title: Named
    play:
      - bed: heart every 900 ms ± 20 %
      - sound: gull
      - sound: gull
      - ann: One two [knock] three.
      - pause: 3 s
"""
EDITS = {
    "a word": FIRST.replace("three", "three and a half"),
    "a level": FIRST.replace("bed: wind", "bed: wind level -33 LU"),
    "one sound more": FIRST.replace("      - ann", "      - sound: gull\n      - ann"),
    "one sound less": FIRST.replace("      - sound: gull\n", "", 1),
    "no sounds": "  - play:\n      - ann: One.\n",
    "one bed more": FIRST.replace("      - ann", "      - bed: sea\n      - bed: heart every 2 s\n      - ann"),
}


def _nameless(clip: Clip) -> Clip:
    """Without what only says where it stands in the script: the numbers that items without an id get, and lines."""
    return replace(clip, id="", line="", place=Place(""))


def _placed(text: str) -> Timeline:
    roles = {"boots_on_stone": "boots"}
    whole = resolved(text, SOUNDS)
    sounds = {**SHELF.sounds, **{role: replace(SHELF.sounds[own], role=role) for role, own in roles.items()}}
    shelf = replace(SHELF, sounds=sounds, members={**SHELF.members, "boots_on_stone": SHELF.members["boots"]})
    return place_script(whole, shelf=shelf, grid=GRID)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_one_scene_changes_no_choice_in_another(edit: str) -> None:
    now, edited = _placed(HEAD + FIRST + OTHERS), _placed(HEAD + EDITS[edit] + OTHERS)
    for number in (1, 2):
        mine, theirs = now.scenes[number], edited.scenes[number]
        shift = theirs.span.start - mine.span.start
        assert shift % GRID == 0
        clips = [_nameless(clip.shifted(shift)) for clip in now.clips if clip.scene == mine.id]
        assert len(clips) > 4
        assert clips == [_nameless(clip) for clip in edited.clips if clip.scene == theirs.id]
