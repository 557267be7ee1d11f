"""`render pack install`: an archive becomes a pack of the project, whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from producer.errors import PackError, Place, Problem
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.packs.archive import Archive, Limits, opened, refused
from producer.packs.found import Found
from producer.packs.listing import licence_of
from producer.packs.tables import counted
from producer.project import file_name, home, is_device, pack_roots, shipped
from producer.sounds.find import read_folder, shown_folder
from producer.sounds.known import MANIFEST
from producer.sounds.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A pack that is unpacked and read, beside the place where it will stand."""

    pack: Pack
    root: Path  # the folder of packs that it goes into
    archive: str
    files: int
    size_bytes: int

    def text(self) -> str:
        """Whose it is and what may be done with it, before it lands."""
        pack = self.pack
        lines = [f"{pack.name} {pack.version}: {pack.title}", f"licence {self._licence()}, by {self._authors()}"]
        held = f"{counted(len(pack.sounds), 'role')}, {counted(self.files, 'file')}, {self.size_bytes / 1e6:.1f} MB"
        return "\n".join([*lines, held])

    def land(self, *, replace: bool) -> dict[str, Any]:
        """Put it in its place with one rename. Raises PackError when one is there and `replace` is not asked for."""
        pack, target = self.pack, self.root / self.pack.name
        twin = next((one for one in self.root.iterdir() if one.name.casefold() == pack.name.casefold()), None)
        before = None
        if twin is not None:
            if twin.name != pack.name:
                raise refused(self.archive, "", f"'{pack.name}' would stand beside '{twin.name}'; some systems see one")
            if not replace:
                what = f"the pack '{pack.name}'{_version(twin)} is in {shown_folder(self.root)} already"
                raise refused(self.archive, "", f"{what}; --replace puts this one ({pack.version}) in its place")
            before = pack.folder.parent / ".before"
            target.rename(before)  # kept until the new one stands; the temporary folder takes it along
        try:
            pack.folder.rename(target)
        except OSError as wrong:
            if before is not None:
                before.rename(target)
            raise _unwritable(self.archive, self.root, wrong) from None
        return {
            "pack": pack.name,
            "version": pack.version,
            "title": pack.title,
            "author": self._authors(),
            "licence": self._licence(),
            "roles": len(pack.sounds),
            "files": self.files,
            "bytes": self.size_bytes,
            "folder": shown_folder(target),
            "name": pack.name
            if self.root.resolve() in {path.resolve() for path in pack_roots(home(Path.cwd()))}
            else None,
            "replaced": before is not None,
            "hides_shipped": (shipped("sfx") / pack.name).is_dir() and shipped("sfx").resolve() != self.root.resolve(),
        }

    def _licence(self) -> str:
        return licence_of(Found(name="", folder=self.pack.folder, shown="", where="path", pack=self.pack))

    def _authors(self) -> str:
        every = [
            layer.source.credit.author
            for sound in self.pack.sounds.values()
            for member in sound.members
            for layer in member.layers
        ]
        names = list(dict.fromkeys(name for name in (self.pack.author, *every) if name))
        return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "nobody named"


def landed_text(facts: Mapping[str, Any]) -> str:
    """Where it stands now, and what to do with it."""
    lines = [f"{'replaced' if facts['replaced'] else 'installed'} {facts['folder']}"]
    if facts["hides_shipped"] and facts["name"]:
        lines.append(f"in this project it is meant in place of the '{facts['pack']}' that ships")
    lines.append(f"listen to it: render pack check {facts['name'] or facts['folder']}")
    return "\n".join(lines)


def _version(folder: Path) -> str:
    try:
        return f" {read_folder(folder, RECIPES, rooted=False).version}"
    except (PackError, OSError):
        return ""


@contextmanager
def unpacked(archive: Path, root: Path, limits: Limits) -> Iterator[Parcel]:
    """The pack in `archive`, read and found whole, in a temporary folder beside the others in `root`.

    Whatever has not landed when this ends is gone, and so is `root` where it was made for nothing.

    Raises:
        PackError: one message for an archive that is not safe or no pack, every problem for a pack that is broken.
    """
    shown = archive.as_posix()
    with opened(archive, shown, limits) as zipped:
        top, parts = _top(zipped, shown)
        with _beside(root, shown) as part:
            whole = part / "whole"
            try:
                whole.mkdir()
                size_bytes = zipped.unpack(whole)
                parcel = _parcel(whole.joinpath(*parts), part, top, shown, root, len(zipped.entries), size_bytes)
            except OSError as wrong:
                raise _unwritable(shown, root, wrong) from None
            yield parcel


@contextmanager
def _beside(root: Path, shown: str) -> Iterator[Path]:
    """A temporary folder in `root`, which is made where it is missing and goes again when nothing came into it."""
    made = not root.exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".install-", dir=root))
    except OSError as wrong:
        raise _unwritable(shown, root, wrong) from None
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if made and root.is_dir() and not any(root.iterdir()):
            root.rmdir()


def _unwritable(shown: str, root: Path, wrong: OSError) -> PackError:
    return refused(shown, "", f"cannot be unpacked into {shown_folder(root)}: {wrong.strerror or wrong}")


def _top(zipped: Archive, shown: str) -> tuple[str, tuple[str, ...]]:
    """What an archive calls its pack, and the folder in it that is the pack: its only one, or itself."""
    if not zipped.entries:
        raise refused(shown, "", "holds no files")
    stem = file_name(Path(shown).stem)
    manifests = sorted((entry.parts[:-1] for entry in zipped.entries if entry.parts[-1] == MANIFEST), key=len)
    tops = sorted({entry.parts[0] for entry in zipped.entries})
    one_folder = len(tops) == 1 and all(len(entry.parts) > 1 for entry in zipped.entries)
    if () in manifests:
        return stem, ()
    if one_folder and (not manifests or manifests[0] == (tops[0],)):
        return tops[0], (tops[0],)
    if not manifests:
        return stem, ()
    if len(manifests) > 1:
        raise refused(shown, "", f"holds {len(manifests)} packs; pack each on its own")
    what = "stands too deep: the archive holds the pack's files, or one folder with them"
    raise refused(shown, "/".join((*manifests[0], MANIFEST)), what)


def _parcel(folder: Path, part: Path, top: str, shown: str, root: Path, files: int, size_bytes: int) -> Parcel:
    name = "_".join(re.findall(r"[\w-]+", top)).lstrip("-") or "pack"
    home = part / "pack" / name
    home.parent.mkdir()
    folder.rename(home)
    place = shown_folder(home)
    try:
        pack = read_folder(home, RECIPES, rooted=False)
    except PackError as wrong:  # told where the archive has it, not where it was for a moment
        inner = f"{top}/" if folder.name != "whole" else ""
        raise PackError(
            Problem(Place(_moved(one.at.file, place, shown, inner), one.at.line, one.at.column), one.what)
            for one in wrong.problems
        ) from None
    if is_device(pack.name):
        raise refused(shown, MANIFEST, f"the pack is called '{pack.name}', which is a device on Windows")
    return Parcel(pack=pack, root=root, archive=shown, files=files, size_bytes=size_bytes)


def _moved(file: str, place: str, shown: str, inner: str) -> str:
    if file == place:
        return shown
    return f"{shown}:{inner}{file.removeprefix(f'{place}/')}"
