"""Spot effects on the timeline. One sample is one millisecond; every word lasts 200."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from producer.model.pace import Pace
from producer.model.room import PRESETS
from producer.model.script import Effect, Glide, Position
from producer.units import Metres
from tests.timeline_helpers import (
    SHELF,
    Shelf,
    cue,
    hits,
    moment,
    pause,
    place_script,
    placed,
    problems,
    scene,
    script,
    span,
    speech,
    stop,
)

STEP = 500
VAST = {"vast": (Effect(name="reverb", value=12.0),)}


def test_a_sound_begins_at_the_playhead_and_is_heard_out() -> None:
    timeline = placed(pause("p", "1"), cue("g", "gull"), speech("a", "one"))
    assert span(timeline, "g") == (1000, 1700)
    assert timeline.clip("g").hit == 1100
    assert span(timeline, "a") == (1700, 1900)


@pytest.mark.parametrize(
    ("given", "goes_on"),
    [
        ({"wait": Fraction(0)}, 1000),
        ({"wait": Fraction(3, 5)}, 1700),  # 600 ms after the hit
        ({"wait": moment("end of gull", plus="1")}, 2700),
        ({"at": moment("now", plus="3")}, 1000),
        ({"until": moment("now", plus="3")}, 1000),
        ({"until": moment("now", plus="3"), "wait": Fraction(3, 5)}, 1700),
        ({"for_s": Fraction(1, 2)}, 1500),
        ({}, 1700),
    ],
)
def test_what_moves_the_playhead(given: dict[str, object], goes_on: int) -> None:
    timeline = placed(pause("p", "1"), cue("gull", "gull", **given), speech("a", "one"))
    assert span(timeline, "a")[0] == goes_on


def test_the_hit_lands_on_the_moment() -> None:
    timeline = placed(pause("p", "4"), cue("r", "riser", at=moment("now")))
    assert span(timeline, "r") == (1500, 4500)
    assert timeline.clip("r").hit == 4000


def test_an_approach_that_would_begin_before_the_episode_is_an_error_unless_it_is_next_to_nothing() -> None:
    (found,) = problems(pause("p", "1"), cue("r", "riser", at=moment("now")))
    assert "'riser' (line 1) would begin 0:01.500 before the episode" in found.what
    (part,) = placed(speech("a", "one", cues=(cue("g", "gull", before_token=0),))).clip("g").parts
    assert (part.start, part.skip, part.length, part.hit) == (0, 100, 600, 0)


def test_steps_strike_at_their_pace_and_no_new_one_at_or_after_the_end() -> None:
    timeline = placed(cue("w", "boots", until=moment("end of next line")), speech("a", "one two three four five"))
    assert hits(timeline, "w") == [30, 530]
    exactly = placed(cue("w", "boots", at=moment("start of a"), until=moment("end of a")), speech("a", "1 2 3 4 5"))
    assert hits(exactly, "w") == [0, 500]


def test_steps_ring_out_after_their_last_contact() -> None:
    clip = placed(cue("w", "boots", for_s=Fraction(1))).clip("w")
    last = clip.parts[-1]
    assert clip.span.end == last.start + last.length > 530
    assert clip.fade_out == 0


def test_steps_can_be_counted() -> None:
    timeline = placed(cue("w", "boots", repeat=3), speech("a", "one"))
    assert hits(timeline, "w") == [30, 530, 1030]
    assert span(timeline, "a")[0] == span(timeline, "w")[1]


def test_steps_glide_from_one_pace_to_another() -> None:
    walk = cue("w", "boots", at=moment("now"), until=moment("now", plus="10"), every=Pace(1.0, 0.45))
    times = hits(placed(walk), "w")
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[0] == 1000
    assert all(later < earlier for earlier, later in itertools.pairwise(gaps))
    assert 450 <= gaps[-1] < 520
    counted = hits(placed(cue("w", "boots", repeat=4, every=Pace(1.0, 0.4))), "w")
    assert [b - a for a, b in itertools.pairwise(counted)] == [1000, 700, 400]


def test_a_pace_strays_by_chance_inside_its_spread_and_the_same_way_every_time() -> None:
    walk = cue("w", "boots", repeat=200, every=Pace(1.0, 1.0, spread=0.4))
    times = hits(placed(walk), "w")
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert all(600 <= gap <= 1400 for gap in gaps)
    assert max(gaps) > 1300 and min(gaps) < 700
    assert abs(sum(gaps) / len(gaps) - 1000) < 60
    assert hits(placed(walk), "w") == times


def test_no_step_is_the_member_before_it_and_each_is_a_little_different() -> None:
    parts = placed(cue("w", "boots", repeat=60)).clip("w").parts
    members = [part.sound.member for part in parts if part.sound]
    assert all(a != b for a, b in itertools.pairwise(members))
    assert set(members) == {0, 1, 2, 3}
    cents = [part.sound.pitch_cents for part in parts if part.sound]
    assert max(cents) > 30 and min(cents) < -30 and max(map(abs, cents)) <= 60
    assert all(cent % 5 == 0 for cent in cents)
    assert max(abs(part.gain_db) for part in parts) <= 1.5
    assert len({part.gain_db for part in parts}) > 30


def test_a_variant_is_always_the_same_member() -> None:
    parts = placed(cue("w", "boots", repeat=5, variant=3)).clip("w").parts
    assert [part.sound.member for part in parts if part.sound] == [2] * 5


def test_a_cue_elsewhere_changes_no_choice() -> None:
    walk = cue("w", "boots", repeat=8, every=Pace(0.5, 0.5, 0.1), key="walk")
    gull = cue("g", "gull", key="gull")
    alone = placed(walk, gull)
    with_more = placed(cue("x", "boots", repeat=3), walk, cue("y", "gull"), gull)

    def choices(timeline: object, clip_id: str) -> list[object]:
        parts = timeline.clip(clip_id).parts  # type: ignore[attr-defined]
        return [(part.sound, part.gain_db, part.hit - parts[0].hit) for part in parts]

    for clip_id in ("w", "g"):
        assert choices(alone, clip_id) == choices(with_more, clip_id)


def test_longer_steps_begin_like_shorter_ones() -> None:
    few = placed(cue("w", "boots", repeat=5, key="k")).clip("w").parts
    many = placed(cue("w", "boots", repeat=50, key="k")).clip("w").parts
    assert many[:5] == few


def test_pitch_moves_from_strike_to_strike() -> None:
    still = replace(SHELF.sounds["heart"], kind="hit")
    shelf = replace(SHELF, sounds={**SHELF.sounds, "heart": still})
    beats = cue("h", "heart", repeat=5, every=Pace(1.0, 1.0), pitch_cents=Glide(0.0, -400.0))
    parts = placed(beats, shelf=shelf).clip("h").parts
    assert [part.sound.pitch_cents for part in parts if part.sound] == [0, -100, -200, -300, -400]
    (found,) = problems(cue("h", "heart", pitch_cents=Glide(0.0, -400.0)))
    assert "'heart' (line 1) sounds once" in found.what


def test_a_walk_without_an_end_is_an_error() -> None:
    (found,) = problems(cue("w", "boots"))
    assert "a walk without an end" in found.what
    no_pace = replace(SHELF, sounds={**SHELF.sounds, "boots": replace(SHELF.sounds["boots"], pace=None)})
    with pytest.raises(Exception, match="has no pace of its own"):
        placed(cue("w", "boots", repeat=2), shelf=no_pace)


def test_repeat_without_a_pace_follows_each_sound_with_the_next() -> None:
    assert hits(placed(cue("k", "knock", repeat=3)), "k") == [50, 450, 850]


def test_every_strikes_a_sound_that_is_no_walk() -> None:
    timeline = placed(cue("k", "knock", every=Pace(1.0, 1.0), for_s=Fraction(5, 2)))
    assert hits(timeline, "k") == [50, 1050, 2050]


def test_a_sound_that_sustains_is_made_for_exactly_its_time() -> None:
    timeline = placed(cue("h", "hum", for_s=Fraction(5)), speech("a", "one"))
    (part,) = timeline.clip("h").parts
    assert part.sound is not None and part.sound.length_s == 5.0
    assert span(timeline, "h") == (0, 5000)
    assert span(timeline, "a")[0] == 5000
    landed = placed(pause("p", "1"), cue("h", "hum", at=moment("now"), until=moment("now", plus="2")))
    assert span(landed, "h") == (980, 3000)
    assert landed.clip("h").hit == 1000


def test_a_sound_of_its_own_length_is_cut_short_with_a_fade_and_never_made_longer() -> None:
    short = placed(cue("d", "door", for_s=Fraction(3, 10)), pause("p", "2"))
    assert span(short, "d") == (0, 300)
    assert short.clip("d").fade_out == 50
    assert short.clip("d").parts[0].length == 300
    long = placed(cue("d", "door", for_s=Fraction(3)), pause("p", "5"))
    assert span(long, "d") == (0, 1000)
    assert long.clip("d").fade_out == 0


def test_fades_are_as_asked() -> None:
    clip = placed(cue("d", "door", fade_in_s=Fraction(1, 10), fade_out_s=Fraction(1, 5))).clip("d")
    assert (clip.fade_in, clip.fade_out) == (100, 200)
    until = placed(cue("d", "door", fade_out_s=moment("start of scene", plus="0.4")), pause("p", "3")).clip("d")
    assert (until.span.end, until.fade_out) == (400, 400)


def test_level_and_place_move_over_the_sound() -> None:
    near = Position(None, Metres(1.5))
    passing = cue(
        "d",
        "door",
        level_lu=Glide(-30.0, -12.0),
        path=(Position(-100.0, Metres(12.0)), near, Position(100.0, Metres(12.0))),
    )
    clip = placed(pause("p", "1"), passing).clip("d")
    assert clip.level.points == ((1000, -30.0), (2000, -12.0))
    assert clip.pan.points == ((1000, -100.0), (1500, -100.0), (2000, 100.0))
    assert clip.distance.points == ((1000, 12.0), (1500, 1.5), (2000, 12.0))


def test_end_fades_a_sound_and_cut_takes_its_echo() -> None:
    walk = cue("w", "boots", until=moment("end of scene"))
    timeline = placed(walk, pause("p", "3"), stop("x", "boots", fade_out_s=Fraction(2)), pause("q", "5"))
    assert span(timeline, "w")[1] == 5000
    assert timeline.clip("w").fade_out == 2000
    assert hits(timeline, "w")[-1] == 4530
    cut = placed(walk, pause("p", "3"), stop("x", "all", cut=True), pause("q", "5")).clip("w")
    assert cut.cut is not None and (cut.cut.start, cut.cut.end) == (3000, 3020)
    assert cut.parts[-1].hit == 2530


def test_steps_stop_in_the_middle_of_a_pace() -> None:
    walk = cue("w", "boots", until=moment("word freeze", plus="0.1"))
    timeline = placed(walk, speech("a", "he walks and walks then freeze"))
    assert hits(timeline, "w") == [30, 530, 1030]


def test_a_sound_that_has_ended_is_not_ended_again() -> None:
    timeline = placed(cue("d", "door"), pause("p", "5"), stop("x", "door"), pause("q", "1"))
    assert span(timeline, "d") == (0, 1000)
    assert timeline.clip("d").fade_out == 0


def test_a_cut_takes_the_echo_of_what_has_just_ended() -> None:
    knock = cue("k", "knock", room="cathedral")
    timeline = placed(knock, pause("p", "0.5"), stop("x", "all", cut=True), pause("q", "1"))
    clip = timeline.clip("k")
    assert clip.span.end == 400
    assert clip.cut is not None and clip.cut.start == 900
    assert timeline.duration == 1900


def test_a_sound_may_be_cut_at_a_moment_of_its_own() -> None:
    timeline = placed(
        cue("r", "riser"), stop("x", "riser", cut=True, at=moment("start of scene", plus="1")), speech("a", "1")
    )
    assert span(timeline, "r") == (0, 1020)
    assert span(timeline, "a")[0] == 1020


def test_a_sound_that_lands_after_a_cut_is_not_cut_for_its_approach() -> None:
    gull = cue("g", "gull", before_token=0)
    timeline = placed(pause("p", "2"), stop("x", "all", cut=True), speech("a", "one", cues=(gull,)))
    assert span(timeline, "g") == (1900, 2600)
    assert timeline.clip("g").cut is None


def test_a_stop_before_it_has_begun_leaves_the_next_stop_to_end_it() -> None:
    late = cue("r", "riser", at=moment("end of p", plus="3"))
    first, second = stop("x", "all", cut=True), stop("y", "all", cut=True)
    timeline = placed(pause("q", "1"), late, first, pause("p", "2"), pause("o", "2"), second, pause("n", "9"))
    assert span(timeline, "r") == (3500, 5020)


def test_what_reaches_back_before_several_stops_is_ended_by_the_first_of_them() -> None:
    back = cue("r", "riser", at=moment("end of q", plus="2.5"))
    first, second = stop("x", "riser", cut=True), stop("y", "riser", cut=True)
    timeline = placed(pause("q", "1"), pause("p", "3"), first, pause("o", "0.2"), second, back, pause("n", "9"))
    assert span(timeline, "r") == (1000, 4000)
    again = placed(pause("q", "1"), pause("p", "2.7"), first, pause("o", "0.2"), second, back, pause("n", "9"))
    assert span(again, "r") == (1000, 3720)


def test_the_episode_waits_for_the_echo_of_its_last_sound() -> None:
    assert placed(cue("k", "knock", room="small stone room")).duration == 400 + 800
    cathedral = round(1000 * PRESETS["cathedral"].decay_s)
    assert placed(cue("k", "knock", room="cathedral")).duration == 400 + cathedral
    assert placed(cue("k", "knock", room="cathedral"), pause("p", "9")).duration == 9400
    assert placed(cue("k", "knock")).duration == 400
    vast = script(scene(cue("k", "knock", treat="vast")), treatments=VAST)
    assert place_script(vast).duration == 400 + 8000


def test_what_still_rings_at_the_end_is_faded_there_and_nothing_else_is() -> None:
    for last in (cue("k", "knock", room="cathedral"), cue("k", "knock", treat="vast")):
        whole = script(scene(cue("g", "gull", room="cathedral"), pause("q", "20"), last), treatments=VAST)
        timeline = place_script(whole, tail_s=3.0)
        cut = timeline.clip("k").cut
        assert cut is not None and (cut.end, cut.length) == (timeline.duration - 3000, 500)
        assert timeline.clip("g").cut is None
    assert placed(cue("k", "knock", room="small stone room")).clip("k").cut is None


def test_head_and_tail_are_silence_around_the_episode() -> None:
    timeline = placed(speech("a", "one"), head_s=1.0, tail_s=3.0)
    assert span(timeline, "a") == (1000, 1200)
    assert timeline.duration == 4200
    assert timeline.scenes[0].span.start == 1000


def test_the_rate_is_the_palettes() -> None:
    fast = Shelf(
        SHELF.sounds, {role: [(48 * n, 48 * o) for n, o in pool] for role, pool in SHELF.members.items()}, 48_000
    )
    timeline = placed(pause("p", "1"), cue("g", "gull"), shelf=fast)
    assert timeline.rate_hz == 48_000
    assert span(timeline, "g") == (48_000, 48_000 + 700 * 48)


def test_what_goes_by_of_itself_stays_beside_the_listener_where_its_path_nears_or_leaves() -> None:
    """Else it would pass twice: in its own samples, and by the mix."""
    far, near = (Position(pan, Metres(metres)) for pan, metres in ((-80.0, 40.0), (0.0, 3.0)))
    car = replace(SHELF.sounds["hum"], role="car", settings={"passing": (0.0, 1.0)}, resting={"passing": 1.0})
    shelf = Shelf(sounds={"car": car, "hum": SHELF.sounds["hum"]}, members={"car": [(4000, 2000)], "hum": [(800, 20)]})

    def settings(role: str, **given: object) -> dict[str, float]:
        (part,) = placed(cue("c", role, for_s=Fraction(4), **given), shelf=shelf).clip("c").parts
        assert part.sound is not None
        return dict(part.sound.settings)

    assert settings("car", path=(far, near, far)) == {"passing": 0.0}
    assert settings("car", path=(far, replace(far, pan=80.0))) == {}, "as far all the way: it passes of itself"
    assert settings("car", path=(far,)) == {}
    assert settings("car", path=(far, near), settings={"passing": 1.0}) == {"passing": 1.0}
    assert settings("hum", path=(far, near)) == {}
