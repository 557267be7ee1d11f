"""What is true of every timeline; timelines stored whole; the document and the cue sheet."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.errors import ScriptError
from producer.model.pace import Pace
from producer.model.script import Glide, Item, Line, Position, Scene, Script, Silence, VoiceUse
from producer.model.timeline import Timeline
from producer.timeline.cue_sheet import cue_sheet
from producer.timeline.document import to_json
from producer.timeline.episode import clock
from producer.units import Lu, Metres, Percent, Wpm
from tests.timeline_helpers import (
    SHELF,
    bed,
    cue,
    hear,
    inline_mark,
    mark,
    moment,
    pause,
    place_script,
    placed,
    scene,
    script,
    speech,
    stop,
)

GOLDEN = Path(__file__).parent / "golden"
KEEPER = VoiceUse(member="keeper", voice="en-gb", rate_wpm=Wpm(150), path=(Position(20.0, Metres(1.5)),), room="lamp")


def the_quay() -> Script:
    """A scene as in the language's own example: beds, rides, steps to the end of the next line, cues on words."""
    log = speech(
        "log",
        "Log, last page: nobody had lit the lamp for a year. | Nobody had needed to.",
        cues=(cue("gull", "gull", before_token=11, on_rest=True, place_line=6),),
        place_line=5,
    )
    climb = speech(
        "climb",
        "She climbed anyway, 112=one_hundred_and_twelve steps, one hand on the rope.",
        cues=(cue("knock", "knock", before_token=5, level_lu=Glide(-18.0, -18.0), place_line=9),),
        marks=(inline_mark("rope", 8),),
        place_line=8,
    )
    walk = cue(
        "walk",
        "boots",
        until=moment("end of next line"),
        path=(Position(-80.0, Metres(12.0)), Position(0.0, Metres(1.5))),
        place_line=7,
    )
    ride = bed("ride", "sea", said={"level", "over"}, level_lu=Glide(-28.0, -28.0), over_s=Fraction(6), place_line=10)
    quay = scene(
        bed("sea", "sea", fade_in_s=Fraction(4), place_line=3), pause("p", "3"), log, walk, climb, ride, pause("q", "8")
    )
    who = speech("who", "Who's there? | Who is it?", voices=(KEEPER,), rests=(Fraction(4, 5),), place_line=14)
    answer = replace(speech("answer", "I am.", lead_s=Fraction(3, 10), place_line=16), how="dry")
    lamp_room = scene(
        bed("wind", "wind", level_lu=Glide(-30.0, -30.0), settings={"strength": 0.2}, place_line=12),
        cue("latch", "door", place_line=13),
        who,
        cue("tick", "knock", at=moment("word there", plus="-0.04"), place_line=15),
        answer,
        hear("h", "muffled", level_lu=Lu(-6)),
        bed("gust", "wind", said={"set"}, settings={"strength": 0.9}, place_line=17),
        pause("r", "2"),
        stop("cut", "all", cut=True, line=18),
        pause("s", "2"),
        number=2,
        room="small stone room",
    )
    return script(quay, lamp_room)


def the_walk() -> Script:
    """Chance and strikes: steps that quicken and stop in the middle of a pace, a heart, voices together."""
    both = tuple(VoiceUse(member=name, voice="x", rate_wpm=Wpm(150)) for name in ("ann", "ben"))
    return script(
        scene(
            bed("theme", "theme", music=True, level_lu=Glide(-12.0, -12.0), place_line=3),
            bed("heart", "heart", every=Pace(0.9, 0.9, 0.05), place_line=4),
            pause("p", "2"),
            mark("m", "off"),
            cue(
                "walk",
                "boots",
                until=moment("word stopped", plus="0.1"),
                every=Pace(1.0, 0.45, 0.08),
                level_lu=Glide(-30.0, -12.0),
                place_line=5,
            ),
            speech("a", "he walked and walked along the whole wide wall | and stopped", place_line=6),
            bed("fast", "heart", said={"every", "over"}, every=Pace(0.45, 0.45), over_s=Fraction(3), place_line=7),
            speech("b", "run now", voices=both, together="both", place_line=8),
            stop("x", "theme", fade_out_s=moment("word now", target="c"), line=9),
            speech("c", "now", place_line=10),
            pause("q", "1"),
        )
    )


