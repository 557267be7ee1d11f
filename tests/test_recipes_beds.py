"""One contract for every bed, whatever its settings and wherever it is read; test_recipes.py has hits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from producer.audio import Audio
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.foley.drone import STIR
from tests.recipe_helpers import (
    BEDS,
    RATE,
    Asked,
    a_stretch,
    corners,
    examples,
    faults,
    heard,
    likeness,
    steady,
    stretch_faults,
)

EVEN = {"drone": {"motion": STIR}, "drip": {"rate": 0.2}}
"""Below these a bed is asked to repeat itself: tones that stand still are one wave again and again, and of three drops
a minute, a beat apart, any two are as far apart as any others."""
DRAWN = 5  # settings at which a bed is heard for a minute, besides resting, lowest and highest


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_has_no_fault_at_any_setting(name: str) -> None:
    @examples(25)
    @given(asked=a_stretch(name))
    def check(asked: Asked) -> None:
        assert stretch_faults(heard(name, asked, 4.0), 4.0) == []

    check()


@pytest.mark.parametrize("corner", ["resting", "lowest", "highest", *(f"drawn {draw}" for draw in range(DRAWN))])
@pytest.mark.parametrize("name", BEDS)
def test_a_bed_never_repeats(name: str, corner: str) -> None:
    """Over a minute the 10 ms envelope resembles itself at no distance beyond a second (autocorrelation under 0.5)."""
    rate = 24000
    chosen = corners(name, DRAWN)[corner]
    chosen |= {knob: max(chosen[knob], least) for knob, least in EVEN.get(name, {}).items()}
    alike, at_s = likeness(heard(name, Asked(chosen, 5), 60.0, rate), rate)
    assert alike < 0.5, f"{alike:.2f} at {at_s:.2f} s with {chosen}"


@pytest.mark.parametrize("name", BEDS)
def test_another_seed_makes_another_bed(name: str) -> None:
    @examples(5)
    @given(asked=a_stretch(name))
    def check(asked: Asked) -> None:
        audio = heard(name, asked, 6.0)
        assume(audio.any())  # six seconds may pass between two drips
        assert not np.array_equal(audio, heard(name, asked._replace(seed=asked.seed ^ 1), 6.0))

    check()


@pytest.mark.parametrize("name", BEDS)
def test_however_a_bed_is_cut_each_sample_is_the_same_to_the_last_bit(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.ambience
    begin, end = 31 * RATE + 17, 33 * RATE + 5

    def ridden(times_s: np.ndarray) -> dict[str, np.ndarray]:
        """Each knob by itself, and at rest at its ends for a while."""
        shares = [np.clip(0.5 + np.sin(2.0 * times_s + number), 0.0, 1.0) for number in range(len(recipe.settings))]
        return {k: s.low + (s.high - s.low) * at for (k, s), at in zip(recipe.settings.items(), shares, strict=True)}

    whole = recipe.ambience(ridden, begin, end, RATE, 3)

    @examples(4)
    @given(cuts=st.lists(st.integers(begin, end), min_size=1, max_size=5))
    def check(cuts: list[int]) -> None:
        edges = [begin, *sorted(cuts), end]
        parts = [recipe.ambience(ridden, a, b, RATE, 3) for a, b in pairwise(edges)]
        assert np.array_equal(whole, np.concatenate(parts))

    check()


@pytest.mark.parametrize("name", BEDS)
def test_one_sample_of_a_bed_can_be_read_alone(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.ambience
    calm = steady(recipe, {})
    whole = recipe.ambience(calm, 0, RATE, RATE, 3)
    for at in (0, 1, 1763, 1764, 20000):
        assert np.array_equal(whole[at : at + 1], recipe.ambience(calm, at, at + 1, RATE, 3))
    assert recipe.ambience(calm, 500, 500, RATE, 3).shape == (0, 2)


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_sounds_alike_at_either_rate(name: str) -> None:
    """Loudness within 0.3 LU, and each octave's power within 0.5 dB, over the same stretch of time."""
    asked = Asked({"rate": 4.0} if "rate" in RECIPES[name].settings else {}, 5)
    power = {}
    for rate in (RATE, 48000):
        audio = heard(name, asked, 6.0, rate)
        spectrum = np.abs(np.fft.rfft(audio.astype(np.float64), axis=0)).mean(axis=1) ** 2 / (len(audio) * rate)
        hz = np.fft.rfftfreq(len(audio), 1.0 / rate)
        edges = 62.5 * 2.0 ** np.arange(8)
        bands = [spectrum[(hz >= low) & (hz < 2.0 * low)].sum() for low in edges]
        power[rate] = (loudness(audio, rate), 10.0 * np.log10(np.array(bands) + 1e-15))
    assert power[RATE][0] == pytest.approx(power[48000][0], abs=0.3)
    audible = power[48000][1] > power[48000][1].max() - 60.0
    assert np.abs(power[RATE][1] - power[48000][1])[audible].max() < 0.5


@pytest.mark.parametrize("name", BEDS)
def test_riding_every_knob_of_a_bed_makes_no_jump(name: str) -> None:
    """The steepest step while every knob goes from end to end is about as steep as at rest on the way."""
    recipe = RECIPES[name]
    assert recipe.ambience

    def at(share: np.ndarray) -> dict[str, np.ndarray]:
        return {knob: s.low + (s.high - s.low) * share for knob, s in recipe.settings.items()}

    def steepest(audio: Audio) -> float:
        return float(np.abs(np.diff(audio, axis=0)).max())

    rest = [recipe.ambience(lambda t, k=k: at(np.full(len(t), k)), 0, 3 * RATE, RATE, 3) for k in (0.0, 0.5, 1.0)]
    ridden = recipe.ambience(lambda t: at(np.clip(t / 3.0, 0.0, 1.0)), 0, 3 * RATE, RATE, 3)
    assert faults(ridden) == []
    assert steepest(ridden) < 1.6 * max(map(steepest, rest))
