"""`render verify`: whether what was delivered is still what was rendered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from producer.cli.common import JsonOption, QuietOption, counted, print_json

if TYPE_CHECKING:
    from producer.verifying import Verified


def verify(
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", show_default=False, help="A delivered file, or an output folder.")
    ],
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The manifest, where it is not in the folder.", show_default=False),
    ] = None,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="The script, packs and takes that it was made from, too.")
    ] = False,
    project: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The project of --inputs, where it is not around the folder.", show_default=False
        ),
    ] = None,
    pack: Annotated[
        list[Path] | None,
        typer.Option("--pack", metavar="DIR", help="A pack that is not in the project. May be given again."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say whether a delivered file, or a whole folder, is still what was rendered.

    Every file is held against manifest.json, and every audio file's own statement, too. Ends with 1 when a byte has
    changed, a file is missing, or one is there that is not of the render, and says which.
    """
    from producer import verifying
    from producer.project import home

    root = project
    if root is None and (inputs or pack):
        root = home((target if target.is_dir() else target.parent).resolve())
    found = verifying.verify(target, manifest, root, tuple(pack or ()))
    if as_json:
        print_json(found.document())
    elif not quiet:
        print(_text(found))
    for one in found.findings:
        print(one, file=sys.stderr)
    if found.findings:
        raise typer.Exit(1)


def _text(found: Verified) -> str:
    rows = [f"{found.title}: {counted(len(found.files), 'files')} as rendered"]
    if found.inputs:
        rows[0] += f", made from {counted(found.inputs, 'files')}, unchanged"
    said = found.statement
    if said is not None:
        voices = ", ".join(said.synthetic_voices)
        rows.append(f"made with  {said.made_with}" + (f"; synthetic voices: {voices}" if voices else ""))
    rows += [f"note       {note}" for note in found.notes]
    return "\n".join(rows)
