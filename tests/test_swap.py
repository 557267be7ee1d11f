"""Packs that swap: the flagship in each pack that ships, with its script untouched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from producer import project, render
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.mix.mixer import Mixer
from producer.model.foley import Setting
from producer.model.timeline import Clip, Ramp
from producer.sounds.find import load_packs
from producer.sounds.pack import Pack
from producer.sounds.quantity import setting_value
from producer.units import Samples, Span
from tests.face_helpers import cache
from tests.margin_helpers import measured

__all__ = ["cache"]

FOLDER = Path(__file__).parent.parent
SCRIPT = FOLDER / "script" / "flagship.yaml"
SHIPPED = ("ruins", "winter", "works")
OTHERS = SHIPPED[1:]
BLOCK = 1 << 20


@pytest.fixture(scope="session")
def placed(cache: Path) -> dict[str, render.Placed]:
    """The flagship as each pack sounds it."""
    with Cache(cache) as kept:
        orders = {
            name: render.Order(project=project.find(SCRIPT, FOLDER)[0], packs=(name,), jobs=2) for name in SHIPPED
        }
        return {name: render.plan(order, kept, render.NoWatch()) for name, order in orders.items()}


def packs() -> dict[str, Pack]:
    return {pack.name: pack for pack in load_packs(SHIPPED, (FOLDER / "sfx",), recipes=RECIPES).listed}


def sounding(placed: render.Placed) -> tuple[Clip, ...]:
    return tuple(clip for clip in placed.timeline.clips if clip.kind != "speech")


def speech(placed: render.Placed) -> Iterator[bytes]:
    """Digests of the speech bus of the whole episode, block by block."""
    timeline = placed.timeline
    spoken = replace(timeline, clips=tuple(clip for clip in timeline.clips if clip.kind == "speech"))
    mixer = Mixer(spoken, placed.script, placed.takes, placed.palette)
    for start in range(0, timeline.duration, BLOCK):
        block = mixer.block(Span(Samples(start), Samples(min(start + BLOCK, timeline.duration)))).speech
        yield sha256(block.tobytes()).digest()


@pytest.fixture(scope="session")
def spoken(placed: dict[str, render.Placed]) -> list[bytes]:
    return list(speech(placed["ruins"]))


def level_lufs(placed: render.Placed, clip: Clip) -> float:
    """How loud a clip is by itself, dry, from where it begins to be heard to its end, before anything makes room."""
    alone = replace(placed.timeline, clips=(replace(clip, room="none", treat="none"),), hears=())
    rate = placed.timeline.rate_hz
    start, end = Samples(max(0, clip.span.start - 2000)), Samples(min(placed.timeline.duration, clip.span.end + 2000))
    heard = Mixer(alone, placed.script, {}, placed.palette).block(Span(start, end)).sum()
    hop = rate // 100
    powers = np.square(heard[: len(heard) // hop * hop], dtype=np.float64).sum(axis=1).reshape(-1, hop).mean(axis=1)
    loud = np.flatnonzero(powers > 1e-6 * np.convolve(powers, np.ones(5) / 5, "valid").max())
    return loudness(heard[loud[0] * hop : (loud[-1] + 1) * hop], rate)


@pytest.fixture(scope="session")
def levels(placed: dict[str, render.Placed]) -> dict[str, dict[str, float]]:
    return {name: {clip.id: level_lufs(one, clip) for clip in sounding(one)} for name, one in placed.items()}


def test_the_packs_that_ship_fill_the_same_roles_under_the_same_names_and_as_the_same_kind() -> None:
    found = packs()
    ruins = found["ruins"]
    for name in OTHERS:
        pack = found[name]
        assert pack.names == ruins.names
        assert {role: sound.kind for role, sound in pack.sounds.items()} == {
            role: sound.kind for role, sound in ruins.sounds.items()
        }


def test_they_fill_what_other_dramas_need_too() -> None:
    needed = {"rain", "fire", "clock", "phone_ring", "knock", "car_passing", "crowd", "birds", "water", "keys", "paper"}
    assert (needed | {"glass_set_down"}) - packs()["ruins"].names.keys() == set()


def test_they_are_free_and_named_in_ucs() -> None:
    for pack in packs().values():
        assert pack.licence == "CC0-1.0"
        assert [role for role, sound in pack.sounds.items() if not sound.ucs or sound.title == role] == []


@pytest.mark.parametrize("name", OTHERS)
def test_no_role_falls_back(placed: dict[str, render.Placed], name: str) -> None:
    assert {clip.source["pack"] for clip in sounding(placed[name])} == {name}
    assert {pack: len(roles) for pack, roles in placed[name].filled.items() if roles} == {
        name: len(placed["ruins"].filled["ruins"])
    }


@pytest.mark.parametrize("name", OTHERS)
def test_speech_is_the_same_to_the_sample(placed: dict[str, render.Placed], spoken: list[bytes], name: str) -> None:
    assert placed[name].timeline.duration == placed["ruins"].timeline.duration
    assert list(speech(placed[name])) == spoken
    assert len(set(spoken)) > 20


@pytest.mark.parametrize("name", OTHERS)
def test_every_cue_keeps_its_moment_within_10_ms(placed: dict[str, render.Placed], name: str) -> None:
    here, there = sounding(placed[name]), {clip.id: clip for clip in sounding(placed["ruins"])}
    assert len(here) == len(there) > 50
    rate = placed[name].timeline.rate_hz
    late = {}
    for clip in here:
        other = there[clip.id]
        assert len(clip.parts) == len(other.parts), clip.id
        hits = [(clip.hit, other.hit), *((a.hit, b.hit) for a, b in zip(clip.parts, other.parts, strict=True))]
        late[clip.id] = max(abs(a - b) for a, b in hits) / rate
    assert {clip: off for clip, off in late.items() if off > 0.010} == {}


@pytest.mark.parametrize("name", OTHERS)
def test_every_cue_keeps_its_level_within_1_lu(levels: dict[str, dict[str, float]], name: str) -> None:
    shifts = {clip: level - levels["ruins"][clip] for clip, level in levels[name].items()}
    assert {clip: round(shift, 2) for clip, shift in shifts.items() if abs(shift) > 1.0} == {}


@pytest.mark.parametrize("name", SHIPPED)
def test_one_loudspeaker_loses_at_most_3_lu_of_any_line_or_cue(placed: dict[str, render.Placed], name: str) -> None:
    """Half the sum of both channels, heard from both. What is neither wide nor at a side loses next to nothing."""
    one = placed[name]
    rate = one.timeline.rate_hz
    wide = {
        role for role in {clip.name for clip in sounding(one)} if one.palette.sound(role).kind in ("bed", "stinger")
    }
    lost = {}
    for clip in one.timeline.clips:
        aside = max(abs(pan) for _, pan in clip.pan.points) > 60.0
        if not (aside or clip.width.first > 100.0 or (clip.kind == "sound" and clip.name in wide)):
            continue
        start, end = clip.span.start, min(clip.span.end, clip.span.start + 6 * rate)
        alone = replace(one.timeline, clips=(clip,), hears=())
        heard = Mixer(alone, one.script, one.takes, one.palette).block(Span(start, Samples(end))).sum()
        folded = np.repeat(heard.mean(axis=1, keepdims=True), 2, axis=1)
        lost[clip.id] = loudness(heard, rate) - loudness(folded, rate)
    assert len(lost) >= 8
    assert {clip: round(lu, 2) for clip, lu in lost.items() if not lu <= 3.0} == {}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_knob_can_be_written_in_its_own_unit(name: str) -> None:
    def written(setting: Setting, value: float) -> str:
        return f"{value:g} {setting.unit}".strip()

    for setting in RECIPES[name].settings.values():
        for value in (setting.default, setting.low, setting.high):
            assert setting_value(written(setting, value), setting) == pytest.approx(value)


@pytest.mark.parametrize("world", SHIPPED)
def test_every_line_stands_above_what_lies_under_it_and_can_be_understood(
    placed: dict[str, render.Placed], tmp_path: Path, world: str
) -> None:
    """Measured on the stems of the whole episode: about 35 s of processor time for each world."""
    margins = {scene.id: scene.margin for scene in placed[world].timeline.scenes}
    episode = measured(placed[world])
    assert len(episode.lines) > 40
    assert [one.clip.id for one in episode.lines if one.over_beds_lu < margins[one.clip.scene].beds_lu] == []
    assert [one.clip.id for one in episode.lines if one.over_music_lu < margins[one.clip.scene].music_lu] == []
    assert {one.clip.id: round(one.estoi, 3) for one in episode.lines if one.estoi < 0.75} == {}
    assert min(margin.beds_lu for margin in margins.values()) == 15.0
    off = [one.said.over_beds_lu - one.over_beds_lu for one in episode.lines if np.isfinite(one.over_beds_lu)]
    assert np.abs(off).max() < 0.05  # what the mixer says is what is heard
    assert any(max(one.said.cut_beds_db) > 0.0 for one in episode.lines)
    steps = [np.abs(np.diff(one.db, axis=0)).max(initial=0.0) * 100 for one in episode.reductions]
    assert max(steps) <= 30.0


@pytest.mark.parametrize("world", SHIPPED)
def test_beds_that_are_20_db_too_loud_still_give_way(
    placed: dict[str, render.Placed], tmp_path: Path, world: str
) -> None:
    """The first scene, its beds raised as a slip of the script would raise them."""
    one = placed[world]
    [first, *_] = one.timeline.scenes
    clips = tuple(louder(clip) for clip in one.timeline.clips if clip.span.start < first.span.end)
    scene = replace(one, timeline=replace(one.timeline, clips=clips, duration=first.span.end, hears=()))
    episode = measured(scene)
    assert len(episode.lines) >= 5
    assert max(line.said.reduced_beds_db for line in episode.lines) > 10.0
    assert min(line.over_beds_lu for line in episode.lines) >= 15.0
    assert all(line.said.kept for line in episode.lines)
    assert min(line.estoi for line in episode.lines) >= 0.75
    assert max(np.abs(np.diff(curve.db, axis=0)).max(initial=0.0) * 100 for curve in episode.reductions) <= 30.0


def louder(clip: Clip) -> Clip:
    if clip.kind != "bed":
        return clip
    return replace(clip, level=Ramp(tuple((sample, level + 20.0) for sample, level in clip.level.points)))
