"""What a render needs beside its script, found and checked before anything is spoken."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set

from producer import crediting, voice
from producer import script as script_stage
from producer.audio import Audio
from producer.cache import Cache
from producer.deliver import episode as delivery
from producer.errors import PackError, Place, Problem, ScriptError, Several, VoiceError
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.model.profile import PROFILES
from producer.model.script import Line, Script, VoiceUse
from producer.project import Project
from producer.sounds import rooms
from producer.sounds.find import Packs
from producer.sounds.palette import PackPalette, palette
from producer.voice.folder import Folder, present
from producer.voice.phrasing import has_word


@dataclass(frozen=True, slots=True)
class Ready:
    """What a render needs beside the script."""

    script: Script
    """With what was measured of its rooms."""
    foreseen: Script
    """With the credits that will most probably be spoken, too."""
    impulses: Mapping[str, Audio]
    sounds: PackPalette
    folder: Folder


def ready_to_speak(
    script: Script, packs: Packs, project: Project, rate_hz: int, cache: Cache, *, thorough: bool = False
) -> Ready:
    """Cover, rooms, sounds and recordings. Raises everything that is wrong with them at once, before any work.

    Args:
        thorough: the voices are looked at, too; else only where something is wrong: they are asked to speak soon.
    """
    several = Several()
    measured, impulses = _cover_and_rooms(script, project, rate_hz, cache, several)
    sounds = palette(packs, rate_hz, cache, RECIPES, script.seed)
    several.tried(lambda: _check_endless(script, sounds))
    roles = [role for role, _ in asked(script)]
    several.tried(lambda: _check_moments(roles, sounds))
    whole = crediting.foreseen(measured, roles, sounds)
    folder, recorded = _recorded(whole.lines, project, cache, several)
    foreseen = crediting.foreseen(measured, roles, sounds, recorded)
    several.tried(lambda: _check_heard(script, recorded))
    if thorough or several:
        several.tried(lambda: voice.check_voices(_to_speak(script.lines, recorded)))
        _check_rates_and_letters(foreseen.lines, recorded, rate_hz, cache, several)
    several.tell()
    assert folder is not None  # else its error was told
    return Ready(measured, foreseen, impulses, sounds, folder)


def look_beside(script: Script, project: Project, cache: Cache, several: Several) -> None:
    """Notes what is wrong with the files and voices of a script that has mistakes of its own.

    What depends on sounds and moments is left for when they are right; so is a voice that is not there, which the cast
    tells.
    """
    rate_hz = PROFILES.get(script.profile, PROFILES["podcast"]).rate_hz
    _cover_and_rooms(script, project, rate_hz, cache, several)
    _, recorded = _recorded(script.lines, project, cache, several)
    _check_rates_and_letters(script.lines, recorded, rate_hz, cache, several)


def _cover_and_rooms(
    script: Script, project: Project, rate_hz: int, cache: Cache, several: Several
) -> tuple[Script, Mapping[str, Audio]]:
    """The script with what was measured of its rooms, and their impulses; its cover is looked at, too."""
    several.tried(lambda: delivery.own_cover(script, project.root))
    return several.tried(lambda: rooms.load(script, project.root, rate_hz, cache)) or (script, {})


def _recorded(
    lines: Sequence[Line], project: Project, cache: Cache, several: Several
) -> tuple[Folder | None, Set[tuple[str, int]]]:
    """What actors have recorded, and which lines may be recorded where not all of that is right."""
    folder = several.tried(lambda: voice.look(project.root, project.slug, lines, cache))
    return folder, _perhaps_recorded(project, lines) if folder is None else folder.chosen.keys()


def _check_rates_and_letters(
    lines: Iterable[Line], recorded: Container[tuple[str, int]], rate_hz: int, cache: Cache, several: Several
) -> None:
    """Has voices look at the words that they will say, and how fast; one that is not there is told by others."""
    able = [one for one in _to_speak(lines, recorded) if not voice.voice_fault(one[2])]
    several.tried(lambda: voice.check_rates(able, rate_hz, cache))
    several.tried(lambda: voice.check_letters(able, rate_hz, cache))


def asked(script: Script) -> tuple[tuple[str, Place], ...]:
    """Every role that the script asks a pack for, and where; a bed that is ridden by its id names none."""
    named = (bed for bed in script.beds if not bed.names_id)
    return (*((cue.role, cue.place) for cue in script.cues), *((bed.role, bed.place) for bed in named))


def _check_endless(script: Script, sounds: PackPalette) -> None:
    """Raises ScriptError for what cannot be asked of what is made without end: a speed, and to be over by itself."""
    music = {bed.role for bed in script.beds if bed.music and not bed.names_id}
    endless = {role for role in music if sounds.endless(role) or sounds.sound(role).pace is not None}
    problems = [circle.problem for circle in script_stage.circles(script.scenes, endless)] if endless else []
    faster = (bed for bed in script.beds if bed.speed != 100.0 and not bed.names_id)
    problems += [
        Problem(bed.place, f"speed: '{bed.role}' is made by '{made}', which has none; use its settings, or 'pitch'")
        for bed in faster
        if (made := sounds.endless(bed.role))
    ]
    if problems:
        raise ScriptError(problems)


def _check_moments(roles: Iterable[str], sounds: PackPalette) -> None:
    """Raises PackError where a pack names a moment that its file has not."""
    if late := sounds.outside(roles):
        raise PackError(late)


def _check_heard(script: Script, recorded: Container[tuple[str, int]]) -> None:
    """Raises ScriptError for a script of nothing but pauses and marks, and of lines without a word."""
    said = (
        (line.id, index) in recorded or any(map(has_word, line.tokens))
        for line in script.lines
        for index in range(len(line.voices))
    )
    if not script.cues and not script.beds and not any(said):
        raise ScriptError([silent(script)])


def silent(script: Script) -> Problem:
    """What is to be said of a script in which nothing is heard."""
    return Problem(script.scenes[0].place, "nothing can be heard in this script: give it words or sounds")


def _perhaps_recorded(project: Project, lines: Sequence[Line]) -> frozenset[tuple[str, int]]:
    """What may be recorded where not all that is told of recordings is right: nothing is to be said of its voice."""
    every = frozenset((line.id, index) for line in lines for index in range(len(line.voices)))
    try:
        there = present(project.root, project.slug, lines)
    except VoiceError:
        return every
    picked = {line.id for line in lines if line.take.strip()}
    return frozenset(one for one in every if one in there or one[0] in picked)


def _to_speak(lines: Iterable[Line], recorded: Container[tuple[str, int]]) -> list[tuple[Line, int, VoiceUse]]:
    """Who says what, but what actors have recorded."""
    said = ((line, index, use) for line in lines for index, use in enumerate(line.voices))
    return [one for one in said if (one[0].id, one[1]) not in recorded]
