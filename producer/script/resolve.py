"""From the tree to the script: everything is read, looked up and filled in; every mistake is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from producer.errors import Place, Problem, ScriptError
from producer.frozen import changed, dataclass
from producer.model.script import Effect, Pronunciation, Scene, Script
from producer.model.sound import Catalogue
from producer.script.circles import circles
from producer.script.colours import Colours, read_roles, read_rooms, read_treatments
from producer.script.credits import read_credits
from producer.script.cues import Sounds
from producer.script.edition import translated
from producer.script.episode import Episode
from producer.script.keys import Asked
from producer.script.people import Cast, members, note_voice, pronounced, read_cast
from producer.script.pieces import SceneAsWritten
from producer.script.play import Play
from producer.script.reading import Notes, hint
from producer.script.scenes import read_scenes
from producer.script.targets import Targets
from producer.script.top import Head, read_head, read_say, top_keys
from producer.script.tree import Node, Pairs
from producer.script.written import Written


def resolve(written: Written, catalogue: Catalogue) -> Script:
    """The script with every default filled in and every name checked.

    Args:
        written: what `read` gave.
        catalogue: the sounds of the packs that `written.packs` lists, and the voices of this machine.

    Raises:
        ScriptError: with every mistake of both readings, in reading order.
    """
    script, problems = as_far(written, catalogue)
    if problems or script is None:
        raise ScriptError(problems)
    return script


def as_far(written: Written, catalogue: Catalogue) -> tuple[Script | None, tuple[Problem, ...]]:
    """As much of the script as can be read, and every mistake in it; with one it is good only to look for more.

    Args: as `resolve`.
    """
    notes = Notes(written.problems)
    if (pack := _pack(written.tree)) is not None:
        return None, (Problem(pack, "this is a pack, not a script; 'render pack check' looks at packs"),)
    script = _script(written, catalogue, notes) if isinstance(written.tree, Pairs) else None
    if script is None and not notes.problems:
        what = "this is not a script; a script begins with 'title:', 'cast:' and 'scenes:'"
        notes.add(Place(written.file, 1, 1), what)
    return script, tuple(notes.problems)


def _pack(tree: Node | None) -> Place | None:
    """Where a `pack.yaml` says that it is one, which was taken for a script."""
    names = {key.text: key for key, _ in tree.pairs} if isinstance(tree, Pairs) else {}
    told = names.keys() >= {"pack", "sounds"} and not names.keys() & {"scenes", "cast"}
    return names["pack"].place if told else None


@dataclass(frozen=True, slots=True)
class _Top:
    """Everything but the scenes."""

    head: Head
    say: tuple[Pronunciation, ...]
    cast: Cast
    treatments: dict[str, tuple[Effect, ...]]
    colours: Colours
    sounds: Sounds


def _top(found: Mapping[str, Node], catalogue: Catalogue, notes: Notes) -> _Top:
    head = read_head(found, notes)
    _note_packs(head, catalogue, notes)
    say = read_say(found["say"], notes) if "say" in found else ()
    cast = read_cast(found["cast"], notes) if "cast" in found else {}
    rooms = read_rooms(found["rooms"], notes) if "rooms" in found else {}
    treatments = read_treatments(found["treatments"], notes) if "treatments" in found else {}
    colours = Colours(rooms, treatments, notes)
    _check_cast(cast, catalogue, colours, notes)
    sounds = Sounds(_roles(found, catalogue, colours, notes), catalogue, colours, notes)
    return _Top(head, say, cast, treatments, colours, sounds)


def _note_hidden(written: Written, catalogue: Catalogue, notes: Notes) -> None:
    """What is wrong in the files that a script brings where the script has its own: it waits there for the next.

    A voice that this machine does not have is not wrong there: that may be why the script has its own.
    """
    catalogue = replace(catalogue, voices=None)
    for tree in written.hidden:
        found = Notes()
        _top(top_keys(tree, found), catalogue, found)
        told = {problem.at for problem in notes.problems}
        notes.problems.extend(one for one in found.problems if one.at not in told and one.at.file != written.file)


def _script(written: Written, catalogue: Catalogue, notes: Notes) -> Script:
    assert isinstance(written.tree, Pairs)
    found = top_keys(written.tree, notes)
    top = _top(found, catalogue, notes)
    head, cast, say = top.head, top.cast, top.say
    _note_hidden(written, catalogue, notes)
    _note_missing(found, written, notes)
    scenes = read_scenes(found["scenes"], cast, catalogue.sounds, head.margin, notes) if "scenes" in found else ()
    untranslated: tuple[str, ...] = ()
    changed: tuple[Problem, ...] = ()
    if written.edition is not None:
        play = Play(cast, catalogue.sounds, notes)
        scenes, untranslated, changed = translated(scenes, written.edition, play, notes)
    scenes = tuple(_said(scene, say) for scene in scenes)
    for scene in scenes:
        _check_changes(scene, catalogue, top.colours, notes)
    targets = Targets(scenes, notes)
    built = Episode(scenes, cast, head.gap, catalogue, top.colours, top.sounds, targets, notes).scenes()
    _note_circles(built, notes)
    return Script(
        file=written.file,
        sha256=written.sha256,
        size_bytes=written.size_bytes,
        brought=written.brought,
        title=head.title,
        show=head.show,
        season=head.season,
        episode=head.episode,
        language=head.language,
        writer=head.writer,
        producer=head.producer,
        summary=head.summary,
        cover=head.cover,
        cover_place=head.cover_place,
        date=head.date,
        explicit=head.explicit,
        commercial=head.commercial,
        profile=head.profile,
        packs=head.packs,
        seed=head.seed,
        mixes=head.mixes,
        cast=members(cast),
        say=say,
        rooms=top.colours.rooms,
        treatments=top.treatments,
        scenes=built,
        edition_of=written.edition.of if written.edition else "",
        untranslated=untranslated,
        credits=read_credits(found.get("credits"), cast, say, written, notes),
        changed=changed,
    )


def _note_missing(found: Mapping[str, Node], written: Written, notes: Notes) -> None:
    top = Place(written.edition.of if written.edition else written.file, 1, 1)
    if "title" not in found:
        notes.add(top, "a script needs a title; write 'title: The Last Lamp'")
    if "scenes" not in found:
        notes.add(top, "a script needs 'scenes', each with what is played in it")


def _note_packs(head: Head, catalogue: Catalogue, notes: Notes) -> None:
    notes.problems.extend(catalogue.unread_packs)
    for name in catalogue.missing_packs:
        if name in head.pack_places:
            notes.add(head.pack_places[name], f"there is no pack '{name}'{hint(name, catalogue.packs)}")


def _check_cast(cast: Cast, catalogue: Catalogue, colours: Colours, notes: Notes) -> None:
    for person in cast.values():
        colours.check(person.asked)
        note_voice(person.asked, catalogue, notes)


def _check_changes(scene: SceneAsWritten, catalogue: Catalogue, colours: Colours, notes: Notes) -> None:
    for asked in scene.changes.values():
        colours.check(asked)
        note_voice(asked, catalogue, notes)


def _roles(found: Mapping[str, Node], catalogue: Catalogue, colours: Colours, notes: Notes) -> dict[str, Asked]:
    roles = read_roles(found["sounds"], notes) if "sounds" in found else {}
    checker = Sounds({}, catalogue, colours, notes)
    for role, (key, asked) in roles.items():
        colours.check(asked)
        sound = checker.check_role(role, key.place)
        if sound is not None:
            checker.check_asked(role, sound, asked)
    return {role: asked for role, (_, asked) in roles.items()}


def _said(scene: SceneAsWritten, say: tuple[Pronunciation, ...]) -> SceneAsWritten:
    """The scene with its words as `say` has them said."""
    pieces = (changed(piece, tokens=pronounced(piece.tokens, say)) for piece in scene.pieces)
    return replace(scene, pieces=tuple(pieces)) if say else scene


def _note_circles(scenes: tuple[Scene, ...], notes: Notes) -> None:
    for circle in circles(scenes):
        notes.add(circle.place, circle.problem.what)
