"""The items of one clip: where its sources are heard, and their gains as volume, balance, fades and envelopes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from producer.audio import Audio
from producer.model.timeline import Clip, Part
from producer.session.alone import Alone, is_printed
from producer.session.curves import TOLERANCE, Fit, Floats, balance, flat, slope
from producer.session.media import Files
from producer.session.nouns import Episode, Item, Media, Points
from producer.units import Samples, Span, gain

_LONGEST_EASE_SAMPLES = 2400
_SILENT = 1e-7


def items(clip: Clip, episode: Episode, alone: Alone, files: Files) -> Iterator[Item]:
    """What stands for `clip` in a session, in order; nothing for what cannot be heard."""
    if is_printed(clip):
        yield from _printed(clip, episode, alone, files)
        return
    for number, part in enumerate(clip.parts, 1):
        sound = part.sound or (clip.line, clip.voice, part.phrase)
        key = (sound, (clip.id, number) if clip.distance.moves else clip.distance.first)
        label = part.sound.role if part.sound else f"{clip.name}_{clip.line}_{part.phrase + 1}"
        most = _most(clip, part.gain_db)
        media = files.keep(key, label, lambda part=part: alone.part(clip, part), gain=most)  # type: ignore[misc]
        if media is None:
            continue
        source = alone.source(clip, part)
        end, last = part.start + part.length, source.start + media.samples
        # Of a part that is heard to its end, what the air leaves over that is heard, too.
        end = last if end >= source.start + source.length else min(end, last)
        heard = Span(part.start, Samples(max(part.start, end)))
        span = _inside(clip, heard, episode)
        if span.length:
            many = len(clip.parts) > 1
            yield from _item(
                clip,
                media,
                span,
                source.start,
                f"{clip.id}/{number}",
                _words(clip, part) or (f"{clip.id} {number}" if many else clip.id),
                alone.gains(clip, span, part),
            )


def _printed(clip: Clip, episode: Episode, alone: Alone, files: Files) -> Iterator[Item]:
    media = files.keep(("clip", clip.id), f"{clip.name}_{clip.id}", lambda: alone.clip(clip), gain=_most(clip))
    if media is None:
        return
    heard = Span(clip.span.start, Samples(clip.span.start + media.samples))
    whole = _inside(clip, heard, episode, rings=not clip.fade_out)
    # A line's phrases are items of their own on the one file; what rings on of one is heard to where the next begins.
    spoken = [part for part in clip.parts if clip.kind == "speech" and whole.start < part.start < whole.end]
    edges = sorted({whole.start, whole.end, *(part.start for part in spoken)})
    for number, (start, end) in enumerate(itertools.pairwise(edges), 1):
        span = Span(Samples(start), Samples(end))
        part = next((one for one in clip.parts if one.start == start), None)
        name = (_words(clip, part) if part is not None else "") or clip.id
        yield from _item(
            clip, media, span, clip.span.start, f"{clip.id}/{number}", name, alone.gains(clip, span), printed=True
        )


def _most(clip: Clip, more_db: float = 0.0) -> float:
    """The highest gain that `clip` asks for."""
    return gain(max(level for _, level in clip.level.points) + more_db)


def _inside(clip: Clip, span: Span, episode: Episode, *, rings: bool = False) -> Span:
    """What of `span` can be heard: within the clip (or beyond it, where it `rings`), its cut and the episode."""
    ends = [episode.timeline.duration, *(() if rings else (clip.span.end,)), *((clip.cut.end,) if clip.cut else ())]
    return span.within(Span(clip.span.start, Samples(max(clip.span.start, min(ends)))))


def _words(clip: Clip, part: Part | None) -> str:
    """What is said in a part of a line, as far as the line's words tell."""
    if part is None or clip.kind != "speech":
        return ""
    said, at = "", 0
    for word in clip.words:
        begins = max(at, clip.text.find(word.text, at))
        if part.start <= word.start < part.start + part.length:
            # Words that a dash alone parts are close together in the text, too.
            said += word.text if at and begins == at else f" {word.text}"
        at = begins + len(word.text)
    return said.strip()


def _item(
    clip: Clip,
    media: Media,
    span: Span,
    source_start: int,
    key: str,
    name: str,
    gains: Iterator[tuple[int, Audio]],
    *,
    printed: bool = False,
) -> Iterator[Item]:
    """The item over `span` of a source that begins at timeline sample `source_start`."""
    curve = _Curve(clip, span, printed)
    for start, block in gains:
        curve.push(start - span.start, block)
    if curve.loudest <= _SILENT:
        return
    envelope, pan_envelope = curve.envelope(), curve.balance.points()
    middle = curve.pan_at_loudest
    still = flat(pan_envelope, middle, TOLERANCE / curve.loudest)
    yield Item(
        key=key,
        name=name,
        clip=clip.id,
        media=media,
        start=span.start,
        length=span.length,
        offset=Samples(span.start - source_start),
        volume=curve.loudest * media.scale,
        envelope=envelope,
        pan=middle if still else 0.0,
        pan_envelope=() if still else pan_envelope,
        fade_in=Samples(curve.fade_in),
        fade_out=Samples(curve.fade_out),
    )


class _Curve:
    """An item's gain, split into a volume, two straight fades, and what is left of it as an envelope."""

    def __init__(self, clip: Clip, span: Span, printed: bool) -> None:
        self.balance = Fit()
        self.loudest = 0.0
        self.pan_at_loudest = 0.0
        self._volume = Fit()
        self._length = span.length
        self.fade_in = min(clip.fade_in, span.length) if span.start == clip.span.start else 0
        self.fade_out = 0
        if clip.cut is not None and span.end == clip.cut.end:
            self.fade_out = min(clip.cut.length, span.length)
        elif span.end == clip.span.end:
            self.fade_out = min(clip.fade_out, span.length)
        self.fade_out = min(self.fade_out, span.length - self.fade_in)
        self._ease = not printed

    def push(self, start: int, gains: Audio) -> None:
        volume, side = balance(gains)
        if self._ease and not start and len(volume) == self._length:
            self._eases(volume)
        straight = slope(start, len(volume), self._length, self.fade_in, self.fade_out)
        loudest = int(volume.argmax())
        if volume[loudest] > self.loudest:
            self.loudest, self.pan_at_loudest = float(volume[loudest]), float(side[loudest])
        # Where the straight fade is next to nothing, what it is multiplied by does not matter.
        left = np.divide(volume, straight, out=np.full(len(volume), np.nan), where=straight > TOLERANCE)
        self._volume.push(start, _filled(left), straight)
        self.balance.push(start, side, volume)

    def envelope(self) -> Points:
        points = self._volume.points(1.0 / self.loudest)
        return () if flat(points, 1.0, TOLERANCE / self.loudest) else points

    def _eases(self, volume: Floats) -> None:
        """A part that is cut into is eased by the mix: those few milliseconds are fades, too."""
        most = min(len(volume), _LONGEST_EASE_SAMPLES)
        top = float(volume.max())
        if not self.fade_in and volume[0] < 0.1 * top:
            self.fade_in = _first_still(volume[:most])
        if not self.fade_out and volume[-1] < 0.1 * top:
            self.fade_out = _first_still(volume[::-1][:most])


def _first_still(rising: Floats) -> int:
    """Where a curve that rises from nothing first stands still, or 0 when it does not."""
    stands = np.flatnonzero(np.diff(rising) <= 0.0)
    return int(stands[0]) + 1 if len(stands) else 0


def _filled(values: Floats) -> Floats:
    """`values` with the nearest known one where one is unknown."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return np.zeros_like(values)
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]), np.float64)
