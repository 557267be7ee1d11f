"""Everything up to the timeline: a script read and checked, spoken, sounded and placed; nothing is mixed yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from producer import crediting, memory, voice
from producer import script as script_stage
from producer.audio import Audio
from producer.bounds import BOUNDS, how_to_raise
from producer.cache import Cache
from producer.deliver import chapters, encode
from producer.errors import PackError, Problem, RenderError, ScriptError, Several, nearest
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.model.formats import FORMATS, Format, clash, in_format, own_format
from producer.model.head import Head
from producer.model.profile import PROFILES, Profile
from producer.model.script import Cue, Line, Script
from producer.model.sound import SoundRef, Use
from producer.model.timeline import Timeline
from producer.model.voice import Take
from producer.production import (
    Order,
    Placed,
    Recorded,
    Watch,
)
from producer.project import Project
from producer.readings import script_text, written_script
from producer.ready import Ready, asked, look_beside, ready_to_speak, silent
from producer.replaced import replace_file
from producer.script.mend import mend
from producer.sounds import rooms
from producer.sounds.decode import UndecodableError
from producer.sounds.decode import decode as decode_sound
from producer.sounds.find import Packs, licence_problems, load_packs, refused_roles
from producer.sounds.palette import PackPalette, palette
from producer.sounds.sofa import from_sofa
from producer.sounds.torn import kept_shortfalls
from producer.timeline.cue_sheet import CueRow, cue_sheet
from producer.timeline.place import place
from producer.timeline.soon import Soon, heard_soon
from producer.timeline.uses import uses
from producer.units import Samples
from producer.voice.folder import Folder


def read_script(project: Project, packs: Iterable[str], cache: Cache) -> tuple[Script, Packs]:
    """The script with everything in it checked, and the packs that it sounds with. Raises ScriptError, PackError."""
    return looked_up(written_script(project, cache), project, packs, cache)


def looked_up(
    written: script_stage.Written,
    project: Project,
    packs: Iterable[str],
    cache: Cache,
    swapped: Callable[[Packs], Packs] | None = None,
) -> tuple[Script, Packs]:
    """The script that is `written`, with everything in it checked, and its packs. Raises as `read_script`.

    Args:
        swapped: gives the packs to use instead of those that were found.
    """
    script, found, problems = _looked_up(written, project, packs, cache, swapped)
    if problems or script is None:
        raise ScriptError(problems)
    return script, found


def _looked_up(
    written: script_stage.Written,
    project: Project,
    packs: Iterable[str],
    cache: Cache,
    swapped: Callable[[Packs], Packs] | None = None,
) -> tuple[Script | None, Packs, tuple[Problem, ...]]:
    """The same, with what is wrong in it: as much of it as can be read is there to be looked at. Raises PackError."""
    found = load_packs(written.packs, project.pack_roots, tuple(packs), recipes=RECIPES, cache=cache)
    found = found if swapped is None else swapped(found)
    catalogue = found.catalogue(
        voices=voice.known_voices(cache), variants=frozenset(name.removeprefix("+") for name in voice.variants())
    )
    script, problems = script_stage.as_far(written, catalogue)
    if script is not None and not problems:
        problems = tuple(script_stage.beyond(script)) or tuple(refused_roles(found, asked(script), script.commercial))
    return script, found, problems


def _roles(script: Script) -> frozenset[str]:
    return frozenset(role for role, _ in asked(script))


def check(project: Project, packs: Iterable[str], cache: Cache) -> dict[str, object]:
    """Find every problem without making the episode; what it will roughly be.

    Raises ScriptError, PackError, VoiceError.
    """
    script, found, problems = _looked_up(written_script(project, cache), project, packs, cache)
    if problems or script is None:
        several = Several()
        several.found(ScriptError(problems))
        if script is not None:
            look_beside(script, project, cache, several)
        raise several.one()
    ready = ready_to_speak(script, found, project, PROFILES[script.profile].rate_hz, cache, thorough=True)
    whole, recorded = ready.foreseen, ready.folder.chosen
    begun = script_stage.begun(script)
    return {
        "script": project.script_name,
        "estimated_s": round(float(script_stage.estimate_s(whole, partial(_own_s, ready.sounds))), 1),
        "scenes": len(script.scenes),
        "lines": len(script.lines),
        "recorded": len(recorded),
        "sounds": len(script.cues),
        "beds": sum(not bed.music for bed in begun),
        "music": sum(bed.music for bed in begun),
        "untranslated": list(script.untranslated),
        "changed": [{"where": str(one.at), "what": one.what} for one in script.changed],
        "packs": found.filling(_roles(script)),
        "credits": {
            "spoken": [line.text for line in crediting.changed(script, whole)],
            "why_not": crediting.unspoken(whole, recorded.keys()),
        },
    }


def _own_s(sounds: PackPalette, cue: Cue) -> Fraction:
    """How long a cue's sound is by itself; what cannot be heard is told when it is rendered."""
    ref = SoundRef(role=cue.role, member=0 if cue.variant is None else cue.variant - 1)
    try:
        return Fraction(sounds.measure(ref).length, sounds.rate_hz)
    except PackError:
        return script_stage.usual_s(cue)


