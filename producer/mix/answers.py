"""What rooms give back: early reflections from their own sides, and a diffuse field; made or recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.dsp import heads
from producer.dsp.impulses import direct
from producer.dsp.reverb import convolve, tail, tail_taps
from producer.dsp.speechlike import heard_energy
from producer.frozen import dataclass
from producer.model.chance import rng
from producer.model.head import Head
from producer.model.room import PRESETS
from producer.model.script import Room

Floats = NDArray[np.float64]
Value = Floats | float
"""One number, or one per sample."""

SOUND_M_PER_S = 343.0
SIDE_DEG = 90.0
"""Where a headphone's listener hears what is panned all the way."""
_HARDEST = 93.0
"""Pan that `left 100` comes to: the other side 25 dB down, which is all the way to an ear.

One loudspeaker for both sides then loses under 3 LU of it, in a small hard room too, where it combs besides.
"""
_ENERGY_OF_SILENCE = 1e-12
_DIRECT_S = 0.0025
_WETTEST_DB = 6.0
"""A recording with more echo than that has no direct sound in it; it is then as strong as a hall."""
_WET_ALONE_DB = -10.0


def pan_gains(pan: Value) -> tuple[Value, Value]:
    """Left and right gain of a mono sound at `pan` (-100 … 100): their powers always add up to 1.

    So the stereo loudness (BS.1770 adds the channels' powers) is that of the mono sound, wherever it is put.
    """
    angle = (np.clip(pan, -_HARDEST, _HARDEST) + 100.0) * (np.pi / 400.0)
    return (
        (np.cos(angle), np.sin(angle))
        if isinstance(angle, np.ndarray)
        else (float(np.cos(angle)), float(np.sin(angle)))
    )


@dataclass(frozen=True, slots=True)
class Reflection:
    """One early reflection of a sound at 1 m."""

    delay: int  # samples after the direct sound
    gain: float
    left: float
    right: float
    metres: float
    """How much longer its way is than the direct one."""
    ears: Audio | None = None
    """What a head makes of it, shape (taps, 2), begun `before` samples early; in place of `left` and `right`."""
    before: int = 0


class Answer:
    """What a room gives back. It is worked out when it is first heard: who only places sounds does without."""

    def __init__(
        self, early: tuple[Reflection, ...], late: Callable[[], Audio], rate_hz: int, taps: int | None = None
    ) -> None:
        """`late` makes the diffuse field, which has `taps` samples where that is known beforehand."""
        self.early = early
        self._make, self._rate_hz, self._taps = late, rate_hz, taps

    @cached_property
    def late(self) -> Audio:
        """Impulse response of the diffuse field, shape (taps, 2); its delay is in it."""
        return self._make()

    @cached_property
    def gain(self) -> float:
        """On direct, early and late alike: makes a voice at 1 m as loud as it is in no room."""
        whole = np.zeros((max(1, self.memory), 2), np.float32)
        whole[: len(self.late)] += self.late
        whole[0] += np.float32(np.sqrt(0.5))
        for tap in self.early:
            reflected(whole, tap, np.array([[tap.gain]], np.float32))
        return float(1.0 / np.sqrt(heard_energy(whole, self._rate_hz)))

    @cached_property
    def memory(self) -> int:
        """Samples for which it rings on."""
        ends = [tap.delay + (1 if tap.ears is None else len(tap.ears)) for tap in self.early]
        return max([len(self.late) if self._taps is None else self._taps, *ends])


def answer(room: Room, rate_hz: int, impulses: Mapping[str, Audio], head: Head | None = None) -> Answer | None:
    """What `room` gives back; None for one that gives nothing.

    Args:
        impulses: impulse responses at `rate_hz`, shape (taps, 1 or 2), by the name that `room.impulse` has.
        head: whose ears it reaches; None for loudspeakers.
    """
    preset, taps = PRESETS[room.preset], None
    early: tuple[Reflection, ...] = ()
    if room.impulse is not None:
        late = partial(recorded, impulses[room.impulse], room.wet_db, rate_hz)
    elif preset.decay_s <= 0:
        return None
    else:
        early, late = _reflections(room.preset, rate_hz, head), partial(_made, room, rate_hz)
        taps = _delay(room, rate_hz) + tail_taps(_decays_s(room), rate_hz) if head is None else None
    if head is not None:
        return Answer(early, lambda: heads.field(head, late()), rate_hz)
    return Answer(early, late, rate_hz, taps)


