"""The physics of each bed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.foley.drip import MINNAERT_M_HZ, PAN_HZ, moments
from producer.foley.fire import FLUE_HZ
from producer.foley.hum import MOTORS
from producer.foley.rain import SHEET_HZ, showered
from producer.foley.room_tone import SOUND_M_S
from producer.foley.talkers import TALKERS, syllables
from producer.foley.water import PIPE_HZ
from producer.foley.wind import speed
from producer.model.chance import seed as named
from producer.sounds.beds import LISTEN_HZ, EndlessBed
from tests.foley_bed_helpers import (
    RATE,
    bed,
    centroid_hz,
    envelope,
    high_passed,
    level_db,
    likeness,
    mono,
    pitch_hz,
    ridden_bed,
    share,
    spectrum,
)


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

    def test_it_gusts_over_two_to_nine_seconds(self) -> None:
        times = np.arange(0.0, 4000.0, 0.1)
        even = np.ones(len(times))
        hz, power = signal.welch(speed(times, 0.5 * even, 0.5 * even, 11), 10.0, nperseg=2000)
        middle_s = 1.0 / hz[np.searchsorted(np.cumsum(power), 0.5 * power.sum())]
        assert 2.0 < 0.5 * middle_s < 9.0, "a gust is half a turn of the motion"

    def test_a_howl_slides_up_as_the_wind_rises(self) -> None:
        blowing = bed("wind", 60.0, howl=1.0, whistle=0.0, flutter=0.0, gusts=0.8, rumble=0.0)
        hz, at_s, power = signal.spectrogram(mono(blowing), RATE, nperseg=8192, noverlap=4096)
        band = (hz > 200.0) & (hz < 2500.0)
        lit = power[band] ** 2
        centre = np.exp((np.log(hz[band])[:, None] * lit).sum(axis=0) / lit.sum(axis=0))
        even = np.ones(len(at_s))
        blown = speed(at_s, 0.5 * even, 0.8 * even, named(9, "speed"))
        assert np.corrcoef(np.log(centre), np.log(blown))[0, 1] > 0.4
        assert np.percentile(centre, 95) > 1.5 * np.percentile(centre, 5), "no fixed line"

    def test_driven_snow_hisses_in_the_gusts(self) -> None:
        bare, snow = (bed("wind", 40.0, snow=s, gusts=0.8, howl=0.0, whistle=0.0, strength=0.7) for s in (0.0, 1.0))
        assert share(snow, 4000.0, 12000.0) > 3.0 * share(bare, 4000.0, 12000.0)
        low, high = envelope(snow, 200.0, 800.0, 0.5), envelope(snow, 5000.0, 10000.0, 0.5)
        assert np.corrcoef(low, high)[0, 1] > 0.35


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

    def test_small_speakers_have_something_to_play(self) -> None:
        for distance in (0.0, 0.6, 1.0):
            far = bed("rumble", 20.0, distance=distance)
            assert -36.0 < 10.0 * np.log10(share(far, 200.0, 2000.0)) < -5.0

    def test_what_stands_loose_rattles_while_a_roll_lifts_it(self) -> None:
        bare, shaken = (bed("rumble", 60.0, rattle=r, rolling=0.5, distance=0.2, motion=0.0) for r in (0.0, 1.0))
        assert share(shaken, 1000.0, 8000.0) > 4.0 * share(bare, 1000.0, 8000.0)
        low, high = envelope(shaken, 30.0, 200.0, 0.5), envelope(shaken - bare, 800.0, 8000.0, 0.5)
        assert np.corrcoef(low, high)[0, 1] > 0.4


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

    @staticmethod
    def stirs_db(motion: float) -> float:
        """How far the level of its strongest tone strays, in steps of 100 ms."""
        levels = 20.0 * np.log10(
            envelope(bed("drone", 20.0, pitch=110.0, tension=0.0, motion=motion), 104.0, 116.0, 0.1)
        )
        return float(np.ptp(np.percentile(levels[5:], [5, 95])))

    def test_without_motion_it_stands_still(self) -> None:
        assert self.stirs_db(0.0) < 1.5
        assert self.stirs_db(0.05) < 0.7 * self.stirs_db(0.4)

    def test_its_level_is_one_however_much_of_it_stands_still(self) -> None:
        still, half, stirred = (level_db(bed("drone", 20.0, motion=motion)) for motion in (0.0, 0.07, 0.4))
        assert still == pytest.approx(stirred, abs=1.0)
        assert half == pytest.approx(stirred, abs=1.0)


class TestTinnitus:
    def test_without_shimmer_it_is_steady(self) -> None:
        def strays_db(shimmer: float) -> float:
            left = bed("tinnitus", 10.0, shimmer=shimmer)[:, :1]
            return float(np.ptp(np.percentile(20.0 * np.log10(envelope(left, 1000.0, 15000.0, 0.02)), [5, 95])))

        assert strays_db(0.0) < 3.0
        assert strays_db(0.0) + 3.0 < strays_db(0.4) < strays_db(1.0) - 2.0

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

    def test_it_is_narrow(self) -> None:
        for freq in (2000.0, 6200.0):
            assert share(bed("tinnitus", 8.0, freq=freq), 0.97 * freq, 1.03 * freq) > 0.9


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

    def test_motors_slip_behind_the_line_and_their_gears_sing(self) -> None:
        hz, power = spectrum(bed("hum", 30.0, machine=1.0, buzz=0.0, flicker=0.0), resolution_hz=0.5)
        for turns_a_cycle, *_ in MOTORS:
            rotor_hz = 50.0 * turns_a_cycle
            assert rotor_hz < 25.0, "slower than the line's own half"
            for teeth in (17, 23):
                meshing = power[np.abs(hz - teeth * rotor_hz) < 5.0].max()
                beside = np.median(power[np.abs(hz - teeth * rotor_hz) < 40.0])
                assert meshing > 8.0 * beside


class TestDrip:
    @staticmethod
    def fallen(rate: float, irregular: float, seconds: float) -> np.ndarray:
        knob = {"rate": rate, "irregular": irregular}
        return moments(lambda t: {k: np.full(len(t), v) for k, v in knob.items()}, 0.0, seconds, 5)[0]

    def test_it_drips_as_often_as_asked(self) -> None:
        assert len(self.fallen(0.8, 0.7, 500.0)) == pytest.approx(400, abs=3)

    def test_what_is_heard_is_as_many_drops_as_asked_for(self) -> None:
        def heard(rate: float, irregular: float) -> int:
            loud = envelope(bed("drip", 60.0, rate=rate, irregular=irregular, room=0.0), 100.0, 15000.0, 0.02)
            at = loud > 0.02 * loud.max()
            return int(at[0]) + int((at[1:] & ~at[:-1]).sum())

        assert heard(0.1, 0.0) == pytest.approx(6, abs=1), "a tap drips alone"
        assert heard(1.0, 0.0) == pytest.approx(60, abs=4)
        assert 3 <= heard(0.1, 0.5) <= 20, "and a roof that hardly leaks hardly leaks anywhere"

    def test_a_tap_is_even_and_a_roof_is_not(self) -> None:
        tap, roof = (np.diff(np.sort(self.fallen(1.0, i, 300.0))) for i in (0.0, 1.0))
        assert 0.02 < tap.std() / tap.mean() < 0.1, "even, but no clock"
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

    def test_a_bubble_chirps_upward(self) -> None:
        drops = mono(bed("drip", 30.0, pitch=0.5, spread=0.0, hard=0.0, room=0.0, rate=0.5, irregular=0.0))
        found = signal.find_peaks(np.abs(drops), height=0.4 * np.abs(drops).max(), distance=RATE // 2)[0]
        low_hz = MINNAERT_M_HZ / 2.4e-3
        rises = []
        for at in found[(found > 2000) & (found < len(drops) - 4000)]:
            pitch = pitch_hz(drops[at - 1000 : at + 3000], 0.6 * low_hz, 1.8 * low_hz)
            rises.append(np.median(pitch[1300:1500]) / np.median(pitch[1050:1150]))
        assert len(rises) > 8
        assert np.median(rises) > 1.02

    def test_a_tin_rings_at_its_modes(self) -> None:
        dull, tin = (bed("drip", 20.0, metal=m, hard=1.0, rate=2.0, room=0.0) for m in (0.0, 1.0))
        for mode in PAN_HZ:
            at = [share(made, 0.985 * mode, 1.015 * mode) for made in (dull, tin)]
            assert at[1] > 2.0 * at[0]


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

    def test_each_talks_at_three_to_six_syllables_a_second(self) -> None:
        found = syllables(0.0, 120.0, 5)
        for talker in range(TALKERS):
            gaps = np.diff(np.sort(found.at_s[found.talker == talker]))
            assert 3.0 < 1.0 / np.median(gaps) < 6.5
            assert (gaps > 0.6).sum() > 10, "and pauses between phrases"

    def test_nobody_is_alone_long_enough_to_be_understood(self) -> None:
        found = syllables(0.0, 120.0, 5)
        half = 2.0 + (TALKERS - 2.0) * 0.55
        talking = np.zeros((TALKERS, 240), bool)
        talking[found.talker, (2.0 * found.at_s).astype(int)] = True
        assert (talking[: int(half)].sum(axis=0) >= 3).mean() > 0.85

    def test_near_voices_have_consonants(self) -> None:
        near, far = (bed("crowd_far", 30.0, density=0.0, laughter=0.0, distance=d) for d in (0.0, 1.0))
        hiss = [
            envelope(made, 2800.0, 5500.0, 0.02) / level
            for made in (near, far)
            for level in (10 ** (level_db(made) / 20),)
        ]
        assert np.percentile(hiss[0], 98) > 4.0 * np.percentile(hiss[1], 98)


class TestEngines:
    def test_engines_throb_under_what_rolls(self) -> None:
        def throbs(motion: float) -> float:
            floor = envelope(bed("rumble", 20.0, motion=motion, rolling=0.0), 30.0, 300.0, 0.05)
            return float(np.std(20.0 * np.log10(floor)))

        assert throbs(1.0) > 1.4 * throbs(0.0)
        still, engines = (np.percentile(envelope(bed("rumble", 20.0, motion=m), 30.0, 300.0), 25) for m in (0.0, 1.0))
        assert engines > 1.2 * still, "and fill what is between the rolls"


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

    def test_what_it_falls_on_is_heard(self) -> None:
        dry = {"puddles": 0.0, "drips": 0.0, "density": 0.4, "near": 0.9}
        stone, earth, ice = (bed("rain", 10.0, **dry, **on) for on in ({}, {"soft": 1.0}, {"snow": 1.0}))
        loud = [mono(made)[np.abs(mono(made)) > np.percentile(np.abs(mono(made)), 99.5)] for made in (stone, ice)]
        assert centroid_hz(earth) < 0.9 * centroid_hz(stone)
        assert centroid_hz(ice) > 1.1 * centroid_hz(stone)
        assert np.abs(loud[1]).mean() < 0.3 * np.abs(loud[0]).mean(), "ice hisses and does not knock"

    def test_a_roof_keeps_the_highs_outside_and_drums(self) -> None:
        out, under = (bed("rain", 10.0, under=u, metal=0.0) for u in (0.0, 1.0))
        assert centroid_hz(under) < 0.5 * centroid_hz(out)
        tin = bed("rain", 10.0, under=1.0, metal=1.0, puddles=0.0)
        assert share(tin, 200.0, 3000.0) > 0.5


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

    def test_a_furnace_is_steady_and_fills_its_flue(self) -> None:
        hearth, furnace = (bed("fire", 30.0, draught=d, size=0.8, crackle=0.0, hiss=0.0) for d in (0.0, 1.0))
        unrest = [np.log(envelope(made, 60.0, 3000.0, 0.05)).std() for made in (hearth, furnace)]
        assert unrest[1] < 0.75 * unrest[0]
        hz, power = spectrum(furnace, resolution_hz=4.0)
        modes = np.array(FLUE_HZ[1:]) * 2.2 * (0.8 / 2.2) ** 0.8
        on = [power[np.abs(hz - mode) < 8.0].mean() for mode in modes]
        off = [power[np.abs(hz - between) < 8.0].mean() for between in np.sqrt(modes[1:] * modes[:-1])]
        assert np.mean(np.log(on)) > np.mean(np.log(off)) + 0.5


class TestWater:
    def test_a_stream_is_bubbles_that_die_away(self) -> None:
        line = mono(bed("water", 20.0, flow=0.6, bubbles=1.0))
        assert np.mean(line**4) / np.mean(line**2) ** 2 > 4.0
        assert centroid_hz(bed("water", 10.0, depth=1.0)) < 0.6 * centroid_hz(bed("water", 10.0, depth=0.0))

    def test_waves_come_at_their_period_but_not_by_the_clock(self) -> None:
        surf = envelope(bed("water", 200.0, flow=0.0, waves=0.9, period=6.0), 300.0, 5000.0, 0.5)
        hz, power = signal.welch(surf - surf.mean(), 2.0, nperseg=200)
        inside, quicker = (hz > 0.6 / 6.0) & (hz < 1.6 / 6.0), hz > 2.2 / 6.0
        assert power[inside].mean() > 3.0 * power[quicker].mean()
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

    def test_its_bubbles_chirp_upward(self) -> None:
        line = mono(bed("water", 60.0, flow=0.03, bubbles=1.0, depth=0.7))
        found = signal.find_peaks(np.abs(line), height=0.5 * np.percentile(np.abs(line), 99.95), distance=4000)[0]
        rises = []
        for at in found[(found > 2000) & (found < len(line) - 3000)]:
            pitch = pitch_hz(line[at - 500 : at + 1200], 250.0, 4000.0)
            rises.append(np.median(pitch[750:900]) / np.median(pitch[520:600]))
        assert len(rises) > 20
        assert np.median(rises) > 1.005
        assert np.mean(np.array(rises) > 1.0) > 0.6

    def test_a_pipe_has_the_modes_of_its_column(self) -> None:
        hz, power = spectrum(bed("water", 20.0, pipe=1.0, flow=1.0, bubbles=0.0), resolution_hz=6.0)
        modes = np.array(PIPE_HZ[:5])
        on = [power[np.abs(hz - mode) < 0.06 * mode].mean() for mode in modes]
        off = [power[np.abs(hz - between) < 0.06 * between].mean() for between in np.sqrt(modes[1:] * modes[:-1])]
        assert np.mean(np.log(on)) > np.mean(np.log(off)) + 0.7

    def test_shingle_is_rolled_by_the_backwash(self) -> None:
        sand, shingle = (bed("water", 40.0, flow=0.0, waves=0.8, stones=s) for s in (0.0, 1.0))
        rolled = shingle - sand
        assert share(rolled, 1000.0, 8000.0) > 0.6
        assert np.mean(mono(rolled) ** 4) / np.mean(mono(rolled) ** 2) ** 2 > 6.0, "stones, not a wash"


class TestRoomModes:
    def test_a_small_room_stores_sound_at_its_modes(self) -> None:
        hz, power = spectrum(bed("room_tone", 30.0, size=0.0, air=0.2, rumble=0.8), resolution_hz=2.0)
        first_hz = 0.5 * SOUND_M_S / 2.1
        assert power[np.abs(hz - first_hz) < 3.0].mean() > 2.0 * power[(hz > 45.0) & (hz < 65.0)].mean()
        assert power[np.abs(hz - 2.0 * first_hz) < 4.0].mean() > 3.0 * power[(hz > 300.0) & (hz < 340.0)].mean()

    def test_a_hall_has_its_air(self) -> None:
        small, hall = (bed("room_tone", 20.0, size=s) for s in (0.0, 1.0))
        assert centroid_hz(high_passed(hall, 150.0)) > centroid_hz(high_passed(small, 150.0))
        assert share(hall, 200.0, 8000.0) > 0.004

    def test_a_building_ticks_as_it_settles(self) -> None:
        still, ticking = (high_passed(bed("room_tone", 40.0, settling=s, size=0.5), 300.0) for s in (0.0, 1.0))
        peaky = [np.mean(mono(made) ** 4) / np.mean(mono(made) ** 2) ** 2 for made in (still, ticking)]
        assert peaky[0] < 4.0
        assert peaky[1] > 8.0


class TestNoRepetition:
    """Where a bed is nearest to repeating itself: found by searching its settings for the likest minute."""

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("wind", {"strength": 0.65, "gusts": 0.8, "howl": 1.0, "whistle": 0.87, "opening": 0.16, "flutter": 0.0}),
            ("water", {"flow": 0.0, "waves": 1.0, "period": 14.0}),
            ("water", {"flow": 1.0, "bubbles": 0.0, "waves": 0.6, "period": 10.0}),
            ("hum", {"mains_hz": 40.0, "buzz": 0.0, "flicker": 0.0}),
            ("room_tone", {"hum": 1.0, "hum_hz": 40.0, "air": 0.0, "rumble": 0.0}),
            ("rumble", {"depth": 0.0, "distance": 0.0, "rolling": 0.55, "motion": 0.0}),
            ("drip", {"rate": 6.0, "irregular": 0.0, "room": 0.0}),
            ("birds", {"density": 0.3, "variety": 0.0, "trill": 1.0}),
        ],
    )
    def test_a_bed_never_repeats_even_there(self, name: str, given: dict[str, float]) -> None:
        rate = 24000
        recipe = RECIPES[name]
        assert recipe.ambience
        filled = recipe.filled(given)
        for seed in (1, 2):
            made = recipe.ambience(
                lambda t: {knob: np.full(len(t), value) for knob, value in filled.items()}, 0, 60 * rate, rate, seed
            )
            assert likeness(made, rate) < 0.5


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


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.ambience is not None])
def test_a_recipe_is_as_loud_at_the_rate_it_is_listened_to_at(name: str) -> None:
    ambience = RECIPES[name].ambience
    assert ambience is not None
    fast, slow = (
        loudness(EndlessBed(ambience, RECIPES[name].filled({}), rate, 5).read(0, 15 * rate), rate)
        for rate in (48_000, LISTEN_HZ)
    )
    assert slow == pytest.approx(fast, abs=0.1)
