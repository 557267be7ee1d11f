"""The limiter holds its ceiling against anything, and blocks never show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from producer.audio import Audio
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