SCRIPTS = {"quay": the_quay, "walk": the_walk}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_stored_timeline_is_placed_again_to_the_sample(name: str, request: pytest.FixtureRequest) -> None:
    whole = SCRIPTS[name]()
    made = to_json(place_script(whole), whole)
    file = GOLDEN / f"timeline_{name}.json"
    if request.config.getoption("--update-golden", default=False):
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert made == json.loads(file.read_text("utf-8"))


def test_the_document_says_what_the_contract_asks_for() -> None:
    whole = the_quay()
    made = to_json(place_script(whole), whole)
    assert made["version"] == 1
    assert made["script"] == {"file": "script/test.yaml", "sha256": "0" * 64}
    assert made["scenes"][0]["title"] == "Scene 1"
    assert made["scenes"][0]["at"] == {"line": 1, "column": 5}
    for clip in made["clips"]:
        assert {"id", "kind", "name", "start", "end", "at", "level_lu", "source"} <= set(clip)
        assert isinstance(clip["start"], int) and isinstance(clip["level_lu"], float)
    gull = next(clip for clip in made["clips"] if clip["id"] == "gull")
    assert gull["source"] == {"pack": "test", "file": gull["source"]["file"]}
    line = next(clip for clip in made["clips"] if clip["id"] == "log")
    assert line["text"].startswith("Log, last page")
    assert line["words"][0] == {"text": "Log,", "start": 3000, "end": 3200}
    assert made["marks"] == [{"name": "rope", "sample": made["marks"][0]["sample"], "at": {"line": 1, "column": 5}}]
    assert json.dumps(made) == json.dumps(to_json(place_script(the_quay()), the_quay()))


def test_a_clip_that_came_from_a_series_names_its_file() -> None:
    whole = the_quay()
    made = to_json(place_script(whole), replace(whole, file="script/other.yaml"))
    assert made["clips"][0]["at"]["file"] == "script/test.yaml"


def test_the_document_says_which_sounds_give_way_to_speech() -> None:
    whole = script(scene(bed("s", "sea"), cue("g", "gull"), cue("k", "knock", duck=True), pause("p", "2")))
    ducks = {clip["id"]: clip.get("duck") for clip in to_json(place_script(whole), whole)["clips"]}
    assert ducks == {"s": True, "g": None, "k": True}


def test_a_cut_in_the_middle_of_a_fade_ends_the_clip_in_the_document() -> None:
    timeline = placed(
        bed("s", "sea"), pause("p", "5"), stop("x", "sea"), pause("q", "1"), stop("y", "all", cut=True), pause("r", "9")
    )
    (clip,) = to_json(timeline, script())["clips"]
    assert (clip["end"], clip["cut"]) == (6020, {"start": 6000, "end": 6020})


def test_the_cue_sheet_is_in_the_order_of_what_is_heard() -> None:
    rows = cue_sheet(place_script(the_quay()))
    assert [row.start for row in rows] == sorted(row.start for row in rows)
    assert (rows[0].kind, rows[0].name) == ("scene", "Scene 1")
    assert {row.kind for row in rows} == {"scene", "bed", "speech", "sound", "hear", "mark"}
    tick = next(row for row in rows if row.id == "tick")
    there = next(row for row in rows if row.id == "who").start + 200
    assert tick.start == there - 40  # a sound is on the sheet where it hits
    assert tick.time == clock(tick.start, 1000)
    assert (tick.level_lu, tick.where.line) == (-10.0, 15)


@pytest.mark.parametrize(
    ("samples", "shown"),
    [(0, "0:00.000"), (62_350, "1:02.350"), (3_600_000, "1:00:00.000"), (3_725_004, "1:02:05.004")],
)
def test_times_are_shown_as_people_write_them(samples: int, shown: str) -> None:
    assert clock(samples, 1000) == shown


