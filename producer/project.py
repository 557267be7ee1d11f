"""Where things are: the script that is meant, the project around it, the packs that can be found."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from producer.errors import RenderError, nearest
from producer.frozen import dataclass
from producer.limited import read_file

if TYPE_CHECKING:  # which script is meant is known before the stage that reads it is loaded
    from producer.script import Fetched

_MADE_OF = re.compile(rb'^ "script": \{"file": ("(?:[^"\\]|\\.)*")', re.MULTILINE)
"""The line of a timeline.json that names its script: its fourth."""
_NAME_IT = "name the folder with -o if you mean it"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """A script and the folders that belong to it. The project is the folder that holds `script/`."""

    script: Path
    root: Path

    @property
    def pack_roots(self) -> tuple[Path, ...]:
        """Folders of packs, the project's own first."""
        return pack_roots(self.root)

    @property
    def slug(self) -> str:
        """The script's name as a folder and file name that every system takes."""
        return file_name(self.script.stem)

    @property
    def output(self) -> Path:
        return self.root / "output" / self.slug

    def own_output(self, *parts: str) -> Path:
        """`output`, or a folder in it, to be written to.

        Raises RenderError when a link leads out of the project, and when another script's output is there.
        """
        folder = own_folder(self.root, "output", self.slug, *parts)
        if (other := self._made_there()) not in ("", self.script_name):
            what = f"is what was made of {other}, which has the same name there"
            raise RenderError(f"{self.output} {what}; rename one of the two, or name another folder with -o")
        return folder

    def _made_there(self) -> str:
        """The script of this project that `output` was made of, by its name; nothing when it is no more."""
        try:
            with (self.output / "timeline.json").open("rb") as file:
                found = _MADE_OF.search(file.read(4096))
            name = json.loads(found[1]) if found else ""
            there = self.root / name
            return name if name and there.is_file() and self.named(there.as_posix()) == name else ""
        except (OSError, ValueError):
            return ""

    @property
    def script_name(self) -> str:
        """The script as outputs name it: from the project's folder, with forward slashes."""
        return self.named(self.script.as_posix())

    def fetch(self, named_in: str, wanted: str) -> Fetched:
        """What `wanted`, written in the file `named_in`, says: a file of this project and of no other."""
        from producer.script import Fetched
        from producer.script.compose import decode

        wrong = _no_path(wanted)
        if wrong:
            return Fetched(wanted, why=wrong)
        path = Path(os.path.normpath(Path(named_in).parent / wanted))
        file = path.as_posix()
        try:
            if not path.resolve().is_relative_to(self.root.resolve()):
                return Fetched(file, why=f"'{wanted}' is outside the project; put it into {self.root.resolve().name}")
            if path.is_dir():
                return Fetched(file, why=f"'{wanted}' is a folder; name the file in it{_scripts_in(path)}")
            if not path.is_file():
                near = _others(path)
                return Fetched(file, why=f"there is no file '{file}'{near if 'did you mean' in near else ''}")
            raw = read_file(path, "script_mib")
        except (OSError, RuntimeError) as found:  # a loop of links is a RuntimeError until Python 3.13
            return Fetched(file, why=f"'{file}' cannot be read: {getattr(found, 'strerror', None) or found}")
        text, problems = decode(raw, file)
        return Fetched(file, text, problems=problems)

    def named(self, file: str) -> str:
        """A file of the project as outputs name it: from the project's folder, however the user named it."""
        try:
            return Path(file).resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return Path(file).name


def file_name(written: str) -> str:
    """`written` with nothing in it that a file system or a shell minds: letters, digits, `_`, `-` and `.` within."""
    letters = unicodedata.normalize("NFC", written)
    plain = "".join(one if one in "_-." or unicodedata.category(one)[0] in "LMN" else " " for one in letters)
    return "_".join(plain.split()).strip("._-") or "episode"


def _no_path(wanted: str) -> str:
    """Why `wanted` is no path from one file of a project to another; nothing when it is one."""
    if wanted.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", wanted):
        return f"'{wanted}' is not a path from this file; write one, as in '../the_show.yaml'"
    if "\\" in wanted or "\0" in wanted:
        return f"'{wanted}': part folders with '/', which every system understands"
    if any(is_device(part) for part in wanted.split("/") if part not in ("", ".", "..")):
        return f"'{wanted}' is the name of a device on Windows; give the file another"
    return ""


_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)


def is_device(name: str) -> bool:
    """Whether Windows takes a file of this name, whatever its suffix, for a device."""
    return name.partition(".")[0].rstrip().casefold() in _DEVICES


def home(here: Path) -> Path:
    """The project that `here` is in, without a script being named: the nearest folder with `script/` or `sfx/`.

    Where there is none, `here` itself: what is made there makes it one.
    """
    there = (folder for folder in (here, *here.parents) if (folder / "script").is_dir() or (folder / "sfx").is_dir())
    return next(there, here)


def pack_roots(root: Path) -> tuple[Path, ...]:
    """Folders of packs for the project in `root`, its own first."""
    return tuple(path for path in (root / "sfx", shipped("sfx")) if path.is_dir())


def scripts(root: Path) -> list[Path]:
    """The scripts of the project in `root`, by name. Raises RenderError when its folder cannot be read."""
    return _scripts(root / "script")


