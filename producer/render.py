"""The production on one page: script -> voices and sounds -> timeline -> mix -> master -> deliver. It owns no logic."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from producer import auditing, crediting, memory, provenance, session, voice
from producer import script as script_stage
from producer.audio import Audio
from producer.audit.audit import Audit
from producer.cache import Cache
from producer.deliver import cover, credits, encode, manifest, sound_captions, stems
from producer.deliver import episode as delivery
from producer.deliver.files import Staging
from producer.deliver.manifest import MadeOf
from producer.dsp.loudness import lufs, sliding
from producer.errors import PackError, Place, Problem, RenderError, ScriptError, nearest
from producer.finishing import finished, write_stems
from producer.foley import RECIPES
from producer.mix.listening import Stems
from producer.mixing import Mixed, Workshop, mixed
from producer.model.mixes import MIXES, MixStyle, wanted
from producer.model.profile import PROFILES, Profile
from producer.model.script import Line, Script
from producer.model.sound import Origin
from producer.model.voice import Take
from producer.preview import previewed
from producer.production import (
    Delivered,
    NoWatch,
    Order,
    Outline,
    Placed,
    Preview,
    Recorded,
    Report,
    Watch,
    Window,
    audio_name,
)
from producer.project import Project
from producer.script.compose import decode
from producer.script.mend import mend
from producer.sounds import rooms
from producer.sounds.decode import UndecodableError
from producer.sounds.decode import decode as decode_sound
from producer.sounds.find import Packs, licence_problems, load_packs, refused_roles
from producer.sounds.palette import palette
from producer.sounds.sofa import from_sofa
from producer.timeline.cue_sheet import CueRow, cue_sheet
from producer.timeline.document import to_json
from producer.timeline.place import place
from producer.timeline.uses import uses
from producer.units import Samples
from producer.voice.folder import Folder

__all__ = ["NoWatch", "Order", "Placed", "Preview", "Recorded", "Report", "Watch", "Window"]

PREVIEWS = "preview"
"""The folder for what is only to be heard beforehand, in an episode's output folder."""


def episode(order: Order, cache: Cache, watch: Watch) -> Report:
    """Make the episode and write its folder. Raises a ProducerError, and then the last output is as it was."""
    memory.few_arenas()
    slug, folder = order.project.slug, order.output or order.project.output
    with Staging(folder) as staging, Workshop(cache.root / "work") as workshop:
        outline, (origins, titles, made), styles, mix = _mixed(order, cache, workshop, staging, watch)
        memory.give_back()
        script, timeline, profile = outline.script, outline.timeline, outline.profile
        suffix = encode.codec(profile).suffix
        delivered = [
            finished(mix, style, profile, staging.path(audio_name(slug, style, suffix)), cache, order.jobs, watch)
            for style in styles
        ]
        write_stems(mix, delivered[0].plan, profile, staging, watch)
        document = to_json(timeline, script, order.project.named)
        levels = mix.standard.levels
        curve = lufs(sliding(levels.powers, 3.0, levels.seconds_per_hop)[::100]).tolist()
        picture = delivery.own_cover(script, order.project.root) or cover.draw(script.title, script.show, curve)
        delivery.write_documents(staging, script, timeline, document, origins, titles)
        stated = manifest.statement(made)
        for one in delivered:
            delivery.write_tags(one.file, script, timeline, origins, picture, profile, one.style.title, stated)
        audits = _audited(delivered, script.title, document, staging, order, watch)
        provenance.write_manifest(staging, script.title, made, order, styles)
        files = staging.publish(stale=_stale(slug))
    cache.trim()
    return Report(
        script=script,
        timeline=timeline,
        profile=profile,
        filled=outline.filled,
        recorded=outline.recorded,
        audits=audits,
        mixes=tuple(replace(one, file=folder / one.file.name) for one in delivered),
        stems=tuple(file for file in files if file.relative_to(folder).parts[0] == stems.FOLDER),
        files=files,
    )


def preview(order: Order, window: Window, cache: Cache, watch: Watch) -> Preview:
    """A part of the episode by itself, in the folder `preview` of its output. Raises a ProducerError."""
    memory.few_arenas()
    folder = (order.output or order.project.output) / PREVIEWS
    placed = plan(order, cache, watch)
    with Staging(folder) as staging, Workshop(cache.root / "work") as workshop:
        name = f"{order.project.slug}.{window.name}{encode.codec(placed.profile).suffix}"
        made = previewed(placed, window, staging.path(name), workshop, cache, order.jobs, watch)
        staging.publish(stale=())
    return replace(made, file=folder / name)