# Any list of items that a writer could put down.

SECONDS = st.integers(0, 40).map(lambda tenths: Fraction(tenths, 10))


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    count = draw(st.integers(0, 12))
    made: list[Item] = [speech("first", "one two three four"), cue("opening", "door", wait=Fraction(0))]
    made += [draw(st.sampled_from(MAKERS))(f"i{number}", draw) for number in range(count)]
    return tuple(made)


def _line(name: str, draw: st.DrawFn) -> Item:
    rests = tuple(draw(st.lists(SECONDS, max_size=2)))
    text = "alpha" + "".join(f" | w{n}" for n in range(len(rests))) + " omega"
    inside = (cue(f"{name}-in", "gull", before_token=1, on_rest=bool(rests), key=f"in {name}"),)
    lead = draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10)]))
    return speech(name, text, rests=rests, cues=inside if draw(st.booleans()) else (), lead_s=lead)


def _aside(name: str, draw: st.DrawFn) -> Item:
    return speech(name, "beta gamma", at=moment("start of first", plus=str(draw(st.integers(0, 9)))))


def _spot(name: str, draw: st.DrawFn) -> Item:
    wait = draw(st.sampled_from([None, Fraction(0), Fraction(1, 2)]))
    role = draw(st.sampled_from(["door", "gull", "hum"]))
    return cue(name, role, wait=wait, for_s=draw(st.sampled_from([None, Fraction(3, 10), Fraction(2)])))


def _hung(name: str, draw: st.DrawFn) -> Item:
    at = draw(st.sampled_from(["word three", "end of first", "start of opening", "now", "end of scene"]))
    target = "first" if at.startswith("word") else ""
    return cue(name, "gull", at=moment(at, target=target, plus=str(draw(st.integers(0, 3)))))


def _walk(name: str, draw: st.DrawFn) -> Item:
    pace = draw(st.sampled_from([None, Pace(0.6, 0.6, 0.3), Pace(1.0, 0.3)]))
    if draw(st.booleans()):
        return cue(name, "boots", every=pace, repeat=draw(st.integers(1, 6)))
    return cue(name, "boots", every=pace, until=moment("end of scene"))


def _bed(name: str, draw: st.DrawFn) -> Item:
    role, music = draw(st.sampled_from([("sea", False), ("wind", False), ("theme", True), ("heart", False)]))
    every = Pace(0.8, 0.8, 0.2) if role == "heart" else None
    level = draw(st.integers(-40, 0))
    fade = draw(st.sampled_from([None, Fraction(1)]))
    carry = draw(st.booleans())
    said = {"level", "width"} | ({"treat"} if draw(st.booleans()) else set())
    return bed(
        name,
        role,
        music=music,
        every=every,
        said=said,
        level_lu=Glide(level, level),
        width=Percent(draw(st.integers(0, 100))),
        fade_out_s=fade,
        carry=carry,
    )


def _stop(name: str, draw: st.DrawFn) -> Item:
    what = draw(st.sampled_from(["all", "sea", "boots", "opening", "theme"]))
    at = moment("end of first", plus=str(draw(st.integers(0, 5)))) if draw(st.booleans()) else None
    return stop(name, what, cut=draw(st.booleans()), at=at)


def _pause(name: str, draw: st.DrawFn) -> Item:
    return pause(name, draw(SECONDS))


MAKERS = [_line, _aside, _spot, _hung, _walk, _bed, _stop, _pause, _pause]


def _ends_with_a_pause(found: tuple[Item, ...], number: int) -> Scene:
    """Beds at the very end of a scene are an error; a pause makes room for them."""
    own = tuple(replace(item, id=f"{item.id}-{number}") if number > 1 else item for item in found)
    return scene(*own, pause(f"last-{number}", "0.5"), number=number)


@settings(max_examples=100, deadline=None)
@given(found=items())
def test_whatever_is_written_everything_has_its_place(found: tuple[Item, ...]) -> None:
    whole = script(_ends_with_a_pause(found, 1), scene(pause("later", "4"), number=2))
    try:
        timeline = place_script(whole)
    except ScriptError as refused:
        # Only what truly cannot be: a lead that is longer than the line before it.
        assert all("lead" in problem.what for problem in refused.problems)
        return
    _check_whole(timeline, whole)