def reflected(made: Audio, tap: Reflection, echo: Audio) -> None:
    """Adds a reflection to `made`, shape (n, 2); `echo`, shape (m, 1), is the sound at the strength it has there."""
    if tap.ears is None:
        made[tap.delay : tap.delay + len(echo), 0] += echo[:, 0] * np.float32(tap.left)
        made[tap.delay : tap.delay + len(echo), 1] += echo[:, 0] * np.float32(tap.right)
        return
    heard = convolve(echo, tap.ears)
    start = tap.delay - tap.before
    made[max(0, start) : start + len(heard)] += heard[max(0, -start) :]


def _reflections(preset: str, rate_hz: int, head: Head | None) -> tuple[Reflection, ...]:
    sides = rng("reflections", preset).uniform(35.0, 90.0, len(PRESETS[preset].early))
    made: list[Reflection] = []
    for index, (ms, db) in enumerate(PRESETS[preset].early):
        pan = float(sides[index] if index % 2 else -sides[index])
        left, right = pan_gains(pan)
        delay = max(1, round(ms * rate_hz / 1000.0))
        gain, metres = 10.0 ** (db / 20.0), SOUND_M_PER_S * ms / 1000.0
        ears = None if head is None else heads.filters(head, pan * SIDE_DEG / 100.0)
        before = 0 if head is None else heads.ahead(head)
        made.append(Reflection(delay, gain, float(left), float(right), metres, ears, before))
    return tuple(made)


def _made(room: Room, rate_hz: int) -> Audio:
    preset = PRESETS[room.preset]
    field = tail(*_decays_s(room), rate_hz, room.preset)
    late = np.concatenate([np.zeros((_delay(room, rate_hz), 2), np.float32), field])
    return _at_level(late, preset.wet_db if room.wet_db is None else room.wet_db, rate_hz)


def _decays_s(room: Room) -> tuple[float, float, float]:
    """RT60 at 125 Hz, 1 kHz and 8 kHz."""
    preset = PRESETS[room.preset]
    stretch = 1.0 if room.decay_s is None else room.decay_s / preset.decay_s
    return preset.low_decay_s * stretch, preset.decay_s * stretch, preset.high_decay_s * stretch


def _delay(room: Room, rate_hz: int) -> int:
    return max(1, round(PRESETS[room.preset].pre_delay_ms * rate_hz / 1000.0))


def _at_level(late: Audio, wet_db: float, rate_hz: int) -> Audio:
    energy = heard_energy(late, rate_hz)
    if energy < _ENERGY_OF_SILENCE:
        return late
    return late * np.float32(10.0 ** (wet_db / 20.0) / np.sqrt(energy))


def recorded(impulse: Audio, wet_db: float | None, rate_hz: int) -> Audio:
    """A recorded impulse response without its direct sound, which the mix has already; shape (taps, 2).

    The direct sound (`dsp.impulses.direct`) and the 2.5 ms around it go, and so does all that is before it: silence, a
    delay. Unless `wet_db` says how strong the rest is, it keeps its own ratio to the direct sound, whatever the gain of
    the file.
    """
    pair = impulse if impulse.shape[1] == 2 else np.repeat(impulse, 2, axis=1) * np.float32(np.sqrt(0.5))
    if not pair.any():
        return np.zeros((1, 2), np.float32)
    first = direct(pair, rate_hz)
    near = max(1, round(_DIRECT_S * rate_hz))
    late = pair[first:].copy()
    late[:near] = 0.0
    opening = min(near, max(0, len(late) - near))
    late[near : near + opening] *= np.linspace(0.0, 1.0, opening, dtype=np.float32)[:, None]
    if wet_db is not None:
        return _at_level(late, wet_db, rate_hz)
    strength = heard_energy(pair[max(0, first - near) : first + near], rate_hz)
    ratio = heard_energy(late, rate_hz) / max(strength, _ENERGY_OF_SILENCE)
    if ratio > 10.0 ** (_WETTEST_DB / 10.0):
        alone = np.concatenate([np.zeros((1, 2), np.float32), pair[max(0, first - near) :]])
        return _at_level(alone, _WET_ALONE_DB, rate_hz)
    return late / np.float32(np.sqrt(max(strength, _ENERGY_OF_SILENCE)))
