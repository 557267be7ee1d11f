"""Seasons on this machine: what is made, what is kept, what is said of mistakes, and what a worker refuses."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import ValidationError
from rich.console import Console

from producer import project, render
from producer.cache import Cache
from producer.errors import RenderError
from producer.season import bench, found, program, records, remote, travel, work
from producer.season.board import Terminal
from producer.season.here import Here
from producer.season.listing import Episode, Lister
from producer.season.task import HERE, Asked, Outcome, Stored, Task, Tree
from producer.season.travel import fetch, laid_out, listed, receive, send, send_made, stored
from producer.season.works import NoBoard
from producer.shared import SharedCache
from producer.storage import Storage
from tests import season_helpers
from tests.face_helpers import Done, Shell, cache, files, is_messages, shell
from tests.face_helpers import render as command

__all__ = ["cache", "shell"]

EPISODES = 2


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with some episodes, and each of them as `render episode` makes it in `plain`."""
    folder = season_helpers.write(tmp_path_factory.mktemp("season") / "show", EPISODES)
    with Cache(folder.parent / "plain-cache") as cache:
        season_helpers.plain(folder, folder.parent / "plain", cache)
    return folder


@pytest.fixture(scope="module")
def ended(show: Path) -> Done:
    """`render season` on it, from nothing."""
    return command("season", ".", "--jobs", "2", cwd=show, cache=show.parent / "cache")


# ---- what is made, and what is not made again


def test_a_season_has_the_bytes_of_its_episodes_made_one_by_one(show: Path, ended: Done) -> None:
    assert (ended.code, ended.err) == (0, "")
    made = files(show / "output")
    assert made.pop("season.html")
    assert made == files(show.parent / "plain")
    *rows, whole, wrote = ended.out.splitlines()
    assert [row.split()[:2] for row in rows] == [[f"night_{number:02d}", "made"] for number in (1, 2)]
    assert whole.startswith("season: 2 of 2 episodes, 0:")
    assert wrote == "wrote      output/season.html"


def test_only_what_is_missing_or_was_changed_is_made_again(show: Path, ended: Done) -> None:
    assert ended.code == 0
    before = files(show / "output")
    (show / "output" / "night_01" / "night_01.mp3").write_bytes(b"")
    (show / "output" / "night_02" / "notes.txt").write_text("mine", "utf-8")
    done = command("season", ".", "--json", cwd=show, cache=show.parent / "cache")
    said = json.loads(done.out)
    assert [row["status"] for row in said["episodes"]] == ["made", "kept"]
    (show / "output" / "night_02" / "notes.txt").unlink()
    assert files(show / "output") == before
    facts = said["episodes"][0]["facts"]
    assert facts["title"] == "Night 1"
    assert facts["files"][0]["file"] == "night_01.mp3"
    assert abs(facts["files"][0]["loudness_lufs"] + 16) <= 0.5
    assert set(facts["margins"]) == {"beds"}
    assert facts["margins"]["beds"]["where"].startswith("script/night_01.yaml:")


def test_what_its_workers_met_with_in_the_cache_is_told_once(show: Path, ended: Done) -> None:
    assert ended.code == 0
    folder = show.parent / "cache"
    for entry in folder.glob("??/" + "?" * 64):
        entry.write_bytes(entry.read_bytes()[:-1])
    done = command("season", ".", "--jobs", "2", cwd=show, cache=folder)
    assert done.code == 0
    assert re.fullmatch(rf"cache: \d+ damaged entries were thrown away and made anew, in {folder}\n", done.err)


