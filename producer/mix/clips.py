"""One clip as it is heard: source, treatment, fades, level, place, room, cut, in this order."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp import heads
from producer.dsp.envelopes import along, amplitude, fade
from producer.dsp.k_weighting import k_weighting
from producer.dsp.reverb import convolve
from producer.frozen import dataclass
from producer.later import signal
from producer.mix.answers import SIDE_DEG, Answer
from producer.mix.sources import Source, widened
from producer.mix.space import AIR_SETTLE_S, Inside, place, rings
from producer.mix.treatments import Chain, stretch_make_up
from producer.model.head import Head
from producer.model.timeline import Clip, Ramp

Floats = NDArray[np.float64]

WHOLE_S = 20.0
"""Speech and sounds up to this long are made in one piece; what is longer is made in stretches, as beds are."""
PROBE_S = 8.0
"""How much of a bed is heard out to level its treatment and its width."""
_STILL = 1.0, 1.0


@dataclass(frozen=True)
class Voiced:
    """A clip with all that it needs to be heard.

    A pure function of position: `read` cut anywhere gives the same samples.
    """

    clip: Clip
    source: Source
    treatment: Chain
    rooms: tuple[tuple[Answer | None, Ramp], ...]
    """Those that it is in, each with its share of the sound; none when it is dry."""
    rate_hz: int
    head: Head | None = None
    elsewhere: Voiced | None = None
    """The same clip where it stands at sample 0, which has heard what must be known of all of it."""

    @property
    def _facts(self) -> Voiced:
        return self if self.elsewhere is None else self.elsewhere

    @property
    def whole(self) -> bool:
        """Whether it is made in one piece (`made`), not in stretches (`stretch`)."""
        return self.clip.kind in ("speech", "sound") and self.clip.span.length <= WHOLE_S * self.rate_hz

    @property
    def forgets(self) -> bool:
        """Whether what is heard of it at a sample depends on that sample of its source alone."""
        still = not self.clip.distance.moves and self.clip.distance.first <= 1.0
        return still and not self.rooms and not self.treatment.steps and self.head is None

    @property
    def start(self) -> int:
        return self.clip.span.start

    @cached_property
    def end(self) -> int:
        """After this sample nothing of it is heard, echoes included."""
        last = self.clip.span.end + round(self.treatment.rings_s * self.rate_hz) + self._memory
        return last if self.clip.cut is None else max(self.start, min(last, self.clip.cut.end))

    @cached_property
    def _memory(self) -> int:
        return rings([(room, 1.0) for room, _ in self.rooms], self.head)

    def made(self) -> Audio:
        """All of it, from `start`, shape (end - start, 2)."""
        dry = self.source.read(self.start, self.clip.span.end)
        powers = _width_powers(dry, self.rate_hz) if self._narrows else _STILL
        return self._heard(self.treatment.whole(dry, self.rate_hz), self.start, powers)[: self.end - self.start]

    def stretch(self, start: int, stop: int) -> Audio:
        """Samples [start, stop), shape (stop - start, 2)."""
        before, after = self._memory, 0 if self.head is None else heads.ahead(self.head)
        if self.clip.distance.moves or self.clip.distance.first > 1.0:
            before += round(AIR_SETTLE_S * self.rate_hz)
        treated, gain = self._treated(start - before, stop + after)
        return self._heard(treated, start - before, self._facts._powers, gain)[before : before + stop - start]

    def _treated(self, start: int, stop: int) -> tuple[Audio, float]:
        """What is not to be written to, and the gain that is still to be applied to it."""
        if not self.treatment.steps:
            return self.source.plain(start, stop)
        before = round(self.treatment.before_s * self.rate_hz)
        after = round(self.treatment.after_s * self.rate_hz)
        dry = self.source.read(start - before, stop + after)
        # Counted from its own start: what wavers in a treatment does not depend on where the clip stands.
        made = self.treatment.stretch(dry, self.rate_hz, start - before - self.start)[before : before + stop - start]
        return made, self._facts._make_up

    @property
    def _narrows(self) -> bool:
        return self.source.channels == 2 and (self.clip.width.moves or self.clip.width.first != 100.0)

    @property
    def _probe(self) -> Audio:
        return self.source.read(self.start, min(self.clip.span.end, self.start + round(PROBE_S * self.rate_hz)))

    @cached_property
    def _make_up(self) -> float:
        return stretch_make_up(self.treatment, self._probe, self.rate_hz)

    @cached_property
    def _powers(self) -> tuple[float, float]:
        return _width_powers(self._probe, self.rate_hz) if self._narrows else _STILL

    @cached_property
    def _sides(self) -> float:
        """The gain that keeps the sides of a stereo sound as loud as they were, through a head; at most +12 dB."""
        if self.head is None or self.source.channels == 1:
            return 1.0
        probe = self._probe
        side = (probe[:, :1] - probe[:, 1:]) * np.float32(0.5)
        was, through = (_power(one, self.rate_hz) for one in (side, convolve(side, heads.sides(self.head))))
        return min(4.0, float(np.sqrt(was / through))) if through > 0.0 else 1.0

    @cached_property
    def _turned(self) -> Floats | None:
        """The gains on a mono sound that keep it as loud at every side of a head; None where it is in the middle."""
        if self.head is None or self.source.channels == 2 or not (self.clip.pan.moves or self.clip.pan.first):
            return None
        return heads.levels(self.head, self._probe)

    def _heard(self, treated: Audio, start: int, powers: tuple[float, float], gain: float = 1.0) -> Audio:
        clip, stop = self.clip, start + len(treated)
        if self._narrows:
            treated = widened(treated, along(clip.width, start, stop, self.rate_hz), powers)
        faded = self._fades(start, stop)
        level = gain * amplitude(along(clip.level, start, stop, self.rate_hz))
        if faded is not None:
            level = level * faded
        pan = along(clip.pan, start, stop, self.rate_hz)
        turned = self._facts._turned
        if turned is not None and self.head is not None:
            level = level * np.interp(np.asarray(pan) * (SIDE_DEG / 100.0), self.head.azimuths_deg, turned)
        metres = along(clip.distance, start, stop, self.rate_hz)
        rooms: Inside = [(room, along(share, start, stop, self.rate_hz)) for room, share in self.rooms]
        sides = self._facts._sides if self.head else 1.0
        made = place(treated, pan, metres, rooms, self.rate_hz, self.head, sides=sides, gain=level)
        if clip.cut is not None:
            kept = fade(start, start + len(made), out=(clip.cut.start, max(1, clip.cut.length)), shape="cosine")
            if kept is not None:
                made *= _column(kept)
        return made

    def _fades(self, start: int, stop: int) -> Floats | None:
        clip = self.clip
        into = (clip.span.start, clip.fade_in) if clip.fade_in else None
        out = (clip.span.end - clip.fade_out, clip.fade_out) if clip.fade_out else None
        return fade(start, stop, into=into, out=out, shape="power" if clip.kind in ("bed", "music") else "cosine")


def _column(values: Floats | float) -> NDArray[np.float32]:
    return np.asarray(values, np.float32).reshape(-1, 1)


def _power(audio: Audio, rate_hz: int) -> float:
    """K-weighted energy of a mono sound."""
    return float(np.square(signal.sosfilt(k_weighting(rate_hz), audio[:, 0].astype(float))).sum())


def _width_powers(audio: Audio, rate_hz: int) -> tuple[float, float]:
    """K-weighted powers of the middle and of the sides of a stereo sound."""
    left, right = signal.sosfilt(k_weighting(rate_hz), np.ascontiguousarray(audio.T, float), axis=1)
    return float(np.square(left + right).mean() / 4.0), float(np.square(left - right).mean() / 4.0)
