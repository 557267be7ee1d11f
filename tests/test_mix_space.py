from itertools import pairwise

import numpy as np
import pytest

from producer.dsp.loudness import loudness
from producer.mix.answers import Answer, answer
from producer.mix.space import distance_gain, inside, place, through_air
from producer.model.room import PRESETS
from producer.model.script import Room
from tests.mix_helpers import noise, voice

RATE_HZ = 24000


def room_of(preset: str, **changed: float) -> Answer | None:
    return answer(Room(name=preset, preset=preset, **changed), RATE_HZ, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("pan", [-100.0, -40.0, 0.0, 25.0, 100.0])
def test_pan_keeps_the_loudness_of_a_mono_sound(pan: float) -> None:
    audio = noise(RATE_HZ)
    assert loudness(place(audio, pan, 1.0, (), RATE_HZ), RATE_HZ) == pytest.approx(loudness(audio, RATE_HZ), abs=0.01)


@pytest.mark.parametrize("pan", [-100.0, -40.0, 0.0, 100.0])
def test_balance_keeps_the_loudness_of_a_stereo_sound(pan: float) -> None:
    audio = noise(RATE_HZ, 2)
    assert loudness(place(audio, pan, 1.0, (), RATE_HZ), RATE_HZ) == pytest.approx(loudness(audio, RATE_HZ), abs=0.1)


def test_left_is_left() -> None:
    made = place(noise(1000), -100.0, 1.0, (), RATE_HZ)
    left, right = np.abs(made).max(axis=0)
    assert 20 * np.log10(right / left) < -25  # not nothing, so that mono loses under 3 LU


def test_a_doubled_distance_is_six_decibels_and_the_near_has_an_end() -> None:
    assert 20 * np.log10(distance_gain(12.0)) == pytest.approx(-21.58, abs=0.01)
    assert distance_gain(0.1) == distance_gain(0.5) == 2.0


def test_air_takes_more_top_the_farther_it_is() -> None:
    audio = noise(48000)
    tops = []
    for metres in (1.0, 2.0, 5.0, 12.0, 40.0):
        spectrum = np.abs(np.fft.rfft(through_air(audio, metres, 48000)[:, 0])) ** 2
        tops.append(spectrum[12000:].sum() / spectrum[:1000].sum())
    assert all(later < earlier for earlier, later in pairwise(tops))


@pytest.mark.parametrize("metres", [1.0, 1.3, 2.0, 5.5, 64.0, 90.0])
def test_the_air_over_a_still_distance_is_that_over_a_moving_one_which_stays_there(metres: float) -> None:
    audio = noise(48000)
    moving = through_air(audio, np.full(len(audio), metres), 48000)
    assert np.abs(through_air(audio, metres, 48000) - moving).max() < 1e-5 * np.abs(audio).max()


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "none"])
def test_a_room_moves_no_word_and_jumps_no_level(preset: str) -> None:
    said = voice(3.0, RATE_HZ)
    room = room_of(preset)
    assert room is not None
    made = place(said, 0.0, 1.0, inside(room), RATE_HZ)
    assert loudness(made, RATE_HZ) == pytest.approx(loudness(said, RATE_HZ), abs=1.0)
    click = np.zeros((200, 1), np.float32)
    click[50] = 1.0
    assert int(np.abs(place(click, 0.0, 1.0, inside(room), RATE_HZ)).max(axis=1).argmax()) == 50


@pytest.mark.parametrize("preset", PRESETS)
def test_one_loudspeaker_loses_at_most_3_lu_wherever_a_voice_is(preset: str) -> None:
    """Half the sum of both channels, heard from both: in the middle nothing is lost, and at a side under 3 LU."""
    said, room = voice(3.0, RATE_HZ), room_of(preset)
    for pan, metres in ((0.0, 1.0), (-100.0, 1.0), (100.0, 12.0), (60.0, 4.0)):
        made = place(said, pan, metres, inside(room), RATE_HZ)
        folded = np.repeat(made.mean(axis=1, keepdims=True), 2, axis=1)
        lost = loudness(made, RATE_HZ) - loudness(folded, RATE_HZ)
        assert lost <= 3.0
        if pan == 0.0:
            assert lost < 1.0


def test_distance_lowers_the_direct_sound_and_leaves_the_field() -> None:
    room = room_of("hall")
    assert room is not None
    click = np.zeros((10, 1), np.float32)
    click[0] = 1.0
    near, far = (place(click, 0.0, metres, inside(room), RATE_HZ) for metres in (1.0, 8.0))
    assert np.abs(far[:20]).max() < np.abs(near[:20]).max() * 0.15
    late = round(0.1 * RATE_HZ)
    assert np.square(far[late:]).sum() == pytest.approx(np.square(near[late:]).sum(), rel=0.02)


def test_the_reverberant_level_is_the_one_asked_for() -> None:
    from producer.dsp.speechlike import heard_energy

    room = room_of("hall", wet_db=-3.0)
    assert room is not None
    assert 10 * np.log10(heard_energy(room.late, RATE_HZ)) == pytest.approx(-3.0, abs=0.05)


def test_a_recorded_impulse_loses_its_direct_sound_and_keeps_its_ratio() -> None:
    impulse = np.zeros((RATE_HZ // 2, 1), np.float32)
    impulse[100] = 0.5
    impulse[2000:] = noise(RATE_HZ // 2 - 2000, 1, "field", 0.004)
    room = answer(Room(name="x", preset="none", impulse="x.wav"), RATE_HZ, {"x.wav": impulse})
    assert room is not None
    assert not room.late[:50].any()
    assert np.abs(room.late[1900:]).max() == pytest.approx(np.abs(impulse[2000:]).max() * 2 * np.sqrt(0.5), rel=0.05)
    assert answer(Room(name="none", preset="none"), RATE_HZ, {}) is None


def test_moving_leaves_no_zipper() -> None:
    """A pure tone that moves has nothing far from its own frequency, as stepped gains would put there."""
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)[:, None]
    pan = np.linspace(-100, 100, RATE_HZ)
    metres = np.geomspace(12, 1.5, RATE_HZ)
    made = place(tone, pan, metres, (), RATE_HZ)[RATE_HZ // 8 : -RATE_HZ // 8]
    spectrum = np.abs(np.fft.rfft(made * np.blackman(len(made))[:, None], axis=0))
    far = np.fft.rfftfreq(len(made), 1 / RATE_HZ) > 1500
    assert 20 * np.log10(spectrum[far].max() / spectrum.max()) < -90
