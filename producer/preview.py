"""A scene, or a stretch, of an episode by itself, with the sound that it has in the whole: for a producer's ears only.

What the whole episode would have there is made, and nothing else: no other part is mixed, nothing is verified. Its
parts are kept as those of a whole render are, so that the render after it has them already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from producer import master
from producer.audio import Audio
from producer.cache import Cache
from producer.deliver import encode, mp3
from producer.dsp.envelopes import fade
from producer.errors import RenderError
from producer.finishing import planned
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.model.profile import Profile
from producer.model.timeline import Timeline
from producer.production import Placed, Preview, Watch, Window
from producer.units import Samples, Span
from producer.workshop import Workshop

EASE_S = 0.01
"""A preview that begins or ends inside a sound is eased over this."""


def previewed(
    placed: Placed, window: Window, to: Path, workshop: Workshop, cache: Cache, jobs: int, watch: Watch
) -> Preview:
    """Make the preview, in the file `to`. Raises RenderError when there is nothing in its window."""
    timeline, profile = placed.timeline, placed.profile
    span = _whole_frames(spanned(window, timeline), timeline, profile)
    mixing = Mixing(placed, (STANDARD,), "none", workshop.shelf(), cache, witnessed=not window.draft)
    mixing.known()
    parts = [part for part in mixing.mixer.parts if part.core.meets(span)]
    watch.stage("mix", span.length)
    own = []
    for part, notes in zip(parts, mixing.mixer.each(mixing.notes, [part.index for part in parts], jobs), strict=True):
        own.append(notes.levels[STANDARD.name])
        watch.done(part.core.within(span).end - span.start)
    every = [mixing.kept(part.index) for part in mixing.mixer.parts]
    known = [notes.levels[STANDARD.name] for notes in every if notes is not None]
    as_in_whole = len(known) == len(mixing.mixer.parts)
    plan = planned(master.Levels.joined(known if as_in_whole else own), profile, cache)

    def programme(part: Part) -> tuple[Audio, Span]:
        made = master.mastered(mixing.read(STANDARD.name, part.index), plan, profile)
        eased = fade(
            part.reach.start,
            part.reach.end,
            into=(span.start, _ease(profile)) if span.start > 0 else None,
            out=(span.end - _ease(profile), _ease(profile)) if span.end < timeline.duration else None,
            shape="cosine",
        )
        made = made if eased is None else made * eased.astype(np.float32)[:, None]
        return made, part.core.within(span).shifted(-part.reach.start)

    watch.stage("master", span.length)
    if encode.in_parts(profile):
        with encode.joining(profile, span.length, to) as file:
            make = partial(_encoded, programme, parts, window.draft, profile, to.parent)
            for encoded in in_order(make, range(len(parts)), jobs):
                file.add(encoded.frames, encoded.count, mp3.crc16(encoded.frames))
    else:
        made = in_order(programme, parts, jobs)
        encode.encode((audio[core.start : core.end] for audio, core in made), profile, to)
    watch.done(span.length)
    rate_hz = timeline.rate_hz
    return Preview(file=to, start_s=span.start / rate_hz, end_s=span.end / rate_hz, as_in_whole=as_in_whole)


def spanned(window: Window, timeline: Timeline) -> Span:
    """Where a window is on the timeline. Raises RenderError when it is beyond the episode."""
    rate_hz, start, end = timeline.rate_hz, 0, int(timeline.duration)
    length_s = end / rate_hz
    if window.scene is not None:
        check_scene(window, len(timeline.scenes))
        scene = timeline.scenes[window.scene - 1].span
        start, end = int(scene.start), min(end, int(scene.end))
    if window.start_s is not None:
        start = max(start, round(window.start_s * rate_hz))
    if window.end_s is not None:
        end = min(end, round(window.end_s * rate_hz))
    if start >= end:
        raise RenderError(f"there is nothing of the episode in that window; the episode lasts {length_s:.1f} s")
    return Span(Samples(start), Samples(end))


def check_scene(window: Window, scenes: int) -> None:
    """Raises RenderError when a window asks for a scene that an episode with so many scenes does not have."""
    if window.scene is not None and not 1 <= window.scene <= scenes:
        there = "is one scene" if scenes == 1 else f"are {scenes} scenes"
        raise RenderError(f"--scene {window.scene}: there {there}")


def _whole_frames(span: Span, timeline: Timeline, profile: Profile) -> Span:
    if not encode.in_parts(profile):
        return span
    frame = mp3.frame_samples(profile.rate_hz)
    start = span.start // frame * frame
    return Span(Samples(start), Samples(min(timeline.duration, -(-span.end // frame) * frame)))


def _encoded(
    programme: Callable[[Part], tuple[Audio, Span]],
    parts: Sequence[Part],
    quick: bool,
    profile: Profile,
    folder: Path,
    at: int,
) -> encode.Encoded:
    audio, core = programme(parts[at])
    ends = {"first": at == 0, "last": at == len(parts) - 1}
    return encode.encode_part(audio, core, profile, folder, quick=quick, **ends)


def _ease(profile: Profile) -> int:
    return round(EASE_S * profile.rate_hz)
