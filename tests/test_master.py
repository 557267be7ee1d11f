"""The master brings a programme to its profile, judged by what a decoder gives back."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from producer import master
from producer.audio import Audio
from producer.deliver import encode
from producer.dsp.grid import frame_samples, hop_samples, quantum_samples
from producer.dsp.limiter import CHUNK, LONGEST_RELEASE_S
from producer.dsp.loudness import Loudness, Meter, loudness
from producer.levels import Levels, levels_of
from producer.model.profile import PROFILES, Profile
from producer.units import Samples, Span, gain
from tests.deliver_helpers import write
from tests.mix_helpers import voice


def measured(blocks: list[Audio], profile: Profile) -> Loudness:
    meter = Meter(profile.rate_hz, profile.channels)
    for block in blocks:
        meter.push(block)
    return meter.result()


def survey(mix: Audio, profile: Profile, lines: Sequence[Span] = ()) -> Levels:
    return levels_of(mix, Span(Samples(0), Samples(len(mix))), profile.rate_hz, lines)


whole = master.mastered


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
    mix = drama(profile.rate_hz)[: encode.whole_frames(39 * profile.rate_hz, profile)]
    plan = master.first_plan(survey(mix, profile), profile)
    for _ in range(master.ROUNDS):
        path = tmp_path / "a"
        write(whole(mix, plan, profile), profile, path)
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
    plan = master.first_plan(survey(mix, profile), profile)
    assert plan.ceiling_dbtp is None
    out = whole(mix, plan, profile)
    assert np.allclose(out, mix * np.float32(10 ** (plan.gain_db / 20)))
    assert measured([out], profile).integrated_lufs == pytest.approx(-23, abs=0.06)


def test_what_has_no_limiter_is_lowered_before_its_tops_are_cut_off() -> None:
    profile = PROFILES["archive"]
    mix = np.zeros((8 * profile.rate_hz, 2), np.float32)
    mix[::24000] = 0.9  # a drip now and then: far from its peaks to its loudness
    mix[:, 0] += 0.002 * np.sin(np.arange(len(mix)) / 5.0)
    plan = master.first_plan(survey(mix, profile), profile)
    out = whole(mix, plan, profile)
    assert 0.97 < np.abs(out).max() < 1.0
    decoded = measured([out], profile)
    assert decoded.integrated_lufs < -23.5
    assert plan.spares and master.corrected(plan, decoded, profile, mix=survey(mix, profile)) is None
    assert master.holds(decoded, profile, spares=True)
    floating = master.first_plan(survey(mix, replace(profile, bits=32)), replace(profile, bits=32))
    assert floating.gain_db > plan.gain_db and not floating.spares


def test_the_gain_moves_in_tenths_of_a_decibel() -> None:
    profile = PROFILES["podcast"]
    mix = drama(profile.rate_hz, 5)
    plans = [master.first_plan(survey(mix * np.float32(factor), profile), profile) for factor in (1.0, 1.001, 0.999)]
    assert len({plan.gain_db for plan in plans}) <= 2
    assert all(round(plan.gain_db * 10) == pytest.approx(plan.gain_db * 10) for plan in plans)


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
    plan = master.first_plan(survey(np.zeros((90000, 2), np.float32), profile), profile)
    out = whole(np.zeros((9000, 2), np.float32), plan, profile)
    assert out.shape == (9000, 2)
    assert not out.any()


def test_a_mono_profile_gets_one_channel() -> None:
    profile = PROFILES["acx"]
    out = whole(drama(44100, 1), master.Plan(0.0, -3.0), profile)
    assert out.shape == (44100, 1)


def found_at(peak_db: float) -> Loudness:
    """Of a file that goes by RMS: only its peak counts."""
    return Loudness(
        integrated_lufs=-20.0,
        range_lu=5.0,
        max_momentary_lufs=-15.0,
        max_short_term_lufs=-17.0,
        true_peak_dbtp=peak_db,
        sample_peak_db=peak_db,
        samples=1,
    )


def test_a_profile_that_goes_by_rms_is_planned_and_corrected_by_it() -> None:
    profile = PROFILES["acx"]
    low = signal.sosfilt(signal.butter(1, 600.0, fs=profile.rate_hz, output="sos"), drama(profile.rate_hz), axis=0)
    mix = np.asarray(low[:, :1].repeat(2, 1), np.float32)  # like speech: low, and in the middle
    plan = master.first_plan(survey(mix, profile), profile)
    out = whole(mix, plan, profile).astype(float)
    rms_db = 20 * np.log10(np.sqrt(np.square(out).mean()))
    assert rms_db == pytest.approx(-20.5, abs=2.5)  # a first guess within what ACX takes
    assert master.corrected(plan, found_at(-3.5), profile, -20.5) is None
    louder = master.corrected(plan, found_at(-3.5), profile, -23.5)
    assert louder is not None and louder.gain_db == pytest.approx(plan.gain_db + 3.0)


@pytest.mark.parametrize(
    ("rms_db", "peak_db", "ok"),
    [(-18.1, -3.0, True), (-17.9, -3.1, False), (-23.1, -3.1, False), (-22.9, -3.1, True), (-20.0, -2.9, False)],
)
def test_rms_outside_the_profile_does_not_hold(rms_db: float, peak_db: float, ok: bool) -> None:
    assert master.holds(found_at(peak_db), PROFILES["acx"], rms_db) is ok


def test_room_tone_without_a_programme_is_not_turned_up() -> None:
    profile = PROFILES["acx"]
    assert master.corrected(master.Plan(0.0, -5.0), found_at(-57.0), profile, -68.0) is None
    assert master.holds(found_at(-57.0), profile, -68.0)
    silent = master.first_plan(survey(np.zeros((90000, 2), np.float32), profile), profile)
    assert silent.gain_db == 0.0


def test_the_first_plan_foresees_what_the_limiter_will_take() -> None:
    profile = PROFILES["alexa"]  # loud: the limiter works hard
    mix = drama(profile.rate_hz)
    plan = master.first_plan(survey(mix, profile), profile)
    assert profile.loudness_lufs is not None
    out = measured([whole(mix, plan, profile)], profile)
    assert out.integrated_lufs == pytest.approx(profile.loudness_lufs, abs=0.5)


def test_a_stretch_of_the_master_is_that_of_the_whole_once_the_limiter_has_settled() -> None:
    profile = PROFILES["podcast"]
    mix = drama(profile.rate_hz, 24) * np.float32(3)  # so loud that the limiter never rests
    plan = master.Plan(6.0, -2.0)
    all_of_it = whole(mix, plan, profile)
    settled = round(LONGEST_RELEASE_S * profile.rate_hz)
    for start, stop in ((0, 400_000), (50 * CHUNK, 700_001), (200 * CHUNK, len(mix))):
        made = whole(mix[start:stop], plan, profile)
        inside = slice(0 if start == 0 else settled, None if stop == len(mix) else stop - start - 3 * CHUNK)
        assert len(made[inside]) > 100_000
        assert np.array_equal(made[inside], all_of_it[start:stop][inside])


def test_the_levels_of_parts_are_those_of_the_whole() -> None:
    rate_hz = PROFILES["podcast"].rate_hz
    mix, quantum = drama(rate_hz), quantum_samples(rate_hz)
    cuts = [0, 90 * quantum, 150 * quantum, len(mix)]
    before = 2 * quantum
    parts = [
        levels_of(
            mix[max(0, start - before) : stop],
            Span(Samples(min(start, before)), Samples(min(start, before) + stop - start)),
            rate_hz,
        )
        for start, stop in pairwise(cuts)
    ]
    one, joined = survey(mix, PROFILES["podcast"]), Levels.joined(parts)
    assert np.array_equal(joined.peaks, one.peaks)
    assert joined.powers == pytest.approx(one.powers, rel=1e-4, abs=1e-12)


def test_every_part_knows_where_lines_are() -> None:
    rate_hz = PROFILES["podcast"].rate_hz
    quantum = quantum_samples(rate_hz)
    mix = drama(rate_hz)[: 60 * quantum]
    line = Span(Samples(25 * quantum + 5), Samples(45 * quantum - 5))
    one = survey(mix, PROFILES["podcast"], [line])
    hop = hop_samples(rate_hz)
    assert np.array_equal(np.flatnonzero(one.spoken), np.arange(line.start // hop, -(-line.end // hop)))
    cuts = [0, 20 * quantum, 40 * quantum, 60 * quantum]
    parts = [
        levels_of(mix[start:stop], Span(Samples(0), Samples(stop - start)), rate_hz, [line.shifted(Samples(-start))])
        for start, stop in pairwise(cuts)
    ]
    assert np.array_equal(Levels.joined(parts).spoken, one.spoken)


def sparse(rate_hz: int, under_lu: float) -> tuple[Audio, Span]:
    """A line of four seconds in a minute of something that is so far under it, and where it is."""
    spoken = voice(4.0, rate_hz)
    mix = np.random.default_rng(7).standard_normal((60 * rate_hz, 2)).astype(np.float32) * np.float32(0.01)
    mix *= np.float32(gain(loudness(spoken, rate_hz) - under_lu - loudness(mix, rate_hz)))
    line = Span(Samples(20 * rate_hz), Samples(24 * rate_hz))
    mix[line.start : line.end] += spoken
    return mix, line


def test_a_line_among_much_that_is_quiet_is_not_crushed() -> None:
    profile = PROFILES["podcast"]
    mix, line = sparse(profile.rate_hz, 14.0)
    plan = master.first_plan(survey(mix, profile, [line]), profile)
    wanted = master.first_plan(survey(mix, profile), profile)  # by who knows of no line
    assert plan.spares and plan.gain_db < wanted.gain_db - 1.0 and wanted.most_gain_db is None
    out = whole(mix, plan, profile)
    before, after = (loudness(audio[line.start : line.end], profile.rate_hz) for audio in (mix, out))
    assert plan.gain_db - (after - before) == pytest.approx(master.MOST_OFF_LINES_DB, abs=0.6)
    decoded = replace(measured([out], profile), true_peak_dbtp=-1.2)  # an encoder adds so much
    assert decoded.integrated_lufs < -16.5
    assert master.corrected(plan, decoded, profile, mix=survey(mix, profile, [line])) is None  # it gets no nearer
    raised = master.corrected(plan, replace(decoded, true_peak_dbtp=-2.9), profile, mix=survey(mix, profile, [line]))
    assert raised is not None and raised.spares
    assert raised.gain_db == pytest.approx(plan.gain_db + 1.3, abs=0.3)  # all the room that there is
    assert master.holds(decoded, profile, spares=plan.spares) and not master.holds(decoded, profile)
    lower_lu = master.lower_lu(survey(mix, profile, [line]), plan, profile)
    assert lower_lu is not None
    mended, line = sparse(profile.rate_hz, 14.0 + lower_lu)
    found = survey(mended, profile, [line])
    following = master.first_plan(found, profile)
    assert found.off_lines_db(following.gain_db, following.ceiling_dbtp) < 2.1 and not following.spares
    assert master.lower_lu(found, following, profile) is None
    far, line = sparse(profile.rate_hz, 30.0)
    assert master.first_plan(survey(far, profile, [line]), profile).most_gain_db is None


def alone(audio: Audio, lines: Sequence[Span], rate_hz: int) -> list[NDArray[np.float64]]:
    """Powers of lines, frame by frame, of audio in which nothing else is heard."""
    frame = frame_samples(rate_hz)
    power = np.square(audio, dtype=float).sum(axis=1)
    return [
        np.add.reduceat(power[: -(-line.end // frame) * frame], np.arange(line.start // frame * frame, line.end, frame))
        for line in lines
    ]


def test_what_the_limiter_takes_off_a_line_is_what_it_takes_off_its_loud_syllables() -> None:
    profile = PROFILES["podcast"]
    rate_hz = profile.rate_hz
    n = 4 * rate_hz
    t = np.arange(n) / rate_hz
    syllables = np.where(t % 0.25 < 0.06, 0.4, 0.02)[:, None]  # far over what is between them
    said = (np.random.default_rng(5).standard_normal((n, 1)).repeat(2, 1) * syllables).astype(np.float32)
    blow = np.zeros((n, 2), np.float32)
    blow[n // 2 : n // 2 + rate_hz // 10] = np.float32(gain(14.0)) * said.max()
    line, plan = Span(Samples(0), Samples(n)), master.Plan(0.0, -2.9)
    for mix in (said, said + blow):
        (off_db,) = survey(mix, profile, [line]).off_each_db(
            plan.gain_db, plan.ceiling_dbtp, [line], alone(said, [line], rate_hz), rate_hz
        )
        left = np.abs(whole(mix, plan, profile)) / np.maximum(np.abs(mix), 1e-9)
        before, after = (np.square(audio, dtype=float).sum() for audio in (said, said * left))
        assert off_db == pytest.approx(10.0 * np.log10(before / after), abs=0.7)
        assert off_db > 3.0


def test_one_line_that_is_shouted_does_not_hold_the_others_down() -> None:
    profile = PROFILES["podcast"]
    rate_hz = profile.rate_hz
    said = voice(3.0, rate_hz)
    levels_db = [0.0, 0.0, 14.0, 0.0, 0.0]
    mix = np.concatenate([np.pad(said * np.float32(gain(db)), ((0, rate_hz), (0, 0))) for db in levels_db])
    lines = [Span(Samples(4 * rate_hz * at), Samples(4 * rate_hz * at + 3 * rate_hz)) for at in range(len(levels_db))]
    found = survey(mix, profile, lines)
    plan = master.first_plan(found, profile)
    taken_db = found.off_each_db(plan.gain_db, plan.ceiling_dbtp, lines, alone(mix, lines, rate_hz), rate_hz)
    assert taken_db[2] > 2.0 * master.MOST_OFF_LINES_DB and max(taken_db[:2]) < 1.0
    assert not plan.spares
    assert plan.gain_db == master.first_plan(survey(mix, profile), profile).gain_db
    assert found.off_lines_db(plan.gain_db, plan.ceiling_dbtp) < 1.0
    assert found.lines_lufs() == pytest.approx(loudness(said, rate_hz), abs=0.8)


def test_lines_may_always_be_as_loud_as_the_whole_is_to_be() -> None:
    """Whatever the limiter takes: their peaks may be far over them by themselves."""
    profile = PROFILES["podcast"]
    mix = np.zeros((20 * profile.rate_hz, 2), np.float32)
    mix[:: profile.rate_hz // 40] = 0.5  # clicks
    found = survey(mix, profile, [Span(Samples(0), Samples(len(mix)))])
    plan = master.first_plan(found, profile)
    assert plan.spares
    assert found.off_lines_db(plan.gain_db, plan.ceiling_dbtp) > 2.0 * master.MOST_OFF_LINES_DB
    assert plan.gain_db == pytest.approx(-16.0 - found.lines_lufs(), abs=0.06)


def loud_speech(profile: Profile) -> tuple[Levels, master.Plan]:
    """Speech alone, in a profile that makes the limiter work."""
    mix = voice(12.0, profile.rate_hz)
    found = survey(mix, profile, [Span(Samples(0), Samples(len(mix)))])
    return found, master.first_plan(found, profile)


def test_a_ceiling_is_raised_where_the_encoder_left_room_and_the_limiter_takes_much() -> None:
    profile = PROFILES["alexa"]
    mix, plan = loud_speech(profile)
    assert plan.ceiling_dbtp is not None
    lower = replace(plan, ceiling_dbtp=plan.ceiling_dbtp - 2.0, most_gain_db=None)
    quiet = replace(found_at(-4.5), integrated_lufs=-15.2)
    raised = master.corrected(lower, quiet, profile, mix=mix)
    assert raised is not None and raised.ceiling_dbtp is not None and lower.ceiling_dbtp is not None
    assert raised.ceiling_dbtp == pytest.approx(lower.ceiling_dbtp + 1.75)  # nearly to 0.6 dB under what it may be
    full = master.corrected(lower, replace(quiet, true_peak_dbtp=-2.1), profile, mix=mix)
    assert full is not None and full.ceiling_dbtp == lower.ceiling_dbtp
    loud = master.corrected(lower, replace(quiet, integrated_lufs=-13.0), profile, mix=mix)
    assert loud is not None and loud.ceiling_dbtp == lower.ceiling_dbtp and loud.gain_db < lower.gain_db


def peaky(profile: Profile) -> Levels:
    """Speech of which some syllables stand far over the others."""
    said = voice(12.0, profile.rate_hz)
    stressed = np.where(np.arange(len(said)) / profile.rate_hz % 0.4 < 0.05, 4.0, 1.0)[:, None]
    return survey(np.asarray(said * stressed, np.float32), profile, [Span(Samples(0), Samples(len(said)))])


def test_lines_get_the_room_that_an_encoder_left_also_where_the_loudness_is_right() -> None:
    profile = PROFILES["podcast"]
    mix = peaky(profile)
    plan = replace(master.first_plan(mix, profile), gain_db=2.0, most_gain_db=None)
    right = replace(found_at(-2.9), integrated_lufs=-16.0)
    raised = master.corrected(plan, right, profile, mix=mix)
    assert raised is not None and raised.ceiling_dbtp is not None and plan.ceiling_dbtp is not None
    assert raised.ceiling_dbtp == pytest.approx(plan.ceiling_dbtp + 1.25)
    off_db = [mix.off_lines_db(one.gain_db, one.ceiling_dbtp) for one in (plan, raised)]
    assert off_db[0] > 1.0 and off_db[1] < off_db[0] - 0.4
    reached = [mix.limited_lufs(one.gain_db, one.ceiling_dbtp) for one in (plan, raised)]
    assert reached[0] == pytest.approx(reached[1], abs=0.1)  # and stay as loud
    assert master.corrected(raised, replace(right, true_peak_dbtp=-1.7), profile, mix=mix) is None  # that is all
    calm, plan = loud_speech(profile)
    assert master.corrected(plan, right, profile, mix=calm) is None  # a round would bring nothing


def test_a_profile_that_takes_a_range_of_rms_gets_less_of_it_before_lines_are_limited() -> None:
    profile = PROFILES["acx"]
    mix = peaky(profile)
    plan = master.first_plan(mix, profile)
    assert mix.limited_rms_db(plan.gain_db, plan.ceiling_dbtp) == pytest.approx(-20.5 - 1.5 + 0.26, abs=0.3)
    assert master.corrected(plan, found_at(-3.5), profile, -22.0, mix) is None  # as it was to be
    louder = master.corrected(plan, found_at(-3.5), profile, -23.5, mix)
    assert louder is not None and louder.gain_db > plan.gain_db + 1.0
    calm, plan = loud_speech(profile)
    assert calm.limited_rms_db(plan.gain_db, plan.ceiling_dbtp) == pytest.approx(-20.5 + 0.26, abs=0.3)


def test_a_correction_knows_what_the_limiter_leaves_of_more_gain() -> None:
    profile = PROFILES["alexa"]
    mix, plan = loud_speech(profile)
    off = 0.4
    found = replace(found_at(-2.1), integrated_lufs=-14.0 - off)
    told, blind = (master.corrected(plan, found, profile, mix=levels) for levels in (mix, None))
    assert told is not None and blind is not None
    reached = [mix.limited_lufs(one.gain_db, one.ceiling_dbtp) for one in (plan, told, blind)]
    assert told.gain_db > blind.gain_db
    assert abs(reached[1] - reached[0] - off) < abs(reached[2] - reached[0] - off)


def test_where_no_gain_reaches_it_the_nearest_is_taken() -> None:
    profile = replace(PROFILES["podcast"], loudness_lufs=-3.0)
    mix, plan = loud_speech(profile)
    assert plan.spares
    reached = mix.limited_lufs(plan.gain_db, plan.ceiling_dbtp)
    assert reached < -4.0
    assert plan.gain_db < 30.0


@pytest.mark.parametrize(("lufs", "peak", "ok"), [(-19.0, -1.0, True), (-15.4, -1.5, False), (-19.0, -0.9, False)])
def test_what_spares_its_lines_may_be_quiet_and_nothing_else(lufs: float, peak: float, ok: bool) -> None:
    found = replace(found_at(peak), integrated_lufs=lufs, true_peak_dbtp=peak)
    assert master.holds(found, PROFILES["podcast"], spares=True) is ok


@pytest.mark.parametrize(("rms_db", "ok"), [(-26.0, True), (-17.9, False)])
def test_what_spares_its_lines_may_be_quiet_for_acx(rms_db: float, ok: bool) -> None:
    assert master.holds(found_at(-3.5), PROFILES["acx"], rms_db, spares=True) is ok


def test_only_a_peak_that_came_out_too_high_lowers_the_ceiling() -> None:
    profile, plan = PROFILES["podcast"], master.Plan(3.0, -2.9)
    assert master.lowered(plan, -1.0, profile) is None
    lower = master.lowered(plan, -0.6, profile)
    assert lower is not None and lower.ceiling_dbtp == pytest.approx(-3.4)
    assert lower.gain_db == plan.gain_db
    assert master.lowered(master.Plan(3.0, None), 2.0, profile) is None
    under = master.lowered(plan, -0.6, profile, fed_dbtp=-3.9)  # lifted from well under the ceiling
    assert under is not None and under.ceiling_dbtp == pytest.approx(-4.4)
    assert master.lowered(plan, -0.6, profile, fed_dbtp=-2.8) == lower
    nothing = master.lowered(plan, -0.6, profile, fed_dbtp=float("-inf"))  # a part is never turned down to nothing
    assert nothing is not None and nothing.ceiling_dbtp == pytest.approx(-2.9 - 6.0 - 0.5)
