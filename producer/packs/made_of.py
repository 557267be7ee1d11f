"""What a sound is made of, as values that can be printed and compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from producer.foley import RECIPES
from producer.model.pace import Pace
from producer.packs.tables import seconds
from producer.sounds.pack import FileSource, FoleySource, Layer, Member, Pack, PackSound, Source


def pools(sound: PackSound) -> list[list[Layer]]:
    """The distinct sources of each layer, in the order in which the variations use them."""
    most = max(len(member.layers) for member in sound.members)
    found: list[list[Layer]] = []
    for place in range(most):
        layers = [member.layers[place] for member in sound.members if place < len(member.layers)]
        found.append(list({id(layer.source): layer for layer in layers}.values()))
    return found


def is_files(sound: PackSound) -> bool:
    """Whether every variation is a recording as it stands."""
    return all(len(one.layers) == 1 and isinstance(one.layers[0].source, FileSource) for one in sound.members)


def turned(source: FoleySource) -> dict[str, float]:
    """The knobs that the pack turns away from where the recipe leaves them."""
    recipe = RECIPES[source.recipe]
    return {name: value for name, value in source.settings if value != recipe.settings[name].default}


def knobs(source: FoleySource) -> list[dict[str, Any]]:
    """Every knob of a recipe, where it stands and how far it goes."""
    recipe = RECIPES[source.recipe]
    values = recipe.filled(dict(source.settings))
    return [
        {
            "name": name,
            "value": values[name],
            "default": one.default,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
            "says": one.says,
        }
        for name, one in recipe.settings.items()
    ]


def source_facts(source: Source) -> dict[str, Any]:
    """A file by its name in the pack, or a recipe with the knobs that are turned."""
    if isinstance(source, FileSource):
        return {"file": source.inside}
    return {"foley": source.recipe, "settings": turned(source)}


def pace_text(pace: Pace | None) -> str:
    """`0.56 s ± 8 %`, as a pack writes it."""
    if pace is None:
        return ""
    times = f"{pace.first_s:g} s" if pace.first_s == pace.last_s else f"{pace.first_s:g} s -> {pace.last_s:g} s"
    return f"{times} ± {pace.spread * 100:g} %" if pace.spread else times


def vary_text(sound: PackSound) -> str:
    """`pitch ± 60 cents, level ± 1.5 dB`."""
    parts = []
    if sound.vary_pitch_cents:
        parts.append(f"pitch ± {sound.vary_pitch_cents:g} cents")
    if sound.vary_level_db:
        parts.append(f"level ± {sound.vary_level_db:g} dB")
    return ", ".join(parts)


def loop_text(sound: PackSound) -> str:
    """`0 s to 12.5 s`."""
    return f"{sound.loop_s[0]:g} s to {sound.loop_s[1]:g} s" if sound.loop_s else ""


def onset_text(members: Sequence[Member]) -> str:
    """`auto`, or the times that the pack gives."""
    given = list(dict.fromkeys("auto" if one.onset_s is None else seconds(one.onset_s) for one in members))
    return ", ".join(given)


def credits_of(sound: PackSound) -> list[dict[str, str]]:
    """The distinct credits of a sound's sources."""
    found = {
        (one.author, one.licence, one.source, one.changed): one
        for member in sound.members
        for one in (layer.source.credit for layer in member.layers)
    }
    return [
        {"author": one.author, "licence": one.licence, "source": one.source, "changed": one.changed}
        for one in found.values()
    ]


def foreign(pack: Pack, sound: PackSound) -> list[dict[str, str]]:
    """The credits of a sound that are not the pack's own."""
    return [one for one in credits_of(sound) if (one["author"], one["licence"]) != (pack.author, pack.licence)]