def _audited(
    delivered: Sequence[Delivered],
    title: str,
    document: Mapping[str, object],
    staging: Staging,
    order: Order,
    watch: Watch,
) -> tuple[Audit, ...]:
    """Each mix's file held against what was planned, with all that another audit needs beside it.

    Raises RenderError when the order is strict and something is not as planned.
    """
    watch.stage("audit", len(delivered))
    audits: list[Audit] = []
    with ThreadPoolExecutor(1) as packing:  # packing an hour's reference takes as long as the audit of it
        packed = [packing.submit(one.reference.to_bytes) for one in delivered]
        for done, one in enumerate(delivered, 1):
            audits.append(auditing.delivered(one.file, one.heard, document, one.reference))
            staging.path(auditing.reference_name(one.style.name)).write_bytes(packed[done - 1].result())
            watch.done(done)
    if order.strict and (failing := tuple(auditing.failing(audits))):
        raise RenderError("\n".join(failing))
    for name, content in auditing.documents(audits, title):
        staging.text(name, content)
    return tuple(audits)


def _mixed(
    order: Order, cache: Cache, workshop: Workshop, staging: Staging, watch: Watch
) -> tuple[Outline, tuple[tuple[Origin, ...], Mapping[str, str], MadeOf], tuple[MixStyle, ...], Mixed]:
    """The episode and all of its mixes, and its session for a DAW; takes and sounds are no longer held."""
    placed = plan(order, cache, watch)
    styles = _styles(order, placed.script)
    asked: Stems = "buses" if order.stems == "none" and placed.profile.stems else order.stems
    mix = mixed(placed, styles, asked, workshop, cache, order.jobs, watch)
    if order.session:
        _write_session(order, placed, mix, staging, watch)
    origins = _origins(placed)
    made = provenance.made_of(placed, order, origins)
    named = origins, sound_captions.titles(placed.timeline, placed.palette), made
    return placed.outline(), named, styles, mix


def _write_session(order: Order, placed: Placed, mix: Mixed, staging: Staging, watch: Watch) -> None:
    handed_over = session.Episode(
        slug=order.project.slug,
        timeline=placed.timeline,
        script=placed.script,
        takes=placed.takes,
        palette=placed.palette,
        ducking={stem: curve for stem, curve in mix.ducking().items()},  # noqa: C416 - a wider key
        impulses=placed.impulses,
        mix=mix.blocks,
    )
    watch.stage("session", len(placed.timeline.clips))
    folder = staging.path("session")
    session.write(folder, handed_over, order.session, work=mix.folder, told=lambda done, _: watch.done(done))


def _styles(order: Order, script: Script) -> tuple[MixStyle, ...]:
    """The mixes that the script and the order ask for; whose head is named wants to hear with it."""
    with_head = [style.name for style in MIXES.values() if style.headphones and order.sofa is not None]
    return wanted((*script.mixes, *order.mixes, *with_head))


def _stale(slug: str) -> list[str]:
    """What an earlier render may have left that this one did not make."""
    audio = [audio_name(slug, style, suffix) for style in MIXES.values() for suffix in encode.SUFFIXES]
    return [*map(glob.escape, audio), *stems.PATTERNS, *map(auditing.reference_name, MIXES)]


def read_script(project: Project, packs: Iterable[str], cache: Cache) -> tuple[Script, Packs]:
    """The script with everything in it checked, and the packs that it sounds with. Raises ScriptError, PackError."""
    return looked_up(written_script(project), project, packs, cache)


def looked_up(
    written: script_stage.Written, project: Project, packs: Iterable[str], cache: Cache
) -> tuple[Script, Packs]:
    """The script that is `written`, with everything in it checked, and its packs. Raises as `read_script`."""
    found = load_packs(written.packs, project.pack_roots, tuple(packs), recipes=RECIPES)
    catalogue = found.catalogue(
        voices=voice.known_voices(cache), variants=frozenset(name.removeprefix("+") for name in voice.variants())
    )
    script = script_stage.resolve(written, catalogue)
    refused = refused_roles(found, _asked(script), script.commercial)
    if refused:
        raise ScriptError(refused)
    return script, found


def _asked(script: Script) -> tuple[tuple[str, Place], ...]:
    """Every role that the script asks a pack for, and where; beds where they start, not where they are ridden."""
    starting = (bed for bed in script.beds if not bed.names_id)
    return (*((cue.role, cue.place) for cue in script.cues), *((bed.role, bed.place) for bed in starting))


def _roles(script: Script) -> frozenset[str]:
    return frozenset(role for role, _ in _asked(script))


def written_script(project: Project) -> script_stage.Written:
    """The script with the files that it brings, not looked up yet. Raises RenderError, ScriptError as `script_text`."""
    return script_stage.read(script_text(project), project.script.as_posix(), project.fetch)


def script_text(project: Project) -> str:
    """What the script's file says. Raises RenderError when it cannot be read, ScriptError when it is no text."""
    try:
        raw = project.script.read_bytes()
    except OSError as found:
        raise RenderError(f"cannot read {project.script}: {found.strerror}") from None
    text, problems = decode(raw, project.script.as_posix())
    if text is None:
        raise ScriptError(problems)
    return text


