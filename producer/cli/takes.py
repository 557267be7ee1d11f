"""`render takes …`: sheets for actors, their recordings back, and how much is recorded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import JsonOption, PackOption, QuietOption, cores, opened_cache, print_json, progress

app = typer.Typer(
    name="takes",
    help="Give actors their lines, bring their recordings in, see what is recorded.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

ScriptArgument = Annotated[Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")]


@app.command()
def booth(
    script: ScriptArgument = None,
    cast: Annotated[
        list[str] | None,
        typer.Option("--cast", metavar="NAME", help="A member of the cast. May be given again; else all who speak."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Receives the files.", show_default=False)
    ] = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write what actors need to record their lines.

    For each character a page to print and a table (CSV): every line with the one before it, its direction, how names
    are said, and the name to give the recording. They go to output/<name>/booth/.
    """
    from producer import project, render
    from producer.takes import booth as sheets
    from producer.voice import folder

    found, chosen = project.find(script, Path.cwd())
    _say_chosen(chosen, as_json or quiet)
    with opened_cache(False) as cache:
        read, _ = render.read_script(found, tuple(pack or ()), cache)
    there = folder.present(found.root, found.slug, read.lines)
    made = sheets.sheets(read, found.slug, there, tuple(cast or ()))
    files = sheets.write(made, output or found.own_output("booth"))
    if as_json:
        print_json([{"member": sheet.member, "name": sheet.name, "lines": len(sheet.rows)} for sheet in made])
    elif not quiet:
        for sheet in made:
            print(f"{sheet.name}: {len(sheet.rows)} {'line' if len(sheet.rows) == 1 else 'lines'}")
        for file in files:
            print(f"wrote      {_from_here(file)}")


@app.command("import")
def bring_in(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of recordings.")],
    script: ScriptArgument = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bring actors' recordings into the project.

    Each is matched to its line by its name, listened to, laid beside the line word by word, and copied into
    takes/<name>/. Nothing is written over. A file called like a character holds all of that character's lines in
    order, and is cut. Ends with 1 when a recording was not taken.
    """
    from producer import project, summary
    from producer.packs.tables import one_line
    from producer.takes import bring

    found, chosen = project.find(script, Path.cwd())
    _say_chosen(chosen, as_json or quiet)
    with opened_cache(False, silent=quiet) as cache, progress(as_json or quiet) as watch:
        done = bring.bring(folder, found, tuple(pack or ()), cache, cores(), watch)
    if as_json:
        print_json(
            {
                "brought": [
                    {"from": one.file, "already": one.already, "note": one.note, **summary.take(one.report)}
                    for one in done.brought
                ],
                "refused": [{"from": one.file, "why": one.why} for one in done.refused],
                "absent": list(done.absent),
            }
        )
    else:
        for one in done.brought:
            how = "is there already as" if one.already else "is now"
            if not quiet:
                note = f" ({one.note})" if one.note else ""
                print(f"{one_line(one.file)} {how} {one.report.file}{note}: {summary.take_figures(one.report)}")
            for remark in one.report.remarks:
                print(f"    {one.report.file} ({one.report.place}): {remark}", file=sys.stderr if quiet else sys.stdout)
        sys.stdout.flush()
        for refused in done.refused:
            print(one_line(f"{refused.file}: not taken: {refused.why}"), file=sys.stderr)
        for line in done.absent:
            print(one_line(line), file=sys.stderr)
    if done.refused or done.absent:
        raise typer.Exit(1)


@app.command()
def status(
    script: ScriptArgument = None, pack: PackOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Show what is recorded and what the voices still speak.

    Lines and minutes of each character, the recordings that are not as they should be, and the lines that are left.
    """
    from producer import project, render, summary
    from producer.takes import status as counting

    found, chosen = project.find(script, Path.cwd())
    _say_chosen(chosen, as_json or quiet)
    with opened_cache(False, silent=quiet) as cache, progress(as_json or quiet) as watch:
        order = render.Order(project=found, packs=tuple(pack or ()), jobs=cores())
        seen = counting.status(order, cache, watch)
    lines = sum(one.recorded + one.synthetic for one in seen.members)
    recorded = summary.recorded(seen.recorded, lines)
    if as_json:
        members = [
            {
                "member": one.member,
                "name": one.name,
                "voice": one.voice,
                "recorded": {"lines": one.recorded, "seconds": round(one.recorded_s, 2)},
                "synthetic": {"lines": one.synthetic, "seconds": round(one.synthetic_s, 2)},
                "left": [{"file": line.file, "where": line.where, "text": line.text} for line in one.left],
            }
            for one in seen.members
        ]
        print_json({"members": members, **recorded})
    elif not quiet:
        for one in seen.members:
            print(
                f"{one.name:<20} {one.recorded:>4} recorded ({_minutes(one.recorded_s)}), "
                f"{one.synthetic:>4} by the voice {one.voice} ({_minutes(one.synthetic_s)})"
            )
        for remark in summary.take_lines(recorded):
            print(remark)
        if any(one.recorded for one in seen.members):
            for one in seen.members:
                for line in one.left:
                    print(f"left       {line.file} ({line.where})")
        else:
            print("left       all of it; `render takes booth` writes the sheets to record it by")


def _minutes(seconds: float) -> str:
    whole, rest = divmod(round(seconds), 60)
    return f"{whole}:{rest:02d}"


def _say_chosen(chosen: str, silent: bool) -> None:
    if chosen and not silent:
        print(f"script: {chosen}")


def _from_here(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(path)
