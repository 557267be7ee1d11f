"""One contract for every recipe, whatever its settings: whoever adds one to RECIPES is held to all of this.

Here are hits; test_recipes_beds.py has beds; recipe_helpers.py says what a fault is, and how to search deeper.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from producer.audio import as_stereo
from producer.dsp.loudness import loudness
from producer.foley import RECIPES
from tests.recipe_helpers import (
    HITS,
    RATE,
    SUSTAINED,
    Asked,
    a_hit,
    a_sustained_hit,
    examples,
    hit_faults,
    struck,
)


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
def test_a_hit_has_no_fault_at_any_setting(name: str) -> None:
    @examples(15 if name in SUSTAINED else 25)  # settings of what sustains are searched below as well
    @given(asked=a_hit(name))
    def check(asked: Asked) -> None:
        assert hit_faults(struck(name, asked), asked) == []

    check()


@pytest.mark.parametrize("name", SUSTAINED)
def test_a_hit_that_sustains_has_exactly_the_length_asked_for_and_no_fault(name: str) -> None:
    @examples(20)
    @given(asked=a_sustained_hit(name))
    def check(asked: Asked) -> None:
        assert hit_faults(struck(name, asked), asked) == []

    check()


@pytest.mark.parametrize("name", HITS)
def test_the_same_seed_strikes_the_same_hit_and_another_seed_another(name: str) -> None:
    @examples(5)
    @given(asked=a_hit(name))
    def check(asked: Asked) -> None:
        if name in SUSTAINED:
            asked = asked._replace(length_s=1.0)  # three strikes of half a dozen seconds would prove no more
        first, again = struck(name, asked), struck(name, asked)
        other = struck(name, asked._replace(seed=asked.seed ^ 1))
        assert first.onset == again.onset
        assert np.array_equal(first.audio, again.audio)
        assert not np.array_equal(first.audio, other.audio)

    check()


@pytest.mark.parametrize("name", HITS)
def test_a_hit_is_as_loud_and_as_early_at_either_rate(name: str) -> None:
    asked = Asked({}, 5)
    at = {rate: struck(name, asked, rate) for rate in (RATE, 48000)}
    loud = {rate: loudness(as_stereo(made.audio), rate) for rate, made in at.items()}
    assert hit_faults(at[48000], asked, 48000) == []
    assert loud[RATE] == pytest.approx(loud[48000], abs=1.5)
    assert at[RATE].onset / RATE == pytest.approx(at[48000].onset / 48000, abs=0.02)
