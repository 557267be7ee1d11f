"""Body, voice and what passes or looms: each recipe over all its settings, and the physics a listener knows it by."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from producer.audio import as_mono, as_stereo
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.foley.throat import Pulses, block_times, cords, path, through, tube
from producer.model.chance import rng
from producer.model.foley import Made

RATE = 48_000
BODY = ("bodyfall", "boom", "breath", "car_pass", "choke", "heartbeat", "riser", "voice_of_thing", "whoosh")
Floats = NDArray[np.float64]


@functools.lru_cache(maxsize=128)
def make(name: str, seed: int = 1, length_s: float | None = None, rate_hz: int = RATE, **given: float) -> Made:
    one = RECIPES[name]
    assert one.hit is not None
    return one.hit(one.filled(given), length_s, rate_hz, seed)


def mono(made: Made) -> Floats:
    return made.audio.astype(np.float64).mean(axis=1)


def band(wave: Floats, low_hz: float, high_hz: float) -> Floats:
    return np.asarray(signal.sosfilt(signal.butter(4, (low_hz, high_hz), "band", fs=RATE, output="sos"), wave))


def level_db(wave: Floats) -> float:
    return float(10.0 * np.log10(np.mean(np.square(wave)) + 1e-20))


def share_db(wave: Floats, low_hz: float, high_hz: float) -> float:
    """Power between two frequencies beside the whole, dB."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    hz = np.fft.rfftfreq(len(wave), 1.0 / RATE)
    return float(10.0 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum() + 1e-12))


def centroid_hz(wave: Floats) -> float:
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1.0 / RATE)).sum() / power.sum())


def strongest_hz(wave: Floats, low_hz: float, high_hz: float) -> float:
    size = 1 << 17
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size))
    hz = np.fft.rfftfreq(size, 1.0 / RATE)
    inside = (hz >= low_hz) & (hz <= high_hz)
    return float(hz[inside][np.argmax(power[inside])])


def part(wave: Floats, from_s: float, to_s: float) -> Floats:
    return wave[round(from_s * RATE) : round(to_s * RATE)]


def regular(wave: Floats, low_hz: float, high_hz: float) -> float:
    """How well a wave repeats itself at some rate between two: the peak of its autocorrelation, 0 … 1."""
    wave = wave - wave.mean()
    alike = np.correlate(wave, wave, "full")[len(wave) - 1 :]
    return float(alike[round(RATE / high_hz) : round(RATE / low_hz)].max() / alike[0])


@pytest.mark.parametrize("name", BODY)
def test_any_settings_and_any_length_give_a_whole_sound(name: str) -> None:
    """Length, offset, peak, both ends (2 ms within -24 dB of the peak), the fold to mono, and both rates alike."""
    recipe = RECIPES[name]
    knobs = {
        key: st.one_of(st.sampled_from([knob.low, knob.high]), st.floats(knob.low, knob.high))
        for key, knob in recipe.settings.items()
    }
    lengths = st.sampled_from([None, 0.02, 0.1, 0.35, 1.3, 5.0] if recipe.sustains else [None])

    @settings(max_examples=7, deadline=None, derandomize=True)
    @given(chosen=st.fixed_dictionaries(knobs), length_s=lengths, seed=st.integers(0, 99))
    def check(chosen: dict[str, float], length_s: float | None, seed: int) -> None:
        both = {rate: make.__wrapped__(name, seed, length_s, rate, **chosen) for rate in (44_100, RATE)}
        loud = {}
        for rate, made in both.items():
            audio = np.abs(made.audio)
            edge = round(0.002 * rate)
            peak = float(audio.max())
            assert np.isfinite(made.audio).all() and 0.05 < peak < 1.0
            assert length_s is None or len(audio) == round(length_s * rate)
            assert np.abs(made.audio.mean(axis=0, dtype=np.float64)).max() < 1e-3
            assert max(audio[:edge].max(), audio[-edge:].max()) < 10.0 ** (-24.0 / 20.0) * peak
            assert max(audio[0].max(), audio[-1].max()) < 1e-3 * peak
            loud[rate] = loudness(as_stereo(made.audio), rate)
            assert loud[rate] - loudness(as_stereo(as_mono(made.audio)), rate) < 3.0
        assert loud[44_100] == pytest.approx(loud[RATE], abs=0.3)
        assert both[44_100].onset / 44_100 == pytest.approx(both[RATE].onset / RATE, abs=0.003)

    with np.errstate(all="raise", under="ignore"):
        check()


