"""Recordings into a project: matched to lines by name, listened to, and copied; nothing is written over."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from producer import render
from producer.cache import Cache
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.model.script import Line, Script
from producer.model.voice import TakeReport
from producer.project import Project, own_folder
from producer.sounds.paths import inside
from producer.voice import folder as takes_folder
from producer.voice.align import align_both
from producer.voice.condition import cleaned
from producer.voice.departures import likeness
from producer.voice.folder import Recording, named_as_sound, unnamed_as_sound
from producer.voice.naming import Meant, Names, Speech, shown, speakers
from producer.voice.raw import UnusableError, heard_file
from producer.voice.recorded import Heard, hear_all
from producer.voice.reels import cut_reel
from producer.voice.reference import Reference, references
from producer.voice.spectra import RATE_HZ

_LISTEN_HZ = 48000
_COARSE_S = 0.02
_SURE, _NEARER = 0.8, 0.15
"""Another line is named only when a recording is this much more like it than like noise of its kind."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A recording that is a take now (or was already), and what was heard in it."""

    file: str  # as it was found
    report: TakeReport  # `file` is where it is now
    number: int  # of the take
    already: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A recording that was not taken, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a folder of recordings."""

    brought: tuple[Brought, ...] = ()
    refused: tuple[Refused, ...] = ()
    absent: tuple[str, ...] = ()
    """Lines that were looked for in a character's long file and are not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One import."""

    project: Project
    script: Script
    names: Names
    cache: Cache
    jobs: int
    watch: render.Watch
    home: Path
    """The project's folder of takes."""
    there: dict[Speech, dict[int, Path]]
    brought: list[Brought] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def bring(
    folder: Path, project: Project, packs: tuple[str, ...], cache: Cache, jobs: int, watch: render.Watch
) -> Import:
    """Match, check, align and copy every recording of a folder. Raises ScriptError, PackError, VoiceError, RenderError.

    A file is called like its line, or like a member of the cast when it holds all that the member says, in order.
    """
    if not folder.is_dir():
        raise RenderError(f"{folder} is not a folder; name the folder with the recordings")
    home = own_folder(project.root, "takes", project.slug, instead="put a folder in its place")
    script, _ = render.read_script(project, packs, cache)
    names = Names(script.lines)
    there = takes_folder.present(project.root, project.slug, script.lines)
    job = _Job(project=project, script=script, names=names, cache=cache, jobs=jobs, watch=watch, home=home, there=there)
    found = named_as_sound(folder)
    for path in unnamed_as_sound(folder, names):
        known = " ".join(sorted(takes_folder.SUFFIXES))
        job.refused.append(Refused(str(path), f"is called like a line, but not like a sound ({known})"))
    for inner, count in [] if folder.resolve() == home.resolve() else _folders(folder, names):
        held = f"{count} recordings called like lines" if count > 1 else "a recording called like a line"
        job.refused.append(Refused(str(inner), f"is a folder with {held}; bring it in by itself"))
    if not found and not job.refused:
        raise RenderError(f"there is no recording in {folder}")
    members = {unicodedata.normalize("NFC", member).casefold(): member for member in speakers(script.lines)}
    single: list[tuple[Path, Meant]] = []
    reels: list[tuple[Path, str]] = []
    unknown: list[Path] = []
    for path in found:
        why = _why_not(folder, path)
        if why:
            job.refused.append(Refused(str(path), why))
            continue
        meant = names.meant(path.stem)
        numbered, number = names.numbered(path.stem)
        if meant is None and numbered is not None and len(numbered.voices) == 1:
            meant = Meant((numbered.id, 0), number)
        stem = unicodedata.normalize("NFC", path.stem).casefold()  # `ben`, `ben_2`; and there may be a `guard2`
        reel = members.get(stem) or members.get(stem.rstrip("0123456789").rstrip("_"))
        if meant is not None:
            single.append((path, meant))
        elif reel is not None:
            reels.append((path, reel))
        else:
            unknown.append(path)
    _singles(job, single)
    for path, member in reels:
        _reel(job, path, member)
    for path in unknown:
        _unknown(job, path)
    return Import(tuple(_told_which(job, one) for one in job.brought), tuple(job.refused), tuple(job.absent))


