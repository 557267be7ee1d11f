"""How fast, and with how much memory, beside what others take: `python -m benchmarks`.

    python -m benchmarks                        10 minutes of the workload, three times each
    python -m benchmarks --minutes 60 --peers ""   an hour, beside the encoder alone
    python -m benchmarks --only flagship,scaling
    python -m benchmarks --only long            one hour against ten; takes that long by itself
    python -m benchmarks --quick                half a minute, once: whether all of it runs

Every figure is the median of `--repeat` runs; all are of one run of this program, on one machine, so that ratios hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks import levels
from benchmarks.measure import Cost, cost, median, together
from benchmarks.peers import PEERS
from benchmarks.workload import Workload, make
from producer.deliver import encode, ffmpeg
from producer.model.profile import PROFILES

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks" / "peers.py"
RENDER = (sys.executable, "-c", "from producer.cli import main; main()")
Edit = tuple[str, Callable[[re.Match[str]], str]]
"""(what is changed, as a pattern; what it becomes)"""
A_HIT: Edit = r"level (-[\d.]+) LU, pan", lambda found: f"level {float(found[1]) + 1.0:.1f} LU, pan"
EDITS: dict[str, Edit] = {
    "edit: a hit's level": A_HIT,
    "edit: a line's level": (r"take: (\S+)", lambda found: f"take: {found[1]}\n        level: 1 LU"),
    "edit: a text": (r"reader: '(\d+)\. ", lambda found: f"reader: '{found[1]}. And "),
    "edit: a pause": (r"pause: ([\d.]+) s", lambda found: f"pause: {float(found[1]) + 0.25:.3f} s"),
}
"""What is changed, in the middle of the script: a hit's level, a line's, its words, and a pause, so that more moves."""
PARTS = ("workload", "peers", "edits", "preview", "levels", "flagship", "scaling", "long")
USUAL = tuple(part for part in PARTS if part != "long")

Run = Callable[[Path, bool], Cost]
"""(the cache's folder, whether memory is looked at) -> what it cost."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    cost: Cost
    heard_s: float  # how much was made
    note: str = ""


class Bench:
    """One run: its workload, its caches, its rows."""

    def __init__(self, folder: Path, minutes: float, repeat: int) -> None:
        self.folder, self.repeat = folder, repeat
        self.work: Workload = make(folder / "workload", minutes)
        self.rows: list[Row] = []

    def render(
        self, script: Path, cache: Path, out: Path, *more: str, until: Path | None = None, memory: bool = False
    ) -> Cost:
        """One `render episode`."""
        packs = ["--pack", str(self.work.pack)] if script.name == "script.yaml" else []
        command = [*RENDER, "episode", str(script), *packs, "-o", str(out), "--quiet", *more]
        return cost(command, {"PRODUCER_CACHE": str(cache)}, until, memory=memory)

    def again(self, name: str, heard_s: float, run: Run, start: Path | None, note: str = "") -> Row:
        """Measure `run` some times, each with a cache of its own that begins as a copy of `start`.

        Its memory is looked at in one run more, for looking takes time; with no repeat that run is the only one.
        """
        costs = []
        for number in range(self.repeat + 1):
            cache = self.folder / f"cache-run-{number}"
            shutil.rmtree(cache, ignore_errors=True)
            if start is not None:
                shutil.copytree(start, cache)
            if hasattr(os, "sync"):
                os.sync()  # what was copied is not to be written while it is measured
            costs.append(run(cache, number == self.repeat))
        *timed, looked_at = costs
        row = Row(name, replace(median(timed or costs), memory_mb=looked_at.memory_mb), heard_s, note)
        self.rows.append(row)
        print(f"  {name}: {row.cost.wall_s:.2f} s", file=sys.stderr, flush=True)
        return row

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)

    def workload(self) -> None:
        """From an empty cache, from one with the takes alone, and again with all of it."""
        work, out = self.work, self.folder / "ours"

        def ours(cache: Path, memory: bool) -> Cost:
            return self.render(work.script, cache, out, memory=memory)

        self.again("ours, empty cache", work.seconds, ours, None)
        takes = self.takes
        cues = [*RENDER, "cues", str(work.script), "--pack", str(work.pack)]
        cost(cues, {"PRODUCER_CACHE": str(takes)})
        self.again("ours, takes kept", work.seconds, ours, takes)
        full = self.folder / "cache-run-0"
        shutil.rmtree(self.full, ignore_errors=True)
        shutil.copytree(full, self.full)
        self.again("ours, nothing changed", work.seconds, ours, self.full)

    @property
    def takes(self) -> Path:
        return self.folder / "cache-takes"

    @property
    def full(self) -> Path:
        return self.folder / "cache-full"

    def peers(self, names: Sequence[str]) -> None:
        """The same work by others, and what the encoder alone takes for our finished programme."""
        work = self.work
        source = ["-i", str(self.folder / "ours" / "script.mp3"), "-c:a", "pcm_f32le"]
        finished = work.folder / "finished.wav"
        subprocess.run([ffmpeg.executable(), "-v", "error", "-y", *source, str(finished)], check=True)
        encoders = encoders_alone(finished, work.seconds)
        self.again("encoder alone", work.seconds, lambda _, memory: together(encoders, memory=memory), None)
        finished.unlink()
        for name in names:
            command = [sys.executable, str(PEER), name, str(work.folder), str(work.seconds)]
            self.again(name, work.seconds, partial(_cost, command), None)
            peak = levels.peak_dbfs(work.folder / f"{name}.mp3")
            self.rows[-1] = replace(self.rows[-1], note=f"peaks at {peak:+.1f} dBFS")

    def edits(self) -> None:
        """One thing changed in an episode whose parts are kept, against a render of the same from an empty cache.

        It is changed where it stands, as its producer does: a copy's takes would be listened to anew.
        """
        script, text = self.work.script, self.work.script.read_text("utf-8")
        clean, out, empty = (self.folder / name for name in ("clean", "after-edit", "cache-clean"))

        def edit(cache: Path, memory: bool) -> Cost:
            return self.render(script, cache, out, memory=memory)

        for name, (pattern, becomes) in EDITS.items():
            shutil.rmtree(empty, ignore_errors=True)
            script.write_text(edited(text, pattern, becomes), "utf-8")
            try:
                self.render(script, empty, clean)  # nothing that was kept could hide that it is stale
                row = self.again(name, self.work.seconds, edit, self.full)
            finally:
                script.write_text(text, "utf-8")
            same = _files(clean) == _files(out)
            share = 100.0 * row.cost.wall_s / self.row("ours, takes kept").cost.wall_s
            bytes_are = "the same bytes as from nothing" if same else "OTHER BYTES THAN FROM NOTHING"
            note = f"{share:.1f} % of a render with takes kept, {bytes_are}"
            self.rows[-1] = replace(row, note=note)

    def preview(self) -> None:
        """Until a scene can be heard, by what was made before; and what the command's own start takes."""
        script, text = self.work.script, self.work.script.read_text("utf-8")
        pattern, becomes = A_HIT
        changed, scene = edited(text, pattern, becomes), text[: middle(text, pattern).start()].count("- title: ")
        heard_s = min(self.work.seconds, 300.0)

        def run(cache: Path, memory: bool) -> Cost:
            out = self.folder / "previewed"
            shutil.rmtree(out, ignore_errors=True)
            heard = out / "preview" / f"script.scene-{scene}.draft.mp3"
            return self.render(script, cache, out, "--draft", "--scene", str(scene), until=heard, memory=memory)

        self.again("--draft --scene", heard_s, run, self.takes, "takes kept; until the file is there")
        self.again("--draft --scene, rendered", heard_s, run, self.full, "after a whole render")
        script.write_text(changed, "utf-8")
        try:
            self.again("--draft --scene, edited", heard_s, run, self.full, "the same, one of its hits changed")
        finally:
            script.write_text(text, "utf-8")
        self.again("render --help", 0.0, lambda _, memory: cost([*RENDER, "--help"], memory=memory), None)

    def levels(self) -> None:
        """How far lines and hits are from what the script asks."""
        out = self.folder / "stems"
        made = self.render(self.work.script, self._copy(self.takes, "cache-stems"), out, "--stems", memory=True)
        off = levels.off_lu(self.work, out)
        peak = levels.peak_dbfs(out / "script.mp3")
        note = (
            f"lines within {off['lines']:.2f} LU, {off['of']:.0f} hits within {off['hits']:.2f} LU, "
            f"beds within {off['beds']:.2f} LU of the script; peaks at {peak:+.1f} dBFS"
        )
        self.rows.append(Row("ours, with stems", made, self.work.seconds, note))

    def flagship(self) -> None:
        """What the Quiet Kept, spoken and sounded from nothing, and again with everything kept."""
        script, out = ROOT / "script" / "flagship.yaml", self.folder / "flagship"

        def flagship(cache: Path, memory: bool) -> Cost:
            return self.render(script, cache, out, memory=memory)

        self.again("flagship, empty cache", 0.0, flagship, None)
        seconds = json.loads((out / "timeline.json").read_text("utf-8"))
        heard_s = seconds["duration"] / seconds["rate_hz"]
        self.rows[-1] = Row("flagship, empty cache", self.rows[-1].cost, heard_s)
        full = self._copy(self.folder / "cache-run-0", "cache-flagship")
        self.again("flagship, full cache", heard_s, flagship, full)

    def scaling(self, minutes: float, counts: Sequence[int]) -> None:
        """The same length with ever more hits in it."""
        found = []
        for count in counts:
            work = make(self.folder / f"cues-{count}", minutes, hits_per_minute=count / minutes)
            cache = self.folder / "cache-cues"
            shutil.rmtree(cache, ignore_errors=True)
            cost([*RENDER, "cues", str(work.script), "--pack", str(work.pack)], {"PRODUCER_CACHE": str(cache)})
            command = [*RENDER, "episode", str(work.script), "--pack", str(work.pack), "-o", str(work.folder / "out")]
            made = cost([*command, "--quiet"], {"PRODUCER_CACHE": str(cache)})
            found.append(made.cpu_s)
            self.rows.append(Row(f"{count} hits in {minutes:g} min", made, 60.0 * minutes))
        log_counts, log_s = np.log(np.array(counts, float)), np.log(np.array(found))
        slope = np.polyfit(log_counts, log_s, 1)[0]
        steepest = float((np.diff(log_s) / np.diff(log_counts)).max())
        note = f"CPU time grows as the number of hits to the power of {slope:.2f}, {steepest:.2f} where it grows most"
        self.rows[-1] = replace(self.rows[-1], note=note)

    def long(self, short_min: float, long_min: float) -> None:
        """Whether memory stays where it is, and time is as long as the episode is: each once, with its takes kept."""
        made = []
        for minutes in (short_min, long_min):
            work = make(self.folder / f"long-{minutes:g}", minutes)
            cache = self.folder / "cache-long"
            shutil.rmtree(cache, ignore_errors=True)
            cost([*RENDER, "cues", str(work.script), "--pack", str(work.pack)], {"PRODUCER_CACHE": str(cache)})
            command = [*RENDER, "episode", str(work.script), "--pack", str(work.pack), "-o", str(work.folder / "out")]
            made.append(cost([*command, "--quiet"], {"PRODUCER_CACHE": str(cache)}))
            self.rows.append(Row(f"{minutes:g} minutes, takes kept", made[-1], work.seconds))
            shutil.rmtree(work.folder / "out")
            shutil.rmtree(cache)
        short, whole = made
        times = whole.wall_s / short.wall_s * short_min / long_min
        note = f"{whole.memory_mb / short.memory_mb:.2f} times the memory, {times:.2f} times the time for each minute"
        self.rows[-1] = replace(self.rows[-1], note=note)

    def _copy(self, start: Path, name: str) -> Path:
        cache = self.folder / name
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(start, cache)
        return cache


