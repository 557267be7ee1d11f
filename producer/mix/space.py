"""Where a sound is: left and right, near and far, and in what rooms.

The listener is at the middle; 1 m is where a level holds. The direct sound falls with distance and loses its top to
the air; each early reflection falls as its longer way does; the diffuse field of the room stays. So a voice that
walks away is heard ever more through the room, as it should be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from producer.audio import Audio, as_mono
from producer.dsp import heads
from producer.dsp.filters import between_low_passes, low_pass
from producer.dsp.reverb import convolve
from producer.mix.answers import SIDE_DEG, SOUND_M_PER_S, Answer, Floats, Value, pan_gains, reflected
from producer.model.head import Head

__all__ = ["NEAREST_M", "SOUND_M_PER_S", "Floats", "Inside", "Value", "distance_gain", "inside", "place", "rings"]

Inside = Sequence[tuple[Answer | None, Value]]
"""The rooms that a sound is in, each with its share of the sound's power: one number, or one per sample. Shares add up
to 1."""

NEAREST_M = 0.5
"""Nearer than this a sound gets no louder: +6 dB is as close as an ear can be to a mouth."""
AIR_SETTLE_S = 0.05
_AIR_STEPS_M = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
_AIR_OCTAVES = np.log2(_AIR_STEPS_M)


def inside(room: Answer | None) -> Inside:
    """In one room, or in none."""
    return () if room is None else ((room, 1.0),)


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
    if not isinstance(metres, np.ndarray) or metres.ndim == 0:
        return _still_air(audio, float(metres), rate_hz)
    place = np.interp(np.log2(np.maximum(metres, 1.0)), _AIR_OCTAVES, np.arange(len(_AIR_STEPS_M)))
    if not np.any(place):
        return audio
    made = np.zeros_like(audio)
    for step in range(int(np.min(place)), int(np.ceil(np.max(place))) + 1):
        share = np.asarray(np.maximum(0.0, 1.0 - np.abs(place - step)), np.float32)
        filtered = low_pass(audio, air_hz(_AIR_STEPS_M[step]), rate_hz, order=1) if step else audio
        made += filtered * (share[:, None] if share.ndim else share)
    return made


def _still_air(audio: Audio, metres: float, rate_hz: int) -> Audio:
    """`through_air` for what stands still: the fade of two filters is itself one filter, so it is run once."""
    place = float(np.interp(np.log2(max(metres, 1.0)), _AIR_OCTAVES, np.arange(len(_AIR_STEPS_M))))
    if place == 0.0:
        return audio
    step = min(int(place), len(_AIR_STEPS_M) - 2)
    near, far = (air_hz(_AIR_STEPS_M[one]) for one in (step, step + 1))
    return between_low_passes(audio, near, far, place - step, rate_hz)


def rings(rooms: Inside, head: Head | None) -> int:
    """Samples for which a sound in `rooms` is heard after its end."""
    own = 0 if head is None else heads.memory(head)
    return max([own, *(room.memory for room, _ in rooms if room is not None)])


def place(
    audio: Audio,
    pan: Value,
    distance: Value,
    rooms: Inside,
    rate_hz: int,
    head: Head | None = None,
    *,
    sides: float = 1.0,
    gain: Value = 1.0,
) -> Audio:
    """A sound put into its place, shape (n + what `rings`, 2); the direct sound stays on its samples.

    Args:
        audio: shape (n, 1 or 2), at the loudness it has at 1 m. A stereo sound is balanced: its power stays as pan
            moves it. pan: -100 … 100, one number or shape (n,). distance: metres, one number or shape (n,).
        rooms: where it is. On its way from one to another the sound in each grows or falls with its share, and what
            rings there rings on; a voice stays as loud.
        head: for headphones; the last `heads.ahead` of the n samples are then final only when nothing follows.
        sides: with a head, the gain on the sides of a stereo sound that keeps it as loud.
        gain: on the sound, one number or shape (n,).
    """
    whole = _room_gain(rooms) * gain
    heard = through_air(audio, distance, rate_hz)
    ringing = rings(rooms, head)
    made = np.zeros((len(audio) + ringing, 2), np.float32) if ringing else np.empty((len(audio), 2), np.float32)
    if len(audio):
        _direct(made, heard, pan, distance_gain(distance) * whole, head, sides)
    if all(room is None for room, _ in rooms) or not len(audio):
        return made
    source = as_mono(audio)
    for room, share in rooms:
        if room is None:
            continue
        sent = source * np.asarray(whole * np.sqrt(share), np.float32).reshape(-1, 1)
        for tap in room.early:
            # Its way grows by what the direct way grows: it falls later and less than the direct sound.
            strength = tap.gain * (1.0 + tap.metres) / (np.maximum(distance, NEAREST_M) + tap.metres)
            reflected(made, tap, sent * np.asarray(strength, np.float32).reshape(-1, 1))
        wet = convolve(sent, room.late)
        made[: len(wet)] += wet
    return made


def _room_gain(rooms: Inside) -> Value:
    """The gain on the direct sound, and on what is sent to the rooms, that keeps a voice as loud as in none."""
    if not rooms:
        return 1.0
    if len(rooms) == 1:
        return 1.0 if rooms[0][0] is None else rooms[0][0].gain
    total: Value = 0.0
    for room, share in rooms:
        total = total + share * (1.0 if room is None else 1.0 / room.gain**2)
    return np.asarray(1.0 / np.sqrt(total), np.float64)


def _direct(made: Audio, heard: Audio, pan: Value, level: Value, head: Head | None, sides: float) -> None:
    """The sound itself, into the beginning of `made`."""
    if head is not None and heard.shape[1] == 1:
        source = heard * np.asarray(level, np.float32).reshape(-1, 1)
        turned = np.asarray(pan) * (SIDE_DEG / 100.0)
        ears = heads.put(head, source, turned if turned.ndim else float(turned))
        made[: len(ears)] += ears
        return
    left, right = pan_gains(pan)
    spread = np.sqrt(2.0) if heard.shape[1] == 2 else 1.0
    direct = made[: len(heard)]
    ways = [np.asarray(side * level * spread, np.float32) for side in (left, right)]
    if heard.shape[1] == 2 and ways[0].ndim == 0 and ways[0] == ways[1]:
        np.multiply(heard, ways[0], out=direct)
    else:
        for channel, way in enumerate(ways):
            np.multiply(heard[:, -channel], way, out=direct[:, channel])
    if head is not None:
        middle = as_mono(direct)
        side = convolve((direct[:, :1] - direct[:, 1:]) * np.float32(0.5 * sides), heads.sides(head))
        side = side[heads.ahead(head) :]
        direct[:] = middle
        made[: len(side), :1] += side
        made[: len(side), 1:] -= side
