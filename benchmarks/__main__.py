"""How fast, and with how much memory, beside what others take: `python -m benchmarks`.

    python -m benchmarks                        10 minutes of the workload, three times each
    python -m benchmarks --minutes 60 --peers ""   an hour, beside the encoder alone
    python -m benchmarks --only flagship,scaling
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
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import levels
from benchmarks.measure import Cost, cost, median
from benchmarks.peers import PEERS
from benchmarks.workload import Workload, make
from producer.deliver import ffmpeg

ROOT = Path(__file__).resolve().parent.parent
RENDER = (sys.executable, "-c", "from producer.cli import main; main()")
EDITS = {
    "edit: a level": (r"level (-[\d.]+) LU, pan", lambda found: f"level {float(found[1]) + 1.0:.1f} LU, pan"),
    "edit: a text": (r"reader: '(\d+)\. ", lambda found: f"reader: '{found[1]}. And "),
    "edit: a pause": (r"pause: ([\d.]+) s", lambda found: f"pause: {float(found[1]) + 0.25:.3f} s"),
}
"""What is changed in the middle of the script: a hit's level, a line's words, a pause (so all of its scene moves)."""
PARTS = ("workload", "peers", "edits", "preview", "levels", "flagship", "scaling")


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

    def render(self, script: Path, cache: Path, out: Path, *more: str, until: Path | None = None) -> Cost:
        """One `render episode`."""
        packs = ["--pack", str(self.work.pack)] if script.name == "script.yaml" else []
        command = [*RENDER, "episode", str(script), *packs, "-o", str(out), "--quiet", *more]
        return cost(command, {"PRODUCER_CACHE": str(cache)}, until)

    def again(self, name: str, heard_s: float, run: Callable[[Path], Cost], start: Path | None, note: str = "") -> Row:
        """Measure `run` some times, each with a cache of its own that begins as a copy of `start`."""
        costs = []
        for number in range(self.repeat):
            cache = self.folder / f"cache-run-{number}"
            shutil.rmtree(cache, ignore_errors=True)
            if start is not None:
                shutil.copytree(start, cache)
            costs.append(run(cache))
        row = Row(name, median(costs), heard_s, note)
        self.rows.append(row)
        print(f"  {name}: {row.cost.wall_s:.2f} s", file=sys.stderr, flush=True)
        return row

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)

    def workload(self) -> None:
        """From an empty cache, from one with the takes alone, and again with all of it."""
        work, out = self.work, self.folder / "ours"
        self.again("ours, empty cache", work.seconds, lambda cache: self.render(work.script, cache, out), None)
        takes = self.takes
        cues = [*RENDER, "cues", str(work.script), "--pack", str(work.pack)]
        cost(cues, {"PRODUCER_CACHE": str(takes)})
        self.again("ours, takes kept", work.seconds, lambda cache: self.render(work.script, cache, out), takes)
        full = self.folder / "cache-run-0"
        shutil.rmtree(self.full, ignore_errors=True)
        shutil.copytree(full, self.full)
        self.again("ours, nothing changed", work.seconds, lambda cache: self.render(work.script, cache, out), self.full)

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
        for name in ("encoder alone", *names):
            command = [sys.executable, "-m", "benchmarks.peers", name, str(work.folder), str(work.seconds)]
            self.again(name, work.seconds, partial(_cost, command), None)
        finished.unlink()

    def edits(self) -> None:
        """One thing changed in an episode whose parts are kept, against a clean render of the same."""
        text = self.work.script.read_text("utf-8")
        for name, (pattern, becomes) in EDITS.items():
            every = list(re.finditer(pattern, text))
            one = every[len(every) // 2]
            edited = self.folder / "edited"
            shutil.copytree(self.work.folder, edited, dirs_exist_ok=True)
            script = edited / "script.yaml"
            script.write_text(text[: one.start()] + becomes(one) + text[one.end() :], "utf-8")
            clean, out = self.folder / "clean", self.folder / "after-edit"
            whole = self.render(script, self._copy(self.takes, "cache-clean"), clean)
            row = self.again(name, self.work.seconds, partial(self.render, script, out=out), self.full)
            same = _files(clean) == _files(out)
            share = 100.0 * row.cost.wall_s / whole.wall_s
            note = f"{share:.1f} % of a clean render, {'the same bytes' if same else 'OTHER BYTES'}"
            self.rows[-1] = Row(name, row.cost, row.heard_s, note)

    def preview(self) -> None:
        """Until a scene can be heard, from a cache with the takes; and what the command's own start takes."""
        work = self.work
        scene = max(1, int(work.seconds // 300))

        def run(cache: Path) -> Cost:
            out = self.folder / "previewed"
            shutil.rmtree(out, ignore_errors=True)
            heard = out / "preview" / f"script.scene-{scene}.draft.mp3"
            return self.render(work.script, cache, out, "--draft", "--scene", str(scene), until=heard)

        self.again("--draft --scene", min(work.seconds, 300.0), run, self.takes, "until the file is there")
        self.again("render --help", 0.0, lambda _: cost([*RENDER, "--help"]), None)

    def levels(self) -> None:
        """How far lines and hits are from what the script asks."""
        out = self.folder / "stems"
        made = self.render(self.work.script, self._copy(self.takes, "cache-stems"), out, "--stems")
        off = levels.off_lu(self.work, out / "stems")
        note = f"lines within {off['lines']:.2f} LU, {off['of']:.0f} hits within {off['hits']:.2f} LU of the script"
        self.rows.append(Row("ours, with stems", made, self.work.seconds, note))

    def flagship(self) -> None:
        """What the Quiet Kept, spoken and sounded from nothing, and again with everything kept."""
        script, out = ROOT / "script" / "flagship.yaml", self.folder / "flagship"
        self.again("flagship, empty cache", 0.0, lambda cache: self.render(script, cache, out), None)
        seconds = json.loads((out / "timeline.json").read_text("utf-8"))
        heard_s = seconds["duration"] / seconds["rate_hz"]
        self.rows[-1] = Row("flagship, empty cache", self.rows[-1].cost, heard_s)
        full = self._copy(self.folder / "cache-run-0", "cache-flagship")
        self.again("flagship, full cache", heard_s, lambda cache: self.render(script, cache, out), full)

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
        slope = np.polyfit(np.log(np.array(counts, float)), np.log(found), 1)[0]
        last = self.rows[-1]
        note = f"CPU time grows as the number of hits to the power of {slope:.2f}"
        self.rows[-1] = Row(last.name, last.cost, last.heard_s, note)

    def _copy(self, start: Path, name: str) -> Path:
        cache = self.folder / name
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(start, cache)
        return cache


def _cost(command: Sequence[str], cache: Path) -> Cost:
    """What a command costs that needs no cache."""
    del cache
    return cost(command)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as a Markdown table."""
    alone = next((row.cost.wall_s for row in rows if row.name == "encoder alone"), None)
    ours = next((row.cost.wall_s for row in rows if row.name == "ours, takes kept"), None)
    yield "| | wall s | CPU s | MB | × real time | ÷ encoder alone | |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        made = f"{row.heard_s / row.cost.wall_s:.0f}" if row.heard_s else ""
        beside = f"{row.cost.wall_s / alone:.2f}" if alone and row.heard_s else ""
        note = row.note
        if ours is not None and row.name in PEERS and row.name != "encoder alone":
            note = f"{row.cost.wall_s / ours:.1f} times as long as ours, takes kept"
        cells = (f"{row.cost.wall_s:.2f}", f"{row.cost.cpu_s:.1f}", f"{row.cost.memory_mb:.0f}", made, beside, note)
        yield f"| {row.name} | {' | '.join(cells)} |"


def machine() -> str:
    """Where it was measured."""
    memory = "proportional set size" if sys.platform == "linux" else "resident size"
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}; memory is {memory}"


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Run what is asked, print the table, and give its rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the workload")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; medians are shown")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--peers", default="pydub,ffmpeg", help="beside the encoder alone")
    parser.add_argument("--work", type=Path, help="a folder to work in, which is kept")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    parser.add_argument("--quick", action="store_true", help="half a minute, once, without flagship and scaling")
    asked = parser.parse_args(arguments)
    parts = [
        part
        for part in PARTS
        if part in asked.only.split(",") and not (asked.quick and part in ("flagship", "scaling"))
    ]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = asked.work or Path(temporary)
        bench = Bench(folder, 0.5 if asked.quick else asked.minutes, 1 if asked.quick else asked.repeat)
        bench.workload()  # the others need what it leaves
        for part in parts:
            match part:
                case "workload":
                    continue
                case "peers":
                    bench.peers([name for name in asked.peers.split(",") if name])
                case "scaling":
                    bench.scaling(10.0, (10, 100, 1000, 10_000))
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