def check(project: Project, packs: Iterable[str], cache: Cache) -> dict[str, object]:
    """Find every problem without making a sound; what the episode will roughly be.

    Raises ScriptError, PackError, VoiceError.
    """
    script, found = read_script(project, packs, cache)
    delivery.own_cover(script, project.root)
    rooms.load(script, project.root, PROFILES[script.profile].rate_hz, cache)
    sounds = palette(found, PROFILES[script.profile].rate_hz, cache, RECIPES, script.seed)
    roles = [role for role, _ in _asked(script)]
    whole = crediting.foreseen(script, roles, sounds)
    recorded = voice.look(project.root, project.slug, whole.lines).chosen
    whole = crediting.foreseen(script, roles, sounds, recorded.keys())
    uses = [(line, index, use) for line in script.lines for index, use in enumerate(line.voices)]
    voice.check_voices(one for one in uses if (one[0].id, one[1]) not in recorded)
    return {
        "script": project.script_name,
        "estimated_s": round(float(script_stage.estimate_s(whole)), 1),
        "scenes": len(script.scenes),
        "lines": len(script.lines),
        "recorded": len(recorded),
        "sounds": len(script.cues),
        "beds": len(script.beds),
        "untranslated": list(script.untranslated),
        "changed": [{"where": str(one.at), "what": one.what} for one in script.changed],
        "packs": found.filling(_roles(script)),
        "credits": {
            "spoken": [line.text for line in crediting.changed(script, whole)],
            "why_not": crediting.unspoken(whole, recorded.keys()),
        },
    }


def fix(project: Project) -> int:
    """Put text that YAML would swallow where it is safe; returns how many places were mended."""
    text = script_text(project)
    mended = mend(text, project.script.as_posix())
    if mended.fixed != text:
        part = project.script.with_name(f".{project.script.name}.part")
        try:
            part.write_bytes(mended.fixed.encode())
            part.replace(project.script)
        except OSError as found:
            part.unlink(missing_ok=True)
            raise RenderError(f"cannot write {project.script}: {found.strerror}") from None
    return sum(1 for problem in mended.problems if problem.mended)


def cues(order: Order, cache: Cache, watch: Watch) -> tuple[CueRow, ...]:
    """The resolved cues of an episode, in the order they are heard."""
    return cue_sheet(plan(order, cache, watch).timeline)


def plan(order: Order, cache: Cache, watch: Watch) -> Placed:
    """Everything up to the timeline. Raises ScriptError, PackError, VoiceError."""
    session.check(order.session)
    with memory.uncollected():
        script, packs = read_script(order.project, order.packs, cache)
    delivery.own_cover(script, order.project.root)  # before any work: a cover that is not there is a mistake, too
    profile = _profile(order.profile or script.profile)
    head = None if order.sofa is None else from_sofa(order.sofa, profile.rate_hz)
    script, impulses = rooms.load(script, order.project.root, profile.rate_hz, cache)
    sounds = palette(packs, profile.rate_hz, cache, RECIPES, script.seed)
    written, roles = script, [role for role, _ in _asked(script)]
    folder = voice.look(order.project.root, order.project.slug, crediting.foreseen(script, roles, sounds).lines)
    script = crediting.foreseen(script, roles, sounds, folder.chosen.keys())
    takes, recorded = _takes(order, script, script.lines, folder, profile.rate_hz, cache, watch)
    broken = sounds.check(_roles(script))
    if broken:
        raise PackError(broken)
    watch.stage("timeline", 1)
    with memory.uncollected():
        timeline = place(script, takes, sounds)
        foreseen, script = script, crediting.exact(written, timeline, sounds, folder.chosen.keys())
        if foreseen != script:  # a variation of a sound, and its author, is not heard
            again, _ = _takes(order, script, crediting.changed(foreseen, script), folder, profile.rate_hz, cache, watch)
            takes = {**takes, **again}
            timeline = place(script, takes, sounds)
    timeline = replace(timeline, duration=Samples(encode.whole_frames(timeline.duration, profile)))
    if not crediting.story_end(script, timeline):
        raise ScriptError(
            [Problem(script.scenes[0].place, "nothing can be heard in this script: give it words or sounds")]
        )
    watch.done(1)
    problems = licence_problems(packs, uses(timeline, sounds), script.commercial)
    if problems:
        raise ScriptError(problems)
    filled = packs.filling(_roles(script))
    return Placed(
        script=script,
        profile=profile,
        timeline=timeline,
        takes=takes,
        palette=sounds,
        impulses=impulses,
        head=head,
        filled=filled,
        recorded=recorded,
    )


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
    if PROFILES[name].loudness_lufs is None:
        raise RenderError(f"the profile '{name}' is not built yet: it goes by RMS and noise floor, not by loudness")
    return PROFILES[name]


def _origins(placed: Placed) -> tuple[Origin, ...]:
    """Where each sound that is heard came from, once, in the order they are first heard, and what was done to it."""
    heard = uses(placed.timeline, placed.palette)
    return credits.credited((placed.palette.origins(use.role, use.member), use.changes) for use in heard)
