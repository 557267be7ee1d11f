"""Where a sound is: left and right, near and far, and in what room.

The listener is at the middle; 1 m is where a level holds. The direct sound falls with distance and loses its top to
the air; each early reflection falls as its longer way does; the diffuse field of the room stays. So a voice that
walks away is heard ever more through the room, as it should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono
from producer.dsp.filters import low_pass
from producer.dsp.reverb import convolve, tail
from producer.dsp.speechlike import heard_energy
from producer.model.chance import rng
from producer.model.room import PRESETS
from producer.model.script import Room

Floats = NDArray[np.float64]
Value = Floats | float
"""One number, or one per sample."""

SOUND_M_PER_S = 343.0
NEAREST_M = 0.5
"""Nearer than this a sound gets no louder: +6 dB is as close as an ear can be to a mouth."""
AIR_SETTLE_S = 0.05
_AIR_STEPS_M = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
_ENERGY_OF_SILENCE = 1e-12


def pan_gains(pan: Value) -> tuple[Value, Value]:
    """Left and right gain of a mono sound at `pan` (-100 … 100): their powers always add up to 1.

    So the stereo loudness (BS.1770 adds the channels' powers) is that of the mono sound, wherever it is put.
    """
    angle = (np.clip(pan, -100.0, 100.0) + 100.0) * (np.pi / 400.0)
    return (
        (np.cos(angle), np.sin(angle))
        if isinstance(angle, np.ndarray)
        else (float(np.cos(angle)), float(np.sin(angle)))
    )


def distance_gain(metres: Value) -> Value:
    """The direct sound's amplitude at `metres`: 1 at 1 m, 6.02 dB less per doubling, never over +6.02 dB."""
    return 1.0 / np.maximum(metres, NEAREST_M) if isinstance(metres, np.ndarray) else 1.0 / max(metres, NEAREST_M)


def air_hz(metres: float) -> float:
    """Corner of the 6 dB an octave low-pass that stands for air, ground and grass over `metres`; none up to 1 m.

    A drama's law, not a physicist's: dry air alone takes 1 dB at 8 kHz over 12 m, and no listener would notice.
    """
    return float("inf") if metres <= 1.0 else 25000.0 / metres**0.75


def through_air(audio: Audio, metres: Value, rate_hz: int) -> Audio:
    """`audio` with the top that the air leaves at `metres`.

    Filters stand at doublings of distance, and what is between two of them is a fade of both, so moving cannot click.
    The first `AIR_SETTLE_S` of the output depends on what came before.
    """
    place = np.interp(np.log2(np.maximum(metres, 1.0)), np.log2(_AIR_STEPS_M), np.arange(len(_AIR_STEPS_M)))
    if not np.any(place):
        return audio
    made = np.zeros_like(audio)
    for step in range(int(np.min(place)), int(np.ceil(np.max(place))) + 1):
        share = np.asarray(np.maximum(0.0, 1.0 - np.abs(place - step)), np.float32)
        filtered = low_pass(audio, air_hz(_AIR_STEPS_M[step]), rate_hz, order=1) if step else audio
        made += filtered * (share[:, None] if share.ndim else share)
    return made


@dataclass(frozen=True, slots=True)
class Reflection:
    """One early reflection of a sound at 1 m."""

    delay: int  # samples after the direct sound
    gain: float
    left: float
    right: float
    metres: float
    """How much longer its way is than the direct one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a room gives back."""

    early: tuple[Reflection, ...]
    late: Audio  # impulse response of the diffuse field, shape (taps, 2); its delay is in it
    gain: float
    """On direct, early and late alike: makes a voice at 1 m as loud as it is in no room."""

    @property
    def memory(self) -> int:
        """Samples for which it rings on."""
        return max([len(self.late), *(tap.delay + 1 for tap in self.early)])


def answer(room: Room, rate_hz: int, impulses: Mapping[str, Audio]) -> Answer | None:
    """What `room` gives back; None for one that gives nothing.

    Args:
        impulses: impulse responses at `rate_hz`, shape (taps, 1 or 2), by the name that `room.impulse` has.
    """
    preset = PRESETS[room.preset]
    if room.impulse is not None:
        early: tuple[Reflection, ...] = ()
        late = _recorded(impulses[room.impulse], room.wet_db, rate_hz)
    elif preset.decay_s <= 0:
        return None
    else:
        early = _reflections(room.preset, rate_hz)
        late = _made(room, rate_hz)
    whole = np.zeros((max(len(late), 1 + max((tap.delay for tap in early), default=0)), 2), np.float32)
    whole[: len(late)] += late
    whole[0] += np.float32(np.sqrt(0.5))
    for tap in early:
        whole[tap.delay] += np.array([tap.gain * tap.left, tap.gain * tap.right], np.float32)
    return Answer(early=early, late=late, gain=float(1.0 / np.sqrt(heard_energy(whole, rate_hz))))


def _reflections(preset: str, rate_hz: int) -> tuple[Reflection, ...]:
    sides = rng("reflections", preset).uniform(35.0, 90.0, len(PRESETS[preset].early))
    made: list[Reflection] = []
    for index, (ms, db) in enumerate(PRESETS[preset].early):
        left, right = pan_gains(float(sides[index] if index % 2 else -sides[index]))
        metres = SOUND_M_PER_S * ms / 1000.0
        made.append(
            Reflection(max(1, round(ms * rate_hz / 1000.0)), 10.0 ** (db / 20.0), float(left), float(right), metres)
        )
    return tuple(made)


def _made(room: Room, rate_hz: int) -> Audio:
    preset = PRESETS[room.preset]
    stretch = 1.0 if room.decay_s is None else room.decay_s / preset.decay_s
    field = tail(
        preset.low_decay_s * stretch, preset.decay_s * stretch, preset.high_decay_s * stretch, rate_hz, room.preset
    )
    delay = max(1, round(preset.pre_delay_ms * rate_hz / 1000.0))
    late = np.concatenate([np.zeros((delay, 2), np.float32), field])
    return _at_level(late, preset.wet_db if room.wet_db is None else room.wet_db, rate_hz)


def _at_level(late: Audio, wet_db: float, rate_hz: int) -> Audio:
    energy = heard_energy(late, rate_hz)
    if energy < _ENERGY_OF_SILENCE:
        return late
    return late * np.float32(10.0 ** (wet_db / 20.0) / np.sqrt(energy))


def _recorded(impulse: Audio, wet_db: float | None, rate_hz: int) -> Audio:
    """A recorded impulse response without its direct sound, which the mix has already.

    The direct sound is taken to be the highest peak and the 2.5 ms around it; what is before goes too. Unless
    `wet_db` says how strong the rest is, it keeps its own ratio to the direct sound.
    """
    pair = impulse if impulse.shape[1] == 2 else np.repeat(impulse, 2, axis=1) * np.float32(np.sqrt(0.5))
    direct = int(np.abs(pair).max(axis=1).argmax()) if len(pair) else 0
    near = max(1, round(0.0025 * rate_hz))
    late = pair[direct:].copy()
    late[:near] = 0.0
    opening = min(near, max(0, len(late) - near))
    late[near : near + opening] *= np.linspace(0.0, 1.0, opening, dtype=np.float32)[:, None]
    if wet_db is not None:
        return _at_level(late, wet_db, rate_hz)
    strength = heard_energy(pair[max(0, direct - near) : direct + near], rate_hz)
    return late / np.float32(np.sqrt(max(strength, _ENERGY_OF_SILENCE)))


def place(audio: Audio, pan: Value, distance: Value, room: Answer | None, rate_hz: int) -> Audio:
    """A sound put into its place, shape (n + the room's memory, 2); the direct sound stays on its samples.

    Args:
        audio: shape (n, 1 or 2), at the loudness it has at 1 m. A stereo sound is balanced: its power stays as pan
            moves it. pan: -100 … 100, one number or shape (n,). distance: metres, one number or shape (n,).
    """
    level = distance_gain(distance)
    if room is not None:
        level = level * room.gain
    left, right = pan_gains(pan)
    heard = through_air(audio, distance, rate_hz)
    spread = np.sqrt(2.0) if audio.shape[1] == 2 else 1.0
    made = np.zeros((len(audio) + (room.memory if room is not None else 0), 2), np.float32)
    direct = made[: len(audio)]
    np.multiply(heard[:, 0], np.asarray(left * level * spread, np.float32), out=direct[:, 0])
    np.multiply(heard[:, -1], np.asarray(right * level * spread, np.float32), out=direct[:, 1])
    if room is None or not len(audio):
        return made
    source = as_mono(audio) * np.float32(room.gain)
    for tap in room.early:
        # Its way grows by what the direct way grows: it falls later and less than the direct sound.
        strength = np.asarray(
            tap.gain * (1.0 + tap.metres) / (np.maximum(distance, NEAREST_M) + tap.metres), np.float32
        )
        echo = source[:, 0] * strength
        made[tap.delay : tap.delay + len(echo), 0] += echo * np.float32(tap.left)
        made[tap.delay : tap.delay + len(echo), 1] += echo * np.float32(tap.right)
    wet = convolve(source, room.late)
    made[: len(wet)] += wet
    return made
