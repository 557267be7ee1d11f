"""From the timeline to a session: which items on which tracks, with which gains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from producer.mix.space import distance_gain
from producer.mix.stems import stem_of
from producer.model.script import Script
from producer.model.timeline import Clip, TimelineMark
from producer.session.alone import Alone
from producer.session.curves import Fit
from producer.session.items import items
from producer.session.media import Files
from producer.session.nouns import Bus, Curve, Episode, Item, Points, RoomTrack, Session, Stretch, Track
from producer.units import Samples, Span

Told = Callable[[int, int], None]
_Rooms = tuple[str, ...]

_BLOCK_S = 20.0
_OUTSIDE = ("", "none")
_BUS_NAMES = {
    "beds_freed": "beds that do not give way",
    "music_freed": "music that does not give way",
    "sounds_ducked": "sounds that give way",
}
_ORDER = ("speech", "sounds", "sounds_ducked", "beds", "beds_freed", "music", "music_freed")


def planned(episode: Episode, files: Files, told: Told | None = None) -> Session:
    """The session of `episode`, its sound files written. Raises RenderError when one cannot be.

    Args:
        told: hears (clips done, clips in all).
    """
    timeline, script = episode.timeline, episode.script
    alone = Alone(episode)
    rooms = _rooms(timeline.clips, alone, files)
    placed: dict[str, dict[tuple[str, _Rooms], list[tuple[Clip, Item]]]] = {}
    for index, clip in enumerate(timeline.clips):
        row = placed.setdefault(stem_of(clip), {}).setdefault((_track_name(clip, script), _through(clip)), [])
        row += [(clip, item) for item in items(clip, episode, alone, files)]
        if told is not None:
            told(index + 1, len(timeline.clips))
    stems = sorted(placed, key=lambda stem: (_ORDER.index(stem) if stem in _ORDER else len(_ORDER), stem))
    return Session(
        slug=episode.slug,
        title=script.title,
        rate_hz=timeline.rate_hz,
        duration=timeline.duration,
        buses=tuple(
            Bus(
                key=stem,
                name=_BUS_NAMES.get(stem, stem),
                tracks=tuple(_tracks(stem, placed[stem], rooms)),
                envelope=_ducked(episode.ducking.get(stem), timeline.duration, timeline.rate_hz),
            )
            for stem in stems
            if any(placed[stem].values())
        ),
        rooms=tuple(rooms.values()),
        scenes=tuple(Stretch(key=one.id, name=one.title or one.id, span=one.span) for one in timeline.scenes),
        hears=tuple(
            Stretch(key=f"hear-{number}", name=f"hear: {one.treat}", span=one.span)
            for number, one in enumerate(timeline.hears, 1)
        ),
        marks=tuple((_called(mark), mark.sample) for mark in timeline.marks),
        mix=_mix(episode, files),
    )


def _called(mark: TimelineMark) -> str:
    """A mark's name, with the title of the chapter that begins there."""
    return f"{mark.name}: {mark.chapter}" if mark.chapter else mark.name


def _mix(episode: Episode, files: Files) -> Item | None:
    media = files.keep("mix", "mix", episode.mix) if episode.mix is not None else None
    if media is None:
        return None
    start, length = Samples(0), Samples(media.samples)
    return Item(
        key="mix", name="mix", clip="mix", media=media, start=start, length=length, offset=start, volume=media.scale
    )


def _track_name(clip: Clip, script: Script) -> str:
    member = script.cast.get(clip.name) if clip.kind == "speech" else None
    return (member.name if member is not None else "") or clip.name


def _rooms(clips: tuple[Clip, ...], alone: Alone, files: Files) -> dict[str, RoomTrack]:
    """Every room that something is heard in and that gives anything back, in the order of its first clip."""
    found: dict[str, RoomTrack] = {}
    for room in dict.fromkeys(room for clip in clips for room in _through(clip) if room not in _OUTSIDE):
        whole = alone.response(room)
        direct = float(np.hypot(*whole[0].astype(float)))
        if direct == 0.0:
            continue
        # A track that is centred plays 1 / sqrt(2) of its source on either side.
        echoes = np.asarray(whole * np.sqrt(2.0) / direct, np.float32)
        echoes[0] = 0.0
        response = files.keep(("room", room), f"room_{room}", lambda made=echoes: iter((made,)), suffix=".wav")  # type: ignore[misc]
        if response is not None:
            found[room] = RoomTrack(key=room, name=f"room: {room}", response=response, gain=direct)
    return found


def _through(clip: Clip) -> _Rooms:
    """The rooms that a clip is in, one after the other."""
    return (clip.room, *clip.through)


def _tracks(
    stem: str, rows: Mapping[tuple[str, _Rooms], list[tuple[Clip, Item]]], rooms: Mapping[str, RoomTrack]
) -> Iterator[Track]:
    for (name, through), row in rows.items():
        lanes: list[list[tuple[Clip, Item]]] = []
        for clip, item in sorted(row, key=lambda one: one[1].start):
            free = next((lane for lane in lanes if lane[-1][1].end <= item.start), None)
            if free is None:
                lanes.append([(clip, item)])
            else:
                free.append((clip, item))
        heard_in = tuple(dict.fromkeys(room for room in through if room in rooms))
        called = f"{name} ({' to '.join(heard_in)})" if heard_in else name
        for number, lane in enumerate(lanes, 1):
            yield Track(
                key=repr((stem, name, through[0] if len(through) == 1 else through, number)),
                name=called if number == 1 else f"{called} {number}",
                volume=rooms[through[0]].gain if through[0] in rooms else 1.0,
                items=tuple(item for _, item in lane),
                rooms=heard_in,
                send=_send(lane) / math.sqrt(max(1, len(heard_in))),
            )


def _send(lane: list[tuple[Clip, Item]]) -> float:
    """What makes up, on the whole, for the distance that a room's diffuse field does not have."""
    gains = [float(distance_gain(float(np.mean([metres for _, metres in clip.distance.points])))) for clip, _ in lane]
    lengths = [item.length for _, item in lane]
    return float(1.0 / np.sqrt(np.average(np.square(gains), weights=lengths)))


def _ducked(curve: Curve | None, duration: int, rate_hz: int) -> Points:
    """A stem's curve as points; of one that has bands, their mean in decibels."""
    if curve is None:
        return ()
    fit, step, touched = Fit(), round(_BLOCK_S * rate_hz), False
    for low in range(0, duration, step):
        span = Span(Samples(low), Samples(min(low + step, duration)))
        gains = curve.gains(span.start, span.end)
        touched = touched or gains is not None
        if gains is None:
            fit.push(span.start, np.ones(span.length))
        else:
            wide = gains.reshape(span.length, -1).astype(float)
            fit.push(span.start, np.exp(np.log(np.maximum(wide, 1e-6)).mean(axis=1)))
    return fit.points() if touched else ()
