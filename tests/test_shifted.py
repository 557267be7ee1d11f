"""A clip, or anything else of a timeline, at another time."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from producer.errors import Place
from producer.model.script import Margin
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, ClipWord, HearSpan, Part, Ramp, SceneSpan, TimelineMark
from producer.units import Samples, Span

SAMPLES = st.integers(0, 10**9).map(Samples)
SHIFTS = st.integers(-(10**9), 10**9)
VALUES = st.floats(-100, 100)
RAMPS = st.one_of(
    VALUES.map(Ramp.still),
    st.lists(st.tuples(SAMPLES, VALUES), min_size=2, max_size=5).map(lambda found: Ramp(tuple(sorted(found)))),
)
SPANS = st.tuples(SAMPLES, SAMPLES).map(lambda ends: Span(min(ends), max(ends)))
WORDS = st.builds(ClipWord, st.sampled_from(["a", "b"]), SAMPLES, SAMPLES)
REFS = st.builds(SoundRef, role=st.just("knock"), member=st.integers(0, 3))
PARTS = st.builds(Part, start=SAMPLES, length=SAMPLES, skip=SAMPLES, hit=SAMPLES, sound=REFS, gain_db=VALUES)
PLACE = Place("script/test.yaml", 1, 1)
CLIPS = st.builds(
    Clip,
    id=st.just("one"),
    kind=st.sampled_from(["speech", "sound", "bed", "music"]),
    name=st.just("name"),
    scene=st.just("scene-1"),
    span=SPANS,
    place=st.just(PLACE),
    hit=SAMPLES,
    level=RAMPS,
    pan=RAMPS,
    distance=RAMPS,
    width=RAMPS,
    fade_in=SAMPLES,
    fade_out=SAMPLES,
    cut=st.none() | SPANS,
    parts=st.lists(PARTS, max_size=3).map(tuple),
    words=st.lists(WORDS, max_size=3).map(tuple),
    rides=st.dictionaries(st.sampled_from(["strength", "gusts"]), RAMPS, max_size=2),
)
HEARS = st.builds(HearSpan, scene=st.just("s"), span=SPANS, treat=st.just("muffled"), amount=RAMPS, level=RAMPS)
SCENES = st.builds(
    SceneSpan,
    id=st.just("s"),
    title=st.just("S"),
    span=SPANS,
    place=st.just(PLACE),
    room=st.just(""),
    margin=st.just(Margin()),
)
MARKS = st.builds(TimelineMark, name=st.just("m"), sample=SAMPLES, place=st.just(PLACE))

LENGTHS = {"fade_in", "fade_out", "length", "skip"}
"""Fields that count samples and are no times."""


def times(thing: object) -> list[int]:
    """Every time in it, found by looking at every field: a new one that `shifted` forgets is found here."""
    if isinstance(thing, Ramp):
        return [sample for sample, _ in thing.points] if len(thing.points) > 1 else []
    if isinstance(thing, (tuple, list)):
        return list(chain.from_iterable(map(times, thing)))
    if isinstance(thing, dict):
        return times(list(thing.values()))
    if not is_dataclass(thing) or isinstance(thing, (SoundRef, Margin, Place)):
        return []
    found: list[int] = []
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.type == "Samples" and field.name not in LENGTHS:
            found.append(value)
        else:
            found += times(value)
    return found


@settings(max_examples=60, deadline=None)
@given(clip=CLIPS, samples=SHIFTS)
def test_a_shifted_clip_has_every_time_moved_and_is_the_same_when_moved_back(clip: Clip, samples: int) -> None:
    moved = clip.shifted(samples)
    assert times(moved) == [time + samples for time in times(clip)]
    assert moved.shifted(-samples) == clip
    kept = {"fade_in", "fade_out", "id", "kind", "name", "scene", "place", "room", "treat", "bed_seed", "bed_settings"}
    assert all(getattr(moved, name) == getattr(clip, name) for name in kept)


@settings(max_examples=60, deadline=None)
@given(thing=st.one_of(HEARS, SCENES, MARKS), samples=SHIFTS)
def test_so_has_all_else_of_a_timeline(thing: HearSpan | SceneSpan | TimelineMark, samples: int) -> None:
    moved = thing.shifted(samples)
    assert times(moved) == [time + samples for time in times(thing)] != []
    assert moved.shifted(-samples) == thing


def test_what_has_one_value_for_all_time_is_equal_wherever_it_stands() -> None:
    assert Ramp.still(3.0).shifted(480) == Ramp.still(3.0)
    assert Ramp(((0, 1.0), (9, 2.0))).shifted(5) == Ramp(((5, 1.0), (14, 2.0)))
