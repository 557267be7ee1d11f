"""A season on a real Dask cluster: the bytes of a plain run, whatever becomes of workers, scripts and voices."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from producer.cache import Cache
from producer.errors import RenderError, UsageError
from producer.season.cluster import Cluster
from producer.season.works import NoBoard
from producer.shared import LOCAL, MADE_LOG, made, opened
from tests import season_helpers
from tests.face_helpers import ROOT, Shell, cache, files, shell

__all__ = ["cache", "shell"]

EPISODES = 6
BROKEN, HANGING = "night_02", "night_05"
SYNTH = ROOT / "tests" / "command_synth.py"


def voices(file: Path, how: str) -> None:
    run = json.dumps([sys.executable, str(SYNTH), how, "{text_file}", "{wav}", "{speed}"])
    limit_s = 2.0 if how == "hang" else 60.0  # who speaks well may take its time on a machine that does something else
    file.write_text(f'[voices.command.guest]\nrun = {run}\nlanguage = "zz"\ntime_limit_s = {limit_s}\n', "utf-8")


class Killing(NoBoard):
    """Kills a worker that has something to do, as soon as an episode is done."""

    def __init__(self) -> None:
        self.works: Cluster | None = None
        self.killed = 0

    def over(self, name: str, said: str, weight_s: float) -> None:
        if self.killed or said != "made" or self.works is None:
            return
        client: Any = self.works._client
        pids = client.run(os.getpid)
        busy = [worker for worker, tasks in client.processing().items() if tasks]
        self.killed = pids[busy[0]]
        os.kill(self.killed, signal.SIGKILL)


def test_a_season_on_a_cluster_survives_what_happens_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = season_helpers.write(tmp_path / "show", EPISODES)
    config, log = tmp_path / "config.toml", tmp_path / "made"
    voices(config, "well")
    monkeypatch.setenv("PRODUCER_CONFIG", str(config))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COMMAND_SYNTH_LOG", str(tmp_path / "asked.txt"))
    monkeypatch.setenv("COMMAND_SYNTH_PIDS", str(tmp_path / "pids.txt"))
    scripts = project / "script"
    (scripts / "the_show.yaml").write_text(f"{season_helpers.SERIES}  g: {{voice: 'command:guest'}}\n", "utf-8")
    (scripts / f"{HANGING}.yaml").write_text(season_helpers.episode(5, "g"), "utf-8")
    with Cache(tmp_path / "plain-cache") as cache:
        season_helpers.plain(project, tmp_path / "plain", cache)

    good = (scripts / f"{BROKEN}.yaml").read_text("utf-8")
    (scripts / f"{BROKEN}.yaml").write_text(good.replace("- m: Night", "- x: Night"), "utf-8")
    voices(config, "hang")
    monkeypatch.setenv(MADE_LOG, str(log))
    monkeypatch.setenv(LOCAL, str(tmp_path / "local"))
    place = f"file://{tmp_path / 'shared'}"
    with season_helpers.cluster(3, {}) as address, opened(place) as shared:
        killing = Killing()
        killing.works = Cluster(address)
        rows = season_helpers.season(project, tmp_path / "out", shared, killing.works, killing)
        assert killing.killed
        with pytest.raises(ProcessLookupError):
            os.kill(killing.killed, 0)
        assert Counter(row.status for row in rows.values()) == {"made": EPISODES - 2, "mistake": 2}
        assert rows[BROKEN].message == f"{scripts}/{BROKEN}.yaml:12:9: nobody in the cast is called 'x'; known: g, m, n"
        hanging = rows[HANGING].message
        assert hanging.endswith(
            f"script/{HANGING}.yaml:12:9: line 'line-2': "
            "the voice 'command:guest' gave no answer within 2 s and was stopped"
        )
        whole = files(tmp_path / "plain")
        assert files(tmp_path / "out") == {
            name: raw for name, raw in whole.items() if not name.startswith((BROKEN, HANGING))
        }

        (scripts / f"{BROKEN}.yaml").write_text(good, "utf-8")
        voices(config, "well")
        again = season_helpers.season(project, tmp_path / "out", shared, Cluster(address))
        assert Counter(row.status for row in again.values()) == {"made": 2, "kept": EPISODES - 2}
        assert files(tmp_path / "out") == whole

        # Who has lost the files, but not the cache, gets them from there: no worker does anything.
        before = Counter(made(log))
        kept = season_helpers.season(project, tmp_path / "elsewhere", shared, Cluster(address))
        assert {row.status for row in kept.values()} == {"kept"}
        assert files(tmp_path / "elsewhere") == whole
        assert Counter(made(log)) == before
    assert len(before) > 100
    assert [name for name, times in before.items() if times > 1] == []


def test_what_is_no_scheduler_is_said_in_a_line(tmp_path: Path, shell: Shell) -> None:
    project = season_helpers.write(tmp_path / "show", 1)
    for address in ("127.0.0.1", "tcp://user:secret@host:1", "tcp://host:1;rm", "inproc://x", "file:///etc/passwd"):
        done = shell("season", project, "--on", address, cwd=tmp_path)
        assert done.code == 2
        assert done.err.startswith("--on: a scheduler's address is tcp://HOST:PORT")
    with pytest.raises(UsageError):
        Cluster("tcp://a b")


def test_a_scheduler_that_does_not_answer_is_the_users_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producer.season.cluster._ANSWER_S", 0.3)
    with pytest.raises(RenderError, match=r"no Dask scheduler that can be used answers at tcp://127\.0\.0\.1:9 "):
        Cluster("tcp://127.0.0.1:9").__enter__()