def fix(project: Project) -> int:
    """Put text that YAML would swallow where it is safe; returns how many places were mended."""
    text = script_text(project)
    mended = mend(text, project.script.as_posix())
    if mended.fixed != text:
        replace_file(project.script, mended.fixed.encode())
    return sum(1 for problem in mended.problems if problem.mended)


def cues(order: Order, cache: Cache, watch: Watch) -> tuple[CueRow, ...]:
    """The resolved cues of an episode, in the order they are heard."""
    return cue_sheet(plan(order, cache, watch).timeline)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is known of an episode before anything is spoken."""

    script: Script
    """With the credits that will most probably be spoken."""
    profile: Profile
    packs: Packs
    folder: Folder
    """What actors have recorded."""

    @property
    def spoken(self) -> tuple[tuple[Line, int], ...]:
        """Every line that a voice will say, with the index of the voice."""
        uses = ((line, index) for line in self.script.lines for index in range(len(line.voices)))
        return tuple((line, index) for line, index in uses if (line.id, index) not in self.folder.chosen)


def foresee(order: Order, cache: Cache) -> Foreseen:
    """An episode read and checked, with nothing made of it. Raises ScriptError, PackError, VoiceError, RenderError."""
    with memory.uncollected():
        script, packs = read_script(order.project, order.packs, cache)
    profile = _profile(order.profile or script.profile)
    sounds = palette(packs, profile.rate_hz, cache, RECIPES, script.seed)
    roles = [role for role, _ in asked(script)]
    foreseen = crediting.foreseen(script, roles, sounds)
    folder = voice.look(order.project.root, order.project.slug, foreseen.lines, cache)
    return Foreseen(crediting.foreseen(script, roles, sounds, folder.chosen.keys()), profile, packs, folder)


@dataclass(frozen=True, slots=True)
class Begun:
    """An episode read and checked, with all that it needs beside its voices."""

    order: Order
    profile: Profile
    packs: Packs
    head: Head | None
    """The listener's own, where the order names one."""
    ready: Ready


def begin(order: Order, cache: Cache, reading: Callable[[], tuple[Script, Packs]] | None = None) -> Begun:
    """As far as nothing is spoken yet. Raises ScriptError, PackError, VoiceError, RenderError.

    Args:
        reading: gives the script and the packs instead of `read_script`.
    """
    if order.session:
        from producer import session  # most renders leave none

        session.check(order.session)
    with memory.uncollected():
        script, packs = reading() if reading is not None else read_script(order.project, order.packs, cache)
    profile = _profile(order.profile or script.profile)
    head = None if order.sofa is None else from_sofa(order.sofa, profile.rate_hz)
    return Begun(order, profile, packs, head, ready_to_speak(script, packs, order.project, profile.rate_hz, cache))


def plan(
    order: Order,
    cache: Cache,
    watch: Watch,
    reading: Callable[[], tuple[Script, Packs]] | None = None,
    soon: Callable[[PackPalette, Callable[[], Soon]], None] | None = None,
) -> Placed:
    """Everything up to the timeline. Raises ScriptError, PackError, VoiceError.

    Args:
        soon: is asked before anything is spoken, and can ask what will most probably be heard that takes long to find
            out about.
        reading: gives the script and the packs instead of `read_script`.
    """
    begun = begin(order, cache, reading)
    if soon is not None:
        sounds = begun.ready.sounds
        soon(sounds, partial(heard_soon, begun.ready.foreseen, sounds, sounds.computed))
    return placed_whole(begun, cache, watch)


def placed_whole(begun: Begun, cache: Cache, watch: Watch) -> Placed:
    """Every line spoken, and everything placed. Raises as `plan`."""
    order, profile, sounds, folder = begun.order, begun.profile, begun.ready.sounds, begun.ready.folder
    written, script = begun.ready.script, begun.ready.foreseen
    takes, recorded, torn = voiced(begun, script, cache, watch)
    watch.stage("timeline", 1)
    with memory.uncollected():
        timeline = place(script, takes, sounds, head_s=profile.head_s, tail_s=profile.tail_s)
        heard = uses(timeline, sounds)
        foreseen, script = script, crediting.exact(written, timeline, sounds, folder.chosen.keys(), heard)
        if foreseen != script:  # a variation of a sound, and its author, is not heard
            again, _ = _takes(order, script, crediting.changed(foreseen, script), folder, profile.rate_hz, cache, watch)
            takes = {**takes, **again}
            timeline = place(script, takes, sounds, head_s=profile.head_s, tail_s=profile.tail_s)
            heard = uses(timeline, sounds)
    held = [in_format(profile, kind) for kind in kinds(order, profile)]
    duration = max(encode.whole_frames(timeline.duration, one) for one in held)
    timeline = replace(timeline, duration=Samples(duration))
    if not crediting.story_end(script, timeline):
        raise ScriptError([silent(script)])
    if timeline.duration > BOUNDS.episode_hours * 3600 * timeline.rate_hz:
        raise ScriptError([_too_long(script, timeline)])
    watch.done(1)
    problems = (*licence_problems(begun.packs, heard, script.commercial), *chapters.lost(timeline, script))
    if problems:
        raise ScriptError(problems)
    return in_place(begun, script, timeline, takes, heard, recorded, torn)