class TestThroat:
    def test_a_tube_rings_where_it_is_told_and_never_beforehand(self) -> None:
        n = RATE // 2
        click = np.zeros(n)
        click[9_000] = 1.0
        formants = [520.0, 1_480.0, 2_470.0]
        wave = through(click, tube(block_times(n), formants, [60.0, 70.0, 90.0], 1_000.0))
        assert not wave[:9_000].any()
        for formant in formants:
            assert strongest_hz(wave, formant - 300.0, formant + 300.0) == pytest.approx(formant, rel=0.02)
        # A width of 60 Hz is a fall to 1/e in 1 / (60 pi) s; nothing above the formants is lost.
        alone = through(click, tube(block_times(n), [520.0], [60.0], 1_000.0))
        ring = np.abs(signal.hilbert(alone))
        assert ring[9_000 + 960] / ring[9_000 + 480] == pytest.approx(np.exp(-60.0 * np.pi * 0.01), rel=0.1)
        assert abs(share_db(wave, 6_000.0, 12_000.0) - share_db(wave, 12_000.0, 18_000.0)) < 2.0

    def test_a_shut_branch_changes_nothing_and_an_open_one_takes_away(self) -> None:
        n = RATE
        hiss = rng("branch").standard_normal(n)
        times = block_times(n)
        plain = through(hiss, tube(times, [500.0], [90.0], 1_000.0))
        shut = through(hiss, tube(times, [500.0, 290.0], [90.0, 130.0], 1_000.0, [(290.0, 130.0)]))
        open_ = through(hiss, tube(times, [500.0, 290.0], [90.0, 130.0], 1_000.0, [(700.0, 130.0)]))
        assert np.allclose(plain, shut, atol=1e-9)
        assert share_db(open_, 650.0, 750.0) < share_db(plain, 650.0, 750.0) - 5.0

    def test_a_formant_moves_along_its_path(self) -> None:
        times = block_times(RATE)
        way = path(times, [0.0, 0.2, 0.8, 1.0], [400.0, 400.0, 800.0, 800.0])
        assert way[0] == 400.0 and way[-1] == 800.0 and (np.diff(way) >= 0.0).all()
        wave = through(rng("way").standard_normal(RATE), tube(times, [way], [50.0], 1_000.0))
        assert strongest_hz(part(wave, 0.0, 0.2), 250.0, 950.0) == pytest.approx(400.0, rel=0.1)
        assert strongest_hz(part(wave, 0.8, 1.0), 250.0, 950.0) == pytest.approx(800.0, rel=0.1)

    def test_a_pulse_of_flow_ends_in_a_clap_and_leaves_no_offset(self) -> None:
        wave = Pulses(np.array([0.5]), np.array([1.0])).flow(RATE, 0.005, 6_000.0)
        assert abs(wave.sum()) < 1e-6 * np.abs(wave).sum()
        assert int(np.argmin(wave)) == pytest.approx(0.5 * RATE, abs=12)
        assert np.abs(wave[: round(0.4945 * RATE)]).max() < 1e-9

    def test_weak_every_second_clap_opens_an_octave_below(self) -> None:
        pitch = np.full(2 * RATE, 100.0)
        below = {}
        for second in (1.0, 0.3):
            wave = cords(pitch, 0.0, rng("cords", 3), second).flow(len(pitch), 0.004, 2_000.0)
            below[second] = share_db(wave, 45.0, 55.0)
        assert below[0.3] > below[1.0] + 15.0


class TestHeartbeat:
    def test_lub_is_longer_and_lower_than_dub(self) -> None:
        for seed in range(5):
            made = make("heartbeat", seed)
            wave = mono(made)
            first, second = part(wave, 0.0, 0.29), part(wave, 0.30, 0.56)

            def lasts_s(lobe: Floats) -> float:
                gathered = np.cumsum(lobe**2) / (lobe**2).sum()
                return float((np.searchsorted(gathered, 0.9) - np.searchsorted(gathered, 0.05)) / RATE)

            assert lasts_s(first) > 1.15 * lasts_s(second)
            assert centroid_hz(first) < centroid_hz(second)

    def test_a_faster_heart_draws_them_together(self) -> None:
        def gap_s(tempo: float) -> float:
            made = make("heartbeat", 2, tempo=tempo)
            rises = np.diff(np.sqrt(signal.fftconvolve(mono(made) ** 2, np.ones(480) / 480)[: len(made.audio)].clip(0)))
            later = made.onset + round(0.12 * RATE)
            return float((later + int(np.argmax(rises[later:])) - made.onset) / RATE)

        assert gap_s(60.0) == pytest.approx(0.31, abs=0.035)
        assert gap_s(60.0) > gap_s(100.0) + 0.05 > gap_s(150.0) + 0.09


