"""The audit's edge: finds the files, reads and decodes them, and writes what was found."""

from __future__ import annotations

import json
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import soundfile

from producer.audio import Audio
from producer.audit import mpeg, page, report
from producer.audit.audit import Audit, audit
from producer.audit.instead import shipped
from producer.audit.planned import BrokenTimelineError, Plan, plan_of
from producer.audit.programme import Heard, Listener
from producer.audit.reference import BrokenReferenceError, Keep, Reference
from producer.audit.shift import late_samples
from producer.audit.verdicts import FileFacts
from producer.cache import Cache, key
from producer.carried import about
from producer.deliver import encode, ffmpeg
from producer.deliver.listed import listed
from producer.errors import Place, Problem, RenderError
from producer.limited import read_file
from producer.model.formats import FORMATS, Format

TIMELINE = "timeline.json"
DOCUMENT = "audit.json"
FACTS = "episode.json"
PAGE = "audit.html"
SUFFIXES = (".mp3", ".wav", ".flac", ".m4a", ".m4b", ".aac", ".ogg", ".opus", ".aif", ".aiff", ".w64", ".caf")
_APART_DB = 1.0
"""Between two formats of which one has more gain than this over the other, its limiter makes another programme."""


def reference_name(mix: str, kind: str = "") -> str:
    """What the reference of a mix is called, or that which one format of it has for itself."""
    return ".".join(("reference", *(part for part in (mix, kind) if part not in ("", "standard")), "npz"))


def references(made: Iterable[tuple[str, str, float, Reference]]) -> Mapping[str, Reference]:
    """The references of each mix, by their files' names.

    Its formats have one in common, but for what the limiter takes in each. Where one has so much less room for peaks
    that it is another programme, that has its own.

    Args:
        made: of each file its mix, its format, the gain of its master in dB, and its reference.
    """
    found: dict[str, Reference] = {}
    first_db: dict[str, float] = {}
    for mix, kind, gain_db, reference in made:
        if abs(gain_db - first_db.setdefault(mix, gain_db)) > _APART_DB:
            found[reference_name(mix, kind)] = reference
            continue
        name = reference_name(mix)
        shared = found.setdefault(name, reference)
        if reference.limited != shared.limited:
            found[name] = replace(shared, limited_as={**shared.limited_as, kind: reference.limited})
    return found


def delivered(audio: Path, heard: Heard, plan: Plan, reference: Reference, kind: Format, keep: Keep) -> Audit:
    """The audit of a mix that was just made, from what was heard while it was verified.

    Args:
        audio: the encoded file, a file of that `kind`. plan: what its `timeline.json` plans.
        keep: what was found out of a stretch before (`keeping`).
    """
    return audit(audio.name, probe(audio), heard, plan=plan, reference=reference, kind=kind.name, keep=keep)


def write(reference: Reference, path: Path, keep: Keep | None = None) -> None:
    """The reference as a file. Raises RenderError when there is no room for it."""
    try:
        with path.open("wb") as file:
            reference.write(file, keep)
    except OSError as wrong:
        raise RenderError(f"cannot write {path}: {wrong.strerror}") from None


def keeping(cache: Cache) -> Keep:
    """Keeps what the audit finds out of each stretch: most of them an edit leaves as they were."""
    return lambda name, make: cache.here(key("stretch", zlib.ZLIB_RUNTIME_VERSION, name), make)


def documents(audits: Sequence[Audit], title: str) -> tuple[tuple[str, str], ...]:
    """The files that an audit leaves: name and content."""
    return (DOCUMENT, document(audits)), (PAGE, page.html(audits, title))


def document(audits: Sequence[Audit]) -> str:
    """What `audit.json` says: a line for each clip and each finding."""
    return listed(report.document(audits), opened="files")


def target(path: Path, profile: str | None = None) -> tuple[Audit, ...]:
    """Audit a file, or every mix in an output folder. Raises RenderError for what is neither."""
    files = [path] if path.is_file() else _mixes(path)
    plan = _plan(files[0].parent)
    return shipped([_one(file, plan, profile) for file in files])


