"""The pack to start from: two recordings, a recipe, and a pack.yaml that explains itself."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from producer.errors import RenderError, UsageError
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.project import is_device, own_folder, shipped
from producer.sounds.manifest import objection_to_name

_RATE_HZ = 48000
_RECORDINGS: Mapping[str, tuple[str, Mapping[str, float], int]] = {
    # file in the pack: (recipe, settings, seed); stand-ins for what a designer records with a microphone
    "knock/knock_01.flac": ("knock", {}, 11),
    "knock/knock_02.flac": ("knock", {}, 12),
}
_LONGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePack:
    """A pack that was written just now."""

    name: str
    folder: str  # from where the user is
    files: tuple[str, ...]
    hides: bool  # a pack of this name ships, and is no longer meant in this project

    def as_json(self) -> dict[str, Any]:
        """The pack as one object."""
        return {
            "pack": self.name,
            "folder": self.folder,
            "files": list(self.files),
            "hides_shipped": self.hides,
        }

    def text(self) -> str:
        """What was made, and what to do with it."""
        lines = [f"made {self.folder}: {', '.join(self.files)}"]
        if self.hides:
            lines.append(f"in this project it is meant in place of the '{self.name}' that ships")
        lines += ["next:", f"  list it in a script: packs: [{self.name}]", f"  render pack check {self.name}"]
        return "\n".join(lines)


def make_pack(name: str, root: Path, here: Path) -> MadePack:
    """Write the pack `name` into the `sfx/` of the project in `root`; all of it or nothing.

    Raises:
        UsageError: no pack can be called so.
        RenderError: there is one already, or it cannot be written.
    """
    wrong = objection_to_name(name)
    if wrong or is_device(name) or len(name) > _LONGEST:
        shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
        if not wrong:
            wrong = f"'{shown}' is {'a device on Windows' if is_device(name) else 'longer than 64 characters'}"
        raise UsageError(f"{wrong}; a name is like: winter, my_pack or harbour-2")
    folder = own_folder(root, "sfx", instead="make the pack in the project that it leads to") / name
    shown = _from(folder, here)
    part: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        twin = next((one.name for one in folder.parent.iterdir() if one.name.casefold() == name.casefold()), "")
        if twin:
            raise RenderError(f"{_from(folder.with_name(twin), here)} is there already; choose another name")
        files = sounds(name, title(name)) | {"README.md": _filled("pack_readme.md", name, title(name)).encode()}
        part = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        for file, content in files.items():
            path = part / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (part / name).rename(folder)
    except OSError as found:
        raise RenderError(f"cannot make {shown}: {found.strerror}") from None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    hides = (shipped("sfx") / name).is_dir() and shipped("sfx").resolve() != folder.parent.resolve()
    return MadePack(name=name, folder=shown, files=tuple(sorted(files)), hides=hides)


def sounds(name: str, called: str) -> dict[str, bytes]:
    """The pack.yaml and the recordings of a pack `name` with the title `called`, by their paths in it."""
    recordings = {file: _recorded(*asked) for file, asked in _RECORDINGS.items()}
    return {"pack.yaml": _filled("pack.yaml", name, called).encode()} | recordings


def title(name: str) -> str:
    """`my_play` as people write it: My Play. A name with capitals in it is taken as it is."""
    words = name.replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) if name == name.lower() else " ".join(words)


def _filled(template: str, name: str, called: str) -> str:
    text = (resources.files("producer.starter") / "templates" / template).read_text("utf-8")
    return text.replace("@PACK@", name).replace("@PACK_TITLE@", called)


def _recorded(recipe: str, settings: Mapping[str, float], seed: int) -> bytes:
    import soundfile

    found = RECIPES[recipe]
    assert found.hit is not None, f"{recipe} is no hit"
    made = found.hit(found.filled(settings), None, _RATE_HZ, seed)
    file = io.BytesIO()
    soundfile.write(file, np.clip(made.audio, -1, 1), _RATE_HZ, subtype="PCM_24", format="FLAC")
    return file.getvalue()


def _from(folder: Path, here: Path) -> str:
    try:
        return Path(os.path.relpath(folder, here)).as_posix()
    except ValueError:  # another drive
        return folder.as_posix()
