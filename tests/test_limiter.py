"""The limiter holds its ceiling against anything, and blocks never show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp.crests import EDGE, _between
from producer.dsp.limiter import Limiter
from producer.dsp.true_peak import true_peak

RATE = 44100


def limited(audio: Audio, ceiling: float = -1.0, sizes: list[int] | None = None, gain_db: float = 0.0) -> Audio:
    limiter = Limiter(RATE, audio.shape[1], ceiling, gain_db)
    out, at, turn = [], 0, 0
    while at < len(audio):
        size = sizes[turn % len(sizes)] if sizes else len(audio)
        out.append(limiter.push(audio[at : at + size]))
        at, turn = at + size, turn + 1
    return np.concatenate([*out, limiter.flush()])


def programme(seed: int, seconds: float = 1.0) -> NDArray[np.float32]:
    chance = np.random.default_rng(seed)
    n = int(seconds * RATE)
    bursts = np.repeat(chance.uniform(0, 2.5, -(-n // 700)) ** 3, 700)[:n, None]
    return (chance.standard_normal((n, 2)) * bursts * 0.2).astype(np.float32)


@pytest.mark.parametrize("over_db", [0.0, 6.0, 20.0, 100.0])
def test_true_peak_stays_under_the_ceiling_however_loud_the_input(over_db: float) -> None:
    audio = programme(1) * np.float32(10 ** (over_db / 20))
    assert true_peak(limited(audio)) <= -1.0 + 0.05


def test_a_peak_between_the_samples_is_caught() -> None:
    t = np.arange(RATE // 2)
    sine = np.sin(2 * np.pi * t / 4 + np.pi / 4)[:, None].astype(
        np.float32
    )  # fs/4: sample peaks 3 dB under the true ones
    fade = np.clip(np.minimum(t, t[::-1]) / 2000, 0, 1)[:, None].astype(np.float32)
    assert true_peak(sine * fade) > -0.05
    assert true_peak(limited(sine * fade, -2.0)) <= -1.95


def searched(audio: Audio) -> float:
    """True peak beside every sample, dBTP: what the search of some of them must not miss."""
    beside = np.lib.stride_tricks.sliding_window_view(np.pad(audio, ((2 * EDGE, 2 * EDGE), (0, 0))), 2 * EDGE, axis=0)
    return float(20 * np.log10(max(np.abs(audio).max(), np.abs(beside @ _between()).max())))


def passed(low_hz: float, high_hz: float, seed: int) -> Audio:
    """Noise between two frequencies."""
    bins = np.fft.rfft(np.random.default_rng(seed).normal(0, 0.4, 2 * RATE))
    at_hz = np.fft.rfftfreq(2 * RATE, 1 / RATE)
    return np.fft.irfft(bins * ((at_hz >= low_hz) & (at_hz <= high_hz)))[:, None].astype(np.float32)


HARD = {
    "white": passed(0, 22050, 1),
    "over 8 kHz": passed(8000, 22050, 2),
    "over 16 kHz": passed(16000, 22050, 3),
    "around 10 kHz": passed(9000, 12000, 4),
    "uniform": np.random.default_rng(5).uniform(-0.3, 0.3, (RATE, 1)).astype(np.float32),
    "clipped": np.clip(np.random.default_rng(6).normal(0, 1, (RATE, 1)), -0.5, 0.5).astype(np.float32),
    "bits": (np.sign(np.random.default_rng(7).normal(0, 1, (RATE, 1))) * 0.5).astype(np.float32),
    "near Nyquist": np.sin(np.pi * np.arange(RATE) * 0.999)[:, None].astype(np.float32),
    "bursts": programme(8),
    "an edge": np.pad([0.66, 1.1, 1.09, 1.01, 0.2, 0.62, -0.49], 500)[:, None].astype(np.float32),
}


@pytest.mark.parametrize("name", HARD)
def test_no_search_of_every_sample_finds_a_higher_peak(name: str) -> None:
    audio = HARD[name]
    assert true_peak(audio) == pytest.approx(searched(audio), abs=0.001)
    out = limited(audio, -10.0, gain_db=6.0)
    assert searched(out) <= -9.99
    assert true_peak(out) == pytest.approx(searched(out), abs=0.001)


def test_what_rises_for_longer_than_the_look_ahead_is_held_from_the_first_sample_over_the_ceiling() -> None:
    t = np.arange(RATE) / RATE
    rumble = (np.sin(2 * np.pi * 12 * t) * np.clip(t / 0.01, 0, 1))[:, None].astype(np.float32)  # a quarter in 21 ms
    assert searched(limited(rumble, -10.0)) <= -9.99


def test_what_is_under_the_ceiling_passes_to_the_last_bit() -> None:
    audio = programme(2) * np.float32(0.05)
    assert np.array_equal(limited(audio), audio)


def test_samples_keep_their_place_and_their_number() -> None:
    audio = np.zeros((30011, 1), np.float32)
    audio[[0, 5000, 30010]] = 4.0
    out = limited(audio)
    assert len(out) == 30011
    assert [int(i) for i in np.flatnonzero(np.abs(out[:, 0]) > 0.5)] == [0, 5000, 30010]


def test_gain_falls_before_the_peak_and_recovers_after_it() -> None:
    audio = np.full((RATE, 1), 0.5, np.float32)
    audio[RATE // 2] = 4.0
    gain = limited(audio)[:, 0] / audio[:, 0]
    assert gain[RATE // 2 - 600] == 1.0
    assert gain[RATE // 2 - 20] < 0.4
    assert gain[-1] == 1.0
    steps_db = np.abs(np.diff(20 * np.log10(gain)))
    assert steps_db.max() < 0.5  # no click: a step of the gain is never audible by itself


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6), seed=st.integers(0, 5), n=st.integers(1, 30000))
def test_block_sizes_never_change_a_sample(sizes: list[int], seed: int, n: int) -> None:
    audio = programme(seed)[:n]
    assert np.array_equal(limited(audio, sizes=sizes, gain_db=6.0), limited(audio, gain_db=6.0))
