"""OpenTimelineIO: items on tracks, with what the format has no word for (gains, fades) as metadata."""

from __future__ import annotations

from typing import Any

from producer.session.extra import library as library_of
from producer.session.names import line
from producer.session.nouns import MIX_NAME, Item, Media, Session, Track


def library() -> Any:
    """The library that writes the format. Raises RenderError where the extra `session` is not installed."""
    return library_of("opentimelineio", "an OTIO timeline")


def text(session: Session) -> str:
    """The timeline as JSON. Raises RenderError where the extra `session` is not installed."""
    otio = library()

    def time(samples: int) -> Any:
        return otio.opentime.RationalTime(samples, session.rate_hz)

    def span(start: int, length: int) -> Any:
        return otio.opentime.TimeRange(time(start), time(length))

    def reference(media: Media) -> Any:
        return otio.schema.ExternalReference(media.file, span(0, media.samples))

    def clip(item: Item) -> Any:
        made = otio.schema.Clip(line(item.name), reference(item.media), span(item.offset, item.length))
        made.metadata["producer"] = {
            "clip": line(item.clip),
            "volume": item.volume,
            "envelope": [list(point) for point in item.envelope],
            "balance": item.pan,
            "balance_envelope": [list(point) for point in item.pan_envelope],
            "fade_in_samples": item.fade_in,
            "fade_out_samples": item.fade_out,
        }
        return made

    def track(bus: str, one: Track) -> Any:
        made = otio.schema.Track(line(one.name), kind=otio.schema.TrackKind.Audio)
        heard_in = [line(room) for room in one.rooms]
        made.metadata["producer"] = {"bus": bus, "volume": one.volume, "room": "".join(heard_in[:1]), "send": one.send}
        if len(heard_in) > 1:
            made.metadata["producer"]["rooms"] = heard_in
        at = 0
        for item in one.items:
            if item.start > at:
                made.append(otio.schema.Gap(source_range=span(0, item.start - at)))
            made.append(clip(item))
            at = item.end
        return made

    timeline = otio.schema.Timeline(line(session.title), global_start_time=time(0))
    timeline.metadata["producer"] = {
        "buses": [{"name": bus.key, "envelope": [list(point) for point in bus.envelope]} for bus in session.buses],
        "rooms": [{"name": line(one.key), "response": one.response.file} for one in session.rooms],
    }
    for bus in session.buses:
        timeline.tracks.extend([track(bus.key, one) for one in bus.tracks])
    if session.mix is not None:
        whole = track("", Track(key="mix", name=MIX_NAME, volume=1.0, items=(session.mix,)))
        whole.enabled = False  # as muted as the format has it
        timeline.tracks.append(whole)
    stretches = [(one.name, one.span.start, one.span.length) for one in (*session.scenes, *session.hears)]
    for name, start, length in (*stretches, *((name, sample, 0) for name, sample in session.marks)):
        timeline.tracks.markers.append(otio.schema.Marker(line(name), span(start, length)))
    return str(timeline.to_json_string()) + "\n"