def _cost(command: Sequence[str], cache: Path, memory: bool) -> Cost:
    """What a command costs that needs no cache."""
    del cache
    return cost(command, memory=memory)


def middle(text: str, pattern: str) -> re.Match[str]:
    """The middle one of the places that a pattern finds."""
    every = list(re.finditer(pattern, text))
    return every[len(every) // 2]


def edited(text: str, pattern: str, becomes: Callable[[re.Match[str]], str]) -> str:
    """The script with one change, at the middle one of the places that could have it."""
    one = middle(text, pattern)
    return text[: one.start()] + becomes(one) + text[one.end() :]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as a Markdown table."""
    alone = next((row.cost.wall_s / row.heard_s for row in rows if row.name == "encoder alone"), None)
    ours = next((row.cost.wall_s for row in rows if row.name == "ours, takes kept"), None)
    yield "| | wall s | CPU s | MB | × real time | ÷ encoder alone | |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        made = f"{row.heard_s / row.cost.wall_s:.0f}" if row.heard_s else ""
        # For each second that is made: rows of another length than the workload's stand beside the encoder, too.
        beside = f"{row.cost.wall_s / row.heard_s / alone:.2f}" if alone and row.heard_s else ""
        note = row.note
        if ours is not None and row.name in PEERS:
            note = f"{row.cost.wall_s / ours:.1f} times as long as ours, takes kept; {note}"
        cells = (f"{row.cost.wall_s:.2f}", f"{row.cost.cpu_s:.1f}", f"{row.cost.memory_mb:.0f}", made, beside, note)
        yield f"| {row.name} | {' | '.join(cells)} |"


def encoders_alone(finished: Path, seconds: float) -> list[list[str]]:
    """As many encoders as cores, each with an equal part of a finished programme, set as `render` sets them."""
    cores = os.cpu_count() or 1
    run = [ffmpeg.executable(), "-v", "error", "-y", "-nostdin"]
    options = encode.codec(PROFILES["podcast"]).options
    part_s = seconds / cores
    return [
        [*run, "-ss", str(n * part_s), "-t", str(part_s), "-i", str(finished), *options, str(finished.with_name(made))]
        for n, made in enumerate(f"alone{n}.mp3" for n in range(cores))
    ]


def machine() -> str:
    """Where it was measured, and with what."""
    memory = "proportional" if sys.platform == "linux" else "resident"
    try:
        described = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        described = []
    processor = next((line.split(":")[1].strip() for line in described if line.startswith("model name")), "")
    tools = f"Python {platform.python_version()}, numpy {np.__version__}, pydub {version('pydub')}"
    cpu = f"{os.cpu_count()} cores ({processor or platform.processor() or platform.machine()})"
    return f"{cpu}, {tools}, ffmpeg {ffmpeg_version()}; memory is the {memory} set size of all processes"


def ffmpeg_version() -> str:
    said = subprocess.run([ffmpeg.executable(), "-version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Run what is asked, print the table, and give its rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the workload")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; medians are shown")
    parser.add_argument("--only", default=",".join(USUAL), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--peers", default="pydub,ffmpeg", help="beside the encoder alone")
    parser.add_argument("--work", type=Path, help="a folder to work in, which is kept")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    parser.add_argument("--quick", action="store_true", help="half a minute, once, without flagship and scaling")
    asked = parser.parse_args(arguments)
    left_out = {"flagship", "scaling"} if asked.quick else set()
    parts = [part for part in PARTS if part in asked.only.split(",") and part not in left_out]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = asked.work or Path(temporary)
        bench = Bench(folder, 0.5 if asked.quick else asked.minutes, 0 if asked.quick else asked.repeat)
        bench.workload()  # the others need what it leaves
        for part in parts:
            match part:
                case "workload":
                    continue
                case "peers":
                    bench.peers([name for name in asked.peers.split(",") if name])
                case "scaling":
                    bench.scaling(10.0, (10, 100, 1000, 10_000))
                case "long":
                    bench.long(*((0.25, 0.5) if asked.quick else (60.0, 600.0)))
                case _:
                    getattr(bench, part)()
    lines = [f"{machine()}; workload of {bench.work.seconds / 60.0:g} minutes", "", *table(bench.rows)]
    print("\n".join(lines))
    if asked.markdown:
        asked.markdown.write_text("\n".join(lines) + "\n", "utf-8")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in bench.rows], indent=1) + "\n", "utf-8")
    return bench.rows


if __name__ == "__main__":
    main()
