"""`render feed`: a show for podcast apps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import JsonOption, QuietOption, counted, print_json
from producer.errors import UsageError


def feed(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Holds the episodes' folders, as output/ does.")
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="BASE", show_default=False, help="Where DIR will be on the web.")
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", show_default=False, help="Leave out episodes of later days.")
    ] = "",
    items: Annotated[
        bool, typer.Option("--items", help="Each episode's item as a file of its own, too, for a feed kept elsewhere.")
    ] = False,
    language: Annotated[
        str,
        typer.Option(
            "--language", metavar="CODE", show_default=False, help="The feed of the editions in it: DIR/feed.CODE.xml."
        ),
    ] = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the feed of a show from its rendered episodes, to DIR/feed.xml.

    With transcripts, chapters, covers, listener mixes, checksums, people and the disclosure of synthetic voices. An
    episode's day is the `date` of its script; what a show has beyond its episodes stands in DIR/feed.yaml.
    """
    from producer import publishing
    from producer.feed import address
    from producer.feed.moment import moment
    from producer.model.language import TAG

    try:
        base = address.base(url)
    except ValueError as fault:
        raise UsageError(f"--url: {fault}") from None
    try:
        if until:
            moment(until)
    except ValueError as fault:
        raise UsageError(f"--until: {fault}") from None
    if language and not TAG.fullmatch(language):
        raise UsageError(f"--language: '{language}' is not a language; write its code, as in 'es' or 'pt-BR'")
    done = publishing.publish(folder, base, until, items, language)
    if as_json:
        print_json(
            {
                "file": done.file.as_posix(),
                "episodes": [{"folder": one.slug, "published": one.published.rfc2822} for one in done.episodes],
                "held_back": list(done.held_back),
                "remarks": list(done.remarks),
            }
        )
    elif not quiet:
        print(f"{done.file}: {counted(len(done.episodes), 'episodes')}, the newest is {done.episodes[0].slug}")
        if done.held_back:
            print(f"later than {until}: {', '.join(done.held_back)}")
        for remark in done.remarks:
            print(f"note: {remark}", file=sys.stderr)
