"""The tools that beds are made with: motion, noise, events, echoes and the ceiling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from producer.foley.doubling import SIDE, doubled
from producer.foley.events import Grained, drawn, drawn_together, poisson, thinned
from producer.foley.finish import finished
from producer.foley.layers import under_ceiling
from producer.foley.noise import Field, noise
from producer.foley.pings import Pings
from producer.foley.reflections import heard, in_place, scattered
from producer.foley.wander import flutter, hashed, keys, turns, wander, wanders
from tests.foley_bed_helpers import RATE, level_db, pitch_hz, share

LIGHT = settings(max_examples=15, deadline=None)


class TestWander:
    def test_it_stays_in_its_range_and_uses_most_of_it(self) -> None:
        motion = wander(np.arange(0.0, 2000.0, 0.05), 3.0, 7, 3)
        assert -1.0 <= motion.min() < -0.6
        assert 0.6 < motion.max() <= 1.0

    @LIGHT
    @given(times=st.lists(st.floats(0.0, 1e5), min_size=1, max_size=20), seed=st.integers(0, 2**64 - 1))
    def test_a_moment_has_one_value_whatever_else_is_asked(self, times: list[float], seed: int) -> None:
        together = wander(np.array(times), 4.2, seed, 3)
        alone = [wander(np.array([t]), 4.2, seed, 3)[0] for t in times]
        assert together.tolist() == alone

    def test_it_moves_smoothly(self) -> None:
        motion = wander(np.arange(0.0, 100.0, 0.001), 5.0, 3, 3)
        assert np.abs(np.diff(motion)).max() < 0.006

    def test_several_know_nothing_of_each_other(self) -> None:
        motions = wanders(np.arange(0.0, 4000.0, 0.5), (5.0, 5.0, 4.0), 11, 2)
        alike = np.corrcoef(motions)
        assert np.abs(alike[np.triu_indices(3, 1)]).max() < 0.15

    def test_flutter_shakes_at_the_rates_asked_for(self) -> None:
        step_s = 0.005
        shaking = flutter(np.arange(0.0, 200.0, step_s), 4.0, 12.0, 5)
        hz, power = signal.welch(shaking, 1.0 / step_s, nperseg=4000)
        middle = hz[np.searchsorted(np.cumsum(power), 0.5 * power.sum())]
        assert 1.5 < middle < 8.0
        assert power[hz > 14.0].sum() < 0.05 * power.sum()

    def test_hashed_numbers_are_even(self) -> None:
        numbers = hashed(np.arange(-50_000, 50_000), keys(3, 1))
        counts, _ = np.histogram(numbers, bins=50, range=(0.0, 1.0))
        assert np.abs(counts / 2000.0 - 1.0).max() < 0.12

    @LIGHT
    @given(hz=st.floats(0.05, 9000.0), at_s=st.floats(0.0, 4000.0))
    def test_turns_of_a_steady_rate_are_rate_times_time(self, hz: float, at_s: float) -> None:
        assert turns(np.array([at_s]), lambda t: np.full(len(t), hz))[0] == pytest.approx(hz * at_s, rel=1e-9, abs=1e-9)

    def test_turns_of_a_ridden_rate_are_its_integral(self) -> None:
        times = np.linspace(0.0, 9.7, 31)
        assert np.allclose(turns(times, lambda t: 3.0 + 2.0 * t), 3.0 * times + times**2)


class TestNoise:
    @staticmethod
    def flat(width: float = 0.7, density: float = 1e-3) -> Callable[[np.ndarray, np.ndarray], Field]:
        def shape(times_s: np.ndarray, hz: np.ndarray) -> Field:
            even = np.full((len(times_s), len(hz)), density, np.float32)
            return Field(even, even, width)

        return shape

    @pytest.mark.parametrize("rate", [24000, 44100, 48000, 96000])
    @pytest.mark.parametrize("hop_s", [0.02, 0.16])
    def test_its_density_is_the_one_painted(self, rate: int, hop_s: float) -> None:
        made = noise(self.flat(), 0, 8 * rate, rate, 3, hop_s=hop_s)
        for channel in (0, 1):
            hz, density = signal.welch(made[:, channel].astype(float), rate, nperseg=1024)
            inside = (hz > 200.0) & (hz < min(0.45 * rate, 22000.0))
            assert 10.0 * np.log10(density[inside].mean() / 1e-6) == pytest.approx(0.0, abs=0.15)

    def test_its_level_is_steady_through_the_overlaps(self) -> None:
        hop = round(0.04 * RATE)
        made = noise(self.flat(), 0, 400 * hop, RATE, 3).astype(float)
        across = np.mean(made.reshape(400, hop, 2) ** 2, axis=(0, 2))
        thirds = across[: hop // 12 * 12].reshape(12, -1).mean(axis=1)
        assert thirds.max() / thirds.min() < 1.1

    def test_its_samples_fall_as_those_of_noise_do_and_nothing_repeats_from_frame_to_frame(self) -> None:
        hop = round(0.04 * RATE)
        made = noise(self.flat(), 0, 400 * hop, RATE, 3).astype(float)
        made /= made.std()
        assert np.mean(made**4) == pytest.approx(3.0, abs=0.05)  # Gauss's, though it is drawn in 256 steps
        common = made.reshape(400, hop, 2).mean(axis=0)
        assert np.sqrt(400.0 * np.mean(common**2)) == pytest.approx(1.0, abs=0.05)

    def test_the_same_noise_is_heard_at_both_rates(self) -> None:
        slow, fast = (noise(self.flat(), 0, rate, rate, 3, top_hz=8000.0) for rate in (44100, 48000))
        brought = signal.resample(fast.astype(float), 44100)
        assert np.corrcoef(brought[4000:-4000, 0], slow[4000:-4000, 0])[0, 1] > 0.999

    @pytest.mark.parametrize("width", [0.0, 0.5, 1.0])
    def test_width_parts_the_highs_and_leaves_the_lows_together(self, width: float) -> None:
        made = noise(self.flat(width), 0, 20 * RATE, RATE, 3).astype(float)
        hz, both = signal.coherence(made[:, 0], made[:, 1], RATE, nperseg=4096)
        low, high = both[(hz > 20) & (hz < 50)].mean(), both[hz > 2000].mean()
        assert low > 0.9
        assert high == pytest.approx((1.0 - 0.84 * width) ** 2, abs=0.05)

    def test_nothing_is_made_above_its_top(self) -> None:
        made = noise(self.flat(), 0, 2 * RATE, RATE, 3, top_hz=2000.0)
        assert share(made, 2200.0, RATE) < 1e-4


class TestEvents:
    def test_counts_are_poisson(self) -> None:
        found = poisson(0.0, 4000.0, 7.0, 5)
        counts = np.bincount(np.floor(found.at_s).astype(int), minlength=4000)
        assert counts.mean() == pytest.approx(7.0, rel=0.03)
        assert counts.var() / counts.mean() == pytest.approx(1.0, abs=0.08)

    def test_gaps_have_no_memory(self) -> None:
        gaps = np.diff(np.sort(poisson(0.0, 3000.0, 5.0, 8).at_s))
        assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.05)
        assert np.corrcoef(gaps[:-1], gaps[1:])[0, 1] == pytest.approx(0.0, abs=0.05)

    @LIGHT
    @given(a=st.floats(-20.0, 50.0), b=st.floats(0.0, 20.0), c=st.floats(0.0, 20.0))
    def test_a_stretch_holds_what_its_parts_hold(self, a: float, b: float, c: float) -> None:
        whole = poisson(a, a + b + c, 6.0, 4)
        parts = [poisson(a, a + b, 6.0, 4), poisson(a + b, a + b + c, 6.0, 4)]
        assert sorted(whole.at_s) == sorted(np.concatenate([part.at_s for part in parts]))

    def test_raising_the_density_adds_events_and_moves_none(self) -> None:
        found = poisson(0.0, 100.0, 20.0, 6)
        few, many = (thinned(found, np.full(len(found), wanted), 20.0) for wanted in (4.0, 15.0))
        assert set(few.names) < set(many.names)
        assert len(many) == pytest.approx(1500, rel=0.1)


class TestTools:
    def test_the_ceiling_leaves_what_is_under_it_alone_and_lets_nothing_through(self) -> None:
        ramp = np.linspace(-5.0, 5.0, 1001, dtype=np.float32)[:, None].repeat(2, axis=1)
        bent = under_ceiling(ramp)
        assert np.array_equal(bent[np.abs(ramp) <= 0.6], ramp[np.abs(ramp) <= 0.6])
        assert np.abs(bent).max() < 0.98
        assert (np.diff(bent, axis=0) > 0).all()

    def test_doubling_keeps_a_tone(self) -> None:
        def tone(low: int, high: int) -> np.ndarray:
            line = np.sin(2 * np.pi * 4000.0 * np.arange(low, high) / 22050)
            return np.stack([line, -line], axis=1).astype(np.float32)

        made = doubled(tone, 101, 9001)
        wanted = np.sin(2 * np.pi * 4000.0 * np.arange(101, 9001) / 44100)
        assert SIDE == 8
        assert np.abs(made[:, 0] - wanted).max() < 2e-3
        assert np.array_equal(made[:, 0], -made[:, 1])

    def test_echoes_keep_the_power_of_what_they_repeat(self) -> None:
        paths = scattered(24, 0.0, 0.5, 20.0, "test")
        hiss = np.random.Generator(np.random.Philox(1)).normal(size=(3 * RATE, 2)).astype(np.float32)
        assert np.mean(heard(hiss, paths, RATE) ** 2) == pytest.approx(1.0, rel=0.1)

    def test_reverberation_follows_its_sound_and_dies(self) -> None:
        def click(low: int, high: int) -> np.ndarray:
            made = np.zeros((high - low, 2), np.float32)
            if low <= 1000 < high:
                made[1000 - low] = 1.0
            return made

        near, far = scattered(12, 0.005, 0.04, 6.0, "a"), scattered(20, 0.0, 0.5, 40.0, "b")
        dry, wet = in_place(click, 0, RATE, RATE, near, far)
        assert np.flatnonzero(dry[:, 0]).tolist() == [1000]
        assert np.abs(wet[:1200]).max() == 0.0
        assert np.count_nonzero(wet[:, 0]) > 150
        assert level_db(wet[2000:8000]) > level_db(wet[15000:21000]) + 15.0
        assert np.abs(wet[1000 + round(0.56 * RATE) :]).max() == 0.0

    @LIGHT
    @given(made=st.integers(0, 3000), wanted=st.integers(1, 3000), offset=st.floats(-0.9, 0.9))
    def test_a_finished_hit_has_its_length_quiet_ends_and_no_offset(
        self, made: int, wanted: int, offset: float
    ) -> None:
        out = finished(np.full((made, 2), offset, np.float32), wanted, RATE)
        assert out.shape == (wanted, 2)
        assert abs(float(out.mean())) < 1e-3
        assert np.abs(out).max() <= 0.9

    def test_groups_of_grains_add_up_to_what_each_makes_alone(self) -> None:
        def ramp(chosen: slice) -> np.ndarray:
            return np.stack([np.linspace(k, k + 1.0, 300, dtype=np.float32) for k in range(chosen.start, chosen.stop)])

        first = np.array([-200, 40, 900, 1900])
        gain = np.array([0.5, 1.0, 2.0, 1.0])
        groups = [Grained(first, 300, ramp, gain, 0.5 * gain), Grained(first + 100, 300, ramp, gain, gain)]
        each = [drawn(0, 2000, one.first, 300, ramp, one.left, one.right) for one in groups]
        assert np.allclose(drawn_together(0, 2000, groups), each[0] + each[1])
        assert np.abs(each[0][340:900]).max() == 0.0

    def test_a_bubble_is_pure_rises_and_begins_gently_and_what_breaks_is_dense_and_sudden(self) -> None:
        one = {"falls_s": np.array([0.02]), "begun": np.array([0.3]), "pitch_hz": np.array([900.0])}
        bubble, shard = (
            Pings(dense=np.array([dense]), rise=np.array([rise]), **one)
            .grains(4410, RATE)(slice(0, 1))[0]
            .astype(float)
            for dense, rise in ((0.0, 0.3), (1.0, 0.0))
        )
        rising = pitch_hz(bubble, 500.0, 1600.0)
        assert rising[132] == pytest.approx(900.0, rel=0.06)
        assert rising[1100] > 1.15 * rising[132]
        bright = [
            np.abs(np.fft.rfft(line, 8192))[300:].sum() / np.abs(np.fft.rfft(line, 8192)).sum()
            for line in (bubble, shard)
        ]
        assert bright[0] < 0.5 * bright[1]
        assert np.abs(np.diff(bubble[:10])).max() < 0.5 * np.abs(np.diff(shard[:10])).max()
