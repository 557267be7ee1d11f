"""Versions of libraries: what is told by a folder's name is what their own metadata say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from producer import installed


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which Python looks before all others."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    installed._installed.cache_clear()
    yield tmp_path
    installed._installed.cache_clear()


def test_every_library_here_has_the_version_that_its_metadata_say() -> None:
    names = {one.metadata["Name"] for one in metadata.distributions()}
    assert {"numpy", "imageio-ffmpeg", "pytest"} <= names
    assert {name: installed.version(name) for name in names} == {name: metadata.version(name) for name in names}


@pytest.mark.parametrize("spelt", ["a-library", "A.Library", "a_library", "a--library"])
def test_a_name_may_be_spelt_in_any_way(spelt: str, first: Path) -> None:
    (first / "A_library-2.1.post1.dist-info").mkdir()
    assert installed.version(spelt) == "2.1.post1"


def test_of_two_the_one_that_is_loaded_counts(first: Path) -> None:
    assert installed.version("numpy") == metadata.version("numpy")
    (first / "numpy-99.0.dist-info").mkdir()
    installed._installed.cache_clear()
    assert installed.version("numpy") == "99.0"


def test_what_is_installed_in_another_way_is_asked_for(first: Path) -> None:
    (first / "older.egg-info").mkdir()
    (first / "older.egg-info" / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: older\nVersion: 1.5\n", "utf-8")
    assert installed.version("older") == "1.5"


def test_what_is_not_there_has_no_version(first: Path) -> None:
    sys.path.append(str(first / "no folder"))
    with pytest.raises(ImportError):
        installed.version("nobody-has-this")
