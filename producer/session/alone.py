"""What the mixer does to one clip, asked of the mixer itself.

A clip that is mixed alone, level and centred, is its sound as a DAW should have it: treated, at its distance. A clip
whose sound is replaced by a steady 1 comes out as its gain curve: level, fades, pan and cut, whatever their laws are.
So a session knows nothing of how the mix is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from producer.audio import Audio
from producer.errors import Place
from producer.mix.doppler import doppler
from producer.mix.mixer import Mixer
from producer.model.sound import BedSource, Measured, Origin, Palette, SettingsAt, Sound, SoundRef
from producer.model.timeline import Clip, Part, Ramp
from producer.model.voice import Phrase, Take
from producer.session.nouns import Episode
from producer.units import DIALOGUE_LUFS, Samples, Span

BLOCK_S = 5.0
_AIR_S = 0.05
"""What the air does to a sound is over this long after it."""
TAIL_MOST_S = 30.0
"""A treatment that rings longer than this after its clip is cut off here."""


def is_printed(clip: Clip) -> bool:
    """Whether `clip` is one file of its own; else each of its parts is an item on a shared source."""
    goes_on = clip.kind in ("bed", "music") and not clip.strikes
    colours = clip.treat not in ("", "none") or clip.width.moves or clip.width.first != 100.0
    return goes_on or colours


class Alone:
    """Asks a mixer about one clip at a time."""

    def __init__(self, episode: Episode) -> None:
        self._episode = episode
        self._rate_hz = episode.timeline.rate_hz
        self._steady: Palette = _Steady(episode.palette, episode.palette.rate_hz)
        self._steady_takes = {key: _steady_take(take) for key, take in episode.takes.items()}

    def clip(self, clip: Clip) -> Iterator[Audio]:
        """The whole of a printed clip from its start on, in blocks of shape (n, 2), its treatment's echoes included."""
        yield from self._until_silent(_plain(clip))

    def source(self, clip: Clip, part: Part) -> Part:
        """What a part's file holds, where it stands: all of its sound.

        Of a sound that is bent, what is heard of the part and no more: all else would be bent to elsewhere.
        """
        if not self._bends(clip):
            start, length = Samples(part.start - part.skip), Samples(self.length(clip, part))
            return replace(part, start=start, length=length, skip=Samples(0), gain_db=0.0)
        heard = Span(part.start, Samples(part.start + part.length)).within(clip.span)
        skip = Samples(part.skip + heard.start - part.start)
        return replace(part, start=heard.start, length=heard.length, skip=skip, gain_db=0.0)

    def part(self, clip: Clip, part: Part) -> Iterator[Audio]:
        """A part's file, at the clip's distance, in blocks of shape (n, 2).

        Of a clip that moves, the part as it is where it stands; else it is the same wherever it stands.
        """
        source = self.source(clip, part)
        span = Span(source.start, Samples(source.start + source.length + round(_AIR_S * self._rate_hz)))
        alone = replace(_plain(clip), span=span, parts=(source,), hit=source.hit)
        yield from self._until_silent(alone.shifted(-source.start))

    def length(self, clip: Clip, part: Part) -> int:
        """Samples of a part's whole source."""
        if part.sound is not None:
            return self._episode.palette.measure(part.sound).length
        return self._episode.takes[clip.line, clip.voice].phrases[part.phrase].length

    def gains(self, clip: Clip, span: Span, part: Part | None = None) -> Iterator[tuple[int, Audio]]:
        """(sample, left and right gain from there on, shape (n, 2)) over `span`, beside the sound level and centred.

        Args:
            part: whose gain it is; without one, that of the whole clip.
        """
        made = replace(
            _outside(clip),
            kind="sound" if clip.kind == "speech" else clip.kind,
            distance=Ramp.still(1.0),
            width=Ramp.still(100.0),
            treat="none",
        )
        # One steady sound for all of it. Without a fade at its end, what it rings on with is as loud as it was.
        end = clip.span.end if clip.fade_out else max(clip.span.end, span.end)
        first, gain_db = (clip.span.start, 0.0) if part is None else (part.start, part.gain_db)
        length = Samples(end - first)
        sound = SoundRef(role=_STEADY, length_s=float(length))
        steady = Part(start=first, length=length, hit=clip.hit, sound=sound, gain_db=gain_db)
        beyond = replace(made, span=Span(clip.span.start, Samples(end)), parts=(steady,) if clip.parts else ())
        own = span.start
        if part is not None:
            # What eases a part that is cut into is in its file where it is bent.
            own = span.start if self._bends(clip) else min(span.end, Samples(part.start + part.length))
            yield from self._curve(replace(made, parts=(part,)), span.start, own)
        yield from self._curve(beyond, own, span.end)

    def _bends(self, clip: Clip) -> bool:
        return clip.kind == "sound" and doppler(clip.distance, self._rate_hz) is not None

    def _curve(self, clip: Clip, start: int, end: int) -> Iterator[tuple[int, Audio]]:
        for low, block in self._blocks(clip, start, end, steady=True):
            yield low, block * np.float32(np.sqrt(2.0))

    def response(self, room: str) -> Audio:
        """What a room gives for one sample of 1, level and centred, at 1 m: shape (n, 2), the direct sound first."""
        part = Part(start=Samples(0), length=Samples(1), hit=Samples(0), sound=SoundRef(role=_STEADY, length_s=1.0))
        still = Ramp.still(0.0)
        one = Clip(
            id="response",
            kind="sound",
            name=_STEADY,
            scene="",
            span=Span(Samples(0), Samples(1)),
            place=Place(""),
            hit=Samples(0),
            level=still,
            pan=still,
            distance=Ramp.still(1.0),
            room=room,
            parts=(part,),
        )
        blocks = [block for _, block in self._blocks(one, 0, round(TAIL_MOST_S * self._rate_hz), steady=True)]
        made = np.concatenate(blocks)
        heard = np.flatnonzero(made.any(axis=1))
        return made[: int(heard[-1]) + 1] if len(heard) else made[:1]

    def _until_silent(self, clip: Clip) -> Iterator[Audio]:
        """All of `clip`, and what it rings on with where something may make it ring."""
        may_ring = clip.treat not in ("", "none") or clip.distance.moves
        end = max(clip.span.end, self._episode.timeline.duration) if may_ring else clip.span.end
        most = min(end, clip.span.end + round(TAIL_MOST_S * self._rate_hz))
        for start, block in self._blocks(clip, clip.span.start, most, steady=False):
            if start >= clip.span.end and not block.any():
                return
            yield block

    def _blocks(self, clip: Clip, start: int, end: int, *, steady: bool) -> Iterator[tuple[int, Audio]]:
        if start >= end:
            return
        palette: Palette = self._steady if steady else self._episode.palette
        timeline = replace(self._episode.timeline, duration=Samples(end), clips=(clip,), hears=())
        mixer = Mixer(
            timeline,
            self._episode.script,
            self._steady_takes if steady else self._episode.takes,
            palette,
            impulses=self._episode.impulses,
        )
        step = round(BLOCK_S * self._rate_hz)
        for low in range(start, end, step):
            yield low, mixer.block(Span(Samples(low), Samples(min(low + step, end)))).sum()


