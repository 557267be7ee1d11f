"""What is loaded when: a command starts fast because it loads what it needs, when it needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from scipy import signal

from producer import later


def loaded(code: str) -> frozenset[str]:
    """The modules that a fresh Python has loaded after `code`."""
    asks = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True, env=os.environ)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize(
    ("name", "library", "function"),
    [
        ("flac", "mutagen.flac", "FLAC"),
        ("fft", "scipy.fft", "ifft"),
        ("ndimage", "scipy.ndimage", "grey_opening"),
        ("signal", "scipy.signal", "resample_poly"),
    ],
)
def test_what_is_loaded_later_is_the_real_thing(name: str, library: str, function: str) -> None:
    assert getattr(getattr(later, name), function) is getattr(import_module(library), function)


def test_what_the_library_lacks_is_lacking_here() -> None:
    with pytest.raises(AttributeError, match="no_such_filter"):
        _ = later.signal.no_such_filter


def test_it_filters_as_the_library_does() -> None:
    sos = later.signal.butter(2, 0.2, output="sos")
    noise = np.random.default_rng(1).standard_normal(64)
    assert np.array_equal(later.signal.sosfilt(sos, noise), signal.sosfilt(sos, noise))


def test_help_loads_no_array() -> None:
    assert not {"numpy", "scipy", "yaml", "pydantic"} & loaded("import producer.cli")


@pytest.mark.parametrize(
    "module", ["producer.script", "producer.sounds.find", "producer.timeline.place", "producer.deliver.episode"]
)
def test_planning_loads_no_filters(module: str) -> None:
    heavy = {"scipy.signal", "scipy.ndimage", "scipy.fft", "scipy.stats", "PIL", "mutagen", "matplotlib"}
    assert not heavy & loaded(f"import {module}")


@pytest.mark.parametrize("module", ["producer.previewing", "producer.hand"])
def test_what_mixes_loads_no_documents_and_no_more_of_scipy_than_it_filters_with(module: str) -> None:
    heavy = {"scipy.signal", "scipy.ndimage", "scipy.fft", "scipy.stats", "PIL", "mutagen", "jinja2"}
    assert not (heavy | {"producer.audit.audit", "producer.page", "producer.paging"}) & loaded(f"import {module}")
