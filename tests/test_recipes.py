"""One contract for every recipe: whoever adds one to RECIPES is held to all of this."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.audio import as_mono, as_stereo
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from producer.model.foley import Made, Recipe
from producer.model.sound import SettingsAt

RATE = 44100
BEDS = sorted(name for name, recipe in RECIPES.items() if recipe.ambience)
HITS = sorted(name for name, recipe in RECIPES.items() if recipe.hit)
SUSTAINED = sorted(name for name in HITS if RECIPES[name].sustains)
FEW = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Given = tuple[tuple[str, float], ...]


@pytest.fixture(autouse=True)
def _no_floating_errors() -> object:
    with np.errstate(all="raise", under="ignore"):
        yield


def steady(recipe: Recipe, chosen: Mapping[str, float]) -> SettingsAt:
    filled = recipe.filled(chosen)
    return lambda times_s: {name: np.full(len(times_s), value) for name, value in filled.items()}


def anything(name: str) -> st.SearchStrategy[Given]:
    """Settings anywhere in their ranges, the ends more often than chance would have them."""
    knobs = RECIPES[name].settings
    each = {
        knob: st.one_of(st.sampled_from([s.low, s.high, s.default]), st.floats(s.low, s.high))
        for knob, s in knobs.items()
    }
    return st.fixed_dictionaries(each).map(lambda chosen: tuple(sorted(chosen.items())))


@lru_cache(maxsize=256)
def struck(name: str, chosen: Given = (), length_s: float | None = None, rate: int = RATE, seed: int = 5) -> Made:
    recipe = RECIPES[name]
    assert recipe.hit
    return recipe.hit(recipe.filled(dict(chosen)), length_s, rate, seed)


@lru_cache(maxsize=64)
def heard(
    name: str, chosen: Given = (), start_s: float = 0.0, stop_s: float = 2.0, rate: int = RATE, seed: int = 5
) -> np.ndarray:
    recipe = RECIPES[name]
    assert recipe.ambience
    return recipe.ambience(steady(recipe, dict(chosen)), round(start_s * rate), round(stop_s * rate), rate, seed)


def fold_loss_lu(audio: np.ndarray, rate: int) -> float:
    return loudness(as_stereo(audio), rate) - loudness(as_stereo(as_mono(audio)), rate)


def assert_clean(audio: np.ndarray) -> None:
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() < 1.0
    assert np.abs(audio.mean(axis=0, dtype=np.float64)).max() < 1e-3, "an offset over -60 dBFS"


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_describes_itself(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.name == name
    assert (recipe.hit is None) != (recipe.ambience is None)
    assert (recipe.kind == "bed") == (recipe.ambience is not None)
    assert recipe.says
    assert recipe.settings
    for setting in recipe.settings.values():
        assert setting.low < setting.high
        assert setting.low <= setting.default <= setting.high
        assert setting.says


@pytest.mark.parametrize("name", HITS)
def test_a_hit_is_clean_at_any_setting(name: str) -> None:
    @FEW
    @given(chosen=anything(name))
    def check(chosen: Given) -> None:
        made = struck(name, chosen)
        assert made.audio.ndim == 2
        assert made.audio.shape[1] in (1, 2)
        assert 0 <= made.onset < len(made.audio)
        assert_clean(made.audio)

    check()


@pytest.mark.parametrize("name", HITS)
def test_a_hit_begins_and_ends_without_a_click(name: str) -> None:
    @FEW
    @given(chosen=anything(name))
    def check(chosen: Given) -> None:
        audio = np.abs(struck(name, chosen).audio)
        peak = audio.max()
        edge = round(0.002 * RATE)
        assert peak > 0.0
        assert audio[0].max() < 0.02 * peak
        assert audio[-1].max() < 0.02 * peak
        assert audio[-edge:].max() < 0.15 * peak

    check()


@pytest.mark.parametrize("name", HITS)
def test_the_same_seed_strikes_the_same_hit_and_another_seed_another(name: str) -> None:
    first = struck(name)
    struck.cache_clear()
    assert np.array_equal(first.audio, struck(name).audio)
    other = struck(name, seed=6)
    assert len(other.audio) != len(first.audio) or not np.array_equal(first.audio, other.audio)


@pytest.mark.parametrize("name", HITS)
def test_a_hit_folds_to_mono_and_is_as_loud_at_either_rate(name: str) -> None:
    at = {rate: struck(name, rate=rate) for rate in (44100, 48000)}
    loud = {rate: loudness(as_stereo(made.audio), rate) for rate, made in at.items()}
    assert fold_loss_lu(at[44100].audio, 44100) < 3.0
    assert loud[44100] == pytest.approx(loud[48000], abs=1.5)
    assert at[44100].onset / 44100 == pytest.approx(at[48000].onset / 48000, abs=0.02)


@pytest.mark.parametrize("name", SUSTAINED)
@pytest.mark.parametrize("length_s", [0.25, 1.7])
def test_a_hit_that_sustains_has_exactly_the_length_asked_for(name: str, length_s: float) -> None:
    made = struck(name, length_s=length_s)
    assert len(made.audio) == round(length_s * RATE)
    assert 0 <= made.onset < len(made.audio)
    assert_clean(made.audio)


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_is_clean_and_folds_to_mono_at_any_setting(name: str) -> None:
    @FEW
    @given(chosen=anything(name))
    def check(chosen: Given) -> None:
        audio = heard(name, chosen)
        assert audio.shape == (2 * RATE, 2)
        assert_clean(audio)
        if np.abs(audio).max() > 1e-4:
            assert fold_loss_lu(audio, RATE) < 3.0

    check()


@pytest.mark.parametrize("name", BEDS)
def test_however_a_bed_is_cut_each_sample_is_the_same_to_the_last_bit(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.ambience
    begin, end = 31 * RATE + 17, 33 * RATE + 5

    def ridden(times_s: np.ndarray) -> dict[str, np.ndarray]:
        share = 0.5 + 0.4 * np.sin(0.7 * times_s)
        return {knob: s.low + (s.high - s.low) * share for knob, s in recipe.settings.items()}

    whole = recipe.ambience(ridden, begin, end, RATE, 3)

    @FEW
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
def test_another_seed_makes_another_bed(name: str) -> None:
    assert not np.array_equal(heard(name, stop_s=6.0), heard(name, stop_s=6.0, seed=6))


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_sounds_alike_at_either_rate(name: str) -> None:
    """Loudness within 0.3 LU, and each octave's power within 0.5 dB, over the same stretch of time."""
    chosen = (("rate", 4.0),) if "rate" in RECIPES[name].settings else ()
    power = {}
    for rate in (44100, 48000):
        audio = heard(name, chosen, 0.0, 6.0, rate)
        spectrum = np.abs(np.fft.rfft(audio.astype(np.float64), axis=0)).mean(axis=1) ** 2 / (len(audio) * rate)
        hz = np.fft.rfftfreq(len(audio), 1.0 / rate)
        edges = 62.5 * 2.0 ** np.arange(8)
        bands = [spectrum[(hz >= low) & (hz < 2.0 * low)].sum() for low in edges]
        power[rate] = (loudness(audio, rate), 10.0 * np.log10(np.array(bands) + 1e-15))
    assert power[44100][0] == pytest.approx(power[48000][0], abs=0.3)
    audible = power[48000][1] > power[48000][1].max() - 60.0
    assert np.abs(power[44100][1] - power[48000][1])[audible].max() < 0.5


