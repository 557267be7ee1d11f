"""The voices that espeak-ng carries, read from its data folder without starting it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from io import FileIO
from pathlib import Path

from producer.digests import files_in


def data_folder() -> Path:
    """The folder `espeak-ng-data` that comes with espeakng-loader."""
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())


@cache
def voice_files() -> Mapping[str, str]:
    """What a script may write, in lower case, against the voice file that espeak-ng calls it by (`en-gb`: `gmw/en`).

    A voice goes by its file's name and by every language its file lists. Where several list one language, the smallest
    priority number wins, as in espeak-ng itself.
    """
    folder = os.fspath(data_folder() / "lang")
    found: dict[str, tuple[int, str]] = {}
    for path in files_in(folder):
        identifier = path.removeprefix(folder + os.sep).replace(os.sep, "/")
        with FileIO(path) as file:
            text = file.readall().decode()
        for name, priority in [(identifier.rpartition("/")[2], 0), *_languages(text)]:
            found[name.casefold()] = min(found.get(name.casefold(), (99, "")), (priority, identifier))
    return {name: identifier for name, (_, identifier) in sorted(found.items())}


def _languages(text: str) -> list[tuple[str, int]]:
    listed = []
    for line in text.splitlines():
        words = line.split() if "language" in line else []
        if len(words) >= 2 and words[0] == "language":
            listed.append((words[1], int(words[2]) if len(words) > 2 and words[2].isdigit() else 5))
    return listed


@cache
def variant_files() -> Mapping[str, str]:
    """The variants, in lower case and with their sign, against the files espeak-ng calls them by (`+f3`: `f3`)."""
    folder = data_folder() / "voices" / "!v"
    return {f"+{path.name.casefold()}": path.name for path in sorted(folder.iterdir()) if path.is_file()}


def espeak_name(name: str) -> str:
    """espeak-ng's own name of `en-us+f3`: `gmw/en-US+f3`; raises KeyError for a name that is not there."""
    base, sign, variant = name.casefold().partition("+")
    return voice_files()[base] + (f"+{variant_files()[sign + variant]}" if sign else "")


def pitch_hz(name: str) -> tuple[int, int]:
    """A voice's lowest and highest fundamental: as its variant says, else its language, else espeak-ng itself."""
    base, sign, variant = name.casefold().partition("+")
    files = [data_folder() / "lang" / voice_files()[base]]
    if sign:
        files.insert(0, data_folder() / "voices" / "!v" / variant_files()[sign + variant])
    for path in files:
        for words in map(str.split, path.read_text("utf-8").splitlines()):
            if len(words) >= 3 and words[0] == "pitch":
                return int(words[1]), int(words[2])
    return 82, 118
