"""What every test shares: arithmetic slips raise, and golden files change only on purpose."""

import numpy as np
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def _floating_point_errors_raise() -> None:
    np.seterr(divide="raise", invalid="raise", over="raise", under="ignore")