def _mixes(folder: Path) -> list[Path]:
    """The mixes in an output folder: sound files right in it, the standard one first."""
    if not folder.exists():
        raise RenderError(f"there is no file or folder called {folder}")
    try:
        found = [one for one in folder.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file()]
    except OSError as wrong:
        raise RenderError(f"cannot read {folder}: {wrong.strerror}") from None
    if not found:
        raise RenderError(f"there is nothing to audit in {folder}: it holds no sound file")
    return sorted(found, key=lambda one: (one.name.count("."), one.name))


def _one(path: Path, plan: Plan | None, profile: str | None) -> Audit:
    facts, heard = listen(path, None if plan is None else plan.rate_hz)
    own = None if plan is None else _kind(path)
    should = None if plan is None else _reference(path, plan, heard, own or "")
    kind = None if profile is not None else own
    held = partial(audit, path.name, facts, heard, plan=plan, reference=should, profile=profile, kind=kind)
    found = held()
    late = 0 if should is None or not found.findings else late_samples(should, heard.seen)
    if not late:
        return found
    placed = listen(path, heard.seen.rate_hz, late)[1]
    return min(found, held(placed=placed), key=_unexplained)


def _unexplained(found: Audit) -> tuple[bool, int]:
    """How much an audit leaves unexplained: of two, the one that has less is right."""
    return any(one.kind == "unlike" for one in found.findings), len(found.findings)


def _kind(path: Path) -> str | None:
    """The format in which a file was asked for, as `episode.json` beside it says; None where it does not."""
    beside = path.with_name(FACTS)
    if not beside.is_file():
        return None
    try:
        said = json.loads(_read(beside).decode("utf-8"))
        named = {one["file"]: one["format"] for one in said.get("files", ())}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RenderError(f"{beside} is not as a render leaves it; render the episode again") from None
    found = named.get(path.name)
    return found if found in FORMATS else None


def listen(path: Path, planned_hz: int | None = None, late: int = 0) -> tuple[FileFacts, Heard]:
    """A file's facts and all that is heard in it. Raises RenderError when it is no sound.

    Args:
        planned_hz: the rate of the timeline beside it; an Opus file is heard at that, from which it was made.
        late: how many samples to leave out at its beginning; less than 0: how many of silence to put there.
    """
    ffmpeg.executable()  # before anything is made of the file: that it is not there says nothing of the file
    facts = probe(path)
    channels = min(2, facts.channels)
    rate_hz, blocks = facts.rate_hz, ffmpeg.decode(path, channels, facts.rate_hz)
    if facts.codec == "opus" and planned_hz is not None:
        rate_hz, blocks = planned_hz, encode.back_from_opus(path, channels, planned_hz)
    listener = Listener(rate_hz, channels, _temporary, floating=facts.floating)
    damage = ""
    try:
        for _ in listener.listen(_in_place(_numbers(blocks) if facts.floating else blocks, late, channels)):
            pass
    except RenderError as wrong:
        damage = str(wrong).rpartition("cleanly: ")[2].splitlines()[0]
    if not listener.meter.samples:
        raise RenderError(f"{path} holds no sound{f': {damage}' if damage else ''}")
    return facts, listener.heard(damage)