def _plain(clip: Clip) -> Clip:
    """`clip` level, centred, unfaded and in no room; of its own kind, for fast sounds are bent, voices not."""
    return replace(
        _outside(clip),
        level=Ramp.still(0.0),
        pan=Ramp.still(0.0),
        fade_in=Samples(0),
        fade_out=Samples(0),
        cut=None,
    )


def _outside(clip: Clip) -> Clip:
    """`clip` in no room."""
    return replace(clip, room="none", through=())


_STEADY = "\0steady"


def _ones(samples: int) -> Audio:
    """A steady 1, which takes no memory. Read-only."""
    return np.broadcast_to(np.float32(1.0), (samples, 1))


def _steady_take(take: Take) -> Take:
    phrases = tuple(Phrase(_ones(phrase.length), ()) for phrase in take.phrases)
    return Take(phrases=phrases, source={}, wpm=take.wpm)


@dataclass(slots=True)
class _SteadyBed:
    length: int | None = None
    channels: int = 1
    loudness_lufs: float = DIALOGUE_LUFS

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        return _ones(stop - start)


@dataclass(slots=True)
class _Steady:
    """A palette whose every sound is a steady 1, hits as long as the real ones and beds without an end."""

    palette: Palette
    rate_hz: int

    def sound(self, role: str) -> Sound:
        return self.palette.sound(role)

    def measure(self, ref: SoundRef) -> Measured:
        return Measured(length=self._length(ref), onset=0, loudness_lufs=DIALOGUE_LUFS, channels=1)

    def audio(self, ref: SoundRef) -> Audio:
        return _ones(self._length(ref))

    def _length(self, ref: SoundRef) -> int:
        return round(ref.length_s or 0.0) if ref.role == _STEADY else self.palette.measure(ref).length

    def bed(
        self,
        role: str,
        seed: str,
        settings: tuple[tuple[str, float], ...] = (),
        *,
        loop: bool = False,
        pitch_cents: float = 0.0,
        speed: float = 1.0,
    ) -> BedSource:
        return _SteadyBed()

    def bed_member(self, role: str, seed: str) -> int:
        return self.palette.bed_member(role, seed)

    def origin(self, role: str, member: int = 0) -> Origin:
        return self.palette.origin(role, member)