def _folders(folder: Path, names: Names) -> list[tuple[Path, int]]:
    """The folders in a folder that have recordings called like lines, and how many."""
    held = [(one, named_as_sound(one)) for one in sorted(folder.iterdir()) if one.is_dir() and one.name[:1] != "."]
    counted = [(one, sum(names.meant(path.stem) is not None for path in there)) for one, there in held]
    return [(one, count) for one, count in counted if count]


def _why_not(folder: Path, path: Path) -> str:
    """Why what is named like a recording is none of this folder; nothing when it is one."""
    try:
        path.name.encode()
        inside(folder, path, "its folder")
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    except ValueError as wrong:
        return str(wrong)
    return ""


def _singles(job: _Job, found: Sequence[tuple[Path, Meant]], reel: Path | None = None) -> None:
    recordings = [_recording(job, path, meant.speech) for path, meant in found]
    job.watch.stage("listen", len(recordings))
    heard = hear_all(
        recordings,
        job.script.language,
        _LISTEN_HZ,
        job.cache,
        render.listen,
        job.jobs,
        lambda done, _: job.watch.done(done),
    )
    for (path, meant), recording, one in zip(found, recordings, heard, strict=True):
        if isinstance(one, UnusableError):
            job.refused.append(Refused(str(path), str(one)))
        elif one.other and reel is not None:
            _absent(job, recording.line, reel)
        elif one.other or _is_doubtful(job, path, recording, one):
            job.refused.append(Refused(str(path), _other(job, path, recording.line)))
        else:
            _copy(job, path, meant, recording, one)


def _recording(job: _Job, path: Path, speech: Speech) -> Recording:
    line = job.names.lines[speech[0]]
    return Recording(line=line, index=speech[1], path=path, file=path.name, sha256=takes_folder.digest(path))


def _copy(job: _Job, path: Path, meant: Meant, recording: Recording, heard: Heard) -> None:
    """Under its line's name and the first number that is free, unless the very same recording is there."""
    numbered = job.there.setdefault(meant.speech, {})
    for number, kept in numbered.items():
        if takes_folder.digest(kept) == recording.sha256:
            _done(job, path, kept, number, heard, already=True)
            return
    number = meant.number if meant.number not in numbered else max(numbered) + 1
    target = job.home / f"{job.names.file(meant.speech, number)}{path.suffix.lower()}"
    _write(target, lambda part: shutil.copyfile(path, part))
    note = f"take {meant.number} was there already" if number != meant.number else ""
    numbered[number] = target
    _done(job, path, target, number, heard, note=note)


def _done(
    job: _Job, path: Path, target: Path, number: int, heard: Heard, *, already: bool = False, note: str = ""
) -> None:
    report = replace(heard.report, file=target.relative_to(job.project.root).as_posix())
    job.brought.append(Brought(str(path), report, number, already, note))


def _told_which(job: _Job, one: Brought) -> Brought:
    """With what is heard in its place, when all that there is has been brought in."""
    picked = job.names.lines[one.report.line].take
    last = max(job.there[one.report.line, _index(job, one.report)])
    heard = f"the script says 'take: {picked}'" if picked else f"take {last} is the one that is heard"
    if str(one.number) == (picked or str(last)):
        return one
    return replace(one, note="; ".join(filter(None, (one.note, heard))))


def _index(job: _Job, report: TakeReport) -> int:
    uses = job.names.lines[report.line].voices
    return next(index for index, use in enumerate(uses) if use.member == report.member)


def _write(target: Path, make: Callable[[Path], object]) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        make(part)
        part.replace(target)
    except OSError as wrong:
        part.unlink(missing_ok=True)
        raise RenderError(f"cannot write {target}: {wrong.strerror}") from None


