"""The production on one page: script -> voices and sounds -> timeline -> mix -> master -> deliver. It owns no logic."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import PIL

from producer import auditing, memory, paging, provenance
from producer.apart import lay_out_apart
from producer.audit.audit import Audit
from producer.audit.instead import shipped
from producer.audit.planned import Plan
from producer.cache import Cache, key
from producer.deliver import cover, manifest, stems
from producer.deliver import episode as delivery
from producer.deliver.files import Staging
from producer.dsp.loudness import lufs, sparse
from producer.errors import ScriptError
from producer.finishing import all_finished, write_stems
from producer.laid import Laid, lay_out, named_in
from producer.levels import Levels
from producer.made_by import made_by_program
from producer.mix.listening import Stems
from producer.mixing import Mixed, mixed
from producer.model.formats import FORMATS, SUFFIXES, Format, in_format
from producer.model.mixes import MIXES, MixStyle
from producer.model.script import Script
from producer.planning import (
    check,
    cues,
    fix,
    kinds,
    listen,
    looked_up,
    plan,
    read_script,
)
from producer.previewing import preview
from producer.production import (
    Crew,
    Delivered,
    NoWatch,
    Order,
    Placed,
    Preview,
    Recorded,
    Report,
    Watch,
    Window,
    audio_name,
)
from producer.readings import script_text, written_script
from producer.remembered import remember
from producer.workshop import Workshop

__all__ = [
    "NoWatch",
    "Order",
    "Placed",
    "Preview",
    "Recorded",
    "Report",
    "Watch",
    "Window",
    "check",
    "cues",
    "fix",
    "listen",
    "looked_up",
    "named_in",
    "plan",
    "preview",
    "read_script",
    "script_text",
    "stale",
    "written_script",
]


def episode(order: Order, cache: Cache, watch: Watch, crew: Crew | None = None) -> Report:
    """Make the episode and write its folder. Raises a ProducerError, and then the last output is as it was.

    Args:
        crew: processes that make parts of it beside this one; with none, threads do.
    """
    memory.few_arenas()
    slug, folder = order.project.slug, order.output or order.project.own_output()
    with (
        Staging(folder) as staging,
        Workshop(cache.work()) as workshop,
        ThreadPoolExecutor(1) as aside,  # for what need not wait
    ):
        laid, mix = _mixed(order, cache, workshop, staging, watch, crew, aside)
        memory.give_back()
        styles, profile = laid.styles, laid.placed.profile
        formats = kinds(order, profile)

        def audio(style: MixStyle, kind: Format) -> Path:
            return staging.path(audio_name(slug, style, kind.suffix))

        levels = mix.standard.levels
        drawn = aside.submit(_picture, laid.placed.script, order, levels, cache)
        delivered = all_finished(mix, styles, formats, profile, audio, cache, order.jobs, watch)
        if crew is not None:
            crew.dismiss()  # the audit needs as much memory as they hold
        write_stems(mix, delivered[0].plan, in_format(profile, delivered[0].kind), staging, watch)
        picture = drawn.result()
        outlined, told = laid.outline, laid.told
        del laid, mix  # of a long episode: what is heard need not be there beside all that is known
        outline, (planned, origins, titles, made) = outlined(), told()
        script, timeline = outline.script, outline.timeline
        provenance.check_cover(script, order.project, made)
        stated = manifest.statement(made)
        for one in delivered:
            delivery.write_tags(
                one.file, script, timeline, origins, picture, one.kind.codec, one.style.title, one.measured, stated
            )
        settled = aside.submit(staging.settled, [one.file for one in delivered])
        cleared = aside.submit(workshop.clear)  # of an hour a gigabyte, which takes half a second
        audits = _audited(delivered, script.title, planned, staging, order, cache, watch)
        page = paging.listening_page(script, timeline, delivered, audits, levels, (origins, titles), picture)
        staging.text(paging.PAGE, page)
        settled.result()
        cleared.result()
        provenance.write_manifest(staging, script.title, made, order, styles, formats)
        files = staging.publish(stale=stale(slug))
    remember(order, script, timeline, levels, delivered[0].plan, profile, cache)
    cache.trim()
    return Report(
        script=script,
        timeline=timeline,
        profile=profile,
        torn=outline.torn,
        filled=outline.filled,
        recorded=outline.recorded,
        audits=audits,
        mixes=tuple(replace(one, file=folder / one.file.name) for one in delivered[: len(styles)]),
        further=tuple(replace(one, file=folder / one.file.name) for one in delivered[len(styles) :]),
        stems=tuple(file for file in files if file.relative_to(folder).parts[0] == stems.FOLDER),
        files=files,
    )


def _picture(script: Script, order: Order, levels: Levels, cache: Cache) -> bytes:
    """The episode's own cover, or one that is drawn from how loud it is when."""
    own = delivery.own_cover(script, order.project.root)
    if own is not None:
        return own
    skyline = cover.skyline(lufs(sparse(levels.powers, 3.0, levels.seconds_per_hop, 100)).tolist())

    def draw() -> bytes:
        drawn = cover.draw(script.title, script.show, skyline)
        memory.give_back()  # a picture is large before it is packed
        return drawn

    return cache.here(key("cover", made_by_program(), PIL.__version__, script.title, script.show, skyline), draw)


