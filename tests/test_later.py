"""Libraries that are loaded when they are wanted, and no more of them than that."""

import subprocess
import sys

FILTERED_ONLY = """
import sys
from producer.later import signal
assert "scipy" not in sys.modules
assert signal.sosfilt([[1.0, 0, 0, 1.0, 0, 0]], [1.0, 2.0]).tolist() == [1.0, 2.0]
print("scipy.stats" in sys.modules)
"""
STATISTICS_AFTER_ALL = """
import numpy as np
from producer.later import signal
signal.sosfilt
peak = np.exp(-np.square(np.arange(-50, 50) / 4.0))
print([abs(at - 50) <= 1 for at in signal.find_peaks_cwt(peak, np.arange(3, 8)).tolist()])
from scipy import stats
print(stats.scoreatpercentile(np.arange(11), 50), stats.norm.cdf(0.0))
"""
STATISTICS_FIRST = """
from scipy import stats
from producer.later import signal
print(signal.sosfilt is not None, stats.norm.cdf(0.0))
"""


def said(program: str) -> list[str]:
    """What a fresh interpreter prints."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.split("\n")[:-1]


def test_filters_come_without_statistics() -> None:
    assert said(FILTERED_ONLY) == ["False"]


def test_statistics_come_where_they_are_wanted_after_all() -> None:
    assert said(STATISTICS_AFTER_ALL) == ["[True]", "5.0 0.5"]


def test_statistics_that_are_there_already_are_used() -> None:
    assert said(STATISTICS_FIRST) == ["True 0.5"]
