"""Every form of the language as a small script, and the way of one to its timeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cache as once
from pathlib import Path

from producer import voice
from producer.cache import Cache
from producer.errors import Place
from producer.foley import RECIPES
from producer.model.script import Script
from producer.model.timeline import Clip, Timeline
from producer.script import read, resolve
from producer.sounds.find import Packs, load_packs
from producer.sounds.palette import palette
from producer.timeline.place import place
from tests.face_helpers import ROOT

FOLDER = Path(__file__).parent / "language"
RATE_HZ = 24000  # a profile's, and the quickest
ROOTS = (ROOT / "docs" / "examples" / "the_last_lamp" / "sfx", ROOT / "sfx")
AROUND = """\
title: Forms
packs: [ruins]
cast:
  ann: {voice: en-gb}
  ben: {voice: en-us+m2, rate: 170 wpm}
  both: {together: [ann, ben]}
scenes:
  - room: small room
    play:
"""
AFTER = "  - play:\n      - pause: 2 s\n"


def forms(file: str) -> dict[str, str]:
    """The examples of a file under tests/language, each by the name that stands over it."""
    found = {}
    for part in (FOLDER / file).read_text("utf-8").split("=== ")[1:]:
        name, _, text = part.partition("\n")
        assert name not in found, name
        found[name] = text.rstrip("\n") + "\n"
    return found


def with_items(items: str) -> str:
    """A whole script whose first scene plays `items`; another follows, into which a bed may be carried."""
    return AROUND + "".join(f"      {line}\n" if line else "\n" for line in items.rstrip("\n").split("\n")) + AFTER


@once
def packs(names: tuple[str, ...]) -> Packs:
    return load_packs(names, ROOTS, recipes=RECIPES).whole()


def checked(text: str) -> Script:
    """The script, with every check that `render check` makes. Raises ScriptError."""
    written = read(text, "script/form.yaml")
    variants = frozenset(name.removeprefix("+") for name in voice.variants())
    catalogue = packs(written.packs).catalogue(voices=_voices(), variants=variants)
    return resolve(written, catalogue)


@once
def _voices() -> frozenset[str]:
    return voice.known_voices(Cache(temporary=False))


@once
def placed(text: str, kept: Path) -> tuple[Script, Timeline]:
    """The script and where everything in it is heard, with real voices and real sounds."""
    script = checked(text)
    cache = Cache(kept)
    takes = voice.speak_lines(script.lines, RATE_HZ, cache, 2)
    return script, place(script, takes, palette(packs(script.packs), RATE_HZ, cache, RECIPES, script.seed))


def heard(timeline: Timeline) -> tuple[object, ...]:
    """All that the mix and the listener get of a timeline: nothing in it says how it was written."""
    return (
        timeline.duration,
        [(scene.span, scene.room, scene.margin) for scene in timeline.scenes],
        unplaced(timeline.clips),
        [dataclasses.replace(hear, place=Place("")) for hear in timeline.hears],
        [(mark.name, mark.sample, mark.chapter) for mark in timeline.marks],
    )


def unplaced(clips: Sequence[Clip]) -> list[Clip]:
    return [dataclasses.replace(clip, place=Place("")) for clip in clips]
