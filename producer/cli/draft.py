"""`render draft`: scripts that are begun for you."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import JsonOption, QuietOption, opened_cache, print_json
from producer.errors import UsageError

ScriptArgument = Annotated[Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")]


def draft(
    script: ScriptArgument = None,
    edition: Annotated[
        str | None, typer.Option(metavar="LANG", help="A language, as in 'es' or 'pt-BR'.", show_default=False)
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Give an id to every line and chapter without one.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Receives the edition.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Begin an edition of a script in another language.

    Writes every line and chapter's title with its id, the original over it as a comment, and a voice of the language
    for everyone. It can be heard as it is; 'render check' says which texts are still the original's. With --ids the
    script itself is changed, too: lines and chapters that have no id get one.
    """
    from producer import drafts, project

    if edition is None:
        raise UsageError("draft: only editions are drafted so far; write --edition and a language, as in --edition es")
    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        print(f"script: {chosen}")
    with opened_cache(False) as cache:
        silent = quiet or as_json
        done = drafts.edition(found, edition, output, cache, partial(_say_put, found.script, silent) if ids else None)
    file = done.file.as_posix()
    if as_json:
        print_json({"file": file, "texts": done.texts, "voices": done.voices, "ids": done.ids})
    elif not quiet:
        print(f"wrote      {file}: {done.texts} texts to say in '{edition}'")
        print(f"next:\n  render check {file}\n  render episode {file}")


def _say_put(script: Path, silent: bool, count: int) -> None:
    if not silent:
        print(f"{script}: {count} {'id' if count == 1 else 'ids'} put in", flush=True)
