from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.audio import Audio
from producer.dsp.filters import high_pass
from producer.dsp.loudness import loudness, own_length_loudness
from producer.mix.buses import Buses
from producer.mix.mixer import Mixer
from producer.model.script import Margin
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, HearSpan, Part, Ramp
from producer.units import Samples, Span
from tests.mix_helpers import Sounds, bed, bed_of, clip, hit, noise, script, spoken, take, timeline, voice

RATE_HZ = 8000
WIND = noise(RATE_HZ * 9, 2, "wind")
RAMP = np.linspace(0.001, 0.9, 3000, dtype=np.float32)[:, None]
"""A test sound that is nowhere twice the same: a constant one would hide a wrong offset."""
SAID = voice(1.5, RATE_HZ)
PALETTE = Sounds(
    RATE_HZ,
    {
        "ramp": RAMP,
        "stereo": noise(RATE_HZ, 2, "stereo", 0.3),
        "mono": noise(RATE_HZ, 1, "mono", 0.01),
        "tick": noise(800),
    },
    {
        "wind": bed_of(WIND, RATE_HZ),
        "sea": bed_of(noise(RATE_HZ * 7, 2, "sea"), RATE_HZ),
        "hiss": bed_of(high_pass(noise(RATE_HZ * 7, 2, "hiss"), 1200.0, RATE_HZ, 4), RATE_HZ),
        "hum": bed_of(noise(RATE_HZ * 3), RATE_HZ),
    },
)


def mixer(clips: list[Clip], seconds: float, **rest: object) -> Mixer:
    palette = rest.pop("palette", PALETTE)
    takes = {(c.line, 0): take(SAID) for c in clips if c.kind == "speech"}
    plan = timeline(clips, round(seconds * RATE_HZ), RATE_HZ, **rest)  # type: ignore[arg-type]
    return Mixer(plan, script(), takes, palette, part_hops=100)  # type: ignore[arg-type]


def whole(mix: Mixer) -> Buses:
    return mix.block(Span(Samples(0), mix.timeline.duration))


def at(seconds: float) -> int:
    return round(seconds * RATE_HZ)


def busy() -> list[Clip]:
    """Some of everything."""
    glide = Ramp(((at(2), -80.0), (at(3), 80.0)))
    return [
        bed("wind", 0, at(9), level=Ramp(((at(1), -20.0), (at(4), -8.0))), fade_in=at(1), fade_out=at(1), room=""),
        bed(
            "sea",
            at(1),
            at(7),
            level=-25.0,
            treat="underwater",
            pan=30.0,
            room="street",
            width=Ramp(((at(2), 100.0), (at(5), 20.0))),
        ),
        bed("hum", at(2), at(8), level=-30.0, speed=1.1, pitch_cents=-300.0, duck=False, id="free"),
        clip("music", "sea", at(3), at(8), level=-9.0, fade_in=at(0.5), id="theme"),
        hit("ramp", at(2), RAMP, level=-10.0, pan=glide, distance=Ramp(((at(2), 12.0), (at(2.3), 1.5))), room="hall"),
        hit("stereo", at(5), PALETTE.hits["stereo"], level=-12.0, treat="telephone", fade_out=at(0.2), id="s2"),
        spoken("line-1", at(3.3), SAID, room="small stone room", treat="warm"),
        spoken(
            "line-2",
            at(5.5),
            SAID,
            room="small room",
            level=-8.0,
            distance=3.0,
            cut=Span(Samples(at(6.5)), Samples(at(6.52))),
        ),
    ]


def over_a_hiss() -> list[Clip]:
    """A line and a ducked sound over a bed that masks it in one band most: each is cut by bands."""
    return [
        bed("hiss", 0, at(9), level=-8.0, room=""),
        hit("stereo", at(3.5), PALETTE.hits["stereo"], level=0.0, duck=True),
        hit("tick", at(4), PALETTE.hits["tick"], level=0.0),
        spoken("line-1", at(3.3), SAID),
    ]


