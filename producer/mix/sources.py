"""What a clip is made of, before anything is done to it: readable from anywhere, at dialogue loudness."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono, as_stereo, silence
from producer.dsp.fractional import between, kernel
from producer.mix.doppler import doppler
from producer.model.sound import BedSource, Palette, SettingsAt
from producer.model.timeline import Clip, Part
from producer.model.voice import Take
from producer.units import DIALOGUE_LUFS, gain

Floats = NDArray[np.float64]

_DECLICK_S = 0.003
"""A part that begins inside its sound, or stops before that has ended, is eased over this time."""

_LOBES = 16
"""Zero crossings on either side of the kernel that reads a bent sound: flat to 0.8 of the band."""

_HALF_POWER = np.float32(np.sqrt(0.5))


class Source(Protocol):
    """A clip's own sound. Positions are timeline samples; outside the clip's span there is silence."""

    @property
    def channels(self) -> int: ...

    def read(self, start: int, stop: int) -> Audio:
        """Samples [start, stop), shape (stop - start, channels); the same for a position however it is cut."""
        ...

    def plain(self, start: int, stop: int) -> tuple[Audio, float]:
        """What `read` gives, not to be written to, and the gain that is still to be applied to it."""
        ...


class Parts:
    """A line's phrases, a sound's hits, a walk's steps: each part at its own loudness, added up.

    Where a sound moves fast its parts are bent (`mix.doppler`), each around its own hit, which so stays where it was
    asked. A voice is not bent: its words stay on their samples.
    """

    def __init__(self, clip: Clip, palette: Palette, take: Take | None, rate_hz: int) -> None:
        self._clip = clip
        self._palette = palette
        self._take = take
        self._ease = max(1, round(_DECLICK_S * rate_hz))
        self._doppler = doppler(clip.distance, rate_hz) if clip.kind == "sound" else None

    @cached_property
    def channels(self) -> int:
        """2 when one of the parts is stereo."""
        measured = [self._palette.measure(part.sound).channels for part in self._clip.parts if part.sound is not None]
        return max(measured, default=1)

    def read(self, start: int, stop: int) -> Audio:
        made = silence(stop - start, self.channels)
        for part in self._clip.parts:
            end = min(part.start + part.length, self._clip.span.end)
            low, high = max(start, part.start, self._clip.span.start), min(stop, end)
            if low >= high:
                continue
            audio, level = self._sound(part)
            if self._doppler is None:
                high = min(high, part.start + len(audio) - part.skip)
            if low >= high or level == 0.0:
                continue
            piece = self._piece(audio, part, low, high) * np.float32(level)
            last = end if self._doppler is not None else min(end, part.start + len(audio))
            eased = self._eased(part, last, len(audio), low, high)
            if eased is not None:
                piece *= eased.astype(np.float32)[:, None]
            if piece.shape[1] < self.channels:
                piece = as_stereo(piece) * _HALF_POWER  # a mono take among stereo ones is as loud as it is alone
            made[low - start : high - start] += piece
        return made

    def plain(self, start: int, stop: int) -> tuple[Audio, float]:
        """As `read`: each part is at its own gain already."""
        return self.read(start, stop), 1.0

    def _sound(self, part: Part) -> tuple[Audio, float]:
        if part.sound is None:
            if self._take is None:
                raise KeyError(f"clip {self._clip.id} speaks, but there is no take of it")
            return self._take.phrases[part.phrase].audio, gain(part.gain_db)
        measured = self._palette.measure(part.sound)
        if not np.isfinite(measured.loudness_lufs):
            return self._palette.audio(part.sound), 0.0
        return self._palette.audio(part.sound), gain(DIALOGUE_LUFS - measured.loudness_lufs + part.gain_db)

    def _piece(self, audio: Audio, part: Part, low: int, high: int) -> Audio:
        if self._doppler is None:
            return audio[low - part.start + part.skip : high - part.start + part.skip]
        return between(audio, self._own(part, np.arange(low, high, dtype=float)), kernel(1.0, _LOBES))

    def _own(self, part: Part, at: Floats) -> Floats:
        """The part's own samples that are heard at timeline samples `at`."""
        own = at - (part.start - part.skip)
        if self._doppler is None:
            return own
        return own - (self._doppler.late(at) - self._doppler.late(np.array(float(part.hit))))

    def _eased(self, part: Part, end: int, own_length: int, low: int, high: int) -> Floats | None:
        """Gain that takes the click off a part that is cut into, or None for one that is whole."""
        first = max(part.start, self._clip.span.start)
        own_first, own_end = self._own(part, np.array([first, end], float))
        begun, broken = own_first > 0.5, own_end < own_length - 0.5
        if not (begun or broken):
            return None
        at = np.arange(low, high) + 0.5
        rising = np.clip((at - first) / self._ease, 0.0, 1.0) if begun else np.ones(len(at))
        falling = np.clip((end - at) / self._ease, 0.0, 1.0) if broken else np.ones(len(at))
        return np.square(np.sin(0.5 * np.pi * rising * falling))


