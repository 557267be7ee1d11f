"""The simulation of a season on many workers: it adds up, and says what holds the season up."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import scaling
from benchmarks.scaling import World, simulate

ROOT = Path(__file__).parent.parent
SMALL = World(episodes=40, languages=2, length_s=600.0, slow=0.0, lost=0.0)


def test_one_worker_takes_as_long_as_all_that_it_does() -> None:
    free = replace(SMALL, answer_s=0.0, scheduled_s=1e-9, input_bytes=0.0, stored_per_s=0.0, output_per_s=0.0)
    run = simulate(replace(free, storage_puts_s=1e12), 1)
    assert run.seconds == pytest.approx(run.work_s + run.bounds["reading the scripts"], rel=1e-6)
    assert run.why == "the work"


@settings(deadline=None, max_examples=30)
@given(workers=st.integers(1, 400), answer_s=st.floats(0.0, 0.2), seed=st.integers(0, 5))
def test_no_season_is_done_before_each_of_its_bounds(workers: int, answer_s: float, seed: int) -> None:
    run = simulate(replace(SMALL, answer_s=answer_s), workers, seed)
    assert run.seconds >= 0.999 * max(run.bounds.values())
    assert run.faster <= workers


def test_more_workers_are_no_slower_and_at_last_no_faster() -> None:
    runs = [simulate(SMALL, workers) for workers in (1, 4, 16, 64, 256, 1000)]
    taken = [run.seconds for run in runs]
    assert all(more <= 1.02 * fewer for fewer, more in itertools.pairwise(taken))
    assert taken[-1] > 0.7 * taken[-2]
    assert runs[-1].why != "the work"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"asker_bytes_s": 1e5}, "fetching what was made"),
        ({"storage_bytes_s": 1e6}, "the storage's width"),
        ({"storage_puts_s": 2.0}, "the storage's entries"),
        ({"readers": 1, "read_per_s": 0.1}, "reading the scripts"),
        ({"scheduled_s": 10.0}, "the scheduler"),
        ({"answer_s": 60.0}, "waiting for the storage's answers"),
    ],
)
def test_what_is_made_narrow_is_what_is_named(changed: dict[str, float], why: str) -> None:
    run = simulate(replace(SMALL, **changed), 50)  # type: ignore[arg-type]
    assert run.why == why
    assert run.seconds >= run.bounds[why]


def test_the_same_seed_is_the_same_season() -> None:
    world = replace(SMALL, slow=0.1, lost=0.1)
    assert simulate(world, 30, 7) == simulate(world, 30, 7)
    assert simulate(world, 30, 7) != simulate(world, 30, 8)
    assert simulate(world, 30, 7).seconds > simulate(SMALL, 30, 7).seconds


def test_the_page_has_the_figures_of_the_measured_times(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scaling.main(["--svg", str(tmp_path / "scaling.svg")])
    printed = capsys.readouterr().out.strip()
    page = (ROOT / "docs" / "season.md").read_text("utf-8")
    assert printed in page, "python -m benchmarks.scaling has other figures: put them into docs/season.md"
    drawn = (tmp_path / "scaling.svg").read_text("utf-8")
    assert drawn == (ROOT / "docs" / "scaling.svg").read_text("utf-8"), "redraw it: --svg docs/scaling.svg"
    assert len(re.findall(r"<circle", drawn)) == 3 * len(scaling.WORKERS)