class TestBreath:
    def test_breath_drawn_in_is_brighter_and_its_formants_lie_higher(self) -> None:
        for seed in range(3):
            out, drawn = mono(make("breath", seed)), mono(make("breath", seed, inward=1.0))
            assert centroid_hz(drawn) > 1.15 * centroid_hz(out)
            assert share_db(out, 850.0, 1_500.0) > share_db(drawn, 850.0, 1_500.0) + 4.0

    def test_through_the_nose_a_gap_opens_between_two_bands(self) -> None:
        nose, mouth = (np.concatenate([mono(make("breath", s, mouth=m)) for s in range(4)]) for m in (0.0, 0.8))

        def gap_db(wave: Floats) -> float:
            return share_db(wave, 620.0, 820.0) - max(share_db(wave, 240.0, 400.0), share_db(wave, 1_400.0, 2_600.0))

        assert gap_db(nose) < -12.0
        assert gap_db(mouth) > gap_db(nose) + 5.0

    def test_a_blow_is_a_grunt_then_a_rush_then_nothing_then_a_gasp(self) -> None:
        for seed in range(4):
            made = make("breath", seed, knocked=1.0, voice=0.5, effort=0.7)
            wave, begins = mono(made), made.onset / RATE
            # The grunt has a pitch, and air that rushes has none.
            grunt, gasp = part(wave, begins + 0.01, begins + 0.09), part(wave, len(wave) / RATE - 0.3, len(wave) / RATE)
            assert regular(band(grunt, 80.0, 1_000.0), 70.0, 220.0) > 0.5
            assert regular(band(part(wave, begins + 0.2, begins + 0.3), 1_500.0, 6_000.0), 70.0, 220.0) < 0.45
            spans = [
                level_db(part(wave, at, at + 0.05)) for at in np.arange(begins + 0.3, 0.8 * len(wave) / RATE, 0.025)
            ]
            assert min(spans) < level_db(grunt) - 30.0
            assert level_db(gasp) > min(spans) + 18.0
            assert level_db(grunt) > level_db(gasp)

    def test_trembling_breath_trembles_at_a_shivers_rate(self) -> None:
        def trembles(shake: float) -> tuple[float, float]:
            wave = mono(make("breath", 3, 2.5, shake=shake))
            envelope = signal.resample_poly(
                np.sqrt(signal.fftconvolve(wave**2, np.ones(960) / 960, "same").clip(0)), 1, 480
            )
            ripple = signal.detrend(np.log(envelope[20:200] + 1e-4))
            power = np.abs(np.fft.rfft(ripple * np.hanning(len(ripple)), 2_000)) ** 2
            hz = np.fft.rfftfreq(2_000, 0.01)
            inside = (hz > 5.0) & (hz < 14.0)
            return float(hz[inside][np.argmax(power[inside])]), float(power[inside].sum())

        rate, strong = trembles(1.0)
        assert 6.0 < rate < 13.0
        assert strong > 4.0 * trembles(0.0)[1]

    def test_a_mask_muffles_and_a_child_is_higher_than_a_giant(self) -> None:
        assert share_db(mono(make("breath", mask=1.0)), 4_000.0, 16_000.0) < -20.0
        assert share_db(mono(make("breath")), 4_000.0, 16_000.0) > -16.0
        child, giant = (np.concatenate([mono(make("breath", s, size=size)) for s in range(4)]) for size in (0.0, 1.0))
        assert centroid_hz(child) > 1.1 * centroid_hz(giant)

    def test_lips_click_before_the_air(self) -> None:
        for seed in (1, 2, 3):
            dry, wet = (mono(make("breath", seed, wet=share)) for share in (0.0, 1.0))
            clicks = np.abs(wet - dry)
            first = int(np.argmax(clicks > 0.3 * clicks.max()))
            beside = dry[max(0, first - RATE // 50) : first + RATE // 50]
            assert clicks.max() > 3.0 * np.sqrt(np.mean(beside**2)), "they stand out of the air that is there"

    def test_no_two_takes_have_one_course(self) -> None:
        courses = []
        for seed in range(6):
            wave = mono(make("breath", seed, 1.2))
            course = np.sqrt((wave.reshape(40, -1) ** 2).mean(axis=1))
            courses.append(course / np.linalg.norm(course))
        alike = np.array(courses) @ np.array(courses).T
        assert alike[np.triu_indices(6, 1)].max() < 0.995


class TestChoke:
    def test_cords_fry_slowly_and_unevenly(self) -> None:
        gaps: list[float] = []
        for seed in range(4):
            wave = mono(make("choke", seed, 3.0, voice=0.8, closed=0.8))
            level = np.abs(signal.hilbert(band(wave, 250.0, 2_000.0)))
            level = signal.sosfilt(signal.butter(2, 150.0, fs=RATE, output="sos"), level)
            claps = signal.find_peaks(level, height=0.15 * level.max(), distance=round(0.006 * RATE))[0]
            between = np.diff(claps) / RATE
            gaps += list(between[between < 0.08])
        assert 20.0 < 1.0 / np.median(gaps) < 90.0
        assert 0.25 < np.std(gaps) / np.mean(gaps) < 0.9  # a voice is under 0.02

    def test_tries_are_parted_by_a_throat_that_is_shut(self) -> None:
        wave = mono(make("choke", 4, 3.0))
        spans = np.sqrt(np.mean(wave[: 300 * (len(wave) // 300)].reshape(300, -1) ** 2, axis=1))
        shut = spans < 0.05 * spans.max()
        assert 0.1 < shut.mean() < 0.7
        assert (np.diff(shut.astype(int)) == 1).sum() >= 3

    def test_the_tighter_the_higher_its_first_formant(self) -> None:
        loose, tight = (np.concatenate([mono(make("choke", s, closed=c)) for s in range(5)]) for c in (0.0, 1.0))
        assert share_db(tight, 600.0, 900.0) > share_db(loose, 600.0, 900.0) + 1.5


class TestVoiceOfThing:
    def test_rough_cords_open_octaves_below_and_smooth_ones_do_not(self) -> None:
        def below_db(rough: float) -> float:
            """Ripple of the envelope at a half and a third of the beat, beside the beat."""
            ripples = []
            for seed in range(3):
                wave = mono(make("voice_of_thing", seed, 3.0, rough=rough, size=0.4, breath=0.0, rise=0.0))
                level = np.abs(band(part(wave, 0.8, 2.2), 150.0, 1_500.0))
                level -= level.mean()
                low, beat = band(level, 12.0, 48.0), band(level, 60.0, 130.0)
                ripples.append(level_db(low) - level_db(beat))
            return float(np.mean(ripples))

        assert below_db(1.0) > below_db(0.0) + 6.0

    def test_a_larger_throat_has_lower_and_closer_formants(self) -> None:
        dog, giant = (np.concatenate([mono(make("voice_of_thing", s, size=z)) for s in range(3)]) for z in (0.0, 1.0))
        assert centroid_hz(dog) > 2.0 * centroid_hz(giant)
        assert share_db(giant, 25.0, 130.0) > share_db(dog, 25.0, 130.0) + 6.0

    def test_its_jaw_moves(self) -> None:
        for seed in range(3):
            wave = mono(make("voice_of_thing", seed, 3.0, anger=0.8, rough=0.3))
            centres = [centroid_hz(band(part(wave, at, at + 0.15), 150.0, 2_500.0)) for at in np.arange(0.3, 2.6, 0.1)]
            assert max(centres) > 1.3 * min(centres)

    def test_torn_breath_keeps_time_with_the_cords(self) -> None:
        wave = mono(make("voice_of_thing", 2, 3.0, rough=0.2, breath=0.8, size=0.6))
        air = np.abs(band(part(wave, 0.9, 2.1), 2_500.0, 6_000.0))
        air = signal.sosfilt(signal.butter(2, 160.0, fs=RATE, output="sos"), air)
        assert regular(band(air, 25.0, 140.0), 30.0, 110.0) > 0.35


class TestBodyfall:
    def test_it_falls_in_parts_and_ever_lighter(self) -> None:
        for seed in range(4):
            made = make("bodyfall", seed, limbs=1.0, gear=0.0, clothes=0.0)
            low = np.sqrt(
                signal.fftconvolve(band(mono(made), 35.0, 400.0) ** 2, np.ones(720) / 720)[: len(made.audio)].clip(0)
            )
            rises = np.diff(low)
            blows = signal.find_peaks(rises, height=0.06 * rises.max(), distance=round(0.035 * RATE))[0]
            assert len(blows) >= 4
            assert blows[0] == pytest.approx(made.onset, abs=0.02 * RATE)
            heights = [low[at : at + round(0.03 * RATE)].max() for at in blows]
            assert int(np.argmax(heights)) <= 1 and heights[-1] < 0.6 * max(heights)

    def test_snow_swallows_the_top_and_a_grating_rings_on(self) -> None:
        def of(**on: float) -> Floats:
            return np.concatenate(
                [
                    np.pad(mono(make("bodyfall", s, limbs=0.0, gear=0.0, clothes=0.0, **on)), (0, RATE))[:RATE]
                    for s in range(4)
                ]
            )

        bare, snow, metal, wood = of(), of(snow=1.0), of(metal=1.0), of(wood=1.0)
        crack = [
            level_db(band(one.reshape(4, RATE)[:, : RATE // 20].ravel(), 4_000.0, 12_000.0)) for one in (bare, snow)
        ]
        assert crack[1] < crack[0] - 6.0
        late = [level_db(one.reshape(4, RATE)[:, round(0.65 * RATE) :]) - level_db(one) for one in (bare, metal)]
        assert late[1] > late[0] + 15.0
        assert share_db(wood, 60.0, 600.0) > -1.5 and centroid_hz(wood) < centroid_hz(metal)


class TestBoom:
    def test_nothing_is_heard_before_the_front(self) -> None:
        for settings_ in ({}, {"distance": 0.0}, {"hall": 1.0, "distance": 0.0}):
            made = make("boom", 3, None, RATE, **settings_)
            early = np.abs(made.audio[: made.onset - round(0.006 * RATE)])
            assert early.max() < 1e-3
            assert level_db(mono(made)[made.onset : made.onset + 2_400]) > -20.0

    def test_snow_muffles_it_and_a_hall_rings_on(self) -> None:
        bare, snow, hall = (mono(make("boom", 3, **on)) for on in ({}, {"snow": 1.0}, {"hall": 1.0}))
        assert share_db(snow, 500.0, 16_000.0) < share_db(bare, 500.0, 16_000.0) - 10.0
        rings = [level_db(band(part(w, 2.0, 3.0), 150.0, 2_000.0)) - level_db(w) for w in (snow, bare, hall)]
        assert rings[2] > rings[1] + 6.0 > rings[0] + 10.0


class TestRiser:
    @pytest.mark.parametrize("world", [{}, {"wind": 1.0}, {"metal": 1.0}, {"turbine": 1.0}])
    def test_it_climbs_in_level_and_pitch_and_stops_at_its_peak(self, world: dict[str, float]) -> None:
        made = make("riser", 4, 6.0, **world)
        wave = mono(made)
        eighths = np.array_split(wave[: made.onset], 8)
        levels, bright = [level_db(one) for one in eighths], [centroid_hz(one) for one in eighths]
        assert (np.diff(levels) > 0.0).all() and levels[-1] > levels[0] + 25.0
        assert bright[-1] > 2.0 * bright[0] and (np.diff(bright[2:]) > -0.1 * np.array(bright[2:-1])).all()
        assert len(wave) - made.onset == pytest.approx(0.035 * RATE, abs=3)
        assert level_db(wave[made.onset + round(0.025 * RATE) :]) < levels[-1] - 12.0

    def test_each_world_has_a_voice_of_its_own(self) -> None:
        """A turbine's blades outrun its shaft, a bowed plate's modes are in no tune, wind has bands and no tone."""
        turbine, wind = (mono(make("riser", 4, 6.0, air=0.2, **{one: 1.0})) for one in ("turbine", "wind"))
        blades = [strongest_hz(part(turbine, at, at + 0.1), 450.0, 1_400.0) for at in (3.0, 4.0, 5.0, 5.8)]
        assert (np.diff(blades) > 40.0).all()

        def peaked(wave: Floats) -> float:
            power = np.abs(np.fft.rfft(part(wave, 5.6, 5.9) * np.hanning(round(0.3 * RATE)))) ** 2
            heard = power[200 * 3 // 10 : 3_000 * 3 // 10]
            return float(heard.max() / np.median(heard))

        assert peaked(turbine) > 5.0 * peaked(wind)


class TestWhoosh:
    def test_what_whirls_on_it_falls_in_pitch_as_it_passes(self) -> None:
        wave = mono(make("whoosh", 2, 1.6, metal=1.0, speed=1.0, size=0.5))
        before, after = (strongest_hz(part(wave, at, at + 0.25), 120.0, 420.0) for at in (0.25, 1.1))
        assert after < 0.9 * before

    def test_the_faster_the_brighter(self) -> None:
        slow, fast = (np.concatenate([mono(make("whoosh", s, 0.8, speed=v)) for s in range(3)]) for v in (0.0, 1.0))
        assert share_db(fast, 4_000.0, 16_000.0) > share_db(slow, 4_000.0, 16_000.0) + 6.0

    def test_chains_ring_bright_and_steam_hisses(self) -> None:
        def takes(**on: float) -> list[Floats]:
            return [mono(make("whoosh", seed, 1.5, size=0.8, **on)) for seed in range(1, 6)]

        plain, chains, steam = (takes(**on) for on in ({}, {"chains": 1.0}, {"steam": 1.0}))
        bright = [np.mean([share_db(one, 2_000.0, 12_000.0) for one in some]) for some in (plain, chains, steam)]
        assert bright[1] > bright[0] + 4.0 and bright[2] > bright[0] + 5.0

        def struck(some: list[Floats]) -> float:
            """How far the bright part stands out of its own mean: kurtosis, 3 for steady noise."""
            middles = [band(part(one, 0.45, 0.95), 2_000.0, 8_000.0) for one in some]
            return float(np.mean([np.mean(one**4) / np.mean(one**2) ** 2 for one in middles]))

        assert struck(chains) > 1.3 * struck(steam)

    @pytest.mark.parametrize("name", ["whoosh", "car_pass"])
    @pytest.mark.parametrize("length_s", [None, 0.4, 6.0])
    def test_it_is_loudest_where_its_onset_says(self, name: str, length_s: float | None) -> None:
        for seed in range(3):
            made = make(name, seed, length_s)
            width = len(made.audio) // 8
            loud = signal.fftconvolve(mono(made) ** 2, np.hanning(width), "same")
            assert abs(int(np.argmax(loud)) - made.onset) < 0.12 * len(made.audio)

    @pytest.mark.parametrize("name", ["whoosh", "car_pass"])
    def test_what_a_path_moves_stays_where_it_is_of_itself(self, name: str) -> None:
        """Level and pitch are the path's then: a fifth in still holds what three fifths in does."""
        made = make(name, 3, 4.0, passing=0.0)
        wave = mono(made)
        steps = [10.0 * np.log10(np.mean(wave[k * RATE // 2 : (k + 1) * RATE // 2] ** 2)) for k in range(1, 7)]
        assert np.ptp(steps) < 4.0
        assert centroid_hz(part(wave, 0.5, 1.5)) == pytest.approx(centroid_hz(part(wave, 2.5, 3.5)), rel=0.15)
        passes = mono(make(name, 3, 4.0))
        assert np.mean(part(passes, 0.5, 1.0) ** 2) < 0.1 * np.mean(part(passes, 1.75, 2.25) ** 2)


class TestCar:
    def test_its_engine_falls_by_dopplers_ratio(self) -> None:
        wave = mono(make("car_pass", 3, 8.0, engine=1.0, speed=1.0, wet=0.0))
        before, after = (strongest_hz(part(wave, at, at + 1.2), 65.0, 100.0) for at in (1.0, 5.8))
        assert before / after == pytest.approx((1.0 + 31.0 / 343.0) / (1.0 - 31.0 / 343.0), rel=0.03)

    def test_firings_have_half_orders_and_a_lorry_fires_lower(self) -> None:
        def orders(heavy: float) -> tuple[float, int]:
            made = make("car_pass", 3, 8.0, engine=1.0, speed=0.5, heavy=heavy)
            wave = part(mono(made), 3.2, 3.8)
            first = strongest_hz(wave, 14.0, 36.0)
            power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 17))
            found = 0
            for k in range(2, 7):
                at = round(k * first * (1 << 17) / RATE)
                near, between = power[at - 8 : at + 9].max(), np.median(power[at - 40 : at + 41])
                found += int(near > 2.0 * between)
            return first, found

        car, lorry = orders(0.0), orders(1.0)
        assert lorry[0] < 0.75 * car[0]
        assert car[1] >= 4 and lorry[1] >= 4

    def test_snow_takes_the_hiss_and_the_comb_off_the_road(self) -> None:
        bare, snow = (mono(make("car_pass", 3, 5.0, snow=on)) for on in (0.0, 1.0))
        assert share_db(snow, 2_500.0, 16_000.0) < share_db(bare, 2_500.0, 16_000.0) - 10.0