class Running:
    """A bed or music: read from its own beginning on, its settings ridden. One that has an end is silent after it."""

    def __init__(self, clip: Clip, palette: Palette, rate_hz: int) -> None:
        self._clip = clip
        self._palette = palette
        self._rate_hz = rate_hz
        self._settings: SettingsAt | None = self._ridden if clip.rides else None

    @cached_property
    def _bed(self) -> BedSource:
        clip = self._clip
        return self._palette.bed(
            clip.name,
            clip.bed_seed,
            clip.bed_settings,
            loop=clip.loop,
            pitch_cents=clip.pitch_cents,
            speed=clip.speed,
        )

    @cached_property
    def _gain(self) -> float:
        known = np.isfinite(self._bed.loudness_lufs)
        return gain(DIALOGUE_LUFS - self._bed.loudness_lufs) if known else 0.0

    def ready(self) -> None:
        """Find out what must be known of the bed before any of it is heard, where that is not kept."""
        _ = self._gain

    @property
    def channels(self) -> int:
        """As the bed has them."""
        return self._bed.channels

    def read(self, start: int, stop: int) -> Audio:
        audio, level = self.plain(start, stop)
        return audio * np.float32(level)

    def plain(self, start: int, stop: int) -> tuple[Audio, float]:
        """The bed as it was made, and what brings it to the loudness of dialogue."""
        own = self._clip.span
        end = own.end if self._bed.length is None else min(own.end, own.start + self._bed.length)
        low, high = max(start, own.start), min(stop, end)
        if low >= high:
            return silence(stop - start, self.channels), 0.0
        made = self._bed.read(low - own.start, high - own.start, self._settings)
        if (low, high) == (start, stop):
            return made, self._gain
        whole = silence(stop - start, self.channels)
        whole[low - start : high - start] = made
        return whole, self._gain

    def _ridden(self, seconds: Floats) -> Mapping[str, Floats]:
        """The ridden settings at times since the bed's beginning."""
        at = self._clip.span.start + seconds * self._rate_hz
        found: dict[str, Floats] = {}
        for name, ramp in self._clip.rides.items():
            samples, values = zip(*ramp.points, strict=True)
            found[name] = np.interp(at, samples, values)
        return found


def widened(audio: Audio, width: Floats | float, powers: tuple[float, float]) -> Audio:
    """A stereo sound at `width` percent (0: mono, 100: as it is), as loud as before.

    Args:
        audio: shape (n, 2).
        width: one number, or shape (n,).
        powers: K-weighted powers of the sound's middle and sides. The loudness meter adds the channels' powers, which
            come to 2 (middle² + width² · sides²) exactly, whatever the two have in common.
    """
    share = np.maximum(width, 0.0) / 100.0
    middle, sides = powers
    if middle + sides <= 0.0:
        return audio
    level = np.sqrt((middle + sides) / np.maximum(middle + share * share * sides, 1e-12 * (middle + sides)))
    # A sound that is all sides has nothing in the middle to be lifted.
    level = np.minimum(level, 4.0)
    mid = as_mono(audio)[:, 0]
    side = (audio[:, 0] - audio[:, 1]) * np.float32(0.5) * np.asarray(share, np.float32)
    return np.stack([mid + side, mid - side], axis=1) * np.asarray(level, np.float32).reshape(-1, 1)
