"""`render draft --edition`: an edition of a script for a translator to fill in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from producer import render, voice
from producer import script as script_stage
from producer.cache import Cache
from producer.errors import Place, Problem, RenderError, ScriptError, UsageError, nearest
from producer.model.script import Script
from producer.project import Project, file_name
from producer.script.compose import read_tree
from producer.script.skeleton import skeleton, texts, with_ids
from producer.voice.engines import DEFAULT, VOICES

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written."""

    file: Path
    texts: int  # to be translated
    voices: dict[str, str]  # by member
    ids: int  # put into the original


def edition(
    project: Project, language: str, output: Path | None, cache: Cache, ids: Callable[[int], None] | None
) -> Drafted:
    """Write the skeleton of an edition beside its script. Nothing is written over.

    Args:
        project: the original's.
        language: the edition's, as in 'es' or 'pt-BR'.
        output: the file; unless given, the script's name with the language behind it.
        ids: given when lines and chapters without an id are to get one in the original; told how many did.

    Raises:
        UsageError: `language` is none.
        ScriptError: the original has mistakes, lines without an id, or what no edition can have, such as cues on words.
        RenderError: no voice speaks the language, or the file is there already.
    """
    if not _LANGUAGE.fullmatch(language):
        raise UsageError(f"--edition: '{language}' is not a language; write its code, as in 'es' or 'pt-BR'")
    script, _ = render.read_script(project, (), cache)
    if script.edition_of:
        raise RenderError(f"{project.script} is an edition of {script.edition_of} itself; name that one")
    spoken = _spoken(language, VOICES[DEFAULT].names())
    suffix = language.casefold().replace("-", "_")
    file = output or project.script.with_name(f"{file_name(project.script.stem)}_{suffix}.yaml")
    if file.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"-o: '{file.name}' is not named like a script; call it '{file.stem}.yaml'")
    if not file.resolve().is_relative_to(project.root.resolve()):
        raise RenderError(f"{file} is outside the project of {project.script}, so it could not find its packs there")
    if os.path.lexists(file):
        raise RenderError(f"{file} is there already; nothing is written over: name another with -o")
    put = _give_ids(project) if ids else 0
    if ids:
        ids(put)  # what follows may still find mistakes, at the places where they stand now
    written = render.written_script(project)
    wanted = texts(written.tree)
    _note_without_id(project, [text.head for text in wanted if not text.id], language)
    voices = _voices(script, spoken, voice.variants())
    of = Path(os.path.relpath(project.script.resolve(), file.resolve().parent)).as_posix()
    command = f"render draft {project.script_name} --edition {language}"
    text = skeleton(written.tree, of, language, voices, command)
    render.looked_up(script_stage.read(text, file.as_posix(), project.fetch), project, (), cache)
    _write(file, text)
    return Drafted(file, len(wanted), voices, put)


def _spoken(language: str, known: Collection[str]) -> str:
    """The default engine's voice for a language: its own, or that of the language without its country."""
    plain = {name.casefold(): name for name in known if ":" not in name}
    wanted = language.casefold()
    while wanted not in plain and "-" in wanted:
        wanted = wanted.rpartition("-")[0]
    if wanted in plain:
        return plain[wanted]
    of_other_places = sorted(name for name in plain if name.startswith(f"{wanted}-"))
    if of_other_places:
        return plain[of_other_places[0]]
    raise RenderError(f"no voice of this machine speaks '{language}'{nearest(language, list(plain.values()))}")


def _voices(script: Script, spoken: str, variants: Collection[str]) -> dict[str, str]:
    """The language's voice for everyone who has one, with the variant that tells them apart in the original."""
    found = {}
    for key, member in script.cast.items():
        variant = member.voice.partition("+")[2]
        if member.voice:
            found[key] = f"{spoken}+{variant}" if variant and f"+{variant}" in variants else spoken
    return found


def _give_ids(project: Project) -> int:
    source = render.script_text(project)
    changed, count = with_ids(source, read_tree(source, project.script.as_posix())[0])
    if count:
        part = project.script.with_name(f".{project.script.name}.part")
        try:
            part.write_bytes(changed.encode())
            part.replace(project.script)
        except OSError as found:
            part.unlink(missing_ok=True)
            raise RenderError(f"cannot write {project.script}: {found.strerror}") from None
    return count


def _note_without_id(project: Project, places: list[Place], language: str) -> None:
    if places:
        command = f"render draft {project.script} --edition {language} --ids"
        what = f"this has no id, by which an edition knows it; write 'id: NAME', or give everything one with: {command}"
        raise ScriptError([Problem(place, what) for place in places])


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except OSError as found:
        raise RenderError(f"cannot write {file}: {found.strerror}") from None
