"""What every test shares: arithmetic slips raise, and golden files change only on purpose."""

import hypothesis
import numpy as np
import pytest

# `pytest --hypothesis-profile deep` searches on where the daily run stops: many more examples, others every time.
hypothesis.settings.register_profile("deep", max_examples=2000, deadline=None, derandomize=False, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def _floating_point_errors_raise() -> None:
    np.seterr(divide="raise", invalid="raise", over="raise", under="ignore")
