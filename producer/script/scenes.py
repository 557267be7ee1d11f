"""Scenes as written: their own keys, and what is played in them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from fractions import Fraction

from producer.errors import Place
from producer.model.script import Margin
from producer.script import keys
from producer.script import quantities as q
from producer.script.keys import Asked
from producer.script.moments import WORDS
from producer.script.people import Cast, read_changes
from producer.script.pieces import Piece, SceneAsWritten
from producer.script.play import Play
from producer.script.reading import Given, Notes, as_items, as_pairs, as_text, read_keys, respelt, take_id, value_of
from producer.script.top import read_margin
from producer.script.tree import Node, Pairs

CROSSFADE = Fraction(3, 2)


def read_scenes(
    node: Node, cast: Cast, roles: Container[str], margin: Margin, notes: Notes
) -> tuple[SceneAsWritten, ...]:
    """Every scene in order; `roles` are the sounds that there are, `margin` is the episode's."""
    play = Play(cast, roles, notes)
    nodes = as_items(node, "'scenes'", "- title: The quay", notes)
    if not nodes and not isinstance(node, Pairs):
        notes.add(node.place, "'scenes' is empty; a script needs one scene or more")
    scenes: list[SceneAsWritten] = []
    for one in nodes:
        pairs = as_pairs(one, "a scene", "- title: The quay", notes)
        if pairs is not None:
            scenes.append(_scene(pairs, len(scenes) + 1, cast, margin, play, notes))
    return tuple(scenes)


def _scene(pairs: Pairs, number: int, cast: Cast, margin: Margin, play: Play, notes: Notes) -> SceneAsWritten:
    own_keys = respelt(pairs.pairs, keys.SCENE, "a scene", notes)
    found = {key.text: node for key, node in own_keys}
    given = [
        Given(key.text, key.place, scalar.text, scalar.place, scalar)
        for key, node in own_keys
        if key.text in ("id", "room", "gap", "title", "crossfade") and (scalar := as_text(node, f"'{key.text}'", notes))
    ]
    name, id_place, others = take_id(given, notes, WORDS)
    texts = {one.key: one for one in given}
    own = read_keys("a scene", keys.SCENE_OWN, [one for one in others if one.key in keys.SCENE_OWN], notes)
    title, crossfade = texts.get("title"), texts.get("crossfade")
    fade = value_of("crossfade", crossfade.text, crossfade.place, q.length, notes) if crossfade else None
    return SceneAsWritten(
        id=name or f"scene-{number}",
        named=bool(name),
        id_place=id_place or pairs.place,
        place=pairs.place,
        title=(value_of("title", title.text, title.place, q.one_line, notes) or "") if title else "",
        asked=own,
        hear=_hear(found, play, notes),
        crossfade_s=CROSSFADE if fade is None else fade,
        margin=read_margin(found["speech_margin"], margin, notes) if "speech_margin" in found else margin,
        changes=_changes(found, cast, notes),
        pieces=_pieces(found, pairs.place, play, notes),
    )


def _hear(found: Mapping[str, Node], play: Play, notes: Notes) -> Piece | None:
    """A scene's `hear` is the item of that name at its beginning."""
    scalar = as_text(found["hear"], "'hear'", notes) if "hear" in found else None
    if scalar is None or not scalar.text.strip():
        return None
    return play.hear(scalar)


def _changes(found: Mapping[str, Node], cast: Cast, notes: Notes) -> Mapping[str, Asked]:
    return read_changes(found["cast"], cast, notes) if "cast" in found else {}


def _pieces(found: Mapping[str, Node], place: Place, play: Play, notes: Notes) -> tuple[Piece, ...]:
    if "play" not in found:
        notes.add(
            place, "this scene has no 'play'; write what is heard in it, as in 'play:' and '- sound: gull' under it"
        )
        return ()
    nodes = as_items(found["play"], "'play'", "- sound: gull", notes)
    if not nodes and not isinstance(found["play"], Pairs):
        notes.add(found["play"].place, "'play' is empty; write what is heard, as in '- sound: gull'")
    return tuple(piece for node in nodes for piece in play.read(node))
