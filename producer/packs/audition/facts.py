"""What is written beside a sound: its names, what it is made of and whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from producer.model.foley import Recipe
from producer.model.pace import Pace
from producer.packs.audition.sheet import Knob, Owner, Part
from producer.sounds.pack import FileSource, FoleySource, Layer, PackSound, Source

README = "README.md"
README_BYTES = 100_000
"""More of a pack's README than this is not shown."""


def facts(sound: PackSound) -> tuple[tuple[str, str], ...]:
    """Name and value of what is worth saying, in the order shown."""
    vary = f"± {sound.vary_pitch_cents:g} cents, ± {sound.vary_level_db:g} dB"
    weights = [member.weight for member in sound.members]
    found = (
        ("also", ", ".join(sound.aliases)),
        ("UCS", sound.ucs),
        ("pace", _pace(sound.pace) if sound.pace is not None else ""),
        ("vary", vary if sound.vary_pitch_cents or sound.vary_level_db else ""),
        ("weights", " : ".join(f"{weight:g}" for weight in weights) if len(set(weights)) > 1 else ""),
        ("length", "as long as a cue asks" if sound.sustains and sound.kind != "bed" else ""),
    )
    return tuple((name, value) for name, value in found if value)


def _pace(pace: Pace) -> str:
    moves = f" to {pace.last_s:g} s" if pace.last_s != pace.first_s else ""
    spread = f" ± {100 * pace.spread:g} %" if pace.spread else ""
    return f"{pace.first_s:g} s{moves}{spread}"


def parts(sound: PackSound, recipes: Mapping[str, Recipe]) -> tuple[Part, ...]:
    """What it is made of, one for each layer; a pool of files is one part."""
    return tuple(_part(sound, number, layer, recipes) for number, layer in enumerate(sound.members[0].layers))


def _part(sound: PackSound, number: int, layer: Layer, recipes: Mapping[str, Recipe]) -> Part:
    source = layer.source
    if isinstance(source, FoleySource):
        recipe = recipes[source.recipe]
        return Part(
            how="foley",
            what=recipe.name,
            says=recipe.says,
            level_db=layer.level_db,
            delay_s=layer.delay_s,
            knobs=knobs(recipe, dict(source.settings)),
        )
    pool = dict.fromkeys(_inside(member.layers[number].source) for member in sound.members)
    return Part(how="files", what=", ".join(pool), level_db=layer.level_db, delay_s=layer.delay_s)


def knobs(recipe: Recipe, given: Mapping[str, float]) -> tuple[Knob, ...]:
    """Every knob of a recipe where it stands."""
    return tuple(
        Knob(
            name=name,
            value=value,
            low=recipe.settings[name].low,
            high=recipe.settings[name].high,
            unit=recipe.settings[name].unit,
            says=recipe.settings[name].says,
            given=name in given,
        )
        for name, value in recipe.filled(given).items()
    )


def files(layers: tuple[Layer, ...]) -> str:
    """The recordings of one member."""
    return ", ".join(layer.source.inside for layer in layers if isinstance(layer.source, FileSource))


def owners(sound: PackSound) -> tuple[Owner, ...]:
    """Whose it is, each owner once; which files, when there are several."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for source in _sources(sound):
        credit = source.credit
        inside = found.setdefault((credit.author, credit.licence, credit.source, credit.changed), [])
        if _inside(source) not in inside:
            inside.append(_inside(source))
    return tuple(
        Owner(
            author=author,
            licence=licence,
            source=source,
            changed=changed,
            files=", ".join(inside) if len(found) > 1 else "",
        )
        for (author, licence, source, changed), inside in found.items()
    )


def _sources(sound: PackSound) -> Iterator[Source]:
    for member in sound.members:
        for layer in member.layers:
            yield layer.source


def _inside(source: Source) -> str:
    return source.inside if isinstance(source, FileSource) else source.recipe


def readme(folder: Path) -> str:
    """What the pack's README says, or nothing."""
    try:
        with (folder / README).open("rb") as file:
            return file.read(README_BYTES).decode("utf-8", "replace").replace("\r\n", "\n").strip()
    except OSError:
        return ""
