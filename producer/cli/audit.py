"""`render audit`: what a listener gets, held against what was planned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import JsonOption, QuietOption
from producer.errors import UsageError, nearest


def audit(
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", show_default=False, help="A finished file, or an output folder.")
    ],
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What it is for: podcast, broadcast, acx, alexa or archive; else what it was rendered for.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Listen to a finished file and say what is not as planned.

    For every line and cue: found or not, when, and how loud; loudness, peaks, clicks, gaps, channels; and what each
    profile says to it. Of a file without its timeline and reference beside it only what can be known blind is said.
    """
    from producer import auditing
    from producer.audit import report
    from producer.model.profile import PROFILES

    if profile is not None and profile not in PROFILES:
        raise UsageError(f"--profile: there is none called '{profile}'{nearest(profile, PROFILES)}")
    audits = auditing.target(target, profile)
    failing = list(auditing.failing(audits))
    if as_json:
        print(auditing.document(audits), end="")
    elif not quiet:
        print(report.text(audits))
    for problem in failing:
        print(problem, file=sys.stderr)
    if failing:
        raise typer.Exit(1)