def hears() -> tuple[HearSpan, ...]:
    amount = Ramp(((at(4), 0.0), (at(4.5), 1.0), (at(6), 1.0), (at(6.5), 0.0)))
    span = Span(Samples(at(4)), Samples(at(6.5)))
    return (HearSpan(scene="scene-1", span=span, treat="memory", amount=amount, level=Ramp.still(-3.0)),)


@pytest.fixture(scope="module")
def busy_mix() -> tuple[Mixer, Buses]:
    mix = mixer(busy(), 10, hears=hears())
    return mix, whole(mix)


@settings(deadline=None, max_examples=12)
@given(size=st.integers(700, 30000))
def test_block_size_never_changes_the_mix(busy_mix: tuple[Mixer, Buses], size: int) -> None:
    mix, one = busy_mix
    starts = range(0, mix.timeline.duration, size)
    blocks = [mix.block(Span(Samples(s), Samples(min(s + size, mix.timeline.duration)))) for s in starts]
    for bus in ("speech", "sounds", "beds", "music"):
        assert np.array_equal(getattr(one, bus), np.concatenate([getattr(block, bus) for block in blocks]))
    assert np.array_equal(one.sum(), np.concatenate([block.sum() for block in blocks]))


def test_blocks_may_be_asked_for_in_any_order(busy_mix: tuple[Mixer, Buses]) -> None:
    _, one = busy_mix
    mix = mixer(busy(), 10, hears=hears())
    for start in (at(7), at(0.3), at(5.1), at(2.9)):
        made = mix.block(Span(Samples(start), Samples(start + 5000)))
        assert np.array_equal(made.sum(), one.sum()[start : start + 5000])


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("prepared", [True, False])
def test_jobs_and_order_never_change_the_mix(busy_mix: tuple[Mixer, Buses], jobs: int, prepared: bool) -> None:
    first, one = busy_mix
    told: list[tuple[int, int]] = []
    mix = mixer(busy(), 10, hears=hears())
    if prepared:
        mix.prepare(jobs, lambda done, total: told.append((done, total)))
        assert told == [(index + 1, len(mix)) for index in range(len(mix))]
    blocks = list(mix.blocks(jobs))
    assert [block.span for block in blocks] == [part.core for part in mix.parts]
    assert len(blocks) >= 8
    assert np.array_equal(np.concatenate([block.sum() for block in blocks]), one.sum())
    assert mix.margins == first.margins


def test_stems_sum_to_the_mix(busy_mix: tuple[Mixer, Buses]) -> None:
    _, one = busy_mix
    assert np.array_equal(one.sum(), one.speech + one.sounds + one.beds + one.music)
    assert all(bus.any() for bus in (one.speech, one.sounds, one.beds, one.music))


def test_segments_leave_no_seam_in_treated_and_roomed_beds() -> None:
    clips = [c for c in busy() if c.kind in ("bed", "music")]
    plan = timeline(clips, at(10), RATE_HZ, hears=hears())
    small, large = (Mixer(plan, script(), {}, PALETTE, part_hops=hops) for hops in (70, 2000))
    one, other = whole(small), whole(large)
    for bus in ("beds", "music"):
        off = np.abs(getattr(one, bus) - getattr(other, bus)).max() / np.abs(getattr(one, bus)).max()
        assert 20 * np.log10(off + 1e-12) < -80


@settings(deadline=None, max_examples=20)
@given(start=st.integers(0, 20000), skip=st.integers(0, 1000))
def test_a_sound_lands_on_its_sample(start: int, skip: int) -> None:
    part = Part(
        start=Samples(start), length=Samples(2000), skip=Samples(skip), hit=Samples(start), sound=SoundRef(role="ramp")
    )
    only = clip("sound", "ramp", start, start + 2000, parts=(part,))
    made = whole(mixer([only], 3.5)).sounds
    assert not made[:start].any()
    assert not made[start + 2000 :].any()
    # Past the eased edge the ramp is itself, on the sample, up to one gain.
    ease = 30
    middle = made[start + ease : start + 2000 - ease, 0] / RAMP[skip + ease : skip + 2000 - ease, 0]
    assert np.allclose(middle, middle[0], rtol=1e-4)


