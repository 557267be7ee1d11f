"""A voice's pace is measured where it is needed, and comes out as if all of it had been."""

from __future__ import annotations

import pytest

from producer.voice.pace import bracket, rising

SPEEDS = (50.0, 80.0, 120.0, 180.0, 270.0, 400.0)
STEADY = dict(zip(SPEEDS, (60.0, 95.0, 150.0, 210.0, 330.0, 480.0), strict=True))
FALLING = STEADY | {180.0: 140.0}
"""A voice that is slower at a higher speed."""


@pytest.mark.parametrize("asked_wpm", [60.0, 94.9, 95.0, 100.0, 160.0, 330.0, 479.0])
@pytest.mark.parametrize("first", [10.0, 80.0, 130.0, 1000.0])
def test_wherever_it_begins_it_finds_the_speed_that_the_whole_curve_has(asked_wpm: float, first: float) -> None:
    whole = rising(SPEEDS, list(STEADY.values()))
    found = bracket(SPEEDS, asked_wpm, first, STEADY.__getitem__)
    assert len(found.speeds) == 2
    assert found.speed_for(asked_wpm) == pytest.approx(whole.speed_for(asked_wpm), rel=1e-12)


def test_a_rate_near_the_first_guess_takes_two_measurements() -> None:
    asked: list[float] = []
    bracket(SPEEDS, 160.0, 130.0, lambda speed: asked.append(speed) or STEADY[speed])
    assert set(asked) == {120.0, 180.0}


@pytest.mark.parametrize("asked_wpm", [10.0, 900.0])
def test_beyond_what_a_voice_can_the_whole_curve_tells_its_bounds(asked_wpm: float) -> None:
    found = bracket(SPEEDS, asked_wpm, 130.0, STEADY.__getitem__)
    assert (found.wpm[0], found.wpm[-1]) == (60.0, 480.0)


@pytest.mark.parametrize("asked_wpm", [60.0, 145.0, 200.0, 400.0])
@pytest.mark.parametrize("first", [10.0, 130.0, 200.0, 1000.0])
def test_a_curve_that_falls_on_its_way_still_has_a_speed_for_every_rate(asked_wpm: float, first: float) -> None:
    found = bracket(SPEEDS, asked_wpm, first, FALLING.__getitem__)
    assert found.wpm[0] <= asked_wpm <= found.wpm[-1]