def _numbers(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """The blocks up to the first sample that is none: floating samples may hold anything. Raises RenderError there."""
    for block in blocks:
        good = np.isfinite(block).all(axis=1)
        if good.all():
            yield block
            continue
        first = int(good.argmin())
        if first:
            yield block[:first]
        raise RenderError("a sample is no number")


def _in_place(blocks: Iterable[Audio], late: int, channels: int) -> Iterator[Audio]:
    """The blocks without their first `late` samples, or after so many of silence. See `listen`."""
    if late < 0:
        yield np.zeros((-late, channels), np.float32)
    for block in blocks:
        left = block[max(0, late) :]
        late -= len(block)
        if len(left):
            yield left


def probe(path: Path) -> FileFacts:
    """What kind of sound file it is. Raises RenderError when it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"fLaC", b"FORM", b"caff", b"riff"):
        try:
            found: Any = soundfile.info(str(path))
        except soundfile.LibsndfileError as wrong:
            raise RenderError(f"{path} cannot be read: {wrong.error_string.rstrip('.')}") from None
        codec = {"RF64": "wav", "WAVEX": "wav"}.get(str(found.format), str(found.format).lower())
        bits = re.search(r"PCM_(\d+)|PCM_[SU](8)", str(found.subtype))
        facts = _facts(path, codec, int(found.samplerate), int(found.channels), bits=bits and int(bits[1] or bits[2]))
        return replace(facts, floating=str(found.subtype) in ("FLOAT", "DOUBLE"))
    if path.suffix.lower() == ".mp3":
        with path.open("rb") as file:
            frames = mpeg.frames(file)
        if frames is not None:
            return FileFacts(codec="mp3", rate_hz=frames.rate_hz, channels=frames.channels, kbps=frames.kbps)
        raise RenderError(f"{path} is called .mp3, but there are no MP3 frames in it")
    return _asked(path)


def _facts(path: Path, codec: str, rate_hz: int, channels: int, bits: int | None = None) -> FileFacts:
    if not 2000 <= rate_hz <= 768_000 or channels < 1:
        raise RenderError(f"{path} claims {channels} channels at {rate_hz} Hz, which no programme has")
    return FileFacts(codec=codec, rate_hz=rate_hz, channels=channels, bits=bits)


def _asked(path: Path) -> FileFacts:
    """What ffmpeg says of a file that neither libsndfile nor we know."""
    found = re.search(r"Audio: (\w+)[^\n]*?, (\d+) Hz, (mono|stereo|\d+ channels|[\d.]+)", about(path))
    if found is None:
        raise RenderError(f"{path} is no sound file that can be read")
    return _facts(path, found[1], int(found[2]), 1 if found[3] == "mono" else 2)


def _plan(folder: Path) -> Plan | None:
    """The timeline beside a file; None when there is none. Raises RenderError when it is broken."""
    path = folder / TIMELINE
    if not path.is_file():
        return None
    try:
        return plan_of(json.loads(_read(path).decode("utf-8")))
    except (BrokenTimelineError, ValueError, RecursionError) as wrong:
        raise RenderError(
            f"{path} {wrong if isinstance(wrong, BrokenTimelineError) else 'is no JSON document'}"
        ) from None


def _reference(path: Path, plan: Plan, heard: Heard, kind: str) -> Reference | None:
    """The reference of a mix, by the file's name; None where there is none, or where the file has another rate.

    Args:
        kind: the file's format, of which there may be one of its own.
    """
    parts = path.name.split(".")
    mix = parts[-2] if len(parts) > 2 else ""
    beside = path.with_name(reference_name(mix, kind))
    if not beside.is_file():
        beside = path.with_name(reference_name(mix))
    if not beside.is_file():
        return None
    try:
        with beside.open("rb") as file:
            found = Reference.read(file, _temporary)
    except OSError as wrong:
        raise RenderError(f"cannot read {beside}: {wrong.strerror}") from None
    except BrokenReferenceError as wrong:
        raise RenderError(f"{beside} {wrong}") from None
    if (found.rate_hz, found.samples) != (plan.rate_hz, plan.samples):
        raise RenderError(f"{beside} and {TIMELINE} are not of one render; render the episode again")
    return found.of_format(kind) if found.rate_hz == heard.seen.rate_hz else None


def _temporary() -> BinaryIO:
    """Room for what is read and heard of an episode of any length."""
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="producer-"))


def _read(path: Path) -> bytes:
    try:
        return read_file(path, "document_mib")
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None


def failing(audits: Sequence[Audit]) -> Iterator[Problem]:
    """Every finding as a mistake, with its file where there are several.

    What another file is shipped for is none.
    """
    for one in audits:
        for found in one.findings:
            if found.instead:
                continue
            place = found.where if found.where is not None else Place(one.name)
            mend = f"; {found.mend}" if found.mend else ""
            file = f" [{one.name}]" if len(audits) > 1 and found.where is not None else ""
            yield Problem(place, f"{found.time} {found.what}{mend}{file}")
