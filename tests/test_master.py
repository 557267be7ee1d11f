"""The master brings a programme to its profile, judged by what a decoder gives back."""

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
    mix = drama(profile.rate_hz)
    plan = master.first_plan(measured([mix], profile).integrated_lufs, profile)
    for _ in range(master.ROUNDS):
        path = tmp_path / "a"
        assert encode.encode(master.mastered([mix], plan, profile), profile, path) == len(mix)
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
    plan = master.first_plan(-30.0, profile)
    assert plan == master.Plan(7.0, None)
    out = np.concatenate(list(master.mastered([mix], plan, profile)))
    assert np.allclose(out, mix * np.float32(10 ** (7 / 20)))


def test_the_gain_moves_in_tenths_of_a_decibel() -> None:
    profile = PROFILES["podcast"]
    gains = {master.first_plan(lufs, profile).gain_db for lufs in (-23.01, -23.0, -22.99)}
    assert gains == {7.0}


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
    plan = master.first_plan(float("-inf"), profile)
    out = np.concatenate(list(master.mastered([np.zeros((9000, 2), np.float32)], plan, profile)))
    assert out.shape == (9000, 2)
    assert not out.any()


def test_a_mono_profile_gets_one_channel() -> None:
    profile = PROFILES["acx"]
    out = np.concatenate(list(master.mastered([drama(44100, 1)], master.Plan(0.0, -3.0), profile)))
    assert out.shape == (44100, 1)
