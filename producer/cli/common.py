"""What every command shares: its options, the cache, progress on a terminal, JSON on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from producer.errors import Problem, ProducerError, UsageError, nearest, told

if TYPE_CHECKING:  # heavy modules are imported by the command that needs them
    import click

    from producer.cache import Cache
    from producer.production import Watch

PackOption = Annotated[
    list[str] | None,
    typer.Option("--pack", metavar="PACK", help="A pack by name or path, searched first. May be given again."),
]
_JSON = "producer.json"


def _as_json(ctx: typer.Context, asked: bool) -> bool:
    """Remembers for `problems_as_json`, which is around every command, that its answer is read by a program."""
    ctx.meta[_JSON] = asked
    return asked


JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.", callback=_as_json)]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
SESSIONS = ("rpp", "dawproject", "otio", "labels", "csv")
"""As `session.FORMATS` has them, which would load the mixer for `--help`."""
StemsOption = Annotated[bool, typer.Option("--stems", help="Speech, sounds, beds and music as files, too.")]
StemsEachOption = Annotated[
    bool, typer.Option("--stems-each", help="The stems, and each character, bed and piece of music by itself.")
]
SessionOption = Annotated[
    str | None,
    typer.Option(metavar="FORMATS", help=f"For a DAW: {', '.join(SESSIONS)}, with commas.", show_default=False),
]
SofaOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The binaural mix, with the head of a SOFA file.", show_default=False),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Make everything anew and keep nothing.")]

FORMAT_NAMES = ("mp3", "mp3-vbr", "m4b", "m4a", "opus", "flac", "flac16", "wav", "wav16", "wav-float")
"""As `model.formats.FORMATS` has them."""


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system can say what this process may use
        return os.cpu_count() or 1


@contextlib.contextmanager
def opened_cache(temporary: bool, silent: bool = False) -> Iterator[Cache]:
    """The user's cache, or one that is gone afterwards; in the end it is told what was wrong with it.

    Raises RenderError where it is to have a size that is none: before anything is made.
    """
    from producer.cache import Cache
    from producer.cache_place import most_bytes

    most_bytes()
    named = os.environ.get("PRODUCER_CACHE", "")
    if "://" in named and not temporary:
        from producer import shared

        cache: Cache = shared.opened(named)
    else:
        cache = Cache(temporary=temporary)
    try:
        with cache:
            yield cache
    finally:  # when what was on its way to a storage is there, or is not
        for line in () if silent else cache.remarks():
            print(line, file=sys.stderr)


@contextlib.contextmanager
def progress(silent: bool) -> Iterator[Watch]:
    """Bars on a terminal; nothing where standard error is no terminal."""
    from producer.production import NoWatch

    if silent or not sys.stderr.isatty():
        yield NoWatch()
        return
    from producer.progress import Terminal

    with Terminal() as shown:
        yield shown


def counted(count: object, things: str) -> str:
    """`things` with how many there are, in the singular where there is one."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
    print()


@contextlib.contextmanager
def problems_as_json(ctx: click.Context) -> Iterator[None]:
    """What users can mend is one JSON document on standard output, not lines for people, where `--json` was asked for.

    Args:
        ctx: of the command, or of one around it: they share what is remembered.
    """
    try:
        yield
    except UsageError:
        raise
    except ProducerError as error:
        if not ctx.meta.get(_JSON):
            raise
        print_json({"problems": [_problem(one) for one in told(error)]})
        raise typer.Exit(1) from None


def _problem(problem: Problem) -> dict[str, object]:
    return {"at": problem.at.as_json(), "what": problem.what, "mended": problem.mended or None}


def names_in(written: str | None) -> tuple[str, ...]:
    """The names that an option has with commas between them, each once."""
    return () if written is None else tuple(dict.fromkeys(name.strip() for name in written.split(",")))


def known(option: str, names: Iterable[str], all_names: Iterable[str]) -> None:
    """Raise UsageError for a name that an option does not know."""
    every = tuple(all_names)
    for name in names:
        if name not in every:
            raise UsageError(f"{option}: there is none called '{name}'{nearest(name, every)}")
