"""The benchmarks run, and what they say beside the clock holds: levels, bytes, lengths. No time is asserted."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from producer.deliver import ffmpeg


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[benchmarks.Row], Path]:
    folder = tmp_path_factory.mktemp("bench")
    return benchmarks.main(["--quick", "--work", str(folder), "--markdown", str(folder / "table.md")]), folder


def test_every_row_is_there_with_finite_figures(run: tuple[list[benchmarks.Row], Path]) -> None:
    rows, folder = run
    names = {row.name for row in rows}
    assert {"ours, empty cache", "ours, takes kept", "encoder alone", "pydub", "ffmpeg", "--draft --scene"} <= names
    assert all(isfinite(row.cost.wall_s) and row.cost.wall_s > 0 and row.cost.cpu_s > 0 for row in rows)
    table = (folder / "table.md").read_text("utf-8")
    assert all(f"| {name} |" in table for name in names)


def test_levels_are_what_the_script_asks(run: tuple[list[benchmarks.Row], Path]) -> None:
    note = next(row.note for row in run[0] if row.name == "ours, with stems")
    lines, hits = (float(figure) for figure in re.findall(r"within ([\d.]+) LU", note))
    assert lines <= 0.5
    assert hits <= 0.5
    assert int(re.findall(r"(\d+) hits", note)[0]) >= 1


def test_edits_give_the_bytes_of_a_clean_render(run: tuple[list[benchmarks.Row], Path]) -> None:
    edits = [row for row in run[0] if row.name.startswith("edit")]
    assert len(edits) == 3
    assert all("the same bytes" in row.note for row in edits)


def test_the_peers_make_the_whole_of_it(run: tuple[list[benchmarks.Row], Path]) -> None:
    for name in ("pydub", "ffmpeg"):
        made = sum(map(len, ffmpeg.decode(run[1] / "workload" / f"{name}.mp3", 2, 44100)))
        assert made / 44100 == pytest.approx(30.0, abs=0.2)
