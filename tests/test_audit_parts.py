"""A programme listened to in parts is heard as if it had been listened to as a whole."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.audio import Audio
from producer.audit.parts import BrokenPartError, Part, listened, run_in
from producer.audit.programme import Heard
from producer.dsp import grid
from producer.dsp.loudness import even_hops, grid_powers
from tests import audit_helpers
from tests.mix_helpers import noise, voice

RATE = 44100
QUANTUM = grid.quantum_samples(RATE)


def programme(rate_hz: int = RATE) -> Audio:
    """13 s: speech at half the level on the right, a loud burst, silence, very quiet speech, and an odd last hop."""
    said = voice(4.0, rate_hz) * np.float32([1.0, 0.5])
    burst = noise(rate_hz // 2, 2, "burst", 0.12) + np.float32(0.1)
    still = np.zeros((2 * rate_hz, 2), np.float32)
    return np.concatenate([said, burst, still, said * np.float32(0.002), said[: 2 * rate_hz + 123]])


WHOLE = programme()
ONCE = audit_helpers.listened(WHOLE, RATE).heard()


def parts_of(audio: Audio, cuts: Sequence[int], rate_hz: int = RATE) -> list[Part]:
    """Parts between `cuts`, each listened to with no more around it than it needs."""
    edges = [0, *cuts, len(audio)]
    made = []
    for start, stop in pairwise(edges):
        begin, end = max(0, start - run_in(rate_hz)), min(len(audio), stop + grid.frame_samples(rate_hz) // 2)
        made.append(listened(audio[begin:end], begin, start, stop, rate_hz))
    return made


def alike(found: Heard, wanted: Heard) -> None:
    one, other = found.loudness, wanted.loudness
    assert one.samples == other.samples
    assert one.integrated_lufs == pytest.approx(other.integrated_lufs, abs=0.005)
    assert one.max_short_term_lufs == pytest.approx(other.max_short_term_lufs, abs=0.01)
    assert one.max_momentary_lufs == pytest.approx(other.max_momentary_lufs, abs=0.05)  # hops that end elsewhere
    assert one.range_lu == pytest.approx(other.range_lu, abs=0.05)
    assert one.true_peak_dbtp == pytest.approx(other.true_peak_dbtp, abs=1e-5)
    assert one.sample_peak_db == pytest.approx(other.sample_peak_db, abs=1e-5)
    assert abs(found.peak_at - wanted.peak_at) <= 1
    assert found.flat_tops == wanted.flat_tops
    assert np.abs(found.seen.cell_codes[:].astype(int) - wanted.seen.cell_codes[:]).max() <= 1
    assert np.abs(found.seen.moment_codes[:].astype(int) - wanted.seen.moment_codes[:]).max() <= 1
    assert found.seen.channels[:] == pytest.approx(wanted.seen.channels[:], rel=2e-3, abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(cuts=st.sets(st.integers(1, len(WHOLE) // QUANTUM), max_size=5))
def test_parts_joined_are_the_whole_wherever_it_is_cut(cuts: set[int]) -> None:
    alike(Heard.joined(parts_of(WHOLE, [cut * QUANTUM for cut in sorted(cuts)])), ONCE)


@pytest.mark.parametrize("rate_hz", [24000, 32000, 48000, 96000])
def test_so_it_is_at_every_rate(rate_hz: int) -> None:
    audio = programme(rate_hz)
    cuts = [20 * grid.quantum_samples(rate_hz), 71 * grid.quantum_samples(rate_hz)]
    alike(Heard.joined(parts_of(audio, cuts, rate_hz)), audit_helpers.listened(audio, rate_hz).heard())


def test_of_one_channel_likewise() -> None:
    audio = WHOLE[:, :1].copy()
    alike(Heard.joined(parts_of(audio, [40 * QUANTUM])), audit_helpers.listened(audio, RATE).heard())


def test_a_part_is_the_same_wherever_it_stands_and_however_much_more_is_given() -> None:
    start, stop = 10 * QUANTUM, 50 * QUANTUM
    once = parts_of(WHOLE, [start, stop])[1].to_bytes()
    assert listened(WHOLE, 0, start, stop, RATE).to_bytes() == once
    later = np.concatenate([noise(7 * QUANTUM, 2, "before", 0.5), WHOLE[start - run_in(RATE) :]])
    begin = 7 * QUANTUM + run_in(RATE)
    assert listened(later, 0, begin, begin + stop - start, RATE).to_bytes() == once


def test_what_was_kept_is_what_was_heard() -> None:
    for part in parts_of(WHOLE, [QUANTUM * 33]):
        data = part.to_bytes()
        again = Part.from_bytes(data)
        assert again.to_bytes() == data
        alike(Heard.joined([again]), Heard.joined([part]))
        assert np.array_equal(again.powers, part.powers) and np.array_equal(again.seen.channels, part.seen.channels)
        assert len(data) < 2500 * part.seen.samples / RATE + 500  # noise and bursts; a drama has half of it


@pytest.mark.parametrize("broken", [b"", b"PART", b"no part at all" * 20])
def test_what_is_no_part_is_refused(broken: bytes) -> None:
    with pytest.raises(BrokenPartError, match="no part"):
        Part.from_bytes(broken)


def test_one_that_was_cut_off_is_refused() -> None:
    data = parts_of(WHOLE, [])[0].to_bytes()
    with pytest.raises(BrokenPartError):
        Part.from_bytes(data[:-100])


@pytest.mark.parametrize("reach", [(-2, 2), (-1, 1), (0, 3), (-3, 0), (-QUANTUM - 5, 7)])
def test_flat_tops_are_one_across_a_border(reach: tuple[int, int]) -> None:
    audio = WHOLE.copy()
    low, high = 20 * QUANTUM + reach[0], 20 * QUANTUM + reach[1]
    audio[low:high, 1] = 1.0
    found = Heard.joined(parts_of(audio, [19 * QUANTUM, 20 * QUANTUM, 21 * QUANTUM]))
    assert found.flat_tops == (((low, high),) if high - low >= 3 else ())
    assert found.flat_tops == audit_helpers.listened(audio, RATE).heard().flat_tops


def test_a_part_without_what_comes_before_it_is_refused() -> None:
    with pytest.raises(ValueError, match="needs"):
        listened(WHOLE[QUANTUM:], QUANTUM, QUANTUM, 3 * QUANTUM, RATE)
    with pytest.raises(ValueError, match="begin on a frame"):
        listened(WHOLE, 0, QUANTUM + 1, 3 * QUANTUM, RATE)


def test_hops_of_10_ms_keep_all_the_power_and_none_of_it_reaches_far() -> None:
    chance = np.random.default_rng(3)
    fine = chance.uniform(0.0, 1.0, 49 * 7)
    samples = len(fine) * 384 // 441 * 441
    hops, hop_s = even_hops(fine, len(fine) * 384, RATE)
    assert hop_s == 0.01
    assert hops.sum() * 441 == pytest.approx(fine.sum() * 384 - fine[-1] * (len(fine) * 384 - samples), rel=1e-12)
    fine[:100] *= 1e12
    again, _ = even_hops(fine, len(fine) * 384, RATE)
    assert np.array_equal(again[90:], hops[90:])


def test_the_filter_has_forgotten_what_is_beyond_its_run_in() -> None:
    rumble = np.sin(2 * np.pi * 25.0 * np.arange(3 * RATE) / RATE)[:, None].astype(np.float32).repeat(2, 1)
    start = 20 * QUANTUM
    whole = grid_powers(rumble[:0], rumble, RATE)[start // grid.hop_samples(RATE) :]
    part = grid_powers(rumble[start - run_in(RATE) : start], rumble[start:], RATE)
    assert part == pytest.approx(whole, rel=1e-6)
