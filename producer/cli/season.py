"""`render season`: many episodes, on this machine or on a cluster."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    known,
    names_in,
    print_json,
)
from producer.errors import UsageError

if TYPE_CHECKING:
    from producer.season.works import Board, Works
    from producer.shared import SharedCache


def season(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="A project, a folder of scripts, or of projects.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="DIR", help="Receives the episodes' folders and the page.", show_default=False),
    ] = None,
    pack: PackOption = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="podcast, broadcast, acx, alexa or archive.", show_default=False)
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMATS", help="As of `render episode`, with commas.", show_default=False),
    ] = None,
    mix: Annotated[
        list[str] | None, typer.Option("--mix", metavar="NAME", help="Beside the standard mix, or all. Again for more.")
    ] = None,
    stems: StemsOption = False,
    stems_each: StemsEachOption = False,
    session: SessionOption = None,
    sofa: SofaOption = None,
    url: Annotated[
        str,
        typer.Option(
            "--url", metavar="BASE", show_default=False, help="The feed, too: where the output will be on the web."
        ),
    ] = "",
    jobs: Annotated[
        int, typer.Option(min=0, metavar="N", help="Episodes at a time; 0: one per core.", show_default=False)
    ] = 0,
    on: Annotated[
        str,
        typer.Option("--on", metavar="ADDRESS", help="The workers of a Dask scheduler (tcp://…).", show_default=False),
    ] = "",
    cache_at: Annotated[
        str,
        typer.Option("--cache", metavar="PLACE", help="A folder or s3://… that all share.", show_default=False),
    ] = "",
    patience: Annotated[
        float, typer.Option(min=1.0, metavar="S", help="Seconds until what does not move is stopped.")
    ] = 600.0,
    no_cache: NoCacheOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="A finding of the audit fails its episode.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make every episode of a folder, editions too, with a page about all of them.

    What was made before and has not changed is not made again; a mistake in one episode stops no other.
    """
    from producer.feed import address
    from producer.model.formats import clash
    from producer.model.mixes import ALL, MIXES
    from producer.model.profile import PROFILES

    kinds, asked = names_in(formats), names_in(session)
    known("--profile", [profile] if profile is not None else [], PROFILES)
    known("--mix", mix or (), (*MIXES, ALL))
    known("--session", asked, SESSIONS)
    known("--format", kinds, FORMAT_NAMES)
    if (two := clash(kinds)) is not None:
        raise UsageError(f"--format: {two[0]} and {two[1]} would have one file name; ask for one of them")
    try:
        base = address.base(url) if url else ""
    except ValueError as fault:
        raise UsageError(f"--url: {fault}") from None
    if no_cache and (on or cache_at):
        raise UsageError("--no-cache goes with neither --on nor --cache: workers share what they make through a cache")
    from producer.project import own_folder
    from producer.season import found, publish, report, run
    from producer.season.task import Asked

    if on:
        from producer.season.cluster import check_address

        check_address(on)
    there = found.look(folder)
    with _cache(cache_at, no_cache) as cache, _board(quiet or as_json) as board:
        order = run.Order(
            folder=there,
            asked=Asked(
                packs=tuple(pack or ()),
                profile=profile,
                formats=kinds,
                mixes=tuple(mix or ()),
                stems="each" if stems_each else "buses" if stems else "none",
                sofa=None if sofa is None else str(sofa),
                session=asked,
                strict=strict,
            ),
            output=output or own_folder(there.root, "output"),
            readers=cores(),
        )
        with _works(on, min(jobs or cores(), len(there.episodes) or 1), patience) as works:
            rows = run.season(order, cache, works, board)
        cache.tidy()
    for line in () if quiet else cache.remarks():
        print(line, file=sys.stderr)
    published = publish.publish(rows, order.output, base, there.root)
    for line in report.problems(rows, published):
        print(line, file=sys.stderr)
    if as_json:
        print_json(report.document(rows, published, Path.cwd()))
    elif not quiet:
        print(report.text(rows, published, Path.cwd()))
    if code := report.exit_code(rows, published):
        raise typer.Exit(code)


@contextlib.contextmanager
def _cache(named: str, temporary: bool) -> Iterator[SharedCache]:
    """The cache that the workers share: the one that is named, the user's own, or one that is gone afterwards."""
    from producer import shared
    from producer.cache_place import default_root

    if temporary:
        with tempfile.TemporaryDirectory(prefix="producer-") as folder, shared.opened(folder) as cache:
            yield cache
        return
    with shared.opened(named or os.environ.get("PRODUCER_CACHE") or str(default_root())) as cache:
        yield cache


def _works(address: str, benches: int, patience_s: float) -> Works:
    """Where the episodes are made."""
    if address:
        from producer.season.cluster import Cluster

        return Cluster(address, patience_s)
    from producer.season.here import Here

    return Here(benches, patience_s)


@contextlib.contextmanager
def _board(silent: bool) -> Iterator[Board]:
    """Lines on a terminal; nothing where standard error is none."""
    from producer.season.works import NoBoard

    if silent or not sys.stderr.isatty():
        yield NoBoard()
        return
    from producer.season.board import Terminal

    with Terminal() as shown:
        yield shown
