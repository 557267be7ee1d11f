"""What a thing is made of and how it moves, measured: every knob that turns one world's sound into another's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal, stats

from producer.audio import as_mono, as_stereo
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.foley.contact import band_pass, grain, high_pass, low_pass, noise, shower
from producer.foley.modal import GLASS, STEEL, convolved, longest, modes, plate, ring_out, ring_outs
from producer.model.chance import rng
from tests.foley_helpers import RATE, centre_hz, energy, make, mono, rises, share_of, strongest_hz, t60_s

OTHERS = ("bodyfall", "boom", "breath", "car_pass", "choke", "heartbeat", "riser", "voice_of_thing", "whoosh")
CONTACT = tuple(name for name in RECIPES if RECIPES[name].hit and name not in OTHERS)


def mean(measure, name: str, seeds: int = 3, **given: float) -> float:
    return float(np.mean([measure(mono(make(name, seed, **given))) for seed in range(1, seeds + 1)]))


@pytest.mark.parametrize("name", CONTACT)
def test_no_hit_clicks_at_its_ends_at_any_setting_or_length(name: str) -> None:
    knobs = RECIPES[name].settings
    for number in range(6):
        chance = rng("ends", name, number)
        given = {key: float(chance.choice([knob.low, knob.high, knob.default])) for key, knob in knobs.items()}
        length_s = (0.1, 0.45, 1.6)[number // 2] if RECIPES[name].sustains and number % 2 else None
        for rate_hz in (44_100, 48_000):
            sound = np.abs(make(name, number, length_s, rate_hz, **given).audio)
            two_ms = round(0.002 * rate_hz)
            assert sound.max() > 0.1
            assert max(sound[:two_ms].max(), sound[-two_ms:].max()) < 10.0 ** (-30.0 / 20.0) * sound.max(), given
            assert max(sound[0].max(), sound[-1].max()) < 1e-4
            if length_s is not None:
                assert len(sound) == round(length_s * rate_hz)


@pytest.mark.parametrize("name", [name for name in CONTACT if RECIPES[name].sustains])
def test_the_moment_that_lands_on_the_cue_is_the_same_at_both_rates(name: str) -> None:
    for seed in range(3):
        high, low = make(name, seed, 0.31), make(name, seed, 0.31, 44_100)
        assert high.onset / RATE == pytest.approx(low.onset / 44_100, abs=1e-4)


def test_what_is_cut_while_it_rings_is_let_go_and_not_broken_off() -> None:
    whole, cut = mono(make("phone", length_s=4.0, ring=4.0)), mono(make("phone", length_s=1.0, ring=4.0))
    loud = np.sqrt(energy(cut, 0.01))
    before, halfway, last = (loud[RATE - 1 - round(ago * RATE)] for ago in (0.2, 0.06, 0.006))
    assert before > 1.3 * halfway > 4.0 * last
    assert np.sqrt(energy(whole, 0.01))[RATE] > 0.5 * before  # the bell itself was not done


@pytest.mark.parametrize(("pieces", "fall"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
def test_glass_scattered_wide_is_still_heard_in_mono(pieces: float, fall: float) -> None:
    for seed in range(3):
        sound = make("shatter", seed, width=1.0, size=0.5 * seed, pieces=pieces, fall=fall).audio
        lost_lu = loudness(sound, RATE) - loudness(as_stereo(as_mono(sound)), RATE)
        assert 0.1 < lost_lu < 2.5


def test_takes_of_one_thing_are_one_thing_struck_elsewhere() -> None:
    def lowest_modes(seed: int) -> np.ndarray:
        wave = mono(make("impact", seed, ring=1.0, size=0.4, weight=0.0))
        spectrum = 20.0 * np.log10(np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 17)) + 1e-9)
        at = signal.find_peaks(spectrum, height=spectrum.max() - 30.0, prominence=12.0, distance=40)[0]
        return at * RATE / (1 << 17)

    first, second = lowest_modes(1), lowest_modes(2)
    shared = [hz for hz in first if np.abs(second / hz - 1.0).min() < 0.003]
    assert len(shared) >= 6
    one, two = (mono(make("impact", seed, ring=1.0, size=0.4))[:20_000] for seed in (1, 2))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.9  # and yet no two blows are alike


# ---- steps ----------------------------------------------------------------------------------------------------------


def test_each_ground_has_its_own_spectrum_and_length() -> None:
    def middle_s(wave: np.ndarray) -> float:
        return float((np.arange(len(wave)) * wave**2).sum() / (wave**2).sum() / RATE)

    def bright(wave: np.ndarray) -> float:
        return share_of(wave, 1_000.0, 8_000.0)

    bare, snow, gravel = (
        mean(bright, "steps", 5, grit=0.0, **ground) for ground in ({}, {"snow": 1.0}, {"gravel": 1.0})
    )
    assert gravel > 3.0 * bare
    assert snow > 1.5 * bare
    assert mean(middle_s, "steps", 5, snow=1.0) > 1.5 * mean(
        middle_s, "steps", 5
    )  # it yields for as long as it is pressed


def test_snow_crunches_in_grains_and_does_not_ring() -> None:
    for seed in (1, 2, 3):
        wave = mono(make("steps", seed, snow=1.0, weight=0.3))
        assert len(rises(wave, 700.0, 0.004, 0.12)) > 15
        assert wave[round(0.33 * RATE) :].size == 0 or np.abs(wave[round(0.33 * RATE) :]).max() < 0.05


def test_a_crust_of_ice_snaps_where_the_foot_comes_down() -> None:
    def snap(wave: np.ndarray) -> float:
        high = high_pass(wave, 5_000.0)
        return float(energy(high, 0.003).max() / energy(wave, 0.3).max())

    assert mean(snap, "steps", 4, snow=1.0, ice=1.0) > 2.0 * mean(snap, "steps", 4, snow=1.0)
    assert mean(centre_hz, "steps", 4, ice=1.0) > 1.5 * mean(centre_hz, "steps", 4)


def test_water_splashes_after_the_sole_and_bubbles_close_upwards() -> None:
    def spray(wave: np.ndarray) -> float:
        high = band_pass(wave, 1_500.0, 9_000.0)
        return float((high[round(0.03 * RATE) :] ** 2).sum() / (wave**2).sum())

    assert mean(spray, "steps", 4, wet=1.0, grit=0.0) > 3.0 * mean(spray, "steps", 4, grit=0.0)
    assert mean(spray, "steps", 4, wet=1.0) > mean(spray, "steps", 4, wet=0.3)


# ---- doors, panes, sheets -------------------------------------------------------------------------------------------


def test_a_dry_hinge_ticks_slowly_then_faster_then_slowly_again() -> None:
    for seed in (1, 2, 3):
        ticks = rises(mono(make("door", seed, rust=0.0, knock=0.0, swing=3.0)), 500.0, 0.012, 0.08) / RATE
        gaps = np.diff(ticks)
        assert len(gaps) >= 12
        first, middle, last = gaps[:2].mean(), np.sort(gaps)[: len(gaps) // 2].mean(), gaps[-2:].mean()
        assert first > 1.4 * middle and last > 1.4 * middle


@pytest.mark.parametrize("metal", [0.0, 1.0])
def test_an_oiled_hinge_lets_a_door_swing_without_a_creak(metal: float) -> None:
    def high(wave: np.ndarray) -> float:
        return share_of(wave, 700.0, 8_000.0)

    oiled, drier, dry = (mean(high, "door", creak=creak, knock=0.0, metal=metal) for creak in (0.0, 0.2, 1.0))
    assert 1.2 * oiled < drier < dry / 1.2 and 2.0 * oiled < dry
    assert mean(lambda w: float(np.mean(w**4) / np.mean(w**2) ** 2), "door", creak=0.0, knock=0.0, metal=metal) < 6.0


def test_a_steel_door_rings_on_after_its_slam_and_planks_do_not() -> None:
    def left_db(wave: np.ndarray) -> float:
        loud = energy(high_pass(np.pad(wave, (0, RATE)), 200.0), 0.04) + 1e-9
        blow = int(np.argmax(loud))
        return float(10.0 * np.log10(loud[blow + round(0.35 * RATE)] / loud[blow]))

    slam = {"knock": 1.0, "swing": 0.8, "creak": 0.0}
    assert mean(left_db, "door", metal=1.0, **slam) > 10.0 + mean(left_db, "door", **slam)


def test_rollers_rumble_where_a_hinge_creaks() -> None:
    quiet = {"knock": 0.0, "swing": 2.0, "metal": 1.0}
    rolls, creaks = (mean(lambda w: share_of(w, 40.0, 400.0), "door", rollers=share, **quiet) for share in (1.0, 0.0))
    assert rolls > 1.3 * creaks


def test_a_latch_falls_in_after_the_door_has_come_home() -> None:
    for seed in (1, 2, 3):
        with_latch, without = (make("door", seed, latch=share, knock=0.0, swing=1.0) for share in (1.0, 0.0))
        assert len(with_latch.audio) > len(without.audio) + 0.05 * RATE
        late = mono(with_latch)[len(without.audio) - round(0.1 * RATE) :]
        assert len(rises(late, 2_500.0, 0.02, 0.25)) >= 2


def test_knuckles_tell_wood_from_glass_from_steel() -> None:
    def after(wave: np.ndarray) -> float:
        return t60_s(wave[700:])

    wood, pane, steel = (mean(after, "knock", knocks=1.0, ring=ring) for ring in (0.5, 0.75, 1.0))
    assert steel > 1.2 * pane > 1.3 * wood
    assert mean(centre_hz, "knock", hard=1.0) > 1.5 * mean(centre_hz, "knock", hard=0.0)


def test_a_damped_sheet_rattles_shorter_than_a_bare_one() -> None:
    def falls(wave: np.ndarray) -> float:
        return t60_s(wave[int(np.argmax(energy(wave, 0.02))) :])

    bare, rusty, ice = (mean(falls, "sheet_metal", damp=damp) for damp in (0.0, 0.4, 1.0))
    assert bare > rusty > ice


def test_a_loose_sheet_rattles_as_freely_as_its_edge_is() -> None:
    def rattles_db(wave: np.ndarray) -> float:
        """How far the level of what is high strays from its own slow course, in steps of 5 ms, after its loudest."""
        steps = energy(band_pass(wave, 1_500.0, 8_000.0), 0.005)[:: RATE // 200]
        level = 10.0 * np.log10(steps[int(np.argmax(steps)) :][:160] + 1e-12)
        return float(np.std(level - signal.savgol_filter(level, 41, 2)))

    still, some, free = (mean(rattles_db, "sheet_metal", rattle=share, scrape=0.0) for share in (0.0, 0.5, 1.0))
    assert 1.1 * still < some < free and 1.4 * still < free
    dull, bright = (mean(lambda w: share_of(w, 2_000.0, 8_000.0), "sheet_metal", rattle=share) for share in (0.0, 1.0))
    assert bright > 1.5 * dull


def test_sand_crackles_between_heel_and_toe() -> None:
    def between_db(wave: np.ndarray) -> float:
        """What is high in the quarter of a second from the heel on, beside all of the step."""
        return float(10.0 * np.log10(np.sum(high_pass(wave, 2_500.0)[: RATE // 4] ** 2) / np.sum(wave**2)))

    clean, some, sandy = (mean(between_db, "steps", grit=share) for share in (0.0, 0.35, 1.0))
    assert clean < some < clean + 4.0 < sandy - 2.0


def test_a_crack_in_a_sheet_of_ice_runs_away_as_a_falling_whistle() -> None:
    for seed in (1, 2, 3):
        ice = mono(make("crack", seed, ice=1.0, size=1.0, run=0.0))
        early, later, last = (
            strongest_hz(ice[round(at * RATE) :][:1_400], 300.0, 9_000.0) for at in (0.02, 0.04, 0.065)
        )
        assert early > later > last or centre_hz(ice, 0.02, 0.04) > centre_hz(ice, 0.05, 0.075)
    assert mean(centre_hz, "shatter", ice=1.0) < 0.85 * mean(centre_hz, "shatter", ice=0.0)
    # A lake booms under the crack, a pane of ice does not.
    lake, pane = (mean(lambda wave: share_of(wave, 20.0, 200.0), "crack", ice=1.0, size=size) for size in (1.0, 0.25))
    assert lake > 0.1 > pane


# ---- small things ---------------------------------------------------------------------------------------------------


def test_a_glass_is_heard_with_what_it_is_set_on() -> None:
    stone, wood, steel = (mean(lambda w: share_of(w, 60.0, 500.0), "glass_down", table=top) for top in (0.0, 0.46, 1.0))
    assert wood > 1.3 * stone
    assert mean(lambda w: t60_s(w[600:]), "glass_down", table=1.0) > 0.02
    assert abs(steel - wood) > 0.02
    assert mean(lambda w: strongest_hz(w, 1_200.0, 6_000.0), "glass_down", full=1.0) < mean(
        lambda w: strongest_hz(w, 1_200.0, 6_000.0), "glass_down", full=0.0
    )


def test_keys_are_many_small_inharmonic_pings() -> None:
    for seed in (1, 2, 3):
        wave = mono(make("keys", seed, length_s=1.5))
        assert len(rises(wave, 3_000.0, 0.006, 0.05)) > 12
        assert share_of(wave, 1_800.0, 20_000.0) > 0.9
        freqs, power = signal.welch(wave, RATE, nperseg=8_192)
        found = freqs[
            signal.find_peaks(
                10.0 * np.log10(power + 1e-20), prominence=6.0, height=10.0 * np.log10(power.max()) - 25.0
            )[0]
        ]
        assert len(found) >= 8
        ratios = found[1:] / found[0]
        assert np.abs(ratios - np.round(ratios)).max() > 0.2
    assert mean(centre_hz, "keys", size=1.0) < 0.5 * mean(centre_hz, "keys", size=0.0)


def test_a_buzzer_rasps_evenly_and_stops_at_once_where_a_bell_rings_on() -> None:
    bell, buzzer = (mono(make("phone", 1, ring=1.0, buzz=buzz)) for buzz in (0.0, 1.0))
    left = [float((w[round(1.08 * RATE) :] ** 2).sum() / (w**2).sum()) for w in (bell, buzzer)]
    assert left[0] > 100.0 * left[1]
    blows = rises(mono(make("phone", 1, ring=1.0, buzz=1.0, rate=6.0, size=1.0)), 500.0, 0.012, 0.1)
    assert 1.0 / np.median(np.diff(blows) / RATE) == pytest.approx(54.0, rel=0.12)


def test_a_telephone_rings_again_and_again_with_rests_between() -> None:
    loud = np.sqrt(energy(mono(make("phone", 1, 9.0, ring=1.0)), 0.05))
    ringing, resting = (np.mean([loud[round(at * RATE)] for at in when]) for when in ((0.7, 3.7, 6.7), (2.9, 5.9, 8.8)))
    assert ringing > 10.0 * resting


def test_a_clock_says_tick_then_a_lower_tock() -> None:
    centres = []
    for seed in range(1, 7):
        wave = mono(make("clock", seed, tock=1.0, beat=0.5))
        half = round(0.25 * RATE)
        drops = [int(np.argmax(energy(part, 0.003))) for part in (wave[:half], wave[half:])]
        assert (drops[1] + half - drops[0]) / RATE == pytest.approx(0.5, rel=0.08)
        centres.append((centre_hz(wave, 0.0, 0.25), centre_hz(wave, 0.25)))
    tick, tock = np.mean(centres, axis=0)
    assert tock < 0.9 * tick


def test_a_works_clock_falls_in_with_pawl_and_plate() -> None:
    wooden, steel = (mean(lambda w: float(len(w)) / RATE, "clock", metal=metal) for metal in (0.0, 1.0))
    assert steel > 1.3 * wooden
    assert mean(lambda w: share_of(w, 50.0, 250.0), "clock", metal=1.0) > 2.0 * mean(
        lambda w: share_of(w, 50.0, 250.0), "clock", metal=0.0
    )


def test_a_mechanism_clicks_in_order_from_its_first_part_to_its_last() -> None:
    for seed in (1, 2, 3):
        made = make("mechanism", seed, clicks=5.0, spacing=0.15)
        at = rises(mono(made), 2_000.0, 0.05, 0.12) / RATE
        assert len(at) == 5
        assert at[0] == pytest.approx(made.onset / RATE, abs=0.012)
        assert (np.diff(at) > 0.07).all() and np.diff(at).std() > 0.005  # no metronome


# ---- soft things ----------------------------------------------------------------------------------------------------


def test_cloth_is_a_burst_for_each_movement() -> None:
    for moves in (1, 2, 4):
        wave = mono(make("cloth", 3, moves=float(moves), flap=0.0))
        loud = low_pass(np.abs(wave), 5.0)
        assert len(signal.find_peaks(loud, height=0.25 * loud.max(), prominence=0.15 * loud.max())[0]) == moves


def test_dry_paper_snaps_and_wet_paper_drags() -> None:
    def spikes(wave: np.ndarray) -> float:
        return float(stats.kurtosis(wave))

    stiff, dry, wet = (
        mean(spikes, "paper", 4, crumple=0.5, **given) for given in ({"stiff": 1.0}, {}, {"damp": 1.0, "stiff": 0.0})
    )
    assert stiff > dry > 2.0 * wet
    assert mean(centre_hz, "paper", 4, damp=1.0) < 0.7 * mean(centre_hz, "paper", 4, damp=0.0)


def test_frost_is_scratched_from_glass_where_dust_is_wiped() -> None:
    def spikes(wave: np.ndarray) -> float:
        return float(stats.kurtosis(high_pass(wave, 2_000.0)))

    assert mean(spikes, "hand_wipe", 4, frost=1.0, squeak=0.0) > 1.3 * mean(
        spikes, "hand_wipe", 4, frost=0.0, squeak=0.0
    )


# ---- the bench ------------------------------------------------------------------------------------------------------


def test_banks_made_together_are_the_banks_made_one_by_one() -> None:
    banks = [modes(900.0 + 300.0 * number, plate(5), GLASS, rng("bank", number)) for number in range(7)]
    for n in (1, 255, 256, 3_000, 20_000):
        for bank, wave in zip(banks, ring_outs(banks, n), strict=True):
            assert np.allclose(wave, ring_out(bank, min(n, longest(bank))), atol=1e-4)
            assert len(wave) == min(n, longest(bank))


def test_a_mode_is_a_damped_sine_to_its_last_sample() -> None:
    bank = modes(700.0, plate(4), STEEL, rng("sine"))
    t = np.arange(90_000) / RATE
    wanted = sum(
        level * np.exp(-decay * t) * np.sin(2.0 * np.pi * freq * t)
        for freq, decay, level in zip(bank.freq_hz, bank.decay_per_s, bank.level, strict=True)
    )
    assert np.allclose(ring_out(bank, len(t)), wanted, atol=1e-6)


@pytest.mark.parametrize(("n", "tail"), [(50, 50), (400, 30), (9_000, 700), (30_000, 20_000)])
def test_convolving_by_stretches_is_convolving(n: int, tail: int) -> None:
    chance = rng("convolve", n, tail)
    pairs = [(chance.standard_normal(n), chance.standard_normal(tail)) for _ in range(2)]
    wanted = sum(signal.fftconvolve(wave, answer)[:n] for wave, answer in pairs)
    assert np.abs(convolved(n, *pairs) - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_few_grains_laid_down_are_as_loud_as_many_convolved() -> None:
    kinds = tuple(grain(rng("kind", number), 900.0, 4_000.0, 0.002, 3) for number in range(4))
    per_grain = []
    for count in (40, 9_000):  # the first is laid down grain by grain, the second convolved
        chance = rng("grains", count)
        wave = shower(chance, RATE, np.sort(chance.uniform(0.0, 0.9, count)), chance.choice([-1.0, 1.0], count), kinds)
        per_grain.append(float((wave**2).sum() / count))
    assert per_grain[0] == pytest.approx(per_grain[1], rel=0.35)


def test_a_band_is_a_high_pass_and_a_low_pass() -> None:
    wave = noise(rng("band"), 20_000)
    assert wave.var() == pytest.approx(1.0, rel=0.03) and abs(wave.mean()) < 0.02
    assert np.allclose(band_pass(wave, 120.0, 5_000.0), low_pass(high_pass(wave, 120.0), 5_000.0), atol=1e-9)