def test_whatever_shapes_an_episode_is_in_its_stamp(show: Path, tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:

        def stamp(**asked: object) -> str:
            one = project.find(show / "script" / "night_01.yaml", show)[0]
            found_now = Lister(Asked.model_validate(asked), cache).look(one, tmp_path)
            assert isinstance(found_now, Episode)
            return found_now.stamp

        first = stamp()
        assert stamp() == first
        others = [stamp(profile="acx"), stamp(mixes=("night",)), stamp(formats=("flac",)), stamp(packs=("winter",))]
        takes = show / "takes" / "night_01"
        takes.mkdir(parents=True)
        (takes / "notes.txt").write_text("no take, and yet a file in their folder", "utf-8")
        others.append(stamp())
        series = show / "script" / "the_show.yaml"
        series.write_text(f"{season_helpers.SERIES}  o: {{voice: en-us}}\n", "utf-8")
        others.append(stamp())
        series.write_text(season_helpers.SERIES, "utf-8")
        (takes / "notes.txt").unlink()
        assert stamp() == first
        assert len({first, *others}) == 1 + len(others)


# ---- mistakes


def test_mistakes_stop_nobody_else_and_have_their_places(tmp_path: Path, show: Path, ended: Done) -> None:
    del ended
    folder = season_helpers.write(tmp_path / "show", 3)
    script = folder / "script" / "night_02.yaml"
    script.write_text(script.read_text("utf-8").replace("- m: Night", "- x: Night"), "utf-8")
    (folder / "script" / "night_03.yaml").write_text(
        season_helpers.episode(3).replace("knock level", "knock at 50 s of music, level"), "utf-8"
    )
    done = command("season", "show", "--url", "https://example.org/show", cwd=tmp_path, cache=show.parent / "cache")
    assert done.code == 1
    assert is_messages(done.err)
    assert "show/script/night_02.yaml:12:9: nobody in the cast is called 'x'; known: m, n\n" in done.err
    assert re.search(r"^show/script/night_03\.yaml:11:\d+: ", done.err, re.MULTILINE)
    assert [line.split()[1] for line in done.out.splitlines()[:3]] == ["made", "mistake", "mistake"]
    page = (folder / "output" / "season.html").read_text("utf-8")
    assert "nobody in the cast is called &#39;x&#39;" in page
    feed = (folder / "output" / "feed.xml").read_text("utf-8")
    assert feed.count("<item>") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 1, "nowhere: there is no such folder"),
        (("empty",), 1, "empty: there is no script in it; a season is a folder of scripts, or of projects"),
        (("show", "--mix", "nigt"), 2, "--mix: there is none called 'nigt'; did you mean 'night'?"),
        (("show", "--cache", "s3://me:secret@bucket/x"), 1, "the cache's address may hold no user, password or key"),
        (("show", "--no-cache", "--on", "tcp://h:1"), 2, "--no-cache goes with neither --on nor --cache"),
        (("show", "--url", "nothing"), 2, "--url: "),
    ],
)
def test_what_cannot_be_a_season_is_said_at_once(
    tmp_path: Path, show: Path, shell: Shell, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "show").symlink_to(show)
    done = shell("season", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(said)
    assert len(done.err.splitlines()) == 1


def test_folders_of_scripts_and_of_projects_are_seasons_too(tmp_path: Path) -> None:
    one, two = tmp_path / "one" / "script", tmp_path / "two" / "script"
    for scripts, name in ((one, "a"), (two, "b")):
        scripts.mkdir(parents=True)
        (scripts / f"{name}.yaml").write_text("series: ../the_show.yaml\n", "utf-8")
        (scripts / f"{name}_es.yaml").write_text(f"edition_of: {name}.yaml\n", "utf-8")
    whole = found.look(tmp_path)
    assert (whole.root, [one.slug for one in whole.episodes]) == (tmp_path, ["a", "a_es", "b", "b_es"])
    inside = found.look(one)
    assert (inside.root, [one.slug for one in inside.episodes]) == (tmp_path / "one", ["a", "a_es"])
    (two / "a.yml").write_text("title: A\n", "utf-8")
    clashing = found.look(tmp_path)
    assert [one.slug for one in clashing.episodes] == ["a_es", "b", "b_es"]
    assert [one.script.parent for one, _ in clashing.clashing] == [one, two]
    assert re.search(
        r"/a\.yml: its output would be called 'a', as that of .*/one/script/a\.yaml; give one of them another name, "
        r"or make each project by itself: render season .*/two$",
        clashing.clashing[1][1],
    )


def test_a_mistake_that_episodes_share_is_told_once_and_what_is_left_over_is_named(
    tmp_path: Path, show: Path, ended: Done
) -> None:
    del ended
    folder = season_helpers.write(tmp_path / "show", 3)
    series = folder / "script" / "the_show.yaml"
    for name in ("one", "two"):
        scripts = tmp_path / "both" / name / "script"
        scripts.mkdir(parents=True)
        (scripts / "same.yaml").write_text(season_helpers.episode(1), "utf-8")
    cache = show.parent / "cache"
    done = command("season", "both", cwd=tmp_path, cache=cache)
    assert (done.code, [line.split()[:2] for line in done.out.splitlines()[:2]]) == (1, [["same", "mistake"]] * 2)
    done = command("season", "show", "--url", "https://example.org/show", cwd=tmp_path, cache=cache)
    assert (done.code, "of no script here" in done.out) == (0, False)
    (folder / "script" / "night_02.yaml").unlink()
    (folder / "script" / "night_03.yaml").rename(folder / "script" / "dawn.yaml")
    begun = command("draft", "show/script/night_01.yaml", "--edition", "es", "--ids", cwd=tmp_path, cache=cache)
    assert begun.code == 0
    done = command("season", "show", "--url", "https://example.org/show", cwd=tmp_path, cache=cache)
    assert done.code == 1
    assert "output/night_03: it has the season and number of dawn; if one of the two is left over" in done.err
    left = re.findall(r"^note +show/output/(\w+) is of no script here", done.out, re.MULTILINE)
    assert left == ["night_02", "night_03"]
    assert re.search(r"^night_01_es .*  3 texts not translated$", done.out, re.MULTILINE)
    feed = ("feed", "show/output", "--url", "https://example.org/show", "--language", "es")
    assert "note: night_01_es: 3 texts are not translated\n" in command(*feed, cwd=tmp_path, cache=cache).err
    series.write_text(series.read_text("utf-8") + "wrong: key\n", "utf-8")
    done = command("season", "show", cwd=tmp_path, cache=cache)
    told = [line for line in done.err.splitlines() if "'wrong'" in line]
    assert len(told) == 1
    assert told[0].endswith(" (dawn, night_01, night_01_es)")


def test_two_scripts_of_one_name_are_mistakes_and_stop_nobody_else(tmp_path: Path, cache: Path) -> None:
    scripts = tmp_path / "script"
    scripts.mkdir()
    text = "title: T\ncast: {a: {voice: en-gb}}\nscenes:\n  - play:\n      - a: "
    for name in ("night 1", "night_1"):
        (scripts / f"{name}.yaml").write_text(f"{text}Good night.\n", "utf-8")
    (scripts / "day.yaml").write_text("title: T\nscenes: []\n", "utf-8")
    done = command("season", ".", cwd=tmp_path, cache=cache)
    assert done.code == 1
    for name, other in (("night 1", "night_1"), ("night_1", "night 1")):
        says = f"script/{name}.yaml: its output would be called 'night_1', as that of script/{other}.yaml"
        assert f"{says}; give one of them another name" in done.err
    assert "script/day.yaml:2:" in done.err
    assert [line.split()[:2] for line in done.out.splitlines()[:3]] == [
        ["day", "mistake"],
        ["night_1", "mistake"],
        ["night_1", "mistake"],
    ]


# ---- processes that are lost or hang


class Acting(NoBoard):
    """Does something to a process as soon as a task is in a stage."""

    def __init__(self, stage: str, what: signal.Signals) -> None:
        self.works: Here | None = None
        self._stage, self._what = stage, what
        self.done_to = ""

    def doing(self, name: str, stage: str, share: float) -> None:
        if self.done_to or stage != self._stage or self.works is None:
            return
        pid = self.works.benches[0].process
        assert pid is not None
        self.done_to = name
        os.kill(pid, self._what)


def test_an_episode_that_is_edited_while_it_is_made_is_made_again_when_the_edit_is_taken_back(tmp_path: Path) -> None:
    folder, begun = season_helpers.write(tmp_path / "show", 1), NoBoard()
    script = folder / "script" / "night_01.yaml"
    written = script.read_text("utf-8")

    class Editing(NoBoard):
        def begin(self, rows: int, weight_s: float) -> None:
            script.write_text(written.replace("begins", "ends"), "utf-8")

    with SharedCache(tmp_path / "cache") as cache:
        for board, status, says in ((Editing(), "made", "ends"), (begun, "made", "begins"), (begun, "kept", "begins")):
            script.write_text(written, "utf-8")
            rows = season_helpers.season(folder, tmp_path / "out", cache, Here(1), board)
            assert rows["night_01"].status == status
            assert f"Night 1 {says}" in (tmp_path / "out" / "night_01" / "transcript.txt").read_text("utf-8")


def test_a_process_that_is_killed_is_replaced_and_what_it_did_is_done_again(show: Path, tmp_path: Path) -> None:
    acting = Acting("mix", signal.SIGKILL)
    acting.works = Here(1)
    with SharedCache(tmp_path / "cache") as cache:
        rows = season_helpers.season(show, tmp_path / "out", cache, acting.works, acting)
    assert acting.done_to
    assert {row.status for row in rows.values()} == {"made"}
    assert files(tmp_path / "out") == files(show.parent / "plain")


def test_what_does_not_move_is_stopped_and_named_and_the_rest_is_made(show: Path, tmp_path: Path) -> None:
    acting = Acting("mix", signal.SIGSTOP)
    acting.works = Here(1, patience_s=12.0)
    with SharedCache(tmp_path / "cache") as cache:
        rows = season_helpers.season(show, tmp_path / "out", cache, acting.works, acting)
        assert rows[acting.done_to].status == "stopped"
        assert rows[acting.done_to].message == "nothing moved at 'mix' for 12 s; it was stopped"
    assert sorted(row.status for row in rows.values()) == ["made", "stopped"]
    made = {name: raw for name, raw in files(show.parent / "plain").items() if not name.startswith(acting.done_to)}
    assert files(tmp_path / "out") == made


def test_a_bench_says_what_its_process_said_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "producer").mkdir()  # a worker whose Producer is none
    (tmp_path / "producer" / "__init__.py").write_text("raise SystemExit('out of order')", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    one = bench.Bench()
    outcome = one.do(task(tmp_path), lambda *_: None)
    one.close()
    assert (outcome.kind, outcome.lost) == ("stopped", True)
    assert outcome.message == "its process ended (exit code 1: out of order)"


def test_what_dask_sets_for_its_own_workers_is_not_for_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    monkeypatch.setenv("PRODUCER_CACHE_GB", "3")
    one = bench.Bench(without=remote._DASKS)
    outcome = one.do(task(tmp_path, made_by="0" * 64), lambda *_: None)
    assert outcome.kind == "mistake"  # and the process is there
    around = psutil.Process(one.process).environ()
    one.close()
    assert "MALLOC_TRIM_THRESHOLD_" not in around
    assert around["PRODUCER_CACHE_GB"] == "3"


# ---- what a worker is sent


def task(folder: Path, **changed: object) -> Task:
    said = {
        "kind": "episode",
        "name": "x",
        "made_by": program.digest(),
        "cache": str(folder / "cache"),
        "root": str(folder),
        "script": "script/night_01.yaml",
        "output": str(folder / "out"),
    }
    return Task.model_validate(said | changed)


@pytest.mark.parametrize(
    "changed",
    [
        *({"script": path} for path in ("../x.yaml", "/etc/passwd", "a/../../x", "C:/x", "a\\b", "")),
        {"code": "import os"},
        {"kind": "shell"},
        {"version": 2},
        {"made_by": "x"},
        {"jobs": 0},
        {"tree": {"id": "0" * 64, "files": "../../x"}},
        {"tree": {"id": "../../x", "files": []}},
        {"asked": {"stems": "all"}},
        {"asked": {"run": ["sh"]}},
    ],
)
def test_what_is_no_task_is_not_begun(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        task(tmp_path, **changed)
    raw = json.dumps(task(tmp_path).model_dump(mode="json") | changed).encode()
    outcome = work.perform(raw, render.NoWatch())
    assert outcome.kind == "fault"
    assert outcome.message.startswith("this is no task")
    assert not list(tmp_path.iterdir())


def test_another_version_of_the_program_makes_nothing(tmp_path: Path) -> None:
    outcome = work.perform(task(tmp_path, made_by="0" * 64).model_dump_json().encode(), render.NoWatch())
    assert outcome.kind == "mistake"
    assert outcome.message.startswith("the worker has another version of Producer")
    assert not list(tmp_path.iterdir())


def test_messages_have_no_folder_of_the_worker_in_them(show: Path, tmp_path: Path) -> None:
    sent = task(show, script="script/nowhere.yaml", cache=str(tmp_path), output=str(tmp_path / "out"))
    outcome = work.perform(sent.model_dump_json().encode(), render.NoWatch())
    assert outcome.kind == "mistake"
    assert outcome.message == f"cannot read {HERE}script/nowhere.yaml: No such file or directory"


def test_a_file_that_travels_arrives_as_it_was_or_not_at_all(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "there" / "file"
    source.write_bytes(os.urandom(1000))
    with SharedCache(tmp_path / "cache") as cache:
        one = stored("project/a/file", source)
        send(cache, [(one, source)])
        fetch(cache, one, target)
        assert target.read_bytes() == source.read_bytes()
        tree = Tree(id="0" * 64, files=listed(cache, [one]))
        cache.settle()
        assert (laid_out(cache, tree) / "project" / "a" / "file").read_bytes() == source.read_bytes()
        other = Stored(file=one.file, sha256="1" * 64, bytes=one.bytes)
        with pytest.raises(
            RenderError, match=r"project/a/file is not in the cache at .*, which all workers must share"
        ):
            fetch(cache, other, target)
        source.write_bytes(b"changed")
        with pytest.raises(RenderError, match="has changed while it was sent"):
            send(cache, [(other, source)])
        assert target.read_bytes() != b"changed"
        assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_small_files_that_were_made_travel_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travel, "SMALL_BYTES", 500)
    monkeypatch.setattr(travel, "PIECE_BYTES", 800)
    made, out = tmp_path / "made", tmp_path / "out"
    sizes = {"a.txt": 0, "b.json": 300, "show.mp3": 2000, "c.html": 300, "stems/d.wav": 499, "e.txt": 1}
    for name, size in sizes.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(os.urandom(size))
    whole = files(made)
    with SharedCache(tmp_path / "cache", Storage(f"file://{tmp_path / 'storage'}")) as cache:
        names = [(stored(name, made / name), made / name) for name in sizes]
        send_made(cache, names)
        entries = sorted((path for path in (tmp_path / "storage").rglob("*") if path.is_file()), key=os.path.getsize)
        assert len(entries) == 2 + 3  # two bunches, and the long one in three pieces
        outputs = [one for one, _ in names]
        receive(cache, outputs, out, "show")
        assert files(out) == whole

        (made / "e.txt").write_bytes(b"x")
        with pytest.raises(RenderError, match=r"e\.txt has changed while it was sent"):
            send_made(cache, [(outputs[-1].model_copy(update={"sha256": "1" * 64}), made / "e.txt")])
        damaged = outputs[1].model_copy(update={"sha256": "1" * 64})
        cache.send(travel._name_of([damaged]), (made / "b.json").read_bytes())
        cache.settle()
        with pytest.raises(RenderError, match=r"b\.json is damaged in the cache at file://"):
            receive(cache, [damaged], out, "show")
        entries[0].write_bytes(b"not an entry")
        with pytest.raises(RenderError, match="is not in the cache at"):
            receive(cache, outputs, out, "show")
        assert files(out) == whole  # nothing is changed


def test_a_hand_ends_with_its_owner(tmp_path: Path) -> None:
    one = bench.Bench()
    outcomes: list[Outcome] = []
    sent = task(tmp_path, made_by="0" * 64)
    thread = threading.Thread(target=lambda: outcomes.append(one.do(sent, lambda *_: None)))
    thread.start()
    thread.join(60)
    assert [outcome.kind for outcome in outcomes] == ["mistake"]
    process = one._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()  # as when the owner is killed
    for _ in waiting(20.0):
        if process.poll() is not None:
            break
    one.close()
    assert process.returncode in (0, -signal.SIGKILL)  # the thread that began it is over, which Linux takes for its end


def waiting(seconds: float) -> Iterator[None]:
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        yield
        time.sleep(0.02)


def test_a_record_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    with SharedCache(tmp_path) as cache:
        cache.write(records.name("stamp"), b'{"version": "of another day"}')
        assert records.read(cache, "stamp") is None
        assert records.read(cache, "another") is None


def test_a_terminal_has_a_line_for_each_episode_and_one_for_the_whole() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=90, height=12)
    with Terminal(console) as board:
        board.begin(40, 4000.0)
        for number in range(10):
            board.doing(f"night_{number}", "mix", 0.5)
        board.over("night_0", "made", 100.0)
        board.over("night_1", "mistake", 100.0)
    with console.capture() as captured:
        console.print(board.shown())
    lines = re.sub(r"\x1b\[[0-9;]*m", "", captured.get()).splitlines()
    assert len(lines) == 7  # what the terminal has room for
    assert lines[0].split()[0] == "night_2"
    assert lines[0].split()[-1] == "mix"
    assert re.fullmatch(r"2 of 40 episodes, 0:00, about \d+:\d\d left", lines[-1])
    few = Terminal(console)
    few.begin(2, 20.0)
    few.over("a", "made", 10.0)
    few.over("b", "mistake", 10.0)
    with console.capture() as captured:
        console.print(few.shown())
    said = re.sub(r"\x1b\[[0-9;]*m", "", captured.get()).split("\n")
    assert [line.split() for line in said[:2]] == [["a", "done"], ["b", "has", "a", "mistake"]]
    assert said[2].startswith("2 of 2 episodes, 0:00, about 0:00 left")
