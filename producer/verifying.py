"""The edge of `render verify`: delivered files held against the manifest that was written with them.

A manifest may come from anywhere. It is read as data, up to a limit; it can name no file outside its folder, and a link
is never followed.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from producer import project
from producer.deliver import manifest
from producer.deliver.listed import listed
from producer.deliver.manifest_read import Listed, Manifest
from producer.deliver.stated import AUDIO, Stated, stated
from producer.digests import sha256_of
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.limited import read_file

MADE_LATER = ("cover.jpg", "cover.png", "feed-item.xml")
"""What `render feed` puts beside an episode."""
OWN_FOLDERS = ("preview", "session", "booth")
"""Where previews are, what is somebody's own work on a session, and actors' sheets: mentioned where the manifest does
not know it."""
_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the manifest says."""

    file: str
    what: str  # changed, missing, unknown, not made of that
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at, and what is not as it should be."""

    manifest: Path
    title: str
    files: tuple[str, ...]  # that are as the manifest says
    inputs: int = 0  # that are
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()  # what is there besides, and does not count
    statement: Stated | None = None  # of the first audio file that has one

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        said = self.statement
        return {
            "ok": not self.findings,
            "title": self.title,
            "manifest": self.manifest.as_posix(),
            "files": list(self.files),
            "inputs": self.inputs,
            "findings": [{"file": one.file, "what": one.what, "why": one.why} for one in self.findings],
            "notes": list(self.notes),
            "statement": None if said is None else said.document(),
        }


@dataclass(slots=True)
class _Notebook:
    files: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inputs: int = 0
    statement: Stated | None = None

    def found(self, file: str, what: str, why: str) -> None:
        self.findings.append(Finding(file, what, why))


def verify(
    target: Path, manifest_file: Path | None = None, root: Path | None = None, packs: Sequence[Path] = ()
) -> Verified:
    """Hold a file, or a whole output folder, against its manifest.

    Args:
        manifest_file: where the manifest is, if it is not in the folder.
        root: the project that it was made from: then the files it was made of are looked at, too.
        packs: folders of packs that are not in the project.

    Raises RenderError when there is no manifest, or none that a render wrote.
    """
    if not target.exists():
        raise RenderError(f"there is no file or folder called {target}")
    folder = target if target.is_dir() else target.parent
    beside = manifest_file or _beside(target, folder)
    if target.is_file() and not beside.is_file():
        raise RenderError(_alone(target))
    read, whole = read_manifest(beside)
    notebook = _Notebook()
    if target.is_dir():
        _folder(folder, read, notebook)
    elif target.resolve() != beside.resolve():
        _file(target, read, notebook)
    if not whole:
        notebook.found(manifest.FILE, "changed", "it was changed after the render; its own digest says so")
    if root is not None:
        _inputs(read, root, packs, notebook)
    return Verified(
        manifest=beside,
        title=read.title,
        files=tuple(notebook.files),
        inputs=notebook.inputs,
        findings=tuple(notebook.findings),
        notes=tuple(notebook.notes),
        statement=notebook.statement,
    )


def read_manifest(path: Path) -> tuple[Manifest, bool]:
    """A manifest, and whether it is letter by letter what a render wrote. Raises RenderError when it is none."""
    try:
        if not path.is_file():
            raise RenderError(f"there is no {manifest.FILE} in {path.parent}; render the episode again to have one")
        raw = read_file(path, "document_mib")
    except OSError as wrong:
        raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
    try:
        document = json.loads(raw.decode("utf-8"))
        read = Manifest.model_validate_json(raw)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise RenderError(f"{path} is no manifest of a render: {where}: {first['msg'][:200]}") from None
    except (ValueError, RecursionError):
        raise RenderError(f"{path} is no manifest of a render: it is not JSON") from None
    for one in (*read.inputs, *read.outputs):
        wrong_name = _leaves(one.file) or (_leaves(one.pack) if one.pack else "")
        if wrong_name:
            raise RenderError(f"{path} is no manifest of a render: it names {_short(one.file)}, {wrong_name}")
    names = [one.file for one in read.outputs]
    if len(set(names)) != len(names):
        raise RenderError(f"{path} is no manifest of a render: it names a file twice")
    try:
        whole = (
            listed(document).encode("utf-8", "surrogatepass") == raw
            and manifest.own_digest(document) == read.sha256
            and manifest.digest(document) == read.made_from
        )
    except (KeyError, RecursionError, UnicodeError):
        whole = False
    return read, whole


def _beside(target: Path, folder: Path) -> Path:
    """Where the manifest is: in the folder, or above it for what is in one of an episode's (`session/media/`)."""
    around = (folder, *folder.resolve().parents[:2]) if target.is_file() else (folder,)
    return next((one / manifest.FILE for one in around if (one / manifest.FILE).is_file()), folder / manifest.FILE)


def _alone(target: Path) -> str:
    said = _stated(target)
    why = f"{target} cannot be verified: there is no {manifest.FILE} beside it (or name one with --manifest)"
    return f"{why}; it says that it was made with {said.made_with} from {said.made_from}" if said else why


