"""What an episode should sound like, taken down while it is mixed; the audit holds what was delivered against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np

from producer.audio import Audio
from producer.audit.cells import Whole
from producer.audit.clips import ClipsTaken
from producer.audit.compared import Compared
from producer.audit.laid import RULED, Buses, Laid, laid
from producer.audit.levels import Powers
from producer.audit.reference import NOT_LIMITED, Limited, Margin, Reference, relation
from producer.audit.rows import MEMORY, Room
from producer.audit.tap import BusMeter, ClipCells, Tap
from producer.cache import key
from producer.dsp.grid import frame_samples
from producer.mix.margin import LineMargin
from producer.model.timeline import Clip, Timeline
from producer.units import Span

_TOLD_DB = 0.1
"""Less than this the limiter takes off most lines."""


class PartWitness:
    """Takes down what a part of an episode sounds like while it is mixed; times are counted from its start.

    Give `tap` to the mixer and `push` it the beds and music of the part, as far down as the margin has them.
    """

    def __init__(self, rate_hz: int) -> None:
        self.tap = Tap(rate_hz)
        self._buses = BusMeter(rate_hz)
        self._laid: Laid | None = None
        self._rate_hz = rate_hz

    def push(self, beds: Audio, music: Audio) -> None:
        """All of the part's beds and music."""
        self._buses.push(beds, music)

    @property
    def clips(self) -> dict[str, ClipCells]:
        """What each clip sounds like by itself."""
        return self.tap.clips() if self._laid is None else self._laid.cells()

    @property
    def turned_down(self) -> Mapping[str, Powers]:
        """How loud beds and music are, in coarse frames."""
        return {bus: self._buses.powers(bus) for bus in RULED} if self._laid is None else self._laid.turned_down

    @property
    def kept(self) -> Laid | None:
        """All of it, where it was known before."""
        return self._laid

    def laid(self, clips: Sequence[Clip], samples: int) -> Laid:
        """What is known of the clips of the part, which is so long; `clips` are all that can be heard in it."""
        frames = -(-samples // frame_samples(self._rate_hz))
        return laid(self.clips, self.turned_down, _buses(clips), frames) if self._laid is None else self._laid

    @classmethod
    def known(cls, rate_hz: int, what: Laid) -> PartWitness:
        """Of what was known of the clips of a part."""
        made = cls(rate_hz)
        made._laid = what
        return made


class Witness:
    """Knows what each mix of an episode should sound like, from what was taken down of its parts."""

    def __init__(self, timeline: Timeline, room: Room = MEMORY) -> None:
        """`room` makes the file that powers wait in."""
        self._frame = frame_samples(timeline.rate_hz)
        self._taken = ClipsTaken(_buses(timeline.clips), room)

    def push(self, core: Span, part: PartWitness) -> None:
        """The next part."""
        frames = -(-core.length // self._frame)
        if part.kept is not None:
            self._taken.lay(frames, part.kept)
        else:
            clips = {name: one.moved(core.start // self._frame) for name, one in part.clips.items()}
            self._taken.add(frames, clips, part.turned_down)

    def own(self, spans: Mapping[str, Span]) -> dict[str, Powers]:
        """How powerful clips are by themselves, frame by frame, from the one in which the span begins that is asked."""
        clips, frame = self._taken.clips(), self._frame
        return {
            name: clips.own(clips.placed[name], span.start // frame, -(-span.end // frame)).sum(axis=1)
            if name in clips.placed
            else np.zeros(0, np.float32)
            for name, span in spans.items()
        }

    def reference(
        self,
        seen: Whole,
        margins: Iterable[LineMargin],
        profile: str,
        mix: str = "standard",
        bus_gain_db: Mapping[str, float] | None = None,
        compared: Compared | None = None,
        limited: Limited = NOT_LIMITED,
    ) -> Reference:
        """How this mix should sound.

        Args:
            seen: what went into the encoder.
            bus_gain_db: what this mix gives each bus beyond the standard one, where that is not 0; -inf for one that
                it leaves out.
            compared: `seen` with what came out of the encoder, part by part, where it was.
            limited: what the limiter took off lines.
        """
        clips = self._taken.clips(bus_gain_db)
        names = () if compared is None else zip(clips.marks, compared.names, strict=True)
        return Reference(
            rate_hz=seen.rate_hz,
            samples=seen.samples,
            profile=profile,
            mix=mix,
            cell_codes=seen.cell_codes,
            outline_codes=seen.moment_codes,
            channels=relation(seen) if compared is None else compared.planned,
            clips=clips,
            names=tuple(mark and key(mark, name) for mark, name in names),
            margins={
                one.clip: Margin(
                    beds_lu=_finite(one.over_beds_lu),
                    music_lu=_finite(one.over_music_lu),
                    asked_beds_lu=one.asked_beds_lu,
                    asked_music_lu=one.asked_music_lu,
                    freed_lu=_finite(one.over_freed_lu),
                )
                for one in margins
                if isfinite(one.speech_lufs)
            },
            limited=replace(
                limited, off_db={name: round(db, 1) for name, db in limited.off_db.items() if db >= _TOLD_DB}
            ),
        )


_BUS = {"speech": "speech", "sound": "sounds", "bed": "beds", "music": "music"}


def _buses(clips: Iterable[Clip]) -> Buses:
    return {clip.id: (_BUS[clip.kind], clip.duck is False) for clip in clips}


def _finite(value: float) -> float | None:
    return round(value, 2) if isfinite(value) else None
