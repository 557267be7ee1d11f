"""What a worker does with a task; the only place where a season touches an episode's sound."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Container
from contextlib import ExitStack
from pathlib import Path

from pydantic import ValidationError

from producer import render, summary, voice
from producer.cache import Faults, key
from producer.crew import Crew
from producer.deliver import manifest
from producer.digests import sha256_of
from producer.errors import NO_ROOM, ProducerError, RenderError, is_no_room
from producer.model.profile import PROFILES
from producer.planning import foresee
from producer.production import Delivered, Order, Report, Watch
from producer.project import Project
from producer.season import program
from producer.season.task import HERE, MOST_DAMAGED, Asked, Facts, Found, Margin, Mix, Outcome, Task
from producer.season.travel import PROJECT, laid_out, send_made, stored
from producer.shared import SharedCache, opened

_caches: dict[str, SharedCache] = {}


def perform(raw: bytes, watch: Watch) -> Outcome:
    """Do the task that `raw` describes, and say how it ended. Raises nothing that a task can cause."""
    began, spent = time.monotonic(), _cpu_s()
    root, met = "", Faults()
    try:
        task = Task.model_validate_json(raw)
        if task.made_by != program.digest():
            raise RenderError("the worker has another version of Producer, or of its libraries, than this machine")
        cache = _cache(task.cache)
        cache.faults = met  # not what an earlier task has told
        project, output, asked = _surroundings(task, cache)
        root = project.root.as_posix()
        ordered = order(asked, project, output, task.jobs)
        cache.ask_only(_worth_asking(task, cache))
        try:
            done = _TASKS[task.kind](task, ordered, cache, watch)
        finally:
            if task.tree is not None:
                shutil.rmtree(output, ignore_errors=True)
        cache.settle()
    except ProducerError as wrong:
        done = Outcome(kind="mistake", message=_placeless(str(wrong), root))
    except ValidationError as wrong:
        done = Outcome(kind="fault", message=f"this is no task: {wrong}")
    except Exception as wrong:
        message = _placeless(traceback.format_exc(), root)
        done = Outcome(kind="mistake", message=NO_ROOM) if is_no_room(wrong) else Outcome(kind="fault", message=message)
    took = {"wall_s": round(time.monotonic() - began, 3), "cpu_s": round(_cpu_s() - spent, 3)}
    return done.model_copy(update={"damaged": tuple(sorted(met.damaged)[:MOST_DAMAGED]), "unkept": met.unkept, **took})


def _cpu_s() -> float:
    """Of this process and of those that it started and that have ended, encoders and voices."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _surroundings(task: Task, cache: SharedCache) -> tuple[Project, Path, Asked]:
    """The project that a task is of, the folder that receives what is made, and what is asked there."""
    if task.tree is None:
        root, output = Path(task.root), Path(task.output)
        return Project(root / task.script, root), output, task.asked
    folder = laid_out(cache, task.tree)
    root, asked = folder / PROJECT, task.asked
    packs = tuple(str(folder / pack) if "/" in pack else pack for pack in asked.packs)
    sofa = None if asked.sofa is None else str(folder / asked.sofa)
    (cache.root / "made").mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=cache.root / "made"))
    return Project(root / task.script, root), made, asked.model_copy(update={"packs": packs, "sofa": sofa})


def _worth_asking(task: Task, cache: SharedCache) -> Container[str] | None:
    """What may be in the storage of an episode: what others made for it and, if somebody began it, anything."""
    if task.kind != "episode" or cache.storage is None:
        return None
    begun = key("begun", task.script, task.name)
    if cache.is_everywhere(begun):
        return None
    cache.send(begun, b"")
    return frozenset(task.there)


def _cache(named: str) -> SharedCache:
    """The cache of that name, which this process opens once."""
    if named not in _caches:
        _caches[named] = opened(named)
    return _caches[named]


def _placeless(text: str, root: str) -> str:
    return text.replace(f"{root}/", HERE) if root else text


def order(asked: Asked, project: Project, output: Path | None, jobs: int) -> Order:
    """The same as `production.Order`."""
    return Order(
        project=project,
        output=output,
        packs=asked.packs,
        profile=asked.profile,
        formats=asked.formats,
        mixes=asked.mixes,
        stems=asked.stems,
        sofa=None if asked.sofa is None else Path(asked.sofa),
        session=asked.session,
        strict=asked.strict,
        jobs=jobs,
    )


def _lines(task: Task, ordered: Order, cache: SharedCache, watch: Watch) -> Outcome:
    """Speak some lines, so that they are in the cache for every episode that has them."""
    wanted = frozenset(task.lines)
    foreseen = foresee(ordered, cache)
    left = [line for line in foreseen.script.lines if line.id in wanted]
    watch.stage("voices", len(left))
    voice.speak_lines(left, foreseen.profile.rate_hz, cache, task.jobs, lambda done, _: watch.done(done))
    return Outcome(kind="done")


def _episode(task: Task, ordered: Order, cache: SharedCache, watch: Watch) -> Outcome:
    output = ordered.output
    assert output is not None  # see _surroundings
    with ExitStack() as crews:
        crew = crews.enter_context(Crew(task.jobs)) if task.jobs > 1 else None
        if crew is not None:
            crew.warm(ordered.project.script)
        report = render.episode(ordered, cache, watch, crew)
    known = facts(report, ordered.project.root)
    if task.tree is None:
        return Outcome(kind="done", facts=known, manifest=sha256_of(output / manifest.FILE))
    watch.stage("sending", 1)
    files = [(stored(path.relative_to(output).as_posix(), path), path) for path in report.files]
    send_made(cache, files)
    written = next(one.sha256 for one, _ in files if one.file == manifest.FILE)
    return Outcome(kind="done", facts=known, manifest=written, outputs=tuple(one for one, _ in files))


_TASKS = {"lines": _lines, "episode": _episode}


def facts(report: Report, root: Path) -> Facts:
    """What the season wants to know of an episode that is made."""
    script, profile = report.script, PROFILES[report.profile.name]
    said = summary.facts(report, root)
    margins = said["tightest_margin"]
    assert isinstance(margins, dict)
    return Facts(
        title=script.title,
        show=script.show,
        season=script.season,
        episode=script.episode,
        language=script.language,
        edition_of=Path(script.edition_of).stem if script.edition_of else "",
        profile=profile.name,
        asked_lufs=profile.loudness_lufs,
        tolerance_lu=profile.tolerance_lu,
        length_s=round(report.timeline.duration / report.timeline.rate_hz, 3),
        files=tuple(_mix(one) for one in (*report.mixes, *report.further)),
        margins={kind: Margin(**one | {"where": _named(one["where"], root)}) for kind, one in margins.items()},
        findings=tuple(
            Found(where=_named(str(one.where or audit.name), root), time=one.time, what=one.what)
            for audit in report.audits
            for one in audit.findings
        ),
        untranslated=len(script.untranslated),
        recorded=len(report.recorded.takes),
        lines=len(script.lines),
    )


def _mix(made: Delivered) -> Mix:
    return Mix(
        file=made.file.name,
        mix=made.style.name,
        format=made.kind.name,
        loudness_lufs=_rounded(made.measured.integrated_lufs),
        loudness_range_lu=_rounded(made.measured.range_lu),
        true_peak_dbtp=_rounded(made.measured.true_peak_dbtp),
    )


def _named(place: str, root: Path) -> str:
    """A place from the project's folder, the same on every machine."""
    return place.removeprefix(f"{root.as_posix()}/")


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
