"""Where things are: the script that is meant, the project around it, the packs that can be found."""

from __future__ import annotations

import contextlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from producer.errors import RenderError

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """A script and the folders that belong to it. The project is the folder that holds `script/`."""

    script: Path
    root: Path

    @property
    def pack_roots(self) -> tuple[Path, ...]:
        """Folders of packs, the project's own first."""
        return tuple(path for path in (self.root / "sfx", shipped("sfx")) if path.is_dir())

    @property
    def slug(self) -> str:
        """The script's name as a folder and file name that every system takes."""
        plain = unicodedata.normalize("NFC", self.script.stem)
        return re.sub(r"[^\w.-]+", "_", plain).strip("._") or "episode"

    @property
    def output(self) -> Path:
        return self.root / "output" / self.slug

    @property
    def script_name(self) -> str:
        """The script as outputs name it: from the project's folder, with forward slashes."""
        try:
            return self.script.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return self.script.name


def shipped(name: str) -> Path:
    """A folder that travels with the program: in the wheel, or in the source tree beside the package."""
    inside = Path(str(resources.files("producer"))) / "shipped" / name
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / name


def find(script: Path | None, here: Path) -> tuple[Project, str]:
    """The project of `script`, or (with None) of the folder `here`, and a sentence on which script was chosen and why.

    Raises RenderError when there is no script, or several and nothing says which.
    """
    if script is not None:
        if script.is_dir():
            raise RenderError(f"{script} is a folder; name the script in it")
        if not script.is_file():
            raise RenderError(f"{script}: there is no such file{_others(script)}")
        return Project(script, _root_of(script)), ""
    root = next((folder for folder in (here, *here.parents) if (folder / "script").is_dir()), None)
    if root is None:
        raise RenderError("there is no folder 'script' here or above; name a script, or make one: render new NAME")
    chosen, why = _only_script(root)
    with contextlib.suppress(ValueError):
        chosen = chosen.relative_to(here)
    return Project(chosen, root), why


def _only_script(root: Path) -> tuple[Path, str]:
    named = _named_in_pyproject(root)
    if named is not None:
        return named, f"{named.relative_to(root).as_posix()} (pyproject.toml names it)"
    found = sorted(p for p in (root / "script").iterdir() if p.suffix in _SUFFIXES and p.is_file())
    if not found:
        raise RenderError(f"there is no script in {root / 'script'}; start one with: render new NAME")
    if len(found) > 1:
        names = ", ".join(p.name for p in found)
        raise RenderError(
            f"there are several scripts: {names}; name one, or set it in pyproject.toml: "
            f'[tool.producer] script = "script/{found[0].name}"'
        )
    return found[0], f"{found[0].relative_to(root).as_posix()} (the only script)"


def _named_in_pyproject(root: Path) -> Path | None:
    file = root / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        settings = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("producer", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as found:
        raise RenderError(f"{file}: {found}") from None
    named = settings.get("script")
    if named is None:
        return None
    path = root / str(named)
    if not path.is_file():
        raise RenderError(f"{file}: [tool.producer] script: there is no file {named}")
    return path


def _root_of(script: Path) -> Path:
    for folder in script.resolve().parents:
        if folder.name == "script":
            return folder.parent
        if (folder / "script").is_dir() or (folder / "sfx").is_dir():
            return folder
    return script.resolve().parent


def _others(script: Path) -> str:
    from producer.errors import nearest

    folder = script.parent
    if not folder.is_dir():
        return ""
    names = [p.name for p in folder.iterdir() if p.suffix in _SUFFIXES]
    return nearest(script.name, names) if names else ""
