"""What moves: bent in pitch where fast, never stepped, every hit where it was asked; and doors between rooms."""

from __future__ import annotations

import numpy as np
import pytest

from producer.audio import Audio
from producer.dsp.fractional import between, kernel
from producer.dsp.loudness import loudness
from producer.mix.doppler import doppler
from producer.mix.mixer import Mixer
from producer.mix.sources import Parts
from producer.mix.space import SOUND_M_PER_S
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, Part, Ramp, Timeline
from producer.units import Samples, Span
from tests.mix_helpers import Sounds, clip, hit, script, spoken, take, timeline, voice

RATE_HZ = 24000


def tone(seconds: float, hz: float = 2000.0) -> Audio:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    made = 0.3 * np.sin(2 * np.pi * hz * at)
    ends = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.02)
    return (made * ends).astype(np.float32)[:, None]


def mixed(plan: Timeline, hits: dict[str, Audio], *, hops: int = 512) -> Audio:
    palette = Sounds(RATE_HZ, hits=hits)
    whole = Span(Samples(0), plan.duration)
    return Mixer(plan, script(), {}, palette, part_hops=hops).block(whole).sounds  # type: ignore[arg-type]


def hz_of(audio: Audio) -> float:
    """The frequency of a tone, from the peak of its spectrum, refined."""
    spectrum = np.abs(np.fft.rfft(audio.sum(axis=1) * np.hanning(len(audio)), 1 << 19))
    return float(np.fft.rfftfreq(1 << 19, 1 / RATE_HZ)[spectrum.argmax()])


