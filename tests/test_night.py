"""The night mix: a small range, slow hands, nothing that startles, and every moment's balance kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from producer.dsp.loudness import HOP_S, PowerMeter, integrated, loudness_range, lufs, sliding
from producer.mix import night
from producer.units import Samples, Span
from tests.mix_helpers import noise

RATE_HZ = 8000
HOP = 80


def powers_of(passages: list[tuple[float, float]]) -> np.ndarray:
    """Hop powers of passages, each (seconds, LUFS), with the unrest of speech."""
    unrest = np.random.default_rng(5)
    levels = np.concatenate([np.full(round(seconds / HOP_S), level) for seconds, level in passages])
    return np.asarray(10.0 ** ((levels + unrest.normal(0, 2.0, len(levels)) + 0.691) / 10.0))


def ridden(
    powers: np.ndarray, range_lu: float = 6.0, written: night.Written | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The gain in dB for each hop, and what it leaves of the powers."""
    db = night.ride(powers, HOP_S, RATE_HZ, range_lu, written).db
    assert db.shape == powers.shape
    return db, powers * 10.0 ** (db / 10.0)


DRAMA = [(8.0, -45.0), (30.0, -23.0), (6.0, -37.0), (20.0, -24.0), (1.0, -8.0), (10.0, -33.0), (40.0, -22.0)]


def test_a_wide_programme_comes_into_the_range_and_stays_as_loud() -> None:
    powers = powers_of(DRAMA)
    assert loudness_range(powers) > 10
    _, left = ridden(powers)
    assert loudness_range(left) <= 6.0 - night.SPARE_LU
    assert integrated(left) == pytest.approx(integrated(powers), abs=1.0)


def test_no_more_is_done_than_is_needed() -> None:
    powers = powers_of([(60.0, -23.0), (30.0, -25.5), (30.0, -22.0)])
    assert loudness_range(powers) <= 6.0 - night.SPARE_LU
    db, _ = ridden(powers)
    assert not db.any()
    strengths = [np.abs(ridden(powers_of(DRAMA), wanted)[0]).max() for wanted in (12.0, 9.0, 6.0)]
    assert strengths == sorted(strengths)


def test_nothing_startles_and_the_gain_is_down_before_it_strikes() -> None:
    powers = powers_of([(20.0, -23.0), (0.3, -4.0), (20.0, -23.0)])
    db, left = ridden(powers, 30.0)  # the range is wide enough: what is left is the guard's work
    assert lufs(sliding(left, 0.4)).max() <= integrated(powers) + night.STARTLE_LU + 0.1
    strike = round(20.0 / HOP_S)
    deepest = db.min()
    assert deepest < -5
    assert np.allclose(db[strike - 10 : strike + 30], deepest)
    assert not db[: strike - round(1.5 / HOP_S)].any()


def span(start_s: float, end_s: float) -> Span:
    return Span(Samples(round(start_s * RATE_HZ)), Samples(round(end_s * RATE_HZ)))