@pytest.mark.parametrize("name", ["mono", "stereo"])
@pytest.mark.parametrize("level", [0.0, -17.5])
def test_a_level_is_what_is_heard(name: str, level: float) -> None:
    only = hit(name, at(0.5), PALETTE.hits[name], level=level)
    made = whole(mixer([only], 2)).sounds[at(0.5) : at(1.5)]
    assert loudness(made, RATE_HZ) == pytest.approx(-23.0 + level, abs=0.1)


@pytest.mark.parametrize("name", ["wind", "hum"])
def test_a_bed_level_is_what_is_heard(name: str) -> None:
    made = whole(mixer([bed(name, 0, at(9), level=-12.0)], 9)).beds
    assert loudness(made, RATE_HZ) == pytest.approx(-35.0, abs=0.1)


@pytest.mark.parametrize(
    "rest", [{"treat": "radio"}, {"width": Ramp.still(0.0)}, {"width": Ramp.still(40.0)}, {"pan": Ramp.still(-60.0)}]
)
def test_no_colour_width_or_pan_changes_a_beds_level(rest: dict[str, object]) -> None:
    made = whole(mixer([bed("wind", 0, at(9), **({"level": -12.0} | rest))], 9)).beds
    assert loudness(made, RATE_HZ) == pytest.approx(-35.0, abs=0.25)


def test_beds_that_cross_have_no_hole() -> None:
    made = whole(mixer([bed("wind", 0, at(5), fade_out=at(2)), bed("sea", at(3), at(9), fade_in=at(2))], 9)).beds
    for start in np.arange(0.5, 8, 0.25):
        assert own_length_loudness(made[at(start) : at(start + 0.5)], RATE_HZ) == pytest.approx(-23.0, abs=1.0)


def test_a_cut_ends_the_echoes_too() -> None:
    cut = Span(Samples(at(1.3)), Samples(at(1.32)))
    for treat in ("none", "memory"):
        for hearing in ((), hears_all("memory")):
            free = hit("tick", at(1), PALETTE.hits["tick"], room="cathedral", treat=treat)
            ended = hit("tick", at(1), PALETTE.hits["tick"], room="cathedral", treat=treat, cut=cut)
            assert np.abs(whole(mixer([free], 4, hears=hearing)).sounds[cut.end :]).max() > 1e-4
            made = whole(mixer([ended], 4, hears=hearing)).sounds
            assert not made[cut.end :].any()
            assert made[: cut.start].any()


def test_a_cut_is_one_fade_whatever_stands_before_its_scene() -> None:
    cut = Span(Samples(at(2)), Samples(at(5)))
    ended = bed("wind", 0, at(9), room="", cut=cut)
    later = HearSpan(
        scene="scene-1",
        span=Span(Samples(at(6)), Samples(at(9))),
        treat="memory",
        amount=Ramp(((at(6), 0.0), (at(7), 1.0))),
        level=Ramp.still(0.0),
    )
    plain, before, all_along = (
        whole(mixer([ended], 9, hears=hearing)).beds for hearing in ((), (later,), hears_all("none"))
    )
    assert np.abs(plain[cut.start : cut.end]).max() > 0.01
    assert np.abs(before - plain).max() < 1e-6, "nothing of a hear that is still to come is heard"
    assert np.abs(all_along - plain).max() < 1e-6


def hears_all(treat: str, level: float = 0.0) -> tuple[HearSpan, ...]:
    return (
        HearSpan(
            scene="scene-1",
            span=Span(Samples(0), Samples(at(9))),
            treat=treat,
            amount=Ramp.still(1.0),
            level=Ramp.still(level),
        ),
    )


