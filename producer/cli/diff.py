"""`render diff`: what changed between two renders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import JsonOption, QuietOption, print_json


def diff(
    a: Annotated[Path, typer.Argument(metavar="A", show_default=False, help="An output folder: as it was.")],
    b: Annotated[Path, typer.Argument(metavar="B", show_default=False, help="An output folder: as it is now.")],
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Write a page to hear A and B at each place.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what changed between two renders, per line and cue.

    What was added, removed, edited, moved, made louder or softer, re-voiced or re-sounded. What is only later because
    something before it is longer has not moved. Prints nothing when nothing differs; ends with 0 either way.
    """
    from producer import diffing
    from producer.diff import report

    found = diffing.folders(a, b)
    if page is not None:
        diffing.write_page(found, a, b, page)
    if as_json:
        print_json(found)
    elif not quiet and not found["same"]:
        print(report.text(found))
