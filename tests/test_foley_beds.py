"""The physics of each bed, and the tools that beds are made with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.foley.doubling import SIDE, doubled
from producer.foley.drip import MINNAERT_M_HZ, moments
from producer.foley.events import poisson, thinned
from producer.foley.finish import finished
from producer.foley.layers import under_ceiling
from producer.foley.noise import Field, noise
from producer.foley.rain import SHEET_HZ, showered
from producer.foley.reflections import heard, in_place, scattered
from producer.foley.wander import flutter, hashed, keys, turns, wander, wanders

RATE = 44100
LIGHT = settings(max_examples=15, deadline=None)
Spectrum = tuple[np.ndarray, np.ndarray]


def bed(name: str, seconds: float, start_s: float = 0.0, **given: float) -> np.ndarray:
    return ridden_bed(name, seconds, lambda t: {}, start_s, **given)


def ridden_bed(
    name: str,
    seconds: float,
    ride: Callable[[np.ndarray], dict[str, np.ndarray]],
    start_s: float = 0.0,
    **given: float,
) -> np.ndarray:
    recipe = RECIPES[name]
    assert recipe.ambience
    assert set(given) <= set(recipe.settings)
    filled = recipe.filled(given)

    def over(times_s: np.ndarray) -> dict[str, np.ndarray]:
        return {knob: np.full(len(times_s), value) for knob, value in filled.items()} | ride(times_s)

    return recipe.ambience(over, round(start_s * RATE), round((start_s + seconds) * RATE), RATE, 9)


def mono(audio: np.ndarray) -> np.ndarray:
    return audio.mean(axis=1, dtype=np.float64)


def spectrum(audio: np.ndarray, resolution_hz: float = 4.0) -> Spectrum:
    hz, power = signal.welch(mono(audio), RATE, nperseg=min(len(audio), round(RATE / resolution_hz)))
    return hz, power


def share(audio: np.ndarray, low_hz: float, high_hz: float) -> float:
    hz, power = spectrum(audio)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum())


def centroid_hz(audio: np.ndarray) -> float:
    hz, power = spectrum(audio, resolution_hz=20.0)
    return float((hz * power).sum() / power.sum())


def envelope(audio: np.ndarray, low_hz: float, high_hz: float, step_s: float = 0.05) -> np.ndarray:
    band = signal.sosfilt(signal.butter(4, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"), mono(audio))
    step = round(step_s * RATE)
    return np.sqrt(np.mean(band[: len(band) // step * step].reshape(-1, step) ** 2, axis=1))


def level_db(audio: np.ndarray) -> float:
    return float(10.0 * np.log10(np.mean(np.square(audio, dtype=np.float64)) + 1e-20))


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


class TestWind:
    def test_its_bands_gust_on_their_own(self) -> None:
        blowing = bed("wind", 90.0, howl=0.0, whistle=0.0, flutter=0.0, gusts=0.6)
        edges = [(40.0, 90.0), (200.0, 400.0), (900.0, 1800.0), (3500.0, 7000.0)]
        slow = [np.convolve(envelope(blowing, low, high, 0.1), np.ones(8) / 8, "valid") for low, high in edges]
        alike = np.corrcoef(np.log(slow))
        assert np.abs(alike[0, 2:]).max() < 0.6
        assert alike[np.triu_indices(4, 1)].max() < 0.8
        assert all(20 * np.log10(np.percentile(band, 90) / np.percentile(band, 10)) > 4.0 for band in slow)

    def test_strength_lifts_level_and_spectrum_together(self) -> None:
        calm, fresh, storm = (bed("wind", 12.0, strength=s, howl=0.0, whistle=0.0) for s in (0.2, 0.5, 1.0))
        assert loudness(calm, RATE) + 5.0 < loudness(fresh, RATE)
        assert loudness(fresh, RATE) + 5.0 < loudness(storm, RATE)
        assert centroid_hz(calm) < centroid_hz(fresh) < centroid_hz(storm)

    def test_howling_openings_slide_up_as_the_wind_rises(self) -> None:
        def tone(**given: float) -> np.ndarray:
            howling = bed("wind", 20.0, howl=1.0, whistle=0.0, gusts=0.3, rumble=0.0, **given)
            still = bed("wind", 20.0, howl=0.0, whistle=0.0, gusts=0.3, rumble=0.0, **given)
            hz, with_howl = spectrum(howling, resolution_hz=8.0)
            _, without = spectrum(still, resolution_hz=8.0)
            extra = np.maximum(with_howl - without, 0.0)
            return np.array([(hz * extra).sum() / extra.sum(), extra.max() / without[extra.argmax()]])

        low, high = tone(strength=0.2), tone(strength=0.8)
        assert high[0] > 1.15 * low[0]
        assert min(low[1], high[1]) > 8.0, "a howl stands out of the wind around it"
        assert tone(strength=0.5, opening=0.0)[0] > 1.5 * tone(strength=0.5, opening=1.0)[0]

    def test_flutter_shakes_it_between_4_and_12_hz(self) -> None:
        def shaken(amount: float) -> float:
            pulse = envelope(bed("wind", 60.0, flutter=amount, gusts=0.0), 100.0, 4000.0, 0.02)
            hz, power = signal.welch(pulse / pulse.mean(), 50.0, nperseg=500)
            return float(power[(hz > 2.0) & (hz < 12.0)].sum())

        assert shaken(1.0) > 2.0 * shaken(0.0)

    def test_dark_takes_the_highs_and_rumble_gives_the_lows(self) -> None:
        assert centroid_hz(bed("wind", 10.0, dark=1.0, howl=0.0)) < 0.7 * centroid_hz(
            bed("wind", 10.0, dark=0.0, howl=0.0)
        )
        assert share(bed("wind", 10.0, rumble=1.0), 20.0, 90.0) > 4.0 * share(bed("wind", 10.0, rumble=0.0), 20.0, 90.0)

    def test_width_parts_its_channels(self) -> None:
        def alike(width: float) -> float:
            made = bed("wind", 10.0, width=width, howl=0.0, whistle=0.0, rumble=0.0).astype(float)
            high = signal.sosfilt(signal.butter(4, 1000.0, "high", fs=RATE, output="sos"), made, axis=0)
            return float(np.corrcoef(high.T)[0, 1])

        assert alike(1.0) < 0.4 < 0.85 < alike(0.0)


class TestRoomTone:
    @staticmethod
    def lowest_mode_hz(size: float) -> float:
        made = bed("room_tone", 60.0, size=size, rumble=0.6)
        hz, power = spectrum(made, resolution_hz=1.0)
        smooth_db = 10.0 * np.log10(signal.convolve(power, np.ones(5) / 5, "same"))
        peaks = signal.find_peaks(np.where(hz > 28.0, smooth_db, smooth_db.min()), prominence=2.0)[0]
        return float(hz[peaks[0]])

    def test_a_small_room_stands_at_its_first_axial_mode(self) -> None:
        assert self.lowest_mode_hz(0.0) == pytest.approx(343.0 / (2 * 2.1), rel=0.08)

    def test_larger_rooms_ring_lower(self) -> None:
        assert self.lowest_mode_hz(0.35) < self.lowest_mode_hz(0.0)

    def test_hum_stands_at_twice_the_mains(self) -> None:
        hz, power = spectrum(bed("room_tone", 10.0, hum=1.0, hum_hz=60.0, rumble=0.0), resolution_hz=1.0)
        assert hz[power.argmax()] == pytest.approx(120.0, abs=1.0)

    def test_it_is_steady(self) -> None:
        made = bed("room_tone", 40.0)
        seconds = np.sqrt(np.mean(mono(made).reshape(40, -1) ** 2, axis=1))
        assert 20 * np.log10(seconds.max() / seconds.min()) < 8.0


class TestRumble:
    def test_it_is_all_low(self) -> None:
        assert share(bed("rumble", 20.0), 20.0, 250.0) > 0.97
        assert centroid_hz(bed("rumble", 20.0, depth=1.0)) < centroid_hz(bed("rumble", 20.0, depth=0.0))

    def test_rolls_swell_out_of_it_and_nearer_ones_begin_sooner_and_brighter(self) -> None:
        def swing(**given: float) -> float:
            slow = envelope(bed("rumble", 60.0, **given), 30.0, 400.0, 0.5)
            return float(20 * np.log10(np.percentile(slow, 95) / np.percentile(slow, 10)))

        assert swing(rolling=1.0) > swing(rolling=0.0) + 4.0
        near, far = (bed("rumble", 60.0, rolling=1.0, distance=d) for d in (0.0, 1.0))
        assert centroid_hz(near) > centroid_hz(far)
        steepest = [np.diff(np.log(envelope(made, 100.0, 400.0, 0.1))).max() for made in (near, far)]
        assert steepest[0] > steepest[1]


class TestDrone:
    def test_it_is_made_of_narrow_tones_at_its_pitch(self) -> None:
        hz, power = spectrum(bed("drone", 30.0, pitch=80.0, tension=0.0, motion=0.0), resolution_hz=1.0)
        for ratio in (1.0, 1.5, 2.0, 3.0):
            at = np.abs(hz - 80.0 * ratio) < 3.0
            beside = (np.abs(hz - 80.0 * ratio) > 8.0) & (np.abs(hz - 80.0 * ratio) < 14.0)
            assert power[at].max() > 30.0 * power[beside].mean()

    def test_tension_adds_a_second_and_a_tritone(self) -> None:
        def at(ratio: float, tension: float) -> float:
            hz, power = spectrum(bed("drone", 30.0, pitch=110.0, tension=tension, motion=0.2), resolution_hz=1.0)
            return float(power[np.abs(hz - 110.0 * ratio) < 3.0].max())

        for ratio in (1.06, 1.418):
            assert at(ratio, 0.8) > 10.0 * at(ratio, 0.0)

    def test_its_pitch_can_be_ridden(self) -> None:
        gliding = ridden_bed("drone", 8.0, lambda t: {"pitch": np.where(t < 4.0, 60.0, 90.0)}, tension=0.0, motion=0.0)
        for part, pitch in ((gliding[: 3 * RATE], 60.0), (gliding[5 * RATE :], 90.0)):
            hz, power = spectrum(part, resolution_hz=1.0)
            low = (hz > 50.0) & (hz < 120.0)
            peaks = hz[low][power[low] > 0.5 * power[low].max()]
            assert np.abs(peaks - pitch).min() < 3.0


class TestTinnitus:
    def test_it_rings_at_its_pitch_and_nowhere_below(self) -> None:
        ringing = bed("tinnitus", 10.0, freq=5000.0)
        hz, power = spectrum(ringing)
        assert hz[power.argmax()] == pytest.approx(5000.0, abs=6.0)
        assert share(ringing, 0.0, 3000.0) < 1e-3

    def test_its_pitch_glides_without_a_break(self) -> None:
        gliding = ridden_bed("tinnitus", 4.0, lambda t: {"freq": 3000.0 + 500.0 * t}, shimmer=0.0)
        phase = np.unwrap(np.angle(signal.hilbert(gliding[:, 0].astype(float))))
        hz = np.diff(phase[2000:-2000]) * RATE / (2 * np.pi)
        smooth = np.convolve(hz, np.ones(2205) / 2205, "valid")
        assert smooth[0] == pytest.approx(3030.0, abs=60.0)
        assert smooth[-1] == pytest.approx(4970.0, abs=60.0)
        assert np.abs(np.diff(smooth[::2205])).max() < 120.0

    def test_level_rides_it_to_silence(self) -> None:
        assert level_db(bed("tinnitus", 1.0, level=0.0)) < -120.0


class TestHum:
    @pytest.mark.parametrize("mains_hz", [50.0, 60.0, 100.0])
    def test_its_power_lies_on_harmonics_of_the_mains_and_most_on_twice_it(self, mains_hz: float) -> None:
        hz, power = spectrum(bed("hum", 12.0, mains_hz=mains_hz, flicker=0.0, buzz=0.3), resolution_hz=1.0)
        near = np.abs(hz - mains_hz * np.round(hz / mains_hz)) < 4.0
        low = (hz > 20.0) & (hz < 1500.0)
        assert power[near & low].sum() > 0.98 * power[low].sum()
        assert hz[power.argmax()] == pytest.approx(2.0 * mains_hz, abs=1.5)

    def test_buzz_adds_edge(self) -> None:
        assert centroid_hz(bed("hum", 5.0, buzz=1.0)) > 1.8 * centroid_hz(bed("hum", 5.0, buzz=0.1))

    def test_flicker_drops_out_and_comes_back(self) -> None:
        steady, failing = (envelope(bed("hum", 20.0, flicker=f, buzz=0.3), 60.0, 800.0, 0.02) for f in (0.0, 1.0))
        quiet = failing < 0.35 * np.median(failing)
        assert not (steady < 0.35 * np.median(steady)).any()
        assert 0.01 < quiet.mean() < 0.5
        assert np.count_nonzero(np.diff(quiet.astype(int)) == 1) > 10


class TestDrip:
    @staticmethod
    def fallen(rate: float, irregular: float, seconds: float) -> np.ndarray:
        knob = {"rate": rate, "irregular": irregular}
        return moments(lambda t: {k: np.full(len(t), v) for k, v in knob.items()}, 0.0, seconds, 5)[0]

    def test_it_drips_as_often_as_asked(self) -> None:
        assert len(self.fallen(0.8, 0.7, 500.0)) == pytest.approx(400, abs=3)

    def test_a_tap_is_even_and_a_roof_is_not(self) -> None:
        tap, roof = (np.diff(np.sort(self.fallen(1.0, i, 300.0))) for i in (0.0, 1.0))
        assert 0.0 < tap.std() / tap.mean() < 0.05
        assert roof.std() / roof.mean() > 0.25

    def test_a_drop_sings_at_the_pitch_of_its_bubble(self) -> None:
        for pitch in (0.3, 0.8):
            drops = bed("drip", 20.0, pitch=pitch, spread=0.0, hard=0.0, room=0.0, rate=1.0)
            hz, power = spectrum(drops, resolution_hz=20.0)
            bubble_hz = MINNAERT_M_HZ / (2.4e-3 * 2.0 ** (-1.7 * (pitch - 0.5)))
            assert bubble_hz * 0.97 < hz[power.argmax()] < bubble_hz * 1.3

    def test_stone_has_no_bubble(self) -> None:
        wet, hard = (bed("drip", 12.0, hard=h, room=0.0, rate=1.0, spread=0.0) for h in (0.0, 1.0))
        sharpness = []
        for drops in (wet, hard):
            hz, power = spectrum(drops, resolution_hz=20.0)
            middle = power[(hz > 500.0) & (hz < 5000.0)]
            sharpness.append(middle.max() / middle.mean())
        assert sharpness[0] > 2.0 * sharpness[1]

    def test_the_room_answers(self) -> None:
        def tail_db(room: float) -> float:
            drops = bed("drip", 30.0, room=room, irregular=0.0, rate=0.5)
            loud = envelope(drops, 300.0, 8000.0, 0.02)
            return float(20 * np.log10(np.percentile(loud, 70) + 1e-9))

        assert tail_db(1.0) > tail_db(0.0) + 20.0


class TestCrowd:
    def test_its_level_moves_at_the_rate_of_syllables(self) -> None:
        pulse = envelope(bed("crowd_far", 60.0, density=0.0, laughter=0.0, distance=0.0), 200.0, 4000.0, 0.01)
        hz, power = signal.welch(pulse - pulse.mean(), 100.0, nperseg=800)
        speech = power[(hz > 1.5) & (hz < 8.0)].sum()
        assert speech > 2.0 * power[(hz > 8.0) & (hz < 40.0)].sum()

    def test_it_is_voices(self) -> None:
        talking = bed("crowd_far", 20.0)
        assert share(talking, 90.0, 4000.0) > 0.97
        voiced = mono(bed("crowd_far", 30.0, density=0.0, laughter=0.0, distance=0.0))
        frames = voiced[: len(voiced) // 2205 * 2205].reshape(-1, 2205)
        loud = frames[np.sqrt((frames**2).mean(axis=1)) > np.sqrt((frames**2).mean())]
        spectra = np.abs(np.fft.rfft(loud, 4410, axis=1)) ** 2
        alike = np.fft.irfft(spectra, axis=1)
        pitched = alike[:, RATE // 300 : RATE // 80].max(axis=1) / alike[:, 0]
        assert np.median(pitched) > 0.4, "a talker's pitch can be heard"

    def test_laughter_breaks_out(self) -> None:
        def peaks(laughter: float) -> float:
            loud = envelope(bed("crowd_far", 60.0, density=0.1, laughter=laughter, distance=0.2), 300.0, 4000.0, 0.05)
            return float(np.percentile(loud, 98))

        assert peaks(1.0) > 1.3 * peaks(0.0)

    def test_distance_takes_the_highs(self) -> None:
        near, far = (bed("crowd_far", 15.0, distance=d) for d in (0.0, 1.0))
        assert share(far, 1500.0, 8000.0) < 0.6 * share(near, 1500.0, 8000.0)

    def test_more_people_are_a_steadier_sound(self) -> None:
        few, many = (envelope(bed("crowd_far", 30.0, density=d, laughter=0.0), 200.0, 4000.0) for d in (0.0, 1.0))
        assert many.std() / many.mean() < 0.8 * few.std() / few.mean()


class TestRain:
    @staticmethod
    def drops(density: float) -> np.ndarray:
        knob = {"density": density, "near": 0.5}
        return showered(lambda t: {k: np.full(len(t), v) for k, v in knob.items()}, 0.0, 60.0, 3).at_s

    def test_drops_land_independently_and_more_of_them_when_denser(self) -> None:
        gaps = np.diff(np.sort(self.drops(0.5)))
        assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.06)
        assert len(self.drops(1.0)) > 2.0 * len(self.drops(0.5)) > 4.0 * len(self.drops(0.2))

    def test_a_metal_roof_rings_at_its_own_modes(self) -> None:
        hz, power = spectrum(bed("rain", 30.0, metal=1.0, puddles=0.0, drips=0.0, near=1.0), resolution_hz=6.0)
        modes = SHEET_HZ[2:8]
        on = [power[np.abs(hz - mode) < 0.02 * mode].mean() for mode in modes]
        off = [power[np.abs(hz - between) < 0.02 * between].mean() for between in np.sqrt(modes[1:] * modes[:-1])]
        assert np.mean(np.log(on)) > np.mean(np.log(off)) + 0.7

    def test_leaves_are_duller_than_stone(self) -> None:
        stone, leaves = (bed("rain", 10.0, puddles=0.0, drips=0.0, leaves=amount) for amount in (0.0, 1.0))
        assert centroid_hz(leaves) < 0.8 * centroid_hz(stone)

    def test_single_drops_stand_out_of_light_rain_and_drown_in_a_downpour(self) -> None:
        def peaky(density: float) -> float:
            line = mono(bed("rain", 20.0, density=density, drips=0.0))
            return float(np.mean(line**4) / np.mean(line**2) ** 2)

        assert peaky(0.05) > 2.0 * peaky(1.0)


class TestFire:
    def test_it_crackles_in_bursts(self) -> None:
        line = signal.sosfilt(
            signal.butter(4, 2000.0, "high", fs=RATE, output="sos"), mono(bed("fire", 40.0, hiss=0.0, crackle=0.3))
        )
        assert np.mean(line**4) / np.mean(line**2) ** 2 > 30.0
        loud = np.flatnonzero(np.abs(line) > 0.02)
        starts = loud[np.r_[True, np.diff(loud) > 0.01 * RATE]]
        counts = np.bincount(starts // (RATE // 2), minlength=80)
        assert counts.sum() > 60
        assert counts.var() / counts.mean() > 1.4, "cracks come in avalanches, not evenly and not at random"

    def test_a_large_fire_roars_lower_and_louder(self) -> None:
        sticks, house = (bed("fire", 15.0, size=s, crackle=0.0, hiss=0.0) for s in (0.0, 1.0))
        assert level_db(house) > level_db(sticks) + 10.0
        assert centroid_hz(house) < 0.7 * centroid_hz(sticks)

    def test_without_knobs_up_it_neither_crackles_nor_hisses(self) -> None:
        assert share(bed("fire", 10.0, crackle=0.0, hiss=0.0), 3000.0, 20000.0) < 0.02


class TestWater:
    def test_a_stream_is_bubbles_that_die_away(self) -> None:
        line = mono(bed("water", 20.0, flow=0.6, bubbles=1.0))
        assert np.mean(line**4) / np.mean(line**2) ** 2 > 4.0
        assert centroid_hz(bed("water", 10.0, depth=1.0)) < 0.6 * centroid_hz(bed("water", 10.0, depth=0.0))

    def test_waves_come_at_their_period_but_not_by_the_clock(self) -> None:
        surf = envelope(bed("water", 200.0, flow=0.0, waves=0.9, period=6.0), 300.0, 5000.0, 0.5)
        hz, power = signal.welch(surf - surf.mean(), 2.0, nperseg=200)
        inside = (hz > 0.6 / 6.0) & (hz < 1.6 / 6.0)
        assert power[inside].sum() > 0.35 * power.sum()
        assert power.max() < 0.35 * power.sum()

    def test_foam_hisses_after_the_wave_has_broken(self) -> None:
        surf = bed("water", 80.0, flow=0.0, waves=0.9, period=9.0)
        low, high = envelope(surf, 50.0, 160.0, 0.1), envelope(surf, 5000.0, 10000.0, 0.1)
        lags = np.arange(-40, 41)
        low, high = low - low.mean(), high - high.mean()
        alike = [np.sum(low[50:-50] * high[50 + lag : len(high) - 50 + lag]) for lag in lags]
        assert lags[int(np.argmax(alike))] > 5

    def test_all_off_is_quiet(self) -> None:
        assert level_db(bed("water", 2.0, flow=0.0, waves=0.0)) < -90.0


class TestPunctuation:
    @pytest.mark.parametrize("length_s", [None, 1.0, 3.3, 12.0])
    def test_a_riser_peaks_at_its_onset_at_the_end(self, length_s: float | None) -> None:
        recipe = RECIPES["riser"]
        assert recipe.hit
        made = recipe.hit(recipe.filled({}), length_s, RATE, 4)
        assert len(made.audio) - made.onset == pytest.approx(0.035 * RATE, abs=3)
        assert int(np.abs(mono(made.audio)).argmax()) == pytest.approx(made.onset, abs=0.25 * RATE)
        tenth = made.onset // 10
        steps = [level_db(made.audio[k * tenth : (k + 1) * tenth]) for k in range(10)]
        assert steps[-1] == max(steps)
        assert steps[-1] > steps[0] + 25.0

    def test_a_riser_grows_brighter_and_its_pulse_quickens(self) -> None:
        recipe = RECIPES["riser"]
        assert recipe.hit
        made = recipe.hit(recipe.filled({"pulse": 1.0, "tension": 0.0, "air": 0.0}), 8.0, RATE, 4)
        thirds = np.array_split(made.audio[: made.onset], 3)
        bright = [centroid_hz(part) for part in thirds]
        assert bright[0] < bright[1] < bright[2]
        pulse = np.log(envelope(made.audio[: made.onset], 60.0, 5000.0, 0.02) + 1e-9)
        dips = signal.find_peaks(-signal.detrend(pulse), prominence=1.5)[0]
        assert len(dips) > 6
        assert np.diff(dips)[-3:].mean() < 0.6 * np.diff(dips)[:3].mean()

    def test_a_boom_strikes_at_once_low_and_dies_for_seconds(self) -> None:
        recipe = RECIPES["boom"]
        assert recipe.hit
        made = recipe.hit(recipe.filled({}), None, RATE, 4)
        assert made.onset < 0.02 * RATE
        assert len(made.audio) > 5 * RATE
        assert share(made.audio, 15.0, 120.0) > 0.8
        seconds = [level_db(made.audio[k * RATE : (k + 1) * RATE]) for k in range(7)]
        assert seconds == sorted(seconds, reverse=True)
        assert seconds[0] > seconds[5] + 25.0

    def test_a_larger_boom_is_lower_and_longer_and_a_nearer_one_brighter(self) -> None:
        recipe = RECIPES["boom"]
        assert recipe.hit

        def of(**given: float) -> np.ndarray:
            assert recipe.hit
            return recipe.hit(recipe.filled({"debris": 0.0} | given), None, RATE, 4).audio

        assert len(of(size=1.0)) > len(of(size=0.0))
        assert share(of(size=1.0), 15.0, 45.0) > 1.2 * share(of(size=0.0), 15.0, 45.0)
        assert centroid_hz(of(distance=0.0)) > 1.1 * centroid_hz(of(distance=1.0))

    def test_debris_rains_down_after_it(self) -> None:
        recipe = RECIPES["boom"]
        assert recipe.hit
        bare, littered = (recipe.hit(recipe.filled({"debris": d}), None, RATE, 4).audio for d in (0.0, 1.0))
        after = slice(RATE, 3 * RATE)
        assert share(littered[after], 1000.0, 10000.0) > 5.0 * share(bare[after], 1000.0, 10000.0)