def _reel(job: _Job, path: Path, member: str) -> None:
    """A member's long file, cut into takes beside it in the project."""
    said = speakers(job.script.lines)[member]
    try:
        raw = heard_file(path, render.listen)
    except UnusableError as wrong:
        job.refused.append(Refused(str(path), str(wrong)))
        return
    beside = _beside(job, said)
    job.watch.stage("cut", 1)
    cuts, absent = cut_reel(raw.samples, raw.rate_hz, said, beside)
    job.watch.done(1)
    if not cuts:
        job.refused.append(Refused(str(path), f"none of what '{member}' says was found in it"))
        return
    made: list[tuple[Path, Meant]] = []
    scratch = job.home / f".{path.stem}.cut"
    subtype = "PCM_24" if np.abs(raw.audio).max() < 1.0 else "FLOAT"  # a float file may pass full scale unharmed
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        for cut in cuts:
            piece = scratch / f"{job.names.of[cut.speech]}.wav"
            soundfile.write(piece, raw.audio[cut.start : cut.end], raw.rate_hz, subtype=subtype)
            made.append((piece, Meant(cut.speech, 1)))
        before, refused = len(job.brought), len(job.refused)
        _singles(job, made, path)
    except OSError as wrong:
        raise RenderError(f"cannot write {scratch}: {wrong.strerror}") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    at = {str(piece): cut for (piece, _), cut in zip(made, cuts, strict=True)}
    for number in range(before, len(job.brought)):
        one = job.brought[number]
        cut = at[one.file]
        notes = [one.note] if one.note else []
        notes += [f"said {cut.times} times, the last one is kept"] if cut.times > 1 else []
        job.brought[number] = replace(one, file=f"{path} at {_clock(cut.start / raw.rate_hz)}", note="; ".join(notes))
    for number in range(refused, len(job.refused)):
        gone = job.refused[number]
        where = f"{path} at {_clock(at[gone.file].start / raw.rate_hz)}"
        job.refused[number] = Refused(where, gone.why)
    for speech in absent:
        _absent(job, job.names.lines[speech[0]], path)


def _absent(job: _Job, line: Line, reel: Path) -> None:
    job.absent.append(f"{line.place}: {shown(line)} is not in {reel}")


def _unknown(job: _Job, path: Path) -> None:
    why = takes_folder.why_stray(path.stem, job.names)
    line = None
    if job.names.together(path.stem) is None:
        try:
            line = _whose(job, path, None)
        except UnusableError as wrong:
            why = str(wrong)
    if line is not None:
        why = f"no line is called so; it says {shown(line)} ({line.place}): call it {_called(job, line)}"
    job.refused.append(Refused(str(path), why))


def _is_doubtful(job: _Job, path: Path, recording: Recording, heard: Heard) -> bool:
    """Whether another line is clearly nearer: short ones are not unlike each other, so they are compared."""
    if heard.likeness < _SURE:
        return False
    return _whose(job, path, recording.line, heard.likeness - _NEARER) is not None


def _other(job: _Job, path: Path, line: Line) -> str:
    said = f"says something else than {shown(line)} ({line.place})"
    other = _whose(job, path, line)
    if other is None:
        return f"{said}, and none of the other lines either"
    return f"{said}: it is {shown(other)} ({other.place}); call it {_called(job, other)}"


def _called(job: _Job, line: Line) -> str:
    """What a recording of a line is called; of one said together by who says it, which it does not tell."""
    return " or ".join(job.names.of[line.id, index] for index in range(len(line.voices)))


def _whose(job: _Job, path: Path, but: Line | None, sure: float = _SURE) -> Line | None:
    """The line that a recording says, those of the same member first; None when it is none for certain.

    Raises UnusableError.
    """
    raw = heard_file(path, render.listen)
    low = soxr.resample(cleaned(raw.samples, raw.rate_hz), raw.rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    lines = [line for line in job.script.lines if but is None or line.id != but.id]
    groups = [[line for line in lines if but is not None and line.speaker == but.speaker]]
    groups.append([line for line in lines if line not in groups[0]])
    for group in groups:
        if not group:
            continue
        beside = _beside(job, [(line.id, 0) for line in group])
        ratios = [(_ratio(low, beside[line.id, 0]), number) for number, line in enumerate(group)]
        best, number = min(ratios)
        if best < min(sure, _SURE):
            return group[number]
    return None


def _ratio(low: np.ndarray, beside: Reference) -> float:
    return likeness(*align_both(low, beside.readings, _COARSE_S))


def _beside(job: _Job, wanted: Sequence[Speech]) -> Mapping[Speech, Reference]:
    lines = [(job.names.lines[line], index) for line, index in wanted]
    return references(lines, job.script.language, job.cache, job.jobs)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
