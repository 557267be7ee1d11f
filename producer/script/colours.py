"""Rooms, treatments and how roles are heard: what a script defines for itself, and the names that it may use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from producer.errors import Place
from producer.model.room import PRESETS
from producer.model.script import Effect, Room
from producer.model.sound import Catalogue
from producer.model.treatment import EFFECTS, NAMED
from producer.script import keys
from producer.script import quantities as q
from producer.script.keys import Asked
from producer.script.moments import WORDS
from producer.script.reading import (
    Notes,
    as_items,
    as_pairs,
    as_text,
    free_name,
    hint,
    long_keys,
    meant,
    read_keys,
    short_keys,
    value_of,
)
from producer.script.short import split
from producer.script.top import keyed
from producer.script.tree import Node, Pairs, Scalar

_STEP = re.compile(rf"(\w+)(?:\s+({q.NUMBER})\s*(\S*))?")
_ALSO: dict[str, dict[str, Fraction]] = {
    "Hz": {"khz": Fraction(1000)},
    "cents": {"cent": Fraction(1), "semitone": Fraction(100), "semitones": Fraction(100)},
    "bit": {"bits": Fraction(1)},
    "ms": {"s": Fraction(1000)},
    "s": {"ms": Fraction(1, 1000)},
}
"""Of each effect's unit, what else its number may be written in, in small letters."""


def read_rooms(node: Node, notes: Notes) -> dict[str, Room]:
    """The script's own rooms: a preset's name, a preset with changes, or a recorded impulse response."""
    rooms: dict[str, Room] = {}
    pairs = as_pairs(node, "'rooms'", "quay: open air", notes)
    for key, value in pairs.pairs if pairs else ():
        value_of("rooms", key.text, key.place, q.name, notes)
        if key.text == "none":
            notes.add(key.place, "'none' is outside every room; call this room something else")
        room = _room(key.text, value, notes)
        rooms[key.text] = room or Room(name=key.text, preset="none")
    return rooms


def _room(name: str, node: Node, notes: Notes) -> Room | None:
    if isinstance(node, Scalar):
        preset = _preset(node, notes)
        return Room(name=name, preset=preset) if preset else None
    pairs = as_pairs(node, f"the room '{name}'", f"{name}: {{preset: small room, decay: 0.9 s}}", notes)
    if pairs is None:
        return None
    found = keyed(pairs, keys.ROOM_KEYS, f"the room '{name}'", notes)
    if "preset" not in found and "impulse" not in found:
        what = f"the room '{name}' has neither a preset nor an impulse; presets are: {', '.join(sorted(PRESETS))}"
        notes.add(pairs.place, what)
    texts = {key: as_text(value, f"'{key}'", notes) for key, value in found.items()}
    preset = _preset(texts["preset"], notes) if texts.get("preset") else None
    values: dict[str, Any] = {}
    for key, field, read in (("decay", "decay_s", q.DECAY), ("wet", "wet_db", q.WET)):
        scalar = texts.get(key)
        if scalar:
            values[field] = value_of(key, scalar.text, scalar.place, q.number_of(read), notes)
    impulse = texts.get("impulse")
    if impulse is None:
        return Room(name=name, preset=preset or "none", **values)
    for key in ("preset", "decay"):
        if key in found:
            what = f"the room '{name}' is a recording and rings as it was recorded; leave out '{key}' or 'impulse'"
            notes.add(found[key].place, what)
    if not impulse.text.strip():
        notes.add(impulse.place, "'impulse' names no file; write one, as in 'impulse: rooms/vault.wav'")
    values.pop("decay_s", None)
    return Room(name=name, preset="none", impulse=impulse.text.strip(), place=impulse.place, **values)


def _preset(scalar: Scalar | None, notes: Notes) -> str | None:
    if scalar is None:
        return None
    name = " ".join(scalar.text.split())
    if name not in PRESETS:
        notes.add(scalar.place, f"there is no room preset '{name}'{hint(name, PRESETS)}")
        return None
    return name


def read_treatments(node: Node, notes: Notes) -> dict[str, tuple[Effect, ...]]:
    """The script's own colours, each a chain of effects; a named treatment may be part of one."""
    found: dict[str, tuple[Effect, ...]] = {}
    pairs = as_pairs(node, "'treatments'", "intercom: [high_pass 400 Hz, drive 12 dB]", notes)
    for key, value in pairs.pairs if pairs else ():
        value_of("treatments", key.text, key.place, q.name, notes)
        if key.text in NAMED:
            notes.add(key.place, f"'{key.text}' is a treatment already; call your own something else")
        found[key.text] = _chain(key.text, value, notes)
    return found


def _chain(name: str, node: Node, notes: Notes) -> tuple[Effect, ...]:
    steps = as_items(node, f"the treatment '{name}'", f"{name}: [high_pass 400 Hz, drive 12 dB]", notes)
    if isinstance(node, Scalar):
        steps = _steps_of(node)
    if not steps and not isinstance(node, Pairs):
        notes.add(node.place, f"the treatment '{name}' is empty; write its effects, as in '[high_pass 400 Hz]'")
    chain: list[Effect] = []
    for step in steps:
        scalar = as_text(step, "an effect", notes)
        effects = value_of(name, scalar.text, scalar.place, _effects, notes) if scalar else None
        chain.extend(effects or ())
    return tuple(chain)


