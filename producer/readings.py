"""A script's file, read: what stands in it, and what was kept of it when it was read before."""

from __future__ import annotations

import errno

from producer import script as script_stage
from producer.cache import Cache, key
from producer.errors import Place, Problem, RenderError, ScriptError
from producer.frozen import dataclass
from producer.limited import read_file
from producer.made_by import made_by_program
from producer.project import Project
from producer.script.compose import decode


def written_script(project: Project, cache: Cache | None = None) -> script_stage.Written:
    """The script with the files that it brings, not looked up yet. Raises RenderError, ScriptError as `script_text`.

    Args:
        cache: keeps what YAML says of each scene: those that are as they were are not read again.
    """
    kept = None if cache is None else _Kept(cache)
    return script_stage.read(script_text(project), project.script.as_posix(), project.fetch, kept)


def script_text(project: Project) -> str:
    """What the script's file says. Raises RenderError when it cannot be read, ScriptError when it is no text."""
    try:
        raw = read_file(project.script, "script_mib")
    except OSError as found:
        if found.errno == errno.EFBIG:
            raise ScriptError([Problem(Place(project.script.as_posix()), str(found.strerror))]) from None
        raise RenderError(f"cannot read {project.script}: {found.strerror}") from None
    text, problems = decode(raw, project.script.as_posix())
    if text is None:
        raise ScriptError(problems)
    return text


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read of scenes, on this machine alone: it is read sooner than fetched."""

    cache: Cache

    def get(self, around: str) -> bytes | None:
        return self.cache.read_here(_name(around))

    def put(self, around: str, scenes: bytes) -> None:
        self.cache.write_here(_name(around), scenes)


def _name(around: str) -> str:
    return key("scenes read", made_by_program(), around.encode("utf-8", "surrogatepass"))
