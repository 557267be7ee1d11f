"""The master brings a programme to its profile, judged by what a decoder gives back."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from producer import master
from producer.audio import Audio
from producer.deliver import encode
from producer.dsp.loudness import Loudness, Meter
from producer.model.profile import PROFILES, Profile


def measured(blocks: list[Audio], profile: Profile) -> Loudness:
    meter = Meter(profile.rate_hz, profile.channels)
    for block in blocks:
        meter.push(block)
    return meter.result()


def survey(mix: Audio, profile: Profile) -> master.Levels:
    made = master.Survey(profile.rate_hz)
    for at in range(0, len(mix), 10_007):
        made.push(mix[at : at + 10_007])
    return made.levels()


def mastered(mix: Audio, plan: master.Plan, profile: Profile, start: int, stop: int) -> Iterator[Audio]:
    def read(low: int, high: int) -> Audio:
        made = np.zeros((high - low, 2), np.float32)
        inside = mix[max(low, 0) : max(high, 0)]
        made[max(-low, 0) :][: len(inside)] = inside
        return made

    return master.mastered(read, start, stop, plan, profile)


def whole(mix: Audio, plan: master.Plan, profile: Profile) -> Audio:
    return np.concatenate(list(mastered(mix, plan, profile, 0, len(mix))))


def drama(rate_hz: int, seconds: float = 40.0) -> Audio:
    """Bursts like speech over a bed, and one blow far above them."""
    chance = np.random.default_rng(3)
    n = round(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    speech = chance.standard_normal((n, 2)) * (np.sin(2 * np.pi * 0.35 * t) > -0.2)[:, None] * 0.05
    blow = chance.standard_normal((n, 2)) * np.exp(-np.maximum(t - 20, 0) * 3)[:, None] * (t > 20)[:, None] * 0.8
    return (speech + blow).astype(np.float32)


@pytest.mark.parametrize("name", ["podcast", "broadcast", "alexa"])
def test_a_delivered_file_holds_its_profile_after_decoding(name: str, tmp_path: Path) -> None:
    profile = PROFILES[name]
    mix = drama(profile.rate_hz)[: encode.whole_frames(39 * profile.rate_hz, profile)]
    plan = master.first_plan(survey(mix, profile), profile)
    for _ in range(master.ROUNDS):
        path = tmp_path / "a"
        encode.encode(partial(mastered, mix, plan, profile), len(mix), profile, path)
        decoded = measured(list(encode.decode(path, profile)), profile)
        following = master.corrected(plan, decoded, profile)
        if following is None:
            break
        plan = following
    assert master.holds(decoded, profile)
    assert decoded.samples == len(mix)


def test_archive_gets_one_gain_and_no_limiter() -> None:
    profile = PROFILES["archive"]
    mix = drama(profile.rate_hz, 5)
    plan = master.first_plan(survey(mix, profile), profile)
    assert plan.ceiling_dbtp is None
    out = whole(mix, plan, profile)
    assert np.allclose(out, mix * np.float32(10 ** (plan.gain_db / 20)))
    assert measured([out], profile).integrated_lufs == pytest.approx(-23, abs=0.06)


def test_the_gain_moves_in_tenths_of_a_decibel() -> None:
    profile = PROFILES["podcast"]
    mix = drama(profile.rate_hz, 5)
    plans = [master.first_plan(survey(mix * np.float32(factor), profile), profile) for factor in (1.0, 1.001, 0.999)]
    assert len({plan.gain_db for plan in plans}) <= 2
    assert all(round(plan.gain_db * 10) == pytest.approx(plan.gain_db * 10) for plan in plans)


@pytest.mark.parametrize(("lufs", "peak", "ok"), [(-16.0, -1.0, True), (-16.6, -1.5, False), (-16.0, -0.9, False)])
def test_what_is_outside_the_tolerance_does_not_hold(lufs: float, peak: float, ok: bool) -> None:
    found = Loudness(
        integrated_lufs=lufs,
        range_lu=5,
        max_momentary_lufs=-10,
        max_short_term_lufs=-12,
        true_peak_dbtp=peak,
        sample_peak_db=peak,
        samples=1,
    )
    assert master.holds(found, PROFILES["podcast"]) is ok


def test_silence_is_mastered_as_silence() -> None:
    profile = PROFILES["podcast"]
    plan = master.first_plan(survey(np.zeros((90000, 2), np.float32), profile), profile)
    out = whole(np.zeros((9000, 2), np.float32), plan, profile)
    assert out.shape == (9000, 2)
    assert not out.any()


def test_a_mono_profile_gets_one_channel() -> None:
    profile = PROFILES["acx"]
    out = whole(drama(44100, 1), master.Plan(0.0, -3.0), profile)
    assert out.shape == (44100, 1)


def test_the_first_plan_foresees_what_the_limiter_will_take() -> None:
    profile = PROFILES["alexa"]  # loud: the limiter works hard
    mix = drama(profile.rate_hz)
    plan = master.first_plan(survey(mix, profile), profile)
    assert profile.loudness_lufs is not None
    out = measured([whole(mix, plan, profile)], profile)
    assert out.integrated_lufs == pytest.approx(profile.loudness_lufs, abs=0.5)


def test_any_stretch_of_the_master_is_the_same_to_the_last_bit() -> None:
    profile = PROFILES["podcast"]
    mix = drama(profile.rate_hz, 24) * np.float32(3)  # so loud that the limiter never rests
    plan = master.Plan(6.0, -2.0)
    all_of_it = whole(mix, plan, profile)
    for start, stop in ((0, 5000), (441_000, 700_001), (1_000_000, len(mix))):
        assert np.array_equal(np.concatenate(list(mastered(mix, plan, profile, start, stop))), all_of_it[start:stop])
