"""The JSON Schema of the written form, for editors: every key with what it does, every quantity with its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from producer.model.mixes import MIXES
from producer.model.profile import PROFILES
from producer.model.room import PRESETS
from producer.model.treatment import EFFECTS, NAMED
from producer.script import keys
from producer.script.keys import Key

Schema = dict[str, Any]

_NUMBER = r"[+\-−]?(\d+(\.\d*)?|\.\d+)"
_ARROW = r"\s*(->|→)\s*"
_LENGTH = rf"{_NUMBER}\s*(ms|s)|(\d+:)?\d+:\d\d(\.\d+)?"
_MOMENT = r"(now|start of|end of|(after )?word|mark).*"
_SIDE = r"((left|right)(\s+\d+(\.\d+)?)?|cent(re|er))"
_METRES = rf"({_NUMBER}\s*m|near|far)"


def _moving(one: str) -> str:
    return rf"({one})({_ARROW}({one}))?"


def _through(one: str) -> str:
    return rf"({one})({_ARROW}({one}))*"


_PATTERNS: Mapping[str, tuple[str, str]] = {
    "length": (rf"{_LENGTH}|until\s.*", "A length: '1.5 s', '250 ms', '2:30', or 'until' a moment."),
    "moment": (
        _MOMENT,
        "A moment: 'now', 'start of X', 'end of X', 'word \"scrape\"', 'after word \"scrape\"', 'mark turn'.",
    ),
    "pace": (_moving(rf"{_NUMBER}\s*(ms|s)") + rf"(\s*(±|\+/-)\s*{_NUMBER}\s*%)?", "A pace: '620 ms', '3 s ± 40 %'."),
    "rate": (rf"{_NUMBER}\s*wpm", "Words a minute: '145 wpm'."),
    "level": (rf"{_NUMBER}\s*LU", "A level: '-12 LU'."),
    "level_glide": (_moving(rf"{_NUMBER}\s*LU"), "A level, or two with an arrow: '-30 LU -> -12 LU'."),
    "percent": (rf"{_NUMBER}\s*%", "A percentage: '-10 %'."),
    "cents": (rf"{_NUMBER}\s*cents", "Hundredths of a semitone: '+30 cents'."),
    "cents_glide": (_moving(rf"{_NUMBER}\s*cents"), "Hundredths of a semitone: '+30 cents', '0 cents -> 200 cents'."),
    "pan": (_through(_SIDE), "A side: 'left 40', 'right 10', 'centre'."),
    "distance": (_through(_METRES), "A distance: '4 m', 'near', 'far'."),
    "path": (rf".+{_ARROW}.+", "Two or more places: 'far left -> near right', 'left 80 at 10 m -> right 10 at 2 m'."),
    "decay": (rf"{_NUMBER}\s*(ms|s)", "How long a room rings: '0.9 s'."),
    "wet": (rf"{_NUMBER}\s*dB", "How strong a room is: '-12 dB'."),
}


def schema() -> Schema:
    """JSON Schema, draft 2020-12, of a script."""
    top = {name: {"description": says} for name, says in keys.TOP.items()}
    shapes = {**_top_texts(), **_top_parts()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Production script",
        "description": "A script that 'render episode' turns into a finished audio drama.",
        "type": "object",
        "additionalProperties": False,
        "required": ["title"],
        "anyOf": [{"required": ["scenes"]}, {"required": ["edition_of", "language", "lines"]}],
        "properties": {name: {**shape, **shapes[name]} for name, shape in top.items()},
        "$defs": _definitions(),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _top_texts() -> dict[str, Schema]:
    texts = (
        "title",
        "show",
        "language",
        "writer",
        "producer",
        "summary",
        "cover",
        "date",
        "seed",
        "series",
        "edition_of",
    )
    return {
        **{name: _ref("text") for name in texts},
        **{name: _ref("count") for name in ("season", "episode")},
        **{name: _ref("flag") for name in ("explicit", "commercial")},
    }


def _top_parts() -> dict[str, Schema]:
    names = {"pattern": r"^\w+$"}
    return {
        "profile": {"enum": sorted(PROFILES)},
        "packs": _list_of(_ref("text")),
        "mixes": _list_of({"enum": list(MIXES)}),
        "speech_margin": _ref("margin"),
        "gap": _ref("length"),
        "cast": {"type": "object", "propertyNames": names, "additionalProperties": _ref("member")},
        "say": {"type": "object", "additionalProperties": _ref("text")},
        "rooms": {"type": "object", "propertyNames": names, "additionalProperties": _ref("room_made")},
        "sounds": {"type": "object", "additionalProperties": {"anyOf": [_ref("role"), {"type": "string"}]}},
        "treatments": {"type": "object", "propertyNames": names, "additionalProperties": _ref("chain")},
        "lines": {"type": "object", "additionalProperties": _ref("text")},
        "credits": {"anyOf": [_ref("flag"), _ref("credits")]},
        "scenes": {"type": "array", "minItems": 1, "items": _ref("scene")},
    }


def _list_of(item: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": item}, item]}


def _definitions() -> dict[str, Schema]:
    patterns = {
        name: {"type": "string", "pattern": f"^\\s*({pattern})\\s*$", "description": says}
        for name, (pattern, says) in _PATTERNS.items()
    }
    return {**patterns, **_plain_forms(), **_parts(), "item": _item()}


def _plain_forms() -> dict[str, Schema]:
    flag: Schema = {"enum": [True, False, "yes", "no", "true", "false", "on", "off"], "description": "yes or no."}
    number: Schema = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{_NUMBER}$"}]}
    count: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\d+$"}]}
    return {
        "text": {"type": ["string", "number", "boolean", "null"], "description": "Text."},
        "flag": flag,
        "count": {**count, "description": "A whole number from 1."},
        "number": {**number, "description": "A bare number."},
        "wait": {"anyOf": [flag, _ref("length")]},
        "settings": {"anyOf": [{"type": "object", "additionalProperties": _ref("number")}, {"type": "string"}]},
        "rooms": _suggested(
            PRESETS, "A room of 'rooms', a preset, or 'none'; or several with arrows: 'hall -> cellar'."
        ),
        "room": _suggested(PRESETS, "A room of 'rooms', a preset, or 'none': outside the scene."),
        "treatment": _suggested(NAMED, "A treatment of 'treatments', or a named one."),
    }


def _suggested(names: Sequence[str] | Mapping[str, Any], says: str) -> Schema:
    """Any text, with `names` offered."""
    return {"anyOf": [{"enum": list(names)}, {"type": "string"}], "description": says}


def _parts() -> dict[str, Schema]:
    own = dict(zip(keys.ROOM_KEYS, ({"enum": list(PRESETS)}, _ref("decay"), _ref("wet"), _ref("text")), strict=True))
    scene: dict[str, Schema] = {
        "id": {"type": "string", "pattern": r"^\w+$"},
        "title": _ref("text"),
        "room": _ref("room"),
        "hear": _ref("treatment"),
        "cast": {"type": "object", "additionalProperties": _ref("member")},
        "gap": _ref("length"),
        "speech_margin": _ref("margin"),
        "crossfade": _ref("length"),
        "play": {"type": "array", "minItems": 1, "items": _ref("item")},
    }
    spoken = {"speaker": _ref("text"), "text": _ref("text"), "title": _ref("text"), "disclosure": _ref("flag")}
    member = {**_properties(keys.CAST), "together": {"type": "array", "minItems": 2, "items": _ref("text")}}
    member["together"]["description"] = "Members who say the line at once, each in his own voice."
    step = {"type": "string", "pattern": rf"^({'|'.join(EFFECTS)})\s+{_NUMBER}\s*\S+$"}
    return {
        "margin": _object({name: {**_ref("level"), "description": says} for name, says in keys.MARGIN_KEYS.items()}),
        "member": _object(member),
        "role": _object(_properties(keys.ROLE)),
        "room_made": {"anyOf": [{"enum": list(PRESETS)}, _object(_described(own, keys.ROOM_KEYS))]},
        "chain": {"anyOf": [{"type": "array", "items": {"anyOf": [step, {"enum": list(NAMED)}]}}, {"type": "string"}]},
        "credits": _object(_described(spoken, keys.CREDITS_KEYS)),
        "scene": {**_object(_described(scene, keys.SCENE)), "required": ["play"]},
    }


def _described(shapes: Mapping[str, Schema], says: Mapping[str, str]) -> dict[str, Schema]:
    return {name: {"description": says[name], **shape} for name, shape in shapes.items()}


def _properties(table: Mapping[str, Key]) -> dict[str, Schema]:
    return {name: {**_ref(key.form), "description": f"{key.says} {name}: {key.example}"} for name, key in table.items()}


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}


def _item() -> Schema:
    """One item of `play`: by its key; a key that is none of ours is a member of the cast, who speaks."""
    shapes = [_item_of(name, {name: keys.ITEM_SAYS[name]}, table) for name, table in keys.ITEMS.items()]
    speech = {
        "type": "object",
        "description": "A speech: who speaks, then the words.",
        "properties": {"id": {"type": "string"}, **_properties(keys.SPEECH)},
        "patternProperties": {rf"^(?!({'|'.join(sorted(keys.RESERVED))})$)\w+$": _ref("text")},
        "additionalProperties": False,
    }
    return {"anyOf": [*shapes, speech]}


def _item_of(name: str, says: Mapping[str, str], table: Mapping[str, Key]) -> Schema:
    value: Schema = {"type": "string"}
    if name == "pause":
        value = {"anyOf": [_ref("length"), {"type": "string", "pattern": r",\s*id\s"}]}
    own: dict[str, Schema] = {name: {**value, "description": says[name]}, "id": {"type": "string"}}
    return {**_object({**own, **_properties(table)}), "required": [name]}
