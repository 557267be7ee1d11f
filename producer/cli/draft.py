"""`render draft`: scripts that are begun for you."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from producer.cli.common import JsonOption, PackOption, QuietOption, counted, opened_cache, print_json
from producer.errors import UsageError

if TYPE_CHECKING:
    from producer.drafting import Asked, Begun
    from producer.drafts import Drafted

ScriptArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="STORY|SCRIPT",
        show_default=False,
        help="A story (text, Markdown, EPUB, Fountain, a radio script); with --edition a script (YAML).",
    ),
]


def draft(
    script: ScriptArgument = None,
    edition: Annotated[
        str | None, typer.Option(metavar="LANG", help="A language, as in 'es' or 'pt-BR'.", show_default=False)
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Give an id to every line and chapter without one.")] = False,
    marks: Annotated[bool, typer.Option("--marks", help="Hang cues that are on words on marks instead.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="Receives what is begun; '-' is standard output.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="What the story is: prose, fountain or radio.", show_default=False),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TITLE", help="The story's title.", show_default=False)] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANG", help="The story's language, as in 'en-GB'.", show_default=False)
    ] = None,
    no_sounds: Annotated[bool, typer.Option("--no-sounds", help="Suggest no rooms, beds and sounds.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a script that is there already.")] = False,
    pack: PackOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Begin a production from a story, or an edition of a script in another language.

    From a story: every word of it in a script that renders at once, with scenes, who says what and how, and the
    rooms and sounds that are heard in it. What is a guess stands on a line with '# draft:'.

    With --edition, of a script: every line and chapter's title under its id, the original over it, and a voice of the
    language for everyone. It can be heard as it is; 'render check' says which texts are still the original's. An
    edition that is there already gets what the script has had since. With --ids and --marks the script itself is
    changed, too: lines and chapters that have no id get one, and cues that hang on a word hang on a mark before it.
    """
    from producer import drafting

    if edition is None:
        if ids or marks:
            raise UsageError("draft: --ids and --marks go with --edition")
        if script is None or (not drafting.is_story(script) and kind is None):
            raise UsageError(
                "draft: name a story (.txt, .md, .epub, .fountain; or any file with --kind prose, fountain or radio), "
                "or write --edition and a language for an edition of a script"
            )
        asked = drafting.Asked(
            story=script,
            output=None if output == Path("-") else output,
            to_stdout=output == Path("-"),
            kind=kind or "",
            title=title or "",
            language=language or "",
            sounds=not no_sounds,
            packs=tuple(pack or ()),
            force=force,
        )
        _begin(asked, as_json=as_json, quiet=quiet)
        return
    given = {"--kind": kind, "--title": title, "--language": language, "--no-sounds": no_sounds, "--force": force}
    wrong = next((option for option, value in {**given, "--pack": pack}.items() if value), "")
    if wrong or drafting.is_story(script):
        raise UsageError(f"draft: {wrong or script} goes with a first draft; --edition LANG is of a script (YAML)")
    _edition(script, edition, output, ids=ids, marks=marks, as_json=as_json, quiet=quiet)


def _begin(asked: Asked, *, as_json: bool, quiet: bool) -> None:
    from producer import drafting

    with opened_cache(False) as cache:
        done = drafting.begin(asked, Path.cwd(), cache)
    if done.file is None:
        sys.stdout.write(done.text)
    elif as_json:
        facts = {name: getattr(done, name) for name in ("form", "language", "scenes", "lines", "words", "sounds")}
        guesses = {name: getattr(done, name) for name in ("guessed", "unknown", "unread", "unfilled")}
        people = [{"member": key, "voice": voice, "lines": lines} for key, voice, lines in done.people]
        print_json({"file": done.file.as_posix(), **facts, **guesses, "cast": people, "left_out": done.left_out})
    elif not quiet:
        _say(done, done.file)


def _say(done: Begun, file: Path) -> None:
    print(
        f"wrote      {file.as_posix()}: {done.form}, {counted(done.scenes, 'scenes')}, {counted(done.lines, 'lines')}"
    )
    print(f"cast       {', '.join(f'{key} ({lines})' for key, _, lines in done.people)}")
    suggested = "1 room, bed or sound," if done.sounds == 1 else f"{done.sounds} rooms, beds and sounds, each"
    print(f"suggested  {suggested} with '# draft:' on its line")
    if not done.language_known:
        print(f"language   {done.language} is a guess: too few words say which it is; --language names it")
    if done.guessed or done.unknown:
        guessed = f"{counted(done.guessed, 'speakers')} {'is' if done.guessed == 1 else 'are'} a guess"
        unknown = f"{done.unknown} {'is' if done.unknown == 1 else 'are'} not known"
        print(f"to check   {guessed}, {unknown}: see '# draft: speaker'")
    if done.unread:
        what = f"{counted(done.unread, 'words')} in letters that the voice may not read"
        print(f"to check   {what}: give {'it' if done.unread == 1 else 'them'} as the note beside says")
    for what in done.unfilled:
        print(f"no sound   {what}")
    for what in done.left_out:
        print(f"left out   {what}")
    print(f"next:\n  render check {file.as_posix()}\n  render episode {file.as_posix()}")


def _edition(
    script: Path | None, language: str, output: Path | None, *, ids: bool, marks: bool, as_json: bool, quiet: bool
) -> None:
    from producer import drafts, project

    to_stdout = output == Path("-")
    quiet = quiet or to_stdout
    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        print(f"script: {chosen}")
    with opened_cache(False) as cache:
        put: dict[str, int] = {"ids": 0, "marks": 0}
        say = partial(_say_put, put, found.script, quiet or as_json)
        wanted = drafts.Wanted(partial(say, "ids") if ids else None, partial(say, "marks") if marks else None)
        done = drafts.edition(found, language, None if to_stdout else output, cache, wanted, to_stdout=to_stdout)
    if done.file is None:
        sys.stdout.write(done.text)
        return
    file = done.file.as_posix()
    if as_json:
        facts = {"new": done.new, "texts": done.texts, "records": done.records, "voices": done.voices}
        print_json({"file": file, **facts, **put})
    elif not quiet:
        wrote = f"wrote      {file}: {counted(done.texts, 'texts')} to say in '{language}'"
        print(wrote if done.new else _added(done, file))
        print(f"next:\n  render check {file}\n  render episode {file}")


def _added(done: Drafted, file: str) -> str:
    """What an edition got that was there already."""
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
