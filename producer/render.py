"""The production on one page: script -> voices and sounds -> timeline -> mix -> master -> deliver. It owns no logic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from producer import auditing, master, memory, voice
from producer import script as script_stage
from producer.audio import Audio
from producer.audit.audit import Audit
from producer.audit.cells import Recorder
from producer.audit.programme import Heard, Listener
from producer.cache import Cache
from producer.deliver import cover, credits, encode
from producer.deliver import episode as delivery
from producer.deliver.files import Staging
from producer.deliver.spill import Shelf, Spill
from producer.dsp.loudness import Loudness, lufs, sliding
from producer.errors import PackError, Place, Problem, RenderError, ScriptError, nearest
from producer.foley import RECIPES
from producer.mix.margin import LineMargin
from producer.mix.mixer import Mixer
from producer.model.profile import PROFILES, Profile
from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline
from producer.model.voice import Take, TakeReport
from producer.project import Project
from producer.script.compose import decode
from producer.script.mend import mend
from producer.sounds.decode import UndecodableError
from producer.sounds.decode import decode as decode_sound
from producer.sounds.find import Packs, licence_problems, load_packs, refused_roles
from producer.sounds.palette import PackPalette, palette
from producer.timeline.cue_sheet import CueRow, cue_sheet
from producer.timeline.document import to_json
from producer.timeline.place import place
from producer.timeline.uses import uses
from producer.units import Samples


class Watch(Protocol):
    """Who is told how far the work has come."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins that has `total` steps."""
        ...

    def done(self, steps: int) -> None:
        """So many of the stage's steps are done."""
        ...