@pytest.mark.parametrize("name", BEDS)
def test_riding_every_knob_of_a_bed_makes_no_jump(name: str) -> None:
    """The steepest step while every knob goes from end to end is about as steep as at rest on the way."""
    recipe = RECIPES[name]
    assert recipe.ambience

    def at(share: np.ndarray) -> dict[str, np.ndarray]:
        return {knob: s.low + (s.high - s.low) * share for knob, s in recipe.settings.items()}

    def steepest(audio: np.ndarray) -> float:
        return float(np.abs(np.diff(audio, axis=0)).max())

    rest = [recipe.ambience(lambda t, k=k: at(np.full(len(t), k)), 0, 3 * RATE, RATE, 3) for k in (0.0, 0.5, 1.0)]
    ridden = recipe.ambience(lambda t: at(np.clip(t / 3.0, 0.0, 1.0)), 0, 3 * RATE, RATE, 3)
    assert_clean(ridden)
    assert steepest(ridden) < 1.6 * max(map(steepest, rest))


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_never_repeats(name: str) -> None:
    """Over a minute the 10 ms envelope resembles itself at no distance beyond a second (autocorrelation under 0.5)."""
    rate = 24000
    mono = heard(name, (), 0.0, 60.0, rate).mean(axis=1, dtype=np.float64)
    heard.cache_clear()  # a minute is large
    envelope = np.sqrt(np.mean(mono.reshape(-1, rate // 100) ** 2, axis=1))
    envelope -= envelope.mean()
    count = len(envelope)
    alike = np.fft.irfft(np.abs(np.fft.rfft(envelope, 2 * count)) ** 2)[: count // 2]
    alike *= count / (count - np.arange(count // 2)) / alike[0]
    assert alike[100:].max() < 0.5