def hops(there: Span) -> slice:
    return slice(there.start // HOP, there.end // HOP)


SAID = [(6.0, -20.0), (0.5, -60.0)]
HUSHED = [(5.0, -60.0), (0.9, -32.0)]


def test_hushed_lines_come_nearer_to_the_others_and_stay_under_them_and_the_room_between_stays_where_it_is() -> None:
    powers = powers_of([*SAID * 6, *HUSHED * 5, (5.0, -60.0)])
    loud = [span(6.5 * n, 6.5 * n + 6.0) for n in range(6)]
    hushed = [span(39 + 5.9 * n + 5.0, 39 + 5.9 * n + 5.9) for n in range(5)]
    db, left = ridden(powers, written=night.Written(lines=(*loud, *hushed)))
    heard = [[lufs(left[hops(line)].mean()) for line in lines] for lines in (loud, hushed)]
    assert max(heard[1]) <= min(heard[0])
    assert min(heard[1]) > -32.0 + 6.0
    for line in hushed:  # before it, and before what leads up to it
        assert db[hops(line).start - round(3.0 / HOP_S) : hops(line).start - round(2.0 / HOP_S)].max() < 0.5
    assert db[-round(3.0 / HOP_S) :].max() < 0.5


def test_a_line_between_pauses_is_not_louder_than_the_same_line_among_others() -> None:
    powers = powers_of([*SAID * 4, (4.0, -40.0), (0.6, -20.0), (4.0, -40.0), (20.0, -35.0)])
    alone = span(30.0, 30.6)
    lines = (*(span(6.5 * n, 6.5 * n + 6.0) for n in range(4)), alone)
    db, _ = ridden(powers, written=night.Written(lines=lines))
    assert db[hops(alone)].max() <= night.SPARSE_LU
    without, _ = ridden(powers)
    assert without[hops(alone)].max() > 2.0  # it is the script that tells


def test_what_a_script_fades_is_still_faded() -> None:
    fade = np.linspace(-34.0, -60.0, 8)
    passages = [(12.0, -20.0), (8.0, -34.0), *((1.0, level) for level in fade), (12.0, -20.0)]
    powers = powers_of(passages)
    dying = night.Written(dying=(span(24.0, 28.0),))
    for written in (None, dying):
        db, _ = ridden(powers, written=written)
        assert db[hops(span(14.0, 20.0))].max() > 4.0
        assert db[hops(span(25.5, 26.0))].max() < 0.5
    shown, _ = ridden(powers, written=night.Written(dying=(span(16.0, 20.0),)))
    assert shown[hops(span(16.0, 20.0))].max() <= shown[hops(span(16.0, 16.1))].min() + 0.1
    turned, _ = ridden(powers[::-1].copy(), written=night.Written(rising=(span(20.0, 24.0),)))
    assert turned[hops(span(20.0, 24.0))].max() <= turned[hops(span(23.9, 24.0))].min() + 0.1


def test_a_blow_in_a_hush_is_not_lifted_over_the_programme() -> None:
    powers = powers_of([(30.0, -20.0), (10.0, -34.0), (0.3, -19.0), (10.0, -34.0)])
    db, left = ridden(powers)
    assert db.max() > 6.0
    assert lufs(sliding(left, 0.4))[round(38.0 / HOP_S) :].max() <= integrated(powers) + night.LIFTED_LU + 0.1


def test_a_sound_that_dies_away_at_the_end_is_no_passage() -> None:
    fall = [(0.5, level) for level in np.arange(-20.0, -60.0, -4.0)]
    db, _ = ridden(powers_of([(20.0, -20.0), *fall]))
    assert db.max() < 0.5


def test_where_the_range_is_out_of_reach_the_mildest_hand_that_comes_as_near_is_taken() -> None:
    leaps = [(2.5, -20.0), (3.4, -39.0)] * 12
    powers = powers_of(leaps)
    db, left = ridden(powers)
    assert loudness_range(left) > 6.0
    assert loudness_range(left) <= loudness_range(powers)
    assert db.max() <= night.HANDS[0].most_db


blows = st.tuples(st.floats(0.1, 20.0), st.floats(-60.0, 0.0))


@settings(deadline=None, max_examples=40)
@given(st.lists(blows, min_size=1, max_size=12), st.lists(st.tuples(st.floats(0, 99), st.floats(0.05, 9)), max_size=9))
def test_the_gain_never_moves_faster_than_it_may_nor_lifts_more(
    passages: list[tuple[float, float]], spans: list[tuple[float, float]]
) -> None:
    powers = powers_of(passages)
    there = tuple(span(start, start + length) for start, length in spans)
    db, left = ridden(powers, written=night.Written(lines=there[::3], rising=there[1::3], dying=there[2::3]))
    speed = np.diff(db) / HOP_S
    most = night.RIDE_DB_PER_S + 1e-6
    assert speed.min(initial=0.0) >= -(most + night.GUARD_DOWN_DB_PER_S)
    assert speed.max(initial=0.0) <= most + night.GUARD_UP_DB_PER_S
    assert db.max() <= max(hand.most_db for hand in night.HANDS)
    if len(powers) >= 40:
        assert lufs(sliding(left, 0.4)).max() <= integrated(powers) + night.STARTLE_LU + 0.1


@pytest.mark.parametrize("powers", [np.zeros(0), np.zeros(500), np.full(3, 1e-3)])
def test_silence_and_less_than_a_moment_are_left_alone(powers: np.ndarray) -> None:
    assert not night.ride(powers, HOP_S, RATE_HZ, 6.0).db.any()
    assert np.allclose(night.ride(powers, HOP_S, RATE_HZ, 6.0).gains(-10, 400), 1.0)


@pytest.mark.parametrize("hops", [1, 2, 7, 40, 41])
def test_what_lasts_is_what_an_opening_leaves(hops: int) -> None:
    values = np.maximum(0.0, np.random.default_rng(hops).standard_normal(300))
    edge = np.zeros(hops)
    wanted = ndimage.grey_opening(np.concatenate([edge, values, edge]), (hops,))[hops:-hops]
    assert np.array_equal(night._lasting(values, hops * HOP_S, HOP_S), wanted)


def test_the_gain_is_a_function_of_position() -> None:
    ride = night.ride(powers_of(DRAMA), HOP_S, RATE_HZ, 6.0)
    whole = ride.gains(0, 900_000)
    for size in (997, 4096, 100_000):
        cut = np.concatenate([ride.gains(at, min(at + size, 900_000)) for at in range(0, 900_000, size)])
        assert np.array_equal(cut, whole)


def test_what_was_foreseen_on_powers_is_what_is_heard() -> None:
    levels = [(6.0, 0.003), (8.0, 0.05), (5.0, 0.008), (0.2, 0.6), (9.0, 0.05)]
    audio = np.concatenate([noise(round(s * RATE_HZ), 2, str(n), level) for n, (s, level) in enumerate(levels)])
    meter = PowerMeter(RATE_HZ, 2)
    meter.push(audio)
    ride = night.ride(meter.powers(), HOP_S, RATE_HZ, 6.0)
    heard = PowerMeter(RATE_HZ, 2)
    heard.push(audio * ride.gains(0, len(audio))[:, None])
    foreseen = meter.powers() * 10.0 ** (ride.db / 10.0)
    assert loudness_range(heard.powers()) == pytest.approx(loudness_range(foreseen), abs=0.1)
    assert integrated(heard.powers()) == pytest.approx(integrated(foreseen), abs=0.05)
