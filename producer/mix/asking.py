"""What the lines of a part ask, as bytes and back: lines by their number in the part, so it may stand anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.mix.margin import RULED, Heard, LineMargin, Ruled
from producer.mix.parts import Part
from producer.mix.solve import Asked
from producer.model.script import Margin
from producer.packed import packed, unpacked

_CUTS = ("cut_beds_db", "cut_music_db", "cut_sounds_db")
_UNNAMED = ("line", "clip", "span", *_CUTS)


def asked_to_bytes(asked: Sequence[Asked]) -> bytes:
    """What the lines of a part ask."""
    facts = [
        [one.heard.speech_lufs, one.heard.margin.beds_lu, one.heard.margin.music_lu, one.heard.hop_s] for one in asked
    ]
    arrays: dict[str, NDArray[Any]] = {}
    for number, one in enumerate(asked):
        kinds: tuple[tuple[str, Mapping[Ruled, NDArray[np.float64]]], ...] = (
            ("under", one.heard.under),
            ("cuts", one.cuts),
            ("cross", one.cross),
        )
        arrays |= {f"{kind} {stem} {number}": array for kind, held in kinds for stem, array in held.items()}
        arrays[f"freed {number}"] = one.heard.freed
    return packed(facts, arrays)


def asked_from_bytes(raw: bytes, part: Part) -> tuple[Asked, ...]:
    """What `asked_to_bytes` took down of the lines of `part`. Raises ValueError or KeyError where it is of others."""
    facts, arrays = unpacked(raw)

    def held(kind: str, number: int) -> dict[Ruled, NDArray[np.float64]]:
        named = {stem: f"{kind} {stem} {number}" for stem in RULED}
        return {stem: arrays[name] for stem, name in named.items() if name in arrays}

    return tuple(
        Asked(
            heard=Heard(
                line=line.line,
                clip=line.id,
                span=line.span,
                margin=Margin(beds_lu=beds_lu, music_lu=music_lu),
                speech_lufs=speech_lufs,
                under=held("under", number),
                freed=arrays[f"freed {number}"],
                hop_s=hop_s,
            ),
            cuts=held("cuts", number),
            cross=held("cross", number),
        )
        for number, (line, (speech_lufs, beds_lu, music_lu, hop_s)) in enumerate(zip(part.lines, facts, strict=True))
    )


def margins_to_json(margins: Sequence[LineMargin]) -> list[dict[str, Any]]:
    """The margins of a part's lines as JSON values."""
    fields = [name for name in LineMargin.__dataclass_fields__ if name not in _UNNAMED]
    return [
        {name: getattr(line, name) for name in fields} | {name: list(getattr(line, name)) for name in _CUTS}
        for line in margins
    ]


def margins_from_json(found: Sequence[Mapping[str, Any]], part: Part) -> tuple[LineMargin, ...]:
    """What `margins_to_json` made of the lines of `part`."""
    return tuple(
        LineMargin(
            line=line.line, clip=line.id, span=line.span, **{**values, **{name: tuple(values[name]) for name in _CUTS}}
        )
        for line, values in zip(part.lines, found, strict=True)
    )
