import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.dsp.envelopes import along, amplitude, fade, within_slopes
from producer.model.timeline import Ramp

POINTS = st.lists(st.tuples(st.integers(0, 200), st.floats(-60, 20)), min_size=1, max_size=6).map(
    lambda points: Ramp(tuple(sorted(points, key=lambda point: point[0])))
)


def test_a_ramp_is_straight_between_its_points_and_held_outside() -> None:
    ramp = Ramp(((10, 0.0), (20, 10.0)))
    assert np.array_equal(np.asarray(along(ramp, 8, 23, 1000))[[0, 2, 7, 12, 14]], [0.0, 0.0, 5.0, 10.0, 10.0])


def test_a_ramp_that_is_still_is_one_number() -> None:
    assert along(Ramp.still(-12.0), 0, 1000, 48000) == -12.0


@settings(deadline=None, max_examples=60)
@given(POINTS, st.integers(0, 200))
def test_a_ramp_read_in_two_pieces_is_the_ramp_read_in_one(ramp: Ramp, cut: int) -> None:
    def read(start: int, stop: int) -> np.ndarray:
        return np.broadcast_to(along(ramp, start, stop, 1000), (stop - start,))

    assert np.array_equal(np.concatenate([read(0, cut), read(cut, 200)]), read(0, 200))


def test_a_jump_takes_five_milliseconds() -> None:
    jump = np.asarray(along(Ramp(((4800, 0.0), (4800, 1.0))), 0, 9600, 48000))
    assert jump[4800] == 0.0
    assert jump[4800 + 240] == 1.0
    assert np.abs(np.diff(jump)).max() == pytest.approx(1 / 240)


def test_fades_that_cross_keep_power_or_sum() -> None:
    for shape, power in (("power", 2), ("cosine", 1)):
        into = fade(0, 100, into=(0, 100), shape=shape)  # type: ignore[arg-type]
        out = fade(0, 100, out=(0, 100), shape=shape)  # type: ignore[arg-type]
        assert into is not None
        assert out is not None
        assert np.allclose(into**power + out**power, 1.0)


def test_a_fade_that_is_not_met_is_none() -> None:
    assert fade(100, 200, into=(0, 100), out=(200, 50), shape="power") is None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=80), st.floats(0.05, 3), st.floats(0.05, 3))
def test_slopes_are_kept_and_nothing_wanted_is_missed(wanted: list[float], climb: float, fall: float) -> None:
    curve = within_slopes(np.array(wanted), climb, fall)
    assert np.all(curve >= np.array(wanted))
    steps = np.diff(curve)
    assert np.all(steps <= climb + 1e-9)
    assert np.all(steps >= -fall - 1e-9)
    # It is the lowest such curve: every value is wanted somewhere, less the slope's share of the way.
    index = np.arange(len(wanted))
    way = index[:, None] - index[None, :]
    cones = np.array(wanted)[None, :] - np.where(way > 0, way * fall, -way * climb)
    assert np.allclose(curve, cones.max(axis=1))


def test_amplitude_of_decibels() -> None:
    assert amplitude(-20.0) == pytest.approx(0.1)
    assert np.allclose(amplitude(np.array([0.0, 20.0])), [1.0, 10.0])