def in_place(
    begun: Begun,
    script: Script,
    timeline: Timeline,
    takes: Mapping[tuple[str, int], Take],
    heard: tuple[Use, ...],
    recorded: Recorded,
    torn: tuple[Problem, ...],
) -> Placed:
    """What is placed, with all that is needed to mix it."""
    return Placed(
        script=script,
        profile=begun.profile,
        timeline=timeline,
        torn=torn,
        takes=takes,
        uses=heard,
        palette=begun.ready.sounds,
        impulses=begun.ready.impulses,
        head=begun.head,
        filled=begun.packs.filling(_roles(script)),
        recorded=recorded,
    )


def voiced(
    begun: Begun, script: Script, cache: Cache, watch: Watch
) -> tuple[dict[tuple[str, int], Take], Recorded, tuple[Problem, ...]]:
    """The takes of a script, or of some of its scenes, and what of its recordings was cut off.

    Raises VoiceError; PackError where a sound cannot be heard; ScriptError where the order is strict and one is torn.
    """
    order, sounds, folder = begun.order, begun.ready.sounds, begun.ready.folder
    takes, recorded = _takes(order, script, script.lines, folder, begun.profile.rate_hz, cache, watch)
    broken = sounds.check(_roles(script))
    if broken:
        raise PackError(broken)
    torn = _torn(order, script, sounds, folder, cache)
    if torn and order.strict:
        raise ScriptError(torn)
    return takes, recorded, torn


def _torn(order: Order, script: Script, sounds: PackPalette, folder: Folder, cache: Cache) -> tuple[Problem, ...]:
    """Recordings of sounds, takes and rooms that were cut off, at the places that name them."""
    found = [*sounds.torn(_roles(script)), *rooms.torn(script, order.project.root, cache)]
    heard = {line.id for line in script.lines}
    takes = [one for (line, _), one in folder.chosen.items() if line in heard]
    shortfalls = kept_shortfalls([(one.path, one.sha256) for one in takes], cache)
    found += [
        Problem(one.line.place, f"the recording {one.file} {what}")
        for one, what in zip(takes, shortfalls, strict=True)
        if what
    ]
    return tuple(sorted(found))


def _too_long(script: Script, timeline: Timeline) -> Problem:
    """The scene in which an episode goes over its bound; the first one where only what rings on does."""
    most = BOUNDS.episode_hours * 3600 * timeline.rate_hz
    over = [number for number, scene in enumerate(timeline.scenes) if scene.span.end > most]
    what = f"in this scene the episode gets longer than {BOUNDS.episode_hours:g} hours, the most that one may last"
    return Problem(script.scenes[over[0] if over else 0].place, f"{what} ({how_to_raise('episode_hours')})")


def _takes(
    order: Order, script: Script, lines: Sequence[Line], folder: Folder, rate_hz: int, cache: Cache, watch: Watch
) -> tuple[dict[tuple[str, int], Take], Recorded]:
    """The takes of `lines`: from their recordings where there are some, else from their voices."""
    known = {line.id: line for line in lines}  # whose words may have changed since the folder was looked at
    chosen = {
        speech: replace(one, line=known[speech[0]]) for speech, one in folder.chosen.items() if speech[0] in known
    }
    heard = {}
    if chosen:
        watch.stage("takes", len(chosen))
        recordings = tuple(chosen.values())
        heard = voice.record_lines(
            recordings, script.language, rate_hz, cache, listen, order.jobs, lambda done, _: watch.done(done)
        )
        memory.give_back()  # each was held whole while it was listened to
    watch.stage("voices", len(lines))
    left = [line for line in lines if any((line.id, index) not in heard for index in range(len(line.voices)))]
    spoken = voice.speak_lines(left, rate_hz, cache, order.jobs, lambda done, _: watch.done(done))
    reports = tuple(heard[speech].report for speech in chosen)
    strays = tuple((stray.file, stray.why) for stray in folder.strays)
    return {**spoken, **{speech: one.take for speech, one in heard.items()}}, Recorded(reports, strays)


def listen(path: Path) -> tuple[Audio, int]:
    """Every sample of a recording and its rate, for the voice stage; ValueError says what is wrong with the file."""
    try:
        decoded = decode_sound(path)
        return np.concatenate(list(decoded.blocks)), decoded.rate_hz
    except UndecodableError as wrong:
        raise ValueError(str(wrong)) from None


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise RenderError(f"there is no profile '{name}'{nearest(name, PROFILES)}")
    return PROFILES[name]


def kinds(order: Order, profile: Profile) -> tuple[Format, ...]:
    """The kinds of file that every mix is made in; what they do to its length is in the plan."""
    if (two := clash(order.formats)) is not None:
        raise RenderError(f"the formats {two[0]} and {two[1]} would have one file name: ask for one of them")
    return tuple(FORMATS[name] for name in dict.fromkeys(order.formats)) or (own_format(profile),)
