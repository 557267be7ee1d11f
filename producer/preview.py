"""A scene, or a stretch, of an episode by itself, with the sound that it has in the whole: for a producer's ears only.

What the whole episode would have there is made, and nothing else: no other part is mixed, nothing is verified. Parts
that a whole render has encoded before are taken as they are. What is mixed is kept as that of a whole render is, so
that the render after it has it already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from producer import master
from producer.audio import Audio
from producer.cache import Cache
from producer.deliver import encode, mp3
from producer.deliver.excerpt import excerpt
from producer.dsp.envelopes import fade
from producer.errors import RenderError
from producer.finishing import planned
from producer.frozen import dataclass
from producer.in_parts import is_kept, kept_part
from producer.levels import Levels
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixdown import Programme
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.model.profile import Profile
from producer.model.timeline import Timeline
from producer.production import Finish, Placed, Preview, Watch, Window
from producer.toned import tone_under
from producer.units import Samples, Span
from producer.workshop import Workshop

EASE_S = 0.01
"""A preview that begins or ends inside a sound is eased over this."""
MOST = 0.75
"""Of so much of an episode the levels say how loud the whole is: an edit changes parts beside a window, too."""
_NEAR_STEPS = 10
"""As far from the gain that an edit may come to, a decibel, that of the last whole render is as good for a preview."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the last whole render tells of all that is not placed, because what is previewed does not need it."""

    levels: Levels
    """As far as it is what it was then."""
    lufs: float
    """How loud the whole was before its master."""
    plan: master.Plan
    """That master's."""


def previewed(
    placed: Placed,
    window: Window,
    to: Path,
    workshop: Workshop,
    cache: Cache,
    jobs: int,
    watch: Watch,
    alone: bool = False,
    beside: Beside | None = None,
) -> Preview:
    """Make the preview, in the file `to`. Raises RenderError when there is nothing in its window.

    Args:
        alone: no more of the episode is placed than its window, which is a scene, hangs together with.
        beside: what is known of the rest, then.
    """
    timeline, profile = placed.timeline, placed.profile
    span = _whole_frames(spanned(window, timeline, credited=bool(placed.script.credits_scene)), timeline, profile)
    mixing = Mixing(placed, (STANDARD,), "none", workshop.shelf(), cache, witnessed=not window.draft)
    parts = [part for part in mixing.mixer.parts if part.core.meets(span)]
    indices = [part.index for part in parts]
    mixing.known(indices if alone else None)
    watch.stage("mix", span.length)
    own = dict[int, Levels]()
    for part, notes in zip(parts, mixing.mixer.each(mixing.notes, indices, jobs), strict=True):
        own[part.index] = notes.levels[STANDARD.name]
        watch.done(part.core.within(span).end - span.start)
    if alone:
        mixing.keep_asked(indices)
        levels, plan = _as_last(list(own.values()), beside, profile, cache)
        as_in_whole = beside is not None
    else:
        levels, as_in_whole = _as_kept(mixing, own)
        plan = planned(levels, profile, cache)
    tone = tone_under(levels, profile)
    whole = Programme(mixing, STANDARD.name, tone=tone)
    how = Finish(style=STANDARD.name, ride=None, tone=tone, plan=plan, profile=profile)
    if encode.in_parts(profile):
        how = _as_rendered(whole, how, indices, cache)

    def programme(part: Part) -> tuple[Audio, Span]:
        made = master.mastered(whole.read(part.index), how.plan, profile)
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
        kept = partial(_kept, whole, how, span, cache, to.parent)

        def framed(at: int) -> tuple[bytes, int]:
            there = kept(parts[at])
            if there is not None:
                return b"".join(there), len(there)
            audio, core = programme(parts[at])
            ends = {"first": at == 0, "last": at == len(parts) - 1}
            made = encode.encode_part(audio, core, profile, to.parent, quick=window.draft, **ends)
            return made.frames, made.count

        with encode.joining(profile, span.length, to) as file:
            for frames, count in in_order(framed, range(len(parts)), jobs):
                file.add(frames, count, mp3.crc16(frames))
    else:
        made = in_order(programme, parts, jobs)
        encode.encode((audio[core.start : core.end] for audio, core in made), profile, to)
    watch.done(span.length)
    rate_hz = timeline.rate_hz
    return Preview(
        file=to,
        length_s=span.length / rate_hz,
        start_s=span.start / rate_hz,
        end_s=span.end / rate_hz,
        as_in_whole=as_in_whole,
    )


