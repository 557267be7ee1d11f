"""The pack in a folder with a pack.yaml, read anew or as it was kept when it was last read.

What a pack holds hangs on its pack.yaml, on which files stand in its folder, on the recipes that it may name, and on
the code that reads it. While these stay, it is kept as plain lists: reading a pack takes pydantic, which takes a sixth
of a second to load, and twenty milliseconds for two hundred sounds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from producer import model, sounds
from producer.bounds import BOUNDS
from producer.cache import Cache, key
from producer.errors import PackError, Place, Problem
from producer.frozen import built, held
from producer.limited import read_file
from producer.made_by import made_by
from producer.model.foley import Recipe
from producer.model.pace import Pace
from producer.sounds.pack import Credit, FileSource, FoleySource, Layer, Member, Pack, PackSound, Source

MANIFEST = "pack.yaml"
Recipes = Mapping[str, Recipe]
_MOST_FILES = 5000
"""In a folder of more, looking for what has changed would take as long as reading the pack."""


def read_pack(folder: Path, shown: str, recipes: Recipes, cache: Cache | None = None) -> Pack:
    """The pack in `folder`.

    Args:
        shown: how the folder is called in messages.
        recipes: what `foley:` may name.
        cache: keeps packs in which nothing is wrong.

    Raises:
        PackError: with every problem in it.
    """
    file = f"{shown}/{MANIFEST}"
    try:
        raw = read_file(folder / MANIFEST, "pack_mib")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise PackError([Problem(Place(file), f"is not UTF-8 text (byte {wrong.start + 1})")]) from None
    except OSError as wrong:
        raise PackError([Problem(Place(file), f"cannot be read: {wrong.strerror}")]) from None
    known = _made.get((folder, file))
    if known is not None and known[0] == text and known[1] is recipes:
        return known[2]
    pack = replace(
        _kept(folder, file, text, recipes, cache), sha256=hashlib.sha256(raw).hexdigest(), size_bytes=len(raw)
    )
    if all(isinstance(source, FoleySource) for source in _sources(pack)):
        _made[folder, file] = text, recipes, pack
    return pack


_made: dict[tuple[Path, str], tuple[str, Recipes, Pack]] = {}
"""The last of each pack of recipes alone, which is as its text says whatever else is in its folder: a season reads it
for each of its episodes."""


def _sources(pack: Pack) -> Iterator[Source]:
    for sound in pack.sounds.values():
        for member in sound.members:
            yield from (layer.source for layer in member.layers)


def _kept(folder: Path, file: str, text: str, recipes: Recipes, cache: Cache | None) -> Pack:
    files = None if cache is None else _files(folder)
    if cache is None or files is None:
        return _read(folder, file, text, recipes)
    real = os.path.realpath(folder)
    name = key("pack", made_by(sounds, model), str(folder), real, file, text, files, _said(recipes), BOUNDS.pack_files)
    found = cache.read_here(name)
    if found is not None:
        return unpacked(found)
    pack = _read(folder, file, text, recipes)
    cache.write_here(name, packed(pack))
    return pack


def _read(folder: Path, file: str, text: str, recipes: Recipes) -> Pack:
    from producer.sounds.read import pack_of  # pydantic

    return pack_of(text, folder, file, recipes)


def _files(folder: Path) -> list[str] | None:
    """All that stands in a folder, folders with a '/'; None where that does not tell which files a pack has."""
    found: list[str] = []
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        try:
            with os.scandir(folder / inner) as there:
                for one in there:
                    if one.is_symlink() or len(found) > _MOST_FILES:
                        return None
                    name = inner + one.name
                    if one.is_dir():
                        name += "/"
                        waiting.append(name)
                    elif not one.is_file():
                        return None
                    found.append(name)
        except OSError:
            return None
    return sorted(found)


def _said(recipes: Recipes) -> str:
    """All of the recipes that a pack hangs on."""
    said = [
        (name, one.kind, one.sustains, one.hit is None, [(knob, repr(how)) for knob, how in one.settings.items()])
        for name, one in sorted(recipes.items())
    ]
    return json.dumps(said)


_KINDS: Mapping[str, type] = {
    one.__name__: one for one in (Credit, FileSource, FoleySource, Layer, Member, Pace, Pack, PackSound, Place)
}


def packed(pack: Pack) -> bytes:
    """A pack as rows of JSON: what it holds comes before it, each thing once, and is named by its row."""
    rows: list[list[object]] = []
    known: dict[int, list[int]] = {}
    numbers: dict[str, int] = {}

    def part(value: object) -> object:
        if value is None or isinstance(value, str | int | float):
            return value
        if id(value) not in known:
            made = row(value)
            said = json.dumps(made)
            if said not in numbers:
                numbers[said] = len(rows)
                rows.append(made)
            known[id(value)] = [numbers[said]]
        return known[id(value)]

    def row(value: Any) -> list[object]:
        if isinstance(value, tuple):
            return ["tuple", *map(part, value)]
        if isinstance(value, Mapping):
            return ["dict", *(part(one) for pair in value.items() for one in pair)]
        if isinstance(value, Path):
            return ["path", str(value)]
        return [type(value).__name__, *map(part, _held(value))]

    part(pack)
    return json.dumps(rows).encode()


def _held(value: object) -> tuple[object, ...]:
    found = held(value)
    assert found is not None and type(value) is _KINDS[type(value).__name__], type(value)
    return found


def unpacked(raw: bytes) -> Pack:
    """The pack that `packed` gave."""
    makers: dict[str, Callable[[Sequence[Any]], object]] = {
        "tuple": tuple,
        "dict": lambda parts: dict(zip(parts[::2], parts[1::2], strict=True)),
        "path": lambda parts: Path(parts[0]),
    }
    things: list[Any] = []
    for kind, *parts in json.loads(raw):
        values = [things[one[0]] if type(one) is list else one for one in parts]
        make = makers.get(kind)
        things.append(built(_KINDS[kind], values) if make is None else make(values))
    pack: Pack = things[-1]
    return pack
