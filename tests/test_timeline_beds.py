"""Beds, music and `hear` on the timeline. One sample is one millisecond; every word lasts 200."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from producer.model.pace import Pace
from producer.model.script import Glide, Item, Position
from producer.model.timeline import Timeline
from producer.units import Lu, Metres, Percent
from tests.timeline_helpers import (
    SHELF,
    bed,
    cue,
    hear,
    hits,
    moment,
    pause,
    placed,
    problems,
    scene,
    span,
    speech,
    stop,
)


def shape(timeline: Timeline, clip_id: str) -> tuple[int, int, int, int]:
    """Start, end, fade in, fade out."""
    clip = timeline.clip(clip_id)
    return clip.span.start, clip.span.end, clip.fade_in, clip.fade_out


def test_a_bed_runs_to_the_end_of_its_scene_and_moves_no_playhead() -> None:
    timeline = placed(bed("s", "sea", fade_in_s=Fraction(4)), speech("a", "one"), pause("p", "9"))
    assert shape(timeline, "s") == (0, 9200, 4000, 2000)
    assert span(timeline, "a") == (0, 200)
    assert timeline.duration == 9200


def test_scenes_overlap_their_beds() -> None:
    timeline = placed(
        scene(bed("s", "sea"), pause("p", "10")),
        scene(bed("w", "wind"), pause("q", "10"), bed("late", "sea"), pause("r", "1"), number=2),
    )
    assert shape(timeline, "s") == (0, 11_500, 20, 1500)
    assert shape(timeline, "w") == (10_000, 21_000, 1500, 2000)
    assert shape(timeline, "late")[:3] == (20_000, 21_000, 20)


def test_a_crossfade_is_as_long_as_the_new_scene_says_and_none_is_a_cut() -> None:
    def between(seconds: str) -> Timeline:
        return placed(
            scene(bed("s", "sea"), pause("p", "10")),
            scene(bed("w", "wind"), pause("q", "10"), number=2, crossfade_s=Fraction(seconds)),
        )

    assert shape(between("4"), "s")[1:] == (14_000, 20, 4000)
    assert shape(between("0"), "s")[1:] == (10_020, 20, 20)
    assert shape(between("0"), "w")[2] == 20


def test_a_scene_that_is_over_before_its_crossfade_lets_the_next_one_end_it() -> None:
    def through(*then: str) -> Timeline:
        first = scene(bed("s", "sea"), pause("p", "10"))
        short = scene(bed("b", "wind"), pause("q", "1"), number=2, crossfade_s=Fraction(4))
        rest = [
            scene(pause(f"r{number}", "1"), number=number, crossfade_s=Fraction(seconds))
            for number, seconds in enumerate(then, 3)
        ]
        return placed(first, short, *rest)

    assert shape(through("0"), "s")[1:] == (11_020, 20, 1020)  # cut: it has gone by as much as the short scene lasts
    assert shape(through("0"), "b") == (10_000, 11_020, 1020, 20)
    assert shape(through("2"), "s")[1:] == (13_000, 20, 3000)
    assert shape(through("5"), "s")[1:] == (14_000, 20, 4000)  # who lets it sound on longer has no say
    assert shape(through("5", "0"), "s")[1:] == (12_020, 20, 2020)
    assert shape(through("5", "5", "5", "5", "0"), "s")[1:] == (14_000, 20, 4000)


def test_a_scene_that_waits_for_the_bed_that_crosses_it_has_no_say_in_its_end() -> None:
    timeline = placed(
        scene(bed("s", "sea"), pause("p", "10")),
        scene(pause("q", moment("end of s")), number=2, crossfade_s=Fraction(4)),
        scene(pause("r", "9"), number=3, crossfade_s=Fraction(0)),
    )
    assert shape(timeline, "s")[1:] == (14_000, 20, 4000)
    assert timeline.duration == 23_000


def test_fades_that_are_asked_for_are_kept_at_a_crossfade() -> None:
    timeline = placed(
        scene(bed("s", "sea", fade_out_s=Fraction(3)), pause("p", "10")),
        scene(bed("w", "wind", fade_in_s=Fraction(5)), pause("q", "10"), number=2),
    )
    assert shape(timeline, "s")[1:] == (11_500, 20, 3000)
    assert shape(timeline, "w")[2] == 5000


def test_the_same_bed_in_the_next_scene_is_a_new_clip() -> None:
    timeline = placed(scene(bed("one", "sea"), pause("p", "5")), scene(bed("two", "sea"), pause("q", "5"), number=2))
    assert span(timeline, "one") == (0, 6500)
    assert span(timeline, "two") == (5000, 10_000)
    assert timeline.clip("one").bed_seed != timeline.clip("two").bed_seed


def test_carry_keeps_a_bed_until_it_is_ended() -> None:
    timeline = placed(
        scene(bed("s", "sea", carry=True), pause("p", "5")),
        scene(pause("q", "5"), stop("x", "sea"), pause("r", "9"), number=2),
    )
    assert shape(timeline, "s") == (0, 12_000, 20, 2000)
    forever = placed(scene(bed("s", "sea", carry=True), pause("p", "5")), scene(pause("q", "5"), number=2))
    assert shape(forever, "s") == (0, 10_000, 20, 2000)


def test_a_carried_bed_is_ridden_in_the_next_scene() -> None:
    quiet = bed("r", "sea", said={"level"}, level_lu=Glide(-40.0, -40.0))
    timeline = placed(scene(bed("s", "sea", carry=True), pause("p", "5")), scene(quiet, pause("q", "5"), number=2))
    assert [clip.id for clip in timeline.clips if clip.kind == "bed"] == ["s"]
    assert timeline.clip("s").level.points == ((5000, -20.0), (5500, -40.0))


def test_until_ends_a_bed_where_it_says() -> None:
    timeline = placed(bed("s", "sea", until=moment("word two"), fade_out_s=Fraction(1, 10)), speech("a", "one two"))
    assert shape(timeline, "s") == (0, 200, 20, 100)


@pytest.mark.parametrize(
    ("items", "end"),
    [
        ((bed("s", "sea", until=moment("end of a")), speech("a", "one two")), 400),
        ((bed("s", "sea", fade_out_s=moment("end of a")), speech("a", "one two")), 400),
        ((bed("s", "sea"), speech("a", "one two"), stop("x", "sea", fade_out_s=Fraction(1))), 1400),
        ((bed("s", "sea"), speech("a", "one two"), stop("x", "sea", cut=True)), 420),
    ],
)
def test_the_end_that_a_bed_is_given_can_be_waited_for(items: tuple[Item, ...], end: int) -> None:
    timeline = placed(*items, pause("p", moment("end of s")), speech("b", "three"))
    assert span(timeline, "s") == (0, end)
    assert span(timeline, "b") == (end, end + 200)
    assert timeline.duration == end + 200


def test_a_bed_that_lasts_as_long_as_its_scene_cannot_be_waited_for() -> None:
    (found,) = problems(bed("s", "sea"), pause("p", moment("end of s")), speech("b", "three"))
    assert "'sea' has no end of its own and lasts as long as its scene: give it an 'until'" in found.what
    late = bed("s", "sea", until=moment("end of scene", plus="1"))
    (found,) = problems(late, pause("p", moment("end of s")), speech("b", "three"))
    assert "wait for each other" in found.what and "has no end" not in found.what


@pytest.mark.parametrize("what", ["sea", "s", "all"])
def test_end_fades_by_role_by_id_and_all(what: str) -> None:
    timeline = placed(bed("s", "sea"), pause("p", "5"), stop("x", what), pause("q", "9"))
    assert shape(timeline, "s") == (0, 7000, 20, 2000)


def test_end_spares_what_it_does_not_name() -> None:
    timeline = placed(bed("s", "sea"), bed("w", "wind"), pause("p", "5"), stop("x", "wind"), pause("q", "9"))
    assert span(timeline, "s") == (0, 14_000)
    assert span(timeline, "w") == (0, 7000)


def test_an_end_that_is_the_last_thing_fades_in_its_own_time() -> None:
    timeline = placed(bed("s", "sea"), speech("a", "one"), pause("p", "5"), stop("x", "all"))
    assert shape(timeline, "s") == (0, 7200, 20, 2000)
    assert timeline.duration == 7200


def test_an_end_that_is_the_last_thing_of_a_scene_fades_into_the_next_one_in_its_own_time() -> None:
    first = scene(bed("s", "sea"), pause("p", "5"), stop("x", "all", fade_out_s=Fraction(4)))
    assert shape(placed(first, scene(pause("q", "9"), number=2)), "s") == (0, 9000, 20, 4000)


def test_cut_ends_at_once_and_a_new_bed_at_the_same_moment_is_not_cut() -> None:
    timeline = placed(bed("s", "sea"), pause("p", "5"), stop("x", "all", cut=True), bed("w", "wind"), pause("q", "9"))
    clip = timeline.clip("s")
    assert shape(timeline, "s") == (0, 5020, 20, 0)
    assert clip.cut is not None and (clip.cut.start, clip.cut.end) == (5000, 5020)
    assert timeline.clip("w").cut is None
    assert span(timeline, "w") == (5000, 14_000)


def test_a_cut_in_the_middle_of_a_fade_leaves_the_fade_its_shape() -> None:
    timeline = placed(
        bed("s", "sea"),
        pause("p", "5"),
        stop("x", "sea", fade_out_s=Fraction(4)),
        pause("q", "2"),
        stop("y", "all", cut=True),
        pause("r", "9"),
    )
    clip = timeline.clip("s")
    assert (clip.span.end, clip.fade_out) == (9000, 4000)
    assert clip.cut is not None and clip.cut.end == 7020
    assert timeline.duration == 16_000


def test_the_same_bed_again_rides_it() -> None:
    ride = bed("r", "sea", said={"level"}, level_lu=Glide(-28.0, -28.0))
    slow = bed("r2", "sea", said={"level", "over"}, level_lu=Glide(-12.0, -12.0), over_s=Fraction(6))
    timeline = placed(bed("s", "sea"), pause("p", "5"), ride, pause("q", "5"), slow, pause("r", "10"))
    assert [clip.id for clip in timeline.clips] == ["s"]
    assert timeline.clip("s").level.points == (
        (5000, -20.0),
        (5500, -28.0),
        (10_000, -28.0),
        (16_000, -12.0),
    )


def test_a_ride_that_comes_into_another_begins_where_that_has_come_to() -> None:
    up = bed("r", "sea", said={"level"}, level_lu=Glide(0.0, 0.0), over_s=Fraction(10))
    down = bed("r2", "sea", said={"level"}, level_lu=Glide(-20.0, -20.0), over_s=Fraction(1))
    timeline = placed(bed("s", "sea"), pause("p", "1"), up, pause("q", "5"), down, pause("r", "10"))
    assert timeline.clip("s").level.points == ((1000, -20.0), (6000, -10.0), (7000, -20.0))


def test_a_ride_may_name_the_id_hang_on_a_moment_and_glide() -> None:
    ride = bed(
        "r",
        "s",
        names_id=True,
        said={"level", "over", "at"},
        at=moment("word two"),
        level_lu=Glide(-30.0, -10.0),
        over_s=moment("word four", target="a"),
    )
    timeline = placed(bed("s", "sea"), speech("a", "one two three four"), ride, pause("p", "5"))
    assert timeline.clip("s").level.points == ((200, -20.0), (200, -30.0), (600, -10.0))


def test_place_and_width_and_settings_are_ridden_and_the_rest_stays() -> None:
    ride = bed(
        "r",
        "wind",
        said={"path", "width", "set"},
        path=(Position(60.0, None),),
        width=Percent(30.0),
        settings={"strength": 0.9},
        over_s=Fraction(2),
    )
    start = bed("w", "wind", path=(Position(-40.0, Metres(3.0)),))
    clip = placed(start, pause("p", "5"), ride, pause("q", "5")).clip("w")
    assert clip.pan.points == ((5000, -40.0), (7000, 60.0))
    assert clip.distance.points == ((0, 3.0),)
    assert clip.width.points == ((5000, 100.0), (7000, 30.0))
    assert clip.rides["strength"].points == ((5000, 0.5), (7000, 0.9))
    assert clip.bed_settings == ()


def test_a_setting_that_rests_nowhere_cannot_be_ridden() -> None:
    shelf = replace(SHELF, sounds={**SHELF.sounds, "wind": replace(SHELF.sounds["wind"], resting={})})
    ride = bed("r", "wind", said={"set"}, settings={"strength": 0.9})
    with pytest.raises(Exception, match="set it where the bed starts"):
        placed(bed("w", "wind"), pause("p", "5"), ride, pause("q", "5"), shelf=shelf)
    known = placed(bed("w", "wind", settings={"strength": 0.2}), pause("p", "5"), ride, pause("q", "5"), shelf=shelf)
    assert known.clip("w").rides["strength"].points == ((5000, 0.2), (5500, 0.9))


def test_what_cannot_glide_is_crossfaded_to_a_second_clip() -> None:
    muffled = bed(
        "r", "sea", said={"treat", "level"}, treat="muffled", level_lu=Glide(-30.0, -30.0), over_s=Fraction(2)
    )
    timeline = placed(bed("s", "sea"), pause("p", "5"), muffled, pause("q", "5"))
    assert shape(timeline, "s") == (0, 7000, 20, 2000)
    assert shape(timeline, "r") == (5000, 10_000, 2000, 2000)
    first, second = timeline.clip("s"), timeline.clip("r")
    assert (first.treat, second.treat) == ("none", "muffled")
    assert first.bed_seed == second.bed_seed
    assert second.name == "sea"
    assert first.level == second.level


def test_a_bed_that_has_ended_starts_again() -> None:
    again = bed("two", "sea", said={"level"})
    timeline = placed(bed("one", "sea"), pause("p", "5"), stop("x", "sea"), pause("q", "5"), again, pause("r", "5"))
    assert span(timeline, "one") == (0, 7000)
    assert span(timeline, "two") == (10_000, 15_000)


def test_a_bed_that_is_fading_out_comes_in_anew_beside_itself() -> None:
    again = bed("two", "sea", said={"level"}, fade_in_s=Fraction(1))
    timeline = placed(bed("one", "sea"), pause("p", "5"), stop("x", "sea"), again, pause("r", "5"))
    assert shape(timeline, "one") == (0, 7000, 20, 2000)
    assert shape(timeline, "two") == (5000, 10_000, 1000, 2000)


def test_a_ride_of_the_pan_leaves_the_distance_alone() -> None:
    ride = bed("r", "sea", said={"pan"}, path=(Position(60.0, Metres(1.0)),))
    clip = placed(bed("s", "sea", path=(Position(0.0, Metres(8.0)),)), pause("p", "1"), ride, pause("q", "1")).clip("s")
    assert clip.pan.points[-1] == (1500, 60.0)
    assert clip.distance.points == ((0, 8.0),)


def test_over_on_a_bed_that_is_not_running_is_an_error() -> None:
    slow = bed("two", "sea", said={"level", "over"}, over_s=Fraction(6), place_line=8)
    (found,) = problems(slow, pause("p", "1"))
    assert found.what == "'sea' has not been started; 'over' moves one that runs"
    (found,) = problems(bed("one", "sea"), stop("x", "sea", cut=True), pause("p", "1"), slow, pause("q", "1"))
    assert found.what == "'sea' is not running here; 'over' moves one that runs"
    assert found.at.line == 8


def test_a_ride_cannot_fade_in() -> None:
    (found,) = problems(bed("s", "sea"), pause("p", "1"), bed("r", "sea", said={"fade_in"}, fade_in_s=Fraction(1)))
    assert "'sea' (line 1) is running here already" in found.what


def test_a_bed_that_begins_when_its_scene_has_ended_is_an_error() -> None:
    (found,) = problems(pause("p", "1"), bed("s", "sea"))
    assert "'sea' (line 1) is never heard: it begins at 0:01.000" in found.what


def test_music_plays_once_at_its_own_length_and_ends_with_its_scene() -> None:
    timeline = placed(bed("t", "theme", music=True), pause("p", "30"))
    assert shape(timeline, "t") == (0, 10_000, 0, 0)
    assert not timeline.clip("t").loop
    assert shape(placed(bed("t", "theme", music=True), pause("p", "4")), "t") == (0, 4000, 0, 2000)
    assert span(placed(bed("t", "theme", music=True, loop=True), pause("p", "30")), "t") == (0, 30_000)
    assert span(placed(bed("t", "theme", music=True, speed=Percent(200.0)), pause("p", "30")), "t") == (0, 5000)


def test_a_pause_lasts_until_the_music_has_ended_and_music_can_play_again() -> None:
    again = bed("t2", "theme", music=True, said={"level"})
    timeline = placed(bed("t", "theme", music=True), pause("p", moment("end of t")), again, pause("q", "20"))
    assert span(timeline, "t") == (0, 10_000)
    assert span(timeline, "t2") == (10_000, 20_000)


def test_a_fade_may_last_until_a_word() -> None:
    fade = stop("x", "theme", fade_out_s=moment("word sleep"))
    timeline = placed(bed("t", "theme", music=True), pause("p", "1"), fade, speech("a", "now go to sleep"))
    assert shape(timeline, "t") == (0, 1600, 0, 600)


def test_a_bed_that_strikes_keeps_its_pace_and_quickens() -> None:
    heart = bed("h", "heart", every=Pace(1.0, 1.0))
    faster = bed("r", "heart", said={"every", "over"}, every=Pace(0.5, 0.5), over_s=Fraction(2))
    timeline = placed(heart, pause("p", "4"), faster, pause("q", "4"), stop("x", "heart", cut=True), pause("z", "1"))
    clip = timeline.clip("h")
    times = hits(timeline, "h")
    assert clip.strikes
    assert times[:5] == [40, 1040, 2040, 3040, 4040]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[4] == 990  # 40 ms into a ride that takes half a second off in two
    assert gaps[-1] == 500
    assert times[-1] < 8000
    assert clip.span.end == 8020


def test_a_bed_of_steps_walks_at_its_own_pace() -> None:
    assert hits(placed(bed("b", "boots"), pause("p", "2")), "b") == [30, 530, 1030, 1530]


def test_settings_of_a_bed_that_strikes_are_ridden_strike_by_strike() -> None:
    sounds = {
        **SHELF.sounds,
        "heart": replace(SHELF.sounds["heart"], settings={"force": (0, 1)}, resting={"force": 0.0}),
    }
    ride = bed("r", "heart", said={"set"}, settings={"force": 1.0}, over_s=Fraction(2))
    shelf = replace(SHELF, sounds=sounds)
    timeline = placed(bed("h", "heart", every=Pace(1.0, 1.0), at=moment("now")), ride, pause("p", "4"), shelf=shelf)
    assert [dict(part.sound.settings)["force"] for part in timeline.clip("h").parts if part.sound] == [
        0.0,
        0.5,
        1.0,
        1.0,
    ]


def test_hear_stands_from_its_moment_to_the_end_of_the_scene() -> None:
    timeline = placed(scene(pause("p", "5"), hear("h", "muffled", level_lu=Lu(-6)), pause("q", "5")), scene(number=2))
    (found,) = timeline.hears
    assert (found.span.start, found.span.end, found.treat) == (5000, 10_000, "muffled")
    assert found.amount.points == ((5000, 0.0), (5500, 1.0))
    assert found.level.first == -6


def test_hears_cross_into_each_other_and_none_ends_them() -> None:
    timeline = placed(
        scene(
            pause("p", "5"),
            hear("h", "underwater", over_s=Fraction(2)),
            pause("q", "5"),
            hear("n", "none"),
            pause("r", "5"),
            hear="muffled",
        )
    )
    first, second = timeline.hears
    assert (first.treat, first.span.start, first.span.end) == ("muffled", 0, 7000)
    assert first.amount.points == ((5000, 1.0), (7000, 0.0))
    assert (second.treat, second.span.start, second.span.end) == ("underwater", 5000, 10_500)
    assert second.amount.points == ((5000, 0.0), (7000, 1.0), (10_000, 1.0), (10_500, 0.0))


def test_the_same_hear_again_rides_its_level() -> None:
    (found,) = placed(
        scene(pause("p", "1"), hear("h", "muffled", level_lu=Lu(-9)), pause("q", "1"), hear="muffled")
    ).hears
    assert found.level.points == ((1000, 0.0), (1500, -9.0))
    assert found.amount.points == ((0, 1.0),)


def test_a_sound_that_rings_past_its_scene_goes_on() -> None:
    timeline = placed(scene(cue("d", "door", wait=Fraction(0)), pause("p", "0.5")), scene(speech("a", "one"), number=2))
    assert span(timeline, "d") == (0, 1000)
    assert span(timeline, "a") == (500, 700)
    assert timeline.duration == 1000
