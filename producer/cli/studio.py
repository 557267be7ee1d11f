"""`render studio`: the listening page of a script that is being worked on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from producer.cli.common import NoCacheOption, PackOption, QuietOption, cores, opened_cache


def studio(
    script: Annotated[
        Path | None, typer.Argument(metavar="SCRIPT", show_default=False, help="A script (YAML).")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Receives the finished files.", show_default=False)
    ] = None,
    pack: PackOption = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, metavar="N", help="Where, on this machine alone. Default: 8765.", show_default=False
        ),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    hear_only: Annotated[
        bool, typer.Option("--hear-only", help="Leave the output folder alone: nothing is finished, only heard.")
    ] = False,
    no_cache: NoCacheOption = False,
    quiet: QuietOption = False,
) -> None:
    """Hear a script while it is being written: a page on this machine that follows every save.

    What changed is made anew as the script, a pack or a take is saved, and goes on playing where it was. Mistakes are
    shown where they are. Mute and solo; another pack beside this one; a cue's level, side and time by mouse. Ends with
    Ctrl-C.
    """
    from producer import project
    from producer.production import Order
    from producer.studio import serving

    serving.parts()
    found, chosen = project.find(script, Path.cwd())
    if chosen and not quiet:
        print(chosen)
    order = Order(project=found, output=output, packs=tuple(pack or ()), jobs=cores())

    def opened(studio: serving.Open) -> None:
        if studio.instead and not quiet:
            print(f"studio: {studio.instead}; here is another")
        print(f"studio: {studio.url}  (Ctrl-C ends it)" if not quiet else studio.url, flush=True)
        if open_page:
            import webbrowser

            webbrowser.open(studio.url)

    with opened_cache(no_cache) as cache:
        serving.serve(order, cache, port, opened, finish=not hear_only)