class NoWatch:
    """Tells nobody."""

    def stage(self, name: str, total: int) -> None: ...

    def done(self, steps: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user asked for."""

    project: Project
    output: Path | None = None
    packs: tuple[str, ...] = ()  # searched before the script's own
    profile: str | None = None
    jobs: int = 1
    strict: bool = False  # a finding of the audit fails the render


@dataclass(frozen=True, slots=True)
class Recorded:
    """What actors have recorded of the script."""

    takes: tuple[TakeReport, ...] = ()  # those that are heard, in reading order
    strays: tuple[tuple[str, str], ...] = ()  # files that are nobody's take, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a producer wants to know when it is done."""

    script: Script
    timeline: Timeline
    profile: Profile
    measured: Loudness  # of the decoded file
    margins: tuple[LineMargin, ...]
    plan: master.Plan
    rounds: int
    filled: Mapping[str, tuple[str, ...]]  # pack, in the order in which they are asked -> the script's roles it fills
    recorded: Recorded = Recorded()
    audits: tuple[Audit, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An episode that is spoken, sounded and placed, but not mixed yet."""

    script: Script
    profile: Profile
    timeline: Timeline
    takes: Mapping[tuple[str, int], Take]
    palette: PackPalette
    filled: Mapping[str, tuple[str, ...]]
    recorded: Recorded = Recorded()


def episode(order: Order, cache: Cache, watch: Watch) -> Report:
    """Make the episode and write its folder. Raises a ProducerError, and then the last output is as it was."""
    memory.few_arenas()
    work = cache.root / "work"
    with Staging(order.output or order.project.output) as staging, Spill(work, 2) as mix:
        script, timeline, profile, filled, recorded, origins, margins, survey, witness = _mixed(
            order, cache, mix, watch
        )
        memory.give_back()
        audio = staging.path(order.project.slug + encode.codec(profile).suffix)
        chain, heard, recorder, rounds = _mastered(mix, survey, profile, audio, order.jobs, witness, watch)
        measured = heard.loudness
        if measured.samples != timeline.duration:
            raise AssertionError(f"{measured.samples} samples came back of {timeline.duration}")
        document = to_json(timeline, script, order.project.named)
        curve = lufs(sliding(survey.powers, 3.0, survey.seconds_per_hop)[::100]).tolist()
        picture = delivery.own_cover(script, order.project.root) or cover.draw(script.title, script.show, curve)
        delivery.write_documents(staging, script, timeline, document, origins)
        delivery.write_tags(audio, script, timeline, origins, picture, profile)
        should = witness.reference(recorder, margins, profile.name)
        audits = (auditing.delivered(audio, heard, document, should),)
        if order.strict and (failing := tuple(auditing.failing(audits))):
            raise RenderError("\n".join(failing))
        staging.path(auditing.reference_name("standard")).write_bytes(should.to_bytes())
        for name, content in auditing.documents(audits, script.title):
            staging.text(name, content)
        files = staging.publish(stale=[f"{order.project.slug}{suffix}" for suffix in encode.SUFFIXES])
    return Report(
        script=script,
        timeline=timeline,
        profile=profile,
        measured=measured,
        margins=margins,
        plan=chain,
        rounds=rounds,
        filled=filled,
        recorded=recorded,
        audits=audits,
        files=files,
    )


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
    recorded = voice.look(project.root, project.slug, script.lines).chosen
    uses = [(line, index, use) for line in script.lines for index, use in enumerate(line.voices)]
    voice.check_voices(one for one in uses if (one[0].id, one[1]) not in recorded)
    return {
        "script": project.script_name,
        "estimated_s": round(float(script_stage.estimate_s(script)), 1),
        "scenes": len(script.scenes),
        "lines": len(script.lines),
        "recorded": len(recorded),
        "sounds": len(script.cues),
        "beds": len(script.beds),
        "untranslated": list(script.untranslated),
        "packs": found.filling(_roles(script)),
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
    script, packs = read_script(order.project, order.packs, cache)
    delivery.own_cover(script, order.project.root)  # before any work: a cover that is not there is a mistake, too
    profile = _profile(order.profile or script.profile)
    takes, recorded = _takes(order, script, profile.rate_hz, cache, watch)
    sounds = palette(packs, profile.rate_hz, cache, RECIPES, script.seed)
    broken = sounds.check(_roles(script))
    if broken:
        raise PackError(broken)
    watch.stage("timeline", 1)
    timeline = place(script, takes, sounds)
    timeline = replace(timeline, duration=Samples(encode.whole_frames(timeline.duration, profile)))
    if not timeline.duration:
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
        filled=filled,
        recorded=recorded,
    )


def _takes(
    order: Order, script: Script, rate_hz: int, cache: Cache, watch: Watch
) -> tuple[dict[tuple[str, int], Take], Recorded]:
    """Every line's takes: from its recording where there is one, else from its voice."""
    folder = voice.look(order.project.root, order.project.slug, script.lines)
    heard = {}
    if folder.chosen:
        watch.stage("takes", len(folder.chosen))
        recordings = tuple(folder.chosen.values())
        heard = voice.record_lines(
            recordings, script.language, rate_hz, cache, listen, order.jobs, lambda done, _: watch.done(done)
        )
    watch.stage("voices", len(script.lines))
    left = [line for line in script.lines if any((line.id, index) not in heard for index in range(len(line.voices)))]
    spoken = voice.speak_lines(left, rate_hz, cache, order.jobs, lambda done, _: watch.done(done))
    reports = tuple(heard[speech].report for speech in folder.chosen)
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


class _Mixed(NamedTuple):
    """What is left of the mix when its samples are on disk; takes and sounds are no longer held."""

    script: Script
    timeline: Timeline
    profile: Profile
    filled: Mapping[str, tuple[str, ...]]
    recorded: Recorded
    origins: tuple[Origin, ...]
    margins: tuple[LineMargin, ...]
    survey: master.Survey
    witness: auditing.Witness


def _mixed(order: Order, cache: Cache, mix: Spill, watch: Watch) -> _Mixed:
    """The whole mix into `mix`, with beds and music turned down as far as each line's margin needs it."""
    placed = plan(order, cache, watch)
    survey = master.Survey(placed.timeline.rate_hz)
    witness = auditing.Witness(placed.timeline)
    with Shelf(cache.root / "work") as shelf:
        mixer = Mixer(placed.timeline, placed.script, placed.takes, placed.palette, spill=shelf, tap=witness.tap)
        watch.stage("margins", placed.timeline.duration)
        mixer.prepare(order.jobs, lambda done, total: watch.done(placed.timeline.duration * done // total))
        watch.stage("mix", placed.timeline.duration)
        for buses in mixer.blocks(order.jobs):
            block = buses.sum()
            mix.write(block)
            survey.push(block)
            witness.push(buses.beds, buses.music)
            watch.done(mix.samples)
        return _Mixed(
            placed.script,
            placed.timeline,
            placed.profile,
            placed.filled,
            placed.recorded,
            _origins(placed),
            mixer.margins,
            survey,
            witness,
        )


def _mastered(
    mix: Spill,
    survey: master.Survey,
    profile: Profile,
    audio: Path,
    jobs: int,
    witness: auditing.Witness,
    watch: Watch,
) -> tuple[master.Plan, Heard, Recorder, int]:
    """Encode and decode until what a listener gets holds the profile. Raises RenderError when it will not."""
    chain = master.first_plan(survey, profile)
    rounds = 0
    while rounds < master.ROUNDS:
        rounds += 1
        watch.stage("master", mix.samples)
        recorder = witness.recorder()
        programme = partial(_programme, mix, chain, profile, recorder)
        encode.encode(programme, mix.samples, profile, audio, jobs, watch.done)
        watch.stage("verify", mix.samples)
        listener = Listener(profile.rate_hz, profile.channels)
        for _ in listener.listen(encode.decode(audio, profile)):
            watch.done(listener.meter.samples)
        heard = listener.heard()
        following = master.corrected(chain, heard.loudness, profile)
        if following is None:
            break
        chain = following
    measured = heard.loudness
    if not master.holds(measured, profile):
        raise RenderError(
            f"the episode cannot be brought to the profile '{profile.name}': after {rounds} rounds it is at "
            f"{measured.integrated_lufs:.1f} LUFS with a true peak of {measured.true_peak_dbtp:.1f} dBTP; "
            "it is quiet for most of its length with a few very loud moments: lower those"
        )
    return chain, heard, recorder, rounds


def _programme(
    mix: Spill, chain: master.Plan, profile: Profile, recorder: Recorder, start: int, stop: int
) -> Iterator[Audio]:
    return recorder.listen(start, master.mastered(mix.read, start, stop, chain, profile))


def _origins(placed: Placed) -> tuple[Origin, ...]:
    """Where each sound that is heard came from, once, in the order they are first heard, and what was done to it."""
    heard = uses(placed.timeline, placed.palette)
    return credits.credited((placed.palette.origins(use.role, use.member), use.changes) for use in heard)
