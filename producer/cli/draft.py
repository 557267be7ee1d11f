"""`render draft`: scripts that are begun for you."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from producer.cli.common import JsonOption, QuietOption, counted, opened_cache, print_json
from producer.errors import UsageError

if TYPE_CHECKING:
    from producer.drafts import Drafted

ScriptArgument = Annotated[Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")]


def draft(
    script: ScriptArgument = None,
    edition: Annotated[
        str | None, typer.Option(metavar="LANG", help="A language, as in 'es' or 'pt-BR'.", show_default=False)
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Give an id to every line and chapter without one.")] = False,
    marks: Annotated[bool, typer.Option("--marks", help="Hang cues that are on words on marks instead.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Receives the edition.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Begin an edition of a script in another language.

    Writes every line and chapter's title under its id, the original over it, and a voice of the language for everyone.
    It can be heard as it is; 'render check' says which texts are still the original's. An edition that is there already
    gets what the script has had since. With --ids and --marks the script itself is changed, too: lines and chapters
    that have no id get one, and cues that hang on a word hang on a mark before it.
    """
    from producer import drafts, project

    if edition is None:
        raise UsageError("draft: only editions are drafted so far; write --edition and a language, as in --edition es")
    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        print(f"script: {chosen}")
    with opened_cache(False) as cache:
        put: dict[str, int] = {"ids": 0, "marks": 0}
        say = partial(_say_put, put, found.script, quiet or as_json)
        wanted = drafts.Wanted(partial(say, "ids") if ids else None, partial(say, "marks") if marks else None)
        done = drafts.edition(found, edition, output, cache, wanted)
    file = done.file.as_posix()
    if as_json:
        facts = {"new": done.new, "texts": done.texts, "records": done.records, "voices": done.voices}
        print_json({"file": file, **facts, **put})
    elif not quiet:
        print(f"wrote      {file}: {counted(done.texts, 'texts')} to say in '{edition}'" if done.new else _added(done))
        print(f"next:\n  render check {file}\n  render episode {file}")


def _added(done: Drafted) -> str:
    """What an edition got that was there already."""
    file = done.file.as_posix()
    parts = [counted(done.texts, "texts"), counted(len(done.voices), "voices"), counted(done.records, "originals")]
    said = ", ".join(part for part in parts if not part.startswith("0 "))
    if not said:
        return f"{file} lacks nothing"
    over = "; an original that was not kept yet is what the script says now" if done.records else ""
    return f"added      {file}: {said}{over}"


def _say_put(put: dict[str, int], script: Path, silent: bool, what: str, count: int, after: int = 0) -> None:
    put[what] = count
    late = f"; {after} of them after a word: when the next begins, or the line has ended" if after else ""
    if not silent:
        print(f"{script}: {counted(count, what)} put in{late}", flush=True)
