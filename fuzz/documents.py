"""What a render left, changed by a stranger: timeline.json, manifest.json and the rest, and what reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from fuzz import mutate
from fuzz.scripts import Case

COMMANDS = ("audit", "verify", "diff", "feed")
_HUGE: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 1e308, -1e308, 0.5, True, None),
    *("", [], {}, "x" * 5_000, "../../etc/passwd"),
)


def rendered(folder: Path) -> dict[str, bytes]:
    """The files of a finished episode; each is small, for a short one."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def case(number: int, files: Mapping[str, bytes]) -> Case:
    """One file of an episode is not as it was."""
    chance = Random(number)
    name = chance.choice(sorted(name for name in files if not name.endswith((".html", ".jpg", ".png"))))
    content = files[name]
    if name.endswith(".json") and chance.random() < 0.7:
        document = json.loads(content)
        for _ in range(chance.choice((1, 1, 3))):
            _spoiled(chance, document)
        content = json.dumps(document).encode()
    elif name.endswith(".json") and chance.random() < 0.2:
        content = chance.choice((b"[" * 100_000, b"", b"null", b"1" * 10_000, b'{"a":' * 50_000, b"\xff\xfe"))
    else:
        content = mutate.octets(chance, content, most=chance.choice((1, 5, 40)))
    made: dict[str, str | bytes] = {f"output/play/{one}": kept for one, kept in files.items()}
    made |= {f"output/was/{one}": kept for one, kept in files.items() if one.endswith((".json", ".mp3"))}
    return Case({**made, f"output/play/{name}": content}, "", name)


def _spoiled(chance: Random, document: Any) -> None:
    """One value anywhere in it is another, or gone."""
    here: Any = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = chance.choice(keys)
        below = here[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.85:
            here = below
            continue
        if chance.random() < 0.2:
            del here[key]
        else:
            here[key] = chance.choice((*_HUGE, chance.choice(mutate.HOSTILE), [below], {"a": below}, json.dumps(below)))
        return