def spanned(window: Window, timeline: Timeline, *, credited: bool = False) -> Span:
    """Where a window is on the timeline. Raises RenderError when it is beyond the episode.

    Args:
        credited: the last scene is that of the spoken credits.
    """
    rate_hz, start, end = timeline.rate_hz, 0, int(timeline.duration)
    length_s = end / rate_hz
    if window.scene is not None:
        check_scene(window, len(timeline.scenes), credited=credited)
        scene = timeline.scenes[window.scene - 1].span
        start, end = int(scene.start), min(end, int(scene.end))
    if window.start_s is not None:
        start = max(start, round(window.start_s * rate_hz))
    if window.end_s is not None:
        end = min(end, round(window.end_s * rate_hz))
    if start >= end:
        raise RenderError(f"there is nothing of the episode in that window; the episode lasts {length_s:.1f} s")
    return Span(Samples(start), Samples(end))


def check_scene(window: Window, scenes: int, *, credited: bool) -> None:
    """Raises RenderError when a window asks for a scene that an episode with so many scenes does not have.

    Args:
        credited: the last of them is that of the spoken credits, which nobody wrote.
    """
    if window.scene is not None and not 1 <= window.scene <= scenes:
        written = scenes - credited
        there = "is one scene" if written == 1 else f"are {written} scenes"
        more = f", and the credits (--scene {scenes})" if credited else ""
        raise RenderError(f"--scene {window.scene}: there {there}{more}")


def _whole_frames(span: Span, timeline: Timeline, profile: Profile) -> Span:
    if not encode.in_parts(profile):
        return span
    frame = mp3.frame_samples(profile.rate_hz)
    start = span.start // frame * frame
    return Span(Samples(start), Samples(min(timeline.duration, -(-span.end // frame) * frame)))


def _as_rendered(whole: Programme, how: Finish, indices: Sequence[int], cache: Cache) -> Finish:
    """With the gain, nearest to this one, by which a whole render encoded any of these parts; as it is if by none.

    An edit may move the gain by a step or two, and a render may have found that it has to be a little off.
    """
    for step in sorted(range(-_NEAR_STEPS, _NEAR_STEPS + 1), key=abs):
        gain_db = round(how.plan.gain_db + step * master.GAIN_STEP_DB, 6)
        near = replace(how, plan=replace(how.plan, gain_db=gain_db))
        if any(is_kept(whole, near, cache, index) for index in indices):
            return near
    return how


def _as_kept(mixing: Mixing, own: Mapping[int, Levels]) -> tuple[Levels, bool]:
    """The levels of the whole as far as the cache has them, and whether that is most of it; else the window's own."""
    every = [own.get(part.index) or _kept_levels(mixing, part) for part in mixing.mixer.parts]
    known = [one for one in every if one is not None]
    timeline = mixing.mixer.timeline
    if sum(one.length_s for one in known) >= MOST * timeline.duration / timeline.rate_hz:
        return Levels.joined(known), True
    return Levels.joined(list(own.values())), False


def _as_last(
    own: Sequence[Levels], beside: Beside | None, profile: Profile, cache: Cache
) -> tuple[Levels, master.Plan]:
    """The levels of the whole, with the plan of its last master, moved by as much as it is louder or softer now."""
    if beside is None:
        levels = Levels.joined(own)
        return levels, planned(levels, profile, cache)
    levels = Levels.joined([beside.levels, *own])
    louder_lu = levels.limited_lufs(0.0, None) - beside.lufs
    steps = round(louder_lu / master.GAIN_STEP_DB) if np.isfinite(louder_lu) else 0
    gain_db = round(beside.plan.gain_db - steps * master.GAIN_STEP_DB, 6)
    return levels, replace(beside.plan, gain_db=gain_db)


def _kept_levels(mixing: Mixing, part: Part) -> Levels | None:
    notes = mixing.kept(part.index)
    return None if notes is None else notes.levels[STANDARD.name]


def _kept(whole: Programme, how: Finish, span: Span, cache: Cache, folder: Path, part: Part) -> list[bytes] | None:
    """A part's frames within `span` as a whole render encoded them, eased where they begin or end inside a sound.

    None where it was not rendered like this, or too little of it is wanted.
    """
    finished = kept_part(whole, how, cache, part.index)
    if finished is None:
        return None
    profile = how.profile
    frames = list(mp3.frames(bytes(finished.frames)))
    frame = mp3.frame_samples(profile.rate_hz)
    inside = part.core.within(span).shifted(-part.core.start)
    begins = span.start > 0 and part.core.start <= span.start
    ends = span.end < whole.samples and span.end <= part.core.end
    following: bytes | None = None
    if ends:
        after = None if span.end < part.core.end else kept_part(whole, how, cache, part.index + 1)
        later = frames[inside.end // frame :] if after is None else mp3.frames(bytes(after.frames))
        following = next(iter(later), None)
    # The last part of all has a frame more, with what a decoder is late by.
    high = None if part.core.end == whole.samples == span.end else inside.end // frame
    return excerpt(
        frames[inside.start // frame : high],
        following,
        profile,
        folder,
        into_samples=_ease(profile) if begins else 0,
        out_samples=_ease(profile) if ends else 0,
    )


def _ease(profile: Profile) -> int:
    return round(EASE_S * profile.rate_hz)
