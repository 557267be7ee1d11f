"""The benchmarks run, and what they say beside the clock holds: levels, bytes, lengths. No time is asserted."""

from __future__ import annotations

import json
import re
import sys
from math import isfinite
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks import __main__ as benchmarks
from benchmarks import levels, measure, stages
from benchmarks.workload import RATE_HZ, Event, Workload
from producer.deliver import ffmpeg

EDIT = "edit: a pause"
Run = tuple[list[benchmarks.Row], Path]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmarks, "EDITS", {EDIT: benchmarks.EDITS[EDIT]})  # bytes after each edit: tests/test_edits.py
        written = ["--markdown", str(folder / "table.md"), "--json", str(folder / "table.json")]
        parts = "workload,peers,edits,preview,levels"
        return benchmarks.main(["--quick", "--only", parts, "--work", str(folder), *written]), folder


def test_every_row_is_there_with_finite_figures(run: Run) -> None:
    rows, folder = run
    ours = ["ours, empty cache", "ours, takes kept", "ours, nothing changed"]
    others = ["encoder alone", "pydub", "ffmpeg"]
    previews = ["--draft --scene", "--draft --scene, rendered", "--draft --scene, edited"]
    names = [*ours, *others, EDIT, *previews, "render --help", "ours, with stems"]
    assert [row.name for row in rows] == names
    for row in rows:
        assert all(isfinite(figure) and figure > 0 for figure in (row.cost.wall_s, row.cost.cpu_s, row.cost.memory_mb))
    table = (folder / "table.md").read_text("utf-8")
    assert re.findall(r"^\| ([^|]+) \| \d", table, re.MULTILINE) == names
    assert [row["name"] for row in json.loads((folder / "table.json").read_text("utf-8"))] == names


def test_the_ratio_to_the_encoder_is_of_this_run(run: Run) -> None:
    rows, folder = run
    wall_s = {row.name: row.cost.wall_s for row in rows}
    table = (folder / "table.md").read_text("utf-8")
    ratio = re.search(r"^\| ours, takes kept \|(?:[^|]*\|){4} ([\d.]+) \|", table, re.MULTILINE)
    assert ratio
    assert float(ratio[1]) == pytest.approx(wall_s["ours, takes kept"] / wall_s["encoder alone"], abs=0.006)


def test_a_row_of_another_length_stands_beside_the_encoder_for_each_second() -> None:
    alone = benchmarks.Row("encoder alone", measure.Cost(2.0, 4.0, 40.0), 60.0)
    longer = benchmarks.Row("flagship, full cache", measure.Cost(15.0, 20.0, 300.0), 300.0)
    *_, row = benchmarks.table([alone, longer])
    assert row.split(" | ")[4:6] == ["20", "1.50"]  # 0.05 s for each second, over 0.033


def test_levels_are_what_the_script_asks(run: Run) -> None:
    note = next(row.note for row in run[0] if row.name == "ours, with stems")
    lines, hits, beds = (float(figure) for figure in re.findall(r"within ([\d.]+) LU", note))
    assert max(lines, hits, beds) <= 0.5
    assert int(re.findall(r"(\d+) hits", note)[0]) >= 1


def test_an_edit_gives_the_bytes_of_a_clean_render(run: Run) -> None:
    assert next("the same bytes" in row.note for row in run[0] if row.name == EDIT)


def test_each_edit_changes_the_script_once(run: Run) -> None:
    text = (run[1] / "workload" / "script.yaml").read_text("utf-8").splitlines()
    for pattern, becomes in benchmarks.EDITS.values():
        edited = benchmarks.edited("\n".join(text), pattern, becomes).splitlines()
        added = len(edited) - len(text)
        assert sum(line not in text for line in edited) == 1
        assert added in {0, 1}


def test_the_peers_make_the_whole_of_it(run: Run) -> None:
    for name in ("pydub", "ffmpeg"):
        made = sum(map(len, ffmpeg.decode(run[1] / "workload" / f"{name}.mp3", 2, RATE_HZ)))
        assert made / RATE_HZ == pytest.approx(30.0, abs=0.2)


def test_the_encoders_get_all_of_the_programme(run: Run) -> None:
    parts = sorted((run[1] / "workload").glob("alone*.mp3"))
    encoded = sum(len(block) for part in parts for block in ffmpeg.decode(part, 2, RATE_HZ))
    assert encoded / RATE_HZ == pytest.approx(30.0, abs=0.1 * len(parts))


def test_a_level_that_is_off_is_seen(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    (tmp_path / "stems").mkdir()
    (tmp_path / "timeline.json").write_text(json.dumps({"rate_hz": RATE_HZ, "scenes": [{"start": 0}]}))
    audio = 0.05 * chance.standard_normal((10 * RATE_HZ, 2))
    events = (
        Event("line", "a", 0.0, 2.0, 0.0),
        Event("line", "b", 4.0, 2.0, 0.0),
        Event("hit", "c", 7.0, 1.0, -6.0),
        Event("bed", "d", 0.0, 10.0, -20.0),
    )
    for name, level_db in (("speech", 0.0), ("sounds", -7.0), ("beds", -20.0)):  # the hit is 1 dB too low
        soundfile.write(tmp_path / "stems" / f"{name}.wav", audio * 10 ** (level_db / 20), RATE_HZ, subtype="FLOAT")
    off = levels.off_lu(Workload(tmp_path, 10.0, events), tmp_path)
    assert off["lines"] <= 0.1
    assert off["hits"] == pytest.approx(1.0, abs=0.1)
    assert off["beds"] == pytest.approx(0.0, abs=0.1)


HOLD = """
import pathlib, sys, time
held = b"x" * 100_000_000
mine, other = map(pathlib.Path, sys.argv[1:])
mine.touch()
while not other.exists():  # so that both hold it at the same time, however late one begins
    time.sleep(0.01)
time.sleep(1.0)
"""


def test_cost_counts_processes_together_and_what_they_start(tmp_path: Path) -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}, *sys.argv[1:]])"
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    found = measure.together([[sys.executable, "-c", HOLD, a, b], [sys.executable, "-c", child, b, a]])
    assert 200 <= found.memory_mb <= 400
    assert found.wall_s >= 0.5
    assert found.cpu_s > 0


def test_a_command_with_much_to_say_ends_and_one_that_fails_is_quoted() -> None:
    measure.cost([sys.executable, "-c", "print('x' * 1_000_000)"])
    with pytest.raises(RuntimeError, match="ended with 3:\nwhy"):
        measure.cost([sys.executable, "-c", "print('why'); raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="was not made"):
        measure.cost([sys.executable, "-c", ""], until=Path("nowhere.mp3"))


def test_stages_sum_to_the_whole() -> None:
    moments = [
        stages.Moment("load", 0.0, 0.0, 0.0),
        stages.Moment("mix", 1.0, 0.5, 0.25),
        stages.Moment("end", 3.0, 2.5, 2.25),
    ]
    assert list(stages.table(moments))[2:] == [
        "| load | 1.00 | 0.50 | 0.25 | 0.8 |",
        "| mix | 2.00 | 2.00 | 2.00 | 2.0 |",
        "| all | 3.00 | 2.50 | 2.25 | 1.6 |",
    ]
