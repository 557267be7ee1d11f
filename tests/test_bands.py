"""Bands that add up to what was parted, and say how loud it is under any gains."""

import numpy as np
import pytest
from scipy.signal import lfilter

from producer.audio import Audio
from producer.dsp.bands import BANDS, EDGES_HZ, IMPORTANCE, cross_powers, half_frame, reach, weighed
from producer.dsp.loudness import PowerMeter
from tests.mix_helpers import noise

RATES = (8000, 24000, 44100, 48000)


def gains(samples: int, *each: float) -> np.ndarray:
    return np.tile(np.float32(each), (samples, 1))


def inside(audio: Audio, rate_hz: int) -> Audio:
    return audio[reach(rate_hz) : -reach(rate_hz)]


def one_band(audio: Audio, band: int, rate_hz: int) -> Audio:
    only = [float(band == other) for other in range(BANDS)]
    return weighed(audio, gains(len(inside(audio, rate_hz)), *only), rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_bands_add_up_to_the_sound(rate_hz: int) -> None:
    sound = noise(rate_hz, 2, "bands")
    added = sum(one_band(sound, band, rate_hz) for band in range(BANDS))
    assert np.abs(added - inside(sound, rate_hz)).max() < 1e-6


def test_gains_that_are_one_are_that_gain_exactly() -> None:
    sound = noise(8000, 2, "bands")
    down = gains(len(inside(sound, 8000)), 0.3, 0.3, 0.3, 0.3)
    assert np.array_equal(weighed(sound, down, 8000), inside(sound, 8000) * np.float32(0.3))


@pytest.mark.parametrize("band", range(BANDS))
def test_a_cut_lands_in_its_band_and_nowhere_else(band: int) -> None:
    rate_hz = 44100
    sound = np.zeros((rate_hz + 1, 1), np.float32)
    sound[rate_hz // 2] = 1.0  # in the middle
    cut = [0.5 if other == band else 1.0 for other in range(BANDS)]
    made = weighed(sound, gains(len(inside(sound, rate_hz)), *cut), rate_hz)[:, 0]
    answer_db = 20 * np.log10(np.abs(np.fft.rfft(made, rate_hz)))  # one bin a hertz
    low, high = ((0.0, *EDGES_HZ)[band], (*EDGES_HZ, 20000.0)[band])
    within = answer_db[round(low * 1.6) : round(high / 1.6)]
    beyond = np.concatenate([answer_db[: round(low / 1.6)], answer_db[round(high * 1.6) : 20000]])
    assert within == pytest.approx(-6.02, abs=0.3)
    assert np.abs(beyond).max() < 0.2
    assert answer_db.min() > -6.4  # gentle: nothing is deeper than what was asked
    assert np.abs(made - made[::-1]).max() < 1e-6  # and nothing is moved in time


def test_a_stretch_is_the_same_wherever_it_is_cut_out() -> None:
    rate_hz, beside = 8000, reach(8000)
    sound = noise(3 * rate_hz, 2, "bands")
    moving = np.random.default_rng(1).uniform(0.5, 1.0, (len(sound) - 2 * beside, BANDS)).astype(np.float32)
    whole = weighed(sound, moving, rate_hz)
    part = weighed(sound[5000 : 9000 + 2 * beside], moving[5000:9000], rate_hz)
    assert np.abs(part - whole[5000:9000]).max() < 1e-6


@pytest.mark.parametrize("rate_hz", [8000, 44100])
def test_cross_powers_say_how_loud_a_sound_is_under_any_gains(rate_hz: int) -> None:
    sound = noise(3 * rate_hz, 2, "bands")
    sound[:, 1] = lfilter([0.2], [1.0, -0.98], sound[:, 1])  # one side white, the other dark
    low = len(sound) - 2 * reach(rate_hz)
    powers = cross_powers(inside(sound, rate_hz), rate_hz)
    assert len(powers) == low // half_frame(rate_hz) - 1

    def off_db(*each: float) -> float:
        meter = PowerMeter(rate_hz, 2)
        meter.push(weighed(sound, gains(low, *each), rate_hz))
        said = np.einsum("fij,i,j->f", powers, each, each).mean()
        return float(10 * np.log10(said / meter.powers().mean()))

    assert off_db(1.0, 1.0, 1.0, 1.0) == pytest.approx(0.0, abs=0.3)  # the first and last frame fade
    for each in ((0.5, 1.0, 1.0, 1.0), (1.0, 0.5, 0.7, 1.0), (0.6, 0.9, 0.5, 0.5)):
        assert off_db(*each) == pytest.approx(off_db(1.0, 1.0, 1.0, 1.0), abs=0.03)


def test_importance_is_shared_among_the_bands() -> None:
    assert IMPORTANCE.sum() == pytest.approx(1.0)
    assert len(cross_powers(np.zeros((10, 2), np.float32), 8000)) == 0
