"""`render draft --edition`: an edition of a script for a translator to fill in, and what it lacks later on."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from producer import render, voice
from producer import script as script_stage
from producer.cache import Cache
from producer.errors import Place, Problem, RenderError, ScriptError, UsageError, nearest
from producer.frozen import dataclass
from producer.model.language import TAG
from producer.model.script import Anchor, Moment, Script
from producer.project import Project, file_name
from producer.replaced import new_file, put_file, replace_file
from producer.script import Written
from producer.script.additions import with_additions
from producer.script.compose import read_tree
from producer.script.marks import with_marks, word_moments
from producer.script.skeleton import Text, skeleton, texts, with_ids
from producer.script.tree import Node, Pairs, Scalar
from producer.voice.engines import DEFAULT, VOICES


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written, or put into an edition that was there."""

    file: Path | None  # None: `text` is for standard output
    texts: int  # to be translated
    voices: dict[str, str]  # by member
    new: bool
    records: int = 0  # originals put over texts that had none
    text: str = ""  # of a new edition


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put into the original; each is told how many times that was done."""

    ids: Callable[[int], None] | None = None  # on lines and chapters without one
    marks: Callable[[int, int], None] | None = None  # in place of words that cues hang on; the second: `after word`


def edition(
    project: Project, language: str, output: Path | None, cache: Cache, wanted: Wanted, *, to_stdout: bool = False
) -> Drafted:
    """Write the skeleton of an edition beside its script; one that is there gets what it lacks, and keeps the rest.

    Args:
        project: the original's.
        language: the edition's, as in 'es' or 'pt-BR'.
        output: the file; unless given, the script's name with the language behind it.
        wanted: what the original gets first.
        to_stdout: write no edition; a whole new one is handed back, whether or not one is there.

    Raises:
        UsageError: `language` is none.
        ScriptError: the original has mistakes, lines without an id, or what no edition can have, such as cues on words.
        RenderError: no voice speaks the language, or the file is there already and is another's.
    """
    if not TAG.fullmatch(language):
        raise UsageError(f"--edition: '{language}' is not a language; write its code, as in 'es' or 'pt-BR'")
    script, _ = render.read_script(project, (), cache)
    if script.edition_of:
        raise RenderError(f"{project.script} is an edition of {script.edition_of} itself; name that one")
    spoken = spoken_voice(language, VOICES[DEFAULT].names())
    suffix = language.casefold().replace("-", "_")
    file = output or project.script.with_name(f"{file_name(project.script.stem)}_{suffix}.yaml")
    if file.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"-o: '{file.name}' is not named like a script; call it '{file.stem}.yaml'")
    if not file.resolve().is_relative_to(project.root.resolve()):
        raise RenderError(f"{file} is outside the project of {project.script}, so it could not find its packs there")
    there = _there(project, file, language) if os.path.lexists(file) and not to_stdout else None
    if wanted.ids:
        wanted.ids(_rewrite(project, with_ids))  # what follows may still find mistakes, where they stand now
    if wanted.marks:
        again, _ = render.read_script(project, (), cache)
        after = sum(one.anchor is Anchor.AFTER_WORD for one in word_moments(again))
        wanted.marks(_rewrite(project, lambda source, tree: with_marks(source, tree, again)), after)
    script, _ = render.read_script(project, (), cache)
    written = render.written_script(project)
    lines = texts(written.tree)
    _note_not_ready(project, [text.head for text in lines if not text.id], word_moments(script), language, wanted)
    voices = _voices(script, spoken, voice.variants())
    if there is not None:
        return _extended(file, *there, lines, written, voices)
    of = Path(os.path.relpath(project.script.resolve(), file.resolve().parent)).as_posix()
    command = f"render draft {project.script_name} --edition {language}"
    text = skeleton(written.tree, of, language, voices, command)
    render.looked_up(script_stage.read(text, file.as_posix(), project.fetch), project, (), cache)
    if not to_stdout:
        write_new(file, text)
    return Drafted(None if to_stdout else file, len(lines), voices, True, text=text)


def _there(project: Project, file: Path, language: str) -> tuple[str, Pairs]:
    """The edition that stands where one is to be written: its text and tree. RenderError when it is another's."""
    source = render.script_text(replace(project, script=file))
    tree, problems = read_tree(source, file.as_posix())
    if problems:
        raise ScriptError(problems)
    said = {key.text: node.text.strip() for key, node in _pairs(tree) if isinstance(node, Scalar)}
    of = file.parent / said.get("edition_of", "")
    if said.get("language", "").casefold() != language.casefold() or of.resolve() != project.script.resolve():
        what = f"is there already, and is not {project.script} in '{language}'; nothing is written over"
        raise RenderError(f"{file} {what}: name another with -o")
    return source, Pairs(_pairs(tree), Place(file.as_posix(), 1, 1))


def _pairs(tree: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return tree.pairs if isinstance(tree, Pairs) else ()


def _extended(
    file: Path, source: str, tree: Pairs, lines: Sequence[Text], written: Written, voices: dict[str, str]
) -> Drafted:
    """Put into the edition that is there what it lacks."""
    cast = next((node for key, node in _pairs(written.tree) if key.text == "cast"), None)
    added = with_additions(source, tree, file.as_posix(), lines, cast, voices)
    if added is None:
        what = "what it lacks cannot be put in, for 'lines' or 'cast' stand in braces; write each on a line of its own"
        raise RenderError(f"{file}: {what}")
    if added.source != source:
        replace_file(file, added.source.encode())
    return Drafted(file, added.texts, {name: voices[name] for name in added.voices}, False, added.records)


def spoken_voice(language: str, known: Collection[str]) -> str:
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


def _rewrite(project: Project, change: Callable[[str, Node | None], tuple[str, int]]) -> int:
    """Put into the original what `change` does; how many times it did."""
    source = render.script_text(project)
    changed, count = change(source, read_tree(source, project.script.as_posix())[0])
    if count:
        replace_file(project.script, changed.encode())
    return count


def _note_not_ready(
    project: Project, without: list[Place], hanging: Sequence[Moment], language: str, tried: Wanted
) -> None:
    """Lines and chapters without an id, and cues on words: all of them, with the command that mends them."""
    options = f"{' --ids' if without else ''}{' --marks' if hanging else ''}"
    command = f"render draft {project.script} --edition {language}{options}"
    no_id = f"this has no id, by which an edition knows it; write 'id: NAME', or give everything one with: {command}"
    problems = [Problem(place, no_id) for place in without]
    for one in hanging:
        side = "before" if one.anchor is Anchor.WORD else "after"
        what = f"'{one.written}' hangs on a word, and an edition has others; write '[mark NAME]' {side} it"
        done = f", or have that done with: {command}" if tried.marks is None else ""
        problems.append(Problem(one.place, f"{what} and 'mark NAME' here{done}"))
    if problems:
        raise ScriptError(problems)


def write_new(file: Path, text: str, *, force: bool = False) -> None:
    """Write a script. Raises RenderError when it cannot be, or stands there already and `force` is not given."""
    if force:
        put_file(file, text.encode())
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new_file(file, text.encode())
    except OSError as found:
        raise RenderError(f"cannot write {file}: {found.strerror}") from None