def passing(speed: float, seconds: float = 4.0, near_m: float = 2.0) -> Ramp:
    """Towards the listener and away again at `speed`."""
    far = near_m + speed * seconds / 2
    end = round(seconds * RATE_HZ)
    return Ramp(((0, far), (end // 2, near_m), (end, far)))


@pytest.mark.parametrize("speed", [6.0, 14.0, 30.0, 60.0])
def test_what_passes_by_falls_in_pitch_as_it_must(speed: float) -> None:
    audio = tone(4.0)
    made = mixed(timeline([hit("car", 0, audio, distance=passing(speed))], 4 * RATE_HZ, RATE_HZ), {"car": audio})
    second = RATE_HZ
    coming, going = hz_of(made[second // 2 : 3 * second // 2]), hz_of(made[5 * second // 2 : 7 * second // 2])
    asked = (SOUND_M_PER_S + speed) / (SOUND_M_PER_S - speed)
    assert coming / going == pytest.approx(asked, rel=0.01)
    assert coming == pytest.approx(2000 * (1 + speed / SOUND_M_PER_S), rel=0.002)


def test_a_walk_keeps_its_exact_samples() -> None:
    audio = tone(2.0)
    ramp = Ramp(((0, 6.0), (2 * RATE_HZ, 0.6)))
    assert doppler(ramp, RATE_HZ) is None
    assert doppler(Ramp(((0, 12.0), (2 * RATE_HZ, 1.5))), RATE_HZ) is not None
    palette = Sounds(RATE_HZ, hits={"x": audio})
    still, walking = (
        Parts(hit("x", 0, audio, distance=distance), palette, None, RATE_HZ).read(0, len(audio))  # type: ignore[arg-type]
        for distance in (1.0, ramp)
    )
    assert np.array_equal(walking, still)


def strikes(at: list[int], length: int, **rest: object) -> Clip:
    parts = tuple(
        Part(start=Samples(one - 100), length=Samples(length), hit=Samples(one), sound=SoundRef(role="hoof"))
        for one in at
    )
    return clip("sound", "hoof", at[0] - 100, at[-1] - 100 + length, parts=parts, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("speed", [8.0, 20.0, 50.0])
def test_every_hit_of_a_gallop_stays_where_it_was_asked(speed: float) -> None:
    click = np.zeros((2400, 1), np.float32)
    click[97:104, 0] = np.hanning(7)
    at = [2000 + 7000 * number for number in range(9)]
    ramp = Ramp(((1900, 2 + 30 * speed / 20), (30000, 2.0), (60300, 2 + 30 * speed / 20)))
    ramp = Ramp(tuple((sample, 2 + speed * abs(sample - 30000) / RATE_HZ) for sample, _ in ramp.points))
    made = mixed(timeline([strikes(at, 2400, distance=ramp)], 62000, RATE_HZ), {"hoof": click}).sum(axis=1)
    for one in at:
        heard = int(np.abs(made[one - 1500 : one + 1500]).argmax()) - 1500
        assert abs(heard) <= 0.001 * RATE_HZ


def test_a_shot_that_rings_lands_on_its_moment_and_comes_in_without_a_click() -> None:
    """It flies away before its hit: its sound is entered inside, and eased."""
    audio = tone(1.0)
    at = 12000
    part = Part(start=Samples(0), length=Samples(len(audio)), hit=Samples(at), sound=SoundRef(role="arrow"))
    ramp = Ramp(((0, 1.0), (24000, 61.0)))
    made = mixed(
        timeline([clip("sound", "arrow", 0, 24000, parts=(part,), distance=ramp)], 24000, RATE_HZ), {"arrow": audio}
    )
    heard = np.abs(made[:, 0])
    assert heard[:200].max() > 10 * heard[:8].max()


def far_from(audio: Audio, hz: float, away_hz: float) -> float:
    """The highest level that is farther than `away_hz` from a tone, dB against it."""
    spectrum = np.abs(np.fft.rfft(audio * np.blackman(len(audio))[:, None], axis=0)).max(axis=1)
    at = np.fft.rfftfreq(len(audio), 1 / RATE_HZ)
    return float(20 * np.log10(spectrum[np.abs(at - hz) > away_hz].max() / spectrum.max()))


def test_pan_distance_and_delay_together_leave_no_zipper() -> None:
    audio = tone(4.0)
    pan = Ramp(((0, -90.0), (4 * RATE_HZ, 90.0)))
    plan = timeline([hit("car", 0, audio, distance=passing(20.0), pan=pan)], 4 * RATE_HZ, RATE_HZ)
    made = mixed(plan, {"car": audio})
    # Where it passes the level itself has a peak, as written: a corner, whose spectrum falls by 12 dB an octave.
    for start, most_db in ((0.3, -85.0), (0.8, -85.0), (1.5, -70.0), (2.2, -85.0), (2.8, -85.0)):
        piece = made[round(start * RATE_HZ) : round((start + 1.0) * RATE_HZ)]
        assert far_from(piece, hz_of(piece), 400.0) < most_db


def test_a_fast_sound_is_the_same_however_the_episode_is_cut() -> None:
    audio = tone(3.0)
    ramp = Ramp(((0, 80.0), (RATE_HZ, 3.0), (25 * RATE_HZ, 300.0)))
    parts = tuple(
        Part(start=Samples(at), length=Samples(len(audio)), hit=Samples(at + 5), sound=SoundRef(role="car"))
        for at in range(0, 22 * RATE_HZ, 2 * RATE_HZ)
    )
    plan = timeline([clip("sound", "car", 0, 25 * RATE_HZ, parts=parts, distance=ramp)], 25 * RATE_HZ, RATE_HZ)
    small, large = (mixed(plan, {"car": audio}, hops=hops) for hops in (70, 2000))
    assert np.abs(small - large).max() < 1e-6


def test_a_voice_is_not_bent() -> None:
    said = voice(2.0, RATE_HZ)
    ramp = Ramp(((0, 30.0), (2 * RATE_HZ, 1.0)))
    line = spoken("l1", 0, said, distance=ramp)
    plan = timeline([line], 2 * RATE_HZ, RATE_HZ)
    made = Mixer(plan, script(), {("l1", 0): take(said)}, Sounds(RATE_HZ)).block(  # type: ignore[arg-type]
        Span(Samples(0), plan.duration)
    )
    near = slice(round(1.95 * RATE_HZ), 2 * RATE_HZ)
    likeness = np.correlate(made.speech[near, 0], said[near, 0], "full")
    assert abs(int(likeness.argmax()) - (near.stop - near.start) + 1) <= 1


def test_reading_between_samples_is_the_sound_itself() -> None:
    """Up to 0.8 of the band a delay of part of a sample errs by less than -75 dB; a whole one by nothing."""
    at = np.arange(4000)
    for hz in (100.0, 3000.0, 0.8 * RATE_HZ / 2):
        wave = np.sin(2 * np.pi * hz * at / RATE_HZ).astype(np.float32)[:, None]
        made = between(wave, at + 0.37, kernel(1.0, 16))[50:-50, 0]
        exact = np.sin(2 * np.pi * hz * (at + 0.37) / RATE_HZ)[50:-50]
        assert 20 * np.log10(np.abs(made - exact).max()) < -75.0
        assert np.array_equal(between(wave, at + 7.0, kernel(1.0, 16))[:-7], wave[7:])


ROOMS = [("hall", "cellar"), ("", "cathedral"), ("small room", "open air", "tunnel")]


@pytest.mark.parametrize("rooms", ROOMS)
def test_a_door_between_rooms_neither_clicks_nor_jumps(rooms: tuple[str, ...]) -> None:
    said = voice(6.0, RATE_HZ)
    length = 6 * RATE_HZ

    def heard(**rest: object) -> Audio:
        plan = timeline([spoken("l1", 0, said, **rest)], length, RATE_HZ)
        made = Mixer(plan, script(), {("l1", 0): take(said)}, Sounds(RATE_HZ))  # type: ignore[arg-type]
        return made.block(Span(Samples(0), Samples(length))).speech

    moving = heard(room=rooms[0], through=rooms[1:])
    assert loudness(moving, RATE_HZ) == pytest.approx(loudness(said, RATE_HZ), abs=0.5)
    still = [heard(room=room) for room in rooms]
    third = slice(0, RATE_HZ // 5)
    assert np.abs(moving[third] - still[0][third]).max() < 0.1 * np.abs(still[0][third]).max()
    # Second by second it lies between the rooms, to a little: they are as loud as one another.
    for second in range(6):
        piece = slice(second * RATE_HZ, (second + 1) * RATE_HZ)
        levels = [loudness(one[piece], RATE_HZ) for one in still]
        assert min(levels) - 0.7 < loudness(moving[piece], RATE_HZ) < max(levels) + 0.7


def test_a_tone_through_a_door_has_no_step() -> None:
    audio = tone(3.0, 440.0)
    moving = hit("hum", 0, audio, room="hall", through=("cellar", "car"))
    made = mixed(timeline([moving], 3 * RATE_HZ, RATE_HZ), {"hum": audio})
    assert far_from(made[RATE_HZ // 2 : -RATE_HZ // 2], 440.0, 400.0) < -85.0


def test_the_rooms_that_are_left_ring_on() -> None:
    click = np.zeros((2 * RATE_HZ, 1), np.float32)
    click[0] = 1.0
    plan = timeline([hit("x", 0, click, room="cathedral", through=("none-at-all",))], 2 * RATE_HZ, RATE_HZ)
    rooms = {**script().rooms}
    rooms["none-at-all"] = type(rooms["none"])(name="none-at-all", preset="none")
    palette = Sounds(RATE_HZ, hits={"x": click})
    made = Mixer(plan, script(rooms=rooms), {}, palette).block(Span(Samples(0), plan.duration)).sounds  # type: ignore[arg-type]
    assert np.abs(made[RATE_HZ : 2 * RATE_HZ]).max() > 1e-4