def scripts_in(folder: Path) -> list[Path]:
    """The scripts right in `folder`, by name. Raises RenderError when it cannot be read."""
    return _scripts(folder)


def own_folder(root: Path, *parts: str, whose: str = "the project", instead: str = _NAME_IT) -> Path:
    """A folder below `root`, to be written to. Raises RenderError when a link on the way leads out of it.

    Args:
        whose: the folder is, as the message calls it.
        instead: what to do then.
    """
    folder = root.joinpath(*parts)
    if (link := _leaving(root, parts)) is not None:
        raise RenderError(f"{link} is a link that leaves {whose}; {instead}")
    return folder


def _leaving(root: Path, parts: Sequence[str]) -> Path | None:
    """The first of the folders `parts`, one in the other, that is not below `root`."""
    real = os.path.realpath(root)
    ways = (root.joinpath(*parts[:count]) for count in range(1, len(parts) + 1))
    return next((way for way in ways if not Path(os.path.realpath(way)).is_relative_to(real)), None)


def shipped(name: str) -> Path:
    """A folder that travels with the program: in the wheel, or in the source tree beside the package."""
    inside = Path(str(resources.files("producer"))) / "shipped" / name
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / name


def find(script: Path | None, here: Path) -> tuple[Project, str]:
    """The project of `script`, or (with None) of the folder `here`, and a sentence on which script was chosen and why.

    Raises RenderError when there is no script, or several and nothing says which.
    """
    if script is not None:
        _must_be_a_file(script)
        return Project(script, _root_of(script)), ""
    root = next((folder for folder in (here, *here.parents) if (folder / "script").is_dir()), None)
    if root is None:
        raise RenderError("there is no folder 'script' here or above; name a script, or make one: render new NAME")
    chosen, why = _only_script(root)
    with contextlib.suppress(ValueError):  # another drive
        chosen = Path(os.path.relpath(chosen, here))
    return Project(chosen, root), why


def _must_be_a_file(script: Path) -> None:
    try:
        if script.is_dir():
            raise RenderError(f"{script} is a folder; name the script in it{_scripts_in(script)}")
        if not script.exists():
            raise RenderError(f"{script}: there is no such file{_others(script)}")
        if not script.is_file():
            raise RenderError(f"{script} is not a file")
    except OSError as found:
        raise RenderError(f"cannot read {script}: {found.strerror}") from None


def _only_script(root: Path) -> tuple[Path, str]:
    named = _named_in_pyproject(root)
    if named:
        return root / named, f"{named} (pyproject.toml names it)"
    found = _scripts(root / "script")
    found = [path for path in found if not _is_edition(path)] or found
    if not found:
        raise RenderError(f"there is no script in {root / 'script'}; start one with: render new NAME")
    if len(found) > 1:
        names = ", ".join(p.name for p in found)
        raise RenderError(
            f"there are several scripts: {names}; name one, or set it in pyproject.toml: "
            f'[tool.producer] script = "script/{found[0].name}"'
        )
    return found[0], f"{found[0].relative_to(root).as_posix()} (the only script)"


def _scripts(folder: Path) -> list[Path]:
    """The scripts in a folder by name; hidden files are an editor's or the system's."""
    try:
        there = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as found:
        raise RenderError(f"cannot look into {folder}: {found.strerror}") from None
    return [p for p in there if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".") and p.is_file()]


def _is_edition(script: Path) -> bool:
    """Whether it is an edition of another script, which is the one that is meant where none is named."""
    try:
        return re.search(rb"^edition_of[ ]*:", read_file(script, "script_mib"), re.MULTILINE) is not None
    except OSError:
        return False


def _named_in_pyproject(root: Path) -> str:
    file = root / "pyproject.toml"
    if not file.is_file():
        return ""
    try:
        settings: object = tomllib.loads(read_file(file, "settings_mib").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as found:
        raise RenderError(f"{file}: {found}") from None
    except OSError as found:
        raise RenderError(f"cannot read {file}: {found.strerror}") from None
    for key in ("tool", "producer", "script"):
        settings = settings.get(key) if isinstance(settings, dict) else None
    if settings is None:
        return ""
    if not isinstance(settings, str) or "\0" in settings or not (root / settings).is_file():
        raise RenderError(f"{file}: [tool.producer] script: there is no file {settings!r}")
    if not (root / settings).resolve().is_relative_to(root.resolve()):
        raise RenderError(f"{file}: [tool.producer] script: {settings} is outside the project")
    return settings


def _root_of(script: Path) -> Path:
    for folder in script.resolve().parents:
        if folder.name == "script":
            return folder.parent
        if (folder / "script").is_dir() or (folder / "sfx").is_dir():
            return folder
    return script.resolve().parent


def _others(script: Path) -> str:
    if not script.parent.is_dir():
        return ""
    return nearest(script.name, [p.name for p in _scripts(script.parent)])


def _scripts_in(folder: Path) -> str:
    """Scripts in a folder that was named in place of one: its own, or those of the project that it is."""
    there = _scripts(folder) or _scripts(folder / "script")
    return f": {', '.join(str(p) for p in there)}" if 0 < len(there) <= 12 else ""


def seen_from(path: Path, here: Path) -> str:
    """A file's name for who works in the folder `here`: from there where it is in it, else in full."""
    try:
        return path.resolve().relative_to(here.resolve()).as_posix()
    except ValueError:
        return str(path)
