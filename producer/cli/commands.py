"""The commands that make, check and list an episode, and how any command ends."""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from producer import __version__, bounds, memory
from producer.cli import audit as audit_commands
from producer.cli import diff as diff_commands
from producer.cli import draft as draft_commands
from producer.cli import feed as feed_commands
from producer.cli import pack as pack_commands
from producer.cli import preview, streams
from producer.cli import season as season_commands
from producer.cli import studio as studio_commands
from producer.cli import takes as takes_commands
from producer.cli import verify as verify_commands
from producer.cli import voices as voice_commands
from producer.cli.common import (
    FORMAT_NAMES,
    SESSIONS,
    JsonOption,
    NoCacheOption,
    PackOption,
    QuietOption,
    SessionOption,
    SofaOption,
    StemsEachOption,
    StemsOption,
    cores,
    counted,
    known,
    names_in,
    opened_cache,
    print_json,
    problems_as_json,
    progress,
)
from producer.cli.stopping import Stopping, heeded
from producer.errors import NO_ROOM, ProducerError, UsageError, is_no_room, printable

_OF_THE_MACHINE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENODEV", "ESTALE")
    if hasattr(errno, name)
)
"""What no program can foresee: a full or broken disk, too many files, too little memory."""
_OF_THE_PATH = frozenset(
    getattr(errno, name)
    for name in ("EACCES", "EPERM", "ENAMETOOLONG", "ELOOP", "ENOTDIR", "EISDIR")
    if hasattr(errno, name)
)
"""What is wrong with a path that somebody gave: nobody may go there, or nothing can be called so."""


class _StoppedError(Exception):
    """Somebody asked the command to stop; Typer has no say in how that ends."""


class _Commands(TyperGroup):
    """Ends a command as the contract has it where Typer would end it otherwise."""

    def invoke(self, ctx: Any) -> None:
        try:
            with problems_as_json(ctx):
                super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # `render cues | head`: whoever reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            raise _StoppedError from None


app = typer.Typer(
    name="render",
    cls=_Commands,
    help="Turns a written script into a finished audio drama.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(takes_commands.app)

ScriptArgument = Annotated[Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")]

app.add_typer(pack_commands.app)
app.add_typer(voice_commands.app)


@app.command()
def episode(
    script: ScriptArgument = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Receives the files.", show_default=False)
    ] = None,
    pack: PackOption = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="podcast, broadcast, acx, alexa or archive.", show_default=False)
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMATS",
            help=f"In other files than the profile's: {', '.join(FORMAT_NAMES)}, with commas.",
            show_default=False,
        ),
    ] = None,
    mix: Annotated[
        list[str] | None,
        typer.Option(
            "--mix",
            metavar="NAME",
            help="Beside the standard mix: clear_speech, night, narration_only, binaural or all. May be given again.",
        ),
    ] = None,
    stems: StemsOption = False,
    stems_each: StemsEachOption = False,
    session: SessionOption = None,
    sofa: SofaOption = None,
    scene: Annotated[
        str | None,
        typer.Option(metavar="N", help="A preview of the Nth scene alone, or of one by its id.", show_default=False),
    ] = None,
    from_time: Annotated[
        str | None, typer.Option("--from", metavar="T", help="A preview from T (1:30, 90 s) on.", show_default=False)
    ] = None,
    to_time: Annotated[
        str | None, typer.Option("--to", metavar="T", help="A preview up to T.", show_default=False)
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="A preview, fast and rough.")] = False,
    jobs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Parallel workers; 0: one per core.", show_default=False)
    ] = 0,
    no_cache: NoCacheOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="A finding of the audit fails the render.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Speed and memory, too.")] = False,
) -> None:
    """Make the finished episode from a script.

    It is spoken, sounded, mixed, mastered and delivered to output/<name>/. With no SCRIPT: the only one in script/, or
    the one that pyproject.toml names ([tool.producer] script = "…").
    """
    from producer import project
    from producer.crew import Crew
    from producer.effort import Effort
    from producer.model.formats import clash
    from producer.model.mixes import ALL, MIXES
    from producer.model.profile import PROFILES

    asked, kinds = names_in(session), names_in(formats)
    known("--profile", [profile] if profile is not None else [], PROFILES)
    known("--mix", mix or (), (*MIXES, ALL))
    known("--session", asked, SESSIONS)
    known("--format", kinds, FORMAT_NAMES)
    if (two := clash(kinds)) is not None:
        raise UsageError(f"--format: {two[0]} and {two[1]} would have one file name; ask for one of them")
    window = preview.window(scene, from_time, to_time, draft)
    if window is not None and (mix or kinds or stems or stems_each or asked or sofa or strict):
        raise UsageError(
            "a preview (--scene, --from, --to, --draft) is of the standard mix alone, in the profile's own format, "
            "and not audited"
        )
    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        print(f"script: {chosen}")
    with opened_cache(no_cache, silent=quiet) as cache, Crew(jobs or cores()) as crew:
        if window is None:  # for a stretch of it a crew would come too late
            # First of all: they load what they need while this process does.
            crew.warm(found.script, cache, (profile or "", *(pack or ())))
        with progress(quiet or as_json) as watch, Effort(memory=verbose) as effort:
            from producer.production import Order

            order = Order(
                project=found,
                output=output,
                packs=tuple(pack or ()),
                profile=profile,
                formats=kinds,
                mixes=tuple(mix or ()),
                sofa=sofa,
                session=asked,
                stems="each" if stems_each else "buses" if stems else "none",
                jobs=jobs or cores(),
                strict=strict,
            )
            if window is not None:
                preview.made(order, window, cache, watch, as_json=as_json, quiet=quiet)
                return
            from producer import render, summary

            report = render.episode(order, cache, watch, crew)
    facts = summary.facts(report, Path.cwd())
    if as_json:
        print_json(facts)
    elif not quiet:
        print(summary.text(facts))
        if verbose:
            heard_s = report.timeline.duration / report.timeline.rate_hz
            print(f"took       {effort.seconds:.1f} s, {heard_s / effort.seconds:.1f} times real time")
            print(f"memory     {effort.most_mb:.0f} MB at most, all processes together")


