"""What every test shares: arithmetic slips raise, and golden files change only on purpose. Long files begin first."""

import gc
import os
from pathlib import Path

# As the command does, and before numpy is loaded: with several threads, BLAS need not give the same last bits twice.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import numpy as np
import pytest

from producer import memory

memory.few_arenas()  # as every render does: what is asked for a part is used again for the next
# Nearly all that is made while tests are collected stays: looking through it for circles takes a fifth of that time.
gc.disable()

# No example has a deadline: on a machine that does something else, too, any of them may take long now and then.
hypothesis.settings.register_profile("daily", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("daily")
# `pytest --hypothesis-profile deep` searches on where the daily run stops: many more examples, others every time.
hypothesis.settings.register_profile("deep", max_examples=2000, deadline=None, derandomize=False, print_blob=True)


_LONG = (
    "test_swap.py",
    "test_recognisable.py",
    "test_faults.py",
    "test_edits.py",
    "test_recipes.py",
    "test_flagship.py",
    "test_studio.py",
    "test_takes_flagship.py",
    "test_crew.py",
    "test_docs.py",
    "test_preview_scene.py",
    "test_season_cluster.py",
    "test_season.py",
    "test_benchmarks.py",
    "test_edition_flagship.py",
    "test_worlds.py",
    "test_align.py",
    "test_voice_command.py",
    "test_knobs.py",
    "test_takes.py",
    "test_voice_piper.py",
    "test_mixes.py",
    "test_audit_clean.py",
    "test_coarse_codecs.py",
)
"""Files of which each takes half a minute and more, longest first, but for the flagship's: it begins when the one that
swaps packs has spoken and computed what it takes. Some have few tests, and would else come last, when nobody else has
anything to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(_LONG)}
    gone = [name for name in _LONG if not (Path(__file__).parent / name).is_file()]
    if gone:
        raise pytest.UsageError(f"tests/conftest.py names files that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: ranks.get(item.path.name, len(_LONG)))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: Python need not look through all of it for circles of references again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def _floating_point_errors_raise() -> None:
    np.seterr(divide="raise", invalid="raise", over="raise", under="ignore")
