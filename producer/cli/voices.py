"""`render voices`: what this machine can speak with, and how it sounds."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from producer.cli.common import JsonOption, NoCacheOption, QuietOption, opened_cache, print_json
from producer.errors import UsageError

app = typer.Typer(rich_markup_mode=None)


@app.command()
def voices(
    language: Annotated[
        str, typer.Option("--language", metavar="LANG", help="Only voices of it: en, de …", show_default=False)
    ] = "",
    play: Annotated[
        str, typer.Option("--play", metavar="NAME", help="Say a sentence in this voice.", show_default=False)
    ] = "",
    text: Annotated[str, typer.Option("--text", help="What --play says.", show_default=False)] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="A WAV that receives it, in place of playing.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """List what this machine can speak with, or hear one of the voices.

    Each voice stands there as a script writes it, with what may be added to it.
    """
    if play:
        _play(play, text, output, as_json=as_json, quiet=quiet, no_cache=no_cache)
        return
    if text or output is not None:
        raise UsageError("--text and -o go with --play NAME")
    from producer.voice import offer

    facts = offer.facts(language)
    if as_json:
        print_json(facts)
    elif not quiet:
        print(_listed(facts))


def _play(name: str, text: str, output: Path | None, *, as_json: bool, quiet: bool, no_cache: bool) -> None:
    from producer import project
    from producer.voice import offer

    if output is not None:
        offer.wave_file(output)  # before anything is spoken
    with opened_cache(no_cache) as cache:
        audio = offer.sentence(name, text, cache)
    player = "" if output is not None else offer.play(audio)
    file = output
    if not player:
        if file is None:
            file = project.home(Path.cwd()) / "output" / "voices" / f"{project.file_name(name)}.wav"
        offer.write(audio, file)
    seconds = len(audio) / offer.RATE_HZ
    if as_json:
        print_json({"voice": name, "seconds": seconds, "player": player, "file": str(file) if file else ""})
    elif file is not None and output is None:
        # Said even when --quiet: without it nobody would know where the sound is.
        print(f"no player here reaches a sound device; wrote {seconds:.1f} s to {file}")
    elif not quiet:
        print(f"played {seconds:.1f} s with {player}" if player else f"wrote {seconds:.1f} s to {file}")


def _listed(facts: dict[str, Any]) -> str:
    found: list[str] = []
    for one in facts["engines"]:
        if one["default"]:
            found.append(f"{one['engine']}: written as it is (voice: en-gb) or with its engine ({one['engine']}:en-gb)")
            by_language: dict[str, list[str]] = {}
            for voice in one["voices"]:
                by_language.setdefault(voice["language"], []).append(voice["voice"])
            found += [_row(language, " ".join(names)) for language, names in sorted(by_language.items())]
            if one["variants"]:
                found.append(f"  with a variant added, as in {one['voices'][0]['voice']}+f3:")
                found.append(_row("", " ".join(one["variants"])))
        elif one["voices"]:
            found.append(f"{one['engine']}:")
            for voice in one["voices"]:
                lacks = f"  — {voice['lacks']}" if voice["lacks"] else ""
                found.append(_row(voice["language"], voice["voice"] + lacks))
        else:
            found.append(f"{one['engine']}: none" + (f"; {one['absence']}" if one["absence"] else " of this language"))
    return "\n".join(found)


def _row(label: str, words: str) -> str:
    return textwrap.fill(words, 100, initial_indent=f"  {label:<5} ", subsequent_indent=" " * 8, break_on_hyphens=False)