@app.command()
def check(
    script: ScriptArgument = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what YAML would swallow, and nothing else.")] = False,
    pack: PackOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find every mistake before anything is made.

    Prints the estimated length when there is none.
    """
    from producer import project, render, summary

    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        print(f"script: {chosen}")
    mended = render.fix(found) if fix else 0
    if fix and not quiet and not as_json:
        print(f"{found.script}: {mended} {'place' if mended == 1 else 'places'} mended")
    with opened_cache(False, silent=quiet) as cache, memory.uncollected():
        outlook = render.check(found, tuple(pack or ()), cache)
    if fix:
        outlook["mended"] = mended
    if as_json:
        print_json({**outlook, "problems": []})
    elif not quiet:
        minutes, seconds = divmod(round(float(str(outlook["estimated_s"]))), 60)
        named = ("scenes", "lines", "sounds", "beds", *(("music",) if outlook["music"] else ()))
        counts = ", ".join(counted(outlook[name], name) for name in named)
        print(f"{found.script}: no problems; about {minutes}:{seconds:02d}; {counts}")
        left = outlook["untranslated"]
        if isinstance(left, list) and left:
            print(summary.untranslated(left))
        moved = outlook["changed"]
        for one in moved if isinstance(moved, list) else ():
            print(summary.changed_line(one))
        packs = outlook["packs"]
        if isinstance(packs, dict) and packs:
            print(f"sounds: {summary.filled(packs)}")
        spoken = outlook["credits"]
        if isinstance(spoken, dict) and spoken["why_not"]:
            print(f"credits: {spoken['why_not']}")


@app.command()
def cues(
    script: ScriptArgument = None, pack: PackOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Print the cue sheet.

    A row for everything that is heard: when, what, how loud, and where it stands in the script.
    """
    from producer import project, render, summary

    found, _ = project.find(script, Path.cwd())
    with opened_cache(False, silent=quiet) as cache, progress(as_json or quiet) as watch:
        order = render.Order(project=found, packs=tuple(pack or ()), jobs=cores())
        rows = render.cues(order, cache, watch)
    if as_json:
        print_json([summary.cue(row) for row in rows])
    elif not quiet:
        print("\n".join(summary.cue_line(row) for row in rows))


app.command()(season_commands.season)
app.command()(draft_commands.draft)
app.command()(audit_commands.audit)
app.command()(feed_commands.feed)
app.command()(diff_commands.diff)
app.command()(studio_commands.studio)
app.command()(verify_commands.verify)


@app.command()
def schema() -> None:
    """Print the script's JSON Schema, for editors."""
    from producer import script

    print_json(script.schema())


@app.command()
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="The project's folder, made here.")]) -> None:
    """Start a project of your own.

    A short script with every kind of cue, a pack of your own and notes, in a folder that renders as it is.
    """
    from producer import starter

    for line in starter.make(name, Path.cwd()):
        print(line)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"render {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line and leave with the contract's exit code."""
    streams.opened()
    with heeded() as stopping:
        code = _ended(stopping)
    sys.exit(code)


def _of(asked: list[str]) -> typer.Typer:
    """The commands, or only the one that is asked for: Typer works out the parameters of all that it has, 35 ms."""
    one = copy.copy(app)
    one.registered_commands = [
        known for known in app.registered_commands if known.callback and [known.callback.__name__] == asked
    ]
    one.registered_groups = []
    return one if one.registered_commands else app


def _ended(stopping: Stopping) -> int:
    """The exit code of the command that the arguments ask for, once it has run and what went wrong is said."""
    code = 0
    try:
        if bounds.WRONG:
            raise UsageError(bounds.WRONG)
        _of(sys.argv[1:2])(prog_name="render")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except (KeyboardInterrupt, _StoppedError):
        code = stopping.code
    except UsageError as problem:
        code = 2
        print(problem, file=sys.stderr)
    except Exception as problem:
        # Whoever stops us often stops what we have started, too: that it failed is no news then, nor is what becomes of
        # a library that was just being loaded.
        code = stopping.code if stopping.number is not None else _said(problem)
    if code == stopping.code:
        with contextlib.suppress(OSError):  # a terminal that was closed
            print("stopped", file=sys.stderr, flush=True)
    return code


def _is_somewhere() -> bool:
    """Whether the folder that the command was called in is still there."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _said(problem: Exception) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(problem, ProducerError):
        print(printable(str(problem)), file=sys.stderr)
        return 1
    if isinstance(problem, FileNotFoundError) and not _is_somewhere():
        print("the folder that you are in is gone; change into one that is there", file=sys.stderr)
        return 1
    if isinstance(problem, OSError) and problem.errno in _OF_THE_MACHINE | _OF_THE_PATH:
        print(f"{problem.filename or 'the system'}: {problem.strerror}", file=sys.stderr)
        return 1
    if is_no_room(problem):
        print(NO_ROOM, file=sys.stderr)
        return 1
    traceback.print_exception(problem)
    print(
        "\nThis is a fault of Producer. Please report it with the lines above and, if you can, the script.",
        file=sys.stderr,
    )
    return 3
