"""No click where a bed is cut: the ends of what is read are like the rest of it."""

from __future__ import annotations

import numpy as np
import pytest

from producer.foley import RECIPES
from tests.foley_bed_helpers import RATE

BEDS = sorted(name for name, recipe in RECIPES.items() if recipe.ambience)


@pytest.mark.parametrize("name", BEDS)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_first_and_last_two_milliseconds_step_no_further_than_the_rest(name: str, share: float) -> None:
    """Against the step that one in ten thousand passes, times 1.5: noise passes that factor once in 10⁸ steps."""
    recipe = RECIPES[name]
    assert recipe.ambience
    knobs = {knob: s.low + (s.high - s.low) * share for knob, s in recipe.settings.items()}
    for start in (0, 7 * RATE + 123):
        made = recipe.ambience(
            lambda t: {knob: np.full(len(t), value) for knob, value in knobs.items()}, start, start + 4 * RATE, RATE, 2
        )
        steps = np.abs(np.diff(made, axis=0)).max(axis=1)
        usual = np.quantile(steps, 0.9999)
        ends = np.concatenate([steps[: round(0.002 * RATE)], steps[-round(0.002 * RATE) :]])
        assert ends.max() <= 1.5 * usual + 1e-9
