"""The JSON Schema: it takes the example, knows every key, and the file that editors read is the one that is made."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import producer.script
from producer.script import keys, schema
from tests.test_script_example import LAMP

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def plain(text: str) -> object:
    """As an editor sees it but for numbers: it reads YAML 1.2, where `yes` and `2:30` are text."""
    return yaml.load(text, yaml.BaseLoader)


def problems(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(plain(text))]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_example_is_valid() -> None:
    assert problems(LAMP) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("level: -20 LU", "level: -20"),
        ("- pause: 3 s", "- pause: 3"),
        ("- cut: all", "- cut: all\n        over: 2 s"),
        ("profile: podcast", "profile: podcats"),
        ("show:", "shwo:"),
        ("decay: 0.9 s", "decay: long"),
        ("pan: left 20", "pan: 20"),
        ("how: not quite", "hwo?: not quite"),
    ],
)
def test_a_mistake_is_not_valid(before: str, after: str) -> None:
    assert before in LAMP
    assert problems(LAMP.replace(before, after, 1)) != []


def test_every_key_is_there_with_what_it_does() -> None:
    assert set(SCHEMA["properties"]) == set(keys.TOP)
    assert all(part["description"] for part in SCHEMA["properties"].values())
    *items, speech = SCHEMA["$defs"]["item"]["anyOf"]
    for (name, table), shape in zip(keys.ITEMS.items(), items, strict=True):
        assert set(shape["properties"]) == {name, "id", *table}
        assert shape["properties"][name]["description"] == keys.ITEM_SAYS[name]
    assert set(speech["properties"]) == {"id", *keys.SPEECH}
    assert set(SCHEMA["$defs"]["scene"]["properties"]) == set(keys.SCENE)


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("length", ["1.5 s", "250 ms", "2:30", "1:02:03", "until end of line"], ["3", "4 m", "two"]),
        ("level_glide", ["-12 LU", "−30 LU -> -12 LU"], ["-12 dB", "-12"]),
        ("pace", ["620 ms", "3 s ± 40 %", "1 s -> 450 ms", "1 s +/- 5 %"], ["3", "3 s ± 40"]),
        ("pan", ["left 40", "centre", "left -> right 10"], ["40", "middle"]),
        ("distance", ["4 m", "near", "far -> 2 m"], ["4"]),
        ("path", ["far left -> near right"], ["far left"]),
        ("moment", ["now", "start of line", 'word "x" - 40 ms', "mark turn"], ["then", "the end"]),
    ],
)
def test_every_quantity_has_its_shape(form: str, good: list[str], bad: list[str]) -> None:
    part = VALIDATOR.evolve(schema={"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{form}"})
    assert all(part.is_valid(text) for text in good)
    assert not any(part.is_valid(text) for text in bad)


def test_the_file_that_editors_read_is_up_to_date() -> None:
    file = Path(producer.script.__file__).with_name("schema.json")
    assert json.loads(file.read_text("utf-8")) == SCHEMA, "run: render schema > producer/script/schema.json"