def _audited(
    delivered: Sequence[Delivered],
    title: str,
    planned: Plan,
    staging: Staging,
    order: Order,
    cache: Cache,
    watch: Watch,
) -> tuple[Audit, ...]:
    """Each mix's file held against what was planned, with all that another audit needs beside it.

    Raises ScriptError when the order is strict and something is not as planned.
    """
    watch.stage("audit", len(delivered))
    keep = auditing.keeping(cache)
    audits: list[Audit] = []
    with ThreadPoolExecutor(1) as packing:
        made = ((one.style.name, one.kind.name, one.plan.gain_db, one.reference) for one in delivered)
        packed = [
            packing.submit(auditing.write, reference, staging.path(name), keep)
            for name, reference in auditing.references(made).items()
        ]
        for done, one in enumerate(delivered, 1):
            audits.append(auditing.delivered(one.file, one.heard, planned, one.reference, one.kind, keep))
            watch.done(done)
        for written in packed:
            written.result()
    audits = [*shipped(audits)]
    if order.strict and (failing := tuple(auditing.failing(audits))):
        raise ScriptError(failing)
    for name, content in auditing.documents(audits, title):
        staging.text(name, content)
    return tuple(audits)


def _mixed(
    order: Order,
    cache: Cache,
    workshop: Workshop,
    staging: Staging,
    watch: Watch,
    crew: Crew | None,
    aside: Executor,
) -> tuple[Laid, Mixed]:
    """The episode laid out, and all of its mixes, and its session for a DAW.

    Args:
        aside: writes the documents meanwhile.
    """
    soon = None if crew is None else lambda palette, heard: crew.listen(palette, heard, workshop.shelf)
    laid = lay_out_apart(order, cache, watch, staging, workshop.shelf)
    laid = laid or lay_out(order, cache, watch, staging, aside, soon)
    placed, styles = laid.placed, laid.styles
    asked: Stems = "buses" if order.stems == "none" and placed.profile.stems else order.stems
    mix = mixed(placed, styles, asked, workshop, cache, order.jobs, watch, crew)
    if order.session:
        _write_session(order, placed, mix, staging, watch)
    return laid, mix


def _write_session(order: Order, placed: Placed, mix: Mixed, staging: Staging, watch: Watch) -> None:
    from producer import session  # most renders leave none

    handed_over = session.Episode(
        slug=order.project.slug,
        timeline=placed.timeline,
        script=placed.script,
        takes=placed.takes,
        palette=placed.palette,
        ducking={stem: curve for stem, curve in mix.ducking().items()},  # noqa: C416 - a wider key
        impulses=placed.impulses,
        mix=mix.blocks,
        named=order.project.named,
    )
    watch.stage("session", len(placed.timeline.clips))
    folder = staging.path("session")
    session.write(folder, handed_over, order.session, work=mix.folder, told=lambda done, _: watch.done(done))


def stale(slug: str) -> list[str]:
    """What an earlier render may have left that this one did not make, as `Staging.publish` takes it."""
    audio = [audio_name(slug, style, suffix) for style in MIXES.values() for suffix in SUFFIXES]
    references = [auditing.reference_name(mix, kind) for mix in MIXES for kind in ("", *FORMATS)]
    return [*map(glob.escape, audio), *stems.PATTERNS, *references]
