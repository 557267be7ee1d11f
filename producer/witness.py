"""What an episode should sound like, taken down while it is mixed; the audit holds what was delivered against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from producer.audio import Audio
from producer.audit.cells import Whole
from producer.audit.clips import ClipsTaken
from producer.audit.levels import Powers
from producer.audit.reference import Margin, Reference, relation
from producer.audit.rows import MEMORY, Room
from producer.audit.tap import BusMeter, ClipCells, Tap
from producer.dsp.grid import frame_samples
from producer.mix.margin import LineMargin
from producer.model.timeline import Clip, Timeline
from producer.units import Span


class PartWitness:
    """Takes down what a part of an episode sounds like while it is mixed; times are counted from its start.

    Give `tap` to the mixer and `push` it the beds and music of the part, as far down as the margin has them.
    """

    def __init__(self, rate_hz: int) -> None:
        self.tap = Tap(rate_hz)
        self._buses = BusMeter(rate_hz)
        self._clips: dict[str, ClipCells] | None = None
        self._turned: dict[str, Powers] | None = None

    def push(self, beds: Audio, music: Audio) -> None:
        """All of the part's beds and music."""
        self._buses.push(beds, music)

    @property
    def clips(self) -> dict[str, ClipCells]:
        """What each clip sounds like by itself."""
        return self.tap.clips() if self._clips is None else self._clips

    @property
    def turned_down(self) -> dict[str, Powers]:
        """How loud beds and music are, in coarse frames."""
        return {bus: self._buses.powers(bus) for bus in ("beds", "music")} if self._turned is None else self._turned

    def facts(self, clips: Sequence[Clip]) -> list[list[int]]:
        """With `arrays`, what is known: clips by their number among `clips`."""
        number = {clip.id: index for index, clip in enumerate(clips)}
        return [[number[name], one.first, one.step] for name, one in self.clips.items()]

    def arrays(self) -> dict[str, Powers]:
        """What is known, see `facts`."""
        heard = {f"clip {at}": one.powers for at, one in enumerate(self.clips.values())}
        return heard | {f"bus {bus}": powers for bus, powers in self.turned_down.items()}

    @classmethod
    def known(
        cls, rate_hz: int, facts: Sequence[Sequence[int]], arrays: Mapping[str, Powers], clips: Sequence[Clip]
    ) -> PartWitness:
        """What `facts` and `arrays` took down."""
        made = cls(rate_hz)
        made._clips = {
            clips[number].id: ClipCells(first, step, arrays[f"clip {at}"])
            for at, (number, first, step) in enumerate(facts)
        }
        made._turned = {bus: arrays[f"bus {bus}"] for bus in ("beds", "music")}
        return made


class Witness:
    """Knows what each mix of an episode should sound like, from what was taken down of its parts."""

    def __init__(self, timeline: Timeline, room: Room = MEMORY) -> None:
        """`room` makes the file that powers wait in."""
        self._frame = frame_samples(timeline.rate_hz)
        buses = {clip.id: (_BUS[clip.kind], clip.duck is False) for clip in timeline.clips}
        self._taken = ClipsTaken(buses, room)

    def push(self, core: Span, part: PartWitness) -> None:
        """The next part."""
        clips = {
            name: ClipCells(core.start // (self._frame * one.step) + one.first, one.step, one.powers)
            for name, one in part.clips.items()
        }
        self._taken.add(-(-core.length // self._frame), clips, part.turned_down)

    def reference(
        self,
        seen: Whole,
        margins: Iterable[LineMargin],
        profile: str,
        mix: str = "standard",
        bus_gain_db: Mapping[str, float] | None = None,
    ) -> Reference:
        """How this mix should sound.

        Args:
            seen: what went into the encoder.
            bus_gain_db: what this mix gives each bus beyond the standard one, where that is not 0; -inf for one that
                it leaves out.
        """
        return Reference(
            rate_hz=seen.rate_hz,
            samples=seen.samples,
            profile=profile,
            mix=mix,
            cell_codes=seen.cell_codes,
            outline_codes=seen.moment_codes,
            channels=relation(seen),
            clips=self._taken.clips(bus_gain_db),
            margins={
                one.clip: Margin(
                    beds_lu=_finite(one.over_beds_lu),
                    music_lu=_finite(one.over_music_lu),
                    asked_beds_lu=one.asked_beds_lu,
                    asked_music_lu=one.asked_music_lu,
                )
                for one in margins
                if isfinite(one.speech_lufs)
            },
        )


_BUS = {"speech": "speech", "sound": "sounds", "bed": "beds", "music": "music"}


def _finite(value: float) -> float | None:
    return round(value, 2) if isfinite(value) else None
