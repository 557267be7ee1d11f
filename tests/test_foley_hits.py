"""Hits by physics: that each has the parts by which a listener knows it, measured on the sound itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from producer.dsp.k_weighting import k_weighting
from producer.foley import RECIPES
from producer.foley.bench import BENCH_HZ
from producer.foley.contact import hits, slips
from producer.foley.friction import slip_rate_hz
from producer.foley.impact import bounces
from producer.foley.modal import CONCRETE, GLASS, STEEL, WOOD, material, modes, plate, resonate, ring_out
from producer.foley.shatter import landings
from producer.foley.tract import moving
from producer.model.chance import rng
from producer.sounds.known import read_pack
from producer.sounds.pack import FoleySource
from tests.foley_helpers import RATE, centre_hz, energy, make, mono, rises, share_of, strongest_hz, t60_s

HITS = tuple(sorted(name for name, one in RECIPES.items() if one.hit and one.hit.__module__ == "producer.foley.bench"))
SHARP = ("bodyfall", "clock", "crack", "crunch", "glass_down", "impact", "keys", "knock", "phone", "shatter", "steps")
GROWING = ("breath", "choke", "door", "friction", "voice_of_thing")


@pytest.mark.parametrize("name", HITS)
def test_every_hit_is_fit_to_be_placed(name: str) -> None:
    made = make(name)
    peak = np.abs(made.audio).max()
    assert made.audio.dtype == np.float32 and made.audio.ndim == 2 and made.audio.shape[1] in (1, 2)
    assert peak == pytest.approx(0.5, abs=1e-4)  # -6 dBFS
    assert np.abs(made.audio.mean(axis=0)).max() < 1e-5
    ends = np.concatenate([made.audio[:96], made.audio[-96:]])  # 2 ms
    assert np.abs(ends).max() < 0.01
    assert 0 <= made.onset < len(made.audio)


@pytest.mark.parametrize("name", HITS)
def test_every_hit_is_the_same_again_and_another_by_seed(name: str) -> None:
    first, again, other = make(name, 1), make.__wrapped__(name, 1), make(name, 2)
    assert hashlib.sha256(first.audio.tobytes()).digest() == hashlib.sha256(again.audio.tobytes()).digest()
    shorter = min(len(first.audio), len(other.audio))
    one, two = mono(first)[:shorter], mono(other)[:shorter]
    likeness = abs(np.dot(one, two)) / np.sqrt(np.dot(one, one) * np.dot(two, two))
    assert likeness < 0.97  # a second take of the same thing, not the same take


@pytest.mark.parametrize("name", HITS)
def test_both_rates_sound_alike(name: str) -> None:
    high, low = make(name), make(name, rate_hz=44_100)
    assert len(low.audio) / 44_100 == pytest.approx(len(high.audio) / 48_000, abs=1e-3)
    assert low.onset / 44_100 == pytest.approx(high.onset / 48_000, abs=1e-3)
    total = (mono(high) ** 2).mean() / RATE
    for bottom, top in ((40.0, 300.0), (300.0, 2_000.0), (2_000.0, 12_000.0)):
        levels = []
        for made, rate in ((high, 48_000), (low, 44_100)):
            power = np.abs(np.fft.rfft(mono(made))) ** 2 / len(made.audio) / rate
            freqs = np.fft.rfftfreq(len(made.audio), 1.0 / rate)
            levels.append(power[(freqs >= bottom) & (freqs < top)].mean())
        if 10.0 * np.log10(levels[0] / total) > -50.0:  # what is there at all
            assert 10.0 * np.log10(levels[0] / levels[1]) == pytest.approx(0.0, abs=0.5)


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(HITS), seed=st.integers(0, 999), data=st.data())
def test_any_settings_give_a_sound_that_is_whole(name: str, seed: int, data: st.DataObject) -> None:
    knobs = RECIPES[name].settings
    chosen = {key: data.draw(st.floats(knob.low, knob.high), label=key) for key, knob in knobs.items()}
    length_s = data.draw(st.sampled_from([0.02, 0.3, 1.2])) if RECIPES[name].sustains else None
    with np.errstate(all="raise"):
        made = make(name, seed, length_s, **chosen)
    assert np.isfinite(made.audio).all()
    assert 0.0 < np.abs(made.audio).max() < 1.0
    assert 0 <= made.onset < len(made.audio)
    if length_s is not None:
        assert len(made.audio) == round(length_s * RATE)


@pytest.mark.parametrize("name", [name for name in HITS if RECIPES[name].sustains])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_what_sustains_has_exactly_the_length_asked_for(name: str, rate_hz: int) -> None:
    made = make(name, length_s=0.777_77, rate_hz=rate_hz)
    assert len(made.audio) == round(0.777_77 * rate_hz)


@pytest.mark.parametrize("name", [name for name in HITS if RECIPES[name].sustains])
@pytest.mark.parametrize("length_s", [0.000_008, 0.000_5, 0.010])
def test_what_sustains_is_made_however_short_it_is_asked_for(name: str, length_s: float) -> None:
    made = make(name, length_s=length_s, rate_hz=96_000)
    assert len(made.audio) == round(length_s * 96_000)


@pytest.mark.parametrize("name", SHARP)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_onset_is_where_the_first_blow_lands(name: str, seed: int) -> None:
    made = make(name, seed)
    wave = mono(made)
    begins = int(np.flatnonzero(np.abs(wave) > 0.08 * np.abs(wave).max())[0])
    assert abs(begins - made.onset) <= 0.002 * RATE
    assert np.abs(wave[: made.onset]).max() < 0.02


@pytest.mark.parametrize("name", GROWING)
def test_what_grows_lands_where_it_begins_to_be_heard(name: str) -> None:
    made = make(name)
    power = np.square(made.audio.astype(float)).sum(axis=1)
    recent = np.convolve(power, np.full(RATE // 1000, 1000.0 / RATE))[: len(power)]
    assert recent[made.onset] >= 0.01 * recent.max()
    assert (recent[: made.onset] < 0.0101 * recent.max()).all()


def test_a_sound_that_passes_lands_on_its_closest_moment() -> None:
    for name in ("whoosh", "car_pass"):
        made = make(name)
        loud = energy(mono(made), 0.1)
        assert abs(int(np.argmax(loud)) - 0.05 * RATE - made.onset) < 0.12 * RATE


def test_a_slammed_door_lands_on_its_blow() -> None:
    made = make("door", knock=1.0, swing=1.2)
    low = signal.sosfilt(signal.butter(2, 120.0, fs=RATE, output="sos"), mono(made))
    assert abs(int(np.argmax(energy(low, 0.01))) - made.onset) < 0.03 * RATE


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_step_has_heel_ball_and_toe(seed: int) -> None:
    made = make("steps", seed, grit=0.0, scuff=0.0)
    at = rises(mono(made), 1_500.0, 0.03, 0.06)[:3]
    assert len(at) == 3
    heel, ball, toe = at / RATE
    assert heel == pytest.approx(made.onset / RATE, abs=0.004)
    assert 0.035 < ball - heel < 0.11 and 0.08 < toe - heel < 0.25
    loud = energy(mono(made), 0.015)
    strikes = [loud[round(when * RATE) : round((when + 0.025) * RATE)].max() for when in (heel, ball, toe)]
    assert strikes[0] > strikes[2] > strikes[1]  # the heel bears the weight, the ball follows softest


def test_a_heavy_walker_is_lower_and_glass_is_brighter_than_bare_ground() -> None:
    def centre_hz(**given: float) -> float:
        parts = []
        for seed in range(4):
            wave = mono(make("steps", seed, **given))
            power = np.abs(np.fft.rfft(wave)) ** 2
            freqs = np.fft.rfftfreq(len(wave), 1.0 / RATE)
            parts.append((power * freqs).sum() / power.sum())
        return float(np.mean(parts))

    assert centre_hz(weight=1.0) < centre_hz(weight=0.1)
    assert centre_hz(glass=1.0) > 2.0 * centre_hz()
    assert centre_hz(snow=1.0, weight=0.2) > centre_hz(mud=1.0, weight=0.2)


def test_steel_gratings_ring_on_and_concrete_does_not() -> None:
    metal, bare = (mono(make("steps", metal=share)) for share in (1.0, 0.0))
    assert t60_s(metal[round(0.16 * RATE) :]) > 3.0 * t60_s(bare[round(0.16 * RATE) :])


@pytest.mark.parametrize("tempo", [50.0, 70.0, 120.0])
def test_a_heartbeat_is_lub_then_a_weaker_higher_dub(tempo: float) -> None:
    for seed in (1, 2, 3):
        made = make("heartbeat", seed, tempo=tempo)
        wave = mono(made)
        loud = np.sqrt(energy(wave, 0.03))
        systole = 0.44 - 0.0021 * tempo
        dub = round((made.onset / RATE + systole) * RATE)
        gap = loud[dub - round(0.06 * RATE) : dub].min()
        first, second = loud[:dub].max(), loud[dub : dub + round(0.12 * RATE)].max()
        assert first > second > 3.0 * gap
        halves = wave[:dub], wave[dub:]
        crossings = [np.abs(np.diff(np.sign(half))).sum() / 2 for half in (h[: round(0.09 * RATE)] for h in halves)]
        assert crossings[1] >= crossings[0]


def test_a_heart_is_low_and_still_there_on_a_small_loudspeaker() -> None:
    wave = mono(make("heartbeat", force=0.7))
    power = np.abs(np.fft.rfft(wave)) ** 2
    freqs = np.fft.rfftfreq(len(wave), 1.0 / RATE)
    share = {low: power[freqs >= low].sum() / power.sum() for low in (150.0, 1_000.0)}
    assert 10.0 * np.log10(share[150.0]) > -14.0  # heard where there is no bass
    assert 10.0 * np.log10(share[1_000.0]) < -35.0  # and never a click


def test_a_heart_that_pounds_is_heard_on_a_small_loudspeaker() -> None:
    def above_150_hz_db(force: float) -> float:
        beats = [signal.sosfilt(k_weighting(RATE), mono(make("heartbeat", seed, force=force))) for seed in (1, 2)]
        shares = [share_of(beat, 150.0, 24_000.0) for beat in beats]
        return float(10.0 * np.log10(np.mean(shares)))

    calm, beating, pounding = (above_150_hz_db(force) for force in (0.0, 0.5, 1.0))
    assert pounding > beating + 2.5 > calm + 5.5


def test_slips_come_faster_with_speed_and_slower_with_pressure() -> None:
    assert slip_rate_hz(0.8, 0.5) > slip_rate_hz(0.3, 0.5) > slip_rate_hz(0.3, 0.9)

    def measured_hz(speed: float, pressure: float) -> float:
        made = make("friction", length_s=2.0, speed=speed, pressure=pressure, roughness=0.0, ring=0.3, size=0.2)
        wave = mono(made)[round(0.3 * RATE) : round(1.6 * RATE)]
        ticks = rises(wave, 800.0, 0.004, 0.15)
        return float(1.0 / np.median(np.diff(ticks) / RATE))

    slow, fast, pressed = measured_hz(0.1, 0.6), measured_hz(0.4, 0.6), measured_hz(0.4, 1.0)
    assert fast > 2.0 * slow
    assert pressed < 0.85 * fast


def test_what_was_pushed_once_slows_down_and_comes_to_rest() -> None:
    def falls_db(rest: float) -> float:
        """How far its end, before the hand lifts off, is under its first half second."""
        powers = []
        for number in range(6):
            wave = mono(make("friction", number, length_s=2.0, roughness=0.9, rest=rest)) ** 2
            powers.append([wave[: RATE // 2].mean(), wave[round(1.5 * RATE) : round(1.7 * RATE)].mean()])
        first, late = np.mean(powers, axis=0)
        return float(10.0 * np.log10(first / late))

    assert abs(falls_db(0.0)) < 3.0
    assert falls_db(1.0) > falls_db(0.5) + 3.0 > falls_db(0.0) + 5.0
    assert falls_db(1.0) > 10.0


def test_a_scrape_sounds_in_the_inharmonic_modes_of_a_plate() -> None:
    wave = mono(make("friction", length_s=3.0, speed=0.75, roughness=0.8, size=0.4, ring=1.0))
    freqs, power = signal.welch(wave, RATE, nperseg=8_192)
    level = 10.0 * np.log10(power)
    found = freqs[signal.find_peaks(level[: np.searchsorted(freqs, 6_000.0)], prominence=8.0)[0]]
    assert len(found) >= 5
    ratios = found / found[0]
    assert np.abs(ratios - np.round(ratios)).max() > 0.15


def test_steel_rings_longer_than_glass_than_wood_than_concrete() -> None:
    def ring(stuff: float) -> float:
        return float(np.mean([t60_s(mono(make("impact", s, ring=stuff, weight=0.0))[600:]) for s in range(4)]))

    steel, glass, wood, concrete = ring(1.0), ring(0.75), ring(0.5), ring(0.0)
    assert steel > 1.5 * glass > 2.0 * wood > 2.5 * concrete
    assert steel > 0.5 and 0.06 < wood < 0.4 and concrete < 0.15


def test_high_modes_die_first() -> None:
    for stuff in (CONCRETE, WOOD, GLASS, STEEL, material(0.6)):
        decay = stuff.decay_per_s(np.array([100.0, 1_000.0, 8_000.0]))
        assert (np.diff(decay) > 0.0).all()


def test_a_mode_falls_as_its_material_says() -> None:
    bank = modes(440.0, np.array([1.0]), WOOD, rng("mode"), stray=0.0)
    assert t60_s(ring_out(bank, RATE)) == pytest.approx(np.log(1e3) / bank.decay_per_s[0], rel=0.03)


def test_a_bank_struck_once_is_the_bank_driven_by_an_impulse() -> None:
    bank = modes(180.0, plate(9), WOOD, rng("bank"))
    pulse = np.zeros(6_000)
    pulse[0] = 1.0
    assert np.allclose(ring_out(bank, 6_000), resonate(bank, pulse), atol=1e-4)


def test_a_filter_that_lets_all_pass_changes_nothing() -> None:
    for n in (1, 300, 5_000, 80_001):
        wave = rng("pass", n).standard_normal(n)
        assert np.allclose(moving(wave, lambda t, f: np.ones((len(t), f.shape[1]))), wave, atol=1e-9)


def test_impulses_keep_their_strength_between_samples() -> None:
    train = hits(1_000, np.array([0.0031, 0.00777, 0.0150003]), np.array([1.0, -2.0, 0.5]))
    assert train.sum() == pytest.approx(-0.5)
    assert np.count_nonzero(train) <= 6


@given(rate=st.floats(3.0, 900.0), stray=st.floats(0.0, 0.3))
@settings(max_examples=20, deadline=None)
def test_slips_keep_to_their_rate_however_they_stray(rate: float, stray: float) -> None:
    times = slips(rng("slips", rate, stray), np.full(2 * BENCH_HZ, rate), stray)
    assert len(times) == pytest.approx(2.0 * rate, abs=1.5)
    assert (np.diff(times) >= 0.0).all()


def test_shards_arrive_as_a_shower_that_thins_out() -> None:
    for seed in range(5):
        gaps = np.diff(landings(rng("shards", seed), 90, 1.2))
        thirds = [part.mean() for part in np.array_split(gaps, 3)]
        assert thirds[0] < thirds[1] < thirds[2]
        wave = mono(make("shatter", seed, pieces=1.0, fall=1.0))
        at = rises(wave[round(0.03 * RATE) :], 3_000.0, 0.004, 0.02)
        early, late = (at < 0.3 * RATE).sum() / 0.3, ((at > 0.6 * RATE) & (at < 1.2 * RATE)).sum() / 0.6
        assert early > 1.3 * late > 0.0


def test_a_falling_thing_bounces_ever_sooner_and_softer() -> None:
    for seed in range(5):
        times, speeds = np.array(bounces(rng("fall", seed), 0.3, 0.6)).T
        assert (np.diff(times, 2) < 0.0).all() and len(times) >= 5
        assert speeds[-1] < 0.3
        heard = rises(mono(make("impact", seed, ring=0.2, clatter=0.8, gap=0.3, size=0.3)), 1_500.0, 0.02, 0.04)[:4]
        assert len(heard) == 4 and (np.diff(heard, 2) < 0).all()


def test_a_crack_is_a_snap_and_finer_branches() -> None:
    for seed in range(4):
        wave = mono(make("crack", seed, run=1.0))
        loud = energy(wave, 0.003)
        snaps = rises(wave, 4_000.0, 0.009, 0.05)
        assert 3 <= len(snaps) <= 9
        assert loud[: snaps[1]].max() == loud.max()


def test_each_click_of_a_mechanism_is_heard() -> None:
    wave = mono(make("mechanism", clicks=4.0, spacing=0.2, servo=0.0))
    assert len(rises(wave, 2_000.0, 0.05, 0.2)) == 4


@pytest.mark.parametrize("length_s", [1.0, 5.0])
def test_a_mechanism_clicks_for_as_long_as_it_is_asked_to(length_s: float) -> None:
    for seed in range(4):
        wave = mono(make("mechanism", seed, length_s=length_s, clicks=3.0, spacing=0.17))
        at = rises(wave, 2_000.0, 0.05, 0.12) / RATE
        assert len(wave) == round(length_s * RATE)
        assert length_s - 0.5 < at[-1] < length_s - 0.02
        assert np.diff(at).max() < 0.5


def test_a_click_that_a_length_has_no_room_for_is_left_out() -> None:
    for seed in range(12):
        for length_s in (0.1, 0.2, 0.3, 0.7):
            wave = mono(make("mechanism", seed, length_s=length_s, clicks=3.0, spacing=0.17, ring=0.6))
            assert np.abs(wave[-round(0.01 * RATE) :]).max() < 0.04 * np.abs(wave).max()


def test_a_servo_runs_up_holds_and_stops() -> None:
    wave = mono(make("mechanism", length_s=2.0, servo=1.0, clicks=0.0, size=0.5))

    def centre_hz(start: float, end: float) -> float:
        part = wave[round(start * RATE) : round(end * RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        freqs = np.fft.rfftfreq(len(part), 1.0 / RATE)
        tones = freqs < 1_500.0
        return float((power * freqs)[tones].sum() / power[tones].sum())

    held = centre_hz(0.7, 1.3)
    assert centre_hz(0.012, 0.05) < 0.8 * held
    assert centre_hz(1.955, 1.99) < 0.85 * held


def test_breath_in_grows_and_breath_out_empties() -> None:
    def middle_s(**given: float) -> float:
        wave = mono(make("breath", length_s=1.0, **given))
        return float((np.arange(len(wave)) * wave**2).sum() / (wave**2).sum() / RATE)

    assert middle_s(inward=1.0) > 0.6 > 0.45 > middle_s(inward=0.0) > middle_s(knocked=1.0)


def test_a_growl_beats_slowly_and_slower_the_larger_it_is() -> None:
    def beat_hz(size: float) -> float:
        wave = mono(make("voice_of_thing", length_s=2.5, size=size, rough=0.0, breath=0.0))
        level = np.abs(wave[round(0.7 * RATE) : round(1.9 * RATE)])
        level = signal.sosfilt(signal.butter(2, 200.0, fs=RATE, output="sos"), level - level.mean())
        freqs, power = signal.welch(level, RATE, nperseg=32_768)
        band = (freqs > 20.0) & (freqs < 160.0)
        return float(freqs[band][np.argmax(power[band])])

    assert 25.0 < beat_hz(1.0) < beat_hz(0.0) < 160.0


def test_a_telephone_trills_at_the_rate_of_its_hammer() -> None:
    wave = mono(make("phone", ring=2.0, rate=10.0))
    blows = rises(wave[: 2 * RATE], 3_000.0, 0.03, 0.15)
    assert 1.0 / np.median(np.diff(blows) / RATE) == pytest.approx(20.0, rel=0.08)


def test_the_ruins_fill_every_role_that_the_flagship_asks_for() -> None:
    pack = read_pack(Path(__file__).parents[1] / "sfx" / "ruins", "sfx/ruins", RECIPES)
    asked = """
        wind wind_through_ruins far_rumble boots_on_concrete boots_on_glass boots_on_boards sheet_metal
        door_creak room_tone drip far_voices warmth riser boom leather_grip gun_grip gun_clicks
        hand_on_glass glass_crack heartbeat metal_scrape metal_whirl gun_clatter body_fall breath_out
        servo electric_hum growl throat ringing
    """
    for role in asked.split():
        sound = pack.find(role)
        assert sound is not None, role
        assert sound.ucs and sound.title != sound.role
        if sound.kind == "steps":
            assert sound.pace is not None and len(sound.members) >= 6


@pytest.mark.parametrize("name", ["ruins", "winter", "works"])
def test_what_groans_in_a_pack_is_no_second_scrape(name: str) -> None:
    pack = read_pack(Path(__file__).parents[1] / "sfx" / name, f"sfx/{name}", RECIPES)

    def centres_hz(role: str) -> list[float]:
        source = pack.sounds[role].members[0].layers[0].source
        assert isinstance(source, FoleySource)
        return [centre_hz(mono(make(source.recipe, seed, 1.6, **dict(source.settings)))) for seed in range(3)]

    assert max(centres_hz("metal_groan")) < 0.5 * min(centres_hz("metal_scrape"))


def test_knocks_are_as_many_as_asked_for() -> None:
    for count in (1, 2, 5):
        assert len(rises(mono(make("knock", knocks=float(count))), 1_000.0, 0.05, 0.25)) == count


def test_a_passing_car_falls_in_pitch() -> None:
    wave = mono(make("car_pass", length_s=6.0, engine=1.0, speed=1.0, wet=0.0))

    def firing(start: float, end: float) -> float:
        return strongest_hz(wave[round(start * RATE) : round(end * RATE)], 30.0, 60.0)

    assert firing(3.6, 4.8) < 0.95 * firing(1.2, 2.4)


def test_packed_snow_under_a_tyre_crunches_and_has_no_pitch() -> None:
    for seed in range(3, 7):
        wave = mono(make("car_pass", seed, snow=1.0, engine=0.0, speed=0.3))
        freq_hz, power = signal.welch(wave, RATE, nperseg=4_096)
        among = (freq_hz > 700.0) & (freq_hz < 2_100.0)
        level_db, octave = 10.0 * np.log10(power[among]), np.log2(freq_hz[among])
        assert np.max(level_db - np.polyval(np.polyfit(octave, level_db, 1), octave)) < 7.0


def test_what_a_setting_says_is_what_it_does() -> None:
    """Every knob of every hit is heard: turned from end to end it changes the sound."""
    for name in HITS:
        for key, knob in RECIPES[name].settings.items():
            # Some knobs speak only of what another has brought in.
            company = {("impact", "gap"): {"clatter": 0.5}, ("clock", "beat"): {"tock": 0.5}}.get((name, key), {})
            length_s = 0.9 if RECIPES[name].sustains and key not in ("clicks", "swing", "moves", "strokes") else None
            low, high = (make(name, 1, length_s, **{**company, key: value}) for value in (knob.low, knob.high))
            same = len(low.audio) == len(high.audio) and np.allclose(low.audio, high.audio, atol=1e-3)
            assert not same, (name, key)


@pytest.mark.parametrize(("name", "given"), [("glass_down", {"table": 0.2}), ("glass_down", {}), ("typewriter", {})])
def test_a_harder_blow_is_brighter(name: str, given: dict[str, float]) -> None:
    def bright(force: float) -> float:
        return float(np.mean([centre_hz(mono(make(name, seed, force=force, **given))) for seed in range(1, 5)]))

    soft, middle, hard = bright(0.0), bright(0.5), bright(1.0)
    assert 1.25 * soft < middle and 1.15 * middle < hard