def _folder(folder: Path, read: Manifest, notebook: _Notebook) -> None:
    for one in read.outputs:
        _held(folder, one, read, notebook)
    known = {one.file for one in read.outputs} | {manifest.FILE}
    for name in sorted(_there(folder)):
        if name in known:
            continue
        parts = name.split("/")
        hidden = any(part.startswith(".") for part in parts) or parts[-1].casefold() in _SYSTEM
        if name in MADE_LATER:
            notebook.notes.append(f"{name}: made by render feed")
        elif hidden or parts[0] in OWN_FOLDERS:
            notebook.notes.append(f"{name}: not of this render")
        else:
            notebook.found(name, "unknown", "the manifest does not know it; it is not of this render")


def _there(folder: Path) -> Iterator[str]:
    """Every file under `folder`, by its path in it; links, to folders too, are files here, and not followed."""
    for here, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        for name in (*names, *links):
            yield (Path(here) / name).relative_to(folder).as_posix()


def _file(target: Path, read: Manifest, notebook: _Notebook) -> None:
    """One file; under another name, too, when the manifest lists what is in it."""
    resolved = target.resolve()
    names = [one for one in read.outputs if resolved.as_posix().endswith("/" + one.file)]
    if names:
        one = max(names, key=lambda name: len(name.file))
        folder = resolved.parents[one.file.count("/")]
        _held(folder, one, read, notebook)
        return
    facts = sha256_of(resolved), resolved.stat().st_size
    alike = [one for one in read.outputs if (one.sha256, one.bytes) == facts]
    if not alike:
        notebook.found(target.name, "unknown", "the manifest knows no file of this name, and none with what is in it")
        return
    notebook.notes.append(f"{target.name}: it is {alike[0].file} under another name")
    _matched(resolved, target.name, read, notebook)


def _held(folder: Path, one: Listed, read: Manifest, notebook: _Notebook) -> None:
    path = folder / one.file
    fault = _fault(folder, path, one)
    if fault is not None:
        notebook.found(one.file, *fault)
        return
    _matched(path, one.file, read, notebook)


def _matched(path: Path, name: str, read: Manifest, notebook: _Notebook) -> None:
    """The file has the bytes that it should have; an audio file also says itself what it is made of."""
    said = _stated(path)
    if said is not None:
        notebook.statement = notebook.statement or said
        if said.made_from != f"sha256:{read.made_from}":
            why = f"it says that it is made from {said.made_from}, the manifest that it is from sha256:{read.made_from}"
            notebook.found(name, "not made of that", why)
            return
    notebook.files.append(name)


def _fault(folder: Path, path: Path, one: Listed) -> tuple[str, str] | None:
    """What is wrong with a file that should be in `folder`; None when nothing is. Nothing outside is read."""
    try:
        for part in (path, *path.parents):
            if part == folder:
                break
            if part.is_symlink():
                return "changed", "a link stands in its place, which is not followed"
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return "changed", "what stands in its place is not a file"
        if found.st_size != one.bytes:
            return "changed", f"it has {found.st_size} bytes, and had {one.bytes} when it was rendered"
        sha256 = sha256_of(path)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", "it is missing"
    except (OSError, ValueError) as wrong:
        return "changed", f"it cannot be read: {getattr(wrong, 'strerror', None) or wrong}"
    return None if sha256 == one.sha256 else ("changed", "its bytes are not those that were rendered")


def _inputs(read: Manifest, root: Path, packs: Sequence[Path], notebook: _Notebook) -> None:
    """What the episode was made of, as it stands in the project now."""
    folders = {folder.resolve().name: folder for folder in packs}
    for one in read.inputs:
        shown = f"{one.pack}/{one.file}" if one.pack else one.file
        folder: Path | None = root
        if one.pack:
            there = [where / one.pack for where in project.pack_roots(root) if (where / one.pack).is_dir()]
            folder = folders.get(one.pack) or (there[0] if there else None)
        if folder is None:
            notebook.found(shown, "missing", f"the pack '{one.pack}' is not in {root}; name its folder with --pack")
            continue
        folder = folder.resolve()  # the user's own choice; below it no link is followed
        fault = _fault(folder, folder / one.file, one)
        if fault is None:
            notebook.inputs += 1
        else:
            what, why = fault
            notebook.found(shown, what, why.replace("those that were rendered", "those it was rendered from"))


def _leaves(name: str) -> str:
    """Why a name is none of a file in a folder; nothing when it is one."""
    if name.startswith(("/", "~")) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", name):
        return "which is not a path from its folder"
    if "\\" in name or any(ord(one) < 32 for one in name):
        return "which no render writes"
    parts = name.split("/")
    if any(part in ("", ".", "..") or len(part) > 255 or _device(part) for part in parts):
        return "which leaves its folder or is no file's name"
    return ""


def _device(name: str) -> bool:
    return os.name == "nt" and project.is_device(name)


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "…")


def _stated(path: Path) -> Stated | None:
    return stated(path) if path.suffix.lower() in AUDIO else None