def _check_whole(timeline: Timeline, whole: Script) -> None:
    assert [clip.span.start for clip in timeline.clips] == sorted(clip.span.start for clip in timeline.clips)
    assert timeline.scenes[0].span.start == 0
    for one, following in zip(timeline.scenes, timeline.scenes[1:], strict=False):
        assert one.span.end == following.span.start
    assert timeline.scenes[-1].span.end <= timeline.duration
    for clip in timeline.clips:
        assert 0 <= clip.span.start <= clip.span.end <= timeline.duration
        assert 0 <= clip.fade_in <= clip.span.length and 0 <= clip.fade_out <= clip.span.length
        for part in clip.parts:
            assert clip.span.start <= part.start and part.length >= 0 and part.skip >= 0
            assert part.start + part.length <= max(clip.span.end, clip.span.start)
        for ramp in (clip.level, clip.pan, clip.distance, clip.width):
            samples = [sample for sample, _ in ramp.points]
            assert samples == sorted(samples)
        words = [word.start for word in clip.words]
        assert words == sorted(words)
    for line in whole.lines:
        assert timeline.clip(line.id).text == line.text
    json.dumps(to_json(timeline, whole))
    lines = [item for item in whole.scenes[0].items if isinstance(item, Line) and item.at is None]
    spoken = [timeline.clip(line.id).span.start for line in lines]
    assert spoken == sorted(spoken)


@settings(max_examples=40, deadline=None)
@given(found=items(), where=st.integers(2, 14), role=st.sampled_from(["boots", "gull"]))
def test_one_more_sound_changes_no_other_choice(found: tuple[Item, ...], where: int, role: str) -> None:
    more = cue("more", role, repeat=2 if role == "boots" else None, wait=Fraction(0))
    fuller = (*found[:where], more, *found[where:])
    try:
        before = place_script(script(_ends_with_a_pause(found, 1)))
    except ScriptError:
        return
    after = place_script(script(_ends_with_a_pause(fuller, 1)))
    for clip in before.clips:
        same = after.clip(clip.id)
        assert same.span == clip.span  # it was not waited for, so nothing moves
        assert [(p.sound, p.gain_db, p.hit) for p in same.parts] == [(p.sound, p.gain_db, p.hit) for p in clip.parts]


@settings(max_examples=40, deadline=None)
@given(found=items(), shift=st.integers(1, 30))
def test_a_pause_before_everything_moves_everything_by_as_much(found: tuple[Item, ...], shift: int) -> None:
    first, *rest = found
    try:
        now = place_script(script(_ends_with_a_pause((pause("wait", "9"), first, *rest), 1)))
    except ScriptError:
        return
    later = place_script(script(_ends_with_a_pause((pause("wait", Fraction(9 + shift)), first, *rest), 1)))
    for clip in now.clips:
        assert later.clip(clip.id).span.start == clip.span.start + 1000 * shift
        assert later.clip(clip.id).span.end == clip.span.end + 1000 * shift
        assert later.clip(clip.id).fade_out == clip.fade_out
    assert later.duration == now.duration + 1000 * shift


def test_the_palette_is_only_asked_for_lengths() -> None:
    class Silent(type(SHELF)):  # type: ignore[misc]
        def audio(self, ref: object) -> object:
            raise AssertionError("the timeline makes no sound")

    assert place_script(the_quay(), shelf=Silent(**{f: getattr(SHELF, f) for f in SHELF.__dataclass_fields__})).clips


def test_a_rest_that_waits_is_counted_from_the_sound_and_not_from_the_text() -> None:
    wait = Silence(after_token=1, wait_for="k")
    line = speech("a", "one | two", rests=(wait,), cues=(cue("k", "riser", before_token=1, on_rest=True),))
    timeline = placed(pause("p", "5"), line)
    assert timeline.clip("k").span.end == timeline.clip("a").words[1].start
