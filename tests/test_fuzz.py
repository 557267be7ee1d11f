"""The short part of `python -m fuzz` that runs every day; hours of it are one command away (CONTRIBUTING.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import cases, scripts
from producer.script import read
from producer.script.compose import read_tree
from tests.face_helpers import cache

__all__ = ["cache"]

ROOT = Path(__file__).parent.parent
COUNTS = {"scripts": 100, "packs": 9, "sounds": 150, "documents": 8, "render": 2}


@pytest.mark.parametrize("part", COUNTS)
def test_nothing_that_is_made_breaks_anything(part: str, tmp_path: Path, cache: Path) -> None:
    asked = ["--count", str(COUNTS[part]), "--seed", "7000", "--keep", str(tmp_path), "--cache", str(cache)]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", part, *asked],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""  # what a library printed past Python would be here
    tried = sum(int(line.split()[0]) for line in done.stdout.splitlines() if ": exit " in line)
    assert tried == COUNTS[part]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_a_script_of_the_grammar_has_no_mistake_in_its_text(chance: Random) -> None:
    made = scripts.project(chance)
    text = str(made.files["script/play.yaml"])
    _, problems = read_tree(text, "script/play.yaml")
    assert problems == ()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 10**9))
def test_every_mistake_of_a_script_has_its_place(number: int) -> None:
    made = cases.case(number)
    content = made.files[made.script]
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    found = read(text, made.script).problems  # never raises
    assert all(one.at.file == made.script and one.what for one in found)
    assert all(one.at.line or "MiB" in one.what or "lines" in one.what for one in found)