def _steps_of(scalar: Scalar) -> tuple[Scalar, ...]:
    parts = re.finditer(r"[^,]+", scalar.text)
    return tuple(
        Scalar(part[0].strip(), scalar.at(part.start() + len(part[0]) - len(part[0].lstrip()))) for part in parts
    )


def _effects(text: str) -> tuple[Effect, ...]:
    found = _STEP.fullmatch(q.plain_signs(text).strip())
    name = found[1] if found else text.strip()
    if found and found[2] is None and name in NAMED:
        return NAMED[name]
    kind = EFFECTS.get(name)
    if kind is None:
        raise q.ReadingError(f"there is no effect '{name}'{hint(name, EFFECTS)}")
    example = f"{name} {(kind.low + kind.high) / 2:g} {kind.unit}"
    if found is None or found[2] is None:
        raise q.ReadingError(f"'{text}' has no number; write one, as in '{example}'")
    sizes = {kind.unit.casefold(): Fraction(1), **_ALSO.get(kind.unit, {})}
    size = sizes.get(found[3].casefold())
    if size is None:
        raise q.ReadingError(f"'{text}' is not in {kind.unit}; write '{name} {found[2]} {kind.unit}'")
    value = float(Fraction(found[2]) * size)
    if not kind.low <= value <= kind.high:
        raise q.ReadingError(f"'{text}' is out of range; '{name}' goes from {kind.low:g} to {kind.high:g} {kind.unit}")
    return (Effect(name, value),)


def read_roles(node: Node, notes: Notes) -> dict[str, tuple[Scalar, Asked]]:
    """How roles are heard unless a cue says otherwise, each with the key that names it."""
    roles: dict[str, tuple[Scalar, Asked]] = {}
    pairs = as_pairs(node, "'sounds'", "boots_on_stone: {level: -16 LU}", notes)
    for key, value in pairs.pairs if pairs else ():
        free_name("a role", key.text, key.place, WORDS, notes)
        if isinstance(value, Scalar) and value.text.strip():
            given = short_keys(value, split(value.text, head=False)[2])
        else:
            inner = as_pairs(value, f"'{key.text}'", f"{key.text}: {{level: -16 LU}}", notes)
            given = long_keys(inner.pairs) if inner else []
        roles[key.text] = (key, read_keys(f"the role '{key.text}'", keys.ROLE, given, notes))
    return roles


class Colours:
    """The rooms and treatments that a script may name; remembers which rooms it does."""

    def __init__(self, rooms: Mapping[str, Room], treatments: Iterable[str], notes: Notes) -> None:
        self.rooms = dict(rooms)
        self._known_rooms = sorted({*rooms, *PRESETS})
        self._treatments = sorted({*treatments, *NAMED})
        self._notes = notes

    def check(self, asked: Asked) -> None:
        """Notes an unknown room or treatment of one item."""
        if asked.room is not None:
            for name in asked.room:
                self.room(name, asked.places["room"])
        if asked.treat is not None:
            self.treatment(asked.treat, asked.places["treat"])

    def room(self, name: str, place: Place) -> None:
        """Takes in that `name` is used."""
        if name in PRESETS:
            self.rooms.setdefault(name, Room(name=name, preset=name))
        elif name not in self.rooms:
            self._notes.add(place, f"there is no room '{name}'{hint(name, self._known_rooms)}")

    def treatment(self, name: str, place: Place) -> None:
        """Notes an unknown treatment."""
        if name not in self._treatments:
            self._notes.add(place, f"there is no treatment '{name}'{hint(name, self._treatments)}")


def unknown_role(role: str, catalogue: Catalogue) -> str | None:
    """What is wrong with `role`; None when a listed pack fills it, or one may that is missing or cannot be read."""
    if role in catalogue.sounds or catalogue.missing_packs or catalogue.unread_packs:
        return None
    if role in catalogue.elsewhere:
        packs = sorted(catalogue.elsewhere[role])
        names = ", ".join(f"'{pack}'" for pack in packs[:-1]) + (" and " if packs[1:] else "") + f"'{packs[-1]}'"
        which = f"the pack {names} has it" if len(packs) == 1 else f"the packs {names} have it"
        return f"no listed pack has the sound '{role}'; {which}: add {_one_of(packs)} to 'packs'"
    return f"no pack has the sound '{role}'{_near_role(role, catalogue)}"


def _one_of(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "one of them"


def _near_role(role: str, catalogue: Catalogue) -> str:
    near = meant(role, catalogue.sounds)
    if near:
        return near
    away = meant(role, catalogue.elsewhere)
    if away:
        name = next(known for known in catalogue.elsewhere if f"'{known}'" in away)
        return f"{away[:-1]} of the pack '{catalogue.elsewhere[name][0]}'?"
    return (
        hint(role, catalogue.sounds)
        if len(catalogue.sounds) <= 12
        else "; the roles that there are stand in the packs' pack.yaml"
    )
