"""`render pack …`: the sound designer's bench."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import (
    JsonOption,
    NoCacheOption,
    PackOption,
    QuietOption,
    cores,
    opened_cache,
    print_json,
    progress,
)
from producer.errors import RenderError, UsageError, printable

app = typer.Typer(
    name="pack",
    help="Look at, check, make, compare and install packs of sounds.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

PackArgument = Annotated[str, typer.Argument(metavar="PACK", help="A pack by name, or the path of its folder.")]


@app.command("list")
def list_packs(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Every pack that a script here can list.

    The project's own first, then those that ship; broken ones are shown as broken.
    """
    from producer import project
    from producer.packs import listing

    facts = listing.facts(project.home(Path.cwd()))
    if as_json:
        print_json(facts)
    elif not quiet:
        _say(listing.text(facts))


@app.command()
def show(
    pack: PackArgument,
    role: Annotated[
        str | None, typer.Argument(metavar="ROLE", show_default=False, help="One role, with every variation and knob.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """A pack with everything in it, measured; or one role of it.

    Loudness is of each sound on its own: a cue's level is heard whatever it is.
    """
    from producer import project
    from producer.packs import found, showing

    one = found.chosen(pack, project.home(Path.cwd()))
    with opened_cache(no_cache, silent=quiet) as cache, progress(as_json or quiet) as watch:
        if role is not None:
            facts = showing.role_facts(one, role, cache)
        else:
            watch.stage("listen", len(one.whole().sounds))
            facts = showing.pack_facts(one, cache, _counting(watch.done))
    if as_json:
        print_json(facts)
    elif not quiet:
        _say(showing.role_text(facts) if role is not None else showing.pack_text(facts))


@app.command()
def check(
    packs: Annotated[
        list[str] | None,
        typer.Argument(metavar="PACK", show_default=False, help="Packs by name or path; else the project's own."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors, too.")] = False,
    foley: Annotated[
        bool, typer.Option("--foley/--no-foley", help="Listen to what recipes make, too.", show_default=True)
    ] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Find what is wrong with packs, read and heard.

    Ends with 1 when there are errors. Each line says where, what, and how to mend it.
    """
    from producer import project
    from producer.packs import checking, found, scripts

    root = project.home(Path.cwd())
    chosen = [found.chosen(name, root) for name in packs] if packs else list(found.own(root))
    if not chosen:
        raise RenderError("this project has no packs of its own; name one, or make one: render pack new NAME")
    lists = scripts.packs_of_scripts(root)
    checked = []
    with opened_cache(no_cache, silent=quiet) as cache, progress(as_json or quiet) as watch:
        watch.stage("listen", sum(len(one.pack.sounds) for one in chosen if one.pack))
        step = _counting(watch.done)
        checked = [checking.check(one, cache, lists, foley=foley, step=step) for one in chosen]
    failing = {"error", "warning"} if strict else {"error"}
    failed = any(finding.remark.severity in failing for one in checked for finding in one.findings)
    if as_json:
        print_json([one.as_json() for one in checked])
    else:
        for one in checked:
            for finding in one.findings:
                wrong = finding.remark.severity in failing
                if wrong or not quiet:
                    print(finding, file=sys.stderr if wrong else sys.stdout, flush=True)
            if not quiet:
                _say(one.summary())
    if failed:
        raise typer.Exit(1)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What scripts will call it: letters, digits, _ and -.")],
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Start a pack of your own in the project's sfx/.

    Two recordings, a recipe, and a pack.yaml that explains itself; it can be used as it is.
    """
    from producer import project, starter

    made = starter.make_pack(name, project.home(Path.cwd()), Path.cwd())
    if as_json:
        print_json(made.as_json())
    elif not quiet:
        _say(made.text())


@app.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A pack by name or path.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another, or another version of it.")],
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """What changes when A gives way to B.

    Roles, recipes, files by what is in them, loudness, length and licence; only real differences are told.
    """
    from producer import project
    from producer.packs import comparing, found

    root = project.home(Path.cwd())
    one, other = found.chosen(first, root), found.chosen(second, root)
    with opened_cache(no_cache) as cache:
        facts = comparing.facts(one, other, cache)
    if as_json:
        print_json(facts)
    elif not quiet:
        _say(comparing.text(facts))


@app.command()
def coverage(
    script: Annotated[
        Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")
    ] = None,
    pack: PackOption = None,
    every: Annotated[bool, typer.Option("--all", help="A column for every pack that can be found.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Which pack fills what a script asks for.

    Ends with 1 when no listed pack fills a role.
    """
    from producer import project
    from producer.packs import coverage as table

    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet and not as_json:
        _say(f"script: {chosen}")
    facts = table.facts(found, tuple(pack or ()), every=every)
    if as_json:
        print_json(facts)
    elif not quiet:
        _say(table.text(facts))
    for problem in table.problems(facts):
        print(problem, file=sys.stderr)
    if table.problems(facts):
        raise typer.Exit(1)


@app.command()
def audition(
    pack: Annotated[
        str | None, typer.Argument(metavar="PACK", show_default=False, help="A pack by name or path.")
    ] = None,
    roles: Annotated[
        list[str] | None, typer.Argument(metavar="ROLE", show_default=False, help="Only these roles of it.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", show_default=False, help="Receives the page and its files.")
    ] = None,
    recipes: Annotated[
        bool, typer.Option("--recipes", help="The foley recipes themselves; what is named are recipes, then.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Parallel workers; 0: one per core.", show_default=False)
    ] = 0,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """A page to hear and see a pack by.

    A player, waveform and spectrogram for every sound and variation, in output/audition/<pack>/; it opens from disk.
    """
    from producer import project
    from producer.foley import RECIPES
    from producer.packs import audition as page
    from producer.packs import found

    root = project.home(Path.cwd())
    if pack is None and not recipes:
        raise UsageError("name a pack to audition, or --recipes")

    def place(name: str) -> Path:
        return output or project.own_folder(root, "output", "audition", name)

    with opened_cache(no_cache, silent=quiet) as cache, progress(as_json or quiet) as watch:
        if recipes:
            names = [*([pack] if pack else []), *(roles or ())]
            made = page.write_recipes(RECIPES, place("recipes"), cache, names=names, jobs=jobs or cores(), watch=watch)
        else:
            one = found.chosen(str(pack), root).whole()
            made = page.write(
                one, place(one.name), RECIPES, cache, roles=roles or (), jobs=jobs or cores(), watch=watch
            )
    for unheard in made.unheard:
        print(unheard, file=sys.stderr)
    if as_json:
        print_json(made.as_json())
    elif not quiet:
        _say(made.text(Path.cwd()))
    if made.unheard:
        raise typer.Exit(1)


@app.command()
def install(
    archive: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A pack as a zip archive.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", show_default=False, help="A folder of packs; else sfx/.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In place of an installed pack of this name.")] = False,
    max_mb: Annotated[int, typer.Option(min=1, metavar="MB", help="The most that all files may take unpacked.")] = 2000,
    max_file_mb: Annotated[int, typer.Option(min=1, metavar="MB", help="The most that one file may take.")] = 500,
    max_files: Annotated[int, typer.Option(min=1, metavar="N", help="The most entries.")] = 5000,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Unpack a pack that somebody sent, safely.

    It is read whole before it lands: what would write outside its folder, or is no pack, leaves nothing behind.
    """
    from producer import project
    from producer.packs import installing
    from producer.packs.archive import Limits

    there = "name the folder with --to if you mean it"
    root = to if to is not None else project.own_folder(project.home(Path.cwd()), "sfx", instead=there)
    limits = Limits(files=max_files, file_bytes=max_file_mb * 1_000_000, bytes=max_mb * 1_000_000)
    with installing.unpacked(archive, root, limits) as parcel:
        if not quiet and not as_json:
            _say(parcel.text())
        facts = parcel.land(replace=replace)
    if as_json:
        print_json(facts)
    elif not quiet:
        _say(installing.landed_text(facts))


def _say(text: str) -> None:
    """Text for people, at once: what goes to standard error comes in its turn."""
    print(printable(text), flush=True)


def _counting(done: Callable[[int], None]) -> Callable[[], None]:
    """One step more of a stage each time it is called."""
    steps = itertools.count(1)
    return lambda: done(next(steps))