def top(audio: Audio) -> float:
    power = np.abs(np.fft.rfft(audio[:, 0])) ** 2
    return float(10 * np.log10(power[len(power) // 2 :].sum() / power.sum() + 1e-30))


def test_hear_is_on_the_scene_and_not_on_what_is_outside() -> None:
    muffled = whole(mixer([bed("wind", 0, at(4), room="")], 4, hears=hears_all("muffled"))).beds
    around = whole(mixer([bed("wind", 0, at(4), room="none")], 4, hears=hears_all("muffled"))).beds
    assert top(muffled) < -15
    assert top(around) > -5
    assert np.array_equal(around, whole(mixer([bed("wind", 0, at(4), room="none")], 4)).beds)


def test_hear_crosses_from_dry_to_treated_and_back() -> None:
    amount = Ramp(((at(2), 0.0), (at(3), 1.0), (at(5), 1.0), (at(6), 0.0)))
    span = Span(Samples(at(2)), Samples(at(6)))
    hearing = (HearSpan(scene="scene-1", span=span, treat="muffled", amount=amount, level=Ramp.still(-6.0)),)
    made = whole(mixer([bed("wind", 0, at(9), room="")], 9, hears=hearing)).beds
    dry = whole(mixer([bed("wind", 0, at(9), room="")], 9)).beds
    assert np.array_equal(made[: at(2)], dry[: at(2)])
    assert np.array_equal(made[at(6) :], dry[at(6) :])
    assert top(made[at(3) : at(5)]) < -15
    halfway = made[at(2.45) : at(2.55)] - dry[at(2.45) : at(2.55)] * 0.5
    assert np.abs(made[at(1.9) : at(3.1)]).max() <= np.abs(dry).max()
    assert np.square(halfway).mean() < 0.5 * np.square(dry).mean()


def lines_over(bed_level: float, **rest: object) -> Mixer:
    clips = [
        bed("wind", 0, at(9), **({"level": bed_level, "room": ""} | rest)),
        clip("music", "sea", at(2), at(9), level=bed_level, id="theme", duck=rest.get("duck", True)),
        spoken("line-1", at(2.5), SAID, room="small room"),
        spoken("line-2", at(6.1), SAID, level=-14.0),
    ]
    return mixer(clips, 10)


def over(mix: Mixer) -> list[tuple[float, float]]:
    """What a judge finds on the buses: speech over beds and over music, per line."""
    buses, found = whole(mix), []
    for line in (c.span for c in mix.timeline.clips if c.kind == "speech"):
        part = slice(line.start, line.end)
        speech = loudness(buses.speech[part], RATE_HZ)
        under = (own_length_loudness(bus[part], RATE_HZ) for bus in (buses.beds, buses.music))
        found.append(tuple(speech - level for level in under))
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("bed_level", [-30.0, -20.0, 0.0, 20.0])
def test_every_line_stands_above_beds_and_music(bed_level: float) -> None:
    mix = lines_over(bed_level)
    for (beds, music), line in zip(over(mix), mix.margins, strict=True):
        assert beds >= 15.0
        assert music >= 10.0
        assert line.kept
        assert line.over_beds_lu == pytest.approx(beds, abs=0.05)
        assert line.over_music_lu == pytest.approx(music, abs=0.05)
    if bed_level == -30.0:
        assert mix.margins[0].reduced_beds_db == 0.0  # nothing is turned down that need not be


def test_what_is_freed_is_not_turned_down() -> None:
    mix = lines_over(-7.0, duck=False)
    assert all(beds < 15.0 and music < 10.0 for beds, music in over(mix))
    assert all(line.over_freed_lu < 10.0 and line.reduced_beds_db == 0.0 for line in mix.margins)
    louder = whole(lines_over(-7.0, duck=False)).beds
    alone = whole(mixer([bed("wind", 0, at(9), level=-7.0, room="")], 10)).beds
    assert np.array_equal(louder, alone)


def test_bands_are_cut_the_same_however_the_episode_is_made() -> None:
    one = mixer(over_a_hiss(), 9)
    made = whole(one)
    [line] = one.margins
    assert max(line.cut_beds_db) > line.reduced_beds_db + 1.0
    assert line.over_beds_lu >= 15.0
    assert over(one)[0][0] == pytest.approx(line.over_beds_lu, abs=0.05)
    for jobs in (1, 3):
        again = mixer(over_a_hiss(), 9)
        blocks = list(again.blocks(jobs))
        for bus in ("sounds", "beds"):
            assert np.array_equal(np.concatenate([getattr(block, bus) for block in blocks]), getattr(made, bus))
        assert again.margins == one.margins
    cut = [mixer(over_a_hiss(), 9).block(Span(Samples(s), Samples(s + 1777))).beds for s in (at(3), at(3) + 1777)]
    assert np.array_equal(np.concatenate(cut), made.beds[at(3) : at(3) + 2 * 1777])


def test_a_sound_over_a_word_is_left_alone_unless_it_says_otherwise() -> None:
    def alone(duck: bool | None) -> tuple[Audio, Mixer]:
        sound = hit("stereo", at(3.5), PALETTE.hits["stereo"], level=0.0, duck=duck)
        mix = mixer([sound, spoken("line-1", at(3.3), SAID)], 7)
        return whole(mix).sounds, mix

    by_itself = whole(mixer([hit("stereo", at(3.5), PALETTE.hits["stereo"], level=0.0)], 7)).sounds
    left, mix = alone(None)
    assert np.array_equal(left, by_itself)
    assert mix.margins[0].over_sounds_lu == np.inf
    ducked, mix = alone(True)
    [line] = mix.margins
    under = slice(at(3.3), at(3.3) + len(SAID))
    speech = loudness(whole(mix).speech[under], RATE_HZ)
    assert speech - own_length_loudness(by_itself[under], RATE_HZ) < 15.0
    assert speech - own_length_loudness(ducked[under], RATE_HZ) >= 15.0
    assert line.over_sounds_lu == pytest.approx(speech - own_length_loudness(ducked[under], RATE_HZ), abs=0.05)
    assert line.kept
    assert not replace(line, over_sounds_lu=14.9).kept


def test_the_scene_says_the_margin() -> None:
    clips = [bed("wind", 0, at(9), level=-10.0), spoken("line-1", at(3), SAID)]
    mix = mixer(clips, 10, margin=Margin(21.0, 16.0))  # type: ignore[arg-type]
    assert over(mix)[0][0] == pytest.approx(21.1, abs=0.05)
    assert mix.margins[0].asked_beds_lu == 21.0


def test_a_bed_turned_down_moves_slowly() -> None:
    square = np.repeat(np.float32([0.1, 0.1, -0.1, -0.1])[:, None], 2, axis=1)
    quiet = Sounds(RATE_HZ, {}, {"one": bed_of(np.tile(square, (3000, 1)), RATE_HZ)})
    clips = [bed("one", 0, at(9), level=0.0), spoken("line-1", at(4), SAID)]
    made = whole(mixer(clips, 10, palette=quiet)).beds[: at(9), 0]
    # Every sample of the bed is as large as the next, so that its samples show the gain.
    gains_db = 20 * np.log10(np.abs(made))
    assert gains_db.max() - gains_db.min() == pytest.approx(15.1, abs=0.3)
    for ms in (1, 10, 100):
        apart = at(ms / 1000)
        assert np.abs(gains_db[apart:] - gains_db[:-apart]).max() <= 30.0 * ms / 1000 + 1e-4


def test_silence_after_the_end_and_an_empty_episode() -> None:
    mix = mixer([bed("wind", 0, at(1))], 1)
    assert not mix.block(Span(Samples(at(1)), Samples(at(2)))).sum().any()
    assert list(mixer([], 0).blocks()) == []
    assert mixer([], 0).margins == ()
